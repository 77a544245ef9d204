/* Levels 2 and 3: checkpoints that hold, that lack, and that do not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "../../fakes/sign.h"
#include "ledger/folder.h"
#include "ledger/rekey.h"
#include "ledger/tile.h"
#include "ledger/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 23, SEGMENT_ROWS = 4 };

static const uint8_t seed[NOTE_SEED_LEN] = {1};
static const uint8_t other_seed[NOTE_SEED_LEN] = {2};

static void
forget_checkpoints(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("checkpoint"));
	simdisk_remove(r->disk, rig_path("checkpoints.jsonl"));
}

/* A ledger of `rows` rows without a checkpoint. */
static void
build(struct rig *r, int segment_rows, int rows)
{
	rig_init(r, segment_rows);
	r->key_seed = seed;
	assert_int_equal(rig_open(r), 0);
	for (int i = 1; i < rows; i++)
		assert_int_equal(rig_append(r, i), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	rig_close(r);
	forget_checkpoints(r);
}

static void
sign(struct rig *r, uint64_t size)
{
	sign_folder(simdisk_io(r->disk), RIG_DIR, seed, size);
}

static struct ledger_verdict
verify(struct rig *r, int level)
{
	struct ledger_verdict v;
	struct err err;

	if (ledger_verify(simdisk_io(r->disk), RIG_DIR, level, &v, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(simdisk_open_count(r->disk), 0);
	return v;
}

static void
assert_good(struct rig *r, int level, int reached, const char *words)
{
	struct ledger_verdict v = verify(r, level);

	if (!v.ok)
		fail_msg("row %d: %s", (int)v.first_bad_seq, v.reason);
	assert_int_equal(v.level, reached);
	if (strstr(v.reason, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", v.reason, words);
	if (words[0] == '\0')
		assert_string_equal(v.reason, "");
}

static void
assert_bad(struct rig *r, int level, int reached, uint64_t seq,
	   const char *words)
{
	struct ledger_verdict v = verify(r, level);

	assert_false(v.ok);
	assert_false(v.only_lint);
	if (v.first_bad_seq != seq || v.level != reached)
		fail_msg("row %d, level %d: %s", (int)v.first_bad_seq, v.level,
			 v.reason);
	if (strstr(v.reason, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", v.reason, words);
}

static void
test_every_size(void **state)
{
	static const int segment_rows[] = {1, 4, 5, 64};

	for (size_t k = 0; k < 4; k++) {
		struct rig r;

		build(&r, segment_rows[k], ROWS);
		for (uint64_t size = 1; size <= ROWS; size++) {
			sign(&r, size);
			assert_good(&r, 2, 2, "");
			assert_good(&r, 3, 3, "");
		}
		assert_int_equal(verify(&r, 3).rows, ROWS);
		rig_fini(&r);
	}
}

/* Nothing is claimed of what is not there. */
static void
test_lacking(void **state)
{
	struct rig r;
	size_t len;
	char *log;

	build(&r, SEGMENT_ROWS, ROWS);
	assert_good(&r, 3, 1, "a segment is sealed, so one was signed");
	assert_true(verify(&r, 3).lacks);
	assert_good(&r, 2, 1, "a segment is sealed, so one was signed");
	assert_false(verify(&r, 1).lacks);
	assert_good(&r, 1, 1, "");
	sign(&r, ROWS - 1);
	sign(&r, ROWS);
	log = simdisk_read(r.disk, rig_path("checkpoints.jsonl"), &len);
	simdisk_remove(r.disk, rig_path("checkpoints.jsonl"));
	assert_good(&r, 3, 2, "checkpoints.jsonl is missing");
	assert_good(&r, 2, 2, "");
	/* The newest line stands in for a checkpoint that is gone. */
	simdisk_write(r.disk, rig_path("checkpoints.jsonl"), log, len);
	simdisk_remove(r.disk, rig_path("checkpoint"));
	assert_good(&r, 3, 3, "");
	/* A crash cuts the newest line: it was not signed. */
	simdisk_write(r.disk, rig_path("checkpoints.jsonl"), log, len - 20);
	assert_good(&r, 3, 3, "");
	simdisk_write(r.disk, rig_path("checkpoints.jsonl"), log, 20);
	assert_good(&r, 3, 1, "a segment is sealed, so one was signed");
	free(log);
	rig_fini(&r);
}

/* The log with zeros in line i, whose line end stands. */
static void
spoil_line(struct rig *r, const char *log, size_t len, int i)
{
	char *text = strndup(log, len), *line = text, *end;

	while (i-- > 0)
		line = strchr(line, '\n') + 1;
	end = strchr(line, '\n');
	memset(line, '0', (size_t)(end - line));
	simdisk_write(r->disk, rig_path("checkpoints.jsonl"), text, len);
	free(text);
}

/* The log with a line of zeros more, before its second line. */
static void
insert_line(struct rig *r, const char *log, size_t len)
{
	size_t first = (size_t)(strchr(log, '\n') + 1 - log);
	struct buf text = {0};

	buf_add(&text, log, first);
	buf_puts(&text, "0000\n");
	buf_add(&text, log + first, len - first);
	simdisk_write(r->disk, rig_path("checkpoints.jsonl"), text.data,
		      text.len);
	buf_free(&text);
}

/* A crash may have left the pages of the newest line out, and nobody was told
 * of it: no damage.  Of any other line it is. */
static void
test_spoilt_line(void **state)
{
	struct rig r;
	size_t len;
	char *log;

	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, ROWS - 1);
	sign(&r, ROWS);
	simdisk_remove(r.disk, rig_path("checkpoint"));
	log = simdisk_read(r.disk, rig_path("checkpoints.jsonl"), &len);
	spoil_line(&r, log, len, 1);
	assert_good(&r, 3, 3, "");
	assert_int_equal(verify(&r, 3).covered, ROWS - 1);
	spoil_line(&r, log, len, 0);
	assert_false(verify(&r, 3).ok);
	insert_line(&r, log, len);
	assert_false(verify(&r, 3).ok);
	free(log);
	rig_fini(&r);
}

/* A daemon that stopped signed, and so did one that ran for long. */
static void
test_must_be_signed(void **state)
{
	struct row_draft later = {
	    .at = wall_from_s(2 * INT64_C(1000000000)),
	    .id = "later",
	    .kind = "note",
	    .body = "{}",
	    .body_len = 2,
	};
	struct rig r;

	build(&r, SEGMENT_ROWS, 2);
	assert_int_equal(rig_open(&r), 0);
	rig_stop(&r, 1);
	forget_checkpoints(&r);
	assert_good(&r, 3, 1, "and the daemon was stopped, so one was signed");
	assert_true(verify(&r, 3).lacks);
	rig_fini(&r);

	build(&r, SEGMENT_ROWS, 2);
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(ledger_append(r.l, &later, NULL, &r.err), 0);
	assert_int_equal(rig_flush(&r), 0);
	rig_close(&r);
	forget_checkpoints(&r);
	assert_good(&r, 3, 1, "its rows span more than 300 s");
	assert_true(verify(&r, 3).lacks);
	rig_fini(&r);
}

/* Few rows, and new: no checkpoint is no alarm. */
/* Checkpoints that were put back older: the folder shows that newer ones were
 * signed once more is sealed than a live writer can be ahead. */
static void
test_put_back_older(void **state)
{
	enum { MANY = 3 * TILE_WIDTH, FEW = 64 };
	static const struct {
		int segment_rows;
		uint64_t size; /* of the newest checkpoint */
		bool lacks;
	} cases[] = {
	    {FEW, MANY - 1, false},
	    {FEW, MANY - FEW - TILE_WIDTH, false},
	    {FEW, MANY - FEW - TILE_WIDTH - 1, true},
	    {FEW, 1, true},
	    {2 * TILE_WIDTH, 1, false},
	    {4 * TILE_WIDTH, 1, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ledger_verdict v;
		struct rig r;

		build(&r, cases[i].segment_rows, MANY);
		sign(&r, cases[i].size);
		for (int level = 2; level <= 3; level++) {
			v = verify(&r, level);
			assert_true(v.ok);
			assert_int_equal(v.lacks, cases[i].lacks);
			assert_int_equal(v.level, v.lacks ? 1 : level);
			assert_int_equal(v.covered, cases[i].size);
			assert_int_equal(
			    strstr(v.reason, "later ones were sealed") != NULL,
			    v.lacks);
		}
		rig_fini(&r);
	}
}

static void
test_too_new(void **state)
{
	struct rig r;

	build(&r, SEGMENT_ROWS, 3);
	assert_good(&r, 3, 1, "the ledger is too new for one");
	assert_false(verify(&r, 3).lacks);
	rig_fini(&r);
}

static void
test_newest_is_bad(void **state)
{
	struct digest root = {{1}};
	struct rig r;
	size_t len;
	char *note;

	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, 5);
	sign_folder(simdisk_io(r.disk), RIG_DIR, other_seed, 9);
	assert_bad(&r, 2, 1, 0, "checkpoint: no signature by the key");
	assert_bad(&r, 3, 1, 5, "line 2: no signature by the key");
	sign_root(simdisk_io(r.disk), RIG_DIR, seed, 9, &root);
	assert_bad(&r, 2, 1, 0, "one of the rows 0 to 8 is not");
	note = simdisk_read(r.disk, rig_path("checkpoint"), &len);
	note[len - 10] = note[len - 10] == 'A' ? 'B' : 'A';
	simdisk_write(r.disk, rig_path("checkpoint"), note, len);
	assert_bad(&r, 2, 1, 0, "does not fit the text");
	assert_bad(&r, 2, 1, 0,
		   "repair, and every start, makes it of the last");
	simdisk_write(r.disk, rig_path("checkpoint"), "", 0);
	assert_bad(&r, 2, 1, 0, "checkpoint: not a checkpoint");
	free(note);
	rig_fini(&r);
}

static void
test_past_is_bad(void **state)
{
	struct digest root = {{1}};
	struct rig r;

	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, 5);
	sign_root(simdisk_io(r.disk), RIG_DIR, seed, 9, &root);
	sign(&r, ROWS);
	assert_good(&r, 2, 2, "");
	assert_bad(&r, 3, 2, 5, "one of the rows 5 to 8 is not");
	rig_fini(&r);
	/* It shrank. */
	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, 9);
	sign(&r, 5);
	assert_bad(&r, 3, 2, 9, "line 2: it covers no more rows");
	rig_fini(&r);
	/* One size is never signed twice: another line is gone. */
	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, 5);
	sign(&r, 5);
	sign(&r, ROWS);
	assert_bad(&r, 3, 2, 5, "line 2: it covers no more rows");
	assert_bad(&r, 3, 2, 5, "evidencectl repair puts it back");
	assert_bad(&r, 3, 2, 5,
		   "only what was signed later vouches for rows 5 to 22");
	rig_fini(&r);
	/* A line that no key signed says nothing of the rows that it covers. */
	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, 5);
	sign_folder(simdisk_io(r.disk), RIG_DIR, other_seed, 9);
	sign(&r, ROWS);
	assert_bad(&r, 3, 2, 5,
		   "only what was signed later vouches for rows 5 to 22");
	rig_fini(&r);
}

static void
test_log_is_bad(void **state)
{
	struct rig r;
	char *log, *at;
	size_t len, one;

	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, 5);
	sign(&r, 9);
	sign(&r, ROWS);
	log = simdisk_read(r.disk, rig_path("checkpoints.jsonl"), &len);
	one = strcspn(log, "\n") + 1;
	/* without the newest, without the oldest, with a changed one */
	at = strstr(log, "\"seq\":2");
	simdisk_write(r.disk, rig_path("checkpoints.jsonl"), log, 2 * one);
	assert_bad(&r, 3, 2, 9,
		   "does not hold the newest checkpoint: evidencectl repair");
	simdisk_write(r.disk, rig_path("checkpoints.jsonl"), log + one,
		      len - one);
	assert_bad(&r, 3, 2, 0, "checkpoints.jsonl, line 1: ");
	at[6] = '7';
	simdisk_write(r.disk, rig_path("checkpoints.jsonl"), log, len);
	assert_bad(&r, 3, 2, 9, "checkpoints.jsonl, line 3: ");
	assert_bad(&r, 3, 2, 9,
		   "only what was signed later vouches for rows 9 to ");
	assert_good(&r, 2, 2, "");
	/* What stands behind such a line is not read. */
	simdisk_remove(r.disk, rig_path("checkpoint"));
	assert_bad(&r, 3, 2, 9,
		   "nothing vouches for the rows from this one on");
	free(log);
	rig_fini(&r);
}

/* A checkpoint covers rows that the folder does not hold. */
static void
test_rows_are_missing(void **state)
{
	struct rig r;

	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, 21);
	simdisk_remove(r.disk, rig_path("seg-000000000020.jsonl"));
	assert_good(&r, 1, 1, "");
	assert_bad(&r, 3, 1, 20, "the ledger ends before row 20");
	rig_fini(&r);
}

