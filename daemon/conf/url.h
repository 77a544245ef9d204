/* URLs of the configuration: what may stand there, and its one form. */
#ifndef CONF_URL_H
#define CONF_URL_H

#include "conf/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Why a text is no URL that may be used, in words, or NULL: https only, but
 * http to loopback; no user name, no fragment, nothing but printable ASCII. */
const char *url_problem(const char *url);

/* Without tracking parameters and without a slash at the end of a bare host;
 * NULL when memory ran out.  `url` itself when nothing changes. */
const char *url_normalise(struct arena *arena, const char *url);

/* How much of a base without a slash at its end to keep, so that nothing of
 * `path` stands in it already: "https://a.example" of "https://a.example/v1"
 * and "/v1/chat".  All of it where nothing does. */
size_t url_kept(const char *base, const char *path);

/* Points to the host of a URL without problem. */
const char *url_host(const char *url, size_t *ret_len);
/* Whether its host is this machine itself; of any text. */
bool url_is_loopback(const char *url);
/* A host in small letters, without port; IPv6 in brackets. */
bool url_is_host(const char *text, size_t len);

#endif
