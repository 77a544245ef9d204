/* What becomes of an exchange when the other side behaves in any way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- serve functions ---- */

#define OK_JSON                                                 \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" \
	"X-Id:  a b \r\nContent-Length: 11\r\n\r\n{\"ok\":true}"

static void
serve_ok(struct server *server, struct peer *peer)
{
	peer_puts(peer, OK_JSON);
}

/* The text in serve_ctx, and the end of the connection. */
static void
serve_text(struct server *server, struct peer *peer)
{
	peer_puts(peer, server->serve_ctx);
	peer_finish(peer);
}

static void
serve_nothing(struct server *server, struct peer *peer)
{
}

/* The first request of a connection is answered, the second one dies. */
static void
serve_once(struct server *server, struct peer *peer)
{
	if (server->requests == 1)
		serve_ok(server, peer);
	else
		peer_finish(peer);
}

static void
drip(struct peer *peer)
{
	peer_puts(peer, "x");
	peer_later(peer, 5, drip);
}

static void
serve_drips(struct server *server, struct peer *peer)
{
	peer_puts(peer, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
	drip(peer);
}

static void
serve_long_head(struct server *server, struct peer *peer)
{
	char line[1024];

	memset(line, 'a', sizeof(line));
	memcpy(line, "X-Pad: ", 7);
	memcpy(line + sizeof(line) - 3, "\r\n", 3);
	peer_puts(peer, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 80; i++)
		peer_puts(peer, line);
	peer_puts(peer, "\r\nbody");
	peer_finish(peer);
}

static void
serve_bomb(struct server *server, struct peer *peer)
{
	struct buf *bomb = server->serve_ctx;

	peer_puts(peer, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
	peer_send(peer, bomb->data, bomb->len);
	peer_finish(peer);
}

static void
serve_gzip(struct server *server, struct peer *peer)
{
	/* gzip of {"ok":true} */
	static const unsigned char packed[] = {
	    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xab,
	    0x56, 0xca, 0xcf, 0x56, 0xb2, 0x2a, 0x29, 0x2a, 0x4d, 0xad, 0x05,
	    0x00, 0x90, 0x5f, 0xd4, 0xa7, 0x0b, 0x00, 0x00, 0x00};

	peer_puts(peer, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
	peer_send(peer, packed, sizeof(packed));
	peer_finish(peer);
}

/* ---- tests ---- */

static int
open_scene(void **state)
{
	static struct scene scene;

	scene_open(&scene, NULL);
	scene.servers[0].serve = serve_ok;
	scene.servers[1].serve = serve_ok;
	*state = &scene;
	return 0;
}

static int
close_scene(void **state)
{
	scene_close(*state);
	return 0;
}

static void
test_whole_answer(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/a?b=c#d"));
	const struct captured *a;
	struct timespec before, after;
	char url[256];

	clock_gettime(CLOCK_REALTIME, &before);
	a = scene_exchange(s, &r);
	clock_gettime(CLOCK_REALTIME, &after);
	assert_int_equal(a->transport, TRANSPORT_OK);
	assert_int_equal(a->status, 200);
	assert_string_equal(buf_text(&a->body), "{\"ok\":true}");
	assert_non_null(strstr(buf_text(&a->head), "x-id: a b\n"));
	assert_non_null(
	    strstr(buf_text(&a->head), "content-type: application/json\n"));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/a?b=c",
		 s->servers[0].port);
	assert_string_equal(buf_text(&a->final_url), url);
	assert_int_equal(a->redirects, 0);
	assert_false(a->echoed);
	assert_true(a->sent.us >= before.tv_sec * USEC_PER_SEC);
	assert_true(a->sent.us < (after.tv_sec + 1) * USEC_PER_SEC);
}

static void
test_what_is_sent(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/v1"), "key");
	const char *sent;

	scene_exchange(s, &r);
	sent = buf_text(&s->servers[0].last);
	assert_ptr_equal(strstr(sent, "POST /v1 HTTP/1.1\r\n"), sent);
	assert_non_null(strstr(sent, "\r\nAuthorization: Bearer " KEY "\r\n"));
	assert_non_null(strstr(sent, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(sent, "\r\nContent-Length: 13\r\n"));
	assert_non_null(strstr(sent, "\r\n\r\n{\"model\":\"m\"}"));
	assert_non_null(strstr(sent, "\r\nAccept-Encoding: gzip, deflate\r\n"));
	assert_null(strstr(sent, "Cookie"));
	assert_null(strstr(sent, "Expect"));
	assert_null(strstr(sent, "${"));

	r.credential = "";
	r.invalid_secret = "sk-invalid-" NONCE;
	scene_exchange(s, &r);
	sent = buf_text(&s->servers[0].last);
	assert_non_null(
	    strstr(sent, "\r\nAuthorization: Bearer sk-invalid-" NONCE "\r\n"));
	assert_null(strstr(sent, KEY));

	/* Nothing of the user's own is added. */
	r = scene_request(scene_url(s, 0, "/page"));
	scene_exchange(s, &r);
	assert_null(strstr(buf_text(&s->servers[0].last), "Authorization"));
}

static void
test_keeps_alive(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "key");

	for (int i = 0; i < 5; i++)
		assert_int_equal(scene_exchange(s, &r)->transport,
				 TRANSPORT_OK);
	assert_int_equal(s->servers[0].requests, 5);
	assert_int_equal(s->servers[0].connections, 1);
}

/* A body that may have arrived is never sent again, not even when a kept
 * connection died under it. */
static void
test_never_sends_twice(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "key");

	s->servers[0].serve = serve_once;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_OK);
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_RESET);
	assert_int_equal(s->servers[0].requests, 2);
	/* nor is a request without a body */
	r.method = "GET";
	r.body = NULL;
	r.body_len = 0;
	s->servers[0].requests = 0;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_OK);
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_RESET);
	assert_int_equal(s->servers[0].requests, 2);
}

