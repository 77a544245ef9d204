/* When a schedule (cron or evidence window) has its slots. */
#ifndef SCHED_PLAN_H
#define SCHED_PLAN_H

#include "base/err.h"
#include "base/wall.h"
#include "conf/config.h"

/* The first slot strictly after `from`.  A window has one slot a day, spread
 * stably over it by `key` (job name); only whole seconds.  ERR_NOT_FOUND
 * when there is none. */
int plan_next(const struct schedule *schedule, const char *key,
	      struct wall_time from, struct wall_time *ret_slot);

/* Jitter moves the run, not the slot: stable in [0, jitter_s] per key, at
 * most min(period/10, 15 min). */
int64_t plan_jitter_s(const struct schedule *schedule, const char *host,
		      const char *key, struct wall_time slot);

/* The instants at which the window that holds (or follows) day's evidence
 * opens and closes; for a cron schedule the last slot of the UTC day.
 * ERR_NOT_FOUND when the day has no slot. */
int plan_day(const struct schedule *schedule, const char *key, int32_t day,
	     struct wall_time *ret_open, struct wall_time *ret_close);

/* Slots in (from, to]: how many (capped at 1,000,000), first and last. */
struct plan_range {
	int64_t count;
	struct wall_time first, last;
};
struct plan_range plan_between(const struct schedule *schedule, const char *key,
			       struct wall_time from, struct wall_time to);

#endif
