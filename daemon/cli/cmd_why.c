/* Why a workload, a source or an alert stands as it does. */
#include "alert/rule.h"
#include "cli/throttled.h"
#include "cli/unknown.h"
#include "cli/why.h"
#include "cli/words.h"
#include "govern/govern.h"
#include "report/standing.h"

#include <stdio.h>
#include <string.h>

enum { NOT_THIS = -1 };

static const struct column standing_columns[] = {
    {"name", "name", 0},
    {"standing", "stands", COLUMN_STATE},
};

static void
print_standing(struct session *s, const char *name, const char *words)
{
	struct writer *w = &s->writer;

	if (w->format == WRITER_TEXT) {
		struct buf line = {0};

		buf_printf(&line, "%s: %s", name, words);
		writer_paragraph(w, "", buf_text(&line));
		buf_free(&line);
		return;
	}
	writer_card(w, "standing", standing_columns, 2);
	writer_text(w, name);
	writer_text(w, words);
	writer_close(w);
}

/* ---- a workload ---- */

static void
put_seen(const struct why *why, const char *path, enum outcome outcome,
	 struct wall_time at, struct buf *out)
{
	if (outcome != OUTCOME_NONE && wall_day(at) == why->day)
		buf_printf(out, "; the newest run of the %s path today: %s",
			   path, outcome_name(outcome));
}

/* An open day is judged when it closes: until then its observations are told,
 * not what they would come to. */
static void
say_no_reason(const struct why *why, const struct standing *standing)
{
	const struct view_workload *v = view_workload(why->view, why->name);
	struct writer *w = &why->session->writer;
	char at[WALL_RFC3339_LEN + 1];
	struct buf text = {0};

	if (standing->kind != STANDING_PENDING) {
		buf_puts(&why->session->out,
			 "Nothing that is known holds it.\n");
		return;
	}
	buf_puts(&text, "The day is still open: what it lacks is decided ");
	if (standing->has_slot)
		buf_printf(&text, "by %s", wall_format(standing->closes, at));
	else
		buf_puts(&text, "when it ends");
	if (v != NULL) {
		put_seen(why, "happy", v->last_happy, v->last_happy_at, &text);
		put_seen(why, "error", v->last_error, v->last_error_at, &text);
	}
	buf_putc(&text, '.');
	writer_paragraph(w, "", buf_text(&text));
	buf_free(&text);
}

static void
why_record(struct why *why, const struct standing *standing)
{
	reason_set in_record = 0, now;
	char heading[80], day[WALL_DAY_LEN + 1];

	if (standing->newest != NULL) {
		in_record = standing->newest->reasons;
		why->day = standing->newest->day;
		snprintf(heading, sizeof(heading),
			 "In the record of %s (row %llu)",
			 day_format(why->day, day),
			 (unsigned long long)standing->newest->seq);
		why_reasons(why, in_record, heading);
	}
	why->day = wall_day(why->session->now.wall);
	now = why_reasons_now(why);
	why_reasons(why, now & ~in_record,
		    "Now, by the configuration, the approvals and the alerts");
	if ((now | in_record) == 0 &&
	    why->session->writer.format == WRITER_TEXT)
		say_no_reason(why, standing);
}

static void
why_unconfigured(struct why *why, const struct view_workload *v)
{
	struct standing standing = {.newest = &v->record};
	const struct view_correction *correction =
	    view_correction(why->view, v->record.seq);
	char day[WALL_DAY_LEN + 1];
	struct buf text = {0};

	buf_printf(&text, "%s on %s; record row %llu",
		   decision_name(v->record.decision),
		   day_format(v->record.day, day),
		   (unsigned long long)v->record.seq);
	standing_put_corrected(correction, &text);
	print_standing(why->session, why->name, buf_text(&text));
	buf_free(&text);
	why->record = v->record.seq;
	why_record(why, &standing);
}

