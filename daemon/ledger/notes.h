/* Checkpoints that somebody kept: a journal, or a damaged folder.  What they
 * claim counts only when one of the ledger's keys signed them: the one that
 * LEDGER names, or one that such a key handed over to (rekey.h).
 *
 * Which of the keys was in force at a size only the rows tell that are settled
 * up to there, for each fork of the ledger may hand over as it likes. */
#ifndef LEDGER_NOTES_H
#define LEDGER_NOTES_H

#include "ledger/checkpoint.h"
#include "ledger/io.h"
#include "ledger/row.h"
#include "ledger/tree.h"

#include <stdbool.h>

struct notes;

int notes_new(const char *vkey, struct notes **ret_notes, struct err *err);
void notes_free(struct notes *n);

/* 0 also for what is passed over: no checkpoint of this ledger. */
int notes_add(struct notes *n, const char *note, size_t len, struct err *err);
/* Every row, in any order: those that change the key are taken note of, and
 * count as settled. */
int notes_add_row(struct notes *n, const struct row_parts *parts,
		  struct err *err);
/* The same of one that stands in the folder itself. */
int notes_add_own_row(struct notes *n, const struct row_parts *parts,
		      struct err *err);
/* The first of these by which a known key hands over, and which is none of the
 * settled rows.  False: there is none. */
bool notes_lost_change(struct notes *n, uint64_t *ret_seq);
/* The rows from this one on are not the settled ones after all. */
void notes_unsettle(struct notes *n, uint64_t from);
/* All rows of this tree are settled; for every size, one after another. */
void notes_settle(struct notes *n, const struct tree *tree);

/* The newest that one of the keys signed, as far as the rows so far tell
 * them; nothing is dropped.  False: there is none. */
bool notes_newest_signed(struct notes *n, struct checkpoint *ret);
/* The same without those that were refused. */
bool notes_newest_claim(struct notes *n, struct checkpoint *ret);
/* The rows are settled that this one tells, or those of them that there are: it
 * is refused when one of the keys signed it that was not in force there. */
void notes_judge(struct notes *n, const struct checkpoint *claim);
size_t notes_refused(const struct notes *n);
/* The smallest that one of the keys signed and that tells another root than
 * the settled rows have. */
bool notes_contradiction(struct notes *n, uint64_t *ret_size);
/* Drops what none of the keys signed.  After the rows. */
void notes_prove(struct notes *n);
/* The largest of at most `limit` rows; proved, or as it claims.  False: there
 * is none. */
bool notes_newest(const struct notes *n, uint64_t limit,
		  struct checkpoint *ret);
/* The smallest of at least `from` rows; the same. */
bool notes_oldest(const struct notes *n, uint64_t from, struct checkpoint *ret);

/* Whether the key signed it that is in force at its size, by the settled rows.
 */
bool notes_is_signed(const struct notes *n, const char *note, size_t len);
/* The i-th, from 0, of more than `above` rows and fewer than `below`, whoever
 * signed it; NULL: there are no more.  Valid until one is added. */
const char *notes_between(const struct notes *n, uint64_t above, uint64_t below,
			  size_t i, size_t *ret_len, uint64_t *ret_size);

/* Writes `checkpoint` and checkpoints.jsonl with the notes of at most `limit`
 * rows; neither when there is none.  Negative errno. */
int notes_put(struct notes *n, const struct ledger_io *io, int dir,
	      uint64_t limit);

#endif
