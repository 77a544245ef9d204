/* A reason is explained from its row in the table of reasons; what is added
 * here is the thing at hand: the value at fault, and the place where it is
 * written. */
#include "cli/why.h"
#include "alert/rule.h"
#include "cli/words.h"
#include "govern/govern.h"

#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    {"code", "reason", 0},	  {"decision", "decision", COLUMN_STATE},
    {"says", "what is wrong", 0}, {"detail", "here", 0},
    {"who", "who acts", 0},	  {"clears_itself", "clears by itself", 0},
    {"origin", "written in", 0},  {"next", "next", 0},
};

enum { NAMES_MAX = 320 };

static bool
is_kind(const struct source *source, enum reason reason)
{
	if (reason == REASON_PRICING_NOT_SAME_DAY ||
	    reason == REASON_PRICING_REFERENCE_MISMATCH)
		return source->kind == SOURCE_PRICING;
	return reason != REASON_SETUP_STALE || source->kind == SOURCE_SETUP;
}

/* What the approval of a source lacks, where it is that. */
static bool
lacks_approval(const struct why *why, const struct source *source,
	       enum reason reason)
{
	enum approval approval =
	    words_approval(source, view_source(why->view, source->name),
			   why->session->now.wall);

	if (reason == REASON_PRICING_REFERENCE_MISMATCH)
		return approval == APPROVAL_CHANGED;
	return (approval_reasons(approval) & reason_bit(reason)) != 0;
}

/* What nothing but an approval ends, and the approval is known at once. */
static bool
is_of_approval(enum reason reason)
{
	return reason == REASON_SOURCE_UNAPPROVED ||
	       reason == REASON_CHANGE_UNAPPROVED ||
	       reason == REASON_APPROVAL_EXPIRED;
}

/* The approval itself, or of all else the alert that reports the reason, tells
 * which of the sources is meant. */
bool
why_means_source(const struct why *why, const struct source *source,
		 enum reason reason)
{
	char id[2 * ALERT_SUBJECT_MAX];

	if (!is_kind(source, reason))
		return false;
	if (is_of_approval(reason))
		return lacks_approval(why, source, reason);
	snprintf(id, sizeof(id), "%s/%.64s", reason_info(reason)->alert_rule,
		 source->name);
	return lacks_approval(why, source, reason) ||
	       alert_machine_find(why->view->alerts, id) != NULL;
}

/* The first source that is meant; without an alert the first of the kind. */
static const struct source *
source_meant(const struct why *why, enum reason reason)
{
	const struct workload *w = why->workload;
	const struct source *of_kind = NULL;

	if (why->source != NULL)
		return why->source;
	for (size_t i = 0; w != NULL && i < w->n_sources; i++) {
		if (why_means_source(why, w->sources[i], reason))
			return w->sources[i];
		if (of_kind == NULL && is_kind(w->sources[i], reason))
			of_kind = w->sources[i];
	}
	return of_kind;
}

/* What the reason's alert rule is about. */
const char *
why_subject_of(const struct why *why, enum reason reason)
{
	const struct alert_rule *rule =
	    alert_rule_by_name(reason_info(reason)->alert_rule);
	const struct workload *w = why->workload;
	const struct source *source;

	if (rule->subject == SUBJECT_SOURCE) {
		source = source_meant(why, reason);
		return source == NULL ? why->name : source->name;
	}
	if (w == NULL)
		return why->name;
	if (rule->subject == SUBJECT_CREDENTIAL)
		return w->credential;
	if (rule->subject == SUBJECT_METRIC && w->metric_name[0] != '\0')
		return w->metric_name;
	if (rule->subject == SUBJECT_RULE && w->rule_id[0] != '\0')
		return w->rule_id;
	return w->label;
}

static const struct origin *
origin_of(const struct why *why, enum reason reason)
{
	const struct workload *w = why->workload;
	const struct source *source;

	switch (alert_rule_by_name(reason_info(reason)->alert_rule)->subject) {
	case SUBJECT_SOURCE:
		source = source_meant(why, reason);
		return source == NULL ? NULL : &source->origin;
	case SUBJECT_METRIC:
		if (w != NULL && w->metric != NULL)
			return &w->metric->origin;
		break;
	case SUBJECT_RULE:
		if (w != NULL && w->rule != NULL)
			return &w->rule->origin;
		break;
	case SUBJECT_DAEMON:
		return NULL;
	default:
		break;
	}
	if (reason == REASON_OWNER_EXPIRED && w != NULL && w->owner != NULL)
		return &w->owner->origin;
	return w == NULL ? NULL : &w->origin;
}

