/* Less noise: acknowledging one open alert, silencing all that fit, and
 * ending that.
 *
 * Each is a row, so that a restart forgets none and an auditor sees who kept
 * quiet about what, and for how long.  None lasts for ever, and none changes
 * what an alert or a record says. */
#include "base/json.h"
#include "conf/nearest.h"
#include "conf/value.h"
#include "engine/state.h"

#include <stdio.h>
#include <string.h>

enum { MUTE_MIN_S = 60, MUTE_MAX_S = 31 * 86400 };

/* A person's words about noise, as the rows have them. */
struct mute {
	uint64_t client;
	const struct ctl_request *request;
	const struct ctl_peer *peer;
	struct wall_time until; /* 0: it ends now */
	char until_text[WALL_RFC3339_LEN + 1];
};

/* False, and answered, unless --for is a time that may be. */
static bool
read_duration(struct engine *e, struct mute *m)
{
	static const struct schema_key key = {.name = "for",
					      .type = SCHEMA_DURATION,
					      .min = MUTE_MIN_S,
					      .max = MUTE_MAX_S};
	struct problem problem = {.hint = ""};
	struct value value;

	if (value_from_text(&key, m->request->duration, NULL, &value,
			    &problem) < 0) {
		command_answer(e, m->client, CTL_USAGE, "--for %s: %s; %s",
			       m->request->duration, problem.what,
			       problem.hint);
		return false;
	}
	m->until = wall_from_s(wall_s(e->now.wall) + value.n);
	wall_format(m->until, m->until_text);
	return true;
}

/* False, and answered, unless this person may say this. */
static bool
may_mute(struct engine *e, const struct mute *m)
{
	return command_role_permits(e, m->client, m->request, m->peer,
				    MAY_OPERATE) &&
	       command_note_ok(e, m->client, m->request);
}

static void
append(struct engine *e, const struct mute *m, const char *kind,
       struct buf *body, const char *text)
{
	char id[ROW_ID_MAX + 1];

	command_row_id(e, m->request, id);
	command_append(e, m->client, kind, id, body, text);
	buf_free(body);
}

/* ---- one alert ---- */

static void
acked_body(const struct mute *m, const struct alert *alert, struct buf *body,
	   char *text, size_t size)
{
	struct json_writer w;

	snprintf(text, size, "%s is acknowledged until %s by %s", alert->id,
		 m->until_text, m->request->role);
	json_writer_init(&w, body);
	json_object_open(&w, NULL);
	json_put_string(&w, "note", m->request->note);
	json_put_string(&w, "owner", alert->owner);
	json_put_int(&w, "peer_uid", m->peer->uid);
	json_put_int(&w, "raised_seq", (int64_t)alert->seq);
	json_put_string(&w, "role", m->request->role);
	json_put_string(&w, "rule", alert_rule(alert->rule)->name);
	json_put_string(&w, "severity", severity_name(alert->severity));
	json_put_string(&w, "subject", alert->subject);
	json_put_string(&w, "text", text);
	json_put_string(&w, "until", m->until_text);
	json_put_string(&w, "workload", alert->workload);
	json_object_close(&w);
}

void
command_ack(struct engine *e, uint64_t client,
	    const struct ctl_request *request, const struct ctl_peer *peer)
{
	const struct alert *alert = command_alert(e, client, request);
	struct mute m = {.client = client, .request = request, .peer = peer};
	char text[400], answer[402];
	struct buf body = {0};

	if (alert == NULL || !may_mute(e, &m) || !read_duration(e, &m))
		return;
	acked_body(&m, alert, &body, text, sizeof(text));
	snprintf(answer, sizeof(answer), "%s\n", text);
	append(e, &m, "alert.acked", &body, answer);
}

/* ---- all that fit ---- */

