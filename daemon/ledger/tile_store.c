/* A tile is synced under another name and renamed, so its name never stands
 * for a part of it; then the directory is synced.  Several are written before
 * the first of them is synced, and all are synced before one is renamed: then
 * their syncs share the work, where a name between two would be one more
 * transaction of the file system's journal.
 *
 * A directory whose making this process has not synced may be a dead
 * process's, known to the cache and not to the disk: on the way down each
 * parent is synced, once for the tiles of one directory.
 *
 * Tiles are derived.  What lacks is made again from the rows, and one that is
 * wrong is found because the root does not come out. */
#include "ledger/tile_store.h"
#include "ledger/inside.h"
#include "ledger/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
tile_load(const struct ledger_io *io, int dir, const struct tile *t,
	  uint8_t out[TILE_BYTES])
{
	char path[TILE_PATH_SIZE], *text;
	size_t len;
	int r;

	r = raw_load(io, dir, tile_path(t, path), TILE_BYTES, &text, &len);
	/* A longer file, or a folder under that name, is no tile either. */
	if (r == -EFBIG || r == -LEDGER_NOT_A_FILE)
		return -EBADMSG;
	if (r < 0)
		return r;
	if (len == TILE_BYTES)
		memcpy(out, text, TILE_BYTES);
	free(text);
	return len == TILE_BYTES ? 0 : -EBADMSG;
}

void
tile_reader_init(struct tile_reader *r, const struct ledger_io *io, int dir,
		 uint64_t size)
{
	r->io = io;
	r->dir = dir;
	r->size = size;
	r->loaded = false;
}

static bool
is_whole(const struct tile_reader *r, const struct tile *t)
{
	return t->index < tile_full_count(r->size, t->level);
}

static int
read_tile(struct tile_reader *r, const struct tile *t)
{
	int e;

	if (r->loaded && r->tile.level == t->level && r->tile.index == t->index)
		return 0;
	r->loaded = false;
	e = tile_load(r->io, r->dir, t, r->bytes);
	if (e < 0)
		return e;
	r->tile = *t;
	r->loaded = true;
	return 0;
}

int
tile_reader_node(void *reader, unsigned level, uint64_t index,
		 struct digest *ret)
{
	struct tile_reader *r = reader;
	struct tile t = tile_of_node(level, index);
	struct digest left, right;
	int e;

	if (is_whole(r, &t)) {
		e = read_tile(r, &t);
		if (e == 0)
			*ret = tile_node(r->bytes, level, index);
		return e;
	}
	/* No whole tile tells it: its halves do. */
	if (level == 0)
		return -EINVAL;
	e = tile_reader_node(r, level - 1, 2 * index, &left);
	if (e == 0)
		e = tile_reader_node(r, level - 1, 2 * index + 1, &right);
	if (e == 0)
		*ret = tree_node(&left, &right);
	return e;
}

void
tile_writer_init(struct tile_writer *w, const struct ledger_io *io, int dir,
		 char *known)
{
	*w = (struct tile_writer){
	    .io = io, .dir = dir, .at = -1, .known = known};
}

static char *
new_name(const char *name, char out[TILE_PATH_SIZE])
{
	snprintf(out, TILE_PATH_SIZE, "%s" LEDGER_NEW_SUFFIX, name);
	return out;
}

int
tile_writer_settle(struct tile_writer *w)
{
	const struct ledger_io *io = w->io;
	char from[TILE_PATH_SIZE];
	int r = 0;

	for (size_t i = 0; i < w->n_new; i++) {
		if (r == 0)
			r = io->fsync_file(io->ctx, w->new[i].fd);
		io->close(io->ctx, w->new[i].fd);
	}
	for (size_t i = 0; r == 0 && i < w->n_new; i++)
		r = io->rename(io->ctx, w->at, new_name(w->new[i].name, from),
			       w->at, w->new[i].name);
	w->n_new = 0;
	return r;
}

/* Writes a tile in the directory that is open; it has no name yet. */
static int
write_new(struct tile_writer *w, const char *name,
	  const uint8_t bytes[TILE_BYTES])
{
	const struct ledger_io *io = w->io;
	char path[TILE_PATH_SIZE];
	struct tile_new *t;
	int r = 0;

	if (w->n_new == TILE_NEW_MAX)
		r = tile_writer_settle(w);
	if (r < 0)
		return r;
	t = &w->new[w->n_new];
	t->fd = io->open_file(io->ctx, w->at, new_name(name, path),
			      O_WRONLY | O_CREAT | O_TRUNC, LEDGER_FILE_MODE);
	if (t->fd < 0)
		return t->fd;
	snprintf(t->name, sizeof(t->name), "%s", name);
	w->n_new++;
	r = raw_write(io, t->fd, bytes, TILE_BYTES, 0);
	if (r == 0)
		io->start_sync(io->ctx, t->fd);
	return r;
}

