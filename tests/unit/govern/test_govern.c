/* Owners, environments, rules and metrics on a day, and when that changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "govern/govern.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 20000 };

/* A workload with which nothing is wrong; each case spoils one thing. */
struct world {
	struct owner owners[3];
	struct allocation_rule rules[2];
	struct rule_target targets[2];
	struct unit_metric metric;
	struct environment environment;
	struct workload workload;
	struct config config;
};

static void
set_up(struct world *w)
{
	static const char *const systems[] = {"helpdesk"};

	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < 3; i++)
		w->owners[i] = (struct owner){
		    .group =
			(const char *const[]){"team-a", "team-b", "team-c"}[i],
		    .valid_from = INT32_MIN,
		    .valid_to = INT32_MAX};
	w->rules[0] = (struct allocation_rule){.id = "direct",
					       .version = 1,
					       .type = RULE_OWNER_TAG,
					       .owner = "",
					       .pool = "",
					       .basis = "",
					       .effective_from = DAY - 10,
					       .effective_to = INT32_MAX};
	w->rules[1] = w->rules[0];
	w->rules[1].id = "other";
	w->targets[0] = (struct rule_target){"team-b", 40};
	w->targets[1] = (struct rule_target){"team-c", 60};
	w->metric = (struct unit_metric){.name = "cost-per-ticket",
					 .version = 1,
					 .class = METRIC_BUSINESS,
					 .numerator = "cost",
					 .denominator = "tickets",
					 .unit = "EUR/ticket",
					 .source_systems = {systems, 1},
					 .refresh = "monthly",
					 .refresh_days = 31,
					 .owner = "team-a",
					 .last_refreshed = DAY - 5};
	w->environment = (struct environment){.name = "test"};
	w->workload = (struct workload){.label = "chat",
					.owner_group = "team-a",
					.owner = &w->owners[0],
					.environment_name = "test",
					.environment = &w->environment,
					.rule_id = "direct",
					.rule = &w->rules[0],
					.metric_name = "cost-per-ticket",
					.metric = &w->metric,
					.follow_up_owner = "finops",
					.review_days = 0x7f};
	w->config = (struct config){.owners = w->owners,
				    .n_owners = 3,
				    .rules = w->rules,
				    .n_rules = 2,
				    .metrics = &w->metric,
				    .n_metrics = 1,
				    .workloads = &w->workload,
				    .n_workloads = 1};
}

static void
make_shared(struct world *w, enum rule_method method)
{
	w->rules[0].type = RULE_SHARED_COST;
	w->rules[0].pool = "pool-1";
	w->rules[0].method = method;
	w->rules[0].targets = w->targets;
	w->rules[0].n_targets = 2;
	w->rules[0].basis = "tokens";
}

#define SPOILER(name) static void name(struct world *w)

