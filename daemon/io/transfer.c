/* One exchange: copies of the request, libcurl's handle, what was received.
 *
 * libcurl is kept from doing anything by itself that a record could not
 * tell: it follows no redirect (hops are judged here, one by one), and it
 * cannot send a body a second time, because the body comes from a callback
 * that cannot be rewound; a POST that died on a reused connection is
 * therefore reported and not repeated.
 *
 * Received bytes are only appended and counted here; whatever looks at them
 * does so once, at the end. */
#include "io/transfer.h"
#include "check/template.h"
#include "io/http_guard.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const char secret_place[] = "${secret}";

static int64_t
monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct wall_time
wall_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct wall_time){(int64_t)ts.tv_sec * USEC_PER_SEC +
				  ts.tv_nsec / 1000};
}

/* ---- what libcurl calls ---- */

/* Lower-case name and trimmed value of one header line. */
static void
keep_header(struct transfer *t, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	const char *value;
	size_t n;

	if (colon == NULL || line[0] == ' ' || line[0] == '\t' ||
	    memchr(line, '\0', len) != NULL)
		return;
	for (const char *p = line; p < colon; p++)
		buf_putc(&t->head,
			 *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p);
	buf_putc(&t->head, '\0');
	value = colon + 1;
	n = len - (size_t)(value - line);
	while (n > 0 && (*value == ' ' || *value == '\t'))
		value++, n--;
	while (n > 0 && strchr(" \t\r\n", value[n - 1]) != NULL)
		n--;
	buf_add(&t->head, value, n);
	buf_putc(&t->head, '\0');
	t->n_headers++;
}

static size_t
on_header(char *line, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * n;

	t->head_bytes += len;
	if (t->head_bytes > HTTP_HEAD_MAX) {
		t->too_big = true;
		return 0;
	}
	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		/* An interim answer may have come before. */
		buf_reset(&t->head);
		t->n_headers = 0;
		t->head_done = false;
	} else if (line[0] == '\r' || line[0] == '\n') {
		t->head_done = true;
	} else if (!t->head_done) { /* trailers are not evidence */
		keep_header(t, line, len);
	}
	return t->head.failed ? 0 : len;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * n;
	size_t room = (size_t)t->max_body_bytes - t->in.len;

	buf_add(&t->in, bytes, len < room ? len : room);
	if (len > room)
		t->too_big = true;
	return t->too_big || t->in.failed ? 0 : len;
}

static size_t
on_read(char *to, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * n, left = t->body_len - t->body_sent;

	if (len > left)
		len = left;
	if (len > 0)
		memcpy(to, t->body + t->body_sent, len);
	t->body_sent += len;
	return len;
}

/* Sending the body again is what this refuses. */
static int
on_seek(void *arg, curl_off_t offset, int origin)
{
	const struct transfer *t = arg;

	return offset == 0 && origin == SEEK_SET && t->body_sent == 0
		   ? CURL_SEEKFUNC_OK
		   : CURL_SEEKFUNC_FAIL;
}

/* Connected, and nothing sent yet. */
static int
on_connected(void *arg, char *remote_ip, char *local_ip, int remote_port,
	     int local_port)
{
	struct transfer *t = arg;

	if (t->secret != NULL && http_guard_is_plain(t->url) &&
	    !http_guard_is_loopback(remote_ip)) {
		t->transport = TRANSPORT_INSECURE;
		return CURL_PREREQFUNC_ABORT;
	}
	t->sent = wall_clock();
	return CURL_PREREQFUNC_OK;
}

/* ---- from a request to a handle ---- */

/* The template with every ${secret} filled in, in memory of exactly its
 * size, so that no copy stays behind in a block that had to grow. */
static char *
fill_secret(const char *name, const char *value, const struct transfer *t)
{
	size_t len = strlen(name) + 2 + strlen(value) + 1;
	const char *place;
	char *line, *out;

	for (place = value; (place = strstr(place, secret_place)) != NULL;
	     place += sizeof(secret_place) - 1)
		len += t->secret_len;
	line = out = malloc(len);
	if (line == NULL)
		return NULL;
	out += snprintf(out, len, "%s:%s", name, value[0] == '\0' ? "" : " ");
	while ((place = strstr(value, secret_place)) != NULL) {
		out = mempcpy(out, value, (size_t)(place - value));
		out = mempcpy(out, t->secret, t->secret_len);
		value = place + sizeof(secret_place) - 1;
	}
	memcpy(out, value, strlen(value) + 1);
	return line;
}

static int
add_line(struct transfer *t, const char *line)
{
	struct curl_slist *more = curl_slist_append(t->lines, line);

	if (more == NULL)
		return ERR_NOMEM;
	t->lines = more;
	return 0;
}

