/* What recovery calls a torn tail, what it calls damage, and what it leaves
 * alone.  The crash tests cover what a crash can do; here are the hands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT_ROWS = 4, ROWS = 11 };

#define SEG0 "seg-000000000000.jsonl"
#define SEG1 "seg-000000000004.jsonl"
#define SEG2 "seg-000000000008.jsonl"
#define SEG3 "seg-000000000012.jsonl"

/* Rows 0 to 10 in batches of one: three segments, closed. */
static void
build(struct rig *r)
{
	rig_init(r, SEGMENT_ROWS);
	assert_int_equal(rig_open(r), 0);
	for (int i = 1; i < ROWS; i++) {
		assert_int_equal(rig_append(r, i), 0);
		assert_int_equal(rig_flush(r), 0);
	}
	rig_close(r);
}

static char *
load(struct rig *r, const char *name, size_t *ret_len)
{
	char *text = simdisk_read(r->disk, rig_path(name), ret_len);

	assert_non_null(text);
	return text;
}

static void
store(struct rig *r, const char *name, const char *text, size_t len)
{
	mode_t mode = (mode_t)simdisk_mode(r->disk, rig_path(name));

	simdisk_chmod(r->disk, rig_path(name), 0640);
	simdisk_write(r->disk, rig_path(name), text, len);
	simdisk_chmod(r->disk, rig_path(name), mode);
}

/* Start of the line of the i-th row of a segment. */
static char *
line_at(char *text, int i)
{
	while (i-- > 0)
		text = strchr(text, '\n') + 1;
	return text;
}

struct files {
	struct digest all;
	bool skip_lock;
};

static void
add_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	 size_t len)
{
	struct files *f = ctx;
	const struct digest_part parts[] = {
	    {f->all.bytes, DIGEST_LEN}, {path, strlen(path)}, {bytes, len}};

	if (strstr(path, "/lock") == NULL)
		f->all = digest_sha256_parts(parts, 3);
}

static struct digest
digest_of_folder(struct rig *r)
{
	struct files f = {0};

	simdisk_each(r->disk, RIG_DIR, add_file, &f);
	return f.all;
}

/* Before recovery whoever verifies sees the same, but for what the journal
 * alone knows. */
static void
assert_verdict(struct rig *r, bool ok, uint64_t seq, const char *words)
{
	struct ledger_verdict v;

	if (r->witness > 0)
		return;
	assert_int_equal(
	    ledger_verify(simdisk_io(r->disk), RIG_DIR, 3, &v, &r->err), 0);
	if (v.ok != ok || (ok ? v.rows : v.first_bad_seq) != seq ||
	    strstr(v.reason, words) == NULL)
		fail_msg("verify: %s, %d rows, row %d: %s",
			 v.ok ? "good" : "bad", (int)v.rows,
			 (int)v.first_bad_seq, v.reason);
}

