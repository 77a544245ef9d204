/* One writer: creation, appending, batches, segments, the id window, room
 * and poison. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "ledger/identity.h"
#include "ledger/inside.h"
#include "ledger/texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
open_rig(struct rig *r, int segment_rows)
{
	rig_init(r, segment_rows);
	return rig_open(r);
}

static void
assert_verifies(struct rig *r, uint64_t rows)
{
	struct ledger_verdict v;

	assert_int_equal(
	    ledger_verify(simdisk_io(r->disk), RIG_DIR, 1, &v, NULL), 0);
	if (!v.ok)
		fail_msg("row %d: %s", (int)v.first_bad_seq, v.reason);
	assert_int_equal(v.rows, rows);
	assert_int_equal(v.level, 1);
	assert_string_equal(v.reason, "");
}

static char *
read_file(struct rig *r, const char *name)
{
	return simdisk_read(r->disk, rig_path(name), NULL);
}

static void
test_create(void **state)
{
	struct rig r;
	char *text, *seg;

	assert_int_equal(open_rig(&r, 0), 0);
	assert_true(r.rec.created);
	assert_true(r.rec.key_created);
	assert_false(r.rec.torn);
	assert_false(r.rec.damaged);
	assert_int_equal(ledger_durable(r.l), 1);
	assert_int_equal(simdisk_mode(r.disk, rig_path("key")), 0600);
	assert_int_equal(simdisk_mode(r.disk, rig_path("secret")), 0600);
	assert_int_equal(simdisk_mode(r.disk, rig_path("LEDGER")), 0640);
	text = read_file(&r, "LEDGER");
	assert_non_null(strstr(text, "\"fmt\":1,\"genesis\":\""));
	assert_non_null(
	    strstr(text, "\"origin\":\"test.example.com/evidenced/"));
	assert_non_null(strstr(text, "\"segment_rows\":4096,\"vkey\":\""));
	seg = read_file(&r, "seg-000000000000.jsonl");
	assert_non_null(strstr(seg, "\"kind\":\"ledger.genesis\""));
	assert_non_null(strstr(seg, "\"host\":\"test.example.com\""));
	assert_non_null(strstr(seg, ledger_origin(r.l)));
	free(text);
	free(seg);
	assert_verifies(&r, 1);
	rig_reopen(&r);
	assert_false(r.rec.created);
	assert_int_equal(ledger_durable(r.l), 1);
	rig_close(&r);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

/* The vector of a known seed: facts of the C2SP signed-note format. */
static void
test_vkey(void **state)
{
	static const char seed_text[] = "evidenced test key 1";
	struct digest seed = digest_sha256(seed_text, strlen(seed_text));
	char vkey[VKEY_MAX + 1];

	assert_int_equal(vkey_of_seed("ledger.example.com/evidenced/test",
				      seed.bytes, vkey, NULL),
			 0);
	assert_string_equal(vkey,
			    "ledger.example.com/evidenced/test+fdadf44f+"
			    "AVV5xufyuElh0yXTLRgVKcOK+VJ/l5A8BN6JhtoCIaw4");
}

