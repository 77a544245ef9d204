/* I7: the index of a ledger that a crash left. */
#ifndef CRASH_INDEXES_H
#define CRASH_INDEXES_H

#include "../fakes/leave.h"

/* In each ledger that was left stands the index of the one before, which knows
 * fewer rows, more, or others: after a start it says what one says that is made
 * anew.  The number of ledgers, -1 after the first that differs, which is
 * told. */
int indexes_check(const struct leave *leave);

#endif