SPOILER(nothing)
{
	(void)w;
}
SPOILER(owner_unset)
{
	w->workload.owner_group = "";
	w->workload.owner = NULL;
}
SPOILER(owner_dangling)
{
	w->workload.owner = NULL;
}
SPOILER(owner_not_yet)
{
	w->owners[0].valid_from = DAY + 1;
}
SPOILER(owner_first_day)
{
	w->owners[0].valid_from = DAY;
}
SPOILER(owner_last_day)
{
	w->owners[0].valid_to = DAY;
}
SPOILER(owner_over)
{
	w->owners[0].valid_to = DAY - 1;
}
SPOILER(environment_unset)
{
	w->workload.environment_name = "";
	w->workload.environment = NULL;
}
SPOILER(environment_undeclared_is_fine)
{
	w->workload.environment = NULL;
}
SPOILER(environment_dangling)
{
	w->workload.environment = NULL;
	w->workload.environment_dangling = true;
}
SPOILER(follow_up_unset)
{
	w->workload.follow_up_owner = "";
}
SPOILER(rule_unset)
{
	w->workload.rule_id = "";
	w->workload.rule = NULL;
}
SPOILER(rule_dangling)
{
	w->workload.rule = NULL;
}
SPOILER(rule_not_yet)
{
	w->rules[0].effective_from = DAY + 1;
}
SPOILER(rule_last_day)
{
	w->rules[0].effective_to = DAY;
}
SPOILER(rule_over)
{
	w->rules[0].effective_to = DAY - 1;
}
SPOILER(rule_next_version)
{
	w->rules[0].effective_to = DAY - 1;
	w->rules[1].id = "direct";
	w->rules[1].version = 2;
	w->rules[1].effective_from = DAY;
}
SPOILER(rule_newer_version_over)
{
	w->rules[1].id = "direct";
	w->rules[1].version = 2;
	w->rules[1].effective_to = DAY - 1;
}
SPOILER(rule_backwards)
{
	w->rules[0].effective_from = DAY;
	w->rules[0].effective_to = DAY - 1;
}
SPOILER(rule_names_nobody)
{
	w->rules[0].owner = "team-x";
}
SPOILER(rule_names_owner)
{
	w->rules[0].owner = "team-b";
}
SPOILER(rule_owner_over)
{
	w->rules[0].owner = "team-b";
	w->owners[1].valid_to = DAY - 1;
}
SPOILER(rule_owner_not_yet)
{
	w->rules[0].owner = "team-b";
	w->owners[1].valid_from = DAY + 1;
}
SPOILER(pool_of_an_owner_tag_is_none)
{
	make_shared(w, METHOD_EVEN);
	w->rules[1].pool = "team-c";
}
SPOILER(shared_even)
{
	make_shared(w, METHOD_EVEN);
}
SPOILER(shared_fixed)
{
	make_shared(w, METHOD_FIXED);
}
SPOILER(shared_proportional)
{
	make_shared(w, METHOD_PROPORTIONAL);
}
SPOILER(shared_central)
{
	make_shared(w, METHOD_CENTRAL);
	w->rules[0].n_targets = 0;
}
SPOILER(pool_unset)
{
	make_shared(w, METHOD_CENTRAL);
	w->rules[0].pool = "";
}
SPOILER(no_targets)
{
	make_shared(w, METHOD_EVEN);
	w->rules[0].n_targets = 0;
}
SPOILER(target_unset)
{
	make_shared(w, METHOD_EVEN);
	w->targets[1].owner = "";
}
SPOILER(target_dangling)
{
	make_shared(w, METHOD_EVEN);
	w->targets[1].owner = "team-x";
}
SPOILER(target_twice)
{
	make_shared(w, METHOD_EVEN);
	w->targets[1].owner = "team-b";
}
SPOILER(pool_feeds_pool)
{
	make_shared(w, METHOD_EVEN);
	w->rules[1].type = RULE_SHARED_COST;
	w->rules[1].pool = "team-c";
}
SPOILER(weights_99)
{
	make_shared(w, METHOD_FIXED);
	w->targets[0].weight_percent = 39;
}
SPOILER(weights_101)
{
	make_shared(w, METHOD_FIXED);
	w->targets[1].weight_percent = 61;
}
SPOILER(weight_zero)
{
	make_shared(w, METHOD_FIXED);
	w->targets[0].weight_percent = 0;
	w->targets[1].weight_percent = 100;
}
SPOILER(even_ignores_weights)
{
	make_shared(w, METHOD_EVEN);
	w->targets[0].weight_percent = 0;
}
SPOILER(basis_unset)
{
	make_shared(w, METHOD_PROPORTIONAL);
	w->rules[0].basis = "";
}
SPOILER(metric_unset)
{
	w->workload.metric_name = "";
	w->workload.metric = NULL;
}
SPOILER(metric_dangling)
{
	w->workload.metric = NULL;
}
SPOILER(metric_class)
{
	w->metric.class = METRIC_CLASS_UNSET;
}
SPOILER(metric_numerator)
{
	w->metric.numerator = "";
}
SPOILER(metric_denominator)
{
	w->metric.denominator = "";
}
SPOILER(metric_unit)
{
	w->metric.unit = "";
}
SPOILER(metric_systems)
{
	w->metric.source_systems.n = 0;
}
SPOILER(metric_refresh)
{
	w->metric.refresh_days = 0;
	w->metric.refresh = "";
}
SPOILER(metric_owner)
{
	w->metric.owner = "";
}
SPOILER(metric_last_day)
{
	w->metric.last_refreshed = DAY - 31;
}
SPOILER(metric_overdue)
{
	w->metric.last_refreshed = DAY - 32;
}
SPOILER(metric_never_refreshed)
{
	w->metric.last_refreshed = INT32_MIN;
}
SPOILER(metric_refreshed_tomorrow)
{
	w->metric.last_refreshed = DAY + 1;
}
SPOILER(metric_refreshed_later)
{
	w->metric.last_refreshed = DAY + 2;
}

