/* A worked example of each reason, for evidenced-alerts(7) and explain: a
 * line as the daemon writes it, the command that leads on, and what ends the
 * reason.
 *
 * A line that begins with a severity is the head of an alert of the reason's
 * rule; one with a row at its end is how a row stands in the journal, and
 * all have the same number.  The names are those of one small configuration,
 * so that a test can run the commands. */
#include "verdict/reason.h"

#include <assert.h>

#define ROW_SEEN    "evidencectl show 18422"
#define PAGE_DIFF   "evidencectl diff cometapi-pricing"
#define PAGE_READ   "evidencectl run cometapi-pricing --wait"
#define CREDENTIALS "evidencectl list credentials"

/* clang-format off */
#define EXAMPLE(code, seen, run, ends) [REASON_##code] = {seen, run, ends}

static const struct reason_example table[REASONS] = {
EXAMPLE(CREDENTIAL_ACCEPTED,
    "check.error support-chat/error: accepted [row 18422]",
    "evidencectl run support-chat/error --wait",
    "Once the gateway checks credentials again, this run is rejected and ends "
    "it; scheduled probes go on."),
EXAMPLE(USAGE_ABSENT,
    "check.happy support-chat/happy: usage_absent [row 18422]",
    ROW_SEEN,
    "usage.state says of each number whether it was missing, null or zero. A "
    "later run of that day whose answer has tokens in it ends it."),
EXAMPLE(LEDGER_DAMAGED,
    "/var/lib/evidenced/ledger is damaged: rows 10 to 22 (sum does not match)",
    "evidencectl verify",
    "It names the first bad row. Stop the daemon and let evidencectl repair "
    "put back the rows that the journal or a copy has; a start with them ends "
    "it."),
EXAMPLE(NOT_OBSERVED_NETWORK,
    "check.happy support-chat/happy: unreachable [row 18422]",
    "evidencectl list checks",
    "Where other workloads of the gateway got through, look at the host and "
    "port of this one. A good run ends it; the daemon tries again after 15 "
    "minutes, 1 hour and 3 hours."),
EXAMPLE(NOT_OBSERVED_5XX,
    "check.happy support-chat/happy: server_error [row 18422]",
    ROW_SEEN,
    "http_status, error_code and request_id are what the gateway's "
    "administrator will ask for. The next good run of the day ends it."),
EXAMPLE(THROTTLED,
    "check.happy support-chat/happy: throttled [row 18422]",
    "evidencectl check-config",
    "It says what the gateway's limits hold of the planned day, and what to "
    "widen. A run that is let through ends it."),
EXAMPLE(BLOCKED,
    "check.happy support-chat/happy: blocked [row 18422]",
    "evidencectl run support-chat/happy --wait",
    "When the challenge lets this host pass, the gateway itself answers this "
    "run, and a pass ends it."),
EXAMPLE(CREDENTIAL_REJECTED,
    "W credential-rejected support-chat: support-chat/happy was refused at "
    "2026-07-03T05:10:00Z",
    CREDENTIALS,
    "It names the commands that replace the value or, where another one is "
    "loaded by now, the run that tries it. A valid value, a restart and a "
    "good pair end it."),
EXAMPLE(QUOTA_EXHAUSTED,
    "check.happy support-chat/happy: quota_exhausted [row 18422]",
    ROW_SEEN,
    "http_status is 402, or error_code is the gateway's word for it. When the "
    "key has credit again, the next good run ends it."),
EXAMPLE(IN_BAND_ERROR,
    "check.happy support-chat/happy: in_band_error [row 18422]",
    ROW_SEEN,
    "http_status is 200; error_type and error_code say what stood in the "
    "body. A run whose answer holds no error ends it."),
EXAMPLE(RESPONSE_MALFORMED,
    "check.happy support-chat/happy: malformed [row 18422]",
    ROW_SEEN,
    "http_status and body_bytes tell a page of another kind from an answer "
    "that is too large. A run with the promised members ends it."),
EXAMPLE(REDIRECTED,
    "check.happy support-chat/happy: redirected [row 18422]",
    ROW_SEEN,
    "redirected_to says where to. A base_url that answers by itself, a reload "
    "and the pair that follows end it."),
EXAMPLE(ERROR_PATH_NOT_OBSERVED,
    "check.error support-chat/error: unclassified [row 18422]",
    ROW_SEEN,
    "The profile knows no such http_status as a rejection. A run that is "
    "answered as the profile says ends it, and so does a profile that says "
    "what the gateway documents."),
EXAMPLE(SURFACE_UNREACHABLE,
    "check.usage support-chat/usage: unreachable [row 18422]",
    ROW_SEEN,
    "after.outcome says whether the counter was out of reach, throttled or "
    "refused; until when it is throttled: evidencectl status. A later pair "
    "of the day whose usage is seen ends it, and is tried when that is over."),
EXAMPLE(SOURCE_UNREACHABLE,
    "check.source cometapi-pricing: error [row 18422]",
    PAGE_READ,
    "A read that gets the page ends it. By itself the daemon tries again "
    "after 15 minutes, 1 hour and 3 hours."),
EXAMPLE(CLOCK_UNSYNCHRONISED,
    "W clock-unsynchronised evidenced: the clock of this host has not been "
    "synchronised for 15 minutes",
    "timedatectl status",
    "It ends when that says yes to synchronized. Only workloads with "
    "require_clock_sync wait for it; the records of others mention it."),
EXAMPLE(ENVIRONMENT_MISMATCH,
    "record support-chat 2026-07-03: inconclusive (ENVIRONMENT_MISMATCH) "
    "[row 18422]",
    "evidencectl show support-chat",
    "Compare its endpoint with the hosts of its environment, and the profile "
    "of its gateway with the digest there. The right one in the "
    "configuration, a reload and a pair under it end it."),
EXAMPLE(CEILING_REACHED,
    "W probe-ceiling support-chat: 6 of 6 requests and 84 of 5000 tokens "
    "today",
    "evidencectl history --check support-chat/happy",
    "It shows what the requests went into. The next UTC day ends it; a higher "
    "max_requests_per_day, a reload and a pair end it today."),
EXAMPLE(EVIDENCE_MISSING,
    "check.missed support-chat/happy: stopped [row 18422]",
    "evidencectl run support-chat --wait",
    "The daemon did not run when the check was due. Until midnight UTC this "
    "pair still makes the day's evidence; later only that of the next day "
    "ends it."),
EXAMPLE(OWNER_MISSING,
    "W owner-missing batch-jobs: no owner_group is set",
    "evidencectl why batch-jobs",
    "It names the file and the line. An owner_group that is declared, and a "
    "reload, end it; days that are over stay held."),
EXAMPLE(OWNER_EXPIRED,
    "W owner-missing images: owner team-images was valid until 2026-06-30",
    "evidencectl list owners",
    "A later valid_to, or the group that answers now, ends it with a reload; "
    "no day before is mended."),
EXAMPLE(ENVIRONMENT_MISSING,
    "W owner-missing support-chat: environment staging is not declared",
    "evidencectl check-config",
    "It gives the line of the name. An environment of that name, or a name "
    "that is declared, and a reload end it."),
EXAMPLE(FOLLOW_UP_OWNER_MISSING,
    "W owner-missing batch-jobs: no follow_up_owner is set",
    "evidencectl show batch-jobs",
    "Where it is written is the place for follow_up_owner. With a group there "
    "it ends at the reload."),
EXAMPLE(RULE_MISSING,
    "W owner-missing batch-jobs: no allocation_rule is set",
    "evidencectl list rules",
    "Whoever answers for the cost chooses one of them. It ends when the "
    "workload names it and the configuration is loaded anew."),
EXAMPLE(RULE_EXPIRED,
    "W rule-invalid direct: rule direct@2: it was effective until 2026-06-30",
    "evidencectl show direct",
    "A version 3 that is effective from the next day on, and a reload, end "
    "it; the days of version 2 keep it."),
EXAMPLE(RULE_INVALID,
    "W rule-invalid direct: rule direct@2: owner team-images is not in force",
    "evidencectl list owners",
    "An owner in force in the place of that one, or a later valid_to of the "
    "group, ends it for the days from the reload on."),
EXAMPLE(METRIC_MISSING,
    "W metric-incomplete cost-per-chat: unit_metric cost-per-chat is not "
    "declared",
    "evidencectl list metrics",
    "It ends when cost-per-chat stands in that list, or when the workload "
    "names one that does."),
EXAMPLE(METRIC_INCOMPLETE,
    "W metric-incomplete cost-per-ticket: metric cost-per-ticket@1: it has no "
    "denominator",
    "evidencectl show cost-per-ticket",
    "Its owner says what the cost is divided by. With that denominator in the "
    "configuration it ends at the reload."),
EXAMPLE(METRIC_STALE,
    "W metric-incomplete cost-per-ticket: metric cost-per-ticket@1: it was "
    "last refreshed on 2026-05-20 and is due every 31 days",
    "evidencectl why support-chat",
    "When the owner has refreshed it, the new day as last_refreshed, and a "
    "reload, end it."),
EXAMPLE(SOURCE_MISSING,
    "W source-missing support-chat: no source of kind support, unit-economics",
    "evidencectl list sources",
    "A page of each kind that is named there, among the sources of the "
    "workload, ends it at the reload; its first snapshot waits for approval."),
EXAMPLE(SOURCE_STALE,
    "W source-stale cometapi-support: not read today (1 read 05:20-05:20Z, "
    "last: suspect)",
    "evidencectl why support-chat",
    "One bad read holds nothing; 31 days without a good one do. A good read "
    "ends it."),
EXAMPLE(SOURCE_LOST,
    "W source-lost cometapi-pricing: needs_js since 2026-07-03T05:20:00Z (3 "
    "reads)",
    "evidencectl show cometapi-pricing",
    "Open its url in a browser. A good read ends it, of a new url where the "
    "page has moved; for one day a saved page that is attested does."),
EXAMPLE(SOURCE_UNAPPROVED,
    "W source-unapproved cometapi-pricing: snapshot d972e060385c, read "
    "2026-07-01T05:00:00Z, is the first",
    PAGE_DIFF,
    "It prints the page's text. Whoever finds in it what the workloads rest "
    "on approves d972e060385c, and that ends it."),
EXAMPLE(CHANGE_UNAPPROVED,
    "W source-changed cometapi-pricing: snapshot d972e060385c, read "
    "2026-07-03T05:20:00Z, differs from the approved bb78499bb4ab",
    PAGE_DIFF,
    "It prints the lines that went and those that came. An approval of "
    "d972e060385c ends it, and so does a read that finds the old text again."),
EXAMPLE(APPROVAL_EXPIRED,
    "W source-changed cometapi-setup: the approval of snapshot 4f5dfa12cec0 "
    "has expired",
    "evidencectl show cometapi-setup",
    "The text is the same, but it was approved longer ago than "
    "approval_max_age. Approving that snapshot again ends it."),
EXAMPLE(PRICING_NOT_SAME_DAY,
    "W source-stale cometapi-pricing: not read today (no read at all)",
    PAGE_READ,
    "A read before midnight UTC ends it; where pricing_review is human, an "
    "approval of that day does. A day that is over stays held."),
EXAMPLE(PRICING_REFERENCE_MISMATCH,
    "W source-changed cometapi-pricing: snapshot d972e060385c, read "
    "2026-07-03T05:20:00Z, differs from the approved 7f83b1657ff1",
    PAGE_DIFF,
    "The approval came after that read, but is of a text before it. Approving "
    "the text that was read ends it."),
EXAMPLE(SETUP_STALE,
    "W source-stale cometapi-setup: not read today (4 reads 05:20-09:35Z, "
    "last: truncated)",
    "evidencectl run cometapi-setup --wait",
    "Truncated means that the page is longer than what is read of it. A whole "
    "read on the same UTC day ends it."),
EXAMPLE(CREDENTIAL_MISSING,
    "W credential-missing images: not loaded, or still a placeholder; a new "
    "value needs a restart",
    CREDENTIALS,
    "STATE says which of the two. The value in the credentials folder and a "
    "restart end it; a reload loads none."),
EXAMPLE(CREDENTIAL_SHARED,
    "W credential-used-elsewhere images: another workload uses the same key",
    CREDENTIALS,
    "USED BY names the workloads, and equal fingerprints are one key. A key "
    "of its own for each, loaded by a restart, ends it."),
EXAMPLE(LABEL_MISMATCH,
    "check.usage support-chat/usage: label_mismatch [row 18422]",
    ROW_SEEN,
    "label_seen is the key's name at the account surface. Give the key the "
    "workload's name there, or load the key that has it; the next pair ends "
    "it."),
EXAMPLE(USAGE_PENDING,
    "check.usage support-chat/usage: not_yet [row 18422]",
    "evidencectl history --workload support-chat --kind check.usage",
    "Wait: a look that says visible ends it, and when the surface's lag_max "
    "is over the usage counts as not visible."),
EXAMPLE(USAGE_NOT_VISIBLE,
    "check.usage support-chat/usage: not_visible [row 18422]",
    ROW_SEEN,
    "before and after are what the counter said, and it did not move. A later "
    "pair whose usage is seen ends it; where allow_attestation is set, "
    "somebody who sees it at the surface attests it that day."),
EXAMPLE(SCOPE_UNAPPROVED,
    "W scope-changed support-chat: endpoint, model or parameters differ from "
    "the approved scope",
    "evidencectl show support-chat",
    "It shows the two scopes as digests. evidencectl approve support-chat "
    "ends it, or the configuration as it was, and a reload."),
EXAMPLE(FALLBACK_UNREVIEWED,
    "check.happy support-chat/happy: pass [row 18422]",
    ROW_SEEN,
    "forced is true: somebody ran it with --force. A later run without it "
    "takes its place that day; else the pair of the next day does."),
EXAMPLE(LOWERED_BY_ROLE,
    "decision support-chat: hold [row 18422]",
    ROW_SEEN,
    "role is who lowered it, until the last day. It ends after that day, and "
    "nobody can end it sooner."),
};
/* clang-format on */

const struct reason_example *
reason_example(enum reason reason)
{
	assert(reason >= 0 && reason < REASONS);
	return &table[reason];
}
