/* What every request of a check is made of, and the two that are no pair: the
 * read of a counter and the read of a source.
 *
 * A secret is never in here: the value of a header keeps its ${secret}, which
 * the sender fills in, and anywhere else that place is refused.
 *
 * Strings that come unchanged from the configuration are borrowed from it:
 * a request lives no longer than its workload. */
#include "check/request_memory.h"
#include "check/template.h"

#include <config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SOURCE_REDIRECTS_MAX = 5, URL_MAX = 2048 };

static const char user_agent[] = "evidenced/" PACKAGE_VERSION;
static const char source_accept[] =
    "text/html,application/xhtml+xml,text/markdown,application/json;q=0.9,"
    "text/plain;q=0.8";

void
check_request_free(struct check_request *request)
{
	struct request_memory *m = request->memory;

	if (m != NULL) {
		buf_free(&m->url);
		buf_free(&m->body);
		buf_free(&m->secret);
		free(m);
	}
	*request = (struct check_request){0};
}

int
request_add_header(struct request_memory *m, const char *name,
		   const char *value, struct err *err)
{
	if (name[0] == '\0' || name[strcspn(name, " :\t\r\n")] != '\0' ||
	    !template_is_plain(name))
		return err_set(err, ERR_INVALID, "a header name is not one");
	if (!template_is_plain(value))
		return err_set(err, ERR_INVALID,
			       "header %s holds a control character", name);
	for (size_t i = 0; i < m->n_headers; i++) {
		if (strcasecmp(m->headers[i].name, name) == 0)
			return 0; /* the profile's own came first */
	}
	if (m->n_headers == REQUEST_HEADERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d headers",
			       REQUEST_HEADERS_MAX);
	m->headers[m->n_headers++] = (struct http_header){name, value};
	return 0;
}

/* The headers of the profile; *ret_secret: one of them wants a secret. */
static int
add_profile_headers(struct request_memory *m, const struct profile *profile,
		    bool *ret_secret, struct err *err)
{
	bool secret = false;

	for (size_t i = 0; i < profile->n_headers; i++) {
		const struct header_template *h = &profile->headers[i];
		struct buf ignored = {0};
		bool used = false;
		int r;

		r = template_fill(h->value, "secret", "", &ignored, &used, err);
		buf_free(&ignored);
		if (r == 0)
			r = request_add_header(m, h->name, h->value, err);
		if (r < 0)
			return r;
		secret = secret || used;
	}
	*ret_secret = secret;
	return 0;
}

/* Base and path with one slash between them; without a path the base stays
 * as it is. */
static int
put_url(struct request_memory *m, const char *base, const char *path,
	struct err *err)
{
	size_t n = strlen(base);

	while (path[0] != '\0' && n > 0 && base[n - 1] == '/')
		n--;
	buf_add(&m->url, base, n);
	if (path[0] != '/' && path[0] != '\0')
		buf_putc(&m->url, '/');
	buf_puts(&m->url, path);
	if (strstr(buf_text(&m->url), "${") != NULL)
		return err_set(
		    err, ERR_INVALID,
		    "a URL takes no ${...}: it would be logged on its way");
	if (!template_is_plain(buf_text(&m->url)) || m->url.len > URL_MAX)
		return err_set(
		    err, ERR_INVALID,
		    "a URL holds a control character or is too long");
	return 0;
}

static int
finish(struct request_memory *m, struct check_request *ret, struct err *err)
{
	if (m->url.failed || m->body.failed || m->secret.failed)
		return err_set(err, ERR_NOMEM, "no memory for a request");
	ret->http.url = buf_text(&m->url);
	ret->http.headers = m->headers;
	ret->http.n_headers = m->n_headers;
	if (m->body.len > 0) {
		ret->http.body = m->body.data;
		ret->http.body_len = m->body.len;
	}
	if (m->secret.len > 0)
		ret->http.invalid_secret = m->secret.data;
	return 0;
}

int
request_profile_of(const struct workload *workload,
		   const struct profile **ret_profile, struct err *err)
{
	if (workload->gateway == NULL || workload->gateway->profile == NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "%s has no gateway with a profile",
			       workload->label);
	*ret_profile = workload->gateway->profile;
	return 0;
}

int
request_begin(struct check_request *ret, struct request_memory **ret_memory,
	      struct err *err)
{
	struct request_memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return err_set(err, ERR_NOMEM, "no memory for a request");
	*ret = (struct check_request){
	    .http = {.method = "GET", .credential = ""},
	    .memory = m,
	};
	*ret_memory = m;
	return 0;
}

/* Hosts, limits, URL and headers of every request to a gateway. */
int
request_address_gateway(const struct workload *workload, const char *path,
			struct check_request *ret, bool *ret_secret,
			struct err *err)
{
	const struct gateway *gateway = workload->gateway;
	const struct profile *profile = gateway->profile;
	const struct environment *environment = workload->environment;
	const struct string_list *hosts = &gateway->hosts;
	struct request_memory *m = ret->memory;
	int r;

	if (environment != NULL && environment->hosts.n > 0)
		hosts = &environment->hosts;
	ret->http.hosts = hosts->at;
	ret->http.n_hosts = hosts->n;
	ret->http.timeout_ms = profile->timeout_ms;
	ret->http.max_body_bytes = profile->max_body_bytes;
	r = put_url(m, gateway->base_url, path, err);
	if (r == 0)
		r = add_profile_headers(m, profile, ret_secret, err);
	if (r == 0)
		r = request_add_header(m, "User-Agent", user_agent, err);
	return r;
}

/* Hands the request over, or takes back what was built of it. */
int
request_conclude(int r, struct check_request *building,
		 struct check_request *ret, struct err *err)
{
	struct request_memory *m = building->memory;

	if (r == 0)
		r = finish(m, building, err);
	if (r < 0)
		check_request_free(building);
	else
		*ret = *building;
	return r;
}

int
check_request_counter(const struct workload *workload,
		      struct check_request *ret, struct err *err)
{
	const struct profile *profile = NULL;
	struct check_request building;
	struct request_memory *m = NULL;
	bool secret = false;
	int r;

	r = request_profile_of(workload, &profile, err);
	if (r < 0)
		return r;
	if (!profile->surface.present)
		return err_set(err, ERR_NOT_FOUND,
			       "profile %s has no account surface",
			       profile->name);
	r = request_begin(&building, &m, err);
	if (r < 0)
		return r;
	r = request_address_gateway(workload, profile->surface.path, &building,
				    &secret, err);
	if (r == 0)
		r = request_add_header(m, "Accept", "application/json", err);
	if (secret)
		building.http.credential = workload->credential;
	return request_conclude(r, &building, ret, err);
}

int
check_request_source(const struct source *source, struct check_request *ret,
		     struct err *err)
{
	struct check_request building;
	struct request_memory *m = NULL;
	int r;

	r = request_begin(&building, &m, err);
	if (r < 0)
		return r;
	building.http.hosts = source->hosts.at;
	building.http.n_hosts = source->hosts.n;
	building.http.timeout_ms = source->timeout_ms;
	building.http.max_body_bytes = source->max_bytes;
	building.http.max_redirects = SOURCE_REDIRECTS_MAX;
	r = put_url(m, source->url, "", err);
	if (r == 0)
		r = request_add_header(m, "Accept", source_accept, err);
	if (r == 0)
		r = request_add_header(m, "Accept-Language", "en", err);
	if (r == 0)
		r = request_add_header(m, "User-Agent", user_agent, err);
	return request_conclude(r, &building, ret, err);
}
