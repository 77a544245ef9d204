/* Is everything there that a first pass needs?  Each finding is one line: ok,
 * or what is wrong and the next command.  What only the daemon can know
 * (credentials, the journal, what it loaded) is its own word; pages and
 * counters are known by rows.  Nothing billable is sent without --live. */
#include "alert/rule.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/credentials.h"
#include "cli/doctor.h"
#include "io/clock.h"
#include "io/control_client.h"

#include <grp.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_BYTES = 512, ERRORS_SHOWN = 20 };

static const struct column columns[] = {
    {"check", "", 0},	{"subject", "", 0}, {"state", "", 0},
    {"finding", "", 0}, {"next", "", 0},
};

static const char *const state_names[] = {
    [FINDING_OK] = "ok",
    [FINDING_WRONG] = "wrong",
    [FINDING_UNKNOWN] = "unknown",
};

void
doctor_say(struct doctor *d, enum finding_state state, const char *check,
	   const char *subject, const char *next, const char *fmt, ...)
{
	struct writer *w = &d->session->writer;
	struct buf words = {0}, line = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&words, fmt, ap);
	va_end(ap);
	d->n_bad += state != FINDING_OK;
	if (w->format == WRITER_JSON) {
		writer_card(w, "finding", columns,
			    sizeof(columns) / sizeof(columns[0]));
		writer_text(w, check);
		writer_text(w, subject);
		writer_text(w, state_names[state]);
		writer_text(w, buf_text(&words));
		writer_text(w, next);
		writer_close(w);
	} else {
		buf_printf(&line, "%-7s  %s%s%s: %s", state_names[state], check,
			   subject == NULL ? "" : " ",
			   subject == NULL ? "" : subject, buf_text(&words));
		if (next != NULL)
			buf_printf(&line, "; next: %s", next);
		writer_verbatim(&d->session->out, buf_text(&line), line.len);
		buf_putc(&d->session->out, '\n');
	}
	buf_free(&words);
	buf_free(&line);
	session_flush(d->session); /* the next one may take a while */
}

int
doctor_run(struct doctor *d, const char *name, char **ret_words)
{
	struct ctl_request request = {.command = CTL_RUN, .wait = true};
	const char *path = session_socket(d->session);
	struct err err;
	int status;

	*ret_words = NULL;
	snprintf(request.name, sizeof(request.name), "%s", name);
	if (session_await(d->session, path, &request, -1, &status, ret_words,
			  &err) < 0) {
		*ret_words = strdup(err.text);
		return CTL_NOT_RUNNING;
	}
	(*ret_words)[strcspn(*ret_words, "\n")] = '\0';
	return status;
}

/* ---- the daemon and its host ---- */

static struct json_object *
ask_status(struct doctor *d, struct err *err)
{
	struct ctl_request request = {.command = CTL_STATUS};
	const char *path = session_socket(d->session);
	struct json_object *answer = NULL;
	int status;
	char *text;

	if (control_ask(path, &request, &status, &text, err) < 0)
		return NULL;
	if (status != CTL_OK ||
	    json_parse(text, strlen(text), &JSON_FOREIGN_LIMITS, &answer, err) <
		0)
		answer = NULL;
	free(text);
	return answer;
}

static void
look_at_loaded(struct doctor *d, struct json_object *status)
{
	char hex[DIGEST_HEX_LEN + 1];
	const char *loaded = json_get_string(status, "config_digest", "");

	digest_hex(&d->config->digest, hex);
	/* What the daemon runs on may stand in for files that are broken: of
	 * these something was said already. */
	if (session_config_errors(d->session) != NULL)
		return;
	if (strcmp(hex, loaded) == 0)
		doctor_say(d, FINDING_OK, "configuration", NULL, NULL,
			   "%zu workload%s, as loaded", d->config->n_workloads,
			   TEXT_PLURAL(d->config->n_workloads));
	else
		doctor_say(
		    d, FINDING_WRONG, "configuration", NULL,
		    "evidencectl check-config --impact, then evidencectl "
		    "reload",
		    "the daemon has loaded another one");
}

