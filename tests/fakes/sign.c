#include "sign.h"

#include "base/json.h"
#include "ledger/checkpoint.h"
#include "ledger/hashes.h"
#include "ledger/raw.h"
#include "ledger/row.h"
#include "ledger/segment.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
must(int r)
{
	if (r < 0)
		fprintf(stderr, "sign: %d\n", r);
	assert(r >= 0);
}

static void
open_folder(struct folder *f, const struct ledger_io *io, const char *dir)
{
	must(folder_open(f, io, dir, NULL));
}

static void
read_seed(const struct folder *f, uint8_t out[NOTE_SEED_LEN])
{
	char *text;
	size_t len;

	must(raw_load(f->io, f->dir, "key", 100, &text, &len));
	must(hex_decode(text, NOTE_SEED_LEN, out));
	free(text);
}

/* {"note":...,"seq":N,"size":N}: seq is the number of the line. */
static void
append_line(const struct folder *f, const struct buf *note, uint64_t size)
{
	const struct ledger_io *io = f->io;
	struct buf line = {0};
	struct ledger_stat st;
	uint64_t lines = 0;
	char *text = NULL;
	size_t len = 0;
	int fd;

	if (raw_load(io, f->dir, "checkpoints.jsonl", 1 << 24, &text, &len) ==
	    0) {
		for (size_t i = 0; i < len; i++)
			lines += text[i] == '\n';
		free(text);
	}
	buf_puts(&line, "{\"note\":");
	assert(json_quote(&line, note->data, note->len));
	buf_printf(&line, ",\"seq\":%d,\"size\":%d}\n", (int)lines, (int)size);
	fd = io->open_file(io->ctx, f->dir, "checkpoints.jsonl",
			   O_WRONLY | O_CREAT, 0640);
	must(fd);
	must(io->fstat(io->ctx, fd, &st));
	must(raw_write(io, fd, line.data, line.len, st.size));
	must(io->fsync_file(io->ctx, fd));
	io->close(io->ctx, fd);
	buf_free(&line);
}

static void
put_root(const struct folder *f, const uint8_t *seed, uint64_t size,
	 const struct digest *root)
{
	struct checkpoint c = {.size = size, .root = *root};
	uint8_t own[NOTE_SEED_LEN];
	struct buf note = {0};

	if (seed == NULL) {
		read_seed(f, own);
		seed = own;
	}
	memcpy(c.origin, f->id.origin, sizeof(c.origin));
	must(checkpoint_sign(&c, seed, &note, NULL));
	append_line(f, &note, size);
	must(raw_put(f->io, f->dir, "checkpoint", note.data, note.len, 0640));
	must(f->io->fsync_dir(f->io->ctx, f->dir));
	buf_free(&note);
}

void
sign_root(const struct ledger_io *io, const char *dir, const uint8_t *seed,
	  uint64_t size, const struct digest *root)
{
	struct folder f;

	open_folder(&f, io, dir);
	put_root(&f, seed, size, root);
	folder_close(&f);
}

void
sign_folder(const struct ledger_io *io, const char *dir, const uint8_t *seed,
	    uint64_t size)
{
	struct digest root;
	struct hashes h;
	struct folder f;
	struct tree t;

	open_folder(&f, io, dir);
	hashes_init(&h, &f, 0); /* no tile is asked */
	must(tree_load(&t, size, hashes_node, &h));
	root = tree_root(&t);
	put_root(&f, seed, size, &root);
	hashes_fini(&h);
	folder_close(&f);
}

static void
make_dirs(const struct folder *f, const char *path)
{
	char part[TILE_PATH_SIZE];

	for (const char *p = path; (p = strchr(p, '/')) != NULL; p++) {
		snprintf(part, sizeof(part), "%.*s", (int)(p - path), path);
		f->io->mkdir(f->io->ctx, f->dir, part, 0750);
	}
}

static void
put_tile(const struct folder *f, const struct tile *t, struct hashes *h)
{
	uint8_t bytes[TILE_BYTES];
	char path[TILE_PATH_SIZE];

	for (uint64_t i = 0; i < TILE_WIDTH; i++) {
		struct digest d;

		must(hashes_node(h, TILE_HEIGHT * t->level,
				 t->index * TILE_WIDTH + i, &d));
		memcpy(bytes + i * DIGEST_LEN, d.bytes, DIGEST_LEN);
	}
	make_dirs(f, tile_path(t, path));
	must(raw_put(f->io, f->dir, path, bytes, TILE_BYTES, 0640));
}

void
sign_tiles(const struct ledger_io *io, const char *dir, uint64_t size)
{
	struct hashes h;
	struct folder f;

	open_folder(&f, io, dir);
	hashes_init(&h, &f, 0);
	for (unsigned level = 0; level < TILE_LEVELS; level++) {
		for (uint64_t i = 0; i < tile_full_count(size, level); i++)
			put_tile(&f, &(struct tile){level, i, TILE_WIDTH}, &h);
	}
	hashes_fini(&h);
	folder_close(&f);
}

static void
put_hex(char *at, const struct digest *d, size_t digits)
{
	char hex[DIGEST_HEX_LEN + 1];

	memcpy(at, digest_hex(d, hex), digits);
}

/* The line with another prev, when there is one, and the sum of what it now
 * says.  Returns its leaf. */
static struct digest
mend_line(char *line, size_t len, const struct digest *prev)
{
	struct row_parts parts;
	struct digest sum;

	must(row_parse(line, len, &parts));
	if (prev != NULL)
		put_hex(line + (parts.prev - line), prev, DIGEST_HEX_LEN);
	sum = digest_sha256(line, len - ROW_TRAILER_LEN);
	put_hex(line + len - 18, &sum, 16);
	return row_leaf(line, len);
}

struct edit {
	uint64_t seq;
	const char *from, *to;
};

/* All rows from the edited one on in one segment. */
static void
mend_segment(char *text, size_t len, uint64_t first, const struct edit *edit,
	     struct digest *head, bool *chained)
{
	char *end = text + len, *lf;

	for (uint64_t at = first;
	     (lf = memchr(text, '\n', (size_t)(end - text))) != NULL; at++) {
		size_t n = (size_t)(lf - text);

		if (at == edit->seq) {
			char *place = strstr(text, edit->from);

			assert(place != NULL && place < lf);
			memcpy(place, edit->to, strlen(edit->to));
		}
		if (at >= edit->seq) {
			*head = mend_line(text, n, *chained ? head : NULL);
			*chained = true;
		}
		text = lf + 1;
	}
}

void
sign_edit(const struct ledger_io *io, const char *dir, uint64_t seq,
	  const char *from, const char *to)
{
	const struct edit edit = {seq, from, to};
	struct digest head;
	bool chained = false;
	struct folder f;

	open_folder(&f, io, dir);
	for (size_t i = 0; i < f.n; i++) {
		char name[SEGMENT_NAME_SIZE], *text;
		size_t len;

		if (f.firsts[i] + (uint64_t)f.id.segment_rows <= seq)
			continue;
		segment_name(f.firsts[i], name);
		must(raw_load(io, f.dir, name, 1 << 24, &text, &len));
		mend_segment(text, len, f.firsts[i], &edit, &head, &chained);
		must(io->unlink(io->ctx, f.dir, name));
		must(raw_put(io, f.dir, name, text, len, 0440));
		free(text);
	}
	folder_close(&f);
}

void
sign_rechain(const struct ledger_io *io, const char *dir, uint64_t seq)
{
	sign_edit(io, dir, seq, "\"text\":\"", "\"test\":\"");
}
