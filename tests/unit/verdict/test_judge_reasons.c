/* One case for every reason: the smallest change of a passing day after
 * which the record has exactly that reason and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passing.h"

#include <stdio.h>
#include <string.h>

#define SPOILER(name) static void name(struct passing *p)

/* The happy run of the day could not observe; the error path was skipped. */
static void
unseen_happy(struct passing *p, enum outcome outcome)
{
	p->evidence.happy_inconclusive = p->evidence.happy;
	p->evidence.happy_inconclusive.outcome = outcome;
	p->evidence.happy = (struct run_fact){0};
	p->evidence.error = (struct run_fact){0};
	p->evidence.usage = (struct usage_fact){0};
	p->input.closed = true;
}

static void
unread(struct passing *p, enum source_kind kind, int days_ago)
{
	struct source_fact *fact = &p->facts[kind];

	fact->read_at.us -= days_ago * SEC_PER_DAY * USEC_PER_SEC;
	fact->tried_at = fact->read_at;
	p->input.closed = true;
}

static void
tried_in_vain(struct passing *p, enum source_kind kind,
	      enum page_outcome outcome, int times)
{
	struct source_fact *fact = &p->facts[kind];

	unread(p, kind, 1);
	fact->tried_at = passing_at(p, 8, 30, 0);
	fact->tried_seq = 140;
	fact->tried_outcome = outcome;
	fact->bad_reads = times;
	fact->bad_since = passing_at(p, 5, 20, 0);
}

static void
change_text(struct source_fact *fact)
{
	fact->text = digest_sha256("another text", 12);
}

