/* Readers of values: one per type, text in, value or a problem in words out.
 * What they get is valid UTF-8 in one line, of the right length. */
#include "conf/value_read.h"

#include "base/err.h"
#include "base/text.h"
#include "base/wall.h"
#include "conf/secret.h"
#include "conf/url.h"
#include "sched/cron.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 15 };

int
value_read_quantity(const struct schema_key *key, const char *text,
		    struct value *ret, struct problem *problem)
{
	size_t digits = strspn(text, "0123456789");
	const struct value_unit *unit = value_units(key->type);
	int64_t n = 0;

	while (unit->name != NULL && strcmp(unit->name, text + digits) != 0)
		unit++;
	if (digits == 0 || digits > DIGITS_MAX || unit->name == NULL) {
		char shown[SHOW_MAX];

		return problem_set(
		    problem,
		    key->type == SCHEMA_SIZE
			? "write a whole number with B, KiB, MiB or GiB"
		    : key->type == SCHEMA_DURATION
			? "write a whole number with s, m, h, d or w"
			: "write a whole number with ms, s, m or h",
		    "%s is not %s", secret_show(text, shown),
		    value_type_name(key->type));
	}
	for (size_t i = 0; i < digits; i++)
		n = n * 10 + (text[i] - '0');
	/* far beyond every range, and no overflow on the way there */
	ret->n = n > INT64_MAX / unit->size ? INT64_MAX : n * unit->size;
	return 0;
}

int
value_read_day(const struct schema_key *key, const char *text,
	       struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];
	int32_t day;

	if (day_parse(text, &day) != 0)
		return problem_set(problem, "write it as \"2026-07-01\"",
				   "%s is no day", secret_show(text, shown));
	ret->n = day;
	return 0;
}

int
value_read_word(const struct schema_key *key, const char *text,
		struct value *ret, struct problem *problem)
{
	enum { WORDS_MAX = 64 };
	const char *names[WORDS_MAX], *near;
	char shown[SHOW_MAX], hint[200];
	struct buf range = {0};
	size_t n = 0;

	for (const struct schema_word *w = key->words; w->name != NULL; w++) {
		if (strcmp(w->name, text) == 0) {
			ret->n = w->value;
			return 0;
		}
		if (n < WORDS_MAX)
			names[n++] = w->name;
	}
	near = text_suggest(text, names, n);
	value_range(key, &range);
	if (near != NULL)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	else
		snprintf(hint, sizeof(hint), "%s", buf_text(&range));
	buf_free(&range);
	return problem_set(problem, hint, "%s is not known here",
			   secret_show(text, shown));
}

/* Letters and digits, and after the first of them also `others`. */
static bool
is_made_of(const char *text, const char *others)
{
	if (!isalnum((unsigned char)text[0]))
		return false;
	for (; *text != '\0'; text++) {
		if (!isalnum((unsigned char)*text) &&
		    strchr(others, *text) == NULL)
			return false;
	}
	return true;
}

int
value_read_name(const struct schema_key *key, const char *text,
		struct value *ret, struct problem *problem)
{
	const char *others = key->type == SCHEMA_FILE	 ? "._-"
			     : key->type == SCHEMA_MODEL ? "._:@/+-"
							 : "._:@/-";
	char shown[SHOW_MAX];

	if (is_made_of(text, others))
		return 0;
	return problem_set(
	    problem,
	    key->type == SCHEMA_FILE
		? "use letters, digits, '.', '_' and '-'"
		: "use letters, digits and . _ : @ / -, no blanks",
	    "%s is not %s", secret_show(text, shown),
	    value_type_name(key->type));
}

int
value_read_label(const struct schema_key *key, const char *text,
		 struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text_is_label(text))
		return 0;
	return problem_set(
	    problem,
	    "use small letters, digits and '-', at most 40, no '-' in front",
	    "%s is not a label", secret_show(text, shown));
}

int
value_read_url(const struct schema_key *key, const char *text,
	       struct value *ret, struct problem *problem)
{
	const char *why = url_problem(text);

	if (why == NULL)
		return 0;
	return problem_set(problem, "write https://host/path",
			   "not a URL that can be used: %s", why);
}

