/* Requests of people.  Whoever waits for an effect is answered when it is
 * durable, never before. */
#include "base/json.h"
#include "engine/state.h"
#include "govern/note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(struct engine *e, uint64_t client, int status,
		   const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
refuse(struct engine *e, uint64_t client, int status, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	buf_putc(&text, '\n');
	emit_reply(e, client, status, buf_text(&text));
	buf_free(&text);
}

static struct waiting *
wait_for(struct engine *e, uint64_t client)
{
	struct waiting *w;

	if (e->n_waiting == WAITING_MAX) {
		refuse(e, client, CTL_REFUSED,
		       "BUSY: too many requests wait already; try again");
		return NULL;
	}
	w = &e->waiting[e->n_waiting++];
	*w = (struct waiting){.client = client};
	return w;
}

static void
answer(struct engine *e, size_t i, int status, const char *text)
{
	uint64_t client = e->waiting[i].client;

	e->waiting[i] = e->waiting[--e->n_waiting];
	emit_reply(e, client, status, text);
}

void
command_row_durable(struct engine *e, const char *row_id)
{
	for (size_t i = 0; i < e->n_waiting; i++) {
		struct waiting w = e->waiting[i];

		if (strcmp(w.row_id, row_id) == 0) {
			answer(e, i, w.exit_status, w.text);
			return;
		}
	}
}

/* Queues a person's row and answers once it is durable. */
static void
append_and_wait(struct engine *e, uint64_t client, const char *kind,
		const struct ctl_request *request, struct buf *body,
		const char *text)
{
	char nonce[RUN_ID_LEN + 1], id[ROW_ID_MAX + 1];
	struct waiting *w;
	int r;

	emit_nonce(e, nonce);
	snprintf(id, sizeof(id), "ctl.%s",
		 request->nonce[0] != '\0' ? request->nonce : nonce);
	r = emit_row(e, kind, id, e->now.wall, body, NULL);
	if (r == 1) {
		emit_reply(e, client, CTL_OK, text); /* a repeated request */
		return;
	}
	if (r < 0) {
		refuse(e, client, CTL_REFUSED,
		       "NOT_RECORDED: the ledger did not take it (%s)",
		       err_name(r));
		return;
	}
	w = wait_for(e, client);
	if (w == NULL)
		return;
	memcpy(w->row_id, id, sizeof(w->row_id));
	snprintf(w->text, sizeof(w->text), "%s", text);
}

/* 7 unless the role is configured, may do this, and the peer is in it. */
static bool
role_permits(struct engine *e, uint64_t client,
	     const struct ctl_request *request, const struct ctl_peer *peer,
	     enum role_right right)
{
	const struct role *role = config_role(engine_conf(e), request->role);

	if (request->role[0] == '\0') {
		refuse(e, client, CTL_USAGE,
		       "--role is needed: under which role do you act? see "
		       "evidencectl list roles");
		return false;
	}
	if (role == NULL) {
		refuse(e, client, CTL_NOT_PERMITTED,
		       "role %s is not configured; see evidencectl list roles",
		       request->role);
		return false;
	}
	if ((role->may & (unsigned int)right) == 0) {
		refuse(e, client, CTL_NOT_PERMITTED,
		       "role %s may not do this; see evidencectl list roles",
		       role->name);
		return false;
	}
	if (!peer->root && !peer->in_role) {
		refuse(e, client, CTL_NOT_PERMITTED,
		       "role %s is for members of the unix group %s",
		       role->name, role->unix_group);
		return false;
	}
	return true;
}

static bool
operator(struct engine *e, uint64_t client, const struct ctl_peer *peer)
{
	if (peer->root || peer->admin)
		return true;
	refuse(e, client, CTL_NOT_PERMITTED,
	       "operating needs root or the unix group %s",
	       engine_conf(e)->admin_group);
	return false;
}

static bool
note_ok(struct engine *e, uint64_t client, const struct ctl_request *request)
{
	struct err err;

	if (note_check(request->note, &err) == 0)
		return true;
	refuse(e, client, CTL_REFUSED, "%s", err.text);
	return false;
}

static void
approve_source(struct engine *e, uint64_t client,
	       const struct ctl_request *request, const struct ctl_peer *peer)
{
	const struct view_source *v = view_source(e->view, request->name);
	char id[SNAPSHOT_ID_LEN + 1], hex[DIGEST_HEX_LEN + 1], text[300];
	struct buf body = {0};
	struct json_writer w;

	if (v == NULL || !v->fact.read) {
		refuse(e, client, CTL_REFUSED,
		       "NOTHING_READ: %s has no good read yet; evidencectl run "
		       "%s --wait",
		       request->name, request->name);
		return;
	}
	page_snapshot_id(&v->fact.text, id);
	if (strcmp(request->snapshot, id) != 0) {
		refuse(
		    e, client, CTL_REFUSED,
		    "SNAPSHOT_NOT_CURRENT: the newest read of %s is snapshot "
		    "%s; look at it first: evidencectl diff %s",
		    request->name, id, request->name);
		return;
	}
	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "note", request->note);
	json_put_int(&w, "peer_uid", peer->uid);
	json_put_int(&w, "read_seq", (int64_t)v->fact.read_seq);
	json_put_string(&w, "role", request->role);
	json_put_string(&w, "snapshot", id);
	json_put_string(&w, "source", request->name);
	json_put_string(&w, "text_sha256", digest_hex(&v->fact.text, hex));
	json_object_close(&w);
	snprintf(text, sizeof(text), "approved: %s snapshot %s as %s\n",
		 request->name, id, request->role);
	append_and_wait(e, client, "source.approved", request, &body, text);
	buf_free(&body);
}