SPOILER(credential_accepted)
{
	p->evidence.error.outcome = OUTCOME_ACCEPTED;
}
SPOILER(usage_absent)
{
	p->evidence.happy.outcome = OUTCOME_USAGE_ABSENT;
	p->evidence.happy.json_usage_present = false;
	p->evidence.usage = (struct usage_fact){0};
}
SPOILER(ledger_damaged)
{
	p->input.ledger_damaged = true;
}
SPOILER(unreachable)
{
	unseen_happy(p, OUTCOME_UNREACHABLE);
}
SPOILER(server_error)
{
	unseen_happy(p, OUTCOME_SERVER_ERROR);
}
SPOILER(throttled)
{
	unseen_happy(p, OUTCOME_THROTTLED);
}
SPOILER(blocked)
{
	unseen_happy(p, OUTCOME_BLOCKED);
}
SPOILER(credential_rejected)
{
	unseen_happy(p, OUTCOME_CREDENTIAL_REJECTED);
}
/* The error path ran and was rejected too: that proves nothing. */
SPOILER(both_rejected)
{
	struct run_fact error = p->evidence.error;

	unseen_happy(p, OUTCOME_CREDENTIAL_REJECTED);
	p->evidence.error = error;
}
SPOILER(quota_exhausted)
{
	unseen_happy(p, OUTCOME_QUOTA_EXHAUSTED);
}
SPOILER(in_band_error)
{
	unseen_happy(p, OUTCOME_IN_BAND_ERROR);
}
SPOILER(malformed)
{
	unseen_happy(p, OUTCOME_MALFORMED);
}
SPOILER(unclassified)
{
	unseen_happy(p, OUTCOME_UNCLASSIFIED);
}
SPOILER(redirected)
{
	unseen_happy(p, OUTCOME_REDIRECTED);
}
SPOILER(error_path_unseen)
{
	p->evidence.error_inconclusive = p->evidence.error;
	p->evidence.error_inconclusive.outcome = OUTCOME_BLOCKED;
	p->evidence.error = (struct run_fact){0};
	p->input.closed = true;
}
SPOILER(surface_unreachable)
{
	p->evidence.usage.outcome = LOOK_UNREACHABLE;
}
SPOILER(source_unreachable)
{
	tried_in_vain(p, SOURCE_PRICING, PAGE_ERROR, 0);
}
SPOILER(support_unreachable)
{
	tried_in_vain(p, SOURCE_SUPPORT, PAGE_ERROR, 0);
	p->facts[SOURCE_SUPPORT].read_at =
	    wall_from_s((p->input.day - 32) * SEC_PER_DAY);
}
SPOILER(clock)
{
	p->workload.require_clock_sync = true;
	p->input.clock_synchronised = false;
}
SPOILER(environment_host)
{
	static const char *const hosts[] = {"api.example.org"};

	p->environment.hosts = (struct string_list){hosts, 1};
}
SPOILER(environment_profile)
{
	p->environment.profile_digest = "00000000000000000000000000000000"
					"00000000000000000000000000000001";
}
SPOILER(ceiling)
{
	p->evidence =
	    (struct day_evidence){.day = p->input.day, .ceiling_reached = true};
	p->input.closed = true;
}
SPOILER(nothing_ran)
{
	p->evidence = (struct day_evidence){.day = p->input.day};
	p->input.closed = true;
}
SPOILER(only_stopped)
{
	unseen_happy(p, OUTCOME_STOPPED);
}
SPOILER(no_error_path)
{
	p->evidence.error = (struct run_fact){0};
	p->input.closed = true;
}
SPOILER(no_look)
{
	p->evidence.usage = (struct usage_fact){0};
	p->input.closed = true;
}
SPOILER(owner_missing)
{
	p->workload.owner = NULL;
	p->workload.owner_group = "";
}
SPOILER(owner_expired)
{
	p->owner.valid_to = p->input.day - 1;
}
SPOILER(environment_missing)
{
	p->workload.environment = NULL;
	p->workload.environment_name = "";
}
SPOILER(follow_up_missing)
{
	p->workload.follow_up_owner = "";
}
SPOILER(rule_missing)
{
	p->workload.rule = NULL;
	p->workload.rule_id = "";
}
SPOILER(rule_expired)
{
	p->rule.effective_to = p->input.day - 1;
}
SPOILER(rule_invalid)
{
	p->rule.owner = "team-unknown";
}
SPOILER(metric_missing)
{
	p->workload.metric = NULL;
	p->workload.metric_name = "";
}
SPOILER(metric_incomplete)
{
	p->metric.denominator = "";
}
SPOILER(metric_stale)
{
	p->metric.last_refreshed = p->input.day - 32;
}
SPOILER(source_missing)
{
	p->workload.n_sources--;
}
SPOILER(kind_missing)
{
	p->workload.kinds_missing = 1u << SOURCE_SUPPORT;
}
SPOILER(source_stale)
{
	unread(p, SOURCE_ALLOCATION, 32);
}
SPOILER(source_lost)
{
	tried_in_vain(p, SOURCE_PRICING, PAGE_GONE, 3);
}
/* Lost is lost, also within its 31 days and before the close. */
SPOILER(support_lost)
{
	tried_in_vain(p, SOURCE_SUPPORT, PAGE_BLOCKED, 3);
	p->input.closed = false;
}
SPOILER(source_unapproved)
{
	p->facts[SOURCE_SUPPORT].approved = false;
}
SPOILER(change_unapproved)
{
	change_text(&p->facts[SOURCE_PRICING]);
}
/* Only the id of the approved snapshot is known, and it is another. */
SPOILER(change_unapproved_by_id)
{
	struct source_fact *fact = &p->facts[SOURCE_PRICING];

	change_text(fact);
	fact->approved_text = (struct digest){{0}};
}
/* The id collides, the text does not. */
SPOILER(change_unapproved_by_text)
{
	struct source_fact *fact = &p->facts[SOURCE_PRICING];

	fact->text.bytes[DIGEST_LEN - 1] =
	    fact->approved_text.bytes[DIGEST_LEN - 1] ^ 1;
}
SPOILER(approval_expired)
{
	p->sources[SOURCE_SETUP].approval_max_age_s = 5 * SEC_PER_DAY;
}
SPOILER(pricing_not_same_day)
{
	unread(p, SOURCE_PRICING, 1);
}
SPOILER(pricing_truncated)
{
	tried_in_vain(p, SOURCE_PRICING, PAGE_TRUNCATED, 0);
}
/* That it could not be fetched yesterday is not news of today. */
SPOILER(pricing_error_of_yesterday)
{
	tried_in_vain(p, SOURCE_PRICING, PAGE_ERROR, 0);
	p->facts[SOURCE_PRICING].tried_at = passing_at(p, 0, 0, -1);
}
SPOILER(pricing_not_by_a_person)
{
	p->workload.pricing_review = REVIEW_HUMAN;
	p->input.closed = true;
}
SPOILER(pricing_reference_mismatch)
{
	struct source_fact *fact = &p->facts[SOURCE_PRICING];

	passing_approve(fact, passing_at(p, 7, 0, 0), 150);
	fact->text = digest_sha256("a third text", 12);
}
SPOILER(setup_stale)
{
	unread(p, SOURCE_SETUP, 1);
}
SPOILER(credential_missing)
{
	p->input.credential_loaded = false;
}
SPOILER(credential_never_there)
{
	unseen_happy(p, OUTCOME_CREDENTIAL_MISSING);
	p->input.credential_loaded = false;
}
SPOILER(credential_kept_all_from_running)
{
	p->evidence = (struct day_evidence){.day = p->input.day};
	p->input.closed = true;
	p->input.credential_loaded = false;
}
SPOILER(credential_came_too_late)
{
	unseen_happy(p, OUTCOME_CREDENTIAL_MISSING);
}
SPOILER(credential_shared)
{
	p->input.credential_shared = true;
}
SPOILER(label_mismatch)
{
	p->evidence.usage.outcome = LOOK_LABEL_MISMATCH;
}
SPOILER(usage_pending)
{
	p->evidence.usage.outcome = LOOK_NOT_YET;
	p->input.now = p->evidence.happy.requested;
	p->input.now.us += (PASSING_LAG_S - 1) * USEC_PER_SEC;
	/* the day's reads were before */
	for (int i = 0; i < PASSING_SOURCES; i++)
		p->facts[i].read_at = passing_at(p, 4, 0, 0);
}
SPOILER(usage_not_visible)
{
	p->evidence.usage.outcome = LOOK_NOT_VISIBLE;
}
SPOILER(usage_not_yet_at_close)
{
	p->evidence.usage.outcome = LOOK_NOT_YET;
	p->input.closed = true;
}
SPOILER(usage_not_attested)
{
	p->workload.account_surface = SURFACE_NONE;
	p->evidence.usage = (struct usage_fact){0};
	p->input.closed = true;
}
SPOILER(response_without_note)
{
	p->workload.account_surface = SURFACE_RESPONSE;
}
SPOILER(scope_unapproved)
{
	p->input.scope_approved_differs = true;
}
SPOILER(forced_happy)
{
	p->evidence.happy.forced = true;
}
SPOILER(forced_error)
{
	p->evidence.error.forced = true;
}
SPOILER(lowered)
{
	p->cap = (struct cap_fact){.cap = DECISION_HOLD,
				   .until = p->input.day,
				   .seq = 99,
				   .role = "finops-lead"};
	p->input.cap = &p->cap;
}