static void
test_credential_key(void **state)
{
	static const uint8_t seed[32] = {1, 2, 3}, other[32] = {9};
	struct rig r;

	rig_init(&r, 0);
	r.key_seed = seed;
	assert_int_equal(rig_open(&r), 0);
	assert_false(r.rec.key_created);
	assert_null(read_file(&r, "key"));
	rig_reopen(&r);
	rig_close(&r);
	r.key_seed = other;
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_non_null(strstr(r.err.text, "ledger-key"));
	r.key_seed = NULL;
	assert_int_equal(rig_open(&r), ERR_NOT_FOUND);
	assert_non_null(strstr(r.err.text, "key"));
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

static void
test_append(void **state)
{
	struct rig r;
	struct digest head;

	assert_int_equal(open_rig(&r, 0), 0);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(rig_append(&r, i), 0);
	assert_int_equal(ledger_queued(r.l), 3);
	assert_int_equal(ledger_durable(r.l), 1);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(r.n_acks, 3);
	assert_int_equal(ledger_durable(r.l), 4);
	assert_int_equal(ledger_queued(r.l), 0);
	/* dur: durable rows when the batch was rendered */
	for (int i = 0; i < 3; i++)
		assert_non_null(strstr(r.acks[i], "\"dur\":1,"));
	assert_int_equal(rig_append(&r, 4), 0);
	assert_int_equal(rig_flush(&r), 0);
	assert_non_null(strstr(r.acks[3], "\"dur\":4,"));
	assert_non_null(strstr(r.acks[3], "\"seq\":4,"));
	head = *ledger_head(r.l);
	assert_verifies(&r, 5);
	rig_reopen(&r);
	assert_true(r.rec.unclean);
	assert_int_equal(ledger_durable(r.l), 5);
	assert_memory_equal(ledger_head(r.l), &head, sizeof(head));
	rig_fini(&r);
}

/* Rows appended while a batch is under way form the next one. */
static void
test_group_commit(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	assert_int_equal(ledger_batch_begin(r.l, NULL), 1);
	rig_append(&r, 1);
	assert_int_equal(ledger_batch_begin(r.l, NULL), 0);
	rig_append(&r, 2);
	rig_append(&r, 3);
	assert_int_equal(ledger_batch_sync(r.l), 0);
	assert_int_equal(r.n_acks, 0);
	assert_int_equal(ledger_batch_finish(r.l, 0, rig_ack, &r, NULL), 0);
	assert_int_equal(r.n_acks, 1);
	assert_int_equal(ledger_queued(r.l), 2);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(r.n_acks, 3);
	assert_verifies(&r, 4);
	rig_fini(&r);
}

static void
test_batch_limits(void **state)
{
	struct rig r;
	struct buf body = {0};
	size_t n = 0;

	assert_int_equal(open_rig(&r, 0), 0);
	for (int i = 0; i < LEDGER_BATCH_ROWS + 10; i++)
		rig_append(&r, i);
	assert_int_equal(ledger_batch_begin(r.l, NULL), 0);
	assert_int_equal(
	    ledger_batch_finish(r.l, ledger_batch_sync(r.l), rig_ack, &r, NULL),
	    0);
	assert_int_equal(r.n_acks, LEDGER_BATCH_ROWS);
	assert_int_equal(rig_flush(&r), 0);
	n = r.n_acks;
	/* Many large rows: not more than 1 MiB at a time. */
	for (int i = 0; i < 20; i++) {
		char id[24];

		buf_reset(&body);
		buf_printf(&body, "{\"a%02d\":[", i);
		for (int k = 0; k < 1000; k++)
			buf_printf(
			    &body,
			    "%s\"0123456789012345678901234567890123456789"
			    "01234567890123\"",
			    k == 0 ? "" : ",");
		buf_puts(&body, "]}");
		snprintf(id, sizeof(id), "large.%d", i);
		assert_int_equal(
		    rig_append_row(&r, id, "note", body.data, NULL, NULL), 0);
	}
	assert_int_equal(ledger_batch_begin(r.l, NULL), 0);
	assert_int_equal(
	    ledger_batch_finish(r.l, ledger_batch_sync(r.l), rig_ack, &r, NULL),
	    0);
	assert_in_range(r.n_acks - n, 15, 18);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(r.n_acks - n, 20);
	buf_free(&body);
	rig_fini(&r);
}

static void
test_segments(void **state)
{
	struct rig r;
	char *sums, *seg;

	assert_int_equal(open_rig(&r, 4), 0);
	for (int i = 1; i <= 10; i++)
		rig_append(&r, i);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(r.n_acks, 10);
	assert_verifies(&r, 11);
	assert_int_equal(
	    simdisk_mode(r.disk, rig_path("seg-000000000000.jsonl")), 0440);
	assert_int_equal(
	    simdisk_mode(r.disk, rig_path("seg-000000000004.jsonl")), 0440);
	assert_int_equal(
	    simdisk_mode(r.disk, rig_path("seg-000000000008.jsonl")), 0640);
	sums = read_file(&r, "SHA256SUMS");
	for (int i = 0; i < 2; i++) {
		char name[40], hex[DIGEST_HEX_LEN + 1], line[200];
		struct digest d;
		size_t len;

		snprintf(name, sizeof(name), "seg-%012d.jsonl", 4 * i);
		seg = simdisk_read(r.disk, rig_path(name), &len);
		d = digest_sha256(seg, len);
		snprintf(line, sizeof(line), "%s  %s\n", digest_hex(&d, hex),
			 name);
		assert_memory_equal(sums + (size_t)i * strlen(line), line,
				    strlen(line));
		free(seg);
	}
	assert_int_equal(strlen(sums), 2 * 89);
	free(sums);
	rig_fini(&r);
}

static void
test_same_id(void **state)
{
	struct rig r;
	uint64_t seq = 99;

	assert_int_equal(open_rig(&r, 4), 0);
	assert_false(ledger_has_id(r.l, "row.1"));
	assert_int_equal(rig_append(&r, 1), 0);
	assert_true(ledger_has_id(r.l, "row.1"));
	/* while it waits */
	assert_int_equal(rig_append(&r, 1), 0);
	assert_int_equal(ledger_queued(r.l), 1);
	assert_int_equal(rig_append_row(&r, "row.1", "note", "{}", NULL, NULL),
			 ERR_EXISTS);
	for (int i = 2; i < 10; i++)
		rig_append(&r, i);
	assert_int_equal(rig_flush(&r), 0);
	for (int round = 0; round < 2; round++) {
		/* durable, and after a restart */
		assert_true(ledger_has_id(r.l, "row.5"));
		assert_false(ledger_has_id(r.l, "row.55"));
		assert_int_equal(
		    rig_append_row(&r, "row.5", "note",
				   "{\"n\":5,\"text\":\"\xc3\xa9vidence, "
				   "row 5\"}",
				   NULL, &seq),
		    1);
		assert_int_equal(seq, 5);
		assert_int_equal(rig_append_row(&r, "row.5", "note",
						"{\"n\":6}", NULL, NULL),
				 ERR_EXISTS);
		assert_int_equal(
		    rig_append_row(&r, "row.5", "other",
				   "{\"n\":5,\"text\":\"\xc3\xa9vidence, "
				   "row 5\"}",
				   NULL, NULL),
		    ERR_EXISTS);
		assert_true(ledger_has_id(r.l, "ledger.genesis"));
		assert_int_equal(ledger_queued(r.l), 0);
		rig_reopen(&r);
	}
	rig_fini(&r);
}

/* The row under this id is not what was written any more. */
static void
test_same_id_damaged(void **state)
{
	struct rig r;
	size_t len;
	char *seg;

	assert_int_equal(open_rig(&r, 0), 0);
	assert_int_equal(rig_append(&r, 1), 0);
	assert_int_equal(rig_flush(&r), 0);
	seg = simdisk_read(r.disk, rig_path("seg-000000000000.jsonl"), &len);
	strchr(seg, '\n')[62] ^= 1;
	simdisk_write(r.disk, rig_path("seg-000000000000.jsonl"), seg, len);
	free(seg);
	assert_int_equal(rig_append(&r, 1), ERR_DAMAGED);
	/* Doing a thing twice is worse than not doing it. */
	assert_true(ledger_has_id(r.l, "row.1"));
	assert_int_equal(rig_append(&r, 2), 0);
	rig_fini(&r);
}

/* Somebody took the directory away: it is made again. */
static void
test_blob_dir_gone(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	assert_int_equal(rig_append_blob(&r, 1), 0);
	assert_int_equal(rig_flush(&r), 0);
	simdisk_remove(r.disk, rig_path("pages"));
	assert_int_equal(rig_append_blob(&r, 2), 0);
	assert_int_equal(rig_flush(&r), ERR_IO);
	assert_non_null(strstr(r.err.text, "pages"));
	assert_int_equal(r.n_acks, 1);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(r.n_acks, 2);
	rig_fini(&r);
}

static void
test_blobs(void **state)
{
	char text[RIG_TEXT_MAX], *kept;
	struct row_blob bad = {.text = "x", .len = 1};
	struct digest d;
	struct rig r;
	size_t len;

	assert_int_equal(open_rig(&r, 4), 0);
	assert_int_equal(rig_append_row(&r, "b", "note", "{}", &bad, NULL),
			 ERR_INVALID);
	for (int i = 1; i < 6; i++)
		assert_int_equal(rig_append_blob(&r, i), 0);
	assert_int_equal(rig_flush(&r), 0);
	for (int i = 1; i < 6; i++) {
		d = rig_blob_text(i, text);
		assert_int_equal(ledger_blob(simdisk_io(r.disk), RIG_DIR, &d,
					     &kept, &len, NULL),
				 0);
		assert_int_equal(len, strlen(text));
		assert_string_equal(kept, text);
		free(kept);
	}
	d = rig_blob_text(99, text);
	assert_int_equal(
	    ledger_blob(simdisk_io(r.disk), RIG_DIR, &d, &kept, &len, NULL),
	    ERR_NOT_FOUND);
	/* Another row with the same text. */
	d = rig_blob_text(1, text);
	assert_int_equal(
	    rig_append_row(&r, "again", "note", "{}",
			   &(struct row_blob){text, strlen(text), d}, NULL),
	    0);
	assert_int_equal(rig_flush(&r), 0);
	rig_fini(&r);
}

/* The path of the text of blob n. */
static const char *
text_path(int n)
{
	char hex[DIGEST_HEX_LEN + 1], name[96], text[RIG_TEXT_MAX];
	struct digest d = rig_blob_text(n, text);

	digest_hex(&d, hex);
	snprintf(name, sizeof(name), "pages/sha256/%.2s/%s", hex, hex);
	return rig_path(name);
}

static void
see_text(void *ctx, uint64_t n)
{
	uint64_t *seen = ctx;

	assert_int_equal(n, ++*seen);
}

static void
assert_texts(struct rig *r, uint64_t n, int result, const char *words)
{
	struct err err = {0};
	uint64_t seen = 0;

	assert_int_equal(
	    texts_check(simdisk_io(r->disk), RIG_DIR, see_text, &seen, &err),
	    result);
	assert_int_equal(seen, n);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.text, words);
	assert_int_equal(simdisk_open_count(r->disk), 0);
}