static const struct {
	void (*spoil)(struct world *w);
	enum reason reason; /* REASONS: none */
	const char *words;
} cases[] = {
    {nothing, REASONS, ""},
    {owner_unset, REASON_OWNER_MISSING, "no owner_group is set"},
    {owner_dangling, REASON_OWNER_MISSING, "owner team-a is not declared"},
    {owner_not_yet, REASON_OWNER_MISSING,
     "owner team-a is valid only from 2024-10-05 on"},
    {owner_first_day, REASONS, ""},
    {owner_last_day, REASONS, ""},
    {owner_over, REASON_OWNER_EXPIRED,
     "owner team-a was valid until 2024-10-03"},
    {environment_unset, REASON_ENVIRONMENT_MISSING, "no environment is set"},
    {environment_undeclared_is_fine, REASONS, ""},
    {environment_dangling, REASON_ENVIRONMENT_MISSING,
     "environment test is not declared"},
    {follow_up_unset, REASON_FOLLOW_UP_OWNER_MISSING,
     "no follow_up_owner is set"},
    {rule_unset, REASON_RULE_MISSING, "no allocation_rule is set"},
    {rule_dangling, REASON_RULE_MISSING,
     "allocation_rule direct is not declared"},
    {rule_not_yet, REASON_RULE_MISSING,
     "rule direct@1: it is effective only from 2024-10-05 on"},
    {rule_last_day, REASONS, ""},
    {rule_over, REASON_RULE_EXPIRED,
     "rule direct@1: it was effective until 2024-10-03"},
    {rule_next_version, REASONS, ""},
    {rule_newer_version_over, REASONS, ""},
    {pool_of_an_owner_tag_is_none, REASONS, ""},
    {rule_owner_not_yet, REASON_RULE_INVALID,
     "rule direct@1: owner team-b is not in force"},
    {rule_backwards, REASON_RULE_INVALID,
     "rule direct@1: it ends before it begins"},
    {rule_names_nobody, REASON_RULE_INVALID,
     "rule direct@1: owner team-x is not declared"},
    {rule_names_owner, REASONS, ""},
    {rule_owner_over, REASON_RULE_INVALID,
     "rule direct@1: owner team-b is not in force"},
    {shared_even, REASONS, ""},
    {shared_fixed, REASONS, ""},
    {shared_proportional, REASONS, ""},
    {shared_central, REASONS, ""},
    {pool_unset, REASON_RULE_INVALID, "rule direct@1: it names no pool"},
    {no_targets, REASON_RULE_INVALID, "rule direct@1: it has no targets"},
    {target_unset, REASON_RULE_INVALID,
     "rule direct@1: a target names no owner"},
    {target_dangling, REASON_RULE_INVALID,
     "rule direct@1: owner team-x is not declared"},
    {target_twice, REASON_RULE_INVALID,
     "rule direct@1: target team-b stands twice"},
    {pool_feeds_pool, REASON_RULE_INVALID,
     "rule direct@1: team-c is a pool, and a pool cannot feed a pool"},
    {weights_99, REASON_RULE_INVALID,
     "rule direct@1: its weights sum to 99, not to 100"},
    {weights_101, REASON_RULE_INVALID,
     "rule direct@1: its weights sum to 101, not to 100"},
    {weight_zero, REASON_RULE_INVALID,
     "rule direct@1: the weight of team-b is not above zero"},
    {even_ignores_weights, REASONS, ""},
    {basis_unset, REASON_RULE_INVALID,
     "rule direct@1: it names no basis to divide by"},
    {metric_unset, REASON_METRIC_MISSING, "no unit_metric is set"},
    {metric_dangling, REASON_METRIC_MISSING,
     "unit_metric cost-per-ticket is not declared"},
    {metric_class, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: it has no class"},
    {metric_numerator, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: it has no numerator"},
    {metric_denominator, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: it has no denominator"},
    {metric_unit, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: it has no unit"},
    {metric_systems, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: it names no source systems"},
    {metric_refresh, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: it promises no refresh"},
    {metric_owner, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: it has no owner"},
    {metric_last_day, REASONS, ""},
    {metric_overdue, REASON_METRIC_STALE,
     "metric cost-per-ticket@1: it was last refreshed on 2024-09-02 and "
     "is due every 31 days"},
    {metric_never_refreshed, REASONS, ""},
    {metric_refreshed_tomorrow, REASONS, ""},
    {metric_refreshed_later, REASON_METRIC_INCOMPLETE,
     "metric cost-per-ticket@1: its last refresh is recorded for a day "
     "to come"},
};

static void
test_reasons(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		reason_set want = cases[i].reason == REASONS
				      ? 0
				      : reason_bit(cases[i].reason);
		char words[240];

		set_up(&w);
		cases[i].spoil(&w);
		if (govern_reasons(&w.config, &w.workload, DAY) != want)
			fail_msg("case %zu: reasons %llx, not %llx", i,
				 (unsigned long long)govern_reasons(
				     &w.config, &w.workload, DAY),
				 (unsigned long long)want);
		for (int r = 0; r < REASONS; r++) {
			govern_explain(&w.config, &w.workload, (enum reason)r,
				       DAY, words, sizeof(words));
			assert_string_equal(words,
					    (enum reason)r == cases[i].reason
						? cases[i].words
						: "");
		}
	}
}

/* All that can be wrong at once is told at once. */
static void
test_all_reasons_are_kept(void **state)
{
	struct world w;

	set_up(&w);
	owner_over(&w);
	environment_unset(&w);
	follow_up_unset(&w);
	rule_over(&w);
	metric_unit(&w);
	metric_overdue(&w);
	assert_true(govern_reasons(&w.config, &w.workload, DAY) ==
		    (reason_bit(REASON_OWNER_EXPIRED) |
		     reason_bit(REASON_ENVIRONMENT_MISSING) |
		     reason_bit(REASON_FOLLOW_UP_OWNER_MISSING) |
		     reason_bit(REASON_RULE_EXPIRED) |
		     reason_bit(REASON_METRIC_INCOMPLETE) |
		     reason_bit(REASON_METRIC_STALE)));
}

static void
test_explain_rule_and_metric_alone(void **state)
{
	struct world w;
	char words[120];

	set_up(&w);
	govern_explain_rule(&w.rules[0], DAY, words, sizeof(words));
	assert_string_equal(words, "");
	govern_explain_metric(&w.metric, DAY, words, sizeof(words));
	assert_string_equal(words, "");
	rule_over(&w);
	govern_explain_rule(&w.rules[0], DAY, words, sizeof(words));
	assert_string_equal(words, "it was effective until 2024-10-03");
	weights_99(&w);
	govern_explain_rule(&w.rules[0], DAY, words, sizeof(words));
	assert_string_equal(words, "its weights sum to 99, not to 100");
	metric_overdue(&w);
	govern_explain_metric(&w.metric, DAY, words, sizeof(words));
	assert_string_equal(
	    words,
	    "it was last refreshed on 2024-09-02 and is due every 31 days");
	metric_owner(&w);
	govern_explain_metric(&w.metric, DAY, words, 10);
	assert_string_equal(words, "it has no");
}

static void
test_rule_version_of_the_day(void **state)
{
	struct world w;

	set_up(&w);
	rule_next_version(&w);
	assert_int_equal(govern_rule(&w.config, &w.workload, DAY - 1)->version,
			 1);
	assert_int_equal(govern_rule(&w.config, &w.workload, DAY)->version, 2);
	/* before every version: the one that the workload names */
	assert_int_equal(
	    govern_rule(&w.config, &w.workload, DAY - 100)->version, 1);
	/* of two that hold the newer one counts, however they are listed */
	w.rules[0].effective_to = DAY;
	assert_int_equal(govern_rule(&w.config, &w.workload, DAY)->version, 2);
	w.rules[0].version = 3;
	assert_int_equal(govern_rule(&w.config, &w.workload, DAY)->version, 3);
	w.workload.rule = NULL;
	assert_null(govern_rule(&w.config, &w.workload, DAY));
}

static uint64_t seed = UINT64_C(0x5eed5eed5eed5eed);

static int32_t
random_day(int32_t spread)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return DAY - spread + (int32_t)(seed >> 33) % (2 * spread + 1);
}

static void
randomise(struct world *w)
{
	set_up(w);
	for (size_t i = 0; i < 3; i++) {
		w->owners[i].valid_from = random_day(40);
		w->owners[i].valid_to = random_day(40);
	}
	w->rules[0].effective_from = random_day(40);
	w->rules[0].effective_to = w->rules[0].effective_from + 20;
	w->rules[0].owner = random_day(40) % 2 == 0 ? "team-b" : "";
	w->rules[1] = w->rules[0];
	w->rules[1].version = 2;
	w->rules[1].effective_from = w->rules[0].effective_to + 3;
	w->rules[1].effective_to = w->rules[1].effective_from + 10;
	if (random_day(40) % 2 == 0)
		make_shared(w, METHOD_EVEN);
	w->metric.last_refreshed = random_day(40);
}

/* Between `day` and the next change nothing may change; at a real change
 * the next change has been reached. */
static void
test_next_change(void **state)
{
	for (int round = 0; round < 300; round++) {
		struct world w;
		int32_t next;

		randomise(&w);
		for (int32_t day = DAY - 90; day < DAY + 90; day++) {
			reason_set now =
			    govern_reasons(&w.config, &w.workload, day);

			next = govern_next_change(&w.config, &w.workload, day);
			assert_true(next > day);
			for (int32_t d = day + 1; d < next && d < DAY + 90; d++)
				assert_true(now == govern_reasons(&w.config,
								  &w.workload,
								  d));
		}
	}
}

/* The very day, for each thing that has one. */
static void
test_next_change_to_the_day(void **state)
{
	struct world w;

	set_up(&w);
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 DAY - 5 + 31 + 1);
	w.rules[0].effective_to = DAY + 20;
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 DAY + 21);
	w.owners[0].valid_to = DAY + 10;
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 DAY + 11);
	w.owners[1].valid_to = DAY + 3; /* named by nobody */
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 DAY + 11);
	w.rules[0].owner = "team-b";
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 DAY + 4);
	make_shared(&w, METHOD_EVEN);
	w.owners[2].valid_from = DAY + 2;
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 DAY + 2);
}

