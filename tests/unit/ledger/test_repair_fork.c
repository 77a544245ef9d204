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
	/* after words: the own checkpoints go away */
	int rows_then;
} cases[] = {
    {"a fork with another key is shorter than the copy", 128,
     .own = {56, 1, true}, .copy = {98, 0}, .rows_then = 98,
     .words = "the checkpoint of 56 rows is not that of the first 56 of the "
	      "98 that were found"},
    {"it is longer", 128, .own = {120, 1, true}, .copy = {98, 0},
     .words = "the checkpoint of 98 rows is not that of the first 98 of the "
	      "120 that were found"},
    {"it goes on into the next segments", 16, .own = {70, 1, true},
     .copy = {98, 0}, .rows_then = 98,
     .words = "the checkpoint of 64 rows is not that of the first 64"},
    {"no key was changed", 128, .own = {56, 0, true}, .copy = {98, 0},
     .rows_then = 98,
     .words = "the checkpoint of 56 rows is not that of the first 56"},
    {"the copy is such a fork, and shorter", 128, .own = {98, 0},
     .copy = {56, 1, true}, .rows = 98},
    {"the copy is such a fork, and longer", 128, .own = {98, 0},
     .copy = {120, 1, true},
     .words = "the checkpoint of 98 rows is not that of the first 98"},
    {"both changed the key", 128, .own = {56, 2, true}, .copy = {98, 1},
     .rows_then = 98,
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
     .copy = {98, 1}, .rows_then = 98,
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
