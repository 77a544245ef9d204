/* The table of reasons, and the few look-ups in it.
 *
 * Every blocking condition of a record is one row here, and everything that
 * is ever said about it is made from that row: why, todo, explain, the
 * manual page, the alerts and the tests.  %s in `next` is the subject of the
 * row's alert rule: a workload, source, credential, metric or rule.
 *
 * Where more than one alert rule could be meant, one was chosen:
 *   RULE_EXPIRED            rule-invalid: one alert per rule, not one for
 *                           each workload that it allocates
 *   CREDENTIAL_SHARED       credential-used-elsewhere: the key is configured
 *                           for another workload, or its counter moved; the
 *                           alert's line says which of them was seen
 *   NOT_OBSERVED_NETWORK    happy-path-failed; gateway-unreachable inhibits
 *                           it when the whole gateway is meant
 *   SURFACE_UNREACHABLE     usage-not-visible: the effect is the same
 *   SOURCE_UNREACHABLE, PRICING_NOT_SAME_DAY, SETUP_STALE
 *                           source-stale: due and not read
 *   PRICING_REFERENCE_MISMATCH, APPROVAL_EXPIRED
 *                           source-changed: an approval is asked for
 *   USAGE_PENDING           usage-not-visible, which waits for the same lag
 *   LOWERED_BY_ROLE         follow-up-overdue: it ends with what the person
 *                           who lowered it follows up */
#include "verdict/reason.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define KEEPS_CONFIG "whoever keeps the configuration"
#define KEEPS_HOST   "the administrator of this host"
#define OPERATOR     "the operator of evidenced"
#define OWNER	     "the workload's owner group"
#define GATEWAY	     "the gateway's administrator"
#define APPROVER     "the role that approves this source"
#define METRIC_OWNER "the metric's owner"
#define LOWERED_IT   "the role that lowered it"

#define HAPPY_ROWS "evidencectl history --workload %s --kind check.happy"
#define ERROR_ROWS "evidencectl history --workload %s --kind check.error"
#define USAGE_ROWS "evidencectl history --workload %s --kind check.usage"
#define SHOW	   "evidencectl show %s"
#define DIFF	   "evidencectl diff %s"
#define KEYS	   "evidencectl list credentials"

enum { CLEARS_ITSELF = true, NEEDS_SOMEBODY = false };

/* One row is easier to read as a paragraph. */
/* clang-format off */
#define ROW(code, decision, rule, who, clears, says, next)            \
	[REASON_##code] = {REASON_##code, #code, DECISION_##decision, \
	    rule, who, clears, says, next}

