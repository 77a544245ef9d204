/* Cron expressions answer for themselves (sched/cron.c).  An evidence window
 * opens and closes at local times of every local day, as planned times come
 * by sched/local.h; its one slot lies at a share of the time between them
 * that depends on the key alone.  So a window that a change of the clock
 * makes shorter or longer keeps its runs spread over all of it, and the
 * order of the runs never changes.
 *
 * Slots of a key never go backwards from day to day, and last_slot() relies
 * on nothing else: it bisects plan_next(). */
#include "sched/plan.h"
#include "base/text.h"
#include "sched/cron.h"
#include "sched/local.h"

#include <string.h>

enum {
	COUNT_MAX = 1000000,
	JITTER_MAX_S = 900,
	JITTER_PERIODS = 10 /* jitter is at most period / 10 */
};

/* Every bit of the hash reaches the high bits that share() uses. */
static uint32_t
mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	return h ^ h >> 16;
}

/* A stable number in [0, n) for a hash; 0 when n is 0. */
static int64_t
share(uint32_t hash, int64_t n)
{
	return (int64_t)((uint64_t)mix(hash) * (uint64_t)n >> 32);
}

struct window {
	int64_t open_s;
	int64_t slot_s;
	int64_t close_s;
};

/* The window that belongs to a local day. */
static struct window
window_of(const struct schedule *s, const char *key, int64_t local_day)
{
	int64_t start = local_day * SEC_PER_DAY;
	struct window w;

	w.open_s = local_reach_s(s->zone, start + s->window_from_s);
	w.close_s = local_reach_s(s->zone, start + s->window_to_s);
	w.slot_s =
	    w.open_s + share(text_hash(key, strlen(key)), w.close_s - w.open_s);
	return w;
}

/* The window of the first slot after from_s.  The search starts at a day
 * whose window has closed by then. */
static struct window
next_window(const struct schedule *s, const char *key, int64_t from_s)
{
	int64_t day = wall_floor_div(
	    local_from_s(s->zone, from_s) - s->window_to_s, SEC_PER_DAY);
	struct window w;

	do
		w = window_of(s, key, ++day);
	while (w.slot_s <= from_s);
	return w;
}

int
plan_next(const struct schedule *schedule, const char *key,
	  struct wall_time from, struct wall_time *ret_slot)
{
	int64_t from_s = wall_s(from), slot_s;

	if (schedule->cron != NULL)
		return cron_next(schedule->cron, schedule->zone, from,
				 ret_slot);
	if (from_s < WALL_FIRST_S)
		from_s = WALL_FIRST_S;
	slot_s = next_window(schedule, key, from_s).slot_s;
	if (slot_s > WALL_LAST_S)
		return ERR_NOT_FOUND;
	*ret_slot = wall_from_s(slot_s);
	return 0;
}

/* The last slot in (from_s, to_s]; ERR_NOT_FOUND when there is none.  next
 * of `low` is always at or before to_s, next of `high` is after it. */
static int
last_slot(const struct schedule *schedule, const char *key, int64_t from_s,
	  int64_t to_s, int64_t *ret_slot_s)
{
	int64_t low = from_s, high = to_s;
	struct wall_time next;

	if (plan_next(schedule, key, wall_from_s(low), &next) < 0 ||
	    wall_s(next) > to_s)
		return ERR_NOT_FOUND;
	low = wall_s(next);
	while (low < high) {
		int64_t mid = low + (high - low) / 2;

		if (plan_next(schedule, key, wall_from_s(mid), &next) < 0 ||
		    wall_s(next) > to_s)
			high = mid;
		else
			low = wall_s(next);
	}
	*ret_slot_s = low;
	return 0;
}

int64_t
plan_jitter_s(const struct schedule *schedule, const char *host,
	      const char *key, struct wall_time slot)
{
	int64_t most = schedule->jitter_s, period;
	struct wall_time next;
	uint32_t hash;

	if (most > JITTER_MAX_S)
		most = JITTER_MAX_S;
	if (plan_next(schedule, key, slot, &next) == 0) {
		period = wall_s(next) - wall_s(slot);
		if (most > period / JITTER_PERIODS)
			most = period / JITTER_PERIODS;
	}
	if (most <= 0)
		return 0;
	hash = mix(text_hash(host, strlen(host))) + text_hash(key, strlen(key));
	return share(hash, most + 1);
}

int
plan_day(const struct schedule *schedule, const char *key, int32_t day,
	 struct wall_time *ret_open, struct wall_time *ret_close)
{
	int64_t before = day * SEC_PER_DAY - 1, slot;
	struct window w;

	if (last_slot(schedule, key, before, before + SEC_PER_DAY, &slot) < 0)
		return ERR_NOT_FOUND;
	w.open_s = w.close_s = slot;
	if (schedule->cron == NULL)
		w = next_window(schedule, key, slot - 1);
	*ret_open = wall_from_s(w.open_s);
	*ret_close = wall_from_s(w.close_s);
	return 0;
}

static int64_t
count_slots(const struct schedule *schedule, const char *key,
	    struct wall_time from, struct wall_time to)
{
	struct wall_time slot = from;
	int64_t count = 0;

	while (count < COUNT_MAX &&
	       plan_next(schedule, key, slot, &slot) == 0 && slot.us <= to.us)
		count++;
	return count;
}

struct plan_range
plan_between(const struct schedule *schedule, const char *key,
	     struct wall_time from, struct wall_time to)
{
	struct plan_range range = {0};
	int64_t last;

	if (last_slot(schedule, key, wall_s(from), wall_s(to), &last) < 0)
		return range;
	range.last = wall_from_s(last);
	(void)plan_next(schedule, key, from, &range.first);
	range.count = schedule->cron == NULL
			  ? count_slots(schedule, key, from, to)
			  : cron_count(schedule->cron, schedule->zone, from, to,
				       COUNT_MAX);
	return range;
}