static const struct {
	const char *what;
	const char *text;
	enum transport transport;
	int status;
	const char *body;
} texts[] = {
    {"nothing at all", "", TRANSPORT_RESET, 0, ""},
    {"not HTTP", "hello\r\n", TRANSPORT_RESET, 0, ""},
    {"cut in the head", "HTTP/1.1 200 OK\r\nContent-Le", TRANSPORT_RESET, 200,
     ""},
    {"cut after the status", "HTTP/1.1 401 No\r\n", TRANSPORT_RESET, 401, ""},
    {"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
     TRANSPORT_RESET, 200, "abc"},
    {"cut in a chunk",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
     TRANSPORT_RESET, 200, "abc"},
    {"until the end", "HTTP/1.1 401 No\r\n\r\nabc", TRANSPORT_OK, 401, "abc"},
    {"empty", "HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n", TRANSPORT_OK, 429,
     ""},
    {"an unknown status", "HTTP/1.1 799 Odd\r\n\r\n", TRANSPORT_OK, 799, ""},
    {"an interim answer",
     "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
     TRANSPORT_OK, 200, "ok"},
    {"trailers are not headers",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
     "2\r\nok\r\n0\r\nX-Early: 1\r\n\r\n",
     TRANSPORT_OK, 200, "ok"},
    {"a broken encoding",
     "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all",
     TRANSPORT_ENCODING, 200, ""},
    {"an unknown encoding",
     "HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\n\r\nabc",
     TRANSPORT_ENCODING, 200, ""},
    {"a redirect", "HTTP/1.1 302 F\r\nLocation: /x\r\n\r\n", TRANSPORT_OK, 302,
     ""},
};

