/* One run of a workload: happy path, error path, look-ups, one after the
 * other on its credential.
 *
 * Before each billable request a check.begun row is durable; its result row
 * is durable before the next step.  So a crash at any point leaves either a
 * begun run without a result (told as interrupted, never sent again) or a
 * result whose look-up is resumed. */
#include "base/text.h"
#include "engine/state.h"
#include "report/ceiling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static const char *
path_name(enum run_path path)
{
	return path == PATH_HAPPY ? "happy" : "error";
}

struct duty *
pair_duty(struct engine *e, const struct pair *p)
{
	return jobs_duty(e, p->w->label);
}

struct gateway_duty *
pair_gateway(struct engine *e, const struct pair *p)
{
	return jobs_gateway(e, p->w->gateway);
}

static struct credential_duty *
credential_of(struct engine *e, const struct pair *p)
{
	for (size_t i = 0; i < e->n_credentials; i++) {
		if (strcmp(e->credentials[i].name, p->w->credential) == 0)
			return &e->credentials[i];
	}
	return NULL;
}

bool
pair_active(const struct engine *e, const char *label)
{
	for (const struct pair *p = e->pairs; p != NULL; p = p->next) {
		if (strcmp(p->w->label, label) == 0)
			return true;
	}
	return false;
}

bool
pair_awaits_row(const struct engine *e, const char *label)
{
	for (const struct pair *p = e->pairs; p != NULL; p = p->next) {
		if ((p->state == PAIR_BEGIN || p->state == PAIR_RECORD ||
		     p->state == PAIR_LOOKED) &&
		    strcmp(p->w->label, label) == 0)
			return true;
	}
	return false;
}

bool
pair_overlaps(const struct engine *e, const char *label, int need)
{
	for (const struct pair *p = e->pairs; p != NULL; p = p->next) {
		if ((p->wanted & need) != 0 && p->state != PAIR_LOOKED &&
		    strcmp(p->w->label, label) == 0)
			return true;
	}
	return false;
}

/* What is in flight and must end before a clean stop. */
bool
pair_idle(const struct engine *e)
{
	for (const struct pair *p = e->pairs; p != NULL; p = p->next) {
		if (p->state == PAIR_BEFORE || p->state == PAIR_REQUEST ||
		    p->state == PAIR_RECORD || p->state == PAIR_LOOK ||
		    p->state == PAIR_LOOKED)
			return false;
	}
	return e->reads == NULL;
}

static const struct view_day *
day_of_now(const struct engine *e, const struct workload *w)
{
	struct view_workload *v = view_workload(e->view, w->label);

	return v == NULL ? NULL : view_day(v, wall_day(e->now.wall));
}

bool
pair_requests_used(const struct engine *e, const struct workload *w)
{
	return ceiling_requests_left(w, day_of_now(e, w)) == 0;
}

/* Whether one more request could pass a ceiling of today. */
static bool
over_ceiling(const struct engine *e, const struct workload *w)
{
	return pair_requests_used(e, w) ||
	       !ceiling_tokens_left(w, day_of_now(e, w));
}

/* Why a scheduled run is not sent, as a stable word; NULL when it is. */
const char *
pair_stop_reason(const struct engine *e, const struct duty *d)
{
	char fingerprint[17];

	if (!e->ports->credential(e->ports->ctx, d->w->credential, fingerprint))
		return "credential_missing";
	if (jobs_acceptance_stands(e, d))
		return "invalid_credential_accepted";
	return over_ceiling(e, d->w) ? "ceiling" : NULL;
}

/* Whether the shared error path of the day already answered. */
static bool
error_shared(struct engine *e, const struct duty *d)
{
	struct day_evidence seen;

	if (d->w->error_scope != SCOPE_GATEWAY)
		return false;
	jobs_evidence(e, d, wall_day(e->now.wall), &seen);
	return seen.error.outcome != OUTCOME_NONE;
}

