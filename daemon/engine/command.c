/* Requests of people.  Whoever waits for an effect is answered when it is
 * durable, never before. */
#include "base/json.h"
#include "base/redact.h"
#include "conf/nearest.h"
#include "engine/state.h"
#include "govern/note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
command_answer(struct engine *e, uint64_t client, int status, const char *fmt,
	       ...)
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

bool
command_has_room(struct engine *e, uint64_t client)
{
	if (e->n_waiting < WAITING_MAX)
		return true;
	command_answer(e, client, CTL_REFUSED,
		       "BUSY: too many requests wait already; try again");
	return false;
}

struct waiting *
command_wait(struct engine *e, uint64_t client)
{
	struct waiting *w;

	if (e->n_waiting == WAITING_MAX) {
		command_answer(e, client, CTL_CHECK_FAILED,
			       "done, but too many wait for what comes of it; "
			       "see evidencectl history");
		return NULL;
	}
	w = &e->waiting[e->n_waiting++];
	*w = (struct waiting){.client = client};
	return w;
}

void
command_end_wait(struct engine *e, size_t i, int status, const char *text)
{
	uint64_t client = e->waiting[i].client;

	e->waiting[i] = e->waiting[--e->n_waiting];
	emit_reply(e, client, status, text);
}

/* A request that was repeated too early waits twice. */
void
command_row_durable(struct engine *e, const char *row_id)
{
	for (size_t i = e->n_waiting; i > 0; i--) {
		struct waiting w = e->waiting[i - 1];

		if (strcmp(w.row_id, row_id) == 0)
			command_end_wait(e, i - 1, w.exit_status, w.text);
	}
}

void
command_append(struct engine *e, uint64_t client, const char *kind,
	       const char *id, struct buf *body, const char *text)
{
	command_append_blob(e, client, kind, id, body, NULL, text);
}

void
command_append_blob(struct engine *e, uint64_t client, const char *kind,
		    const char *id, struct buf *body,
		    const struct row_blob *blob, const char *text)
{
	static const char taken_out[] =
	    "what looks like a credential was taken out of it before it was "
	    "recorded, for no secret is kept; next: evidencectl explain "
	    "secret-blocked\n";
	struct buf clean = {0};
	struct waiting *w;
	bool secret;
	int r;

	/* Refused before it is done, never after. */
	if (!command_has_room(e, client))
		return;
	/* Asked before: emit_row() records the clean text. */
	secret = redact_values(e->ports->redactor, buf_text(body), body->len,
			       &clean) > 0;
	buf_free(&clean);
	r = emit_row(e, kind, id, e->now.wall, body, blob);
	if (r == 1) {
		/* A repeated request, whose row is durable. */
		emit_reply(e, client, CTL_OK, text);
		return;
	}
	if (r < 0) {
		command_answer(e, client, CTL_REFUSED,
			       "NOT_RECORDED: the ledger did not take it (%s)",
			       err_name(r));
		return;
	}
	w = command_wait(e, client);
	if (w == NULL)
		return;
	snprintf(w->row_id, sizeof(w->row_id), "%s", id);
	snprintf(w->text, sizeof(w->text), "%s%s", text,
		 secret ? taken_out : "");
}

void
command_row_id(struct engine *e, const struct ctl_request *request,
	       char out[ROW_ID_MAX + 1])
{
	char nonce[RUN_ID_LEN + 1];

	emit_nonce(e, nonce);
	snprintf(out, ROW_ID_MAX + 1, "ctl.%s",
		 request->nonce[0] != '\0' ? request->nonce : nonce);
}

static void
append_and_wait(struct engine *e, uint64_t client, const char *kind,
		const struct ctl_request *request, struct buf *body,
		const char *text)
{
	char id[ROW_ID_MAX + 1];

	command_row_id(e, request, id);
	command_append(e, client, kind, id, body, text);
}

void
command_unknown(struct engine *e, uint64_t client, const char *what,
		const char *name, unsigned int of, const char *list)
{
	struct hint hint;

	command_answer(e, client, CTL_NO_OBJECT, "no %s %s; %s", what, name,
		       nearest_hint(engine_conf(e), of, name, list, &hint));
}

/* "role R may not operate, only approve and attest" */
static void
answer_not_permitted(struct engine *e, uint64_t client, const struct role *role,
		     enum role_right right)
{
	const char *may[ROLE_RIGHTS], *needed[ROLE_RIGHTS];
	size_t n = role_rights(role->may, may);
	struct buf text = {0};

	role_rights((unsigned int)right, needed);
	buf_printf(&text, "role %s may not %s", role->name, needed[0]);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i == 0 ? ", only " : " and ", may[i]);
	command_answer(e, client, CTL_NOT_PERMITTED,
		       "%s; which may: evidencectl list roles",
		       buf_text(&text));
	buf_free(&text);
}

