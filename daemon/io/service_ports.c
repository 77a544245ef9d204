/* The engine's ports: each is one call into the part that does the work. */
#include "io/service.h"

#include "alert/entry.h"
#include "base/random.h"
#include "io/sealed_file.h"
#include "page/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static int
port_append(void *ctx, const struct row_draft *draft, struct err *err)
{
	struct service *s = ctx;
	int r = ledger_append(s->ledger, draft, NULL, err);

	if (r == 0)
		ledger_writer_kick(s->writer);
	return r;
}

static bool
port_has_row(void *ctx, const char *id)
{
	struct service *s = ctx;

	return ledger_has_id(s->ledger, id);
}

struct one_row {
	void (*fn)(void *arg, const struct row *row);
	void *arg;
	bool found;
};

static int
take_row(void *ctx, const struct row *row)
{
	struct one_row *one = ctx;

	one->found = true;
	one->fn(one->arg, row);
	return 1;
}

static int
port_read_row(void *ctx, uint64_t seq,
	      void (*fn)(void *arg, const struct row *row), void *arg)
{
	struct service *s = ctx;
	struct one_row one = {fn, arg, false};
	int r = ledger_scan(s->disk, s->ledger_dir, seq, seq + 1, take_row,
			    &one, NULL);

	return r < 0 ? r : one.found ? 0 : ERR_NOT_FOUND;
}

static int
port_prunable(void *ctx, uint64_t first, struct prune_segment *ret,
	      struct err *err)
{
	struct service *s = ctx;

	return ledger_prunable(s->ledger, first, ret, err);
}

static int
port_prune_digest(void *ctx, uint64_t from, uint64_t to, struct digest *ret,
		  struct err *err)
{
	struct service *s = ctx;

	return ledger_prune_digest(s->ledger, from, to, ret, err);
}

static bool
port_may_probe(void *ctx)
{
	struct service *s = ctx;

	return ledger_writer_may_probe(s->writer, clock_read().mono);
}

static void
port_http(void *ctx, uint64_t token, const struct http_request *request)
{
	struct service *s = ctx;

	if (http_start(s->http, token, request) < 0) {
		/* No memory: told as an exchange that did not come about. */
		struct http_response none = {.transport = TRANSPORT_CONNECT,
					     .body = "",
					     .final_url = ""};

		service_on_http(s, token, &none);
	}
}

struct page_job {
	struct service *service;
	uint64_t token;
	char url[]; /* "": a page that somebody saved */
};

/* Which source it is, the rows say: more than one may read this page. */
static void
say_unread(const char *url, const char *why)
{
	struct buf line = {0};

	buf_puts(&line, url[0] == '\0' ? "a saved page" : url);
	buf_puts(&line, ": ");
	buf_puts(&line, why);
	buf_puts(&line, "; see evidencectl list sources");
	service_say(LOG_WARNING, buf_text(&line));
	buf_free(&line);
}

static void
page_done(void *arg, struct page_text *text, const char *why)
{
	struct page_job *job = arg;

	if (why[0] != '\0')
		say_unread(job->url, why);
	engine_page_done(job->service->engine, clock_read(), job->token, text);
	service_soon(job->service);
	page_text_free(text);
	free(job);
}

static int
port_page_text(void *ctx, uint64_t token, const struct http_response *response,
	       const char *pointer)
{
	struct service *s = ctx;
	size_t url_size = strlen(response->final_url) + 1;
	struct page_job *job = malloc(sizeof(*job) + url_size);

	if (job == NULL)
		return ERR_NOMEM;
	job->service = s;
	job->token = token;
	memcpy(job->url, response->final_url, url_size);
	if (page_pool_extract(s->pages, response, pointer, page_done, job) == 0)
		return 0;
	free(job);
	return ERR_NOMEM;
}

static int
port_saved_page(void *ctx, uint64_t client, uint64_t token, const char *pointer,
		size_t *ret_bytes, struct err *err)
{
	struct service *s = ctx;
	int fd = control_take_file(s->control, client), r;
	struct buf body = {0};
	struct http_response response = {
	    .transport = TRANSPORT_OK, .status = 200, .final_url = ""};

	if (fd < 0)
		return err_set(err, ERR_NOT_FOUND, "no file came with it");
	r = sealed_file_read(fd, PAGE_BODY_MAX, &body, err);
	close(fd);
	if (r == 0) {
		response.body = buf_text(&body);
		response.body_len = *ret_bytes = body.len;
		port_page_text(s, token, &response, pointer);
	}
	buf_free(&body);
	return r;
}

static struct digest
hmac(void *ctx, const void *bytes, size_t len)
{
	struct service *s = ctx;

	return ledger_hmac(s->ledger, bytes, len);
}

static bool
port_credential(void *ctx, const char *name, char ret_fingerprint[17])
{
	struct service *s = ctx;

	return credentials_fingerprint(s->credentials, name, hmac, s,
				       ret_fingerprint);
}

static void
port_random(void *ctx, void *out, size_t len)
{
	(void)ctx;
	random_bytes(out, len);
}

static void
port_reply(void *ctx, uint64_t client, int exit_status, const char *text)
{
	struct service *s = ctx;

	control_reply(s->control, client, exit_status, text);
}

static void
port_say(void *ctx, int priority, const char *text)
{
	(void)ctx;
	service_say(priority, text);
}

static void
port_alert_line(void *ctx, const struct alert_rule *rule, const char *subject,
		const char *text)
{
	service_line(ctx, rule, subject, text);
}

void
service_ports(struct service *s)
{
	s->ports = (struct ports){
	    .ctx = s,
	    .append = port_append,
	    .has_row = port_has_row,
	    .read_row = port_read_row,
	    .prunable = port_prunable,
	    .prune_digest = port_prune_digest,
	    .may_probe = port_may_probe,
	    .http = port_http,
	    .page_text = port_page_text,
	    .saved_page = port_saved_page,
	    .credential = port_credential,
	    .hmac = hmac,
	    .random = port_random,
	    .reply = port_reply,
	    .say = port_say,
	    .alert_line = port_alert_line,
	    .redactor = s->redactor,
	};
}

/* Under a service manager a "<n>" prefix is the priority of the entry. */
void
service_say(int priority, const char *text)
{
	if (getenv("JOURNAL_STREAM") != NULL)
		fprintf(stderr, "<%d>%s\n", priority, text);
	else
		fprintf(stderr, "evidenced: %s\n", text);
}

void
service_line(struct service *s, const struct alert_rule *rule,
	     const char *subject, const char *text)
{
	struct buf datagram = {0};

	alert_entry(rule->id, rule->severity, subject, text,
		    s->ledger == NULL ? NULL : ledger_genesis(s->ledger),
		    &datagram);
	if (!datagram.failed)
		journal_send_line(s->journal, datagram.data, datagram.len);
	buf_free(&datagram);
	if (!journal_stats(s->journal).present)
		service_say(severity_priority(rule->severity), text);
}
