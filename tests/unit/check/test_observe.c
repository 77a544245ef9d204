/* Any answer of a gateway becomes the outcome that the decision matrix gives
 * it: one table for both paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/observe.h"
#include "sample.h"

#include <stdio.h>

#define JSON "content-type: application/json\n"
#define HTML "content-type: text/html; charset=UTF-8\n"
#define CHOICES                                                 \
	"\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"," \
	"\"message\":{\"role\":\"assistant\",\"content\":\"OK\"}}]"
#define USAGE(p, c, t)                                                \
	"\"usage\":{\"prompt_tokens\":" p ",\"completion_tokens\":" c \
	",\"total_tokens\":" t "}"
#define OK(p, c, t) "{" CHOICES "," USAGE(p, c, t) "}"

static const struct {
	const char *what;
	int status;
	const char *head;
	const char *body;
	enum outcome happy;
	enum outcome error;
} answers[] = {
    /* as promised */
    {"a success", 200, JSON, OK("9", "1", "10"), OUTCOME_PASS,
     OUTCOME_ACCEPTED},
    {"type with parameters", 200,
     "content-type: Application/JSON; charset=utf-8\n", OK("9", "1", "10"),
     OUTCOME_PASS, OUTCOME_ACCEPTED},
    {"a null error beside a success", 200, JSON,
     "{\"error\":null," CHOICES "," USAGE("1", "1", "2") "}", OUTCOME_PASS,
     OUTCOME_ACCEPTED},
    {"a false error beside a success", 200, JSON,
     "{\"error\":false," CHOICES "," USAGE("1", "1", "2") "}", OUTCOME_PASS,
     OUTCOME_ACCEPTED},
    {"empty content, tokens billed", 200, JSON,
     "{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":"
     "null}}]," USAGE("5", "16", "21") "}",
     OUTCOME_PASS, OUTCOME_ACCEPTED},
    {"the invalid key is refused", 401, JSON,
     "{\"error\":{\"message\":\"Invalid token (request id: "
     "2026070300000112345678aBcD)\",\"type\":\"comet_api_error\","
     "\"param\":\"\",\"code\":\"\"}}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"refused without a body", 401, "", "", OUTCOME_CREDENTIAL_REJECTED,
     OUTCOME_REJECTED},
    {"refused by 403 in JSON", 403, JSON, "{\"detail\":\"Forbidden\"}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"refused by 403 in plain text", 403, "content-type: text/plain\n",
     "Forbidden", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_UNCLASSIFIED},

    /* usage */
    {"usage missing", 200, JSON, "{" CHOICES "}", OUTCOME_USAGE_ABSENT,
     OUTCOME_ACCEPTED},
    {"usage null", 200, JSON, "{" CHOICES ",\"usage\":null}",
     OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED},
    {"usage all null", 200, JSON, OK("null", "null", "null"),
     OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED},
    {"usage all zero", 200, JSON, OK("0", "0", "0"), OUTCOME_USAGE_ABSENT,
     OUTCOME_ACCEPTED},
    {"usage as strings", 200, JSON, OK("\"9\"", "\"1\"", "\"10\""),
     OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED},
    {"usage out of range", 200, JSON, OK("9223372036854775808", "-1", "1e999"),
     OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED},
    {"usage a scalar", 200, JSON, "{" CHOICES ",\"usage\":12}",
     OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED},
    {"a total alone", 200, JSON, OK("0", "0", "81"), OUTCOME_PASS,
     OUTCOME_ACCEPTED},
    {"an input alone", 200, JSON,
     "{" CHOICES ",\"usage\":{\"prompt_tokens\":3}}", OUTCOME_PASS,
     OUTCOME_ACCEPTED},
    {"whole numbers with a point", 200, JSON, OK("9.0", "1.0", "10.0"),
     OUTCOME_PASS, OUTCOME_ACCEPTED},
    {"usage without choices", 200, JSON, "{" USAGE("9", "1", "10") "}",
     OUTCOME_MALFORMED, OUTCOME_ACCEPTED},

    /* 2xx that is none */
    {"choices null", 200, JSON, "{\"choices\":null}", OUTCOME_MALFORMED,
     OUTCOME_ACCEPTED},
    {"choices empty", 200, JSON, "{\"id\":\"x\",\"choices\":[]}",
     OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"everything zero and empty", 200, JSON,
     "{\"id\":\"\",\"model\":\"\",\"choices\":[{\"finish_reason\":\"\"}],"
     "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,"
     "\"total_tokens\":0}}",
     OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"no body", 200, JSON, "", OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"a bare null", 200, JSON, "null", OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"broken JSON", 200, JSON, "{malformed json: <<<chaos>>>",
     OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"two values of one key", 200, JSON,
     "{" CHOICES "," USAGE("0", "0", "0") "," USAGE("9", "1", "10") "}",
     OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"a stream", 200, "content-type: text/event-stream\n",
     "data: {\"choices\":[]}\n\n", OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"a success of the wrong type", 200, "content-type: text/plain\n",
     OK("9", "1", "10"), OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {"a success without a type", 200, "", OK("9", "1", "10"), OUTCOME_MALFORMED,
     OUTCOME_ACCEPTED},
    {"a success that calls itself a web page", 200, HTML, OK("9", "1", "10"),
     OUTCOME_MALFORMED, OUTCOME_ACCEPTED},

    /* web pages: of a portal, a proxy or a console */
    {"a web page", 200, HTML, "<!DOCTYPE html><title>Welcome</title>",
     OUTCOME_MALFORMED, OUTCOME_UNCLASSIFIED},
    {"a web page without a type", 200, "", " <HTML><body>Please sign in",
     OUTCOME_MALFORMED, OUTCOME_UNCLASSIFIED},
    {"a web page that calls itself JSON", 200, JSON,
     "<!doctype html><title>Maintenance</title>", OUTCOME_MALFORMED,
     OUTCOME_UNCLASSIFIED},
    {"an empty web page", 200, HTML, "", OUTCOME_MALFORMED,
     OUTCOME_UNCLASSIFIED},
    {"a web page with another 2xx", 203, HTML, "<html>proxy</html>",
     OUTCOME_MALFORMED, OUTCOME_UNCLASSIFIED},

    /* 2xx of other shapes */
    {"an unexpected 2xx", 202, JSON, OK("9", "1", "10"), OUTCOME_MALFORMED,
     OUTCOME_ACCEPTED},
    {"no content", 204, "", "", OUTCOME_MALFORMED, OUTCOME_ACCEPTED},

    /* errors inside a 2xx */
    {"in-band error with a word", 200, JSON,
     "{\"error\":{\"message\":\"x\",\"type\":\"upstream_error\",\"code\":"
     "\"bad\"}}",
     OUTCOME_IN_BAND_ERROR, OUTCOME_IN_BAND_ERROR},
    {"in-band 401", 200, JSON, "{\"error\":{\"code\":401,\"message\":\"x\"}}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"in-band 403", 200, JSON, "{\"error\":{\"code\":403,\"message\":\"x\"}}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"in-band 402", 200, JSON, "{\"error\":{\"code\":402,\"message\":\"x\"}}",
     OUTCOME_QUOTA_EXHAUSTED, OUTCOME_QUOTA_EXHAUSTED},
    {"in-band 429", 200, JSON, "{\"error\":{\"code\":429,\"message\":\"x\"}}",
     OUTCOME_THROTTLED, OUTCOME_THROTTLED},
    {"in-band 502", 200, JSON, "{\"error\":{\"code\":502,\"message\":\"x\"}}",
     OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR},
    {"in-band 404", 200, JSON, "{\"error\":{\"code\":404,\"message\":\"x\"}}",
     OUTCOME_IN_BAND_ERROR, OUTCOME_UNCLASSIFIED},
    {"in-band 301", 200, JSON, "{\"error\":{\"code\":301,\"message\":\"x\"}}",
     OUTCOME_IN_BAND_ERROR, OUTCOME_IN_BAND_ERROR},
    {"in-band 200", 200, JSON, "{\"error\":{\"code\":200,\"message\":\"x\"}}",
     OUTCOME_IN_BAND_ERROR, OUTCOME_IN_BAND_ERROR},
    {"in-band 200 and quota", 200, JSON,
     "{\"error\":{\"code\":200,\"type\":\"insufficient_quota\"}}",
     OUTCOME_QUOTA_EXHAUSTED, OUTCOME_QUOTA_EXHAUSTED},
    {"in-band code as a string", 200, JSON,
     "{\"error\":{\"code\":\"401\",\"message\":\"x\"}}", OUTCOME_IN_BAND_ERROR,
     OUTCOME_IN_BAND_ERROR},
    {"in-band code out of range", 200, JSON,
     "{\"error\":{\"code\":4294967697,\"message\":\"x\"}}",
     OUTCOME_IN_BAND_ERROR, OUTCOME_IN_BAND_ERROR},
    {"in-band quota", 200, JSON,
     "{\"error\":{\"code\":\"insufficient_user_quota\"}}",
     OUTCOME_QUOTA_EXHAUSTED, OUTCOME_QUOTA_EXHAUSTED},
    {"in-band error as a string", 200, JSON, "{\"error\":\"no\"}",
     OUTCOME_IN_BAND_ERROR, OUTCOME_IN_BAND_ERROR},
    {"an error inside a choice", 200, JSON,
     "{\"choices\":[{\"finish_reason\":\"error\",\"error\":{\"code\":502}}],"
     "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0,"
     "\"total_tokens\":9}}",
     OUTCOME_SERVER_ERROR, OUTCOME_ACCEPTED},
    {"an error without a code inside a choice", 200, JSON,
     "{\"choices\":[{\"finish_reason\":\"error\",\"error\":\"x\"}],"
     "\"error\":null}",
     OUTCOME_IN_BAND_ERROR, OUTCOME_ACCEPTED},
    {"an error beside a success", 200, JSON,
     "{\"error\":{\"code\":401}," CHOICES "," USAGE("9", "1", "10") "}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_ACCEPTED},

    /* served and billed under the number of a refusal */
    {"a whole answer with 401", 401, JSON, OK("9", "1", "10"),
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_ACCEPTED},
    {"a whole answer and an error with 403", 403, JSON,
     "{\"error\":{\"code\":403}," CHOICES "," USAGE("9", "1", "10") "}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_ACCEPTED},
    {"a whole answer with 500", 500, JSON, OK("9", "1", "10"),
     OUTCOME_SERVER_ERROR, OUTCOME_ACCEPTED},
    {"choices without tokens with 401", 401, JSON, OK("0", "0", "0"),
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"tokens without choices with 401", 401, JSON, "{" USAGE("9", "0", "9") "}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},

    /* quota and throttle */
    {"402", 402, JSON,
     "{\"error\":{\"message\":\"Insufficient Balance\",\"type\":"
     "\"unknown_error\",\"code\":\"invalid_request_error\"}}",
     OUTCOME_QUOTA_EXHAUSTED, OUTCOME_QUOTA_EXHAUSTED},
    {"403 quota", 403, JSON,
     "{\"error\":{\"type\":\"new_api_error\",\"code\":"
     "\"insufficient_user_quota\"}}",
     OUTCOME_QUOTA_EXHAUSTED, OUTCOME_QUOTA_EXHAUSTED},
    {"429 quota", 429, JSON,
     "{\"error\":{\"type\":\"insufficient_quota\",\"code\":"
     "\"insufficient_quota\"}}",
     OUTCOME_QUOTA_EXHAUSTED, OUTCOME_QUOTA_EXHAUSTED},
    {"429 without a body", 429, "", "", OUTCOME_THROTTLED, OUTCOME_THROTTLED},
    {"429 page", 429, HTML, "<html>Too many requests</html>", OUTCOME_THROTTLED,
     OUTCOME_THROTTLED},

    /* challenges */
    {"a challenge by header", 403, HTML "cf-mitigated: challenge\n", "<html>",
     OUTCOME_BLOCKED, OUTCOME_BLOCKED},
    {"a challenge with 200", 200, HTML,
     "<!DOCTYPE html><html><title>Just a moment...</title>", OUTCOME_BLOCKED,
     OUTCOME_BLOCKED},
    {"a challenge with 401", 401, HTML,
     "<html><title>Attention Required! | Cloudflare</title>", OUTCOME_BLOCKED,
     OUTCOME_BLOCKED},
    {"a challenge with 503", 503, HTML,
     "<html><script src=/cdn-cgi/challenge-platform/x></script>",
     OUTCOME_BLOCKED, OUTCOME_BLOCKED},
    {"a firewall page", 403, HTML, "<html><h1>403 Forbidden</h1></html>",
     OUTCOME_BLOCKED, OUTCOME_BLOCKED},
    {"a firewall page without a type", 403, "",
     "\r\n  <!doctype HTML><h1>no</h1>", OUTCOME_BLOCKED, OUTCOME_BLOCKED},
    {"403 with a ray and no JSON", 403, "cf-ray: 8a1b-FRA\n",
     "error code: 1020", OUTCOME_BLOCKED, OUTCOME_BLOCKED},
    {"403 in JSON with a ray", 403, JSON "cf-ray: 8a1b-FRA\n",
     "{\"detail\":\"no\"}", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"403 in JSON that calls itself HTML", 403, HTML, "{\"detail\":\"no\"}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"401 with a ray", 401, JSON "cf-ray: 8a1b-FRA\n", "{\"error\":{}}",
     OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED},
    {"a success with a ray", 200, JSON "cf-ray: 8a1b-FRA\n", OK("9", "1", "10"),
     OUTCOME_PASS, OUTCOME_ACCEPTED},
    {"a JSON that quotes a challenge", 401, JSON,
     "{\"error\":\"Just a moment...\"}", OUTCOME_CREDENTIAL_REJECTED,
     OUTCOME_REJECTED},

    /* the rest of the statuses */
    {"a redirect", 301, "location: https://login.example.net/x?a=1\n", "",
     OUTCOME_REDIRECTED, OUTCOME_REDIRECTED},
    {"not modified", 304, "", "", OUTCOME_REDIRECTED, OUTCOME_REDIRECTED},
    {"a redirect without a target", 308, "", "", OUTCOME_REDIRECTED,
     OUTCOME_REDIRECTED},
    {"400", 400, JSON, "{\"error\":{\"code\":\"invalid-argument\"}}",
     OUTCOME_UNCLASSIFIED, OUTCOME_UNCLASSIFIED},
    {"404 page", 404, HTML, "<html>not found", OUTCOME_UNCLASSIFIED,
     OUTCOME_UNCLASSIFIED},
    {"500", 500, JSON,
     "{\"error\":\"Invalid or unrecognized token provided\",\"status\":500}",
     OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR},
    {"503 model not found", 503, JSON,
     "{\"error\":{\"type\":\"comet_api_error\",\"code\":"
     "\"model_not_found\"}}",
     OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR},
    {"529", 529, "", "", OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR},
    {"101", 101, "", "", OUTCOME_UNCLASSIFIED, OUTCOME_UNCLASSIFIED},
    {"999", 999, "", "", OUTCOME_UNCLASSIFIED, OUTCOME_UNCLASSIFIED},
    {"no status", 0, "", "", OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
};

static void
test_answers(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(answers); i++) {
		struct observation happy, error;
		struct sample_response s;

		sample_response(&s, answers[i].status, answers[i].head,
				answers[i].body);
		observe_happy(&profile, BILLING_TOKEN, &s.response, &happy);
		observe_error(&profile, &s.response, &error);
		if (happy.outcome != answers[i].happy ||
		    error.outcome != answers[i].error)
			fail_msg("%s: happy %s, error %s", answers[i].what,
				 outcome_name(happy.outcome),
				 outcome_name(error.outcome));
		assert_int_equal(happy.http_status, answers[i].status);
		assert_int_equal(happy.body_bytes, strlen(answers[i].body));
	}
}

/* Nothing that is no pass for tokens becomes one for calls, but for the
 * usage itself. */
static void
test_billed_by_call(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(answers); i++) {
		enum outcome expected = answers[i].happy;
		struct observation seen;
		struct sample_response s;

		if (expected == OUTCOME_USAGE_ABSENT)
			expected = OUTCOME_PASS;
		sample_response(&s, answers[i].status, answers[i].head,
				answers[i].body);
		observe_happy(&profile, BILLING_CALL, &s.response, &seen);
		if (seen.outcome != expected)
			fail_msg("%s: %s", answers[i].what,
				 outcome_name(seen.outcome));
	}
}

static const struct {
	enum transport transport;
	int status;
	enum outcome happy;
	enum outcome error;
} transports[] = {
    {TRANSPORT_DNS, 0, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_CONNECT, 0, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_TLS, 0, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_TIMEOUT, 0, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_TIMEOUT, 200, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_RESET, 200, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_RESET, 401, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_TOO_BIG, 401, OUTCOME_MALFORMED, OUTCOME_MALFORMED},
    {TRANSPORT_TOO_BIG, 200, OUTCOME_MALFORMED, OUTCOME_ACCEPTED},
    {TRANSPORT_ENCODING, 200, OUTCOME_MALFORMED, OUTCOME_MALFORMED},
    {TRANSPORT_INSECURE, 0, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_HOST, 0, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE},
    {TRANSPORT_NO_CREDENTIAL, 0, OUTCOME_CREDENTIAL_MISSING,
     OUTCOME_CREDENTIAL_MISSING},
    {TRANSPORT_STOPPED, 0, OUTCOME_STOPPED, OUTCOME_STOPPED},
};

/* The body of a success must not count when the exchange was not whole. */
static void
test_transports(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(transports); i++) {
		struct observation happy, error;
		struct sample_response s;

		sample_response(&s, transports[i].status, JSON,
				OK("9", "1", "10"));
		s.response.transport = transports[i].transport;
		observe_happy(&profile, BILLING_TOKEN, &s.response, &happy);
		observe_error(&profile, &s.response, &error);
		if (happy.outcome != transports[i].happy ||
		    error.outcome != transports[i].error)
			fail_msg("%s %d: happy %s, error %s",
				 transport_name(transports[i].transport),
				 transports[i].status,
				 outcome_name(happy.outcome),
				 outcome_name(error.outcome));
		assert_int_equal(happy.total.state, USAGE_MISSING);
		assert_int_equal(happy.transport, transports[i].transport);
	}
}

static void
test_too_big_page(void **state)
{
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;

	sample_response(&s, 200, HTML "cf-mitigated: challenge\n", "<html>");
	s.response.transport = TRANSPORT_TOO_BIG;
	observe_error(&profile, &s.response, &seen);
	assert_int_equal(seen.outcome, OUTCOME_BLOCKED);
	sample_response(&s, 200, HTML, "<html>");
	s.response.transport = TRANSPORT_TOO_BIG;
	observe_error(&profile, &s.response, &seen);
	assert_int_equal(seen.outcome, OUTCOME_UNCLASSIFIED);
}

static const struct {
	const char *what;
	struct accept_rule rule;
	int status;
	const char *body;
	enum outcome outcome;
} rules[] = {
    {"an invalid key gets 400",
     {400, true, "/error/status", "INVALID"},
     400,
     "{\"error\":{\"status\":\"INVALID\"}}",
     OUTCOME_REJECTED},
    {"another reason for 400",
     {400, true, "/error/status", "INVALID"},
     400,
     "{\"error\":{\"status\":\"OTHER\"}}",
     OUTCOME_UNCLASSIFIED},
    {"no body for 400",
     {400, true, "/error/status", "INVALID"},
     400,
     "",
     OUTCOME_UNCLASSIFIED},
    {"a number equals",
     {401, false, "/error/code", "401"},
     401,
     "{\"error\":{\"code\":401}}",
     OUTCOME_REJECTED},
    {"a word equals a number",
     {401, false, "/error/code", "401"},
     401,
     "{\"error\":{\"code\":\"401\"}}",
     OUTCOME_REJECTED},
    {"a clamped number equals nothing",
     {401, false, "/error/code", "9223372036854775807"},
     401,
     "{\"error\":{\"code\":9223372036854775808}}",
     OUTCOME_UNCLASSIFIED},
    {"a flag equals",
     {401, false, "/ok", "false"},
     401,
     "{\"ok\":false}",
     OUTCOME_REJECTED},
    {"a value is wanted",
     {401, false, "/error", ""},
     401,
     "{\"error\":{}}",
     OUTCOME_REJECTED},
    {"null is no value",
     {401, false, "/error", ""},
     401,
     "{\"error\":null}",
     OUTCOME_UNCLASSIFIED},
    {"a gateway that refuses by 500",
     {500, true, "/error", "Invalid"},
     500,
     "{\"error\":\"Invalid\"}",
     OUTCOME_REJECTED},
    {"quota is no rejection",
     {403, true, "", ""},
     403,
     "{\"error\":{\"code\":\"insufficient_user_quota\"}}",
     OUTCOME_QUOTA_EXHAUSTED},
    {"quota named as the rejection",
     {403, true, "/error/code", "insufficient_user_quota"},
     403,
     "{\"error\":{\"code\":\"insufficient_user_quota\"}}",
     OUTCOME_REJECTED},
    {"no status named: 4xx", {0, false, "", ""}, 418, "", OUTCOME_REJECTED},
    {"no status named: 429", {0, false, "", ""}, 429, "", OUTCOME_THROTTLED},
    {"no status named: 500", {0, false, "", ""}, 500, "", OUTCOME_SERVER_ERROR},
    {"301 named", {301, false, "", ""}, 301, "", OUTCOME_REDIRECTED},
    {"no status named: 301", {0, false, "", ""}, 301, "", OUTCOME_REDIRECTED},
    {"no status named: 200", {0, false, "", ""}, 200, "{}", OUTCOME_ACCEPTED},
    {"200 named", {200, false, "", ""}, 200, "{}", OUTCOME_ACCEPTED},
    {"200 and a pointer named",
     {200, false, "/x", ""},
     200,
     "{\"x\":1}",
     OUTCOME_ACCEPTED},
    {"200 and its refusal named",
     {200, false, "/success", "false"},
     200,
     "{\"success\":false}",
     OUTCOME_REJECTED},
    {"a refusal beside a success",
     {200, false, "/success", "false"},
     200,
     "{\"success\":false," CHOICES "}",
     OUTCOME_ACCEPTED},
    {"a refusal beside usage",
     {200, false, "/success", "false"},
     200,
     "{\"success\":false," USAGE("9", "1", "10") "}",
     OUTCOME_ACCEPTED},
};

static void
test_accept_rules(void **state)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct profile profile = sample_profile();
		struct observation seen;
		struct sample_response s;

		profile.accept = &rules[i].rule;
		profile.n_accept = 1;
		sample_response(&s, rules[i].status, JSON, rules[i].body);
		observe_error(&profile, &s.response, &seen);
		if (seen.outcome != rules[i].outcome)
			fail_msg("%s: %s", rules[i].what,
				 outcome_name(seen.outcome));
	}
}

static void
test_no_rule_no_rejection(void **state)
{
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;

	profile.n_accept = 0;
	sample_response(&s, 401, JSON, "{\"error\":{}}");
	observe_error(&profile, &s.response, &seen);
	assert_int_equal(seen.outcome, OUTCOME_UNCLASSIFIED);
}

static const struct {
	const char *value;
	enum usage_state state;
	int64_t tokens;
} usages[] = {
    {"12", USAGE_PRESENT, 12},
    {"1.0", USAGE_PRESENT, 1},
    {"1e3", USAGE_PRESENT, 1000},
    {"0", USAGE_ZERO, 0},
    {"-0", USAGE_ZERO, 0},
    {"0.0", USAGE_ZERO, 0},
    {"-0.0", USAGE_ZERO, 0},
    {"null", USAGE_NULL, 0},
    {"\"12\"", USAGE_WRONG_TYPE, 0},
    {"true", USAGE_WRONG_TYPE, 0},
    {"{}", USAGE_WRONG_TYPE, 0},
    {"[1]", USAGE_WRONG_TYPE, 0},
    {"1.5", USAGE_WRONG_TYPE, 0},
    {"-1", USAGE_OUT_OF_RANGE, 0},
    {"-1.0", USAGE_OUT_OF_RANGE, 0},
    {"9007199254740991", USAGE_PRESENT, INT64_C(9007199254740991)},
    {"9007199254740992", USAGE_OUT_OF_RANGE, 0},
    {"9223372036854775807", USAGE_OUT_OF_RANGE, 0},
    {"9223372036854775808", USAGE_OUT_OF_RANGE, 0},
    {"18446744073709551616", USAGE_OUT_OF_RANGE, 0},
    {"-9223372036854775809", USAGE_OUT_OF_RANGE, 0},
    {"1e300", USAGE_OUT_OF_RANGE, 0},
    {"1e999", USAGE_OUT_OF_RANGE, 0},
};

static void
test_usage_states(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(usages); i++) {
		struct observation seen;
		struct sample_response s;
		char body[256];

		snprintf(body, sizeof(body),
			 "{\"usage\":{\"prompt_tokens\":%s}}", usages[i].value);
		sample_response(&s, 200, JSON, body);
		observe_happy(&profile, BILLING_TOKEN, &s.response, &seen);
		if (seen.input.state != usages[i].state ||
		    seen.input.tokens != usages[i].tokens)
			fail_msg("%s: %s %lld", usages[i].value,
				 usage_state_name(seen.input.state),
				 (long long)seen.input.tokens);
		assert_int_equal(seen.output.state, USAGE_MISSING);
	}
}

static void
test_usage_not_offered(void **state)
{
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;

	profile.usage_total = "";
	sample_response(&s, 200, JSON, OK("9", "1", "10"));
	observe_happy(&profile, BILLING_TOKEN, &s.response, &seen);
	assert_int_equal(seen.outcome, OUTCOME_PASS);
	assert_int_equal(seen.total.state, USAGE_MISSING);
}

static const struct {
	const char *body;
	const char *type;
	const char *code;
} error_texts[] = {
    {"{\"error\":{\"type\":\"comet_api_error\",\"code\":\"invalid_request\"}}",
     "comet_api_error", "invalid_request"},
    {"{\"error\":{\"type\":\"t\",\"code\":\"\"}}", "t", ""},
    {"{\"error\":{\"type\":\"t\",\"code\":401}}", "t", "401"},
    {"{\"error\":{\"code\":400,\"status\":\"INVALID_ARGUMENT\"}}",
     "INVALID_ARGUMENT", "400"},
    {"{\"code\":\"invalid-argument\",\"error\":\"Incorrect key sk-12\"}", "",
     "invalid-argument"},
    {"{\"error\":{\"message\":\"a text\"},\"message\":\"another\"}", "", ""},
    {"{\"error\":{\"type\":\"a\\tb\\u0085\\u001b[31m c\"}}", "a b [31m c", ""},
    {"{\"error\":{\"type\":null,\"code\":[]}}", "", ""},
    {"not json", "", ""},
};

static void
test_error_texts(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(error_texts); i++) {
		struct observation seen;
		struct sample_response s;

		sample_response(&s, 401, JSON, error_texts[i].body);
		observe_error(&profile, &s.response, &seen);
		assert_string_equal(seen.error_type, error_texts[i].type);
		assert_string_equal(seen.error_code, error_texts[i].code);
	}
}

