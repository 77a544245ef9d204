/* One reply: the text of a fixture with its placeholders filled in, its
 * headers, and a manner of delivery.
 *
 * evhttp sends whole replies by itself.  Slow ones are a `struct delivery`
 * with a timer.  When the client goes away meanwhile, evhttp takes the
 * request off its connection and leaves it to us: then the reply's end
 * frees it.  So a delivery holds a valid request until it has ended it. */
#include "practice.h"

#include <event2/buffer.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { SPLIT_BACK = 12 }; /* bytes of the credential in the second chunk */

struct delivery {
	struct practice *practice;
	struct evhttp_request *req;
	struct event *timer;
	struct evbuffer *rest; /* not yet sent */
	enum manner manner;
	int status;
	size_t step; /* bytes at a time */
	struct timeval gap;
	struct delivery *next;
};

static void
random_letters(char *out, size_t n)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789";
	unsigned char bytes[32];

	if (getrandom(bytes, n, 0) != (ssize_t)n)
		abort();
	for (size_t i = 0; i < n; i++)
		out[i] = set[bytes[i] % (sizeof(set) - 1)];
	out[n] = '\0';
}

/* Time as digits, nanoseconds, and 8 letters or digits. */
static void
fill_request_id(char *out, size_t size)
{
	struct timespec ts;
	struct tm tm;
	char tail[9];

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	random_letters(tail, 8);
	snprintf(out, size, "%04d%02d%02d%02d%02d%02d%09ld%s",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		 tm.tm_min, tm.tm_sec, ts.tv_nsec, tail);
}

static void
encode_echo(struct buf *out, enum echo_form form, const char *value)
{
	const size_t len = strlen(value);
	unsigned char base64[4 * (CREDENTIAL_MAX / 3 + 1) + 1];

	switch (form) {
	case ECHO_BASE64:
		EVP_EncodeBlock(base64, (const unsigned char *)value, (int)len);
		buf_puts(out, (const char *)base64);
		return;
	case ECHO_PERCENT:
	case ECHO_JSON:
		for (size_t i = 0; i < len; i++)
			buf_printf(out,
				   form == ECHO_JSON ? "\\u%04x" : "%%%02X",
				   (unsigned int)(unsigned char)value[i]);
		return;
	case ECHO_MARKUP:
		for (size_t i = 0; i < len / 2; i++)
			buf_printf(out, "&#%d;", (unsigned char)value[i]);
		buf_printf(out, "<b>%s</b>", value + len / 2);
		return;
	default:
		buf_puts(out, value);
	}
}

/* Where our own redirects lead: to the same gateway by another name of the
 * host, so that the witness sees who follows. */
static void
fill_location(const struct visit *v, const struct behaviour *behaviour,
	      struct words *ret)
{
	const bool moved = strcmp(behaviour->name, "redirect") != 0;
	const char *host = evhttp_request_get_host(v->req);

	if (moved)
		snprintf(ret->location, sizeof(ret->location), "/moved%s",
			 v->path);
	else
		snprintf(ret->location, sizeof(ret->location),
			 "http://%s:%d/elsewhere%s",
			 host != NULL && strcmp(host, "localhost") == 0
			     ? "127.0.0.1"
			     : "localhost",
			 v->gateway->port, v->path);
}

void
answer_words(const struct visit *v, const struct behaviour *behaviour,
	     struct words *ret, struct buf *echo)
{
	const char *value = v->credential.value;
	const size_t len = strlen(value);

	*ret = (struct words){0};
	fill_request_id(ret->request_id, sizeof(ret->request_id));
	random_letters(ret->id, 16);
	fill_location(v, behaviour, ret);
	if (len >= 6)
		snprintf(ret->key_mask, sizeof(ret->key_mask), "%.3s***%s",
			 value, value + len - 3);
	/* a page gets no credential: it repeats that of the first key */
	if (behaviour->at == AT_PAGE && v->practice->settings.n_keys > 0)
		value = v->practice->settings.keys[0].value;
	encode_echo(echo, behaviour->echo, value);
	ret->echo = buf_text(echo);
	ret->echo_escaped = behaviour->echo == ECHO_JSON;
	if (behaviour->echo_place == ECHO_IN_REQUEST_ID)
		snprintf(ret->request_id, sizeof(ret->request_id), "%s", value);
}

