/* Signing.  What is signed is what the files say: the rows behind the newest
 * whole tile are read back.  Rows that this process wrote are known by their
 * bytes (written.h): where all of these stand, so do their leaves and the tree
 * that grew with the acknowledgements, out of which the checkpoint before was
 * signed.  All others are read row by row, and their tree must
 *
 *   - pass through the root of the checkpoint before, at its size;
 *   - end in the root of the tree that grew with the acknowledgements.
 *
 * So no checkpoint contradicts an earlier one, and none is larger than what
 * is durable.  Tiles that become whole on the way are durable before the
 * checkpoint that covers them is signed.
 *
 * A row that reads back wrong is damage: nothing is written any more.  The
 * roots alone tell that there is one; then the rows are read again, each with
 * its `sum` and the chain, which tell where and why. */
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/tile_store.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PROGRESS_ROWS = 16384 };

struct read_back {
	struct ledger *l;
	const struct ledger_options *o; /* for progress; NULL: none */
	enum walk_depth depth;
	struct mark at;
	struct mark tiled; /* where the newest tile ended */
	uint8_t leaves[TILE_BYTES];
	struct tile_writer tiles;
	struct walk walk;
};

static int
tile_error(struct ledger *l, int r)
{
	/* Somebody may have removed some: all are made anew. */
	if (r == -ENOENT || r == -EBADMSG)
		l->signer.tiled = (struct mark){.tree = l->beginning.tree};
	return raw_error(&l->batch.err, r, "%s/tile", l->path);
}

static int
add_row(struct read_back *b, const struct walk_row *row)
{
	const struct checkpoint *newest = &b->l->signer.newest;
	size_t at = b->at.tree.size % TILE_WIDTH * DIGEST_LEN;
	struct digest leaf =
	    b->depth == WALK_CHAIN ? row->leaf : row_leaf(row->line, row->len);
	struct digest root;
	int r;

	memcpy(b->leaves + at, leaf.bytes, DIGEST_LEN);
	tree_append(&b->at.tree, &leaf);
	b->at.place = b->walk.place;
	if (b->at.tree.size == newest->size) {
		root = tree_root(&b->at.tree);
		if (!digest_equal(&root, &newest->root))
			return batch_damage(b->l, 0, newest->size - 1,
					    "their root is not the one that "
					    "was signed");
	}
	if (b->at.tree.size % TILE_WIDTH != 0)
		return 0;
	r = tile_writer_put(&b->tiles, b->at.tree.size / TILE_WIDTH - 1,
			    b->leaves);
	if (r < 0)
		return tile_error(b->l, r);
	b->tiled = b->at;
	if (b->o != NULL && b->o->progress != NULL &&
	    b->at.tree.size % PROGRESS_ROWS == 0)
		b->o->progress(b->o->progress_ctx, b->at.tree.size);
	return 0;
}

/* Rows up to `end`, which is not behind the segment. */
static int
read_rows(struct read_back *b, uint64_t end)
{
	struct walk *w = &b->walk;
	struct walk_row row;
	int r = 0;

	while (r == 0 && w->seq < end) {
		r = walk_next(w, &row);
		if (r == ERR_IO)
			return raw_error(&b->l->batch.err, w->errno_value,
					 "%s: reading rows back", b->l->path);
		if (r != 1)
			return batch_damage(b->l, w->seq, end - 1,
					    r == 0 ? "rows are missing"
						   : w->why);
		r = add_row(b, &row);
	}
	return r;
}

/* Somebody unlinked it.  What is open still has its rows: perhaps nothing else
 * has, and it ends with the process. */
static int
missing_segment(struct ledger *l, uint64_t first, uint64_t from, uint64_t to)
{
	char name[SEGMENT_NAME_SIZE], why[160];

	if (first != l->seg_first)
		return batch_damage(l, from, to - 1, "the segment is missing");
	snprintf(why, sizeof(why),
		 "the segment is missing; its rows are still in "
		 "/proc/%d/fd/%d: first copy that to %s",
		 l->io.pid(l->io.ctx), l->seg, segment_name(first, name));
	return batch_damage(l, from, to - 1, why);
}

static int
read_segment(struct read_back *b)
{
	struct ledger *l = b->l;
	uint64_t rows = (uint64_t)l->id.segment_rows, seq = b->at.tree.size;
	uint64_t first = seq / rows * rows, end = first + rows;
	char name[SEGMENT_NAME_SIZE];
	int fd, r;

	if (end > l->durable)
		end = l->durable;
	fd = l->io.open_file(l->io.ctx, l->dir, segment_name(first, name),
			     O_RDONLY, 0);
	if (fd == -ENOENT)
		return missing_segment(l, first, seq, end);
	if (fd < 0)
		return raw_error(&l->batch.err, fd, "%s/%s", l->path, name);
	walk_next_segment(&b->walk, fd);
	walk_seek(&b->walk, seq == first ? 0 : b->at.place);
	r = read_rows(b, end);
	l->io.close(l->io.ctx, fd);
	return r;
}

static int
read_all(struct read_back *b)
{
	int r;

	r = walk_open(&b->walk, &b->l->io, -1, b->depth, b->at.tree.size, NULL);
	if (r < 0)
		return err_set(&b->l->batch.err, r, "no memory to read back");
	while (r == 0 && b->at.tree.size < b->l->durable)
		r = read_segment(b);
	walk_close(&b->walk);
	return r;
}

