/* Reading a record back, from a row of the ledger or just written.
 *
 * `content` is what decides whether another row is worth writing, so it is
 * taken from the body itself, in one place for both: times of decision, row
 * numbers and times of reads are not in it, because a second look that finds
 * the same is no news. */
#include "base/json.h"
#include "verdict/record.h"
#include "verdict/statement.h"

#include <json-c/json.h>
#include <string.h>

/* The fourteen packet fields, who decided, and why. */
static const char *const contents[] = {
    "allocation_rule",
    "decided_by",
    "decision",
    "environment",
    "follow_up_owner",
    "owner_group",
    "pricing_reference_checked",
    "reasons",
    "request_result",
    "request_time_utc",
    "review_date",
    "reviewer_role",
    "source_urls_checked",
    "unit_metric_name",
    "usage_evidence_present",
    "workload_label",
};

static bool
holds_word(struct json_object *list, const char *word)
{
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (json_object_is_type(item, json_type_string) &&
		    strcmp(json_object_get_string(item), word) == 0)
			return true;
	}
	return false;
}

/* False when a member is not there. */
static bool
read_content(struct json_object *body, bool later, struct digest *ret)
{
	struct buf text = {0};
	bool whole = true;

	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		struct json_object *member = json_get(body, contents[i]);

		whole &= member != NULL;
		buf_puts(&text, contents[i]);
		buf_putc(&text, '\n');
		buf_puts(&text, json_object_to_json_string_ext(
				    member, JSON_C_TO_STRING_PLAIN));
		buf_putc(&text, '\n');
	}
	buf_puts(&text, later ? "later" : "");
	whole &= !text.failed;
	*ret = digest_sha256(buf_text(&text), text.len);
	buf_free(&text);
	return whole;
}

/* Codes of a newer version are skipped: their decision still counts. */
static reason_set
read_reasons(struct json_object *list)
{
	reason_set reasons = 0;

	for (int r = 0; r < REASONS; r++) {
		if (holds_word(list, reason_info((enum reason)r)->code))
			reasons |= reason_bit((enum reason)r);
	}
	return reasons;
}

static int
read_body(struct json_object *body, struct record_fact *fact)
{
	fact->decision =
	    decision_by_name(json_get_string(body, "decision", ""));
	fact->reasons = read_reasons(json_get(body, "reasons"));
	fact->later_not_observed =
	    holds_word(json_get(body, "remaining_uncertainty"),
		       uncertainty_info(UNCERTAIN_LATER_NOT_OBSERVED)->word);
	if (day_parse(json_get_string(body, "review_date", ""), &fact->day) <
		0 ||
	    wall_parse(json_get_string(body, "decided_at", ""),
		       &fact->decided_at) < 0 ||
	    !read_content(body, fact->later_not_observed, &fact->content))
		return ERR_INVALID;
	return 0;
}

int
record_read(const char *body, size_t len, uint64_t seq, struct record_fact *ret)
{
	struct record_fact fact = {.present = true, .seq = seq};
	struct json_object *o;
	int r;

	r = json_parse(body, len, &JSON_LEDGER_LIMITS, &o, NULL);
	if (r < 0)
		return r;
	r = read_body(o, &fact);
	json_object_put(o);
	if (r == 0)
		*ret = fact;
	return r;
}
