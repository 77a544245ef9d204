/* Reading a record back, from a row of the ledger or just written.
 *
 * `content` is what decides whether another row is worth writing, so it is
 * taken from the body itself, in one place for both: times of decision, row
 * numbers and times of reads are not in it, because a second look that finds
 * the same is no news. */
#include "base/json_pick.h"
#include "verdict/record.h"
#include "verdict/statement.h"

#include <string.h>

/* The fourteen packet fields, who decided, and why; and what is read beside
 * them.  Ascending. */
enum member {
	ALLOCATION_RULE,
	DECIDED_AT,
	DECIDED_BY,
	DECISION,
	ENVIRONMENT,
	EVIDENCE_TIER,
	FOLLOW_UP_OWNER,
	OWNER_GROUP,
	PRICING_REFERENCE_CHECKED,
	REASON_CODES,
	REMAINING_UNCERTAINTY,
	REQUEST_RESULT,
	REQUEST_TIME_UTC,
	REVIEW_DATE,
	REVIEWER_ROLE,
	SOURCE_URLS_CHECKED,
	UNIT_METRIC_NAME,
	USAGE_EVIDENCE_PRESENT,
	WORKLOAD_LABEL,
	MEMBERS
};

static const char *const names[MEMBERS] = {
    [ALLOCATION_RULE] = "allocation_rule",
    [DECIDED_AT] = "decided_at",
    [DECIDED_BY] = "decided_by",
    [DECISION] = "decision",
    [ENVIRONMENT] = "environment",
    [EVIDENCE_TIER] = "evidence_tier",
    [FOLLOW_UP_OWNER] = "follow_up_owner",
    [OWNER_GROUP] = "owner_group",
    [PRICING_REFERENCE_CHECKED] = "pricing_reference_checked",
    [REASON_CODES] = "reasons",
    [REMAINING_UNCERTAINTY] = "remaining_uncertainty",
    [REQUEST_RESULT] = "request_result",
    [REQUEST_TIME_UTC] = "request_time_utc",
    [REVIEW_DATE] = "review_date",
    [REVIEWER_ROLE] = "reviewer_role",
    [SOURCE_URLS_CHECKED] = "source_urls_checked",
    [UNIT_METRIC_NAME] = "unit_metric_name",
    [USAGE_EVIDENCE_PRESENT] = "usage_evidence_present",
    [WORKLOAD_LABEL] = "workload_label",
};

enum { CODE_SIZE = 64 };

static bool
is_content(enum member m)
{
	return m != DECIDED_AT && m != EVIDENCE_TIER &&
	       m != REMAINING_UNCERTAINTY;
}

/* False when a member is not there. */
static bool
read_content(const struct json_slice at[MEMBERS], bool later,
	     struct digest *ret)
{
	struct buf text = {0};
	bool whole = true;

	for (enum member m = 0; m < MEMBERS; m++) {
		if (!is_content(m))
			continue;
		whole &= at[m].at != NULL;
		buf_puts(&text, names[m]);
		buf_putc(&text, '\n');
		buf_add(&text, at[m].at, at[m].len);
		buf_putc(&text, '\n');
	}
	buf_puts(&text, later ? "later" : "");
	whole &= !text.failed;
	*ret = digest_sha256(buf_text(&text), text.len);
	buf_free(&text);
	return whole;
}

reason_set
record_reasons(const struct json_slice *list)
{
	struct json_slice item;
	reason_set reasons = 0;
	char code[CODE_SIZE];
	enum reason reason;
	size_t at = 0;

	while (json_slice_next(list, &at, &item)) {
		if (json_slice_string(&item, code, sizeof(code)) &&
		    reason_by_code(code, &reason) == 0)
			reasons |= reason_bit(reason);
	}
	return reasons;
}

static bool
holds_word(const struct json_slice *list, const char *word)
{
	struct json_slice item;
	size_t at = 0;

	while (json_slice_next(list, &at, &item)) {
		if (json_slice_is(&item, word))
			return true;
	}
	return false;
}

static int
read_members(const struct json_slice at[MEMBERS], struct record_fact *fact)
{
	char text[CODE_SIZE];

	json_slice_string(&at[DECISION], text, sizeof(text));
	fact->decision = decision_by_name(text);
	fact->response_only = fact->decision == DECISION_PASS &&
			      json_slice_is(&at[EVIDENCE_TIER], "response");
	fact->reasons = record_reasons(&at[REASON_CODES]);
	fact->later_not_observed =
	    holds_word(&at[REMAINING_UNCERTAINTY],
		       uncertainty_info(UNCERTAIN_LATER_NOT_OBSERVED)->word);
	json_slice_string(&at[REVIEW_DATE], text, sizeof(text));
	if (day_parse(text, &fact->day) < 0)
		return ERR_INVALID;
	json_slice_string(&at[DECIDED_AT], text, sizeof(text));
	if (wall_parse(text, &fact->decided_at) < 0 ||
	    !read_content(at, fact->later_not_observed, &fact->content))
		return ERR_INVALID;
	return 0;
}

int
record_read(const char *body, size_t len, uint64_t seq, struct record_fact *ret)
{
	struct record_fact fact = {.present = true, .seq = seq};
	struct json_slice at[MEMBERS];

	if (!json_pick(body, len, names, MEMBERS, at) ||
	    read_members(at, &fact) < 0)
		return ERR_INVALID;
	*ret = fact;
	return 0;
}
