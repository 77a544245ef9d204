/* Readings of the key's counter, and what counts as movement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check/observe.h"
#include "sample.h"

#define JSON "content-type: application/json\n"

static const struct {
	const char *what;
	int status;
	const char *head;
	const char *body;
	enum reading_outcome outcome;
	bool has_up, has_down;
	int64_t up, down;
	const char *label;
} readings[] = {
    {"as documented", 200, JSON,
     "{\"code\":true,\"message\":\"ok\",\"data\":{\"object\":"
     "\"token_usage\",\"name\":\"support-chat\",\"total_granted\":150000,"
     "\"total_used\":50000,\"total_available\":100000}}",
     READING_OK, true, true, 50000, 100000, "support-chat"},
    {"used alone", 200, JSON, "{\"code\":true,\"data\":{\"total_used\":0}}",
     READING_OK, true, false, 0, 0, ""},
    {"available alone, overdrawn", 200, JSON,
     "{\"code\":true,\"data\":{\"total_available\":-7}}", READING_OK, false,
     true, 0, -7, ""},
    {"a negative use is none", 200, JSON,
     "{\"code\":true,\"data\":{\"total_used\":-1,\"total_available\":5}}",
     READING_OK, false, true, 0, 5, ""},
    {"strings are no counters", 200, JSON,
     "{\"code\":true,\"data\":{\"total_used\":\"1\","
     "\"total_available\":\"2\"}}",
     READING_MALFORMED, false, false, 0, 0, ""},
    {"null is not zero", 200, JSON,
     "{\"code\":true,\"data\":{\"total_used\":null}}", READING_MALFORMED, false,
     false, 0, 0, ""},
    {"beyond 53 bits", 200, JSON,
     "{\"code\":true,\"data\":{\"total_used\":9223372036854775808}}",
     READING_MALFORMED, false, false, 0, 0, ""},
    {"refused with 200", 200, JSON, "{\"success\":false,\"message\":\"x\"}",
     READING_REJECTED, false, false, 0, 0, ""},
    {"refused by the flag", 200, JSON,
     "{\"code\":false,\"data\":{\"total_used\":1}}", READING_REJECTED, false,
     false, 0, 0, ""},
    {"a flag that only looks true", 200, JSON,
     "{\"code\":1,\"data\":{\"total_used\":1}}", READING_MALFORMED, false,
     false, 0, 0, ""},
    {"in-band 401", 200, JSON, "{\"error\":{\"code\":401}}", READING_REJECTED,
     false, false, 0, 0, ""},
    {"in-band 429", 200, JSON, "{\"error\":{\"code\":429}}", READING_THROTTLED,
     false, false, 0, 0, ""},
    {"in-band 500", 200, JSON, "{\"error\":{\"code\":500}}",
     READING_UNREACHABLE, false, false, 0, 0, ""},
    {"in-band 599", 200, JSON, "{\"error\":{\"code\":599}}",
     READING_UNREACHABLE, false, false, 0, 0, ""},
    {"in-band, but no status", 200, JSON, "{\"error\":{\"code\":600}}",
     READING_MALFORMED, false, false, 0, 0, ""},
    {"401", 401, "", "", READING_REJECTED, false, false, 0, 0, ""},
    {"403", 403, JSON, "{}", READING_REJECTED, false, false, 0, 0, ""},
    {"403 page", 403, "content-type: text/html\n", "<html>",
     READING_UNREACHABLE, false, false, 0, 0, ""},
    {"429", 429, "retry-after: 60\n", "", READING_THROTTLED, false, false, 0, 0,
     ""},
    {"404", 404, JSON, "{}", READING_UNREACHABLE, false, false, 0, 0, ""},
    {"500", 500, "", "", READING_UNREACHABLE, false, false, 0, 0, ""},
    {"a redirect", 301, "location: /\n", "", READING_UNREACHABLE, false, false,
     0, 0, ""},
    {"broken JSON", 200, JSON, "{", READING_MALFORMED, false, false, 0, 0, ""},
    {"empty", 200, JSON, "", READING_MALFORMED, false, false, 0, 0, ""},
};

static void
test_readings(void **state)
{
	struct profile profile = sample_profile();

	for (size_t i = 0; i < COUNT(readings); i++) {
		struct counter_reading r;
		struct sample_response s;

		sample_response(&s, readings[i].status, readings[i].head,
				readings[i].body);
		observe_counter(&profile.surface, &s.response, &r);
		if (r.outcome != readings[i].outcome ||
		    r.has_up != readings[i].has_up ||
		    r.has_down != readings[i].has_down ||
		    r.up != readings[i].up || r.down != readings[i].down ||
		    strcmp(r.label_seen, readings[i].label) != 0)
			fail_msg("%s: %s %d/%lld %d/%lld %s", readings[i].what,
				 reading_outcome_name(r.outcome), r.has_up,
				 (long long)r.up, r.has_down, (long long)r.down,
				 r.label_seen);
		assert_int_equal(r.retry_after_s,
				 strstr(readings[i].head, "retry") != NULL ? 60
									   : 0);
	}
}

static void
test_reading_transports(void **state)
{
	struct profile profile = sample_profile();

	for (int t = TRANSPORT_DNS; t <= TRANSPORT_STOPPED; t++) {
		bool body_broken =
		    t == TRANSPORT_TOO_BIG || t == TRANSPORT_ENCODING;
		struct counter_reading r;
		struct sample_response s;

		sample_response(&s, 200, JSON,
				"{\"code\":true,\"data\":{\"total_used\":1}}");
		s.response.transport = (enum transport)t;
		observe_counter(&profile.surface, &s.response, &r);
		assert_int_equal(r.outcome, body_broken ? READING_MALFORMED
							: READING_UNREACHABLE);
		assert_false(r.has_up);
	}
}

static void
test_without_a_flag(void **state)
{
	struct profile profile = sample_profile();
	struct counter_reading r;
	struct sample_response s;

	profile.surface.ok_pointer = "";
	sample_response(&s, 200, JSON, "{\"data\":{\"total_used\":4}}");
	observe_counter(&profile.surface, &s.response, &r);
	assert_int_equal(r.outcome, READING_OK);
	assert_int_equal(r.up, 4);
}

#define UP(n)                                        \
	{                                            \
		READING_OK, true, false, n, 0, "", 0 \
	}
#define DOWN(n)                                      \
	{                                            \
		READING_OK, false, true, 0, n, "", 0 \
	}
#define BOTH(u, d)                                  \
	{                                           \
		READING_OK, true, true, u, d, "", 0 \
	}

static const struct {
	const char *what;
	struct counter_reading before, after;
	bool moved;
} moves[] = {
    {"nothing", BOTH(5, 100), BOTH(5, 100), false},
    {"both moved", BOTH(5, 100), BOTH(7, 98), true},
    {"the cache is behind: only the rest fell", BOTH(5, 100), BOTH(5, 98),
     true},
    {"only the use grew", BOTH(5, 100), BOTH(7, 100), true},
    {"a top-up is no use", BOTH(5, 100), BOTH(5, 200), false},
    {"a top-up beside use", BOTH(5, 100), BOTH(6, 199), true},
    {"the counter began anew", BOTH(5, 100), BOTH(0, 98), false},
    {"use alone grew", UP(5), UP(6), true},
    {"use alone fell", UP(5), UP(4), false},
    {"rest alone fell", DOWN(5), DOWN(4), true},
    {"rest alone rose", DOWN(4), DOWN(5), false},
    {"nothing in common", UP(5), DOWN(4), false},
    {"the use was missing once", DOWN(5), BOTH(3, 4), true},
    {"no reading before",
     {READING_THROTTLED, true, true, 0, 9, "", 0},
     BOTH(5, 4),
     false},
    {"no reading after",
     BOTH(5, 100),
     {READING_MALFORMED, true, true, 9, 9, "", 0},
     false},
};

static void
test_moves(void **state)
{
	for (size_t i = 0; i < COUNT(moves); i++) {
		if (counter_moved(&moves[i].before, &moves[i].after) !=
		    moves[i].moved)
			fail_msg("%s", moves[i].what);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_readings),
	    cmocka_unit_test(test_reading_transports),
	    cmocka_unit_test(test_without_a_flag),
	    cmocka_unit_test(test_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
