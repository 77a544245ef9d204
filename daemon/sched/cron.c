/* Next fires by Debian's rules, on the local clock of sched/local.h.
 *
 * A job is a *wildcard* job when its minute or hour field starts with `*`:
 * it runs in real time, at every instant whose local time matches; a gap
 * skips fires and an overlap repeats them.  Any other job is *fixed*: each
 * local time that the fields name comes exactly once, when the high-water
 * mark of the local clock reaches it.
 *
 * Both rest on next_match(), which knows no zone: the first matching minute
 * of a calendar.  A calendar year looks one of 14 ways, and each way comes
 * again after at most 40 years (12 or 28 but for the centuries that are no
 * leap years); so whatever fires at all fires within SEARCH_YEARS, and the
 * work of a call is bounded. */
#include "sched/cron.h"
#include "sched/cron_fields.h"
#include "sched/local.h"

#include <assert.h>

enum { SEARCH_YEARS = 41, SEARCH_MONTHS = 12 * SEARCH_YEARS };

#define DAILY_S (23 * INT64_C(3600))

/* No matching minute within the search. */
#define NO_MATCH INT64_MAX

/* The days 1.. of a month that fall on a weekday, as bits. */
static uint32_t
days_on(int weekday, int first_weekday)
{
	int first = 1 + (weekday - first_weekday + 7) % 7;

	return UINT32_C(0x10204081) << first;
}

static uint32_t
last_workday_bit(int n_days, int first_weekday)
{
	int weekday = (first_weekday + n_days - 1) % 7;

	if (weekday == 0)
		n_days -= 2;
	else if (weekday == 6)
		n_days -= 1;
	return UINT32_C(1) << n_days;
}

/* The highest bit alone; bits is not 0. */
static uint32_t
highest(uint32_t bits)
{
	return UINT32_C(1) << (31 - __builtin_clz(bits));
}

/* The days that the day-of-week field names, as bits 1..n_days. */
static uint32_t
weekday_days(const struct cron *cron, int first_weekday, uint32_t in_month)
{
	uint32_t days = 0;

	for (int weekday = 0; weekday < 7; weekday++) {
		uint32_t on = days_on(weekday, first_weekday) & in_month;
		uint32_t bit = UINT32_C(1) << weekday;

		if (cron->weekdays & bit)
			days |= on;
		if (cron->nth[CRON_LAST] & bit)
			days |= highest(on);
		for (int n = 1; n <= CRON_NTH_MAX; n++) {
			if (cron->nth[n] & bit)
				days |= on & -on;
			on &= on - 1;
		}
	}
	return days;
}

/* The days of a month on which the job runs, as bits 1..31. */
static uint32_t
month_days(const struct cron *cron, int year, int month, int32_t first_day)
{
	int n_days = civil_month_days(year, month);
	/* 1970-01-01 was a Thursday. */
	int first_weekday = ((first_day + 4) % 7 + 7) % 7;
	uint32_t in_month = (uint32_t)((UINT64_C(2) << n_days) - 2);
	uint32_t days = cron->days & in_month;
	uint32_t weekdays;

	if (!(cron->months & UINT32_C(1) << month))
		return 0;
	if (cron->last_day)
		days |= UINT32_C(1) << n_days;
	if (cron->last_workday)
		days |= last_workday_bit(n_days, first_weekday);
	weekdays = weekday_days(cron, first_weekday, in_month);
	return cron->days_and ? days & weekdays : days | weekdays;
}

/* The first minute of a day that matches, at or after `minute`; -1 when there
 * is none. */
static int
minute_of_day(const struct cron *cron, int minute)
{
	int hour = minute / 60;
	uint64_t minutes;
	uint32_t hours;

	if (cron->hours & UINT32_C(1) << hour) {
		minutes = cron->minutes >> (minute % 60);
		if (minutes != 0)
			return minute + __builtin_ctzll(minutes);
	}
	hours = cron->hours >> (hour + 1);
	if (hours == 0)
		return -1;
	return (hour + 1 + __builtin_ctz(hours)) * 60 +
	       __builtin_ctzll(cron->minutes);
}

/* The first local minute at or after local_s that the fields match. */
static int64_t
next_match(const struct cron *cron, int64_t local_s)
{
	int64_t from = wall_floor_div(local_s + 59, 60);
	int32_t day = (int32_t)wall_floor_div(from, 24 * 60);
	int minute = minute_of_day(cron, (int)(from - day * INT64_C(1440)));
	struct civil c = civil_from_s(day * SEC_PER_DAY);
	int32_t first_day = day - c.day + 1;
	uint32_t passed = (UINT32_C(1) << c.day) - 1;

	for (int i = 0; i < SEARCH_MONTHS; i++) {
		uint32_t days =
		    month_days(cron, c.year, c.month, first_day) & ~passed;

		/* The first day has only what is left of it. */
		if (i == 0 && minute < 0)
			days &= ~(UINT32_C(1) << c.day);
		if (days != 0) {
			int d = __builtin_ctz(days);

			if (i > 0 || d > c.day)
				minute = minute_of_day(cron, 0);
			return (first_day + d - 1) * SEC_PER_DAY + minute * 60;
		}
		passed = 0;
		first_day += civil_month_days(c.year, c.month);
		c.year += c.month == 12;
		c.month = c.month % 12 + 1;
	}
	return NO_MATCH;
}

