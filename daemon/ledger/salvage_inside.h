/* Candidates; private to salvage.c and salvage_chain.c. */
#ifndef LEDGER_SALVAGE_INSIDE_H
#define LEDGER_SALVAGE_INSIDE_H

#include "ledger/salvage.h"

struct candidate {
	uint64_t seq;
	struct digest leaf;
	struct digest prev;
	int64_t place; /* in the file */
	uint32_t len;
	bool linked;
};

struct salvage {
	const struct ledger_io *io;
	int fd;
	uint64_t from, to;
	struct candidate *at;
	size_t n, room;
	uint64_t repeated;
	uint64_t end;
	size_t *chosen; /* of rows from, from+1, ... */
	uint64_t n_chosen;
	struct buf waiting; /* bytes behind `written` */
	int64_t written;
	int64_t own; /* bytes in front of this place are the ledger's own */
};

#endif
