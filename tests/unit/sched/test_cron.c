/* What is refused and in which words, and single facts about next fires:
 * zones with unusual changes, sparse dates, @every, counting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/tz.h"
#include "base/zone.h"
#include "sched/cron.h"

#include <string.h>

static struct cron *
parse(const char *text)
{
	struct cron *cron = NULL;
	struct err err;

	if (cron_parse(text, &cron, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return cron;
}

static struct wall_time
at(const char *text)
{
	struct wall_time t = {0};

	if (wall_parse(text, &t) < 0)
		fail_msg("%s is no time", text);
	return t;
}

/* Each form of another dialect, and words that its sentence must hold. */
static const struct {
	const char *text;
	const char *words;
} refusals[] = {
    {"", "not 0"},
    {"* * * *", "not 4"},
    {"0 * * * * *", "six fields"},
    {"0 0 12 * * 1 2026", "seven fields"},
    {"* * * * * * * *", "more than 7"},
    {"@reboot", "@reboot"},
    {"@Reboot ", "@reboot"},
    {"@fortnightly", "begin with @"},
    {"@daily 5", "begin with @"},
    {"@every", "begin with @"},
    {"@every 90m 1", "begin with @"},
    {"@every 30s", "from 1m"},
    {"@every 59s", "from 1m"},
    {"@every 367d", "366d"},
    {"@every 9999d", "366d"},
    {"@every 90", "one number and a unit"},
    {"@every m", "one number and a unit"},
    {"@every 1h30m", "one number and a unit"},
    {"@every -5m", "one number and a unit"},
    {"@every 0m", "one number and a unit"},
    {"0 5 15W * *", "workday nearest"},
    {"0 5 W * *", "workday nearest"},
    {"0 5 ? * 1", "\"?\""},
    {"0 5 * * ?", "\"?\""},
    {"H 5 * * *", "\"H\""},
    {"H/15 * * * *", "\"H\""},
    {"h(0-7) * * * *", "\"H\""},
    {"0~30 5 * * *", "\"~\""},
    {"~ 5 * * *", "\"~\""},
    {"0 22-4 * * *", "wraps around"},
    {"0 5 * NOV-MAR *", "wraps around"},
    {"0 5 * * FRI-MON", "wraps around"},
    {"60 5 * * *", "outside 0-59"},
    {"0 24 * * *", "outside 0-23"},
    {"0 5 0 * *", "outside 1-31"},
    {"0 5 32 * *", "outside 1-31"},
    {"0 5 * 13 *", "outside 1-12"},
    {"0 5 * * 8", "outside 0-7"},
    {"0 5 * * 9L", "outside 0-7"},
    {"0 5 * * 8#1", "outside 0-7"},
    {"0 5 30 2 *", "more than 29 days"},
    {"0 5 31 4,6,9,11 *", "more than 30 days"},
    {"*/0 * * * *", "step"},
    {"*/ * * * *", "step"},
    {"*/99999 * * * *", "step"},
    {"1//2 * * * *", "step"},
    {"0 5 L/2 * *", "no value"},
    {"0 5 L-3 * *", "no value"},
    {"0 L * * *", "no value"},
    {"0 5 * * MONL", "no value"},
    {"0 5 * * L", "no value"},
    {"0 5 * * 1#6", "#1 to #5"},
    {"0 5 * * 1#", "#1 to #5"},
    {"0 5 * * 1-5#1", "no value"},
    {"0 5, * * *", "no value"},
    {"0 ,5 * * *", "no value"},
    {"0 5 * * MON-", "no value"},
    {"0 -5 * * *", "no value"},
    {"0 +5 * * *", "no value"},
    {"0 5 * JANUARY *", "no value"},
    {"0 5 MON * *", "no value"},
    {"0 5 * MON *", "no value"},
    {"0 5 * * 1.0", "no value"},
    {"0 5 * * \xc3\xa9", "no value"},
};

static void
test_refusals(void **state)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct cron *cron = NULL;
		struct err err = {0};
		int r = cron_parse(refusals[i].text, &cron, &err);

		if (r != ERR_INVALID || cron != NULL)
			fail_msg("\"%s\" gives %d", refusals[i].text, r);
		if (strstr(err.text, refusals[i].words) == NULL)
			fail_msg("\"%s\": \"%s\" lacks \"%s\"",
				 refusals[i].text, err.text, refusals[i].words);
	}
}