static void
approve_scope(struct engine *e, uint64_t client, const struct workload *wl,
	      const struct ctl_request *request, const struct ctl_peer *peer)
{
	char hex[DIGEST_HEX_LEN + 1], text[300];
	struct buf body = {0};
	struct json_writer w;

	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "note", request->note);
	json_put_int(&w, "peer_uid", peer->uid);
	json_put_string(&w, "role", request->role);
	json_put_string(&w, "scope_digest", digest_hex(&wl->scope_digest, hex));
	json_put_string(&w, "workload_label", wl->label);
	json_object_close(&w);
	snprintf(text, sizeof(text), "approved: scope %.12s of %s as %s\n", hex,
		 wl->label, request->role);
	append_and_wait(e, client, "scope.approved", request, &body, text);
	buf_free(&body);
}

static void
approve(struct engine *e, uint64_t client, const struct ctl_request *request,
	const struct ctl_peer *peer)
{
	const struct workload *w =
	    config_workload(engine_conf(e), request->name);

	if (!role_permits(e, client, request, peer, MAY_APPROVE) ||
	    !note_ok(e, client, request))
		return;
	if (config_source(engine_conf(e), request->name) != NULL)
		approve_source(e, client, request, peer);
	else if (w != NULL && request->snapshot[0] == '\0')
		approve_scope(e, client, w, request, peer);
	else
		refuse(e, client, CTL_NO_OBJECT,
		       "no source or workload %s; see evidencectl list sources",
		       request->name);
}

static void
note(struct engine *e, uint64_t client, const struct ctl_request *request,
     const struct ctl_peer *peer)
{
	const struct alert *alert =
	    alert_machine_find(e->view->alerts, request->name);
	struct buf body = {0};
	struct json_writer w;

	if (alert == NULL) {
		refuse(e, client, CTL_NO_OBJECT,
		       "no open alert %s; see evidencectl alerts",
		       request->name);
		return;
	}
	if (!role_permits(e, client, request, peer, MAY_OPERATE) ||
	    !note_ok(e, client, request))
		return;
	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "alert", request->name);
	json_put_string(&w, "note", request->note);
	json_put_int(&w, "peer_uid", peer->uid);
	json_put_string(&w, "role", request->role);
	json_put_string(&w, "workload_label", alert->workload);
	json_object_close(&w);
	append_and_wait(e, client, "note", request, &body, "noted\n");
	buf_free(&body);
}

static void
run_source(struct engine *e, uint64_t client, struct source_duty *s, bool wait)
{
	struct read *r;

	if (s->active) {
		refuse(e, client, CTL_REFUSED, "BUSY: %s is being read",
		       s->source->name);
		return;
	}
	r = read_new(e, s, wall_from_s(wall_s(e->now.wall)), TRIGGER_MANUAL);
	if (r == NULL)
		refuse(e, client, CTL_REFUSED, "NOT_STARTED: see the journal");
	else if (wait)
		r->client = client;
	else
		refuse(e, client, CTL_OK, "%s: started", s->source->name);
}

/* "support-chat", "support-chat/happy", "support-chat/error". */
static struct duty *
find_job(struct engine *e, const char *name, int *ret_need)
{
	const char *slash = strchr(name, '/');
	char label[LABEL_MAX + 1];

	*ret_need = NEED_HAPPY | NEED_ERROR;
	if (slash == NULL)
		return jobs_duty(e, name);
	if (strcmp(slash, "/happy") == 0)
		*ret_need = NEED_HAPPY;
	else if (strcmp(slash, "/error") == 0)
		*ret_need = NEED_ERROR;
	else
		return NULL;
	if ((size_t)(slash - name) > LABEL_MAX)
		return NULL;
	memcpy(label, name, (size_t)(slash - name));
	label[slash - name] = '\0';
	return jobs_duty(e, label);
}

/* A stop after an accepted invalid credential leaves the error path open:
 * its rejection is what ends the stop. */
static const char *
manual_stop(const struct engine *e, const struct duty *d, int need, bool force)
{
	const char *stop = pair_stop_reason(e, d);

	if (stop == NULL || (force && strcmp(stop, "credential_missing") != 0))
		return NULL;
	if (strcmp(stop, "invalid_credential_accepted") == 0 &&
	    need == NEED_ERROR)
		return NULL;
	return stop;
}

