/* The bodies of the check rows, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "check/rows.h"
#include "sample.h"

#include <stdio.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* 2026-07-03T05:20:00Z */
static const struct wall_time slot = {INT64_C(1783056000) * USEC_PER_SEC};

static struct check_run
sample_run(enum run_path path)
{
	return (struct check_run){
	    .check = path == PATH_HAPPY ? "support-chat/happy"
					: "support-chat/error",
	    .workload_label = "support-chat",
	    .environment = "test",
	    .run = "00112233445566aa",
	    .slot = slot,
	    .path = path,
	    .trigger = TRIGGER_CATCH_UP,
	    .request_time = {slot.us + 3 * USEC_PER_SEC + 400000},
	    .endpoint = "https://api.example.com/v1/chat/completions",
	    .requested_model = "gpt-4o-mini",
	    .credential = "support-chat",
	    .credential_fingerprint = "aabbccddeeff0011",
	    .variant = VARIANT_CREDENTIAL,
	    .scope = SCOPE_GATEWAY,
	    .config_digest = "c0",
	    .profile_digest = "d0",
	    .scope_digest = "e0",
	    .version = "0.1.0",
	};
}

static void
check_body(int r, struct buf *b, const char *expected)
{
	assert_int_equal(r, 0);
	assert_string_equal(buf_text(b), expected);
	assert_int_equal(json_check(b->data, b->len, &JSON_LEDGER_LIMITS, NULL),
			 0);
	buf_free(b);
}

static void
test_begun(void **state)
{
	struct check_run run = sample_run(PATH_ERROR);
	struct buf b = {0};

	check_body(check_begun_body(&b, &run), &b,
		   "{\"check\":\"support-chat/error\",\"environment\":\"test\","
		   "\"path\":\"error\",\"run\":\"00112233445566aa\","
		   "\"slot\":\"2026-07-03T05:20:00Z\",\"trigger\":\"catch_up\","
		   "\"workload_label\":\"support-chat\"}");
}

static void
test_happy(void **state)
{
	struct check_run run = sample_run(PATH_HAPPY);
	struct observation seen = {
	    .outcome = OUTCOME_PASS,
	    .http_status = 200,
	    .returned_model = "gpt-4o-mini-2026",
	    .request_id = "r1",
	    .input = {USAGE_PRESENT, 9},
	    .output = {USAGE_ZERO, 0},
	    .total = {USAGE_WRONG_TYPE, 0},
	    .body_bytes = 321,
	    .retry_after_s = 77,
	};
	struct buf b = {0};

	check_body(
	    check_run_body(&b, &run, &seen, HEX64), &b,
	    "{\"attempts\":1,\"body_bytes\":321,\"body_sha256\":\"" HEX64
	    "\",\"check\":\"support-chat/happy\",\"context\":{"
	    "\"config_digest\":\"c0\",\"profile_digest\":\"d0\","
	    "\"scope_digest\":\"e0\",\"version\":\"0.1.0\"},"
	    "\"credential\":\"support-chat\",\"credential_echoed\":false,"
	    "\"credential_fingerprint\":\"aabbccddeeff0011\","
	    "\"endpoint\":\"https://api.example.com/v1/chat/completions\","
	    "\"environment\":\"test\",\"error_code\":null,"
	    "\"error_type\":null,\"forced\":false,\"http_status\":200,"
	    "\"outcome\":\"pass\",\"redirected_to\":null,"
	    "\"request_id\":\"r1\","
	    "\"request_time_utc\":\"2026-07-03T05:20:03Z\","
	    "\"requested_model\":\"gpt-4o-mini\","
	    "\"returned_model\":\"gpt-4o-mini-2026\","
	    "\"run\":\"00112233445566aa\",\"scope\":\"workload\","
	    "\"slot\":\"2026-07-03T05:20:00Z\",\"status_class\":\"2xx\","
	    "\"trigger\":\"catch_up\",\"usage\":{\"completion_tokens\":0,"
	    "\"prompt_tokens\":9,\"state\":{\"completion_tokens\":\"zero\","
	    "\"prompt_tokens\":\"present\",\"total_tokens\":\"wrong_type\"},"
	    "\"total_tokens\":null},\"workload_label\":\"support-chat\"}");
}

/* Nothing was sent, nothing came back: null everywhere, and excluded from
 * any budget all the same. */
