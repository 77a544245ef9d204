/* Matchers, and what silences and acknowledgements do to a machine that folds
 * them from rows. */
#include "alert/machine.h"

#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { T0 = 1783036800, HOUR = 3600 };

static void
matchers_are_read_and_written(void **state)
{
	static const struct {
		const char *text, *canonical;
	} good[] = {
	    {"rule=source-stale", "rule=source-stale"},
	    {"owner=finops,rule=source-stale",
	     "rule=source-stale,owner=finops"},
	    {"rule=*,subject=gw-pricing", "subject=gw-pricing"},
	    {"subject=a,owner=b,rule=owner-missing",
	     "rule=owner-missing,subject=a,owner=b"},
	    {"owner=(unallocated)", "owner=(unallocated)"},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct alert_matcher m, again;
		struct buf text = {0};

		assert_int_equal(alert_matcher_parse(good[i].text, &m, NULL),
				 0);
		alert_matcher_text(&m, &text);
		assert_string_equal(buf_text(&text), good[i].canonical);
		assert_int_equal(
		    alert_matcher_parse(buf_text(&text), &again, NULL), 0);
		assert_true(alert_matcher_equal(&m, &again));
		buf_free(&text);
	}
}

static void
what_is_no_matcher_is_refused_with_words(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
	    {"", "is expected"},
	    {"source-stale", "is expected"},
	    {"rule=source-stale,", "is expected"},
	    {"workload=a", "is expected"},
	    {"rule=", "a word of 1 to 64 bytes"},
	    {"rule=source-stale,rule=source-lost", "twice"},
	    {"rule=*,rule=*", "twice"},
	    {"rule=source-stail", "did you mean source-stale?"},
	    {"rule=zzz", "man evidenced-alerts"},
	    {"rule=*", "every alert would fit"},
	    {"rule=*,subject=*,owner=*", "every alert would fit"},
	    {"subject=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "aaaaaaaa",
	     "a word of 1 to 64 bytes"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct alert_matcher m;
		struct err err;

		assert_int_equal(alert_matcher_parse(bad[i].text, &m, &err),
				 ERR_INVALID);
		if (strstr(err.text, bad[i].says) == NULL)
			fail_msg("%s: \"%s\"", bad[i].text, err.text);
	}
}

