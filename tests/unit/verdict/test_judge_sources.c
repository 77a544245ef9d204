/* Sources: which day, by whom, approved when, lost since. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

#include <string.h>

/* --- sources --- */

/* A person's word of the day stands in for read and approval, unless the
 * page was read later. */
static void
test_attested_source(void **state)
{
	struct passing p;
	struct source_fact *fact = &p.facts[SOURCE_PRICING];

	passing_set_up(&p);
	p.workload.allow_attestation = true;
	p.workload.pricing_review = REVIEW_HUMAN;
	fact->read = false;
	fact->approved = false;
	fact->tried_outcome = PAGE_BLOCKED;
	fact->bad_reads = 4;
	fact->bad_since = passing_at(&p, 1, 0, 0);
	fact->attested = true;
	fact->attested_at = passing_at(&p, 8, 0, 0);
	fact->attested_seq = 160;
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"SOURCE_ATTESTED\"");
	expect_in_body(
	    &p, "\"pricing_reference\":{\"approved_seq\":null,"
		"\"read_at\":\"2026-07-03T08:00:00Z\",\"snapshot\":null,");
	expect_in_body(&p, "\"https://docs.example.com/pricing\"");
	/* only where the workload allows it */
	p.workload.allow_attestation = false;
	expect(&p, DECISION_HOLD, BIT(SOURCE_LOST));
	/* of the day before, or without a row: nobody looked that day */
	p.workload.allow_attestation = true;
	fact->attested_at = passing_at(&p, 0, 0, -1);
	expect(&p, DECISION_HOLD, BIT(SOURCE_LOST));
	fact->attested_at = passing_at(&p, 8, 0, 0);
	fact->attested_seq = 0;
	expect(&p, DECISION_HOLD, BIT(SOURCE_LOST));
	/* a read after it is the newer evidence */
	passing_set_up(&p);
	p.workload.allow_attestation = true;
	fact->attested = true;
	fact->attested_seq = 160;
	fact->attested_at = passing_at(&p, 5, 0, 0);
	fact->text = digest_sha256("changed", 7);
	expect(&p, DECISION_HOLD, BIT(CHANGE_UNAPPROVED));
	fact->attested_at = fact->read_at;
	expect(&p, DECISION_PASS, 0);
}

static void
test_human_pricing_review(void **state)
{
	struct passing p;
	struct source_fact *fact = &p.facts[SOURCE_PRICING];

	passing_set_up(&p);
	p.workload.pricing_review = REVIEW_HUMAN;
	expect(&p, DECISION_NONE, 0);
	assert_false(is_complete(&p));
	expect_in_body(&p, "\"pricing_reference_checked\":\"no\"");
	passing_approve(fact, passing_at(&p, 8, 0, 0), 150);
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"approved_seq\":150");
	passing_approve(fact, passing_at(&p, 0, 0, -1), 150);
	p.input.closed = true;
	expect(&p, DECISION_HOLD, BIT(PRICING_NOT_SAME_DAY));
	/* the other kinds need no person of the day */
	passing_approve(fact, passing_at(&p, 0, 0, 0), 150);
	expect(&p, DECISION_PASS, 0);
}

/* A changed page cannot be cured by an approval of the day alone: the text
 * must be the one that was approved. */
static void
test_approval_must_name_the_text(void **state)
{
	struct passing p;
	struct source_fact *fact = &p.facts[SOURCE_PRICING];

	passing_set_up(&p);
	fact->text = digest_sha256("changed", 7);
	expect(&p, DECISION_HOLD, BIT(CHANGE_UNAPPROVED));
	expect_in_body(&p, "\"pricing_reference_checked\":\"no\"");
	expect_in_body(&p, "\"approved_seq\":null");
	fact->approved_at = fact->read_at;
	expect(&p, DECISION_HOLD, BIT(PRICING_REFERENCE_MISMATCH));
	passing_approve(fact, passing_at(&p, 8, 0, 0), 150);
	expect(&p, DECISION_PASS, 0);
	/* a text that shares the short name is another text */
	fact->approved_text.bytes[DIGEST_LEN - 1] ^= 1;
	expect(&p, DECISION_HOLD, BIT(PRICING_REFERENCE_MISMATCH));
}

static void
test_approval_age(void **state)
{
	struct passing p;
	struct source_fact *fact = &p.facts[SOURCE_PRICING];

	passing_set_up(&p);
	fact->approved_at.us =
	    p.input.now.us - (90 * SEC_PER_DAY - 1) * USEC_PER_SEC;
	expect(&p, DECISION_PASS, 0);
	fact->approved_at.us -= USEC_PER_SEC;
	expect(&p, DECISION_HOLD, BIT(APPROVAL_EXPIRED));
	p.sources[SOURCE_PRICING].approval_max_age_s = 0;
	expect(&p, DECISION_PASS, 0);
	/* a late judgement looks no further than the end of the day */
	passing_set_up(&p);
	p.input.now = passing_at(&p, 30, 0, 0);
	fact->approved_at = passing_at(&p, 1 - 90 * 24, 0, 0);
	expect(&p, DECISION_HOLD, BIT(APPROVAL_EXPIRED));
	fact->approved_at = passing_at(&p, 25 - 90 * 24, 0, 0);
	expect(&p, DECISION_PASS, 0);
}

