/* Reading a record back, what is news in it, and that it can say nothing
 * that is not in a closed table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "ledger/row.h"
#include "passing.h"
#include "verdict/record.h"
#include "verdict/statement.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const packet_fields[] = {"review_date",
					    "reviewer_role",
					    "source_urls_checked",
					    "request_time_utc",
					    "workload_label",
					    "owner_group",
					    "environment",
					    "request_result",
					    "usage_evidence_present",
					    "pricing_reference_checked",
					    "allocation_rule",
					    "unit_metric_name",
					    "decision",
					    "follow_up_owner"};

static struct json_object *
parse(const struct record *record)
{
	struct json_object *body;

	assert_int_equal(json_parse(record->body, record->text.len,
				    &JSON_LEDGER_LIMITS, &body, NULL),
			 0);
	return body;
}

/* As a row holds it. */
static const char *
print(struct json_object *body)
{
	return json_object_to_json_string_ext(
	    body, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* --- reading back --- */

static void
test_read_back(void **state)
{
	struct passing p;
	struct record record;
	struct record_fact fact;

	passing_set_up(&p);
	p.workload.owner = NULL;
	p.evidence.happy_inconclusive = p.evidence.happy;
	p.evidence.happy_inconclusive.outcome = OUTCOME_BLOCKED;
	p.evidence.happy_inconclusive.seq = 300;
	record = passing_judge(&p);
	assert_int_equal(record_read(record.body, record.text.len, 4711, &fact),
			 0);
	assert_true(fact.present);
	assert_int_equal(fact.seq, 4711);
	assert_int_equal(fact.day, p.input.day);
	assert_int_equal(fact.decision, record.decision);
	assert_true(fact.reasons == record.reasons);
	assert_true(fact.decided_at.us == p.input.now.us);
	assert_true(fact.later_not_observed);
	assert_true(digest_equal(&fact.content, &record.content));
	record_free(&record);
}

/* Every reason survives the way through a row. */
static void
test_read_every_reason(void **state)
{
	struct passing p;
	struct record record;

	passing_set_up(&p);
	record = passing_judge(&p);
	for (int r = 0; r < REASONS; r++) {
		const char *empty = "\"reasons\":[]";
		char *at = strstr(record.body, empty);
		struct buf text = {0};
		struct record_fact fact;

		buf_add(&text, record.body, (size_t)(at - record.body));
		buf_printf(&text, "\"reasons\":[\"FROM_A_NEWER_ONE\",\"%s\"]",
			   reason_info((enum reason)r)->code);
		buf_puts(&text, at + strlen(empty));
		assert_int_equal(record_read(text.data, text.len, 1, &fact), 0);
		assert_true(fact.reasons == reason_bit((enum reason)r));
		assert_false(digest_equal(&fact.content, &record.content));
		buf_free(&text);
	}
	record_free(&record);
}

/* Each packet field is news when it changes; what is not one is none. */
static void
test_content(void **state)
{
	struct passing p;
	struct record record;
	struct json_object *body;
	struct record_fact first, other;

	passing_set_up(&p);
	record = passing_judge(&p);
	assert_int_equal(record_read(record.body, record.text.len, 1, &first),
			 0);
	body = parse(&record);
	json_object_object_foreach(body, key, value)
	{
		struct buf text = {0};
		struct json_object *changed = parse(&record);
		bool packet = strcmp(key, "decided_by") == 0 ||
			      strcmp(key, "reasons") == 0;

		(void)value;
		for (size_t i = 0; i < 14; i++)
			packet |= strcmp(key, packet_fields[i]) == 0;
		if (strcmp(key, "review_date") == 0)
			json_object_object_add(
			    changed, key, json_object_new_string("2026-07-04"));
		else if (strcmp(key, "decided_at") == 0)
			json_object_object_add(
			    changed, key,
			    json_object_new_string("2026-07-03T10:00:00Z"));
		else
			json_object_object_add(changed, key,
					       json_object_new_string("hold"));
		buf_puts(&text, print(changed));
		assert_int_equal(record_read(text.data, text.len, 1, &other),
				 0);
		if (digest_equal(&first.content, &other.content) == packet)
			fail_msg("%s", key);
		buf_free(&text);
		json_object_put(changed);
	}
	json_object_put(body);
	record_free(&record);
}

/* A packet field that is not there makes it no record. */
static void
test_every_packet_field(void **state)
{
	struct passing p;
	struct record record;

	passing_set_up(&p);
	record = passing_judge(&p);
	for (size_t i = 0; i < 14; i++) {
		struct json_object *body = parse(&record);
		struct record_fact fact;
		const char *text;

		json_object_object_del(body, packet_fields[i]);
		text = print(body);
		assert_int_equal(record_read(text, strlen(text), 1, &fact),
				 ERR_INVALID);
		json_object_put(body);
	}
	record_free(&record);
}

static void
test_no_record(void **state)
{
	static const char *const texts[] = {"",
					    "{}",
					    "[]",
					    "null",
					    "{\"a\":1}",
					    "{\"review_date\":\"2026-07-03\"}",
					    "{\"decision\":\"pass\""};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct record_fact fact = {.seq = 77};

		assert_int_equal(
		    record_read(texts[i], strlen(texts[i]), 1, &fact),
		    ERR_INVALID);
		assert_int_equal(fact.seq, 77); /* untouched */
	}
}

/* --- the closed vocabulary --- */

static void
test_statements(void **state)
{
	for (int s = 0; s < STATEMENTS; s++) {
		const struct statement_info *info =
		    statement_info((enum statement)s);

		assert_non_null(info->word);
		assert_non_null(info->not_verified);
		assert_true((info->verified == NULL) ==
			    (s >= STATEMENT_GATEWAY_FAILOVER));
		for (int k = 0; k < s; k++)
			assert_string_not_equal(
			    info->word,
			    statement_info((enum statement)k)->word);
	}
	for (int u = 0; u < UNCERTAINTIES; u++) {
		const struct uncertainty_info *info =
		    uncertainty_info((enum uncertainty)u);

		assert_non_null(info->word);
		assert_true(strlen(info->says) > 20);
		for (int k = 0; k < u; k++)
			assert_string_not_equal(
			    info->word,
			    uncertainty_info((enum uncertainty)k)->word);
	}
}

/* What no sentence of a packet may speak of. */
static void
test_refused_claims(void **state)
{
	static const char *const refused[] = {
	    "invoice",	    "discount",	  "uptime",    "latency", "available",
	    "availability", "rate limit", "forecast",  "final",	  "total",
	    "price is",	    "costs",	  "guarantee", "resolved"};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		for (int s = 0; s < STATEMENTS; s++) {
			const struct statement_info *info =
			    statement_info((enum statement)s);

			assert_null(strstr(info->not_verified, refused[i]));
			if (info->verified != NULL)
				assert_null(strstr(info->verified, refused[i]));
		}
		for (int u = 0; u < UNCERTAINTIES; u++)
			assert_null(
			    strstr(uncertainty_info((enum uncertainty)u)->says,
				   refused[i]));
		for (int r = 0; r < REASONS; r++)
			assert_null(strstr(reason_info((enum reason)r)->says,
					   refused[i]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read_back),
	    cmocka_unit_test(test_read_every_reason),
	    cmocka_unit_test(test_content),
	    cmocka_unit_test(test_every_packet_field),
	    cmocka_unit_test(test_no_record),
	    cmocka_unit_test(test_statements),
	    cmocka_unit_test(test_refused_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
