/* What stands behind the first bad row of a segment. */
#ifndef LEDGER_SPANS_H
#define LEDGER_SPANS_H

#include "ledger/io.h"

/* Lines that still carry their own sum. */
struct spans {
	uint64_t known;	    /* the largest dur among them */
	uint64_t next_good; /* the smallest seq above the bad row, or
				 UINT64_MAX */
};

/* The bad row begins at `place`.  Negative errno. */
int spans_read(const struct ledger_io *io, int fd, int64_t place,
	       uint64_t bad_seq, struct spans *ret);

#endif
