/* Where the rows of a folder begin, after some were pruned (ledger.md,
 * section 7).
 *
 * A row ledger.prune {from, to, ...} lets the rows before `to` go; then their
 * segments are unlinked.  So the newest such row tells where the first kept
 * segment starts, and the tiles, which stay, tell the tree of what is gone.
 *
 * The file `pruned`, {"seq":N,"swept":BOOL,"to":N}, spares the search for
 * that row: it is derived, and believed only where the row stands, or is the
 * one that is damaged. */
#ifndef LEDGER_PRUNED_H
#define LEDGER_PRUNED_H

#include "ledger/io.h"
#include "ledger/row.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

#define PRUNED_KIND "ledger.prune"
#define PRUNED_LOST "the row that let others go is lost or cannot be read"

struct pruned {
	uint64_t to;  /* rows before it went; 0: none */
	uint64_t seq; /* of the row that let them go */
	bool swept;   /* the texts that no kept row names went, too */
	bool rest;    /* some segments before `to` still stand */
	/* By the file alone: row `seq` is lost or damaged, or behind one that
	 * is.  Good for telling which rows are bad, and for nothing else. */
	bool unproved;
	/* Not even by the file, but because of this, a clause; NULL otherwise.
	 * `seq` is then the first row that is damaged or lost. */
	const char *guessed_by;
};

/* The tree of all rows before the first kept one, and the leaf of the last of
 * them where its tile is there.  Zeroed: nothing was pruned. */
struct beginning {
	struct tree tree;
	struct digest head;
	bool head_known;
};

/* False: not the body of a row ledger.prune. */
bool pruned_parse(const char *body, size_t len, uint64_t *ret_to);

/* The same of a row; its sum is not asked. */
bool pruned_is_row(const struct row_parts *p, uint64_t *ret_to);
/* The policy that such a body names; nothing is written when it names none. */
enum { PRUNED_KEEP_SIZE = 40 };
void pruned_keep(const char *body, size_t len, char out[PRUNED_KEEP_SIZE]);

/* The first seqs of the segments that are kept, ascending, malloc'd (NULL for
 * none).  Where segments lack at the front and no row let them go, ret->to is
 * 0 and the list has its hole.  `rows`: of a segment.  Negative errno. */
int pruned_list(const struct ledger_io *io, int dir, uint64_t rows,
		uint64_t **ret_firsts, size_t *ret_n, struct pruned *ret);

/* As if a row that is lost or damaged had let all rows before the first
 * segment go: for whoever looks for that row.  n > 0; -ENOENT: there is a
 * hole behind it. */
int pruned_suppose(const struct ledger_io *io, int dir, uint64_t rows,
		   const uint64_t *firsts, size_t n, struct pruned *ret);

/* By the tiles of the rows before `to`.  Negative errno; -ENOENT, -EBADMSG:
 * they do not tell it. */
int pruned_beginning(const struct ledger_io *io, int dir, uint64_t to,
		     struct beginning *ret);
/* Which of these tiles is missing, or is none; false: all are there. */
bool pruned_bad_tile(const struct ledger_io *io, int dir, uint64_t to,
		     char out[TILE_PATH_SIZE]);
/* The leaf of a row of which only the tile is left.  The same errors. */
int pruned_leaf(const struct ledger_io *io, int dir, uint64_t seq,
		struct digest *ret);

/* Replaces the file `pruned`; its name is durable only after a sync of the
 * directory.  Negative errno. */
int pruned_put(const struct ledger_io *io, int dir, const struct pruned *p);

#endif
