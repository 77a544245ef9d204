/* Rows, replies and log lines out.  Everything passes redact() here: what
 * the redactor finds is replaced, and raises secret-blocked.  Of a row only
 * the values may hold what is not ours, so that no credential, whatever it is
 * made of, makes a row that the ledger refuses.
 *
 * Row ids make repetition harmless: the same slot, run or request always
 * gives the same id. */
#include "base/json.h"
#include "base/text.h"
#include "engine/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

void
emit_secret(struct engine *e, const char *where)
{
	e->secret_seen = true;
	e->alerts_dirty = true;
	snprintf(e->secret_where, sizeof(e->secret_where), "%s", where);
}

struct page_text
emit_page_text(struct engine *e, const char *where, const struct page_text *raw,
	       struct buf *clean)
{
	struct page_text own = *raw;

	if (raw->len == 0)
		return own;
	if (redact_known(e->ports->redactor, raw->text, raw->len))
		emit_secret(e, where);
	redact(e->ports->redactor, raw->text, raw->len, clean);
	own.text = clean->data;
	own.len = clean->len;
	if (clean->failed)
		own.status = ERR_NOMEM;
	return own;
}

int
emit_row(struct engine *e, const char *kind, const char *id,
	 struct wall_time at, struct buf *body, const struct row_blob *blob)
{
	struct buf clean = {0};
	struct row_draft draft = {at, id, kind, body->data, body->len, blob};
	struct err err;
	int r;

	if (body->failed)
		return ERR_NOMEM;
	/* Two of them would tell how long a gateway took. */
	if (strncmp(kind, "check.", 6) == 0)
		draft.at = wall_from_s(wall_s(at));
	if (redact_values(e->ports->redactor, body->data, body->len, &clean) >
	    0) {
		emit_secret(e, kind);
		draft.body = buf_text(&clean);
		draft.body_len = clean.len;
	}
	r = e->ports->append(e->ports->ctx, &draft, &err);
	buf_free(&clean);
	if (r < 0)
		emit_say(e, LOG_ERR, "row %s (%s) was not recorded: %s", id,
			 kind, err.text);
	return r;
}

void
emit_say(struct engine *e, int priority, const char *fmt, ...)
{
	struct buf text = {0}, clean = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (redact(e->ports->redactor, buf_text(&text), text.len, &clean) > 0)
		emit_secret(e, "log");
	e->ports->say(e->ports->ctx, priority, buf_text(&clean));
	buf_free(&text);
	buf_free(&clean);
}

void
emit_reply(struct engine *e, uint64_t client, int exit_status, const char *text)
{
	struct buf clean = {0};

	if (client == 0)
		return;
	if (redact(e->ports->redactor, text, strlen(text), &clean) > 0)
		emit_secret(e, "control reply");
	e->ports->reply(e->ports->ctx, client, exit_status, buf_text(&clean));
	buf_free(&clean);
}

void
emit_line(struct engine *e, enum alert_rule_id rule, const char *subject,
	  const char *text)
{
	struct buf clean = {0};

	if (redact(e->ports->redactor, text, strlen(text), &clean) > 0)
		emit_secret(e, "alert line");
	e->ports->alert_line(e->ports->ctx, alert_rule(rule), subject,
			     buf_text(&clean));
	buf_free(&clean);
}

void
emit_nonce(struct engine *e, char out[RUN_ID_LEN + 1])
{
	uint8_t bytes[RUN_ID_LEN / 2];

	e->ports->random(e->ports->ctx, bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), out);
}

/* "20260703T043000Z": a slot without the characters an id may not hold. */
static void
compact_time(struct wall_time t, char out[17])
{
	char full[WALL_RFC3339_LEN + 1];

	wall_format(t, full);
	snprintf(out, 17, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", full, full + 5,
		 full + 8, full + 11, full + 14, full + 17);
}

void
emit_slot_id(char out[ROW_ID_MAX + 1], const char *name, const char *path,
	     struct wall_time slot)
{
	char when[17];

	compact_time(slot, when);
	snprintf(out, ROW_ID_MAX + 1, "%.40s.%.6s.%s", name, path, when);
}

