/* Reading a folder: scan, count, verify, state.json. */
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

static void
build(struct rig *r)
{
	rig_init(r, SEGMENT_ROWS);
	assert_int_equal(rig_open(r), 0);
	for (int i = 1; i < ROWS; i++)
		assert_int_equal(rig_append(r, i), 0);
	assert_int_equal(rig_flush(r), 0);
	rig_close(r);
}

struct seen {
	uint64_t first, next;
	uint64_t stop; /* after so many; 0 = never */
	size_t n;
	struct digest leaf;
};

static int
see(void *ctx, const struct row *row)
{
	struct seen *s = ctx;

	if (s->n == 0)
		s->first = row->seq;
	else
		assert_int_equal(row->seq, s->next);
	s->next = row->seq + 1;
	s->n++;
	s->leaf = row_leaf(row->line, row->line_len);
	assert_true(digest_equal(&s->leaf, &row->leaf));
	if (row->seq > 0)
		assert_string_equal(row->kind, "note");
	return s->stop != 0 && s->n == s->stop;
}

static void
test_scan(void **state)
{
	struct rig r;

	build(&r);
	for (uint64_t from = 0; from <= ROWS + 1; from++) {
		for (uint64_t to = from; to <= ROWS + 2; to++) {
			uint64_t end = to < ROWS ? to : ROWS;
			struct seen s = {0};

			assert_int_equal(ledger_scan(simdisk_io(r.disk),
						     RIG_DIR, from, to, see, &s,
						     NULL),
					 0);
			assert_int_equal(s.n, from < end ? end - from : 0);
			if (s.n > 0)
				assert_int_equal(s.first, from);
		}
	}
	struct seen s = {.stop = 6};

	assert_int_equal(ledger_scan(simdisk_io(r.disk), RIG_DIR, 1, UINT64_MAX,
				     see, &s, NULL),
			 0);
	assert_int_equal(s.n, 6);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

static int
refuse(void *ctx, const struct row *row)
{
	return ERR_LIMIT;
}

static void
test_scan_errors(void **state)
{
	struct rig r;
	struct seen s = {0};
	struct err err;
	uint64_t rows;
	size_t len;
	char *seg;

	build(&r);
	assert_int_equal(
	    ledger_scan(simdisk_io(r.disk), RIG_DIR, 0, 9, refuse, NULL, &err),
	    ERR_LIMIT);
	assert_int_equal(ledger_scan(simdisk_io(r.disk), "/nowhere", 0, 9,
				     refuse, NULL, &err),
			 ERR_NOT_FOUND);
	seg = simdisk_read(r.disk, rig_path("seg-000000000004.jsonl"), &len);
	strchr(seg, '\n')[62] ^= 1;
	simdisk_chmod(r.disk, rig_path("seg-000000000004.jsonl"), 0640);
	simdisk_write(r.disk, rig_path("seg-000000000004.jsonl"), seg, len);
	assert_int_equal(ledger_scan(simdisk_io(r.disk), RIG_DIR, 0, UINT64_MAX,
				     see, &s, &err),
			 ERR_DAMAGED);
	assert_int_equal(s.next, 5);
	assert_non_null(strstr(err.text, "row 5: sum"));
	assert_non_null(strstr(err.text, "seg-000000000004.jsonl, byte "));
	simdisk_remove(r.disk, rig_path("seg-000000000004.jsonl"));
	assert_int_equal(ledger_count(simdisk_io(r.disk), RIG_DIR, &rows, &err),
			 ERR_DAMAGED);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	free(seg);
	rig_fini(&r);
}

/* A line that a writer has not finished yet is the end, not an error. */
static void
test_beside_the_writer(void **state)
{
	struct rig r;
	struct seen s = {0};
	struct ledger_verdict v;
	uint64_t rows;
	size_t len;
	char *seg;

	build(&r);
	assert_int_equal(ledger_count(simdisk_io(r.disk), RIG_DIR, &rows, NULL),
			 0);
	assert_int_equal(rows, ROWS);
	seg = simdisk_read(r.disk, rig_path("seg-000000000008.jsonl"), &len);
	simdisk_write(r.disk, rig_path("seg-000000000008.jsonl"), seg, len - 7);
	free(seg);
	assert_int_equal(ledger_count(simdisk_io(r.disk), RIG_DIR, &rows, NULL),
			 0);
	assert_int_equal(rows, ROWS - 1);
	assert_int_equal(ledger_scan(simdisk_io(r.disk), RIG_DIR, 0, UINT64_MAX,
				     see, &s, NULL),
			 0);
	assert_int_equal(s.n, ROWS - 1);
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 1, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.rows, ROWS - 1);
	assert_non_null(strstr(v.reason, "behind row 9"));
	/* An empty newest segment has none of its own. */
	simdisk_write(r.disk, rig_path("seg-000000000008.jsonl"), "", 0);
	assert_int_equal(ledger_count(simdisk_io(r.disk), RIG_DIR, &rows, NULL),
			 0);
	assert_int_equal(rows, 8);
	rig_fini(&r);
}

