/* Matchers: from their text and back, and what they fit.  Words are compared
 * whole: a pattern that fits more than was meant would hide what nobody
 * looked at. */
#include "alert/silence.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define UNALLOCATED "(unallocated)"

/* In the order in which a matcher is written. */
static const struct part {
	const char *key;
	size_t offset;
} parts[] = {
    {"rule", offsetof(struct alert_matcher, rule)},
    {"subject", offsetof(struct alert_matcher, subject)},
    {"owner", offsetof(struct alert_matcher, owner)},
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static const char *
word_of(const struct alert_matcher *m, const struct part *part)
{
	return (const char *)m + part->offset;
}

static const struct part *
part_by_key(const char *text, size_t len)
{
	for (size_t i = 0; i < PARTS; i++) {
		if (strlen(parts[i].key) == len &&
		    memcmp(parts[i].key, text, len) == 0)
			return &parts[i];
	}
	return NULL;
}

/* "rule=source-stale", of which len bytes belong to it. */
static int
parse_part(struct alert_matcher *m, unsigned int *seen, const char *text,
	   size_t len, struct err *err)
{
	const char *equals = memchr(text, '=', len);
	const struct part *part =
	    equals == NULL ? NULL : part_by_key(text, (size_t)(equals - text));
	const char *value;
	size_t n;

	if (part == NULL)
		return err_set(err, ERR_INVALID,
			       "\"%.*s\": rule=..., subject=... or owner=... "
			       "is expected, parted by commas",
			       (int)(len < 80 ? len : 80), text);
	if ((*seen & (1u << (part - parts))) != 0)
		return err_set(err, ERR_INVALID, "%s stands there twice",
			       part->key);
	*seen |= 1u << (part - parts);
	value = equals + 1;
	n = len - (size_t)(value - text);
	if (n == 0 || n > SILENCE_WORD_MAX)
		return err_set(
		    err, ERR_INVALID,
		    "%s=: a word of 1 to %d bytes, or *, is expected",
		    part->key, SILENCE_WORD_MAX);
	if (n != 1 || value[0] != '*')
		memcpy((char *)m + part->offset, value, n);
	return 0;
}

static int
check_rule(const char *rule, struct err *err)
{
	const char *names[ALERT_RULES], *near;

	if (rule[0] == '\0' || alert_rule_by_name(rule) != NULL)
		return 0;
	for (int i = 0; i < ALERT_RULES; i++)
		names[i] = alert_rule((enum alert_rule_id)i)->name;
	near = text_suggest(rule, names, ALERT_RULES);
	return err_set(err, ERR_INVALID, "no alert rule %s%s%s%s", rule,
		       near == NULL ? "; see man evidenced-alerts"
				    : "; did you mean ",
		       near == NULL ? "" : near, near == NULL ? "" : "?");
}

int
alert_matcher_parse(const char *text, struct alert_matcher *ret,
		    struct err *err)
{
	struct alert_matcher m = {.rule = ""};
	unsigned int seen = 0;
	int r = 0;

	while (r == 0) {
		size_t len = strcspn(text, ",");

		r = parse_part(&m, &seen, text, len, err);
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	if (r == 0)
		r = check_rule(m.rule, err);
	if (r == 0 && m.rule[0] == '\0' && m.subject[0] == '\0' &&
	    m.owner[0] == '\0')
		r = err_set(err, ERR_INVALID,
			    "every alert would fit: name a rule, a subject or "
			    "an owner");
	if (r == 0)
		*ret = m;
	return r;
}

void
alert_matcher_text(const struct alert_matcher *m, struct buf *out)
{
	const char *gap = "";

	for (size_t i = 0; i < PARTS; i++) {
		const char *word = word_of(m, &parts[i]);

		if (word[0] == '\0')
			continue;
		buf_printf(out, "%s%s=%s", gap, parts[i].key, word);
		gap = ",";
	}
}

bool
alert_matcher_equal(const struct alert_matcher *a,
		    const struct alert_matcher *b)
{
	return strcmp(a->rule, b->rule) == 0 &&
	       strcmp(a->subject, b->subject) == 0 &&
	       strcmp(a->owner, b->owner) == 0;
}

static bool
fits_word(const char *word, const char *value)
{
	return word[0] == '\0' || strcmp(word, value) == 0;
}

bool
alert_matcher_fits(const struct alert_matcher *m, enum alert_rule_id rule,
		   const char *subject, const char *owner)
{
	return fits_word(m->rule, alert_rule(rule)->name) &&
	       fits_word(m->subject, subject) &&
	       fits_word(m->owner, owner[0] == '\0' ? UNALLOCATED : owner);
}
