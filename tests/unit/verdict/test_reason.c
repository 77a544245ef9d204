/* The table of reasons: whole, unique, and in step with the alert rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/rule.h"
#include "check/rows.h"
#include "page/page.h"
#include "verdict/reason.h"

#include <stdio.h>
#include <string.h>

/* The codes of each decision, as domain.md lists them. */
static const struct {
	enum decision decision;
	const char *codes;
} listed[] = {
    {DECISION_FAIL, "CREDENTIAL_ACCEPTED, USAGE_ABSENT, LEDGER_DAMAGED"},
    {DECISION_INCONCLUSIVE,
     "NOT_OBSERVED_NETWORK, NOT_OBSERVED_5XX, THROTTLED, BLOCKED, "
     "CREDENTIAL_REJECTED, QUOTA_EXHAUSTED, IN_BAND_ERROR, "
     "RESPONSE_MALFORMED, REDIRECTED, ERROR_PATH_NOT_OBSERVED, "
     "SURFACE_UNREACHABLE, SOURCE_UNREACHABLE, CLOCK_UNSYNCHRONISED, "
     "ENVIRONMENT_MISMATCH, CEILING_REACHED, EVIDENCE_MISSING"},
    {DECISION_HOLD,
     "OWNER_MISSING, OWNER_EXPIRED, ENVIRONMENT_MISSING, "
     "FOLLOW_UP_OWNER_MISSING, RULE_MISSING, RULE_EXPIRED, RULE_INVALID, "
     "METRIC_MISSING, METRIC_INCOMPLETE, METRIC_STALE, SOURCE_MISSING, "
     "SOURCE_STALE, SOURCE_LOST, SOURCE_UNAPPROVED, CHANGE_UNAPPROVED, "
     "APPROVAL_EXPIRED, PRICING_NOT_SAME_DAY, "
     "PRICING_REFERENCE_MISMATCH, SETUP_STALE, CREDENTIAL_MISSING, "
     "CREDENTIAL_SHARED, LABEL_MISMATCH, USAGE_PENDING, "
     "USAGE_NOT_VISIBLE, SCOPE_UNAPPROVED, FALLBACK_UNREVIEWED, "
     "LOWERED_BY_ROLE"},
};

static void
test_codes_and_decisions(void **state)
{
	int next = 0;

	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
		char codes[1024], *rest = codes, *code;

		strncpy(codes, listed[i].codes, sizeof(codes) - 1);
		codes[sizeof(codes) - 1] = '\0';
		while ((code = strtok_r(rest, ", ", &rest)) != NULL) {
			enum reason reason;

			assert_int_equal(reason_by_code(code, &reason), 0);
			assert_int_equal(reason, next++);
			assert_int_equal(reason_info(reason)->decision,
					 listed[i].decision);
		}
	}
	assert_int_equal(next, REASONS);
	assert_int_equal(reason_by_code("OWNER", &(enum reason){0}),
			 ERR_NOT_FOUND);
}

/* One %s at most, and nothing else that printf would look at. */
static void
check_command(const char *next)
{
	const char *percent = strchr(next, '%');

	assert_true(strncmp(next, "evidencectl ", 12) == 0 ||
		    strncmp(next, "timedatectl ", 12) == 0);
	if (percent != NULL) {
		assert_true(percent[1] == 's');
		assert_null(strchr(percent + 1, '%'));
	}
}

static void
test_rows_are_whole(void **state)
{
	for (int r = 0; r < REASONS; r++) {
		const struct reason_info *info = reason_info((enum reason)r);
		size_t n = strlen(info->says);

		assert_int_equal(info->reason, r);
		assert_non_null(alert_rule_by_name(info->alert_rule));
		assert_true(strlen(info->who) > 0);
		check_command(info->next);
		/* one sentence, short enough for a terminal line or three */
		assert_true(n > 30 && n < 200);
		assert_true(info->says[0] >= 'A' && info->says[0] <= 'Z');
		assert_int_equal(info->says[n - 1], '.');
		assert_null(strstr(info->says, ". "));
		for (int k = 0; k < r; k++)
			assert_string_not_equal(
			    info->says, reason_info((enum reason)k)->says);
	}
}

