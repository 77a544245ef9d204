/* The account surface: is the usage of a run visible on the workload's own
 * key?
 *
 * The counter is read before the run and again after the profile's waits,
 * at last when lag_max ends.  Reads of all workloads of a gateway share one
 * budget; waiting for it is queued, never a gap.  What moved on the key
 * between the reading after one run and the reading before the next was not
 * ours. */
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
	struct mono_time at = g->surface_not_before;

	if (allowed > 0 && g->n_reads >= allowed) {
		int64_t oldest =
		    g->reads[(g->n_reads - allowed) % READS_MAX].us +
		    surface->rate_per_s * USEC_PER_SEC;

		if (oldest > at.us)
			at.us = oldest;
	}
	return at;
}

void
look_try(struct engine *e, struct pair *p, enum pair_state reading)
{
	struct gateway_duty *g = pair_gateway(e, p);
	struct mono_time at;
	struct err err;

	if (g == NULL) {
		pair_done(e, p);
		return;
	}
	at = budget_at(g, surface_of(p));
	if (at.us > e->now.mono.us) {
		engine_want_mono(e, at);
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
	e->ports->http(e->ports->ctx, p->token, &p->request.http);
}

static void
heed_retry_after(struct engine *e, struct pair *p,
		 const struct counter_reading *reading)
{
	struct gateway_duty *g = pair_gateway(e, p);
	int64_t wait_s = reading->retry_after_s > 0 ? reading->retry_after_s
						    : RETRY_BEFORE_S;

	if (g != NULL && reading->outcome == READING_THROTTLED)
		g->surface_not_before.us =
		    e->now.mono.us + wait_s * USEC_PER_SEC;
}

static void
emit_look(struct engine *e, struct pair *p, enum look_outcome outcome,
	  const struct counter_reading *after, const char *tier)
{
	bool counter = strcmp(tier, "counter") == 0;
	char check[VIEW_CHECK_MAX], id[ROW_ID_MAX + 1];
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

	if (outcome != LOOK_BEFORE)
		look.evidence_lag_s =
		    (e->now.mono.us - p->happy_done.us) / USEC_PER_SEC;
	snprintf(check, sizeof(check), "%s/usage", p->w->label);
	snprintf(id, sizeof(id), "usage.%s.%d", p->run, p->look);
	if (check_usage_body(&body, &look) == 0)
		emit_row(e, "check.usage", id, wall_from_s(wall_s(e->now.wall)),
			 &body, NULL);
	else
		emit_say(e, LOG_ERR, "%s: the look does not fit a row", check);
	buf_free(&body);
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
	if (e->stopping) {
		pair_done(e, p);
		return;
	}
	if (reading.outcome == READING_OK) {
		p->before = reading;
		p->has_before = true;
		p->before_unexplained =
		    v != NULL && v->has_after &&
		    (d == NULL || !jobs_credential_shared(e, d)) &&
		    moved_since(&v->after, &reading);
		emit_look(e, p, LOOK_BEFORE, NULL, "counter");
		p->before_unexplained = false;
		pair_begin(e, p);
		return;
	}
	heed_retry_after(e, p, &reading);
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
	return (struct mono_time){p->happy_done.us + after_s * USEC_PER_SEC};
}

static bool
lag_over(const struct engine *e, const struct pair *p)
{
	return e->now.mono.us >=
	       p->happy_done.us + surface_of(p)->lag_max_s * USEC_PER_SEC;
}

void
look_next(struct engine *e, struct pair *p)
{
	struct gateway_duty *g = pair_gateway(e, p);

	if (p->happy != OUTCOME_PASS || e->stopping ||
	    p->w->account_surface == SURFACE_NONE) {
		pair_done(e, p);
		return;
	}
	if (p->w->account_surface == SURFACE_RESPONSE) {
		p->look = 1;
		emit_look(e, p, LOOK_RESPONSE, NULL, "response");
		pair_done(e, p);
		return;
	}
	if (!p->has_before) {
		p->look = 1;
		emit_look(e, p, LOOK_UNREACHABLE, NULL, "counter");
		pair_done(e, p);
		return;
	}
	/* The gateway is free for others while the usage becomes visible. */
	if (p->state != PAIR_LOOK_WAIT && p->state != PAIR_LOOK && g != NULL)
		g->active--;
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

	observe_counter(surface_of(p), response, &reading);
	heed_retry_after(e, p, &reading);
	if (reading.outcome == READING_THROTTLED && !over && !e->stopping) {
		p->state = PAIR_LOOK_WAIT; /* queued for the budget */
		p->wait_until = e->now.mono;
		return;
	}
	p->look++;
	if (reading.outcome != READING_OK) {
		if (over)
			emit_look(e, p, LOOK_UNREACHABLE, NULL, "counter");
	} else if (!label_matches(p, &reading)) {
		emit_look(e, p, LOOK_LABEL_MISMATCH, &reading, "counter");
		over = true;
	} else if (counter_moved(&p->before, &reading)) {
		emit_look(e, p, LOOK_VISIBLE, &reading, "counter");
		over = true;
	} else {
		emit_look(e, p, over ? LOOK_NOT_VISIBLE : LOOK_NOT_YET,
			  &reading, "counter");
	}
	if (over)
		pair_done(e, p);
	else
		look_next(e, p);
}
