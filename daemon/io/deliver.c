/* From received bytes to the response that the core sees.
 *
 * Headers, body and final URL are cleaned here and nowhere else: first of the
 * very secret of this request, in all its encodings (that it was there is
 * itself an observation), then by the redactor of everything it knows.  The
 * uncleaned bytes are wiped when anything was found in them. */
#include "base/redact.h"
#include "base/secrets.h"
#include "io/transfer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char removed[] = "[redacted]";

/* What is needed to clean one response. */
struct cleaner {
	const struct redactor *redactor;
	struct secrets own; /* the secret of this request, if any */
	bool echoed;
	bool leaked; /* another known secret was in it */
	bool failed; /* out of memory: nothing may be shown */
};

/* Replaces the contents of b by `clean`, wiping what was there. */
static void
replace(struct buf *b, struct buf *clean)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->len);
	buf_free(b);
	*b = *clean;
	*clean = (struct buf){0};
}

/* Appends b without the secret of the request to out; false when it was not
 * in there. */
static bool
remove_own(const struct secrets *own, const struct buf *b, struct buf *out)
{
	struct secrets_walk walk = secrets_walk_begin(own, buf_text(b), b->len);
	struct secrets_find find;
	size_t copied = 0;

	while ((find = secrets_walk_next(&walk)).any) {
		buf_add(out, b->data + copied, find.start - copied);
		buf_puts(out, removed);
		copied = find.end;
	}
	if (copied == 0)
		return false;
	buf_add(out, b->data + copied, b->len - copied);
	return true;
}

/* Cleans the whole of b in place. */
static void
clean(struct cleaner *c, struct buf *b)
{
	struct buf out = {0};

	if (remove_own(&c->own, b, &out)) {
		c->echoed = true;
		c->failed = c->failed || out.failed;
		replace(b, &out);
	}
	if (redact_needed(c->redactor, buf_text(b), b->len)) {
		c->leaked =
		    c->leaked || redact_known(c->redactor, buf_text(b), b->len);
		redact(c->redactor, buf_text(b), b->len, &out);
		c->failed = c->failed || out.failed;
		replace(b, &out);
	}
}

/* Appends the clean text and its end; the start is returned as an offset,
 * because the buffer may still move. */
static size_t
add_clean(struct cleaner *c, struct buf *to, const char *text)
{
	size_t at = to->len;
	struct buf b = {0};

	buf_puts(&b, text);
	c->failed = c->failed || b.failed;
	clean(c, &b);
	buf_add(to, buf_text(&b), b.len);
	buf_putc(to, '\0');
	buf_free(&b);
	return at;
}

/* The clean head, and the offset of every name and value in it. */
static size_t *
clean_head(struct cleaner *c, struct transfer *t, struct buf *head)
{
	size_t *at = calloc(2 * t->n_headers + 1, sizeof(*at));
	const char *p = buf_text(&t->head);

	if (at == NULL)
		return NULL;
	for (size_t i = 0; i < 2 * t->n_headers; i++) {
		at[i] = add_clean(c, head, p);
		p += strlen(p) + 1;
	}
	return at;
}

static struct http_header *
make_headers(const struct transfer *t, const struct buf *head, const size_t *at)
{
	struct http_header *headers =
	    calloc(t->n_headers + 1, sizeof(*headers));

	for (size_t i = 0; headers != NULL && i < t->n_headers; i++) {
		headers[i].name = head->data + at[2 * i];
		headers[i].value = head->data + at[2 * i + 1];
	}
	return headers;
}

static void
clean_url(struct cleaner *c, const struct transfer *t, struct buf *out)
{
	CURLU *copy = t->url == NULL ? NULL : curl_url_dup(t->url);
	char *url = NULL;

	if (copy != NULL &&
	    curl_url_set(copy, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
	    curl_url_get(copy, CURLUPART_URL, &url, 0) == CURLUE_OK) {
		buf_puts(out, url);
		clean(c, out);
	}
	curl_free(url);
	curl_url_cleanup(copy);
}

/* What is shown when there is no memory to clean an answer: that it was cut
 * off, and nothing of it. */
static void
deliver_nothing(const struct transfer *t, const struct http_options *options)
{
	const struct http_response response = {
	    .transport =
		t->transport == TRANSPORT_OK ? TRANSPORT_RESET : t->transport,
	    .body = "",
	    .final_url = "",
	    .sent = t->sent,
	};

	options->done(options->done_ctx, t->id, &response);
}

static void
deliver_clean(struct cleaner *c, struct transfer *t,
	      const struct http_options *options)
{
	struct buf head = {0}, url = {0};
	size_t *at = clean_head(c, t, &head);
	struct http_header *headers = NULL;

	clean(c, &t->in);
	clean_url(c, t, &url);
	if (at != NULL && !c->failed && !head.failed && !t->in.failed &&
	    !url.failed)
		headers = make_headers(t, &head, at);
	if (headers == NULL) {
		deliver_nothing(t, options);
	} else {
		const struct http_response response = {
		    .transport = t->transport,
		    .status = t->status,
		    .headers = headers,
		    .n_headers = t->n_headers,
		    .body = buf_text(&t->in),
		    .body_len = t->in.len,
		    .final_url = buf_text(&url),
		    .redirects = t->redirects,
		    .credential_echoed = c->echoed,
		    .credential_leaked = c->leaked,
		    .sent = t->sent,
		};

		options->done(options->done_ctx, t->id, &response);
	}
	free(headers);
	free(at);
	buf_free(&head);
	buf_free(&url);
}

void
transfer_deliver(struct transfer *t, const struct http_options *options)
{
	struct cleaner c = {.redactor = options->redactor};

	if (t->secret != NULL)
		c.failed = secrets_add(&c.own, t->secret, t->secret_len,
				       t->secret_invalid) < 0 ||
			   redactor_spare(options->redactor, &c.own) < 0;
	if (c.failed)
		deliver_nothing(t, options);
	else
		deliver_clean(&c, t, options);
	secrets_fini(&c.own);
}
