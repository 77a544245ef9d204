/* Life cycle, turn and events.
 *
 * A turn is: clock, slots that are due, runs that can move on, records that
 * are due, alerts; then one deadline.  Events only note what happened and
 * ask for a turn. */
#include "engine/state.h"
#include "report/impact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static const int64_t STEP_US = 60 * USEC_PER_SEC;

struct config_ref *
config_ref_take(struct config_ref *ref)
{
	ref->refs++;
	return ref;
}

void
config_ref_drop(struct config_ref *ref)
{
	if (--ref->refs > 0)
		return;
	config_free(ref->config);
	free(ref);
}

static struct config_ref *
config_ref_new(struct config *config)
{
	struct config_ref *ref = malloc(sizeof(*ref));

	if (ref != NULL)
		*ref = (struct config_ref){config, 1};
	return ref;
}

struct engine *
engine_new(const struct ports *ports, struct config *config,
	   const struct engine_options *options)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->ports = ports;
	e->options = *options;
	e->alerts_at = WALL_NEVER;
	daily_replan(e);
	e->view = view_new();
	e->config = config_ref_new(config);
	if (e->view == NULL || e->config == NULL) {
		view_free(e->view);
		free(e->config);
		free(e);
		return NULL;
	}
	alert_machine_set_group(e->view->alerts, config->alert_group_s);
	return e;
}

void
engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	pair_free_all(e);
	read_free_all(e);
	attest_free_all(e);
	conditions_free(e);
	jobs_free(e);
	view_free(e->view);
	config_ref_drop(e->config);
	free(e);
}

int
engine_replay(struct engine *e, const struct row *row, struct err *err)
{
	return view_apply(e->view, row, err);
}

void
engine_want_wall(struct engine *e, struct wall_time t)
{
	if (t.us < e->deadline.wall.us)
		e->deadline.wall = t;
}

void
engine_want_mono(struct engine *e, struct mono_time t)
{
	if (t.us < e->deadline.mono.us)
		e->deadline.mono = t;
}

static void
want_turn(struct engine *e)
{
	engine_want_mono(e, e->now.mono);
}

void
engine_dirty_workload(struct engine *e, const char *label)
{
	struct duty *d = jobs_duty(e, label);

	if (d != NULL)
		d->dirty = true;
	e->alerts_dirty = true;
}

void
engine_dirty_all(struct engine *e)
{
	for (size_t i = 0; i < e->n_duties; i++)
		e->duties[i].dirty = true;
	e->alerts_dirty = true;
}

struct engine_deadline
engine_deadline(const struct engine *e)
{
	return e->deadline;
}

const struct view *
engine_view(const struct engine *e)
{
	return e->view;
}

const struct config *
engine_config(const struct engine *e)
{
	return engine_conf(e);
}

static bool
is_behind(const struct engine *e)
{
	return e->now.wall.us < e->view->newest_at.us - STEP_US;
}

static void
note_step_back(struct engine *e)
{
	if (!is_behind(e))
		return;
	e->stepping = true;
	e->present_since = e->now.wall;
	emit_clock_stepped(e, e->view->newest_at);
	emit_say(e, LOG_WARNING,
		 "the clock stepped back; no probes in this turn");
}

void
engine_start(struct engine *e, struct now now, const struct engine_start *start)
{
	e->now = now;
	e->started = true;
	e->started_at = e->present_since = now.wall;
	e->last_turn = now;
	e->today = wall_day(now.wall);
	e->ledger_damaged = start->damaged;
	e->alerts_dirty = true;
	alert_machine_resume(e->view->alerts, e->view->newest_at);
	if (start->damage_words != NULL)
		strncpy(e->damage_words, start->damage_words,
			sizeof(e->damage_words) - 1);
	if (jobs_build(e) < 0)
		emit_say(e, LOG_CRIT, "no memory for the schedule");
	if (!e->ledger_damaged) {
		note_step_back(e);
		emit_daemon_started(e, start);
		emit_config_loaded(e);
		pair_interrupted(e);
		look_resume(e);
	}
	e->deadline = (struct engine_deadline){WALL_NEVER, now.mono};
}

/* The wall clock against the newest row and against the steady clock.  An
 * event may have told the new time already, so the last turn counts. */