int
value_read_host(const struct schema_key *key, const char *text,
		struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];

	if (url_is_host(text, strlen(text)))
		return 0;
	return problem_set(
	    problem, "a name in small letters without scheme, port and path",
	    "%s is not a host name", secret_show(text, shown));
}

int
value_read_path(const struct schema_key *key, const char *text,
		struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text[0] == '/' && strstr(text, "/../") == NULL)
		return 0;
	return problem_set(problem, "it starts with '/' and has no \"..\"",
			   "%s is not an absolute path",
			   secret_show(text, shown));
}

int
value_read_url_path(const struct schema_key *key, const char *text,
		    struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text[0] == '/' && strpbrk(text, " #\\\"<>") == NULL)
		return 0;
	return problem_set(problem, "it starts with '/' and has no blanks",
			   "%s is not the path of a URL",
			   secret_show(text, shown));
}

int
value_read_pointer(const struct schema_key *key, const char *text,
		   struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text[0] == '/')
		return 0;
	return problem_set(problem, "it starts with '/', as in /error/code",
			   "%s is not a JSON pointer",
			   secret_show(text, shown));
}

/* Braces are refused: a bounded repetition can cost any amount of memory. */
int
value_read_regex(const struct schema_key *key, const char *text,
		 struct value *ret, struct problem *problem)
{
	regex_t regex;
	char why[100];
	int rc;

	if (strchr(text, '{') != NULL)
		return problem_set(
		    problem, "use * and + for repetition",
		    "'{' is not allowed in a regular expression");
	rc = regcomp(&regex, text, REG_EXTENDED);
	if (rc != 0) {
		regerror(rc, &regex, why, sizeof(why));
		return problem_set(
		    problem, "POSIX extended syntax; write \\\\( for a bracket",
		    "not a regular expression: %s", why);
	}
	rc = regex.re_nsub > 0 ? 0 : ERR_INVALID;
	regfree(&regex);
	if (rc != 0)
		problem_set(problem, "put ( ) around the id",
			    "the regular expression has no group");
	return rc;
}

int
value_read_hex(const struct schema_key *key, const char *text,
	       struct value *ret, struct problem *problem)
{
	if (strspn(text, "0123456789abcdef") == strlen(text))
		return 0;
	return problem_set(problem, "64 digits, small letters",
			   "not a digest in hexadecimal");
}

int
value_read_window(const struct schema_key *key, const char *text,
		  struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];
	int from, to;

	if (value_window(text, &from, &to) == 0)
		return 0;
	return problem_set(problem, "write it as \"04:30-07:30\"",
			   "%s is not a window of the day",
			   secret_show(text, shown));
}

int
value_read_cron(const struct schema_key *key, const char *text,
		struct value *ret, struct problem *problem)
{
	struct cron *cron;
	struct err err = {0};

	if (cron_parse(text, &cron, &err) == 0) {
		cron_free(cron);
		return 0;
	}
	return problem_set(
	    problem, "five fields: minute hour day month weekday; or @daily",
	    "not a cron expression: %s", err.text);
}

int
value_read_zone(const struct schema_key *key, const char *text,
		struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];

	if (is_made_of(text, "_+-/") && strstr(text, "//") == NULL &&
	    text[strlen(text) - 1] != '/')
		return 0;
	return problem_set(problem, "write it as \"Europe/Berlin\"",
			   "%s is not the name of a time zone",
			   secret_show(text, shown));
}

int
value_read_refresh(const struct schema_key *key, const char *text,
		   struct value *ret, struct problem *problem)
{
	char shown[SHOW_MAX];

	if (value_refresh_days(text) > 0)
		return 0;
	return problem_set(
	    problem,
	    "daily, weekly, monthly, quarterly, yearly, or days as in \"10d\"",
	    "%s is not a refresh interval", secret_show(text, shown));
}

int
value_read_text(const struct schema_key *key, const char *text,
		struct value *ret, struct problem *problem)
{
	struct value ignored;

	return key->words == NULL
		   ? 0
		   : value_read_word(key, text, &ignored, problem);
}
