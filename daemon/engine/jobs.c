/* What runs when.
 *
 * A slot is a job and its planned instant.  It is done iff a row with its id
 * is recorded (ports.has_row): so no clock makes it run twice, and a clock
 * that visited another year loses none.  Between two turns every slot that
 * passed is either run, caught up or named in one check.missed row. */
#include "engine/state.h"
#include "govern/govern.h"
#include "report/sharing.h"
#include "sched/cron.h"
#include "sched/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A planned slot waits for its jitter, its gateway's spacing and room on the
 * disk, but never longer than this. */
enum { SLOT_WAITS_S = SEC_PER_DAY + 900 };

void
jobs_free(struct engine *e)
{
	free(e->duties);
	free(e->sources);
	free(e->gateways);
	free(e->credentials);
	map_free(&e->duty_index);
	map_free(&e->source_index);
	e->duties = NULL;
	e->sources = NULL;
	e->gateways = NULL;
	e->credentials = NULL;
	e->n_duties = e->n_sources = e->n_gateways = e->n_credentials = 0;
}

struct duty *
jobs_duty(struct engine *e, const char *label)
{
	size_t i;

	return map_get(&e->duty_index, label, &i) ? &e->duties[i] : NULL;
}

struct source_duty *
jobs_source(struct engine *e, const char *name)
{
	size_t i;

	return map_get(&e->source_index, name, &i) ? &e->sources[i] : NULL;
}

struct gateway_duty *
jobs_gateway(const struct engine *e, const struct gateway *gateway)
{
	for (size_t i = 0; gateway != NULL && i < e->n_gateways; i++) {
		if (strcmp(e->gateways[i].gateway->name, gateway->name) == 0)
			return &e->gateways[i];
	}
	return NULL;
}

bool
jobs_fact_is_of(const struct source_fact *fact, const struct source *source)
{
	struct digest url = digest_sha256(source->url, strlen(source->url));
	struct digest filter = page_filter_digest(source);

	return digest_equal(&fact->url, &url) &&
	       digest_equal(&fact->filter, &filter);
}

static int
credential_index(struct engine *e, const char *name)
{
	size_t i;

	for (i = 0; i < e->n_credentials; i++) {
		if (strcmp(e->credentials[i].name, name) == 0)
			return (int)i;
	}
	e->credentials[i] = (struct credential_duty){.name = name};
	e->n_credentials++;
	return (int)i;
}

