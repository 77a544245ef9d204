/* The signer's part of a start: where the tiles end, whether the newest
 * checkpoint stands in both of its files for certain, and whose turn it is to
 * sign.  The first checkpoint itself is a batch of the worker's.
 *
 * Tiles that a checkpoint covers are durable before it.  Where they are not
 * there (an earlier build wrote the ledger, or somebody deleted them), they
 * are made from the rows, all of which are read for that.
 *
 * Checkpoints that were lost are told by a row, which is durable before
 * anything is signed anew. */
#include "ledger/survey.h"
#include "ledger/tile_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* Whether the tiles of all rows up to the mark are there, by their root. */
static bool
has_tiles(const struct ledger *l, const struct mark *mark)
{
	struct digest found, expected = tree_root(&mark->tree);
	struct tile_reader reader;
	struct tree tree;

	tile_reader_init(&reader, &l->io, l->dir, mark->tree.size);
	if (tree_load(&tree, mark->tree.size, tile_reader_node, &reader) < 0)
		return false;
	found = tree_root(&tree);
	return digest_equal(&found, &expected);
}

static int
take_tiles(struct ledger *l, const struct survey *s,
	   const struct ledger_options *o, struct ledger_recovery *rec,
	   struct err *err)
{
	struct batch *b = &l->batch;
	uint64_t gone = l->beginning.tree.size;
	int r;

	l->signer.tiled.tree = l->beginning.tree;
	if (has_tiles(l, &s->tiled))
		l->signer.tiled = s->tiled;
	if (l->signer.tiled.tree.size > gone ||
	    l->durable - gone < TILE_WIDTH) {
		inspect_from(l, &s->sealed);
		return 0;
	}
	/* Tiles are made of rows that the survey may not have read. */
	inspect_from(l, &s->trusted);
	r = sign_read_back(l, o);
	if (r == ERR_DAMAGED) {
		l->damaged = true;
		recover_report_damage(l, b->damage_from, b->damage_to,
				      b->err.text, rec);
		return 0;
	}
	if (r < 0 && err != NULL)
		*err = b->err;
	/* No room for tiles is no reason not to start. */
	return r == ERR_POISONED || r == ERR_NOMEM ? ERR_IO : 0;
}

/* The row of a change of the key: the new one signs nothing before it. */
static int
hand_over_key(struct ledger *l, const struct ledger_options *o, struct err *err)
{
	const struct row_draft draft = {.at = o->now,
					.id = l->rekey.id,
					.kind = REKEY_KIND,
					.body = buf_text(&l->rekey.body),
					.body_len = l->rekey.body.len};
	uint64_t seq;
	int r;

	if (l->rekey.body.len == 0)
		return 0;
	r = ledger_append(l, &draft, &seq, err);
	if (r == 0)
		seq = l->durable + l->queue.n - 1;
	if (r >= 0)
		l->signer.from = seq + 1;
	return r < 0 ? r : 0;
}

/* The earliest build made neither checkpoints nor tiles; who signs keeps the
 * first tile from its last row on. */
static bool
has_tile_due(const struct ledger *l)
{
	int dir;

	if (l->durable < TILE_WIDTH)
		return true;
	dir = l->io.open_dir(l->io.ctx, l->dir, "tile");
	if (dir >= 0)
		l->io.close(l->io.ctx, dir);
	return dir != -ENOENT;
}

/* mended: it is not known that the process before came to its end. */
static struct loss
judge_loss(const struct ledger *l, const struct survey *s, bool mended)
{
	const struct unsigned_rows *u = &s->unsigned_rows;
	uint64_t covered = l->signer.newest.size;
	struct loss loss = {.from = covered, .to = l->durable};

	loss.why = unsigned_rows_due(u, (uint64_t)l->id.segment_rows);
	if (loss.why == NULL && !u->told && s->beginning.tree.size > covered)
		loss.why = "rows were pruned";
	if (loss.why == NULL && covered == 0 && !mended && s->stopped)
		loss.why = "the daemon was stopped";
	if (loss.why != NULL) {
		loss.what = covered > 0 || has_tile_due(l) ? LOST_CHECKPOINTS
							   : LOST_OR_NEVER;
	} else if (l->signer.log_short && !u->told) {
		loss.what = LOST_LOG;
		loss.from = l->signer.log_rows;
		loss.to = covered;
	}
	return loss;
}

/* Nothing is signed before the row is durable. */
static int
tell_loss(struct ledger *l, const struct loss *loss,
	  const struct ledger_options *o, struct ledger_recovery *rec,
	  struct err *err)
{
	uint64_t seq = l->durable + l->queue.n;
	struct row_draft draft = {.at = o->now, .kind = LOST_KIND};
	char id[ROW_ID_MAX + 1];
	struct buf body = {0};
	int r;

	if (loss->what == LOST_NOTHING)
		return 0;
	lost_body(loss, &body);
	snprintf(id, sizeof(id), "recovered.unsigned.%" PRIu64, seq);
	draft.id = id;
	draft.body = buf_text(&body);
	draft.body_len = body.len;
	r = body.failed ? err_set(err, ERR_NOMEM, "no memory to tell a loss")
			: ledger_append(l, &draft, NULL, err);
	buf_free(&body);
	if (r < 0)
		return r;
	l->signer.from = seq + 1;
	lost_words(loss, l->path, seq, rec->lost, sizeof(rec->lost));
	return 0;
}

int
resume_signing(struct ledger *l, const struct survey *s,
	       const struct ledger_options *o, bool mended,
	       struct ledger_recovery *rec, struct err *err)
{
	struct loss loss = {.what = LOST_NOTHING};
	int r = 0;

	if (!rec->created)
		loss = judge_loss(l, s, mended);
	l->signer.log_named = !mended && l->signer.count > 0;
	if (mended)
		checkpoints_doubt(l);
	log_check_from(l);
	if (mended) {
		/* The log must not grow before the row that tells of it. */
		if (!l->signer.log_short || loss.what == LOST_NOTHING)
			r = sign_publish(l);
		if (r == ERR_POISONED)
			return err_set(err, ERR_IO, "%s", l->batch.err.text);
		/* Without room the first batch tries again. */
	}
	sign_take_over(l);
	l->want_sign = mended || loss.what != LOST_NOTHING ||
		       (l->signer.newest.size == 0 && !rec->created);
	r = take_tiles(l, s, o, rec, err);
	written_init(&l->signer.written, (uint64_t)l->id.segment_rows);
	written_begin(&l->signer.written, l->signer.tiled.tree.size,
		      l->durable);
	if (r == 0 && !l->damaged)
		r = tell_loss(l, &loss, o, rec, err);
	if (r == 0 && !l->damaged)
		r = hand_over_key(l, o, err);
	return r;
}
