/* Which runs and look-ups count on a day: the day itself, the scope, the
 * account surface, and what was not observed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

#include <stdio.h>
#include <string.h>

/* --- days --- */

/* Runs of the day before and after do not count, to the second. */
static void
test_runs_of_the_day(void **state)
{
	struct passing p;

	for (int edge = 0; edge < 4; edge++) {
		static const int64_t seconds[] = {-1, 0, 86399, 86400};
		bool inside = edge == 1 || edge == 2;

		passing_set_up(&p);
		p.input.closed = true;
		p.input.now = passing_at(&p, 26, 0, 0);
		p.evidence.happy.requested = passing_at(&p, 0, 0, 0);
		p.evidence.happy.requested.us += seconds[edge] * USEC_PER_SEC;
		expect(&p, inside ? DECISION_PASS : DECISION_INCONCLUSIVE,
		       inside ? 0 : BIT(EVIDENCE_MISSING));
		passing_set_up(&p);
		p.input.closed = true;
		p.evidence.error.requested = passing_at(&p, 0, 0, 0);
		p.evidence.error.requested.us += seconds[edge] * USEC_PER_SEC;
		expect(&p, inside ? DECISION_PASS : DECISION_INCONCLUSIVE,
		       inside ? 0 : BIT(EVIDENCE_MISSING));
	}
}

/* What the run had to show is what the workload is billed by now. */
static void
test_billed_by_now(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.workload.billing_unit = BILLING_CALL;
	p.evidence.happy.json_usage_present = false;
	expect(&p, DECISION_PASS, 0);
	p.workload.billing_unit = BILLING_TOKEN;
	expect(&p, DECISION_FAIL, BIT(USAGE_ABSENT));
	expect_in_body(&p, "\"request_result\":\"fail\"");
	/* nor does such a run stand in for a later one */
	p.evidence.happy_before = p.evidence.happy;
	p.evidence.usage_before = p.evidence.usage;
	p.evidence.happy.json_usage_present = true;
	p.evidence.happy.seq = 110;
	snprintf(p.evidence.happy.run, sizeof(p.evidence.happy.run), "%s",
		 "1111111111111111");
	p.evidence.usage = (struct usage_fact){0};
	assert_false(is_complete(&p));
}

/* A rejection beside that of our own credential is no error path: alone it is
 * not missed, beside an earlier good happy run it is. */
static void
test_rejected_beside_our_own(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.evidence.error_inconclusive = p.evidence.error;
	p.evidence.error_inconclusive.outcome = OUTCOME_CREDENTIAL_REJECTED;
	p.evidence.error = (struct run_fact){0};
	p.input.closed = true;
	expect(&p, DECISION_INCONCLUSIVE, BIT(ERROR_PATH_NOT_OBSERVED));
	p.evidence.happy_inconclusive = p.evidence.happy;
	p.evidence.happy_inconclusive.outcome = OUTCOME_CREDENTIAL_REJECTED;
	p.evidence.happy = (struct run_fact){0};
	expect(&p, DECISION_INCONCLUSIVE, BIT(CREDENTIAL_REJECTED));
}

/* A look-up that ends after midnight belongs to its run. */
static void
test_judged_after_midnight(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.evidence.happy.requested = passing_at(&p, 23, 59, 0);
	p.evidence.usage.outcome = LOOK_NOT_YET;
	p.input.now = passing_at(&p, 24, 5, 0);
	expect(&p, DECISION_HOLD, BIT(USAGE_PENDING));
	assert_false(is_complete(&p));
	p.evidence.usage.outcome = LOOK_VISIBLE;
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"review_date\":\"2026-07-03\"");
	expect_in_body(&p, "\"decided_at\":\"2026-07-04T00:05:00Z\"");
}