static void
test_error(void **state)
{
	struct check_run run = sample_run(PATH_ERROR);
	struct observation seen = {
	    .outcome = OUTCOME_CREDENTIAL_MISSING,
	    .transport = TRANSPORT_NO_CREDENTIAL,
	};
	struct buf b = {0};

	run.environment = "";
	run.credential_fingerprint = "";
	run.forced = true;
	run.variant = VARIANT_CONFIGURATION;
	check_body(
	    check_run_body(&b, &run, &seen, HEX64), &b,
	    "{\"attempts\":0,\"body_bytes\":null,\"body_sha256\":null,"
	    "\"budget_excluded\":true,\"check\":\"support-chat/error\","
	    "\"context\":{\"config_digest\":\"c0\",\"profile_digest\":\"d0\","
	    "\"scope_digest\":\"e0\",\"version\":\"0.1.0\"},"
	    "\"credential\":\"support-chat\",\"credential_echoed\":false,"
	    "\"credential_fingerprint\":null,"
	    "\"endpoint\":\"https://api.example.com/v1/chat/completions\","
	    "\"environment\":\"\",\"error_code\":null,\"error_type\":null,"
	    "\"forced\":true,\"http_status\":null,"
	    "\"outcome\":\"credential_missing\",\"redirected_to\":null,"
	    "\"request_id\":null,"
	    "\"request_time_utc\":\"2026-07-03T05:20:03Z\","
	    "\"requested_model\":\"gpt-4o-mini\",\"returned_model\":null,"
	    "\"run\":\"00112233445566aa\",\"scope\":\"gateway\","
	    "\"slot\":\"2026-07-03T05:20:00Z\","
	    "\"status_class\":\"no_credential\",\"trigger\":\"catch_up\","
	    "\"usage\":{\"completion_tokens\":null,\"prompt_tokens\":null,"
	    "\"state\":{\"completion_tokens\":\"missing\","
	    "\"prompt_tokens\":\"missing\",\"total_tokens\":\"missing\"},"
	    "\"total_tokens\":null},\"variant\":\"configuration\","
	    "\"workload_label\":\"support-chat\"}");
}

static void
test_budget_excluded_always(void **state)
{
	for (int i = 0; i < OUTCOMES; i++) {
		struct observation seen = {.outcome = (enum outcome)i,
					   .http_status = 401};
		struct check_run happy = sample_run(PATH_HAPPY);
		struct check_run error = sample_run(PATH_ERROR);
		struct buf a = {0}, b = {0};

		assert_int_equal(check_run_body(&a, &happy, &seen, HEX64), 0);
		assert_int_equal(check_run_body(&b, &error, &seen, HEX64), 0);
		assert_null(strstr(a.data, "budget_excluded"));
		assert_non_null(strstr(b.data, "\"budget_excluded\":true"));
		buf_free(&a);
		buf_free(&b);
	}
}

static void
test_attempts(void **state)
{
	for (int t = TRANSPORT_OK; t <= TRANSPORT_STOPPED; t++) {
		bool sent = t != TRANSPORT_INSECURE && t != TRANSPORT_HOST &&
			    t != TRANSPORT_NO_CREDENTIAL;
		struct observation seen = {.transport = (enum transport)t};
		struct check_run run = sample_run(PATH_HAPPY);
		struct buf b = {0};

		assert_int_equal(check_run_body(&b, &run, &seen, NULL), 0);
		assert_non_null(
		    strstr(b.data, sent ? "\"attempts\":1" : "\"attempts\":0"));
		buf_free(&b);
	}
}

/* The longest texts that an observation can hold, all of them escaped. */
static void
test_longest_fits(void **state)
{
	struct check_run run = sample_run(PATH_ERROR);
	struct observation seen = {.outcome = OUTCOME_MALFORMED,
				   .http_status = 599};
	struct buf b = {0};

	memset(seen.error_type, '"', sizeof(seen.error_type) - 1);
	memset(seen.error_code, '\\', sizeof(seen.error_code) - 1);
	memset(seen.returned_model, '"', sizeof(seen.returned_model) - 1);
	memset(seen.request_id, '"', sizeof(seen.request_id) - 1);
	memset(seen.redirected_to, '"', sizeof(seen.redirected_to) - 1);
	assert_int_equal(check_run_body(&b, &run, &seen, HEX64), 0);
	assert_true(b.len < 8 * 1024);
	buf_free(&b);
}

/* What was not cleaned is our bug and must not reach the ledger. */
static void
test_unclean_is_refused(void **state)
{
	static const char *const texts[] = {"a\nb", "\xff", "\xc2\x85",
					    "a\x7f"};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct check_run run = sample_run(PATH_HAPPY);
		struct observation seen = {.http_status = 200};
		struct buf b = {0};

		buf_puts(&b, "before");
		strncpy(seen.error_type, texts[i], sizeof(seen.error_type) - 1);
		assert_int_equal(check_run_body(&b, &run, &seen, HEX64),
				 ERR_INVALID);
		assert_string_equal(buf_text(&b), "before");
		seen.error_type[0] = '\0';
		run.requested_model = texts[i];
		assert_int_equal(check_run_body(&b, &run, &seen, HEX64),
				 ERR_INVALID);
		buf_free(&b);
	}
}

