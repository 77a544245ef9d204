/* The table of alert rules: every row whole, every id its own, every word
 * fit for one line of the journal. */
#include "alert/rule.h"
#include "verdict/reason.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { CLAUSE_MAX = 120, MESSAGE_ID_LEN = 32 };

static void
every_row_stands_at_its_id_and_is_found_by_name(void **state)
{
	int i, k;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);

		assert_non_null(rule->name);
		assert_int_equal(rule->id, i);
		assert_ptr_equal(alert_rule_by_name(rule->name), rule);
		for (k = 0; rule->name[k] != '\0'; k++)
			assert_true(islower((unsigned char)rule->name[k]) ||
				    rule->name[k] == '-');
	}
	assert_null(alert_rule_by_name("no-such-rule"));
	assert_null(alert_rule_by_name(""));
}

static void
every_message_id_is_its_own(void **state)
{
	static const char *const taken[] = {
	    "48f11e28c78841a1a914e3ad95fd2ca1", /* a row */
	    "d257985e807842378144f1045d162a18", /* a checkpoint */
	};
	int i, k;

	for (i = 0; i < ALERT_RULES; i++) {
		const char *id = alert_rule((enum alert_rule_id)i)->message_id;

		assert_int_equal(strlen(id), MESSAGE_ID_LEN);
		assert_int_equal(strspn(id, "0123456789abcdef"),
				 MESSAGE_ID_LEN);
		for (k = 0; k < 2; k++)
			assert_string_not_equal(id, taken[k]);
		for (k = 0; k < i; k++)
			assert_string_not_equal(
			    id, alert_rule((enum alert_rule_id)k)->message_id);
	}
}

/* One line may stand for subjects with different reasons.  Which of the rule's
 * words are true for a reason is said by a person who has read both. */