static void
test_texts(void **state)
{
	struct scene *s = *state;

	s->servers[0].serve = serve_text;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct http_request r =
		    scene_billable(scene_url(s, 0, "/"), "key");
		const struct captured *a;

		s->servers[0].serve_ctx = (void *)(uintptr_t)texts[i].text;
		a = scene_exchange(s, &r);
		if (a->transport != texts[i].transport ||
		    a->status != texts[i].status ||
		    strcmp(buf_text(&a->body), texts[i].body) != 0)
			fail_msg("%s: %s %d %s", texts[i].what,
				 transport_name(a->transport), a->status,
				 buf_text(&a->body));
		assert_null(strstr(buf_text(&a->head), "x-early"));
		assert_int_equal(s->servers[0].requests, i + 1);
	}
}

static void
test_time_limits(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "key");
	const struct captured *a;

	r.timeout_ms = 150;
	s->servers[0].serve = serve_nothing;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_TIMEOUT);
	assert_int_equal(a->status, 0);
	s->servers[0].serve = serve_drips;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_TIMEOUT);
	assert_int_equal(a->status, 200);
	assert_int_equal(buf_text(&a->body)[0], 'x');
}

static void
test_size_limits(void **state)
{
	static char big[6000];
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));
	const struct captured *a;

	r.max_body_bytes = 1000;
	memset(big, 'b', sizeof(big) - 1);
	memcpy(big, "HTTP/1.1 200 OK\r\n\r\n", 19);
	s->servers[0].serve = serve_text;
	s->servers[0].serve_ctx = big;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_TOO_BIG);
	assert_int_equal(a->status, 200);
	assert_int_equal(a->body.len, 1000);
	big[19 + 1000] = '\0';
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_OK);
	assert_int_equal(a->body.len, 1000);
	s->servers[0].serve = serve_long_head;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_TOO_BIG);
}

static void
test_unpacks(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));
	const struct captured *a;

	s->servers[0].serve = serve_gzip;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_OK);
	assert_string_equal(buf_text(&a->body), "{\"ok\":true}");
}

/* The bomb of the practice gateway: small on the wire, large unpacked. */
static void
test_bomb(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));
	const struct captured *a;
	struct buf bomb = {0};
	char path[512], piece[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/gateway/fixtures/bomb.json.gz",
		 getenv("top_srcdir"));
	f = fopen(path, "rb");
	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&bomb, piece, n);
	fclose(f);
	assert_true(bomb.len < 262144);
	s->servers[0].serve = serve_bomb;
	s->servers[0].serve_ctx = &bomb;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_TOO_BIG);
	assert_int_equal(a->body.len, 262144);
	buf_free(&bomb);
}

static void
test_nobody_there(void **state)
{
	static const char *const hosts[] = {"nowhere.test", "127.0.0.1"};
	struct scene *s = *state;
	struct http_request r = scene_request("http://127.0.0.1:1/");
	const struct captured *a;

	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_CONNECT);
	assert_int_equal(a->status, 0);
	assert_string_equal(buf_text(&a->body), "");
	r = scene_request("https://nowhere.test/");
	r.hosts = hosts;
	r.n_hosts = 2;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_DNS);
}

/* While a resolver hangs, the loop goes on, the limit holds, and taking the
 * exchange away does not wait for the resolver either. */
static void
test_resolver_hangs(void **state)
{
	static const char *const hosts[] = {"api.slow.test"};
	struct scene *s = *state;
	struct http_request r = scene_request("https://api.slow.test/");

	r.hosts = hosts;
	r.timeout_ms = 150;
	names_hold();
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_TIMEOUT);
	print_message("worst stall while a resolver hung: %lld us\n",
		      (long long)s->worst_us);
	r.timeout_ms = 60000;
	assert_int_equal(http_start(s->client, 1, &r), 0);
	event_base_loop(s->base, EVLOOP_NONBLOCK);
	http_cancel_all(s->client);
	assert_int_equal(s->answers[1].transport, TRANSPORT_STOPPED);
	names_release();
}

