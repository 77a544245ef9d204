/* The account surface: is the usage of a run visible on the workload's own
 * key?
 *
 * The counter is read before the run and again after the profile's waits,
 * at last when lag_max ends.  Reads of all workloads of a gateway share one
 * budget; waiting for it is queued, never a gap.  What moved on the key
 * between the reading after one run and the reading before the next was not
 * ours.
 *
 * The look-up of a run goes on after a restart, and at once when a person
 * asks for it.  After lag_max nobody looks for that run any more: movement
 * would be anybody's. */
#include "engine/state.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

static const struct surface_profile *
surface_of(const struct pair *p)
{
	return &p->w->gateway->profile->surface;
}

bool
look_wanted(const struct pair *p)
{
	return (p->need & NEED_HAPPY) != 0 &&
	       p->w->account_surface == SURFACE_COUNTER &&
	       surface_of(p)->present;
}

/* The instant from which one more read fits the budget. */
static struct mono_time
budget_at(const struct gateway_duty *g, const struct surface_profile *surface)
{
	size_t allowed = surface->rate_tokens < READS_MAX
			     ? (size_t)surface->rate_tokens
			     : READS_MAX;
	struct mono_time at = {INT64_MIN};

	if (allowed > 0 && g->n_reads >= allowed) {
		int64_t oldest =
		    g->reads[(g->n_reads - allowed) % READS_MAX].us +
		    surface->rate_per_s * USEC_PER_SEC;

		if (oldest > at.us)
			at.us = oldest;
	}
	return at;
}

/* True when its row is on its way: p->row_id. */
static bool
emit_look(struct engine *e, struct pair *p, enum look_outcome outcome,
	  const struct counter_reading *after, const char *tier)
{
	bool counter = strcmp(tier, "counter") == 0;
	char check[VIEW_CHECK_MAX];
	struct check_look look = {
	    .check = check,
	    .workload_label = p->w->label,
	    .environment = p->w->environment_name,
	    .run = p->run,
	    .tier = tier,
	    .surface = counter ? surface_of(p)->path : "response",
	    .before = p->has_before ? &p->before : NULL,
	    .after = after,
	    .unit = counter ? surface_of(p)->unit : "tokens",
	    .look = p->look,
	    .outcome = outcome,
	    .unexplained = p->before_unexplained,
	};
	struct buf body = {0};
	bool queued = false;

	if (outcome != LOOK_BEFORE)
		look.evidence_lag_s =
		    (e->now.mono.us - p->happy_done.mono.us) / USEC_PER_SEC;
	snprintf(check, sizeof(check), "%s/usage", p->w->label);
	snprintf(p->row_id, sizeof(p->row_id), "usage.%s.%d", p->run, p->look);
	if (check_usage_body(&body, &look) != 0)
		emit_say(e, LOG_ERR, "%s: the look does not fit a row", check);
	else
		queued = emit_row(e, "check.usage", p->row_id, e->now.wall,
				  &body, NULL) == 0;
	if (queued)
		command_look_done(e, p, outcome, p->row_id);
	buf_free(&body);
	return queued;
}

static void
leave_gateway(struct engine *e, struct pair *p)
{
	struct gateway_duty *g = pair_gateway(e, p);

	if (!pair_looks(p) && g != NULL)
		g->active--;
}

/* Nothing more is asked: the pair ends when its last look is durable, so that
 * whoever waits for it is told of a record that rests on that look. */
static void
last_look(struct engine *e, struct pair *p, enum look_outcome outcome,
	  const struct counter_reading *after, const char *tier)
{
	if (!emit_look(e, p, outcome, after, tier)) {
		pair_done(e, p);
		return;
	}
	leave_gateway(e, p);
	p->state = PAIR_LOOKED;
}

/* The time for it is over and nobody was there to look, or nobody can look
 * any more: the run ends unseen, and the day is observed again. */
static void
miss_look(struct engine *e, struct pair *p)
{
	char check[VIEW_CHECK_MAX];

	jobs_key(check, p->w->label, "usage");
	emit_missed(e, check, p->slot, p->slot, 1, "interrupted", p->run);
	p->look++;
	last_look(e, p, LOOK_UNREACHABLE, NULL, "counter");
}

