/* One key, two ledgers that part at a row: which checkpoints bind a repair, and
 * that none of the rows that were signed is left out in silence.  By its own
 * rows each of the two is good; also the one whose key was changed behind that
 * place by somebody who had it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "../../fakes/sign.h"
#include "ledger/repair.h"
#include "ledger/restore.h"
#include "ledger/signed.h"

#include <stdlib.h>
#include <string.h>

enum { PART = 50 };

static const uint8_t seeds[3][32] = {{1}, {2}, {3}};

/* The rows from PART on. */
struct branch {
	int end;
	int key;   /* PART is the change to this one; 0: no change */
	bool own;  /* else texts are others */
	int stale; /* from this row on the old key signs; 0: none */
};

static void
copy_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	simdisk_write(ctx, path, bytes, len);
	simdisk_chmod(ctx, path, mode);
}

static struct simdisk *
copy_disk(struct simdisk *d)
{
	struct simdisk *copy = simdisk_new();

	simdisk_make_dir(copy, "/state");
	simdisk_make_dir(copy, RIG_DIR);
	simdisk_each(d, RIG_DIR, copy_file, copy);
	return copy;
}

static void
append_to(struct rig *r, int from, int to)
{
	for (int n = from; n < to; n++)
		assert_int_equal(rig_append(r, n), 0);
	assert_int_equal(rig_sign(r), 0);
}

/* The rows up to PART; a checkpoint of 30 and one of all. */
static struct simdisk *
make_stem(int segment_rows)
{
	struct simdisk *disk;
	struct rig r;

	rig_init(&r, segment_rows);
	r.key_seed = seeds[0];
	assert_int_equal(rig_open(&r), 0);
	append_to(&r, 1, 30);
	append_to(&r, 30, PART);
	rig_close(&r);
	disk = copy_disk(r.disk);
	rig_fini(&r);
	return disk;
}

static struct simdisk *
grow(struct simdisk *stem, int segment_rows, const struct branch *b)
{
	struct simdisk *disk = copy_disk(stem);
	struct rig r;

	rig_init_disk(&r, disk, segment_rows);
	r.key_seed = seeds[b->key];
	r.previous_key_seed = b->key == 0 ? NULL : seeds[0];
	assert_int_equal(rig_open(&r), 0);
	append_to(&r, 1000 * b->own + PART + (b->key != 0),
		  1000 * b->own + (b->stale > 0 ? b->stale : b->end));
	if (b->stale > 0) {
		for (int n = b->stale; n < b->end; n++)
			assert_int_equal(rig_append(&r, 2000 + n), 0);
		assert_int_equal(rig_flush(&r), 0);
	}
	rig_close(&r);
	disk = copy_disk(r.disk);
	rig_fini(&r);
	if (b->stale > 0)
		sign_folder(simdisk_io(disk), RIG_DIR, seeds[0],
			    (uint64_t)b->end);
	return disk;
}

static const struct {
	const char *name;
	int segment_rows;
	struct branch own, copy;
	const char *words; /* NULL: it ends well */
	int rows, restored, refused;
	/* after words: the own checkpoints go away, and the rows from the one
	 * at which the two part give way */
	int rows_then, parts;
} cases[] = {
    {"a fork with another key is shorter than the copy", 128,
     .own = {56, 1, true}, .copy = {98, 0}, .rows_then = 98, .parts = PART,
     .words = "the checkpoint of 56 rows is not that of the first 56 of the "
	      "98 that were found"},
    {"it is longer", 128, .own = {120, 1, true}, .copy = {98, 0},
     .words = "the checkpoint of 98 rows is not that of the first 98 of the "
	      "120 that were found"},
    {"it goes on into the next segments", 16, .own = {70, 1, true},
     .copy = {98, 0}, .rows_then = 98, .parts = PART,
     .words = "the checkpoint of 64 rows is not that of the first 64"},
    {"no key was changed", 128, .own = {56, 0, true}, .copy = {98, 0},
     .rows_then = 98, .parts = PART,
     .words = "the checkpoint of 56 rows is not that of the first 56"},
    {"the copy is such a fork, and shorter", 128, .own = {98, 0},
     .copy = {56, 1, true}, .rows = 98},
    {"the copy is such a fork, and longer", 128, .own = {98, 0},
     .copy = {120, 1, true},
     .words = "the checkpoint of 98 rows is not that of the first 98"},
    {"both changed the key", 128, .own = {56, 2, true}, .copy = {98, 1},
     .rows_then = 98, .parts = PART,
     .words = "the checkpoint of 56 rows is not that of the first 56"},
    {"the key was changed, and the copy is newer", 128, .own = {56, 1},
     .copy = {98, 1}, .rows = 98, .restored = 42},
    {"the key was changed, and the copy is newer by segments", 16,
     .own = {56, 1}, .copy = {98, 1}, .rows = 98, .restored = 42},
    {"the change itself comes from the copy", 128, .own = {PART, 0},
     .copy = {98, 1}, .rows = 98, .restored = 48},
    {"whoever kept the old key binds nothing behind the change", 128,
     .own = {60, 1}, .copy = {98, 1, .stale = 60}, .rows = 60, .refused = 1},
    {"nor in the folder itself", 128, .own = {98, 1, .stale = 60},
     .copy = {60, 1}, .rows = 98, .refused = 1},
    {"he signed other rows than were signed", 128, .own = {80, 1, .stale = 60},
     .copy = {98, 1}, .rows_then = 98, .parts = 60,
     .words = "the checkpoint of 80 rows is not that of the first 80"},
};

