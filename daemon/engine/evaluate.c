/* From evidence to a record, when it is due: the day's first one when both
 * paths and the look-up are conclusive, or when the day's evidence is given
 * up; later ones only when something changed (judge_should_write). */
#include "check/rows.h"
#include "engine/state.h"
#include "govern/govern.h"
#include "verdict/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static void
fill_sources(struct engine *e, const struct workload *w, int32_t day,
	     const struct source_fact *facts[WORKLOAD_SOURCES_MAX])
{
	for (size_t i = 0; i < w->n_sources && i < WORKLOAD_SOURCES_MAX; i++)
		facts[i] = view_source_on(e->view, w->sources[i]->name, day);
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
	const struct view_workload *v = view_workload(e->view, d->w->label);
	const struct source_fact *facts[WORKLOAD_SOURCES_MAX];
	char fingerprint[17];
	struct day_evidence seen;
	struct record record = {0};
	bool wrote;

	view_evidence(e->view, d->w->label, d->endpoint, d->w->environment_name,
		      d->w->error_scope == SCOPE_GATEWAY, day, &seen);
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
	    .scope_approved_differs =
		v != NULL && v->scope_approved &&
		!digest_equal(&v->approved_scope, &d->w->scope_digest),
	    .ledger_damaged = e->ledger_damaged,
	    .previous = v != NULL && v->record.present && v->record.day == day
			    ? &v->record
			    : NULL,
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

/* Yesterday may still wait for a look-up or its close. */
static bool
judge_yesterday(struct engine *e, struct duty *d, int32_t yesterday)
{
	struct view_workload *v = view_workload(e->view, d->w->label);
	bool has_record =
	    v != NULL && v->record.present && v->record.day == yesterday;
	bool closed;

	jobs_day(e, d, yesterday);
	closed = d->closes_at.us <= e->now.wall.us;
	if (!d->due || (closed && has_record))
		return false;
	/* Nobody was there that day: blank is not a finding. */
	if (v == NULL || (view_day(v, yesterday) == NULL &&
			  wall_day(e->started_at) > yesterday))
		return false;
	if (v->record.present && v->record.day > yesterday)
		return false;
	if (!closed)
		engine_want_wall(e, d->closes_at);
	return judge_day(e, d, yesterday, closed);
}

/* What could not be observed is planned again (domain.md, section 3). */
static void
plan_reobservation(struct engine *e, struct duty *d)
{
	const struct int_list *after = &engine_conf(e)->reobserve_s;
	struct view_workload *v = view_workload(e->view, d->w->label);
	struct view_day *day = v == NULL ? NULL : view_day(v, e->today);
	struct day_evidence seen;
	size_t done;
	bool unread;

	d->reobserve_at.us = 0;
	d->reobserve_need = 0;
	if (day == NULL || day->attempts < 1 || pair_active(e, d->w->label) ||
	    pair_stop_reason(e, d) != NULL)
		return;
	view_evidence(e->view, d->w->label, d->endpoint, d->w->environment_name,
		      d->w->error_scope == SCOPE_GATEWAY, e->today, &seen);
	unread = d->w->account_surface == SURFACE_COUNTER &&
		 seen.happy.outcome == OUTCOME_PASS &&
		 (!seen.usage.seen || seen.usage.outcome == LOOK_UNREACHABLE ||
		  seen.usage.outcome == LOOK_NOT_YET);
	if (seen.happy.outcome == OUTCOME_NONE || unread)
		d->reobserve_need |= NEED_HAPPY;
	if (seen.error.outcome == OUTCOME_NONE)
		d->reobserve_need |= NEED_ERROR;
	done = (size_t)day->attempts - 1;
	if (d->reobserve_need == 0 || done >= after->n)
		return;
	d->reobserve_at.us =
	    day->first_slot.us + after->at[done] * USEC_PER_SEC;
	if (day->retry_after.us > d->reobserve_at.us)
		d->reobserve_at = day->retry_after;
	/* Tomorrow's slot is nearer, or the evidence would be tomorrow's. */
	if (wall_day(d->reobserve_at) != e->today ||
	    d->next_slot.us <= d->reobserve_at.us)
		d->reobserve_at.us = 0;
	else
		engine_want_wall(e, d->reobserve_at);
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
	if (judge_yesterday(e, d, e->today - 1))
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
