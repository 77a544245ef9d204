/* See http_scene.h.  getaddrinfo() is replaced for the whole test program, so
 * that the resolver threads of libcurl come here. */
#include "http_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- names ---- */

static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t names_changed = PTHREAD_COND_INITIALIZER;
static bool names_held;
static int names_count;

int
names_looked_up(void)
{
	int n;

	pthread_mutex_lock(&names_lock);
	n = names_count;
	pthread_mutex_unlock(&names_lock);
	return n;
}

static void
set_held(bool held)
{
	pthread_mutex_lock(&names_lock);
	names_held = held;
	pthread_cond_broadcast(&names_changed);
	pthread_mutex_unlock(&names_lock);
}

void
names_hold(void)
{
	set_held(true);
}

void
names_release(void)
{
	set_held(false);
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* Literals go to the real one; no name exists. */
int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
	    struct addrinfo **ret)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
		    struct addrinfo **);
	void *symbol;

	if (node != NULL && ends_with(node, ".test")) {
		pthread_mutex_lock(&names_lock);
		names_count++;
		while (names_held && ends_with(node, ".slow.test"))
			pthread_cond_wait(&names_changed, &names_lock);
		pthread_mutex_unlock(&names_lock);
		return EAI_NONAME;
	}
	symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	memcpy(&real, &symbol, sizeof(real));
	return real(node, service, hints, ret);
}

/* ---- servers ---- */

struct peer {
	struct peer *next;
	struct server *server;
	struct bufferevent *bev;
	struct event *timer;
	void (*then)(struct peer *peer);
};

static void
peer_free(struct peer *p)
{
	struct peer **at = &p->server->scene->peers;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	event_free(p->timer);
	bufferevent_free(p->bev);
	free(p);
}

/* The length of one whole request at the start of the buffer, or 0. */
static size_t
request_length(struct evbuffer *in)
{
	const char *text = (const char *)evbuffer_pullup(in, -1);
	size_t len = evbuffer_get_length(in), head, body = 0;
	const char *end, *length;

	if (len == 0 || (end = memmem(text, len, "\r\n\r\n", 4)) == NULL)
		return 0;
	head = (size_t)(end + 4 - text);
	length = memmem(text, head, "Content-Length: ", 16);
	if (length != NULL)
		body = strtoul(length + 16, NULL, 10);
	return len >= head + body ? head + body : 0;
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct peer *p = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t n = request_length(in);

	if (n == 0)
		return;
	buf_reset(&p->server->last);
	buf_add(&p->server->last, evbuffer_pullup(in, (ev_ssize_t)n), n);
	evbuffer_drain(in, n);
	p->server->requests++;
	p->server->serve(p->server, p);
}

static void
on_gone(struct bufferevent *bev, short what, void *arg)
{
	peer_free(arg);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct peer *p = arg;

	p->then(p);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
	  struct sockaddr *address, int len, void *arg)
{
	struct server *server = arg;
	struct peer *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	server->connections++;
	p->server = server;
	p->bev = bufferevent_socket_new(server->scene->base, fd,
					BEV_OPT_CLOSE_ON_FREE);
	p->timer = evtimer_new(server->scene->base, on_timer, p);
	p->next = server->scene->peers;
	server->scene->peers = p;
	bufferevent_setcb(p->bev, on_read, NULL, on_gone, p);
	bufferevent_enable(p->bev, EV_READ | EV_WRITE);
}

void
peer_send(struct peer *peer, const void *bytes, size_t len)
{
	bufferevent_write(peer->bev, bytes, len);
}

void
peer_puts(struct peer *peer, const char *text)
{
	peer_send(peer, text, strlen(text));
}

static void
on_sent(struct bufferevent *bev, void *arg)
{
	peer_free(arg);
}

void
peer_finish(struct peer *peer)
{
	if (evbuffer_get_length(bufferevent_get_output(peer->bev)) == 0)
		peer_free(peer);
	else
		bufferevent_setcb(peer->bev, NULL, on_sent, on_gone, peer);
}

void
peer_later(struct peer *peer, int ms, void (*then)(struct peer *peer))
{
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	peer->then = then;
	event_add(peer->timer, &tv);
}

struct server *
peer_server(struct peer *peer)
{
	return peer->server;
}

static void
open_server(struct scene *scene, struct server *server)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);

	server->scene = scene;
	server->listener = evconnlistener_new_bind(
	    scene->base, on_accept, server, LEV_OPT_CLOSE_ON_FREE, 128,
	    (struct sockaddr *)&a, sizeof(a));
	assert_non_null(server->listener);
	assert_int_equal(getsockname(evconnlistener_get_fd(server->listener),
				     (struct sockaddr *)&a, &len),
			 0);
	server->port = ntohs(a.sin_port);
}

/* ---- the client's side ---- */

static bool
credential(void *ctx, const char *name, const char **ret_value, size_t *ret_len)
{
	static char practice[128];
	const char *value = NULL;

	if (strncmp(name, PRACTICE, strlen(PRACTICE)) == 0) {
		snprintf(practice, sizeof(practice), PRACTICE_KEY, name);
		value = practice;
	} else if (strcmp(name, "key") == 0)
		value = KEY;
	else if (strcmp(name, "odd") == 0)
		value = ODD;
	else if (strcmp(name, "broken") == 0)
		value = "12345678\r\nX-Evil: 1";
	if (value == NULL)
		return false;
	*ret_value = value;
	*ret_len = strlen(value);
	return true;
}

