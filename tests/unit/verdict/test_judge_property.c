/* Properties of the judgement over random days: a pass is re-proved by code
 * of its own, nothing can be taken away from one, and the order in which
 * sources are listed means nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "random_day.h"

#include <string.h>

/* --- the assertions of a pass, proved a second time --- */

static bool
same_day(const struct passing *p, struct wall_time t)
{
	int64_t s = t.us / 1000000;

	return t.us >= 0 && s / 86400 == p->input.day;
}

static bool
run_is(const struct passing *p, const struct run_fact *run, enum outcome want)
{
	if (want == OUTCOME_PASS && !run->json_usage_present &&
	    p->workload.billing_unit == BILLING_TOKEN)
		return false;
	return run->outcome == want && run->seq > 0 && !run->forced &&
	       same_day(p, run->requested) &&
	       memcmp(&run->scope, &p->workload.scope_digest, 32) == 0;
}

static bool
usage_is_seen(const struct passing *p, const struct run_fact *run,
	      const struct usage_fact *usage)
{
	const struct workload *w = &p->workload;
	bool of_run = usage->seen && usage->seq > 0 &&
		      strcmp(run->run, usage->run) == 0 &&
		      usage->outcome == LOOK_VISIBLE;
	bool at_surface = strcmp(usage->tier, "counter") == 0 ||
			  strcmp(usage->tier, "row") == 0 ||
			  strcmp(usage->tier, "row_by_id") == 0;

	if (of_run && strcmp(usage->tier, "attested") == 0 &&
	    w->allow_attestation)
		return true;
	if (w->account_surface == SURFACE_COUNTER)
		return of_run && at_surface;
	return w->account_surface == SURFACE_RESPONSE &&
	       strlen(w->account_surface_note) > 0 && run->json_usage_present;
}

static bool
traced_and_visible(const struct passing *p)
{
	const struct day_evidence *e = &p->evidence;

	return (run_is(p, &e->happy, OUTCOME_PASS) &&
		usage_is_seen(p, &e->happy, &e->usage)) ||
	       (run_is(p, &e->happy_before, OUTCOME_PASS) &&
		e->happy.outcome == OUTCOME_PASS &&
		usage_is_seen(p, &e->happy_before, &e->usage_before));
}

static bool
source_is_good(const struct passing *p, const struct source *source,
	       const struct source_fact *fact)
{
	bool daily =
	    source->kind == SOURCE_SETUP || source->kind == SOURCE_PRICING;
	int32_t age = p->input.day - wall_day(fact->read_at);
	bool human = source->kind == SOURCE_PRICING &&
		     p->workload.pricing_review == REVIEW_HUMAN;

	if (p->workload.allow_attestation && fact->attested &&
	    fact->attested_seq > 0 && same_day(p, fact->attested_at))
		return true;
	return fact->read && fact->read_seq > 0 && age >= 0 &&
	       age <= (daily ? 0 : 31) && fact->approved &&
	       fact->approved_seq > 0 &&
	       memcmp(&fact->text, &fact->approved_text, 32) == 0 &&
	       (!human || same_day(p, fact->approved_at));
}

static bool
sources_are_good(const struct passing *p)
{
	if (p->workload.n_sources < PASSING_SOURCES)
		return false;
	for (size_t i = 0; i < PASSING_SOURCES; i++) {
		if (!source_is_good(p, &p->sources[i], &p->facts[i]))
			return false;
	}
	return true;
}

static bool
governed(const struct passing *p)
{
	const struct workload *w = &p->workload;
	int32_t day = p->input.day;

	return w->owner != NULL && day <= p->owner.valid_to &&
	       w->environment_name[0] != '\0' && day <= p->rule.effective_to &&
	       p->metric.unit[0] != '\0' && w->follow_up_owner[0] != '\0';
}

static bool
host_is_good(const struct passing *p)
{
	bool passed = p->input.previous != NULL &&
		      p->previous.day == p->input.day &&
		      p->previous.decision == DECISION_PASS;

	return p->input.credential_loaded && !p->input.ledger_damaged &&
	       !p->input.credential_shared &&
	       !p->input.scope_approved_differs &&
	       (p->input.clock_synchronised || passed ||
		!p->workload.require_clock_sync) &&
	       (p->input.cap == NULL || p->cap.until < p->input.day);
}

static void
test_pass_implies_its_assertions(void **state)
{
	int passes = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct passing p;
		struct record record;

		random_day(&p);
		record = passing_judge(&p);
		if (record.decision == DECISION_PASS) {
			passes++;
			if (!traced_and_visible(&p) ||
			    !run_is(&p, &p.evidence.error, OUTCOME_REJECTED) ||
			    !sources_are_good(&p) || !governed(&p) ||
			    !host_is_good(&p))
				fail_msg("passes: %s", record.body);
			assert_true(record.reasons == 0);
			assert_true(record.complete);
		} else {
			assert_true(record.reasons != 0 || !record.complete);
		}
		record_free(&record);
	}
	/* else the rounds say nothing */
	assert_in_range(passes, ROUNDS / 50, ROUNDS / 2);
}

