/* The requests of a check.
 *
 * A secret is never in here: the value of a header keeps its ${secret}, which
 * the sender fills in, and anywhere else that place is refused.  The body is
 * filled with the JSON-escaped model and nothing else.  Every request is the
 * same from day to day but for the invalid credential (or model) of the error
 * path, which is made from the nonce of the run.
 *
 * Strings that come unchanged from the configuration are borrowed from it:
 * a request lives no longer than its workload. */
#include "check/request.h"
#include "base/json.h"
#include "check/template.h"

#include <config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	HEADERS_MAX = 16,
	NONCE_MIN = 8,
	NONCE_MAX = 64,
	SOURCE_REDIRECTS_MAX = 5,
	URL_MAX = 2048
};

static const char user_agent[] = "evidenced/" PACKAGE_VERSION;
static const char source_accept[] =
    "text/html,application/xhtml+xml,text/markdown,application/json;q=0.9,"
    "text/plain;q=0.8";

struct memory {
	struct buf url;
	struct buf body;
	struct buf secret;
	struct http_header headers[HEADERS_MAX];
	size_t n_headers;
};

void
check_request_free(struct check_request *request)
{
	struct memory *m = request->memory;

	if (m != NULL) {
		buf_free(&m->url);
		buf_free(&m->body);
		buf_free(&m->secret);
		free(m);
	}
	*request = (struct check_request){0};
}

static int
add_header(struct memory *m, const char *name, const char *value,
	   struct err *err)
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
	if (m->n_headers == HEADERS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d headers",
			       HEADERS_MAX);
	m->headers[m->n_headers++] = (struct http_header){name, value};
	return 0;
}

