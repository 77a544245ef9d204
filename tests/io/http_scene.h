/* A client and scripted servers on one loop, for the tests of io/http.
 *
 * A server is a raw socket: it reads one request after the other and calls
 * `serve`, which may answer anything at all.  Nothing leaves loopback: names
 * are looked up in a table of this file. */
#ifndef TESTS_IO_HTTP_SCENE_H
#define TESTS_IO_HTTP_SCENE_H

#include "base/buf.h"
#include "io/http.h"

#include <event2/event.h>
#include <event2/util.h>
#include <stdbool.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The credentials of the scene, by name. */
#define KEY   "sk-live-Zm9vYmFy0123456789abcdefXYZ"
#define ODD   "odd\"key\\with/signs+and=percent%7Eend"
#define NONCE "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
/* Names that begin so have a credential of this form. */
#define PRACTICE     "w-"
#define PRACTICE_KEY "sk-practice-0123456789-%s"

struct peer; /* one connection of a server */

struct server {
	struct evconnlistener *listener;
	struct scene *scene;
	int port;
	int connections;
	int requests;
	struct buf last; /* the last request, head and body */
	void (*serve)(struct server *server, struct peer *peer);
	void *serve_ctx;
};

/* What came back, copied. */
struct captured {
	bool done;
	enum transport transport;
	int status;
	struct buf head; /* "name: value\n" lines */
	struct buf body;
	struct buf final_url;
	int redirects;
	bool echoed, leaked;
	struct wall_time sent;
};

enum { SCENE_SERVERS = 2, SCENE_ANSWERS = 128, SCENE_GUARD_S = 30 };

struct scene {
	struct event_base *base;
	struct redactor *redactor;
	struct http_client *client;
	struct server servers[SCENE_SERVERS];
	struct peer *peers;
	struct captured answers[SCENE_ANSWERS]; /* by id */
	void (*on_done)(struct scene *scene, uint64_t id);
	/* worst time between two turns of a timer that wants every ms, and
	 * the most that this thread computed between two */
	int64_t worst_us, worst_cpu_us;
	int64_t turn_us, turn_cpu_us;
	struct event *turn;
};

void scene_open(struct scene *scene, const char *ca_file);
void scene_close(struct scene *scene);

/* "http://127.0.0.1:PORT/PATH"; valid until the next call. */
const char *scene_url(struct scene *scene, int server, const char *path);

/* Runs the loop until nothing is in flight. */
void scene_run(struct scene *scene);

/* A GET without a secret from 127.0.0.1, for a test to change. */
struct http_request scene_request(const char *url);
/* A POST with Authorization: Bearer ${secret} of a named credential. */
struct http_request scene_billable(const char *url, const char *credential);

/* Starts it under id 0, runs, and gives the answer. */
const struct captured *scene_exchange(struct scene *scene,
				      const struct http_request *request);

/* ---- for serve functions ---- */

void peer_send(struct peer *peer, const void *bytes, size_t len);
void peer_puts(struct peer *peer, const char *text);
/* Closes once everything is sent. */
void peer_finish(struct peer *peer);
/* Calls back on this peer after a while, unless it has gone. */
void peer_later(struct peer *peer, int ms, void (*then)(struct peer *peer));
struct server *peer_server(struct peer *peer);

/* ---- names ---- */

/* How often a name was looked up; and while held, look-ups of names that end
 * in ".slow" do not return. */
int names_looked_up(void);
void names_hold(void);
void names_release(void);

#endif