static void
test_reads_of_the_day(void **state)
{
	static const struct {
		enum source_kind kind;
		int64_t read_s; /* after the start of the day */
		reason_set reasons;
	} cases[] = {
	    {SOURCE_PRICING, 0, 0},
	    {SOURCE_PRICING, 86399, 0},
	    {SOURCE_PRICING, -1, BIT(PRICING_NOT_SAME_DAY)},
	    {SOURCE_PRICING, 86400, BIT(PRICING_NOT_SAME_DAY)},
	    {SOURCE_SETUP, 0, 0},
	    {SOURCE_SETUP, -1, BIT(SETUP_STALE)},
	    {SOURCE_SETUP, 86400, BIT(SETUP_STALE)},
	    {SOURCE_SUPPORT, -31 * 86400, 0},
	    {SOURCE_SUPPORT, -31 * 86400 - 1, BIT(SOURCE_STALE)},
	    {SOURCE_SUPPORT, 86400, BIT(SOURCE_STALE)},
	    {SOURCE_ALLOCATION, -31 * 86400, 0},
	    {SOURCE_UNIT_ECONOMICS, -31 * 86400 - 1, BIT(SOURCE_STALE)},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct passing p;

		passing_set_up(&p);
		p.input.closed = true;
		p.facts[cases[i].kind].read_at = passing_at(&p, 0, 0, 0);
		p.facts[cases[i].kind].read_at.us +=
		    cases[i].read_s * USEC_PER_SEC;
		passing_approve(&p.facts[cases[i].kind],
				p.facts[cases[i].kind].read_at, 30);
		expect(&p,
		       cases[i].reasons == 0 ? DECISION_PASS : DECISION_HOLD,
		       cases[i].reasons);
	}
}

/* --- scope --- */

static void
test_same_scope(void **state)
{
	struct passing p;
	struct digest other = digest_sha256("other scope", 11);

	passing_set_up(&p);
	p.input.closed = true;
	p.evidence.happy.scope = other;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
	passing_set_up(&p);
	p.input.closed = true;
	p.evidence.error.scope = other;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
	/* both under the scope of before a reload */
	passing_set_up(&p);
	p.evidence.happy.scope = other;
	p.evidence.error.scope = other;
	expect(&p, DECISION_NONE, 0);
	assert_false(is_complete(&p));
	/* what another scope could not observe says nothing about this one */
	passing_set_up(&p);
	p.evidence.happy_inconclusive = p.evidence.happy;
	p.evidence.happy_inconclusive.scope = other;
	p.evidence.happy_inconclusive.outcome = OUTCOME_SERVER_ERROR;
	p.evidence.happy_inconclusive.seq = 130;
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "[\"GATEWAY_FAILOVER_AND_RETRY\","
			   "\"STREAMING_NOT_PROBED\"]");
}

/* --- facts without a row --- */

static void
test_a_fact_needs_a_row(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.input.closed = true;
	p.evidence.happy.seq = 0;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
	passing_set_up(&p);
	p.input.closed = true;
	p.evidence.error.seq = 0;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
	passing_set_up(&p);
	p.input.closed = true;
	p.evidence.usage.seq = 0;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
	passing_set_up(&p);
	p.facts[SOURCE_PRICING].approved_seq = 0;
	expect(&p, DECISION_HOLD, BIT(SOURCE_UNAPPROVED));
	passing_set_up(&p);
	p.input.closed = true;
	p.facts[SOURCE_PRICING].read_seq = 0;
	expect(&p, DECISION_HOLD, BIT(PRICING_NOT_SAME_DAY));
	passing_set_up(&p);
	p.input.closed = true;
	p.fact_list[SOURCE_PRICING] = NULL;
	expect(&p, DECISION_HOLD, BIT(PRICING_NOT_SAME_DAY));
}

/* --- look-ups --- */

static void
test_look_of_another_run(void **state)
{
	struct passing p;

	passing_set_up(&p);
	snprintf(p.evidence.usage.run, sizeof(p.evidence.usage.run), "%s",
		 "ffffffffffffffff");
	expect(&p, DECISION_NONE, 0);
	p.input.closed = true;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
}

/* While the final look waits for a rate limit the lag may be over: that is
 * queued and no gap. */
