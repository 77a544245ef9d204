/* Texts of values: durations, sizes, windows, URLs, and what looks like a
 * credential. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "conf/arena.h"
#include "conf/secret.h"
#include "conf/url.h"
#include "conf/value.h"

#include <string.h>

struct quantity {
	enum schema_type type;
	const char *text;
	int64_t n; /* -1: refused */
	const char *written;
};

static const struct quantity quantities[] = {
    {SCHEMA_DURATION, "0s", 0, "0s"},
    {SCHEMA_DURATION, "90s", 90, "90s"},
    {SCHEMA_DURATION, "90m", 5400, "90m"},
    {SCHEMA_DURATION, "60m", 3600, "1h"},
    {SCHEMA_DURATION, "48h", 172800, "2d"},
    {SCHEMA_DURATION, "2w", 1209600, "14d"},
    {SCHEMA_DURATION, "31d", 2678400, "31d"},
    {SCHEMA_DURATION, "090m", 5400, "90m"},
    {SCHEMA_DURATION, "", -1, ""},
    {SCHEMA_DURATION, "m", -1, ""},
    {SCHEMA_DURATION, "5", -1, ""},
    {SCHEMA_DURATION, "5 m", -1, ""},
    {SCHEMA_DURATION, "-5m", -1, ""},
    {SCHEMA_DURATION, "5M", -1, ""},
    {SCHEMA_DURATION, "5min", -1, ""},
    {SCHEMA_DURATION, "1.5h", -1, ""},
    {SCHEMA_DURATION, "500ms", -1, ""},
    {SCHEMA_DURATION, "9999999999999999w", -1, ""},
    {SCHEMA_DURATION, "999999999999999w", INT64_MAX, NULL},
    {SCHEMA_DURATION_MS, "500ms", 500, "500ms"},
    {SCHEMA_DURATION_MS, "2000ms", 2000, "2s"},
    {SCHEMA_DURATION_MS, "2m", 120000, "2m"},
    {SCHEMA_SIZE, "256KiB", 262144, "256KiB"},
    {SCHEMA_SIZE, "1024KiB", 1048576, "1MiB"},
    {SCHEMA_SIZE, "1500B", 1500, "1500B"},
    {SCHEMA_SIZE, "3GiB", INT64_C(3221225472), "3GiB"},
    {SCHEMA_SIZE, "1KB", -1, ""},
    {SCHEMA_SIZE, "1M", -1, ""},
};

static void
test_quantities(void **state)
{
	for (size_t i = 0; i < sizeof(quantities) / sizeof(quantities[0]);
	     i++) {
		const struct quantity *q = &quantities[i];
		struct schema_key key = {.name = "k", .type = q->type};
		struct problem problem;
		struct value value = {-2, NULL};
		struct buf out = {0};
		int rc = value_from_text(&key, q->text, NULL, &value, &problem);

		if (q->n < 0) {
			assert_int_equal(rc, ERR_INVALID);
			assert_int_equal(value.n, -2);
			continue;
		}
		assert_int_equal(rc, 0);
		assert_int_equal(value.n, q->n);
		if (q->written == NULL)
			continue;
		value_to_text(&key, &value, &out);
		assert_string_equal(buf_text(&out), q->written);
		buf_free(&out);
	}
}

static void
test_windows(void **state)
{
	static const struct {
		const char *text;
		int from, to; /* -1: refused */
	} windows[] = {
	    {"04:30-07:30", 16200, 27000}, {"00:00-24:00", 0, 86400},
	    {"23:00-01:00", 82800, 90000}, {"22:00-00:00", 79200, 86400},
	    {"04:30-04:30", -1, 0},	   {"24:00-01:00", -1, 0},
	    {"04:30-24:01", -1, 0},	   {"04:60-07:30", -1, 0},
	    {"4:30-07:30", -1, 0},	   {"04:30 07:30", -1, 0},
	    {"04:30-07:3", -1, 0},	   {"", -1, 0},
	    {"aa:bb-cc:dd", -1, 0},
	};

	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		int from = -1, to = -1;
		int rc = value_window(windows[i].text, &from, &to);

		assert_int_equal(rc, windows[i].from < 0 ? ERR_INVALID : 0);
		assert_int_equal(from, windows[i].from);
		if (rc == 0)
			assert_int_equal(to, windows[i].to);
	}
}

static void
test_refresh(void **state)
{
	assert_int_equal(value_refresh_days("daily"), 1);
	assert_int_equal(value_refresh_days("weekly"), 7);
	assert_int_equal(value_refresh_days("monthly"), 31);
	assert_int_equal(value_refresh_days("quarterly"), 92);
	assert_int_equal(value_refresh_days("yearly"), 366);
	assert_int_equal(value_refresh_days("10d"), 10);
	assert_int_equal(value_refresh_days("0d"), 0);
	assert_int_equal(value_refresh_days("12345d"), 0);
	assert_int_equal(value_refresh_days("10"), 0);
	assert_int_equal(value_refresh_days("2w"), 0);
	assert_int_equal(value_refresh_days(""), 0);
}