static void
test_too_long(void **state)
{
	struct cron *cron = NULL;
	char text[300];

	memset(text, ' ', sizeof(text));
	memcpy(text, "0 5 * * *", 9);
	text[256] = '\0';
	cron = parse(text);
	cron_free(cron);
	text[256] = ' ';
	text[257] = '\0';
	assert_int_equal(cron_parse(text, &cron, NULL), ERR_LIMIT);
}

/* `next` NULL: none. */
static const struct {
	const char *text, *zone, *from, *next;
} facts[] = {
    /* A fixed job in the gap: once, when the gap ends. */
    {"30 2 * * *", "America/New_York", "2026-03-07T03:00:00-05:00",
     "2026-03-08T03:00:00-04:00"},
    {"30 2 * * *", "America/New_York", "2026-03-08T03:00:00-04:00",
     "2026-03-09T02:30:00-04:00"},
    {"0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00-03:00",
     "2018-11-04T01:00:00-02:00"},
    {"0 0 * * *", "America/Sao_Paulo", "2018-11-04T01:00:00-02:00",
     "2018-11-05T00:00:00-02:00"},
    {"0 0 4 11 *", "America/Sao_Paulo", "2018-11-03T12:00:00-03:00",
     "2018-11-04T01:00:00-02:00"},
    /* and in the overlap: the first time only. */
    {"30 1 * * *", "America/New_York", "2026-11-01T00:00:00-04:00",
     "2026-11-01T01:30:00-04:00"},
    {"30 1 * * *", "America/New_York", "2026-11-01T01:30:00-04:00",
     "2026-11-02T01:30:00-05:00"},
    {"30 1 * * *", "America/New_York", "2026-11-01T01:15:00-05:00",
     "2026-11-02T01:30:00-05:00"},
    {"30 1 * * *", "America/New_York", "2026-11-01T01:45:00-04:00",
     "2026-11-02T01:30:00-05:00"},
    /* A wildcard job runs in real time. */
    {"30 */2 * * *", "America/New_York", "2026-03-08T01:00:00-05:00",
     "2026-03-08T04:30:00-04:00"},
    {"*/30 1 * * *", "America/New_York", "2026-11-01T01:30:00-04:00",
     "2026-11-01T01:00:00-05:00"},
    {"@hourly", "America/New_York", "2026-11-01T01:00:00-04:00",
     "2026-11-01T01:00:00-05:00"},
    {"@daily", "America/New_York", "2026-11-01T00:00:00-04:00",
     "2026-11-02T00:00:00-05:00"},
    /* Half an hour: 02:00 becomes 01:30 and 02:30. */
    {"45 1 * * *", "Australia/Lord_Howe", "2021-04-04T00:00:00+11:00",
     "2021-04-04T01:45:00+11:00"},
    {"45 1 * * *", "Australia/Lord_Howe", "2021-04-04T01:45:00+11:00",
     "2021-04-05T01:45:00+10:30"},
    {"0 * * * *", "Australia/Lord_Howe", "2021-04-04T01:30:00+11:00",
     "2021-04-04T02:00:00+10:30"},
    {"15 2 * * *", "Australia/Lord_Howe", "2021-10-03T00:00:00+10:30",
     "2021-10-03T02:30:00+11:00"},
    /* The change itself shows a full hour: that hour counts. */
    {"0 * * * *", "Asia/Pyongyang", "2018-05-04T23:00:00+08:30",
     "2018-05-05T00:00:00+09:00"},
    /* Daylight saving time that is written as standard time in winter. */
    {"30 1 * * *", "Europe/Dublin", "2021-03-28T00:00:00+00:00",
     "2021-03-28T02:00:00+01:00"},
    {"30 1 * * *", "Europe/Dublin", "2021-10-31T01:30:00+01:00",
     "2021-11-01T01:30:00+00:00"},
    /* Ramadan: back and forth within five weeks. */
    {"30 2 * * *", "Africa/Casablanca", "2021-04-11T00:00:00+01:00",
     "2021-04-11T02:30:00+01:00"},
    {"30 2 * * *", "Africa/Casablanca", "2021-05-16T00:00:00+00:00",
     "2021-05-16T03:00:00+01:00"},
    /* Two hours back: the first pass still counts after the first hour. */
    {"30 2 * * *", "Antarctica/Troll", "2026-10-25T02:10:00+00:00",
     "2026-10-26T02:30:00+00:00"},
    {"30 2 * * *", "Antarctica/Troll", "2026-10-25T00:00:00+02:00",
     "2026-10-25T02:30:00+02:00"},
    /* 00:01 becomes 23:01: midnight comes once. */
    {"0 0 * * *", "America/St_Johns", "2010-11-06T23:30:00-02:30",
     "2010-11-07T00:00:00-02:30"},
    {"0 0 * * *", "America/St_Johns", "2010-11-07T00:00:00-02:30",
     "2010-11-08T00:00:00-03:30"},
    /* 30 December 2011 did not exist. */
    {"0 12 * * *", "Pacific/Apia", "2011-12-29T12:00:00-10:00",
     "2011-12-31T00:00:00+14:00"},
    {"0 12 * * *", "Pacific/Apia", "2011-12-31T00:00:00+14:00",
     "2011-12-31T12:00:00+14:00"},
    {"0 * * * *", "Pacific/Apia", "2011-12-29T23:00:00-10:00",
     "2011-12-31T00:00:00+14:00"},
    /* Far beyond the transitions that the file lists. */
    {"30 3 * * *", "Europe/Riga", "2999-03-30T12:00:00+02:00",
     "2999-03-31T04:00:00+03:00"},
    /* Sparse dates, the longest waits of the calendar. */
    {"0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"},
    {"0 0 29 2 */7", "UTC", "2032-02-29T00:00:00Z", "2060-02-29T00:00:00Z"},
    {"0 0 */100,29 2 1#5", "UTC", "2072-02-29T00:00:00Z",
     "2112-02-29T00:00:00Z"},
    {"0 0 31 */2 */100", "UTC", "2026-01-01T00:00:00Z", "2026-05-31T00:00:00Z"},
    {"1 1 */100 * MON#4", "UTC", "2020-01-01T00:00:00Z", NULL},
    {"1 1 */100 * MON#4", "Europe/Riga", "2020-01-01T00:00:00Z", NULL},
    {"*/5 * */100 * MON#4", "Europe/Riga", "2020-01-01T00:00:00Z", NULL},
    /* L and its kin */
    {"0 5 L 2 *", "UTC", "2023-03-01T00:00:00Z", "2024-02-29T05:00:00Z"},
    {"0 5 L,15 * *", "UTC", "2026-02-15T05:00:00Z", "2026-02-28T05:00:00Z"},
    {"0 5 LW * *", "UTC", "2026-01-30T05:00:00Z", "2026-02-27T05:00:00Z"},
    {"0 5 LW 8 *", "UTC", "2027-01-01T00:00:00Z", "2027-08-31T05:00:00Z"},
    {"0 5 LW 10 *", "UTC", "2027-01-01T00:00:00Z", "2027-10-29T05:00:00Z"},
    {"0 5 * * 1#5", "UTC", "2026-04-01T00:00:00Z", "2026-06-29T05:00:00Z"},
    {"0 5 * * sun#1,3L", "UTC", "2026-07-05T05:00:00Z", "2026-07-29T05:00:00Z"},
    /* Day of month and day of week: either, unless one starts with `*`. */
    {"0 5 13 * 5", "UTC", "2026-07-10T05:00:00Z", "2026-07-13T05:00:00Z"},
    {"0 5 */1 * 5", "UTC", "2026-07-10T05:00:00Z", "2026-07-17T05:00:00Z"},
    {"0 5 L * 5", "UTC", "2026-07-24T05:00:00Z", "2026-07-31T05:00:00Z"},
    {"0 5 1-7 * */7", "UTC", "2026-07-06T00:00:00Z", "2026-08-02T05:00:00Z"},
    /* Names of any case, 7 as Sunday, steps from a value on. */
    {"0 5 * jan,dEc Mon-fri", "UTC", "2026-02-01T00:00:00Z",
     "2026-12-01T05:00:00Z"},
    {"0 5 * * 5-7", "UTC", "2026-07-04T06:00:00Z", "2026-07-05T05:00:00Z"},
    {"10/20 5 * * *", "UTC", "2026-07-04T05:10:00Z", "2026-07-04T05:30:00Z"},
    {"10-40/20 5 * * *", "UTC", "2026-07-04T05:30:00Z", "2026-07-05T05:10:00Z"},
    {"05 005 * * *", "UTC", "2026-07-04T05:05:00Z", "2026-07-05T05:05:00Z"},
    {"\t0  5 * *\t* ", "UTC", "2026-07-04T05:00:00Z", "2026-07-05T05:00:00Z"},
    {"@weekly", "UTC", "2026-07-04T05:00:00Z", "2026-07-05T00:00:00Z"},
    {"@monthly", "UTC", "2026-07-04T05:00:00Z", "2026-08-01T00:00:00Z"},
    {"@yearly", "UTC", "2026-07-04T05:00:00Z", "2027-01-01T00:00:00Z"},
    {"@ANNUALLY", "UTC", "2026-07-04T05:00:00Z", "2027-01-01T00:00:00Z"},
    {"@midnight", "UTC", "2026-07-04T05:00:00Z", "2026-07-05T00:00:00Z"},
    /* @every: multiples of the period since the epoch, in any zone. */
    {"@every 90m", "UTC", "1970-01-01T00:00:00Z", "1970-01-01T01:30:00Z"},
    {"@every 90m", "America/New_York", "2026-03-08T00:00:00Z",
     "2026-03-08T01:30:00Z"},
    {"@every 7d", "UTC", "2026-07-02T00:00:00Z", "2026-07-09T00:00:00Z"},
    {"@every 1m", "UTC", "1969-12-31T23:58:30Z", "1969-12-31T23:59:00Z"},
    {"@every 90s", "UTC", "2026-07-02T00:00:00Z", "2026-07-02T00:01:30Z"},
    /* Fractions of a second: strictly after. */
    {"0 5 * * *", "UTC", "2026-07-02T04:59:59.999999Z", "2026-07-02T05:00:00Z"},
    {"0 5 * * *", "UTC", "2026-07-02T05:00:00.000001Z", "2026-07-03T05:00:00Z"},
    /* Beyond the calendar that the daemon knows. */
    {"0 5 * * *", "UTC", "9999-12-31T05:00:00Z", NULL},
    {"0 5 * * *", "UTC", "9999-12-31T04:59:59Z", "9999-12-31T05:00:00Z"},
};