static void
test_next_change_is_never(void **state)
{
	struct world w;

	set_up(&w);
	metric_never_refreshed(&w);
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 INT32_MAX);
	w.workload.owner = NULL;
	w.workload.rule = NULL;
	w.workload.metric = NULL;
	assert_int_equal(govern_next_change(&w.config, &w.workload, DAY),
			 INT32_MAX);
}

static void
test_review_days(void **state)
{
	/* 2026-07-03 is a Friday; the week is written from Sunday on */
	struct workload w = {.review_days = 1u << 1 | 1u << 5};
	int32_t friday = civil_day(2026, 7, 3);

	assert_true(govern_review_day(&w, friday));
	assert_false(govern_review_day(&w, friday + 1));
	assert_true(govern_review_day(&w, friday + 3));
	assert_int_equal(govern_next_review_day(&w, friday), friday + 3);
	assert_int_equal(govern_next_review_day(&w, friday + 3), friday + 7);
	assert_true(govern_review_day(&w, civil_day(1969, 12, 29)));
	assert_false(govern_review_day(&w, civil_day(1969, 12, 31)));
	for (int32_t day = -800; day < 800; day++) {
		struct civil c = civil_from_s(day * SEC_PER_DAY);

		assert_true(govern_review_day(&w, day) ==
			    (c.weekday == 1 || c.weekday == 5));
	}
	w.review_days = 0;
	assert_int_equal(govern_next_review_day(&w, friday), INT32_MAX);
}

