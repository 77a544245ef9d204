/* The alert rules: one table that drives the daemon, explain, the man page,
 * the journal catalogue and the tests (domain.md, section 5). */
#ifndef ALERT_RULE_H
#define ALERT_RULE_H

#include "alert/severity.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum subject_kind {
	SUBJECT_WORKLOAD,
	SUBJECT_SOURCE,
	SUBJECT_CREDENTIAL,
	SUBJECT_GATEWAY,
	SUBJECT_METRIC,
	SUBJECT_RULE,
	SUBJECT_REVIEW,
	SUBJECT_DAEMON
};

enum alert_rule_id {
	ALERT_OWNER_MISSING,
	ALERT_EVIDENCE_GAP,
	ALERT_HAPPY_PATH_FAILED,
	ALERT_GATEWAY_UNREACHABLE,
	ALERT_HOST_OFFLINE,
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
	ALERT_JOURNAL_UNCONFIRMED,
	ALERT_CLOCK_UNSYNCHRONISED,
	ALERT_RULES
};

/* Which alerts of one rule share a line: those of one owner, or those of one
 * gateway (of one owner where the condition names no gateway). */
enum alert_grouping { GROUP_BY_OWNER, GROUP_BY_GATEWAY };

/* The words are clauses: they begin in lower case and end without a stop, so
 * that they fit into one line of the journal; alert_sentence() makes a
 * sentence of one. */
struct alert_rule {
	enum alert_rule_id id;
	const char *name; /* "owner-missing" */
	enum severity severity;
	enum subject_kind subject;
	enum alert_grouping group_by;
	const char *message_id; /* 32 hex digits, never reused */
	int64_t for_s;		/* the condition must hold so long */
	const char *what;	/* what was seen */
	const char *effect;	/* what it blocks */
	const char *urgency;	/* "can wait for office hours" */
	const char *who;	/* who acts; NULL: whoever the reasons that it
				   reports are for */
	const char *next;	/* command; %s is the subject, at most once */
	const char *resolved_by;
};

const struct alert_rule *alert_rule(enum alert_rule_id id);
const struct alert_rule *alert_rule_by_name(const char *name); /* or NULL */
const char *subject_kind_name(enum subject_kind kind);	       /* "workload" */

/* Appends the rule's next command with the subject filled in. */
void alert_rule_next(const struct alert_rule *rule, const char *subject,
		     struct buf *out);
/* Appends who acts, in the words of the tables: "a, b or c" where that is by
 * the reason. */
void alert_rule_who(const struct alert_rule *rule, struct buf *out);
/* Appends a clause of the table as a sentence: "No row ..." with its stop. */
void alert_sentence(const char *clause, struct buf *out);

#endif