struct pair *
pair_new(struct engine *e, const struct workload *w, int need,
	 struct wall_time slot, enum run_trigger trigger)
{
	struct pair *p = calloc(1, sizeof(*p)), **last = &e->pairs;

	if (p == NULL) {
		emit_say(e, LOG_ERR, "%s: no memory for a run", w->label);
		return NULL;
	}
	p->config = config_ref_take(e->config);
	p->w = w;
	p->need = p->wanted = need;
	p->day = wall_day(e->now.wall);
	p->slot = slot;
	p->trigger = trigger;
	p->state = PAIR_QUEUED;
	emit_nonce(e, p->run);
	while (*last != NULL)
		last = &(*last)->next;
	*last = p;
	return p;
}

static void
pair_free(struct pair *p)
{
	check_request_free(&p->request);
	config_ref_drop(p->config);
	free(p);
}

void
pair_free_all(struct engine *e)
{
	while (e->pairs != NULL) {
		struct pair *p = e->pairs;

		e->pairs = p->next;
		pair_free(p);
	}
}

bool
pair_looks(const struct pair *p)
{
	return p->state == PAIR_LOOK_WAIT || p->state == PAIR_LOOK ||
	       p->state == PAIR_LOOKED;
}

static void
release(struct engine *e, struct pair *p)
{
	struct credential_duty *credential = credential_of(e, p);
	struct gateway_duty *gateway = pair_gateway(e, p);

	if (p->state == PAIR_QUEUED)
		return;
	if (credential != NULL)
		credential->busy = false;
	if (gateway != NULL && !pair_looks(p))
		gateway->active--;
}

void
pair_done(struct engine *e, struct pair *p)
{
	release(e, p);
	p->state = PAIR_DONE;
	engine_dirty_workload(e, p->w->label);
	engine_want_wall(e, e->now.wall);
}

/* What has not begun begins under the configuration of now, if it still has
 * it: its gateway or its credential may be called otherwise there. */
static void
adopt(struct engine *e, struct pair *p)
{
	const struct duty *d = pair_duty(e, p);
	struct config_ref *before = p->config;

	if (d == NULL)
		return;
	p->config = config_ref_take(e->config);
	p->w = d->w;
	config_ref_drop(before);
}

void
pair_requeue(struct engine *e, struct pair *p)
{
	release(e, p);
	p->state = PAIR_QUEUED;
	adopt(e, p);
	engine_want_mono(e, e->now.mono);
}

void
pair_rebind(struct engine *e)
{
	for (struct pair *p = e->pairs; p != NULL; p = p->next) {
		struct credential_duty *credential = credential_of(e, p);
		struct gateway_duty *gateway = pair_gateway(e, p);

		if (p->state == PAIR_QUEUED)
			adopt(e, p);
		if (p->state == PAIR_QUEUED || p->state == PAIR_DONE)
			continue;
		if (credential != NULL)
			credential->busy = true;
		if (gateway == NULL) /* look_try() ends it or queues it anew */
			p->wait_until = e->now.mono;
		else if (!pair_looks(p))
			gateway->active++;
	}
}

static void
fill_run(struct engine *e, const struct pair *p, struct check_run *run,
	 char check[VIEW_CHECK_MAX], char endpoint[OBSERVE_URL_MAX],
	 char hex[3][DIGEST_HEX_LEN + 1], char fingerprint[17])
{
	const struct profile *profile = p->w->gateway->profile;

	snprintf(check, VIEW_CHECK_MAX, "%s/%s", p->w->label,
		 path_name(p->path));
	check_endpoint(p->w, endpoint, OBSERVE_URL_MAX);
	fingerprint[0] = '\0';
	e->ports->credential(e->ports->ctx, p->w->credential, fingerprint);
	*run = (struct check_run){
	    .check = check,
	    .workload_label = p->w->label,
	    .environment = p->w->environment_name,
	    .run = p->run,
	    .slot = p->slot,
	    .path = p->path,
	    .trigger = p->trigger,
	    .forced = p->forced,
	    .request_time = p->requested,
	    .endpoint = endpoint,
	    .requested_model = p->w->model,
	    .credential = p->w->credential,
	    .credential_fingerprint = fingerprint,
	    .variant = profile->variant,
	    .scope = p->w->error_scope,
	    .config_digest = digest_hex(&p->config->config->digest, hex[0]),
	    .profile_digest = digest_hex(&profile->digest, hex[1]),
	    .scope_digest = digest_hex(&p->w->scope_digest, hex[2]),
	    .version = e->options.version,
	};
}