static void
words_fit_whole(void **state)
{
	static const struct {
		const char *text, *subject, *owner;
		bool fits;
	} cases[] = {
	    {"rule=source-stale", "a", "x", true},
	    {"rule=source-lost", "a", "x", false},
	    {"subject=a", "a", "x", true},
	    {"subject=a", "ab", "x", false},
	    {"subject=ab", "a", "x", false},
	    {"owner=x", "a", "x", true},
	    {"owner=x", "a", "", false},
	    {"owner=(unallocated)", "a", "", true},
	    {"owner=(unallocated)", "a", "(unallocated)", true},
	    {"rule=source-stale,subject=a,owner=y", "a", "x", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct alert_matcher m;

		assert_int_equal(alert_matcher_parse(cases[i].text, &m, NULL),
				 0);
		assert_int_equal(alert_matcher_fits(&m, ALERT_SOURCE_STALE,
						    cases[i].subject,
						    cases[i].owner),
				 cases[i].fits);
	}
}

/* ---- in a machine ---- */

struct world {
	struct alert_machine *m;
	uint64_t seq;
};

static void
fold(struct world *w, int64_t second, const char *kind, const char *body)
{
	assert_int_equal(
	    json_check(body, strlen(body), &JSON_LEDGER_LIMITS, NULL), 0);
	assert_int_equal(alert_machine_fold(w->m, kind, w->seq++,
					    wall_from_s(T0 + second), body,
					    strlen(body)),
			 0);
}

static void
raise_alert(struct world *w, const char *severity, const char *rule,
	    const char *subject)
{
	char body[400];

	snprintf(body, sizeof(body),
		 "{\"owner\":\"finops\",\"rule\":\"%s\",\"severity\":\"%s\","
		 "\"subject\":\"%s\"}",
		 rule, severity, subject);
	fold(w, 0, "alert.raised", body);
}

static int64_t
silenced_s(const struct world *w, const char *id)
{
	return wall_s(alert_machine_find(w->m, id)->silenced_until);
}

static void
a_silence_mutes_what_is_open_and_what_will_be(void **state)
{
	struct world w = {alert_machine_new(0), 1};

	raise_alert(&w, "warning", "source-stale", "a");
	fold(&w, 1, "alert.silenced",
	     "{\"owner\":\"\",\"role\":\"ops\",\"rule\":\"source-stale\","
	     "\"subject\":\"\",\"until\":\"2026-07-03T02:00:00Z\"}");
	raise_alert(&w, "warning", "source-stale", "b");
	raise_alert(&w, "warning", "source-lost", "b");
	assert_int_equal(silenced_s(&w, "source-stale/a"), T0 + 2 * HOUR);
	assert_int_equal(silenced_s(&w, "source-stale/b"), T0 + 2 * HOUR);
	assert_int_equal(silenced_s(&w, "source-lost/b"), 0);
	/* the same matcher again: the newer time holds */
	fold(&w, 2, "alert.silenced",
	     "{\"owner\":\"\",\"role\":\"ops\",\"rule\":\"source-stale\","
	     "\"subject\":\"\",\"until\":\"2026-07-03T01:00:00Z\"}");
	assert_int_equal(alert_machine_silence_count(w.m), 1);
	assert_int_equal(alert_machine_silence_at(w.m, 0)->seq, 5);
	assert_int_equal(silenced_s(&w, "source-stale/a"), T0 + HOUR);
	/* another one that fits: the later time holds */
	fold(&w, 3, "alert.silenced",
	     "{\"owner\":\"finops\",\"role\":\"ops\",\"rule\":\"\",\"subject\":"
	     "\"\",\"until\":\"2026-07-03T03:00:00Z\"}");
	assert_int_equal(silenced_s(&w, "source-lost/b"), T0 + 3 * HOUR);
	fold(&w, 4, "alert.unsilenced",
	     "{\"owner\":\"finops\",\"rule\":\"\",\"subject\":\"\"}");
	assert_int_equal(silenced_s(&w, "source-lost/b"), 0);
	assert_int_equal(silenced_s(&w, "source-stale/a"), T0 + HOUR);
	/* what is over is forgotten by the next row of any kind */
	fold(&w, HOUR - 1, "check.begun", "{}");
	assert_int_equal(alert_machine_silence_count(w.m), 1);
	fold(&w, HOUR, "check.begun", "{}");
	assert_int_equal(alert_machine_silence_count(w.m), 0);
	alert_machine_free(w.m);
}

/* Takes a turn with one condition; how many lines it gave. */
static size_t
lines(const struct world *w, int64_t second, enum alert_rule_id rule,
      enum severity severity, size_t n_conditions)
{
	struct alert_condition c = {.rule = rule, .severity = severity};
	struct wall_time next;
	struct transition *t;
	size_t n, lines = 0;

	snprintf(c.subject, sizeof(c.subject), "a");
	snprintf(c.owner, sizeof(c.owner), "finops");
	assert_int_equal(alert_machine_step(w->m, wall_from_s(T0 + second), &c,
					    n_conditions, NULL, NULL, &t, &n,
					    &next),
			 0);
	for (size_t i = 0; i < n; i++)
		lines += t[i].lead;
	free(t);
	return lines;
}

static void
what_is_raised_under_a_silence_has_no_line(void **state)
{
	for (int silenced = 0; silenced < 2; silenced++) {
		struct world w = {alert_machine_new(0), 1};

		if (silenced)
			fold(&w, 0, "alert.silenced",
			     "{\"owner\":\"finops\",\"rule\":\"\",\"subject\":"
			     "\"\",\"until\":\"2026-07-03T02:00:00Z\"}");
		assert_int_equal(
		    lines(&w, HOUR, ALERT_SOURCE_STALE, SEVERITY_WARNING, 1),
		    !silenced);
		alert_machine_free(w.m);
	}
}

/* The line that a silence kept back comes when it is over, once; and after a
 * restart only when nobody was there to give it. */
static void
an_alert_that_outlives_its_silence_is_told(void **state)
{
	static const struct {
		enum alert_rule_id rule;
		enum severity severity;
		const char *name, *word;
	} kinds[] = {
	    {ALERT_ERROR_PATH_ACCEPTED, SEVERITY_CRITICAL,
	     "error-path-accepted", "critical"},
	    {ALERT_SOURCE_STALE, SEVERITY_WARNING, "source-stale", "warning"},
	};
	static const char silence[] =
	    "{\"owner\":\"finops\",\"rule\":\"\",\"subject\":\"\","
	    "\"until\":\"2026-07-03T02:00:00Z\"}";

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (int unsilenced = 0; unsilenced < 2; unsilenced++) {
			struct world w = {alert_machine_new(0), 1};

			fold(&w, 0, "alert.silenced", silence);
			assert_int_equal(
			    lines(&w, 0, kinds[i].rule, kinds[i].severity, 1),
			    0);
			raise_alert(&w, kinds[i].word, kinds[i].name, "a");
			assert_int_equal(lines(&w, HOUR, kinds[i].rule,
					       kinds[i].severity, 1),
					 0);
			if (unsilenced)
				fold(&w, HOUR + 1, "alert.unsilenced",
				     "{\"owner\":\"finops\",\"rule\":\"\","
				     "\"subject\":\"\"}");
			assert_int_equal(lines(&w, HOUR + 2, kinds[i].rule,
					       kinds[i].severity, 1),
					 unsilenced);
			assert_int_equal(lines(&w, 2 * HOUR, kinds[i].rule,
					       kinds[i].severity, 1),
					 !unsilenced);
			assert_int_equal(lines(&w, 2 * HOUR + 1, kinds[i].rule,
					       kinds[i].severity, 1),
					 0);
			alert_machine_free(w.m);
		}
		for (int told = 0; told < 2; told++) {
			struct world w = {alert_machine_new(0), 1};

			fold(&w, 0, "alert.silenced", silence);
			raise_alert(&w, kinds[i].word, kinds[i].name, "a");
			alert_machine_resume(
			    w.m, wall_from_s(T0 + (told ? 3 : 1) * HOUR));
			assert_int_equal(lines(&w, 4 * HOUR, kinds[i].rule,
					       kinds[i].severity, 1),
					 !told);
			alert_machine_free(w.m);
		}
	}
}

