/* A URL is scheme://host[:port][/path][?query].  Hosts are compared as
 * bytes later, so only one form is allowed: small letters. */
#include "conf/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Where the host starts, or NULL. */
static const char *
after_scheme(const char *url)
{
	if (strncmp(url, "https://", 8) == 0)
		return url + 8;
	if (strncmp(url, "http://", 7) == 0)
		return url + 7;
	return NULL;
}

static size_t
host_length(const char *host)
{
	if (host[0] == '[')
		return strcspn(host, "]/?#") + (strchr(host, ']') != NULL);
	return strcspn(host, ":/?#");
}

bool
url_is_host(const char *text, size_t len)
{
	bool six = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (len == 0 || len > 253)
		return false;
	for (size_t i = six ? 1 : 0; i < (six ? len - 1 : len); i++) {
		char c = text[i];

		if (six ? !(isdigit((unsigned char)c) || c == ':' ||
			    (c >= 'a' && c <= 'f'))
			: !(isdigit((unsigned char)c) || c == '.' || c == '-' ||
			    (c >= 'a' && c <= 'z')))
			return false;
	}
	return six || (text[0] != '.' && text[0] != '-');
}

static bool
is_loopback(const char *host, size_t len)
{
	return (len == 9 && memcmp(host, "localhost", 9) == 0) ||
	       (len == 5 && memcmp(host, "[::1]", 5) == 0) ||
	       (len > 4 && memcmp(host, "127.", 4) == 0 &&
		strspn(host, "0123456789.") == len);
}

static bool
is_port(const char *text, size_t len)
{
	long port;

	if (len < 1 || len > 5 || strspn(text, "0123456789") != len)
		return false;
	port = strtol(text, NULL, 10);
	return port > 0 && port < 65536;
}

const char *
url_problem(const char *url)
{
	const char *host = after_scheme(url), *rest;
	size_t len;

	if (host == NULL)
		return "it does not start with https://";
	for (const char *at = url; *at != '\0'; at++) {
		if (*at <= 0x20 || *at >= 0x7f || strchr("\"<>\\^`", *at))
			return "it has a character that must be "
			       "percent-encoded";
	}
	if (memchr(host, '@', strcspn(host, "/?#")) != NULL)
		return "a user name or password stands in it";
	len = host_length(host);
	if (!url_is_host(host, len))
		return "its host is not a name in small letters";
	rest = host + len;
	if (*rest == ':' && !is_port(rest + 1, strcspn(rest + 1, "/?#")))
		return "its port is not a number from 1 to 65535";
	if (*rest != '\0' && strchr(":/?", *rest) == NULL)
		return "its host is not a name in small letters";
	if (strchr(rest, '#') != NULL)
		return "a fragment (#...) is never sent";
	if (url[4] != 's' && !is_loopback(host, len))
		return "http is allowed to loopback only";
	return NULL;
}

const char *
url_host(const char *url, size_t *ret_len)
{
	const char *host = after_scheme(url);

	*ret_len = host_length(host);
	return host;
}

bool
url_is_loopback(const char *url)
{
	const char *host = after_scheme(url);

	return host != NULL && is_loopback(host, host_length(host));
}

/* True when `part` stands at the start of path, as whole segments. */
static bool
begins(const char *path, const char *part)
{
	size_t n = strlen(part);

	return strncmp(path, part, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/' || path[n] == '?');
}

/* True when `part` is the end of path, up to its query. */
static bool
ends(const char *path, const char *part)
{
	size_t len = strcspn(path, "?"), n = strlen(part);

	return n <= len && memcmp(path + len - n, part, n) == 0;
}

size_t
url_kept(const char *base, const char *path)
{
	const char *host = after_scheme(base), *at;

	if (host == NULL)
		return strlen(base);
	for (at = strchr(host, '/'); at != NULL; at = strchr(at + 1, '/')) {
		if (begins(path, at) || ends(path, at))
			return (size_t)(at - base);
	}
	return strlen(base);
}

static bool
is_tracking(const char *parameter)
{
	static const char *const names[] = {
	    "utm_",    "gclid=",  "fbclid=", "msclkid=",
	    "mc_cid=", "mc_eid=", "yclid=",  "dclid="};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(parameter, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

/* Copies the parameters that stay; returns the end. */
static char *
copy_query(const char *query, char *out)
{
	char glue = '?';

	while (*query != '\0') {
		size_t n = strcspn(query, "&");

		if (n > 0 && !is_tracking(query)) {
			*out++ = glue;
			memcpy(out, query, n);
			out += n;
			glue = '&';
		}
		query += n + (query[n] == '&');
	}
	return out;
}

const char *
url_normalise(struct arena *arena, const char *url)
{
	const char *host = after_scheme(url);
	size_t path = strcspn(host, "/?");
	size_t query = strcspn(host, "?");
	char *copy = arena_strdup(arena, url), *end;

	if (copy == NULL)
		return NULL;
	end = copy + (host - url) + query;
	if (host[query] == '?')
		end = copy_query(host + query + 1, end);
	*end = '\0';
	if (strcmp(copy + (host - url) + path, "/") == 0)
		copy[(host - url) + (ptrdiff_t)path] = '\0';
	return copy;
}
