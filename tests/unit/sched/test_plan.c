/* Slots of windows and cron schedules, days, ranges and jitter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/seed.h"
#include "../../fakes/tz.h"
#include "base/zone.h"
#include "sched/cron.h"
#include "sched/plan.h"

#include <stdio.h>
#include <string.h>

enum { H = 3600 };

static struct wall_time
at(const char *text)
{
	struct wall_time t = {0};

	if (wall_parse(text, &t) < 0)
		fail_msg("%s is no time", text);
	return t;
}

static struct schedule
window(const char *zone, int from_s, int to_s)
{
	return (struct schedule){
	    .zone = tz_load(zone),
	    .window_from_s = from_s,
	    .window_to_s = to_s,
	};
}

static struct schedule
cron(const char *text, const char *zone)
{
	struct schedule s = {.zone = tz_load(zone)};
	struct cron *parsed;

	assert_int_equal(cron_parse(text, &parsed, NULL), 0);
	s.cron = parsed;
	return s;
}

static void
drop(struct schedule *s)
{
	cron_free((struct cron *)s->cron);
	zone_free((struct zone *)s->zone);
}

static void
assert_time(struct wall_time t, const char *wanted)
{
	char got[WALL_RFC3339_LEN + 1], text[WALL_RFC3339_LEN + 1];

	assert_string_equal(wall_format(t, got), wall_format(at(wanted), text));
}

static int64_t
slot_after(const struct schedule *s, const char *key, int64_t from_s)
{
	struct wall_time slot = {0};

	assert_int_equal(plan_next(s, key, wall_from_s(from_s), &slot), 0);
	assert_int_equal(slot.us % USEC_PER_SEC, 0);
	assert_true(wall_s(slot) > from_s);
	return wall_s(slot);
}

/* One slot a day, at the same second of the window every day. */
static void
test_window_is_stable(void **state)
{
	struct schedule s = window("UTC", 4 * H + 1800, 7 * H + 1800);
	int64_t day0 = wall_s(at("2026-07-03T00:00:00Z"));
	int64_t first = slot_after(&s, "support-chat/happy", day0);

	assert_in_range(first - day0, 4 * H + 1800, 7 * H + 1800 - 1);
	for (int i = 1; i < 400; i++) {
		int64_t slot = slot_after(&s, "support-chat/happy",
					  first + (i - 1) * SEC_PER_DAY);

		assert_int_equal(slot, first + i * SEC_PER_DAY);
		assert_int_equal(slot_after(&s, "support-chat/happy", slot - 1),
				 slot);
	}
	assert_true(slot_after(&s, "support-chat/error", day0) != first);
	drop(&s);
}

/* Labels that differ in their last characters only fill the window evenly:
 * of 1,000 keys about 100 in each tenth. */
static void
test_window_is_spread(void **state)
{
	struct schedule s = window("UTC", 0, 10 * H);
	int tenth[10] = {0};
	char key[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "team-%03d/happy", i);
		tenth[slot_after(&s, key, -1) / H]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(tenth[i], 60, 140);
	drop(&s);
}

/* What wall_format() cannot print is no slot. */
static void
test_end_of_calendar(void **state)
{
	struct schedule s = window("Europe/Riga", 4 * H, 5 * H);
	struct wall_time slot;

	assert_int_equal(plan_next(&s, "a", at("9999-12-30T12:00:00Z"), &slot),
			 0);
	assert_int_equal(plan_next(&s, "a", at("9999-12-31T12:00:00Z"), &slot),
			 ERR_NOT_FOUND);
	assert_int_equal(plan_next(&s, "a", wall_from_s(-WALL_LAST_S), &slot),
			 0);
	assert_true(wall_s(slot) >= WALL_FIRST_S);
	drop(&s);
}

static void
test_window_of_no_length(void **state)
{
	struct schedule s = window("UTC", 5 * H, 5 * H);

	assert_int_equal(slot_after(&s, "a", 0), 5 * H);
	assert_int_equal(slot_after(&s, "a", 5 * H), 29 * H);
	drop(&s);
}

/* A window, a UTC day that its evidence belongs to, and where it opens and
 * closes. */
static const struct {
	const char *zone;
	int from_s, to_s;
	const char *day, *open, *close;
} days[] = {
    {"UTC", 4 * H, 7 * H, "2026-07-03", "2026-07-03T04:00:00Z",
     "2026-07-03T07:00:00Z"},
    {"UTC", 0, 24 * H, "2026-07-03", "2026-07-03T00:00:00Z",
     "2026-07-04T00:00:00Z"},
    {"Europe/Riga", 4 * H, 7 * H, "2026-07-03", "2026-07-03T01:00:00Z",
     "2026-07-03T04:00:00Z"},
    /* the local day is the one after */
    {"Pacific/Apia", 4 * H, 7 * H, "2026-07-03", "2026-07-03T15:00:00Z",
     "2026-07-03T18:00:00Z"},
    /* a window within the gap, one around it, and one around an overlap */
    {"Europe/Riga", 3 * H, 4 * H, "2021-03-28", "2021-03-28T01:00:00Z",
     "2021-03-28T01:00:00Z"},
    {"Europe/Riga", 2 * H, 5 * H, "2021-03-28", "2021-03-28T00:00:00Z",
     "2021-03-28T02:00:00Z"},
    {"Europe/Riga", 2 * H, 5 * H, "2021-10-31", "2021-10-30T23:00:00Z",
     "2021-10-31T03:00:00Z"},
};

