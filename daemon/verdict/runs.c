/* The day's pair: which runs count, and what is wrong when one is missing.
 *
 * A run counts when it rests on a row, was requested on the day, and ran
 * under the workload's scope of now (where one error path serves many
 * workloads, whoever collects the evidence has put it under this scope).
 *
 * A happy run whose look-up goes on or could not be made does not push out
 * an earlier one whose look-up ended: that would let something that was not
 * observed replace something that was.
 *
 * When a conclusive run is missing, the newest run that could not observe
 * says why.  A missing credential and a ceiling say it too.  Only when
 * nothing does, and the day is closed, a row is missing: EVIDENCE_MISSING.
 * An error path is skipped when the happy path could not be observed, or
 * proves nothing because our own credential was rejected as well; without a
 * happy run it is then not missed. */
#include "verdict/runs.h"

enum reason
runs_unseen_reason(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_UNREACHABLE:
		return REASON_NOT_OBSERVED_NETWORK;
	case OUTCOME_SERVER_ERROR:
		return REASON_NOT_OBSERVED_5XX;
	case OUTCOME_THROTTLED:
		return REASON_THROTTLED;
	case OUTCOME_BLOCKED:
		return REASON_BLOCKED;
	case OUTCOME_CREDENTIAL_REJECTED:
		return REASON_CREDENTIAL_REJECTED;
	case OUTCOME_QUOTA_EXHAUSTED:
		return REASON_QUOTA_EXHAUSTED;
	case OUTCOME_IN_BAND_ERROR:
		return REASON_IN_BAND_ERROR;
	case OUTCOME_MALFORMED:
	case OUTCOME_UNCLASSIFIED:
		return REASON_RESPONSE_MALFORMED;
	case OUTCOME_REDIRECTED:
		return REASON_REDIRECTED;
	case OUTCOME_CREDENTIAL_MISSING:
		return REASON_CREDENTIAL_MISSING;
	case OUTCOME_NONE:
	case OUTCOME_PASS:
	case OUTCOME_REJECTED:
	case OUTCOME_USAGE_ABSENT:
	case OUTCOME_ACCEPTED:
	case OUTCOME_STOPPED: /* ours: says nothing about the gateway */
	case OUTCOMES:
		break;
	}
	return REASONS;
}

static bool
counts(const struct judge_input *input, const struct run_fact *run)
{
	return run->seq != 0 && wall_day(run->requested) == input->day &&
	       digest_equal(&run->scope, &input->workload->scope_digest);
}

/* The run when it counts and came out in one of two ways, else NULL. */
static const struct run_fact *
conclusive(const struct judge_input *input, const struct run_fact *run,
	   enum outcome good, enum outcome bad)
{
	return counts(input, run) &&
		       (run->outcome == good || run->outcome == bad)
		   ? run
		   : NULL;
}

static const struct run_fact *
unseen(const struct judge_input *input, const struct run_fact *run)
{
	return counts(input, run) && runs_unseen_reason(run->outcome) != REASONS
		   ? run
		   : NULL;
}

static bool
is_later(const struct run_fact *unseen, const struct run_fact *used)
{
	return unseen != NULL && used != NULL && unseen->seq > used->seq;
}

bool
runs_lack_usage(const struct workload *workload, const struct run_fact *run)
{
	return run->outcome == OUTCOME_USAGE_ABSENT ||
	       (workload->billing_unit == BILLING_TOKEN &&
		!run->json_usage_present);
}

/* Chooses between the newest happy run and the one that it replaced. */
static void
find_happy(const struct judge_input *input, struct runs *ret)
{
	const struct day_evidence *evidence = input->evidence;
	const struct run_fact *before = conclusive(
	    input, &evidence->happy_before, OUTCOME_PASS, OUTCOME_PASS);
	struct lookup lookup;

	ret->happy = conclusive(input, &evidence->happy, OUTCOME_PASS,
				OUTCOME_USAGE_ABSENT);
	if (ret->happy == NULL)
		return;
	if (runs_lack_usage(input->workload, ret->happy)) {
		ret->usage_absent = true;
		ret->reasons |= reason_bit(REASON_USAGE_ABSENT);
		ret->lookup.state = LOOKUP_ENDED;
		return;
	}
	ret->lookup = lookup_find(input, ret->happy, &evidence->usage);
	if (ret->lookup.state == LOOKUP_ENDED || before == NULL ||
	    runs_lack_usage(input->workload, before))
		return;
	lookup = lookup_find(input, before, &evidence->usage_before);
	if (lookup.state != LOOKUP_ENDED)
		return;
	ret->later_not_observed = ret->lookup.state == LOOKUP_FAILED;
	ret->happy = before;
	ret->lookup = lookup;
}

/* Why a path has no conclusive run. */
static reason_set
missing(const struct judge_input *input, reason_set why)
{
	if (input->evidence->ceiling_reached)
		why |= reason_bit(REASON_CEILING_REACHED);
	if (why == 0 && input->credential_loaded && input->closed)
		why = reason_bit(REASON_EVIDENCE_MISSING);
	return why;
}

static void
miss_happy(const struct judge_input *input, struct runs *ret)
{
	reason_set why = 0;

	if (ret->happy_unseen != NULL)
		why =
		    reason_bit(runs_unseen_reason(ret->happy_unseen->outcome));
	ret->reasons |= missing(input, why);
}

static void
miss_error(const struct judge_input *input, struct runs *ret)
{
	bool beside_own =
	    ret->happy == NULL && ret->error_unseen != NULL &&
	    ret->error_unseen->outcome == OUTCOME_CREDENTIAL_REJECTED;

	if (ret->error_unseen != NULL && !beside_own)
		ret->reasons |=
		    missing(input, reason_bit(REASON_ERROR_PATH_NOT_OBSERVED));
	else if (ret->happy != NULL || ret->happy_unseen == NULL)
		ret->reasons |= missing(input, 0);
}

struct runs
runs_find(const struct judge_input *input)
{
	const struct day_evidence *evidence = input->evidence;
	struct runs ret = {0};

	find_happy(input, &ret);
	ret.error = conclusive(input, &evidence->error, OUTCOME_REJECTED,
			       OUTCOME_ACCEPTED);
	ret.happy_unseen = unseen(input, &evidence->happy_inconclusive);
	ret.error_unseen = unseen(input, &evidence->error_inconclusive);
	ret.reasons |= ret.lookup.reasons;
	if (ret.happy == NULL)
		miss_happy(input, &ret);
	if (ret.error == NULL)
		miss_error(input, &ret);
	else if (ret.error->outcome == OUTCOME_ACCEPTED)
		ret.reasons |= reason_bit(REASON_CREDENTIAL_ACCEPTED);
	if ((ret.happy != NULL && ret.happy->forced) ||
	    (ret.error != NULL && ret.error->forced))
		ret.reasons |= reason_bit(REASON_FALLBACK_UNREVIEWED);
	ret.later_not_observed |= is_later(ret.happy_unseen, ret.happy) ||
				  is_later(ret.error_unseen, ret.error);
	ret.settled = ret.happy != NULL && ret.error != NULL &&
		      ret.lookup.state != LOOKUP_OPEN;
	return ret;
}
