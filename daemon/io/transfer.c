/* One exchange under way: what libcurl calls, and what follows from its
 * result.
 *
 * libcurl is kept from doing anything by itself that a record could not
 * tell: it follows no redirect (hops are judged here, one by one), and it
 * lets each request out once: what died on a reused connection is therefore
 * reported and not repeated.
 *
 * Received bytes are only appended and counted here; whatever looks at them
 * does so once, at the end. */
#include "io/transfer.h"
#include "io/http_guard.h"

#include <string.h>
#include <time.h>

#define SET(option, value) TRANSFER_SET(t, option, value)

int64_t
transfer_clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct wall_time
transfer_wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct wall_time){(int64_t)ts.tv_sec * USEC_PER_SEC +
				  ts.tv_nsec / 1000};
}

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

/* Connected, and nothing sent yet. */
static int
on_connected(void *arg, char *remote_ip, char *local_ip, int remote_port,
	     int local_port)
{
	struct transfer *t = arg;

	if (t->let_out)
		return CURL_PREREQFUNC_ABORT;
	if (t->secret != NULL && http_guard_is_plain(t->url) &&
	    !http_guard_is_loopback(remote_ip)) {
		t->transport = TRANSPORT_INSECURE;
		return CURL_PREREQFUNC_ABORT;
	}
	t->let_out = true;
	t->sent = transfer_wall();
	return CURL_PREREQFUNC_OK;
}

int
transfer_listen(struct transfer *t)
{
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_PREREQFUNCTION, on_connected);
	SET(CURLOPT_PREREQDATA, t);
	if (t->body == NULL)
		return 0;
	SET(CURLOPT_POST, 1L);
	/* Given whole, head and body leave in one system call. */
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_len);
	SET(CURLOPT_POSTFIELDS, t->body);
	return 0;
}

enum transport
transfer_judge(const struct transfer *t)
{
	return http_guard(t->url, t->origin, (const char *const *)t->hosts,
			  t->n_hosts, t->secret != NULL);
}

int
transfer_arm(struct transfer *t)
{
	int64_t left = t->timeout_ms - (transfer_clock_ms() - t->started_ms);

	if (left < 1)
		left = 1;
	buf_reset(&t->head);
	buf_reset(&t->in);
	t->n_headers = 0;
	t->head_bytes = 0;
	t->head_done = false;
	t->let_out = false;
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
		t->transport = transfer_judge(t);
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
