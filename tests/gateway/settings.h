/* The settings file of the practice gateway, and the state that starts from
 * it: gateways (listeners), keys and pages. */
#ifndef GATEWAY_SETTINGS_H
#define GATEWAY_SETTINGS_H

#include "behaviour.h"
#include "base/err.h"

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KEYS_MAX = 2000, PAGES_MAX = 100, GATEWAYS_MAX = 16, RATE_MAX = 1000 };

/* A credential, with the counters of its account.  `used` and `remain` are
 * the truth; `cached_used` is what the account surface shows until the cache
 * entry expires. */
struct key {
	const char *name;
	const char *value;
	int64_t remain;
	int64_t used;
	int64_t cached_used;
	int64_t cached_at_ms;
	bool cached;
	const struct behaviour *chat;
	const struct behaviour *surface;
	int64_t times; /* requests until it is healthy again; 0: for good */
};

struct page {
	const char *name;
	const char *path; /* its Markdown twin has ".md" appended */
	const char *file; /* pages/FILE.html and .md, or .json */
	const struct behaviour *behaviour;
	int64_t change_after; /* good reads until it changes; 0: never */
	int64_t reads;
};

/* The critical rate limit of the account surface: the times of the last
 * reads that were let through. */
struct limiter {
	int64_t at_ms[RATE_MAX];
	size_t n; /* ever */
};

struct practice;
struct evhttp;

/* One listener.  What it does with unknown keys is its own; keys and pages
 * are common to all. */
struct gateway {
	const char *name;
	int port;
	const struct behaviour *invalid_chat;
	const struct behaviour *invalid_surface;
	struct limiter limiter;
	struct practice *practice;
	struct evhttp *http;
};

struct settings {
	config_t file; /* owns all texts */
	const char *fixtures;
	int64_t used_lag_ms; /* total_used is served from a cache */
	int64_t rate_reads;  /* reads of the account surface ... */
	int64_t rate_per_ms; /* ... in this time */
	int64_t slow_ms;
	int64_t drip_ms;
	int64_t split_ms;
	int64_t oversized_bytes;
	struct gateway *gateways;
	size_t n_gateways;
	struct key *keys;
	size_t n_keys;
	struct page *pages;
	size_t n_pages;
};

/* Every setting is checked; an unknown one is an error. */
int settings_read(const char *path, struct settings *ret, struct err *err);
void settings_free(struct settings *settings);

#endif
