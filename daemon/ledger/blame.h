/* Which row it is that does not fit a checkpoint. */
#ifndef LEDGER_BLAME_H
#define LEDGER_BLAME_H

#include "ledger/checkpoint.h"
#include "ledger/folder.h"

/* The tiles tell the root of the checkpoint, and the rows another one: the
 * first of the rows [from, size) whose leaf is not the one in the tiles.
 * ERR_NOT_FOUND: the tiles do not tell that root, or lack. */
int blame_row(const struct folder *f, const struct checkpoint *c, uint64_t from,
	      uint64_t *ret_seq);

#endif
