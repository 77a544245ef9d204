/* The rules are applied to the parts that libcurl's own parser gives, and the
 * same parsed URL is handed to the transfer: a second reading of the text
 * could see another host. */
#include "io/http_guard.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { ADDRESS_MAX = 64 };

static bool
part_is(CURLU *url, CURLUPart part, const char *expected)
{
	char *text;
	bool equal;

	if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
		return false;
	equal = strcasecmp(text, expected) == 0;
	curl_free(text);
	return equal;
}

bool
http_guard_is_plain(CURLU *url)
{
	return part_is(url, CURLUPART_SCHEME, "http");
}

bool
http_guard_is_loopback(const char *address)
{
	static const struct in6_addr loopback6 = IN6ADDR_LOOPBACK_INIT;
	char bare[ADDRESS_MAX];
	struct in6_addr six;
	struct in_addr four;
	size_t n = strlen(address);

	if (inet_pton(AF_INET, address, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (n >= 2 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	if (n >= sizeof(bare))
		return false;
	memcpy(bare, address, n);
	bare[n] = '\0';
	return inet_pton(AF_INET6, bare, &six) == 1 &&
	       memcmp(&six, &loopback6, sizeof(six)) == 0;
}

static bool
is_local(const char *host)
{
	return strcasecmp(host, "localhost") == 0 ||
	       http_guard_is_loopback(host);
}

static bool
is_listed(const char *host, const char *const *hosts, size_t n_hosts)
{
	for (size_t i = 0; i < n_hosts; i++) {
		if (strcasecmp(hosts[i], host) == 0)
			return true;
	}
	return false;
}

enum transport
http_guard(CURLU *url, CURLU *origin, const char *const *hosts, size_t n_hosts,
	   bool secret)
{
	enum transport verdict = TRANSPORT_OK;
	bool plain = http_guard_is_plain(url);
	char *host;

	if (!plain && !part_is(url, CURLUPART_SCHEME, "https"))
		return TRANSPORT_HOST;
	if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return TRANSPORT_HOST;
	if (!is_listed(host, hosts, n_hosts) &&
	    (secret || !part_is(origin, CURLUPART_HOST, host)))
		verdict = TRANSPORT_HOST;
	else if (plain && secret && !is_local(host))
		verdict = TRANSPORT_INSECURE;
	curl_free(host);
	return verdict;
}

enum transport
http_guard_hop(CURLU *from, CURLU *to)
{
	return http_guard_is_plain(to) && !http_guard_is_plain(from)
		   ? TRANSPORT_INSECURE
		   : TRANSPORT_OK;
}
