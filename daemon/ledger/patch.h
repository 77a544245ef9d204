/* New segments beside old ones, and the change from one to the other. */
#ifndef LEDGER_PATCH_H
#define LEDGER_PATCH_H

#include "ledger/folder.h"
#include "ledger/salvage.h"

struct patch {
	const struct folder *f; /* borrowed */
	uint64_t *firsts;	/* of the new segments */
	size_t n;
};

void patch_init(struct patch *p, const struct folder *f);
/* Unlinks what was not applied. */
void patch_fini(struct patch *p);

/* Writes the chosen rows [first, end) as a new segment, synced. */
int patch_put(struct patch *p, const struct salvage *rows, uint64_t first,
	      uint64_t end, bool sealed, struct err *err);
/* Copies every old segment to quarantine/, then puts the new ones in their
 * places, and the sums of the `sealed` first segments right.  A crash leaves
 * each segment either old or new.  Nothing to put: nothing is done. */
int patch_apply(struct patch *p, uint64_t sealed, struct err *err);

#endif
