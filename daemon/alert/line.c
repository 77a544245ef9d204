/* How a line is made.
 *
 *   W source-stale cometapi-pricing: not read today (4 reads 05:20-09:35Z,
 *   last: blocked); holds 42 workloads of 5 owners; can wait for office
 *   hours; who: pricing-owner; next: evidencectl why cometapi-pricing
 *
 * A group puts a count and at most five names in the place of the subject.
 * The middle is foreign text (a detail) and is cleaned; it is also the only
 * part that is cut when the line would be too long, because the end is the
 * part that helps. */
#include "alert/line.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400 };

static void
add_duration(struct buf *out, int64_t seconds)
{
	int64_t s = seconds < 0 ? 0 : seconds;

	if (s < MINUTE_S)
		buf_printf(out, "%" PRId64 " s", s);
	else if (s < HOUR_S)
		buf_printf(out, "%" PRId64 " min", s / MINUTE_S);
	else if (s < DAY_S)
		buf_printf(out, "%" PRId64 " h %" PRId64 " min", s / HOUR_S,
			   s % HOUR_S / MINUTE_S);
	else
		buf_printf(out, "%" PRId64 " d %" PRId64 " h", s / DAY_S,
			   s % DAY_S / HOUR_S);
}

static void
add_clean(struct buf *out, const char *text, size_t max_bytes)
{
	text_clean(out, text, strlen(text), max_bytes);
}

/* The subject of the i-th member, whatever the members are. */
typedef const char *subject_fn(const void *members, size_t i);

static const char *
condition_subject(const void *members, size_t i)
{
	return ((const struct alert_condition *const *)members)[i]->subject;
}

static const char *
alert_subject(const void *members, size_t i)
{
	return ((const struct alert *const *)members)[i]->subject;
}

static void
add_subjects(struct buf *out, const struct alert_rule *rule,
	     subject_fn *subject, const void *members, size_t n)
{
	size_t i;

	if (n == 1) {
		add_clean(out, subject(members, 0), ALERT_SUBJECT_MAX);
		return;
	}
	buf_printf(out, "%zu %ss (", n, subject_kind_name(rule->subject));
	for (i = 0; i < n && i < ALERT_LINE_NAMES; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		add_clean(out, subject(members, i), ALERT_SUBJECT_MAX);
	}
	if (n > ALERT_LINE_NAMES)
		buf_printf(out, " and %zu more", n - ALERT_LINE_NAMES);
	buf_putc(out, ')');
}

/* What was seen: the detail when all share one, else the rule's words. */
static const char *
what_of(const struct alert_rule *rule,
	const struct alert_condition *const *conditions, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++) {
		if (strcmp(conditions[i]->detail, conditions[0]->detail) != 0)
			return rule->what;
	}
	return conditions[0]->detail[0] != '\0' ? conditions[0]->detail
						: rule->what;
}

static void
add_effect(struct buf *out, const struct alert_rule *rule,
	   const struct alert_condition *condition, size_t n)
{
	int workloads = condition->holds_workloads;
	int owners = condition->holds_owners;

	if (n > 1 || workloads <= 0) {
		buf_puts(out, rule->effect);
		return;
	}
	buf_printf(out, "holds %d workload%s", workloads,
		   TEXT_PLURAL(workloads));
	if (owners > 0)
		buf_printf(out, " of %d owner%s", owners, TEXT_PLURAL(owners));
}

static const char *
urgency_of(const struct alert_rule *rule, enum severity severity)
{
	static const char *const words[] = {
	    [SEVERITY_INFO] = "nothing to do now",
	    [SEVERITY_WARNING] = "can wait for office hours",
	    [SEVERITY_CRITICAL] = "act now",
	};

	return severity == rule->severity ? rule->urgency : words[severity];
}

/* Who acts on the gravest of its reasons, in the words of the table. */
static const char *
who_in_words(const struct alert_condition *condition)
{
	return condition->reasons == 0
		   ? ""
		   : reason_info(reason_first(condition->reasons))->who;
}

