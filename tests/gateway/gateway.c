/* Listeners and routes.
 *
 * Every listener is bound to 127.0.0.1: the keys of a settings file stand in
 * clear and /practice/ has no password, so nothing else may reach it.  A
 * path that begins with one of our own detours (/moved, /elsewhere) serves
 * what lies behind it, good, so that the witness sees who followed. */
#include "practice.h"

#include "surface.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { HEADERS_BYTES_MAX = 32768, BODY_BYTES_MAX = 1048576, IDLE_S = 600 };

int64_t
practice_now_ms(const struct practice *p)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 +
	       p->advanced_ms;
}

static void
strip_detour(struct visit *v)
{
	static const char *const prefixes[] = {"/moved", "/elsewhere"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const size_t n = strlen(prefixes[i]);

		if (strncmp(v->path, prefixes[i], n) == 0 &&
		    v->path[n] == '/') {
			v->path += n;
			v->detoured = true;
			return;
		}
	}
}

/* A reader gets the console's page, a writer a redirect; never JSON. */
static void
wrong_path(struct visit *v, bool reading)
{
	const struct behaviour *healthy = behaviour_find("healthy", AT_PAGE);
	struct buf echo = {0};
	struct words words;

	answer_words(v, healthy, &words, &echo);
	snprintf(words.location, sizeof(words.location), "/");
	answer_send(v, healthy,
		    fixtures_find(v->practice->fixtures,
				  reading ? "console.html" : "wrong-path.html"),
		    &words, NULL);
	buf_free(&echo);
}

static void
route(struct visit *v)
{
	const enum evhttp_cmd_type method = evhttp_request_get_command(v->req);
	const bool reading =
	    method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD;

	if (strncmp(v->path, "/practice/", 10) == 0)
		admin_serve(v);
	else if (method == EVHTTP_REQ_POST &&
		 strcmp(v->path, "/v1/chat/completions") == 0)
		chat_serve(v);
	else if (method == EVHTTP_REQ_GET &&
		 (strcmp(v->path, "/api/usage/token") == 0 ||
		  strcmp(v->path, "/api/usage/token/") == 0))
		surface_serve(v);
	else if (!reading || !pages_serve(v))
		wrong_path(v, reading);
}

static void
on_request(struct evhttp_request *req, void *arg)
{
	struct gateway *gateway = arg;
	struct visit v = {
	    .practice = gateway->practice,
	    .gateway = gateway,
	    .req = req,
	    .path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(req)),
	};

	if (v.path == NULL)
		v.path = "";
	credential_read(req, &v.credential);
	v.key = key_find(v.practice, v.credential.value);
	strip_detour(&v);
	route(&v);
}

static int
gateway_open(struct practice *p, struct gateway *g, struct err *err)
{
	struct evhttp_bound_socket *bound;
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);

	g->practice = p;
	g->http = evhttp_new(p->base);
	if (g->http == NULL)
		return err_set(err, ERR_NOMEM, "out of memory");
	evhttp_set_gencb(g->http, on_request, g);
	evhttp_set_allowed_methods(
	    g->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
			 EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE);
	evhttp_set_max_headers_size(g->http, HEADERS_BYTES_MAX);
	evhttp_set_max_body_size(g->http, BODY_BYTES_MAX);
	evhttp_set_timeout(g->http, IDLE_S);
	evhttp_set_default_content_type(g->http, NULL);
	bound = evhttp_bind_socket_with_handle(g->http, "127.0.0.1",
					       (unsigned short)g->port);
	if (bound == NULL)
		return err_set(err, ERR_IO, "%s: cannot listen on port %d",
			       g->name, g->port);
	if (getsockname(evhttp_bound_socket_get_fd(bound),
			(struct sockaddr *)&sin, &len) < 0)
		return err_set(err, ERR_IO, "%s: no port", g->name);
	g->port = ntohs(sin.sin_port);
	return 0;
}

int
gateway_open_all(struct practice *p, struct err *err)
{
	for (size_t i = 0; i < p->settings.n_gateways; i++) {
		const int rc = gateway_open(p, &p->settings.gateways[i], err);

		if (rc < 0)
			return rc;
	}
	return 0;
}

void
gateway_close_all(struct practice *p)
{
	answer_stop_all(p);
	for (size_t i = 0; i < p->settings.n_gateways; i++) {
		if (p->settings.gateways[i].http != NULL)
			evhttp_free(p->settings.gateways[i].http);
	}
}