/* A profile that requires nothing knows no whole answer: tokens alone turn no
 * refusal into an acceptance. */
static void
test_nothing_required(void **state)
{
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;

	profile.require.n = 0;
	sample_response(&s, 401, JSON, OK("9", "1", "10"));
	observe_error(&profile, &s.response, &seen);
	assert_int_equal(seen.outcome, OUTCOME_REJECTED);
}

static void
test_texts_are_bounded(void **state)
{
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;
	char body[2048];

	snprintf(body, sizeof(body),
		 "{\"error\":{\"type\":\"%0*d\"},"
		 "\"model\":\"x%0*d\"}",
		 500, 0, 500, 0);
	sample_response(&s, 401, JSON, body);
	observe_error(&profile, &s.response, &seen);
	assert_int_equal(strlen(seen.error_type), OBSERVE_TEXT_MAX - 1);
	assert_int_equal(strlen(seen.returned_model), OBSERVE_TEXT_MAX - 1);
}

static const struct {
	const char *head;
	const char *body;
	const char *id;
} request_ids[] = {
    {"x-oneapi-request-id: 20260703aBc\n", "{}", "20260703aBc"},
    {"x-oneapi-request-id: h\n",
     "{\"error\":{\"message\":\"x (request id: b1)\"}}", "h"},
    {"", "{\"error\":{\"message\":\"x (request id: b1)\"}}", "b1"},
    {"x-oneapi-request-id:  \n",
     "{\"error\":{\"message\":\"x (request id: b1)\"}}", "b1"},
    {"", "{\"error\":{\"message\":\"x (request id: b-1)\"}}", ""},
    {"", "{\"error\":{\"message\":7}}", ""},
    {"", "{\"error\":{}}", ""},
    {"", "", ""},
};

