/* A repair at work; private to repair*.c. */
#ifndef LEDGER_REPAIR_INSIDE_H
#define LEDGER_REPAIR_INSIDE_H

#include "ledger/inside.h"
#include "ledger/notes.h"
#include "ledger/patch.h"
#include "ledger/repair.h"
#include "ledger/tree.h"

/* Rows 0 to tree.size-1 are settled. */
struct repair {
	const struct repair_options *o;
	struct folder f;
	struct ledger lock; /* only what lock_take() needs of it */
	struct notes *notes;
	struct checkpoint claim; /* that the rows must meet; size 0: none */
	bool claim_holds;
	bool has_own;	   /* the folder has checkpoints of its own */
	bool contradicted; /* the row of o->witness_leaf is another one */
	/* The own rows are not the ones that were signed or seen: those from
	 * elsewhere come first. */
	bool distrust;
	uint64_t durable;   /* rows that must have been */
	uint64_t segments;  /* there should be */
	uint64_t size;	    /* rows in one */
	struct tree tree;   /* of the rows so far */
	struct digest head; /* the newest of them */
	uint64_t prune_to;  /* of the newest row ledger.prune so far; 0: none */
	size_t tiles;	    /* that were put right */
	struct patch patch;
	struct buf kept; /* kept.jsonl as it should be; empty: as it is */
	struct repair_result result;
};

/* What a segment holds as it stands. */
struct finding {
	uint64_t end; /* rows [first, end) hang together */
	bool clean;   /* nothing behind them */
	struct tree tree;
	struct digest head;
	uint64_t prune_to;
};

/* Rows of one segment that are wanted. */
struct wanted {
	uint64_t first, end; /* at least */
	bool newest;	     /* more may follow */
	bool last_known;
	struct digest last; /* leaf of row end-1 */
	uint64_t stood;	    /* rows [first, stood) hang together there; 0 */
	/* What stands there; NULL: it is not good.  When the rows turn out to
	 * be these very ones, nothing is put together. */
	const struct finding *found;
};

/* What stands in the segment, behind the settled rows. */
int repair_look(struct repair *r, uint64_t first, struct finding *found,
		struct err *err);
/* The leaf that the first row of a segment names as the one before it. */
bool repair_prev_of(const struct repair *r, uint64_t first, struct digest *ret);
/* The largest dur in any whole line of a segment. */
int repair_known_durable(const struct repair *r, uint64_t first, uint64_t *ret,
			 struct err *err);
/* Puts the segment together, and settles its rows.  1: want->found is right.
 * ERR_NOT_FOUND, with the rows that lack; ERR_DAMAGED: two claim one seq. */
int repair_rebuild(struct repair *r, struct wanted *want, struct err *err);

/* repair_signed.c: all checkpoints of a folder into notes, whoever signed
 * them; a line that is none is passed over. */
int repair_read_notes(const struct ledger_io *io, int dir, const char *path,
		      struct notes *notes, struct err *err);
/* The same of the copy, if there is one: a newer one binds the rows, too. */
int repair_ask_copy(struct repair *r, struct err *err);
/* The newest one, of whoever signed it: the first claim. */
void repair_first_claim(struct repair *r);
/* After the rows: whether a key signed the newest one, or there is none. */
bool repair_knows_signer(struct repair *r);
/* After the rows: false when the claim is the newest checkpoint that a key
 * signed, and its rows do not say that it was another one's turn; else the next
 * such is the claim now, and the rows must be gone through again. */
bool repair_next_claim(struct repair *r);
/* Rows of the claim are nowhere, whichever are taken: the same, when those that
 * are there say that it was another key's turn. */
bool repair_drop_claim(struct repair *r);
/* After the last claim: ERR_DAMAGED where a key signed other rows, too, or
 * handed over in one that stands here and would go. */
int repair_check_others(struct repair *r, struct err *err);
/* Whether the rows are those of the claim, where a key signed it, and the one
 * that was seen. */
int repair_check_claim(struct repair *r, struct err *err);
/* After all rows: they are whole, and not those. */
bool repair_is_other(const struct repair *r);

/* repair_log.c: all checkpoints that the sources have into r->notes, whoever
 * signed them. */
int repair_ask_notes(struct repair *r, struct err *err);
/* Makes checkpoints.jsonl whole, as far as the sources can;
 * after the rows are put. */
int repair_log(struct repair *r, struct err *err);

/* repair_secret.c: puts a secret where there is none. */
int repair_secret(struct repair *r, struct err *err);

/* repair_remnant.c: finds what kept.jsonl should hold, which is missing or
 * wrong.  ERR_NOT_FOUND, with the row that lacks. */
int repair_find_remnants(struct repair *r, struct err *err);
/* After the rows: a kept.jsonl that is good as far as it goes may lack a change
 * of the key; where that explains who signed the newest checkpoint, it is made
 * anew. */
int repair_complete_remnants(struct repair *r, struct err *err);
/* Whether they name every key that the rows and the newest checkpoint ask for;
 * after the rows.  ERR_NOT_FOUND. */
int repair_check_remnants(struct repair *r, struct err *err);
/* Writes them, when there are any to write; the old file goes to quarantine/.
 */
int repair_put_remnants(struct repair *r, struct err *err);

/* repair_tiles.c: puts the tiles of rows that were pruned right, as far as a
 * signed root proves them; before the rows. */
int repair_tiles(struct repair *r, struct err *err);

enum witness { SILENT, AGREES, CONTRADICTS };

/* repair_witness.c: the newest checkpoint of the folder that the key of this
 * identity signed; size 0: it signed none. */
int repair_signed_by(const struct ledger_io *io, int dir, const char *path,
		     const struct identity *id, struct checkpoint *ret,
		     struct err *err);
/* What the rows behind row 0 say of it, which is that of `id`: whether its
 * segment goes on in the next one, and whether they have the root of this
 * checkpoint (size 0: of none). */
int repair_ask_chain(const struct ledger_io *io, int dir,
		     const struct identity *id, const struct checkpoint *sign,
		     enum witness *ret, struct err *err);

/* repair_identity.c: copies a file to quarantine/, under its path, with '-' for
 * each '/', and what it holds; nothing when there is none.  Negative errno. */
int repair_keep_old(const struct ledger_io *io, int dir, const char *name);

#endif
