/* The happy path: from any response bytes to a typed outcome.
 *
 * An HTTP status is not an outcome: a 200 may carry an error, a 403 may be
 * a firewall's page, a 429 an empty purse.  The path passes only on a 2xx of
 * the expected type that is strict JSON, holds none of the forbidden pointers
 * and all of the required ones, and, for a token-billed workload, counts
 * tokens.  The required pointers come before the usage, so that an answer
 * without any choices ("choices": null or []) is a malformed answer and no
 * statement about usage. */
#include "check/observe.h"
#include "check/meta.h"
#include "check/seen.h"

#include <string.h>
#include <strings.h>

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
	enum outcome outcome = seen_of_status(seen);

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

	if (!seen_take_inside(seen, error))
		return seen_is_quota(seen) ? OUTCOME_QUOTA_EXHAUSTED
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

	if (!seen_is_2xx(seen->status)) {
		seen_read_error(seen, "/error");
		return of_own_credential(seen);
	}
	if (!expects_status(seen->profile, seen->status) ||
	    !expects_type(seen) || seen->answer.root == NULL)
		return OUTCOME_MALFORMED;
	error = seen_error_inside(seen);
	if (error != NULL)
		return of_in_band_error(seen, error);
	if (!seen_holds_required(seen))
		return OUTCOME_MALFORMED;
	if (billing == BILLING_TOKEN && !seen_counts_usage(seen->out))
		return OUTCOME_USAGE_ABSENT;
	return OUTCOME_PASS;
}

void
observe_happy(const struct profile *profile, enum billing_unit billing,
	      const struct http_response *response, struct observation *ret)
{
	struct seen seen = {
	    .profile = profile, .response = response, .out = ret};

	if (!seen_begin(&seen, &ret->outcome))
		ret->outcome = judge_happy(&seen, billing);
	answer_fini(&seen.answer);
}
