/* One workload: what is configured, where it stands, what its newest record
 * rests on, its sources and its open alerts. */
#include "base/json.h"
#include "check/request.h"
#include "cli/row_list.h"
#include "cli/show.h"
#include "cli/words.h"
#include "cli/rows.h"
#include "report/standing.h"
#include "verdict/record.h"

#include <json-c/json.h>
#include <string.h>

static const struct column columns[] = {
    {"label", "workload", 0},
    {"standing", "today", COLUMN_STATE},
    {"owner_group", "owner group", 0},
    {"environment", "environment", 0},
    {"application", "application", 0},
    {"gateway", "gateway", 0},
    {"endpoint", "endpoint", 0},
    {"model", "model", 0},
    {"credential", "credential", 0},
    {"credential_shared", "credential shared", 0},
    {"billing_unit", "billing unit", 0},
    {"account_surface", "account surface", 0},
    {"account_surface_note", "approval of it", 0},
    {"allocation_rule", "allocation rule", 0},
    {"unit_metric", "unit metric", 0},
    {"follow_up_owner", "follow-up owner", 0},
    {"reviewer_role", "reviewer role", 0},
    {"happy_schedule", "schedule", 0},
    {"error_schedule", "error path", 0},
    {"schedule_timezone", "zone", 0},
    {"review_days", "review days", 0},
    {"max_requests_per_day", "requests a day", 0},
    {"max_tokens_per_day", "tokens a day", 0},
    {"kinds_missing", "kinds of source missing", 0},
    {"scope_digest", "scope", 0},
    {"approved_scope", "approved scope", 0},
    {"approved_scope_seq", "approved in row", 0},
    {"origin", "written in", 0},
};

static const struct column record_columns[] = {
    {"review_date", "review date", 0},
    {"decision", "decision", COLUMN_STATE},
    {"reasons", "reasons", 0},
    {"request_result", "request result", 0},
    {"usage_evidence_present", "usage evidence present", 0},
    {"evidence_tier", "evidence tier", 0},
    {"pricing_reference_checked", "pricing reference checked", 0},
    {"decided_at", "decided at", 0},
    {"decided_by", "decided by", 0},
    {"evidence", "rests on rows", 0},
    {"seq", "row", 0},
    {"corrected_by", "corrected by row", 0},
};

#define N(columns) (sizeof(columns) / sizeof(columns[0]))

static void
put_review_days(struct writer *w, unsigned int days)
{
	const char *set[DAYS_PER_WEEK];
	size_t n = 0;

	for (size_t i = 0; i < DAYS_PER_WEEK; i++) {
		if ((days & (1u << i)) != 0)
			set[n++] = wall_weekdays[i];
	}
	writer_list(w, set, n);
}

static void
put_kinds_missing(struct writer *w, unsigned int kinds)
{
	const char *set[SOURCE_KINDS];
	size_t n = 0;

	for (int i = 0; i < SOURCE_KINDS; i++) {
		if ((kinds & (1u << i)) != 0)
			set[n++] = source_kind_name((enum source_kind)i);
	}
	writer_list(w, set, n);
}

static void
put_scopes(struct writer *w, const struct workload *wl,
	   const struct view_workload *v)
{
	char hex[DIGEST_HEX_LEN + 1];

	writer_text(w, digest_hex(&wl->scope_digest, hex));
	if (v == NULL || !v->scope_approved) {
		writer_none(w);
		writer_none(w);
		return;
	}
	writer_text(w, digest_hex(&v->approved_scope, hex));
	writer_int(w, (int64_t)v->scope_seq);
}

static void
put_endpoint(struct writer *w, const struct workload *wl)
{
	char endpoint[OBSERVE_URL_MAX];

	if (wl->gateway == NULL || wl->gateway->profile == NULL) {
		writer_none(w);
		return;
	}
	check_endpoint(wl, endpoint, sizeof(endpoint));
	writer_text(w, endpoint);
}

static void
put_plan(struct writer *w, const struct workload *wl)
{
	writer_text(w, wl->happy.text);
	writer_text(w, wl->error_own ? wl->error.text : "with the happy path");
	writer_text(w, wl->happy.zone_name);
	put_review_days(w, wl->review_days);
	writer_int(w, wl->max_requests_per_day);
	writer_int(w, wl->max_tokens_per_day);
}

static void
print_workload(struct session *s, const struct config *config,
	       const struct workload *wl, const struct view *view)
{
	const struct view_workload *v = view_workload(view, wl->label);
	struct writer *w = &s->writer;
	const struct standing_seen seen = standing_by_rows(view, s->now.wall);
	struct standing standing;
	struct buf today = {0};

	standing_of(config, view, wl, wall_day(s->now.wall), &seen, &standing);
	standing_sentence(&standing, &today);
	writer_card(w, "workload", columns, N(columns));
	writer_text(w, wl->label);
	writer_text(w, buf_text(&today));
	writer_text(w, wl->owner_group);
	writer_text(w, wl->environment_name);
	writer_text(w, wl->application);
	writer_text(w, wl->gateway_name);
	put_endpoint(w, wl);
	writer_text(w, wl->model);
	writer_text(w, wl->credential);
	writer_bool(w, wl->credential_shared);
	writer_text(w, wl->billing_unit == BILLING_TOKEN ? "token" : "call");
	writer_text(w, account_surface_name(wl->account_surface));
	writer_text(w, wl->account_surface_note);
	writer_text(w, wl->rule_id);
	writer_text(w, wl->metric_name);
	writer_text(w, wl->follow_up_owner);
	writer_text(w, wl->reviewer_role);
	put_plan(w, wl);
	put_kinds_missing(w, wl->kinds_missing);
	put_scopes(w, wl, v);
	words_put_origin(w, &wl->origin);
	writer_close(w);
	buf_free(&today);
}