static void
watch_clock(struct engine *e, struct now now)
{
	const struct now before = e->last_turn;
	int64_t drift =
	    (now.wall.us - before.wall.us) - (now.mono.us - before.mono.us);

	e->jumped = false;
	if (e->stepping) {
		e->stepping = is_behind(e);
		if (e->stepping)
			return;
		/* Slots of the visited time are not those of now. */
		jobs_rebuild(e, true);
		engine_dirty_all(e);
	} else if (is_behind(e)) {
		note_step_back(e);
	} else if (drift > STEP_US || drift < -STEP_US) {
		e->jumped = drift > 0;
		e->present_since = now.wall;
		emit_clock_stepped(e, (struct wall_time){now.wall.us - drift});
	}
}

static void
new_day(struct engine *e)
{
	int32_t day = wall_day(e->now.wall);

	if (day != e->today) {
		e->today = day;
		engine_dirty_all(e);
	}
	engine_want_wall(e, wall_day_start(day + 1));
}

static void
finish_stop(struct engine *e)
{
	if (e->stop_row_queued)
		return;
	/* No row will tell how the runs in flight ended. */
	if (e->ledger_damaged) {
		e->stop_row_queued = e->stop_row_durable = true;
		return;
	}
	if (!pair_idle(e))
		return;
	emit_daemon_stopped(e, "stopped");
}

void
engine_turn(struct engine *e, struct now now)
{
	e->now = now;
	e->deadline = (struct engine_deadline){WALL_NEVER, {INT64_MAX}};
	if (!e->ledger_damaged)
		watch_clock(e, now);
	new_day(e);
	if (!e->stopping && !e->stepping && !e->ledger_damaged)
		jobs_fire(e);
	pair_step_all(e);
	if (!e->stopping && !e->stepping && !e->ledger_damaged)
		evaluate_due(e);
	/* Nothing follows the row that says that the daemon stopped. */
	if (!e->stepping && !e->stop_row_queued)
		conditions_step(e);
	if (!e->stopping && !e->stepping && !e->ledger_damaged)
		daily_step(e);
	command_answer_runs(e);
	e->last_turn = now;
	if (e->stopping)
		finish_stop(e);
}

/* What a durable row moves on in the engine itself. */
static void
row_moves(struct engine *e, const struct row *row)
{
	for (struct pair *p = e->pairs; p != NULL; p = p->next) {
		if ((p->state == PAIR_BEGIN || p->state == PAIR_RECORD ||
		     p->state == PAIR_LOOKED) &&
		    strcmp(p->row_id, row->id) == 0) {
			pair_row(e, p);
			return;
		}
	}
	for (struct read *r = e->reads; r != NULL; r = r->next) {
		if (strcmp(r->row_id, row->id) == 0) {
			read_row(e, r);
			return;
		}
	}
	if (strcmp(e->stop_row_id, row->id) == 0)
		e->stop_row_durable = true;
}

/* Rows that nothing is judged by. */
static bool
is_silent(const struct row *row)
{
	return strcmp(row->kind, "check.begun") == 0 ||
	       strcmp(row->kind, "daemon.started") == 0 ||
	       strcmp(row->kind, "clock.stepped") == 0;
}

static void
row_dirties(struct engine *e, const struct row *row)
{
	struct duty *d;

	if (is_silent(row))
		return;
	e->alerts_dirty = true;
	if (strcmp(row->kind, "check.source") == 0 ||
	    strcmp(row->kind, "source.approved") == 0 ||
	    strcmp(row->kind, "attest.source") == 0 ||
	    strcmp(row->kind, "correction") == 0) {
		engine_dirty_all(e);
		return;
	}
	d = jobs_duty(e, e->view->touched);
	if (d == NULL)
		return;
	d->dirty = true;
	if (strcmp(row->kind, "check.error") == 0 &&
	    d->w->error_scope == SCOPE_GATEWAY)
		engine_dirty_all(e);
	if (strcmp(row->kind, "record") == 0)
		d->record_in_flight = false;
}

void
engine_row(struct engine *e, struct now now, const struct row *row)
{
	struct err err;

	e->now = now;
	if (view_apply(e->view, row, &err) < 0)
		emit_say(e, LOG_ERR, "%s", err.text);
	if (e->started) {
		row_moves(e, row);
		row_dirties(e, row);
		command_row_durable(e, row->id);
	}
	want_turn(e);
}

