/* The tag is a Poly1305 of the bytes under a key that is made for each run
 * and never leaves this process: whoever changes a file does not know it, so
 * equal tags mean equal bytes, as surely as an equal hash would.  It is an
 * order of magnitude faster than one.  Equal bytes have the leaves that were
 * computed when the rows were rendered.
 *
 * A run ends where a tile or a segment does, so that a row in the wrong file
 * does not go unseen.  What is not known for certain is not known at all: a
 * ledger that was opened with rows behind its newest tile, too many rows at
 * once, no memory, a libcrypto without Poly1305.  Then the rows are read and
 * hashed. */
#include "ledger/written.h"
#include "ledger/raw.h"
#include "ledger/segment.h"

#include "base/random.h"

#include <assert.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { READ_CHUNK = 256 * 1024 };

struct written_mac {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx;
};

static void
mac_free(struct written_mac *m)
{
	if (m == NULL)
		return;
	EVP_MAC_CTX_free(m->ctx);
	EVP_MAC_free(m->mac);
	free(m);
}

static struct written_mac *
mac_new(void)
{
	struct written_mac *m = malloc(sizeof(*m));

	if (m == NULL)
		return NULL;
	m->mac = EVP_MAC_fetch(NULL, "POLY1305", NULL);
	m->ctx = m->mac == NULL ? NULL : EVP_MAC_CTX_new(m->mac);
	if (m->ctx != NULL)
		return m;
	mac_free(m);
	return NULL;
}

static bool
finish(EVP_MAC_CTX *ctx, uint8_t tag[WRITTEN_TAG_LEN])
{
	size_t len = 0;

	return EVP_MAC_final(ctx, tag, &len, WRITTEN_TAG_LEN) == 1 &&
	       len == WRITTEN_TAG_LEN;
}

void
written_init(struct written *w, uint64_t segment_rows)
{
	*w = (struct written){.segment_rows = segment_rows};
}

void
written_fini(struct written *w)
{
	free(w->leaves);
	mac_free(w->mac);
	w->leaves = NULL;
	w->mac = NULL;
	w->known = false;
}

void
written_begin(struct written *w, uint64_t tiled, uint64_t durable)
{
	w->from = tiled;
	w->n = w->n_runs = 0;
	w->known = false;
	if (tiled != durable || tiled % TILE_WIDTH != 0)
		return;
	if (w->leaves == NULL)
		w->leaves = malloc((size_t)WRITTEN_ROWS_MAX * DIGEST_LEN);
	if (w->mac == NULL)
		w->mac = mac_new();
	w->known = w->leaves != NULL && w->mac != NULL;
}

static uint64_t
next_row(const struct written *w)
{
	return w->from + w->n;
}

/* Closes the newest run. */
static bool
end_run(struct written *w)
{
	return w->n_runs == 0 ||
	       finish(w->mac->ctx, w->runs[w->n_runs - 1].tag);
}

static bool
begin_run(struct written *w, int64_t place)
{
	struct written_run *run;

	if (!end_run(w) || w->n_runs == WRITTEN_RUNS_MAX)
		return false;
	run = &w->runs[w->n_runs++];
	*run = (struct written_run){.first = next_row(w), .place = place};
	random_bytes(run->key, sizeof(run->key));
	return EVP_MAC_init(w->mac->ctx, run->key, sizeof(run->key), NULL) == 1;
}

static bool
is_run_begin(const struct written *w)
{
	uint64_t seq = next_row(w);

	return w->n_runs == 0 || seq % TILE_WIDTH == 0 ||
	       seq % w->segment_rows == 0;
}

void
written_add(struct written *w, const char *line, size_t len, int64_t place,
	    const struct digest *leaf)
{
	if (!w->known)
		return;
	w->known =
	    w->n < WRITTEN_ROWS_MAX &&
	    (!is_run_begin(w) || begin_run(w, place)) &&
	    EVP_MAC_update(w->mac->ctx, (const unsigned char *)line, len) == 1;
	if (!w->known)
		return;
	w->runs[w->n_runs - 1].bytes += len;
	memcpy(w->leaves + w->n++ * DIGEST_LEN, leaf->bytes, DIGEST_LEN);
}