/* ---- the newest record ---- */

/* Numbers, as they stand in the record. */
static void
put_seqs(struct writer *w, struct json_object *list)
{
	enum { SEQS_MAX = 64 };
	const char *items[SEQS_MAX];
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;

	if (w->format == WRITER_JSON && list != NULL) {
		writer_json(w, json_object_to_json_string_ext(
				   list, JSON_C_TO_STRING_PLAIN));
		return;
	}
	for (size_t i = 0; i < n && i < SEQS_MAX; i++)
		items[i] =
		    json_object_get_string(json_object_array_get_idx(list, i));
	writer_list(w, items, n < SEQS_MAX ? n : SEQS_MAX);
}

struct shown_record {
	struct session *session;
	const struct view_correction *correction; /* NULL: none */
};

static int
print_record(void *ctx, const struct row *row)
{
	const struct shown_record *shown = ctx;
	struct writer *w = &shown->session->writer;
	struct record_fact fact;
	struct json_object *body;

	if (record_read(row->body, row->body_len, row->seq, &fact) < 0 ||
	    json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return 1;
	writer_heading(w, "Newest record");
	writer_card(w, "record", record_columns, N(record_columns));
	for (size_t i = 0; i < N(record_columns) - 3; i++) {
		if (strcmp(record_columns[i].key, "reasons") == 0)
			writer_reasons(w, fact.reasons);
		else
			writer_text(w, json_get_string(
					   body, record_columns[i].key, NULL));
	}
	put_seqs(w, json_get(body, "evidence"));
	writer_int(w, (int64_t)row->seq);
	writer_row(w, shown->correction == NULL ? 0 : shown->correction->by);
	writer_close(w);
	json_object_put(body);
	return 1;
}

int
show_record(struct session *s, const struct view *view,
	    const struct view_workload *v)
{
	struct shown_record shown = {.session = s};
	const char *dir;
	int r;

	if (v == NULL || !v->record.present)
		return 0;
	shown.correction = view_correction(view, v->record.seq);
	r = session_ledger(s, &dir);
	return r == 0 ? rows_at(s, dir, v->record.seq, print_record, &shown)
		      : r;
}

/* ---- sources and alerts ---- */

static const struct column source_columns[] = {
    {"name", "source", COLUMN_FLEX},	 {"kind", "kind", 0},
    {"outcome", "newest", COLUMN_STATE}, {"read_at", "read", 0},
    {"snapshot", "snapshot", 0},	 {"approval", "approval", COLUMN_FLEX},
};

void
show_sources(struct session *s, const struct workload *wl,
	     const struct view *view)
{
	struct writer *w = &s->writer;

	if (wl->n_sources == 0)
		return;
	writer_heading(w, "Sources");
	writer_table(w, "source", source_columns, N(source_columns));
	for (size_t i = 0; i < wl->n_sources; i++) {
		const struct source *source = wl->sources[i];
		const struct view_source *v = view_source(view, source->name);

		writer_text(w, source->name);
		writer_text(w, source_kind_name(source->kind));
		words_put_read(w, v);
		writer_text(
		    w, approval_name(words_approval(source, v, s->now.wall)));
	}
	writer_close(w);
}

static const struct column alert_columns[] = {
    {"severity", "severity", COLUMN_STATE},
    {"id", "alert", COLUMN_FLEX},
    {"opened_at", "opened", 0},
    {"reasons", "reasons", COLUMN_FLEX},
};

void
show_alerts(struct session *s, const struct view *view, const char *name,
	    const struct workload *wl)
{
	struct writer *w = &s->writer;
	bool any = false;

	for (size_t i = 0; i < alert_machine_count(view->alerts); i++) {
		const struct alert *alert = alert_machine_at(view->alerts, i);

		if (!words_alert_is_about(alert, name, wl))
			continue;
		if (!any) {
			writer_heading(w, "Open alerts");
			writer_table(w, "alert", alert_columns,
				     N(alert_columns));
		}
		any = true;
		writer_text(w, severity_name(alert->severity));
		writer_text(w, alert->id);
		writer_time(w, alert->opened_at);
		writer_reasons(w, alert->reasons);
	}
	if (any)
		writer_close(w);
}

int
show_workload(struct session *s, const char *name)
{
	const struct config *config;
	const struct workload *wl;
	const struct view *view;
	const struct view_workload *v;
	int r = session_config_if_any(s, &config);

	if (r == 0)
		r = session_view(s, &view);
	if (r != 0)
		return r;
	wl = config == NULL ? NULL : config_workload(config, name);
	v = view_workload(view, name);
	/* What is no longer configured has no more than its rows. */
	if (wl == NULL && (v == NULL || !v->record.present))
		return SHOW_NOTHING;
	if (wl != NULL)
		print_workload(s, config, wl, view);
	r = show_record(s, view, v);
	if (wl != NULL)
		show_sources(s, wl, view);
	show_alerts(s, view, name, wl);
	return r;
}