static void
silence_body(const struct mute *m, const struct alert_matcher *matcher,
	     const char *text, uint64_t ends_seq, struct buf *body)
{
	struct json_writer w;

	json_writer_init(&w, body);
	json_object_open(&w, NULL);
	json_put_string(&w, "note", m->request->note);
	json_put_string(&w, "owner", matcher->owner);
	json_put_int(&w, "peer_uid", m->peer->uid);
	json_put_string(&w, "role", m->request->role);
	json_put_string(&w, "rule", matcher->rule);
	if (m->until.us == 0)
		json_put_int(&w, "silenced_seq", (int64_t)ends_seq);
	json_put_string(&w, "subject", matcher->subject);
	json_put_string(&w, "text", text);
	if (m->until.us != 0)
		json_put_string(&w, "until", m->until_text);
	json_object_close(&w);
}

/* False, and answered, unless the request names a matcher. */
static bool
read_matcher(struct engine *e, const struct mute *m, struct alert_matcher *ret)
{
	struct err err;

	if (alert_matcher_parse(m->request->name, ret, &err) == 0)
		return true;
	command_answer(e, m->client, CTL_USAGE, "%s", err.text);
	return false;
}

/* False, and answered, where the name is like one that is configured, and no
 * such one: then nothing would be silenced.  Any other may be that of an alert
 * of the daemon itself. */
static bool
is_no_slip(struct engine *e, const struct mute *m, const char *key,
	   unsigned int of, const char *name)
{
	const char *near =
	    name[0] == '\0' ? NULL : nearest_name(engine_conf(e), of, name);

	if (near == NULL || strcmp(near, name) == 0)
		return true;
	command_answer(e, m->client, CTL_NO_OBJECT,
		       "no alert can have %s=%s; did you mean %s?", key, name,
		       near);
	return false;
}

/* The same, of all that the matcher names; what fits an alert is meant. */
static bool
is_meant(struct engine *e, const struct mute *m,
	 const struct alert_matcher *matcher)
{
	const unsigned int subjects = NEAREST_WORKLOAD | NEAREST_SOURCE |
				      NEAREST_OTHER | NEAREST_CREDENTIAL;

	return alert_machine_count_fitting(e->view->alerts, matcher) > 0 ||
	       (is_no_slip(e, m, "subject", subjects, matcher->subject) &&
		is_no_slip(e, m, "owner", NEAREST_OWNER | NEAREST_KEEPER,
			   matcher->owner));
}

void
command_silence(struct engine *e, uint64_t client,
		const struct ctl_request *request, const struct ctl_peer *peer)
{
	struct mute m = {.client = client, .request = request, .peer = peer};
	struct alert_matcher matcher;
	struct buf name = {0}, body = {0};
	char text[400], answer[440];

	if (!read_matcher(e, &m, &matcher) || !may_mute(e, &m) ||
	    !read_duration(e, &m) || !is_meant(e, &m, &matcher))
		return;
	alert_matcher_text(&matcher, &name);
	snprintf(text, sizeof(text), "%s is silenced until %s by %s",
		 buf_text(&name), m.until_text, request->role);
	snprintf(answer, sizeof(answer), "%s; open alerts that fit: %zu\n",
		 text, alert_machine_count_fitting(e->view->alerts, &matcher));
	silence_body(&m, &matcher, text, 0, &body);
	append(e, &m, "alert.silenced", &body, answer);
	buf_free(&name);
}

void
command_unsilence(struct engine *e, uint64_t client,
		  const struct ctl_request *request,
		  const struct ctl_peer *peer)
{
	struct mute m = {.client = client, .request = request, .peer = peer};
	const struct alert_silence *silence;
	struct alert_matcher matcher;
	struct buf name = {0}, body = {0};
	char text[400], answer[402];

	if (!read_matcher(e, &m, &matcher))
		return;
	silence = alert_machine_silence(e->view->alerts, &matcher);
	if (silence == NULL || silence->until.us <= e->now.wall.us) {
		command_answer(e, client, CTL_NO_OBJECT,
			       "no silence %s is in force; see evidencectl "
			       "alerts",
			       request->name);
		return;
	}
	if (!may_mute(e, &m))
		return;
	alert_matcher_text(&matcher, &name);
	snprintf(text, sizeof(text), "%s is no longer silenced, by %s",
		 buf_text(&name), request->role);
	snprintf(answer, sizeof(answer), "%s\n", text);
	silence_body(&m, &matcher, text, silence->seq, &body);
	append(e, &m, "alert.unsilenced", &body, answer);
	buf_free(&name);
}