bool
command_role_permits(struct engine *e, uint64_t client,
		     const struct ctl_request *request,
		     const struct ctl_peer *peer, enum role_right right)
{
	const struct role *role = config_role(engine_conf(e), request->role);
	struct hint hint;

	if (request->role[0] == '\0') {
		command_answer(
		    e, client, CTL_USAGE,
		    "--role is needed: under which role do you act? see "
		    "evidencectl list roles");
		return false;
	}
	if (role == NULL) {
		command_answer(e, client, CTL_NOT_PERMITTED,
			       "role %s is not configured; %s", request->role,
			       nearest_hint(engine_conf(e), NEAREST_ROLE,
					    request->role,
					    "evidencectl list roles", &hint));
		return false;
	}
	if ((role->may & (unsigned int)right) == 0) {
		answer_not_permitted(e, client, role, right);
		return false;
	}
	if (!peer->root && !peer->in_role) {
		command_answer(e, client, CTL_NOT_PERMITTED,
			       "role %s is for members of the unix group %s",
			       role->name, role->unix_group);
		return false;
	}
	return true;
}

const struct workload *
command_workload(struct engine *e, uint64_t client,
		 const struct ctl_request *request)
{
	const struct workload *w =
	    config_workload(engine_conf(e), request->name);

	if (w == NULL)
		command_unknown(e, client, "workload", request->name,
				NEAREST_WORKLOAD, "evidencectl list workloads");
	return w;
}

const struct alert *
command_alert(struct engine *e, uint64_t client,
	      const struct ctl_request *request)
{
	struct alert_machine *alerts = e->view->alerts;
	const struct alert *alert = alert_machine_find(alerts, request->name);
	const char *near;

	if (alert != NULL)
		return alert;
	near = alert_machine_nearest(alerts, request->name);
	if (near != NULL)
		command_answer(e, client, CTL_NO_OBJECT,
			       "no open alert %s; did you mean %s?",
			       request->name, near);
	else
		command_answer(e, client, CTL_NO_OBJECT,
			       "no open alert %s; see evidencectl alerts",
			       request->name);
	return NULL;
}

bool
command_note_ok(struct engine *e, uint64_t client,
		const struct ctl_request *request)
{
	struct err err;

	if (note_check(request->note, &err) == 0)
		return true;
	command_answer(e, client, CTL_REFUSED, "%s", err.text);
	return false;
}

/* The request names the whole digest: of the short name a page could make two
 * texts, one to be looked at and one to be approved. */
static void
approve_source(struct engine *e, uint64_t client,
	       const struct ctl_request *request, const struct ctl_peer *peer)
{
	const struct view_source *v = view_source(e->view, request->name);
	char id[SNAPSHOT_ID_LEN + 1], hex[DIGEST_HEX_LEN + 1], text[440];
	struct buf body = {0};
	struct json_writer w;

	if (v == NULL || !v->fact.read) {
		command_answer(
		    e, client, CTL_REFUSED,
		    "NOTHING_READ: %s has no good read yet; evidencectl run "
		    "%s --wait",
		    request->name, request->name);
		return;
	}
	page_snapshot_id(&v->fact.text, id);
	digest_hex(&v->fact.text, hex);
	if (strcmp(request->snapshot, hex) != 0) {
		command_answer(
		    e, client, CTL_REFUSED,
		    "SNAPSHOT_NOT_CURRENT: the newest read of %s is snapshot "
		    "%s; look at it first: evidencectl diff %s",
		    request->name, hex, request->name);
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
	json_put_string(&w, "text_sha256", hex);
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

	if (!command_role_permits(e, client, request, peer, MAY_APPROVE) ||
	    !command_note_ok(e, client, request))
		return;
	if (request->dry_run) /* whoever is to be asked page by page */
		command_answer(e, client, CTL_OK, "role %s may approve",
			       request->role);
	else if (config_source(engine_conf(e), request->name) != NULL)
		approve_source(e, client, request, peer);
	else if (w != NULL && request->snapshot[0] == '\0')
		approve_scope(e, client, w, request, peer);
	else
		command_unknown(e, client, "source or workload", request->name,
				NEAREST_SOURCE | NEAREST_WORKLOAD,
				"evidencectl list sources");
}

static void
note(struct engine *e, uint64_t client, const struct ctl_request *request,
     const struct ctl_peer *peer)
{
	const struct alert *alert = command_alert(e, client, request);
	struct buf body = {0};
	struct json_writer w;

	if (alert == NULL ||
	    !command_role_permits(e, client, request, peer, MAY_OPERATE) ||
	    !command_note_ok(e, client, request))
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
		command_run(e, client, request, peer);
		break;
	case CTL_PREPARE:
		command_prepare(e, client, request, peer);
		break;
	case CTL_APPROVE:
		approve(e, client, request, peer);
		break;
	case CTL_NOTE:
		note(e, client, request, peer);
		break;
	case CTL_ACK:
		command_ack(e, client, request, peer);
		break;
	case CTL_SILENCE:
		command_silence(e, client, request, peer);
		break;
	case CTL_UNSILENCE:
		command_unsilence(e, client, request, peer);
		break;
	case CTL_ATTEST_SOURCE:
		command_attest_source(e, client, request, peer);
		break;
	case CTL_ATTEST_USAGE:
		command_attest_usage(e, client, request, peer);
		break;
	case CTL_DECIDE:
		command_decide(e, client, request, peer);
		break;
	case CTL_CORRECT:
		command_correct(e, client, request, peer);
		break;
	case CTL_LEGAL_HOLD:
		command_legal_hold(e, client, request, peer);
		break;
	case CTL_PRUNE:
		command_prune(e, client, request, peer);
		break;
	default:
		command_answer(e, client, CTL_USAGE,
			       "not a command of the engine");
		break;
	}
	engine_want_mono(e, e->now.mono);
}