/* "Name: value", without the spaces around. */
static void
add_header_line(struct evkeyvalq *out, char *line)
{
	char *value, *end;

	line += strspn(line, " ");
	value = strchr(line, ':');
	if (value == NULL)
		return;
	*value++ = '\0';
	value += strspn(value, " ");
	for (end = value + strlen(value); end > value && end[-1] == ' '; end--)
		end[-1] = '\0';
	evhttp_add_header(out, line, value);
}

static void
add_headers(struct visit *v, const struct behaviour *behaviour,
	    const struct fixture *fixture, const struct words *words)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(v->req);
	struct buf text = {0};
	char *rest, *line;

	if (fixture->type != NULL)
		evhttp_add_header(out, "Content-Type", fixture->type);
	if (behaviour->echo_place == ECHO_IN_HEADER)
		evhttp_add_header(out, "X-Debug-Authorization", words->echo);
	if (fixture->headers == NULL)
		return;
	fixture_fill(&text, fixture->headers, strlen(fixture->headers), words,
		     false);
	rest = text.data;
	while ((line = strsep(&rest, "|")) != NULL)
		add_header_line(out, line);
	buf_free(&text);
}

static void
promise_length(struct evhttp_request *req, size_t len)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", len);
	evhttp_add_header(evhttp_request_get_output_headers(req),
			  "Content-Length", text);
}

static void
delivery_free(struct delivery *d)
{
	struct delivery **at = &d->practice->deliveries;

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	event_free(d->timer);
	evbuffer_free(d->rest);
	free(d);
}

static void
delivery_step(evutil_socket_t fd, short what, void *arg)
{
	struct delivery *d = arg;
	struct evbuffer *piece;

	if (evhttp_request_get_connection(d->req) == NULL) {
		evhttp_send_reply_end(d->req);
		delivery_free(d);
		return;
	}
	if (d->manner == MANNER_HANGUP) {
		evhttp_connection_free(evhttp_request_get_connection(d->req));
		delivery_free(d);
		return;
	}
	if (d->manner == MANNER_SLOW) {
		evhttp_send_reply(d->req, d->status, NULL, d->rest);
		delivery_free(d);
		return;
	}
	piece = evbuffer_new();
	evbuffer_remove_buffer(d->rest, piece, d->step);
	evhttp_send_reply_chunk(d->req, piece);
	evbuffer_free(piece);
	if (evbuffer_get_length(d->rest) == 0) {
		evhttp_send_reply_end(d->req);
		delivery_free(d);
		return;
	}
	d->step = d->manner == MANNER_SPLIT ? evbuffer_get_length(d->rest) : 1;
	event_add(d->timer, &d->gap);
}

/* Takes over the body and ends the request later. */
static void
deliver(struct visit *v, enum manner manner, int status, struct evbuffer *body,
	size_t step, int64_t first_ms, int64_t gap_ms)
{
	struct delivery *d = calloc(1, sizeof(*d));
	struct timeval first = {first_ms / 1000, first_ms % 1000 * 1000};

	if (d == NULL)
		abort();
	d->practice = v->practice;
	d->req = v->req;
	d->rest = evbuffer_new();
	evbuffer_add_buffer(d->rest, body);
	d->manner = manner;
	d->status = status;
	d->step = step;
	d->gap = (struct timeval){gap_ms / 1000, gap_ms % 1000 * 1000};
	d->timer = evtimer_new(v->practice->base, delivery_step, d);
	d->next = v->practice->deliveries;
	v->practice->deliveries = d;
	event_add(d->timer, &first);
}

static void
pad(struct evbuffer *body, int64_t size)
{
	static const char spaces[4096] = {[0 ... 4095] = ' '};
	size_t len;

	while ((len = evbuffer_get_length(body)) < (size_t)size) {
		size_t more = (size_t)size - len;

		evbuffer_add(body, spaces,
			     more < sizeof(spaces) ? more : sizeof(spaces));
	}
}

