/* Whether alerts and records say what the rows beneath them say. */
#include "audit.h"
#include "verdict/reason.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_MAX = 256, LABELS_MAX = 32, SETTLE_S = 3 * 3600 };

/* ---- alerts ---- */

struct open_alerts {
	char id[OPEN_MAX][100];
	size_t n;
};

static size_t
find_open(const struct open_alerts *o, const char *id)
{
	size_t i = 0;

	while (i < o->n && strcmp(o->id[i], id) != 0)
		i++;
	return i;
}

static int
follow_alert(struct open_alerts *o, const struct parsed *p)
{
	bool raised = audit_is(p, "alert.raised");
	char id[100];
	size_t i;

	if (!raised && !audit_is(p, "alert.resolved"))
		return 0;
	snprintf(id, sizeof(id), "%s/%s", audit_text(p, "rule"),
		 audit_text(p, "subject"));
	i = find_open(o, id);
	if (raised && i < o->n)
		return audit_fault(p, "%s was raised twice", id);
	if (!raised && i == o->n)
		return audit_fault(p, "%s was resolved without being open", id);
	if (raised) {
		if (o->n == OPEN_MAX)
			abort();
		memcpy(o->id[o->n++], id, sizeof(id));
	} else {
		memcpy(o->id[i], o->id[--o->n], sizeof(id));
	}
	return 0;
}

static bool
rule_open(const struct open_alerts *o, const char *rule, const char *subject)
{
	size_t len = strlen(rule);

	for (size_t i = 0; i < o->n; i++) {
		if (strncmp(o->id[i], rule, len) == 0 && o->id[i][len] == '/' &&
		    (subject == NULL ||
		     strcmp(o->id[i] + len + 1, subject) == 0))
			return true;
	}
	return false;
}

/* The alert of a reason is about the workload, or about something that it
 * shares with others (a credential of another name, a source, a metric). */
static bool
reason_reported(const struct open_alerts *o, const char *code,
		const char *label)
{
	const struct reason_info *info;
	enum reason reason;
	const char *subject = NULL;

	if (reason_by_code(code, &reason) < 0)
		return false;
	info = reason_info(reason);
	if (rule_open(o, "ledger-full", NULL))
		return true; /* no alert can become a row */
	if (rule_open(o, "host-offline", NULL) &&
	    (reason == REASON_NOT_OBSERVED_NETWORK ||
	     reason == REASON_ERROR_PATH_NOT_OBSERVED ||
	     reason == REASON_SOURCE_UNREACHABLE))
		return true;
	if (rule_open(o, "gateway-unreachable", "gw") &&
	    (reason == REASON_ERROR_PATH_NOT_OBSERVED ||
	     reason == REASON_SURFACE_UNREACHABLE ||
	     strcmp(info->alert_rule, "happy-path-failed") == 0 ||
	     strcmp(info->alert_rule, "evidence-gap") == 0))
		return true;
	if (strncmp(info->alert_rule, "source-", 7) != 0 &&
	    strcmp(info->alert_rule, "clock-unsynchronised") != 0)
		subject =
		    strcmp(label, "shared-b") == 0 &&
			    strncmp(info->alert_rule, "credential-", 11) == 0
			? "shared-a"
			: label;
	return rule_open(o, info->alert_rule, subject);
}

/* The newest record of a workload. */
struct standing {
	char label[41];
	const struct parsed *record;
	bool told; /* a fault was printed for this record */
};

struct standings {
	struct standing at[LABELS_MAX];
	size_t n;
	struct wall_time up_since;
};

static struct standing *
standing_of(struct standings *s, const char *label)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->at[i].label, label) != 0)
		i++;
	if (i == s->n) {
		if (s->n == LABELS_MAX)
			abort();
		s->at[s->n++] = (struct standing){0};
		snprintf(s->at[i].label, sizeof(s->at[i].label), "%s", label);
	}
	return &s->at[i];
}

