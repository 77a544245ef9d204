/* From evidence to a record, when it is due: the day's first one when both
 * paths and the look-up are conclusive, or when the day's evidence is given
 * up; later ones only when something changed (judge_should_write). */
#include "check/rows.h"
#include "engine/state.h"
#include "govern/govern.h"
#include "verdict/approval.h"
#include "verdict/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static void
fill_sources(struct engine *e, const struct workload *w, int32_t day,
	     const struct source_fact *facts[WORKLOAD_SOURCES_MAX])
{
	for (size_t i = 0; i < w->n_sources && i < WORKLOAD_SOURCES_MAX; i++) {
		facts[i] = view_source_on(e->view, w->sources[i]->name, day);
		if (facts[i] != NULL &&
		    !jobs_fact_is_of(facts[i], w->sources[i]))
			facts[i] = NULL;
	}
}

static void
write_record(struct engine *e, struct duty *d, struct record *record)
{
	char nonce[RUN_ID_LEN + 1], id[ROW_ID_MAX + 1];

	emit_nonce(e, nonce);
	snprintf(id, sizeof(id), "record.%s", nonce);
	if (emit_row(e, "record", id, wall_from_s(wall_s(e->now.wall)),
		     &record->text, NULL) == 0)
		d->record_in_flight = true;
}

/* Judges one day; true when a row was queued. */
static bool
judge_day(struct engine *e, struct duty *d, int32_t day, bool closed)
{
	struct view_workload *v = view_workload(e->view, d->w->label);
	const struct view_day *vd = v == NULL ? NULL : view_day(v, day);
	const struct source_fact *facts[WORKLOAD_SOURCES_MAX];
	char fingerprint[17];
	struct day_evidence seen;
	struct record record = {0};
	bool wrote;

	/* A full disk keeps what was seen waiting: that comes first. */
	if (closed && pair_awaits_row(e, d->w->label))
		return false;
	jobs_evidence(e, d, day, &seen);
	fill_sources(e, d->w, day, facts);
	struct judge_input input = {
	    .config = engine_conf(e),
	    .workload = d->w,
	    .evidence = &seen,
	    .sources = facts,
	    .cap = v != NULL && v->cap.cap != DECISION_NONE ? &v->cap : NULL,
	    .day = day,
	    .now = e->now.wall,
	    .closed = closed,
	    .clock_synchronised = e->clock == ENGINE_CLOCK_GOOD,
	    .credential_loaded = e->ports->credential(
		e->ports->ctx, d->w->credential, fingerprint),
	    .credential_shared = jobs_credential_shared(e, d),
	    .scope_approved_differs =
		v != NULL && v->scope_approved &&
		!digest_equal(&v->approved_scope, &d->w->scope_digest),
	    .ledger_damaged = e->ledger_damaged,
	    .previous = vd != NULL && vd->record.present ? &vd->record : NULL,
	};

	if (judge(&input, &record) < 0) {
		emit_say(e, LOG_ERR, "%s: no record could be made",
			 d->w->label);
		record_free(&record);
		return false;
	}
	wrote = judge_should_write(&input, &record);
	if (wrote)
		write_record(e, d, &record);
	record_free(&record);
	return wrote;
}

/* A day before yesterday whose runs were made and whose close this daemon did
 * not live to see: what it saw is judged when it is back. */
static bool
judge_older(struct engine *e, struct duty *d)
{
	struct view_workload *v = view_workload(e->view, d->w->label);

	for (size_t i = 0; v != NULL && i < v->n_days; i++) {
		const struct view_day *vd = &v->days[i];
		int32_t day = vd->evidence.day;

		if (day >= e->today - 1 || vd->record.present ||
		    (vd->attempts[PATH_HAPPY].n == 0 &&
		     vd->attempts[PATH_ERROR].n == 0))
			continue;
		jobs_day(e, d, day);
		if (d->due && judge_day(e, d, day, true))
			return true;
	}
	return false;
}

/* Yesterday may still wait for a look-up or its close. */
static bool
judge_yesterday(struct engine *e, struct duty *d, int32_t yesterday)
{
	struct view_workload *v = view_workload(e->view, d->w->label);
	struct view_day *vd = v == NULL ? NULL : view_day(v, yesterday);
	bool has_record = vd != NULL && vd->record.present;
	bool closed;

	jobs_day(e, d, yesterday);
	closed = d->closes_at.us <= e->now.wall.us;
	if (!d->due || (closed && has_record))
		return false;
	/* Nobody was there that day: blank is not a finding. */
	if (v == NULL ||
	    (vd == NULL && (wall_day(e->present_since) > yesterday ||
			    wall_day(d->first_seen) > yesterday)))
		return false;
	if (!closed)
		engine_want_wall(e, d->closes_at);
	return judge_day(e, d, yesterday, closed);
}

/* True while a planned slot of today is still to come. */
static bool
is_to_come(const struct engine *e, struct wall_time slot)
{
	return slot.us != INT64_MAX && wall_day(slot) == e->today;
}

int
evaluate_lacks(const struct workload *w, const struct day_evidence *seen)
{
	bool unread =
	    w->account_surface == SURFACE_COUNTER &&
	    seen->happy.outcome == OUTCOME_PASS &&
	    (!seen->usage.seen || seen->usage.outcome == LOOK_UNREACHABLE ||
	     seen->usage.outcome == LOOK_NOT_YET);
	int need = 0;

	if (seen->happy.outcome == OUTCOME_NONE || unread)
		need |= NEED_HAPPY;
	if (seen->error.outcome == OUTCOME_NONE)
		need |= NEED_ERROR;
	return need;
}

