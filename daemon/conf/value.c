/* A table of types: their names for people, and their readers (value_read.c).
 * Ranges and placeholders are checked here, in one place for all types. */
#include "conf/value.h"

#include "base/err.h"
#include "base/text.h"
#include "conf/url.h"
#include "conf/value_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static const struct {
	const char *name;
	value_reader_fn *read;
	bool number;
} types[] = {
    [SCHEMA_BOOL] = {"true or false", NULL, true},
    [SCHEMA_INT] = {"a whole number", NULL, true},
    [SCHEMA_DURATION] = {"a duration such as \"90m\"", value_read_quantity,
			 true},
    [SCHEMA_DURATION_MS] = {"a duration such as \"30s\"", value_read_quantity,
			    true},
    [SCHEMA_SIZE] = {"a size such as \"256KiB\"", value_read_quantity, true},
    [SCHEMA_DAY] = {"a day such as \"2026-07-01\"", value_read_day, true},
    [SCHEMA_ENUM] = {"a word", value_read_word, true},
    [SCHEMA_FLAGS] = {"a list of words", value_read_word, true},
    [SCHEMA_TEXT] = {"a text", value_read_text, false},
    [SCHEMA_LABEL] = {"a label", value_read_label, false},
    [SCHEMA_NAME] = {"a name", value_read_name, false},
    [SCHEMA_MODEL] = {"a model name", value_read_name, false},
    [SCHEMA_FILE] = {"a credential name", value_read_name, false},
    [SCHEMA_URL] = {"a URL", value_read_url, false},
    [SCHEMA_HOST] = {"a host name", value_read_host, false},
    [SCHEMA_PATH] = {"an absolute path", value_read_path, false},
    [SCHEMA_URL_PATH] = {"a path of a URL", value_read_url_path, false},
    [SCHEMA_POINTER] = {"a JSON pointer", value_read_pointer, false},
    [SCHEMA_REGEX] = {"a regular expression", value_read_regex, false},
    [SCHEMA_HEX] = {"a digest", value_read_hex, false},
    [SCHEMA_WINDOW] = {"a window such as \"04:30-07:30\"", value_read_window,
		       false},
    [SCHEMA_CRON] = {"a cron expression", value_read_cron, false},
    [SCHEMA_ZONE] = {"a time zone", value_read_zone, false},
    [SCHEMA_REFRESH] = {"an interval such as \"monthly\"", value_read_refresh,
			false},
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

/* A word that stands instead of a number has no range. */
static bool
take_word(const struct schema_key *key, const char *text, struct value *ret)
{
	const struct schema_word *w = key->words;

	if (w == NULL || value_units(key->type) == NULL)
		return false;
	while (w->name != NULL && strcmp(w->name, text) != 0)
		w++;
	if (w->name == NULL)
		return false;
	*ret = (struct value){.n = w->value, .text = text};
	return true;
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
	/* a window has one shape, which says more than its length */
	if (!value_is_number(key->type) && key->type != SCHEMA_WINDOW) {
		rc = check_range(key, (int64_t)strlen(text), problem);
		if (rc != 0)
			return rc;
	}
	rc = check_placeholders(key, text, problem);
	if (rc != 0)
		return rc;
	if (take_word(key, text, ret))
		return 0;
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