static void
check_fact(size_t i)
{
	struct zone *zone = tz_load(facts[i].zone);
	struct cron *cron = parse(facts[i].text);
	char got[WALL_RFC3339_LEN + 1], wanted[WALL_RFC3339_LEN + 1];
	struct wall_time next;
	int r = cron_next(cron, zone, at(facts[i].from), &next);

	if (facts[i].next == NULL) {
		assert_int_equal(r, ERR_NOT_FOUND);
	} else {
		assert_int_equal(r, 0);
		wall_format(next, got);
		wall_format(at(facts[i].next), wanted);
		if (strcmp(got, wanted) != 0)
			fail_msg("%s in %s after %s: %s, not %s", facts[i].text,
				 facts[i].zone, facts[i].from, got, wanted);
	}
	cron_free(cron);
	zone_free(zone);
}

static void
test_facts(void **state)
{
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		check_fact(i);
}

/* Instants that no configuration asks for, but a broken clock may. */
static void
test_extreme_instants(void **state)
{
	static const int64_t seconds[] = {INT64_MIN / USEC_PER_SEC,
					  -62135596801,
					  -62135596800,
					  -1,
					  0,
					  253402300799,
					  253402300800,
					  INT64_MAX / USEC_PER_SEC};
	static const char *const texts[] = {"0 5 * * *", "*/7 * * * *",
					    "@every 7m"};
	struct zone *zone = tz_load("Europe/Riga");

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct cron *cron = parse(texts[i]);

		for (size_t k = 0; k < sizeof(seconds) / sizeof(seconds[0]);
		     k++) {
			struct wall_time from = wall_from_s(seconds[k]), next;
			int r = cron_next(cron, zone, from, &next);

			if (r == 0)
				assert_true(next.us > from.us);
			else
				assert_true(seconds[k] >= 253402300799);
		}
		cron_free(cron);
	}
	zone_free(zone);
}