/* A text that was erased is none that was altered. */
static void
test_texts_check(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 4), 0);
	rig_flush(&r);
	rig_close(&r);
	assert_texts(&r, 0, 0, "");
	assert_int_equal(rig_open(&r), 0);
	for (int i = 1; i < 5; i++)
		assert_int_equal(rig_append_blob(&r, i), 0);
	assert_int_equal(rig_flush(&r), 0);
	rig_close(&r);
	assert_texts(&r, 4, 0, "");
	simdisk_remove(r.disk, text_path(4));
	assert_texts(&r, 3, 0, "");
	simdisk_write(r.disk, text_path(2), "x", 1);
	assert_texts(&r, 3, ERR_DAMAGED, text_path(2));
	simdisk_write(r.disk, text_path(3), "", 0);
	assert_texts(&r, 3, ERR_DAMAGED, ", and so it is with 1 more");
	rig_fini(&r);
}

static void
test_no_room(void **state)
{
	struct rig r;
	struct ledger_verdict v;
	const struct ledger_io *io;
	int64_t room;

	assert_int_equal(open_rig(&r, 0), 0);
	assert_true(ledger_has_room(r.l));
	rig_append(&r, 1);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(simdisk_mode(r.disk, rig_path("ballast")), 0640);
	/* Less than min_free: no probe is sent, and rows are still written. */
	simdisk_set_room(r.disk, 0);
	io = simdisk_io(r.disk);
	assert_int_equal(io->free_bytes(io->ctx, -1, &room), 0);
	room = r.min_free_bytes - room;
	simdisk_set_room(r.disk, room - 1);
	assert_false(ledger_has_room(r.l));
	simdisk_set_room(r.disk, room);
	assert_true(ledger_has_room(r.l));
	/* Full to the last byte: the ballast makes room for what waits. */
	simdisk_set_room(r.disk, 0);
	assert_false(ledger_has_room(r.l));
	rig_append(&r, 2);
	simdisk_set_room(r.disk, 1024 * 1024);
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(r.n_acks, 2);
	assert_int_equal(simdisk_mode(r.disk, rig_path("ballast")), -1);
	/* Then no more, and it heals by itself. */
	simdisk_set_room(r.disk, 0);
	rig_append(&r, 3);
	rig_append(&r, 4);
	assert_int_equal(rig_flush(&r), ERR_FULL);
	assert_true(strlen(r.err.text) > 0);
	assert_int_equal(rig_flush(&r), ERR_FULL);
	assert_int_equal(r.n_acks, 2);
	assert_int_equal(ledger_queued(r.l), 2);
	assert_false(ledger_poisoned(r.l));
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 1, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.rows, 3);
	simdisk_set_room(r.disk, 64 * 1024 * 1024);
	assert_false(ledger_has_room(r.l)); /* not before a batch succeeded */
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(r.n_acks, 4);
	assert_true(ledger_has_room(r.l));
	assert_int_equal(simdisk_mode(r.disk, rig_path("ballast")), 0640);
	assert_verifies(&r, 5);
	rig_fini(&r);
}

