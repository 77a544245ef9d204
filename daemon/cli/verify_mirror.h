/* Levels 4 and 5 of verify: the ledger beside what a journal has kept of it,
 * the local one (4) or one that came from afar (5). */
#ifndef CLI_VERIFY_MIRROR_H
#define CLI_VERIFY_MIRROR_H

#include "cli/cli.h"
#include "ledger/ledger.h"

enum { VERIFY_LEVEL_LOCAL = 4, VERIFY_LEVEL_REMOTE = 5 };

/* Says what range the journal still holds, and adds to a verdict that holds
 * on the levels below: another row, or a row beyond the end, is damage; a row
 * that the journal lacks keeps the level from being reached.  0, or the exit
 * status of what was said. */
int verify_mirror(struct session *s, const char *dir, int level,
		  struct ledger_verdict *v);

#endif
