/* Counting and wording.  The line and the row are made of the same numbers;
 * the row also names what the line only counts. */
#include "report/daily.h"
#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>

enum { DAILY_REASONS_MAX = 5 };

static bool
is_acked(const struct alert *a, struct wall_time now)
{
	return a->acked_until.us > now.us;
}

static bool
is_silenced(const struct alert *a, struct wall_time now)
{
	return a->silenced_until.us > now.us;
}

static void
count_reasons(const struct config *config, const struct view *view,
	      struct daily *d)
{
	for (size_t i = 0; i < config->n_workloads; i++) {
		const struct view_workload *v =
		    view_workload(view, config->workloads[i].label);
		int *counts = d->held_for;

		if (v == NULL || !v->record.present || v->record.day != d->day)
			continue;
		if (v->record.decision == DECISION_FAIL)
			counts = d->failed_for;
		else if (v->record.decision != DECISION_HOLD)
			continue;
		for (int r = 0; r < REASONS; r++)
			counts[r] += (v->record.reasons &
				      reason_bit((enum reason)r)) != 0;
	}
}

static void
count_noise(const struct alert_machine *alerts, struct wall_time now,
	    struct daily *d)
{
	d->alerts = alert_machine_count(alerts);
	for (size_t i = 0; i < d->alerts; i++) {
		const struct alert *a = alert_machine_at(alerts, i);

		d->muted += is_acked(a, now) || is_silenced(a, now);
	}
	for (size_t i = 0; i < alert_machine_silence_count(alerts); i++) {
		struct wall_time until =
		    alert_machine_silence_at(alerts, i)->until;

		if (until.us <= now.us)
			continue;
		if (wall_day(until) == d->day)
			d->ending++;
		else
			d->lasting++;
	}
}

void
daily_take(const struct config *config, const struct view *view, int32_t day,
	   const struct standing_seen *seen, struct daily *ret)
{
	struct daily d = {.day = day, .rows = view->rows};

	tally_records(config, view, day, seen, &d.tally);
	count_reasons(config, view, &d);
	count_noise(view->alerts, seen->now, &d);
	*ret = d;
}

/* The most frequent one that is left; REASONS: none is. */
static int
most_frequent(const int counts[REASONS], uint64_t named)
{
	int most = REASONS;

	for (int r = 0; r < REASONS; r++) {
		if ((named >> r & 1) == 0 && counts[r] > 0 &&
		    (most == REASONS || counts[r] > counts[most]))
			most = r;
	}
	return most;
}

/* " (4 OWNER_MISSING, 2 SOURCE_UNAPPROVED)", the most frequent first. */
static void
put_reasons(const int counts[REASONS], struct buf *out)
{
	uint64_t named = 0;
	int n = 0, r;

	while ((r = most_frequent(counts, named)) < REASONS) {
		if (n == DAILY_REASONS_MAX) {
			buf_puts(out, " and others");
			break;
		}
		buf_printf(out, "%s%d %s", n == 0 ? " (" : ", ", counts[r],
			   reason_info((enum reason)r)->code);
		named |= reason_bit((enum reason)r);
		n++;
	}
	if (n > 0)
		buf_putc(out, ')');
}

static void
put_count(int n, const char *word, const int *reasons, struct buf *out)
{
	if (n == 0)
		return;
	buf_printf(out, " %d %s", n, word);
	if (reasons != NULL)
		put_reasons(reasons, out);
}

void
daily_text(const struct daily *d, struct buf *out)
{
	const struct tally *t = &d->tally;

	buf_printf(out, "%d pass", t->pass);
	tally_put_corrected(t->pass_corrected, out);
	put_count(t->response_only, "pass (response only)", NULL, out);
	tally_put_corrected(t->response_corrected, out);
	put_count(t->pending, "pending", NULL, out);
	put_count(t->no_record, "no record", NULL, out);
	put_count(t->hold, "held", d->held_for, out);
	put_count(t->inconclusive, "inconclusive", NULL, out);
	put_count(t->fail, "fail", d->failed_for, out);
	put_count(t->not_due, "not due", NULL, out);
	buf_printf(out, "; %zu alert%s", d->alerts, TEXT_PLURAL(d->alerts));
	if (d->muted > 0)
		buf_printf(out, ", %zu muted", d->muted);
	if (d->ending > 0)
		buf_printf(out, "; %zu silence%s today", d->ending,
			   d->ending == 1 ? " ends" : "s end");
	if (d->lasting > 0)
		buf_printf(out, "; %zu silence%s", d->lasting,
			   d->lasting == 1 ? " goes on" : "s go on");
	buf_printf(out, "; ledger %" PRIu64, d->rows);
}

static void
put_alerts(struct json_writer *w, const struct alert_machine *alerts,
	   struct wall_time now)
{
	size_t n = alert_machine_count(alerts);

	json_array_open(w, "open");
	for (size_t i = 0; i < n && i < DAILY_ALERTS_MAX; i++) {
		const struct alert *a = alert_machine_at(alerts, i);

		json_object_open(w, NULL);
		json_put_bool(w, "acked", is_acked(a, now));
		json_put_string(w, "id", a->id);
		json_put_string(w, "severity", severity_name(a->severity));
		json_put_bool(w, "silenced", is_silenced(a, now));
		json_object_close(w);
	}
	json_array_close(w);
}

static void
put_silence(struct json_writer *w, const struct alert_silence *s)
{
	char until[WALL_RFC3339_LEN + 1];
	struct buf matcher = {0};

	alert_matcher_text(&s->matcher, &matcher);
	json_object_open(w, NULL);
	json_put_string(w, "matcher", buf_text(&matcher));
	json_put_string(w, "role", s->role);
	json_put_int(w, "seq", (int64_t)s->seq);
	json_put_string(w, "until", wall_format(s->until, until));
	json_object_close(w);
	w->out->failed |= matcher.failed;
	buf_free(&matcher);
}

static void
put_silences(struct json_writer *w, const struct alert_machine *alerts,
	     struct wall_time now)
{
	size_t n = alert_machine_silence_count(alerts);

	json_array_open(w, "silences");
	for (size_t i = 0; i < n && i < DAILY_ALERTS_MAX; i++) {
		const struct alert_silence *s =
		    alert_machine_silence_at(alerts, i);

		if (s->until.us > now.us)
			put_silence(w, s);
	}
	json_array_close(w);
}

int
daily_body(const struct daily *d, const struct view *view, struct wall_time now,
	   struct buf *out)
{
	char day[WALL_DAY_LEN + 1];
	struct buf text = {0};
	struct json_writer w;

	daily_text(d, &text);
	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "alerts", (int64_t)d->alerts);
	json_put_int(&w, "fail", d->tally.fail);
	json_put_int(&w, "hold", d->tally.hold);
	json_put_int(&w, "inconclusive", d->tally.inconclusive);
	json_put_int(&w, "ledger_rows", (int64_t)d->rows);
	json_put_int(&w, "muted", (int64_t)d->muted);
	json_put_int(&w, "no_record", d->tally.no_record);
	json_put_int(&w, "not_due", d->tally.not_due);
	put_alerts(&w, view->alerts, now);
	json_put_int(&w, "pass", d->tally.pass);
	json_put_int(&w, "pending", d->tally.pending);
	json_put_int(&w, "response_only", d->tally.response_only);
	json_put_string(&w, "review_date", day_format(d->day, day));
	put_silences(&w, view->alerts, now);
	json_put_string(&w, "text", buf_text(&text));
	json_object_close(&w);
	w.out->failed |= text.failed;
	buf_free(&text);
	return json_writer_ok(&w) ? 0 : ERR_INVALID;
}
