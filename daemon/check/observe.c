/* From any response bytes to a typed outcome of the smoke pair.
 *
 * An HTTP status is not an outcome: a 200 may carry an error, a 403 may be
 * a firewall's page, a 429 an empty purse.  Both paths read an answer in the
 * same order: transport, challenge page, redirect, then what the status and
 * the body say together.
 *
 * The happy path passes only on a 2xx of the expected type that is strict
 * JSON, holds none of the forbidden pointers and all of the required ones,
 * and, for a token-billed workload, counts tokens.  The required pointers
 * come before the usage, so that an answer without any choices ("choices":
 * null or []) is a malformed answer and no statement about usage.
 *
 * The error path is the stricter one, because a mistake here would call a
 * gateway safe that lets anybody in.  Only an accept rule of the profile
 * makes a rejection.  A 2xx is an acceptance unless the body itself speaks
 * of an error; where it does, the code of that error (100..599) counts as
 * the status, as a gateway that always answers 200 means it; and a body that
 * holds what a success must hold is an acceptance whatever else it says. */
#include "check/answer.h"
#include "check/meta.h"
#include "check/observe.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What is known of one exchange while it is judged. */
struct seen {
	const struct profile *profile;
	const struct http_response *response;
	struct answer answer;
	int status; /* the one that counts: an in-band code replaces it */
	struct observation *out;
};

static bool
is_2xx(int status)
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
static void
read_error_texts(struct seen *seen, const char *base)
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
static bool
usage_counts(const struct observation *seen)
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

static bool
is_quota(const struct seen *seen)
{
	return seen->status == 402 || is_quota_word(seen->out->error_type) ||
	       is_quota_word(seen->out->error_code);
}

/* The forbidden pointer at which something is said: an error inside a 2xx.
 * NULL when there is none. */
static const char *
carried_error(const struct seen *seen)
{
	const struct string_list *forbid = &seen->profile->forbid;

	for (size_t i = 0; i < forbid->n; i++) {
		if (answer_says(&seen->answer, forbid->at[i]))
			return forbid->at[i];
	}
	return NULL;
}