/* A subject can be filled in exactly where the alert rule has one. */
static void
test_subject_of_the_rule(void **state)
{
	for (int r = 0; r < REASONS; r++) {
		const struct reason_info *info = reason_info((enum reason)r);
		const struct alert_rule *rule =
		    alert_rule_by_name(info->alert_rule);

		if (rule->subject == SUBJECT_DAEMON)
			assert_null(strchr(info->next, '%'));
		if (strncmp(info->next, "evidencectl diff", 16) == 0)
			assert_int_equal(rule->subject, SUBJECT_SOURCE);
		if (strstr(info->next, "--workload") != NULL)
			assert_int_equal(rule->subject, SUBJECT_WORKLOAD);
	}
}

/* "check.happy support-chat/happy: throttled [row 18422]": the word is one
 * that such a row can have. */
static void
check_row(const char *seen)
{
	char kind[32], subject[64], word[64];
	enum page_outcome page;
	unsigned int row;
	bool known;

	assert_int_equal(sscanf(seen, "%31s %63[^:]: %63s [row %u]", kind,
				subject, word, &row),
			 4);
	if (strcmp(kind, "check.source") == 0)
		known = page_outcome_by_name(word, &page) == 0;
	else if (strcmp(kind, "check.usage") == 0)
		look_outcome_by_name(word, &known);
	else if (strcmp(kind, "check.missed") == 0)
		known = strcmp(word, "stopped") == 0;
	else if (strcmp(kind, "decision") == 0)
		known = decision_by_name(word) != DECISION_NONE;
	else
		known = outcome_by_name(word) != OUTCOME_NONE;
	assert_true(known);
}

/* An alert is one of the reason's rule, and a record names the reason. */
static void
check_seen(const struct reason_info *info, const char *seen)
{
	const struct alert_rule *rule = alert_rule_by_name(info->alert_rule);
	char head[64];

	snprintf(head, sizeof(head), "%c %s ", severity_letter(rule->severity),
		 rule->name);
	if (strncmp(seen, "record ", 7) == 0)
		assert_non_null(strstr(seen, info->code));
	else if (seen[0] == '/') /* words of the daemon that no row can hold */
		assert_string_equal(rule->name, "ledger-damaged");
	else if (seen[1] == ' ')
		assert_memory_equal(seen, head, strlen(head));
	else
		check_row(seen);
}

static void
test_examples(void **state)
{
	for (int r = 0; r < REASONS; r++) {
		const struct reason_info *info = reason_info((enum reason)r);
		const struct reason_example *e = reason_example(info->reason);
		size_t n;

		assert_non_null(e->seen);
		check_seen(info, e->seen);
		assert_null(strchr(e->run, '%'));
		check_command(e->run);
		n = strlen(e->ends);
		assert_true(n > 30 && n < 240);
		assert_int_equal(e->ends[n - 1], '.');
		assert_null(strstr(e->ends, info->code));
		for (int k = 0; k < r; k++) {
			const struct reason_example *other =
			    reason_example((enum reason)k);

			assert_string_not_equal(e->seen, other->seen);
			assert_string_not_equal(e->ends, other->ends);
		}
	}
}

static void
test_precedence(void **state)
{
	assert_int_equal(reason_set_decision(0), DECISION_PASS);
	for (int a = 0; a < REASONS; a++) {
		for (int b = 0; b < REASONS; b++) {
			enum decision da =
			    reason_info((enum reason)a)->decision;
			enum decision db =
			    reason_info((enum reason)b)->decision;
			reason_set both = reason_bit((enum reason)a) |
					  reason_bit((enum reason)b);

			assert_int_equal(reason_set_decision(both),
					 da > db ? da : db);
		}
	}
}

static void
test_decision_names(void **state)
{
	static const struct {
		enum decision decision;
		const char *name;
	} names[] = {
	    {DECISION_PASS, "pass"},
	    {DECISION_HOLD, "hold"},
	    {DECISION_INCONCLUSIVE, "inconclusive"},
	    {DECISION_FAIL, "fail"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_string_equal(decision_name(names[i].decision),
				    names[i].name);
		assert_int_equal(decision_by_name(names[i].name),
				 names[i].decision);
		if (i > 0) /* the enumeration is the precedence */
			assert_true(names[i].decision > names[i - 1].decision);
	}
	assert_string_equal(decision_name(DECISION_NONE), "pending");
	assert_int_equal(decision_by_name("pending"), DECISION_NONE);
	assert_int_equal(decision_by_name("PASS"), DECISION_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_codes_and_decisions),
	    cmocka_unit_test(test_rows_are_whole),
	    cmocka_unit_test(test_subject_of_the_rule),
	    cmocka_unit_test(test_examples),
	    cmocka_unit_test(test_precedence),
	    cmocka_unit_test(test_decision_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