static int
add_header(struct transfer *t, const struct http_header *header)
{
	char *line = fill_secret(header->name, header->value, t);
	int r;

	if (line == NULL)
		return ERR_NOMEM;
	/* libcurl sends a header without a value only in this form. */
	if (header->value[0] == '\0')
		line[strlen(line) - 1] = ';';
	r = add_line(t, line);
	explicit_bzero(line, strlen(line));
	free(line);
	return r;
}

static bool
has_header(const struct http_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		if (strcasecmp(request->headers[i].name, name) == 0)
			return true;
	}
	return false;
}

static int
add_headers(struct transfer *t, const struct http_request *request)
{
	int r = 0;

	for (size_t i = 0; i < request->n_headers && r == 0; i++)
		r = add_header(t, &request->headers[i]);
	/* What libcurl would add by itself. */
	if (r == 0 && !has_header(request, "Content-Type"))
		r = add_line(t, "Content-Type:");
	if (r == 0 && !has_header(request, "Accept"))
		r = add_line(t, "Accept:");
	if (r == 0)
		r = add_line(t, "Expect:");
	return r;
}

static bool
wants_secret(const struct http_request *request)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		if (template_uses(request->headers[i].value, "secret"))
			return true;
	}
	return false;
}

static int
copy_secret(struct transfer *t, const char *value, size_t len)
{
	t->secret = malloc(len + 1);
	if (t->secret == NULL)
		return ERR_NOMEM;
	memcpy(t->secret, value, len);
	t->secret[len] = '\0';
	t->secret_len = len;
	return 0;
}

/* A secret that could end a header line is as good as none. */
static int
find_secret(struct transfer *t, const struct http_options *options,
	    const struct http_request *request)
{
	const char *value = request->invalid_secret;
	size_t len = value == NULL ? 0 : strlen(value);

	t->secret_invalid = value != NULL;
	if (value == NULL && !wants_secret(request))
		return 0;
	if (value == NULL &&
	    !options->credential(options->credential_ctx, request->credential,
				 &value, &len)) {
		t->transport = TRANSPORT_NO_CREDENTIAL;
		return 0;
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			t->transport = TRANSPORT_NO_CREDENTIAL;
	}
	return t->transport == TRANSPORT_OK ? copy_secret(t, value, len) : 0;
}

static int
copy_hosts(struct transfer *t, const struct http_request *request)
{
	t->hosts = calloc(request->n_hosts + 1, sizeof(*t->hosts));
	if (t->hosts == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < request->n_hosts; i++) {
		t->hosts[i] = strdup(request->hosts[i]);
		if (t->hosts[i] == NULL)
			return ERR_NOMEM;
		t->n_hosts++;
	}
	return 0;
}

static enum transport
judge(struct transfer *t)
{
	return http_guard(t->url, t->origin, (const char *const *)t->hosts,
			  t->n_hosts, t->secret != NULL);
}

static int
copy_request(struct transfer *t, const struct http_options *options,
	     const struct http_request *request)
{
	int r;

	t->timeout_ms = request->timeout_ms;
	t->max_body_bytes =
	    request->max_body_bytes > 0 ? request->max_body_bytes : 0;
	t->started_ms = monotonic_ms();
	t->sent = wall_clock();
	t->method = strdup(request->method);
	t->origin = curl_url();
	if (t->method == NULL || t->origin == NULL)
		return ERR_NOMEM;
	r = find_secret(t, options, request);
	if (r < 0 || t->transport != TRANSPORT_OK)
		return r;
	t->max_redirects = t->secret == NULL ? request->max_redirects : 0;
	if (curl_url_set(t->origin, CURLUPART_URL, request->url,
			 CURLU_DISALLOW_USER) != CURLUE_OK) {
		t->transport = TRANSPORT_HOST;
		return 0;
	}
	t->url = curl_url_dup(t->origin);
	if (t->url == NULL)
		return ERR_NOMEM;
	r = copy_hosts(t, request);
	if (r < 0)
		return r;
	t->transport = judge(t);
	if (request->body != NULL && r == 0) {
		t->body = malloc(request->body_len + 1);
		if (t->body == NULL)
			return ERR_NOMEM;
		memcpy(t->body, request->body, request->body_len);
		t->body_len = request->body_len;
	}
	return t->transport == TRANSPORT_OK ? add_headers(t, request) : 0;
}

/* Every option that must hold is checked: an option that this libcurl does
 * not know would be a promise that is not kept. */
#define SET(option, value)                                        \
	do {                                                      \
		CURLcode set_code_ =                              \
		    curl_easy_setopt(t->easy, (option), (value)); \
		if (set_code_ != CURLE_OK)                        \
			return ERR_NOMEM;                         \
	} while (0)