static bool
holds_required(const struct seen *seen)
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
static bool
take_in_band(struct seen *seen, const char *base)
{
	char pointer[POINTER_MAX];
	int64_t code;

	read_error_texts(seen, base);
	if (answer_integer(&seen->answer, below(base, "/code", pointer),
			   &code) < 0 ||
	    code < 100 || code > 599 || is_2xx((int)code))
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
static enum outcome
of_status(const struct seen *seen)
{
	if (seen->status >= 300 && seen->status <= 399)
		return OUTCOME_REDIRECTED;
	if (seen->status >= 400 && seen->status <= 599 && is_quota(seen))
		return OUTCOME_QUOTA_EXHAUSTED;
	if (seen->status >= 500 && seen->status <= 599)
		return OUTCOME_SERVER_ERROR;
	if (seen->status == 429)
		return OUTCOME_THROTTLED;
	return OUTCOME_UNCLASSIFIED;
}

static bool
expects_status(const struct profile *profile, int status)
{
	for (size_t i = 0; i < profile->expect_status.n; i++) {
		if (profile->expect_status.at[i] == status)
			return true;
	}
	return profile->expect_status.n == 0;
}

static bool
expects_type(const struct seen *seen)
{
	char type[MEDIA_TYPE_MAX];

	if (seen->profile->expect_type[0] == '\0')
		return true;
	meta_media_type(seen->response, type);
	return strcasecmp(type, seen->profile->expect_type) == 0;
}

static enum outcome
of_own_credential(const struct seen *seen)
{
	enum outcome outcome = of_status(seen);

	if (outcome == OUTCOME_UNCLASSIFIED &&
	    (seen->status == 401 || seen->status == 403))
		return OUTCOME_CREDENTIAL_REJECTED;
	return outcome;
}

/* A 2xx with an error in it, on the happy path. */
static enum outcome
of_in_band_error(struct seen *seen, const char *error)
{
	enum outcome outcome;

	if (!take_in_band(seen, error))
		return is_quota(seen) ? OUTCOME_QUOTA_EXHAUSTED
				      : OUTCOME_IN_BAND_ERROR;
	outcome = of_own_credential(seen);
	return outcome == OUTCOME_UNCLASSIFIED || outcome == OUTCOME_REDIRECTED
		   ? OUTCOME_IN_BAND_ERROR
		   : outcome;
}

static enum outcome
judge_happy(struct seen *seen, enum billing_unit billing)
{
	const char *error;

	if (!is_2xx(seen->status)) {
		read_error_texts(seen, "/error");
		return of_own_credential(seen);
	}
	if (!expects_status(seen->profile, seen->status) ||
	    !expects_type(seen) || seen->answer.root == NULL)
		return OUTCOME_MALFORMED;
	error = carried_error(seen);
	if (error != NULL)
		return of_in_band_error(seen, error);
	if (!holds_required(seen))
		return OUTCOME_MALFORMED;
	if (billing == BILLING_TOKEN && !usage_counts(seen->out))
		return OUTCOME_USAGE_ABSENT;
	return OUTCOME_PASS;
}

/* A rule without a status speaks of the 4xx that mean a refusal: never of
 * a throttle, a success or a broken server. */
static bool
rule_holds(const struct accept_rule *rule, const struct seen *seen)
{
	if (rule->status != 0 && rule->status != seen->status)
		return false;
	if (rule->status == 0 &&
	    (seen->status < 400 || seen->status > 499 || seen->status == 429))
		return false;
	if (rule->json && !seen->answer.json)
		return false;
	if (rule->pointer[0] == '\0')
		return true;
	if (rule->equals[0] == '\0')
		return answer_says(&seen->answer, rule->pointer);
	return answer_equals(&seen->answer, rule->pointer, rule->equals);
}

/* Where the answer says more than the status, as a 2xx or an empty purse
 * does, only a rule that names a value in the body can make it a rejection. */
static bool
is_rejected(const struct seen *seen)
{
	bool says_more = is_2xx(seen->status) || is_quota(seen);

	for (size_t i = 0; i < seen->profile->n_accept; i++) {
		const struct accept_rule *rule = &seen->profile->accept[i];

		if (says_more && rule->equals[0] == '\0')
			continue;
		if (rule_holds(rule, seen))
			return true;
	}
	return false;
}

/* The body of a success: some required pointer, and all of them; or tokens. */
static bool
is_success_body(const struct seen *seen)
{
	return usage_counts(seen->out) ||
	       (seen->profile->require.n > 0 && holds_required(seen));
}

static enum outcome
judge_accepted(struct seen *seen)
{
	const char *error;

	if (is_success_body(seen))
		return OUTCOME_ACCEPTED;
	error = carried_error(seen);
	if (error != NULL)
		take_in_band(seen, error);
	if (is_rejected(seen))
		return OUTCOME_REJECTED;
	if (error == NULL)
		return OUTCOME_ACCEPTED;
	if (is_2xx(seen->status))
		return is_quota(seen) ? OUTCOME_QUOTA_EXHAUSTED
				      : OUTCOME_IN_BAND_ERROR;
	return seen->status < 400 ? OUTCOME_IN_BAND_ERROR : of_status(seen);
}

static enum outcome
judge_error(struct seen *seen)
{
	if (is_2xx(seen->status))
		return judge_accepted(seen);
	read_error_texts(seen, "/error");
	if (seen->status >= 300 && seen->status <= 399)
		return OUTCOME_REDIRECTED;
	return is_rejected(seen) ? OUTCOME_REJECTED : of_status(seen);
}

/* What both paths read before they judge.  True when the answer decides by
 * itself: *ret_outcome then is it. */
static bool
begin(struct seen *seen, enum outcome *ret_outcome)
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

void
observe_happy(const struct profile *profile, enum billing_unit billing,
	      const struct http_response *response, struct observation *ret)
{
	struct seen seen = {
	    .profile = profile, .response = response, .out = ret};

	if (!begin(&seen, &ret->outcome))
		ret->outcome = judge_happy(&seen, billing);
	answer_fini(&seen.answer);
}

void
observe_error(const struct profile *profile,
	      const struct http_response *response, struct observation *ret)
{
	struct seen seen = {
	    .profile = profile, .response = response, .out = ret};

	if (!begin(&seen, &ret->outcome))
		ret->outcome = judge_error(&seen);
	/* An answer that was cut at our limit still was an answer, and
	 * longer than any refusal. */
	else if (response->transport == TRANSPORT_TOO_BIG &&
		 is_2xx(response->status))
		ret->outcome = meta_is_challenge(response, &seen.answer)
				   ? OUTCOME_BLOCKED
				   : OUTCOME_ACCEPTED;
	answer_fini(&seen.answer);
}
