/* The error path: from any response bytes to a typed outcome.
 *
 * It is the stricter path, because a mistake here would call a gateway safe
 * that lets anybody in.  Only an accept rule of the profile makes a
 * rejection.  A 2xx is an acceptance unless it is a web page, which no gateway
 * answers to a program (a portal, a proxy or a console speaks in its place, and
 * accuses nobody), or the body itself speaks of an error; where it does, the
 * code of that error (100..599) counts as the status, as a gateway that always
 * answers 200 means it.  A body that holds what a success must hold is an
 * acceptance whatever else it says; under a status that is no 2xx it must hold
 * all of it, the answer and the tokens: who serves and bills a call has not
 * refused it, whatever number stands above. */
#include "check/meta.h"
#include "check/observe.h"
#include "check/seen.h"

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
	bool says_more = seen_is_2xx(seen->status) || seen_is_quota(seen);

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
	return seen_counts_usage(seen->out) ||
	       (seen->profile->require.n > 0 && seen_holds_required(seen));
}

/* A whole answer, and tokens that were billed for it. */
static bool
is_served(const struct seen *seen)
{
	return seen_counts_usage(seen->out) && seen->profile->require.n > 0 &&
	       seen_holds_required(seen);
}

static enum outcome
judge_accepted(struct seen *seen)
{
	const char *error;

	if (meta_is_page(seen->response, &seen->answer))
		return OUTCOME_UNCLASSIFIED;
	if (is_success_body(seen))
		return OUTCOME_ACCEPTED;
	error = seen_error_inside(seen);
	if (error != NULL)
		seen_take_inside(seen, error);
	if (is_rejected(seen))
		return OUTCOME_REJECTED;
	if (error == NULL)
		return OUTCOME_ACCEPTED;
	if (seen_is_2xx(seen->status))
		return seen_is_quota(seen) ? OUTCOME_QUOTA_EXHAUSTED
					   : OUTCOME_IN_BAND_ERROR;
	return seen->status < 400 ? OUTCOME_IN_BAND_ERROR
				  : seen_of_status(seen);
}

static enum outcome
judge_error(struct seen *seen)
{
	if (seen_is_2xx(seen->status))
		return judge_accepted(seen);
	seen_read_error(seen, "/error");
	if (is_served(seen))
		return OUTCOME_ACCEPTED;
	if (seen->status >= 300 && seen->status <= 399)
		return OUTCOME_REDIRECTED;
	return is_rejected(seen) ? OUTCOME_REJECTED : seen_of_status(seen);
}

/* A 2xx that was cut at our limit still was an answer, and longer than any
 * refusal. */
static enum outcome
judge_cut(const struct seen *seen)
{
	if (meta_is_challenge(seen->response, &seen->answer))
		return OUTCOME_BLOCKED;
	return meta_is_page(seen->response, &seen->answer)
		   ? OUTCOME_UNCLASSIFIED
		   : OUTCOME_ACCEPTED;
}

void
observe_error(const struct profile *profile,
	      const struct http_response *response, struct observation *ret)
{
	struct seen seen = {
	    .profile = profile, .response = response, .out = ret};

	if (!seen_begin(&seen, &ret->outcome))
		ret->outcome = judge_error(&seen);
	else if (response->transport == TRANSPORT_TOO_BIG &&
		 seen_is_2xx(response->status))
		ret->outcome = judge_cut(&seen);
	answer_fini(&seen.answer);
}