static int
set_rules(struct transfer *t, const struct http_options *options, CURLSH *share)
{
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_SHARE, share);
	SET(CURLOPT_NOSIGNAL, 1L);
	/* Else the end of a time-out would wait for the resolver. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	if (options->ca_file != NULL)
		SET(CURLOPT_CAINFO, options->ca_file);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_PREREQFUNCTION, on_connected);
	SET(CURLOPT_PREREQDATA, t);
	SET(CURLOPT_HTTPHEADER, t->lines);
	return 0;
}

static int
set_body(struct transfer *t)
{
	if (t->body != NULL) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_len);
		SET(CURLOPT_READFUNCTION, on_read);
		SET(CURLOPT_READDATA, t);
		SET(CURLOPT_SEEKFUNCTION, on_seek);
		SET(CURLOPT_SEEKDATA, t);
	}
	SET(CURLOPT_CUSTOMREQUEST, t->method);
	return 0;
}

int
transfer_new(const struct http_options *options, CURLSH *share,
	     const struct http_request *request, struct transfer **ret_transfer)
{
	struct transfer *t = calloc(1, sizeof(*t));
	int r;

	if (t == NULL)
		return ERR_NOMEM;
	r = copy_request(t, options, request);
	if (r == 0 && t->transport == TRANSPORT_OK) {
		t->easy = curl_easy_init();
		r = t->easy == NULL ? ERR_NOMEM : set_rules(t, options, share);
		if (r == 0)
			r = set_body(t);
	}
	if (r < 0) {
		transfer_free(t);
		return r;
	}
	*ret_transfer = t;
	return 0;
}

static void
wipe(char *text, size_t len)
{
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
}

void
transfer_free(struct transfer *t)
{
	if (t->easy != NULL)
		curl_easy_cleanup(t->easy);
	curl_url_cleanup(t->url);
	curl_url_cleanup(t->origin);
	for (struct curl_slist *l = t->lines; l != NULL; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	curl_slist_free_all(t->lines);
	wipe(t->secret, t->secret_len);
	for (size_t i = 0; i < t->n_hosts; i++)
		free(t->hosts[i]);
	free(t->hosts);
	free(t->method);
	free(t->body);
	buf_free(&t->head);
	buf_free(&t->in);
	free(t);
}

/* ---- hops ---- */

int
transfer_arm(struct transfer *t)
{
	int64_t left = t->timeout_ms - (monotonic_ms() - t->started_ms);

	if (left < 1)
		left = 1;
	buf_reset(&t->head);
	buf_reset(&t->in);
	t->n_headers = 0;
	t->head_bytes = 0;
	t->head_done = false;
	t->body_sent = 0;
	SET(CURLOPT_CURLU, t->url);
	SET(CURLOPT_TIMEOUT_MS, (long)left);
	SET(CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(left < HTTP_CONNECT_MS ? left : HTTP_CONNECT_MS));
	return 0;
}

static enum transport
of_code(CURLcode code, const struct transfer *t)
{
	if (t->transport != TRANSPORT_OK) /* refused on our side */
		return t->transport;
	if (t->too_big)
		return TRANSPORT_TOO_BIG;
	switch (code) {
	case CURLE_OK:
		/* libcurl lets a head pass that was cut off. */
		return t->head_done ? TRANSPORT_OK : TRANSPORT_RESET;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return TRANSPORT_DNS;
	case CURLE_COULDNT_CONNECT:
	case CURLE_INTERFACE_FAILED:
		return TRANSPORT_CONNECT;
	case CURLE_OPERATION_TIMEDOUT:
		return TRANSPORT_TIMEOUT;
	case CURLE_BAD_CONTENT_ENCODING:
		return TRANSPORT_ENCODING;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_USE_SSL_FAILED:
		return TRANSPORT_TLS;
	default:
		return TRANSPORT_RESET;
	}
}

static const char *
location(const struct transfer *t)
{
	const char *p = buf_text(&t->head);

	for (size_t i = 0; i < t->n_headers; i++) {
		const char *value = p + strlen(p) + 1;

		if (strcmp(p, "location") == 0)
			return value;
		p = value + strlen(value) + 1;
	}
	return NULL;
}

static bool
is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

/* True when t->url is now that of an allowed next hop. */
static bool
take_hop(struct transfer *t)
{
	const char *to = location(t);
	CURLU *last = t->url;

	if (to == NULL)
		return false;
	t->url = curl_url_dup(last);
	if (t->url == NULL ||
	    curl_url_set(t->url, CURLUPART_URL, to,
			 CURLU_DISALLOW_USER | CURLU_URLENCODE) != CURLUE_OK) {
		t->transport = TRANSPORT_HOST;
	} else {
		t->transport = judge(t);
		if (t->transport == TRANSPORT_OK)
			t->transport = http_guard_hop(last, t->url);
	}
	if (t->transport != TRANSPORT_OK) {
		curl_url_cleanup(t->url);
		t->url = last;
		return false;
	}
	curl_url_cleanup(last);
	t->redirects++;
	return true;
}

bool
transfer_finish_hop(struct transfer *t, CURLcode code)
{
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	t->status = (int)status;
	t->transport = of_code(code, t);
	return t->transport == TRANSPORT_OK && is_redirect(t->status) &&
	       t->redirects < t->max_redirects && take_hop(t);
}
