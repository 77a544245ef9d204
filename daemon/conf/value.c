/* Each type has one reader, in the table at the end: text in, value or a
 * problem in words out.  Ranges are checked in one place, after reading. */
#include "conf/value.h"

#include "base/err.h"
#include "base/text.h"
#include "base/wall.h"
#include "conf/secret.h"
#include "conf/url.h"
#include "sched/cron.h"

#include <ctype.h>
#include <inttypes.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 15 };

int
problem_set(struct problem *problem, const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(problem->what, sizeof(problem->what), fmt, ap);
	va_end(ap);
	snprintf(problem->hint, sizeof(problem->hint), "%s", hint);
	return ERR_INVALID;
}

static int
read_quantity(const struct schema_key *key, const char *text, struct value *ret,
	      struct problem *problem)
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

static int
read_day(const struct schema_key *key, const char *text, struct value *ret,
	 struct problem *problem)
{
	char shown[SHOW_MAX];
	int32_t day;

	if (day_parse(text, &day) != 0)
		return problem_set(problem, "write it as \"2026-07-01\"",
				   "%s is no day", secret_show(text, shown));
	ret->n = day;
	return 0;
}

static int
read_word(const struct schema_key *key, const char *text, struct value *ret,
	  struct problem *problem)
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

static int
read_name(const struct schema_key *key, const char *text, struct value *ret,
	  struct problem *problem)
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

static int
read_label(const struct schema_key *key, const char *text, struct value *ret,
	   struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text_is_label(text))
		return 0;
	return problem_set(
	    problem,
	    "use small letters, digits and '-', at most 40, no '-' in front",
	    "%s is not a label", secret_show(text, shown));
}

static int
read_url(const struct schema_key *key, const char *text, struct value *ret,
	 struct problem *problem)
{
	const char *why = url_problem(text);

	if (why == NULL)
		return 0;
	return problem_set(problem, "write https://host/path",
			   "not a URL that can be used: %s", why);
}

static int
read_host(const struct schema_key *key, const char *text, struct value *ret,
	  struct problem *problem)
{
	char shown[SHOW_MAX];

	if (url_is_host(text, strlen(text)))
		return 0;
	return problem_set(
	    problem, "a name in small letters without scheme, port and path",
	    "%s is not a host name", secret_show(text, shown));
}

static int
read_path(const struct schema_key *key, const char *text, struct value *ret,
	  struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text[0] == '/' && strstr(text, "/../") == NULL)
		return 0;
	return problem_set(problem, "it starts with '/' and has no \"..\"",
			   "%s is not an absolute path",
			   secret_show(text, shown));
}

static int
read_url_path(const struct schema_key *key, const char *text, struct value *ret,
	      struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text[0] == '/' && strpbrk(text, " #\\\"<>") == NULL)
		return 0;
	return problem_set(problem, "it starts with '/' and has no blanks",
			   "%s is not the path of a URL",
			   secret_show(text, shown));
}

static int
read_pointer(const struct schema_key *key, const char *text, struct value *ret,
	     struct problem *problem)
{
	char shown[SHOW_MAX];

	if (text[0] == '/')
		return 0;
	return problem_set(problem, "it starts with '/', as in /error/code",
			   "%s is not a JSON pointer",
			   secret_show(text, shown));
}

/* Braces are refused: a bounded repetition can cost any amount of memory. */
static int
read_regex(const struct schema_key *key, const char *text, struct value *ret,
	   struct problem *problem)
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

static int
read_hex(const struct schema_key *key, const char *text, struct value *ret,
	 struct problem *problem)
{
	if (strspn(text, "0123456789abcdef") == strlen(text))
		return 0;
	return problem_set(problem, "64 digits, small letters",
			   "not a digest in hexadecimal");
}

static int
read_window(const struct schema_key *key, const char *text, struct value *ret,
	    struct problem *problem)
{
	char shown[SHOW_MAX];
	int from, to;

	if (value_window(text, &from, &to) == 0)
		return 0;
	return problem_set(problem, "write it as \"04:30-07:30\"",
			   "%s is not a window of the day",
			   secret_show(text, shown));
}

static int
read_cron(const struct schema_key *key, const char *text, struct value *ret,
	  struct problem *problem)
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

static int
read_zone(const struct schema_key *key, const char *text, struct value *ret,
	  struct problem *problem)
{
	char shown[SHOW_MAX];

	if (is_made_of(text, "_+-/") && strstr(text, "//") == NULL &&
	    text[strlen(text) - 1] != '/')
		return 0;
	return problem_set(problem, "write it as \"Europe/Berlin\"",
			   "%s is not the name of a time zone",
			   secret_show(text, shown));
}

static int
read_refresh(const struct schema_key *key, const char *text, struct value *ret,
	     struct problem *problem)
{
	char shown[SHOW_MAX];

	if (value_refresh_days(text) > 0)
		return 0;
	return problem_set(
	    problem,
	    "daily, weekly, monthly, quarterly, yearly, or days as in \"10d\"",
	    "%s is not a refresh interval", secret_show(text, shown));
}

static int
read_text(const struct schema_key *key, const char *text, struct value *ret,
	  struct problem *problem)
{
	struct value ignored;

	return key->words == NULL ? 0 : read_word(key, text, &ignored, problem);
}