static void
test_day_of_window(void **state)
{
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct schedule s =
		    window(days[i].zone, days[i].from_s, days[i].to_s);
		struct wall_time open, close;
		int32_t day = 0;

		assert_int_equal(day_parse(days[i].day, &day), 0);
		assert_int_equal(plan_day(&s, "d", day, &open, &close), 0);
		assert_time(open, days[i].open);
		assert_time(close, days[i].close);
		drop(&s);
	}
}

/* A window across midnight UTC: which day a key's evidence belongs to is told
 * by its slot. */
static void
test_day_of_window_across_midnight(void **state)
{
	struct schedule s = window("UTC", 23 * H, 25 * H);
	int32_t day = civil_day(2026, 7, 3);
	bool seen[2] = {false, false};
	char key[16];

	for (int i = 0; i < 20; i++) {
		struct wall_time open, close;
		int64_t start = day * SEC_PER_DAY, slot;
		bool late;

		snprintf(key, sizeof(key), "key-%d", i);
		slot = slot_after(&s, key, start - 1);
		late = slot < start + H; /* after midnight: of the day before */
		seen[late] = true;
		assert_int_equal(wall_day(wall_from_s(slot)), day);
		assert_int_equal(plan_day(&s, key, day, &open, &close), 0);
		assert_int_equal(wall_s(open), start + (late ? -H : 23 * H));
		assert_int_equal(wall_s(close), wall_s(open) + 2 * H);
	}
	assert_true(seen[0] && seen[1]);
	drop(&s);
}

/* The first and the last second of a day are in it. */
static void
test_day_has_its_ends(void **state)
{
	static const int seconds[] = {0, 86399};

	for (size_t i = 0; i < 2; i++) {
		struct schedule s = window("UTC", seconds[i], seconds[i]);
		struct wall_time open, close;

		assert_int_equal(plan_day(&s, "a", 20000, &open, &close), 0);
		assert_int_equal(wall_s(open), 20000 * 86400L + seconds[i]);
		assert_int_equal(close.us, open.us);
		drop(&s);
	}
}

static void
test_day_of_cron(void **state)
{
	struct schedule s = cron("15 */6 * * 1-5", "UTC");
	struct wall_time open, close;

	/* a Friday, then a Saturday */
	assert_int_equal(
	    plan_day(&s, "a", civil_day(2026, 7, 3), &open, &close), 0);
	assert_time(open, "2026-07-03T18:15:00Z");
	assert_time(close, "2026-07-03T18:15:00Z");
	assert_int_equal(
	    plan_day(&s, "a", civil_day(2026, 7, 4), &open, &close),
	    ERR_NOT_FOUND);
	drop(&s);

	/* the first and the last instant of a day */
	s = cron("0 0 * * *", "UTC");
	assert_int_equal(plan_day(&s, "a", 0, &open, &close), 0);
	assert_int_equal(open.us, 0);
	drop(&s);
	s = cron("59 23 * * *", "UTC");
	assert_int_equal(plan_day(&s, "a", 0, &open, &close), 0);
	assert_time(open, "1970-01-01T23:59:00Z");
	drop(&s);

	/* the local day is the one after */
	s = cron("30 1 * * *", "Europe/Riga");
	assert_int_equal(
	    plan_day(&s, "a", civil_day(2021, 10, 30), &open, &close), 0);
	assert_time(open, "2021-10-30T22:30:00Z");
	drop(&s);
}

static void
test_between(void **state)
{
	struct schedule s = window("Europe/Riga", 4 * H, 7 * H);
	struct plan_range r;

	r = plan_between(&s, "a", at("2016-01-01T00:00:00Z"),
			 at("2026-01-01T00:00:00Z"));
	assert_int_equal(r.count, 3653);
	assert_true(r.first.us < at("2016-01-02T00:00:00Z").us);
	assert_true(r.last.us > at("2025-12-31T00:00:00Z").us);
	/* both ends: exclusive, inclusive */
	r = plan_between(&s, "a", r.first, r.last);
	assert_int_equal(r.count, 3652);
	r.last.us -= USEC_PER_SEC;
	r = plan_between(&s, "a", r.first, r.last);
	assert_int_equal(r.count, 3650);
	r = plan_between(&s, "a", r.first, r.first);
	assert_int_equal(r.count, 0);
	drop(&s);

	s = cron("*/5 * * * *", "Europe/Riga");
	r = plan_between(&s, "a", at("2021-01-01T00:00:00Z"),
			 at("2026-01-01T00:00:00Z"));
	assert_int_equal(r.count, 1826 * 288);
	assert_time(r.first, "2021-01-01T00:05:00Z");
	assert_time(r.last, "2026-01-01T00:00:00Z");
	/* more than is counted: the ends are still true */
	r = plan_between(&s, "a", at("1970-01-01T00:00:00Z"),
			 at("2026-01-01T00:07:00Z"));
	assert_int_equal(r.count, 1000000);
	assert_time(r.first, "1970-01-01T00:05:00Z");
	assert_time(r.last, "2026-01-01T00:05:00Z");
	drop(&s);

	s = cron("@every 1m", "UTC");
	r = plan_between(&s, "a", at("2021-01-01T00:00:00Z"),
			 at("2021-01-01T00:00:59.999999Z"));
	assert_int_equal(r.count, 0);
	assert_int_equal(r.first.us, 0);
	assert_int_equal(r.last.us, 0);
	drop(&s);
}

