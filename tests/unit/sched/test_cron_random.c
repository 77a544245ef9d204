/* Random expressions in many zones against a second model: a clock that is
 * looked at minute by minute.  The generator knows which values it wrote, so
 * the model shares nothing with the parser or the search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/seed.h"
#include "../../fakes/tz.h"
#include "base/buf.h"
#include "base/zone.h"
#include "sched/cron.h"

#include <string.h>

enum { CASES = 1500, WALK_MINUTES = 3 * 1440, FIRES = 4 };

static const char *const zone_names[] = {"UTC",
					 "Europe/Riga",
					 "America/New_York",
					 "America/Sao_Paulo",
					 "Australia/Lord_Howe",
					 "Europe/Dublin",
					 "Africa/Casablanca",
					 "Asia/Beirut",
					 "America/Havana",
					 "Asia/Pyongyang",
					 "Pacific/Apia",
					 "Asia/Gaza",
					 "Antarctica/Troll"};

enum { N_ZONES = sizeof(zone_names) / sizeof(zone_names[0]) };

struct model {
	struct buf text;
	bool set[5][60]; /* minute, hour, day, month, weekday */
	bool last_day, last_workday;
	bool nth[7][6]; /* [weekday][1..5], [0]: the last one */
	bool wildcard, days_and;
};

static const int low[5] = {0, 0, 1, 1, 0}, high[5] = {59, 23, 31, 12, 7};

static void
set_value(struct model *m, int field, int value)
{
	m->set[field][field == 4 ? value % 7 : value] = true;
}

/* One item; returns its first character. */
static void
write_item(struct model *m, struct seed *seed, int field)
{
	int a = (int)seed_range(seed, low[field], high[field]);
	int b = (int)seed_range(seed, a, high[field]);
	int step = (int)seed_range(seed, 1, 12);

	switch (seed_next(seed, 5)) {
	case 0:
		buf_printf(&m->text, "%d-%d/%d", a, b, step);
		break;
	case 1:
		buf_printf(&m->text, "%d-%d", a, b);
		step = 1;
		break;
	case 2:
		a = low[field];
		b = high[field];
		buf_printf(&m->text, "*/%d", step);
		break;
	case 3:
		b = high[field];
		buf_printf(&m->text, "%d/%d", a, step);
		break;
	default:
		b = a;
		buf_printf(&m->text, "%d", a);
	}
	for (int i = a; i <= b; i += step)
		set_value(m, field, i);
}

static void
write_special(struct model *m, struct seed *seed, int field)
{
	int weekday = (int)seed_next(seed, 8), n = (int)seed_range(seed, 0, 5);

	if (field == 2 && n < 3) {
		buf_puts(&m->text, "L");
		m->last_day = true;
	} else if (field == 2) {
		buf_puts(&m->text, "LW");
		m->last_workday = true;
	} else {
		if (n == 0)
			buf_printf(&m->text, "%dL", weekday);
		else
			buf_printf(&m->text, "%d#%d", weekday, n);
		m->nth[weekday % 7][n] = true;
	}
}

/* Writes a field and says whether it starts with `*`. */
static bool
write_field(struct model *m, struct seed *seed, int field)
{
	size_t start = m->text.len;
	uint32_t items = 1 + seed_next(seed, 3);

	if (seed_next(seed, 3) == 0) {
		buf_putc(&m->text, '*');
		for (int i = low[field]; i <= high[field]; i++)
			set_value(m, field, i);
		return true;
	}
	for (uint32_t i = 0; i < items; i++) {
		if (i > 0)
			buf_putc(&m->text, ',');
		if ((field == 2 || field == 4) && seed_next(seed, 4) == 0)
			write_special(m, seed, field);
		else
			write_item(m, seed, field);
	}
	return m->text.data[start] == '*';
}

static void
write_model(struct model *m, struct seed *seed)
{
	bool star[5];

	*m = (struct model){0};
	for (int field = 0; field < 5; field++) {
		if (field > 0)
			buf_putc(&m->text, ' ');
		star[field] = write_field(m, seed, field);
	}
	m->wildcard = star[0] || star[1];
	m->days_and = star[2] || star[4];
}

