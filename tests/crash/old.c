/* Row n has the id "row.<n>" and the seq n, but for the one that changed the
 * key; the texts are those of the rows
 * that are multiples of OLD_TEXT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "old.h"
#include "readers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
append(struct rig *r, int from, int to)
{
	for (int n = from; n <= to; n++) {
		int e = n % OLD_TEXT == 0 ? rig_append_blob(r, n)
					  : rig_append(r, n);

		assert_int_equal(e, 0);
	}
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
}

static const uint8_t seeds[2][32] = {{1}, {2}};

void
old_rig(struct rig *r)
{
	r->segment_rows = OLD_SEGMENT;
	r->id_window = OLD_WINDOW;
	r->min_free_bytes = INT64_MAX / 2;
	r->key_seed = seeds[1];
}

static void
sign(struct rig *r)
{
	ledger_want_checkpoint(r->l);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
}

void
old_make(struct rig *r)
{
	char text[RIG_TEXT_MAX], hex[DIGEST_HEX_LEN + 1], body[120];
	struct digest d = rig_blob_text(OLD_SHARED, text);

	old_rig(r);
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	append(r, 1, OLD_REKEYED - 1);
	sign(r);
	rig_close(r);
	r->key_seed = seeds[1];
	r->previous_key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	append(r, OLD_REKEYED + 1, OLD_ROWS - 2);
	r->previous_key_seed = NULL;
	snprintf(body, sizeof(body), "{\"of\":\"%s\"}", digest_hex(&d, hex));
	assert_int_equal(rig_append_row(r, "shared", "note", body, NULL, NULL),
			 0);
	sign(r);
	sign(r);
	assert_true(rig_inspect(r) >= 0);
}

int
old_prune(struct rig *r)
{
	int e = rig_append_prune(r, 0, OLD_TO);

	if (e == 0)
		e = ledger_flush(r->l, NULL, NULL, &r->err);
	if (e == 0)
		e = rig_inspect(r);
	return e < 0 ? e : 0;
}

static bool
has_segments(struct simdisk *d)
{
	return simdisk_mode(d, rig_path("seg-000000000000.jsonl")) >= 0 ||
	       simdisk_mode(d, rig_path("seg-000000000256.jsonl")) >= 0;
}

static bool
has_text(struct simdisk *d, int n)
{
	char text[RIG_TEXT_MAX], hex[DIGEST_HEX_LEN + 1], name[120];
	struct digest digest = rig_blob_text(n, text);

	digest_hex(&digest, hex);
	snprintf(name, sizeof(name), "pages/sha256/%.2s/%s", hex, hex);
	return simdisk_mode(d, rig_path(name)) >= 0;
}

static bool
is_named(int n)
{
	return n >= OLD_TO || n == OLD_SHARED;
}

static void
check_texts(struct simdisk *d, bool swept)
{
	for (int n = OLD_TEXT; n <= OLD_ROWS - 2; n += OLD_TEXT) {
		if (is_named(n) && !has_text(d, n))
			fail_msg("the text of row %d is lost", n);
		if (!is_named(n) && swept && has_text(d, n))
			fail_msg("the text of row %d still stands", n);
	}
}

struct seen {
	uint64_t first, end;
	bool pruned; /* the row is there */
};

static int
see(void *ctx, const struct row *row)
{
	struct seen *s = ctx;
	char id[32];

	if (s->end == 0)
		s->first = s->end = row->seq;
	assert_int_equal(row->seq, s->end++);
	snprintf(id, sizeof(id), "row.%llu", (unsigned long long)row->seq);
	if (row->seq > 0 && row->seq < OLD_ROWS - 1 && row->seq != OLD_REKEYED)
		assert_string_equal(row->id, id);
	s->pruned |= strcmp(row->kind, "ledger.prune") == 0;
	/* No crash makes a checkpoint look lost. */
	assert_true(strcmp(row->kind, "ledger.recovered") != 0 ||
		    memmem(row->body, row->body_len, "torn_tail", 9) != NULL);
	return 0;
}

static struct seen
check_rows(struct simdisk *d)
{
	struct seen s = {0};
	struct ledger_verdict v;
	struct err err;

	if (ledger_scan(simdisk_io(d), RIG_DIR, 0, UINT64_MAX, see, &s, &err) <
	    0)
		fail_msg("scan: %s", err.text);
	assert_true(s.end >= OLD_ROWS);
	if (ledger_verify(simdisk_io(d), RIG_DIR, 3, &v, &err) < 0)
		fail_msg("verify: %s", err.text);
	if (!v.ok || v.level != 3)
		fail_msg("verify: level %d, row %d: %s", v.level,
			 (int)v.first_bad_seq, v.reason);
	return s;
}

static void
finish(struct rig *r)
{
	if (ledger_flush(r->l, NULL, NULL, &r->err) < 0 || rig_inspect(r) < 0)
		fail_msg("%s", r->err.text);
}

static void
go_on(struct rig *r)
{
	assert_int_equal(rig_append_blob(r, 1000), 0);
	ledger_want_checkpoint(r->l);
	finish(r);
	check_rows(r->disk);
	assert_true(has_text(r->disk, 1000));
}

void
old_judge(struct simdisk *image, enum old_stage stage, struct leave *leave)
{
	struct rig r;
	struct seen s;

	rig_init_disk(&r, image, OLD_SEGMENT);
	old_rig(&r);
	readers_check_sums(image, OLD_TO, OLD_TO + OLD_SEGMENT, OLD_SEGMENT);
	readers_check_pruned(image, OLD_ROWS, OLD_TO);
	if (rig_open(&r) < 0)
		fail_msg("refused: %s", r.err.text);
	if (r.rec.damaged)
		fail_msg("%s", r.rec.words);
	finish(&r);
	s = check_rows(r.disk);
	if (stage >= OLD_RECORDED && !s.pruned)
		fail_msg("the row is lost");
	assert_int_equal(s.first, s.pruned ? OLD_TO : 0);
	assert_int_equal(has_segments(r.disk), !s.pruned);
	check_texts(r.disk, s.pruned);
	go_on(&r);
	rig_close(&r);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	if (leave != NULL)
		leave_ledger(leave, r.disk, RIG_DIR);
	rig_fini(&r);
}

void
old_check_gone(struct simdisk *image, enum old_stage stage)
{
	char *sums;

	if (stage >= OLD_GONE) {
		assert_false(has_segments(image));
		sums = simdisk_read(image, rig_path("SHA256SUMS"), NULL);
		assert_non_null(sums);
		assert_null(strstr(sums, "seg-000000000000"));
		free(sums);
	}
	check_texts(image, stage >= OLD_SWEPT);
}
