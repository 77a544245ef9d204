/* Alerts, by the ledger: a row opens one, a row closes it. */
#include "base/json.h"
#include "cli/cli.h"
#include "cli/words.h"
#include "cli/rows.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    {"severity", "severity", COLUMN_STATE},
    {"id", "alert", COLUMN_FLEX},
    {"opened_at", "opened", 0},
    {"resolved_at", "resolved", COLUMN_MORE},
    {"state", "state", COLUMN_STATE},
    {"owner", "owner", COLUMN_MORE},
    {"rule", "rule", COLUMN_MORE},
    {"subject", "subject", COLUMN_MORE},
    {"workload", "workload", COLUMN_MORE},
    {"gateway", "gateway", COLUMN_MORE},
    {"acked_until", "acked until", COLUMN_MORE},
    {"acked_by", "acked by", COLUMN_MORE},
    {"silenced_until", "silenced until", COLUMN_MORE},
    {"reasons", "reasons", COLUMN_MORE},
    {"seq", "row", COLUMN_MORE},
    {"text", "text", COLUMN_MORE},
};

enum {
	COLUMNS = sizeof(columns) / sizeof(columns[0]),
	COUNTED_FROM = 20 /* so many fit a terminal */
};

static void
put_alert(struct writer *w, const struct alert *a, struct wall_time resolved_at,
	  const char *state)
{
	writer_text(w, severity_name(a->severity));
	writer_text(w, a->id);
	writer_time(w, a->opened_at);
	writer_time(w, resolved_at);
	writer_text(w, state);
	writer_text(w, a->owner[0] == '\0' ? "(unallocated)" : a->owner);
	writer_text(w, alert_rule(a->rule)->name);
	writer_text(w, a->subject);
	writer_text(w, a->workload);
	writer_text(w, a->gateway);
	writer_time(w, a->acked_until);
	writer_text(w, a->acked_seq == 0 ? NULL : a->acked_role);
	writer_time(w, a->silenced_until);
	writer_reasons(w, a->reasons);
	writer_int(w, (int64_t)a->seq);
	writer_text(w, a->text);
}

/* Acknowledged and silenced alerts are still open. */
static const char *
state_of(const struct alert *a, struct wall_time now)
{
	if (a->acked_until.us > now.us)
		return "acked";
	return a->silenced_until.us > now.us ? "silenced" : "open";
}

static void
put_open(struct session *s, const struct alert_machine *machine)
{
	for (size_t i = 0; i < alert_machine_count(machine); i++) {
		const struct alert *a = alert_machine_at(machine, i);

		put_alert(&s->writer, a, (struct wall_time){0},
			  state_of(a, s->now.wall));
	}
}

/* Where the table is longer than a terminal: how many of which rule. */
static void
print_counts(struct session *s, const struct alert_machine *machine)
{
	size_t n = alert_machine_count(machine), of[ALERT_RULES] = {0};
	struct buf line = {0};

	if (n <= COUNTED_FROM)
		return;
	for (size_t i = 0; i < n; i++)
		of[alert_machine_at(machine, i)->rule]++;
	buf_printf(&line, "%zu alerts are open: ", n);
	for (int rule = 0, before = 0; rule < ALERT_RULES; rule++) {
		if (of[rule] > 0)
			buf_printf(&line, "%s%zu %s", before++ == 0 ? "" : ", ",
				   of[rule],
				   alert_rule((enum alert_rule_id)rule)->name);
	}
	buf_puts(&line, "; by who must act: evidencectl todo");
	buf_putc(&s->out, '\n');
	writer_paragraph(&s->writer, "", buf_text(&line));
	buf_free(&line);
}

/* ---- what is kept quiet ---- */

static const struct column silence_columns[] = {
    {"matcher", "matcher", COLUMN_FLEX},
    {"until", "until", 0},
    {"role", "role", 0},
    {"fits", "fits", COLUMN_RIGHT},
    {"seq", "row", COLUMN_MORE},
};

enum { SILENCE_COLUMNS = sizeof(silence_columns) / sizeof(silence_columns[0]) };

static void
put_silence(struct writer *w, const struct alert_machine *machine,
	    const struct alert_silence *silence)
{
	struct buf text = {0};

	alert_matcher_text(&silence->matcher, &text);
	writer_text(w, buf_text(&text));
	writer_time(w, silence->until);
	writer_text(w, silence->role);
	writer_int(w, (int64_t)alert_machine_count_fitting(machine,
							   &silence->matcher));
	writer_int(w, (int64_t)silence->seq);
	buf_free(&text);
}

/* Silences that are in force; the ledger may know some that are over. */
static void
print_silences(struct session *s, const struct alert_machine *machine)
{
	size_t shown = 0;

	for (size_t i = 0; i < alert_machine_silence_count(machine); i++) {
		const struct alert_silence *silence =
		    alert_machine_silence_at(machine, i);

		if (silence->until.us <= s->now.wall.us)
			continue;
		if (shown++ == 0) {
			writer_heading(&s->writer, "Silences");
			writer_table(&s->writer, "silence", silence_columns,
				     SILENCE_COLUMNS);
		}
		put_silence(&s->writer, machine, silence);
	}
	if (shown > 0)
		writer_close(&s->writer);
}

/* ---- the past ---- */

/* All that were ever raised: their own machine folds the rows, and each that
 * leaves it was resolved. */
struct past {
	struct session *session;
	struct alert_machine *machine;
};

static int
fold_past(void *ctx, const struct row *row)
{
	struct past *p = ctx;
	struct json_object *body;
	const struct alert *a = NULL;
	char id[2 * ALERT_SUBJECT_MAX];

	if (strcmp(row->kind, "alert.resolved") == 0 &&
	    json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) == 0) {
		snprintf(id, sizeof(id), "%s/%s",
			 json_get_string(body, "rule", ""),
			 json_get_string(body, "subject", ""));
		a = alert_machine_find(p->machine, id);
		if (a != NULL)
			put_alert(&p->session->writer, a, row->at, "resolved");
		json_object_put(body);
	}
	/* A body that this build cannot read is a newer daemon's. */
	return alert_machine_fold(p->machine, row->kind, row->seq, row->at,
				  row->body, row->body_len) == ERR_NOMEM
		   ? ERR_NOMEM
		   : 0;
}

static int
put_past(struct session *s)
{
	static const struct row_filter alerts = {.kind = "alert"};
	struct past past = {.session = s, .machine = alert_machine_new(0)};
	const char *dir;
	int r;

	if (past.machine == NULL)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	r = session_ledger(s, &dir);
	if (r == 0)
		r = rows_all(s, dir, &alerts, fold_past, &past);
	alert_machine_free(past.machine);
	return r;
}

int
cmd_alerts(struct session *s)
{
	const struct view *view;
	size_t open;
	int r = session_view(s, &view);

	if (r != 0)
		return r;
	writer_table(&s->writer, "alert", columns, COLUMNS);
	if (arguments_has(s->args, OPTION_ALL))
		r = put_past(s);
	put_open(s, view->alerts);
	writer_close(&s->writer);
	if (r != 0)
		return r;
	print_silences(s, view->alerts);
	open = alert_machine_count(view->alerts);
	if (s->writer.format == WRITER_TEXT) {
		print_counts(s, view->alerts);
		buf_puts(&s->out, open == 0
				      ? "no open alerts\n"
				      : "\nnext: evidencectl why ALERT\n");
	}
	return open > 0 ? CTL_CHECK_FAILED : CTL_OK;
}
