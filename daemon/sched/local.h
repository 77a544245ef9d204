/* What the clock on the wall of a zone shows, as seconds since 1970-01-01
 * 00:00 by that clock.
 *
 * The clock is set forward and back; its high-water mark only grows.  A
 * planned local time has come when the mark reaches it: in the gap of a
 * forward change that is the end of the gap, and a time that comes twice has
 * come the first time.  So every planned time comes exactly once. */
#ifndef SCHED_LOCAL_H
#define SCHED_LOCAL_H

#include "base/wall.h"
#include "base/zone.h"

/* What the clock shows at the instant s. */
int64_t local_from_s(const struct zone *zone, int64_t s);

/* The latest whole second it has shown at or before the instant s. */
int64_t local_high_s(const struct zone *zone, int64_t s);

/* The first instant at which it shows local_s or later. */
int64_t local_reach_s(const struct zone *zone, int64_t local_s);

/* The next change of the clock after the instant s; INT64_MAX when none. */
int64_t local_change_s(const struct zone *zone, int64_t s);

#endif
