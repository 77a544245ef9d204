/* The signer's part of a start: where the tiles end, whether the newest
 * checkpoint stands in both of its files for certain, and whose turn it is to
 * sign.  The first checkpoint itself is a batch of the worker's.
 *
 * Tiles that a checkpoint covers are durable before it.  Where they are not
 * there (an earlier build wrote the ledger, or somebody deleted them), they
 * are made from the rows, all of which are read for that. */
#include "ledger/survey.h"
#include "ledger/tile_store.h"

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

int
resume_signing(struct ledger *l, const struct survey *s,
	       const struct ledger_options *o, bool mended,
	       struct ledger_recovery *rec, struct err *err)
{
	int r;

	l->signer.log_named = !mended && l->signer.count > 0;
	if (mended) {
		checkpoints_doubt(l);
		r = sign_publish(l);
		if (r == ERR_POISONED)
			return err_set(err, ERR_IO, "%s", l->batch.err.text);
		/* Without room the first batch tries again. */
	}
	sign_take_over(l);
	l->want_sign = mended || (l->signer.newest.size == 0 && !rec->created);
	r = take_tiles(l, s, o, rec, err);
	written_init(&l->signer.written, (uint64_t)l->id.segment_rows);
	written_begin(&l->signer.written, l->signer.tiled.tree.size,
		      l->durable);
	if (r == 0 && !l->damaged)
		r = hand_over_key(l, o, err);
	return r;
}