static void
look_at_journal(struct doctor *d, struct json_object *status)
{
	static const struct {
		const char *word, *finding, *next;
	} words[] = {
	    {"missing", "none is read: rows have no second copy",
	     "journalctl --header"},
	    {"behind", "it does not confirm the newest rows",
	     "evidencectl alerts"},
	    {"contradicts", "it holds another row under a number of ours",
	     "evidencectl verify --level 4"},
	};
	const char *mirror = json_get_string(status, "mirror", "");
	int64_t confirmed = json_get_int(status, "mirror_confirmed", -1);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].word, mirror) == 0) {
			doctor_say(d, FINDING_WRONG, "journal", NULL,
				   words[i].next, "%s", words[i].finding);
			return;
		}
	}
	if (confirmed < 0)
		doctor_say(d, FINDING_UNKNOWN, "journal", NULL,
			   "evidencectl status", "no row was read back yet");
	else
		doctor_say(d, FINDING_OK, "journal", NULL, NULL,
			   "rows are read back to row %lld",
			   (long long)confirmed);
}

static void
look_at_daemon(struct doctor *d)
{
	struct err err = {0};
	struct json_object *status = ask_status(d, &err);
	const char *trouble;

	d->running = status != NULL;
	if (!d->running) {
		doctor_say(d, FINDING_WRONG, "daemon", NULL,
			   err.code == ERR_DENIED ? "sudo evidencectl doctor"
			   : err.code == ERR_IO
			       ? "systemctl status evidenced"
			       : "systemctl enable --now evidenced",
			   "%s", err.text);
		return;
	}
	trouble = json_get_string(status, "trouble", "");
	if (trouble[0] == '\0')
		doctor_say(d, FINDING_OK, "daemon", NULL, NULL, "runs since %s",
			   json_get_string(status, "since", ""));
	else
		doctor_say(d, FINDING_WRONG, "daemon", NULL,
			   "evidencectl status", "%s", trouble);
	if (d->config != NULL)
		look_at_loaded(d, status);
	look_at_journal(d, status);
	json_object_put(status);
}

static void
look_at_clock(struct doctor *d)
{
	switch (clock_synchronised()) {
	case CLOCK_SYNCHRONISED:
		doctor_say(d, FINDING_OK, "clock", NULL, NULL, "synchronised");
		break;
	case CLOCK_NOT_SYNCHRONISED:
		doctor_say(d, FINDING_WRONG, "clock", NULL,
			   "timedatectl set-ntp true",
			   "not synchronised: review days may be wrong");
		break;
	default:
		doctor_say(d, FINDING_UNKNOWN, "clock", NULL,
			   "timedatectl status",
			   "nothing here says whether it is synchronised");
		break;
	}
}

/* ---- groups ---- */

/* 1 where the host does not know it: then who should be in it may not act. */
static size_t
look_at_group(struct doctor *d, const char *group, const char *key,
	      const char *then)
{
	char next[COMMAND_BYTES];

	if (group[0] == '\0' || getgrnam(group) != NULL)
		return 0;
	snprintf(next, sizeof(next),
		 "groupadd --system %.64s, then evidencectl reload", group);
	doctor_say(d, FINDING_WRONG, "group", group, next,
		   "this host does not know it; it is the %s, and %s", key,
		   then);
	return 1;
}

static void
look_at_groups(struct doctor *d)
{
	const struct config *c = d->config;
	char key[LABEL_MAX + 32];
	size_t unknown = look_at_group(d, c->admin_group, "admin_group",
				       "only root may operate");

	for (size_t i = 0; i < c->n_roles; i++) {
		snprintf(key, sizeof(key), "unix_group of role %.*s", LABEL_MAX,
			 c->roles[i].name);
		unknown += look_at_group(d, c->roles[i].unix_group, key,
					 "nobody can act under it");
	}
	if (unknown == 0)
		doctor_say(d, FINDING_OK, "groups", NULL, NULL,
			   "this host knows all that are named");
}

/* ---- credentials ---- */

static void
say_credential(struct doctor *d, const char *name, const char *state)
{
	struct buf next = {0};

	credentials_put_rotation(d->session, name, &next);
	doctor_say(d, FINDING_WRONG, "credential", name, buf_text(&next),
		   "%s%s", state,
		   strcmp(state, "weak") == 0
		       ? ": made of names, dates or words that rows hold, so "
			 "these parts of it are not kept out of them; ask the "
			 "gateway for a random one"
		       : "");
	buf_free(&next);
}

