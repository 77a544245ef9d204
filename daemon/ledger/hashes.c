/* A node is looked for in its tile.  Without one, a node that lies within a
 * segment comes from the leaves of that segment, which are kept for the next
 * question; a larger one is made from its halves.  So a proof without tiles
 * reads every row once, and one with them a few small files. */
#include "ledger/hashes.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/walk.h"

#include <inttypes.h>
#include <stdlib.h>

void
hashes_init(struct hashes *h, const struct folder *f, uint64_t size)
{
	*h = (struct hashes){.folder = f, .size = size};
	tile_reader_init(&h->tiles, f->io, f->dir, size);
}

void
hashes_fini(struct hashes *h)
{
	free(h->leaves);
	h->leaves = NULL;
}

/* By the whole tile of the node itself. */
static bool
from_tile(struct hashes *h, unsigned level, uint64_t index, struct digest *ret)
{
	struct tile tile = tile_of_node(level, index);

	return tile.index < tile_full_count(h->size, tile.level) &&
	       tile_reader_node(&h->tiles, level, index, ret) == 0;
}

/* The leaves of the rows that the walk finds. */
static int
walk_leaves(struct hashes *h, struct walk *w)
{
	size_t most = (size_t)h->folder->id.segment_rows;
	struct walk_row row;
	int r;

	h->n_leaves = 0;
	while (h->n_leaves < most && (r = walk_next(w, &row)) == 1)
		h->leaves[h->n_leaves++] = row.leaf;
	if (h->n_leaves < most && r == ERR_IO)
		return raw_error(&h->err, w->errno_value, "%s",
				 h->folder->path);
	if (h->n_leaves < most && r == ERR_INVALID && !w->no_line)
		return err_set(&h->err, ERR_DAMAGED,
			       "%s: row %" PRIu64
			       ": %s; run evidencectl verify",
			       h->folder->path, w->seq, w->why);
	return 0;
}

static int
load_segment(struct hashes *h, uint64_t first)
{
	const struct folder *f = h->folder;
	size_t rows = (size_t)f->id.segment_rows;
	struct walk w;
	int fd, r;

	if (h->leaves != NULL && h->first == first)
		return 0;
	if (h->leaves == NULL)
		h->leaves = calloc(rows, sizeof(h->leaves[0]));
	if (h->leaves == NULL)
		return err_set(&h->err, ERR_NOMEM, "no memory for hashes");
	h->first = UINT64_MAX;
	if (first < f->pruned.to)
		return err_set(&h->err, ERR_NOT_FOUND,
			       "%s/tile: tiles of the rows before %" PRIu64
			       ", which were pruned, are missing; take them "
			       "from a copy",
			       f->path, f->pruned.to);
	fd = folder_open_segment(f, first, &h->err);
	if (fd < 0)
		return fd == ERR_NOT_FOUND
			   ? folder_say_missing(f, first, &h->err)
			   : fd;
	r = walk_open(&w, f->io, fd, WALK_CHAIN, first, NULL);
	if (r == 0)
		r = walk_leaves(h, &w);
	else
		err_set(&h->err, r, "no memory to read %s", f->path);
	walk_close(&w);
	f->io->close(f->io->ctx, fd);
	if (r == 0)
		h->first = first;
	return r;
}

static int
from_leaves(struct hashes *h, uint64_t start, uint64_t end, struct digest *ret)
{
	uint64_t rows = (uint64_t)h->folder->id.segment_rows;
	struct tree part;
	int r;

	r = load_segment(h, start / rows * rows);
	if (r < 0)
		return r;
	if (end - h->first > h->n_leaves)
		return err_set(&h->err, ERR_DAMAGED,
			       "%s: row %" PRIu64
			       " is missing; run evidencectl verify",
			       h->folder->path, h->first + h->n_leaves);
	tree_init(&part);
	for (uint64_t i = start; i < end; i++)
		tree_append(&part, &h->leaves[i - h->first]);
	*ret = tree_root(&part);
	return 0;
}

int
hashes_node(void *hashes, unsigned level, uint64_t index, struct digest *ret)
{
	struct hashes *h = hashes;
	uint64_t rows = (uint64_t)h->folder->id.segment_rows;
	uint64_t start = index << level, end = (index + 1) << level;
	struct digest left, right;
	int r;

	if (from_tile(h, level, index, ret))
		return 0;
	/* Of rows that were pruned there are only the tiles below. */
	if (start / rows == (end - 1) / rows &&
	    (start >= h->folder->pruned.to || level < TILE_HEIGHT))
		return from_leaves(h, start, end, ret);
	r = hashes_node(h, level - 1, 2 * index, &left);
	if (r == 0)
		r = hashes_node(h, level - 1, 2 * index + 1, &right);
	if (r == 0)
		*ret = tree_node(&left, &right);
	return r;
}