static void
test_look_is_awaited(void **state)
{
	struct passing p;
	int64_t lag_us = PASSING_LAG_S * USEC_PER_SEC;

	passing_set_up(&p);
	p.facts[SOURCE_SETUP].read_at = passing_at(&p, 5, 0, 0);
	p.evidence.usage.outcome = LOOK_NOT_YET;
	p.input.now.us = p.evidence.happy.requested.us + lag_us - 1;
	expect(&p, DECISION_HOLD, BIT(USAGE_PENDING));
	p.input.now.us++;
	expect(&p, DECISION_NONE, 0);
	assert_false(is_complete(&p));
	p.input.closed = true;
	expect(&p, DECISION_HOLD, BIT(USAGE_NOT_VISIBLE));
	/* the close does not end a lag that runs */
	p.input.now.us--;
	expect(&p, DECISION_HOLD, BIT(USAGE_PENDING));
	assert_true(is_complete(&p));
	/* only the reading before the run is there */
	p.evidence.usage.outcome = LOOK_BEFORE;
	p.input.now.us++;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
}

/* A tier that the table does not know proves nothing. */
static void
test_unknown_tier(void **state)
{
	static const char *const tiers[] = {"", "none", "response", "COUNTER",
					    "attested"};

	for (size_t i = 0; i < sizeof(tiers) / sizeof(tiers[0]); i++) {
		struct passing p;

		passing_set_up(&p);
		snprintf(p.evidence.usage.tier, sizeof(p.evidence.usage.tier),
			 "%s", tiers[i]);
		p.input.closed = true;
		expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
	}
}

static void
test_response_tier(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.workload.account_surface = SURFACE_RESPONSE;
	p.workload.account_surface_note = "finops 2026-06-24: no counter";
	p.evidence.usage = (struct usage_fact){0};
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"evidence_tier\":\"response\"");
	expect_in_body(&p, "\"usage_evidence_present\":\"no\"");
	expect_in_body(&p, "\"USAGE_IN_RESPONSE_ONLY\"");
	expect_in_body(&p, "\"not_verified\":[\"usage_evidence_present\",");
	/* a per-call answer without usage has nothing to show */
	p.workload.billing_unit = BILLING_CALL;
	p.evidence.happy.json_usage_present = false;
	expect(&p, DECISION_HOLD, BIT(USAGE_NOT_VISIBLE));
	/* elsewhere the response never counts */
	passing_set_up(&p);
	p.workload.account_surface_note = "finops 2026-06-24: no counter";
	p.evidence.usage.outcome = LOOK_RESPONSE;
	p.input.closed = true;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
}

static void
test_attested_usage(void **state)
{
	static const enum account_surface surfaces[] = {
	    SURFACE_NONE, SURFACE_COUNTER, SURFACE_RESPONSE};

	for (size_t i = 0; i < 3; i++) {
		struct passing p;

		passing_set_up(&p);
		p.workload.account_surface = surfaces[i];
		p.workload.allow_attestation = true;
		snprintf(p.evidence.usage.tier, sizeof(p.evidence.usage.tier),
			 "%s", "attested");
		expect(&p, DECISION_PASS, 0);
		expect_in_body(&p, "\"evidence_tier\":\"attested\"");
		expect_in_body(&p, "\"usage_evidence_present\":\"yes\"");
		expect_in_body(&p, "\"USAGE_ATTESTED\"");
		/* where the workload does not allow it, nobody looked */
		p.workload.allow_attestation = false;
		p.input.closed = true;
		expect(&p,
		       surfaces[i] == SURFACE_COUNTER ? DECISION_INCONCLUSIVE
						      : DECISION_HOLD,
		       surfaces[i] == SURFACE_COUNTER ? BIT(EVIDENCE_MISSING)
						      : BIT(USAGE_NOT_VISIBLE));
	}
}

/* --- what is not observed does not replace what was --- */

/* A second happy run of the day, requested at 07:00. */
static void
second_run(struct passing *p, enum look_outcome look)
{
	struct day_evidence *e = &p->evidence;

	e->happy_before = e->happy;
	e->usage_before = e->usage;
	e->happy.requested = passing_at(p, 7, 0, 0);
	e->happy.seq = 201;
	snprintf(e->happy.run, sizeof(e->happy.run), "%s", "bbbbbbbbbbbbbbbb");
	e->usage.outcome = look;
	e->usage.seq = 205;
	snprintf(e->usage.run, sizeof(e->usage.run), "%s", "bbbbbbbbbbbbbbbb");
}