static const struct reason_info table[REASONS] = {
ROW(CREDENTIAL_ACCEPTED, FAIL, "error-path-accepted",
    GATEWAY, NEEDS_SOMEBODY,
    "The gateway answered a request with an invalid credential as if it were "
    "valid, so spend cannot be traced to whoever holds a credential.",
    SHOW),
ROW(USAGE_ABSENT, FAIL, "usage-not-visible",
    OWNER, NEEDS_SOMEBODY,
    "A successful request of a token-billed workload was answered without "
    "any usage above zero.",
    HAPPY_ROWS),
ROW(LEDGER_DAMAGED, FAIL, "ledger-damaged",
    KEEPS_HOST, NEEDS_SOMEBODY,
    "Recovery or verification found damage in the ledger, so nothing can be "
    "proved from it until it is repaired.",
    "evidencectl verify"),
ROW(NOT_OBSERVED_NETWORK, INCONCLUSIVE, "happy-path-failed",
    OPERATOR, CLEARS_ITSELF,
    "The gateway could not be reached: no name, no connection, no valid "
    "certificate, no answer in time, or an answer that was cut off.",
    HAPPY_ROWS),
ROW(NOT_OBSERVED_5XX, INCONCLUSIVE, "happy-path-failed",
    GATEWAY, CLEARS_ITSELF,
    "The gateway answered the happy path with a server error (5xx).",
    HAPPY_ROWS),
ROW(THROTTLED, INCONCLUSIVE, "happy-path-failed",
    OWNER, CLEARS_ITSELF,
    "The gateway turned the happy path away because too many requests came "
    "in (429).",
    HAPPY_ROWS),
ROW(BLOCKED, INCONCLUSIVE, "happy-path-failed",
    GATEWAY, NEEDS_SOMEBODY,
    "Something in front of the gateway (a bot challenge or a firewall page) "
    "answered in its place.",
    HAPPY_ROWS),
ROW(CREDENTIAL_REJECTED, INCONCLUSIVE, "credential-rejected",
    OWNER, NEEDS_SOMEBODY,
    "The gateway rejects the workload's own credential (401 or 403), so "
    "neither path proves anything.",
    KEYS),
ROW(QUOTA_EXHAUSTED, INCONCLUSIVE, "quota-exhausted",
    OWNER, NEEDS_SOMEBODY,
    "The gateway refuses the credential for want of credit or quota; that "
    "says nothing about the budget.",
    SHOW),
ROW(IN_BAND_ERROR, INCONCLUSIVE, "happy-path-failed",
    GATEWAY, NEEDS_SOMEBODY,
    "The gateway answered with a success status, but the body carries an "
    "error.",
    HAPPY_ROWS),
ROW(RESPONSE_MALFORMED, INCONCLUSIVE, "happy-path-failed",
    GATEWAY, NEEDS_SOMEBODY,
    "The gateway's answer does not have the shape that its profile promises, "
    "or is larger than allowed.",
    HAPPY_ROWS),
ROW(REDIRECTED, INCONCLUSIVE, "happy-path-failed",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The gateway answered with a redirect, which is never followed with a "
    "credential; its base URL has probably moved.",
    HAPPY_ROWS),
ROW(ERROR_PATH_NOT_OBSERVED, INCONCLUSIVE, "error-path-invisible",
    GATEWAY, CLEARS_ITSELF,
    "The request with an invalid credential got no answer that says whether "
    "the gateway rejects it.",
    ERROR_ROWS),
ROW(SURFACE_UNREACHABLE, INCONCLUSIVE, "usage-not-visible",
    OPERATOR, CLEARS_ITSELF,
    "The account surface could not be read after the request, within the "
    "time in which usage must become visible.",
    USAGE_ROWS),
ROW(SOURCE_UNREACHABLE, INCONCLUSIVE, "source-stale",
    OPERATOR, CLEARS_ITSELF,
    "A required source page was due and could not be fetched: no answer, or "
    "a server error.",
    SHOW),
ROW(CLOCK_UNSYNCHRONISED, INCONCLUSIVE, "clock-unsynchronised",
    KEEPS_HOST, CLEARS_ITSELF,
    "This host's clock is not synchronised, and the workload requires that "
    "it is, because evidence counts by its UTC day.",
    "timedatectl status"),
ROW(ENVIRONMENT_MISMATCH, INCONCLUSIVE, "environment-mismatch",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The workload runs against a host or a gateway profile that is not the "
    "one its environment names.",
    SHOW),
ROW(CEILING_REACHED, INCONCLUSIVE, "probe-ceiling",
    KEEPS_CONFIG, CLEARS_ITSELF,
    "The workload's daily ceiling of requests or tokens was reached before "
    "its evidence was complete; probes go on the next day.",
    SHOW),
ROW(EVIDENCE_MISSING, INCONCLUSIVE, "evidence-gap",
    OPERATOR, CLEARS_ITSELF,
    "A check that was due that day left no row, and all its further attempts "
    "are over.",
    "evidencectl history --workload %s"),
ROW(OWNER_MISSING, HOLD, "owner-missing",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "No owner group that is declared and in force on that day answers for "
    "the workload.",
    SHOW),
ROW(OWNER_EXPIRED, HOLD, "owner-missing",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The workload's owner group was valid only until an earlier day.",
    SHOW),
ROW(ENVIRONMENT_MISSING, HOLD, "owner-missing",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The workload names no environment, or one that is not declared.",
    SHOW),
ROW(FOLLOW_UP_OWNER_MISSING, HOLD, "owner-missing",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "Nobody is named to follow up what this record leaves open.",
    SHOW),
ROW(RULE_MISSING, HOLD, "owner-missing",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "No allocation rule that is declared and in force on that day says whose "
    "budget the workload's cost belongs to.",
    SHOW),
ROW(RULE_EXPIRED, HOLD, "rule-invalid",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The workload's allocation rule was effective only until an earlier day.",
    SHOW),
ROW(RULE_INVALID, HOLD, "rule-invalid",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The allocation rule cannot be applied: its weights, targets, pool or "
    "basis do not add up.",
    SHOW),
ROW(METRIC_MISSING, HOLD, "metric-incomplete",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The workload names no unit metric, or one that is not declared.",
    "evidencectl list metrics"),
ROW(METRIC_INCOMPLETE, HOLD, "metric-incomplete",
    METRIC_OWNER, NEEDS_SOMEBODY,
    "The unit metric lacks a part: class, numerator, denominator, unit, "
    "source systems, refresh or owner.",
    SHOW),
ROW(METRIC_STALE, HOLD, "metric-incomplete",
    METRIC_OWNER, NEEDS_SOMEBODY,
    "The unit metric is overdue for the refresh that it promises.",
    SHOW),
ROW(SOURCE_MISSING, HOLD, "source-missing",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "At least one of the five kinds of source (setup, pricing, support, "
    "allocation, unit economics) is not configured for the workload.",
    SHOW),
ROW(SOURCE_STALE, HOLD, "source-stale",
    APPROVER, CLEARS_ITSELF,
    "A support, allocation or unit economics page was not read within the "
    "last 31 days.",
    SHOW),
ROW(SOURCE_LOST, HOLD, "source-lost",
    APPROVER, NEEDS_SOMEBODY,
    "A required page is gone, moved, blocked or no longer what it was: three "
    "reads over two hours agree.",
    SHOW),
ROW(SOURCE_UNAPPROVED, HOLD, "source-unapproved",
    APPROVER, NEEDS_SOMEBODY,
    "The first snapshot of a required page waits for approval.",
    DIFF),
ROW(CHANGE_UNAPPROVED, HOLD, "source-changed",
    APPROVER, NEEDS_SOMEBODY,
    "A required page has changed since its approval, and the change waits "
    "for approval.",
    DIFF),
ROW(APPROVAL_EXPIRED, HOLD, "source-changed",
    APPROVER, NEEDS_SOMEBODY,
    "The approval of a required page is older than its maximum age.",
    DIFF),
ROW(PRICING_NOT_SAME_DAY, HOLD, "source-stale",
    APPROVER, CLEARS_ITSELF,
    "The pricing reference was not reviewed on the UTC day of the request.",
    SHOW),
ROW(PRICING_REFERENCE_MISMATCH, HOLD, "source-changed",
    APPROVER, NEEDS_SOMEBODY,
    "The approved pricing snapshot is not the text that the pricing page "
    "showed when it was last read.",
    DIFF),
ROW(SETUP_STALE, HOLD, "source-stale",
    APPROVER, CLEARS_ITSELF,
    "The setup page was not read on the UTC day of the request, so the "
    "request may not follow what is documented now.",
    SHOW),
ROW(CREDENTIAL_MISSING, HOLD, "credential-missing",
    KEEPS_HOST, NEEDS_SOMEBODY,
    "The workload's credential is not loaded, or is still a placeholder; a "
    "new value needs a restart.",
    KEYS),
ROW(CREDENTIAL_SHARED, HOLD, "credential-used-elsewhere",
    KEEPS_CONFIG, NEEDS_SOMEBODY,
    "The credential is not this workload's alone: another workload uses it, "
    "or its counter moved without a run of ours; so what the account surface "
    "shows for it cannot be ascribed to one workload.",
    KEYS),
ROW(LABEL_MISMATCH, HOLD, "usage-not-visible",
    OWNER, NEEDS_SOMEBODY,
    "The account surface gives the credential another name than the "
    "workload's, so it may be another key.",
    USAGE_ROWS),
ROW(USAGE_PENDING, HOLD, "usage-not-visible",
    "nobody yet", CLEARS_ITSELF,
    "The usage of the request is not visible yet, and the time in which it "
    "must become visible still runs.",
    USAGE_ROWS),
ROW(USAGE_NOT_VISIBLE, HOLD, "usage-not-visible",
    OWNER, NEEDS_SOMEBODY,
    "The usage of the request did not become visible in the approved account "
    "surface, and nobody attested it.",
    USAGE_ROWS),
ROW(SCOPE_UNAPPROVED, HOLD, "scope-changed",
    OWNER, NEEDS_SOMEBODY,
    "The workload's endpoint, model or parameters differ from the scope that "
    "was approved.",
    SHOW),
ROW(FALLBACK_UNREVIEWED, HOLD, "unreviewed-fallback",
    OWNER, NEEDS_SOMEBODY,
    "The evidence rests on a run that was forced past a ceiling, a stop or a "
    "stale source.",
    "evidencectl history --workload %s --kind check"),
ROW(LOWERED_BY_ROLE, HOLD, "follow-up-overdue",
    LOWERED_IT, CLEARS_ITSELF,
    "A person lowered the decision for this workload until a day that the "
    "record names.",
    SHOW),
};
/* clang-format on */