static struct mono_time
lag_end(const struct pair *p)
{
	return (struct mono_time){p->happy_done.mono.us +
				  surface_of(p)->lag_max_s * USEC_PER_SEC};
}

/* The surface said 429, and nobody asks it for now. */
static void
wait_or_go(struct engine *e, struct pair *p, const struct gateway_duty *g,
	   enum pair_state reading)
{
	if (reading == PAIR_BEFORE) {
		if (throttle_holds(e, p))
			pair_requeue(e, p);
		else
			pair_begin(e, p);
	} else if (g->surface_not_before.us <= lag_end(p).us) {
		engine_want_mono(e, g->surface_not_before);
	} else {
		p->look++;
		last_look(e, p, LOOK_UNREACHABLE, NULL, "counter");
	}
}

void
look_try(struct engine *e, struct pair *p, enum pair_state reading)
{
	struct gateway_duty *g = pair_gateway(e, p);
	struct mono_time at;
	struct err err;

	if (g == NULL) {
		/* A reload removed it, or calls it otherwise. */
		if (reading == PAIR_BEFORE)
			pair_requeue(e, p);
		else
			miss_look(e, p);
		return;
	}
	if (g->surface_not_before.us > e->now.mono.us) {
		wait_or_go(e, p, g, reading);
		return;
	}
	at = budget_at(g, surface_of(p));
	if (at.us > e->now.mono.us) {
		engine_want_mono(e, at);
		return;
	}
	if (reading == PAIR_LOOK &&
	    pause_over_look(e, p,
			    at.us > p->wait_until.us ? at : p->wait_until)) {
		miss_look(e, p);
		return;
	}
	check_request_free(&p->request);
	if (check_request_counter(p->w, &p->request, &err) < 0) {
		emit_say(e, LOG_ERR, "%s/usage: %s", p->w->label, err.text);
		pair_done(e, p);
		return;
	}
	g->reads[g->n_reads++ % READS_MAX] = e->now.mono;
	p->token = ++e->next_token;
	p->state = reading;
	p->asked = e->now;
	e->ports->http(e->ports->ctx, p->token, &p->request.http);
}

/* The counters of two keys cannot be compared. */
static bool
is_key(const struct engine *e, const struct workload *w, uint32_t print)
{
	char fingerprint[17];

	return e->ports->credential(e->ports->ctx, w->credential,
				    fingerprint) &&
	       view_print(fingerprint) == print;
}

/* Our own use was over when `after` was read: what moved since is not ours.
 * The shrinking counter is the one that does not lag. */
static bool
moved_since(const struct counter_reading *after,
	    const struct counter_reading *before)
{
	if (after->has_down && before->has_down)
		return before->down < after->down;
	return after->has_up && before->has_up && before->up > after->up;
}

void
look_before_done(struct engine *e, struct pair *p,
		 const struct http_response *response)
{
	const struct view_workload *v = view_workload(e->view, p->w->label);
	const struct duty *d = pair_duty(e, p);
	struct counter_reading reading = {0};

	observe_counter(surface_of(p), response, &reading);
	throttle_heed(e, p, &reading);
	if (e->stopping) {
		pair_done(e, p);
		return;
	}
	if (pause_in_exchange(e, p)) {
		/* What was read is old by now. */
		p->state = PAIR_BEFORE_WAIT;
		p->wait_until = e->now.mono;
		return;
	}
	if (reading.outcome == READING_OK) {
		p->before = reading;
		p->has_before = true;
		p->before_unexplained =
		    v != NULL && v->has_after &&
		    is_key(e, p->w, v->key_print) &&
		    (d == NULL || !jobs_credential_shared(e, d)) &&
		    moved_since(&v->after, &reading);
		emit_look(e, p, LOOK_BEFORE, NULL, "counter");
		p->before_unexplained = false;
		pair_begin(e, p);
		return;
	}
	if (reading.outcome != READING_THROTTLED &&
	    ++p->before_tries >= BEFORE_TRIES) {
		/* The run still tells whether the gateway answers. */
		pair_begin(e, p);
		return;
	}
	p->state = PAIR_BEFORE_WAIT;
	p->wait_until.us = e->now.mono.us;
	if (reading.outcome != READING_THROTTLED)
		p->wait_until.us += RETRY_BEFORE_S * USEC_PER_SEC;
}

