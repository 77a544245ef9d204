/* The closed vocabulary of a record: what it can say is verified or not, and
 * which uncertainty remains.  Records hold the words, packets print the
 * sentences; nothing else is ever said. */
#ifndef VERDICT_STATEMENT_H
#define VERDICT_STATEMENT_H

#include <stdint.h>

/* What a record states.  Each stands in exactly one of verified and
 * not_verified: verified means that the value of the field rests on evidence
 * of that day, also when the value is "fail" or "no". */
enum statement {
	STATEMENT_OWNER_GROUP,
	STATEMENT_ENVIRONMENT,
	STATEMENT_REQUEST_TIME,
	STATEMENT_REQUEST_RESULT,
	STATEMENT_USAGE_EVIDENCE,
	STATEMENT_SOURCES_CHECKED,
	STATEMENT_PRICING_CHECKED,
	STATEMENT_ALLOCATION_RULE,
	STATEMENT_UNIT_METRIC,
	STATEMENT_FOLLOW_UP_OWNER,
	/* no client can verify these */
	STATEMENT_GATEWAY_FAILOVER,
	STATEMENT_STREAMING,
	STATEMENTS
};

struct statement_info {
	const char *word;     /* "request_result" */
	const char *verified; /* the sentence; NULL: never verified */
	const char *not_verified;
};

const struct statement_info *statement_info(enum statement statement);

/* Under remaining_uncertainty. */
enum uncertainty {
	UNCERTAIN_GATEWAY_FAILOVER, /* always */
	UNCERTAIN_STREAMING,	    /* always */
	UNCERTAIN_LATER_NOT_OBSERVED,
	UNCERTAIN_CLOCK,
	UNCERTAIN_ERROR_PATH_SHARED,
	UNCERTAIN_ERROR_PATH_VARIANT,
	UNCERTAIN_USAGE_RESPONSE_ONLY,
	UNCERTAIN_USAGE_ATTESTED,
	UNCERTAIN_SOURCE_ATTESTED,
	UNCERTAIN_METRIC_REFRESH,
	UNCERTAINTIES
};

struct uncertainty_info {
	const char *word; /* "LATER_NOT_OBSERVED" */
	const char *says;
};

const struct uncertainty_info *uncertainty_info(enum uncertainty uncertainty);

/* Sets: bit 1 << member. */
typedef uint32_t statement_set;
typedef uint32_t uncertainty_set;

#endif
