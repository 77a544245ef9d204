/* The alert rules: one table that drives the daemon, explain, the man page,
 * the journal catalogue and the tests (domain.md, section 5). */
#ifndef ALERT_RULE_H
#define ALERT_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };

enum subject_kind { SUBJECT_WORKLOAD, SUBJECT_SOURCE, SUBJECT_CREDENTIAL,
	SUBJECT_GATEWAY, SUBJECT_METRIC, SUBJECT_RULE, SUBJECT_REVIEW,
	SUBJECT_DAEMON };

enum alert_rule_id {
	ALERT_OWNER_MISSING,
	ALERT_EVIDENCE_GAP,
	ALERT_HAPPY_PATH_FAILED,
	ALERT_GATEWAY_UNREACHABLE,
	ALERT_ERROR_PATH_ACCEPTED,
	ALERT_ERROR_PATH_INVISIBLE,
	ALERT_CREDENTIAL_MISSING,
	ALERT_CREDENTIAL_REJECTED,
	ALERT_CREDENTIAL_USED_ELSEWHERE,
	ALERT_QUOTA_EXHAUSTED,
	ALERT_USAGE_NOT_VISIBLE,
	ALERT_SOURCE_MISSING,
	ALERT_SOURCE_UNAPPROVED,
	ALERT_SOURCE_CHANGED,
	ALERT_SOURCE_STALE,
	ALERT_SOURCE_LOST,
	ALERT_METRIC_INCOMPLETE,
	ALERT_RULE_INVALID,
	ALERT_SCOPE_CHANGED,
	ALERT_ENVIRONMENT_MISMATCH,
	ALERT_UNREVIEWED_FALLBACK,
	ALERT_FOLLOW_UP_OVERDUE,
	ALERT_PROBE_CEILING,
	ALERT_SECRET_BLOCKED,
	ALERT_CONFIG_REJECTED,
	ALERT_LEDGER_DAMAGED,
	ALERT_LEDGER_FULL,
	ALERT_CLOCK_UNSYNCHRONISED,
	ALERT_RULES
};

struct alert_rule {
	enum alert_rule_id id;
	const char *name;	/* "owner-missing" */
	enum severity severity;
	enum subject_kind subject;
	const char *message_id; /* 32 hex digits */
	int64_t for_s;		/* the condition must hold so long */
	const char *what;	/* what was seen, one sentence */
	const char *effect;	/* what it blocks */
	const char *urgency;	/* "can wait for office hours" */
	const char *who;
	const char *next;	/* command with %s for the subject */
	const char *resolved_by;
};

const struct alert_rule *alert_rule(enum alert_rule_id id);
const struct alert_rule *alert_rule_by_name(const char *name); /* or NULL */
const char *severity_name(enum severity severity); /* "critical" */
char severity_letter(enum severity severity);	    /* 'C' */
int severity_priority(enum severity severity);	    /* syslog: 2, 4, 5 */

#endif