/* Opens; it must be damage, told exactly, and nothing is touched. */
static void
assert_damage(struct rig *r, uint64_t from, uint64_t to, const char *words)
{
	struct digest before = digest_of_folder(r), after;

	assert_verdict(r, false, from, "");
	assert_int_equal(rig_open(r), 0);
	if (!r->rec.damaged)
		fail_msg("no damage was seen: %s", r->rec.words);
	if (r->rec.damaged_from != from || r->rec.damaged_to != to)
		fail_msg("%d to %d, not %d to %d: %s", (int)r->rec.damaged_from,
			 (int)r->rec.damaged_to, (int)from, (int)to,
			 r->rec.words);
	if (strstr(r->rec.words, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", r->rec.words, words);
	assert_int_equal(ledger_durable(r->l), from);
	assert_int_equal(rig_append(r, 100), ERR_DAMAGED);
	assert_false(ledger_has_room(r->l));
	assert_int_equal(rig_flush(r), 0);
	rig_close(r);
	after = digest_of_folder(r);
	assert_true(digest_equal(&before, &after));
	assert_int_equal(simdisk_open_count(r->disk), 0);
}

static void
assert_torn(struct rig *r, uint64_t seq, int64_t bytes)
{
	struct ledger_verdict v;

	assert_verdict(r, true, seq, "torn by a crash");
	assert_int_equal(rig_open(r), 0);
	if (r->rec.damaged)
		fail_msg("%s", r->rec.words);
	assert_true(r->rec.torn);
	assert_true(r->rec.unclean);
	assert_int_equal(r->rec.torn_seq, seq);
	assert_int_equal(r->rec.torn_bytes, bytes);
	assert_non_null(strstr(r->rec.words, "torn/"));
	assert_int_equal(rig_flush(r), 0);
	assert_int_equal(ledger_durable(r->l), seq + 1);
	assert_int_equal(
	    ledger_verify(simdisk_io(r->disk), RIG_DIR, 1, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.rows, seq + 1);
	rig_close(r);
}

static void
test_clean(void **state)
{
	struct rig r;
	char *before, *after;

	build(&r);
	assert_int_equal(rig_open(&r), 0);
	assert_true(r.rec.unclean);
	assert_false(r.rec.torn);
	rig_stop(&r, 1);
	before = load(&r, SEG2, NULL);
	assert_int_equal(rig_open(&r), 0);
	assert_false(r.rec.unclean);
	assert_false(r.rec.torn);
	assert_string_equal(r.rec.words, "");
	after = load(&r, SEG2, NULL);
	assert_string_equal(before, after);
	free(before);
	free(after);
	rig_fini(&r);
}

static const struct {
	const char *tail;
	size_t len;
} tails[] = {
    {"{", 1},	       {"\0\0\0\0", 4},
    {"\n", 1},	       {"{\"at\":\"2026-07-03T00:00:02.000000Z\"}\n", 37},
    {"\0\0\n\0\n", 5},
};

static void
test_torn_tails(void **state)
{
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		struct rig r;
		size_t len;
		char *seg;

		build(&r);
		seg = load(&r, SEG2, &len);
		seg = realloc(seg, len + tails[i].len);
		assert_non_null(seg);
		memcpy(seg + len, tails[i].tail, tails[i].len);
		store(&r, SEG2, seg, len + tails[i].len);
		free(seg);
		assert_torn(&r, ROWS, (int64_t)tails[i].len);
		rig_fini(&r);
	}
}

/* The last row was in no later row's dur: it counts as never acknowledged,
 * unless a witness saw it. */
static void
test_last_row(void **state)
{
	struct rig r;
	char *seg, *last;
	size_t len;

	build(&r);
	seg = load(&r, SEG2, &len);
	last = line_at(seg, 2);
	last[62] ^= 1;
	store(&r, SEG2, seg, len);
	r.witness = 11;
	assert_damage(&r, 10, 10, "sum");
	r.witness = 10;
	assert_torn(&r, 10, (int64_t)(len - (size_t)(last - seg)));
	free(seg);
	rig_fini(&r);
}

/* Of the two rows of a batch that was being written the page of the first is
 * lost; what the second knew was durable before. */
static void
test_torn_batch(void **state)
{
	struct rig r;
	char *seg, *batch;
	size_t len;

	build(&r);
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(rig_append(&r, ROWS), 0);
	assert_int_equal(rig_flush(&r), 0);
	for (int i = 1; i <= 2; i++)
		assert_int_equal(rig_append(&r, ROWS + i), 0);
	assert_int_equal(rig_flush(&r), 0);
	rig_close(&r);
	seg = load(&r, SEG3, &len);
	batch = seg;
	memset(batch, 0, (size_t)(line_at(batch, 1) - batch));
	store(&r, SEG3, seg, len);
	assert_torn(&r, ROWS + 1, (int64_t)(seg + len - batch));
	free(seg);
	rig_fini(&r);
}

/* A row that a later one knew to be durable. */
static void
test_flipped_row(void **state)
{
	struct rig r;
	size_t len;
	char *seg;

	build(&r);
	seg = load(&r, SEG2, &len);
	line_at(seg, 1)[62] ^= 1;
	store(&r, SEG2, seg, len);
	assert_damage(&r, 9, 9, "sum");
	/* two rows in a line: the LF between them is gone */
	line_at(seg, 1)[62] ^= 1;
	line_at(seg, 1)[-1] = ' ';
	store(&r, SEG2, seg, len);
	assert_damage(&r, 8, 9, "sum");
	free(seg);
	rig_fini(&r);
}

static void
test_sealed_segment(void **state)
{
	struct rig r;
	size_t len;
	char *seg;

	build(&r);
	seg = load(&r, SEG1, &len);
	line_at(seg, 2)[62] ^= 1;
	store(&r, SEG1, seg, len);
	assert_damage(&r, 6, 6, "sum");
	/* also when its last row is the bad one, and when it ends early */
	line_at(seg, 2)[62] ^= 1;
	line_at(seg, 3)[62] ^= 1;
	store(&r, SEG1, seg, len);
	assert_damage(&r, 7, 7, "sum");
	store(&r, SEG1, seg, (size_t)(line_at(seg, 3) - seg));
	assert_damage(&r, 7, 7, "too early");
	store(&r, SEG1, seg, 0);
	assert_damage(&r, 4, 7, "too early");
	free(seg);
	rig_fini(&r);
}

static void
test_holes(void **state)
{
	struct rig r;

	build(&r);
	simdisk_remove(r.disk, rig_path(SEG1));
	assert_damage(&r, 4, 7, "missing");
	simdisk_remove(r.disk, rig_path(SEG0));
	assert_damage(&r, 0, 7, "missing");
	simdisk_remove(r.disk, rig_path(SEG2));
	/* The seal of the second segment was signed. */
	assert_damage(&r, 0, 7, "ends before");
	rig_fini(&r);
}

/* A file that no daemon makes behind a segment with room: the range is one of
 * rows that perhaps never were, so the file is named. */
static void
test_stray_segment(void **state)
{
	static const char *const names[] = {"seg-000000000012.jsonl",
					    "seg-000000000016.jsonl",
					    "seg-999999999996.jsonl"};
	static const char words[] = "behind it is empty";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (int folder = 0; folder < 2; folder++) {
			struct rig r;

			build(&r);
			if (folder)
				simdisk_make_dir(r.disk, rig_path(names[i]));
			else
				simdisk_write(r.disk, rig_path(names[i]), "",
					      0);
			assert_verdict(&r, false, ROWS, words);
			assert_verdict(&r, false, ROWS, names[i]);
			assert_damage(&r, ROWS, ROWS, words);
			assert_damage(&r, ROWS, ROWS, names[i]);
			rig_fini(&r);
		}
	}
}

/* The end is cut off at a line, so nothing looks wrong but the witness. */
static void
test_witness(void **state)
{
	struct rig r;
	size_t len;
	char *seg;

	build(&r);
	seg = load(&r, SEG2, &len);
	store(&r, SEG2, seg, (size_t)(line_at(seg, 1) - seg));
	r.witness = ROWS;
	assert_damage(&r, 9, 10, "ends before");
	r.witness = 9;
	assert_int_equal(rig_open(&r), 0);
	assert_false(r.rec.damaged);
	free(seg);
	rig_fini(&r);
}

/* Rows exchanged, doubled, taken from another ledger. */
static void
test_wrong_rows(void **state)
{
	struct rig r, other;
	char *seg, *theirs, *a, *b, *c;
	struct buf mixed = {0};
	size_t len;

	build(&r);
	build(&other);
	seg = load(&r, SEG2, &len);
	theirs = load(&other, SEG2, NULL);
	a = seg;
	b = line_at(seg, 1);
	c = line_at(seg, 2);
	buf_add(&mixed, a, (size_t)(b - a));
	buf_add(&mixed, c, len - (size_t)(c - seg));
	buf_add(&mixed, b, (size_t)(c - b));
	store(&r, SEG2, mixed.data, mixed.len);
	assert_damage(&r, 9, 9, "seq");
	buf_reset(&mixed);
	buf_add(&mixed, a, (size_t)(b - a));
	buf_add(&mixed, a, len);
	store(&r, SEG2, mixed.data, mixed.len);
	assert_damage(&r, 9, 9, "seq");
	buf_reset(&mixed);
	buf_add(&mixed, a, (size_t)(b - a));
	buf_puts(&mixed, line_at(theirs, 1));
	store(&r, SEG2, mixed.data, mixed.len);
	assert_damage(&r, 9, 9, "prev");
	buf_free(&mixed);
	free(seg);
	free(theirs);
	rig_fini(&r);
	rig_fini(&other);
}

static void
test_genesis(void **state)
{
	struct rig r, other;
	char *seg;
	size_t len;

	build(&r);
	rig_init(&other, SEGMENT_ROWS);
	assert_int_equal(rig_open(&other), 0);
	rig_close(&other);
	seg = load(&other, SEG0, &len);
	simdisk_remove(r.disk, rig_path(SEG1));
	simdisk_remove(r.disk, rig_path(SEG2));
	store(&r, SEG0, seg, len);
	assert_damage(&r, 0, 0, "genesis");
	/* Row 0 is never a torn tail. */
	store(&r, SEG0, "", 0);
	assert_damage(&r, 0, 0, "genesis");
	free(seg);
	rig_fini(&r);
	rig_fini(&other);
}

/* The segment was full already: the row about the cut is in the next one. */
static void
test_torn_behind_full_segment(void **state)
{
	struct rig r;
	char *seg;
	size_t len;

	rig_init(&r, SEGMENT_ROWS);
	assert_int_equal(rig_open(&r), 0);
	for (int i = 1; i < SEGMENT_ROWS; i++)
		rig_append(&r, i);
	assert_int_equal(rig_flush(&r), 0);
	rig_close(&r);
	seg = load(&r, SEG0, &len);
	seg = realloc(seg, len + 3);
	assert_non_null(seg);
	memcpy(seg + len, "abc", 3);
	store(&r, SEG0, seg, len + 3);
	free(seg);
	assert_torn(&r, SEGMENT_ROWS, 3);
	seg = load(&r, SEG1, NULL);
	assert_non_null(strstr(seg, "\"kind\":\"ledger.recovered\""));
	assert_non_null(strstr(seg, "\"bytes\":3,"));
	free(seg);
	rig_fini(&r);
}

static void
test_recovered_row(void **state)
{
	struct rig r;
	char *seg, name[100], *file, *kept;
	size_t len;

	build(&r);
	seg = load(&r, SEG2, &len);
	seg[len - 1] = 'x';
	store(&r, SEG2, seg, len);
	free(seg);
	assert_int_equal(rig_open(&r), 0);
	seg = load(&r, SEG2, NULL);
	assert_non_null(strstr(seg, "\"reason\":\"torn_tail\""));
	file = strstr(seg, "\"file\":\"") + 8;
	snprintf(name, sizeof(name), "torn/%.29s", file);
	kept = load(&r, name, &len);
	assert_int_equal(len, r.rec.torn_bytes);
	assert_int_equal(kept[len - 1], 'x');
	free(kept);
	free(seg);
	rig_fini(&r);
}

/* Lines beyond every limit, with and without an end. */
static void
test_long_lines(void **state)
{
	enum { LEN = 400000 };

	for (int with_end = 0; with_end < 2; with_end++) {
		struct rig r;
		size_t len;
		char *seg;

		build(&r);
		seg = load(&r, SEG2, &len);
		seg = realloc(seg, len + LEN);
		assert_non_null(seg);
		memset(seg + len, 'x', LEN);
		if (with_end)
			seg[len + 70000] = '\n';
		store(&r, SEG2, seg, len + LEN);
		free(seg);
		assert_torn(&r, ROWS, LEN);
		rig_fini(&r);
	}
}

/* Hints are mended: the mode of the newest sealed segment, its sum. */
static void
test_hints(void **state)
{
	struct rig r;
	char *sums, *again;
	size_t len;

	build(&r);
	sums = load(&r, "SHA256SUMS", &len);
	simdisk_chmod(r.disk, rig_path(SEG1), 0640);
	store(&r, "SHA256SUMS", sums, len - 30);
	assert_int_equal(rig_open(&r), 0);
	again = load(&r, "SHA256SUMS", NULL);
	assert_string_equal(again, sums);
	assert_int_equal(simdisk_mode(r.disk, rig_path(SEG1)), 0440);
	rig_close(&r);
	free(again);
	sums = realloc(sums, len + 6);
	assert_non_null(sums);
	memcpy(sums + len, "junk\n", 6);
	store(&r, "SHA256SUMS", sums, len + 5);
	sums[len] = '\0';
	assert_int_equal(rig_open(&r), 0);
	again = load(&r, "SHA256SUMS", NULL);
	assert_string_equal(again, sums);
	rig_close(&r);
	free(again);
	simdisk_remove(r.disk, rig_path("SHA256SUMS"));
	assert_int_equal(rig_open(&r), 0);
	again = load(&r, "SHA256SUMS", NULL);
	assert_string_equal(again, sums);
	free(again);
	free(sums);
	rig_fini(&r);
}

/* A rewrite that finds no room gives the ballast up. */
static void
test_full_disk(void **state)
{
	struct rig r;
	size_t len;

	build(&r);
	assert_int_equal(simdisk_mode(r.disk, rig_path("ballast")), 0640);
	simdisk_set_room(r.disk, 0);
	assert_int_equal(rig_open(&r), ERR_FULL);
	assert_true(strlen(r.err.text) > 0);
	simdisk_set_room(r.disk, 1024 * 1024);
	free(load(&r, SEG2, &len));
	assert_int_equal(rig_open(&r), 0);
	assert_false(r.rec.damaged);
	assert_int_equal(ledger_durable(r.l), ROWS);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_torn_tails),
	    cmocka_unit_test(test_last_row),
	    cmocka_unit_test(test_torn_batch),
	    cmocka_unit_test(test_flipped_row),
	    cmocka_unit_test(test_sealed_segment),
	    cmocka_unit_test(test_holes),
	    cmocka_unit_test(test_stray_segment),
	    cmocka_unit_test(test_witness),
	    cmocka_unit_test(test_wrong_rows),
	    cmocka_unit_test(test_genesis),
	    cmocka_unit_test(test_torn_behind_full_segment),
	    cmocka_unit_test(test_recovered_row),
	    cmocka_unit_test(test_long_lines),
	    cmocka_unit_test(test_hints),
	    cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