static struct mono_time
look_at(const struct pair *p)
{
	const struct surface_profile *surface = surface_of(p);
	int64_t after_s = surface->lag_max_s;

	if ((size_t)p->look < surface->wait_s.n &&
	    surface->wait_s.at[p->look] < after_s)
		after_s = surface->wait_s.at[p->look];
	return (struct mono_time){p->happy_done.mono.us +
				  after_s * USEC_PER_SEC};
}

static bool
lag_over(const struct engine *e, const struct pair *p)
{
	return e->now.mono.us >= lag_end(p).us;
}

void
look_next(struct engine *e, struct pair *p)
{
	if (p->happy != OUTCOME_PASS || e->stopping ||
	    p->w->account_surface == SURFACE_NONE) {
		pair_done(e, p);
		return;
	}
	if (p->w->account_surface == SURFACE_RESPONSE) {
		p->look = 1;
		last_look(e, p, LOOK_RESPONSE, NULL, "response");
		return;
	}
	if (!p->has_before) {
		p->look = 1;
		last_look(e, p, LOOK_UNREACHABLE, NULL, "counter");
		return;
	}
	leave_gateway(e, p);
	p->state = PAIR_LOOK_WAIT;
	p->wait_until = look_at(p);
	engine_want_mono(e, p->wait_until);
}

/* Where the surface names keys, one without a name is not ours. */
static bool
label_matches(const struct pair *p, const struct counter_reading *reading)
{
	return surface_of(p)->label_pointer[0] == '\0' ||
	       strcmp(reading->label_seen, p->w->label) == 0;
}

void
look_after_done(struct engine *e, struct pair *p,
		const struct http_response *response)
{
	struct counter_reading reading = {0};
	bool over = lag_over(e, p);

	if (pause_in_look(e, p)) {
		miss_look(e, p);
		return;
	}
	observe_counter(surface_of(p), response, &reading);
	throttle_heed(e, p, &reading);
	if (reading.outcome == READING_THROTTLED && !over && !e->stopping) {
		p->state = PAIR_LOOK_WAIT; /* queued for the budget */
		p->wait_until = e->now.mono;
		return;
	}
	p->look++;
	if (reading.outcome != READING_OK && !over)
		command_look_done(e, p, LOOK_UNREACHABLE, NULL);
	else if (reading.outcome != READING_OK)
		last_look(e, p, LOOK_UNREACHABLE, NULL, "counter");
	else if (!label_matches(p, &reading))
		last_look(e, p, LOOK_LABEL_MISMATCH, &reading, "counter");
	else if (counter_moved(&p->before, &reading))
		last_look(e, p, LOOK_VISIBLE, &reading, "counter");
	else if (over)
		last_look(e, p, LOOK_NOT_VISIBLE, &reading, "counter");
	else
		emit_look(e, p, LOOK_NOT_YET, &reading, "counter");
	if (p->state == PAIR_LOOK)
		look_next(e, p);
}

/* The run that the reading before it belongs to. */
static bool
can_compare(const struct view_day *day)
{
	const struct run_fact *happy = &day->evidence.happy;

	return happy->outcome == OUTCOME_PASS && day->has_before &&
	       strcmp(day->before_run, happy->run) == 0;
}

/* The run of that day as it was when its request had ended. */
static struct pair *
take_up(struct engine *e, const struct workload *w, const struct view_day *day,
	enum run_trigger trigger)
{
	const struct day_evidence *seen = &day->evidence;
	struct pair *p = pair_new(e, w, 0, seen->happy.requested, trigger);

	if (p == NULL)
		return NULL;
	memcpy(p->run, seen->happy.run, sizeof(p->run));
	p->happy = OUTCOME_PASS;
	p->before = day->before;
	p->has_before = true;
	p->look = day->looks;
	p->requested = seen->happy.requested;
	p->happy_done = (struct now){
	    seen->happy.requested,
	    {e->now.mono.us - (e->now.wall.us - seen->happy.requested.us)}};
	p->state = PAIR_LOOK_WAIT;
	return p;
}

/* Usage of the day's run may still become visible. */
static bool
in_lag(const struct engine *e, const struct workload *w,
       const struct view_day *day)
{
	const struct surface_profile *surface = &w->gateway->profile->surface;
	int64_t since_us = e->now.wall.us - day->evidence.happy.requested.us;

	return since_us >= 0 && since_us <= surface->lag_max_s * USEC_PER_SEC;
}