/* What was complete stays as it was when the day closes; only a look-up that
 * still went on, while an earlier run stood in, may end. */
static void
test_close_changes_no_pass(void **state)
{
	for (int round = 0; round < ROUNDS / 10; round++) {
		struct passing p;
		struct record open, closed;

		random_day(&p);
		p.input.closed = false;
		open = passing_judge(&p);
		p.input.closed = true;
		closed = passing_judge(&p);
		assert_true(closed.complete);
		assert_int_not_equal(closed.decision, DECISION_NONE);
		/* it adds what is missing, and forgives nothing */
		if (p.evidence.happy_before.seq == 0)
			assert_true((open.reasons & ~closed.reasons) == 0);
		if (open.complete && p.evidence.happy_before.seq == 0)
			assert_true(
			    digest_equal(&open.content, &closed.content));
		record_free(&open);
		record_free(&closed);
	}
}

/* --- nothing can be taken from a pass --- */

#define TAKE(name) static void name(struct passing *p)

TAKE(take_happy)
{
	p->evidence.happy = (struct run_fact){0};
}
TAKE(take_error)
{
	p->evidence.error = (struct run_fact){0};
}
TAKE(take_usage)
{
	p->evidence.usage = (struct usage_fact){0};
}
TAKE(take_owner)
{
	p->workload.owner = NULL;
}
TAKE(take_environment)
{
	p->workload.environment_name = "";
}
TAKE(take_rule)
{
	p->workload.rule = NULL;
}
TAKE(take_metric)
{
	p->workload.metric = NULL;
}
TAKE(take_follow_up)
{
	p->workload.follow_up_owner = "";
}
TAKE(take_credential)
{
	p->input.credential_loaded = false;
}
TAKE(take_last_source)
{
	p->workload.n_sources--;
}

static void (*const takes[])(struct passing *p) = {
    take_happy, take_error,  take_usage,     take_owner,      take_environment,
    take_rule,	take_metric, take_follow_up, take_credential, take_last_source};

static void
expect_no_pass(const struct passing *p, const char *what, size_t which)
{
	struct record record = passing_judge(p);

	if (record.decision == DECISION_PASS)
		fail_msg("passes without %s %zu", what, which);
	record_free(&record);
}

static void
test_nothing_can_be_taken(void **state)
{
	for (int closed = 0; closed < 2; closed++) {
		struct passing p;

		for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++) {
			passing_set_up(&p);
			p.input.closed = closed == 1;
			takes[i](&p);
			expect_no_pass(&p, "part", i);
		}
		for (size_t i = 0; i < PASSING_SOURCES; i++) {
			passing_set_up(&p);
			p.input.closed = closed == 1;
			p.fact_list[i] = NULL;
			expect_no_pass(&p, "facts of source", i);
			passing_set_up(&p);
			p.input.closed = closed == 1;
			p.facts[i].read = false;
			expect_no_pass(&p, "the read of source", i);
			passing_set_up(&p);
			p.input.closed = closed == 1;
			p.facts[i].approved = false;
			expect_no_pass(&p, "the approval of source", i);
			passing_set_up(&p);
			p.input.closed = closed == 1;
			p.sources[i].kind = p.sources[(i + 1) % 5].kind;
			expect_no_pass(&p, "a source of kind", i);
		}
	}
}

/* --- order means nothing --- */

static void
test_order_of_sources(void **state)
{
	for (int round = 0; round < ROUNDS / 10; round++) {
		struct passing p;
		struct record one, other;
		size_t a, b, n;

		random_day(&p);
		n = p.workload.n_sources;
		if (n < 2)
			continue;
		one = passing_judge(&p);
		a = random_below((uint32_t)n);
		b = random_below((uint32_t)n);
		p.source_list[a] = &p.sources[b];
		p.fact_list[a] = &p.facts[b];
		p.source_list[b] = &p.sources[a];
		p.fact_list[b] = &p.facts[a];
		other = passing_judge(&p);
		assert_int_equal(one.decision, other.decision);
		assert_true(one.reasons == other.reasons);
		assert_true(one.complete == other.complete);
		assert_true(one.later_not_observed == other.later_not_observed);
		record_free(&one);
		record_free(&other);
	}
}

/* Equal input, equal bytes. */
static void
test_same_twice(void **state)
{
	for (int round = 0; round < 200; round++) {
		struct passing p;
		struct record one, other;

		random_day(&p);
		one = passing_judge(&p);
		other = passing_judge(&p);
		assert_string_equal(one.body, other.body);
		record_free(&one);
		record_free(&other);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pass_implies_its_assertions),
	    cmocka_unit_test(test_close_changes_no_pass),
	    cmocka_unit_test(test_nothing_can_be_taken),
	    cmocka_unit_test(test_order_of_sources),
	    cmocka_unit_test(test_same_twice),
	};

	random_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
