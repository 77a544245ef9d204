/* Repair on a disk that fails, or is cut off, at any call: each segment is
 * what it was or what it should be, and the next repair ends the work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "ledger/repair.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT_ROWS = 4, ROWS = 15, SEGMENTS = 4 };

struct world {
	struct rig rig;
	char *line[ROWS];
	char *good[SEGMENTS], *bad[SEGMENTS]; /* NULL: not there */
	uint64_t lacks; /* a row that the source does not have */
	uint64_t twin;	/* the source has a second row of this seq */
};

static const struct ledger_io *
io(const struct world *w)
{
	return simdisk_io(w->rig.disk);
}

static const char *
segment(int i)
{
	static char name[32];

	snprintf(name, sizeof(name), "seg-%012d.jsonl", i * SEGMENT_ROWS);
	return rig_path(name);
}

static int
keep_line(void *ctx, const struct row *row)
{
	struct world *w = ctx;

	w->line[row->seq] = strndup(row->line, row->line_len);
	return 0;
}

static void
damage(struct world *w)
{
	char text[4096];

	/* 0: a flip; 1: gone; 2: good; 3: cut in the middle. */
	snprintf(text, sizeof(text), "%s", w->good[0]);
	text[strlen(w->line[0]) + 60] ^= 1;
	w->bad[0] = strdup(text);
	w->bad[2] = strdup(w->good[2]);
	w->bad[3] = strndup(w->good[3], strlen(w->line[12]) + 20);
	for (int i = 0; i < SEGMENTS; i++) {
		simdisk_chmod(w->rig.disk, segment(i), 0640);
		if (w->bad[i] == NULL)
			simdisk_remove(w->rig.disk, segment(i));
		else
			simdisk_write(w->rig.disk, segment(i), w->bad[i],
				      strlen(w->bad[i]));
	}
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->lacks = UINT64_MAX;
	rig_init(&w->rig, SEGMENT_ROWS);
	assert_int_equal(rig_open(&w->rig), 0);
	for (int i = 1; i < ROWS; i++)
		assert_int_equal(rig_append(&w->rig, i), 0);
	assert_int_equal(rig_flush(&w->rig), 0);
	rig_close(&w->rig);
	assert_int_equal(
	    ledger_scan(io(w), RIG_DIR, 0, UINT64_MAX, keep_line, w, NULL), 0);
	for (int i = 0; i < SEGMENTS; i++)
		w->good[i] = simdisk_read(w->rig.disk, segment(i), NULL);
	damage(w);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	assert_int_equal(simdisk_open_count(w->rig.disk), 0);
	for (int i = 0; i < ROWS; i++)
		free(w->line[i]);
	for (int i = 0; i < SEGMENTS; i++) {
		free(w->good[i]);
		free(w->bad[i]);
	}
	rig_fini(&w->rig);
	free(w);
	return 0;
}

/* Also a row that stands nowhere: behind the same row, of the same seq. */
static int
give_twin(struct world *w, uint64_t seq, struct salvage *into, struct err *err)
{
	struct row_draft draft = {
	    .id = "twin", .kind = "note", .body = "{}", .body_len = 2};
	struct row_parts parts;
	struct digest prev, leaf;
	struct buf line = {0};
	int r;

	row_parse(w->line[seq], strlen(w->line[seq]), &parts);
	hex_decode(parts.prev, DIGEST_LEN, prev.bytes);
	row_render(&line, &draft, seq, 0, &prev, &leaf);
	r = salvage_add(into, line.data, line.len - 1, err);
	buf_free(&line);
	return r;
}

static int
give(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
     struct err *err)
{
	struct world *w = ctx;
	int r = 0;

	for (uint64_t seq = from; r == 0 && seq < to && seq < ROWS; seq++) {
		if (seq == w->twin && seq > 0)
			r = give_twin(w, seq, into, err);
		if (r == 0 && seq != w->lacks)
			r = salvage_add(into, w->line[seq],
					strlen(w->line[seq]), err);
	}
	return r;
}

