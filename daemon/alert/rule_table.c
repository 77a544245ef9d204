/* The table of alert rules.
 *
 * Each row is everything that is ever said about a rule: the line in the
 * journal, the catalogue entry, the manual page and `explain` are made from
 * it, so that they cannot differ.  Somebody reads these words at three in
 * the morning: they say what was seen, what it blocks, how urgent that is,
 * who acts, which command to type, and what ends it.  Who acts is said in the
 * table of reasons; here only of a rule that reports none.
 *
 * A group of subjects with different details has `what` for its line: it must
 * be true for every reason that the rule reports.
 *
 * A MESSAGE_ID is a random number, given once.  People filter their journal
 * by it: an id is never changed and never given to another rule. */
#include "alert/rule_table.h"

enum { MINUTE_S = 60, HOUR_S = 60 * MINUTE_S };

#define OFFICE	     "can wait for office hours"
#define NOW	     "act now"
#define KEEPS_CONFIG "whoever keeps the configuration"

const struct alert_rule alert_rule_table[ALERT_RULES] = {
    [ALERT_OWNER_MISSING] =
	{
	    .id = ALERT_OWNER_MISSING,
	    .name = "owner-missing",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "84c9fa556f0b4261aebde2a294176984",
	    .what = "the owner, environment, allocation rule or follow-up "
		    "owner is missing or expired",
	    .effect = "its cost stays out of the budget review",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "a valid owner, environment, rule and follow-up "
			   "owner",
	},
    [ALERT_EVIDENCE_GAP] =
	{
	    .id = ALERT_EVIDENCE_GAP,
	    .name = "evidence-gap",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_GATEWAY,
	    .message_id = "26236efcbb5e456d922b82ea50efa8a1",
	    .what = "a check that was due left no row, and all its further "
		    "attempts are over",
	    .effect = "the day has no evidence for it",
	    .urgency = OFFICE,
	    .next = "evidencectl history --workload %s",
	    .resolved_by = "the missing row, or the next day's",
	},
    [ALERT_HAPPY_PATH_FAILED] =
	{
	    .id = ALERT_HAPPY_PATH_FAILED,
	    .name = "happy-path-failed",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_GATEWAY,
	    .message_id = "c5188ec601884da7831d8f24aabe8d94",
	    .what = "the happy path did not come out as expected",
	    .effect = "the day does not pass without a good run",
	    .urgency = OFFICE,
	    .next = "evidencectl history --workload %s --kind check.happy",
	    .resolved_by = "a good run",
	},
    [ALERT_GATEWAY_UNREACHABLE] =
	{
	    .id = ALERT_GATEWAY_UNREACHABLE,
	    .name = "gateway-unreachable",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_GATEWAY,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "04b31215969448afac12cdfe2e67fd5b",
	    .for_s = 30 * MINUTE_S,
	    .what = "for 30 minutes nobody got through the gateway, or half of "
		    "its workloads did not",
	    .effect = "its workloads get no evidence; their own alerts wait",
	    .urgency = OFFICE,
	    .who = "the operator of evidenced",
	    .next = "evidencectl show %s",
	    .resolved_by = "good runs of its workloads through the gateway",
	},
    [ALERT_HOST_OFFLINE] =
	{
	    .id = ALERT_HOST_OFFLINE,
	    .name = "host-offline",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_DAEMON,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "88f83d254a2c849ddab12d3f49aa5df1",
	    .for_s = 30 * MINUTE_S,
	    .what = "for 30 minutes no gateway and no page answered: this "
		    "host seems to have no network",
	    .effect = "there is no evidence; the alerts of what cannot be "
		      "reached wait",
	    .urgency = OFFICE,
	    .who = "the administrator of this host",
	    .next = "evidencectl doctor",
	    .resolved_by = "an answer, and a new try of all that had none",
	},
    [ALERT_ERROR_PATH_ACCEPTED] =
	{
	    .id = ALERT_ERROR_PATH_ACCEPTED,
	    .name = "error-path-accepted",
	    .severity = SEVERITY_CRITICAL,
	    .subject = SUBJECT_CREDENTIAL,
	    .group_by = GROUP_BY_GATEWAY,
	    .message_id = "a904567509c94691a39d7f83beaf1e8e",
	    .what = "the gateway answered a request with an invalid "
		    "credential as if it were valid",
	    .effect = "spend cannot be traced to an owner; scheduled probes "
		      "have stopped",
	    .urgency = NOW,
	    .next = "evidencectl show %s",
	    .resolved_by = "a run of the error path that is rejected "
			   "(evidencectl run LABEL/error)",
	},
    [ALERT_ERROR_PATH_INVISIBLE] =
	{
	    .id = ALERT_ERROR_PATH_INVISIBLE,
	    .name = "error-path-invisible",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_GATEWAY,
	    .message_id = "9d2a243555c24bd7a53a3695c5508d13",
	    .what = "the error path ended in nothing that can be troubleshot",
	    .effect = "the error path proves nothing; the day cannot pass",
	    .urgency = OFFICE,
	    .next = "evidencectl history --workload %s --kind check.error",
	    .resolved_by = "a rejection that the gateway's profile knows",
	},
    [ALERT_CREDENTIAL_MISSING] =
	{
	    .id = ALERT_CREDENTIAL_MISSING,
	    .name = "credential-missing",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_CREDENTIAL,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "599593e3e9c447efbedb4d97742df8b1",
	    .what = "the credential is not loaded, or is still a "
		    "placeholder",
	    .effect = "no probe can be sent with it",
	    .urgency = OFFICE,
	    .next = "evidencectl list credentials",
	    .resolved_by = "the value in the credentials folder and a "
			   "restart (a reload does not load it)",
	},
    [ALERT_CREDENTIAL_REJECTED] =
	{
	    .id = ALERT_CREDENTIAL_REJECTED,
	    .name = "credential-rejected",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_CREDENTIAL,
	    .group_by = GROUP_BY_GATEWAY,
	    .message_id = "12ae08ce473f4f8cb1121bc04e98a213",
	    .what = "the gateway rejects our own credential as it rejects "
		    "the invalid one",
	    .effect = "the happy path cannot be observed",
	    .urgency = OFFICE,
	    .next = "evidencectl list credentials",
	    .resolved_by = "a good pair, after a restart when the value is new",
	},
    [ALERT_CREDENTIAL_USED_ELSEWHERE] =
	{
	    .id = ALERT_CREDENTIAL_USED_ELSEWHERE,
	    .name = "credential-used-elsewhere",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_CREDENTIAL,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "6ffc7b38fe4f4fd3973212b877379c65",
	    .what = "two workloads use one key, or the counter of a "
		    "dedicated key moved between our runs",
	    .effect = "what the surface counts can no longer be ascribed to "
		      "one workload",
	    .urgency = OFFICE,
	    .next = "evidencectl list credentials",
	    .resolved_by = "an explanation in a note, or a key of its own",
	},
    [ALERT_QUOTA_EXHAUSTED] =
	{
	    .id = ALERT_QUOTA_EXHAUSTED,
	    .name = "quota-exhausted",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_CREDENTIAL,
	    .group_by = GROUP_BY_GATEWAY,
	    .message_id = "a5c9938a733841fd9e008b02345205ef",
	    .what = "the gateway refuses the credential for want of credit "
		    "or quota",
	    .effect = "the happy path cannot be observed",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "a good run",
	},
    [ALERT_USAGE_NOT_VISIBLE] =
	{
	    .id = ALERT_USAGE_NOT_VISIBLE,
	    .name = "usage-not-visible",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_GATEWAY,
	    .message_id = "ba246828e5cb427f978676a146c9245b",
	    .what = "the usage of a successful request is not evidenced in "
		    "the account surface",
	    .effect = "the day cannot pass",
	    .urgency = OFFICE,
	    .next = "evidencectl why %s",
	    .resolved_by = "usage seen in the answer and in the account "
			   "surface, where it may also be attested",
	},
    [ALERT_SOURCE_MISSING] =
	{
	    .id = ALERT_SOURCE_MISSING,
	    .name = "source-missing",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "aa3008406d324a2fb32e230ad99741fc",
	    .what = "a required kind of source page is not configured",
	    .effect = "the packet has no reference for it; the day cannot "
		      "pass",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "a source of that kind in the configuration",
	},
    [ALERT_SOURCE_UNAPPROVED] =
	{
	    .id = ALERT_SOURCE_UNAPPROVED,
	    .name = "source-unapproved",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_SOURCE,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "f14cc8a8a70e43a39a75e4a84ffe9484",
	    .what = "the first snapshot of the page waits for approval",
	    .effect = "the workloads that rest on it are held",
	    .urgency = OFFICE,
	    .next = "evidencectl diff %s",
	    .resolved_by = "an approval of its newest snapshot",
	},
    [ALERT_SOURCE_CHANGED] =
	{
	    .id = ALERT_SOURCE_CHANGED,
	    .name = "source-changed",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_SOURCE,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "931f3589cf564d86bca54f1d5b239329",
	    .what = "the page differs from the approved snapshot, or its "
		    "approval expired",
	    .effect = "the workloads that rest on it are held",
	    .urgency = OFFICE,
	    .next = "evidencectl diff %s",
	    .resolved_by = "an approval of its newest snapshot",
	},
    [ALERT_SOURCE_STALE] =
	{
	    .id = ALERT_SOURCE_STALE,
	    .name = "source-stale",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_SOURCE,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "7187d8422b71435abebf2da955a1e7d1",
	    .what = "the page was due and was not read, or not reviewed, in "
		    "time",
	    .effect = "the workloads that need a read of the day are held",
	    .urgency = OFFICE,
	    .next = "evidencectl why %s",
	    .resolved_by = "a good read",
	},
    [ALERT_SOURCE_LOST] =
	{
	    .id = ALERT_SOURCE_LOST,
	    .name = "source-lost",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_SOURCE,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "03c00bfe888745cc94290c8c25d033c6",
	    .for_s = 2 * HOUR_S,
	    .what = "the page is gone, moved, blocked or no longer what it "
		    "was, in three reads over two hours",
	    .effect = "the workloads that rest on it are held",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "a good read, an attestation or an approved new "
			   "URL",
	},
    [ALERT_METRIC_INCOMPLETE] =
	{
	    .id = ALERT_METRIC_INCOMPLETE,
	    .name = "metric-incomplete",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_METRIC,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "b0bc14a16067495eb689c0bf61b21a1c",
	    .what = "the unit metric is missing, lacks a part, or is "
		    "overdue for its refresh",
	    .effect = "the workloads measured by it are held",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "every part filled in and the refresh recorded",
	},
    [ALERT_RULE_INVALID] =
	{
	    .id = ALERT_RULE_INVALID,
	    .name = "rule-invalid",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_RULE,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "0a7e5010a3014500a40cd5e768098862",
	    .what = "the allocation rule is expired, shadowed, or its "
		    "weights or basis do not add up",
	    .effect = "the workloads allocated by it are held",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "a valid version of the rule",
	},
    [ALERT_SCOPE_CHANGED] =
	{
	    .id = ALERT_SCOPE_CHANGED,
	    .name = "scope-changed",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "065413ee000f488ab8f1ba82552cbbe4",
	    .what = "endpoint, model or parameters differ from the approved "
		    "scope",
	    .effect = "its runs are not evidence of what was approved",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "approval of the new scope, or the old "
			   "configuration",
	},
    [ALERT_ENVIRONMENT_MISMATCH] =
	{
	    .id = ALERT_ENVIRONMENT_MISMATCH,
	    .name = "environment-mismatch",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "52d981ebc58e4cf9a2d76ac93ec1c5d1",
	    .what = "a run left the host or profile that its environment "
		    "expects",
	    .effect = "the run proves nothing for that environment",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "a run that matches its environment",
	},
    [ALERT_UNREVIEWED_FALLBACK] =
	{
	    .id = ALERT_UNREVIEWED_FALLBACK,
	    .name = "unreviewed-fallback",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "4587767d05904beb92262b44c48e5638",
	    .what = "the run succeeded only by another host, another model "
		    "or by force",
	    .effect = "the day is held until a run without force",
	    .urgency = OFFICE,
	    .next = "evidencectl history --workload %s --kind check.happy",
	    .resolved_by = "a clean run, that day or the next",
	},
    [ALERT_FOLLOW_UP_OVERDUE] =
	{
	    .id = ALERT_FOLLOW_UP_OVERDUE,
	    .name = "follow-up-overdue",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "2dc17b1ffd9545c2989f12b6dd102281",
	    .what = "the next check of a record that a role lowered is "
		    "overdue",
	    .effect = "the record stays as it is until somebody follows up",
	    .urgency = OFFICE,
	    .next = "evidencectl show %s",
	    .resolved_by = "the next record",
	},
    [ALERT_PROBE_CEILING] =
	{
	    .id = ALERT_PROBE_CEILING,
	    .name = "probe-ceiling",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_WORKLOAD,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "4651563e0e874059967ab7569b7fd722",
	    .what = "the day's ceiling of requests or tokens is reached",
	    .effect = "no more probes are sent for it today",
	    .urgency = OFFICE,
	    .next = "evidencectl next %s",
	    .resolved_by = "the next UTC day",
	},
    [ALERT_SECRET_BLOCKED] =
	{
	    .id = ALERT_SECRET_BLOCKED,
	    .name = "secret-blocked",
	    .severity = SEVERITY_CRITICAL,
	    .subject = SUBJECT_DAEMON,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "d162b5f6b4014a2ba04ed1e725c68411",
	    .what = "a credential's value, other than an echo of the "
		    "request's own, stood in something about to be stored, "
		    "and was taken out",
	    .effect = "the value went through a place where it does not "
		      "belong",
	    .urgency = "act now: rotate it, as Credentials in evidenced(8) "
		       "has it, then say so",
	    .who = "the administrator of this host",
	    .next = "evidencectl list credentials",
	    .resolved_by = "a note that it was rotated: evidencectl note "
			   "secret-blocked/evidenced --role ROLE --text TEXT",
	},
    [ALERT_CONFIG_REJECTED] =
	{
	    .id = ALERT_CONFIG_REJECTED,
	    .name = "config-rejected",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_DAEMON,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "4079d275c2e04e9b967d70255dadd4dd",
	    .what = "a reload was refused",
	    .effect = "the old configuration stays in force; a restart "
		      "would fail",
	    .urgency = OFFICE,
	    .who = KEEPS_CONFIG,
	    .next = "evidencectl check-config",
	    .resolved_by = "a good reload",
	},
    [ALERT_LEDGER_DAMAGED] =
	{
	    .id = ALERT_LEDGER_DAMAGED,
	    .name = "ledger-damaged",
	    .severity = SEVERITY_CRITICAL,
	    .subject = SUBJECT_DAEMON,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "d6767ee0c54e41f5b2099a8c7040f54a",
	    .what = "rows that were recorded are missing from the ledger or "
		    "changed, or the journal holds others in their place",
	    .effect = "no checkpoint is signed; where rows are missing, "
		      "nothing is recorded and no probe is sent",
	    .urgency = NOW,
	    .next = "evidencectl verify",
	    .resolved_by = "a ledger that verifies again, from a backup or "
			   "the journal",
	},
    [ALERT_LEDGER_FULL] =
	{
	    .id = ALERT_LEDGER_FULL,
	    .name = "ledger-full",
	    .severity = SEVERITY_CRITICAL,
	    .subject = SUBJECT_DAEMON,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "c06cea6190564dd780c995bcafd456e6",
	    .what = "the ledger cannot be written: its file system has no "
		    "room or is read-only",
	    .effect = "nothing is recorded and no probe is sent",
	    .urgency = NOW,
	    .who = "the administrator of this host",
	    .next = "evidencectl status",
	    .resolved_by = "a file system that takes rows; evidenced resumes "
			   "by itself, and after a new mount by a restart",
	},
    [ALERT_JOURNAL_UNCONFIRMED] =
	{
	    .id = ALERT_JOURNAL_UNCONFIRMED,
	    .name = "journal-unconfirmed",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_DAEMON,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "53b43d808a0843c6b11d1468c615c4a0",
	    .for_s = 10 * MINUTE_S,
	    .what = "rows of the ledger have not been read back from the "
		    "journal for 10 minutes",
	    .effect = "they stand in the ledger alone, without a witness",
	    .urgency = OFFICE,
	    .who = "the administrator of this host",
	    .next = "evidencectl status",
	    .resolved_by = "the journal holds the rows; evidenced sends them "
			   "again by itself",
	},
    [ALERT_CLOCK_UNSYNCHRONISED] =
	{
	    .id = ALERT_CLOCK_UNSYNCHRONISED,
	    .name = "clock-unsynchronised",
	    .severity = SEVERITY_WARNING,
	    .subject = SUBJECT_DAEMON,
	    .group_by = GROUP_BY_OWNER,
	    .message_id = "7400c65f2b12445b9d33cd7447502315",
	    .for_s = 15 * MINUTE_S,
	    .what = "the clock of this host has not been synchronised for "
		    "15 minutes",
	    .effect = "the times of all rows are in doubt",
	    .urgency = OFFICE,
	    .next = "timedatectl status",
	    .resolved_by = "a synchronised clock",
	},
};