int
tile_writer_end(struct tile_writer *w)
{
	int r = 0;

	while (w->n_new > 0)
		w->io->close(w->io->ctx, w->new[--w->n_new].fd);
	if (w->at >= 0) {
		r = w->io->fsync_dir(w->io->ctx, w->at);
		w->io->close(w->io->ctx, w->at);
	}
	w->at = -1;
	w->at_path[0] = '\0';
	return r;
}

/* One step down; closes `from` unless it is the ledger's. */
static int
step_down(struct tile_writer *w, int from, const char *name)
{
	int r = w->io->mkdir(w->io->ctx, from, name, LEDGER_DIR_MODE), fd;

	if (r == 0 || r == -EEXIST)
		r = w->io->fsync_dir(w->io->ctx, from);
	fd = r < 0 ? r : w->io->open_dir(w->io->ctx, from, name);
	if (from != w->dir)
		w->io->close(w->io->ctx, from);
	return fd;
}

/* Opens the directory of a path "a/b/c/name", making what lacks. */
static int
enter(struct tile_writer *w, const char *path)
{
	char name[TILE_PATH_SIZE];
	const char *slash;
	int fd = w->dir;

	while (fd >= 0 && (slash = strchr(path, '/')) != NULL) {
		snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
		fd = step_down(w, fd, name);
		path = slash + 1;
	}
	return fd;
}

/* The directory at_path; it may have been deleted since it was known. */
static int
open_at(struct tile_writer *w, const char *path)
{
	int fd = -ENOENT;

	if (strcmp(w->known, w->at_path) == 0)
		fd = w->io->open_dir(w->io->ctx, w->dir, w->at_path);
	if (fd == -ENOENT)
		fd = enter(w, path);
	if (fd >= 0)
		memcpy(w->known, w->at_path, TILE_PATH_SIZE);
	return fd;
}

/* Opens the directory unless it is the one of the tile before. */
static int
go_to(struct tile_writer *w, const char *path)
{
	size_t len = (size_t)(strrchr(path, '/') - path);
	int r;

	if (w->at >= 0 && strlen(w->at_path) == len &&
	    memcmp(w->at_path, path, len) == 0)
		return 0;
	r = tile_writer_settle(w);
	if (r == 0)
		r = tile_writer_end(w);
	if (r < 0)
		return r;
	snprintf(w->at_path, sizeof(w->at_path), "%.*s", (int)len, path);
	w->at = open_at(w, path);
	return w->at < 0 ? w->at : 0;
}

static int
put(struct tile_writer *w, const struct tile *t,
    const uint8_t bytes[TILE_BYTES])
{
	char path[TILE_PATH_SIZE];
	uint8_t found[TILE_BYTES];
	int r;

	r = go_to(w, tile_path(t, path));
	if (r < 0)
		return r;
	if (tile_load(w->io, w->dir, t, found) == 0 &&
	    memcmp(found, bytes, TILE_BYTES) == 0)
		return 0;
	return write_new(w, strrchr(path, '/') + 1, bytes);
}

/* The bytes of a tile out of the 256 tiles below it. */
static int
compose(struct tile_writer *w, const struct tile *t, uint8_t out[TILE_BYTES])
{
	uint8_t below[TILE_BYTES];

	for (uint64_t i = 0; i < TILE_WIDTH; i++) {
		const struct tile child = {
		    t->level - 1, t->index * TILE_WIDTH + i, TILE_WIDTH};
		struct digest h;
		int r;

		r = tile_load(w->io, w->dir, &child, below);
		if (r < 0)
			return r;
		h = tile_root(below);
		memcpy(out + i * DIGEST_LEN, h.bytes, DIGEST_LEN);
	}
	return 0;
}

bool
tile_writer_has(struct tile_writer *w, uint64_t index,
		const uint8_t bytes[TILE_BYTES])
{
	struct tile t = {0, index, TILE_WIDTH};
	uint8_t found[TILE_BYTES], above[TILE_BYTES];

	if (tile_load(w->io, w->dir, &t, found) < 0 ||
	    memcmp(found, bytes, TILE_BYTES) != 0)
		return false;
	while ((t.index + 1) % TILE_WIDTH == 0) {
		t.level++;
		t.index /= TILE_WIDTH;
		if (compose(w, &t, above) < 0 ||
		    tile_load(w->io, w->dir, &t, found) < 0 ||
		    memcmp(found, above, TILE_BYTES) != 0)
			return false;
	}
	return true;
}

int
tile_writer_put(struct tile_writer *w, uint64_t index,
		const uint8_t bytes[TILE_BYTES])
{
	struct tile t = {0, index, TILE_WIDTH};
	uint8_t above[TILE_BYTES];
	int r;

	r = put(w, &t, bytes);
	while (r == 0 && (t.index + 1) % TILE_WIDTH == 0) {
		t.level++;
		t.index /= TILE_WIDTH;
		r = tile_writer_settle(w);
		if (r == 0)
			r = compose(w, &t, above);
		if (r == 0)
			r = put(w, &t, above);
	}
	return r;
}
