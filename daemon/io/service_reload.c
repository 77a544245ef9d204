/* Reloads of the running daemon.
 *
 * Reading and checking the files of a thousand workloads takes longer than
 * the loop may stay away: a thread does it and hands back a configuration, of
 * which the loop makes the running one.  Until then everything is answered
 * and done under the old one.
 *
 * One is made at a time.  Who asks while one is under way waits for another
 * that begins after it, so nobody is answered by what was read before they
 * asked.
 *
 * Nothing may follow the row that says that the daemon stopped: from then on
 * none is taken, the one under way neither.  The next start reads the files. */
#include "io/clock.h"
#include "io/files.h"
#include "io/notify.h"
#include "io/service.h"
#include "io/worker.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

enum { ASKED_MAX = 16 };

struct asked {
	uint64_t client;
	bool dry_run;
};

struct service_reload {
	struct service *service;
	struct worker *worker;
	struct asked asked[ASKED_MAX]; /* the first one is under way */
	size_t n;

	/* The thread's while it works. */
	int result;
	struct config *config; /* NULL unless 0 */
	struct conf_report report;
	struct err err;
};

static void
drop(struct service_reload *r)
{
	conf_report_free(&r->report);
	config_free(r->config);
	r->config = NULL;
}

static void
work(void *ctx)
{
	struct service_reload *r = ctx;
	const struct service *s = r->service;

	r->err = (struct err){0};
	r->result =
	    files_load_config(s->config_path, &r->config, &r->report, &r->err);
	if (r->result < 0)
		return;
	r->result = credentials_not_in(s->credentials, r->config, &r->err);
	if (r->result < 0) {
		config_free(r->config);
		r->config = NULL;
	}
}

static void
reply(struct service *s, uint64_t client, int status, const char *text)
{
	struct buf clean = {0};

	redact(s->redactor, text, strlen(text), &clean);
	control_reply(s->control, client, status, buf_text(&clean));
	buf_free(&clean);
}

/* The first error is what the alert shows; warnings before it are not. */
static void
first_error(const struct conf_report *report, const struct err *err,
	    struct buf *out)
{
	for (size_t i = 0; i < report->n; i++) {
		const struct conf_message *m = &report->at[i];

		if (m->severity == CONF_WARNING)
			continue;
		conf_message_print(m, out);
		return;
	}
	buf_puts(out, err->text);
}

static void
refuse(struct service *s, uint64_t client, const struct conf_report *report,
       const struct err *err)
{
	struct buf text = {0}, first = {0};

	conf_report_print(report, &text);
	if (report->n_errors == 0)
		buf_printf(&text, "%s\n", err->text);
	first_error(report, err, &first);
	engine_reload_refused(s->engine, clock_read(), buf_text(&first));
	buf_free(&first);
	buf_puts(&text, "the running configuration stays\n");
	service_say(LOG_ERR, "reload refused; see evidencectl check-config");
	reply(s, client, CTL_CONFIG_INVALID, buf_text(&text));
	buf_free(&text);
}

/* Takes the configuration. */
static void
take(struct service *s, uint64_t client, struct config *config,
     const struct conf_report *report)
{
	struct buf text = {0};
	char *words = NULL;

	redactor_forgive(s->redactor, config->effective,
			 strlen(config->effective));
	engine_reload(s->engine, clock_read(), config, &words);
	if (control_set_config(s->control, engine_config(s->engine)) < 0)
		service_say(LOG_CRIT, "no memory for the roles' groups");
	conf_report_print(report, &text);
	control_say_groups(s->control, &text);
	buf_puts(&text, words == NULL ? "" : words);
	buf_puts(&text, "credentials are read at start only: new values "
			"need a restart\n");
	reply(s, client, CTL_OK, buf_text(&text));
	buf_free(&text);
	free(words);
}

/* What is opened once, at the start. */
static bool
needs_restart(const struct service *s, const struct config *config,
	      struct err *err)
{
	const struct config *now = engine_config(s->engine);
	const char *key = NULL;

	if (strcmp(config->ledger_dir, s->ledger_dir) != 0)
		key = "ledger.directory";
	else if (strcmp(config->control_socket, now->control_socket) != 0)
		key = "control.socket";
	if (key != NULL)
		err_set(err, ERR_INVALID, "%s: changing it needs a restart",
			key);
	return key != NULL;
}

static void
finish(struct service_reload *r, uint64_t client)
{
	struct service *s = r->service;

	service_turn(s); /* what is due now is due under the old one */
	if (r->result < 0 || needs_restart(s, r->config, &r->err)) {
		refuse(s, client, &r->report, &r->err);
	} else {
		take(s, client, r->config, &r->report);
		r->config = NULL;
	}
	notify_ready(s->status);
}

static void
finish_dry_run(struct service_reload *r, uint64_t client)
{
	struct buf why = {0};

	if (r->result == 0) {
		service_impact(r->service, client, r->config);
		return;
	}
	buf_printf(&why, "%s\n", r->err.text);
	reply(r->service, client, CTL_CONFIG_INVALID, buf_text(&why));
	buf_free(&why);
}

static void
begin(struct service_reload *r)
{
	if (!r->asked[0].dry_run)
		notify_reloading();
	worker_start(r->worker);
}

static void
reply_stopping(struct service *s, uint64_t client)
{
	reply(s, client, CTL_NOT_RUNNING,
	      "the daemon stops; its next start reads the files\n");
}

static void
finish_first(struct service_reload *r)
{
	struct asked asked = r->asked[0];

	if (r->service->stopping)
		reply_stopping(r->service, asked.client);
	else if (asked.dry_run)
		finish_dry_run(r, asked.client);
	else
		finish(r, asked.client);
	drop(r);
	memmove(r->asked, r->asked + 1, --r->n * sizeof(r->asked[0]));
}

static void
done(void *ctx)
{
	struct service_reload *r = ctx;

	finish_first(r);
	while (r->service->stopping && r->n > 0)
		finish_first(r);
	/* For a moment there were two configurations. */
	malloc_trim(0);
	if (r->n > 0)
		begin(r);
	service_later(r->service);
}

int
service_reload_open(struct service *s, struct err *err)
{
	struct service_reload *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return err_set(err, ERR_NOMEM, "no memory for reloads");
	r->service = s;
	s->reload = r;
	return worker_new(s->base, "reload", work, done, r, &r->worker, err);
}

void
service_reload_close(struct service *s)
{
	if (s->reload == NULL)
		return;
	worker_free(s->reload->worker);
	drop(s->reload);
	free(s->reload);
	s->reload = NULL;
}

void
service_reload_ask(struct service *s, uint64_t client, bool dry_run)
{
	struct service_reload *r = s->reload;

	if (s->stopping) {
		reply_stopping(s, client);
		return;
	}
	if (r->n == ASKED_MAX) {
		reply(s, client, CTL_REFUSED,
		      "others wait for a reload; ask again\n");
		return;
	}
	r->asked[r->n++] = (struct asked){client, dry_run};
	if (r->n == 1)
		begin(r);
}

bool
service_reloading(const struct service *s)
{
	return s->reload->n > 0;
}
