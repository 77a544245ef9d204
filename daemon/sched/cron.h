/* Cron expressions and their next fire: pure functions of (expression, zone,
 * instant).  The dialect is Debian cron's, with L, LW, 5L, 1#2, @names and
 * @every; tests/unit/sched holds the vectors that define it. */
#ifndef SCHED_CRON_H
#define SCHED_CRON_H

#include "base/err.h"
#include <stdbool.h>
#include "base/wall.h"

struct zone;

struct cron;

/* Six or seven fields, @reboot, W, ?, H, ~ are refused, each with its
 * reason in words. */
int cron_parse(const char *text, struct cron **ret_cron, struct err *err);
void cron_free(struct cron *cron);

/* The first fire strictly after `from`; ERR_NOT_FOUND when it never fires.
 * @every: slots are multiples since the Unix epoch.  zone NULL = UTC. */
int cron_next(const struct cron *cron, const struct zone *zone,
	      struct wall_time from, struct wall_time *ret_next);

/* How many fires lie in (from, to], at most max.  Whole days are counted
 * without visiting each fire. */
int64_t cron_count(const struct cron *cron, const struct zone *zone,
		   struct wall_time from, struct wall_time to, int64_t max);

/* True when the fires after t are at least 23 hours apart. */
bool cron_is_daily_or_rarer(const struct cron *cron, const struct zone *zone,
			    struct wall_time t);

#endif
