#include "rig.h"
#include "ledger/folder.h"
#include "ledger/prune.h"
#include "ledger/verify.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-07-03T00:00:00Z */
static const int64_t START_S = 1783036800;

void
rig_init_disk(struct rig *r, struct simdisk *disk, int segment_rows)
{
	*r = (struct rig){.disk = disk,
			  .segment_rows = segment_rows,
			  .min_free_bytes = 4 * 1024 * 1024};
}

void
rig_init(struct rig *r, int segment_rows)
{
	struct simdisk *disk = simdisk_new();

	simdisk_make_dir(disk, "/state");
	rig_init_disk(r, disk, segment_rows);
}

void
rig_fini(struct rig *r)
{
	rig_close(r);
	while (r->n_acks > 0)
		free(r->acks[--r->n_acks]);
	simdisk_free(r->disk);
}

static struct ledger_witness
witness(void *ctx, const struct digest *genesis)
{
	const struct rig *r = ctx;
	struct ledger_witness w = {.rows = r->witness};

	if (r->witness_leaf != NULL) {
		w.leaf_known = true;
		w.seq = r->witness - 1;
		w.leaf = *r->witness_leaf;
	}
	return w;
}

int
rig_open(struct rig *r)
{
	const struct ledger_options o = {
	    .dir = RIG_DIR,
	    .origin = "",
	    .hostname = "test.example.com",
	    .key_seed = r->key_seed,
	    .previous_key_seed = r->previous_key_seed,
	    .segment_rows = r->segment_rows,
	    .min_free_bytes = r->min_free_bytes,
	    .id_window = r->id_window,
	    .now = wall_from_s(START_S),
	    .witness = witness,
	    .witness_ctx = r,
	};

	r->rec = (struct ledger_recovery){0};
	r->err = (struct err){0};
	return ledger_open(simdisk_io(r->disk), &o, &r->l, &r->rec, &r->err);
}

void
rig_close(struct rig *r)
{
	ledger_close(r->l);
	r->l = NULL;
}

void
rig_reopen(struct rig *r)
{
	int n;

	rig_close(r);
	n = rig_open(r);
	if (n < 0)
		fprintf(stderr, "rig_reopen: %s\n", r->err.text);
	assert(n == 0);
}

int
rig_append_row(struct rig *r, const char *id, const char *kind,
	       const char *body, const struct row_blob *blob, uint64_t *ret_seq)
{
	const struct row_draft draft = {
	    .at = wall_from_s(START_S + 1),
	    .id = id,
	    .kind = kind,
	    .body = body,
	    .body_len = strlen(body),
	    .blob = blob,
	};

	return ledger_append(r->l, &draft, ret_seq, &r->err);
}

static int
append(struct rig *r, int n, const struct row_blob *blob)
{
	char id[32], body[RIG_TEXT_MAX], hex[DIGEST_HEX_LEN + 1];

	snprintf(id, sizeof(id), "row.%d", n);
	if (blob == NULL)
		snprintf(body, sizeof(body),
			 "{\"n\":%d,\"text\":\"\xc3\xa9vidence, row %d\"}", n,
			 n);
	else
		snprintf(body, sizeof(body),
			 "{\"n\":%d,\"text_sha256\":\"%s\"}", n,
			 digest_hex(&blob->sha256, hex));
	return rig_append_row(r, id, "note", body, blob, NULL);
}

int
rig_append(struct rig *r, int n)
{
	return append(r, n, NULL);
}

struct digest
rig_blob_text(int n, char out[RIG_TEXT_MAX])
{
	snprintf(out, RIG_TEXT_MAX, "The page of row %d.\nPrices: %d.00\n", n,
		 n);
	return digest_sha256(out, strlen(out));
}

int
rig_fill(struct rig *r, int rows)
{
	int err = rig_open(r);

	for (int n = 1; err == 0 && n < rows; n++)
		err = rig_append(r, n);
	for (int i = 0; err == 0 && i < 2; i++) {
		err = ledger_flush(r->l, NULL, NULL, &r->err);
		ledger_want_checkpoint(r->l);
	}
	return err == 0 ? ledger_flush(r->l, NULL, NULL, &r->err) : err;
}

