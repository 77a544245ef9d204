/* The practice gateway: a test double of an AI API gateway, on loopback.
 *
 * One process, one loop, one `struct practice`.  Requests arrive in
 * gateway.c, which finds the route; chat.c, surface.c and pages.c decide;
 * answer.c sends; witness.c remembers what was seen; admin.c lets tests and
 * the demo switch behaviours at run time. */
#ifndef GATEWAY_PRACTICE_H
#define GATEWAY_PRACTICE_H

#include "answer.h"
#include "fixture.h"
#include "settings.h"
#include "witness.h"

#include <event2/event.h>
#include <event2/http.h>

struct practice {
	struct event_base *base;
	struct settings settings;
	struct fixtures *fixtures;
	struct witness witness;
	struct delivery *deliveries; /* replies still under way */
	int64_t advanced_ms;	     /* by /practice/clock */
};

/* What is known of one request while it is served. */
struct visit {
	struct practice *practice;
	struct gateway *gateway;
	struct evhttp_request *req;
	const char *path; /* without a detour prefix */
	bool detoured;	  /* arrived by one of our own redirects */
	struct credential credential;
	struct key *key; /* NULL: unknown, or none was sent */
};

/* The clock of lags and limits: monotonic, plus what tests added. */
int64_t practice_now_ms(const struct practice *practice);

/* Opens every gateway on 127.0.0.1 and fills in the ports. */
int gateway_open_all(struct practice *practice, struct err *err);
void gateway_close_all(struct practice *practice);

/* POST /v1/chat/completions */
void chat_serve(struct visit *visit);
/* GET /api/usage/token */
void surface_serve(struct visit *visit);
/* true when the path is one of a page */
bool pages_serve(struct visit *visit);
int pages_check(const struct practice *practice, struct err *err);
/* /practice/... */
void admin_serve(struct visit *visit);

#endif
