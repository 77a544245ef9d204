/* The two requests of the smoke pair: the same endpoint, the same body, and
 * one difference.
 *
 * The body is filled with the JSON-escaped model and nothing else.  Every
 * request is the same from day to day but for the invalid credential (or
 * model) of the error path, which is made from the nonce of the run.  A
 * profile whose two paths could be the same request is refused. */
#include "base/json.h"
#include "check/request_memory.h"
#include "check/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE_MIN = 8, NONCE_MAX = 64 };

/* The template with the model in it, as the inside of a JSON string. */
static int
put_body(struct request_memory *m, const struct profile *profile,
	 const char *model, bool *ret_used, struct err *err)
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

/* The billable request with the given model; tells which places it has. */
static int
fill_pair(const struct workload *workload, const char *model,
	  struct check_request *ret, bool *ret_secret, bool *ret_model,
	  struct err *err)
{
	const struct profile *profile = workload->gateway->profile;
	struct request_memory *m = ret->memory;
	int r;

	r = request_address_gateway(workload, profile->path, ret, ret_secret,
				    err);
	ret->http.method = profile->method;
	if (r == 0 && profile->content_type[0] != '\0')
		r = request_add_header(m, "Content-Type", profile->content_type,
				       err);
	if (r == 0 && profile->expect_type[0] != '\0')
		r = request_add_header(m, "Accept", profile->expect_type, err);
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
	struct request_memory *m = ret->memory;
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

int
check_request_happy(const struct workload *workload, struct check_request *ret,
		    struct err *err)
{
	const struct profile *profile;
	struct check_request building;
	struct request_memory *m;
	int r;

	r = request_profile_of(workload, &profile, err);
	if (r == 0)
		r = request_begin(&building, &m, err);
	if (r < 0)
		return r;
	r = fill_happy(workload, &building, err);
	return request_conclude(r, &building, ret, err);
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
	struct request_memory *m;
	int r;

	if (!is_nonce(nonce))
		return err_set(err, ERR_INVALID,
			       "a nonce is %d to %d hex digits", NONCE_MIN,
			       NONCE_MAX);
	r = request_profile_of(workload, &profile, err);
	if (r == 0)
		r = request_begin(&building, &m, err);
	if (r < 0)
		return r;
	r = profile->variant == VARIANT_CONFIGURATION
		? fill_invalid_model(workload, nonce, &building, err)
		: fill_invalid_credential(workload, nonce, &building, err);
	return request_conclude(r, &building, ret, err);
}
