/* Whether a URL may be contacted at all: pure rules over parsed URLs, so
 * that what is judged is what libcurl will use. */
#ifndef IO_HTTP_GUARD_H
#define IO_HTTP_GUARD_H

#include "check/exchange.h"

#include <curl/curl.h>

/* TRANSPORT_OK, or the refusal.  `hosts` are names or literals (IPv6 in
 * brackets).  `secret`: the request carries one; then only these hosts are
 * allowed, and plain HTTP only to loopback.  Without a secret the host of
 * `origin`, the URL that was asked for, is allowed as well. */
enum transport http_guard(CURLU *url, CURLU *origin, const char *const *hosts,
			  size_t n_hosts, bool secret);

/* TRANSPORT_OK when a redirect from one to the other keeps what the first
 * promised: no way back from HTTPS to plain HTTP. */
enum transport http_guard_hop(CURLU *from, CURLU *to);

bool http_guard_is_plain(CURLU *url);

/* 127.0.0.0/8 or ::1, as a literal with or without brackets. */
bool http_guard_is_loopback(const char *address);

#endif