/* ---- refusals ---- */

static void
test_refused_hosts(void **state)
{
	static const char *const urls[] = {
	    "http://localhost:%d/", "http://[::1]:%d/",
	    "http://127.0.0.2:%d/", "http://user:pass@127.0.0.1:%d/",
	    "ftp://127.0.0.1:%d/",  "file:///etc/passwd",
	    "127.0.0.1:%d/",	    "",
	};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(urls); i++) {
		struct http_request r;
		char url[128];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(url, sizeof(url), urls[i], s->servers[0].port);
#pragma GCC diagnostic pop
		r = scene_billable(url, "key");
		if (scene_exchange(s, &r)->transport != TRANSPORT_HOST)
			fail_msg("%s was not refused", url);
	}
	assert_int_equal(s->servers[0].connections, 0);
}

/* With a secret only listed hosts; without one also the host of the URL. */
static void
test_own_host(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));

	r.n_hosts = 0;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_OK);
	r = scene_billable(scene_url(s, 0, "/"), "key");
	r.n_hosts = 0;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_HOST);
	assert_int_equal(s->servers[0].requests, 1);
}

/* Plain HTTP with a secret goes to loopback only; a name is not even looked
 * up. */
static void
test_plain_with_secret(void **state)
{
	static const char *const hosts[] = {"api.test", "localhost"};
	struct scene *s = *state;
	struct http_request r;
	int looked_up = names_looked_up();
	char url[64];

	r = scene_billable("http://api.test/", "key");
	r.hosts = hosts;
	r.n_hosts = 2;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_INSECURE);
	r.credential = "";
	r.invalid_secret = "sk-invalid-" NONCE;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_INSECURE);
	assert_int_equal(names_looked_up(), looked_up);

	snprintf(url, sizeof(url), "http://localhost:%d/", s->servers[0].port);
	r.url = url;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_OK);
}

static void
test_no_credential(void **state)
{
	static const char *const names[] = {"absent", "", "broken"};
	struct scene *s = *state;

	for (size_t i = 0; i < COUNT(names); i++) {
		struct http_request r =
		    scene_billable(scene_url(s, 0, "/"), names[i]);

		assert_int_equal(scene_exchange(s, &r)->transport,
				 TRANSPORT_NO_CREDENTIAL);
	}
	assert_int_equal(s->servers[0].connections, 0);
}

/* ---- redirects ---- */

/* Sends everybody to the other server under the name localhost. */
static void
serve_away(struct server *server, struct peer *peer)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "HTTP/1.1 302 Found\r\nLocation: http://localhost:%d/there\r\n"
		 "Content-Length: 4\r\n\r\nbye\n",
		 server->scene->servers[1].port);
	peer_puts(peer, text);
}

/* /5 leads to /4 and so on; /0 is the end. */
static void
serve_steps(struct server *server, struct peer *peer)
{
	char text[256];
	int n = buf_text(&server->last)[5] - '0';

	if (n == 0) {
		serve_ok(server, peer);
		return;
	}
	snprintf(text, sizeof(text),
		 "HTTP/1.1 301 Moved\r\nLocation: %d?x#y\r\n"
		 "Content-Length: 0\r\n\r\n",
		 n - 1);
	peer_puts(peer, text);
}

static void
test_redirect_with_secret(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "key");
	const struct captured *a;

	r.max_redirects = 5;
	s->servers[0].serve = serve_away;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_OK);
	assert_int_equal(a->status, 302);
	assert_int_equal(a->redirects, 0);
	assert_non_null(strstr(buf_text(&a->head), "location: http://local"));
	assert_int_equal(s->servers[1].connections, 0);
}