/* A name where all have the same, else the words that are true of all. */
static void
add_who(struct buf *out, const struct alert_rule *rule,
	const struct alert_condition *const *conditions, size_t n)
{
	const char *name = conditions[0]->who;
	const char *words = who_in_words(conditions[0]);
	bool same = true, alike = true;
	size_t i;

	for (i = 1; i < n; i++) {
		same = same && strcmp(conditions[i]->who, name) == 0;
		alike =
		    alike && strcmp(who_in_words(conditions[i]), words) == 0;
	}
	if (!same)
		buf_puts(out, alike ? words : "several, see evidencectl todo");
	else if (name[0] != '\0')
		add_clean(out, name, ALERT_SUBJECT_MAX);
	else
		alert_rule_who(rule, out);
}

/* head, middle and tail in one line; the middle gives way. */
static void
join_line(char out[static ALERT_TEXT_MAX], const struct buf *head,
	  const char *middle, const struct buf *tail)
{
	size_t fixed = head->len + tail->len;
	struct buf cut = {0};

	if (fixed < ALERT_TEXT_MAX - 1)
		add_clean(&cut, middle, ALERT_TEXT_MAX - 1 - fixed);
	snprintf(out, ALERT_TEXT_MAX, "%s%s%s", buf_text(head), buf_text(&cut),
		 buf_text(tail));
	buf_free(&cut);
}

static void
add_tail(struct buf *tail, const struct alert_condition *const *conditions,
	 size_t n)
{
	const struct alert_condition *first = conditions[0];
	const struct alert_rule *rule = alert_rule(first->rule);

	buf_puts(tail, "; ");
	add_effect(tail, rule, first, n);
	buf_printf(tail, "; %s; who: ", urgency_of(rule, first->severity));
	add_who(tail, rule, conditions, n);
	buf_puts(tail, "; next: ");
	if (n > 1)
		buf_puts(tail, "evidencectl alerts");
	else
		alert_rule_next(rule, first->subject, tail);
}

static void
open_line(const struct alert_condition *const *conditions, size_t n,
	  struct buf *head, char out[static ALERT_TEXT_MAX])
{
	const struct alert_rule *rule = alert_rule(conditions[0]->rule);
	struct buf tail = {0};

	add_tail(&tail, conditions, n);
	join_line(out, head, what_of(rule, conditions, n), &tail);
	buf_free(&tail);
}

static void
add_head(struct buf *head, const struct alert_condition *const *conditions,
	 size_t n)
{
	const struct alert_rule *rule = alert_rule(conditions[0]->rule);

	buf_printf(head, "%c %s ", severity_letter(conditions[0]->severity),
		   rule->name);
	add_subjects(head, rule, condition_subject, conditions, n);
	buf_puts(head, ": ");
}

void
alert_line_raised(const struct alert_condition *const *conditions, size_t n,
		  char out[static ALERT_TEXT_MAX])
{
	struct buf head = {0};

	add_head(&head, conditions, n);
	open_line(conditions, n, &head, out);
	buf_free(&head);
}

void
alert_line_repeated(const struct alert_condition *const *conditions, size_t n,
		    int64_t open_s, char out[static ALERT_TEXT_MAX])
{
	struct buf head = {0};

	add_head(&head, conditions, n);
	buf_puts(&head, "still open after ");
	add_duration(&head, open_s);
	buf_puts(&head, ": ");
	open_line(conditions, n, &head, out);
	buf_free(&head);
}

static void
add_ending(struct buf *out, const struct alert_rule *rule,
	   const char *resolution)
{
	if (strcmp(resolution, "subject_removed") == 0)
		buf_puts(out, "it left the configuration");
	else if (strcmp(resolution, "escalated") == 0)
		buf_puts(out, "it is raised anew as more severe");
	else
		buf_puts(out, rule->resolved_by);
}

void
alert_line_resolved(const struct alert *const *alerts, size_t n,
		    const char *resolution, int64_t open_s,
		    char out[static ALERT_TEXT_MAX])
{
	const struct alert_rule *rule = alert_rule(alerts[0]->rule);
	struct buf head = {0}, tail = {0};

	buf_printf(&head, "R %s ", rule->name);
	add_subjects(&head, rule, alert_subject, alerts, n);
	buf_puts(&head, ": resolved (");
	add_ending(&head, rule, resolution);
	buf_puts(&head, ")");
	buf_puts(&tail, n == 1 ? "; was open " : "; open for up to ");
	add_duration(&tail, open_s);
	buf_puts(&tail, "; nothing to do");
	join_line(out, &head, "", &tail);
	buf_free(&head);
	buf_free(&tail);
}