static void
test_urls(void **state)
{
	static const struct {
		const char *url;
		const char *normal; /* NULL: refused */
	} urls[] = {
	    {"https://a.example/", "https://a.example"},
	    {"https://a.example", "https://a.example"},
	    {"https://a.example/pricing/", "https://a.example/pricing/"},
	    {"https://a.example:8443/x?y=1&z=2",
	     "https://a.example:8443/x?y=1&z=2"},
	    {"https://a.example/?utm_source=m&y=1&gclid=3&z=2",
	     "https://a.example/?y=1&z=2"},
	    {"https://a.example/x?utm_campaign=z", "https://a.example/x"},
	    {"https://a.example?fbclid=z", "https://a.example"},
	    {"http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"},
	    {"http://127.8.0.1", "http://127.8.0.1"},
	    {"http://localhost:1/x", "http://localhost:1/x"},
	    {"http://[::1]:8080/x", "http://[::1]:8080/x"},
	    {"https://[2001:db8::1]/", "https://[2001:db8::1]"},
	    {"http://a.example/", NULL},
	    {"http://127.0.0.1.example/", NULL},
	    {"http://localhost.example/", NULL},
	    {"http://[::2]/", NULL},
	    {"ftp://a.example/", NULL},
	    {"a.example", NULL},
	    {"https://", NULL},
	    {"https:///x", NULL},
	    {"https://A.example/", NULL},
	    {"https://user@a.example/", NULL},
	    {"https://user:word@a.example/", NULL},
	    {"https://a.example:0/", NULL},
	    {"https://a.example:65536/", NULL},
	    {"https://a.example:/", NULL},
	    {"https://a.example:x/", NULL},
	    {"https://a.example/x#y", NULL},
	    {"https://a.example/x y", NULL},
	    {"https://a.example\\@b.example/", NULL},
	    {"https://a_b.example/", NULL},
	    {"https://[::1/", NULL},
	    {"https://[::1]x/", NULL},
	};
	struct arena *arena = arena_new();

	assert_non_null(arena);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const char *why = url_problem(urls[i].url);

		if (urls[i].normal == NULL) {
			assert_non_null(why);
			continue;
		}
		assert_null(why);
		assert_string_equal(url_normalise(arena, urls[i].url),
				    urls[i].normal);
	}
	arena_free(arena);
}

static const char *const values[] = {
    "sk-abc123def456",
    "SK-ABC123DEF456",
    "key: sk-abcdefghijklmnopqrst",
    "sk_live_0123456789",
    "Bearer abcdefgh12",
    "bearer   tokentoken",
    "AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7EX",
    "0123456789abcdef0123456789abcdef",
    "550e8400-e29b-41d4-a716-446655440000",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "-----BEGIN PRIVATE KEY-----",
    "https://user:hunter2@a.example/",
    "https://a.example/x?key=0123456789abcdef0123456789abcdef",
    "https://a.example/sk-abc123def456/x",
};
static const char *const names[] = {
    "",
    "support-chat",
    "customer-support-chat-production-eu-w-01",
    "ask-me-anything-2026-07",
    "sk-learn",
    "Bearer ${secret}",
    "sk-evidenced-invalid-${nonce}",
    "https://docs.example.com/document/d/1A2b3C4d5E6f7G8h9I0jK1L2m3N4o5P6/",
    "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
    "DeepSeek-R1-Distill-Qwen-32B-Instruct-GGUF",
    "accounts/fireworks/models/llama-v3p1-405b-instruct-long",
    "/choices/0/message/tool_calls/0/function/arguments",
    "/var/lib/evidenced/ledger-of-finops-2026",
    "{\"model\":\"${model}\",\"messages\":[{\"role\":\"user\"}]}",
    "finops 2026-06-24: no counter at this gateway",
    "the bearer of the cost",
    "cost-per-business-event",
};

static void
test_secrets(void **state)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char shown[SHOW_MAX];

		if (!secret_shaped(values[i]))
			fail_msg("not taken for a value: %s", values[i]);
		assert_string_equal(secret_show(values[i], shown),
				    "(a value that is not shown)");
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (secret_shaped(names[i]))
			fail_msg("taken for a value: %s", names[i]);
	}
}

static void
test_show(void **state)
{
	char shown[SHOW_MAX];
	char longer[200];

	assert_string_equal(secret_show("a\nb\x01", shown), "\"a b\"");
	memset(longer, 'y', sizeof(longer));
	longer[199] = '\0';
	secret_show(longer, shown);
	assert_int_equal(strlen(shown), 1 + 64 + 3 + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quantities), cmocka_unit_test(test_windows),
	    cmocka_unit_test(test_refresh),    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_secrets),    cmocka_unit_test(test_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