static void
test_queue_limit(void **state)
{
	struct rig r;
	int n = 0, e;

	assert_int_equal(open_rig(&r, 0), 0);
	while ((e = rig_append(&r, n)) == 0)
		n++;
	assert_int_equal(e, ERR_FULL);
	assert_int_equal(n, LEDGER_QUEUE_ROWS);
	rig_fini(&r);
}

/* A write that fails leaves no trace; the rows wait. */
static void
test_write_error(void **state)
{
	static const enum simdisk_fault faults[] = {SIMDISK_FAIL, SIMDISK_LATE};
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	for (int i = 0; i < 2; i++) {
		char *before = read_file(&r, "seg-000000000000.jsonl"), *after;

		rig_append(&r, i);
		simdisk_fail(r.disk, 1, EIO, faults[i], false);
		assert_int_equal(rig_flush(&r), ERR_IO);
		assert_true(simdisk_failed(r.disk));
		assert_int_equal(r.n_acks, (size_t)i);
		after = read_file(&r, "seg-000000000000.jsonl");
		assert_string_equal(before, after);
		assert_int_equal(rig_flush(&r), 0);
		assert_int_equal(r.n_acks, (size_t)i + 1);
		free(before);
		free(after);
	}
	assert_verifies(&r, 3);
	rig_fini(&r);
}

