/* The body of a record: one by hand, its values, and the longest. */
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

/* A file of this folder, whole; the caller frees it. */
static char *
read_data(const char *name)
{
	char path[512];
	struct buf text = {0};
	FILE *file;
	int c;

	snprintf(path, sizeof(path), "%s/tests/unit/verdict/%s",
		 getenv("top_srcdir"), name);
	file = fopen(path, "r");
	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		buf_putc(&text, (char)c);
	fclose(file);
	return buf_steal(&text);
}

/* passing-record.json was checked by hand against the definition of the
 * record: the fourteen packet fields and everything beside them. */
static void
test_golden(void **state)
{
	char *golden = read_data("passing-record.json");
	struct passing p;
	struct record record;

	golden[strcspn(golden, "\n")] = '\0';
	passing_set_up(&p);
	record = passing_judge(&p);
	assert_string_equal(record.body, golden);
	assert_int_equal(record.text.len, strlen(golden));
	record_free(&record);
	free(golden);
}

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

static void
expect_text(const struct passing *p, const char *key, const char *text)
{
	struct record record = passing_judge(p);
	struct json_object *body = parse(&record);

	assert_string_equal(json_get_string(body, key, "(absent)"), text);
	json_object_put(body);
	record_free(&record);
}

/* A day on which nothing happened, of a workload that names nothing. */
static void
make_empty(struct passing *p)
{
	passing_set_up(p);
	p->evidence = (struct day_evidence){.day = p->input.day};
	p->workload.owner = NULL;
	p->workload.environment = NULL;
	p->workload.rule = NULL;
	p->workload.metric = NULL;
	p->workload.gateway = NULL;
	p->workload.owner_group = p->workload.environment_name =
	    p->workload.metric_name = p->workload.follow_up_owner = "";
	p->workload.n_sources = 0;
	p->input.closed = true;
}

/* Every member is there, and what is not known is empty, never a guess. */
static void
test_empty_day(void **state)
{
	static const struct {
		const char *key, *text;
	} members[] = {
	    {"allocation_rule", "none"},
	    {"allocation_rule_id", ""},
	    {"decision", "inconclusive"},
	    {"environment", ""},
	    {"evidence_tier", "none"},
	    {"follow_up_owner", ""},
	    {"owner_group", ""},
	    {"pricing_reference_checked", "no"},
	    {"request_result", ""},
	    {"request_state", "not_observed"},
	    {"request_time_utc", ""},
	    {"unit_metric_name", ""},
	    {"usage_evidence_present", "no"},
	};
	struct passing p;
	struct record record;
	struct json_object *body, *verified;

	make_empty(&p);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		expect_text(&p, members[i].key, members[i].text);
	record = passing_judge(&p);
	body = parse(&record);
	for (size_t i = 0; i < 14; i++)
		assert_true(
		    json_object_object_get_ex(body, packet_fields[i], NULL));
	assert_true(json_object_object_get_ex(body, "pricing_reference", NULL));
	assert_null(json_get(body, "pricing_reference"));
	assert_null(json_get(body, "unit_metric_version"));
	assert_int_equal(json_object_array_length(json_get(body, "evidence")),
			 0);
	assert_int_equal(
	    json_object_array_length(json_get(body, "sources_read")), 0);
	verified = json_get(body, "verified");
	assert_int_equal(json_object_array_length(verified), 0);
	assert_int_equal(
	    json_object_array_length(json_get(body, "not_verified")),
	    STATEMENTS);
	json_object_put(body);
	record_free(&record);
}