static int
repair(struct simdisk *own, struct simdisk *copy, struct repair_result *ret,
       struct err *err)
{
	struct repair_source source;
	struct repair_options o = {.sources = &source, .n_sources = 1};
	struct folder f;
	int r;

	assert_int_equal(folder_open(&f, simdisk_io(copy), RIG_DIR, err), 0);
	source = repair_source_of(&f);
	o.copy = &f;
	r = repair_ledger(simdisk_io(own), RIG_DIR, &o, ret, err);
	folder_close(&f);
	return r;
}

static void
assert_good(struct simdisk *d, int rows)
{
	struct ledger_verdict v;

	assert_int_equal(ledger_verify(simdisk_io(d), RIG_DIR, 3, &v, NULL), 0);
	if (!v.ok || v.level != 3)
		fail_msg("%s", v.reason);
	assert_int_equal(v.rows, rows);
}

static void
check(size_t i, struct simdisk *own, struct simdisk *copy)
{
	struct repair_result result = {0};
	struct err err = {0};
	int e = repair(own, copy, &result, &err);

	print_message("%s: %s\n", cases[i].name, err.text);
	if (cases[i].words == NULL) {
		assert_int_equal(e, 0);
		assert_int_equal(result.restored, cases[i].restored);
		assert_int_equal(result.refused, cases[i].refused);
		assert_int_equal(result.replaced, 0);
		assert_good(own, cases[i].rows);
		return;
	}
	assert_int_equal(e, ERR_DAMAGED);
	assert_non_null(strstr(err.text, cases[i].words));
	assert_non_null(strstr(err.text, "run it without"));
	if (cases[i].rows_then == 0)
		return;
	simdisk_remove(own, rig_path("checkpoint"));
	simdisk_remove(own, rig_path("checkpoints.jsonl"));
	if (repair(own, copy, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.replaced, cases[i].parts);
	assert_good(own, cases[i].rows_then);
}

static void
test_forks(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rows = cases[i].segment_rows;
		struct simdisk *stem = make_stem(rows);
		struct simdisk *own = grow(stem, rows, &cases[i].own);
		struct simdisk *copy = grow(stem, rows, &cases[i].copy);

		check(i, own, copy);
		simdisk_free(own);
		simdisk_free(copy);
		simdisk_free(stem);
	}
}

/* Whoever has the old key takes no change back that stands, though old
 * checkpoints were put back which bind none of it. */
static void
test_change_stands(void **state)
{
	for (int rows = 16; rows <= 128; rows *= 8) {
		struct simdisk *stem = make_stem(rows);
		struct simdisk *own =
		    grow(stem, rows, &(struct branch){70, 1, true});
		struct simdisk *copy =
		    grow(stem, rows, &(struct branch){98, 0});
		char *log = simdisk_read(own, rig_path("checkpoints.jsonl"),
					 &(size_t){0});
		struct repair_result result;
		struct err err;

		simdisk_remove(own, rig_path("checkpoint"));
		simdisk_write(own, rig_path("checkpoints.jsonl"), log,
			      (size_t)(strchr(log, '\n') + 1 - log));
		free(log);
		assert_int_equal(repair(own, copy, &result, &err), ERR_DAMAGED);
		assert_non_null(strstr(err.text, "row 50 changes the key"));
		assert_good(own, 70);
		simdisk_remove(own, rig_path("checkpoints.jsonl"));
		assert_int_equal(repair(own, copy, &result, &err), 0);
		assert_int_equal(result.replaced, PART);
		assert_good(own, 98);
		simdisk_free(own);
		simdisk_free(copy);
		simdisk_free(stem);
	}
}

