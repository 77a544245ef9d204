/* Checkpoints that somebody kept: a journal, or a damaged folder.  What they
 * claim counts only when one of the ledger's keys signed them: the one that
 * LEDGER names, or one that such a key handed over to (rekey.h). */
#ifndef LEDGER_NOTES_H
#define LEDGER_NOTES_H

#include "ledger/checkpoint.h"
#include "ledger/io.h"
#include "ledger/row.h"

#include <stdbool.h>

struct notes;

int notes_new(const char *vkey, struct notes **ret_notes, struct err *err);
void notes_free(struct notes *n);

/* 0 also for what is passed over: no checkpoint of this ledger. */
int notes_add(struct notes *n, const char *note, size_t len, struct err *err);
/* Every row, in any order: those that change the key are taken note of. */
int notes_add_row(struct notes *n, const struct row_parts *parts,
		  struct err *err);

/* The newest that one of the keys signed, as far as the rows so far tell
 * them; nothing is dropped.  False: there is none. */
bool notes_newest_signed(struct notes *n, struct checkpoint *ret);
/* Drops what none of the keys signed.  After the rows. */
void notes_prove(struct notes *n);
/* The largest of at most `limit` rows; proved, or as it claims.  False: there
 * is none. */
bool notes_newest(const struct notes *n, uint64_t limit,
		  struct checkpoint *ret);
/* The smallest of at least `from` rows; the same. */
bool notes_oldest(const struct notes *n, uint64_t from, struct checkpoint *ret);

/* Whether one of the keys signed it, as far as the rows so far tell them. */
bool notes_is_signed(struct notes *n, const char *note, size_t len);
/* The i-th, from 0, of more than `above` rows and fewer than `below`, whoever
 * signed it; NULL: there are no more.  Valid until one is added. */
const char *notes_between(const struct notes *n, uint64_t above, uint64_t below,
			  size_t i, size_t *ret_len, uint64_t *ret_size);

/* Writes `checkpoint` and checkpoints.jsonl with the notes of at most `limit`
 * rows; neither when there is none.  Negative errno. */
int notes_put(struct notes *n, const struct ledger_io *io, int dir,
	      uint64_t limit);

#endif