/* The tiles get their names when the tree is the one that is expected. */
static int
conclude(struct read_back *b, const struct digest *expected)
{
	struct digest root = tree_root(&b->at.tree);
	struct ledger *l = b->l;
	int r;

	if (expected != NULL && !digest_equal(&root, expected))
		return batch_damage(l, l->signer.newest.size, l->durable - 1,
				    "they are not the rows that were written");
	r = tile_writer_settle(&b->tiles);
	return r < 0 ? tile_error(l, r) : 0;
}

static int
read_back(struct ledger *l, const struct ledger_options *o,
	  enum walk_depth depth, const struct digest *expected)
{
	struct read_back b = {
	    .l = l, .o = o, .depth = depth, .at = l->signer.tiled};
	int r, end;

	b.tiled = b.at;
	tile_writer_init(&b.tiles, &l->io, l->dir, l->signer.tile_dir);
	r = read_all(&b);
	if (r == 0)
		r = conclude(&b, expected);
	end = tile_writer_end(&b.tiles);
	if (end < 0)
		return err_set_errno(&l->batch.err, ERR_POISONED, -end,
				     "%s/tile: sync failed", l->path);
	if (r == 0)
		l->signer.tiled = b.tiled;
	return r;
}

int
sign_read_back(struct ledger *l, const struct ledger_options *o)
{
	return read_back(l, o, WALK_CHAIN, NULL);
}

bool
sign_is_due(const struct ledger *l)
{
	const struct signer *s = &l->signer;

	if (l->damaged || l->unsigned_why[0] != '\0' || l->durable < s->from)
		return false;
	return l->durable > s->newest.size || !s->logged || !s->shown;
}

void
sign_take_over(struct ledger *l)
{
	const struct signer *s = &l->signer;

	l->checkpoint_size = s->newest.size;
	l->checkpoint_root = s->newest.root;
	buf_free(&l->checkpoint_note);
	buf_add(&l->checkpoint_note, s->note.data, s->note.len);
	prune_signed(l);
}

static int
make_note(struct ledger *l, const struct digest *root)
{
	struct signer *s = &l->signer;
	struct checkpoint c = {.size = l->durable, .root = *root};
	struct buf note = {0};
	int r;

	memcpy(c.origin, l->id.origin, sizeof(c.origin));
	r = checkpoint_sign(&c, s->seed, &note, &l->batch.err);
	if (r == 0 && note.failed)
		r = err_set(&l->batch.err, ERR_NOMEM,
			    "no memory for a checkpoint");
	if (r < 0) {
		buf_free(&note);
		return r;
	}
	buf_free(&s->note);
	s->note = note;
	s->newest = c;
	s->logged = s->shown = false;
	return 0;
}

int
sign_publish(struct ledger *l)
{
	int r = 0;

	if (l->signer.newest.size == 0)
		return 0;
	if (!l->signer.logged)
		r = checkpoints_log(l);
	if (r == 0 && !l->signer.shown)
		r = checkpoints_show(l);
	return r;
}

/* Puts the whole tiles of what was written and stands; the same order. */
static int
put_tiles(struct ledger *l)
{
	struct written *w = &l->signer.written;
	uint64_t tiles = w->n / TILE_WIDTH;
	struct tile_writer out;
	int r = 0, end;

	if (tiles == 0)
		return 0;
	tile_writer_init(&out, &l->io, l->dir, l->signer.tile_dir);
	for (uint64_t i = 0; r == 0 && i < tiles; i++)
		r = tile_writer_put(&out, w->from / TILE_WIDTH + i,
				    w->leaves + i * TILE_BYTES);
	if (r == 0)
		r = tile_writer_settle(&out);
	if (r < 0)
		r = tile_error(l, r);
	end = tile_writer_end(&out);
	if (end < 0)
		return err_set_errno(&l->batch.err, ERR_POISONED, -end,
				     "%s/tile: sync failed", l->path);
	if (r < 0)
		return r;
	l->signer.tiled.place = written_drop_tiles(w);
	l->signer.tiled.tree = l->tiles;
	return 0;
}

/* The rows behind the tiles are the ones that were written: their tiles
 * become durable. */
static int
look_back(struct ledger *l)
{
	struct signer *s = &l->signer;
	struct digest grown = tree_root(&l->tree);
	int r;

	if (written_stands(&s->written, &l->io, l->dir, s->tiled.tree.size,
			   l->durable))
		return put_tiles(l);
	r = read_back(l, NULL, WALK_LINES, &grown);
	if (r == ERR_DAMAGED)
		r = read_back(l, NULL, WALK_CHAIN, &grown);
	if (r == 0)
		written_begin(&s->written, s->tiled.tree.size, l->durable);
	return r;
}

int
sign_batch(struct ledger *l)
{
	struct digest grown = tree_root(&l->tree);
	int r;

	/* One that was signed already comes first. */
	r = sign_publish(l);
	if (r < 0 || l->durable == l->signer.newest.size)
		return r;
	r = look_back(l);
	if (r < 0)
		return r;
	r = make_note(l, &grown);
	return r < 0 ? r : sign_publish(l);
}