/* Rows changed and chained anew by somebody without the key: between which
 * checkpoints, and with tiles which row. */
static void
test_rechained(void **state)
{
	enum { MANY = 530, BAD = 300 };
	struct rig r;

	build(&r, 64, MANY);
	sign(&r, 250);
	sign(&r, 290);
	sign(&r, 512);
	sign(&r, 520);
	sign_tiles(simdisk_io(r.disk), RIG_DIR, MANY);
	assert_good(&r, 3, 3, "");
	sign_rechain(simdisk_io(r.disk), RIG_DIR, BAD);
	assert_good(&r, 1, 1, "");
	assert_bad(&r, 3, 1, BAD, "not the row that was signed");
	simdisk_remove(r.disk, rig_path("tile/0/001"));
	assert_bad(&r, 3, 1, 290, "one of the rows 290 to 511");
	assert_bad(&r, 2, 1, 0, "one of the rows 0 to 519");
	/* A new checkpoint with a key of one's own helps nobody. */
	sign_folder(simdisk_io(r.disk), RIG_DIR, other_seed, MANY);
	assert_bad(&r, 3, 1, 290, "one of the rows 290 to 511");
	rig_fini(&r);
}

/* A chain that is broken is told as that, whatever was signed. */
static void
test_chain_is_bad(void **state)
{
	struct rig r;
	size_t len;
	char *seg;

	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, ROWS);
	sign_rechain(simdisk_io(r.disk), RIG_DIR, 7);
	seg = simdisk_read(r.disk, rig_path("seg-000000000004.jsonl"), &len);
	rig_fini(&r);
	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, ROWS);
	simdisk_remove(r.disk, rig_path("seg-000000000004.jsonl"));
	assert_bad(&r, 3, LEDGER_LEVEL_NONE, 4, "a segment is missing");
	/* That of another ledger: each row is whole. */
	simdisk_write(r.disk, rig_path("seg-000000000004.jsonl"), seg, len);
	assert_bad(&r, 3, 0, 4, "prev is not the leaf of the row before");
	free(seg);
	rig_fini(&r);
}