/* What no row says, because limits of gateways are kept nowhere. */
static void
say_throttled(struct why *why)
{
	const struct workload *w = why->workload;
	struct session *s = why->session;
	struct buf words = {0};
	char until[WALL_RFC3339_LEN + 1];

	if (w->account_surface != SURFACE_COUNTER || w->gateway == NULL ||
	    (arguments_has(s->args, OPTION_LEDGER) &&
	     !arguments_has(s->args, OPTION_SOCKET)) ||
	    !throttled_until(s, w->gateway->name, until))
		return;
	buf_printf(&words,
		   "its account surface answered 429 and is throttled until "
		   "%s; a run that cannot wait so long is sent without it",
		   until);
	print_standing(s, w->gateway->name, buf_text(&words));
	buf_free(&words);
}

static int
why_workload(struct why *why)
{
	struct session *s = why->session;
	const struct view_workload *v = view_workload(why->view, why->name);
	const struct standing_seen seen =
	    standing_by_rows(why->view, s->now.wall);
	struct standing standing;
	struct buf words = {0};

	if (why->workload == NULL) {
		if (v == NULL || !v->record.present)
			return NOT_THIS;
		why_unconfigured(why, v);
		return CTL_OK;
	}
	standing_of(why->config, why->view, why->workload,
		    wall_day(s->now.wall), &seen, &standing);
	standing_sentence(&standing, &words);
	print_standing(s, why->name, buf_text(&words));
	buf_free(&words);
	say_throttled(why);
	why_record(why, &standing);
	return CTL_OK;
}

/* ---- a source, or whatever else an alert is about ---- */

/* NULL where it was said of several together, some of which may have ended:
 * such a line only leads back to the list of alerts. */
static const char *
own_line(const struct alert *a)
{
	static const char of_many[] = "; next: evidencectl alerts";
	const size_t len = a->text == NULL ? 0 : strlen(a->text);

	return len >= strlen(of_many) &&
		       strcmp(a->text + len - strlen(of_many), of_many) == 0
		   ? NULL
		   : a->text;
}

static reason_set
reasons_of_alerts(const struct why *why, bool *ret_any)
{
	reason_set reasons = 0;

	*ret_any = false;
	for (size_t i = 0; i < alert_machine_count(why->view->alerts); i++) {
		const struct alert *a = alert_machine_at(why->view->alerts, i);
		const char *line = own_line(a);

		if (strcmp(a->subject, why->name) != 0)
			continue;
		reasons |= a->reasons;
		*ret_any = true;
		print_standing(why->session, a->id,
			       line == NULL ? alert_rule(a->rule)->what : line);
	}
	return reasons;
}

static void
print_source(const struct why *why, const struct view_source *v)
{
	char at[WALL_RFC3339_LEN + 1], id[SNAPSHOT_ID_LEN + 1];
	struct buf words = {0};

	if (v == NULL || !v->fact.tried) {
		print_standing(why->session, why->name, "never read");
		return;
	}
	buf_printf(&words, "newest read %s: %s",
		   wall_format(v->fact.tried_at, at),
		   page_outcome_name(v->fact.tried_outcome));
	if (v->fact.read)
		buf_printf(&words, "; newest good read %s: snapshot %s",
			   wall_format(v->fact.read_at, at),
			   page_snapshot_id(&v->fact.text, id));
	if (v->fact.approved)
		buf_printf(&words, "; approved: snapshot %s by %s, %s",
			   v->fact.approved_snapshot, v->fact.approved_role,
			   wall_format(v->fact.approved_at, at));
	else
		buf_puts(&words, "; nothing approved");
	print_standing(why->session, why->name, buf_text(&words));
	buf_free(&words);
}

/* Neither a good read nor an attestation of today, where that may yet hold a
 * workload: only the close of its day tells. */
