/* Five fields, each a list of items, each item a set of values:
 *
 *	item = term [ "/" step ]
 *	term = "*" | value | value "-" value
 *	value = number | name of a month or weekday
 *
 * and beside these L and LW as day of month, 5L and 1#2 as day of week.  A
 * value with a step stands for the range from it to the end of the field.
 * Letters may be of any case: the text is made upper case first.
 *
 * What other dialects write (a sixth field, W, ?, H, ~, ranges that wrap) is
 * refused with a sentence of its own: the same text means different times
 * elsewhere, and a schedule that spends money must not be a guess. */
#include "sched/cron_fields.h"
#include "base/wall.h"

#include <string.h>

enum { CRON_FIELDS = 5 };

enum field_id { MINUTE, HOUR, DAY, MONTH, WEEKDAY };

struct field {
	const char *name;
	unsigned int min, max;
	const char *const *words; /* words[0] is the value `min` */
	unsigned int n_words;
};

static const char *const month_words[] = {"JAN", "FEB", "MAR", "APR",
					  "MAY", "JUN", "JUL", "AUG",
					  "SEP", "OCT", "NOV", "DEC"};
static const char *const weekday_words[] = {"SUN", "MON", "TUE", "WED",
					    "THU", "FRI", "SAT"};

static const struct field fields[CRON_FIELDS] = {
    [MINUTE] = {"minute", 0, 59, NULL, 0},
    [HOUR] = {"hour", 0, 23, NULL, 0},
    [DAY] = {"day of month", 1, 31, NULL, 0},
    [MONTH] = {"month", 1, 12, month_words, 12},
    [WEEKDAY] = {"day of week", 0, 7, weekday_words, 7},
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
cron_read_number(const char *text, unsigned int *ret)
{
	unsigned int n = 0;
	size_t digits = strlen(text);

	if (digits == 0 || digits > 4)
		return false;
	for (; *text != '\0'; text++) {
		if (!is_digit(*text))
			return false;
		n = n * 10 + (unsigned int)(*text - '0');
	}
	*ret = n;
	return true;
}

static int
read_value(const struct field *f, const char *text, unsigned int *ret,
	   struct err *err)
{
	for (unsigned int i = 0; i < f->n_words; i++) {
		if (strcmp(text, f->words[i]) == 0) {
			*ret = f->min + i;
			return 0;
		}
	}
	if (!cron_read_number(text, ret))
		return err_set(err, ERR_INVALID, "%s: \"%s\" is no value",
			       f->name, text);
	if (*ret < f->min || *ret > f->max)
		return err_set(err, ERR_INVALID, "%s: %s is outside %u-%u",
			       f->name, text, f->min, f->max);
	return 0;
}

static int
read_range(const struct field *f, char *text, unsigned int *ret_first,
	   unsigned int *ret_last, struct err *err)
{
	char *dash = strchr(text, '-');
	int r;

	if (strcmp(text, "*") == 0) {
		*ret_first = f->min;
		*ret_last = f->max;
		return 0;
	}
	if (dash == NULL) {
		r = read_value(f, text, ret_first, err);
		*ret_last = *ret_first;
		return r;
	}
	*dash = '\0';
	r = read_value(f, text, ret_first, err);
	if (r == 0)
		r = read_value(f, dash + 1, ret_last, err);
	if (r == 0 && *ret_last < *ret_first)
		return err_set(
		    err, ERR_INVALID,
		    "%s: the range %s-%s wraps around; write two ranges with "
		    "a comma between them",
		    f->name, text, dash + 1);
	return r;
}

/* term [ "/" step ] as bits */
static int
read_set(const struct field *f, char *item, uint64_t *ret_bits, struct err *err)
{
	char *slash = strchr(item, '/');
	unsigned int first = 0, last = 0, step = 1;
	bool single;
	int r;

	if (slash != NULL)
		*slash = '\0';
	single = strcmp(item, "*") != 0 && strchr(item, '-') == NULL;
	r = read_range(f, item, &first, &last, err);
	if (r < 0)
		return r;
	if (slash != NULL && (!cron_read_number(slash + 1, &step) || step == 0))
		return err_set(
		    err, ERR_INVALID,
		    "%s: the step \"%s\" is not a number of at least 1",
		    f->name, slash + 1);
	if (slash != NULL && single)
		last = f->max;
	*ret_bits = 0;
	for (unsigned int i = first; i <= last; i += step)
		*ret_bits |= UINT64_C(1) << i;
	return 0;
}

/* Sunday is 0 and 7. */
static uint32_t
fold_weekdays(uint64_t bits)
{
	return (uint32_t)((bits | bits >> 7) & 0x7f);
}

/* True when the item was L or LW. */
static bool
read_last_day(struct cron *cron, const char *item)
{
	if (strcmp(item, "L") == 0)
		cron->last_day = true;
	else if (strcmp(item, "LW") == 0)
		cron->last_workday = true;
	else
		return false;
	return true;
}

/* 1#2 */
static int
read_nth(struct cron *cron, char *item, char *hash, struct err *err)
{
	const struct field *f = &fields[WEEKDAY];
	unsigned int day, n;
	int r;

	*hash = '\0';
	r = read_value(f, item, &day, err);
	if (r < 0)
		return r;
	if (!cron_read_number(hash + 1, &n) || n < 1 || n > CRON_NTH_MAX)
		return err_set(err, ERR_INVALID,
			       "%s: \"#%s\": only #1 to #%d exist in a month",
			       f->name, hash + 1, CRON_NTH_MAX);
	cron->nth[n] |= fold_weekdays(UINT64_C(1) << day);
	return 0;
}

static int
read_weekday(struct cron *cron, char *item, struct err *err)
{
	const struct field *f = &fields[WEEKDAY];
	char *hash = strchr(item, '#');
	uint64_t bits;
	int r;

	if (hash != NULL)
		return read_nth(cron, item, hash, err);
	if (is_digit(item[0]) && strcmp(item + 1, "L") == 0) {
		unsigned int day = (unsigned int)(item[0] - '0');

		if (day > f->max)
			return err_set(err, ERR_INVALID,
				       "%s: %u is outside 0-7", f->name, day);
		cron->nth[CRON_LAST] |= fold_weekdays(UINT64_C(1) << day);
		return 0;
	}
	r = read_set(f, item, &bits, err);
	if (r == 0)
		cron->weekdays |= fold_weekdays(bits);
	return r;
}

/* Forms of other dialects. */
static int
refuse_item(const struct field *f, const char *item, struct err *err)
{
	size_t n = strlen(item);

	if (strchr(item, '?') != NULL)
		return err_set(err, ERR_INVALID,
			       "%s: \"?\" is not supported; write *", f->name);
	if (strchr(item, '~') != NULL)
		return err_set(
		    err, ERR_INVALID,
		    "%s: \"~\" (a random value) is not supported; write a "
		    "value and set jitter",
		    f->name);
	if (item[0] == 'H' && (n == 1 || item[1] == '/' || item[1] == '('))
		return err_set(
		    err, ERR_INVALID,
		    "%s: \"H\" (a hashed value) is not supported; write a "
		    "value and set jitter, or an evidence window",
		    f->name);
	if (f == &fields[DAY] && n > 0 && item[n - 1] == 'W' &&
	    strspn(item, "0123456789") == n - 1)
		return err_set(
		    err, ERR_INVALID,
		    "%s: \"%s\" (the workday nearest to a date) is not "
		    "supported; only LW, the last workday of the month, is",
		    f->name, item);
	return 0;
}

static int
read_item(struct cron *cron, enum field_id id, char *item, struct err *err)
{
	uint64_t bits = 0;
	int r = refuse_item(&fields[id], item, err);

	if (r < 0)
		return r;
	if (id == WEEKDAY)
		return read_weekday(cron, item, err);
	if (id == DAY && read_last_day(cron, item))
		return 0;
	r = read_set(&fields[id], item, &bits, err);
	if (id == MINUTE)
		cron->minutes |= bits;
	else if (id == HOUR)
		cron->hours |= (uint32_t)bits;
	else if (id == DAY)
		cron->days |= (uint32_t)bits;
	else
		cron->months |= (uint32_t)bits;
	return r;
}

static int
read_field(struct cron *cron, enum field_id id, char *text, struct err *err)
{
	while (text != NULL) {
		char *comma = strchr(text, ',');
		int r;

		if (comma != NULL)
			*comma++ = '\0';
		r = read_item(cron, id, text, err);
		if (r < 0)
			return r;
		text = comma;
	}
	return 0;
}

/* A date such as 30 February is a slip, whatever the other fields say. */
static int
check_dates(const struct cron *cron, struct err *err)
{
	unsigned int longest = 0;

	if (cron->last_day || cron->last_workday)
		return 0;
	for (unsigned int month = 1; month <= 12; month++) {
		/* 2000 was a leap year. */
		unsigned int n =
		    (unsigned int)civil_month_days(2000, (int)month);

		if ((cron->months & 1u << month) && n > longest)
			longest = n;
	}
	if (cron->days & ((UINT64_C(1) << (longest + 1)) - 1))
		return 0;
	return err_set(err, ERR_INVALID,
		       "day of month: no chosen month has more than %u days",
		       longest);
}

static int
refuse_count(size_t n, struct err *err)
{
	if (n == CRON_FIELDS + 1)
		return err_set(
		    err, ERR_INVALID,
		    "six fields: elsewhere the sixth is a second before the "
		    "minute, a second at the end or a year; write five");
	if (n == CRON_FIELDS + 2)
		return err_set(
		    err, ERR_INVALID,
		    "seven fields: seconds and years are not supported; "
		    "write five");
	return err_set(
	    err, ERR_INVALID,
	    "a schedule has five fields (minute, hour, day of month, month, "
	    "day of week), not %s%zu",
	    n == CRON_TOKENS_MAX ? "more than " : "",
	    n == CRON_TOKENS_MAX ? n - 1 : n);
}

int
cron_read_fields(struct cron *cron, char *const *tokens, size_t n,
		 struct err *err)
{
	if (n != CRON_FIELDS)
		return refuse_count(n, err);
	cron->wildcard = tokens[MINUTE][0] == '*' || tokens[HOUR][0] == '*';
	cron->days_and = tokens[DAY][0] == '*' || tokens[WEEKDAY][0] == '*';
	for (size_t i = 0; i < n; i++) {
		int r = read_field(cron, (enum field_id)i, tokens[i], err);

		if (r < 0)
			return r;
	}
	return check_dates(cron, err);
}
