/* What stands behind the first bad row of a segment, and the one rule that
 * tells a torn tail from damage (ledger.md, R4 to R6), for recovery and for
 * whoever verifies.
 *
 * A row carries `dur`, the number of rows known to be durable when it was
 * rendered.  A crash can spoil only rows that were not: those behind every
 * `dur` that is found, and behind what a witness saw. */
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

/* D: that many rows were durable.  `witness` is R2's W, 0 for none. */
uint64_t spans_durable(const struct spans *s, uint64_t witness);
/* In the newest segment: `bad_seq` and what follows is the tail of a batch that
 * was being written.  False: a durable row is lost. */
bool spans_are_torn(const struct spans *s, uint64_t bad_seq, uint64_t witness);

#endif