static bool
lacks_read(const struct why *why, const struct view_source *v)
{
	const struct source_fact *f = v == NULL ? NULL : &v->fact;

	if (f != NULL &&
	    ((f->read && wall_day(f->read_at) == why->day) ||
	     (f->attested && wall_day(f->attested_at) == why->day)))
		return false;
	if (why->source != NULL && why->source->kind == SOURCE_PRICING)
		return true;
	return f != NULL && f->tried && f->tried_seq != f->read_seq;
}

/* Of the workloads that rest on it and are due today: whether a day is still
 * open, and the first whose day is not. */
static bool
is_open(const struct why *why, const struct workload **ret_closed)
{
	const struct wall_time now = why->session->now.wall;
	const struct standing_seen seen = standing_by_rows(why->view, now);
	bool open = false;

	*ret_closed = NULL;
	for (size_t i = 0; why->config != NULL && i < why->config->n_workloads;
	     i++) {
		const struct workload *w = &why->config->workloads[i];
		struct standing s;

		if (!workload_rests_on(w, why->source))
			continue;
		standing_of(why->config, why->view, w, wall_day(now), &seen,
			    &s);
		open |= s.kind == STANDING_PENDING;
		if (*ret_closed == NULL && s.kind != STANDING_PENDING &&
		    s.kind != STANDING_NOT_DUE)
			*ret_closed = w;
	}
	return open;
}

static void
say_no_read(const struct why *why, const struct view_source *v)
{
	const struct workload *closed = NULL;
	const bool lacks = lacks_read(why, v);
	const bool open = !lacks || is_open(why, &closed);
	struct buf text = {0};

	if (lacks && open)
		buf_puts(&text, "It has no good read of today yet: whether "
				"that holds a workload is decided when the day "
				"of that workload closes.");
	else if (closed != NULL)
		buf_printf(&text,
			   "It has no good read of today, and the day of the "
			   "workloads that rest on it has closed; what came "
			   "of it: evidencectl why %s",
			   closed->label);
	else
		buf_puts(&text,
			 "Nothing that is known holds a workload for it.");
	writer_paragraph(&why->session->writer, "", buf_text(&text));
	buf_free(&text);
}

static int
why_source(struct why *why)
{
	const struct view_source *v = view_source(why->view, why->name);
	reason_set reasons = 0;
	bool any;

	if (why->source == NULL && v == NULL)
		return NOT_THIS;
	print_source(why, v);
	if (why->source != NULL)
		reasons = why_reasons_of_approval(why->source, v,
						  why->session->now.wall);
	reasons |= why_still_open(why, reasons_of_alerts(why, &any));
	why_reasons(why, reasons, "Because");
	if (reasons == 0 && why->session->writer.format == WRITER_TEXT)
		say_no_read(why, v);
	return CTL_OK;
}

/* A credential, gateway, metric or rule that has an open alert. */
static int
why_subject(struct why *why)
{
	bool any;
	reason_set reasons = reasons_of_alerts(why, &any);

	why_reasons(why, reasons, "Because");
	return any ? CTL_OK : NOT_THIS;
}

/* ---- an alert ---- */

static const struct column alert_columns[] = {
    {"id", "alert", 0},
    {"severity", "severity", COLUMN_STATE},
    {"opened_at", "open since", 0},
    {"owner", "owner", 0},
    {"text", "line", 0},
    {"what", "what was seen", 0},
    {"effect", "what it blocks", 0},
    {"who", "who acts", 0},
    {"resolved_by", "resolved by", 0},
    {"next", "next", 0},
    {"seq", "row", 0},
};