/* What of the day could not be observed, of the paths whose time has come:
 * where they have slots of their own, one does not hurry the other. */
static int
unobserved(const struct engine *e, const struct duty *d)
{
	struct day_evidence seen;
	int need;

	jobs_evidence(e, d, e->today, &seen);
	need = evaluate_lacks(d->w, &seen);
	if (!d->w->error_own)
		return need;
	if (seen.happy.outcome == OUTCOME_NONE &&
	    seen.happy_inconclusive.outcome == OUTCOME_NONE &&
	    is_to_come(e, d->next_slot))
		need &= ~NEED_HAPPY;
	if (is_to_come(e, d->error_slot))
		need &= ~NEED_ERROR;
	return need;
}

/* When a path is observed again; 0: not today.  A slot that comes first does
 * as well. */
static struct wall_time
again_at(const struct engine *e, const struct attempts *attempts,
	 struct wall_time next_slot, struct wall_time not_before)
{
	const struct int_list *after = &engine_conf(e)->reobserve_s;
	struct wall_time at;

	if (attempts->n < 1 || (size_t)attempts->n > after->n)
		return (struct wall_time){0};
	at = wall_from_s(wall_s(attempts->first_at) +
			 after->at[attempts->n - 1]);
	if (not_before.us > at.us)
		at = not_before;
	if (wall_day(at) != e->today || next_slot.us <= at.us)
		return (struct wall_time){0};
	return at;
}

/* A run whose usage alone could not be looked for is no use before that. */
static struct wall_time
happy_not_before(const struct engine *e, const struct duty *d,
		 const struct day_evidence *seen)
{
	const struct gateway_duty *g = jobs_gateway(e, d->w->gateway);
	struct wall_time until;

	if (seen->happy.outcome == OUTCOME_PASS && g != NULL &&
	    throttle_until(e, g, &until) && until.us > d->retry_after.us)
		return until;
	return d->retry_after;
}

/* What could not be observed is planned again (domain.md, section 3). */
static void
plan_reobservation(struct engine *e, struct duty *d)
{
	struct view_workload *v = view_workload(e->view, d->w->label);
	struct view_day *day = v == NULL ? NULL : view_day(v, e->today);
	bool own = d->w->error_own;
	struct wall_time error_at;
	enum run_path path;
	int need;

	d->reobserve_at.us = 0;
	d->reobserve_need = 0;
	if (day == NULL || pair_active(e, d->w->label) ||
	    pair_stop_reason(e, d) != NULL)
		return;
	need = unobserved(e, d);
	if ((need & NEED_HAPPY) != 0) {
		d->reobserve_need = own ? NEED_HAPPY : need;
		d->reobserve_at =
		    again_at(e, &day->attempts[PATH_HAPPY], d->next_slot,
			     happy_not_before(e, d, &day->evidence));
	}
	if (need == NEED_ERROR || (own && (need & NEED_ERROR) != 0)) {
		/* What follows the happy path may not have come to it. */
		path = own || day->attempts[PATH_ERROR].n > 0 ? PATH_ERROR
							      : PATH_HAPPY;
		error_at = again_at(e, &day->attempts[path],
				    own ? d->error_slot : d->next_slot,
				    d->retry_after);
		if (error_at.us != 0 && (d->reobserve_at.us == 0 ||
					 error_at.us < d->reobserve_at.us)) {
			d->reobserve_need = NEED_ERROR;
			d->reobserve_at = error_at;
		}
	}
	if (d->reobserve_at.us != 0)
		engine_want_wall(e, d->reobserve_at);
}

/* An approval may expire within the day. */
static void
expect_expiry(struct engine *e, struct duty *d)
{
	for (size_t i = 0; i < d->w->n_sources; i++) {
		const struct source *source = d->w->sources[i];
		const struct view_source *v =
		    view_source(e->view, source->name);
		struct wall_time expires;

		if (v == NULL)
			continue;
		expires = approval_expires(source, &v->fact);
		if (expires.us > e->now.wall.us &&
		    expires.us < d->evaluate_at.us)
			d->evaluate_at = expires;
	}
}

static void
evaluate(struct engine *e, struct duty *d)
{
	int32_t change;

	d->dirty = false;
	d->evaluate_at = wall_day_start(e->today + 1);
	if (d->record_in_flight)
		return; /* its row makes this dirty again */
	plan_reobservation(e, d);
	if (judge_older(e, d) || judge_yesterday(e, d, e->today - 1))
		return;
	if (d->closes_at.us > e->now.wall.us &&
	    d->closes_at.us < d->evaluate_at.us)
		d->evaluate_at = d->closes_at;
	jobs_day(e, d, e->today);
	if (!d->due)
		return;
	if (d->closes_at.us > e->now.wall.us &&
	    d->closes_at.us < d->evaluate_at.us)
		d->evaluate_at = d->closes_at;
	judge_day(e, d, e->today, d->closes_at.us <= e->now.wall.us);
	expect_expiry(e, d);
	change = govern_next_change(engine_conf(e), d->w, e->today);
	if (change != INT32_MAX &&
	    wall_day_start(change).us < d->evaluate_at.us)
		d->evaluate_at = wall_day_start(change);
}

void
evaluate_due(struct engine *e)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		struct duty *d = &e->duties[i];

		if (d->dirty || d->evaluate_at.us <= e->now.wall.us)
			evaluate(e, d);
		engine_want_wall(e, d->evaluate_at);
		if (d->reobserve_at.us != 0)
			engine_want_wall(e, d->reobserve_at);
	}
}
