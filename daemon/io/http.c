/* libcurl's multi interface on the libevent loop.
 *
 * libcurl says which sockets to watch and when to wake it; this file turns
 * that into events and back.  A transfer is on one of two lists: in flight,
 * or finished and waiting to be handed over.  Handing over happens one
 * transfer per turn of the loop, in an event of its own: so the answer never
 * comes from inside http_start(), and a hundred answers at once do not hold
 * up what else the loop has to do. */
#include "io/http.h"
#include "io/transfer.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

struct http_client {
	struct event_base *base;
	struct http_options options;
	CURLM *multi;
	CURLSH *share;
	struct event *timer;   /* armed by libcurl */
	struct event *deliver; /* pending while `finished` holds any */
	struct transfer_list flying;
	struct transfer_list finished;
	size_t n;
};

/* A timer of no length fires in the next turn of the loop; an event that is
 * made active in its own callback would run in this one. */
static void
deliver_soon(struct http_client *c)
{
	static const struct timeval now = {0, 0};

	event_add(c->deliver, &now);
}

static void
finish(struct http_client *c, struct transfer *t)
{
	TAILQ_INSERT_TAIL(&c->finished, t, link);
	deliver_soon(c);
}

static void
hand_over(struct http_client *c, struct transfer *t)
{
	c->n--;
	transfer_deliver(t, &c->options);
	transfer_free(t);
}

static void
on_deliver(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	struct transfer *t = TAILQ_FIRST(&c->finished);

	if (t == NULL)
		return;
	TAILQ_REMOVE(&c->finished, t, link);
	hand_over(c, t);
	if (!TAILQ_EMPTY(&c->finished))
		deliver_soon(c);
}

/* ---- libcurl and the loop ---- */

static int
fly(struct http_client *c, struct transfer *t)
{
	if (transfer_arm(t) < 0 ||
	    curl_multi_add_handle(c->multi, t->easy) != CURLM_OK)
		return ERR_NOMEM;
	TAILQ_INSERT_TAIL(&c->flying, t, link);
	return 0;
}

static void
land(struct http_client *c, struct transfer *t, CURLcode code)
{
	bool more = transfer_finish_hop(t, code);

	curl_multi_remove_handle(c->multi, t->easy);
	TAILQ_REMOVE(&c->flying, t, link);
	if (more && fly(c, t) == 0)
		return;
	if (more)
		t->transport = TRANSPORT_RESET;
	finish(c, t);
}

static void
collect(struct http_client *c)
{
	struct CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(c->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		char *t = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		land(c, (struct transfer *)(void *)t, code);
	}
}

static void
on_socket(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	int action = 0, running;

	if (what & EV_READ)
		action |= CURL_CSELECT_IN;
	if (what & EV_WRITE)
		action |= CURL_CSELECT_OUT;
	curl_multi_socket_action(c->multi, fd, action, &running);
	collect(c);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct http_client *c = arg;
	int running;

	curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(c);
}

static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *at)
{
	struct http_client *c = arg;
	struct event *ev = at;
	short wanted = EV_PERSIST;

	if (ev != NULL)
		event_free(ev);
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(c->multi, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		wanted |= EV_READ;
	if (what & CURL_POLL_OUT)
		wanted |= EV_WRITE;
	ev = event_new(c->base, fd, wanted, on_socket, c);
	if (ev != NULL)
		event_add(ev, NULL);
	curl_multi_assign(c->multi, fd, ev);
	return ev == NULL ? -1 : 0;
}

static int
set_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct http_client *c = arg;
	struct timeval tv = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	if (timeout_ms < 0)
		event_del(c->timer);
	else
		event_add(c->timer, &tv);
	return 0;
}

/* ---- life ---- */

static int
check_features(struct err *err)
{
	static const struct {
		int feature;
		const char *what;
	} needed[] = {
	    {CURL_VERSION_ASYNCHDNS, "resolve names without blocking"},
	    {CURL_VERSION_SSL, "speak TLS"},
	    {CURL_VERSION_LIBZ, "unpack gzip"},
	};
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if ((v->features & needed[i].feature) == 0)
			return err_set(err, ERR_UNSUPPORTED,
				       "libcurl %s cannot %s", v->version,
				       needed[i].what);
	}
	return 0;
}

