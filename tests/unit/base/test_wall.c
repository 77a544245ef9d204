/* The calendar against itself and against known dates; RFC 3339 both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/wall.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
	int year, month, day;
	int32_t number;
	int weekday;
} dates[] = {
    {1970, 1, 1, 0, 4},	      {1969, 12, 31, -1, 3},
    {1970, 3, 1, 59, 0},      {1972, 2, 29, 789, 2},
    {1972, 3, 1, 790, 3},     {2000, 2, 29, 11016, 2},
    {2000, 3, 1, 11017, 3},   {1900, 2, 28, -25509, 3},
    {1900, 3, 1, -25508, 4},  {2026, 7, 3, 20637, 5},
    {2038, 1, 19, 24855, 2},  {1, 1, 1, -719162, 1},
    {0, 3, 1, -719468, 3},    {0, 2, 29, -719469, 2},
    {0, 1, 1, -719528, 6},    {-1, 12, 31, -719529, 5},
    {-400, 3, 1, -865565, 3}, {9999, 12, 31, 2932896, 5},
};

static void
test_known_dates(void **state)
{
	for (size_t i = 0; i < COUNT(dates); i++) {
		int64_t s = dates[i].number * SEC_PER_DAY;
		struct civil c = civil_from_s(s + 86399);

		assert_int_equal(
		    civil_day(dates[i].year, dates[i].month, dates[i].day),
		    dates[i].number);
		assert_int_equal(c.year, dates[i].year);
		assert_int_equal(c.month, dates[i].month);
		assert_int_equal(c.day, dates[i].day);
		assert_int_equal(c.weekday, dates[i].weekday);
		assert_int_equal(c.hour, 23);
		assert_int_equal(c.minute, 59);
		assert_int_equal(c.second, 59);
		assert_int_equal(civil_s(&c), s + 86399);
	}
}

/* Every day from -9999 to 9999 in a row, as a calendar on the wall goes. */
static void
test_every_day(void **state)
{
	int32_t number = civil_day(-9999, 1, 1);
	int weekday = civil_from_s(number * SEC_PER_DAY).weekday;

	for (int year = -9999; year <= 9999; year++) {
		for (int month = 1; month <= 12; month++) {
			int n = civil_month_days(year, month);

			for (int day = 1; day <= n; day++, number++) {
				struct civil c =
				    civil_from_s(number * SEC_PER_DAY);

				if (civil_day(year, month, day) != number ||
				    c.year != year || c.month != month ||
				    c.day != day || c.weekday != weekday)
					fail_msg("%d-%d-%d", year, month, day);
				weekday = (weekday + 1) % 7;
			}
		}
	}
}

static void
test_month_days(void **state)
{
	static const int years[] = {2023, 2024, 1900, 2000, 2100, 0, -4, -100};
	static const int february[] = {28, 29, 28, 29, 28, 29, 29, 28};

	for (size_t i = 0; i < COUNT(years); i++)
		assert_int_equal(civil_month_days(years[i], 2), february[i]);
	assert_int_equal(civil_month_days(2023, 1), 31);
	assert_int_equal(civil_month_days(2023, 4), 30);
	assert_int_equal(civil_month_days(2023, 12), 31);
}

static void
test_rounding(void **state)
{
	static const struct {
		int64_t us, s;
		int32_t day;
	} table[] = {
	    {0, 0, 0},
	    {999999, 0, 0},
	    {-1, -1, -1},
	    {-1000000, -1, -1},
	    {-1000001, -2, -1},
	    {INT64_C(86399999999), 86399, 0},
	    {INT64_C(86400000000), 86400, 1},
	    {INT64_C(-86400000000), -86400, -1},
	    {INT64_C(-86400000001), -86401, -2},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct wall_time t = {table[i].us};

		assert_int_equal(wall_s(t), table[i].s);
		assert_int_equal(wall_day(t), table[i].day);
	}
	assert_int_equal(wall_day_start(-1).us, INT64_C(-86400000000));
	assert_int_equal(wall_floor_div(-7, 7), -1);
	assert_int_equal(wall_floor_div(-8, 7), -2);
	assert_int_equal(wall_floor_div(6, 7), 0);
}