static struct wall_time
plus_s(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

void
jobs_next_slot(struct engine *e, const struct schedule *schedule,
	       const char *key, struct wall_time from,
	       struct wall_time *ret_slot, struct wall_time *ret_run)
{
	if (plan_next(schedule, key, from, ret_slot) < 0) {
		*ret_slot = WALL_NEVER;
		*ret_run = WALL_NEVER;
		return;
	}
	*ret_run =
	    plus_s(*ret_slot, plan_jitter_s(schedule, e->options.hostname, key,
					    *ret_slot));
}

void
jobs_key(char out[VIEW_CHECK_MAX], const char *label, const char *path)
{
	snprintf(out, VIEW_CHECK_MAX, "%s/%s", label, path);
}

/* True when this scope was never tried: it gets its pair soon. */
static bool
is_new(const struct engine *e, const struct workload *w)
{
	const struct view_workload *v = view_workload(e->view, w->label);

	return v == NULL || !v->ran ||
	       !digest_equal(&v->last_scope, &w->scope_digest);
}

bool
jobs_begun_today(const struct engine *e, const struct workload *w,
		 enum run_path path)
{
	struct view_workload *v = view_workload(e->view, w->label);
	const struct view_day *day =
	    v == NULL ? NULL : view_day(v, wall_day(e->now.wall));

	return is_new(e, w) || pair_active(e, w->label) ||
	       (day != NULL && day->attempts[path].n > 0);
}

/* What was known before is owed every slot since the newest one that is
 * accounted for; one that is older than any slot can have waited is not the
 * newest that was due. */
static struct wall_time
resume_from(const struct engine *e, bool known,
	    const struct planned_fact *planned)
{
	struct wall_time from = e->view->newest_at;

	if (!known || e->view->rows == 0 || from.us > e->now.wall.us)
		return e->now.wall;
	if (planned->slot.us != 0) {
		from = plus_s(from, -SLOT_WAITS_S);
		if (planned->slot.us > from.us)
			from = planned->slot;
	}
	return from.us < e->now.wall.us ? from : e->now.wall;
}

static void
build_duty(struct engine *e, struct duty *d, const struct workload *w)
{
	static const struct planned_fact never[2];
	const struct view_workload *v = view_workload(e->view, w->label);
	const struct planned_fact *planned = v == NULL ? never : v->planned;
	bool known = v != NULL;
	char key[VIEW_CHECK_MAX];

	*d = (struct duty){.w = w,
			   .dirty = true,
			   .first_seen = e->now.wall,
			   .next_slot = WALL_NEVER,
			   .run_at = WALL_NEVER,
			   .error_slot = WALL_NEVER,
			   .error_at = WALL_NEVER,
			   .day = INT32_MIN};
	if (known)
		d->first_seen = (struct wall_time){0};
	d->credential_index = credential_index(e, w->credential);
	if (w->gateway == NULL || w->gateway->profile == NULL)
		return;
	check_endpoint(w, d->endpoint, sizeof(d->endpoint));
	jobs_key(key, w->label, "happy");
	jobs_next_slot(e, &w->happy, key,
		       resume_from(e, known, &planned[PATH_HAPPY]),
		       &d->next_slot, &d->run_at);
	if (w->error_own) {
		jobs_key(key, w->label, "error");
		jobs_next_slot(e, &w->error, key,
			       resume_from(e, known, &planned[PATH_ERROR]),
			       &d->error_slot, &d->error_at);
	}
	if (is_new(e, w))
		d->intake_at = e->now.wall;
}

/* True when nobody tried this address with this filter yet. */
static bool
is_unread(const struct engine *e, const struct source *source)
{
	const struct view_source *v = view_source(e->view, source->name);

	return v == NULL || !jobs_fact_is_of(&v->fact, source);
}

bool
jobs_read_today(const struct engine *e, const struct source_duty *s)
{
	const struct view_source *v = view_source(e->view, s->source->name);

	return s->active || is_unread(e, s->source) ||
	       v->slot_day == wall_day(e->now.wall);
}

static void
build_source(struct engine *e, struct source_duty *s,
	     const struct source *source)
{
	static const struct planned_fact never;
	const struct view_source *v = view_source(e->view, source->name);

	*s = (struct source_duty){.source = source};
	jobs_next_slot(
	    e, &source->schedule, source->name,
	    resume_from(e, v != NULL, v == NULL ? &never : &v->planned),
	    &s->next_slot, &s->run_at);
	if (is_unread(e, source))
		s->intake_at = e->now.wall;
}

/* Two names for one key are one credential that is shared.  Values are loaded
 * once, at the start. */
static bool
find_same_values(struct engine *e)
{
	struct map seen = {0};
	bool ok = true;

	for (size_t i = 0; i < e->n_credentials && ok; i++) {
		struct credential_duty *c = &e->credentials[i];
		char fingerprint[17];
		size_t other;

		if (!e->ports->credential(e->ports->ctx, c->name, fingerprint))
			continue;
		if (map_get(&seen, fingerprint, &other))
			c->same_value = e->credentials[other].same_value = true;
		else
			ok = map_put(&seen, fingerprint, i);
	}
	map_free(&seen);
	return ok;
}

bool
jobs_credential_shared(const struct engine *e, const struct duty *d)
{
	return d->w->credential_shared ||
	       e->credentials[d->credential_index].same_value;
}

static bool
shares_error(const struct duty *d, struct view_sharing *ret)
{
	return sharing_of(d->w, d->endpoint, ret);
}

void
jobs_evidence(const struct engine *e, const struct duty *d, int32_t day,
	      struct day_evidence *ret)
{
	struct view_sharing sharing;

	view_evidence(e->view, d->w->label,
		      shares_error(d, &sharing) ? &sharing : NULL, day, ret);
}

bool
jobs_acceptance_stands(const struct engine *e, const struct duty *d)
{
	const struct run_fact f = jobs_error_stands(e, d);
	struct view_sharing sharing;

	return f.outcome == OUTCOME_ACCEPTED &&
	       (shares_error(d, &sharing) ||
		digest_equal(&f.scope, &d->w->scope_digest));
}

struct run_fact
jobs_error_stands(const struct engine *e, const struct duty *d)
{
	struct view_sharing sharing;

	return view_error_stands(e->view, d->w->label,
				 shares_error(d, &sharing) ? &sharing : NULL);
}

bool
jobs_share(const struct engine *e, const struct view_shared_error *shared)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		struct view_sharing s;

		if (shares_error(&e->duties[i], &s) &&
		    strcmp(s.endpoint, shared->endpoint) == 0 &&
		    strcmp(s.environment, shared->environment) == 0 &&
		    digest_equal(&s.profile, &shared->profile))
			return true;
	}
	return false;
}

