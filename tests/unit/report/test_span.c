/* A stretch of days out of hand-made rows, and the calendar that is drawn of
 * it. */
#include "report/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct span span;
static uint64_t seq;

static int32_t
day(const char *text)
{
	int32_t ret;

	assert_int_equal(day_parse(text, &ret), 0);
	return ret;
}

static int
set_up(void **state)
{
	span_init(&span, day("2026-07-01"), 31);
	seq = 0;
	return 0;
}

static int
tear_down(void **state)
{
	span_free(&span);
	return 0;
}

static void
apply(const char *at, const char *kind, const char *body)
{
	struct row row = {
	    .seq = ++seq, .kind = kind, .body = body, .body_len = strlen(body)};

	assert_int_equal(wall_parse(at, &row.at), 0);
	assert_int_equal(span_apply(&span, &row), 0);
}

static void
record(const char *at, const char *label, const char *date,
       const char *decision, const char *tier, const char *reasons)
{
	char body[512];

	snprintf(body, sizeof(body),
		 "{\"cap\":{\"decision\":\"fail\"},\"decision\":\"%s\","
		 "\"evidence_tier\":\"%s\",\"reasons\":[%s],"
		 "\"review_date\":\"%s\",\"workload_label\":\"%s\"}",
		 decision, tier, reasons, date, label);
	apply(at, "record", body);
}

static const struct span_day *
of(const char *label, const char *date)
{
	const struct span_workload *w = span_workload(&span, label);

	assert_non_null(w);
	return &w->days[day(date) - span.first];
}

static void
newest_record_of_a_day(void **state)
{
	record("2026-07-02T05:00:00Z", "a", "2026-07-02", "inconclusive",
	       "none", "\"THROTTLED\"");
	record("2026-07-02T09:00:00Z", "a", "2026-07-02", "pass", "counter",
	       "");
	/* written late, and of an earlier day */
	record("2026-07-03T01:00:00Z", "a", "2026-07-01", "hold", "none",
	       "\"OWNER_MISSING\",\"A_NEWER_CODE\",7");
	record("2026-07-04T01:00:00Z", "a", "2026-07-31", "pass", "response",
	       "");
	assert_int_equal(of("a", "2026-07-02")->decision, DECISION_PASS);
	assert_int_equal(of("a", "2026-07-02")->seq, 2);
	assert_false(of("a", "2026-07-02")->response_only);
	assert_int_equal(of("a", "2026-07-01")->reasons,
			 reason_bit(REASON_OWNER_MISSING));
	assert_int_equal(of("a", "2026-07-03")->decision, DECISION_NONE);
	assert_true(of("a", "2026-07-31")->response_only);
	/* the body of the last day's record is kept */
	assert_non_null(strstr(span_workload(&span, "a")->record, "response"));
}

static void
what_lies_outside(void **state)
{
	record("2026-06-30T05:00:00Z", "before", "2026-06-30", "pass",
	       "counter", "");
	record("2026-08-01T05:00:00Z", "after", "2026-08-01", "pass", "counter",
	       "");
	record("2026-06-25T05:00:00Z", "both", "2026-06-25", "pass", "counter",
	       "");
	record("2026-07-05T05:00:00Z", "both", "2026-07-05", "pass", "counter",
	       "");
	assert_int_equal(span_expect(&span, "expected"), 0);
	assert_int_equal(span_end(&span), 0);
	assert_null(span_workload(&span, "before"));
	assert_null(span_workload(&span, "after"));
	assert_true(span_workload(&span, "both")->seen_before);
	assert_int_equal(span_workload(&span, "both")->first,
			 day("2026-07-05"));
	assert_non_null(span_workload(&span, "expected"));
	assert_string_equal(span.workloads[0].label, "both");
}

static void
rows_that_cannot_be_read(void **state)
{
	apply("2026-07-01T05:00:00Z", "record", "{");
	apply("2026-07-01T05:00:00Z", "record", "[]");
	apply("2026-07-01T05:00:00Z", "record",
	      "{\"review_date\":1,\"workload_label\":\"a\"}");
	apply("2026-07-01T05:00:00Z", "check.newer",
	      "{\"workload_label\":\"b\"}");
	record("2026-07-01T05:00:00Z",
	       "a-label-that-is-longer-than-forty-characters", "2026-07-01",
	       "pass", "counter", "");
	record("2026-07-01T05:00:00Z", "", "2026-07-01", "pass", "", "");
	assert_int_equal(span_end(&span), 0);
	assert_int_equal(span.n_workloads, 0);
	assert_int_equal(span.head_seq, 6);
}

static void
run(const char *kind, const char *at, const char *status, const char *usage)
{
	char body[512];

	snprintf(body, sizeof(body),
		 "{\"http_status\":%s,\"request_time_utc\":\"%s\","
		 "\"usage\":%s,\"workload_label\":\"a\"}",
		 status, at, usage);
	apply(at, kind, body);
}

/* Null is not reported, and never 0. */
static void
what_was_used(void **state)
{
	const struct span_use *use;

	apply("2026-07-01T05:00:00Z", "check.begun",
	      "{\"workload_label\":\"a\"}");
	apply("2026-07-01T05:00:00Z", "check.begun",
	      "{\"workload_label\":\"a\"}");
	apply("2026-06-30T23:59:59Z", "check.begun",
	      "{\"workload_label\":\"a\"}");
	run("check.happy", "2026-07-01T05:00:00Z", "200",
	    "{\"completion_tokens\":0,\"prompt_tokens\":null,"
	    "\"total_tokens\":14}");
	run("check.happy", "2026-07-31T23:59:59Z", "200",
	    "{\"completion_tokens\":2,\"prompt_tokens\":null,"
	    "\"total_tokens\":\"9\"}");
	run("check.error", "2026-07-01T05:00:01Z", "401", "null");
	/* nobody answered */
	run("check.happy", "2026-07-02T05:00:01Z", "null", "null");
	run("check.happy", "2026-08-01T00:00:00Z", "200",
	    "{\"total_tokens\":500}");
	use = &span_workload(&span, "a")->use;
	assert_int_equal(use->requests, 2);
	assert_int_equal(use->answers, 3);
	assert_int_equal(use->prompt.reported, 0);
	assert_int_equal(use->completion.reported, 2);
	assert_int_equal(use->completion.total, 2);
	assert_int_equal(use->tokens.reported, 1);
	assert_int_equal(use->tokens.total, 14);
}