void
engine_http_done(struct engine *e, struct now now, uint64_t token,
		 const struct http_response *response)
{
	e->now = now;
	want_turn(e);
	for (struct pair *p = e->pairs; p != NULL; p = p->next) {
		if (p->token == token &&
		    (p->state == PAIR_BEFORE || p->state == PAIR_REQUEST ||
		     p->state == PAIR_LOOK)) {
			pair_http_done(e, p, response);
			return;
		}
	}
	for (struct read *r = e->reads; r != NULL; r = r->next) {
		if (r->token == token && !r->extracting) {
			read_http_done(e, r, response);
			return;
		}
	}
}

void
engine_page_done(struct engine *e, struct now now, uint64_t token,
		 const struct page_text *text)
{
	e->now = now;
	want_turn(e);
	for (struct read *r = e->reads; r != NULL; r = r->next) {
		if (r->token == token && r->extracting) {
			read_page_done(e, r, text);
			return;
		}
	}
	attest_page_done(e, token, text);
}

void
engine_ledger_full(struct engine *e, struct now now, const char *why)
{
	bool full = why != NULL;

	e->now = now;
	if (e->ledger_full != full) {
		e->ledger_full = full;
		e->alerts_dirty = true;
	}
	if (full)
		snprintf(e->full_words, sizeof(e->full_words),
			 LEDGER_FULL "rows wait, no probes: %s", why);
	want_turn(e);
}

void
engine_ledger_damaged(struct engine *e, struct now now, const char *words)
{
	e->now = now;
	e->ledger_damaged = true;
	snprintf(e->damage_words, sizeof(e->damage_words), "%s", words);
	e->alerts_dirty = true;
	want_turn(e);
}

void
engine_clock(struct engine *e, struct now now, enum engine_clock clock)
{
	e->now = now;
	if (e->clock != clock) {
		e->clock = clock;
		e->clock_since = now.wall;
		engine_dirty_all(e);
		want_turn(e);
	}
}

void
engine_mirror(struct engine *e, struct now now,
	      const struct engine_mirror *mirror)
{
	e->now = now;
	if (e->mirror.followed != mirror->followed ||
	    e->mirror.unconfirmed_since.us != mirror->unconfirmed_since.us ||
	    e->mirror.conflicts != mirror->conflicts) {
		e->alerts_dirty = true;
		want_turn(e);
	}
	e->mirror = *mirror;
}

void
engine_stop(struct engine *e, struct now now)
{
	e->now = now;
	e->stopping = true;
	want_turn(e);
}

bool
engine_stopped(const struct engine *e)
{
	return e->stopping && e->stop_row_durable;
}

void
engine_reload_refused(struct engine *e, struct now now, const char *words)
{
	e->now = now;
	if (!e->ledger_damaged)
		emit_config_rejected(e, words);
	want_turn(e);
}

/* A reload loads no credential. */
static enum impact_credential
credential(void *ctx, const char *name)
{
	const struct engine *e = ctx;
	char fingerprint[17];

	return e->ports->credential(e->ports->ctx, name, fingerprint)
		   ? IMPACT_LOADED
		   : IMPACT_NOT_LOADED;
}

static void
print_impact(struct engine *e, const struct config *new, struct buf *out)
{
	const struct config *old = engine_conf(e);
	const struct impact impact = {.before = old,
				      .after = new,
				      .view = e->view,
				      .now = e->now.wall,
				      .credential = credential,
				      .ctx = e};

	impact_print(&impact, out);
	if (out->len == 0)
		buf_puts(out,
			 digest_equal(&old->digest, &new->digest)
			     ? "nothing changed\n"
			     : "no workload, source, owner or role changed\n");
}

void
engine_reload(struct engine *e, struct now now, struct config *config,
	      char **ret_words)
{
	struct config_ref *ref = config_ref_new(config), *old = e->config;
	struct buf words = {0};

	e->now = now;
	print_impact(e, config, &words);
	*ret_words = buf_steal(&words);
	if (ref == NULL) {
		emit_say(e, LOG_CRIT, "no memory for a configuration");
		config_free(config);
		return;
	}
	e->config = ref;
	jobs_rebuild(e, false);
	daily_replan(e);
	alert_machine_set_group(e->view->alerts, config->alert_group_s);
	config_ref_drop(old);
	if (!e->ledger_damaged)
		emit_config_loaded(e);
	e->alerts_dirty = true;
	want_turn(e);
}
