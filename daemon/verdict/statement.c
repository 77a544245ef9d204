/* The sentences are careful: each says what was seen and how, never what a
 * gateway will do, charge, allow or offer. */
#include "verdict/statement.h"

#include <assert.h>
#include <stddef.h>

static const struct statement_info statements[STATEMENTS] = {
    [STATEMENT_OWNER_GROUP] =
	{"owner_group", "The owner group is declared and in force.",
	 "No owner group in force answers for the workload."},
    [STATEMENT_ENVIRONMENT] =
	{"environment",
	 "The environment is declared, and the request was sent under it.",
	 "The environment is not named, not declared or not the one that "
	 "was used."},
    [STATEMENT_REQUEST_TIME] = {"request_time_utc",
				"A request was sent at that time.",
				"No request of that day is known."},
    [STATEMENT_REQUEST_RESULT] =
	{"request_result",
	 "Both paths of the smoke pair were observed, or "
	 "one contradicted what it must show.",
	 "The smoke pair could not be observed whole; the result is "
	 "neither pass nor fail."},
    [STATEMENT_USAGE_EVIDENCE] =
	{"usage_evidence_present",
	 "The account surface was looked at for "
	 "the request.",
	 "What the account surface shows for the request is not known."},
    [STATEMENT_SOURCES_CHECKED] =
	{"source_urls_checked",
	 "Every required source was read as recently "
	 "as its kind demands.",
	 "At least one required source was not read as recently as its "
	 "kind demands."},
    [STATEMENT_PRICING_CHECKED] =
	{"pricing_reference_checked",
	 "The pricing reference was read on the day of the request; the "
	 "field of this name says whether a role had approved it.",
	 "The pricing reference was not looked at on the day of the "
	 "request."},
    [STATEMENT_ALLOCATION_RULE] =
	{"allocation_rule",
	 "The allocation rule is effective and can be "
	 "applied.",
	 "No allocation rule that can be applied is effective."},
    [STATEMENT_UNIT_METRIC] =
	{"unit_metric_name",
	 "The unit metric is complete, and no refresh on record is "
	 "overdue.",
	 "The unit metric is missing, incomplete or overdue for "
	 "refresh."},
    [STATEMENT_FOLLOW_UP_OWNER] = {"follow_up_owner",
				   "A follow-up owner is named.",
				   "Nobody is named to follow up."},
    [STATEMENT_GATEWAY_FAILOVER] =
	{"gateway_failover_and_retry", NULL,
	 "Whether the gateway failed over or retried inside is not "
	 "visible to a client."},
    [STATEMENT_STREAMING] =
	{"streaming_responses", NULL,
	 "The probe does not stream; what a streaming product sees was "
	 "not tried."},
};

static const struct uncertainty_info uncertainties[UNCERTAINTIES] = {
    [UNCERTAIN_GATEWAY_FAILOVER] =
	{"GATEWAY_FAILOVER_AND_RETRY",
	 "The gateway may fail over and retry inside, where no client can "
	 "see it."},
    [UNCERTAIN_STREAMING] =
	{"STREAMING_NOT_PROBED",
	 "The product may stream where the probe does not."},
    [UNCERTAIN_LATER_NOT_OBSERVED] =
	{"LATER_NOT_OBSERVED",
	 "A later observation of the same day could not be made; the "
	 "record rests on the earlier one."},
    [UNCERTAIN_CLOCK] =
	{"CLOCK_UNSYNCHRONISED",
	 "The clock of the host was not synchronised when the record was "
	 "made."},
    [UNCERTAIN_ERROR_PATH_SHARED] =
	{"ERROR_PATH_SHARED",
	 "One error path a day serves all workloads of this gateway, "
	 "endpoint and environment."},
    [UNCERTAIN_ERROR_PATH_VARIANT] =
	{"ERROR_PATH_BY_CONFIGURATION",
	 "The error path used an invalid configuration, because the "
	 "gateway has no authentication of its own."},
    [UNCERTAIN_USAGE_RESPONSE_ONLY] =
	{"USAGE_IN_RESPONSE_ONLY",
	 "Usage was seen in the response alone; no account surface was "
	 "looked at."},
    [UNCERTAIN_USAGE_ATTESTED] =
	{"USAGE_ATTESTED",
	 "A person looked for the usage in the account surface and "
	 "attested it."},
    [UNCERTAIN_SOURCE_ATTESTED] =
	{"SOURCE_ATTESTED",
	 "A person read at least one source and attested it, in place of "
	 "evidenced."},
    [UNCERTAIN_METRIC_REFRESH] =
	{"METRIC_REFRESH_NOT_RECORDED",
	 "When the unit metric was last refreshed is not recorded."},
};

const struct statement_info *
statement_info(enum statement statement)
{
	assert(statement >= 0 && statement < STATEMENTS);
	return &statements[statement];
}

const struct uncertainty_info *
uncertainty_info(enum uncertainty uncertainty)
{
	assert(uncertainty >= 0 && uncertainty < UNCERTAINTIES);
	return &uncertainties[uncertainty];
}