/* Queues a row of this pair; engine_row() finds the pair by its id. */
static void
await_row(struct engine *e, struct pair *p, const char *kind, struct buf *body,
	  enum pair_state state)
{
	if (emit_row(e, kind, p->row_id, e->now.wall, body, NULL) != 0) {
		/* Refused, or somebody recorded this slot already. */
		pair_done(e, p);
		return;
	}
	p->state = state;
	p->asked = e->now;
}

void
pair_begin(struct engine *e, struct pair *p)
{
	char check[VIEW_CHECK_MAX], endpoint[OBSERVE_URL_MAX];
	char hex[3][DIGEST_HEX_LEN + 1], fingerprint[17];
	struct check_run run;
	struct buf body = {0};

	p->path = (p->need & NEED_HAPPY) != 0 ? PATH_HAPPY : PATH_ERROR;
	if (!p->forced && over_ceiling(e, p->w)) {
		snprintf(check, sizeof(check), "%s/%s", p->w->label,
			 path_name(p->path));
		emit_missed(e, check, p->slot, p->slot, 1, "ceiling", "");
		p->need = 0;
		look_next(e, p);
		return;
	}
	fill_run(e, p, &run, check, endpoint, hex, fingerprint);
	emit_slot_id(p->row_id, p->w->label, path_name(p->path), p->slot);
	if (check_begun_body(&body, &run) < 0)
		pair_done(e, p);
	else
		await_row(e, p, "check.begun", &body, PAIR_BEGIN);
	buf_free(&body);
}

static void
tell_interrupted(struct engine *e, const struct pair *p)
{
	char check[VIEW_CHECK_MAX];

	jobs_key(check, p->w->label, path_name(p->path));
	emit_missed(e, check, p->slot, p->slot, 1, "interrupted", p->run);
}

static void
send_request(struct engine *e, struct pair *p)
{
	char nonce[RUN_ID_LEN + 1];
	struct err err;
	int r;

	if (e->stopping) {
		/* Not sent: the next start tells it as interrupted. */
		pair_done(e, p);
		return;
	}
	if (pause_since_begun(e, p)) {
		tell_interrupted(e, p);
		pair_done(e, p);
		return;
	}
	check_request_free(&p->request);
	if (p->path == PATH_HAPPY) {
		r = check_request_happy(p->w, &p->request, &err);
	} else {
		emit_nonce(e, nonce);
		r = check_request_error(p->w, nonce, &p->request, &err);
	}
	if (r < 0) {
		emit_say(e, LOG_ERR, "%s/%s: %s", p->w->label,
			 path_name(p->path), err.text);
		tell_interrupted(e, p);
		pair_done(e, p);
		return;
	}
	p->requested = wall_from_s(wall_s(e->now.wall));
	p->token = ++e->next_token;
	p->state = PAIR_REQUEST;
	p->asked = e->now;
	e->ports->http(e->ports->ctx, p->token, &p->request.http);
}

