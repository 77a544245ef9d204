/* What both paths read of an answer, before either judges it.
 *
 * An answer is read in one order: transport, challenge page, then what the
 * status and the body say together.  The texts of an error are kept as clean,
 * bounded words; its message is never looked at. */
#include "check/seen.h"
#include "check/meta.h"

#include <stdio.h>
#include <string.h>

bool
seen_is_2xx(int status)
{
	return status >= 200 && status <= 299;
}

enum { POINTER_MAX = 256 };

/* Base and member as one pointer; "" (which finds nothing) if too long. */
static const char *
below(const char *base, const char *member, char out[POINTER_MAX])
{
	int n = snprintf(out, POINTER_MAX, "%s%s", base, member);

	if (n >= POINTER_MAX)
		out[0] = '\0';
	return out;
}

/* The texts of the error, from the shapes that gateways use: an object at
 * `base`, or a string there with the code beside it at the top. */
void
seen_read_error(struct seen *seen, const char *base)
{
	static const char *const types[] = {"/type", "/status"};
	static const char *const codes[] = {"/code", "/details/0/reason"};
	struct observation *out = seen->out;
	char pointer[POINTER_MAX];

	for (size_t i = 0; i < 2 && out->error_type[0] == '\0'; i++)
		answer_text(&seen->answer, below(base, types[i], pointer),
			    out->error_type, sizeof(out->error_type));
	for (size_t i = 0; i < 2 && out->error_code[0] == '\0'; i++)
		answer_text(&seen->answer, below(base, codes[i], pointer),
			    out->error_code, sizeof(out->error_code));
	if (out->error_code[0] == '\0')
		answer_text(&seen->answer, "/code", out->error_code,
			    sizeof(out->error_code));
}

static void
read_usage(struct seen *seen)
{
	const struct profile *profile = seen->profile;
	struct observation *out = seen->out;

	out->input = answer_usage(&seen->answer, profile->usage_input);
	out->output = answer_usage(&seen->answer, profile->usage_output);
	out->total = answer_usage(&seen->answer, profile->usage_total);
}

/* Gateways leave fields out or zero in turn (a total without a completion,
 * an input without a total); tokens in any of them are tokens billed. */
bool
seen_counts_usage(const struct observation *seen)
{
	return seen->input.state == USAGE_PRESENT ||
	       seen->output.state == USAGE_PRESENT ||
	       seen->total.state == USAGE_PRESENT;
}

static bool
is_quota_word(const char *word)
{
	static const char *const words[] = {"insufficient_quota",
					    "insufficient_user_quota"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

bool
seen_is_quota(const struct seen *seen)
{
	return seen->status == 402 || is_quota_word(seen->out->error_type) ||
	       is_quota_word(seen->out->error_code);
}

/* The forbidden pointer at which something is said: an error inside a 2xx.
 * NULL when there is none. */
const char *
seen_error_inside(const struct seen *seen)
{
	const struct string_list *forbid = &seen->profile->forbid;

	for (size_t i = 0; i < forbid->n; i++) {
		if (answer_says(&seen->answer, forbid->at[i]))
			return forbid->at[i];
	}
	return NULL;
}

bool
seen_holds_required(const struct seen *seen)
{
	const struct string_list *require = &seen->profile->require;

	for (size_t i = 0; i < require->n; i++) {
		if (!answer_says(&seen->answer, require->at[i]))
			return false;
	}
	return true;
}

/* Reads the error at `base`; its code takes the place of the status, when it
 * is an error's. */
bool
seen_take_inside(struct seen *seen, const char *base)
{
	char pointer[POINTER_MAX];
	int64_t code;

	seen_read_error(seen, base);
	if (answer_integer(&seen->answer, below(base, "/code", pointer),
			   &code) < 0 ||
	    code < 100 || code > 599 || seen_is_2xx((int)code))
		return false;
	seen->status = (int)code;
	return true;
}

static enum outcome
of_transport(enum transport transport)
{
	switch (transport) {
	case TRANSPORT_NO_CREDENTIAL:
		return OUTCOME_CREDENTIAL_MISSING;
	case TRANSPORT_STOPPED:
		return OUTCOME_STOPPED;
	case TRANSPORT_TOO_BIG:
	case TRANSPORT_ENCODING:
		return OUTCOME_MALFORMED;
	case TRANSPORT_OK:
	case TRANSPORT_DNS:
	case TRANSPORT_CONNECT:
	case TRANSPORT_TLS:
	case TRANSPORT_TIMEOUT:
	case TRANSPORT_RESET:
	case TRANSPORT_INSECURE:
	case TRANSPORT_HOST:
		break;
	}
	return OUTCOME_UNREACHABLE;
}

/* What an answer that is no success means on either path. */
enum outcome
seen_of_status(const struct seen *seen)
{
	if (seen->status >= 300 && seen->status <= 399)
		return OUTCOME_REDIRECTED;
	if (seen->status >= 400 && seen->status <= 599 && seen_is_quota(seen))
		return OUTCOME_QUOTA_EXHAUSTED;
	if (seen->status >= 500 && seen->status <= 599)
		return OUTCOME_SERVER_ERROR;
	if (seen->status == 429)
		return OUTCOME_THROTTLED;
	return OUTCOME_UNCLASSIFIED;
}

/* What both paths read before they judge.  True when the answer decides by
 * itself: *ret_outcome then is it. */
bool
seen_begin(struct seen *seen, enum outcome *ret_outcome)
{
	const struct http_response *response = seen->response;
	struct observation *out = seen->out;

	*out = (struct observation){
	    .outcome = OUTCOME_NONE,
	    .transport = response->transport,
	    .http_status = response->status,
	    .body_bytes = (int64_t)response->body_len,
	    .credential_echoed = response->credential_echoed,
	};
	seen->status = response->status;
	if (response->transport == TRANSPORT_OK)
		answer_init(&seen->answer, response);
	meta_request_id(seen->profile, response, &seen->answer,
			out->request_id);
	out->retry_after_s = meta_retry_after_s(response);
	if (response->status >= 300 && response->status <= 399)
		meta_redirected_to(response, out->redirected_to);
	read_usage(seen);
	answer_text(&seen->answer, seen->profile->model_pointer,
		    out->returned_model, sizeof(out->returned_model));
	if (response->transport != TRANSPORT_OK)
		*ret_outcome = of_transport(response->transport);
	else if (response->status == 0)
		*ret_outcome = OUTCOME_UNREACHABLE;
	else if (meta_is_challenge(response, &seen->answer))
		*ret_outcome = OUTCOME_BLOCKED;
	else
		return false;
	return true;
}