static void
verify_is_ok(struct rig *r, int level, uint64_t rows)
{
	struct ledger_verdict v;

	assert_int_equal(
	    ledger_verify(simdisk_io(r->disk), RIG_DIR, level, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.rows, rows);
}

static void
verify_is_bad(struct rig *r, int level, uint64_t seq, int reached,
	      const char *words)
{
	struct ledger_verdict v;

	assert_int_equal(
	    ledger_verify(simdisk_io(r->disk), RIG_DIR, level, &v, NULL), 0);
	assert_false(v.ok);
	assert_int_equal(v.first_bad_seq, seq);
	assert_int_equal(v.level, reached);
	if (strstr(v.reason, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", v.reason, words);
}

static void
put_segment(struct rig *r, const char *seg, size_t len)
{
	if (simdisk_mode(r->disk, rig_path("seg-000000000004.jsonl")) >= 0)
		simdisk_chmod(r->disk, rig_path("seg-000000000004.jsonl"),
			      0640);
	simdisk_write(r->disk, rig_path("seg-000000000004.jsonl"), seg, len);
}

/* Every byte of a segment, changed, is found at level 0 or 1, and at the
 * right row. */
static void
test_verify_every_byte(void **state)
{
	struct ledger_verdict v;
	struct rig r;
	uint64_t seq = 4;
	size_t len;
	char *seg;

	build(&r);
	seg = simdisk_read(r.disk, rig_path("seg-000000000004.jsonl"), &len);
	for (size_t i = 0; i < len; i++) {
		bool line_end = seg[i] == '\n';

		seg[i] ^= 4;
		put_segment(&r, seg, len);
		assert_int_equal(
		    ledger_verify(simdisk_io(r.disk), RIG_DIR, 1, &v, NULL), 0);
		assert_false(v.ok);
		assert_int_equal(v.first_bad_seq, seq);
		assert_int_equal(v.level, LEDGER_LEVEL_NONE);
		seg[i] ^= 4;
		seq += line_end;
	}
	free(seg);
	rig_fini(&r);
}

static void
test_verify_levels(void **state)
{
	struct rig r, other;
	struct ledger_verdict v;
	struct err err;
	char *seg, *theirs;
	size_t len, their_len;

	build(&r);
	build(&other);
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 0, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.level, 0);
	assert_int_equal(v.rows, ROWS);
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 4, &v, &err),
	    ERR_UNSUPPORTED);
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, -1, &v, &err),
	    ERR_UNSUPPORTED);
	/* Whole rows of another ledger: each is good by itself. */
	theirs = simdisk_read(other.disk, rig_path("seg-000000000004.jsonl"),
			      &their_len);
	seg = simdisk_read(r.disk, rig_path("seg-000000000004.jsonl"), &len);
	put_segment(&r, theirs, their_len);
	verify_is_bad(&r, 1, 4, 0, "prev");
	put_segment(&r, seg, (size_t)(strchr(seg, '\n') + 1 - seg));
	verify_is_bad(&r, 1, 5, LEDGER_LEVEL_NONE, "too early");
	verify_is_bad(&r, 0, 5, LEDGER_LEVEL_NONE, "too early");
	simdisk_remove(r.disk, rig_path("seg-000000000004.jsonl"));
	verify_is_bad(&r, 1, 4, LEDGER_LEVEL_NONE, "missing");
	free(seg);
	free(theirs);
	theirs = simdisk_read(other.disk, rig_path("LEDGER"), &their_len);
	put_segment(&r, "", 0);
	simdisk_write(r.disk, rig_path("LEDGER"), theirs, their_len);
	verify_is_bad(&r, 1, 0, LEDGER_LEVEL_NONE, "genesis");
	free(theirs);
	rig_fini(&r);
	rig_fini(&other);
}

/* More rows than LEDGER allows in a segment, and a dur that goes back, in a
 * chain that is right otherwise: a torn tail when nothing behind it knows it
 * durable. */