static void
test_redirect_to_foreign_host(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost"};
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));
	const struct captured *a;

	r.max_redirects = 5;
	s->servers[0].serve = serve_away;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_HOST);
	assert_int_equal(a->status, 302);
	assert_int_equal(s->servers[1].connections, 0);
	r.hosts = hosts;
	r.n_hosts = 2;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_OK);
	assert_int_equal(a->status, 200);
	assert_int_equal(a->redirects, 1);
	assert_non_null(strstr(buf_text(&a->final_url), "//localhost:"));
	assert_non_null(strstr(buf_text(&a->final_url), "/there"));
	assert_string_equal(buf_text(&a->body), "{\"ok\":true}");
}

static void
test_redirect_count(void **state)
{
	struct scene *s = *state;
	struct http_request r;
	const struct captured *a;
	char url[256];

	s->servers[0].serve = serve_steps;
	snprintf(url, sizeof(url), "%s", scene_url(s, 0, "/5"));
	r = scene_request(url);
	r.max_redirects = 5;
	a = scene_exchange(s, &r);
	assert_int_equal(a->status, 200);
	assert_int_equal(a->redirects, 5);
	assert_non_null(strstr(buf_text(&a->final_url), "/0?x"));
	assert_null(strchr(buf_text(&a->final_url), '#'));
	r.max_redirects = 4;
	a = scene_exchange(s, &r);
	assert_int_equal(a->transport, TRANSPORT_OK);
	assert_int_equal(a->status, 301);
	assert_int_equal(a->redirects, 4);
	r.max_redirects = 0;
	a = scene_exchange(s, &r);
	assert_int_equal(a->status, 301);
	assert_int_equal(a->redirects, 0);
}

static void
step_later(struct peer *peer)
{
	serve_steps(peer_server(peer), peer);
}

/* Each hop well inside the limit, and not all of them together. */
static void
serve_slow_steps(struct server *server, struct peer *peer)
{
	peer_later(peer, 60, step_later);
}

static void
test_redirects_share_the_limit(void **state)
{
	struct scene *s = *state;
	struct http_request r;
	char url[256];

	s->servers[0].serve = serve_slow_steps;
	snprintf(url, sizeof(url), "%s", scene_url(s, 0, "/5"));
	r = scene_request(url);
	r.max_redirects = 5;
	r.timeout_ms = 200;
	assert_int_equal(scene_exchange(s, &r)->transport, TRANSPORT_TIMEOUT);
}

static const char *const odd_locations[] = {
    "http://user:pass@127.0.0.1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://",
    "http://127.0.0.1.evil.test/",
    "//evil.test/x",
    "\\\\evil.test\\x",
};

/* None of these may reach another host; where the location is only a path it
 * is asked of the same server, which then counts. */
static void
test_odd_locations(void **state)
{
	struct scene *s = *state;
	int looked_up = names_looked_up();

	s->servers[0].serve = serve_text;
	for (size_t i = 0; i < COUNT(odd_locations); i++) {
		struct http_request r = scene_request(scene_url(s, 0, "/"));
		const struct captured *a;
		char text[256];

		r.max_redirects = 1;
		snprintf(text, sizeof(text),
			 "HTTP/1.1 302 F\r\nLocation: %s\r\n\r\n",
			 odd_locations[i]);
		s->servers[0].serve_ctx = text;
		a = scene_exchange(s, &r);
		if (a->transport != TRANSPORT_HOST && a->redirects == 0)
			fail_msg("%s", odd_locations[i]);
		/* nor is a name and password sent that another one gave */
		if (i == 0)
			assert_int_equal(a->transport, TRANSPORT_HOST);
	}
	assert_int_equal(names_looked_up(), looked_up);
}

/* ---- ends ---- */