static const char *const decisions[] = {
    [DECISION_NONE] = "pending", [DECISION_PASS] = "pass",
    [DECISION_HOLD] = "hold",	 [DECISION_INCONCLUSIVE] = "inconclusive",
    [DECISION_FAIL] = "fail",
};

static_assert(REASONS <= 64, "a reason_set has 64 bits");

const char *
decision_name(enum decision decision)
{
	assert((size_t)decision < sizeof(decisions) / sizeof(decisions[0]));
	return decisions[decision];
}

enum decision
decision_by_name(const char *name)
{
	for (int d = DECISION_PASS; d <= DECISION_FAIL; d++) {
		if (strcmp(decisions[d], name) == 0)
			return (enum decision)d;
	}
	return DECISION_NONE;
}

const struct reason_info *
reason_info(enum reason reason)
{
	assert(reason >= 0 && reason < REASONS);
	return &table[reason];
}

enum reason
reason_first(reason_set reasons)
{
	int r = 0; /* the table begins with what is gravest */

	while (r < REASONS && (reasons & reason_bit((enum reason)r)) == 0)
		r++;
	return (enum reason)r;
}

const char *
reason_who(enum reason reason, const char *owner, const char *named)
{
	static const char *const for_named[] = {APPROVER, METRIC_OWNER,
						LOWERED_IT};
	const char *who = reason_info(reason)->who;

	if (strcmp(who, OWNER) == 0)
		return owner[0] != '\0' ? owner : who;
	for (size_t i = 0; i < sizeof(for_named) / sizeof(for_named[0]); i++) {
		if (strcmp(who, for_named[i]) == 0)
			return named[0] != '\0' ? named : who;
	}
	return who;
}

int
reason_by_code(const char *code, enum reason *ret)
{
	for (int r = 0; r < REASONS; r++) {
		if (strcmp(table[r].code, code) == 0) {
			*ret = (enum reason)r;
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}

enum decision
reason_set_decision(reason_set reasons)
{
	enum decision worst = DECISION_PASS;

	for (int r = 0; r < REASONS; r++) {
		if ((reasons & reason_bit((enum reason)r)) != 0 &&
		    table[r].decision > worst)
			worst = table[r].decision;
	}
	return worst;
}