int
rig_append_blob(struct rig *r, int n)
{
	char text[RIG_TEXT_MAX];
	struct row_blob blob = {.text = text, .sha256 = rig_blob_text(n, text)};

	blob.len = strlen(text);
	return append(r, n, &blob);
}

/* What is handed over is what stands in the line. */
static bool
tells_line(const struct row *row)
{
	struct row_parts p;

	return row_parse(row->line, row->line_len, &p) == 0 &&
	       p.seq == row->seq && p.at.us == row->at.us &&
	       p.body == row->body && p.body_len == row->body_len &&
	       strlen(row->id) == p.id_len &&
	       memcmp(row->id, p.id, p.id_len) == 0 &&
	       strlen(row->kind) == p.kind_len &&
	       memcmp(row->kind, p.kind, p.kind_len) == 0;
}

void
rig_ack(void *rig, const struct row *row)
{
	struct rig *r = rig;
	char *copy;

	if (r->guard != NULL)
		r->guard(true);
	copy = malloc(row->line_len + 1);
	assert(copy != NULL && r->n_acks < RIG_ACKS_MAX);
	assert(tells_line(row));
	memcpy(copy, row->line, row->line_len);
	copy[row->line_len] = '\0';
	r->acks[r->n_acks++] = copy;
	if (r->guard != NULL)
		r->guard(false);
}

int
rig_flush(struct rig *r)
{
	return ledger_flush(r->l, rig_ack, r, &r->err);
}

void
rig_stop(struct rig *r, int n)
{
	char id[32];
	int e;

	snprintf(id, sizeof(id), "stopped.%d", n);
	e = rig_append_row(r, id, "daemon.stopped", "{\"reason\":\"test\"}",
			   NULL, NULL);
	assert(e == 0);
	e = rig_flush(r);
	assert(e == 0);
	(void)e;
	rig_close(r);
}

int
rig_sign(struct rig *r)
{
	int e = rig_flush(r);

	ledger_want_checkpoint(r->l);
	return e < 0 ? e : rig_flush(r);
}

int
rig_append_prune(struct rig *r, uint64_t from, uint64_t to)
{
	char hex[DIGEST_HEX_LEN + 1], id[40], body[300];
	struct digest d;
	int e = ledger_prune_digest(r->l, from, to, &d, &r->err);

	if (e < 0)
		return e;
	snprintf(id, sizeof(id), "prune.%llu", (unsigned long long)to);
	snprintf(body, sizeof(body),
		 "{\"from\":%llu,\"keep\":\"400d\",\"note\":\"test\","
		 "\"peer_uid\":0,\"role\":\"auditor\",\"sha256\":\"%s\","
		 "\"to\":%llu}",
		 (unsigned long long)from, digest_hex(&d, hex),
		 (unsigned long long)to);
	return rig_append_row(r, id, "ledger.prune", body, NULL, NULL);
}

int
rig_inspect(struct rig *r)
{
	int n = 0, e = 0;

	while (e == 0 && ledger_inspect_begin(r->l) == 0) {
		r->err = (struct err){0};
		e = ledger_batch_sync(r->l);
		e = ledger_batch_finish(r->l, e, NULL, NULL, &r->err);
		if (e == 0)
			e = r->err.code;
		n++;
	}
	return e < 0 ? e : n;
}

int
rig_verify_by(struct rig *r, int level, const uint8_t *believed,
	      struct ledger_verdict *ret)
{
	struct verify_options o = {.level = level, .workers = &workers_alone};
	struct note_key key;
	struct folder f;
	int e = folder_open(&f, simdisk_io(r->disk), RIG_DIR, &r->err);

	if (e < 0)
		return e;
	e = note_key_of_seed(f.id.origin, believed, &key, &r->err);
	folder_close(&f);
	o.key = &key;
	return e < 0 ? e
		     : verify_ledger(simdisk_io(r->disk), RIG_DIR, &o, ret,
				     &r->err);
}

const char *
rig_path(const char *name)
{
	static char path[300];

	snprintf(path, sizeof(path), RIG_DIR "/%s", name);
	return path;
}
