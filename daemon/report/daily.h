/* The digest of a day: where the workloads stand, what is open, and what is
 * kept quiet.  One row and one line a review day, so that nobody has to ask
 * every morning, and nothing is muted without being mentioned. */
#ifndef REPORT_DAILY_H
#define REPORT_DAILY_H

#include "report/tally.h"
#include "verdict/reason.h"

struct daily {
	int32_t day;
	struct tally tally;
	/* in how many records of the day that are held, or failed */
	int held_for[REASONS], failed_for[REASONS];
	size_t alerts;	/* open, muted or not */
	size_t muted;	/* of them: acknowledged or silenced */
	size_t ending;	/* silences that end this day */
	size_t lasting; /* and those that go on */
	uint64_t rows;	/* of the ledger, when it was taken */
};

void daily_take(const struct config *config, const struct view *view,
		int32_t day, const struct standing_seen *seen,
		struct daily *ret);

/* "182 pass 11 pending 6 held (4 OWNER_MISSING, 2 SOURCE_UNAPPROVED) 1
 * inconclusive; 3 alerts; 1 silence ends today; ledger 18422": what there is
 * none of is left out, but for passes, alerts and the ledger. */
void daily_text(const struct daily *d, struct buf *out);

/* The body of the row digest.daily, with the alerts that are open (at most
 * DAILY_ALERTS_MAX of them, the oldest) and the silences in force. */
enum { DAILY_ALERTS_MAX = 200 };
int daily_body(const struct daily *d, const struct view *view,
	       struct wall_time now, struct buf *out);

#endif