static void
test_lost_needs_three_reads_over_two_hours(void **state)
{
	static const struct {
		int reads;
		int64_t over_s;
		reason_set reasons;
	} cases[] = {
	    {3, 7200, BIT(SOURCE_LOST)},
	    {2, 7200, BIT(PRICING_NOT_SAME_DAY)},
	    {3, 7199, BIT(PRICING_NOT_SAME_DAY)},
	    {9, 90000, BIT(SOURCE_LOST)},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct passing p;
		struct source_fact *fact = &p.facts[SOURCE_PRICING];

		passing_set_up(&p);
		p.input.closed = true;
		fact->read_at = passing_at(&p, -40, 0, 0);
		fact->tried_at = passing_at(&p, 9, 0, 0);
		fact->tried_outcome = PAGE_MOVED;
		fact->bad_reads = cases[i].reads;
		fact->bad_since.us =
		    fact->tried_at.us - cases[i].over_s * USEC_PER_SEC;
		expect(&p, DECISION_HOLD, cases[i].reasons);
		/* read on the day all the same: the day has its read */
		fact->read_at = passing_at(&p, 5, 0, 0);
		expect(&p, DECISION_PASS, 0);
	}
}

/* Before the close a read that is still to come is awaited, not missed. */
static void
test_reads_are_awaited(void **state)
{
	for (int kind = 0; kind < PASSING_SOURCES; kind++) {
		struct passing p;

		passing_set_up(&p);
		p.facts[kind].read_at = passing_at(&p, -40 * 24, 0, 0);
		p.facts[kind].tried_at = p.facts[kind].read_at;
		passing_approve(&p.facts[kind], p.facts[kind].read_at, 30);
		expect(&p, DECISION_NONE, 0);
		assert_false(is_complete(&p));
		p.facts[kind].tried_at = passing_at(&p, 5, 0, 0);
		p.facts[kind].tried_outcome = PAGE_ERROR;
		expect(&p, DECISION_INCONCLUSIVE, BIT(SOURCE_UNREACHABLE));
		assert_false(is_complete(&p));
		p.input.closed = true;
		assert_true(is_complete(&p));
	}
}

/* Of two pricing sources both must be reviewed. */
static void
test_every_pricing_source(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.sources[5] = p.sources[SOURCE_PRICING];
	p.sources[5].name = "catalogue";
	p.source_list[5] = &p.sources[5];
	p.facts[5] = p.facts[SOURCE_PRICING];
	p.fact_list[5] = &p.facts[5];
	p.workload.n_sources = 6;
	expect(&p, DECISION_PASS, 0);
	for (int first = 0; first < 2; first++) {
		size_t i = first == 1 ? SOURCE_PRICING : 5;

		p.facts[i].approved = false;
		expect(&p, DECISION_HOLD, BIT(SOURCE_UNAPPROVED));
		expect_in_body(&p, "\"pricing_reference_checked\":\"no\"");
		p.facts[i].approved = true;
	}
}

static void
test_too_many_sources(void **state)
{
	struct passing p;
	struct record record;

	passing_set_up(&p);
	p.workload.n_sources = WORKLOAD_SOURCES_MAX + 1;
	assert_int_equal(judge(&p.input, &record), ERR_LIMIT);
}

/* What is said of the sources is said only of those that were read. */
static void
test_what_is_verified(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.input.closed = true;
	p.facts[SOURCE_PRICING].read = false;
	expect_in_body(&p, "\"not_verified\":[\"source_urls_checked\","
			   "\"pricing_reference_checked\",");
	passing_set_up(&p);
	p.input.closed = true;
	p.facts[SOURCE_SUPPORT].read = false;
	expect_in_body(&p, "\"not_verified\":[\"source_urls_checked\","
			   "\"gateway_failover_and_retry\",");
	passing_set_up(&p);
	p.workload.n_sources--;
	expect_in_body(&p, "\"not_verified\":[\"source_urls_checked\","
			   "\"gateway_failover_and_retry\",");
}

/* Read by evidenced first, then by a person: the newer time is told. */
static void
test_attested_after_read(void **state)
{
	struct passing p;
	struct source_fact *fact = &p.facts[SOURCE_PRICING];

	passing_set_up(&p);
	p.workload.allow_attestation = true;
	fact->attested = true;
	fact->attested_seq = 160;
	fact->attested_at = passing_at(&p, 8, 0, 0);
	expect_in_body(&p, "\"approved_seq\":null,"
			   "\"read_at\":\"2026-07-03T08:00:00Z\"");
	expect_in_body(&p, ",123,124,160]");
}

/* An attempt that failed is evidence where it explains something. */
static void
test_failed_attempt_is_evidence(void **state)
{
	struct passing p;
	struct source_fact *fact = &p.facts[SOURCE_SUPPORT];

	passing_set_up(&p);
	fact->tried_seq = 170;
	fact->tried_outcome = PAGE_ERROR;
	expect_in_body(&p, ",123,124],\"evidence_tier\"");
	fact->read_at = passing_at(&p, -40 * 24, 0, 0);
	expect_in_body(&p, ",123,124,170],\"evidence_tier\"");
	/* a row that two facts rest on is one row */
	fact->tried_seq = 124;
	expect_in_body(&p, ",123,124],\"evidence_tier\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_attested_source),
	    cmocka_unit_test(test_human_pricing_review),
	    cmocka_unit_test(test_approval_must_name_the_text),
	    cmocka_unit_test(test_approval_age),
	    cmocka_unit_test(test_lost_needs_three_reads_over_two_hours),
	    cmocka_unit_test(test_reads_are_awaited),
	    cmocka_unit_test(test_every_pricing_source),
	    cmocka_unit_test(test_too_many_sources),
	    cmocka_unit_test(test_what_is_verified),
	    cmocka_unit_test(test_attested_after_read),
	    cmocka_unit_test(test_failed_attempt_is_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