const char *
why_who(const struct why *why, enum reason reason)
{
	const struct alert_rule *rule =
	    alert_rule_by_name(reason_info(reason)->alert_rule);
	const struct workload *w = why->workload;
	const struct view_workload *v =
	    w == NULL ? NULL : view_workload(why->view, w->label);

	if (why->config == NULL)
		return reason_info(reason)->who;
	return govern_who(
	    why->config, w,
	    rule->subject == SUBJECT_SOURCE ? source_meant(why, reason) : NULL,
	    v == NULL ? "" : v->cap.role, reason);
}

/* "cometapi-pricing (newest read: changed)", for the source at hand, or each
 * that is meant. */
static void
detail_of_sources(const struct why *why, enum reason reason, struct buf *out)
{
	const struct workload *w = why->workload;

	for (size_t i = 0; w != NULL && i < w->n_sources; i++) {
		const struct source *source = w->sources[i];
		const struct view_source *v =
		    view_source(why->view, source->name);

		if ((why->source != NULL && why->source != source) ||
		    !why_means_source(why, source, reason))
			continue;
		buf_printf(out, "%s%s", out->len == 0 ? "" : ", ",
			   source->name);
		if (v != NULL && v->fact.tried)
			buf_printf(out, " (newest read: %s)",
				   page_outcome_name(v->fact.tried_outcome));
	}
}

static void
detail_of_credential(const struct why *why, struct buf *out)
{
	const struct config *c = why->config;

	buf_printf(out, "credential %s", why->workload->credential);
	for (size_t i = 0, n = 0; i < c->n_workloads; i++) {
		const struct workload *other = &c->workloads[i];

		if (other != why->workload &&
		    strcmp(other->credential, why->workload->credential) == 0)
			buf_printf(out, "%s%s", n++ == 0 ? ", also of " : ", ",
				   other->label);
	}
}

static void
detail_of_cap(const struct why *why, struct buf *out)
{
	const struct view_workload *v =
	    view_workload(why->view, why->workload->label);
	char day[WALL_DAY_LEN + 1];

	if (v == NULL || v->cap.cap == DECISION_NONE)
		return;
	buf_printf(out, "at most %s until %s, by %s (row %llu)",
		   decision_name(v->cap.cap), day_format(v->cap.until, day),
		   v->cap.role, (unsigned long long)v->cap.seq);
}

void
why_detail(const struct why *why, enum reason reason, struct buf *out)
{
	char words[NAMES_MAX] = "";

	if (why->config != NULL && why->workload != NULL) {
		govern_explain(why->config, why->workload, reason, why->day,
			       words, sizeof(words));
		buf_puts(out, words);
		if (reason == REASON_SOURCE_MISSING)
			workload_missing_kinds(why->workload, out);
		if (reason == REASON_CREDENTIAL_SHARED ||
		    reason == REASON_CREDENTIAL_MISSING)
			detail_of_credential(why, out);
		if (reason == REASON_LOWERED_BY_ROLE)
			detail_of_cap(why, out);
	}
	if (out->len == 0)
		detail_of_sources(why, reason, out);
}

static size_t
count_meant(const struct why *why, enum reason reason)
{
	const struct workload *w = why->workload;
	size_t n = 0;

	for (size_t i = 0; w != NULL && i < w->n_sources; i++)
		n += why_means_source(why, w->sources[i], reason);
	return n;
}

/* A snapshot that waits can be named, so that the command can be copied: whole,
 * for whoever writes the page could make a text that shares a shorter name. */
static bool
next_approval(const struct why *why, enum reason reason, struct buf *out)
{
	static const char walk[] = "; for all that wait: evidencectl approve "
				   "--new --role ROLE --note TEXT";
	const struct source *source = source_meant(why, reason);
	const struct view_source *v;
	char hex[DIGEST_HEX_LEN + 1];

	if (!is_of_approval(reason) &&
	    reason != REASON_PRICING_REFERENCE_MISMATCH)
		return false;
	v = source == NULL ? NULL : view_source(why->view, source->name);
	if (v == NULL || !v->fact.read)
		return false;
	buf_printf(out,
		   "evidencectl diff %s, then evidencectl approve %s %s --role "
		   "ROLE --note TEXT",
		   source->name, source->name, digest_hex(&v->fact.text, hex));
	if (reason == REASON_SOURCE_UNAPPROVED && why->source == NULL &&
	    count_meant(why, reason) > 1)
		buf_puts(out, walk);
	return true;
}

/* Which source, credential, metric or rule is meant, only a configuration of
 * the workload would tell; without one its record says what it rested on. */
