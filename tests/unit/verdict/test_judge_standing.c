/* The host, the environment, people, and when another record is worth a
 * row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"

#include <stdio.h>
#include <string.h>

/* --- the host and the environment --- */

static void
test_clock(void **state)
{
	struct passing p;
	struct record record;

	passing_set_up(&p);
	p.input.clock_synchronised = false;
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"CLOCK_UNSYNCHRONISED\"]");
	p.workload.require_clock_sync = true;
	expect(&p, DECISION_INCONCLUSIVE, BIT(CLOCK_UNSYNCHRONISED));
	/* it is inconclusive, and replaces no pass of the day */
	p.previous = (struct record_fact){.present = true,
					  .seq = 180,
					  .day = p.input.day,
					  .decision = DECISION_PASS};
	p.input.previous = &p.previous;
	record = passing_judge(&p);
	assert_int_equal(record.decision, DECISION_PASS);
	assert_true(record.later_not_observed);
	record_free(&record);
	p.previous.day--;
	expect(&p, DECISION_INCONCLUSIVE, BIT(CLOCK_UNSYNCHRONISED));
}

static void
test_environment_hosts(void **state)
{
	static const struct {
		const char *base_url;
		bool matches;
	} cases[] = {
	    {"https://api.example.com", true},
	    {"https://api.example.com:8443/v1", true},
	    {"https://api.example.com.evil.org", false},
	    {"https://evil.org/api.example.com", false},
	    {"https://evil.org?api.example.com", false},
	    {"https://api.example.co", false},
	    {"http://127.0.0.1:8080", true},
	    {"http://[::1]:8080/v1", true},
	    {"http://[::2]:8080/v1", false},
	    {"", false},
	};
	static const char *const hosts[] = {"api.example.com", "127.0.0.1",
					    "[::1]"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct passing p;

		passing_set_up(&p);
		p.environment.hosts = (struct string_list){hosts, 3};
		p.gateway.base_url = cases[i].base_url;
		expect(&p,
		       cases[i].matches ? DECISION_PASS : DECISION_INCONCLUSIVE,
		       cases[i].matches ? 0 : BIT(ENVIRONMENT_MISMATCH));
	}
}

static void
test_environment_profile(void **state)
{
	struct passing p;
	char hex[DIGEST_HEX_LEN + 1];

	passing_set_up(&p);
	p.profile.digest = digest_sha256("profile", 7);
	p.environment.profile_digest = digest_hex(&p.profile.digest, hex);
	/* the gateway has the right one by now: neither run had */
	expect(&p, DECISION_INCONCLUSIVE, BIT(ENVIRONMENT_MISMATCH));
	p.evidence.happy.profile = p.profile.digest;
	expect(&p, DECISION_INCONCLUSIVE, BIT(ENVIRONMENT_MISMATCH));
	p.evidence.error.profile = p.profile.digest;
	expect(&p, DECISION_PASS, 0);
	p.evidence.happy.profile = digest_sha256("other", 5);
	expect(&p, DECISION_INCONCLUSIVE, BIT(ENVIRONMENT_MISMATCH));
	p.evidence.happy.profile = p.profile.digest;
	p.gateway.profile = NULL;
	expect(&p, DECISION_INCONCLUSIVE, BIT(ENVIRONMENT_MISMATCH));
	/* a gateway that does not resolve is another finding */
	p.workload.gateway = NULL;
	expect(&p, DECISION_PASS, 0);
}

static void
test_said_of_the_error_path(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.workload.error_scope = SCOPE_GATEWAY;
	p.profile.variant = VARIANT_CONFIGURATION;
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"ERROR_PATH_SHARED\"");
	expect_in_body(&p, "\"ERROR_PATH_BY_CONFIGURATION\"");
}

static void
test_refresh_not_recorded(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.metric.last_refreshed = INT32_MIN;
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"METRIC_REFRESH_NOT_RECORDED\"");
}

/* --- people --- */