/* TLS sessions and names are shared by all transfers of the client; it has
 * one thread, so the share needs no locks. */
static int
open_share(struct http_client *c)
{
	c->share = curl_share_init();
	if (c->share == NULL ||
	    curl_share_setopt(c->share, CURLSHOPT_SHARE,
			      CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK ||
	    curl_share_setopt(c->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS) !=
		CURLSHE_OK)
		return ERR_NOMEM;
	return 0;
}

static int
open_multi(struct http_client *c)
{
	c->multi = curl_multi_init();
	if (c->multi == NULL)
		return ERR_NOMEM;
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
			  (long)HTTP_CONNECTIONS_MAX);
	curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS,
			  (long)HTTP_IDLE_CONNECTIONS_MAX);
	return 0;
}

int
http_client_new(struct event_base *base, const struct http_options *options,
		struct http_client **ret_client, struct err *err)
{
	struct http_client *c;
	int r = check_features(err);

	if (r < 0)
		return r;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return err_set(err, ERR_NOMEM, "no memory for HTTP");
	/* Else libcurl would write the keys of every session to a file. */
	unsetenv("SSLKEYLOGFILE");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	c->base = base;
	c->options = *options;
	TAILQ_INIT(&c->flying);
	TAILQ_INIT(&c->finished);
	c->timer = evtimer_new(base, on_timer, c);
	c->deliver = evtimer_new(base, on_deliver, c);
	if (c->timer == NULL || c->deliver == NULL || open_share(c) < 0 ||
	    open_multi(c) < 0) {
		http_client_free(c);
		return err_set(err, ERR_NOMEM, "no memory for HTTP");
	}
	*ret_client = c;
	return 0;
}

static void
drop_all(struct http_client *c, struct transfer_list *list)
{
	struct transfer *t;

	while ((t = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, t, link);
		if (list == &c->flying)
			curl_multi_remove_handle(c->multi, t->easy);
		transfer_free(t);
	}
}

void
http_client_free(struct http_client *client)
{
	if (client == NULL)
		return;
	drop_all(client, &client->flying);
	drop_all(client, &client->finished);
	if (client->multi != NULL)
		curl_multi_cleanup(client->multi);
	if (client->share != NULL)
		curl_share_cleanup(client->share);
	if (client->timer != NULL)
		event_free(client->timer);
	if (client->deliver != NULL)
		event_free(client->deliver);
	free(client);
	curl_global_cleanup();
}

/* ---- exchanges ---- */

int
http_start(struct http_client *client, uint64_t id,
	   const struct http_request *request)
{
	struct transfer *t;
	int r;

	r = transfer_new(&client->options, client->share, request, &t);
	if (r < 0)
		return r;
	t->client = client;
	t->id = id;
	if (t->transport != TRANSPORT_OK) {
		finish(client, t);
	} else if ((r = fly(client, t)) < 0) {
		transfer_free(t);
		return r;
	}
	client->n++;
	return 0;
}

void
http_cancel_all(struct http_client *client)
{
	struct transfer_list stopped = TAILQ_HEAD_INITIALIZER(stopped);
	struct transfer *t;

	/* What the callbacks start from here on is not part of "all". */
	TAILQ_CONCAT(&stopped, &client->finished, link);
	while ((t = TAILQ_FIRST(&client->flying)) != NULL) {
		TAILQ_REMOVE(&client->flying, t, link);
		curl_multi_remove_handle(client->multi, t->easy);
		t->transport = TRANSPORT_STOPPED;
		TAILQ_INSERT_TAIL(&stopped, t, link);
	}
	while ((t = TAILQ_FIRST(&stopped)) != NULL) {
		TAILQ_REMOVE(&stopped, t, link);
		hand_over(client, t);
	}
}

size_t
http_in_flight(const struct http_client *client)
{
	return client->n;
}