static void
test_verify_forged(void **state)
{
	struct row_draft draft = {
	    .at = wall_from_s(1), .kind = "note", .body = "{}", .body_len = 2};
	struct rig r;
	struct buf seg = {0};
	char *old, id[16];
	struct digest prev;
	size_t len;

	rig_init(&r, SEGMENT_ROWS);
	assert_int_equal(rig_open(&r), 0);
	prev = *ledger_genesis(r.l);
	rig_close(&r);
	old = simdisk_read(r.disk, rig_path("seg-000000000000.jsonl"), &len);
	for (uint64_t last = 2; last <= SEGMENT_ROWS; last++) {
		struct digest before = prev;

		buf_reset(&seg);
		buf_add(&seg, old, len);
		for (uint64_t seq = 1; seq <= last; seq++) {
			snprintf(id, sizeof(id), "n.%d", (int)seq);
			draft.id = id;
			row_render(&seg, &draft, seq,
				   last == SEGMENT_ROWS ? 1
				   : seq == 2		? 0
							: seq,
				   &before, &before);
		}
		simdisk_write(r.disk, rig_path("seg-000000000000.jsonl"),
			      seg.data, seg.len);
		if (last == 2)
			verify_is_ok(&r, 1, 2);
		else if (last < SEGMENT_ROWS)
			verify_is_bad(&r, 1, 2, 0, "dur goes back");
		else
			verify_is_bad(&r, 1, last, LEDGER_LEVEL_NONE,
				      "more rows");
	}
	buf_free(&seg);
	free(old);
	rig_fini(&r);
}

static void
test_state(void **state)
{
	static const char json[] = "{\"alerts\":[]}";
	struct rig r;
	struct seen s = {0};
	uint64_t next = 0;
	char *text, *file;
	size_t len;

	build(&r);
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, NULL,
					   &text, &len, &next, NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(
	    ledger_scan(simdisk_io(r.disk), RIG_DIR, 0, 7, see, &s, NULL), 0);
	assert_int_equal(
	    ledger_state_save(r.l, 7, &s.leaf, json, strlen(json), NULL), 0);
	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, NULL,
					   &text, &len, &next, NULL),
			 0);
	assert_int_equal(next, 7);
	assert_int_equal(len, strlen(json));
	assert_string_equal(text, json);
	free(text);
	/* Any changed byte, and it is not used. */
	file = simdisk_read(r.disk, rig_path("state.json"), &len);
	for (size_t i = 0; i < len; i++) {
		file[i] ^= 1;
		simdisk_write(r.disk, rig_path("state.json"), file, len);
		assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR,
						   NULL, &text, &len, &next,
						   NULL),
				 ERR_NOT_FOUND);
		file[i] ^= 1;
	}
	for (size_t i = 0; i < len; i++) {
		simdisk_write(r.disk, rig_path("state.json"), file, i);
		assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR,
						   NULL, &text, &next, &next,
						   NULL),
				 ERR_NOT_FOUND);
	}
	free(file);
	/* Bound to a row that is not of this ledger, or not there. */
	s.leaf.bytes[0] ^= 1;
	ledger_state_save(r.l, 7, &s.leaf, json, strlen(json), NULL);
	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, NULL,
					   &text, &len, &next, NULL),
			 ERR_NOT_FOUND);
	s.leaf.bytes[0] ^= 1;
	ledger_state_save(r.l, 700, &s.leaf, json, strlen(json), NULL);
	assert_int_equal(ledger_state_load(simdisk_io(r.disk), RIG_DIR, NULL,
					   &text, &len, &next, NULL),
			 ERR_NOT_FOUND);
	rig_close(&r);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

static void
test_blob_damaged(void **state)
{
	char text[RIG_TEXT_MAX], path[200], hex[DIGEST_HEX_LEN + 1], *kept;
	struct digest d = rig_blob_text(1, text);
	struct rig r;
	size_t len;

	rig_init(&r, SEGMENT_ROWS);
	assert_int_equal(rig_open(&r), 0);
	rig_append_blob(&r, 1);
	assert_int_equal(rig_flush(&r), 0);
	digest_hex(&d, hex);
	snprintf(path, sizeof(path), RIG_DIR "/pages/sha256/%.2s/%s", hex, hex);
	simdisk_write(r.disk, path, "other", 5);
	assert_int_equal(
	    ledger_blob(simdisk_io(r.disk), RIG_DIR, &d, &kept, &len, &r.err),
	    ERR_DAMAGED);
	/* The next row with this text brings it back. */
	assert_int_equal(
	    rig_append_row(&r, "again", "note", "{}",
			   &(struct row_blob){text, strlen(text), d}, NULL),
	    0);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(
	    ledger_blob(simdisk_io(r.disk), RIG_DIR, &d, &kept, &len, &r.err),
	    0);
	assert_string_equal(kept, text);
	free(kept);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scan),
	    cmocka_unit_test(test_scan_errors),
	    cmocka_unit_test(test_beside_the_writer),
	    cmocka_unit_test(test_verify_every_byte),
	    cmocka_unit_test(test_verify_levels),
	    cmocka_unit_test(test_verify_forged),
	    cmocka_unit_test(test_state),
	    cmocka_unit_test(test_blob_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