/* Rows of which there may be many at one instant get a random id. */
static void
emit_unique(struct engine *e, const char *kind, struct buf *body,
	    const struct row_blob *blob)
{
	char nonce[RUN_ID_LEN + 1], id[ROW_ID_MAX + 1];

	emit_nonce(e, nonce);
	snprintf(id, sizeof(id), "%s.%s", kind, nonce);
	emit_row(e, kind, id, e->now.wall, body, blob);
}

void
emit_daemon_started(struct engine *e, const struct engine_start *start)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct buf body = {0};
	struct json_writer w;

	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "config_digest",
			digest_hex(&engine_conf(e)->digest, hex));
	json_put_bool(&w, "damaged", start->damaged);
	json_put_string(&w, "host", e->options.hostname);
	json_put_string(&w, "version", e->options.version);
	json_object_close(&w);
	emit_unique(e, "daemon.started", &body, NULL);
	buf_free(&body);
}

void
emit_config_loaded(struct engine *e)
{
	const struct config *c = engine_conf(e);
	char hex[DIGEST_HEX_LEN + 1];
	struct row_blob blob = {c->effective, strlen(c->effective), c->digest};
	struct buf body = {0};
	struct json_writer w;

	digest_hex(&c->digest, hex);
	if (strcmp(hex, e->view->config_digest) == 0 &&
	    !e->view->config_rejected)
		return;
	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "digest", hex);
	json_put_int(&w, "gateways", (int64_t)c->n_gateways);
	json_put_int(&w, "sources", (int64_t)c->n_sources);
	json_put_string(&w, "version", e->options.version);
	json_put_int(&w, "workloads", (int64_t)c->n_workloads);
	json_object_close(&w);
	emit_unique(e, "config.loaded", &body, &blob);
	buf_free(&body);
}

void
emit_config_rejected(struct engine *e, const char *words)
{
	struct buf body = {0}, text = {0};
	struct json_writer w;

	text_clean(&text, words, strlen(words), 1024);
	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "first_error", buf_text(&text));
	json_object_close(&w);
	emit_unique(e, "config.rejected", &body, NULL);
	buf_free(&body);
	buf_free(&text);
}

void
emit_clock_stepped(struct engine *e, struct wall_time from)
{
	char text[WALL_RFC3339_LEN + 1];
	struct buf body = {0};
	struct json_writer w;

	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "from", wall_format(from, text));
	json_put_int(&w, "step_s", wall_s(e->now.wall) - wall_s(from));
	json_put_string(&w, "to", wall_format(e->now.wall, text));
	json_object_close(&w);
	emit_unique(e, "clock.stepped", &body, NULL);
	buf_free(&body);
}

void
emit_daemon_stopped(struct engine *e, const char *why)
{
	char nonce[RUN_ID_LEN + 1];
	struct buf body = {0};
	struct json_writer w;

	json_writer_init(&w, &body);
	json_object_open(&w, NULL);
	json_put_string(&w, "reason", why);
	json_object_close(&w);
	emit_nonce(e, nonce);
	snprintf(e->stop_row_id, sizeof(e->stop_row_id), "daemon.stopped.%s",
		 nonce);
	if (emit_row(e, "daemon.stopped", e->stop_row_id, e->now.wall, &body,
		     NULL) < 0)
		e->stop_row_durable = true; /* nothing more can be said */
	e->stop_row_queued = true;
	buf_free(&body);
}

void
emit_missed(struct engine *e, const char *check, struct wall_time from,
	    struct wall_time to, int64_t count, const char *reason,
	    const char *run)
{
	struct check_missed missed = {check, from, to, count, reason, run};
	char id[ROW_ID_MAX + 1];
	struct buf body = {0};

	if (check_missed_body(&body, &missed) < 0) {
		buf_free(&body);
		return;
	}
	if (run[0] == '\0') {
		emit_unique(e, "check.missed", &body, NULL);
	} else {
		/* Told again after every crash, recorded once. */
		snprintf(id, sizeof(id), "interrupted.%s%s", run,
			 strstr(check, "/error") != NULL   ? ".error"
			 : strstr(check, "/usage") != NULL ? ".usage"
							   : "");
		emit_row(e, "check.missed", id, e->now.wall, &body, NULL);
	}
	buf_free(&body);
}