/* While a record of today stands, each of its reasons has its alert. */
static int
check_standing(struct standing *st, const struct open_alerts *o,
	       const struct parsed *now, struct wall_time up_since)
{
	const struct parsed *r = st->record;
	struct json_object *reasons;
	int64_t settled_us = now->at.us - SETTLE_S * USEC_PER_SEC;
	int32_t day;
	int faults = 0;

	if (r == NULL || st->told ||
	    strcmp(audit_text(r, "decision"), "pass") == 0 ||
	    r->at.us > settled_us || up_since.us > settled_us)
		return 0;
	if (day_parse(audit_text(r, "review_date"), &day) < 0 ||
	    day != wall_day(now->at))
		return 0;
	reasons = json_object_object_get(r->body, "reasons");
	for (size_t i = 0; i < json_object_array_length(reasons); i++) {
		const char *code = json_object_get_string(
		    json_object_array_get_idx(reasons, i));

		if (!reason_reported(o, code, st->label)) {
			st->told = true;
			faults += audit_fault(r, "%s: %s without its alert",
					      st->label, code);
		}
	}
	return faults;
}

static void
forget_removed(struct standings *s, const struct year *y, struct wall_time at)
{
	for (size_t i = 0; i < y->n_periods; i++) {
		if (at.us < y->periods[i].from.us ||
		    at.us >= y->periods[i].to.us)
			continue;
		for (size_t k = 0; k < s->n; k++) {
			if (config_workload(y->periods[i].config,
					    s->at[k].label) == NULL)
				s->at[k].record = NULL;
		}
	}
}

int
audit_alerts(const struct year *y, const struct parsed *rows, size_t n)
{
	struct open_alerts open = {0};
	struct standings s = {0};
	int faults = 0;

	for (size_t i = 0; i < n; i++) {
		faults += follow_alert(&open, &rows[i]);
		if (audit_is(&rows[i], "daemon.started") ||
		    audit_is(&rows[i], "clock.stepped"))
			s.up_since = rows[i].at;
		if (audit_is(&rows[i], "config.loaded"))
			forget_removed(&s, y, rows[i].at);
		for (size_t k = 0; k < s.n; k++)
			faults += check_standing(&s.at[k], &open, &rows[i],
						 s.up_since);
		if (audit_is(&rows[i], "record")) {
			struct standing *st = standing_of(
			    &s, audit_text(&rows[i], "workload_label"));

			st->record = &rows[i];
			st->told = false;
		}
	}
	return faults;
}

/* ---- records ---- */

static const char *const fields[] = {
    "review_date",
    "reviewer_role",
    "source_urls_checked",
    "request_time_utc",
    "workload_label",
    "owner_group",
    "environment",
    "request_result",
    "usage_evidence_present",
    "pricing_reference_checked",
    "allocation_rule",
    "unit_metric_name",
    "decision",
    "follow_up_owner",
    "reasons",
    "remaining_uncertainty",
};

static bool
same(const struct parsed *a, const struct parsed *b)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!json_object_equal(
			json_object_object_get(a->body, fields[i]),
			json_object_object_get(b->body, fields[i])))
			return false;
	}
	return true;
}

/* The newest row before `end` of that kind, about the workload, whose
 * `when` lies on the day; 0 = none (the first is index 0 and never fits). */
struct wanted {
	const char *kind, *label, *key, *value;
};

static const struct parsed *
newest(const struct parsed *rows, size_t end, const struct wanted *w,
       const char *when, int32_t day)
{
	for (size_t i = end; i > 0; i--) {
		const struct parsed *p = &rows[i - 1];

		/* No row of a day is written two days earlier or later. */
		if (wall_day(p->at) < day && p->at.us > 0 &&
		    wall_day(p->at) + 2 < day)
			break;
		if (!audit_is(p, w->kind) || strcmp(p->label, w->label) != 0 ||
		    strcmp(audit_text(p, w->key), w->value) != 0)
			continue;
		if (when == NULL || wall_day(audit_time(p, when)) == day)
			return p;
	}
	return NULL;
}

static const char *
scope_of(const struct parsed *p)
{
	return json_object_get_string(json_object_object_get(
	    json_object_object_get(p->body, "context"), "scope_digest"));
}

/* Happy and error path as expected, on the day and under one scope. */
static int
check_pair(const struct parsed *rows, size_t end, int32_t day,
	   const struct parsed **ret_happy)
{
	const char *label = audit_text(&rows[end], "workload_label");
	struct wanted h = {"check.happy", label, "outcome", "pass"};
	struct wanted e = {"check.error", label, "outcome", "rejected"};
	const struct parsed *happy =
	    newest(rows, end, &h, "request_time_utc", day);
	const struct parsed *error =
	    newest(rows, end, &e, "request_time_utc", day);

	*ret_happy = happy;
	if (happy == NULL || error == NULL)
		return audit_fault(&rows[end], "%s: a pass without its pair",
				   label);
	if (strcmp(scope_of(happy), scope_of(error)) != 0)
		return audit_fault(&rows[end], "%s: a pass over two scopes",
				   label);
	return 0;
}