typedef int reader_fn(const struct schema_key *key, const char *text,
		      struct value *ret, struct problem *problem);

static const struct {
	const char *name;
	reader_fn *read;
	bool number;
} types[] = {
    [SCHEMA_BOOL] = {"true or false", NULL, true},
    [SCHEMA_INT] = {"a whole number", NULL, true},
    [SCHEMA_DURATION] = {"a duration such as \"90m\"", read_quantity, true},
    [SCHEMA_DURATION_MS] = {"a duration such as \"30s\"", read_quantity, true},
    [SCHEMA_SIZE] = {"a size such as \"256KiB\"", read_quantity, true},
    [SCHEMA_DAY] = {"a day such as \"2026-07-01\"", read_day, true},
    [SCHEMA_ENUM] = {"a word", read_word, true},
    [SCHEMA_FLAGS] = {"a list of words", read_word, true},
    [SCHEMA_TEXT] = {"a text", read_text, false},
    [SCHEMA_LABEL] = {"a label", read_label, false},
    [SCHEMA_NAME] = {"a name", read_name, false},
    [SCHEMA_MODEL] = {"a model name", read_name, false},
    [SCHEMA_FILE] = {"a credential name", read_name, false},
    [SCHEMA_URL] = {"a URL", read_url, false},
    [SCHEMA_HOST] = {"a host name", read_host, false},
    [SCHEMA_PATH] = {"an absolute path", read_path, false},
    [SCHEMA_URL_PATH] = {"a path of a URL", read_url_path, false},
    [SCHEMA_POINTER] = {"a JSON pointer", read_pointer, false},
    [SCHEMA_REGEX] = {"a regular expression", read_regex, false},
    [SCHEMA_HEX] = {"a digest", read_hex, false},
    [SCHEMA_WINDOW] = {"a window such as \"04:30-07:30\"", read_window, false},
    [SCHEMA_CRON] = {"a cron expression", read_cron, false},
    [SCHEMA_ZONE] = {"a time zone", read_zone, false},
    [SCHEMA_REFRESH] = {"an interval such as \"monthly\"", read_refresh, false},
    [SCHEMA_GROUP] = {"a group { }", NULL, false},
    [SCHEMA_GROUPS] = {"a list of groups ( {}, {} )", NULL, false},
};

bool
value_is_number(enum schema_type type)
{
	return types[type].number;
}

const char *
value_type_name(enum schema_type type)
{
	return types[type].name;
}

static bool
has_control_character(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

/* ${name} may stand where its flag allows it. */
static int
check_placeholders(const struct schema_key *key, const char *text,
		   struct problem *problem)
{
	static const struct {
		const char *text;
		unsigned int flag;
	} known[] = {{"${secret}", KEY_MAY_SECRET},
		     {"${model}", KEY_MAY_MODEL},
		     {"${nonce}", KEY_MAY_NONCE}};

	for (; (text = strstr(text, "${")) != NULL; text += 2) {
		size_t i = 0;

		while (i < 3 &&
		       strncmp(text, known[i].text, strlen(known[i].text)) != 0)
			i++;
		if (i == 3)
			return problem_set(
			    problem,
			    "known are ${secret}, ${model} and ${nonce}",
			    "an unknown placeholder");
		if ((key->flags & known[i].flag) == 0)
			return problem_set(
			    problem,
			    i == 0 ? "it may stand in the value of a header "
				     "and nowhere else"
				   : "see evidenced.conf(5) for where it may",
			    "%s may not stand here", known[i].text);
	}
	return 0;
}

static int
check_range(const struct schema_key *key, int64_t n, struct problem *problem)
{
	struct buf range = {0};
	char hint[200];

	if ((key->min == 0 && key->max == 0) ||
	    (n >= key->min && n <= key->max))
		return 0;
	value_range(key, &range);
	snprintf(hint, sizeof(hint), "allowed: %s", buf_text(&range));
	buf_free(&range);
	return problem_set(problem, hint, "%s",
			   value_is_number(key->type)
			       ? (n < key->min ? "too small" : "too big")
			       : (n < key->min ? "too short" : "too long"));
}

int
value_from_int(const struct schema_key *key, int64_t n, struct value *ret,
	       struct problem *problem)
{
	int rc = check_range(key, n, problem);

	if (rc == 0)
		*ret = (struct value){.n = n};
	return rc;
}

int
value_from_text(const struct schema_key *key, const char *text,
		struct arena *arena, struct value *ret, struct problem *problem)
{
	struct value value = {.text = text};
	int rc;

	if (!text_is_utf8(text, strlen(text)) || has_control_character(text))
		return problem_set(
		    problem, "one line of UTF-8",
		    "the text has control characters or is not UTF-8");
	if (!value_is_number(key->type)) {
		rc = check_range(key, (int64_t)strlen(text), problem);
		if (rc != 0)
			return rc;
	}
	rc = check_placeholders(key, text, problem);
	if (rc != 0)
		return rc;
	rc = types[key->type].read(key, text, &value, problem);
	if (rc == 0 && value_is_number(key->type))
		rc = check_range(key, value.n, problem);
	if (rc != 0)
		return rc;
	if (key->type == SCHEMA_URL)
		value.text = url_normalise(arena, text);
	*ret = value;
	return 0;
}