static void
record_run(struct engine *e, struct pair *p, const struct observation *seen,
	   const struct http_response *response)
{
	char check[VIEW_CHECK_MAX], endpoint[OBSERVE_URL_MAX];
	char hex[3][DIGEST_HEX_LEN + 1], fingerprint[17];
	char body_hmac[DIGEST_HEX_LEN + 1] = "";
	struct check_run run;
	struct digest hmac;
	struct buf body = {0};

	fill_run(e, p, &run, check, endpoint, hex, fingerprint);
	if (response->body_len > 0) {
		hmac = e->ports->hmac(e->ports->ctx, response->body,
				      response->body_len);
		digest_hex(&hmac, body_hmac);
	}
	snprintf(p->row_id, sizeof(p->row_id), "run.%s.%s", p->run,
		 path_name(p->path));
	if (check_run_body(&body, &run, seen, body_hmac) < 0) {
		emit_say(e, LOG_ERR, "%s: the result does not fit a row",
			 check);
		tell_interrupted(e, p);
		pair_done(e, p);
	} else {
		await_row(e, p,
			  p->path == PATH_HAPPY ? "check.happy" : "check.error",
			  &body, PAIR_RECORD);
	}
	buf_free(&body);
}

/* Nothing of this stands in a row: what a gateway says of its limits is not
 * for the ledger. */
static void
heed_retry_after(struct engine *e, const struct pair *p,
		 const struct observation *seen)
{
	struct duty *d = pair_duty(e, p);

	if (d != NULL && seen->retry_after_s > 0)
		d->retry_after.us =
		    e->now.wall.us + seen->retry_after_s * USEC_PER_SEC;
}

static void
request_done(struct engine *e, struct pair *p,
	     const struct http_response *response)
{
	const struct profile *profile = p->w->gateway->profile;
	struct observation seen = {0};

	if (response->sent.us > 0)
		p->requested = wall_from_s(wall_s(response->sent));
	if (p->path == PATH_HAPPY) {
		observe_happy(profile, p->w->billing_unit, response, &seen);
		p->happy = seen.outcome;
		p->happy_done = pause_in_exchange(e, p) ? p->asked : e->now;
	} else {
		observe_error(profile, response, &seen);
		p->error = seen.outcome;
	}
	heed_retry_after(e, p, &seen);
	record_run(e, p, &seen, response);
}

void
pair_http_done(struct engine *e, struct pair *p,
	       const struct http_response *response)
{
	if (response->credential_leaked)
		emit_secret(e, p->w->label);
	switch (p->state) {
	case PAIR_BEFORE:
		look_before_done(e, p, response);
		break;
	case PAIR_REQUEST:
		request_done(e, p, response);
		break;
	case PAIR_LOOK:
		look_after_done(e, p, response);
		break;
	default:
		break;
	}
}

/* After a result row: the other path, or the look-ups.  A gateway that did
 * not answer the happy path would answer the error path no better, and one
 * that turns our own credential away again proves nothing by turning the
 * invalid one away. */
static void
next_path(struct engine *e, struct pair *p)
{
	struct duty *d = pair_duty(e, p);

	p->need &= p->path == PATH_HAPPY ? ~NEED_HAPPY : ~NEED_ERROR;
	if (p->happy == OUTCOME_UNREACHABLE || e->stopping ||
	    (p->happy == OUTCOME_CREDENTIAL_REJECTED &&
	     p->trigger == TRIGGER_REOBSERVE) ||
	    (d != NULL && (p->need & NEED_ERROR) != 0 && error_shared(e, d)))
		p->need &= ~NEED_ERROR;
	if ((p->need & NEED_ERROR) != 0)
		pair_begin(e, p);
	else
		look_next(e, p);
}

void
pair_row(struct engine *e, struct pair *p)
{
	if (p->state == PAIR_BEGIN)
		send_request(e, p);
	else if (p->state == PAIR_RECORD)
		next_path(e, p);
	else if (p->state == PAIR_LOOKED)
		pair_done(e, p);
}

/* Intake may not take for ever, however many there are. */
static int64_t
least_gap_us(const struct gateway_duty *g, const struct pair *p)
{
	return p->trigger == TRIGGER_INTAKE
		   ? g->intake_gap_us
		   : g->gateway->spacing_s * USEC_PER_SEC;
}