enum waiting { READY, WAITS };

static const struct {
	const char *name;
	void (*spoil)(struct passing *p);
	enum reason reason;
	enum waiting waiting;
} cases[] = {
#define CASE(spoil, reason)                           \
	{                                             \
#spoil, spoil, REASON_##reason, READY \
	}
#define WAITING_CASE(spoil, reason)                   \
	{                                             \
#spoil, spoil, REASON_##reason, WAITS \
	}
    CASE(credential_accepted, CREDENTIAL_ACCEPTED),
    CASE(usage_absent, USAGE_ABSENT),
    CASE(ledger_damaged, LEDGER_DAMAGED),
    CASE(unreachable, NOT_OBSERVED_NETWORK),
    CASE(server_error, NOT_OBSERVED_5XX),
    CASE(throttled, THROTTLED),
    CASE(blocked, BLOCKED),
    CASE(credential_rejected, CREDENTIAL_REJECTED),
    CASE(both_rejected, CREDENTIAL_REJECTED),
    CASE(quota_exhausted, QUOTA_EXHAUSTED),
    CASE(in_band_error, IN_BAND_ERROR),
    CASE(malformed, RESPONSE_MALFORMED),
    CASE(unclassified, RESPONSE_MALFORMED),
    CASE(redirected, REDIRECTED),
    CASE(error_path_unseen, ERROR_PATH_NOT_OBSERVED),
    CASE(surface_unreachable, SURFACE_UNREACHABLE),
    CASE(source_unreachable, SOURCE_UNREACHABLE),
    CASE(support_unreachable, SOURCE_UNREACHABLE),
    CASE(clock, CLOCK_UNSYNCHRONISED),
    CASE(environment_host, ENVIRONMENT_MISMATCH),
    CASE(environment_profile, ENVIRONMENT_MISMATCH),
    CASE(ceiling, CEILING_REACHED),
    CASE(nothing_ran, EVIDENCE_MISSING),
    CASE(only_stopped, EVIDENCE_MISSING),
    CASE(no_error_path, EVIDENCE_MISSING),
    CASE(no_look, EVIDENCE_MISSING),
    CASE(owner_missing, OWNER_MISSING),
    CASE(owner_expired, OWNER_EXPIRED),
    CASE(environment_missing, ENVIRONMENT_MISSING),
    CASE(follow_up_missing, FOLLOW_UP_OWNER_MISSING),
    CASE(rule_missing, RULE_MISSING),
    CASE(rule_expired, RULE_EXPIRED),
    CASE(rule_invalid, RULE_INVALID),
    CASE(metric_missing, METRIC_MISSING),
    CASE(metric_incomplete, METRIC_INCOMPLETE),
    CASE(metric_stale, METRIC_STALE),
    CASE(source_missing, SOURCE_MISSING),
    CASE(kind_missing, SOURCE_MISSING),
    CASE(source_stale, SOURCE_STALE),
    CASE(source_lost, SOURCE_LOST),
    CASE(support_lost, SOURCE_LOST),
    CASE(source_unapproved, SOURCE_UNAPPROVED),
    CASE(change_unapproved, CHANGE_UNAPPROVED),
    CASE(change_unapproved_by_id, CHANGE_UNAPPROVED),
    CASE(change_unapproved_by_text, CHANGE_UNAPPROVED),
    CASE(approval_expired, APPROVAL_EXPIRED),
    CASE(pricing_not_same_day, PRICING_NOT_SAME_DAY),
    CASE(pricing_truncated, PRICING_NOT_SAME_DAY),
    CASE(pricing_error_of_yesterday, PRICING_NOT_SAME_DAY),
    CASE(pricing_not_by_a_person, PRICING_NOT_SAME_DAY),
    CASE(pricing_reference_mismatch, PRICING_REFERENCE_MISMATCH),
    CASE(setup_stale, SETUP_STALE),
    CASE(credential_missing, CREDENTIAL_MISSING),
    CASE(credential_never_there, CREDENTIAL_MISSING),
    CASE(credential_kept_all_from_running, CREDENTIAL_MISSING),
    CASE(credential_came_too_late, CREDENTIAL_MISSING),
    CASE(credential_shared, CREDENTIAL_SHARED),
    CASE(label_mismatch, LABEL_MISMATCH),
    WAITING_CASE(usage_pending, USAGE_PENDING),
    CASE(usage_not_visible, USAGE_NOT_VISIBLE),
    CASE(usage_not_yet_at_close, USAGE_NOT_VISIBLE),
    CASE(usage_not_attested, USAGE_NOT_VISIBLE),
    CASE(response_without_note, USAGE_NOT_VISIBLE),
    CASE(scope_unapproved, SCOPE_UNAPPROVED),
    CASE(forced_happy, FALLBACK_UNREVIEWED),
    CASE(forced_error, FALLBACK_UNREVIEWED),
    CASE(lowered, LOWERED_BY_ROLE),
};

