/* Letting old rows go (ledger.md, section 7): what the ledger itself still
 * needs, and what goes.  Whole sealed segments only, the oldest first; their
 * tiles stay.
 *
 * Who decides appends a row ledger.prune {from, to, ...}.  Once it is durable
 * the segments before `to` are unlinked by a batch of the worker, which the
 * next start finishes if it must; texts that no kept row names follow. */
#ifndef LEDGER_PRUNE_H
#define LEDGER_PRUNE_H

#include "base/digest.h"
#include "base/err.h"
#include "base/wall.h"

#include <stdint.h>

struct ledger;

struct prune_segment {
	uint64_t first, end; /* rows [first, end) */
	/* by its first and its last row */
	struct wall_time oldest, newest;
};

/* Why a segment must stay for the ledger's own sake. */
enum prune_stop {
	PRUNE_FREE,	/* it need not */
	PRUNE_NEWEST,	/* its ids are looked up, or it is not sealed */
	PRUNE_UNSIGNED, /* no checkpoint and tiles cover it */
	PRUNE_UNREAD	/* the reading behind the start is not done yet */
};

/* Of the segment that begins with row `first`.  An enum prune_stop, or
 * negative; *ret only with PRUNE_FREE. */
int ledger_prunable(const struct ledger *l, uint64_t first,
		    struct prune_segment *ret, struct err *err);

/* SHA-256 over the lines of SHA256SUMS of the rows [from, to).  ERR_DAMAGED:
 * they are not all there; the next start makes them again. */
int ledger_prune_digest(const struct ledger *l, uint64_t from, uint64_t to,
			struct digest *ret, struct err *err);

#endif