static bool
day_matches(const struct model *m, const struct civil *c)
{
	int n_days = civil_month_days(c->year, c->month);
	bool workday = c->weekday >= 1 && c->weekday <= 5;
	bool last_workday =
	    workday &&
	    (c->day == n_days || (c->weekday == 5 && c->day + 3 > n_days));
	bool day = m->set[2][c->day] || (m->last_day && c->day == n_days) ||
		   (m->last_workday && last_workday);
	bool weekday = m->set[4][c->weekday] ||
		       m->nth[c->weekday][(c->day + 6) / 7] ||
		       (m->nth[c->weekday][0] && c->day + 7 > n_days);

	return m->days_and ? day && weekday : day || weekday;
}

/* Whether a local time (in seconds by the local clock) is a planned one. */
static bool
matches(const struct model *m, int64_t local_s)
{
	struct civil c = civil_from_s(local_s);

	return c.second == 0 && m->set[0][c.minute] && m->set[1][c.hour] &&
	       m->set[3][c.month] && day_matches(m, &c);
}

static int64_t
local(const struct zone *zone, int64_t s)
{
	return s + zone_offset_s(zone, wall_from_s(s));
}

/* The latest local minute shown in the two days before the minute s. */
static int64_t
highest_shown(const struct zone *zone, int64_t s)
{
	int64_t most = local(zone, s);

	for (int i = 1; i <= 2 * 1440; i++) {
		int64_t shown = local(zone, s - i * 60);

		if (shown > most)
			most = shown;
	}
	return most;
}

/* The first fire in (from_s, end_s], or -1.  A fixed job fires when the clock
 * shows a minute for the first time, and then also for all that it skipped. */
static int64_t
walk(const struct model *m, const struct zone *zone, int64_t from_s,
     int64_t end_s)
{
	int64_t at = from_s - (from_s % 60 + 60) % 60;
	int64_t most = highest_shown(zone, at);

	while ((at += 60) <= end_s) {
		int64_t shown = local(zone, at);

		if (m->wildcard) {
			if (matches(m, shown))
				return at;
			continue;
		}
		for (; most < shown; most += 60) {
			if (matches(m, most + 60))
				return at;
		}
	}
	return -1;
}

/* Half of the instants lie near a change of the clock. */
static int64_t
pick_instant(struct seed *seed, const struct zone *zone)
{
	int64_t s = seed_range(seed, INT64_C(500000000), INT64_C(4200000000));
	struct wall_time change;

	if (seed_next(seed, 2) == 0 &&
	    zone_next_change(zone, wall_from_s(s), &change) == 0)
		s = wall_s(change) + seed_range(seed, -2 * 86400, 2 * 86400);
	return s;
}

static void
check_fires(const struct model *m, const struct cron *cron,
	    const struct zone *zone, const char *zone_name, int64_t from_s)
{
	for (int i = 0; i < FIRES; i++) {
		int64_t end = from_s + WALK_MINUTES * 60, wanted, got = -1;
		struct wall_time next;

		if (cron_next(cron, zone, wall_from_s(from_s), &next) == 0) {
			got = wall_s(next);
			assert_true(got > from_s);
			if (got < end)
				end = got;
		}
		wanted = walk(m, zone, from_s, end);
		if (wanted != -1 ? wanted != got : got == end)
			fail_msg("\"%s\" in %s after %lld: %lld, not %lld",
				 m->text.data, zone_name, (long long)from_s,
				 (long long)got, (long long)wanted);
		if (got < 0)
			return;
		from_s = got;
	}
}

static void
check_monotone(const struct model *m, const struct cron *cron,
	       const struct zone *zone, struct seed *seed, int64_t from_s)
{
	int64_t later_s = from_s + seed_range(seed, 0, 100000);
	struct wall_time next, later;

	if (cron_next(cron, zone, wall_from_s(later_s), &later) < 0)
		return;
	if (cron_next(cron, zone, wall_from_s(from_s), &next) < 0 ||
	    later.us < next.us)
		fail_msg("\"%s\" goes back after %lld", m->text.data,
			 (long long)from_s);
}