/* A name where one is known, and none of somebody else. */
static void
test_who(void **state)
{
	static const struct source page = {.owner = "pricing-owner"};
	struct world w;
	const struct workload *chat = &w.workload;
	const struct {
		enum reason reason;
		const struct source *source;
		const char *owner, *who;
	} asked[] = {
	    {REASON_SOURCE_UNAPPROVED, &page, "team-a", "pricing-owner"},
	    {REASON_SOURCE_UNAPPROVED, NULL, "team-a", NULL},
	    {REASON_SOURCE_UNAPPROVED, NULL, "", NULL},
	    {REASON_METRIC_STALE, NULL, "team-a", "team-a"},
	    {REASON_LOWERED_BY_ROLE, NULL, "team-a", "counsel"},
	    {REASON_THROTTLED, NULL, "team-b", "team-b"},
	    {REASON_OWNER_MISSING, NULL, "", "lead"},
	    {REASON_OWNER_MISSING, NULL, "team-x", NULL},
	};

	set_up(&w);
	w.config.unowned_escalation = "lead";
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const char *words = reason_info(asked[i].reason)->who;

		w.workload.owner_group = asked[i].owner;
		assert_string_equal(govern_who(&w.config, chat, asked[i].source,
					       "counsel", asked[i].reason),
				    asked[i].who == NULL ? words
							 : asked[i].who);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reasons),
	    cmocka_unit_test(test_all_reasons_are_kept),
	    cmocka_unit_test(test_explain_rule_and_metric_alone),
	    cmocka_unit_test(test_rule_version_of_the_day),
	    cmocka_unit_test(test_next_change),
	    cmocka_unit_test(test_next_change_to_the_day),
	    cmocka_unit_test(test_next_change_is_never),
	    cmocka_unit_test(test_review_days),
	    cmocka_unit_test(test_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
