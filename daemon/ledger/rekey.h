/* key.rotate: from one signing key to the next.
 *
 * The row's body is {"new_vkey","old_vkey","signature"}.  The signature is by
 * the old key, in the form of a line of a signed note, over
 *
 *	evidenced key.rotate LF old_vkey LF new_vkey LF
 *
 * which cannot be the text of a checkpoint: no origin has a space.  A
 * checkpoint of size S is signed by the new key of the newest such row with
 * seq < S, or, when there is none, by the key that LEDGER names. */
#ifndef LEDGER_REKEY_H
#define LEDGER_REKEY_H

#include "ledger/note.h"

#define REKEY_KIND "key.rotate"

enum { REKEY_ID_SIZE = 40 };

/* key.rotate.<old key id>.<new key id>: the same change is one row. */
char *rekey_id(const struct note_key *old, const struct note_key *new,
	       char out[REKEY_ID_SIZE]);
/* Appends the body; old_seed is the one of `old`. */
int rekey_body(struct buf *out, const struct note_key *old,
	       const uint8_t old_seed[NOTE_SEED_LEN],
	       const struct note_key *new, struct err *err);
/* Strict.  ERR_INVALID: not such a body, or not signed by the key that it
 * calls the old one. */
int rekey_parse(const char *body, size_t len, struct note_key *ret_old,
		struct note_key *ret_new, struct err *err);

#endif