static void
run_job(struct engine *e, uint64_t client, struct duty *d, int need,
	const struct ctl_request *request)
{
	const char *stop = manual_stop(e, d, need, request->force);
	struct pair *p;

	if (d->w->gateway == NULL || d->w->gateway->profile == NULL) {
		refuse(e, client, CTL_REFUSED,
		       "NO_GATEWAY: %s names gateway %s, which is not "
		       "configured; evidencectl check-config",
		       d->w->label, d->w->gateway_name);
	} else if (pair_active(e, d->w->label)) {
		refuse(e, client, CTL_REFUSED, "BUSY: %s is running",
		       d->w->label);
	} else if (stop != NULL) {
		refuse(e, client, CTL_REFUSED,
		       "STOPPED: %s: %s; evidencectl why %s", d->w->label, stop,
		       d->w->label);
	} else {
		p = pair_new(e, d->w, need, wall_from_s(wall_s(e->now.wall)),
			     TRIGGER_MANUAL);
		if (p == NULL) {
			refuse(e, client, CTL_REFUSED,
			       "NOT_STARTED: no memory");
			return;
		}
		p->forced = request->force && pair_stop_reason(e, d) != NULL;
		if (request->wait)
			p->client = client;
		else
			refuse(e, client, CTL_OK, "%s: started", request->name);
	}
}

static void
run(struct engine *e, uint64_t client, const struct ctl_request *request,
    const struct ctl_peer *peer)
{
	struct source_duty *s = jobs_source(e, request->name);
	struct duty *d;
	int need;

	if (!operator(e, client, peer))
		return;
	d = find_job(e, request->name, &need);
	if (e->ledger_damaged)
		refuse(e, client, CTL_LEDGER_DAMAGED,
		       "LEDGER_DAMAGED: nothing is sent; evidencectl verify");
	else if (e->stopping)
		refuse(e, client, CTL_REFUSED, "STOPPING");
	else if (s != NULL)
		run_source(e, client, s, request->wait);
	else if (d != NULL)
		run_job(e, client, d, need, request);
	else
		refuse(e, client, CTL_NO_OBJECT,
		       "no workload, job or source %s; see evidencectl list "
		       "checks",
		       request->name);
}

/* The pair has ended; its record, if one is due, comes in this turn. */
void
command_pair_done(struct engine *e, const struct pair *p)
{
	struct waiting *w;

	if (p->client == 0)
		return;
	w = wait_for(e, p->client);
	if (w == NULL)
		return;
	snprintf(w->label, sizeof(w->label), "%s", p->w->label);
	w->only = p->trigger == TRIGGER_MANUAL && p->happy == OUTCOME_NONE
		      ? p->error
		  : p->error == OUTCOME_NONE ? p->happy
					     : OUTCOME_NONE;
}

void
command_read_done(struct engine *e, const struct read *r,
		  enum page_outcome outcome)
{
	if (r->client != 0)
		refuse(e, r->client,
		       page_outcome_good(outcome) ? CTL_OK : CTL_CHECK_FAILED,
		       "%s: %s", r->source->name, page_outcome_name(outcome));
}

static void
answer_run(struct engine *e, size_t i)
{
	const char *label = e->waiting[i].label;
	const struct view_workload *v = view_workload(e->view, label);
	enum outcome only = e->waiting[i].only;
	bool pass = false;
	char text[200];

	if (only != OUTCOME_NONE) {
		pass = only == OUTCOME_PASS || only == OUTCOME_REJECTED;
		snprintf(text, sizeof(text), "%s: %s\n", label,
			 outcome_name(only));
	} else if (v != NULL && v->record.present &&
		   v->record.day == e->today) {
		pass = v->record.decision == DECISION_PASS;
		snprintf(text, sizeof(text), "%s: %s\n", label,
			 decision_name(v->record.decision));
	} else {
		snprintf(text, sizeof(text),
			 "%s: pending (no record yet; evidencectl why %s)\n",
			 label, label);
	}
	answer(e, i, pass ? CTL_OK : CTL_CHECK_FAILED, text);
}

/* At the end of a turn: runs whose record is written or not needed. */
void
command_answer_runs(struct engine *e)
{
	for (size_t i = e->n_waiting; i > 0; i--) {
		const struct waiting *w = &e->waiting[i - 1];
		const struct duty *d;

		if (w->label[0] == '\0')
			continue;
		d = jobs_duty(e, w->label);
		if (d == NULL || (!d->record_in_flight && !d->dirty))
			answer_run(e, i - 1);
	}
}

void
engine_request(struct engine *e, struct now now, uint64_t client,
	       const struct ctl_request *request, const struct ctl_peer *peer)
{
	struct buf text = {0};

	e->now = now;
	switch (request->command) {
	case CTL_STATUS:
		engine_status_json(e, &text);
		buf_putc(&text, '\n');
		emit_reply(e, client, CTL_OK, buf_text(&text));
		buf_free(&text);
		break;
	case CTL_RUN:
		run(e, client, request, peer);
		break;
	case CTL_APPROVE:
		approve(e, client, request, peer);
		break;
	case CTL_NOTE:
		note(e, client, request, peer);
		break;
	default:
		refuse(e, client, CTL_USAGE, "not a command of the engine");
		break;
	}
	engine_want_mono(e, e->now.mono);
}