/* Intake is spread over the gateway so that a hundred new workloads are no
 * burst, and over no more than half of intake_s: the rest is for the pairs. */
static void
spread_intake(struct engine *e, struct gateway_duty *g)
{
	int64_t spacing_us = g->gateway->spacing_s * USEC_PER_SEC, n = 0;

	for (size_t i = 0; i < e->n_duties; i++)
		n += e->duties[i].w->gateway == g->gateway &&
		     e->duties[i].intake_at.us != 0;
	g->intake_gap_us =
	    n == 0 ? spacing_us
		   : engine_conf(e)->intake_s * USEC_PER_SEC / 2 / n;
	if (g->intake_gap_us > spacing_us)
		g->intake_gap_us = spacing_us;
	n = 0;
	for (size_t i = 0; i < e->n_duties; i++) {
		if (e->duties[i].w->gateway == g->gateway &&
		    e->duties[i].intake_at.us != 0)
			e->duties[i].intake_at.us += g->intake_gap_us * n++;
	}
}

static bool
build_index(struct engine *e)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		if (!map_put(&e->duty_index, e->duties[i].w->label, i))
			return false;
	}
	for (size_t i = 0; i < e->n_sources; i++) {
		if (!map_put(&e->source_index, e->sources[i].source->name, i))
			return false;
	}
	return true;
}

int
jobs_build(struct engine *e)
{
	const struct config *c = engine_conf(e);

	e->duties = calloc(c->n_workloads + 1, sizeof(*e->duties));
	e->sources = calloc(c->n_sources + 1, sizeof(*e->sources));
	e->gateways = calloc(c->n_gateways + 1, sizeof(*e->gateways));
	e->credentials = calloc(c->n_workloads + 1, sizeof(*e->credentials));
	if (e->duties == NULL || e->sources == NULL || e->gateways == NULL ||
	    e->credentials == NULL) {
		jobs_free(e);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < c->n_workloads; i++)
		build_duty(e, &e->duties[e->n_duties++], &c->workloads[i]);
	for (size_t i = 0; i < c->n_sources; i++)
		build_source(e, &e->sources[e->n_sources++], &c->sources[i]);
	for (size_t i = 0; i < c->n_gateways; i++)
		e->gateways[e->n_gateways++] = (struct gateway_duty){
		    .gateway = &c->gateways[i], .last_pair = {INT64_MIN}};
	if (!build_index(e) || !find_same_values(e)) {
		jobs_free(e);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < e->n_gateways; i++)
		spread_intake(e, &e->gateways[i]);
	return 0;
}

/* The day's last planned slot of either path. */
static int
last_slot(const struct workload *w, int32_t day, struct wall_time *ret_open,
	  struct wall_time *ret_last)
{
	struct wall_time open, last;
	char key[VIEW_CHECK_MAX];
	int r;

	jobs_key(key, w->label, "happy");
	r = plan_day(&w->happy, key, day, ret_open, ret_last);
	if (r < 0 || !w->error_own)
		return r;
	jobs_key(key, w->label, "error");
	if (plan_day(&w->error, key, day, &open, &last) == 0 &&
	    last.us > ret_last->us)
		*ret_last = last;
	return 0;
}