/* He signed rows that nobody has: they are not waited for, be it in a copy or
 * in the folder itself. */
static void
test_rows_of_nobody(void **state)
{
	for (int in_copy = 0; in_copy < 2; in_copy++) {
		struct simdisk *stem = make_stem(16);
		struct simdisk *good =
		    grow(stem, 16, &(struct branch){64, 1, true});
		struct simdisk *bad =
		    grow(stem, 16, &(struct branch){78, 1, true, .stale = 64});
		struct repair_result result;
		struct err err;

		simdisk_remove(bad, rig_path("seg-000000000064.jsonl"));
		if (in_copy)
			simdisk_remove(good,
				       rig_path("seg-000000000016.jsonl"));
		else
			simdisk_remove(bad, rig_path("seg-000000000016.jsonl"));
		if (repair(in_copy ? good : bad, in_copy ? bad : good, &result,
			   &err) < 0)
			fail_msg("%d: %s", in_copy, err.text);
		assert_int_equal(result.refused, 1);
		assert_good(in_copy ? good : bad, 64);
		simdisk_free(good);
		simdisk_free(bad);
		simdisk_free(stem);
	}
}

static int
give_row(void *ctx, const struct row *row)
{
	return restore_add_row(ctx, row->line, row->line_len, NULL);
}

/* All that a journal would have of this ledger. */
static void
give_all(struct restore *to, struct simdisk *d)
{
	char *log =
	    simdisk_read(d, rig_path("checkpoints.jsonl"), &(size_t){0});

	assert_int_equal(ledger_scan(simdisk_io(d), RIG_DIR, 0, UINT64_MAX,
				     give_row, to, NULL),
			 0);
	for (char *at = log, *lf; (lf = strchr(at, '\n')) != NULL;
	     at = lf + 1) {
		struct signed_line l;

		assert_int_equal(
		    signed_line_parse(at, (size_t)(lf - at), &l, NULL), 0);
		assert_int_equal(
		    restore_add_note(to, buf_text(&l.note), l.note.len, NULL),
		    0);
		buf_free(&l.note);
	}
	free(log);
}

static int
keep_first(void *ctx, const struct row *row)
{
	buf_add(ctx, row->line, row->line_len);
	return 1;
}

static int
restore(struct simdisk *a, struct simdisk *b, struct restore_result *ret,
	struct err *err)
{
	struct simdisk *to = simdisk_new();
	struct buf genesis = {0};
	struct restore *r;
	int result;

	simdisk_make_dir(to, "/state");
	ledger_scan(simdisk_io(a), RIG_DIR, 0, 1, keep_first, &genesis, NULL);
	assert_int_equal(restore_begin(simdisk_io(to), "/state/new",
				       genesis.data, genesis.len, &r, err),
			 0);
	give_all(r, a);
	give_all(r, b);
	result = restore_finish(r, NULL, NULL, ret, err);
	restore_free(r);
	simdisk_free(to);
	buf_free(&genesis);
	return result;
}

/* A journal that has both. */
static void
test_restore(void **state)
{
	static const struct {
		struct branch one, other;
		int rows; /* 0: nothing is restored */
	} journals[] = {
	    {{70, 1, true}, {98, 0}, 0}, /* the old key signed more */
	    {{98, 0, true}, {56, 0}, 0},
	    {{56, 1}, {98, 1}, 98},
	};

	for (size_t i = 0; i < 3; i++) {
		struct simdisk *stem = make_stem(16);
		struct simdisk *one = grow(stem, 16, &journals[i].one);
		struct simdisk *other = grow(stem, 16, &journals[i].other);
		struct restore_result result;
		struct err err;
		int e = restore(one, other, &result, &err);

		if (journals[i].rows == 0) {
			assert_int_equal(e, ERR_DAMAGED);
			assert_non_null(strstr(err.text, "signed two things"));
			assert_non_null(strstr(err.text, "evidencectl repair"));
		} else {
			assert_int_equal(e, 0);
			assert_int_equal(result.rows, journals[i].rows);
		}
		simdisk_free(one);
		simdisk_free(other);
		simdisk_free(stem);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forks),
	    cmocka_unit_test(test_change_stands),
	    cmocka_unit_test(test_rows_of_nobody),
	    cmocka_unit_test(test_restore),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