static const struct {
	const char *text;
	int64_t us; /* INT64_MIN: refused */
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.5Z", 500000},
    {"1970-01-01T00:00:00.000001Z", 1},
    {"1970-01-01T00:00:00.123456Z", 123456},
    {"1970-01-01T00:00:00+00:00", 0},
    {"1970-01-01T00:00:00-00:00", 0},
    {"1970-01-01T02:30:00+02:30", 0},
    {"1969-12-31T21:30:00-02:30", 0},
    {"1970-01-01T00:00:00+23:59", INT64_C(-86340000000)},
    {"1969-12-31T23:59:59.999999Z", -1},
    {"2026-07-03T05:20:01Z", INT64_C(1783056001000000)},
    {"2024-02-29T00:00:00Z", INT64_C(1709164800000000)},
    {"0000-01-01T00:00:00Z", INT64_C(-62167219200000000)},
    {"9999-12-31T23:59:59Z", INT64_C(253402300799000000)},
    {"", INT64_MIN},
    {"2026-07-03", INT64_MIN},
    {"2026-07-03T05:20Z", INT64_MIN},
    {"2026-07-03T05:20:01", INT64_MIN},
    {"2026-07-03 05:20:01Z", INT64_MIN},
    {"2026-07-03t05:20:01Z", INT64_MIN},
    {"2026-07-03T05:20:01z", INT64_MIN},
    {"2026-07-03T05:20:01Z ", INT64_MIN},
    {" 2026-07-03T05:20:01Z", INT64_MIN},
    {"2026-07-03T05:20:01.Z", INT64_MIN},
    {"2026-07-03T05:20:01.1234567Z", INT64_MIN},
    {"2026-07-03T05:20:01,5Z", INT64_MIN},
    {"2026-07-03T05:20:60Z", INT64_MIN},
    {"2026-07-03T05:60:01Z", INT64_MIN},
    {"2026-07-03T24:00:00Z", INT64_MIN},
    {"2026-00-03T05:20:01Z", INT64_MIN},
    {"2026-13-03T05:20:01Z", INT64_MIN},
    {"2026-07-00T05:20:01Z", INT64_MIN},
    {"2026-07-32T05:20:01Z", INT64_MIN},
    {"2026-06-31T05:20:01Z", INT64_MIN},
    {"2023-02-29T05:20:01Z", INT64_MIN},
    {"2026-7-03T05:20:01Z", INT64_MIN},
    {"02026-07-03T05:20:01Z", INT64_MIN},
    {"-026-07-03T05:20:01Z", INT64_MIN},
    {"2026-07-03T05:20:01+2:00", INT64_MIN},
    {"2026-07-03T05:20:01+0200", INT64_MIN},
    {"2026-07-03T05:20:01+24:00", INT64_MIN},
    {"2026-07-03T05:20:01+02:60", INT64_MIN},
    {"2026-07-03T05:20:01+02", INT64_MIN},
};

static void
test_parse(void **state)
{
	for (size_t i = 0; i < COUNT(times); i++) {
		struct wall_time t = {77};
		int r = wall_parse(times[i].text, &t);

		if (times[i].us == INT64_MIN) {
			if (r != ERR_INVALID || t.us != 77)
				fail_msg("\"%s\": %d", times[i].text, r);
		} else if (r != 0 || t.us != times[i].us) {
			fail_msg("\"%s\": %d, %lld", times[i].text, r,
				 (long long)t.us);
		}
	}
}

static void
test_format(void **state)
{
	static const struct {
		int64_t us;
		const char *text, *micro;
	} table[] = {
	    {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
	    {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z"},
	    {INT64_C(1783056001000042), "2026-07-03T05:20:01Z",
	     "2026-07-03T05:20:01.000042Z"},
	    /* the first and the last that can be written, and beyond */
	    {INT64_C(-62167219200000000), "0000-01-01T00:00:00Z",
	     "0000-01-01T00:00:00.000000Z"},
	    {INT64_C(-62167219200000001), "0000-01-01T00:00:00Z",
	     "0000-01-01T00:00:00.000000Z"},
	    {INT64_MIN, "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z"},
	    {INT64_C(253402300799999999), "9999-12-31T23:59:59Z",
	     "9999-12-31T23:59:59.999999Z"},
	    {INT64_C(253402300800000000), "9999-12-31T23:59:59Z",
	     "9999-12-31T23:59:59.999999Z"},
	    {INT64_MAX, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z"},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		char text[WALL_RFC3339_LEN + 1];
		char micro[WALL_RFC3339_MICRO_LEN + 1];
		struct wall_time t = {table[i].us};

		assert_string_equal(wall_format(t, text), table[i].text);
		assert_string_equal(wall_format_micro(t, micro),
				    table[i].micro);
	}
}

static void
test_days(void **state)
{
	static const char *const refused[] = {
	    "",		"2026-07-3", "2026-07-033", "2026-02-29", "2026-07-03T",
	    "20260703", "2026/07/03"};
	char text[WALL_DAY_LEN + 1];
	int32_t day = 77;

	for (size_t i = 0; i < COUNT(refused); i++)
		assert_int_equal(day_parse(refused[i], &day), ERR_INVALID);
	assert_int_equal(day, 77);
	assert_int_equal(day_parse("2026-07-03", &day), 0);
	assert_int_equal(day, 20637);
	assert_string_equal(day_format(day, text), "2026-07-03");
	assert_string_equal(day_format(-1, text), "1969-12-31");
	assert_string_equal(day_format(2932896, text), "9999-12-31");
	assert_string_equal(day_format(INT32_MAX, text), "9999-12-31");
	assert_string_equal(day_format(-719528, text), "0000-01-01");
	assert_string_equal(day_format(INT32_MIN, text), "0000-01-01");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known_dates),
	    cmocka_unit_test(test_every_day),
	    cmocka_unit_test(test_month_days),
	    cmocka_unit_test(test_rounding),
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
