/* Every text of a request that goes into a line is cleaned: the value of a
 * known key becomes its name in brackets, anything else that looks like one
 * becomes [sk].  A line says where a key was found outside its header, so
 * that a leak into a URL or another header is seen. */
#include "practice.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/wall.h"

#include <ctype.h>
#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

enum { WITNESS_BYTES_MAX = 16 * 1024 * 1024, FINGERPRINT_HEX = 12 };

static bool
token_char(char c)
{
	return isalnum((unsigned char)c) ||
	       (c != '\0' && strchr("-._~+/=", c) != NULL);
}

void
credential_read(struct evhttp_request *req, struct credential *ret)
{
	struct evkeyval *h;
	const char *value = NULL, *p;
	int n = 0;

	*ret = (struct credential){0};
	TAILQ_FOREACH(h, evhttp_request_get_input_headers(req), next)
	{
		if (strcasecmp(h->key, "authorization") == 0) {
			value = h->value;
			n++;
		}
	}
	if (n == 0)
		return;
	ret->form = CREDENTIAL_MALFORMED;
	if (n > 1 || strncmp(value, "Bearer ", 7) != 0)
		return;
	value += 7;
	for (p = value; token_char(*p); p++)
		;
	if (*p != '\0' || p == value || p - value > CREDENTIAL_MAX)
		return;
	memcpy(ret->value, value, (size_t)(p - value));
	ret->form = CREDENTIAL_BEARER;
}

/* The known key whose value starts at text, or NULL. */
static const struct key *
key_at(const struct practice *p, const char *text)
{
	for (size_t i = 0; i < p->settings.n_keys; i++) {
		const struct key *k = &p->settings.keys[i];

		if (strncmp(text, k->value, strlen(k->value)) == 0)
			return k;
	}
	return NULL;
}

/* Appends the cleaned text; true when there was something to clean. */
static bool
add_clean(const struct practice *p, struct buf *out, const char *text)
{
	struct buf clean = {0};
	const struct key *key;
	bool hit = false;

	while (*text != '\0') {
		key = key_at(p, text);
		if (key != NULL) {
			buf_printf(&clean, "[%s]", key->name);
			text += strlen(key->value);
			hit = true;
		} else if (strncmp(text, "sk-", 3) == 0) {
			buf_puts(&clean, "[sk]");
			while (token_char(*text) && *text != '/')
				text++;
			hit = true;
		} else {
			buf_putc(&clean, *text++);
		}
	}
	if (!json_quote(out, buf_text(&clean), clean.len))
		buf_puts(out, "\"?\"");
	buf_free(&clean);
	return hit;
}

/* The names of all headers; true when a value but that of Authorization
 * holds a key. */
static bool
add_headers(const struct visit *v, struct buf *out)
{
	struct evkeyval *h;
	struct buf scratch = {0};
	bool hit = false, first = true;

	buf_putc(out, '[');
	TAILQ_FOREACH(h, evhttp_request_get_input_headers(v->req), next)
	{
		if (!first)
			buf_putc(out, ',');
		first = false;
		hit |= add_clean(v->practice, out, h->key);
		if (strcasecmp(h->key, "authorization") != 0)
			hit |= add_clean(v->practice, &scratch, h->value);
	}
	buf_putc(out, ']');
	buf_free(&scratch);
	return hit;
}

static bool
body_has_key(const struct visit *v)
{
	struct evbuffer *body = evhttp_request_get_input_buffer(v->req);
	const size_t len = evbuffer_get_length(body);
	const char *text = (const char *)evbuffer_pullup(body, -1);

	for (size_t i = 0; i < v->practice->settings.n_keys; i++) {
		const char *value = v->practice->settings.keys[i].value;

		if (text != NULL &&
		    memmem(text, len, value, strlen(value)) != NULL)
			return true;
	}
	return false;
}

static void
add_credential(const struct visit *v, struct buf *out)
{
	static const char *const forms[] = {"none", "bearer", "malformed"};
	const char *value = v->credential.value;
	char hex[DIGEST_HEX_LEN + 1];
	struct digest d;

	buf_printf(out, ",\"authorization\":\"%s\",\"key\":",
		   forms[v->credential.form]);
	if (v->credential.form == CREDENTIAL_NONE) {
		buf_puts(out, "null");
	} else if (v->key != NULL) {
		json_quote(out, v->key->name, strlen(v->key->name));
	} else {
		d = digest_sha256(value, strlen(value));
		buf_printf(out, "\"invalid\",\"fingerprint\":\"%.*s\"",
			   FINGERPRINT_HEX, digest_hex(&d, hex));
	}
}

/* Forgets the older half when the journal is full. */
static void
make_room(struct buf *lines)
{
	const char *cut;
	struct buf rest = {0};

	if (lines->len < WITNESS_BYTES_MAX)
		return;
	cut = strchr(lines->data + lines->len / 2, '\n');
	buf_puts(&rest, cut == NULL ? "" : cut + 1);
	buf_free(lines);
	*lines = rest;
}

static const char *
method_name(struct evhttp_request *req)
{
	switch (evhttp_request_get_command(req)) {
	case EVHTTP_REQ_GET:
		return "GET";
	case EVHTTP_REQ_POST:
		return "POST";
	case EVHTTP_REQ_HEAD:
		return "HEAD";
	default:
		return "other";
	}
}

static const char *
header_or_empty(const struct visit *v, const char *name)
{
	const char *value =
	    evhttp_find_header(evhttp_request_get_input_headers(v->req), name);

	return value == NULL ? "" : value;
}

void
witness_note(const struct visit *v, const char *behaviour, const char *fixture,
	     int status)
{
	struct witness *w = &v->practice->witness;
	struct buf *out = &w->lines;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(v->req);
	struct timespec ts;
	char when[WALL_RFC3339_MICRO_LEN + 1];
	bool leaked;

	clock_gettime(CLOCK_REALTIME, &ts);
	wall_format_micro(
	    (struct wall_time){ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000},
	    when);
	make_room(out);
	buf_printf(out, "{\"n\":%lld,\"time\":\"%s\",\"gateway\":\"%s\"",
		   (long long)++w->n, when, v->gateway->name);
	buf_printf(out, ",\"method\":\"%s\",\"path\":", method_name(v->req));
	leaked = add_clean(v->practice, out, evhttp_uri_get_path(uri));
	buf_puts(out, ",\"query\":");
	leaked |= add_clean(
	    v->practice, out,
	    evhttp_uri_get_query(uri) == NULL ? "" : evhttp_uri_get_query(uri));
	buf_puts(out, ",\"host\":");
	add_clean(v->practice, out, header_or_empty(v, "Host"));
	add_credential(v, out);
	buf_puts(out, ",\"content_type\":");
	add_clean(v->practice, out, header_or_empty(v, "Content-Type"));
	buf_printf(
	    out, ",\"body_bytes\":%zu,\"headers\":",
	    evbuffer_get_length(evhttp_request_get_input_buffer(v->req)));
	leaked |= add_headers(v, out);
	leaked |= body_has_key(v);
	buf_printf(out, ",\"key_elsewhere\":%s", leaked ? "true" : "false");
	buf_printf(out, ",\"behaviour\":\"%s\",\"fixture\":\"%s\"",
		   behaviour == NULL ? "" : behaviour,
		   fixture == NULL ? "" : fixture);
	buf_printf(out, ",\"status\":%d}\n", status);
}

void
witness_clear(struct witness *witness)
{
	buf_free(&witness->lines);
}

void
witness_free(struct witness *witness)
{
	buf_free(&witness->lines);
}
