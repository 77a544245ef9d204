/* How many workloads stand where on a day. */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "conf/config.h"
#include "report/standing.h"

struct tally {
	int pass;
	int response_only; /* passed by the usage in the response alone */
	/* of these two, by records that a role calls mistaken */
	int pass_corrected, response_corrected;
	int pending;   /* not yet due */
	int no_record; /* it was due, and there is none */
	int not_known; /* it was due, and the rows end before that */
	int hold, inconclusive, fail, not_due;
};

void tally_records(const struct config *config, const struct view *view,
		   int32_t day, const struct standing_seen *seen,
		   struct tally *ret);

/* " (2 corrected)" behind a number of passes; 0: nothing. */
void tally_put_corrected(int n, struct buf *out);

#endif