static void
test_earlier_run_stands(void **state)
{
	struct passing p;
	struct record record;

	passing_set_up(&p);
	second_run(&p, LOOK_UNREACHABLE);
	record = passing_judge(&p);
	assert_int_equal(record.decision, DECISION_PASS);
	assert_true(record.later_not_observed);
	assert_non_null(strstr(record.body, "LATER_NOT_OBSERVED"));
	assert_non_null(strstr(
	    record.body, "\"request_time_utc\":\"2026-07-03T05:10:00Z\""));
	record_free(&record);
	/* while the second look-up goes on, nothing has changed */
	passing_set_up(&p);
	second_run(&p, LOOK_NOT_YET);
	record = passing_judge(&p);
	assert_int_equal(record.decision, DECISION_PASS);
	assert_false(record.later_not_observed);
	record_free(&record);
	/* what was observed replaces it, for better or worse */
	passing_set_up(&p);
	second_run(&p, LOOK_NOT_VISIBLE);
	expect(&p, DECISION_HOLD, BIT(USAGE_NOT_VISIBLE));
	passing_set_up(&p);
	second_run(&p, LOOK_VISIBLE);
	expect_in_body(&p, "\"request_time_utc\":\"2026-07-03T07:00:00Z\"");
	passing_set_up(&p);
	p.evidence.usage.outcome = LOOK_NOT_VISIBLE;
	second_run(&p, LOOK_VISIBLE);
	expect(&p, DECISION_PASS, 0);
	/* and so does a contradiction */
	passing_set_up(&p);
	second_run(&p, LOOK_NOT_YET);
	p.evidence.happy.outcome = OUTCOME_USAGE_ABSENT;
	expect(&p, DECISION_FAIL, BIT(USAGE_ABSENT));
	/* an earlier run of yesterday, or of another scope, never stands in */
	passing_set_up(&p);
	second_run(&p, LOOK_UNREACHABLE);
	p.evidence.happy_before.requested = passing_at(&p, -1, 0, 0);
	expect(&p, DECISION_INCONCLUSIVE, BIT(SURFACE_UNREACHABLE));
	passing_set_up(&p);
	second_run(&p, LOOK_UNREACHABLE);
	p.evidence.happy_before.scope = digest_sha256("x", 1);
	expect(&p, DECISION_INCONCLUSIVE, BIT(SURFACE_UNREACHABLE));
	/* nor one whose own look-up never ended */
	passing_set_up(&p);
	p.evidence.usage.outcome = LOOK_UNREACHABLE;
	second_run(&p, LOOK_UNREACHABLE);
	expect(&p, DECISION_INCONCLUSIVE, BIT(SURFACE_UNREACHABLE));
	expect_in_body(&p, "\"request_time_utc\":\"2026-07-03T07:00:00Z\"");
}

static void
test_later_not_observed(void **state)
{
	struct passing p;
	struct record record;

	for (int path = 0; path < 2; path++) {
		for (int later = 0; later < 2; later++) {
			struct run_fact *unseen;

			passing_set_up(&p);
			unseen = path == 0 ? &p.evidence.happy_inconclusive
					   : &p.evidence.error_inconclusive;
			*unseen =
			    path == 0 ? p.evidence.happy : p.evidence.error;
			unseen->outcome = OUTCOME_UNREACHABLE;
			unseen->seq = later == 0 ? 90 : 300;
			record = passing_judge(&p);
			assert_int_equal(record.decision, DECISION_PASS);
			assert_int_equal(record.later_not_observed, later);
			assert_int_equal(
			    strstr(record.body, "LATER_NOT_OBSERVED") != NULL,
			    later);
			record_free(&record);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_runs_of_the_day),
	    cmocka_unit_test(test_billed_by_now),
	    cmocka_unit_test(test_rejected_beside_our_own),
	    cmocka_unit_test(test_judged_after_midnight),
	    cmocka_unit_test(test_reads_of_the_day),
	    cmocka_unit_test(test_same_scope),
	    cmocka_unit_test(test_a_fact_needs_a_row),
	    cmocka_unit_test(test_look_of_another_run),
	    cmocka_unit_test(test_look_is_awaited),
	    cmocka_unit_test(test_unknown_tier),
	    cmocka_unit_test(test_response_tier),
	    cmocka_unit_test(test_attested_usage),
	    cmocka_unit_test(test_earlier_run_stands),
	    cmocka_unit_test(test_later_not_observed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
