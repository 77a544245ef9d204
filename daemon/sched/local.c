/* Offsets stay within ZONE_OFFSET_MIN_S..MAX_S, so only the changes of the
 * last 51 hours can have shown a later time than now, and a local time is
 * reached within 26 hours of the same time in UTC.  Both walks start there
 * and step from change to change. */
#include "sched/local.h"

int64_t
local_from_s(const struct zone *zone, int64_t s)
{
	return s + zone_offset_s(zone, wall_from_s(s));
}

int64_t
local_change_s(const struct zone *zone, int64_t s)
{
	struct wall_time change;

	if (zone_next_change(zone, wall_from_s(s), &change) < 0)
		return INT64_MAX;
	return wall_s(change);
}

int64_t
local_high_s(const struct zone *zone, int64_t s)
{
	int64_t high = local_from_s(zone, s);
	int64_t at = s - (ZONE_OFFSET_MAX_S - ZONE_OFFSET_MIN_S);

	if (zone == NULL)
		return high;
	for (;;) {
		int64_t last;

		at = local_change_s(zone, at);
		if (at > s)
			return high;
		last = local_from_s(zone, at - 1);
		if (last > high)
			high = last;
	}
}

int64_t
local_reach_s(const struct zone *zone, int64_t local_s)
{
	int64_t at = local_s - ZONE_OFFSET_MAX_S;

	if (zone == NULL)
		return local_s;
	for (;;) {
		int64_t offset = zone_offset_s(zone, wall_from_s(at));

		if (at + offset >= local_s)
			return at;
		if (local_s - offset < local_change_s(zone, at))
			return local_s - offset;
		at = local_change_s(zone, at);
	}
}