/* Its day is over, and nothing was sent. */
static bool
outlived(struct engine *e, struct pair *p)
{
	char check[VIEW_CHECK_MAX];

	if (p->day == wall_day(e->now.wall) || p->trigger == TRIGGER_MANUAL)
		return false;
	jobs_key(
	    check, p->w->label,
	    path_name((p->need & NEED_HAPPY) != 0 ? PATH_HAPPY : PATH_ERROR));
	emit_missed(e, check, p->slot, p->slot, 1, "no_room", "");
	pair_done(e, p);
	return true;
}

/* Whether the gateway has room for a run now; else it says when it may. */
static bool
gateway_free(struct engine *e, const struct gateway_duty *g,
	     const struct pair *p)
{
	struct wall_time free_at;

	if (g->active >= ACTIVE_PER_GATEWAY)
		return false;
	if (g->last_pair.us == INT64_MIN || p->at_once)
		return true;
	free_at.us = g->last_pair.us + least_gap_us(g, p);
	if (free_at.us <= e->now.wall.us || g->last_pair.us > e->now.wall.us)
		return true;
	engine_want_wall(e, free_at);
	return false;
}

/* A thousand may wait for one gateway and every turn asks them all: what is
 * cheap to ask and holds most of them comes first, the disk last. */
static void
dequeue(struct engine *e, struct pair *p)
{
	struct gateway_duty *gateway = pair_gateway(e, p);
	struct credential_duty *credential;

	if (gateway == NULL || pair_duty(e, p) == NULL) {
		pair_done(e, p); /* a reload removed it while it waited */
		return;
	}
	if (throttle_holds(e, p) || !gateway_free(e, gateway, p))
		return;
	credential = credential_of(e, p);
	if (credential == NULL) {
		pair_done(e, p);
		return;
	}
	if (credential->busy || !e->ports->may_probe(e->ports->ctx))
		return;
	credential->busy = true;
	gateway->active++;
	gateway->last_pair = e->now.wall;
	p->state = PAIR_BEFORE_WAIT;
	if (!look_wanted(p))
		pair_begin(e, p);
}

static void
step(struct engine *e, struct pair *p)
{
	if ((p->state == PAIR_QUEUED || p->state == PAIR_BEFORE_WAIT) &&
	    outlived(e, p))
		return;
	if (p->state == PAIR_QUEUED)
		dequeue(e, p);
	if (p->state != PAIR_BEFORE_WAIT && p->state != PAIR_LOOK_WAIT)
		return;
	if (p->wait_until.us > e->now.mono.us)
		engine_want_mono(e, p->wait_until);
	else
		look_try(e, p,
			 p->state == PAIR_BEFORE_WAIT ? PAIR_BEFORE
						      : PAIR_LOOK);
}

/* At a stop, what has sent nothing that could get lost is let go. */
static void
let_go(struct engine *e, struct pair *p)
{
	if (p->state == PAIR_QUEUED || p->state == PAIR_BEFORE_WAIT ||
	    p->state == PAIR_LOOK_WAIT)
		pair_done(e, p);
}

void
pair_step_all(struct engine *e)
{
	struct pair **link = &e->pairs;

	for (struct pair *p = e->pairs; p != NULL; p = p->next) {
		if (e->stopping)
			let_go(e, p);
		else if (!e->stepping && !e->ledger_damaged)
			step(e, p);
	}
	while (*link != NULL) {
		struct pair *p = *link;

		if (p->state != PAIR_DONE) {
			link = &p->next;
			continue;
		}
		*link = p->next;
		command_pair_done(e, p);
		pair_free(p);
	}
}

void
pair_interrupted(struct engine *e)
{
	for (size_t i = 0; i < e->view->n_workloads; i++) {
		for (int path = 0; path < 2; path++) {
			const struct begun_fact *b =
			    &e->view->workloads[i].begun[path];

			if (b->open)
				emit_missed(e, b->check, b->slot, b->slot, 1,
					    "interrupted", b->run);
		}
	}
}