static int
repair(struct world *w, struct simdisk *disk, struct repair_result *ret,
       struct err *err)
{
	const struct repair_source source = {give, w};
	const struct repair_options options = {
	    .sources = &source, .n_sources = 1, .witness = ROWS};

	return repair_ledger(simdisk_io(disk), RIG_DIR, &options, ret, err);
}

static bool
holds(const struct simdisk *disk, int i, const char *want)
{
	size_t len;
	char *text = simdisk_read(disk, segment(i), &len);
	bool same = want == NULL || text == NULL
			? want == text
			: len == strlen(want) && memcmp(text, want, len) == 0;

	free(text);
	return same;
}

static void
expect_whole(const struct world *w, const struct simdisk *disk)
{
	for (int i = 0; i < SEGMENTS; i++)
		assert_true(holds(disk, i, w->good[i]));
}

/* No segment is anything but what it was or what it should be. */
static void
expect_old_or_new(const struct world *w, const struct simdisk *disk)
{
	for (int i = 0; i < SEGMENTS; i++)
		assert_true(holds(disk, i, w->good[i]) ||
			    holds(disk, i, w->bad[i]));
}

static void
find_kept(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	int *n = ctx;

	assert_non_null(strstr(path, "/quarantine/seg-0000000000"));
	(*n)++;
}

struct search {
	const char *text;
	bool found;
};

static void
find_text(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	struct search *s = ctx;

	s->found |= len == strlen(s->text) && memcmp(bytes, s->text, len) == 0;
}

/* Whatever was replaced is kept. */
static void
expect_kept(const struct world *w, const struct simdisk *disk)
{
	for (int i = 0; i < SEGMENTS; i++) {
		struct search search = {w->bad[i], false};

		if (w->bad[i] == NULL || holds(disk, i, w->bad[i]))
			continue;
		simdisk_each(disk, rig_path("quarantine"), find_text, &search);
		assert_true(search.found);
	}
}

static bool
same_sums(const struct simdisk *a, const struct simdisk *b)
{
	char *x = simdisk_read(a, rig_path("SHA256SUMS"), NULL);
	char *y = simdisk_read(b, rig_path("SHA256SUMS"), NULL);
	bool same = x != NULL && y != NULL && strcmp(x, y) == 0;

	free(x);
	free(y);
	return same;
}