/* When the day's evidence of a workload is due and when it is given up. */
void
jobs_day(struct engine *e, struct duty *d, int32_t day)
{
	const struct config *c = engine_conf(e);
	const struct workload *w = d->w;
	struct view_workload *v = view_workload(e->view, w->label);
	const struct view_day *vd = v == NULL ? NULL : view_day(v, day);
	int64_t reobserve =
	    c->reobserve_s.n == 0 ? 0 : c->reobserve_s.at[c->reobserve_s.n - 1];
	int64_t lag = 0;
	struct wall_time last, midnight = wall_day_start(day + 1);

	d->day = day;
	d->due = govern_review_day(w, day);
	if (last_slot(w, day, &d->opens_at, &last) < 0) {
		d->due = d->due && vd != NULL &&
			 (vd->attempts[PATH_HAPPY].n > 0 ||
			  vd->attempts[PATH_ERROR].n > 0);
		last = d->opens_at = wall_day_start(day);
	}
	/* What was first seen after its slot is due from then on. */
	if (d->first_seen.us > last.us)
		last = plus_s(d->first_seen, c->intake_s);
	if (wall_day(d->moved_at) == day && d->moved_at.us > last.us)
		last = plus_s(d->moved_at, c->intake_s);
	for (int path = PATH_HAPPY; vd != NULL && path <= PATH_ERROR; path++) {
		if (vd->attempts[path].n > 0 &&
		    vd->attempts[path].first_at.us > last.us)
			last = vd->attempts[path].first_at;
	}
	/* What is caught up with is due from then on. */
	if ((vd == NULL || !vd->record.present) &&
	    wall_day(e->present_since) == day && e->present_since.us > last.us)
		last = e->present_since;
	if (w->gateway != NULL && w->gateway->profile != NULL)
		lag = w->gateway->profile->surface.lag_max_s;
	last = plus_s(last, reobserve);
	if (last.us > midnight.us)
		last = midnight;
	d->closes_at = plus_s(last, lag + c->grace_s);
}

/* Slots of one job that passed since the last turn. */
struct passed {
	bool run; /* one of them is to be run */
	struct wall_time slot;
	enum run_trigger trigger;
	int64_t missed; /* the others */
	struct wall_time from, to;
};

/* The slots of days on which no evidence is due are not missed. */
static void
leave_out_days(const struct workload *w, const struct schedule *schedule,
	       const char *key, struct wall_time first, struct passed *p)
{
	struct wall_time slot = {first.us - 1}, to = p->to;
	int64_t missed = 0;

	while (missed < p->missed &&
	       plan_next(schedule, key, slot, &slot) == 0 && slot.us <= to.us) {
		if (!govern_review_day(w, wall_day(slot)))
			continue;
		if (missed++ == 0)
			p->from = slot;
		p->to = slot;
	}
	p->missed = missed;
}

/* Of daily and rarer jobs, a slot of today that nobody ran is caught up with. */
static bool
is_caught_up(const struct engine *e, const struct schedule *schedule,
	     struct wall_time slot)
{
	return wall_day(slot) == wall_day(e->now.wall) &&
	       (schedule->cron == NULL ||
		cron_is_daily_or_rarer(schedule->cron, schedule->zone, slot));
}

bool
jobs_slot_behind(struct engine *e, const struct schedule *schedule,
		 const char *key, struct wall_time *ret_slot,
		 struct wall_time *ret_run)
{
	struct wall_time midnight = wall_day_start(wall_day(e->now.wall));
	struct plan_range range = plan_between(
	    schedule, key, (struct wall_time){midnight.us - 1}, e->now.wall);

	if (range.count == 0 || !is_caught_up(e, schedule, range.last))
		return false;
	jobs_next_slot(e, schedule, key, (struct wall_time){range.last.us - 1},
		       ret_slot, ret_run);
	return true;
}

