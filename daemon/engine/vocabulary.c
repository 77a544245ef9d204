/* The words that rows, lines and answers are made of: the names of kinds and
 * members, the words of enumerations, and the sentences of rules and reasons.
 * All of it is public; a credential that is made of such words must not take
 * them out of every row, and is told of as weak. */
#include "alert/rule.h"
#include "engine/engine.h"
#include "ledger/lint_form.h"
#include "verdict/reason.h"

#include <string.h>

static void
put(struct buf *words, const char *text)
{
	if (text == NULL)
		return;
	buf_puts(words, text);
	buf_putc(words, '\n');
}

static void
put_forms(struct buf *words)
{
	const char *name, *form;

	for (size_t i = 0; lint_form_at(i, &name, &form); i++) {
		put(words, name);
		put(words, form);
	}
}

static void
put_rules(struct buf *words)
{
	for (int i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);

		put(words, rule->name);
		put(words, rule->what);
		put(words, rule->resolved_by);
		put(words, rule->next);
	}
}

static void
put_reasons(struct buf *words)
{
	for (int i = 0; i < REASONS; i++) {
		const struct reason_info *info = reason_info((enum reason)i);

		put(words, info->code);
		put(words, info->who);
		put(words, info->says);
		put(words, info->next);
	}
}

int
engine_forgive_words(struct redactor *redactor)
{
	struct buf words = {0};
	int r;

	put_forms(&words);
	put_rules(&words);
	put_reasons(&words);
	r = words.failed ? ERR_NOMEM
			 : redactor_forgive(redactor, words.data, words.len);
	buf_free(&words);
	return r;
}