static void
test_random(void **state)
{
	struct seed seed = seed_start();
	struct zone *zones[N_ZONES];

	for (size_t i = 0; i < N_ZONES; i++)
		zones[i] = tz_load(zone_names[i]);
	for (int i = 0; i < CASES; i++) {
		size_t z = seed_next(&seed, N_ZONES);
		int64_t from_s = pick_instant(&seed, zones[z]);
		struct cron *cron;
		struct model m;
		struct err err;

		write_model(&m, &seed);
		/* The only refusal that the generator can run into. */
		if (cron_parse(m.text.data, &cron, &err) < 0) {
			if (strstr(err.text, "no chosen month") == NULL)
				fail_msg("%s: %s", m.text.data, err.text);
		} else {
			check_fires(&m, cron, zones[z], zone_names[z], from_s);
			check_monotone(&m, cron, zones[z], &seed, from_s);
			cron_free(cron);
		}
		buf_free(&m.text);
	}
	for (size_t i = 0; i < N_ZONES; i++)
		zone_free(zones[i]);
}

/* A fixed daily job runs once per day of the zone: in a leap year 366 times,
 * whatever its clock does. */
static void
test_never_lost_never_twice(void **state)
{
	struct seed seed = seed_start();

	for (int i = 0; i < 300; i++) {
		struct zone *zone =
		    tz_load(zone_names[seed_next(&seed, N_ZONES)]);
		int year = (int)seed_range(&seed, 2012, 2037), days = 0;
		struct buf text = {0};
		struct wall_time t, next;
		struct cron *cron;

		buf_printf(&text, "%u %u * * *", seed_next(&seed, 60),
			   seed_next(&seed, 24));
		assert_int_equal(cron_parse(text.data, &cron, NULL), 0);
		/* From noon of 31 December to noon of the next one. */
		t = wall_from_s(civil_day(year - 1, 12, 31) * SEC_PER_DAY);
		next = wall_from_s(civil_day(year, 12, 31) * SEC_PER_DAY);
		t.us += (12 * 3600 - zone_offset_s(zone, t)) * USEC_PER_SEC + 1;
		next.us +=
		    (12 * 3600 - zone_offset_s(zone, next)) * USEC_PER_SEC + 1;
		days = civil_day(year, 12, 31) - civil_day(year - 1, 12, 31);
		if (cron_count(cron, zone, t, next, 1000) != days)
			fail_msg("%s in %d: not %d fires", text.data, year,
				 days);
		cron_free(cron);
		buf_free(&text);
		zone_free(zone);
	}
}

/* Counting whole days gives what counting each fire gives. */
static void
test_count_is_a_shortcut(void **state)
{
	struct seed seed = seed_start();

	for (int i = 0; i < 200; i++) {
		struct zone *zone =
		    tz_load(zone_names[seed_next(&seed, N_ZONES)]);
		int64_t from_s = pick_instant(&seed, zone);
		int64_t to_s = from_s + seed_range(&seed, 0, 40 * 86400);
		int64_t fires = 0, at = from_s;
		struct wall_time next;
		struct cron *cron;
		struct model m;

		write_model(&m, &seed);
		if (cron_parse(m.text.data, &cron, NULL) == 0) {
			while (cron_next(cron, zone, wall_from_s(at), &next) ==
				   0 &&
			       wall_s(next) <= to_s) {
				at = wall_s(next);
				fires++;
			}
			if (cron_count(cron, zone, wall_from_s(from_s),
				       wall_from_s(to_s), 1000000) != fires)
				fail_msg("\"%s\" after %lld", m.text.data,
					 (long long)from_s);
			cron_free(cron);
		}
		buf_free(&m.text);
		zone_free(zone);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_never_lost_never_twice),
	    cmocka_unit_test(test_count_is_a_shortcut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
