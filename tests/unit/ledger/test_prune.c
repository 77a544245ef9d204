/* Old rows go: which may, in what order, and what every reader makes of a
 * ledger that begins at a later row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/leave.h"
#include "../../fakes/rig.h"
#include "ledger/folder.h"
#include "ledger/prove.h"
#include "ledger/prune.h"
#include "ledger/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 256, WINDOW = 64, FILLED = 1100, GONE = 2 * ROWS };

static struct leave *leave;

static const uint8_t seeds[2][32] = {{1}, {2}};

/* Every 100th row has a text of its own. */
static void
append(struct rig *r, int from, int to)
{
	for (int n = from; n <= to; n++)
		assert_int_equal(
		    n % 100 == 0 ? rig_append_blob(r, n) : rig_append(r, n), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
}

static void
sign(struct rig *r)
{
	ledger_want_checkpoint(r->l);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
}

static void
fill(struct rig *r)
{
	rig_init(r, ROWS);
	r->id_window = WINDOW;
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	append(r, 1, FILLED - 1);
	sign(r);
}

static void
prune(struct rig *r, uint64_t from, uint64_t to)
{
	assert_int_equal(rig_append_prune(r, from, to), 0);
	if (ledger_flush(r->l, NULL, NULL, &r->err) < 0)
		fail_msg("%s", r->err.text);
}

static bool
has(struct rig *r, const char *name)
{
	return simdisk_mode(r->disk, rig_path(name)) >= 0;
}

static bool
has_segment(struct rig *r, unsigned first)
{
	char name[40];

	snprintf(name, sizeof(name), "seg-%012u.jsonl", first);
	return has(r, name);
}

static bool
has_text(struct rig *r, int n)
{
	char text[RIG_TEXT_MAX], hex[DIGEST_HEX_LEN + 1], name[120];
	struct digest d = rig_blob_text(n, text);

	digest_hex(&d, hex);
	snprintf(name, sizeof(name), "pages/sha256/%.2s/%s", hex, hex);
	return has(r, name);
}

struct seen {
	uint64_t first, n;
};

static int
see(void *ctx, const struct row *row)
{
	struct seen *seen = ctx;

	if (seen->n++ == 0)
		seen->first = row->seq;
	assert_int_equal(row->seq, seen->first + seen->n - 1);
	return 0;
}

static void
assert_rows(struct rig *r, uint64_t first, uint64_t end)
{
	struct seen seen = {0};
	uint64_t count;
	struct err err;

	if (ledger_scan(simdisk_io(r->disk), RIG_DIR, 0, UINT64_MAX, see, &seen,
			&err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(seen.first, first);
	assert_int_equal(seen.n, end - first);
	assert_int_equal(
	    ledger_count(simdisk_io(r->disk), RIG_DIR, &count, NULL), 0);
	assert_int_equal(count, end);
}

static void
verify(struct rig *r, int level, struct ledger_verdict *v)
{
	struct err err;

	if (ledger_verify(simdisk_io(r->disk), RIG_DIR, level, v, &err) < 0)
		fail_msg("%s", err.text);
}

static void
assert_verified(struct rig *r)
{
	struct ledger_verdict v;

	for (int level = 0; level <= 3; level++) {
		verify(r, level, &v);
		if (!v.ok)
			fail_msg("row %d: %s", (int)v.first_bad_seq, v.reason);
		assert_int_equal(v.level, level);
		assert_non_null(strstr(v.reason, "were pruned by row"));
		assert_null(strstr(v.reason, "unverifiable"));
	}
}

static int
prove(struct rig *r, uint64_t seq, struct err *err)
{
	struct buf out = {0};
	int e = ledger_prove(simdisk_io(r->disk), RIG_DIR, seq, &out, err);

	assert_int_equal(e == 0, out.len > 0);
	buf_free(&out);
	return e;
}

/* The lines are those of the sealed segments that are kept. */
static void
assert_sums(struct rig *r, unsigned first, unsigned end)
{
	char *text = simdisk_read(r->disk, rig_path("SHA256SUMS"), NULL);
	char *line = text;

	assert_non_null(text);
	for (; first < end; first += ROWS) {
		char *lf = strchr(line, '\n'), name[40];

		assert_non_null(lf);
		snprintf(name, sizeof(name), "seg-%012u.jsonl", first);
		assert_memory_equal(lf - strlen(name), name, strlen(name));
		line = lf + 1;
	}
	assert_string_equal(line, "");
	free(text);
}

static void
reopen(struct rig *r)
{
	rig_reopen(r);
	if (r->rec.damaged)
		fail_msg("%s", r->rec.words);
}

/* ---- rows go, and the rest is as good as before ---- */

static void
test_goes(void **state)
{
	struct err err;
	struct rig r;

	fill(&r);
	prune(&r, 0, GONE);
	assert_false(has_segment(&r, 0));
	assert_false(has_segment(&r, ROWS));
	assert_true(has_segment(&r, GONE));
	assert_rows(&r, GONE, FILLED + 1);
	assert_sums(&r, GONE, 4 * ROWS);
	assert_verified(&r);
	if (prove(&r, GONE, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(prove(&r, FILLED - 1, &err), 0);
	assert_int_equal(prove(&r, 7, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "row 7 was pruned by row 1100"));
	/* it goes on over the end of a segment, and once more */
	append(&r, 2000, 2300);
	sign(&r);
	assert_verified(&r);
	assert_sums(&r, GONE, 5 * ROWS);
	prune(&r, GONE, 4 * ROWS);
	assert_rows(&r, 4 * ROWS, 1403);
	assert_sums(&r, 4 * ROWS, 5 * ROWS);
	assert_verified(&r);
	leave_ledger(leave, r.disk, RIG_DIR);
	rig_fini(&r);
}

/* By a quick start, and by one that reads all. */
static void
test_starts(void **state)
{
	struct rig r;

	fill(&r);
	prune(&r, 0, GONE);
	for (int i = 0; i < 3; i++) {
		rig_stop(&r, i);
		assert_int_equal(rig_open(&r), 0);
		assert_false(r.rec.damaged);
		assert_false(r.rec.unclean);
		assert_int_equal(ledger_durable(r.l), FILLED + 2 + i);
		assert_true(rig_inspect(&r) > 0);
		if (i == 0)
			r.id_window = 65536;
		if (i == 1)
			simdisk_remove(r.disk, rig_path("pruned"));
	}
	/* not clean */
	append(&r, 2000, 2010);
	reopen(&r);
	assert_true(r.rec.unclean);
	append(&r, 2011, 2300);
	sign(&r);
	assert_verified(&r);
	leave_ledger(leave, r.disk, RIG_DIR);
	rig_fini(&r);
}

/* The row is durable, the process ends, the segments still stand. */
static void
test_finished_later(void **state)
{
	struct rig r;

	fill(&r);
	assert_int_equal(rig_append_prune(&r, 0, GONE), 0);
	assert_int_equal(ledger_batch_begin(r.l, &r.err), 0);
	assert_int_equal(ledger_batch_sync(r.l), 0);
	assert_int_equal(ledger_batch_finish(r.l, 0, NULL, NULL, &r.err), 0);
	assert_true(has_segment(&r, 0));
	reopen(&r);
	assert_rows(&r, 0, FILLED + 1);
	assert_int_equal(rig_flush(&r), 0);
	assert_rows(&r, GONE, FILLED + 1);
	assert_false(has_segment(&r, 0));
	assert_verified(&r);
	rig_fini(&r);
}

/* Any of the segments came back with the power, with or without the hint. */
static void
test_any_rest(void **state)
{
	for (unsigned rest = 1; rest < 8; rest++) {
		char *kept[2];
		size_t len[2];
		struct rig r;

		fill(&r);
		kept[0] = simdisk_read(
		    r.disk, rig_path("seg-000000000000.jsonl"), &len[0]);
		kept[1] = simdisk_read(
		    r.disk, rig_path("seg-000000000256.jsonl"), &len[1]);
		prune(&r, 0, GONE);
		rig_close(&r);
		if ((rest & 1) != 0)
			simdisk_write(r.disk,
				      rig_path("seg-000000000000.jsonl"),
				      kept[0], len[0]);
		if ((rest & 2) != 0)
			simdisk_write(r.disk,
				      rig_path("seg-000000000256.jsonl"),
				      kept[1], len[1]);
		if ((rest & 4) != 0)
			simdisk_remove(r.disk, rig_path("pruned"));
		assert_int_equal(rig_open(&r), 0);
		if (r.rec.damaged)
			fail_msg("%u: %s", rest, r.rec.words);
		assert_int_equal(rig_flush(&r), 0);
		assert_int_equal(has_segment(&r, 0) || has_segment(&r, ROWS),
				 false);
		assert_rows(&r, GONE, FILLED + 1);
		assert_verified(&r);
		free(kept[0]);
		free(kept[1]);
		rig_fini(&r);
	}
}

/* ---- what is damage all the same ---- */

static void
assert_damaged(struct rig *r, const char *words)
{
	struct ledger_verdict v;

	rig_close(r);
	assert_int_equal(rig_open(r), 0);
	assert_true(r->rec.damaged);
	if (strstr(r->rec.words, words) == NULL)
		fail_msg("%s", r->rec.words);
	verify(r, 3, &v);
	assert_false(v.ok && v.level == 3);
}

static void
test_missing_without_row(void **state)
{
	struct ledger_verdict v;
	struct rig r;

	fill(&r);
	simdisk_remove(r.disk, rig_path("seg-000000000000.jsonl"));
	assert_damaged(&r, "rows 0 to 255 (segment missing)");
	verify(&r, 1, &v);
	assert_int_equal(v.first_bad_seq, 0);
	rig_fini(&r);

	/* more than the row says; and a hint that is not true */
	fill(&r);
	prune(&r, 0, GONE);
	simdisk_remove(r.disk, rig_path("seg-000000000512.jsonl"));
	simdisk_write(r.disk, rig_path("pruned"),
		      "{\"seq\":1100,\"swept\":true,\"to\":768}\n", 35);
	assert_damaged(&r, "rows 512 to 767 (segment missing)");
	verify(&r, 1, &v);
	assert_int_equal(v.first_bad_seq, 512);
	rig_fini(&r);
}

/* The segment of a row, malloc'd, its name, and where the row begins in it. */
static char *
read_to_row(struct rig *r, uint64_t seq, char path[40], size_t *ret_len,
	    char **ret_line)
{
	char mark[40], *text, *line;

	snprintf(path, 40, "seg-%012u.jsonl", (unsigned)(seq / ROWS * ROWS));
	snprintf(mark, sizeof(mark), "\"seq\":%u,", (unsigned)seq);
	text = simdisk_read(r->disk, rig_path(path), ret_len);
	line = strstr(text, mark);
	assert_non_null(line);
	while (line > text && line[-1] != '\n')
		line--;
	*ret_line = line;
	return text;
}

/* Something of this row changes. */
static void
spoil_row(struct rig *r, uint64_t seq, const char *at)
{
	char path[40], *line;
	size_t len;
	char *text = read_to_row(r, seq, path, &len, &line);

	line = strstr(line, at);
	assert_non_null(line);
	line[1] ^= 1;
	if (simdisk_mode(r->disk, rig_path(path)) == 0440)
		simdisk_chmod(r->disk, rig_path(path), 0640);
	simdisk_write(r->disk, rig_path(path), text, len);
	free(text);
}

/* The newest segment ends before this row. */
static void
cut_before(struct rig *r, uint64_t seq)
{
	char path[40], *line;
	size_t len;
	char *text = read_to_row(r, seq, path, &len, &line);

	simdisk_write(r->disk, rig_path(path), text, (size_t)(line - text));
	free(text);
}

/* The row that let others go is lost with all behind it, be it signed or not:
 * what is named is where the rows end, and not what was pruned. */
static void
test_row_lost(void **state)
{
	static const struct {
		int back; /* the newest kept row is this much before it */
		bool no_file, unsigned_row;
	} cases[] = {
	    {1, false, false}, {20, false, false}, {1, true, false},
	    {20, true, false}, {1, false, true},   {1, true, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ledger_verdict v;
		char words[80];
		uint64_t bad;
		struct rig r;

		fill(&r);
		bad = ledger_durable(r.l) + 1 - (uint64_t)cases[i].back;
		prune(&r, 0, GONE);
		if (!cases[i].unsigned_row)
			sign(&r);
		cut_before(&r, bad);
		if (cases[i].no_file)
			simdisk_remove(r.disk, rig_path("pruned"));
		for (int level = 0; level <= 3; level++) {
			verify(&r, level, &v);
			assert_false(v.ok);
			assert_int_equal(v.first_bad_seq, bad);
			assert_non_null(strstr(
			    v.reason, cases[i].no_file ? "because kept.jsonl"
						       : "as the file pruned"));
		}
		snprintf(words, sizeof(words), "rows %d to", (int)bad);
		assert_damaged(&r, words);
		assert_true(has_segment(&r, GONE));
		assert_false(has_segment(&r, 0));
		rig_fini(&r);
	}
}

/* The row itself, one before it in its segment that hides it, or both: the
 * first bad one is named, by whoever reads. */
static void
test_row_damaged(void **state)
{
	static const struct {
		const char *at; /* of the newest row with it; NULL: the row */
		int back;	/* rows before the row ledger.prune */
		bool no_file;
	} cases[] = {
	    {"\"sha256\"", 0, false},
	    {"\"fmt\"", 0, false},
	    {"\"seq\"", 20, false},
	    {"\"sha256\"", 0, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t seq, bad;
		struct ledger_verdict v;
		char words[80];
		struct rig r;

		fill(&r);
		seq = ledger_durable(r.l);
		prune(&r, 0, GONE);
		append(&r, FILLED, FILLED + 3);
		sign(&r);
		bad = seq - (uint64_t)cases[i].back;
		spoil_row(&r, bad, cases[i].at);
		if (cases[i].no_file)
			simdisk_remove(r.disk, rig_path("pruned"));
		for (int level = 0; level <= 3; level++) {
			verify(&r, level, &v);
			assert_false(v.ok);
			assert_int_equal(v.first_bad_seq, bad);
			assert_true((strstr(v.reason, "as the file pruned") !=
				     NULL) == !cases[i].no_file);
		}
		snprintf(words, sizeof(words), "rows %d to", (int)bad);
		assert_damaged(&r, words);
		assert_true(has_segment(&r, GONE));
		rig_fini(&r);
	}
}

static void
lose_tile(struct rig *r, const char *path)
{
	simdisk_remove(r->disk, path);
}

static void
shorten_tile(struct rig *r, const char *path)
{
	simdisk_write(r->disk, path, "x", 1);
}

static void
lengthen_tile(struct rig *r, const char *path)
{
	char bytes[TILE_BYTES + 1] = {0};

	simdisk_write(r->disk, path, bytes, sizeof(bytes));
}

static void
make_folder(struct rig *r, const char *path)
{
	simdisk_remove(r->disk, path);
	simdisk_make_dir(r->disk, path);
}

/* Whatever became of it: the tile is named, and nothing is taken for good. */
static void
test_tiles_missing(void **state)
{
	static void (*const harms[])(struct rig *, const char *) = {
	    lose_tile, shorten_tile, lengthen_tile, make_folder};

	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		struct ledger_verdict v;
		struct err err;
		struct rig r;

		fill(&r);
		prune(&r, 0, GONE);
		harms[i](&r, rig_path("tile/0/001"));
		verify(&r, 3, &v);
		assert_true(v.ok);
		assert_int_equal(v.level, 1);
		assert_true(v.lacks);
		assert_non_null(
		    strstr(v.reason, "unverifiable before 512: tile/0/001"));
		assert_non_null(strstr(v.reason, "repair --backup DIR"));
		assert_int_equal(prove(&r, FILLED - 1, &err), ERR_NOT_FOUND);
		assert_non_null(
		    strstr(err.text, "tiles of the rows before 512"));
		assert_damaged(&r, "they were pruned, and tile/0/001");
		rig_fini(&r);
	}
}

/* Without a checkpoint the tiles alone tell what the kept rows follow: the
 * loss is told, as in a ledger that is whole. */
static void
test_checkpoints_lost(void **state)
{
	struct ledger_verdict v;
	struct rig r;

	fill(&r);
	prune(&r, 0, GONE);
	rig_close(&r);
	simdisk_remove(r.disk, rig_path("checkpoint"));
	simdisk_remove(r.disk, rig_path("checkpoints.jsonl"));
	assert_int_equal(rig_open(&r), 0);
	assert_false(r.rec.damaged);
	assert_non_null(strstr(r.rec.lost, "so one was due"));
	assert_int_equal(rig_flush(&r), 0);
	rig_reopen(&r);
	assert_false(r.rec.damaged);
	assert_string_equal(r.rec.lost, "");
	verify(&r, 3, &v);
	assert_true(v.ok);
	assert_int_equal(v.level, 3);
	assert_non_null(strstr(v.reason, "checkpoints were lost before row"));
	rig_fini(&r);
}

/* A kept row that was changed is still found. */
static void
test_tamper(void **state)
{
	struct ledger_verdict v;
	struct rig r;

	fill(&r);
	prune(&r, 0, GONE);
	simdisk_chmod(r.disk, rig_path("seg-000000000512.jsonl"), 0640);
	{
		size_t len;
		char *text = simdisk_read(
		    r.disk, rig_path("seg-000000000512.jsonl"), &len);

		/* the prev of the first kept row */
		strstr(text, "\"prev\":\"")[8] ^= 1;
		simdisk_write(r.disk, rig_path("seg-000000000512.jsonl"), text,
			      len);
		free(text);
	}
	verify(&r, 1, &v);
	assert_false(v.ok);
	assert_int_equal(v.first_bad_seq, GONE);
	rig_fini(&r);
}

/* ---- what may not go ---- */

static void
test_stops(void **state)
{
	struct prune_segment s;
	struct rig r;

	fill(&r);
	assert_int_equal(ledger_prunable(r.l, 0, &s, NULL), PRUNE_FREE);
	assert_int_equal(s.end, ROWS);
	assert_true(s.oldest.us > 0 && s.newest.us >= s.oldest.us);
	assert_int_equal(ledger_prunable(r.l, 3 * ROWS, &s, NULL), PRUNE_FREE);
	assert_int_equal(ledger_prunable(r.l, 4 * ROWS, &s, NULL),
			 PRUNE_NEWEST);
	append(&r, 2000, 2400);
	assert_int_equal(ledger_prunable(r.l, 4 * ROWS, &s, NULL), PRUNE_FREE);
	rig_reopen(&r);
	assert_int_equal(ledger_prunable(r.l, 0, &s, NULL), PRUNE_UNREAD);
	assert_true(rig_inspect(&r) > 0);
	assert_int_equal(ledger_prunable(r.l, 0, &s, NULL), PRUNE_FREE);
	rig_fini(&r);

	/* nothing is signed any more: the journal contradicted */
	fill(&r);
	ledger_stop_signing(r.l, "test");
	append(&r, 2000, 2400);
	assert_int_equal(ledger_prunable(r.l, 3 * ROWS, &s, NULL), PRUNE_FREE);
	assert_int_equal(ledger_prunable(r.l, 4 * ROWS, &s, NULL),
			 PRUNE_UNSIGNED);
	rig_fini(&r);
}

/* ---- what must outlive the segments ---- */

enum { REKEYED = 300 };

/* The key changes in row 300; a checkpoint by each key. */
static void
fill_rekeyed(struct rig *r)
{
	rig_init(r, ROWS);
	r->id_window = WINDOW;
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	append(r, 1, REKEYED - 1);
	sign(r);
	rig_close(r);
	r->key_seed = seeds[1];
	r->previous_key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	append(r, REKEYED + 1, FILLED - 1);
	sign(r);
	rig_inspect(r);
}

/* By who believes either key, and no other, though the row that changed it
 * is gone. */
static void
assert_believed(struct rig *r)
{
	static const uint8_t other[32] = {3};
	struct ledger_verdict v;

	for (int level = 2; level <= 3; level++) {
		for (size_t i = 0; i < 2; i++) {
			assert_int_equal(rig_verify_by(r, level, seeds[i], &v),
					 0);
			assert_true(v.ok);
			assert_int_equal(v.level, level);
		}
		assert_int_equal(rig_verify_by(r, level, other, &v), 0);
		assert_false(v.ok);
	}
}

static void
assert_proved(struct rig *r, uint64_t seq)
{
	struct err err;

	if (prove(r, seq, &err) < 0)
		fail_msg("%s", err.text);
}

/* Checkpoints of both keys hold when the row that changed it has gone. */
static void
test_key_changed(void **state)
{
	struct rig r;

	fill_rekeyed(&r);
	prune(&r, 0, ROWS);
	assert_verified(&r);
	prune(&r, ROWS, GONE);
	assert_false(has_segment(&r, ROWS));
	assert_verified(&r);
	assert_believed(&r);
	assert_proved(&r, GONE);
	r.previous_key_seed = NULL;
	reopen(&r);
	append(&r, 2000, 2400);
	sign(&r);
	rig_inspect(&r);
	prune(&r, GONE, 4 * ROWS);
	assert_verified(&r);
	reopen(&r);
	assert_verified(&r);
	leave_ledger(leave, r.disk, RIG_DIR);
	rig_fini(&r);
}

/* The start did not read the row that changed the key; what reads it
 * afterwards remembers that it must be kept. */
static void
test_key_changed_before_start(void **state)
{
	struct rig r;

	fill_rekeyed(&r);
	r.previous_key_seed = NULL;
	reopen(&r);
	assert_true(rig_inspect(&r) > 0);
	prune(&r, 0, GONE);
	assert_verified(&r);
	assert_believed(&r);
	rig_fini(&r);
}

/* A row that lets others go is durable, but they still stand: a reader takes
 * the change of the key out of the segment. */
static void
test_key_changed_meanwhile(void **state)
{
	struct rig r;

	fill_rekeyed(&r);
	prune(&r, 0, ROWS);
	assert_int_equal(rig_append_prune(&r, ROWS, GONE), 0);
	assert_int_equal(ledger_batch_begin(r.l, &r.err), 0);
	assert_int_equal(ledger_batch_sync(r.l), 0);
	assert_int_equal(ledger_batch_finish(r.l, 0, NULL, NULL, &r.err), 0);
	assert_true(has_segment(&r, ROWS));
	assert_verified(&r);
	assert_proved(&r, GONE);
	reopen(&r);
	assert_int_equal(rig_flush(&r), 0);
	assert_false(has_segment(&r, ROWS));
	assert_verified(&r);
	rig_fini(&r);
}

/* Changes a text in a file of the ledger; what lacks is put at its end. */
static void
edit(struct rig *r, const char *name, const char *from, const char *to)
{
	size_t len, n = strlen(from), m = strlen(to);
	char *text = simdisk_read(r->disk, rig_path(name), &len);
	char *at = memmem(text, len, from, n), *new = malloc(len + m + 1);

	assert_non_null(at);
	memcpy(new, text, (size_t)(at - text));
	memcpy(new + (at - text), to, m);
	memcpy(new + (at - text) + m, at + n, len - n - (size_t)(at - text));
	simdisk_write(r->disk, rig_path(name), new, len - n + m);
	free(text);
	free(new);
}

static void
drop_kept(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("kept.jsonl"));
}

static void
empty_kept(struct rig *r)
{
	simdisk_write(r->disk, rig_path("kept.jsonl"), "", 0);
}

static void
cut_kept(struct rig *r)
{
	size_t len;
	char *text = simdisk_read(r->disk, rig_path("kept.jsonl"), &len);

	simdisk_write(r->disk, rig_path("kept.jsonl"), text, len - 1);
	free(text);
}

static void
double_kept(struct rig *r)
{
	size_t len;
	char *text = simdisk_read(r->disk, rig_path("kept.jsonl"), &len);
	size_t row = (size_t)(strchr(text, '\n') - text) + 1;
	char *new = malloc(len + row);

	memcpy(new, text, row);
	memcpy(new + row, text, len);
	simdisk_write(r->disk, rig_path("kept.jsonl"), new, len + row);
	free(text);
	free(new);
}

static void
edit_kept(struct rig *r)
{
	edit(r, "kept.jsonl", "\"host\":\"", "\"host\":\"x");
}

/* Another key in LEDGER and nowhere else. */
static void
swap_key(struct rig *r)
{
	char vkey[VKEY_MAX + 1], now[VKEY_MAX + 1];
	char *text = simdisk_read(r->disk, rig_path("LEDGER"), NULL);
	struct identity id;

	assert_int_equal(identity_parse(text, strlen(text), &id, NULL), 0);
	memcpy(now, id.vkey, sizeof(now));
	free(text);
	assert_int_equal(vkey_of_seed(id.origin, seeds[1], vkey, NULL), 0);
	edit(r, "LEDGER", now, vkey);
}

static void
test_kept_tampered(void **state)
{
	static const struct {
		void (*tamper)(struct rig *r);
		const char *words;
	} cases[] = {
	    {drop_kept, "kept.jsonl: row 0: it is not there"},
	    {empty_kept, "kept.jsonl: row 0: it is not there"},
	    {cut_kept, "a line has no end"},
	    {double_kept, "kept.jsonl: row 0: it stands there twice"},
	    {edit_kept, "the next line is no such row"},
	    {swap_key, "row 0 was not the genesis that LEDGER names"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ledger_verdict v;
		struct err err;
		struct rig r;

		fill_rekeyed(&r);
		prune(&r, 0, GONE);
		cases[i].tamper(&r);
		for (int level = 1; level <= 3; level++) {
			verify(&r, level, &v);
			assert_false(v.ok);
			assert_int_equal(v.first_bad_seq, 0);
			assert_int_equal(v.level, 0);
			if (strstr(v.reason, cases[i].words) == NULL)
				fail_msg("%d: %s", (int)i, v.reason);
		}
		if (cases[i].tamper != swap_key)
			assert_true(prove(&r, GONE, &err) < 0);
		rig_close(&r);
		assert_int_equal(rig_open(&r), 0);
		assert_true(r.rec.damaged);
		assert_int_equal(r.rec.damaged_from, 0);
		rig_fini(&r);
	}
}

/* The row of the change is not left out either: then nobody knows who signed
 * the later checkpoints. */
static void
test_change_left_out(void **state)
{
	struct ledger_verdict v;
	char *text, *lf;
	struct rig r;

	fill_rekeyed(&r);
	prune(&r, 0, GONE);
	text = simdisk_read(r.disk, rig_path("kept.jsonl"), NULL);
	lf = strchr(text, '\n');
	simdisk_write(r.disk, rig_path("kept.jsonl"), text,
		      (size_t)(lf - text) + 1);
	free(text);
	verify(&r, 3, &v);
	assert_false(v.ok);
	assert_int_equal(v.level, 1);
	rig_fini(&r);
}

/* What somebody left there lets no row go. */
static void
test_kept_is_in_the_way(void **state)
{
	struct rig r;

	fill_rekeyed(&r);
	simdisk_write(r.disk, rig_path("kept.jsonl"), "rubbish\n", 8);
	prune(&r, 0, GONE);
	assert_true(has_segment(&r, 0));
	assert_rows(&r, 0, FILLED + 1);
	drop_kept(&r);
	append(&r, 2000, 2001);
	sign(&r);
	assert_int_equal(rig_flush(&r), 0);
	assert_rows(&r, GONE, FILLED + 3);
	assert_verified(&r);
	rig_fini(&r);
}

/* Rows that nobody should have written let nothing go. */
static void
test_unsafe_rows(void **state)
{
	static const int to[] = {0, 100, ROWS + 1, 4 * ROWS + ROWS, 8 * ROWS};

	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		char body[80];
		struct rig r;

		fill(&r);
		snprintf(body, sizeof(body), "{\"from\":0,\"to\":%d}", to[i]);
		assert_int_equal(rig_append_row(&r, "prune.x", "ledger.prune",
						body, NULL, NULL),
				 0);
		append(&r, 2000, 2010);
		reopen(&r);
		append(&r, 2011, 2020);
		assert_true(has_segment(&r, 0));
		assert_rows(&r, 0, FILLED + 22);
		rig_fini(&r);
	}
}

static void
test_digest(void **state)
{
	struct digest d, expected;
	char *text;
	size_t len;
	struct rig r;

	fill(&r);
	text = simdisk_read(r.disk, rig_path("SHA256SUMS"), &len);
	expected = digest_sha256(text, len / 4 * 2);
	free(text);
	assert_int_equal(ledger_prune_digest(r.l, 0, GONE, &d, NULL), 0);
	assert_true(digest_equal(&d, &expected));
	assert_int_equal(ledger_prune_digest(r.l, ROWS, GONE, &d, &r.err),
			 ERR_DAMAGED);
	assert_int_equal(ledger_prune_digest(r.l, 0, 5 * ROWS, &d, &r.err),
			 ERR_DAMAGED);
	rig_fini(&r);
}

/* ---- texts ---- */

static void
test_texts(void **state)
{
	struct rig r;

	fill(&r);
	/* one text of an old row and of a new one */
	assert_int_equal(
	    rig_append_row(&r, "again", "note", "{\"n\":1}", NULL, NULL), 0);
	{
		char text[RIG_TEXT_MAX], hex[DIGEST_HEX_LEN + 1], body[120];
		struct digest d = rig_blob_text(100, text);

		snprintf(body, sizeof(body), "{\"page\":[{\"of\":\"%s\"}]}",
			 digest_hex(&d, hex));
		assert_int_equal(
		    rig_append_row(&r, "names", "note", body, NULL, NULL), 0);
	}
	prune(&r, 0, GONE);
	assert_true(has_text(&r, 200));
	assert_true(rig_inspect(&r) > 1);
	assert_true(has_text(&r, 100));
	for (int n = 200; n <= 500; n += 100)
		assert_false(has_text(&r, n));
	for (int n = 600; n <= 1000; n += 100)
		assert_true(has_text(&r, n));
	assert_int_equal(rig_inspect(&r), 0);
	reopen(&r);
	rig_inspect(&r);
	assert_true(has_text(&r, 600));
	assert_int_equal(rig_inspect(&r), 0);
	assert_verified(&r);
	rig_fini(&r);
}

/* Whatever is written while texts are looked for stays. */
static void
test_texts_meanwhile(void **state)
{
	for (int step = 0; step < 5; step++) {
		struct rig r;

		fill(&r);
		prune(&r, 0, GONE);
		for (int i = 0; i < step; i++) {
			assert_int_equal(ledger_inspect_begin(r.l), 0);
			assert_int_equal(ledger_batch_sync(r.l), 0);
			assert_int_equal(
			    ledger_batch_finish(r.l, 0, NULL, NULL, &r.err), 0);
		}
		/* the text of row 200, which nobody names, and a new one */
		{
			char text[RIG_TEXT_MAX], hex[DIGEST_HEX_LEN + 1];
			char body[120];
			struct row_blob blob = {
			    .text = text, .sha256 = rig_blob_text(200, text)};

			blob.len = strlen(text);
			snprintf(body, sizeof(body), "{\"text_sha256\":\"%s\"}",
				 digest_hex(&blob.sha256, hex));
			assert_int_equal(rig_append_row(&r, "again", "note",
							body, &blob, NULL),
					 0);
		}
		append(&r, 1200, 1200);
		rig_inspect(&r);
		assert_true(has_text(&r, 200));
		assert_true(has_text(&r, 1200));
		assert_false(has_text(&r, 300));
		rig_fini(&r);
	}
}

/* The search for texts goes on after a stop. */
static void
test_texts_later(void **state)
{
	struct rig r;

	fill(&r);
	prune(&r, 0, GONE);
	reopen(&r);
	assert_true(has_text(&r, 300));
	rig_inspect(&r);
	assert_false(has_text(&r, 300));
	rig_fini(&r);
}

/* How many rows lint finds; each row of fill() is one. */
static uint64_t
findings(struct rig *r, const char *words)
{
	const struct verify_options o = {
	    .level = 1, .lint = true, .workers = &workers_alone};
	struct ledger_verdict v;

	assert_int_equal(
	    verify_ledger(simdisk_io(r->disk), RIG_DIR, &o, &v, NULL), 0);
	assert_true(v.only_lint);
	if (strstr(v.reason, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", v.reason, words);
	return v.findings;
}

/* An approval of what row `read` read. */
static void
approve(struct rig *r, int read)
{
	char id[16], body[300];

	snprintf(id, sizeof(id), "ctl.%d", read);
	snprintf(body, sizeof(body),
		 "{\"note\":\"n\",\"peer_uid\":0,\"read_seq\":%d,"
		 "\"role\":\"r\",\"snapshot\":\"s\",\"source\":\"p\","
		 "\"text_sha256\":\"%064d\"}",
		 read, 0);
	assert_int_equal(
	    rig_append_row(r, id, "source.approved", body, NULL, NULL), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
}

/* What a pruned row was cannot be judged, and that is said. */
static void
test_lint(void **state)
{
	struct rig r;
	uint64_t before;

	fill(&r);
	prune(&r, 0, GONE);
	before = findings(&r, "rows in all");
	approve(&r, GONE - 1);
	assert_int_equal(findings(&r, "rows that name pruned rows: 1"), before);
	approve(&r, GONE);
	assert_int_equal(findings(&r, "pruned rows: 1"), before + 1);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goes),
	    cmocka_unit_test(test_starts),
	    cmocka_unit_test(test_finished_later),
	    cmocka_unit_test(test_any_rest),
	    cmocka_unit_test(test_missing_without_row),
	    cmocka_unit_test(test_row_lost),
	    cmocka_unit_test(test_row_damaged),
	    cmocka_unit_test(test_tiles_missing),
	    cmocka_unit_test(test_checkpoints_lost),
	    cmocka_unit_test(test_tamper),
	    cmocka_unit_test(test_stops),
	    cmocka_unit_test(test_key_changed),
	    cmocka_unit_test(test_key_changed_before_start),
	    cmocka_unit_test(test_key_changed_meanwhile),
	    cmocka_unit_test(test_kept_tampered),
	    cmocka_unit_test(test_change_left_out),
	    cmocka_unit_test(test_kept_is_in_the_way),
	    cmocka_unit_test(test_unsafe_rows),
	    cmocka_unit_test(test_digest),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_texts_meanwhile),
	    cmocka_unit_test(test_texts_later),
	    cmocka_unit_test(test_lint),
	};
	int r;

	leave = leave_new();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	return leave_judge(leave) < 0 ? 1 : r;
}