static void
test_request_ids(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(request_ids); i++) {
		struct observation seen;
		struct sample_response s;

		sample_response(&s, 401, request_ids[i].head,
				request_ids[i].body);
		observe_error(&profile, &s.response, &seen);
		assert_string_equal(seen.request_id, request_ids[i].id);
	}
}

/* The id is looked for at the end of a message of any length. */
static void
test_request_id_in_long_message(void **state)
{
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;
	static char body[40000];

	snprintf(body, sizeof(body),
		 "{\"error\":{\"message\":\"%030000d (request id: b2)\"}}", 0);
	sample_response(&s, 401, JSON, body);
	observe_error(&profile, &s.response, &seen);
	assert_string_equal(seen.request_id, "b2");
	/* What stands far before the end is somebody's text. */
	snprintf(body, sizeof(body),
		 "{\"error\":{\"message\":\"(request id: b2) %030000d\"}}", 0);
	sample_response(&s, 401, JSON, body);
	observe_error(&profile, &s.response, &seen);
	assert_string_equal(seen.request_id, "");
}

static void
test_request_id_at_pointer(void **state)
{
	static const struct request_id_rule rule = {"", "/id", ""};
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;

	profile.request_id = &rule;
	profile.n_request_id = 1;
	sample_response(&s, 200, JSON, "{\"id\":\"chatcmpl-1\"}");
	observe_happy(&profile, BILLING_TOKEN, &s.response, &seen);
	assert_string_equal(seen.request_id, "chatcmpl-1");
}