static int
check_usage(const struct parsed *rows, size_t end, int32_t day)
{
	const char *label = audit_text(&rows[end], "workload_label");
	struct wanted visible = {"check.usage", label, "outcome", "visible"};
	const struct parsed *look, *run;

	if (strcmp(label, "direct") == 0 || strcmp(label, "shared-b") == 0)
		return 0; /* tier response */
	look = newest(rows, end, &visible, NULL, day);
	if (look != NULL) {
		struct wanted of = {"check.happy", label, "run",
				    audit_text(look, "run")};

		run = newest(rows, end, &of, "request_time_utc", day);
		if (run != NULL &&
		    strcmp(audit_text(run, "outcome"), "pass") == 0)
			return 0;
	}
	return audit_fault(&rows[end], "%s: a pass without visible usage",
			   label);
}

/* Pricing was read that day, and the text is the approved one. */
static int
check_pricing(const struct parsed *rows, size_t end, int32_t day)
{
	const char *text = NULL;
	bool read = false;

	for (size_t i = end; i > 0; i--) {
		const struct parsed *p = &rows[i - 1];

		if (strcmp(p->source, "p-pricing") != 0)
			continue;
		if (!read && audit_is(p, "check.source") &&
		    wall_day(audit_time(p, "read_at")) == day &&
		    (strcmp(audit_text(p, "outcome"), "unchanged") == 0 ||
		     strcmp(audit_text(p, "outcome"), "changed") == 0 ||
		     strcmp(audit_text(p, "outcome"), "new") == 0)) {
			read = true;
			text = audit_text(p, "text_sha256");
		}
		if (audit_is(p, "source.approved")) {
			if (read &&
			    strcmp(audit_text(p, "text_sha256"), text) == 0)
				return 0;
			if (read)
				break;
			/* approved after the read: look for the read first */
			for (size_t k = i - 1; k > 0; k--) {
				const struct parsed *q = &rows[k - 1];

				if (audit_is(q, "check.source") &&
				    strcmp(q->source, "p-pricing") == 0 &&
				    wall_day(audit_time(q, "read_at")) == day &&
				    strcmp(audit_text(q, "text_sha256"),
					   audit_text(p, "text_sha256")) == 0)
					return 0;
				if (wall_day(q->at) + 2 < day)
					break;
			}
			break;
		}
	}
	return audit_fault(&rows[end], "%s: a pass without its pricing",
			   audit_text(&rows[end], "workload_label"));
}

static int
check_record(const struct parsed *rows, size_t i, const struct parsed *before)
{
	const struct parsed *happy;
	const char *decision = audit_text(&rows[i], "decision");
	bool same_day =
	    before != NULL && strcmp(audit_text(before, "review_date"),
				     audit_text(&rows[i], "review_date")) == 0;
	int32_t day;

	if (day_parse(audit_text(&rows[i], "review_date"), &day) < 0)
		return audit_fault(&rows[i], "a record without its day");
	if (same_day && same(before, &rows[i]))
		return audit_fault(&rows[i], "a record that changes nothing");
	if (same_day && strcmp(audit_text(before, "decision"), "pass") == 0 &&
	    strcmp(decision, "inconclusive") == 0)
		return audit_fault(&rows[i], "inconclusive replaces a pass");
	if (strcmp(decision, "pass") != 0)
		return 0;
	return check_pair(rows, i, day, &happy) + check_usage(rows, i, day) +
	       check_pricing(rows, i, day);
}

int
audit_records(const struct parsed *rows, size_t n)
{
	struct standings s = {0};
	int faults = 0;

	for (size_t i = 0; i < n; i++) {
		struct standing *st;

		if (!audit_is(&rows[i], "record"))
			continue;
		st = standing_of(&s, audit_text(&rows[i], "workload_label"));
		faults += check_record(rows, i, st->record);
		st->record = &rows[i];
	}
	return faults;
}
