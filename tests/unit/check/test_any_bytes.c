/* Whatever bytes a gateway sends, they end in a typed outcome, and in a row
 * that the ledger takes.  The bytes are mutations of known answers, by a
 * generator with a fixed seed: a failure names its round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "check/rows.h"
#include "sample.h"

#include <stdlib.h>

enum { ROUNDS = 20000, BODY_MAX = 2048, VALUE_MAX = 256 };

static const char *const seeds[] = {
    "{\"id\":\"chatcmpl-1\",\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":"
    "0,\"finish_reason\":\"stop\",\"message\":{\"content\":\"OK\"}}],\"usage\":"
    "{\"prompt_tokens\":9,\"completion_tokens\":1,\"total_tokens\":10}}",
    "{\"error\":{\"message\":\"Invalid token (request id: 20260703aBc)\","
    "\"type\":\"comet_api_error\",\"param\":\"\",\"code\":401}}",
    "{\"code\":true,\"data\":{\"name\":\"support-chat\",\"total_used\":5,"
    "\"total_available\":9223372036854775807}}",
    "<!DOCTYPE html><html><title>Just a moment...</title>",
    "{\"a\":[[[[[[[[[[1e999,-0.0,\"\\ud83d\\ude00\"]]]]]]]]]]}",
    "",
};

static const char *const values[] = {
    "application/json",
    "https://user@host.example:1/x?y#z",
    "Fri, 03 Jul 2026 00:02:01 GMT",
    "20260703aBc",
    "8a1b-FRA",
    "challenge",
};

static const char *const names[COUNT(values)] = {
    "content-type",	   "location", "retry-after",
    "x-oneapi-request-id", "cf-ray",   "cf-mitigated"};

static uint32_t
next(uint32_t *seed)
{
	/* xorshift32 */
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* A few bytes changed, a piece doubled or cut; NUL-terminated. */
static size_t
mutate(uint32_t *seed, const char *from, char *to, size_t size)
{
	static const char marks[] = "{}[]\",:\\/0e-.\xff\xc2\x85\x00 <tnu";
	size_t len = strlen(from);
	uint32_t changes = next(seed) % 2 == 0 ? 0 : next(seed) % 6;

	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	for (uint32_t i = 0; i < changes && len > 0; i++) {
		size_t at = next(seed) % len;
		size_t n = next(seed) % (len - at) + 1;

		switch (next(seed) % 4) {
		case 0:
			to[at] = marks[next(seed) % (sizeof(marks) - 1)];
			break;
		case 1:
			to[at] = (char)next(seed);
			break;
		case 2: /* cut */
			memmove(to + at, to + at + n, len - at - n);
			len -= n;
			break;
		case 3: /* double */
			if (len + n < size) {
				memmove(to + at + n, to + at, len - at);
				len += n;
			}
			break;
		}
	}
	to[len] = '\0';
	return len;
}

static const int statuses[] = {200, 200, 200, 401, 403,	 429, 301,
			       500, 0,	 -1,  99,  1000, 204};

struct round {
	char body[BODY_MAX];
	char value[COUNT(names)][VALUE_MAX];
	struct http_header headers[COUNT(names)];
	struct http_response response;
};

static void
make_round(uint32_t *seed, struct round *r)
{
	r->response = (struct http_response){
	    .transport = (enum transport)(
		next(seed) % 4 != 0 ? TRANSPORT_OK
				    : next(seed) % (TRANSPORT_STOPPED + 1)),
	    .status = statuses[next(seed) % COUNT(statuses)],
	    .headers = r->headers,
	    .body = r->body,
	    .final_url = "",
	    .sent = {INT64_C(1783036801) * USEC_PER_SEC},
	};
	r->response.body_len = mutate(seed, seeds[next(seed) % COUNT(seeds)],
				      r->body, sizeof(r->body));
	for (size_t i = 0; i < COUNT(names); i++) {
		if (next(seed) % 3 == 0 || (i > 0 && next(seed) % 2 == 0))
			continue;
		mutate(seed, values[i], r->value[i], VALUE_MAX);
		r->headers[r->response.n_headers++] =
		    (struct http_header){names[i], r->value[i]};
	}
}

static void
check_row(const struct observation *seen, enum run_path path)
{
	const struct check_run run = {
	    .check = "c",
	    .workload_label = "w",
	    .environment = "",
	    .run = "r",
	    .path = path,
	    .endpoint = "e",
	    .requested_model = "m",
	    .credential = "",
	    .credential_fingerprint = "",
	    .config_digest = "",
	    .profile_digest = "",
	    .scope_digest = "",
	    .version = "",
	};
	struct buf b = {0};

	assert_int_equal(check_run_body(&b, &run, seen, NULL), 0);
	buf_free(&b);
}

/* What can never follow from an answer, however odd. */
static void
check_sense(const struct http_response *response,
	    const struct observation *happy, const struct observation *error)
{
	bool whole = response->transport == TRANSPORT_OK;

	assert_true(happy->outcome > OUTCOME_NONE && happy->outcome < OUTCOMES);
	assert_true(error->outcome > OUTCOME_NONE && error->outcome < OUTCOMES);
	assert_int_not_equal(happy->outcome, OUTCOME_REJECTED);
	assert_int_not_equal(happy->outcome, OUTCOME_ACCEPTED);
	assert_int_not_equal(error->outcome, OUTCOME_PASS);
	if (happy->outcome == OUTCOME_PASS) {
		assert_true(whole && response->status == 200);
		assert_int_equal(error->outcome, OUTCOME_ACCEPTED);
	}
	if (error->outcome == OUTCOME_REJECTED)
		assert_true(whole);
}

static void
test_any_bytes(void **state)
{
	struct profile profile = sample_profile();
	struct round *r = calloc(1, sizeof(*r));
	int passes = 0, rejections = 0;
	uint32_t seed = 2463534242u;

	assert_non_null(r);
	for (int i = 0; i < ROUNDS; i++) {
		struct observation happy, error;
		struct counter_reading reading;
		/* A copy of just the size lets a sanitizer see any read
		 * beyond the terminator. */
		char *body;

		make_round(&seed, r);
		body = malloc(r->response.body_len + 1);
		assert_non_null(body);
		memcpy(body, r->body, r->response.body_len + 1);
		r->response.body = body;
		observe_happy(&profile, BILLING_TOKEN, &r->response, &happy);
		observe_error(&profile, &r->response, &error);
		observe_counter(&profile.surface, &r->response, &reading);
		check_sense(&r->response, &happy, &error);
		check_row(&happy, PATH_HAPPY);
		check_row(&error, PATH_ERROR);
		passes += happy.outcome == OUTCOME_PASS;
		rejections += error.outcome == OUTCOME_REJECTED;
		free(body);
	}
	free(r);
	/* The mutations leave enough whole to reach both ends. */
	assert_true(passes > 10 && rejections > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