static const struct {
	const char *location;
	const char *to;
} redirects[] = {
    {"https://login.example.net/signin?next=%2Fv1&token=abc#top",
     "login.example.net/signin"},
    {"https://user:password@login.example.net:8443/a",
     "login.example.net:8443/a"},
    {"https://a@b@evil.example/x", "evil.example/x"},
    {"//cdn.example.net/a/b?c", "cdn.example.net/a/b"},
    {"/v1/other?key=sk-1", "/v1/other"},
    {"other/path#x", "other/path"},
    {"?key=sk-1", ""},
    {"https://host.example?key=1", "host.example"},
    {"https://h.example/\x1b[2Jx", "h.example/ [2Jx"},
    {"", ""},
};

static void
test_redirects(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(redirects); i++) {
		struct http_header header = {"location", redirects[i].location};
		struct observation seen;
		struct sample_response s;

		sample_response(&s, 302, "", "");
		s.response.headers = &header;
		s.response.n_headers = 1;
		observe_happy(&profile, BILLING_TOKEN, &s.response, &seen);
		assert_string_equal(seen.redirected_to, redirects[i].to);
		s.response.status = 200;
		observe_happy(&profile, BILLING_TOKEN, &s.response, &seen);
		assert_string_equal(seen.redirected_to, "");
	}
}