static const struct {
	const char *text, *zone, *t;
	bool rare;
} paces[] = {
    {"0 5 * * *", "UTC", "2026-07-04T05:00:00Z", true},
    {"0 5 * * *", "America/New_York", "2026-03-08T00:00:00Z", true},
    {"30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", true},
    {"0 5 * * 1", "UTC", "2026-07-04T05:00:00Z", true},
    {"0 5,17 * * *", "UTC", "2026-07-04T05:00:00Z", false},
    {"0 1,2 * * *", "UTC", "2026-07-04T01:30:00Z", false},
    {"0 1,2 * * *", "UTC", "2026-07-04T02:30:00Z", false},
    {"0 1,2 * * 1", "UTC", "2026-07-04T02:30:00Z", false},
    {"0 * * * *", "UTC", "2026-07-04T02:30:00Z", false},
    {"1 1 */100 * MON#4", "UTC", "2026-07-04T02:30:00Z", true},
    {"@every 23h", "UTC", "2026-07-04T02:30:00Z", true},
    {"@every 22h", "UTC", "2026-07-04T02:30:00Z", false},
};

static void
test_daily_or_rarer(void **state)
{
	for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++) {
		struct zone *zone = tz_load(paces[i].zone);
		struct cron *cron = parse(paces[i].text);

		if (cron_is_daily_or_rarer(cron, zone, at(paces[i].t)) !=
		    paces[i].rare)
			fail_msg("%s at %s", paces[i].text, paces[i].t);
		cron_free(cron);
		zone_free(zone);
	}
}