static void
what_is_true_for_every_reason(void **state)
{
	static const char *const covered_by[REASONS] = {
	    [REASON_CREDENTIAL_ACCEPTED] = "as if it were valid",
	    [REASON_USAGE_ABSENT] = "usage of a successful request is not",
	    [REASON_LEDGER_DAMAGED] = "missing from the ledger or changed",
	    [REASON_NOT_OBSERVED_NETWORK] = "did not come out as expected",
	    [REASON_NOT_OBSERVED_5XX] = "did not come out as expected",
	    [REASON_THROTTLED] = "did not come out as expected",
	    [REASON_BLOCKED] = "did not come out as expected",
	    [REASON_CREDENTIAL_REJECTED] = "rejects our own credential",
	    [REASON_QUOTA_EXHAUSTED] = "for want of credit or quota",
	    [REASON_IN_BAND_ERROR] = "did not come out as expected",
	    [REASON_RESPONSE_MALFORMED] = "did not come out as expected",
	    [REASON_REDIRECTED] = "did not come out as expected",
	    [REASON_ERROR_PATH_NOT_OBSERVED] = "nothing that can be "
					       "troubleshot",
	    [REASON_SURFACE_UNREACHABLE] = "is not evidenced",
	    [REASON_SOURCE_UNREACHABLE] = "was not read",
	    [REASON_CLOCK_UNSYNCHRONISED] = "has not been synchronised",
	    [REASON_ENVIRONMENT_MISMATCH] = "its environment expects",
	    [REASON_CEILING_REACHED] = "ceiling of requests or tokens",
	    [REASON_EVIDENCE_MISSING] = "left no row",
	    [REASON_OWNER_MISSING] = "owner",
	    [REASON_OWNER_EXPIRED] = "or expired",
	    [REASON_ENVIRONMENT_MISSING] = "environment",
	    [REASON_FOLLOW_UP_OWNER_MISSING] = "follow-up owner",
	    [REASON_RULE_MISSING] = "allocation rule",
	    [REASON_RULE_EXPIRED] = "expired",
	    [REASON_RULE_INVALID] = "do not add up",
	    [REASON_METRIC_MISSING] = "is missing",
	    [REASON_METRIC_INCOMPLETE] = "lacks a part",
	    [REASON_METRIC_STALE] = "overdue for its refresh",
	    [REASON_SOURCE_MISSING] = "is not configured",
	    [REASON_SOURCE_STALE] = "was not read",
	    [REASON_SOURCE_LOST] = "gone, moved, blocked",
	    [REASON_SOURCE_UNAPPROVED] = "first snapshot",
	    [REASON_CHANGE_UNAPPROVED] = "differs from the approved snapshot",
	    [REASON_APPROVAL_EXPIRED] = "its approval expired",
	    [REASON_PRICING_NOT_SAME_DAY] = "or not reviewed, in time",
	    [REASON_PRICING_REFERENCE_MISMATCH] = "differs from the approved",
	    [REASON_SETUP_STALE] = "was not read",
	    [REASON_CREDENTIAL_MISSING] = "not loaded, or is still a "
					  "placeholder",
	    [REASON_CREDENTIAL_SHARED] = "two workloads use one key",
	    [REASON_LABEL_MISMATCH] = "is not evidenced",
	    [REASON_USAGE_PENDING] = "is not evidenced",
	    [REASON_USAGE_NOT_VISIBLE] = "is not evidenced",
	    [REASON_SCOPE_UNAPPROVED] = "differ from the approved scope",
	    [REASON_FALLBACK_UNREVIEWED] = "by another host, another model or "
					   "by force",
	    [REASON_LOWERED_BY_ROLE] = "a record that a role lowered",
	};
	static const char *const never[] = {"twice", "within its lag",
					    "did not show", "answered with"};

	for (int i = 0; i < REASONS; i++) {
		const struct reason_info *info = reason_info((enum reason)i);
		const struct alert_rule *rule =
		    alert_rule_by_name(info->alert_rule);

		assert_non_null(covered_by[i]);
		if (strstr(rule->what, covered_by[i]) == NULL)
			fail_msg("%s, of %s: \"%s\"", rule->name, info->code,
				 rule->what);
		for (size_t k = 0; k < sizeof(never) / sizeof(never[0]); k++)
			assert_null(strstr(rule->what, never[k]));
	}
}

static void
check_clause(const char *clause)
{
	size_t len;

	assert_non_null(clause);
	len = strlen(clause);
	assert_in_range(len, 5, CLAUSE_MAX);
	assert_false(isupper((unsigned char)clause[0]) &&
		     islower((unsigned char)clause[1]));
	assert_false(clause[len - 1] == '.');
	assert_null(strpbrk(clause, "\n\t%"));
}

static void
every_word_fits_into_one_line(void **state)
{
	struct buf who = {0};
	int i;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);

		buf_reset(&who);
		alert_rule_who(rule, &who);
		check_clause(rule->what);
		check_clause(rule->effect);
		check_clause(rule->urgency);
		check_clause(buf_text(&who));
		check_clause(rule->resolved_by);
	}
	buf_free(&who);
}

/* One table: of a rule that reports reasons it is theirs. */
static void
who_acts_is_said_once(void **state)
{
	struct buf who = {0};

	for (int i = 0; i < REASONS; i++) {
		const struct reason_info *info = reason_info((enum reason)i);
		const struct alert_rule *rule =
		    alert_rule_by_name(info->alert_rule);

		assert_null(rule->who);
		buf_reset(&who);
		alert_rule_who(rule, &who);
		assert_non_null(strstr(buf_text(&who), info->who));
	}
	buf_reset(&who);
	alert_rule_who(alert_rule(ALERT_METRIC_INCOMPLETE), &who);
	assert_string_equal(
	    buf_text(&who),
	    "whoever keeps the configuration or the metric's owner");
	buf_free(&who);
}