static struct passed
passed_slots(struct engine *e, const struct schedule *schedule, const char *key,
	     struct wall_time first)
{
	struct wall_time before = {first.us - 1};
	struct plan_range range =
	    plan_between(schedule, key, before, e->now.wall);
	struct passed p = {.from = range.first,
			   .to = range.last,
			   .slot = range.last,
			   .missed = range.count};
	int64_t late_s;

	if (range.count == 0)
		return p;
	late_s = wall_s(e->now.wall) - wall_s(range.last) -
		 plan_jitter_s(schedule, e->options.hostname, key, range.last);
	if (late_s <= LATE_OK_S) {
		p.run = true;
		p.trigger = TRIGGER_SCHEDULE;
	} else if (is_caught_up(e, schedule, range.last)) {
		p.run = true;
		p.trigger = TRIGGER_CATCH_UP;
	}
	p.missed -= p.run;
	if (p.run && p.missed > 0)
		/* The range ends with the last one that was not run. */
		p.to = plan_between(schedule, key, before,
				    (struct wall_time){range.last.us - 1})
			   .last;
	return p;
}

bool
jobs_slot_done(const struct engine *e, const char *name, const char *path,
	       struct wall_time slot)
{
	char id[ROW_ID_MAX + 1];

	emit_slot_id(id, name, path, slot);
	return e->ports->has_row(e->ports->ctx, id);
}

static void
start_pair(struct engine *e, struct duty *d, int need, struct wall_time slot,
	   enum run_trigger trigger)
{
	const char *path = (need & NEED_HAPPY) != 0 ? "happy" : "error";
	char check[VIEW_CHECK_MAX];
	const char *stop;

	if (jobs_slot_done(e, d->w->label, path, slot))
		return;
	jobs_key(check, d->w->label, path);
	stop = pair_overlaps(e, d->w->label, need) ? "overlap"
						   : pair_stop_reason(e, d);
	if (stop != NULL) {
		emit_missed(e, check, slot, slot, 1, stop, "");
		d->dirty = true;
		return;
	}
	pair_new(e, d->w, need, slot, trigger);
}

static const char *
away_reason(const struct engine *e)
{
	return e->jumped ? "clock" : "stopped";
}

static void
fire_schedule(struct engine *e, struct duty *d, bool error_job)
{
	const struct schedule *schedule =
	    error_job ? &d->w->error : &d->w->happy;
	struct wall_time *slot = error_job ? &d->error_slot : &d->next_slot;
	struct wall_time *at = error_job ? &d->error_at : &d->run_at;
	char key[VIEW_CHECK_MAX];
	int need = error_job	     ? NEED_ERROR
		   : d->w->error_own ? NEED_HAPPY
				     : NEED_HAPPY | NEED_ERROR;
	struct passed p;

	if (at->us > e->now.wall.us)
		return;
	jobs_key(key, d->w->label, error_job ? "error" : "happy");
	p = passed_slots(e, schedule, key, *slot);
	if (p.run && p.trigger == TRIGGER_CATCH_UP &&
	    pair_overlaps(e, d->w->label, need)) {
		/* It was under way when this daemon fell asleep. */
		*at = plus_s(e->now.wall, INTAKE_AGAIN_S);
		return;
	}
	leave_out_days(d->w, schedule, key, *slot, &p);
	if (p.missed > 0)
		emit_missed(e, key, p.from, p.to, p.missed, away_reason(e), "");
	if (p.run && govern_review_day(d->w, wall_day(e->now.wall)))
		start_pair(e, d, need, p.slot, p.trigger);
	jobs_next_slot(e, schedule, key, e->now.wall, slot, at);
}

