/* A small world for the engine: gateways, keys and pages that answer what
 * the engine asks, with switches for what can go wrong. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include "fake_ports.h"

enum world_mood {
	MOOD_GOOD,
	MOOD_UNREACHABLE,
	MOOD_SERVER_ERROR,
	MOOD_ACCEPTS_INVALID,
	MOOD_NO_USAGE,
	MOOD_REJECTS_ALL,
	MOOD_NO_CREDIT,
	MOOD_COUNTER_FROZEN,
	MOOD_THROTTLED,	    /* 429, with world.retry_after when that is set */
	MOOD_ODD_REJECTION, /* the invalid credential gets a 418 */
	MOOD_SCRIPTED	    /* world.script, whatever is asked */
};

struct world_key {
	char label[41];
	enum world_mood mood;
	int64_t used;
};

struct world_page {
	char url[200];
	int status;
	char text[200];
};

/* A billable request that the gateway saw. */
struct world_request {
	char model[41];
	bool invalid;
	char invalid_secret[80];
	struct wall_time at;
	size_t n_durable;
};

struct world {
	struct fake fake;
	/* Of all keys, unless a key has its own; an invalid credential is
	 * treated as the key that is called after the model. */
	enum world_mood gateway;
	struct world_key keys[256];
	size_t n_keys;
	struct world_page pages[32];
	size_t n_pages;
	bool offline;	     /* no name resolves, of anything */
	bool nameless;	     /* the surface gives no key a name */
	int64_t used_behind; /* what total_used does not show yet */
	size_t surface_reads;
	int surface_status;	 /* 200, or what the counter answers instead */
	const char *retry_after; /* of a 429 of gateway or counter; or NULL */
	struct world_request *seen;
	size_t n_seen;
	struct {
		int status;
		const char *type, *body;
	} script;
	/* The n-th billable request from now is never answered; 0: all are. */
	int lose_in;
	bool lost; /* it was */
	/* The next request whose address holds this text is not answered, but
	 * kept for the test to answer; NULL: none. */
	const char *hold;
	struct fake_request held;
};

/* Starts at `at`; no engine yet. */
void world_init(struct world *w, struct wall_time at, uint64_t seed);
void world_free(struct world *w);

struct world_key *world_key(struct world *w, const char *label);
struct world_page *world_page(struct world *w, const char *url);

/* Loads a configuration with the profile "practice" of this world; aborts
 * with its report when it does not load. */
struct config *world_config(const char *text);

/* Starts (or restarts) the engine with that configuration. */
void world_start(struct world *w, const char *config_text);

/* Runs until t, answering everything at once. */
void world_run(struct world *w, struct wall_time t);
/* Sends a request of a root user and returns its exit status once answered,
 * or -1 while it is not. */
int world_ask(struct world *w, const struct ctl_request *request);
/* Approves the newest snapshot of a source as pricing-owner. */
int world_approve(struct world *w, const char *source);
/* The newest record of a workload, or DECISION_NONE. */
enum decision world_decision(const struct world *w, const char *label);

/* A configuration of n workloads "w0".. on gateway "gw", with all five
 * sources; `extra` is appended.  Static text. */
const char *world_config_text(int n, const char *extra);
/* The same with these workloads, which may say `use = "t"`. */
const char *world_config_of(const char *workloads, const char *extra);

struct wall_time world_time(const char *rfc3339);

#endif
