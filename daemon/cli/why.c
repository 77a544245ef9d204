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
	static const struct {
		enum reason reason;
		const char *approval;
	} words[] = {
	    {REASON_SOURCE_UNAPPROVED, "unapproved"},
	    {REASON_CHANGE_UNAPPROVED, "changed"},
	    {REASON_PRICING_REFERENCE_MISMATCH, "changed"},
	    {REASON_APPROVAL_EXPIRED, "expired"},
	};
	const char *approval =
	    words_approval(source, view_source(why->view, source->name),
			   why->session->now.wall);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].reason == reason && approval != NULL &&
		    strcmp(words[i].approval, approval) == 0)
			return true;
	}
	return false;
}

/* The approval itself, or the alert that reports the reason, tells which of
 * the sources is meant. */
static bool
is_meant(const struct why *why, const struct source *source, enum reason reason)
{
	char id[2 * ALERT_SUBJECT_MAX];

	if (!is_kind(source, reason))
		return false;
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
		if (is_meant(why, w->sources[i], reason))
			return w->sources[i];
		if (of_kind == NULL && is_kind(w->sources[i], reason))
			of_kind = w->sources[i];
	}
	return of_kind;
}

/* What the reason's alert rule is about. */
static const char *
subject_of(const struct why *why, enum reason reason)
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

/* "cometapi-pricing (changed)", for each source that is meant. */
static void
detail_of_sources(const struct why *why, enum reason reason, struct buf *out)
{
	const struct workload *w = why->workload;

	for (size_t i = 0; w != NULL && i < w->n_sources; i++) {
		const struct source *source = w->sources[i];
		const struct view_source *v =
		    view_source(why->view, source->name);

		if (!is_meant(why, source, reason))
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

/* The value at fault, where it can be named. */
static void
put_detail(const struct why *why, enum reason reason)
{
	char words[NAMES_MAX] = "";
	struct buf out = {0};

	if (why->config != NULL && why->workload != NULL) {
		govern_explain(why->config, why->workload, reason, why->day,
			       words, sizeof(words));
		buf_puts(&out, words);
		if (reason == REASON_SOURCE_MISSING)
			workload_missing_kinds(why->workload, &out);
		if (reason == REASON_CREDENTIAL_SHARED ||
		    reason == REASON_CREDENTIAL_MISSING)
			detail_of_credential(why, &out);
		if (reason == REASON_LOWERED_BY_ROLE)
			detail_of_cap(why, &out);
	}
	if (out.len == 0)
		detail_of_sources(why, reason, &out);
	writer_text(&why->session->writer,
		    out.len == 0 ? NULL : buf_text(&out));
	buf_free(&out);
}

/* A snapshot that waits can be named, so that the command can be typed. */
static bool
put_approval(const struct why *why, enum reason reason)
{
	const struct source *source = source_meant(why, reason);
	const struct view_source *v;
	char id[SNAPSHOT_ID_LEN + 1], text[NAMES_MAX];

	if (reason != REASON_SOURCE_UNAPPROVED &&
	    reason != REASON_CHANGE_UNAPPROVED &&
	    reason != REASON_APPROVAL_EXPIRED &&
	    reason != REASON_PRICING_REFERENCE_MISMATCH)
		return false;
	v = source == NULL ? NULL : view_source(why->view, source->name);
	if (v == NULL || !v->fact.read)
		return false;
	snprintf(text, sizeof(text),
		 "evidencectl diff %s, then evidencectl approve %s %s --role "
		 "ROLE --note TEXT",
		 source->name, source->name,
		 page_snapshot_id(&v->fact.text, id));
	writer_text(&why->session->writer, text);
	return true;
}

static void
put_next(const struct why *why, enum reason reason)
{
	const char *next = reason_info(reason)->next, *place;
	char text[NAMES_MAX];

	if (put_approval(why, reason))
		return;
	place = strstr(next, "%s");
	if (place == NULL)
		snprintf(text, sizeof(text), "%s", next);
	else
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - next),
			 next, subject_of(why, reason), place + 2);
	writer_text(&why->session->writer, text);
}

static void
why_reason(const struct why *why, enum reason reason)
{
	const struct reason_info *info = reason_info(reason);
	struct writer *w = &why->session->writer;
	const struct origin *origin = origin_of(why, reason);

	writer_card(w, "reason", columns, sizeof(columns) / sizeof(columns[0]));
	writer_text(w, info->code);
	writer_text(w, decision_name(info->decision));
	writer_text(w, info->says);
	put_detail(why, reason);
	writer_text(w, info->who);
	writer_bool(w, info->clears_itself);
	if (origin == NULL)
		writer_none(w);
	else
		words_put_origin(w, origin);
	put_next(why, reason);
	writer_close(w);
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