static struct check_look
sample_look(void)
{
	return (struct check_look){
	    .check = "support-chat/usage",
	    .workload_label = "support-chat",
	    .environment = "test",
	    .run = "00112233445566aa",
	    .tier = "counter",
	    .surface = "/api/usage/token/",
	    .unit = "quota",
	    .look = 1,
	};
}

static void
test_usage(void **state)
{
	const struct counter_reading before = {.outcome = READING_OK,
					       .has_up = true,
					       .up = 5,
					       .label_seen = "old-name"};
	const struct counter_reading after = {.outcome = READING_OK,
					      .has_up = true,
					      .has_down = true,
					      .up = 0,
					      .down = -98,
					      .label_seen = "support-chat"};
	struct check_look look = sample_look();
	struct buf b = {0};

	look.before = &before;
	look.after = &after;
	look.look = 2;
	look.evidence_lag_s = 65;
	look.outcome = LOOK_VISIBLE;
	look.unexplained = true;
	check_body(
	    check_usage_body(&b, &look), &b,
	    "{\"after\":{\"down\":-98,\"outcome\":\"ok\",\"up\":0},"
	    "\"before\":{\"down\":null,\"outcome\":\"ok\",\"up\":5},"
	    "\"check\":\"support-chat/usage\",\"environment\":\"test\","
	    "\"evidence_lag_s\":65,\"label_seen\":\"support-chat\","
	    "\"look\":2,\"outcome\":\"visible\","
	    "\"run\":\"00112233445566aa\",\"surface\":\"/api/usage/token/\","
	    "\"tier\":\"counter\",\"unexplained\":true,\"unit\":\"quota\","
	    "\"workload_label\":\"support-chat\"}");
}

/* A reading that failed shows how, and no number that it may still hold. */
static void
test_usage_failed_reading(void **state)
{
	const struct counter_reading before = {
	    .outcome = READING_THROTTLED, .has_up = true, .up = 5};
	struct check_look look = sample_look();
	struct buf b = {0};

	look.before = &before;
	look.unit = "";
	look.outcome = LOOK_BEFORE;
	check_body(
	    check_usage_body(&b, &look), &b,
	    "{\"after\":null,\"before\":{\"down\":null,\"outcome\":"
	    "\"throttled\",\"up\":null},\"check\":\"support-chat/usage\","
	    "\"environment\":\"test\",\"evidence_lag_s\":null,"
	    "\"label_seen\":null,\"look\":1,\"outcome\":\"before\","
	    "\"run\":\"00112233445566aa\",\"surface\":\"/api/usage/token/\","
	    "\"tier\":\"counter\",\"unexplained\":false,\"unit\":null,"
	    "\"workload_label\":\"support-chat\"}");
}

static void
test_missed(void **state)
{
	struct check_missed missed = {
	    .check = "support-chat/happy",
	    .from = slot,
	    .to = {slot.us + 7200 * USEC_PER_SEC},
	    .count = 3,
	    .reason = "stopped",
	    .run = "",
	};
	struct buf b = {0};

	check_body(check_missed_body(&b, &missed), &b,
		   "{\"check\":\"support-chat/happy\",\"count\":3,"
		   "\"from\":\"2026-07-03T05:20:00Z\",\"reason\":\"stopped\","
		   "\"run\":null,\"to\":\"2026-07-03T07:20:00Z\"}");
}

static void
test_names(void **state)
{
	static const char *const triggers[] = {"schedule", "catch_up",
					       "reobserve", "manual", "intake"};
	bool known;

	for (size_t i = 0; i < COUNT(triggers); i++)
		assert_string_equal(run_trigger_name((enum run_trigger)i),
				    triggers[i]);
	for (int i = 0; i <= LOOK_RESPONSE; i++) {
		const char *name = look_outcome_name((enum look_outcome)i);

		assert_non_null(name);
		assert_int_equal(look_outcome_by_name(name, &known), i);
		assert_true(known);
	}
	look_outcome_by_name("no such", &known);
	assert_false(known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_begun),
	    cmocka_unit_test(test_happy),
	    cmocka_unit_test(test_error),
	    cmocka_unit_test(test_budget_excluded_always),
	    cmocka_unit_test(test_attempts),
	    cmocka_unit_test(test_longest_fits),
	    cmocka_unit_test(test_unclean_is_refused),
	    cmocka_unit_test(test_usage),
	    cmocka_unit_test(test_usage_failed_reading),
	    cmocka_unit_test(test_missed),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
