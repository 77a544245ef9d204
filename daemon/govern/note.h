/* What people may write into the ledger: short, plain, and none of the claims
 * that evidenced refuses to make (domain.md, section 6, R14). */
#ifndef GOVERN_NOTE_H
#define GOVERN_NOTE_H

#include "base/err.h"

enum { NOTE_MAX = 280 };

/* ERR_INVALID with words that begin with the refusal's code: NOTE_EMPTY,
 * NOTE_TOO_LONG, NOTE_NOT_TEXT, NOTE_CLAIM. */
int note_check(const char *text, struct err *err);

#endif