static void
print_alert(const struct why *why, const struct alert *a)
{
	struct session *s = why->session;
	const struct alert_rule *rule = alert_rule(a->rule);
	struct writer *w = &s->writer;
	struct buf next = {0}, who = {0};

	alert_rule_next(rule, a->subject, &next);
	if (a->reasons == 0)
		alert_rule_who(rule, &who);
	else
		buf_puts(&who, why_who(why, reason_first(a->reasons)));
	writer_card(w, "alert", alert_columns,
		    sizeof(alert_columns) / sizeof(alert_columns[0]));
	writer_text(w, a->id);
	writer_text(w, severity_name(a->severity));
	writer_time(w, a->opened_at);
	writer_text(w, a->owner);
	writer_text(w, own_line(a));
	writer_text(w, rule->what);
	writer_text(w, rule->effect);
	writer_text(w, buf_text(&who));
	writer_text(w, rule->resolved_by);
	writer_text(w, buf_text(&next));
	writer_int(w, (int64_t)a->seq);
	writer_close(w);
	buf_free(&next);
	buf_free(&who);
}

static int
no_alert(const struct why *why)
{
	const char *near = alert_machine_nearest(why->view->alerts, why->name);

	if (near != NULL)
		return session_fail(why->session, CTL_NO_OBJECT,
				    "no open alert %s; did you mean %s?",
				    why->name, near);
	return session_fail(why->session, CTL_NO_OBJECT,
			    "no open alert %s; see evidencectl alerts --all",
			    why->name);
}

static int
why_alert(struct why *why)
{
	const char *slash = strchr(why->name, '/');
	const struct alert *a;
	reason_set reasons;

	if (slash == NULL)
		return NOT_THIS;
	a = alert_machine_find(why->view->alerts, why->name);
	if (a == NULL)
		return no_alert(why);
	if (why->config != NULL) {
		why->workload = config_workload(
		    why->config,
		    a->workload[0] != '\0' ? a->workload : a->subject);
		why->source = config_source(why->config, a->subject);
	}
	print_alert(why, a);
	why->name = a->subject;
	reasons = why_still_open(why, a->reasons);
	why_reasons(why, reasons, "Because");
	if (reasons == 0 && a->reasons != 0 &&
	    why->session->writer.format == WRITER_TEXT)
		buf_puts(&why->session->out,
			 "What it reports is over; the alert ends soon.\n");
	return CTL_OK;
}

/* What a tired person may have meant. */
static int
fail_of_name(struct session *s, const struct config *config, const char *name)
{
	if (name[strspn(name, "0123456789")] == '\0')
		return session_fail(s, CTL_NO_OBJECT,
				    "%s is a row; see evidencectl show %s",
				    name, name);
	if (config != NULL && config_owner(config, name) != NULL)
		return session_fail(s, CTL_NO_OBJECT,
				    "%s is an owner group; see evidencectl "
				    "todo --owner %s",
				    name, name);
	if (config != NULL && config_role(config, name) != NULL)
		return session_fail(s, CTL_NO_OBJECT,
				    "%s is a role; see evidencectl todo "
				    "--role %s",
				    name, name);
	if (config != NULL && config_gateway(config, name) != NULL)
		return session_fail(s, CTL_NO_OBJECT,
				    "gateway %s has no open alert; see "
				    "evidencectl show %s",
				    name, name);
	return unknown_thing(
	    s, config, NEAREST_WORKLOAD | NEAREST_SOURCE, "nothing is known of",
	    name, "evidencectl list workloads, or evidencectl alerts");
}

int
cmd_why(struct session *s)
{
	static int (*const kinds[])(struct why * why) = {
	    why_alert, why_workload, why_source, why_subject};
	char name[2 * ALERT_SUBJECT_MAX];
	struct why why = {
	    .session = s, .name = name, .day = wall_day(s->now.wall)};
	int r = session_alert_name(s, name, sizeof(name));

	if (r == 0)
		r = session_config_if_any(s, &why.config);
	if (r == 0)
		r = session_view(s, &why.view);
	if (r != 0)
		return r;
	if (why.config != NULL) {
		why.workload = config_workload(why.config, why.name);
		why.source = config_source(why.config, why.name);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (why.source != NULL && kinds[i] == why_workload)
			continue;
		r = kinds[i](&why);
		if (r != NOT_THIS)
			return r;
	}
	return fail_of_name(s, why.config, why.name);
}
