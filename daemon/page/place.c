/* A URL is cut into spans of its text; nothing is decoded or resolved.
 *
 * Whoever moves a page changes host or path; what the query and the fragment
 * say belongs to the visit (tracking, anchors) and would make every visit a
 * move. */
#include "page/place.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *at;
	size_t len;
};

struct place {
	struct span scheme, host, port, path;
};

static bool
span_same_word(struct span a, struct span b)
{
	return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static bool
span_is(struct span a, const char *word)
{
	return span_same_word(a, (struct span){word, strlen(word)});
}

/* Cuts "user@host:port" or "[address]:port". */
static void
cut_authority(struct span authority, struct place *place)
{
	const char *end = authority.at + authority.len;
	const char *user = memrchr(authority.at, '@', authority.len);
	const char *host = user == NULL ? authority.at : user + 1;
	const char *bracket = memrchr(host, ']', (size_t)(end - host));
	const char *from = bracket == NULL ? host : bracket;
	const char *colon = memchr(from, ':', (size_t)(end - from));

	place->host.at = host;
	place->host.len = (size_t)((colon == NULL ? end : colon) - host);
	place->port.at = colon == NULL ? end : colon + 1;
	place->port.len = (size_t)(end - place->port.at);
	if (place->port.len == 0)
		place->port = span_is(place->scheme, "https")
				  ? (struct span){"443", 3}
				  : (struct span){"80", 2};
}

static bool
cut(const char *url, struct place *ret)
{
	const char *colon = strstr(url, "://"), *rest;
	struct span authority;

	if (colon == NULL || colon == url)
		return false;
	ret->scheme = (struct span){url, (size_t)(colon - url)};
	rest = colon + 3;
	authority = (struct span){rest, strcspn(rest, "/?#")};
	cut_authority(authority, ret);
	rest += authority.len;
	ret->path = (struct span){rest, strcspn(rest, "?#")};
	return ret->host.len > 0;
}

static bool
same_origin(const struct place *a, const struct place *b)
{
	if (!span_same_word(a->host, b->host))
		return false;
	if (span_same_word(a->scheme, b->scheme))
		return span_same_word(a->port, b->port);
	return span_is(a->scheme, "http") && span_is(a->port, "80") &&
	       span_is(b->scheme, "https") && span_is(b->port, "443");
}

static struct span
without_slash(struct span path)
{
	if (path.len > 0 && path.at[path.len - 1] == '/')
		path.len--;
	return path;
}

bool
page_same_place(const char *configured, const char *final)
{
	struct place a, b;
	struct span pa, pb;

	if (!cut(configured, &a) || !cut(final, &b) || !same_origin(&a, &b))
		return false;
	pa = without_slash(a.path);
	pb = without_slash(b.path);
	return pa.len == pb.len && memcmp(pa.at, pb.at, pa.len) == 0;
}

bool
page_path_ends(const char *url, const char *suffix)
{
	struct place place;
	size_t n = strlen(suffix);

	return cut(url, &place) && place.path.len >= n &&
	       memcmp(place.path.at + place.path.len - n, suffix, n) == 0;
}