/* Where the echoed credential is to be cut in two, from the start. */
static size_t
split_point(struct evbuffer *body, const struct words *words)
{
	const char *text = (const char *)evbuffer_pullup(body, -1);
	const size_t len = evbuffer_get_length(body);
	const char *hit = memmem(text, len, words->echo, strlen(words->echo));
	size_t end;

	if (hit == NULL || strlen(words->echo) <= SPLIT_BACK)
		return len / 2;
	end = (size_t)(hit - text) + strlen(words->echo);
	return end - SPLIT_BACK;
}

static void
send_body(struct visit *v, enum manner manner, int status,
	  struct evbuffer *body, const struct words *words)
{
	const struct settings *s = &v->practice->settings;
	const size_t len = evbuffer_get_length(body);
	struct evbuffer *half;

	switch (manner) {
	case MANNER_SLOW:
		deliver(v, manner, status, body, 0, s->slow_ms, 0);
		return;
	case MANNER_HANGUP:
		deliver(v, manner, status, body, 0, 0, 0);
		return;
	case MANNER_DRIP:
		promise_length(v->req, len);
		evhttp_send_reply_start(v->req, status, NULL);
		deliver(v, manner, status, body, 1, s->drip_ms, s->drip_ms);
		return;
	case MANNER_SPLIT:
		evhttp_send_reply_start(v->req, status, NULL);
		deliver(v, manner, status, body, split_point(body, words), 0,
			s->split_ms);
		return;
	case MANNER_CUT:
		promise_length(v->req, len);
		evhttp_add_header(evhttp_request_get_output_headers(v->req),
				  "Connection", "close");
		half = evbuffer_new();
		evbuffer_remove_buffer(body, half, len / 2);
		evhttp_send_reply(v->req, status, NULL, half);
		evbuffer_free(half);
		return;
	case MANNER_PADDED:
		pad(body, s->oversized_bytes);
		break;
	case MANNER_WHOLE:
		break;
	}
	evhttp_send_reply(v->req, status, NULL, body);
}

void
answer_send(struct visit *v, const struct behaviour *behaviour,
	    const struct fixture *fixture, const struct words *words,
	    const struct buf *body)
{
	struct evbuffer *out = evbuffer_new();
	struct buf text = {0};

	if (body != NULL)
		buf_add(&text, buf_text(body), body->len);
	else if (fixture_is_packed(fixture))
		buf_add(&text, fixture->body, fixture->len);
	else
		fixture_fill(&text, fixture->body, fixture->len, words,
			     fixture_is_json(fixture));
	evbuffer_add(out, buf_text(&text), text.len);
	buf_free(&text);
	add_headers(v, behaviour, fixture, words);
	witness_note(v, behaviour->name, fixture->name,
		     behaviour->manner == MANNER_HANGUP ? 0 : fixture->status);
	send_body(v, behaviour->manner, fixture->status, out, words);
	evbuffer_free(out);
}

void
answer_fixture(struct visit *v, const struct behaviour *behaviour,
	       const char *fixture)
{
	struct buf echo = {0};
	struct words words;

	answer_words(v, behaviour, &words, &echo);
	answer_send(v, behaviour, fixtures_find(v->practice->fixtures, fixture),
		    &words, NULL);
	buf_free(&echo);
}

void
answer_plain(struct visit *v, int status, const char *type, const char *text,
	     size_t len)
{
	struct evbuffer *out = evbuffer_new();

	evhttp_add_header(evhttp_request_get_output_headers(v->req),
			  "Content-Type", type);
	evbuffer_add(out, text, len);
	evhttp_send_reply(v->req, status, NULL, out);
	evbuffer_free(out);
}

void
answer_stop_all(struct practice *practice)
{
	while (practice->deliveries != NULL) {
		struct delivery *d = practice->deliveries;

		if (evhttp_request_get_connection(d->req) == NULL)
			evhttp_send_reply_end(d->req);
		delivery_free(d);
	}
}
