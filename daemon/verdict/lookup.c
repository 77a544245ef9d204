/* The look-up of a run's usage in the account surface that is approved for
 * the workload.
 *
 *   surface   ends when                          reason when not visible
 *   counter   its final look is there, or the    USAGE_NOT_VISIBLE,
 *             day is closed                      LABEL_MISMATCH,
 *                                                SURFACE_UNREACHABLE
 *   response  the run itself ended               USAGE_NOT_VISIBLE
 *   none      somebody attested it, or the day   USAGE_NOT_VISIBLE
 *             is closed
 *
 * A look that says "not yet" is not final: the final one may still wait for
 * the gateway's shared rate limit after the lag is over, and that is never a
 * gap.  While the lag runs the usage is USAGE_PENDING, also past the close.
 * Where the day is closed and no look came after the run, a row is missing:
 * EVIDENCE_MISSING.  An attestation stands for any surface. */
#include "verdict/lookup.h"

#include <assert.h>
#include <string.h>

static const char *const tiers[] = {
    [TIER_NONE] = "none",	  [TIER_RESPONSE] = "response",
    [TIER_ATTESTED] = "attested", [TIER_COUNTER] = "counter",
    [TIER_ROW] = "row",		  [TIER_ROW_BY_ID] = "row_by_id",
};

const char *
usage_tier_name(enum usage_tier tier)
{
	assert((size_t)tier < sizeof(tiers) / sizeof(tiers[0]));
	return tiers[tier];
}

static enum usage_tier
tier_by_name(const char *name)
{
	for (int t = TIER_RESPONSE; t <= TIER_ROW_BY_ID; t++) {
		if (strcmp(tiers[t], name) == 0)
			return (enum usage_tier)t;
	}
	return TIER_NONE;
}

static bool
lag_runs(const struct judge_input *input, const struct run_fact *run)
{
	const struct gateway *gateway = input->workload->gateway;
	int64_t lag_s = gateway == NULL || gateway->profile == NULL
			    ? 0
			    : gateway->profile->surface.lag_max_s;

	return input->now.us < run->requested.us + lag_s * USEC_PER_SEC;
}

static struct lookup
ended(enum usage_tier tier, reason_set reasons, uint64_t seq)
{
	return (struct lookup){.state = LOOKUP_ENDED,
			       .reasons = reasons,
			       .tier = tier,
			       .looked = seq != 0,
			       .seq = seq};
}

static struct lookup
failed(enum reason reason, uint64_t seq)
{
	return (struct lookup){
	    .state = LOOKUP_FAILED, .reasons = reason_bit(reason), .seq = seq};
}

/* No look has ended the question: wait, or give up. */
static struct lookup
not_final(const struct judge_input *input, const struct run_fact *run,
	  const struct usage_fact *usage)
{
	bool not_yet = usage != NULL && usage->outcome == LOOK_NOT_YET;

	if (lag_runs(input, run))
		return (struct lookup){.state = LOOKUP_OPEN,
				       .reasons =
					   reason_bit(REASON_USAGE_PENDING)};
	if (!input->closed)
		return (struct lookup){.state = LOOKUP_OPEN};
	if (not_yet)
		return ended(TIER_NONE, reason_bit(REASON_USAGE_NOT_VISIBLE),
			     usage->seq);
	return failed(REASON_EVIDENCE_MISSING, 0);
}

static struct lookup
find_counter(const struct judge_input *input, const struct run_fact *run,
	     const struct usage_fact *usage)
{
	enum usage_tier tier =
	    usage == NULL ? TIER_NONE : tier_by_name(usage->tier);

	if (tier < TIER_COUNTER)
		return not_final(input, run, NULL);
	switch (usage->outcome) {
	case LOOK_VISIBLE:
		return ended(tier, 0, usage->seq);
	case LOOK_NOT_VISIBLE:
		return ended(TIER_NONE, reason_bit(REASON_USAGE_NOT_VISIBLE),
			     usage->seq);
	case LOOK_LABEL_MISMATCH:
		return ended(TIER_NONE, reason_bit(REASON_LABEL_MISMATCH),
			     usage->seq);
	case LOOK_UNREACHABLE:
		return failed(REASON_SURFACE_UNREACHABLE, usage->seq);
	case LOOK_BEFORE:
	case LOOK_NOT_YET:
	case LOOK_RESPONSE:
		break;
	}
	return not_final(input, run, usage);
}

/* The response counts only with a note of who approved that, and is never
 * the account surface: nobody looked there. */
static struct lookup
find_response(const struct workload *workload, const struct run_fact *run)
{
	if (workload->account_surface_note[0] != '\0' &&
	    run->json_usage_present)
		return ended(TIER_RESPONSE, 0, 0);
	return ended(TIER_NONE, reason_bit(REASON_USAGE_NOT_VISIBLE), 0);
}

struct lookup
lookup_find(const struct judge_input *input, const struct run_fact *run,
	    const struct usage_fact *usage)
{
	const struct workload *workload = input->workload;

	if (!usage->seen || usage->seq == 0 ||
	    strcmp(usage->run, run->run) != 0)
		usage = NULL;
	if (usage != NULL && workload->allow_attestation &&
	    usage->outcome == LOOK_VISIBLE &&
	    tier_by_name(usage->tier) == TIER_ATTESTED)
		return ended(TIER_ATTESTED, 0, usage->seq);
	switch (workload->account_surface) {
	case SURFACE_COUNTER:
		return find_counter(input, run, usage);
	case SURFACE_RESPONSE:
		return find_response(workload, run);
	case SURFACE_NONE:
		break;
	}
	if (!input->closed)
		return (struct lookup){.state = LOOKUP_OPEN};
	return ended(TIER_NONE, reason_bit(REASON_USAGE_NOT_VISIBLE), 0);
}
