/* Value types of one HTTP exchange: what the core asks for and what the
 * effects report back.  No secret is ever in here: a request names a
 * credential, and a response was cleaned of it before the core sees it. */
#ifndef CHECK_EXCHANGE_H
#define CHECK_EXCHANGE_H

#include "base/wall.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_header {
	const char *name;
	const char *value; /* in requests: may contain ${secret} */
};

struct http_request {
	const char *method;
	const char *url;
	const struct http_header *headers;
	size_t n_headers;
	const char *body; /* NULL: none */
	size_t body_len;
	/* ${secret} is replaced by the value of this credential ("" = the
	 * request has none), or by `invalid_secret` when that is set.  A
	 * request with either is never redirected and never leaves over plain
	 * HTTP but to loopback. */
	const char *credential;
	const char *invalid_secret; /* NULL, or a random one of this run */
	int64_t timeout_ms;
	int64_t max_body_bytes;
	int max_redirects;	  /* 0 for everything with a credential */
	const char *const *hosts; /* allowed, redirects included */
	size_t n_hosts;
};

/* How far the exchange came. */
enum transport {
	TRANSPORT_OK,	   /* a complete response */
	TRANSPORT_DNS,	   /* the name did not resolve */
	TRANSPORT_CONNECT, /* nobody answered */
	TRANSPORT_TLS,	   /* handshake or certificate */
	TRANSPORT_TIMEOUT,
	TRANSPORT_RESET,	 /* cut off before the end */
	TRANSPORT_TOO_BIG,	 /* more than max_body_bytes, also unpacked */
	TRANSPORT_ENCODING,	 /* a content encoding that does not unpack */
	TRANSPORT_INSECURE,	 /* refused: credential over plain HTTP */
	TRANSPORT_HOST,		 /* refused: host not allowed */
	TRANSPORT_NO_CREDENTIAL, /* not loaded */
	TRANSPORT_STOPPED	 /* the daemon is stopping */
};

struct http_response {
	enum transport transport;
	int status;			   /* 0 when none was seen */
	const struct http_header *headers; /* lower-case names */
	size_t n_headers;
	const char *body; /* NUL-terminated beyond body_len; "" when none */
	size_t body_len;
	const char *final_url; /* after redirects; query kept, no secret */
	int redirects;
	bool credential_echoed; /* found and removed from headers or body */
	/* A loaded credential, or a piece of one, that this request did not
	 * carry was found there and removed. */
	bool credential_leaked;
	struct wall_time sent; /* before the first byte left */
};

const char *transport_name(enum transport transport);

/* The value of a response header, or NULL. */
const char *http_response_header(const struct http_response *response,
				 const char *lower_case_name);

#endif
