/* A quick start trusts the sealed segments that it need not read: it knows
 * their names, the last row of the newest of them, and, by their tiles, a
 * tree that fits the newest checkpoint.  Here all that are signed are read
 * after all, a segment to a batch of the worker: each row with its sum and
 * the chain, and at the end the tree of all of them against the one that the
 * start believed.  A tile that lacks or is wrong is made again.
 *
 * Sealed segments do not change, so nothing here depends on what is appended
 * meanwhile. */
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/spans.h"
#include "ledger/tile_store.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

struct step {
	struct ledger *l;
	struct inspection at; /* taken over when all went well */
	uint64_t end;
	struct walk walk;
	struct tile_writer tiles;
};

static int
tile_error(struct step *s, int r)
{
	return raw_error(&s->l->batch.err, r, "%s/tile", s->l->path);
}

static int
check_tile(struct step *s, uint64_t index)
{
	int r;

	if (tile_writer_has(&s->tiles, index, s->at.leaves))
		return 0;
	r = tile_writer_put(&s->tiles, index, s->at.leaves);
	/* One below it lacks, too: the next start makes all of them. */
	if (r == -ENOENT || r == -EBADMSG)
		return 0;
	return r < 0 ? tile_error(s, r) : 0;
}

static int
check_row(struct step *s, const struct walk_row *row)
{
	size_t at = s->at.tree.size % TILE_WIDTH * DIGEST_LEN;

	memcpy(s->at.leaves + at, row->leaf.bytes, DIGEST_LEN);
	tree_append(&s->at.tree, &row->leaf);
	s->at.head = row->leaf;
	s->at.head_known = true;
	s->at.dur = row->parts.dur;
	if (row->parts.kind_len == strlen(REKEY_KIND) &&
	    memcmp(row->parts.kind, REKEY_KIND, row->parts.kind_len) == 0 &&
	    row->parts.seq < s->at.rotated)
		s->at.rotated = row->parts.seq;
	if (s->at.tree.size % TILE_WIDTH != 0)
		return 0;
	return check_tile(s, row->parts.seq / TILE_WIDTH);
}

/* Up to the next good row, or to the end of the segment. */
static int
bad_row(struct step *s, int fd)
{
	const struct walk *w = &s->walk;
	struct spans spans = {.next_good = s->end};
	int r = spans_read(&s->l->io, fd, w->place, w->seq, &spans);

	if (r < 0)
		return raw_error(&s->l->batch.err, r, "%s: reading sealed rows",
				 s->l->path);
	return batch_damage(
	    s->l, w->seq,
	    (spans.next_good < s->end ? spans.next_good : s->end) - 1, w->why);
}

static int
check_rows(struct step *s, int fd)
{
	struct walk *w = &s->walk;
	struct walk_row row;
	int r = 0;

	while (r == 0 && w->seq < s->end) {
		r = walk_next(w, &row);
		if (r == ERR_IO)
			return raw_error(&s->l->batch.err, w->errno_value,
					 "%s: reading sealed rows", s->l->path);
		if (r == 0)
			return batch_damage(s->l, w->seq, s->end - 1,
					    "the segment ends too early");
		if (r != 1)
			return bad_row(s, fd);
		r = check_row(s, &row);
	}
	if (r == 0 && walk_next(w, &row) != 0)
		return batch_damage(s->l, s->end - 1, s->end - 1,
				    "more bytes than rows");
	return r;
}

static int
check_segment(struct step *s, int fd)
{
	uint64_t first = s->at.tree.size;
	int r;

	r = walk_open(&s->walk, &s->l->io, fd, WALK_CHAIN, first,
		      s->at.head_known ? &s->at.head : NULL);
	if (r < 0)
		return err_set(&s->l->batch.err, r, "no memory to read rows");
	s->walk.dur = s->at.dur;
	r = check_rows(s, fd);
	walk_close(&s->walk);
	if (r < 0)
		return r;
	r = tile_writer_settle(&s->tiles);
	return r < 0 ? tile_error(s, r) : 0;
}

/* All was read: is it what the start believed? */
static int
conclude(struct step *s)
{
	struct digest found = tree_root(&s->at.tree);
	struct digest expected = tree_root(&s->at.expected);

	if (!digest_equal(&found, &expected))
		return batch_damage(s->l, s->l->beginning.tree.size,
				    s->at.rows - 1,
				    "their root is not the one that the "
				    "checkpoints rest on");
	s->at.rows = 0;
	return 0;
}

void
inspect_from(struct ledger *l, const struct tree *sealed)
{
	const struct beginning *b = &l->beginning;

	if (sealed->size <= b->tree.size)
		return;
	l->inspection.tree = b->tree;
	l->inspection.head = b->head;
	l->inspection.head_known = b->head_known;
	l->inspection.rows = l->to_inspect = sealed->size;
	l->inspection.expected = *sealed;
	l->inspection.rotated = UINT64_MAX;
	l->inspected = b->tree.size;
}

void
inspect_take_over(struct ledger *l)
{
	const struct inspection *at = &l->inspection;

	l->inspected = at->rows == 0 ? l->to_inspect : at->tree.size;
	if (at->rotated < l->rotated)
		l->rotated = at->rotated;
}

int
inspect_batch(struct ledger *l)
{
	struct step s = {.l = l, .at = l->inspection};
	uint64_t first = s.at.tree.size;
	char name[SEGMENT_NAME_SIZE];
	int fd, r, end;

	s.end = first + (uint64_t)l->id.segment_rows;
	fd = l->io.open_file(l->io.ctx, l->dir, segment_name(first, name),
			     O_RDONLY, 0);
	if (fd == -ENOENT)
		return batch_damage(l, first, s.end - 1,
				    "the segment is missing");
	if (fd == -LEDGER_NOT_A_FILE)
		return batch_damage(l, first, s.end - 1,
				    "the segment is not a regular file");
	if (fd < 0)
		return raw_error(&l->batch.err, fd, "%s/%s", l->path, name);
	tile_writer_init(&s.tiles, &l->io, l->dir, l->signer.tile_dir);
	r = check_segment(&s, fd);
	l->io.close(l->io.ctx, fd);
	end = tile_writer_end(&s.tiles);
	if (end < 0)
		return err_set_errno(&l->batch.err, ERR_POISONED, -end,
				     "%s/tile: sync failed", l->path);
	if (r == 0 && s.at.tree.size == s.at.rows)
		r = conclude(&s);
	if (r == 0)
		l->inspection = s.at;
	return r;
}