static void
resume_day(struct engine *e, const struct workload *w,
	   const struct view_day *day)
{
	const struct day_evidence *seen = &day->evidence;
	struct pair *p;

	if (!can_compare(day) || !is_key(e, w, day->key_print) ||
	    (seen->usage.seen && seen->usage.outcome != LOOK_NOT_YET) ||
	    !in_lag(e, w, day))
		return;
	p = take_up(e, w, day, TRIGGER_SCHEDULE);
	if (p != NULL)
		look_next(e, p);
}

static bool
has_counter(const struct workload *w)
{
	return w->gateway != NULL && w->gateway->profile != NULL &&
	       w->account_surface == SURFACE_COUNTER &&
	       w->gateway->profile->surface.present;
}

void
look_resume(struct engine *e)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		const struct workload *w = e->duties[i].w;
		struct view_workload *v = view_workload(e->view, w->label);

		if (v == NULL || !has_counter(w))
			continue;
		for (size_t d = 0; d < v->n_days; d++)
			resume_day(e, w, &v->days[d]);
	}
	pair_rebind(e);
}

/* What the day lacks, so that there is nothing to look for; NULL: nothing. */
static const char *
nothing_to_see(const struct engine *e, const struct workload *w,
	       const struct view_day *day)
{
	if (day == NULL || day->evidence.happy.outcome != OUTCOME_PASS)
		return "today has no successful happy run; run the pair first";
	if (day->evidence.usage.seen &&
	    day->evidence.usage.outcome == LOOK_VISIBLE)
		return "the usage of today's run is seen already";
	if (!can_compare(day))
		return "the counter was not read before today's run, so "
		       "nothing can be compared; run the pair again";
	if (!is_key(e, w, day->key_print))
		return "the credential has another value than in today's run, "
		       "so nothing can be compared; run the pair again";
	if (!in_lag(e, w, day))
		return "lag_max is over, so that movement on the key could be "
		       "anybody's; run the pair again, or attest the usage";
	return NULL;
}

/* The pair of that workload that is under way. */
static struct pair *
find_pair(struct engine *e, const char *label)
{
	struct pair *p = e->pairs;

	while (p != NULL && strcmp(p->w->label, label) != 0)
		p = p->next;
	return p;
}

struct pair *
look_now(struct engine *e, struct duty *d, const char **ret_code,
	 const char **ret_words)
{
	struct view_workload *v = view_workload(e->view, d->w->label);
	struct credential_duty *c = &e->credentials[d->credential_index];
	struct view_day *day = v == NULL ? NULL : view_day(v, e->today);
	struct pair *p = find_pair(e, d->w->label);
	char fingerprint[17];

	*ret_words = NULL;
	if (!has_counter(d->w)) {
		*ret_code = "NO_SURFACE";
		*ret_words = "it has no counter to look at; see "
			     "account_surface in evidenced.conf(5)";
	} else if (p != NULL && p->state != PAIR_LOOK_WAIT) {
		*ret_code = "BUSY";
		*ret_words = "it is running, and looks by itself";
	} else if (p == NULL && c->busy) {
		*ret_code = "BUSY";
		*ret_words = "its credential is in use; ask again";
	} else if (!e->ports->credential(e->ports->ctx, d->w->credential,
					 fingerprint)) {
		*ret_code = "STOPPED";
		*ret_words = "credential_missing";
	} else if (p == NULL) {
		*ret_code = "NOTHING_TO_SEE";
		*ret_words = nothing_to_see(e, d->w, day);
	}
	if (*ret_words != NULL)
		return NULL;
	if (p == NULL) {
		p = take_up(e, d->w, day, TRIGGER_MANUAL);
		if (p == NULL) {
			*ret_code = "NOT_STARTED";
			*ret_words = "no memory";
			return NULL;
		}
		c->busy = true;
	}
	/* One that is overdue stays so: see pause.c. */
	if (p->wait_until.us == 0 || p->wait_until.us > e->now.mono.us)
		p->wait_until = e->now.mono;
	engine_want_mono(e, p->wait_until);
	return p;
}
