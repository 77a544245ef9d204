/* The commands that ask the daemon to do something.  The daemon decides, and
 * answers with its words and the exit status. */
#include "base/digest.h"
#include "base/json.h"
#include "base/random.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "io/control_client.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE_BYTES = 12 };

int
session_copy(struct session *s, char *out, size_t size, const char *text)
{
	if (strlen(text) >= size)
		return session_fail(s, CTL_USAGE,
				    "\"%.40s...\" is longer than %zu bytes",
				    text, size - 1);
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

int
session_alert_name(struct session *s, char *out, size_t size)
{
	const struct arguments *args = s->args;
	struct buf name = {0};
	int r;

	buf_puts(&name, args->operand[0]);
	if (args->n_operands > 1)
		buf_printf(&name, "/%s", args->operand[1]);
	r = session_copy(s, out, size, buf_text(&name));
	buf_free(&name);
	return r;
}

static int
not_asked(struct session *s, int result, const struct err *err)
{
	if (result == ERR_NOT_FOUND)
		return session_fail(s, CTL_NOT_RUNNING,
				    "%s; see systemctl status evidenced",
				    err->text);
	if (result == ERR_DENIED)
		return session_fail(s, CTL_NOT_PERMITTED, "%s", err->text);
	if (result == ERR_IO)
		return session_fail(s, CTL_NOT_RUNNING,
				    "%s; what was asked may be done all the "
				    "same; see systemctl status evidenced",
				    err->text);
	return session_fail_err(s, err);
}

static void
print_words(struct session *s, int status, const char *text)
{
	struct buf clean = {0};

	writer_verbatim(&clean, text, strlen(text));
	if (status == CTL_OK || status == CTL_CHECK_FAILED) {
		buf_puts(&s->out, buf_text(&clean));
		session_flush(s);
	} else {
		fprintf(stderr, "evidencectl: %s", buf_text(&clean));
	}
	buf_free(&clean);
}

static void
print_json(struct session *s, const struct ctl_request *request, int status,
	   const char *text)
{
	static const struct column columns[] = {
	    {"command", "", 0}, {"status", "", 0}, {"text", "", 0}};

	writer_card(&s->writer, "answer", columns, 3);
	writer_text(&s->writer, ctl_command_name(request->command));
	writer_int(&s->writer, status);
	writer_text(&s->writer, text);
	writer_close(&s->writer);
}

/* What is shown while an answer is awaited: how much the daemon does where
 * somebody asked to wait for it, else for how long it was asked.  That it does
 * not answer is said once, and not on a terminal alone; what waits by its
 * nature asks for that how much is done. */
enum { SAY_MS = 5 * 1000, ACT_MS = 60 * 1000 };

struct patience {
	struct session *session;
	const char *socket;
	struct progress progress;
	int look_ms; /* when to look next where nobody sees the progress */
	bool said;
};

static void
say_silent(struct patience *p)
{
	progress_erase(p->session);
	if (!p->said)
		session_fail(p->session, CTL_NOT_RUNNING,
			     "the daemon at %s does not answer; waiting for "
			     "it; see systemctl status evidenced",
			     p->socket);
	p->said = true;
}

static void
show_seconds(void *ctx, int silent_ms)
{
	struct patience *p = ctx;

	if (silent_ms >= SAY_MS)
		say_silent(p);
	progress_show_seconds(&p->progress);
}

static void
show_how_much(struct patience *p)
{
	const struct ctl_request request = {.command = CTL_STATUS};
	struct json_object *answer;
	int64_t n = 0;
	struct err err;
	char *text;
	int status;

	if (control_ask(p->socket, &request, &status, &text, &err) < 0) {
		if (err.code == ERR_IO)
			say_silent(p);
		return; /* what is awaited will say the rest */
	}
	if (json_parse(text, strlen(text), &JSON_FOREIGN_LIMITS, &answer,
		       &err) == 0) {
		n = json_get_int(answer, "under_way", 0);
		json_object_put(answer);
	}
	free(text);
	progress_show(&p->progress, n < 0 ? 0 : (uint64_t)n);
}

static void
show_under_way(void *ctx, int silent_ms)
{
	struct patience *p = ctx;

	if (p->said || (!p->progress.wanted && silent_ms < p->look_ms))
		return;
	p->look_ms = silent_ms + SAY_MS;
	show_how_much(p);
}

int
session_await(struct session *s, const char *path,
	      const struct ctl_request *request, int file, int *ret_status,
	      char **ret_text, struct err *err)
{
	bool waits = request->wait || request->command == CTL_PREPARE;
	struct patience patience = {
	    .session = s,
	    .socket = path,
	    .progress = progress_begin(
		s, request->wait ? "checks under way"
				 : "seconds waited for the daemon"),
	    .look_ms = SAY_MS,
	};
	const struct control_patience until = {
	    waits ? 0 : ACT_MS, waits ? show_under_way : show_seconds,
	    &patience};
	int r = control_ask_with(path, request, file, &until, ret_status,
				 ret_text, err);

	progress_end(&patience.progress);
	return r;
}

static int
ask(struct session *s, struct ctl_request *request, int file, bool quiet)
{
	const char *path = session_socket(s);
	uint8_t bytes[NONCE_BYTES];
	struct err err;
	int status, r;
	char *text;

	if (path == NULL)
		return CTL_CONFIG_INVALID;
	random_bytes(bytes, sizeof(bytes));
	hex_encode(bytes, sizeof(bytes), request->nonce);
	r = session_await(s, path, request, file, &status, &text, &err);
	if (r < 0)
		return not_asked(s, r, &err);
	if (quiet && status == CTL_OK)
		; /* the answer to what comes next tells more */
	else if (s->writer.format == WRITER_JSON)
		print_json(s, request, status, text);
	else
		print_words(s, status, text);
	free(text);
	return status;
}

int
session_ask(struct session *s, struct ctl_request *request)
{
	return ask(s, request, -1, false);
}

int
session_ask_with(struct session *s, struct ctl_request *request, int file)
{
	return ask(s, request, file, false);
}

int
session_ask_first(struct session *s, struct ctl_request *request)
{
	request->dry_run = true;
	return ask(s, request, -1, true);
}

/* The operands and options that go into a request as they are. */
static int
fill(struct session *s, struct ctl_request *request)
{
	const char *role = s->args->value[OPTION_ROLE];
	const char *note = arguments_has(s->args, OPTION_REASON)
			       ? s->args->value[OPTION_REASON]
			   : arguments_has(s->args, OPTION_TEXT)
			       ? s->args->value[OPTION_TEXT]
			       : s->args->value[OPTION_NOTE];
	const char *duration = s->args->value[OPTION_FOR];
	int r = 0;

	if (s->args->n_operands > 0)
		r = session_copy(s, request->name, sizeof(request->name),
				 s->args->operand[0]);
	if (r == 0 && s->args->n_operands > 1)
		r = session_copy(s, request->snapshot,
				 sizeof(request->snapshot),
				 s->args->operand[1]);
	if (r == 0 && role != NULL)
		r = session_copy(s, request->role, sizeof(request->role), role);
	if (r == 0 && note != NULL)
		r = session_copy(s, request->note, sizeof(request->note), note);
	if (r == 0 && duration != NULL)
		r = session_copy(s, request->duration,
				 sizeof(request->duration), duration);
	request->wait = arguments_has(s->args, OPTION_WAIT);
	request->force = arguments_has(s->args, OPTION_FORCE);
	request->dry_run = arguments_has(s->args, OPTION_DRY_RUN);
	return r;
}

static int
act(struct session *s, enum ctl_command command)
{
	struct ctl_request request = {.command = command};
	int r = fill(s, &request);

	return r != 0 ? r : session_ask(s, &request);
}

int
cmd_run(struct session *s)
{
	return act(s, CTL_RUN);
}

int
cmd_prepare(struct session *s)
{
	struct ctl_request request = {.command = CTL_PREPARE};
	const char *owner = s->args->value[OPTION_OWNER];
	int r = fill(s, &request);

	if (owner != NULL && arguments_has(s->args, OPTION_ALL))
		return session_fail(s, CTL_USAGE,
				    "--owner GROUP or --all, not both");
	if (r == 0 && owner != NULL)
		r = session_copy(s, request.name, sizeof(request.name), owner);
	return r != 0 ? r : session_ask(s, &request);
}

static int
act_on_alert(struct session *s, enum ctl_command command)
{
	struct ctl_request request = {.command = command};
	int r = fill(s, &request);

	request.snapshot[0] = '\0'; /* the second word is of the name */
	if (r == 0)
		r = session_alert_name(s, request.name, sizeof(request.name));
	return r != 0 ? r : session_ask(s, &request);
}

int
cmd_note(struct session *s)
{
	return act_on_alert(s, CTL_NOTE);
}

int
cmd_ack(struct session *s)
{
	return act_on_alert(s, CTL_ACK);
}

int
cmd_silence(struct session *s)
{
	return act(s, CTL_SILENCE);
}

int
cmd_unsilence(struct session *s)
{
	return act(s, CTL_UNSILENCE);
}

int
cmd_decide(struct session *s)
{
	struct ctl_request request = {.command = CTL_DECIDE};
	int r = fill(s, &request);

	request.snapshot[0] = '\0';
	if (r == 0)
		r = session_copy(s, request.decision, sizeof(request.decision),
				 s->args->operand[1]);
	if (r == 0)
		r = session_copy(s, request.until, sizeof(request.until),
				 s->args->value[OPTION_UNTIL]);
	return r != 0 ? r : session_ask(s, &request);
}

int
cmd_correct(struct session *s)
{
	return act(s, CTL_CORRECT);
}

/* A day becomes the time at which it begins, or, as an end, the next does. */
static int
fill_time(struct session *s, enum option_id option, bool end,
	  char out[CTL_TIME_MAX + 1])
{
	char text[WALL_RFC3339_LEN + 1];
	struct wall_time t;
	bool day;
	int r;

	if (!arguments_has(s->args, option))
		return 0;
	r = session_time(s, option, &t, &day);
	if (r != 0)
		return r;
	if (day && end)
		t = wall_day_start(wall_day(t) + 1);
	return session_copy(s, out, CTL_TIME_MAX + 1, wall_format(t, text));
}

int
cmd_legal_hold(struct session *s)
{
	struct ctl_request request = {.command = CTL_LEGAL_HOLD};
	const char *release = s->args->value[OPTION_RELEASE];
	int r = fill(s, &request);

	if (r == 0)
		r = fill_time(s, OPTION_SINCE, false, request.since);
	if (r == 0)
		r = fill_time(s, OPTION_UNTIL, true, request.until);
	if (r == 0 && release != NULL) {
		request.release = true;
		r = session_copy(s, request.name, sizeof(request.name),
				 release);
	}
	return r != 0 ? r : session_ask(s, &request);
}

int
cmd_prune(struct session *s)
{
	return act(s, CTL_PRUNE);
}

int
cmd_mirror(struct session *s)
{
	struct ctl_request request = {.command = CTL_MIRROR};
	int r = session_copy(s, request.name, sizeof(request.name),
			     s->args->value[OPTION_FROM]);

	return r != 0 ? r : session_ask(s, &request);
}

int
cmd_reload(struct session *s)
{
	return act(s, CTL_RELOAD);
}

int
cmd_checkpoint(struct session *s)
{
	return act(s, CTL_CHECKPOINT);
}