/* The request of the sample left at 2026-07-03T00:00:01Z. */
static const struct {
	const char *value;
	int64_t s;
} retries[] = {
    {"120", 120},
    {"0", 0},
    {"99999999999999999999999", 7 * 86400},
    {"-1", 0},
    {"1.5", 0},
    {"1s", 0},
    {"", 0},
    {"Fri, 03 Jul 2026 00:02:01 GMT", 120},
    {"Fri, 03 Jul 2026 00:00:01 GMT", 0},
    {"Thu, 02 Jul 2026 23:59:59 GMT", 0},
    {"Fri, 03 Jul 2027 00:00:01 GMT", 7 * 86400},
    {"Fri, 31 Jun 2026 00:02:01 GMT", 0},
    {"Fri, 03 Jul 2026 24:02:01 GMT", 0},
    {"Fri, 03 Jux 2026 00:02:01 GMT", 0},
    {"Fri, 03 Jul 2026 00:02:01 CET", 0},
    {"Fri, 03 Jul 2026 00:02:01", 0},
};

static void
test_retry_after(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(retries); i++) {
		struct http_header header = {"retry-after", retries[i].value};
		struct observation seen;
		struct sample_response s;

		sample_response(&s, 429, "", "");
		s.response.headers = &header;
		s.response.n_headers = 1;
		observe_happy(&profile, BILLING_TOKEN, &s.response, &seen);
		if (seen.retry_after_s != retries[i].s)
			fail_msg("%s: %lld", retries[i].value,
				 (long long)seen.retry_after_s);
	}
}

