/* Pending is no hold: before its evidence is given up a day without a record
 * says nothing against the workload, and nothing for it. */
#include "report/standing.h"
#include "govern/govern.h"
#include "sched/plan.h"

#include <stdio.h>
#include <string.h>

static struct wall_time
plus_s(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

static void
key_of(const struct workload *w, char out[VIEW_CHECK_MAX])
{
	snprintf(out, VIEW_CHECK_MAX, "%s/happy", w->label);
}

static bool
is_late(int32_t day, struct wall_time loaded, struct wall_time last)
{
	return wall_day(loaded) == day && loaded.us > last.us;
}

int
standing_closes(const struct config *config, const struct workload *w,
		int32_t day, struct wall_time loaded, struct wall_time *ret)
{
	const struct int_list *again = &config->reobserve_s;
	struct wall_time open, last, midnight = wall_day_start(day + 1);
	char key[VIEW_CHECK_MAX];
	int64_t lag_s = 0;

	key_of(w, key);
	if (plan_day(&w->happy, key, day, &open, &last) < 0)
		return ERR_NOT_FOUND;
	if (is_late(day, loaded, last))
		last = plus_s(loaded, config->intake_s);
	if (again->n > 0)
		last = plus_s(last, again->at[again->n - 1]);
	if (last.us > midnight.us)
		last = midnight; /* what runs later is the next day's */
	if (w->gateway != NULL && w->gateway->profile != NULL)
		lag_s = w->gateway->profile->surface.lag_max_s;
	*ret = plus_s(last, lag_s + config->grace_s);
	return 0;
}

bool
standing_has_closed(const struct config *config, const struct workload *w,
		    int32_t day, struct wall_time loaded, struct wall_time at)
{
	struct wall_time closes;

	if (w == NULL || standing_closes(config, w, day, loaded, &closes) < 0)
		closes = wall_day_start(day + 1);
	return closes.us <= at.us;
}

struct wall_time
standing_all_close(const struct config *config, int32_t day)
{
	struct wall_time last = wall_day_start(day), closes;

	if (config == NULL || config->n_workloads == 0)
		return wall_day_start(day + 1);
	for (size_t i = 0; i < config->n_workloads; i++) {
		if (standing_closes(config, &config->workloads[i], day,
				    (struct wall_time){0}, &closes) == 0 &&
		    closes.us > last.us)
			last = closes;
	}
	return last;
}

bool
standing_all_closed(const struct config *config, int32_t day,
		    struct wall_time at)
{
	return standing_all_close(config, day).us <= at.us;
}

/* Rows of an earlier day name it: it was there before. */
static bool
was_there(const struct view_workload *v, int32_t day)
{
	if (v->record.present && v->record.day < day)
		return true;
	for (size_t i = 0; i < v->n_days; i++) {
		if (v->days[i].evidence.day < day)
			return true;
	}
	return false;
}

/* Since when the workload is configured, as far as that may make its evidence
 * late; 0: long enough.  A loading that left its scope as it was begins
 * nothing anew, so that its first request of the day tells more. */
static struct wall_time
loaded_at(const struct view *view, const struct view_workload *v,
	  const struct workload *w, int32_t day)
{
	const struct view_day *d = NULL;

	if (v == NULL ||
	    (v->ran && !digest_equal(&v->last_scope, &w->scope_digest)))
		return view->config_at;
	if (was_there(v, day))
		return (struct wall_time){0};
	for (size_t i = 0; i < v->n_days; i++) {
		if (v->days[i].evidence.day == day)
			d = &v->days[i];
	}
	return d != NULL && d->attempts[PATH_HAPPY].n > 0 &&
		       d->attempts[PATH_HAPPY].first_at.us < view->config_at.us
		   ? d->attempts[PATH_HAPPY].first_at
		   : view->config_at;
}

void
standing_of(const struct config *config, const struct view *view,
	    const struct workload *w, int32_t day, struct wall_time now,
	    struct standing *ret)
{
	const struct view_workload *v = view_workload(view, w->label);
	struct wall_time loaded = loaded_at(view, v, w, day);
	struct standing s = {.kind = STANDING_PENDING, .day = day};
	char key[VIEW_CHECK_MAX];

	if (v != NULL && v->record.present)
		s.newest = &v->record;
	if (v != NULL)
		s.last_pass = view_last_pass(v, day);
	if (s.newest != NULL && s.newest->day == day) {
		s.kind = STANDING_RECORD;
		s.record = s.newest;
		s.decision = s.record->decision;
	} else if (!govern_review_day(w, day)) {
		s.kind = STANDING_NOT_DUE;
	}
	if (s.record != NULL)
		s.record_corrected = view_correction(view, s.record->seq);
	if (s.last_pass != NULL)
		s.pass_corrected = view_correction(view, s.last_pass->seq);
	key_of(w, key);
	s.has_slot = plan_day(&w->happy, key, day, &s.opens, &s.until) == 0 &&
		     standing_closes(config, w, day, loaded, &s.closes) == 0;
	s.loaded_late = s.has_slot && is_late(day, loaded, s.until);
	if (s.kind == STANDING_PENDING &&
	    standing_has_closed(config, w, day, loaded, now))
		s.kind = STANDING_NO_RECORD;
	s.unreached =
	    s.has_slot && view->rows > 0 && view->newest_at.us < s.closes.us;
	*ret = s;
}

const char *
standing_word(const struct standing *s)
{
	if (s->kind == STANDING_NOT_DUE)
		return "not due";
	if (s->kind == STANDING_PENDING)
		return "pending";
	if (s->kind == STANDING_NO_RECORD)
		return "no record";
	if (s->record->response_only)
		return "pass (response only)";
	return decision_name(s->decision);
}

/* "04:30" of a time, in UTC. */
static void
put_clock(struct buf *out, struct wall_time t)
{
	char text[WALL_RFC3339_LEN + 1];

	buf_printf(out, "%.5s", wall_format(t, text) + strlen("2026-07-03T"));
}

static void
put_window(const struct standing *s, struct buf *out)
{
	char text[WALL_RFC3339_LEN + 1];

	if (!s->has_slot)
		return;
	if (s->kind == STANDING_NO_RECORD) {
		buf_printf(out, "; its evidence was due until %s",
			   wall_format(s->closes, text));
		if (s->unreached)
			buf_puts(out, ", which the ledger does not reach");
		return;
	}
	buf_puts(out, s->loaded_late ? "; loaded after its window "
				     : "; not yet due; window ");
	put_clock(out, s->opens);
	buf_putc(out, '-');
	put_clock(out, s->until);
	buf_putc(out, 'Z');
	if (s->loaded_late)
		buf_printf(out, "; its evidence is due until %s",
			   wall_format(s->closes, text));
}

void
standing_put_corrected(const struct view_correction *c, struct buf *out)
{
	if (c != NULL)
		buf_printf(out, ", corrected by row %llu",
			   (unsigned long long)c->by);
}

void
standing_sentence(const struct standing *s, struct buf *out)
{
	char day[WALL_DAY_LEN + 1], at[WALL_RFC3339_LEN + 1];

	buf_printf(out, "%s on %s", standing_word(s), day_format(s->day, day));
	if (s->kind == STANDING_RECORD) {
		buf_printf(out, "; record row %llu, decided %s",
			   (unsigned long long)s->record->seq,
			   wall_format(s->record->decided_at, at));
		standing_put_corrected(s->record_corrected, out);
		return;
	}
	if (s->kind == STANDING_PENDING || s->kind == STANDING_NO_RECORD)
		put_window(s, out);
	if (s->last_pass == NULL) {
		buf_puts(out, "; no pass yet");
		return;
	}
	buf_printf(out, "; last pass %s, row %llu",
		   day_format(s->last_pass->day, day),
		   (unsigned long long)s->last_pass->seq);
	standing_put_corrected(s->pass_corrected, out);
}