static void
done(void *ctx, uint64_t id, const struct http_response *r)
{
	struct scene *scene = ctx;
	struct captured *a = &scene->answers[id];

	assert_true(id < SCENE_ANSWERS);
	assert_false(a->done); /* exactly once */
	assert_int_equal(r->body[r->body_len], '\0');
	a->done = true;
	a->transport = r->transport;
	a->status = r->status;
	for (size_t i = 0; i < r->n_headers; i++)
		buf_printf(&a->head, "%s: %s\n", r->headers[i].name,
			   r->headers[i].value);
	buf_add(&a->body, r->body, r->body_len);
	buf_puts(&a->final_url, r->final_url);
	a->redirects = r->redirects;
	a->echoed = r->credential_echoed;
	a->leaked = r->credential_leaked;
	a->sent = r->sent;
	if (scene->on_done != NULL)
		scene->on_done(scene, id);
}

static int64_t
now_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
measure(int64_t *last_us, int64_t *worst_us, clockid_t clock)
{
	int64_t now = now_us(clock);

	if (now - *last_us > *worst_us)
		*worst_us = now - *last_us;
	*last_us = now;
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct scene *scene = arg;

	measure(&scene->turn_us, &scene->worst_us, CLOCK_MONOTONIC);
	measure(&scene->turn_cpu_us, &scene->worst_cpu_us,
		CLOCK_THREAD_CPUTIME_ID);
	if (http_in_flight(scene->client) == 0)
		event_base_loopbreak(scene->base);
}

void
scene_open(struct scene *scene, const char *ca_file)
{
	struct http_options options = {
	    .credential = credential,
	    .done = done,
	    .done_ctx = scene,
	    .ca_file = ca_file,
	};
	struct err err = {0};

	*scene = (struct scene){.base = event_base_new()};
	scene->redactor = redactor_new();
	assert_non_null(scene->base);
	assert_non_null(scene->redactor);
	assert_int_equal(
	    redactor_add(scene->redactor, "key", KEY, strlen(KEY), NULL), 0);
	options.redactor = scene->redactor;
	if (http_client_new(scene->base, &options, &scene->client, &err) < 0)
		fail_msg("%s", err.text);
	for (int i = 0; i < SCENE_SERVERS; i++)
		open_server(scene, &scene->servers[i]);
	scene->turn = event_new(scene->base, -1, EV_PERSIST, on_turn, scene);
}

static void
forget(struct captured *a)
{
	buf_free(&a->head);
	buf_free(&a->body);
	buf_free(&a->final_url);
	*a = (struct captured){0};
}

void
scene_close(struct scene *scene)
{
	http_client_free(scene->client);
	while (scene->peers != NULL)
		peer_free(scene->peers);
	for (int i = 0; i < SCENE_SERVERS; i++) {
		evconnlistener_free(scene->servers[i].listener);
		buf_free(&scene->servers[i].last);
	}
	for (int i = 0; i < SCENE_ANSWERS; i++)
		forget(&scene->answers[i]);
	event_free(scene->turn);
	redactor_free(scene->redactor);
	event_base_free(scene->base);
}

const char *
scene_url(struct scene *scene, int server, const char *path)
{
	static char url[256];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s",
		 scene->servers[server].port, path);
	return url;
}

void
scene_run(struct scene *scene)
{
	const struct timeval ms = {0, 1000};
	const struct timeval guard = {SCENE_GUARD_S, 0};

	scene->worst_us = scene->worst_cpu_us = 0;
	scene->turn_us = now_us(CLOCK_MONOTONIC);
	scene->turn_cpu_us = now_us(CLOCK_THREAD_CPUTIME_ID);
	event_add(scene->turn, &ms);
	event_base_loopexit(scene->base, &guard);
	event_base_dispatch(scene->base);
	event_del(scene->turn);
	assert_int_equal(http_in_flight(scene->client), 0);
}

static const char *const loopback[] = {"127.0.0.1"};

struct http_request
scene_request(const char *url)
{
	return (struct http_request){
	    .method = "GET",
	    .url = url,
	    .credential = "",
	    .timeout_ms = 5000,
	    .max_body_bytes = 262144,
	    .hosts = loopback,
	    .n_hosts = 1,
	};
}

struct http_request
scene_billable(const char *url, const char *name)
{
	static const struct http_header headers[] = {
	    {"Authorization", "Bearer ${secret}"},
	    {"Content-Type", "application/json"},
	};
	struct http_request r = scene_request(url);

	r.method = "POST";
	r.headers = headers;
	r.n_headers = COUNT(headers);
	r.body = "{\"model\":\"m\"}";
	r.body_len = strlen(r.body);
	r.credential = name;
	return r;
}

const struct captured *
scene_exchange(struct scene *scene, const struct http_request *request)
{
	forget(&scene->answers[0]);
	assert_int_equal(http_start(scene->client, 0, request), 0);
	/* Never from inside the call. */
	assert_false(scene->answers[0].done);
	scene_run(scene);
	assert_true(scene->answers[0].done);
	return &scene->answers[0];
}
