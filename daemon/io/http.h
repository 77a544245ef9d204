/* HTTP(S) exchanges on the event loop, by libcurl.
 *
 * One client serves a whole daemon.  Every exchange that was started is
 * answered exactly once, from the loop and never from inside http_start(),
 * unless the client is freed before.  Nothing here blocks: names are resolved
 * in threads, and large bodies are taken as they arrive.
 *
 * What is always so: certificates are verified; HTTP and HTTPS only; proxies
 * of the environment, .netrc and cookies are not used; a request with a
 * secret is never redirected and goes over plain HTTP to loopback only; a
 * host that is not allowed is never contacted; a request that may have
 * reached the gateway is never sent again. */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include "base/err.h"
#include "base/redact.h"
#include "check/exchange.h"

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct http_client;

enum {
	HTTP_CONNECT_MS = 10000,    /* limit of resolving and connecting */
	HTTP_HEAD_MAX = 64 * 1024,  /* bytes of response headers */
	HTTP_CONNECTIONS_MAX = 256, /* more wait for their turn */
	HTTP_IDLE_CONNECTIONS_MAX = 16
};

/* The value of a loaded credential, borrowed for the call; false when it is
 * not loaded. */
typedef bool http_credential_fn(void *ctx, const char *name,
				const char **ret_value, size_t *ret_len);

/* The response is valid during the call.  It may start new exchanges, but
 * must not free the client. */
typedef void http_done_fn(void *ctx, uint64_t id,
			  const struct http_response *response);

struct http_options {
	const struct redactor *redactor; /* borrowed */
	http_credential_fn *credential;
	void *credential_ctx;
	http_done_fn *done;
	void *done_ctx;
	const char *ca_file; /* PEM, beside the system's; NULL: none */
};

/* ERR_UNSUPPORTED when this libcurl cannot resolve in threads, unpack gzip or
 * speak TLS. */
int http_client_new(struct event_base *base, const struct http_options *options,
		    struct http_client **ret_client, struct err *err);
/* Drops what is in flight without a word. */
void http_client_free(struct http_client *client);

/* Copies what it needs.  Refusals (no credential, host, plain HTTP) come as
 * answers, too.  ERR_NOMEM: not started, and there will be no answer. */
int http_start(struct http_client *client, uint64_t id,
	       const struct http_request *request);

/* Answers everything that is in flight, with TRANSPORT_STOPPED unless its
 * answer was already complete; from inside this call. */
void http_cancel_all(struct http_client *client);

/* Exchanges that were started and not yet answered. */
size_t http_in_flight(const struct http_client *client);

#endif