static const struct {
	const char *cron; /* NULL: a window */
	int64_t jitter_s, most_s;
} bounds[] = {
    {"0 5 * * *", 0, 0},      {"0 5 * * *", 300, 300},
    {"0 5 * * *", 7200, 900}, {NULL, 7200, 900},
    {"0 * * * *", 7200, 360}, {"*/10 * * * *", 7200, 60},
    {"*/10 * * * *", 30, 30}, {"@every 1m", 7200, 6},
};

static void
test_jitter(void **state)
{
	struct wall_time slot = at("2026-07-03T05:00:00Z");
	char key[16];

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		struct schedule s = bounds[i].cron == NULL
					? window("UTC", 5 * H, 5 * H)
					: cron(bounds[i].cron, "UTC");
		int64_t least = INT64_MAX, most = -1;

		s.jitter_s = bounds[i].jitter_s;
		for (int k = 0; k < 9000; k++) {
			int64_t j;

			snprintf(key, sizeof(key), "key-%d", k);
			j = plan_jitter_s(&s, "host-1", key, slot);
			assert_int_equal(plan_jitter_s(&s, "host-1", key, slot),
					 j);
			least = j < least ? j : least;
			most = j > most ? j : most;
		}
		assert_int_equal(least, 0);
		assert_int_equal(most, bounds[i].most_s);
		drop(&s);
	}
}

static void
test_jitter_differs_by_host(void **state)
{
	struct schedule s = cron("0 5 * * *", "UTC");
	struct wall_time slot = at("2026-07-03T05:00:00Z");
	int same = 0;
	char host[16];

	s.jitter_s = 900;
	for (int i = 0; i < 100; i++) {
		snprintf(host, sizeof(host), "host-%d", i);
		same += plan_jitter_s(&s, host, "a", slot) ==
			plan_jitter_s(&s, "host", "a", slot);
	}
	assert_true(same < 10);
	drop(&s);
}

static const char *const zone_names[] = {"UTC",
					 "Europe/Riga",
					 "America/New_York",
					 "Australia/Lord_Howe",
					 "America/Havana",
					 "Africa/Casablanca",
					 "Pacific/Apia"};

enum { N_ZONES = sizeof(zone_names) / sizeof(zone_names[0]) };

/* Any window, any key, any zone: slots only go forward, each lies in the
 * window that plan_day() tells, and plan_between() counts each once. */
static void
test_random_windows(void **state)
{
	struct seed seed = seed_start();

	for (int i = 0; i < 300; i++) {
		const char *zone = zone_names[seed_next(&seed, N_ZONES)];
		int from_s = (int)seed_next(&seed, 86400);
		struct schedule s = window(
		    zone, from_s, from_s + 1 + (int)seed_next(&seed, 86400));
		int64_t start = seed_range(&seed, 1300000000, 2100000000);
		int64_t t = start, count = 0;
		struct plan_range r;
		char key[16];

		snprintf(key, sizeof(key), "k%u", seed_next(&seed, 1000));
		while (t < start + 60 * SEC_PER_DAY) {
			struct wall_time open, close;
			int64_t slot = slot_after(&s, key, t);
			int32_t day = wall_day(wall_from_s(slot));

			assert_int_equal(plan_day(&s, key, day, &open, &close),
					 0);
			/* Two slots of one day: the last one is told. */
			if (wall_day(wall_from_s(slot_after(&s, key, slot))) >
				day &&
			    (slot < wall_s(open) || slot > wall_s(close)))
				fail_msg("%s %s %d-%d: slot %lld", zone, key,
					 s.window_from_s, s.window_to_s,
					 (long long)slot);
			count++;
			t = slot;
		}
		r = plan_between(&s, key, wall_from_s(start), wall_from_s(t));
		assert_int_equal(r.count, count);
		assert_int_equal(wall_s(r.last), t);
		drop(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_window_is_stable),
	    cmocka_unit_test(test_window_is_spread),
	    cmocka_unit_test(test_end_of_calendar),
	    cmocka_unit_test(test_window_of_no_length),
	    cmocka_unit_test(test_day_of_window),
	    cmocka_unit_test(test_day_of_window_across_midnight),
	    cmocka_unit_test(test_day_has_its_ends),
	    cmocka_unit_test(test_day_of_cron),
	    cmocka_unit_test(test_between),
	    cmocka_unit_test(test_jitter),
	    cmocka_unit_test(test_jitter_differs_by_host),
	    cmocka_unit_test(test_random_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