static void
test_caps_lower_and_never_raise(void **state)
{
	static const struct {
		enum decision cap;
		bool owner_missing, clock, accepted;
		enum decision decision;
		bool by_role;
	} cases[] = {
	    {DECISION_HOLD, false, false, false, DECISION_HOLD, true},
	    {DECISION_HOLD, true, false, false, DECISION_HOLD, false},
	    {DECISION_HOLD, false, true, false, DECISION_INCONCLUSIVE, false},
	    {DECISION_HOLD, false, false, true, DECISION_FAIL, false},
	    {DECISION_FAIL, false, false, false, DECISION_FAIL, true},
	    {DECISION_FAIL, true, false, false, DECISION_FAIL, true},
	    {DECISION_FAIL, false, true, false, DECISION_FAIL, true},
	    {DECISION_FAIL, false, false, true, DECISION_FAIL, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct passing p;
		struct record record;

		passing_set_up(&p);
		p.cap = (struct cap_fact){.cap = cases[i].cap,
					  .until = p.input.day,
					  .seq = 99,
					  .role = "finops-lead"};
		p.input.cap = &p.cap;
		p.workload.require_clock_sync = true;
		p.input.clock_synchronised = !cases[i].clock;
		if (cases[i].owner_missing)
			p.workload.owner = NULL;
		if (cases[i].accepted)
			p.evidence.error.outcome = OUTCOME_ACCEPTED;
		record = passing_judge(&p);
		assert_int_equal(record.decision, cases[i].decision);
		assert_true((record.reasons & BIT(LOWERED_BY_ROLE)) != 0);
		assert_non_null(
		    strstr(record.body, cases[i].by_role
					    ? "\"decided_by\":\"finops-lead\""
					    : "\"decided_by\":\"daemon\""));
		assert_non_null(strstr(record.body,
				       "\"role\":\"finops-lead\",\"seq\":99,"
				       "\"until\":\"2026-07-03\"}"));
		record_free(&record);
	}
}

static void
test_caps_end(void **state)
{
	struct passing p;

	passing_set_up(&p);
	p.cap = (struct cap_fact){.cap = DECISION_FAIL,
				  .until = p.input.day - 1,
				  .seq = 99,
				  .role = "finops-lead"};
	p.input.cap = &p.cap;
	expect(&p, DECISION_PASS, 0);
	expect_in_body(&p, "\"cap\":null");
	/* a cap that is none, or rests on no row */
	p.cap.until = p.input.day;
	p.cap.cap = DECISION_PASS;
	expect(&p, DECISION_PASS, 0);
	p.cap.cap = DECISION_FAIL;
	p.cap.seq = 0;
	expect(&p, DECISION_PASS, 0);
}

/* --- when a row is written --- */

static void
test_incomplete_is_none(void **state)
{
	struct passing p;
	struct record record;

	passing_set_up(&p);
	p.evidence = (struct day_evidence){.day = p.input.day};
	record = passing_judge(&p);
	assert_int_equal(record.decision, DECISION_NONE);
	assert_true(record.reasons == 0);
	assert_false(record.complete);
	assert_false(judge_should_write(&p.input, &record));
	record_free(&record);
	/* what is wrong already is said, but no row is written */
	p.workload.owner = NULL;
	record = passing_judge(&p);
	assert_int_equal(record.decision, DECISION_HOLD);
	assert_true(record.reasons == BIT(OWNER_MISSING));
	assert_false(judge_should_write(&p.input, &record));
	record_free(&record);
	p.input.closed = true;
	record = passing_judge(&p);
	assert_true(record.reasons ==
		    (BIT(OWNER_MISSING) | BIT(EVIDENCE_MISSING)));
	assert_true(judge_should_write(&p.input, &record));
	record_free(&record);
}

/* The record of `p` becomes the previous one. */
static void
write_down(struct passing *p)
{
	struct record record = passing_judge(p);

	assert_int_equal(
	    record_read(record.body, record.text.len, 180, &p->previous), 0);
	p->input.previous = &p->previous;
	record_free(&record);
}

static bool
would_write(const struct passing *p)
{
	struct record record = passing_judge(p);
	bool write = judge_should_write(&p->input, &record);

	record_free(&record);
	return write;
}

static void
test_only_news_is_written(void **state)
{
	struct passing p;

	passing_set_up(&p);
	assert_true(would_write(&p));
	write_down(&p);
	assert_false(would_write(&p));
	/* time passes, sources are read again: no news */
	p.input.now = passing_at(&p, 20, 0, 0);
	for (int i = 0; i < PASSING_SOURCES; i++) {
		p.facts[i].read_at = passing_at(&p, 19, 0, 0);
		p.facts[i].read_seq += 500;
	}
	assert_false(would_write(&p));
	/* a packet field: another pair */
	p.evidence.happy.requested = passing_at(&p, 18, 0, 0);
	assert_true(would_write(&p));
	write_down(&p);
	/* a reason: hold replaces pass */
	p.facts[SOURCE_SUPPORT].approved = false;
	assert_true(would_write(&p));
	write_down(&p);
	assert_false(would_write(&p));
	/* and new evidence raises it again */
	passing_approve(&p.facts[SOURCE_SUPPORT], passing_at(&p, 19, 0, 0),
			900);
	assert_true(would_write(&p));
	/* a record of another day is no previous one */
	write_down(&p);
	assert_false(would_write(&p));
	p.previous.day--;
	assert_true(would_write(&p));
	p.previous.day++;
	p.previous.present = false;
	assert_true(would_write(&p));
}

/* Once the day is over nothing that was missing is made good, but a fail that
 * comes to light is written all the same. */
static void
test_mended_after_midnight(void **state)
{
	struct passing p;
	const struct owner *owner;

	passing_set_up(&p);
	owner = p.workload.owner;
	p.workload.owner = NULL;
	write_down(&p);
	p.workload.owner = owner;
	assert_true(would_write(&p));
	p.input.now = passing_at(&p, 24, 5, 0);
	assert_false(would_write(&p));
	p.evidence.error.outcome = OUTCOME_ACCEPTED;
	assert_true(would_write(&p));
}

static void
test_inconclusive_never_replaces_pass(void **state)
{
	struct passing p;

	passing_set_up(&p);
	write_down(&p);
	/* nothing is left of the runs under a new scope */
	p.workload.scope_digest = digest_sha256("new scope", 9);
	p.input.closed = true;
	expect(&p, DECISION_INCONCLUSIVE, BIT(EVIDENCE_MISSING));
	assert_false(would_write(&p));
	/* nor does that they are still to come */
	p.input.closed = false;
	expect(&p, DECISION_NONE, 0);
	assert_false(would_write(&p));
	/* a hold does replace it, also with the same thing missing */
	p.input.scope_approved_differs = true;
	expect(&p, DECISION_HOLD, BIT(SCOPE_UNAPPROVED));
	assert_true(would_write(&p));
	/* and an inconclusive one replaces a hold */
	write_down(&p);
	p.input.closed = true;
	assert_true(would_write(&p));
	/* a fail replaces a pass before the other evidence is whole */
	passing_set_up(&p);
	write_down(&p);
	p.evidence.error.outcome = OUTCOME_ACCEPTED;
	p.evidence.usage = (struct usage_fact){0};
	assert_false(is_complete(&p));
	assert_true(would_write(&p));
}

/* Not to observe hides no hold: what was found missing replaces the pass. */
static void
test_hold_beside_inconclusive_replaces_pass(void **state)
{
	struct passing p;

	passing_set_up(&p);
	write_down(&p);
	p.workload.scope_digest = digest_sha256("new scope", 9);
	p.input.closed = true;
	p.workload.owner = NULL;
	expect(&p, DECISION_INCONCLUSIVE,
	       BIT(EVIDENCE_MISSING) | BIT(OWNER_MISSING));
	assert_true(would_write(&p));
	/* what only waits is not missing */
	passing_set_up(&p);
	write_down(&p);
	p.input.now = p.evidence.happy.requested;
	p.evidence.usage.outcome = LOOK_NOT_YET;
	p.evidence.error = (struct run_fact){0};
	p.input.closed = true;
	expect(&p, DECISION_INCONCLUSIVE,
	       BIT(EVIDENCE_MISSING) | BIT(USAGE_PENDING));
	assert_false(would_write(&p));
}

/* The later failure is added to a pass, once, and goes away again. */
static void
test_later_not_observed_is_written(void **state)
{
	struct passing p;

	passing_set_up(&p);
	write_down(&p);
	p.evidence.happy_inconclusive = p.evidence.happy;
	p.evidence.happy_inconclusive.outcome = OUTCOME_THROTTLED;
	p.evidence.happy_inconclusive.seq = 300;
	assert_true(would_write(&p));
	write_down(&p);
	assert_int_equal(p.previous.decision, DECISION_PASS);
	assert_true(p.previous.later_not_observed);
	p.evidence.happy_inconclusive.seq = 301;
	assert_false(would_write(&p));
	p.evidence.happy.seq = 302;
	assert_true(would_write(&p));
}

static void
test_pending_replaces_nothing(void **state)
{
	struct passing p;

	passing_set_up(&p);
	write_down(&p);
	p.evidence.happy.requested = passing_at(&p, 9, 0, 0);
	snprintf(p.evidence.happy.run, sizeof(p.evidence.happy.run), "%s",
		 "cccccccccccccccc");
	expect(&p, DECISION_HOLD, BIT(USAGE_PENDING));
	assert_false(would_write(&p));
	p.input.closed = true;
	assert_false(would_write(&p));
	/* the day's first record is written at the close all the same */
	p.input.previous = NULL;
	assert_true(would_write(&p));
}

static void
test_next_check(void **state)
{
	struct passing p;

	passing_set_up(&p); /* a Friday */
	expect_in_body(&p, "\"next_check_due\":\"2026-07-04\"");
	p.workload.review_days = 1u << 1;
	expect_in_body(&p, "\"next_check_due\":\"2026-07-06\"");
	p.input.next_due = p.input.day + 28;
	expect_in_body(&p, "\"next_check_due\":\"2026-07-31\"");
	p.input.next_due = 0;
	p.workload.review_days = 0;
	expect_in_body(&p, "\"next_check_due\":\"\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clock),
	    cmocka_unit_test(test_environment_hosts),
	    cmocka_unit_test(test_environment_profile),
	    cmocka_unit_test(test_said_of_the_error_path),
	    cmocka_unit_test(test_refresh_not_recorded),
	    cmocka_unit_test(test_caps_lower_and_never_raise),
	    cmocka_unit_test(test_caps_end),
	    cmocka_unit_test(test_incomplete_is_none),
	    cmocka_unit_test(test_only_news_is_written),
	    cmocka_unit_test(test_mended_after_midnight),
	    cmocka_unit_test(test_inconclusive_never_replaces_pass),
	    cmocka_unit_test(test_hold_beside_inconclusive_replaces_pass),
	    cmocka_unit_test(test_later_not_observed_is_written),
	    cmocka_unit_test(test_pending_replaces_nothing),
	    cmocka_unit_test(test_next_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
