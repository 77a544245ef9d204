/* Ledgers that a test leaves behind, for the independent verifier. */
#ifndef FAKES_LEAVE_H
#define FAKES_LEAVE_H

#include "simdisk.h"

struct leave;

/* A new directory below $TMPDIR. */
struct leave *leave_new(void);
/* Copies the ledger at `dir` of the disk out. */
void leave_ledger(struct leave *l, const struct simdisk *d, const char *dir);
/* Runs tests/ledger-check over all of them; the number of ledgers when it
 * accepts every one, -1 otherwise.  Removes the directory and frees. */
int leave_judge(struct leave *l);

#endif
