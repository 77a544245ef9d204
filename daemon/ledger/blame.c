/* Tiles are written when their rows are and never again.  Where they still
 * tell what was signed, they are a witness for each single row. */
#include "ledger/blame.h"
#include "ledger/hashes.h"

static bool
tiles_tell_root(struct hashes *tiles, const struct checkpoint *c)
{
	struct digest root;
	struct tree t;

	if (tree_load(&t, c->size, hashes_node, tiles) < 0)
		return false;
	root = tree_root(&t);
	return digest_equal(&root, &c->root);
}

static int
find_difference(struct hashes *tiles, struct hashes *rows, uint64_t from,
		uint64_t size, uint64_t *ret_seq)
{
	for (uint64_t seq = from; seq < size; seq++) {
		struct digest told, found;

		if (hashes_node(tiles, 0, seq, &told) < 0 ||
		    hashes_node(rows, 0, seq, &found) < 0)
			return ERR_NOT_FOUND;
		if (!digest_equal(&told, &found)) {
			*ret_seq = seq;
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}

/* Also a tile that was filled after the checkpoint was signed tells of its
 * rows. */
static uint64_t
rows_at_most(const struct folder *f)
{
	return f->n == 0 ? 0
			 : f->firsts[f->n - 1] + (uint64_t)f->id.segment_rows;
}

int
blame_row(const struct folder *f, const struct checkpoint *c, uint64_t from,
	  uint64_t *ret_seq)
{
	struct hashes tiles, rows;
	int r = ERR_NOT_FOUND;

	hashes_init(&tiles, f, rows_at_most(f));
	hashes_init(&rows, f, 0); /* no tile is asked */
	if (tiles_tell_root(&tiles, c))
		r = find_difference(&tiles, &rows, from, c->size, ret_seq);
	hashes_fini(&tiles);
	hashes_fini(&rows);
	return r;
}
