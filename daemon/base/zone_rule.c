/* A cursor walks the string once; every take_*() either moves it past what
 * it took or leaves an answer of false, after which nothing more is read.
 *
 * POSIX counts offsets west of Greenwich; everything here is kept east, as in
 * the rest of TZif.  The times of the rule are wall-clock times of the offset
 * that the change leaves: standard time for the start, daylight saving time
 * for the end. */
#include "base/zone_rule.h"
#include "base/err.h"
#include "base/wall.h"

enum {
	OFFSET_HOURS_MAX = 24, /* POSIX */
	TIME_HOURS_MAX = 167,  /* the extension of TZif version 3 */
	NAME_MIN = 3,
	DEFAULT_TIME_S = 7200,
	DEFAULT_SAVING_S = 3600
};

struct cursor {
	const char *at;
	const char *end;
};

static char
peek(const struct cursor *c)
{
	return c->at < c->end ? *c->at : '\0';
}

static bool
take_char(struct cursor *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One to three digits, at most `max`. */
static bool
take_number(struct cursor *c, int max, int *ret)
{
	int n = 0, digits = 0;

	for (; is_digit(peek(c)) && digits < 3; digits++, c->at++)
		n = n * 10 + (*c->at - '0');
	if (digits == 0 || is_digit(peek(c)) || n > max)
		return false;
	*ret = n;
	return true;
}

/* The names themselves are not kept: no time is ever printed with one. */
static bool
take_name(struct cursor *c)
{
	bool quoted = take_char(c, '<');
	int n = 0;

	for (; c->at < c->end; c->at++, n++) {
		bool sign = *c->at == '+' || *c->at == '-';

		if (!is_alpha(*c->at) &&
		    !(quoted && (sign || is_digit(*c->at))))
			break;
	}
	return n >= NAME_MIN && (!quoted || take_char(c, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool
take_time(struct cursor *c, int hours_max, int32_t *ret_s)
{
	int hour = 0, minute = 0, second = 0, sign = 1;

	if (take_char(c, '-'))
		sign = -1;
	else
		(void)take_char(c, '+');
	if (!take_number(c, hours_max, &hour))
		return false;
	if (take_char(c, ':')) {
		if (!take_number(c, 59, &minute))
			return false;
		if (take_char(c, ':') && !take_number(c, 59, &second))
			return false;
	}
	*ret_s = sign * (hour * 3600 + minute * 60 + second);
	return true;
}

static bool
take_weekday_date(struct cursor *c, struct zone_date *d)
{
	d->kind = ZONE_DATE_WEEKDAY;
	return take_number(c, 12, &d->month) && d->month >= 1 &&
	       take_char(c, '.') && take_number(c, 5, &d->week) &&
	       d->week >= 1 && take_char(c, '.') && take_number(c, 6, &d->day);
}

static bool
take_date(struct cursor *c, struct zone_date *d)
{
	bool taken;

	if (!take_char(c, ','))
		return false;
	if (take_char(c, 'M')) {
		taken = take_weekday_date(c, d);
	} else if (take_char(c, 'J')) {
		d->kind = ZONE_DATE_JULIAN;
		taken = take_number(c, 365, &d->day) && d->day >= 1;
	} else {
		d->kind = ZONE_DATE_ZERO;
		taken = take_number(c, 365, &d->day);
	}
	d->time_s = DEFAULT_TIME_S;
	return taken &&
	       (!take_char(c, '/') || take_time(c, TIME_HOURS_MAX, &d->time_s));
}

static bool
take_dst(struct cursor *c, struct zone_rule *rule)
{
	if (!take_name(c))
		return false;
	rule->has_dst = true;
	rule->dst_s = rule->std_s + DEFAULT_SAVING_S;
	if (peek(c) != ',') {
		if (!take_time(c, OFFSET_HOURS_MAX, &rule->dst_s))
			return false;
		rule->dst_s = -rule->dst_s;
	}
	return take_date(c, &rule->start) && take_date(c, &rule->end);
}

int
zone_rule_parse(const char *text, size_t len, struct zone_rule *ret_rule)
{
	struct cursor c = {text, text + len};
	struct zone_rule rule = {0};

	if (!take_name(&c) || !take_time(&c, OFFSET_HOURS_MAX, &rule.std_s))
		return ERR_INVALID;
	rule.std_s = -rule.std_s;
	if (c.at < c.end && !take_dst(&c, &rule))
		return ERR_INVALID;
	if (c.at != c.end)
		return ERR_INVALID;
	*ret_rule = rule;
	return 0;
}

static int32_t
weekday_date(const struct zone_date *d, int year)
{
	int32_t first = civil_day(year, d->month, 1);
	int weekday = civil_from_s(first * SEC_PER_DAY).weekday;
	int day = (d->day - weekday + 7) % 7 + (d->week - 1) * 7;

	if (day >= civil_month_days(year, d->month))
		day -= 7; /* week 5 means the last one */
	return first + day;
}

/* Local wall-clock seconds of a date of the rule. */
static int64_t
date_local_s(const struct zone_date *d, int year)
{
	int32_t day = civil_day(year, 1, 1);

	switch (d->kind) {
	case ZONE_DATE_WEEKDAY:
		day = weekday_date(d, year);
		break;
	case ZONE_DATE_JULIAN:
		day += d->day - 1;
		if (d->day >= 60 && civil_month_days(year, 2) == 29)
			day++;
		break;
	case ZONE_DATE_ZERO:
		day += d->day;
		break;
	}
	return day * SEC_PER_DAY + d->time_s;
}

int64_t
zone_rule_start_s(const struct zone_rule *rule, int year)
{
	return date_local_s(&rule->start, year) - rule->std_s;
}

int64_t
zone_rule_end_s(const struct zone_rule *rule, int year)
{
	return date_local_s(&rule->end, year) - rule->dst_s;
}
