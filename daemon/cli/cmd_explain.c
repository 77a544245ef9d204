/* What a code means: the two tables, in words. */
#include "alert/rule.h"
#include "cli/cli.h"
#include "cli/unknown.h"
#include "verdict/reason.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { CODE_MAX = 64 };

static const struct column reason_columns[] = {
    {"code", "reason", 0},
    {"decision", "decision", COLUMN_STATE},
    {"says", "what is wrong", 0},
    {"who", "who acts", 0},
    {"clears_itself", "clears by itself", 0},
    {"rule", "alert rule", 0},
    {"next", "next command", 0},
    {"example", "for example", 0},
    {"example_run", "then run", 0},
    {"example_ends", "what ends it", 0},
};

static const struct column rule_columns[] = {
    {"rule", "alert rule", 0},
    {"severity", "severity", COLUMN_STATE},
    {"subject", "about a", 0},
    {"what", "what was seen", 0},
    {"effect", "what it blocks", 0},
    {"urgency", "urgency", 0},
    {"who", "who acts", 0},
    {"resolved_by", "resolved by", 0},
    {"reasons", "reasons it reports", 0},
    {"next", "next command", 0},
    {"message_id", "MESSAGE_ID", 0},
};

#define N(columns) (sizeof(columns) / sizeof(columns[0]))

/* The subject stands as NAME in a command that is not about one thing. */
static void
put_next(struct writer *w, const char *next)
{
	const char *place = strstr(next, "%s");
	char text[160];

	if (place == NULL)
		snprintf(text, sizeof(text), "%s", next);
	else
		snprintf(text, sizeof(text), "%.*sNAME%s", (int)(place - next),
			 next, place + 2);
	writer_text(w, text);
}

static void
explain_reason(struct writer *w, const struct reason_info *info)
{
	const struct reason_example *example = reason_example(info->reason);

	writer_card(w, "reason", reason_columns, N(reason_columns));
	writer_text(w, info->code);
	writer_text(w, decision_name(info->decision));
	writer_text(w, info->says);
	writer_text(w, info->who);
	writer_bool(w, info->clears_itself);
	writer_text(w, info->alert_rule);
	put_next(w, info->next);
	writer_text(w, example->seen);
	writer_text(w, example->run);
	writer_text(w, example->ends);
	writer_close(w);
}

static void
put_sentence(struct writer *w, const char *clause)
{
	struct buf text = {0};

	alert_sentence(clause, &text);
	writer_text(w, buf_text(&text));
	buf_free(&text);
}

static void
put_reasons_of(struct writer *w, const char *rule)
{
	const char *codes[REASONS];
	size_t n = 0;

	for (int i = 0; i < REASONS; i++) {
		const struct reason_info *info = reason_info((enum reason)i);

		if (strcmp(info->alert_rule, rule) == 0)
			codes[n++] = info->code;
	}
	writer_list(w, codes, n);
}

static void
explain_rule(struct writer *w, const struct alert_rule *rule)
{
	struct buf who = {0};

	alert_rule_who(rule, &who);
	writer_card(w, "rule", rule_columns, N(rule_columns));
	writer_text(w, rule->name);
	writer_text(w, severity_name(rule->severity));
	writer_text(w, subject_kind_name(rule->subject));
	put_sentence(w, rule->what);
	put_sentence(w, rule->effect);
	put_sentence(w, rule->urgency);
	writer_text(w, buf_text(&who));
	writer_text(w, rule->resolved_by);
	put_reasons_of(w, rule->name);
	put_next(w, rule->next);
	writer_text(w, rule->message_id);
	writer_close(w);
	buf_free(&who);
}

static int
unknown_code(struct session *s, const char *word)
{
	const char *near = unknown_code_near(word);

	if (near != NULL)
		return session_fail(s, CTL_NO_OBJECT,
				    "no rule or reason %s; did you mean %s?",
				    word, near);
	return session_fail(s, CTL_NO_OBJECT,
			    "no rule or reason %s; all of them: man "
			    "evidenced-alerts",
			    word);
}

/* Codes are typed in any case; "owner-missing/support-chat" means the rule. */
int
cmd_explain(struct session *s)
{
	const char *word = s->args->operand[0];
	char upper[CODE_MAX], lower[CODE_MAX];
	size_t n = strcspn(word, "/");
	const struct alert_rule *rule;
	enum reason reason;

	if (n >= CODE_MAX)
		return unknown_code(s, word);
	for (size_t i = 0; i < n; i++) {
		upper[i] = (char)toupper((unsigned char)word[i]);
		lower[i] = (char)tolower((unsigned char)word[i]);
	}
	upper[n] = lower[n] = '\0';
	rule = alert_rule_by_name(lower);
	if (reason_by_code(upper, &reason) == 0)
		explain_reason(&s->writer, reason_info(reason));
	else if (rule != NULL)
		explain_rule(&s->writer, rule);
	else
		return unknown_code(s, word);
	return CTL_OK;
}