static void
source(const char *at, const char *outcome)
{
	char body[256];

	snprintf(body, sizeof(body),
		 "{\"outcome\":\"%s\",\"read_at\":\"%s\",\"source\":\"s\"}",
		 outcome, at);
	apply(at, "check.source", body);
}

/* The best read of a day counts. */
static void
days_of_a_source(void **state)
{
	const enum span_read *days;

	source("2026-07-01T05:00:00Z", "new");
	source("2026-07-01T06:00:00Z", "unchanged");
	source("2026-07-02T05:00:00Z", "blocked");
	source("2026-07-03T05:00:00Z", "error");
	source("2026-07-03T06:00:00Z", "unchanged");
	source("2026-07-03T07:00:00Z", "gone");
	source("2026-08-01T05:00:00Z", "changed");
	days = span_source(&span, "s")->days;
	assert_int_equal(days[0], SPAN_CHANGED);
	assert_int_equal(days[1], SPAN_NOT_READ);
	assert_int_equal(days[2], SPAN_READ);
	assert_int_equal(days[3], SPAN_NOT_TRIED);
	assert_null(span_source(&span, "t"));
}

/* ---- the calendar ---- */

static void
fill_calendar(void)
{
	record("2026-07-01T05:00:00Z", "support-chat", "2026-07-01", "pass",
	       "counter", "");
	record("2026-07-02T05:00:00Z", "support-chat", "2026-07-02", "pass",
	       "response", "");
	record("2026-07-03T05:00:00Z", "support-chat", "2026-07-03", "hold",
	       "none", "\"OWNER_MISSING\",\"USAGE_NOT_VISIBLE\"");
	record("2026-07-30T05:00:00Z", "batch", "2026-07-30", "inconclusive",
	       "none", "\"THROTTLED\"");
	record("2026-07-31T05:00:00Z", "batch", "2026-07-31", "fail", "none",
	       "\"USAGE_ABSENT\"");
	assert_int_equal(span_expect(&span, "never"), 0);
	assert_int_equal(span_end(&span), 0);
}

static void
calendar_as_text(void **state)
{
	struct buf out = {0};
	struct writer w = {.width = 80, .out = &out};

	fill_calendar();
	calendar_print(&span, &w);
	assert_true(writer_ok(&w));
	assert_string_equal(
	    buf_text(&out),
	    "2026-07                1         2         3\n"
	    "WORKLOAD      1234567890123456789012345678901\n"
	    "batch                                      IF\n"
	    "never\n"
	    "support-chat  PRH\n"
	    "\n"
	    "P pass, R pass (response only), H hold, I inconclusive, F fail, "
	    "blank no record:\n"
	    "nothing was shown that day. By the newest record of each UTC "
	    "day.\n");
	buf_free(&out);
}

static void
calendar_as_json(void **state)
{
	struct buf out = {0};
	struct writer w = {.format = WRITER_JSON, .width = 80, .out = &out};

	fill_calendar();
	calendar_print(&span, &w);
	assert_string_equal(
	    buf_text(&out),
	    "{\"corrected_by\":null,\"decision\":\"inconclusive\",\"object\":\"day\",\"reasons\":"
	    "[\"THROTTLED\"],\"response_only\":false,\"review_date\":"
	    "\"2026-07-30\",\"schema\":1,\"seq\":4,\"workload_label\":"
	    "\"batch\"}\n"
	    "{\"corrected_by\":null,\"decision\":\"fail\",\"object\":\"day\",\"reasons\":"
	    "[\"USAGE_ABSENT\"],\"response_only\":false,\"review_date\":"
	    "\"2026-07-31\",\"schema\":1,\"seq\":5,\"workload_label\":"
	    "\"batch\"}\n"
	    "{\"corrected_by\":null,\"decision\":\"pass\",\"object\":\"day\",\"reasons\":[],"
	    "\"response_only\":false,\"review_date\":\"2026-07-01\","
	    "\"schema\":1,\"seq\":1,\"workload_label\":\"support-chat\"}\n"
	    "{\"corrected_by\":null,\"decision\":\"pass\",\"object\":\"day\",\"reasons\":[],"
	    "\"response_only\":true,\"review_date\":\"2026-07-02\","
	    "\"schema\":1,\"seq\":2,\"workload_label\":\"support-chat\"}\n"
	    "{\"corrected_by\":null,\"decision\":\"hold\",\"object\":\"day\",\"reasons\":"
	    "[\"OWNER_MISSING\",\"USAGE_NOT_VISIBLE\"],\"response_only\":"
	    "false,\"review_date\":\"2026-07-03\",\"schema\":1,\"seq\":3,"
	    "\"workload_label\":\"support-chat\"}\n");
	buf_free(&out);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(newest_record_of_a_day),   TEST(what_lies_outside),
	    TEST(rows_that_cannot_be_read), TEST(what_was_used),
	    TEST(days_of_a_source),	    TEST(calendar_as_text),
	    TEST(calendar_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
