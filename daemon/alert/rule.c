/* Questions that the table of alert rules answers, and the words that are made
 * of its rows. */
#include "alert/rule.h"
#include "alert/rule_table.h"
#include "verdict/reason.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static const char *const subject_kinds[] = {
    [SUBJECT_WORKLOAD] = "workload",	 [SUBJECT_SOURCE] = "source",
    [SUBJECT_CREDENTIAL] = "credential", [SUBJECT_GATEWAY] = "gateway",
    [SUBJECT_METRIC] = "metric",	 [SUBJECT_RULE] = "rule",
    [SUBJECT_REVIEW] = "review",	 [SUBJECT_DAEMON] = "daemon",
};

const struct alert_rule *
alert_rule(enum alert_rule_id id)
{
	assert((unsigned int)id < ALERT_RULES);
	return &alert_rule_table[id];
}

const struct alert_rule *
alert_rule_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ALERT_RULES; i++) {
		if (strcmp(alert_rule_table[i].name, name) == 0)
			return &alert_rule_table[i];
	}
	return NULL;
}

const char *
subject_kind_name(enum subject_kind kind)
{
	assert((unsigned int)kind <= SUBJECT_DAEMON);
	return subject_kinds[kind];
}

void
alert_rule_next(const struct alert_rule *rule, const char *subject,
		struct buf *out)
{
	const char *place = strstr(rule->next, "%s");

	if (place == NULL) {
		buf_puts(out, rule->next);
		return;
	}
	buf_add(out, rule->next, (size_t)(place - rule->next));
	buf_puts(out, subject);
	buf_puts(out, place + 2);
}

/* The words of the rule's reasons, each once; how many. */
static size_t
find_who(const struct alert_rule *rule, const char *words[static REASONS])
{
	size_t n = 0, k;

	for (int i = 0; i < REASONS; i++) {
		const struct reason_info *info = reason_info((enum reason)i);

		if (strcmp(info->alert_rule, rule->name) != 0)
			continue;
		for (k = 0; k < n && strcmp(words[k], info->who) != 0; k++)
			;
		words[k] = info->who;
		n += k == n;
	}
	return n;
}

void
alert_rule_who(const struct alert_rule *rule, struct buf *out)
{
	const char *words[REASONS];
	size_t n;

	if (rule->who != NULL) {
		buf_puts(out, rule->who);
		return;
	}
	n = find_who(rule, words);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s",
			   i == 0	? ""
			   : i + 1 == n ? " or "
					: ", ",
			   words[i]);
}

void
alert_sentence(const char *clause, struct buf *out)
{
	buf_putc(out, (char)toupper((unsigned char)clause[0]));
	buf_puts(out, clause + 1);
	buf_putc(out, '.');
}