static void
all_is_mended(void **state)
{
	struct world *w = *state;
	struct repair_result result;
	struct ledger_verdict v;
	int kept = 0;

	assert_int_equal(repair(w, w->rig.disk, &result, NULL), 0);
	assert_int_equal(result.rows, ROWS);
	assert_int_equal(result.segments, 3);
	assert_int_equal(result.restored, 1 + 4 + 2);
	expect_whole(w, w->rig.disk);
	simdisk_each(w->rig.disk, rig_path("quarantine"), find_kept, &kept);
	assert_int_equal(kept, 2);
	for (int i = 0; i < SEGMENTS; i++)
		assert_int_equal(simdisk_mode(w->rig.disk, segment(i)),
				 i < SEGMENTS - 1 ? 0440 : 0640);
	assert_int_equal(ledger_verify(io(w), RIG_DIR, 1, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(repair(w, w->rig.disk, &result, NULL), 0);
	assert_int_equal(result.segments, 0);
	rig_reopen(&w->rig);
	assert_false(w->rig.rec.damaged);
	rig_close(&w->rig);
}

static void
one_row_lacks_and_nothing_changes(void **state)
{
	struct world *w = *state;
	struct repair_result result;
	struct err err;

	for (w->lacks = 0; w->lacks < ROWS; w->lacks++) {
		/* Own lines have the others. */
		if (w->lacks != 1 && w->lacks / 4 != 1 && w->lacks < 13)
			continue;
		assert_int_equal(repair(w, w->rig.disk, &result, &err),
				 ERR_NOT_FOUND);
		assert_non_null(strstr(err.text, "no row was changed"));
		for (int i = 0; i < SEGMENTS; i++)
			assert_true(holds(w->rig.disk, i, w->bad[i]));
		assert_null(simdisk_read(
		    w->rig.disk, rig_path("seg-000000000000.jsonl.new"), NULL));
	}
}

static void
twins_are_decided_by_what_follows(void **state)
{
	struct world *w = *state;
	struct repair_result result;

	w->twin = ROWS - 1;
	assert_int_equal(repair(w, w->rig.disk, &result, NULL), ERR_DAMAGED);
	for (int i = 0; i < SEGMENTS; i++)
		assert_true(holds(w->rig.disk, i, w->bad[i]));
	w->twin = 6;
	assert_int_equal(repair(w, w->rig.disk, &result, NULL), 0);
	expect_whole(w, w->rig.disk);
}

/* The k-th call fails; whether there were so many. */
static bool
repair_with_fault(struct world *w, long k, enum simdisk_fault fault)
{
	struct repair_result result;
	struct err err = {0};
	bool met;
	int r;

	simdisk_fail(w->rig.disk, k, ENOSPC, fault, false);
	r = repair(w, w->rig.disk, &result, &err);
	met = simdisk_failed(w->rig.disk);
	simdisk_fail(w->rig.disk, 0, 0, SIMDISK_FAIL, false);
	assert_true(r == 0 || err.text[0] != '\0');
	expect_old_or_new(w, w->rig.disk);
	assert_int_equal(repair(w, w->rig.disk, &result, NULL), 0);
	expect_whole(w, w->rig.disk);
	return met;
}

static void
any_call_may_fail(void **state)
{
	static const enum simdisk_fault faults[] = {SIMDISK_FAIL, SIMDISK_SHORT,
						    SIMDISK_LATE};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		bool met = true;
		long k;

		for (k = 1; met; k++) {
			void *world;

			set_up(&world);
			met = repair_with_fault(world, k, faults[i]);
			tear_down(&world);
		}
		assert_in_range(k, 40, 400);
	}
}

struct cut {
	struct world *w;
	unsigned fate; /* of what is not synced */
	uint32_t mixed;
	long cuts;
	bool inside;
};

/* The first fates are the same for everything; the others are mixed. */
enum { SAME_FATES = 4, FATES = 24 };

static unsigned
choose(void *ctx, unsigned n)
{
	struct cut *cut = ctx;

	if (cut->fate < SAME_FATES)
		return cut->fate < n ? cut->fate : n - 1;
	cut->mixed = cut->mixed * 1103515245 + 12345;
	return (cut->mixed >> 16) % n;
}

/* Before each call that changes something. */
static void
cut_off(void *ctx, struct simdisk *d)
{
	struct cut *cut = ctx;

	if (cut->inside)
		return;
	cut->inside = true;
	for (cut->fate = 0; cut->fate < FATES; cut->fate++) {
		struct simdisk *after = simdisk_crash(d, choose, cut);
		struct repair_result result;

		simdisk_set_hook(after, NULL, NULL);
		expect_old_or_new(cut->w, after);
		expect_kept(cut->w, after);
		assert_int_equal(repair(cut->w, after, &result, NULL), 0);
		expect_whole(cut->w, after);
		simdisk_free(after);
		cut->cuts++;
	}
	cut->inside = false;
}

static void
the_power_may_go_at_any_call(void **state)
{
	struct world *w = *state;
	struct cut cut = {.w = w};
	struct repair_result result;

	simdisk_set_hook(w->rig.disk, cut_off, &cut);
	assert_int_equal(repair(w, w->rig.disk, &result, NULL), 0);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	expect_whole(w, w->rig.disk);
	/* What it says is done stays done. */
	for (cut.fate = 0; cut.fate < FATES; cut.fate++) {
		struct simdisk *after =
		    simdisk_crash(w->rig.disk, choose, &cut);

		expect_whole(w, after);
		expect_kept(w, after);
		assert_true(same_sums(after, w->rig.disk));
		simdisk_free(after);
	}
	assert_in_range(cut.cuts, 500, 5000);
	print_message("%ld images\n", cut.cuts);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(all_is_mended),
	    TEST(one_row_lacks_and_nothing_changes),
	    TEST(twins_are_decided_by_what_follows),
	    cmocka_unit_test(any_call_may_fail),
	    TEST(the_power_may_go_at_any_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