static bool
next_record(const struct why *why, enum reason reason, struct buf *out)
{
	switch (alert_rule_by_name(reason_info(reason)->alert_rule)->subject) {
	case SUBJECT_WORKLOAD:
	case SUBJECT_DAEMON:
		return false;
	default:
		break;
	}
	if (why->record == 0)
		return false;
	buf_printf(out, "evidencectl show %llu",
		   (unsigned long long)why->record);
	return true;
}

void
why_next(const struct why *why, enum reason reason, struct buf *out)
{
	const char *next = reason_info(reason)->next, *place;

	if (next_record(why, reason, out) || next_approval(why, reason, out))
		return;
	place = strstr(next, "%s");
	if (place == NULL)
		buf_puts(out, next);
	else
		buf_printf(out, "%.*s%s%s", (int)(place - next), next,
			   why_subject_of(why, reason), place + 2);
}

static void
why_reason(const struct why *why, enum reason reason)
{
	const struct reason_info *info = reason_info(reason);
	struct writer *w = &why->session->writer;
	const struct origin *origin = origin_of(why, reason);
	struct buf text = {0};

	writer_card(w, "reason", columns, sizeof(columns) / sizeof(columns[0]));
	writer_text(w, info->code);
	writer_text(w, decision_name(info->decision));
	writer_text(w, info->says);
	why_detail(why, reason, &text);
	writer_text(w, text.len == 0 ? NULL : buf_text(&text));
	writer_text(w, why_who(why, reason));
	writer_bool(w, info->clears_itself);
	if (origin == NULL)
		writer_none(w);
	else
		words_put_origin(w, origin);
	buf_reset(&text);
	why_next(why, reason, &text);
	writer_text(w, buf_text(&text));
	writer_close(w);
	buf_free(&text);
}

void
why_reasons(const struct why *why, reason_set reasons, const char *heading)
{
	for (int i = 0; i < REASONS; i++) {
		if ((reasons & reason_bit((enum reason)i)) == 0)
			continue;
		writer_heading(&why->session->writer, heading);
		why_reason(why, (enum reason)i);
		heading = "and";
	}
}

reason_set
why_reasons_of_approval(const struct source *source,
			const struct view_source *v, struct wall_time now)
{
	return approval_reasons(words_approval(source, v, now));
}

static bool
any_means(const struct why *why, enum reason reason)
{
	const struct workload *w = why->workload;

	if (why->source != NULL)
		return why_means_source(why, why->source, reason);
	for (size_t i = 0; w != NULL && i < w->n_sources; i++) {
		if (why_means_source(why, w->sources[i], reason))
			return true;
	}
	return false;
}

reason_set
why_still_open(const struct why *why, reason_set reasons)
{
	if (why->source == NULL && why->workload == NULL)
		return reasons; /* rows alone: nothing to compare with */
	for (int i = 0; i < REASONS; i++) {
		const enum reason reason = (enum reason)i;

		if (is_of_approval(reason) && !any_means(why, reason))
			reasons &= ~reason_bit(reason);
	}
	return reasons;
}

/* A key that was refused another workload, and has been taken from this one
 * since, does not hold this one. */
static bool
is_refuted(const struct why *why, const struct alert *a)
{
	const char *label = why->workload->label;
	const struct view_workload *v = view_workload(why->view, label);

	return (a->rule == ALERT_CREDENTIAL_REJECTED ||
		a->rule == ALERT_QUOTA_EXHAUSTED) &&
	       strcmp(a->workload, label) != 0 && v != NULL &&
	       v->last_happy == OUTCOME_PASS && v->last_happy_seq > a->seq;
}

reason_set
why_reasons_now(const struct why *why)
{
	const struct workload *w = why->workload;
	reason_set now;

	if (why->config == NULL || w == NULL)
		return 0;
	now = govern_reasons(why->config, w, why->day);
	if (w->credential_shared)
		now |= reason_bit(REASON_CREDENTIAL_SHARED);
	if (w->kinds_missing != 0)
		now |= reason_bit(REASON_SOURCE_MISSING);
	for (size_t i = 0; i < w->n_sources; i++)
		now |= why_reasons_of_approval(
		    w->sources[i], view_source(why->view, w->sources[i]->name),
		    why->session->now.wall);
	for (size_t i = 0; i < alert_machine_count(why->view->alerts); i++) {
		const struct alert *a = alert_machine_at(why->view->alerts, i);

		if (words_alert_is_about(a, w->label, w) && !is_refuted(why, a))
			now |= a->reasons;
	}
	return why_still_open(why, now);
}