enum { N_CASES = sizeof(cases) / sizeof(cases[0]) };

static void
test_unspoilt_passes(void **state)
{
	struct passing p;
	struct record record;

	passing_set_up(&p);
	record = passing_judge(&p);
	assert_int_equal(record.decision, DECISION_PASS);
	assert_true(record.reasons == 0);
	assert_true(record.complete);
	assert_false(record.later_not_observed);
	record_free(&record);
}

static void
test_exactly_this_reason(void **state)
{
	for (size_t i = 0; i < N_CASES; i++) {
		struct passing p;
		struct record record;
		const struct reason_info *info = reason_info(cases[i].reason);
		char member[80];

		passing_set_up(&p);
		cases[i].spoil(&p);
		record = passing_judge(&p);
		if (record.reasons != reason_bit(cases[i].reason))
			fail_msg("%s: reasons are %llx in %s", cases[i].name,
				 (unsigned long long)record.reasons,
				 record.body);
		assert_int_equal(record.decision, info->decision);
		if (record.complete != (cases[i].waiting == READY))
			fail_msg("%s: complete is %d", cases[i].name,
				 record.complete);
		snprintf(member, sizeof(member), "\"reasons\":[\"%s\"]",
			 info->code);
		assert_non_null(strstr(record.body, member));
		snprintf(member, sizeof(member), "\"decision\":\"%s\"",
			 decision_name(info->decision));
		assert_non_null(strstr(record.body, member));
		record_free(&record);
	}
}

