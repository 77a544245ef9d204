/* An expression is five fields (sched/cron_fields.c), a shorthand for five,
 * or "@every" and a period.  It is read from a scratch copy in upper case,
 * which is split in place: letters may be of any case. */
#include "sched/cron.h"
#include "sched/cron_fields.h"

#include <stdlib.h>
#include <string.h>

enum { CRON_TEXT_MAX = 256, EVERY_MIN_S = 60, EVERY_MAX_S = 366 * 86400 };

static const struct {
	const char *name;
	const char *text;
} shorthands[] = {
    {"@HOURLY", "0 * * * *"},	{"@DAILY", "0 0 * * *"},
    {"@MIDNIGHT", "0 0 * * *"}, {"@WEEKLY", "0 0 * * 0"},
    {"@MONTHLY", "0 0 1 * *"},	{"@YEARLY", "0 0 1 1 *"},
    {"@ANNUALLY", "0 0 1 1 *"},
};

static int
read_every(struct cron *cron, char *text, struct err *err)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'S', 1}, {'M', 60}, {'H', 3600}, {'D', 86400}};
	size_t n = strlen(text);
	char unit = n > 0 ? text[n - 1] : '\0';
	unsigned int count;

	if (n > 0)
		text[n - 1] = '\0';
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (unit == units[i].unit && cron_read_number(text, &count))
			cron->every_s = count * units[i].seconds;
	}
	if (cron->every_s == 0)
		return err_set(
		    err, ERR_INVALID,
		    "@every: write one number and a unit (s, m, h or d): "
		    "\"@every 90m\"");
	if (cron->every_s < EVERY_MIN_S || cron->every_s > EVERY_MAX_S)
		return err_set(err, ERR_INVALID,
			       "@every: from 1m to 366d is possible");
	return 0;
}

/* Splits at blanks, in place; CRON_TOKENS_MAX also stands for more. */
static size_t
split(char *text, char *tokens[CRON_TOKENS_MAX])
{
	size_t n = 0;

	while (n < CRON_TOKENS_MAX) {
		text += strspn(text, " \t");
		if (*text == '\0')
			break;
		tokens[n++] = text;
		text += strcspn(text, " \t");
		if (*text != '\0')
			*text++ = '\0';
	}
	return n;
}

static int
read_at(struct cron *cron, char *const *tokens, size_t n, struct err *err)
{
	if (strcmp(tokens[0], "@REBOOT") == 0)
		return err_set(
		    err, ERR_INVALID,
		    "@reboot is not supported: a start is no slot that could "
		    "be missed or made up for");
	if (strcmp(tokens[0], "@EVERY") == 0 && n == 2)
		return read_every(cron, tokens[1], err);
	return err_set(
	    err, ERR_INVALID,
	    "only @hourly, @daily, @midnight, @weekly, @monthly, @yearly, "
	    "@annually and \"@every 90m\" begin with @");
}

static const char *
expand_shorthand(const char *token)
{
	for (size_t i = 0; i < sizeof(shorthands) / sizeof(shorthands[0]);
	     i++) {
		if (strcmp(token, shorthands[i].name) == 0)
			return shorthands[i].text;
	}
	return NULL;
}

/* `text` is a scratch copy, in upper case. */
static int
read_expression(struct cron *cron, char *text, struct err *err)
{
	char *tokens[CRON_TOKENS_MAX];
	size_t n = split(text, tokens);
	const char *fields_text;

	if (n == 0 || tokens[0][0] != '@')
		return cron_read_fields(cron, tokens, n, err);
	fields_text = n == 1 ? expand_shorthand(tokens[0]) : NULL;
	if (fields_text == NULL)
		return read_at(cron, tokens, n, err);
	memcpy(text, fields_text, strlen(fields_text) + 1);
	return cron_read_fields(cron, tokens, split(text, tokens), err);
}

int
cron_parse(const char *text, struct cron **ret_cron, struct err *err)
{
	/* A shorthand expands in place: "@daily" is shorter than its text. */
	char scratch[CRON_TEXT_MAX + 1];
	size_t n = strlen(text);
	struct cron *cron;
	int r;

	if (n > CRON_TEXT_MAX)
		return err_set(err, ERR_LIMIT,
			       "a schedule of more than %d characters",
			       CRON_TEXT_MAX);
	for (size_t i = 0; i <= n; i++)
		scratch[i] = (char)(text[i] >= 'a' && text[i] <= 'z'
					? text[i] - 'a' + 'A'
					: text[i]);
	cron = calloc(1, sizeof(*cron));
	if (cron == NULL)
		return err_set(err, ERR_NOMEM, "out of memory");
	r = read_expression(cron, scratch, err);
	if (r < 0) {
		cron_free(cron);
		return r;
	}
	*ret_cron = cron;
	return 0;
}

void
cron_free(struct cron *cron)
{
	free(cron);
}