static int64_t
next_fixed(const struct cron *cron, const struct zone *zone, int64_t from_s)
{
	int64_t match = next_match(cron, local_high_s(zone, from_s) + 1);

	return match == NO_MATCH ? NO_MATCH : local_reach_s(zone, match);
}

/* Goes from change to change of the clock; `match` is good for as long as the
 * local time is in [searched, match]. */
static int64_t
next_wildcard(const struct cron *cron, const struct zone *zone, int64_t from_s)
{
	int64_t horizon = from_s + SEARCH_YEARS * 366 * SEC_PER_DAY;
	int64_t at = from_s + 1;
	int64_t searched = INT64_MAX, match = INT64_MIN;

	while (at <= horizon) {
		int64_t offset = zone_offset_s(zone, wall_from_s(at));
		int64_t change = local_change_s(zone, at);

		if (at + offset < searched || at + offset > match) {
			searched = at + offset;
			match = next_match(cron, searched);
		}
		if (match != NO_MATCH && match - offset < change)
			return match - offset;
		if (change == INT64_MAX)
			break;
		at = change;
	}
	return NO_MATCH;
}

int
cron_next(const struct cron *cron, const struct zone *zone,
	  struct wall_time from, struct wall_time *ret_next)
{
	int64_t from_s = wall_s(from), next;

	if (from_s > WALL_LAST_S)
		return ERR_NOT_FOUND;
	if (from_s < WALL_FIRST_S)
		from_s = WALL_FIRST_S;
	if (cron->every_s > 0)
		next =
		    (wall_floor_div(from_s, cron->every_s) + 1) * cron->every_s;
	else if (cron->wildcard)
		next = next_wildcard(cron, zone, from_s);
	else
		next = next_fixed(cron, zone, from_s);
	if (next > WALL_LAST_S)
		return ERR_NOT_FOUND;
	assert(next > from_s);
	*ret_next = wall_from_s(next);
	return 0;
}

/* How often the job runs on each day that it runs on at all. */
static int64_t
fires_per_day(const struct cron *cron)
{
	return __builtin_popcount(cron->hours) *
	       (int64_t)__builtin_popcountll(cron->minutes);
}

/* When `first` is the first fire of a local day without any change of the
 * clock, which ends before to_s: the last second of that day, else 0. */
static int64_t
plain_day_end(const struct cron *cron, const struct zone *zone, int64_t from_s,
	      int64_t first_s, int64_t to_s)
{
	int64_t local = local_from_s(zone, first_s);
	int64_t start = first_s - (local - wall_floor_div(local, SEC_PER_DAY) *
					       SEC_PER_DAY);
	int64_t end = start + SEC_PER_DAY - 1;
	int64_t margin = ZONE_OFFSET_MAX_S - ZONE_OFFSET_MIN_S;

	if (from_s >= start || end > to_s ||
	    local_change_s(zone, start - margin) <= end)
		return 0;
	return end;
}

int64_t
cron_count(const struct cron *cron, const struct zone *zone,
	   struct wall_time from, struct wall_time to, int64_t max)
{
	int64_t at = wall_s(from), to_s = wall_s(to), count = 0, end;
	struct wall_time next;

	if (cron->every_s > 0) {
		count = wall_floor_div(to_s, cron->every_s) -
			wall_floor_div(at, cron->every_s);
		return count < 0 ? 0 : count < max ? count : max;
	}
	while (count < max &&
	       cron_next(cron, zone, wall_from_s(at), &next) == 0 &&
	       wall_s(next) <= to_s) {
		end = plain_day_end(cron, zone, at, wall_s(next), to_s);
		count += end == 0 ? 1 : fires_per_day(cron);
		at = end == 0 ? wall_s(next) : end;
	}
	return count < max ? count : max;
}

bool
cron_is_daily_or_rarer(const struct cron *cron, const struct zone *zone,
		       struct wall_time t)
{
	struct wall_time next;

	/* Every day of a job has the same times: of three fires in a row two
	 * are of one day, when any day has two. */
	for (int i = 0; i < 3; i++) {
		if (cron_next(cron, zone, t, &next) < 0)
			return true;
		if (i > 0 && wall_s(next) - wall_s(t) < DAILY_S)
			return false;
		t = next;
	}
	return true;
}
