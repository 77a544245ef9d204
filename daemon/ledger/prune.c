/* The order in which rows go:
 *
 *   1  the row ledger.prune is durable, like any row
 *   2  kept.jsonl with what must outlive them, the file `pruned`, and
 *      SHA256SUMS without the lines that go, synced
 *   3  the segments are unlinked, the oldest first, and the folder is synced
 *
 * A crash in 3 leaves any of the segments; the row tells every reader, and
 * the next start, that they are no more.  Nothing goes without the tiles that
 * stand for it: they are asked here for the tree that the kept rows follow. */
#include "ledger/prune.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/remnant.h"
#include "ledger/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static enum prune_stop
find_stop(const struct ledger *l, uint64_t first)
{
	uint64_t end = first + (uint64_t)l->id.segment_rows;

	if (end + l->id_window > l->durable || end % TILE_WIDTH != 0)
		return PRUNE_NEWEST;
	if (end > l->checkpoint_size)
		return PRUNE_UNSIGNED;
	if (l->inspected < l->to_inspect)
		return PRUNE_UNREAD;
	return PRUNE_FREE;
}

static int
read_ends(const struct ledger *l, struct prune_segment *s, struct err *err)
{
	char name[SEGMENT_NAME_SIZE];
	struct segment_row row;
	int fd, r;

	fd = l->io.open_file(l->io.ctx, l->dir, segment_name(s->first, name),
			     O_RDONLY, 0);
	if (fd < 0)
		return raw_error(err, fd, "%s/%s", l->path, name);
	r = segment_first_row(&l->io, fd, s->first, &row);
	if (r == 0) {
		s->oldest = s->newest = row.at;
		r = segment_last_row(&l->io, fd, s->end - 1, &row);
	}
	l->io.close(l->io.ctx, fd);
	if (r < 0)
		return raw_error(err, r, "%s/%s", l->path, name);
	if (r == 1)
		return err_set(err, ERR_DAMAGED,
			       "%s/%s: not the rows that its name says; run "
			       "evidencectl verify",
			       l->path, name);
	if (row.at.us < s->oldest.us)
		s->oldest = row.at;
	if (row.at.us > s->newest.us)
		s->newest = row.at;
	return 0;
}

int
ledger_prunable(const struct ledger *l, uint64_t first,
		struct prune_segment *ret, struct err *err)
{
	struct prune_segment s = {.first = first,
				  .end = first + (uint64_t)l->id.segment_rows};
	enum prune_stop stop = find_stop(l, first);
	int r;

	if (stop != PRUNE_FREE)
		return (int)stop;
	r = read_ends(l, &s, err);
	if (r == 0)
		*ret = s;
	return r;
}

int
ledger_prune_digest(const struct ledger *l, uint64_t from, uint64_t to,
		    struct digest *ret, struct err *err)
{
	int r = sums_digest(&l->io, l->dir, (uint64_t)l->id.segment_rows, from,
			    to, ret);

	if (r == -ENOENT)
		return err_set(err, ERR_DAMAGED,
			       "%s/" LEDGER_SUMS_NAME
			       ": lines of sealed segments are missing; the "
			       "next start makes them again",
			       l->path);
	return r < 0 ? raw_error(err, r, "%s/" LEDGER_SUMS_NAME, l->path) : 0;
}

/* Whatever a row says, what is not safe does not go. */
static bool
may_go(const struct ledger *l, const struct pruned *p)
{
	uint64_t to = p->to;

	return to > l->kept_from && to <= p->seq &&
	       to % (uint64_t)l->id.segment_rows == 0 && to % TILE_WIDTH == 0 &&
	       to <= l->checkpoint_size && to + l->id_window <= l->durable;
}

void
prune_note(struct ledger *l, const struct row_draft *row, uint64_t seq)
{
	struct pruned found = {.seq = seq};

	if (strcmp(row->kind, PRUNED_KIND) != 0 ||
	    !pruned_parse(row->body, row->body_len, &found.to) ||
	    !may_go(l, &found))
		return;
	l->pruned = found;
	l->prune_due = true;
}

void
prune_resume(struct ledger *l, const struct pruned *found)
{
	l->kept_from = l->beginning.tree.size;
	l->pruned = *found;
	if (found->to > l->kept_from && !may_go(l, found))
		return;
	l->prune_due = found->to > l->kept_from || found->rest;
	l->sweep.on = found->to > 0 && !found->swept;
}

void
prune_signed(struct ledger *l)
{
	if (may_go(l, &l->pruned))
		l->prune_due = true;
}

static int
sync_folder(struct ledger *l)
{
	int r = l->io.fsync_dir(l->io.ctx, l->dir);

	return r < 0 ? err_set_errno(&l->batch.err, ERR_POISONED, -r,
				     "%s: sync of the folder failed", l->path)
		     : 0;
}

static int
unlink_segments(struct ledger *l, uint64_t to)
{
	char name[SEGMENT_NAME_SIZE];
	uint64_t *firsts;
	size_t n;
	int r;

	r = segment_list(&l->io, l->dir, &firsts, &n);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < n && firsts[i] < to; i++)
		r = l->io.unlink(l->io.ctx, l->dir,
				 segment_name(firsts[i], name));
	free(firsts);
	return r;
}

/* Row 0, and those that changed the key.  Where not all rows were read since
 * the start, nobody knows the first of these. */
static int
keep_remnants(struct ledger *l)
{
	uint64_t rotated = l->inspected < l->to_inspect ? 0 : l->rotated;
	struct err why;
	int r = remnant_keep(&l->io, l->dir, l->pruned.to, rotated, &why);

	if (r == 0)
		return 0;
	/* What is wrong with them stops no rows. */
	return err_set(&l->batch.err, r == ERR_FULL ? r : ERR_IO,
		       "%s: no row goes: %s", l->path, why.text);
}

/* Readers, and the next start, find the way at once. */
static int
announce(struct ledger *l)
{
	uint64_t gone = l->pruned.to - l->beginning.tree.size;
	int r = keep_remnants(l);

	if (r < 0)
		return r;
	r = pruned_put(&l->io, l->dir, &l->pruned);
	if (r == 0)
		r = sums_drop(l, gone / (uint64_t)l->id.segment_rows);
	return r < 0 ? raw_error(&l->batch.err, r, "%s: pruning", l->path)
		     : sync_folder(l);
}

int
prune_batch(struct ledger *l)
{
	struct beginning b;
	int r;

	r = pruned_beginning(&l->io, l->dir, l->pruned.to, &b);
	if (r < 0)
		return raw_error(&l->batch.err, r,
				 "%s/tile: no row goes without its tiles",
				 l->path);
	r = announce(l);
	if (r < 0)
		return r;
	l->beginning = b;
	r = unlink_segments(l, l->pruned.to);
	if (r < 0)
		return raw_error(&l->batch.err, r, "%s: pruning", l->path);
	return sync_folder(l);
}

void
prune_take_over(struct ledger *l, bool done)
{
	struct tree expected = l->inspection.expected;

	l->prune_due = false;
	l->kept_from = l->beginning.tree.size;
	/* A start that finishes it has not read these rows again. */
	if (l->inspection.rows > 0 && l->inspection.tree.size < l->kept_from) {
		l->inspection.rows = 0;
		l->inspected = l->to_inspect;
		inspect_from(l, &expected);
	}
	if (!done)
		return;
	sweep_end(&l->sweep);
	l->sweep.on = true;
}