static int64_t
count(const char *text, const char *zone_name, const char *from, const char *to,
      int64_t max)
{
	struct zone *zone = tz_load(zone_name);
	struct cron *cron = parse(text);
	int64_t n = cron_count(cron, zone, at(from), at(to), max);

	cron_free(cron);
	zone_free(zone);
	return n;
}

static void
test_count(void **state)
{
	/* (from, to] */
	assert_int_equal(count("0 5 * * *", "UTC", "2026-01-01T05:00:00Z",
			       "2026-01-02T05:00:00Z", 9),
			 1);
	assert_int_equal(count("0 5 * * *", "UTC", "2026-01-01T04:59:59Z",
			       "2026-01-02T05:00:00Z", 9),
			 2);
	assert_int_equal(count("0 5 * * *", "UTC", "2026-01-02T05:00:00Z",
			       "2026-01-01T05:00:00Z", 9),
			 0);
	/* 25 and 23 hours of a zone's days in real time */
	assert_int_equal(count("0 * * * *", "Europe/Riga",
			       "2021-10-30T23:59:00+03:00",
			       "2021-10-31T23:59:00+02:00", 99),
			 25);
	assert_int_equal(count("0 * * * *", "Europe/Riga",
			       "2021-03-27T23:59:00+02:00",
			       "2021-03-28T23:59:00+03:00", 99),
			 23);
	/* the first minute of a day came before the clock was set back */
	assert_int_equal(count("0-59 0 * * *", "America/St_Johns",
			       "2010-11-06T23:30:00-03:30",
			       "2010-11-07T23:59:59-03:30", 99),
			 59);
	/* decades of minutes, and the most that is counted */
	assert_int_equal(count("* * * * *", "Europe/Riga",
			       "2000-12-31T23:59:59+02:00",
			       "2020-12-31T23:59:59+02:00", 99999999),
			 7305 * 1440);
	assert_int_equal(count("* * * * *", "Europe/Riga",
			       "2000-12-31T23:59:59+02:00",
			       "2020-12-31T23:59:59+02:00", 1000),
			 1000);
	assert_int_equal(count("@every 90m", "UTC", "1970-01-01T00:00:00Z",
			       "1970-01-02T00:00:00Z", 99),
			 16);
	assert_int_equal(count("@every 90m", "UTC", "1970-01-02T00:00:00Z",
			       "1970-01-01T00:00:00Z", 99),
			 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_facts),
	    cmocka_unit_test(test_extreme_instants),
	    cmocka_unit_test(test_daily_or_rarer),
	    cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