/* Not verified is not false: a contradiction is a result. */
static void
test_request_values(void **state)
{
	static const struct {
		enum outcome happy, error;
		const char *result, *state;
		bool verified;
	} cases[] = {
	    {OUTCOME_PASS, OUTCOME_REJECTED, "pass", "completed", true},
	    {OUTCOME_PASS, OUTCOME_ACCEPTED, "fail", "contradicted", true},
	    {OUTCOME_USAGE_ABSENT, OUTCOME_REJECTED, "fail", "contradicted",
	     true},
	    {OUTCOME_USAGE_ABSENT, OUTCOME_NONE, "fail", "contradicted", true},
	    {OUTCOME_NONE, OUTCOME_ACCEPTED, "fail", "contradicted", true},
	    {OUTCOME_PASS, OUTCOME_NONE, "", "not_observed", false},
	    {OUTCOME_NONE, OUTCOME_REJECTED, "", "not_observed", false},
	    {OUTCOME_PASS, OUTCOME_BLOCKED, "", "not_observed", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct passing p;
		struct record record;

		passing_set_up(&p);
		p.evidence.happy.outcome = cases[i].happy;
		p.evidence.error.outcome = cases[i].error;
		p.input.closed = true;
		expect_text(&p, "request_result", cases[i].result);
		expect_text(&p, "request_state", cases[i].state);
		record = passing_judge(&p);
		assert_int_equal(strstr(strstr(record.body, "\"verified\":"),
					"\"request_result\"") != NULL,
				 cases[i].verified);
		record_free(&record);
	}
}

/* The time is that of the best run there is. */
static void
test_request_time(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.input.closed = true;
	p.evidence.happy_inconclusive = p.evidence.happy;
	p.evidence.happy_inconclusive.outcome = OUTCOME_THROTTLED;
	p.evidence.happy_inconclusive.requested = passing_at(&p, 6, 0, 0);
	p.evidence.error_inconclusive = p.evidence.error;
	p.evidence.error_inconclusive.outcome = OUTCOME_THROTTLED;
	p.evidence.error_inconclusive.requested = passing_at(&p, 7, 0, 0);
	expect_text(&p, "request_time_utc", "2026-07-03T05:10:00Z");
	p.evidence.happy.seq = 0;
	expect_text(&p, "request_time_utc", "2026-07-03T05:10:04Z");
	p.evidence.error.seq = 0;
	expect_text(&p, "request_time_utc", "2026-07-03T06:00:00Z");
	p.evidence.happy_inconclusive.seq = 0;
	expect_text(&p, "request_time_utc", "2026-07-03T07:00:00Z");
	p.evidence.error_inconclusive.seq = 0;
	expect_text(&p, "request_time_utc", "");
}

static void
test_shared_rule(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.rule.type = RULE_SHARED_COST;
	p.rule.method = METHOD_CENTRAL;
	p.rule.pool = "platform";
	expect_text(&p, "allocation_rule", "shared-cost-rule");
	expect_text(&p, "allocation_rule_id", "direct@2");
	p.workload.billing_unit = BILLING_CALL;
	expect_text(&p, "billing_unit", "call");
}

/* Names that resolve to nothing stand as they were configured. */
static void
test_dangling_names(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.workload.owner = NULL;
	p.workload.metric = NULL;
	p.workload.environment = NULL;
	p.workload.environment_dangling = true;
	expect_text(&p, "owner_group", "team-support");
	expect_text(&p, "unit_metric_name", "cost-per-resolved-ticket");
	expect_text(&p, "environment", "test");
}

/* One URL for two kinds is one URL checked, read twice. */
static void
test_urls_once(void **state)
{
	struct passing p;
	struct record record;
	struct json_object *body;

	passing_set_up(&p);
	p.sources[SOURCE_SUPPORT].url = p.sources[SOURCE_SETUP].url;
	p.facts[SOURCE_ALLOCATION].read_at = passing_at(&p, -24, 0, 0);
	record = passing_judge(&p);
	assert_int_equal(record.decision, DECISION_PASS);
	body = parse(&record);
	assert_int_equal(
	    json_object_array_length(json_get(body, "source_urls_checked")), 3);
	assert_int_equal(
	    json_object_array_length(json_get(body, "sources_read")), 4);
	json_object_put(body);
	record_free(&record);
}

/* --- the longest record --- */

static const char *
long_text(size_t len, char fill)
{
	char *text = malloc(len + 1);

	assert_non_null(text);
	memset(text, fill, len);
	text[len] = '\0';
	return text;
}

/* The limits of the configuration, all reached at once. */
enum { LONG_NAME = 64, LONG_URL = 500, LONG_SEQ_DIGITS = 15 };

static uint64_t
long_seq(uint64_t i)
{
	return (UINT64_C(1) << 53) - 1 - i;
}

static const char *
long_url(size_t i)
{
	char *url = (char *)long_text(LONG_URL, 'u');

	memcpy(url, "https://", 8);
	snprintf(url + 8, 8, "%03zu", i);
	url[11] = '/';
	return url;
}

static void
make_longest(struct passing *p)
{
	const char *name = long_text(LONG_NAME, 'n');
	const char *label = long_text(LABEL_MAX, 'l');
	uint64_t seq = 0;

	passing_set_up(p);
	p->workload.label = label;
	p->workload.credential = name;
	p->workload.owner_group = name;
	p->workload.environment_name = name;
	p->workload.metric_name = name;
	p->workload.follow_up_owner = name;
	p->workload.reviewer_role = name;
	p->workload.error_scope = SCOPE_GATEWAY;
	p->workload.allow_attestation = true;
	p->input.credential_shared = true;
	p->profile.variant = VARIANT_CONFIGURATION;
	p->metric.version = 1000000;
	p->metric.last_refreshed = INT32_MIN;
	p->rule.id = name;
	p->rule.version = 1000000;
	p->owner.valid_to = p->input.day - 1;
	p->input.ledger_damaged = true;
	p->input.clock_synchronised = false;
	p->cap = (struct cap_fact){.cap = DECISION_FAIL,
				   .until = p->input.day,
				   .seq = long_seq(seq++)};
	memset(p->cap.role, 'r', ROLE_MAX);
	p->input.cap = &p->cap;
	p->evidence.happy_inconclusive = p->evidence.happy;
	p->evidence.happy_inconclusive.outcome = OUTCOME_BLOCKED;
	p->evidence.error_inconclusive = p->evidence.error;
	p->evidence.error_inconclusive.outcome = OUTCOME_BLOCKED;
	p->evidence.happy.seq = long_seq(seq++);
	p->evidence.error.seq = long_seq(seq++);
	p->evidence.error.outcome = OUTCOME_ACCEPTED;
	p->evidence.usage.seq = long_seq(seq++);
	p->evidence.happy_inconclusive.seq = long_seq(seq++);
	p->evidence.error_inconclusive.seq = long_seq(seq++);
	p->workload.n_sources = WORKLOAD_SOURCES_MAX;
	for (size_t i = 0; i < WORKLOAD_SOURCES_MAX; i++) {
		struct source_fact *fact = &p->facts[i];

		p->sources[i] = p->sources[i == 0 ? SOURCE_PRICING : 0];
		p->sources[i].kind =
		    i == 1 ? SOURCE_PRICING : SOURCE_UNIT_ECONOMICS;
		p->sources[i].name = label;
		p->sources[i].url = long_url(i);
		p->source_list[i] = &p->sources[i];
		p->fact_list[i] = fact;
		*fact = p->facts[0];
		fact->read_seq = long_seq(seq++);
		fact->tried_seq = long_seq(seq++);
		fact->approved_seq = long_seq(seq++);
		fact->attested = i % 2 == 0;
		fact->attested_at = fact->read_at;
		fact->attested_seq = long_seq(seq++);
	}
}

static void
free_longest(struct passing *p)
{
	for (size_t i = 0; i < WORKLOAD_SOURCES_MAX; i++)
		free((char *)p->sources[i].url);
	free((char *)p->workload.credential);
	free((char *)p->workload.label);
}

static void
test_longest_fits(void **state)
{
	struct passing p;
	struct record record;

	make_longest(&p);
	record = passing_judge(&p);
	assert_int_equal(
	    json_check(record.body, record.text.len, &JSON_LEDGER_LIMITS, NULL),
	    0);
	assert_true(record.text.len <= ROW_BODY_MAX);
	/* all of it is there: else this would prove nothing */
	assert_true(record.text.len >
		    2 * (size_t)WORKLOAD_SOURCES_MAX * LONG_URL);
	record_free(&record);
	free_longest(&p);
}

/* Beyond the limits of the configuration nothing is cut: it is refused. */
static void
test_too_long_is_refused(void **state)
{
	const char *url = long_text(3 * LONG_URL, 'u');
	struct passing p;
	struct record record;

	make_longest(&p);
	for (size_t i = 1; i < WORKLOAD_SOURCES_MAX; i++) {
		free((char *)p.sources[i].url);
		p.sources[i].url = url;
	}
	assert_int_equal(judge(&p.input, &record), ERR_INVALID);
	free((char *)p.sources[0].url);
	free((char *)url);
	free((char *)p.workload.credential);
	free((char *)p.workload.label);
}

static void
test_unfit_text_is_refused(void **state)
{
	static const char *const texts[] = {"a\nb", "a\x7f", "\xff",
					    "\xc2\x85"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct passing p;
		struct record record;

		passing_set_up(&p);
		p.workload.owner_group = texts[i];
		assert_int_equal(judge(&p.input, &record), ERR_INVALID);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden),
	    cmocka_unit_test(test_empty_day),
	    cmocka_unit_test(test_request_values),
	    cmocka_unit_test(test_request_time),
	    cmocka_unit_test(test_shared_rule),
	    cmocka_unit_test(test_dangling_names),
	    cmocka_unit_test(test_urls_once),
	    cmocka_unit_test(test_longest_fits),
	    cmocka_unit_test(test_too_long_is_refused),
	    cmocka_unit_test(test_unfit_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