/* Less is known durable than a segment before: no writer says so. */
static void
test_dur_goes_back(void **state)
{
	struct rig r;

	build(&r, SEGMENT_ROWS, ROWS);
	sign_edit(simdisk_io(r.disk), RIG_DIR, 20, "\"dur\":20", "\"dur\":10");
	assert_good(&r, 0, 0, "");
	assert_bad(&r, 3, 0, 20, "dur goes back");
	rig_fini(&r);
}

/* Signed by `by`, who should be `from`. */
static void
rotate_by(struct rig *r, const uint8_t *from, const uint8_t *by,
	  const uint8_t *to)
{
	char name[NOTE_NAME_MAX + 1], id[REKEY_ID_SIZE];
	struct note_key old, new;
	struct buf body = {0};

	assert_int_equal(rig_open(r), 0);
	snprintf(name, sizeof(name), "%s", ledger_origin(r->l));
	assert_int_equal(note_key_of_seed(name, from, &old, NULL), 0);
	assert_int_equal(note_key_of_seed(name, to, &new, NULL), 0);
	assert_int_equal(rekey_body(&body, &old, by, &new, NULL), 0);
	assert_int_equal(rig_append_row(r, rekey_id(&old, &new, id), REKEY_KIND,
					buf_text(&body), NULL, NULL),
			 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	rig_close(r);
	simdisk_remove(r->disk, rig_path("checkpoint"));
	simdisk_remove(r->disk, rig_path("checkpoints.jsonl"));
	buf_free(&body);
}

static void
rotate(struct rig *r, const uint8_t *from, const uint8_t *to)
{
	rotate_by(r, from, from, to);
}

static uint64_t
count(struct rig *r)
{
	uint64_t rows;

	assert_int_equal(
	    ledger_count(simdisk_io(r->disk), RIG_DIR, &rows, NULL), 0);
	return rows;
}

/* Each key signs what comes behind its row, and nothing before. */
static void
test_key_changes(void **state)
{
	const struct ledger_io *io;
	uint64_t at;
	struct rig r;

	build(&r, SEGMENT_ROWS, 6);
	rotate(&r, seed, other_seed);
	io = simdisk_io(r.disk);
	at = count(&r) - 1; /* the row key.rotate, or later */
	sign(&r, 6);
	/* The change of the key found no checkpoint. */
	assert_good(&r, 3, 3, "checkpoints were lost before row 6");
	sign_folder(io, RIG_DIR, other_seed, at + 1);
	assert_good(&r, 3, 3, "checkpoints were lost before row 6");
	forget_checkpoints(&r);
	sign(&r, 6);
	sign_folder(io, RIG_DIR, seed, at + 1);
	assert_bad(&r, 2, 1, 0, "no signature by the key");
	assert_bad(&r, 3, 1, 6, "line 2: no signature by the key");
	assert_bad(&r, 3, 1, 6, "sign it: evidencectl repair puts it back");
	rig_fini(&r);
	/* The new key for rows before it. */
	build(&r, SEGMENT_ROWS, 6);
	rotate(&r, seed, other_seed);
	sign_folder(simdisk_io(r.disk), RIG_DIR, other_seed, 6);
	assert_bad(&r, 3, 1, 0, "no signature by the key");
	rig_fini(&r);
	/* A change from a key that was never in force. */
	build(&r, SEGMENT_ROWS, 6);
	rotate(&r, other_seed, (const uint8_t[NOTE_SEED_LEN]){3});
	sign(&r, 3);
	assert_bad(&r, 2, 1, 7, "not from the key that was in force");
	rig_fini(&r);
}

static struct ledger_verdict
verify_by(struct rig *r, int level, const uint8_t *believed)
{
	struct ledger_verdict v;

	if (rig_verify_by(r, level, believed, &v) < 0)
		fail_msg("%s", r->err.text);
	return v;
}

/* Who believes an old key believes those that it handed over to, one after
 * the other; and no other key. */
static void
test_key_given(void **state)
{
	static const uint8_t third_seed[NOTE_SEED_LEN] = {3};
	static const uint8_t never[NOTE_SEED_LEN] = {4};
	const struct ledger_io *io;
	struct ledger_verdict v;
	struct rig r;

	build(&r, SEGMENT_ROWS, 6);
	rotate(&r, seed, other_seed);
	rotate(&r, other_seed, third_seed);
	io = simdisk_io(r.disk);
	sign(&r, 6);
	/* So far the first key alone has signed. */
	for (int level = 2; level <= 3; level++) {
		assert_true(verify_by(&r, level, seed).ok);
		assert_false(verify_by(&r, level, other_seed).ok);
		assert_false(verify_by(&r, level, third_seed).ok);
		assert_false(verify_by(&r, level, never).ok);
	}
	sign_folder(io, RIG_DIR, third_seed, count(&r));
	for (int level = 2; level <= 3; level++) {
		v = verify_by(&r, level, seed);
		assert_true(v.ok);
		assert_int_equal(v.level, level);
		assert_true(verify_by(&r, level, other_seed).ok);
		assert_true(verify_by(&r, level, third_seed).ok);
		v = verify_by(&r, level, never);
		assert_false(v.ok);
		assert_int_equal(v.level, 1);
		assert_non_null(
		    strstr(v.reason, "the key that was given did not sign"));
	}
	rig_fini(&r);
}

/* A change that the key before it did not sign vouches for nothing, though
 * it names that key, and whoever is believed. */
static void
test_key_change_is_forged(void **state)
{
	static const uint8_t thief[NOTE_SEED_LEN] = {5};
	const uint8_t *const believed[] = {seed, thief};
	struct rig r;
	uint64_t at;

	build(&r, SEGMENT_ROWS, 6);
	rotate_by(&r, seed, thief, thief);
	at = count(&r) - 1;
	sign_folder(simdisk_io(r.disk), RIG_DIR, thief, at + 1);
	for (size_t i = 0; i < 2; i++) {
		struct ledger_verdict v = verify_by(&r, 3, believed[i]);

		assert_false(v.ok);
		assert_int_equal(v.level, 1);
		assert_int_equal(v.first_bad_seq,
				 7); /* 6 tells that no checkpoint was there */
		assert_non_null(
		    strstr(v.reason, "not signed by the key before"));
	}
	rig_fini(&r);
}

/* The whole of a ledger that is bad in one row for lint alone. */
static void
test_lint(void **state)
{
	struct verify_options o = {
	    .level = 3, .lint = true, .workers = &workers_alone};
	struct ledger_verdict v;
	struct rig r;

	build(&r, SEGMENT_ROWS, 1);
	assert_int_equal(
	    verify_ledger(simdisk_io(r.disk), RIG_DIR, &o, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(rig_open(&r), 0);
	for (int i = 0; i < 3; i++) {
		char id[16];

		snprintf(id, sizeof(id), "odd.%d", i);
		assert_int_equal(
		    rig_append_row(&r, id, "odd", "{}", NULL, NULL), 0);
	}
	assert_int_equal(ledger_flush(r.l, NULL, NULL, &r.err), 0);
	rig_close(&r);
	assert_int_equal(
	    verify_ledger(simdisk_io(r.disk), RIG_DIR, &o, &v, NULL), 0);
	assert_false(v.ok);
	assert_true(v.only_lint);
	assert_int_equal(v.findings, 3);
	assert_non_null(strstr(v.reason, "no kind that this build knows: odd"));
	assert_non_null(strstr(v.reason, "3 rows in all"));
	o.lint = false;
	assert_int_equal(
	    verify_ledger(simdisk_io(r.disk), RIG_DIR, &o, &v, NULL), 0);
	assert_true(v.ok);
	rig_fini(&r);
}

/* Row `n` approves what row `read` read. */
static void
approve(struct rig *r, int n, int read)
{
	char id[16], body[300];

	snprintf(id, sizeof(id), "ctl.%d", n);
	snprintf(body, sizeof(body),
		 "{\"note\":\"n\",\"peer_uid\":0,\"read_seq\":%d,"
		 "\"role\":\"r\",\"snapshot\":\"s\",\"source\":\"p\","
		 "\"text_sha256\":\"%064d\"}",
		 read, 0);
	assert_int_equal(
	    rig_append_row(r, id, "source.approved", body, NULL, NULL), 0);
}

/* Rows that name others wrongly, over segments and in the newest one. */
static void
test_lint_rests(void **state)
{
	struct verify_options o = {.lint = true, .workers = &workers_alone};
	struct ledger_verdict v;
	struct rig r;

	build(&r, SEGMENT_ROWS, 1);
	assert_int_equal(rig_open(&r), 0);
	/* Of one segment the first row is told, whatever is wrong with it. */
	approve(&r, 1, 0);
	assert_int_equal(rig_append_row(&r, "odd.2", "odd", "{}", NULL, NULL),
			 0);
	for (int n = 3; n < ROWS; n++)
		approve(&r, n, ROWS);
	assert_int_equal(ledger_flush(r.l, NULL, NULL, &r.err), 0);
	rig_close(&r);
	for (o.level = 0; o.level <= 1; o.level++) {
		assert_int_equal(
		    verify_ledger(simdisk_io(r.disk), RIG_DIR, &o, &v, NULL),
		    0);
		assert_false(v.ok);
		assert_true(v.only_lint);
		assert_int_equal(v.first_bad_seq, 1);
		assert_int_equal(v.findings, ROWS - 1);
		assert_string_equal(v.reason,
				    "lint: its read_seq names row 0, which is "
				    "no read of a source; 22 rows in all");
	}
	o.lint = false;
	assert_int_equal(
	    verify_ledger(simdisk_io(r.disk), RIG_DIR, &o, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.findings, 0);
	rig_fini(&r);
}

static void
see_progress(void *ctx, uint64_t rows)
{
	uint64_t *seen = ctx;

	assert_true(rows >= *seen);
	*seen = rows;
}

static void
test_progress(void **state)
{
	uint64_t seen = 0;
	const struct verify_options o = {.level = 1,
					 .workers = &workers_alone,
					 .progress = see_progress,
					 .progress_ctx = &seen};
	struct ledger_verdict v;
	struct rig r;

	build(&r, SEGMENT_ROWS, ROWS);
	assert_int_equal(
	    verify_ledger(simdisk_io(r.disk), RIG_DIR, &o, &v, NULL), 0);
	assert_int_equal(seen, ROWS);
	rig_fini(&r);
}

/* Whatever call fails: an error with words, or, where tiles were asked, a
 * verdict that is less exact. */
static void
test_reading_fails(void **state)
{
	struct ledger_verdict v;
	struct err err;
	struct rig r;
	long k = 0;
	int e;

	build(&r, SEGMENT_ROWS, ROWS);
	sign(&r, ROWS);
	do {
		simdisk_fail(r.disk, ++k, -EIO, SIMDISK_FAIL, false);
		err = (struct err){0};
		e = ledger_verify(simdisk_io(r.disk), RIG_DIR, 3, &v, &err);
		if (e < 0) {
			assert_int_equal(e, ERR_IO);
			assert_true(err.text[0] != '\0');
		}
		assert_int_equal(simdisk_open_count(r.disk), 0);
	} while (simdisk_failed(r.disk));
	assert_true(k > 20);
	assert_true(v.ok);
	assert_int_equal(v.level, 3);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_size),
	    cmocka_unit_test(test_lacking),
	    cmocka_unit_test(test_spoilt_line),
	    cmocka_unit_test(test_must_be_signed),
	    cmocka_unit_test(test_put_back_older),
	    cmocka_unit_test(test_too_new),
	    cmocka_unit_test(test_newest_is_bad),
	    cmocka_unit_test(test_past_is_bad),
	    cmocka_unit_test(test_log_is_bad),
	    cmocka_unit_test(test_rows_are_missing),
	    cmocka_unit_test(test_rechained),
	    cmocka_unit_test(test_chain_is_bad),
	    cmocka_unit_test(test_dur_goes_back),
	    cmocka_unit_test(test_key_changes),
	    cmocka_unit_test(test_key_given),
	    cmocka_unit_test(test_key_change_is_forged),
	    cmocka_unit_test(test_lint),
	    cmocka_unit_test(test_lint_rests),
	    cmocka_unit_test(test_progress),
	    cmocka_unit_test(test_reading_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