/* What had no line has none for its end. */
static void
what_ends_under_its_silence_is_never_told(void **state)
{
	struct world w = {alert_machine_new(0), 1};

	fold(&w, 0, "alert.silenced",
	     "{\"owner\":\"finops\",\"rule\":\"\",\"subject\":\"\","
	     "\"until\":\"2026-07-03T02:00:00Z\"}");
	raise_alert(&w, "warning", "source-stale", "a");
	assert_int_equal(
	    lines(&w, 3 * HOUR, ALERT_SOURCE_STALE, SEVERITY_WARNING, 0), 0);
	alert_machine_free(w.m);
}

static void
information_has_no_line(void **state)
{
	struct world w = {alert_machine_new(0), 1};

	assert_int_equal(lines(&w, 0, ALERT_PROBE_CEILING, SEVERITY_INFO, 1),
			 0);
	raise_alert(&w, "info", "probe-ceiling", "a");
	assert_int_equal(lines(&w, 60, ALERT_PROBE_CEILING, SEVERITY_INFO, 0),
			 0);
	alert_machine_free(w.m);
}

/* A critical alert is repeated every six hours, and not while somebody is at
 * it. */
static void
an_acknowledged_alert_is_not_repeated(void **state)
{
	struct world w = {alert_machine_new(0), 7};

	raise_alert(&w, "critical", "error-path-accepted", "a");
	/* of an earlier instance: counts for nothing */
	fold(
	    &w, 1, "alert.acked",
	    "{\"raised_seq\":6,\"role\":\"ops\",\"rule\":\"error-path-"
	    "accepted\",\"subject\":\"a\",\"until\":\"2026-07-04T00:00:00Z\"}");
	assert_int_equal(
	    lines(&w, HOUR, ALERT_ERROR_PATH_ACCEPTED, SEVERITY_CRITICAL, 1),
	    0);
	assert_int_equal(lines(&w, 6 * HOUR, ALERT_ERROR_PATH_ACCEPTED,
			       SEVERITY_CRITICAL, 1),
			 1);
	fold(
	    &w, 7 * HOUR, "alert.acked",
	    "{\"raised_seq\":7,\"role\":\"ops\",\"rule\":\"error-path-"
	    "accepted\",\"subject\":\"a\",\"until\":\"2026-07-03T20:00:00Z\"}");
	assert_string_equal(
	    alert_machine_find(w.m, "error-path-accepted/a")->acked_role,
	    "ops");
	assert_int_equal(lines(&w, 18 * HOUR, ALERT_ERROR_PATH_ACCEPTED,
			       SEVERITY_CRITICAL, 1),
			 0);
	assert_int_equal(lines(&w, 20 * HOUR, ALERT_ERROR_PATH_ACCEPTED,
			       SEVERITY_CRITICAL, 1),
			 1);
	/* what ended and came again is another one */
	fold(&w, 21 * HOUR, "alert.resolved",
	     "{\"rule\":\"error-path-accepted\",\"subject\":\"a\"}");
	raise_alert(&w, "critical", "error-path-accepted", "a");
	assert_int_equal(
	    alert_machine_find(w.m, "error-path-accepted/a")->acked_until.us,
	    0);
	alert_machine_free(w.m);
}

static void
a_word_about_nothing_is_skipped(void **state)
{
	struct world w = {alert_machine_new(0), 1};

	fold(&w, 0, "alert.acked",
	     "{\"raised_seq\":1,\"rule\":\"owner-missing\",\"subject\":\"a\","
	     "\"until\":\"2026-07-04T00:00:00Z\"}");
	fold(&w, 0, "alert.unsilenced",
	     "{\"owner\":\"x\",\"rule\":\"\",\"subject\":\"\"}");
	assert_int_equal(alert_machine_count(w.m), 0);
	assert_int_equal(
	    alert_machine_fold(w.m, "alert.acked", 1, wall_from_s(T0), "{}", 2),
	    ERR_INVALID);
	alert_machine_free(w.m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(matchers_are_read_and_written),
	    cmocka_unit_test(what_is_no_matcher_is_refused_with_words),
	    cmocka_unit_test(words_fit_whole),
	    cmocka_unit_test(a_silence_mutes_what_is_open_and_what_will_be),
	    cmocka_unit_test(what_is_raised_under_a_silence_has_no_line),
	    cmocka_unit_test(an_alert_that_outlives_its_silence_is_told),
	    cmocka_unit_test(what_ends_under_its_silence_is_never_told),
	    cmocka_unit_test(information_has_no_line),
	    cmocka_unit_test(an_acknowledged_alert_is_not_repeated),
	    cmocka_unit_test(a_word_about_nothing_is_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