/* ---- reading back ---- */

struct reading {
	const struct written *w;
	const struct ledger_io *io;
	int dir, fd;
	EVP_MAC_CTX *ctx;
	char *chunk;
};

static bool
open_segment_of(struct reading *r, uint64_t seq)
{
	uint64_t first = seq / r->w->segment_rows * r->w->segment_rows;
	char name[SEGMENT_NAME_SIZE];

	if (r->fd >= 0)
		r->io->close(r->io->ctx, r->fd);
	r->fd = r->io->open_file(r->io->ctx, r->dir, segment_name(first, name),
				 O_RDONLY, 0);
	return r->fd >= 0;
}

static bool
tag_of(struct reading *r, const struct written_run *run,
       uint8_t ret_tag[WRITTEN_TAG_LEN])
{
	uint64_t done = 0;
	size_t n, got;

	if (EVP_MAC_init(r->ctx, run->key, sizeof(run->key), NULL) != 1)
		return false;
	for (; done < run->bytes; done += n) {
		n = run->bytes - done < READ_CHUNK ? (size_t)(run->bytes - done)
						   : READ_CHUNK;
		if (raw_read(r->io, r->fd, r->chunk, n,
			     run->place + (int64_t)done, &got) < 0 ||
		    got < n ||
		    EVP_MAC_update(r->ctx, (const unsigned char *)r->chunk,
				   n) != 1)
			return false;
	}
	return finish(r->ctx, ret_tag);
}

/* The open run goes on: its tag comes from a copy of its state. */
static bool
expected_tag(const struct written *w, size_t i,
	     uint8_t ret_tag[WRITTEN_TAG_LEN])
{
	EVP_MAC_CTX *copy;
	bool ok;

	if (i + 1 < w->n_runs) {
		memcpy(ret_tag, w->runs[i].tag, WRITTEN_TAG_LEN);
		return true;
	}
	copy = EVP_MAC_CTX_dup(w->mac->ctx);
	ok = copy != NULL && finish(copy, ret_tag);
	EVP_MAC_CTX_free(copy);
	return ok;
}

static bool
run_stands(struct reading *r, size_t i)
{
	const struct written_run *run = &r->w->runs[i];
	uint8_t found[WRITTEN_TAG_LEN], expected[WRITTEN_TAG_LEN];

	if ((i == 0 || run->place == 0) && !open_segment_of(r, run->first))
		return false;
	return tag_of(r, run, found) && expected_tag(r->w, i, expected) &&
	       memcmp(found, expected, WRITTEN_TAG_LEN) == 0;
}

bool
written_stands(const struct written *w, const struct ledger_io *io, int dir,
	       uint64_t from, uint64_t durable)
{
	struct reading r = {.w = w, .io = io, .dir = dir, .fd = -1};
	bool stands = w->known && w->from == from && next_row(w) == durable;

	if (!stands)
		return false;
	r.ctx = EVP_MAC_CTX_new(w->mac->mac);
	r.chunk = malloc(READ_CHUNK);
	stands = r.ctx != NULL && r.chunk != NULL;
	for (size_t i = 0; stands && i < w->n_runs; i++)
		stands = run_stands(&r, i);
	if (r.fd >= 0)
		io->close(io->ctx, r.fd);
	free(r.chunk);
	EVP_MAC_CTX_free(r.ctx);
	return stands;
}

int64_t
written_drop_tiles(struct written *w)
{
	size_t rows = w->n / TILE_WIDTH * TILE_WIDTH, gone = 0;
	const struct written_run *last;
	int64_t place = 0;

	assert(w->known);
	while (gone < w->n_runs && w->runs[gone].first < w->from + rows)
		gone++;
	if (gone > 0) {
		last = &w->runs[gone - 1];
		place = last->place + (int64_t)last->bytes;
	}
	memmove(w->leaves, w->leaves + rows * DIGEST_LEN,
		(w->n - rows) * DIGEST_LEN);
	memmove(w->runs, w->runs + gone, (w->n_runs - gone) * sizeof(*w->runs));
	w->from += rows;
	w->n -= rows;
	w->n_runs -= gone;
	return place;
}