static void
every_next_command_can_be_typed(void **state)
{
	struct buf out = {0};
	int i;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);
		const char *place = strchr(rule->next, '%');

		assert_true(strncmp(rule->next, "evidencectl ", 12) == 0 ||
			    strncmp(rule->next, "timedatectl ", 12) == 0);
		if (place != NULL) {
			assert_int_equal(place[1], 's');
			assert_null(strchr(place + 1, '%'));
		}
		/* It leads on, not to what was read already. */
		assert_null(strstr(rule->next, "explain"));
		/* The daemon itself is nothing that a command could name. */
		if (rule->subject == SUBJECT_DAEMON)
			assert_null(place);
		buf_reset(&out);
		alert_rule_next(rule, "support-chat", &out);
		assert_null(strchr(buf_text(&out), '%'));
		assert_int_equal(place != NULL, strstr(buf_text(&out),
						       "support-chat") != NULL);
	}
	buf_reset(&out);
	alert_rule_next(alert_rule(ALERT_HAPPY_PATH_FAILED), "a-b", &out);
	assert_string_equal(
	    buf_text(&out),
	    "evidencectl history --workload a-b --kind check.happy");
	/* What ends it alone is no command to begin with. */
	assert_non_null(strstr(alert_rule(ALERT_SECRET_BLOCKED)->resolved_by,
			       "evidencectl note secret-blocked/evidenced"));
	buf_free(&out);
}

/* Only these page somebody at night. */
static void
critical_are_only_those_that_cannot_wait(void **state)
{
	int i;

	for (i = 0; i < ALERT_RULES; i++) {
		const struct alert_rule *rule =
		    alert_rule((enum alert_rule_id)i);
		bool critical = i == ALERT_ERROR_PATH_ACCEPTED ||
				i == ALERT_SECRET_BLOCKED ||
				i == ALERT_LEDGER_DAMAGED ||
				i == ALERT_LEDGER_FULL;

		assert_int_equal(rule->severity, critical ? SEVERITY_CRITICAL
							  : SEVERITY_WARNING);
		assert_int_equal(critical,
				 strncmp(rule->urgency, "act now", 7) == 0);
		if (critical)
			assert_int_equal(rule->for_s, 0);
	}
}

static void
severities_have_names_letters_and_priorities(void **state)
{
	static const struct {
		enum severity severity;
		const char *name;
		char letter;
		int priority;
	} want[] = {
	    {SEVERITY_INFO, "info", 'I', 5},
	    {SEVERITY_WARNING, "warning", 'W', 4},
	    {SEVERITY_CRITICAL, "critical", 'C', 2},
	};
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_string_equal(severity_name(want[i].severity),
				    want[i].name);
		assert_int_equal(severity_letter(want[i].severity),
				 want[i].letter);
		assert_int_equal(severity_priority(want[i].severity),
				 want[i].priority);
		assert_int_equal(severity_by_name(want[i].name),
				 want[i].severity);
	}
	assert_int_equal(severity_by_name("fatal"), -1);
	assert_string_equal(subject_kind_name(SUBJECT_WORKLOAD), "workload");
	assert_string_equal(subject_kind_name(SUBJECT_DAEMON), "daemon");
}

static void
a_clause_becomes_a_sentence(void **state)
{
	struct buf out = {0};

	alert_sentence("a good read", &out);
	assert_string_equal(buf_text(&out), "A good read.");
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_stands_at_its_id_and_is_found_by_name),
	    cmocka_unit_test(every_message_id_is_its_own),
	    cmocka_unit_test(what_is_true_for_every_reason),
	    cmocka_unit_test(every_word_fits_into_one_line),
	    cmocka_unit_test(who_acts_is_said_once),
	    cmocka_unit_test(every_next_command_can_be_typed),
	    cmocka_unit_test(critical_are_only_those_that_cannot_wait),
	    cmocka_unit_test(severities_have_names_letters_and_priorities),
	    cmocka_unit_test(a_clause_becomes_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
