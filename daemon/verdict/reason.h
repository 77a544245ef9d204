/* The reasons of a record: one table that drives records, alerts, why, todo,
 * explain, the man page and the tests (domain.md, section 4). */
#ifndef VERDICT_REASON_H
#define VERDICT_REASON_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* In order of precedence: of two, the greater one decides. */
enum decision {
	DECISION_NONE, /* no record yet: "pending" */
	DECISION_PASS,
	DECISION_HOLD,
	DECISION_INCONCLUSIVE,
	DECISION_FAIL
};

const char *decision_name(enum decision decision); /* "hold" */
enum decision decision_by_name(const char *name);  /* DECISION_NONE */

/* In the order in which records list them. */
enum reason {
	/* fail */
	REASON_CREDENTIAL_ACCEPTED,
	REASON_USAGE_ABSENT,
	REASON_LEDGER_DAMAGED,
	/* inconclusive */
	REASON_NOT_OBSERVED_NETWORK,
	REASON_NOT_OBSERVED_5XX,
	REASON_THROTTLED,
	REASON_BLOCKED,
	REASON_CREDENTIAL_REJECTED,
	REASON_QUOTA_EXHAUSTED,
	REASON_IN_BAND_ERROR,
	REASON_RESPONSE_MALFORMED,
	REASON_REDIRECTED,
	REASON_ERROR_PATH_NOT_OBSERVED,
	REASON_SURFACE_UNREACHABLE,
	REASON_SOURCE_UNREACHABLE,
	REASON_CLOCK_UNSYNCHRONISED,
	REASON_ENVIRONMENT_MISMATCH,
	REASON_CEILING_REACHED,
	REASON_EVIDENCE_MISSING,
	/* hold */
	REASON_OWNER_MISSING,
	REASON_OWNER_EXPIRED,
	REASON_ENVIRONMENT_MISSING,
	REASON_FOLLOW_UP_OWNER_MISSING,
	REASON_RULE_MISSING,
	REASON_RULE_EXPIRED,
	REASON_RULE_INVALID,
	REASON_METRIC_MISSING,
	REASON_METRIC_INCOMPLETE,
	REASON_METRIC_STALE,
	REASON_SOURCE_MISSING,
	REASON_SOURCE_STALE,
	REASON_SOURCE_LOST,
	REASON_SOURCE_UNAPPROVED,
	REASON_CHANGE_UNAPPROVED,
	REASON_APPROVAL_EXPIRED,
	REASON_PRICING_NOT_SAME_DAY,
	REASON_PRICING_REFERENCE_MISMATCH,
	REASON_SETUP_STALE,
	REASON_CREDENTIAL_MISSING,
	REASON_CREDENTIAL_SHARED,
	REASON_LABEL_MISMATCH,
	REASON_USAGE_PENDING,
	REASON_USAGE_NOT_VISIBLE,
	REASON_SCOPE_UNAPPROVED,
	REASON_FALLBACK_UNREVIEWED,
	REASON_LOWERED_BY_ROLE,
	REASONS
};

/* A set of reasons: bit 1 << reason. */
typedef uint64_t reason_set;

static inline reason_set
reason_bit(enum reason reason)
{
	return UINT64_C(1) << reason;
}

struct reason_info {
	enum reason reason;
	const char *code; /* "OWNER_MISSING" */
	enum decision decision;
	const char *alert_rule; /* the one rule that reports it */
	const char *who;	/* who acts, in words: "the owner's group" */
	bool clears_itself;
	const char *says; /* what is wrong, one sentence */
	const char *next; /* command; %s is the subject of the alert rule, at
			     most once */
};

/* How it may come about, in the words of one small configuration. */
struct reason_example {
	const char *seen; /* a line as the daemon writes it */
	const char *run;  /* the command that leads on */
	const char *ends; /* what that shows, and what ends the reason */
};

const struct reason_info *reason_info(enum reason reason);
/* The gravest of a set, REASONS for an empty one. */
enum reason reason_first(reason_set reasons);
/* Who acts: a name where the reason is for one that is known, else the words
 * of the table.  `owner` is the workload's owner group, `named` the owner of
 * the source or the metric, or the role that lowered the workload; "" where
 * there is none. */
const char *reason_who(enum reason reason, const char *owner,
		       const char *named);
const struct reason_example *reason_example(enum reason reason);
/* ERR_NOT_FOUND for an unknown code. */
int reason_by_code(const char *code, enum reason *ret);
/* fail > inconclusive > hold > pass over a set; PASS for the empty one. */
enum decision reason_set_decision(reason_set reasons);

#endif