static void
test_cancel(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "key");

	s->servers[0].serve = serve_nothing;
	for (uint64_t id = 0; id < 5; id++)
		assert_int_equal(http_start(s->client, id, &r), 0);
	r = scene_billable("http://api.test/", "key");
	assert_int_equal(http_start(s->client, 5, &r), 0);
	assert_int_equal(http_in_flight(s->client), 6);
	event_base_loop(s->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	http_cancel_all(s->client);
	assert_int_equal(http_in_flight(s->client), 0);
	for (int id = 0; id < 5; id++) {
		assert_true(s->answers[id].done);
		assert_int_equal(s->answers[id].transport, TRANSPORT_STOPPED);
	}
	/* What was decided before the stop stays what it was. */
	assert_int_equal(s->answers[5].transport, TRANSPORT_HOST);
}

static void
start_another(struct scene *scene, uint64_t id)
{
	struct http_request r = scene_request(scene_url(scene, 0, "/"));

	if (id < 3)
		assert_int_equal(http_start(scene->client, id + 1, &r), 0);
}

static void
test_start_from_answer(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_request(scene_url(s, 0, "/"));

	s->on_done = start_another;
	assert_int_equal(http_start(s->client, 0, &r), 0);
	scene_run(s);
	for (int id = 0; id <= 3; id++)
		assert_int_equal(s->answers[id].transport, TRANSPORT_OK);
	/* An exchange that a stopped one starts is not stopped with it. */
	for (int id = 0; id <= 3; id++)
		s->answers[id].done = false;
	assert_int_equal(http_start(s->client, 2, &r), 0);
	http_cancel_all(s->client);
	assert_int_equal(s->answers[2].transport, TRANSPORT_STOPPED);
	assert_int_equal(http_in_flight(s->client), 1);
	scene_run(s);
	assert_int_equal(s->answers[3].transport, TRANSPORT_OK);
}

/* Left open on purpose: closing the scene frees what is in flight. */
static void
test_free_in_flight(void **state)
{
	struct scene *s = *state;
	struct http_request r = scene_billable(scene_url(s, 0, "/"), "key");

	s->servers[0].serve = serve_nothing;
	assert_int_equal(http_start(s->client, 0, &r), 0);
	r.url = "http://api.test/";
	assert_int_equal(http_start(s->client, 1, &r), 0);
	event_base_loop(s->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_scene, close_scene)

/* A home with a password for the servers of this test. */
static void
write_netrc(char home[])
{
	char path[64];
	FILE *f;

	assert_non_null(mkdtemp(home));
	snprintf(path, sizeof(path), "%s/.netrc", home);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("machine 127.0.0.1 login somebody password else\n", f);
	assert_int_equal(fclose(f), 0);
}

static void
remove_netrc(const char *home)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/.netrc", home);
	unlink(path);
	rmdir(home);
}

int
main(void)
{
	char home[] = "test-http.XXXXXX";
	int r;

	const struct CMUnitTest tests[] = {
	    TEST(test_whole_answer),
	    TEST(test_what_is_sent),
	    TEST(test_keeps_alive),
	    TEST(test_never_sends_twice),
	    TEST(test_texts),
	    TEST(test_time_limits),
	    TEST(test_size_limits),
	    TEST(test_unpacks),
	    TEST(test_bomb),
	    TEST(test_nobody_there),
	    TEST(test_resolver_hangs),
	    TEST(test_refused_hosts),
	    TEST(test_own_host),
	    TEST(test_plain_with_secret),
	    TEST(test_no_credential),
	    TEST(test_redirect_with_secret),
	    TEST(test_redirect_to_foreign_host),
	    TEST(test_redirect_count),
	    TEST(test_redirects_share_the_limit),
	    TEST(test_odd_locations),
	    TEST(test_cancel),
	    TEST(test_start_from_answer),
	    TEST(test_free_in_flight),
	};

	write_netrc(home);
	setenv("HOME", home, 1);
	/* A proxy of the environment would break every one of them. */
	setenv("http_proxy", "http://127.0.0.1:9/", 1);
	setenv("https_proxy", "http://127.0.0.1:9/", 1);
	setenv("all_proxy", "http://127.0.0.1:9/", 1);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	remove_netrc(home);
	return r;
}