static void
test_interrupted_write(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	rig_append(&r, 1);
	simdisk_fail(r.disk, 1, EINTR, SIMDISK_FAIL, false);
	assert_int_equal(rig_flush(&r), 0);
	assert_true(simdisk_failed(r.disk));
	assert_int_equal(r.n_acks, 1);
	rig_fini(&r);
}

/* What a crash left of a ledger in the making is nobody's. */
static void
test_leftover(void **state)
{
	struct rig r;

	rig_init(&r, 0);
	simdisk_make_dir(r.disk, "/state/ledger.new");
	simdisk_write(r.disk, "/state/ledger.new/LEDGER", "{}", 2);
	simdisk_write(r.disk, "/state/ledger.new/seg-000000004096.jsonl", "x",
		      1);
	assert_int_equal(rig_open(&r), 0);
	assert_true(r.rec.created);
	assert_int_equal(
	    simdisk_mode(r.disk, rig_path("seg-000000004096.jsonl")), -1);
	assert_verifies(&r, 1);
	rig_reopen(&r);
	assert_false(r.rec.damaged);
	rig_fini(&r);
}

static void
test_short_write(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	rig_append(&r, 1);
	simdisk_fail(r.disk, 1, EIO, SIMDISK_SHORT, false);
	assert_int_equal(rig_flush(&r), 0);
	assert_true(simdisk_failed(r.disk));
	assert_int_equal(r.n_acks, 1);
	assert_verifies(&r, 2);
	rig_fini(&r);
}

static void
test_poison(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	rig_append(&r, 1);
	simdisk_fail(r.disk, 2, EIO, SIMDISK_FAIL, false); /* the fdatasync */
	assert_int_equal(rig_flush(&r), ERR_POISONED);
	assert_int_equal(r.n_acks, 0);
	assert_true(ledger_poisoned(r.l));
	assert_false(ledger_has_room(r.l));
	assert_int_equal(rig_append(&r, 2), ERR_POISONED);
	assert_int_equal(rig_flush(&r), ERR_POISONED);
	assert_int_equal(r.n_acks, 0);
	rig_reopen(&r);
	assert_int_equal(rig_append(&r, 3), 0);
	assert_int_equal(rig_flush(&r), 0);
	rig_fini(&r);
}

/* A write that cannot be taken back poisons, too. */
static void
test_poison_truncate(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	rig_append(&r, 1);
	simdisk_fail(r.disk, 1, EIO, SIMDISK_FAIL, true);
	assert_int_equal(rig_flush(&r), ERR_POISONED);
	rig_fini(&r);
}

static void
test_second_writer(void **state)
{
	struct rig r, second;

	assert_int_equal(open_rig(&r, 0), 0);
	rig_init_disk(&second, r.disk, 0);
	assert_int_equal(rig_open(&second), ERR_BUSY);
	assert_non_null(strstr(second.err.text, "pid 4711"));
	rig_close(&r);
	assert_int_equal(rig_open(&second), 0);
	rig_close(&second);
	rig_fini(&r);
}