static void
test_every_code_has_a_case(void **state)
{
	for (int r = 0; r < REASONS; r++) {
		bool covered = false;

		for (size_t i = 0; i < N_CASES; i++)
			covered |= cases[i].reason == (enum reason)r;
		if (!covered)
			fail_msg("no case for %s",
				 reason_info((enum reason)r)->code);
	}
}

/* Two things wrong: both are said, and the worse one decides. */
static void
test_every_pair(void **state)
{
	int together = 0;

	for (size_t a = 0; a < N_CASES; a++) {
		for (size_t b = 0; b < N_CASES; b++) {
			reason_set both = reason_bit(cases[a].reason) |
					  reason_bit(cases[b].reason);
			struct passing p;
			struct record record;

			if (a == b)
				continue;
			passing_set_up(&p);
			cases[a].spoil(&p);
			cases[b].spoil(&p);
			record = passing_judge(&p);
			if (record.decision == DECISION_PASS)
				fail_msg("%s and %s pass", cases[a].name,
					 cases[b].name);
			assert_int_equal(
			    record.decision,
			    record.reasons == 0
				? DECISION_NONE
				: reason_set_decision(record.reasons));
			together += record.reasons == both;
			record_free(&record);
		}
	}
	/* most pairs are independent of one another */
	assert_true(together > N_CASES * N_CASES * 3 / 5);
}

/* One pair of each two decisions, by hand. */
static void
test_precedence(void **state)
{
	static const struct {
		void (*spoil[3])(struct passing *p);
		enum decision decision;
	} orders[] = {
	    {{owner_missing, owner_missing, owner_missing}, DECISION_HOLD},
	    {{owner_missing, clock, clock}, DECISION_INCONCLUSIVE},
	    {{clock, owner_missing, owner_missing}, DECISION_INCONCLUSIVE},
	    {{owner_missing, credential_accepted, owner_missing},
	     DECISION_FAIL},
	    {{credential_accepted, clock, clock}, DECISION_FAIL},
	    {{clock, credential_accepted, owner_missing}, DECISION_FAIL},
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct passing p;
		struct record record;

		passing_set_up(&p);
		for (int k = 0; k < 3; k++)
			orders[i].spoil[k](&p);
		record = passing_judge(&p);
		assert_int_equal(record.decision, orders[i].decision);
		record_free(&record);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unspoilt_passes),
	    cmocka_unit_test(test_exactly_this_reason),
	    cmocka_unit_test(test_every_code_has_a_case),
	    cmocka_unit_test(test_every_pair),
	    cmocka_unit_test(test_precedence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
