/* Calendar arithmetic on day numbers: one pair of inverse functions
 * (civil_day, civil_from_s) carries everything else. */
#include "base/wall.h"
#include "base/err.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *const wall_weekdays[DAYS_PER_WEEK] = {"sun", "mon", "tue", "wed",
						  "thu", "fri", "sat"};

#define YEAR_0_S INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */

int64_t
wall_s(struct wall_time t)
{
	return wall_floor_div(t.us, USEC_PER_SEC);
}

int32_t
wall_day(struct wall_time t)
{
	return (int32_t)wall_floor_div(t.us, USEC_PER_SEC * SEC_PER_DAY);
}

struct wall_time
wall_day_start(int32_t day)
{
	return wall_from_s(day * SEC_PER_DAY);
}

/* Years are counted from March, so that the leap day is the last one; 400
 * years are one era of 146,097 days. */
int32_t
civil_day(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = wall_floor_div(y, 400);
	int64_t yoe = y - era * 400;
	int64_t doy =
	    (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return (int32_t)(era * 146097 + doe - 719468);
}

struct civil
civil_from_s(int64_t seconds)
{
	int64_t day = wall_floor_div(seconds, SEC_PER_DAY);
	int64_t rest = seconds - day * SEC_PER_DAY;
	int64_t z = day + 719468;
	int64_t era = wall_floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct civil c;

	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	c.weekday = (int)(((day + 4) % 7 + 7) % 7);
	return c;
}

int64_t
civil_s(const struct civil *c)
{
	return civil_day(c->year, c->month, c->day) * SEC_PER_DAY +
	       c->hour * 3600 + c->minute * 60 + c->second;
}

int
civil_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* The nearest instant whose year has four digits: a clock gone mad is still
 * shown as one. */
static struct wall_time
printable(struct wall_time t)
{
	if (t.us < YEAR_0_S * USEC_PER_SEC)
		return wall_from_s(YEAR_0_S);
	if (t.us >= (WALL_LAST_S + 1) * USEC_PER_SEC)
		t.us = (WALL_LAST_S + 1) * USEC_PER_SEC - 1;
	return t;
}

/* Every row has a time: snprintf() would take longer than all the rest of
 * rendering one. */
static char *
put_digits(char *out, unsigned n, int width)
{
	for (int i = width - 1; i >= 0; i--, n /= 10)
		out[i] = (char)('0' + n % 10);
	return out + width;
}

char *
wall_format(struct wall_time t, char out[WALL_RFC3339_LEN + 1])
{
	struct civil c = civil_from_s(wall_s(printable(t)));
	const int after_year[] = {c.month, c.day, c.hour, c.minute, c.second};
	char *p = put_digits(out, (unsigned)c.year, 4);

	for (int i = 0; i < 5; i++) {
		*p++ = "--T::"[i];
		p = put_digits(p, (unsigned)after_year[i], 2);
	}
	memcpy(p, "Z", sizeof("Z"));
	return out;
}

char *
wall_format_micro(struct wall_time t, char out[WALL_RFC3339_MICRO_LEN + 1])
{
	char base[WALL_RFC3339_LEN + 1];
	char *p = out + WALL_RFC3339_LEN - 1;

	t = printable(t);
	memcpy(out, wall_format(t, base), WALL_RFC3339_LEN - 1);
	*p++ = '.';
	p = put_digits(p, (unsigned)(t.us - wall_s(t) * USEC_PER_SEC), 6);
	memcpy(p, "Z", sizeof("Z"));
	return out;
}

char *
day_format(int32_t day, char out[WALL_DAY_LEN + 1])
{
	const int32_t first = (int32_t)(YEAR_0_S / SEC_PER_DAY);
	const int32_t last = (int32_t)(WALL_LAST_S / SEC_PER_DAY);
	char full[WALL_RFC3339_LEN + 1];

	if (day < first)
		day = first;
	wall_format(wall_day_start(day > last ? last : day), full);
	memcpy(out, full, WALL_DAY_LEN);
	out[WALL_DAY_LEN] = '\0';
	return out;
}

/* Exactly `digits` decimal digits; advances *p.  -1 when there are fewer. */
static int
take_number(const char **p, int digits)
{
	int n = 0;

	for (int i = 0; i < digits; i++, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return -1;
		n = n * 10 + (**p - '0');
	}
	return n;
}

static bool
take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool
take_date(const char **p, struct civil *c)
{
	c->year = take_number(p, 4);
	if (c->year < 0 || !take_char(p, '-'))
		return false;
	c->month = take_number(p, 2);
	if (c->month < 1 || c->month > 12 || !take_char(p, '-'))
		return false;
	c->day = take_number(p, 2);
	return c->day >= 1 && c->day <= civil_month_days(c->year, c->month);
}

static bool
take_time(const char **p, struct civil *c)
{
	c->hour = take_number(p, 2);
	if (c->hour < 0 || c->hour > 23 || !take_char(p, ':'))
		return false;
	c->minute = take_number(p, 2);
	if (c->minute < 0 || c->minute > 59 || !take_char(p, ':'))
		return false;
	c->second = take_number(p, 2);
	return c->second >= 0 && c->second <= 59;
}

static bool
take_fraction(const char **p, int64_t *us)
{
	int64_t scale = USEC_PER_SEC;

	*us = 0;
	if (!take_char(p, '.'))
		return true;
	if (!isdigit((unsigned char)**p))
		return false;
	while (isdigit((unsigned char)**p) && scale > 1) {
		scale /= 10;
		*us += (**p - '0') * scale;
		(*p)++;
	}
	return !isdigit((unsigned char)**p);
}

static bool
take_offset(const char **p, int64_t *seconds)
{
	int hour, minute, sign;

	*seconds = 0;
	if (take_char(p, 'Z'))
		return true;
	if (**p != '+' && **p != '-')
		return false;
	sign = **p == '-' ? -1 : 1;
	(*p)++;
	hour = take_number(p, 2);
	if (hour < 0 || hour > 23 || !take_char(p, ':'))
		return false;
	minute = take_number(p, 2);
	if (minute < 0 || minute > 59)
		return false;
	*seconds = sign * (hour * 3600 + minute * 60);
	return true;
}

int
wall_parse(const char *text, struct wall_time *ret_time)
{
	struct civil c = {0};
	int64_t us, offset;

	if (!take_date(&text, &c) || !take_char(&text, 'T') ||
	    !take_time(&text, &c) || !take_fraction(&text, &us) ||
	    !take_offset(&text, &offset) || *text != '\0')
		return ERR_INVALID;
	ret_time->us = (civil_s(&c) - offset) * USEC_PER_SEC + us;
	return 0;
}

int
day_parse(const char *text, int32_t *ret_day)
{
	struct civil c = {0};

	if (!take_date(&text, &c) || *text != '\0')
		return ERR_INVALID;
	*ret_day = civil_day(c.year, c.month, c.day);
	return 0;
}
