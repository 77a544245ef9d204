/* How many workloads stand where on a day. */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "conf/config.h"
#include "report/standing.h"

struct tally {
	int pass;
	int response_only; /* passed by the usage in the response alone */
	int pending;	   /* not yet due */
	int no_record;	   /* it was due, and there is none */
	int not_known;	   /* it was due, and the rows end before that */
	int hold, inconclusive, fail, not_due;
};

void tally_records(const struct config *config, const struct view *view,
		   int32_t day, const struct standing_seen *seen,
		   struct tally *ret);

#endif
