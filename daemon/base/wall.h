/* Wall-clock and monotonic time as values that cannot be mixed, and the
 * civil calendar in UTC.
 *
 * Nothing in the core reads a clock: the loop reads both once per turn and
 * passes them down.  Days are numbers of days since 1970-01-01. */
#ifndef BASE_WALL_H
#define BASE_WALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USEC_PER_SEC INT64_C(1000000)
#define SEC_PER_DAY  INT64_C(86400)

/* The instants that RFC 3339 can name, less the year 0. */
#define WALL_FIRST_S INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define WALL_LAST_S  INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

struct wall_time {
	int64_t us; /* microseconds since the Unix epoch, UTC */
};

struct mono_time {
	int64_t us; /* CLOCK_BOOTTIME: goes on while the host sleeps */
};

/* Both clocks, read together at the start of a turn of the loop. */
struct now {
	struct wall_time wall;
	struct mono_time mono;
};

struct civil {
	int year;
	int month;   /* 1..12 */
	int day;     /* 1..31 */
	int hour;    /* 0..23 */
	int minute;  /* 0..59 */
	int second;  /* 0..59 */
	int weekday; /* 0 = Sunday; ignored on input */
};

enum { DAYS_PER_WEEK = 7 };

/* "sun" to "sat", as a configuration writes them. */
extern const char *const wall_weekdays[DAYS_PER_WEEK];

enum {
	WALL_RFC3339_LEN = 20,	     /* 2026-07-03T00:00:01Z */
	WALL_RFC3339_MICRO_LEN = 27, /* 2026-07-03T00:00:01.000000Z */
	WALL_DAY_LEN = 10	     /* 2026-07-03 */
};

static inline struct wall_time
wall_from_s(int64_t seconds)
{
	return (struct wall_time){seconds * USEC_PER_SEC};
}

/* a / b rounded down, also below zero; b > 0. */
static inline int64_t
wall_floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Whole seconds, rounded down also before 1970. */
int64_t wall_s(struct wall_time t);

/* The UTC day of t, and the first instant of a day. */
int32_t wall_day(struct wall_time t);
struct wall_time wall_day_start(int32_t day);

/* Proleptic Gregorian calendar, any year in -9999..9999. */
int32_t civil_day(int year, int month, int day);
struct civil civil_from_s(int64_t seconds);
int64_t civil_s(const struct civil *c);
int civil_month_days(int year, int month);

/* Formats into `out` (the size in the name, plus NUL) and returns out.  An
 * instant outside the years 0..9999 is shown as the nearest one within. */
char *wall_format(struct wall_time t, char out[WALL_RFC3339_LEN + 1]);
char *wall_format_micro(struct wall_time t,
			char out[WALL_RFC3339_MICRO_LEN + 1]);
char *day_format(int32_t day, char out[WALL_DAY_LEN + 1]);

/* RFC 3339 with "Z" or a numeric offset, seconds required, up to six
 * fraction digits; and YYYY-MM-DD.  ERR_INVALID for anything else. */
int wall_parse(const char *text, struct wall_time *ret_time);
int day_parse(const char *text, int32_t *ret_day);

#endif