static void
look_at_credentials(struct doctor *d)
{
	const struct config *c = d->config;
	struct credentials_answer answer = {NULL};
	struct credential_word word;
	struct err err = {0};
	size_t n = 0;

	if (d->running)
		credentials_ask(d->session, &answer, &err);
	for (size_t i = 0; answer.all != NULL && i < c->n_workloads; i++) {
		const char *name = c->workloads[i].credential;

		if (!config_names_credential_first(c, i))
			continue;
		if (!credentials_word(&answer, name, &word))
			word.state = "not named in what is loaded";
		if (strcmp(word.state, "loaded") == 0)
			n++;
		else
			say_credential(d, name, word.state);
	}
	if (answer.all == NULL)
		doctor_say(d, FINDING_UNKNOWN, "credentials", NULL, NULL,
			   "the daemon alone can tell");
	else if (n > 0)
		doctor_say(d, FINDING_OK, "credentials", NULL, NULL,
			   "%zu loaded, none of them a placeholder", n);
	credentials_answer_free(&answer);
}

/* A key that is loaded may be one that the gateway refuses: the alert stands
 * until a good run with it. */
static void
look_at_refused(struct doctor *d)
{
	const struct alert_machine *alerts = d->view->alerts;

	for (size_t i = 0; i < alert_machine_count(alerts); i++) {
		const struct alert *a = alert_machine_at(alerts, i);
		char next[COMMAND_BYTES], at[WALL_RFC3339_LEN + 1];

		if (a->rule != ALERT_CREDENTIAL_REJECTED &&
		    a->rule != ALERT_QUOTA_EXHAUSTED)
			continue;
		snprintf(next, sizeof(next), "evidencectl why %s", a->id);
		doctor_say(d, FINDING_WRONG, "credential", a->subject, next,
			   "%s, since %s", alert_rule(a->rule)->what,
			   wall_format(a->opened_at, at));
	}
}

/* ---- the files ---- */

/* What breaks them comes first: with it the daemon would not start again. */
static void
look_at_files(struct doctor *d, const struct conf_report *report)
{
	size_t said = 0;

	for (size_t i = 0; i < report->n && said < ERRORS_SHOWN; i++) {
		const struct conf_message *m = &report->at[i];
		struct buf words = {0};

		if (m->severity != CONF_ERROR)
			continue;
		conf_message_print(m, &words);
		if (m->hint[0] != '\0')
			buf_printf(&words, "; %s", m->hint);
		doctor_say(d, FINDING_WRONG, "configuration", NULL,
			   "mend it, then evidencectl check-config", "%s",
			   buf_text(&words));
		buf_free(&words);
		said++;
	}
	if (report->n_errors > said)
		doctor_say(d, FINDING_WRONG, "configuration", NULL,
			   "evidencectl check-config", "%zu more error%s",
			   report->n_errors - said,
			   TEXT_PLURAL(report->n_errors - said));
}

static void
look_at_configured(struct doctor *d)
{
	look_at_groups(d);
	look_at_credentials(d);
	doctor_capacity(d);
	if (d->running && arguments_has(d->session->args, OPTION_LIVE))
		doctor_live(d);
	/* After the live runs: their rows count. */
	if (d->running)
		d->view = session_view_if_any(d->session);
	if (d->view != NULL)
		look_at_refused(d);
	doctor_pages(d);
	doctor_counters(d);
}

int
cmd_doctor(struct session *s)
{
	struct doctor d = {.session = s};
	int r = session_config(s, &d.config);

	if (session_config_errors(s) != NULL)
		look_at_files(&d, session_config_errors(s));
	else if (r != 0)
		return r;
	if (d.config != NULL && d.config->n_workloads == 0)
		doctor_say(&d, FINDING_WRONG, "workloads", NULL,
			   "evidencectl new workload", "none is configured");
	look_at_daemon(&d);
	look_at_clock(&d);
	if (d.config != NULL)
		look_at_configured(&d);
	return d.n_bad == 0 ? CTL_OK : CTL_CHECK_FAILED;
}