static void
test_model_and_echo(void **state)
{
	struct profile profile = sample_profile();
	struct observation seen;
	struct sample_response s;

	sample_response(&s, 200, JSON,
			"{\"model\":\"gpt-4o-mini-2026-03-17\"," CHOICES "}");
	s.response.credential_echoed = true;
	observe_happy(&profile, BILLING_CALL, &s.response, &seen);
	assert_string_equal(seen.returned_model, "gpt-4o-mini-2026-03-17");
	assert_true(seen.credential_echoed);
	assert_string_equal(seen.error_type, "");
}

static void
test_names(void **state)
{
	assert_int_equal(outcome_by_name("no such"), OUTCOME_NONE);
	for (int i = 0; i < OUTCOMES; i++) {
		assert_non_null(outcome_name((enum outcome)i));
		assert_int_equal(outcome_by_name(outcome_name((enum outcome)i)),
				 i);
	}
	assert_string_equal(outcome_name(OUTCOME_USAGE_ABSENT), "usage_absent");
	for (int i = 0; i <= USAGE_OUT_OF_RANGE; i++)
		assert_non_null(usage_state_name((enum usage_state)i));
	for (int i = 0; i <= READING_MALFORMED; i++)
		assert_non_null(reading_outcome_name((enum reading_outcome)i));
	for (int i = 0; i <= TRANSPORT_STOPPED; i++)
		assert_non_null(transport_name((enum transport)i));
}

static void
test_conclusive(void **state)
{
	for (int i = 0; i < OUTCOMES; i++)
		assert_int_equal(outcome_conclusive((enum outcome)i),
				 i == OUTCOME_PASS || i == OUTCOME_REJECTED ||
				     i == OUTCOME_USAGE_ABSENT ||
				     i == OUTCOME_ACCEPTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_billed_by_call),
	    cmocka_unit_test(test_transports),
	    cmocka_unit_test(test_too_big_page),
	    cmocka_unit_test(test_accept_rules),
	    cmocka_unit_test(test_no_rule_no_rejection),
	    cmocka_unit_test(test_usage_states),
	    cmocka_unit_test(test_usage_not_offered),
	    cmocka_unit_test(test_error_texts),
	    cmocka_unit_test(test_nothing_required),
	    cmocka_unit_test(test_texts_are_bounded),
	    cmocka_unit_test(test_request_ids),
	    cmocka_unit_test(test_request_id_in_long_message),
	    cmocka_unit_test(test_request_id_at_pointer),
	    cmocka_unit_test(test_redirects),
	    cmocka_unit_test(test_retry_after),
	    cmocka_unit_test(test_model_and_echo),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_conclusive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