static void
fire_duty(struct engine *e, struct duty *d)
{
	fire_schedule(e, d, false);
	fire_schedule(e, d, true);
	if (d->intake_at.us != 0 && d->intake_at.us <= e->now.wall.us) {
		d->intake_at.us = 0;
		/* The pair of an earlier load may have done it by now. */
		if (pair_active(e, d->w->label))
			d->intake_at = plus_s(e->now.wall, INTAKE_AGAIN_S);
		else if (is_new(e, d->w))
			start_pair(e, d, NEED_HAPPY | NEED_ERROR,
				   wall_from_s(wall_s(e->now.wall)),
				   TRIGGER_INTAKE);
	}
	if (d->reobserve_at.us != 0 && d->reobserve_at.us <= e->now.wall.us) {
		struct wall_time slot = wall_from_s(wall_s(d->reobserve_at));

		d->reobserve_at.us = 0;
		start_pair(e, d, d->reobserve_need, slot, TRIGGER_REOBSERVE);
	}
	engine_want_wall(e, d->run_at);
	engine_want_wall(e, d->error_at);
	if (d->intake_at.us != 0)
		engine_want_wall(e, d->intake_at);
	if (d->reobserve_at.us != 0)
		engine_want_wall(e, d->reobserve_at);
}

static void
start_read(struct engine *e, struct source_duty *s, struct wall_time slot,
	   enum run_trigger trigger)
{
	if (jobs_slot_done(e, s->source->name, "read", slot))
		return;
	if (s->active) {
		emit_missed(e, s->source->name, slot, slot, 1, "overlap", "");
		return;
	}
	read_new(e, s, slot, trigger);
}

/* A bad read is tried again, like a run that could not be made. */
static void
plan_reread(struct engine *e, struct source_duty *s)
{
	const struct int_list *after = &engine_conf(e)->reobserve_s;
	const struct view_source *v = view_source(e->view, s->source->name);
	size_t done;

	s->reobserve_at.us = 0;
	if (v == NULL || s->active || !v->fact.tried ||
	    v->slot_day != wall_day(e->now.wall) ||
	    page_outcome_good(v->fact.tried_outcome) || v->attempts < 1)
		return;
	done = (size_t)v->attempts - 1;
	if (done >= after->n)
		return;
	s->reobserve_at =
	    wall_from_s(wall_s(plus_s(v->first_at, after->at[done])));
	if (wall_day(s->reobserve_at) != v->slot_day)
		s->reobserve_at.us = 0;
}

static void
fire_source(struct engine *e, struct source_duty *s)
{
	const struct schedule *schedule = &s->source->schedule;
	const char *name = s->source->name;

	if (s->run_at.us <= e->now.wall.us) {
		struct passed p = passed_slots(e, schedule, name, s->next_slot);

		if (p.run && p.trigger == TRIGGER_CATCH_UP && s->active) {
			/* It was under way when this daemon fell asleep. */
			s->run_at = plus_s(e->now.wall, INTAKE_AGAIN_S);
			engine_want_wall(e, s->run_at);
			return;
		}
		if (p.missed > 0)
			emit_missed(e, name, p.from, p.to, p.missed,
				    away_reason(e), "");
		if (p.run)
			start_read(e, s, p.slot, p.trigger);
		jobs_next_slot(e, schedule, name, e->now.wall, &s->next_slot,
			       &s->run_at);
	}
	if (s->intake_at.us != 0 && s->intake_at.us <= e->now.wall.us) {
		s->intake_at.us = 0;
		if (s->active)
			s->intake_at = plus_s(e->now.wall, INTAKE_AGAIN_S);
		else if (is_unread(e, s->source))
			start_read(e, s, wall_from_s(wall_s(e->now.wall)),
				   TRIGGER_INTAKE);
	}
	plan_reread(e, s);
	if (s->reobserve_at.us != 0 && s->reobserve_at.us <= e->now.wall.us) {
		start_read(e, s, wall_from_s(wall_s(s->reobserve_at)),
			   TRIGGER_REOBSERVE);
		s->reobserve_at.us = 0;
	}
	engine_want_wall(e, s->run_at);
	if (s->intake_at.us != 0)
		engine_want_wall(e, s->intake_at);
	if (s->reobserve_at.us != 0)
		engine_want_wall(e, s->reobserve_at);
}

void
jobs_fire(struct engine *e)
{
	for (size_t i = 0; i < e->n_sources; i++)
		fire_source(e, &e->sources[i]);
	for (size_t i = 0; i < e->n_duties; i++)
		fire_duty(e, &e->duties[i]);
}
