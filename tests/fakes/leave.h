/* Ledgers that a test leaves behind, for the independent verifier. */
#ifndef FAKES_LEAVE_H
#define FAKES_LEAVE_H

#include "simdisk.h"

struct leave;

/* A new directory below $TMPDIR. */
struct leave *leave_new(void);
/* Copies the ledger at `dir` of the disk out. */
void leave_ledger(struct leave *l, const struct simdisk *d, const char *dir);
/* Each of them, in the order they were left. */
void leave_each(const struct leave *l, void (*fn)(void *ctx, const char *dir),
		void *ctx);
/* Runs tests/ledger-check over all of them; the number of ledgers when it
 * accepts every one, -1 otherwise.  Removes the directory and frees. */
int leave_judge(struct leave *l);
/* The same for one ledger in a folder of the real disk: 0 when it is accepted,
 * -1 otherwise. */
int leave_judge_folder(const char *dir);

#endif
