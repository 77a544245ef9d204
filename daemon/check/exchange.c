/* The names of how far an exchange came, and the look-up of a header.
 *
 * Names are stable: rows carry them for good. */
#include "check/exchange.h"

#include <assert.h>
#include <string.h>

static const char *const transport_names[] = {
    [TRANSPORT_OK] = "ok",
    [TRANSPORT_DNS] = "dns",
    [TRANSPORT_CONNECT] = "connect",
    [TRANSPORT_TLS] = "tls",
    [TRANSPORT_TIMEOUT] = "timeout",
    [TRANSPORT_RESET] = "reset",
    [TRANSPORT_TOO_BIG] = "too_big",
    [TRANSPORT_ENCODING] = "encoding",
    [TRANSPORT_INSECURE] = "insecure",
    [TRANSPORT_HOST] = "host",
    [TRANSPORT_NO_CREDENTIAL] = "no_credential",
    [TRANSPORT_STOPPED] = "stopped",
};

const char *
transport_name(enum transport transport)
{
	assert((size_t)transport <
	       sizeof(transport_names) / sizeof(transport_names[0]));
	return transport_names[transport];
}

const char *
http_response_header(const struct http_response *response,
		     const char *lower_case_name)
{
	for (size_t i = 0; i < response->n_headers; i++) {
		if (strcmp(response->headers[i].name, lower_case_name) == 0)
			return response->headers[i].value;
	}
	return NULL;
}
