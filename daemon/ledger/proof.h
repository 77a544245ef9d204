/* The proof of one row as a text that stands by itself (C2SP tlog-proof):
 *
 *	c2sp.org/tlog-proof@v1
 *	extra <base64 of the row's line>
 *	index <seq>
 *	<base64 of a hash>           any number of them
 *
 *	<checkpoint>
 *
 * The format leaves `extra` to whoever makes the proof; ours carry the row
 * there, so that nothing else is needed.  It proves itself: its hash is the
 * leaf. */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H

#include "ledger/checkpoint.h"
#include "ledger/row.h"
#include "ledger/tree.h"

enum { PROOF_TEXT_MAX = 256 * 1024 };

struct proof {
	uint64_t index;
	struct tree_proof path;
	const char *row; /* without LF */
	size_t row_len;
	const char *note; /* the checkpoint */
	size_t note_len;
};

/* What a proof that holds has shown; points into the proof and itself. */
struct proof_shown {
	struct checkpoint checkpoint;
	struct row row;
	struct row_names names;
};

void proof_render(struct buf *out, const struct proof *p);

/* Strict.  The note stays in text; the row is decoded into `room`, which
 * has ROW_LINE_MAX bytes.  ERR_INVALID; ERR_UNSUPPORTED: another version;
 * ERR_NOT_FOUND: a proof without a row. */
int proof_parse(const char *text, size_t len, char *room, struct proof *ret,
		struct err *err);

/* Whether the row is in the tree of which a checkpoint by `key` tells.
 * ERR_DAMAGED: it is not, or another row is; ERR_NOT_FOUND: signed by
 * somebody else; ERR_INVALID: no row, or no checkpoint. */
int proof_check(const struct proof *p, const struct note_key *key,
		struct proof_shown *ret, struct err *err);

#endif