static void
test_hmac(void **state)
{
	struct rig r;
	struct digest a, b;

	assert_int_equal(open_rig(&r, 0), 0);
	a = ledger_hmac(r.l, "body", 4);
	rig_reopen(&r);
	b = ledger_hmac(r.l, "body", 4);
	assert_true(digest_equal(&a, &b));
	b = ledger_hmac(r.l, "bodz", 4);
	assert_false(digest_equal(&a, &b));
	rig_fini(&r);
	/* Another ledger has another secret. */
	assert_int_equal(open_rig(&r, 0), 0);
	b = ledger_hmac(r.l, "body", 4);
	assert_false(digest_equal(&a, &b));
	rig_fini(&r);
}

/* What stands in the way of opening: code, words. */
static void
refuse_write(struct rig *r, const char *name, const char *text, int code,
	     const char *words)
{
	simdisk_write(r->disk, rig_path(name), text, strlen(text));
	assert_int_equal(rig_open(r), code);
	if (strstr(r->err.text, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", r->err.text, words);
	assert_int_equal(simdisk_open_count(r->disk), 0);
}

static void
test_refusals(void **state)
{
	struct rig r;
	char *line;

	assert_int_equal(open_rig(&r, 0), 0);
	rig_close(&r);
	line = read_file(&r, "LEDGER");
	refuse_write(&r, "LEDGER", "hello\n", ERR_INVALID, "LEDGER");
	refuse_write(&r, "LEDGER", "{\"fmt\":2,\"x\":1}\n", ERR_UNSUPPORTED,
		     "newer");
	line[strlen(line) - 1] = ' ';
	refuse_write(&r, "LEDGER", line, ERR_INVALID, "evidencectl repair");
	line[strlen(line) - 1] = '\n';
	simdisk_remove(r.disk, rig_path("LEDGER"));
	assert_int_equal(rig_open(&r), ERR_DAMAGED);
	assert_non_null(strstr(r.err.text, "LEDGER is missing"));
	simdisk_write(r.disk, rig_path("LEDGER"), line, strlen(line));
	simdisk_chmod(r.disk, rig_path("secret"), 0644);
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_non_null(strstr(r.err.text, "chmod 0600"));
	simdisk_chmod(r.disk, rig_path("secret"), 0600);
	simdisk_chmod(r.disk, rig_path("LEDGER"), 0000);
	assert_int_equal(rig_open(&r), ERR_DENIED);
	simdisk_chmod(r.disk, rig_path("LEDGER"), 0640);
	assert_int_equal(rig_open(&r), 0);
	rig_close(&r);
	refuse_write(&r, "secret", "abc\n", ERR_INVALID, "64 hex");
	refuse_write(&r, "secret", "", ERR_INVALID,
		     "or move it away, and evidencectl repair makes a new one");
	assert_int_equal(simdisk_open_count(r.disk), 0);
	free(line);
	rig_fini(&r);
}

static void
make_folders(struct rig *r)
{
	static const char *const names[] = {
	    "tile",  "tile/0",	     "tile/0/x001",	"tile/0/x001/000",
	    "pages", "pages/sha256", "pages/sha256/ab", "torn",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		simdisk_make_dir(r->disk, rig_path(names[i]));
		simdisk_chmod(r->disk, rig_path(names[i]), 0750);
	}
}

/* Whatever of a ledger somebody else can change is told by its name, and no
 * writer begins; when it is closed again, nothing has been lost. */
static void
test_others_may_write(void **state)
{
	static const struct {
		const char *file;
		mode_t bad, good;
	} cases[] = {
	    {"", 0770, 0750},
	    {"", 0752, 0750},
	    {"/LEDGER", 0660, 0640},
	    {"/seg-000000000000.jsonl", 0642, 0640},
	    {"/checkpoints.jsonl", 0666, 0640},
	    {"/SHA256SUMS", 0660, 0640},
	    {"/tile", 0770, 0750},
	    {"/tile/0", 0752, 0750},
	    {"/tile/0/x001", 0770, 0750},
	    {"/pages", 0770, 0750},
	    {"/pages/sha256", 0752, 0750},
	    {"/pages/sha256/ab", 0770, 0750},
	    {"/torn", 0770, 0750},
	};
	char path[256];
	char *claim, *after;
	struct rig r;

	assert_int_equal(open_rig(&r, 4), 0);
	for (int i = 1; i <= 6; i++)
		rig_append(&r, i);
	assert_int_equal(rig_flush(&r), 0);
	rig_close(&r);
	make_folders(&r);
	claim = read_file(&r, "lock");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", RIG_DIR, cases[i].file);
		simdisk_chmod(r.disk, path, cases[i].bad);
		assert_int_equal(rig_open(&r), ERR_DENIED);
		assert_non_null(strstr(r.err.text, "chmod go-w"));
		assert_non_null(strstr(r.err.text, path));
		/* what the writer before said is still there */
		after = read_file(&r, "lock");
		assert_string_equal(after, claim);
		free(after);
		simdisk_chmod(r.disk, path, cases[i].good);
		if (i < 2)
			continue;
		simdisk_chown(r.disk, path, 1000);
		assert_int_equal(rig_open(&r), ERR_DENIED);
		assert_non_null(strstr(r.err.text, "belongs to uid 1000"));
		simdisk_chown(r.disk, path, 0);
	}
	assert_int_equal(rig_open(&r), 0);
	rig_close(&r);
	free(claim);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

/* A file that the writer cannot open is told, not passed over; and what root
 * would leave in the folder of another user is not made. */
static void
test_not_ours(void **state)
{
	struct rig r;

	rig_init(&r, 4);
	simdisk_chown(r.disk, "/state", 1000);
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_non_null(strstr(r.err.text, "a ledger that root makes there"));
	simdisk_chown(r.disk, "/state", 0);
	assert_int_equal(rig_open(&r), 0);
	rig_close(&r);
	simdisk_write(r.disk, rig_path("state.json"), "{}", 2);
	simdisk_chmod(r.disk, rig_path("state.json"), 0200);
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_non_null(strstr(r.err.text, "/state.json cannot be opened"));
	assert_non_null(strstr(r.err.text, "chown --reference="));
	simdisk_chmod(r.disk, rig_path("state.json"), 0640);
	simdisk_chown(r.disk, RIG_DIR, 1000);
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_non_null(strstr(r.err.text, "belongs to uid 1000, and files"));
	simdisk_chown(r.disk, RIG_DIR, 0);
	assert_int_equal(rig_open(&r), 0);
	rig_close(&r);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

static void
test_origin(void **state)
{
	struct rig r;
	struct ledger_options o = {.dir = RIG_DIR,
				   .origin = "x y",
				   .hostname = "h",
				   .now = wall_from_s(0)};
	struct ledger_recovery rec;
	struct ledger *l;

	rig_init(&r, 0);
	assert_int_equal(ledger_open(simdisk_io(r.disk), &o, &l, &rec, &r.err),
			 ERR_INVALID);
	o.origin = "example.com/a";
	assert_int_equal(ledger_open(simdisk_io(r.disk), &o, &l, &rec, &r.err),
			 0);
	assert_string_equal(ledger_origin(l), "example.com/a");
	ledger_close(l);
	o.origin = "example.com/b";
	assert_int_equal(ledger_open(simdisk_io(r.disk), &o, &l, &rec, &r.err),
			 ERR_INVALID);
	assert_non_null(strstr(r.err.text, "example.com/a"));
	rig_fini(&r);
}

/* An empty folder made by an administrator is no obstacle. */
static void
test_empty_folder(void **state)
{
	struct rig r;

	rig_init(&r, 0);
	simdisk_make_dir(r.disk, RIG_DIR);
	assert_int_equal(rig_open(&r), 0);
	assert_true(r.rec.created);
	rig_fini(&r);
}

static int refused_rename;

static int
refuse_rename(void *ctx, int at, const char *from, int to_at, const char *to)
{
	return refused_rename;
}

/* What no folder can be renamed onto will be there at the next start too:
 * the words say where to go, and nothing is left of the attempt. */
static void
test_place_taken(void **state)
{
	static const struct {
		int error;
		const char *what;
	} table[] = {{-EBUSY, "a mount point"}, {-ENOTDIR, "a symbolic link"}};
	const struct ledger_options o = {
	    .dir = RIG_DIR, .origin = "", .hostname = "host"};

	for (size_t i = 0; i < 2; i++) {
		struct ledger_recovery rec;
		struct ledger_io io;
		struct ledger *l;
		char words[200];
		struct rig r;

		rig_init(&r, 0);
		io = *simdisk_io(r.disk);
		io.rename = refuse_rename;
		refused_rename = table[i].error;
		assert_int_equal(ledger_open(&io, &o, &l, &rec, &r.err),
				 ERR_INVALID);
		snprintf(words, sizeof(words),
			 RIG_DIR " is %s, which a new ledger cannot replace; "
				 "name a folder in it: ledger.directory = "
				 "\"" RIG_DIR "/ledger\"",
			 table[i].what);
		assert_string_equal(r.err.text, words);
		assert_int_equal(
		    simdisk_mode(r.disk, RIG_DIR LEDGER_NEW_SUFFIX), -1);
		assert_int_equal(simdisk_open_count(r.disk), 0);
		refused_rename = -EIO; /* another start may do better */
		assert_int_equal(ledger_open(&io, &o, &l, &rec, &r.err),
				 ERR_IO);
		assert_int_equal(rig_open(&r), 0);
		rig_fini(&r);
	}
}

/* Nothing can be repaired where nothing ever was. */
static void
test_fresh_file_system(void **state)
{
	struct rig r;

	rig_init(&r, 0);
	simdisk_make_dir(r.disk, RIG_DIR);
	simdisk_make_dir(r.disk, RIG_DIR "/lost+found");
	assert_int_equal(rig_open(&r), ERR_INVALID);
	assert_non_null(strstr(r.err.text, RIG_DIR " is a mount point"));
	simdisk_write(r.disk, RIG_DIR "/secret", "x", 1);
	assert_int_equal(rig_open(&r), ERR_DAMAGED);
	rig_fini(&r);
}

static int
refuse_to_begin(void *ctx, struct err *err)
{
	(*(int *)ctx)++;
	return err_set(err, ERR_EXISTS, "there was one");
}

/* Asked where a ledger would be begun, and nowhere else. */
static void
test_refused_beginning(void **state)
{
	int asked = 0;
	struct ledger_recovery rec;
	struct ledger *l;
	struct rig r;
	struct ledger_options o = {.dir = RIG_DIR,
				   .origin = "",
				   .hostname = "host",
				   .may_begin = refuse_to_begin,
				   .witness_ctx = &asked};

	rig_init(&r, 0);
	assert_int_equal(ledger_open(simdisk_io(r.disk), &o, &l, &rec, &r.err),
			 ERR_EXISTS);
	assert_string_equal(r.err.text, "there was one");
	assert_int_equal(asked, 1);
	assert_null(simdisk_read(r.disk, rig_path("LEDGER"), NULL));
	assert_int_equal(simdisk_open_count(r.disk), 0);
	assert_int_equal(rig_open(&r), 0); /* without the question */
	rig_close(&r);
	assert_int_equal(ledger_open(simdisk_io(r.disk), &o, &l, &rec, &r.err),
			 0);
	assert_int_equal(asked, 1);
	ledger_close(l);
	rig_fini(&r);
}

/* Rows are taken as before; only the signature is withheld. */
static void
test_signing_stopped(void **state)
{
	struct rig r;

	assert_int_equal(open_rig(&r, 0), 0);
	assert_null(ledger_unsigned_why(r.l));
	ledger_stop_signing(r.l, "row 7 differs");
	ledger_stop_signing(r.l, "row 9 differs");
	assert_string_equal(ledger_unsigned_why(r.l), "row 7 differs");
	assert_true(ledger_has_room(r.l));
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_create),
	    cmocka_unit_test(test_vkey),
	    cmocka_unit_test(test_credential_key),
	    cmocka_unit_test(test_append),
	    cmocka_unit_test(test_group_commit),
	    cmocka_unit_test(test_batch_limits),
	    cmocka_unit_test(test_segments),
	    cmocka_unit_test(test_same_id),
	    cmocka_unit_test(test_same_id_damaged),
	    cmocka_unit_test(test_blobs),
	    cmocka_unit_test(test_blob_dir_gone),
	    cmocka_unit_test(test_texts_check),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_queue_limit),
	    cmocka_unit_test(test_write_error),
	    cmocka_unit_test(test_interrupted_write),
	    cmocka_unit_test(test_leftover),
	    cmocka_unit_test(test_short_write),
	    cmocka_unit_test(test_poison),
	    cmocka_unit_test(test_poison_truncate),
	    cmocka_unit_test(test_second_writer),
	    cmocka_unit_test(test_hmac),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_others_may_write),
	    cmocka_unit_test(test_not_ours),
	    cmocka_unit_test(test_origin),
	    cmocka_unit_test(test_empty_folder),
	    cmocka_unit_test(test_place_taken),
	    cmocka_unit_test(test_fresh_file_system),
	    cmocka_unit_test(test_refused_beginning),
	    cmocka_unit_test(test_signing_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