/* The headers of the profile; *ret_secret: one of them wants a secret. */
static int
add_profile_headers(struct memory *m, const struct profile *profile,
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
			r = add_header(m, h->name, h->value, err);
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
put_url(struct memory *m, const char *base, const char *path, struct err *err)
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

/* The template with the model in it, as the inside of a JSON string. */
static int
put_body(struct memory *m, const struct profile *profile, const char *model,
	 bool *ret_used, struct err *err)
{
	struct buf quoted = {0};
	char *inside;
	int r;

	if (!template_is_plain(model) ||
	    !json_quote(&quoted, model, strlen(model)))
		r = err_set(err, ERR_INVALID,
			    "the model's name is not plain text");
	else if ((inside = buf_steal(&quoted)) == NULL)
		r = err_set(err, ERR_NOMEM, "no memory for a request");
	else {
		inside[strlen(inside) - 1] = '\0'; /* the closing quote */
		r = template_fill(profile->body, "model", inside + 1, &m->body,
				  ret_used, err);
		free(inside);
	}
	buf_free(&quoted);
	return r;
}

static int
finish(struct memory *m, struct check_request *ret, struct err *err)
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

static int
profile_of(const struct workload *workload, const struct profile **ret_profile,
	   struct err *err)
{
	if (workload->gateway == NULL || workload->gateway->profile == NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "%s has no gateway with a profile",
			       workload->label);
	*ret_profile = workload->gateway->profile;
	return 0;
}

static int
begin(struct check_request *ret, struct memory **ret_memory, struct err *err)
{
	struct memory *m = calloc(1, sizeof(*m));

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
static int
address_gateway(const struct workload *workload, const char *path,
		struct check_request *ret, bool *ret_secret, struct err *err)
{
	const struct gateway *gateway = workload->gateway;
	const struct profile *profile = gateway->profile;
	const struct environment *environment = workload->environment;
	const struct string_list *hosts = &gateway->hosts;
	struct memory *m = ret->memory;
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
		r = add_header(m, "User-Agent", user_agent, err);
	return r;
}

/* The billable request with the given model; tells which places it has. */
static int
fill_pair(const struct workload *workload, const char *model,
	  struct check_request *ret, bool *ret_secret, bool *ret_model,
	  struct err *err)
{
	const struct profile *profile = workload->gateway->profile;
	struct memory *m = ret->memory;
	int r;

	r = address_gateway(workload, profile->path, ret, ret_secret, err);
	ret->http.method = profile->method;
	if (r == 0 && profile->content_type[0] != '\0')
		r = add_header(m, "Content-Type", profile->content_type, err);
	if (r == 0 && profile->expect_type[0] != '\0')
		r = add_header(m, "Accept", profile->expect_type, err);
	return r < 0 ? r : put_body(m, profile, model, ret_model, err);
}

static int
fill_happy(const struct workload *workload, struct check_request *ret,
	   struct err *err)
{
	bool secret, model;
	int r;

	r = fill_pair(workload, workload->model, ret, &secret, &model, err);
	if (r == 0 && secret)
		ret->http.credential = workload->credential;
	return r;
}

/* A gateway that checks no credential is asked for a model of no one. */
static int
fill_invalid_model(const struct workload *workload, const char *nonce,
		   struct check_request *ret, struct err *err)
{
	char name[32 + NONCE_MAX];
	bool secret, model;
	int r;

	snprintf(name, sizeof(name), "evidenced-invalid-%s", nonce);
	r = fill_pair(workload, name, ret, &secret, &model, err);
	if (r < 0)
		return r;
	if (!model)
		return err_set(
		    err, ERR_INVALID,
		    "the body has no ${model}: the error path would be "
		    "the happy path");
	if (secret)
		ret->http.credential = workload->credential;
	return 0;
}

static int
fill_invalid_credential(const struct workload *workload, const char *nonce,
			struct check_request *ret, struct err *err)
{
	const struct profile *profile = workload->gateway->profile;
	struct memory *m = ret->memory;
	bool secret, model, random;
	int r;

	r = fill_pair(workload, workload->model, ret, &secret, &model, err);
	if (r < 0)
		return r;
	if (!secret)
		return err_set(
		    err, ERR_INVALID,
		    "no header has ${secret}: the error path would be the "
		    "happy path");
	r = template_fill(profile->invalid_secret, "nonce", nonce, &m->secret,
			  &random, err);
	if (r < 0)
		return r;
	if (!random || !template_is_plain(buf_text(&m->secret)))
		return err_set(
		    err, ERR_INVALID,
		    "the invalid credential needs ${nonce} and plain text");
	return 0;
}

/* Hands the request over, or takes back what was built of it. */
static int
conclude(int r, struct check_request *building, struct check_request *ret,
	 struct err *err)
{
	struct memory *m = building->memory;

	if (r == 0)
		r = finish(m, building, err);
	if (r < 0)
		check_request_free(building);
	else
		*ret = *building;
	return r;
}

int
check_request_happy(const struct workload *workload, struct check_request *ret,
		    struct err *err)
{
	const struct profile *profile;
	struct check_request building;
	struct memory *m;
	int r;

	r = profile_of(workload, &profile, err);
	if (r == 0)
		r = begin(&building, &m, err);
	if (r < 0)
		return r;
	r = fill_happy(workload, &building, err);
	return conclude(r, &building, ret, err);
}

static bool
is_nonce(const char *nonce)
{
	size_t n = strlen(nonce);

	return n >= NONCE_MIN && n <= NONCE_MAX &&
	       strspn(nonce, "0123456789abcdef") == n;
}

int
check_request_error(const struct workload *workload, const char *nonce,
		    struct check_request *ret, struct err *err)
{
	const struct profile *profile;
	struct check_request building;
	struct memory *m;
	int r;

	if (!is_nonce(nonce))
		return err_set(err, ERR_INVALID,
			       "a nonce is %d to %d hex digits", NONCE_MIN,
			       NONCE_MAX);
	r = profile_of(workload, &profile, err);
	if (r == 0)
		r = begin(&building, &m, err);
	if (r < 0)
		return r;
	r = profile->variant == VARIANT_CONFIGURATION
		? fill_invalid_model(workload, nonce, &building, err)
		: fill_invalid_credential(workload, nonce, &building, err);
	return conclude(r, &building, ret, err);
}

int
check_request_counter(const struct workload *workload,
		      struct check_request *ret, struct err *err)
{
	const struct profile *profile;
	struct check_request building;
	struct memory *m;
	bool secret = false;
	int r;

	r = profile_of(workload, &profile, err);
	if (r == 0 && !profile->surface.present)
		r = err_set(err, ERR_NOT_FOUND,
			    "profile %s has no account surface", profile->name);
	if (r == 0)
		r = begin(&building, &m, err);
	if (r < 0)
		return r;
	r = address_gateway(workload, profile->surface.path, &building, &secret,
			    err);
	if (r == 0)
		r = add_header(m, "Accept", "application/json", err);
	if (secret)
		building.http.credential = workload->credential;
	return conclude(r, &building, ret, err);
}

int
check_request_source(const struct source *source, struct check_request *ret,
		     struct err *err)
{
	struct check_request building;
	struct memory *m;
	int r;

	r = begin(&building, &m, err);
	if (r < 0)
		return r;
	building.http.hosts = source->hosts.at;
	building.http.n_hosts = source->hosts.n;
	building.http.timeout_ms = source->timeout_ms;
	building.http.max_body_bytes = source->max_bytes;
	building.http.max_redirects = SOURCE_REDIRECTS_MAX;
	r = put_url(m, source->url, "", err);
	if (r == 0)
		r = add_header(m, "Accept", source_accept, err);
	if (r == 0)
		r = add_header(m, "Accept-Language", "en", err);
	if (r == 0)
		r = add_header(m, "User-Agent", user_agent, err);
	return conclude(r, &building, ret, err);
}
