/* The answers of the practice gateway, as this daemon sees them: the same
 * files that the gateway serves, read with their index.  Every file there
 * that a gateway could answer to a check has its line here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "check/observe.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#define ID    "20260703000001123456789aBcDeF12"
#define MODEL "${model}-2024-07-18"

static const struct expected {
	const char *file;
	enum outcome happy, error;
	const char *model;
	const char *type, *code; /* of the error, on the happy path */
	enum usage_state input;
	int64_t total; /* -1: not a count */
} expected[] = {
    {"chat-completion.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "", "",
     USAGE_PRESENT, 14},
    {"chat-details-empty.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "", "",
     USAGE_PRESENT, 14},
    {"chat-length.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "", "",
     USAGE_PRESENT, 13},
    {"chat-stream.sse", OUTCOME_MALFORMED, OUTCOME_ACCEPTED, "", "", "",
     USAGE_MISSING, -1},
    {"chat-usage-missing.json", OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED, MODEL,
     "", "", USAGE_MISSING, -1},
    {"chat-usage-null.json", OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED, MODEL, "",
     "", USAGE_MISSING, -1},
    {"chat-usage-zero.json", OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED, MODEL, "",
     "", USAGE_ZERO, 0},
    {"chat-usage-string.json", OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED, MODEL,
     "", "", USAGE_WRONG_TYPE, -1},
    {"chat-usage-float.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "", "",
     USAGE_PRESENT, -1},
    {"chat-usage-negative.json", OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED, MODEL,
     "", "", USAGE_OUT_OF_RANGE, -1},
    {"chat-usage-out-of-range.json", OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED,
     MODEL, "", "", USAGE_OUT_OF_RANGE, -1},
    {"chat-usage-fields-null.json", OUTCOME_USAGE_ABSENT, OUTCOME_ACCEPTED,
     MODEL, "", "", USAGE_NULL, -1},
    {"chat-usage-detail-null.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "",
     "", USAGE_PRESENT, 14},
    {"chat-usage-inconsistent.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "",
     "", USAGE_PRESENT, 81},
    {"chat-all-zero.json", OUTCOME_MALFORMED, OUTCOME_ACCEPTED, "", "", "",
     USAGE_ZERO, 0},
    {"chat-content-null.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "", "",
     USAGE_PRESENT, 14},
    {"chat-content-empty.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "", "",
     USAGE_PRESENT, 14},
    {"chat-error-200.json", OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR, MODEL,
     "comet_api_error", "502", USAGE_MISSING, -1},
    {"chat-choice-error.json", OUTCOME_SERVER_ERROR, OUTCOME_ACCEPTED, MODEL,
     "", "502", USAGE_MISSING, -1},
    {"chat-choices-null.json", OUTCOME_MALFORMED, OUTCOME_ACCEPTED, MODEL, "",
     "", USAGE_PRESENT, 14},
    {"chat-choices-empty.json", OUTCOME_MALFORMED, OUTCOME_ACCEPTED, MODEL, "",
     "", USAGE_MISSING, -1},
    {"chat-malformed.txt", OUTCOME_MALFORMED, OUTCOME_ACCEPTED, "", "", "",
     USAGE_MISSING, -1},
    {"chat-echo.json", OUTCOME_PASS, OUTCOME_ACCEPTED, MODEL, "", "",
     USAGE_PRESENT, 14},
    {"chat-echo-model.json", OUTCOME_PASS, OUTCOME_ACCEPTED, "${echo}", "", "",
     USAGE_PRESENT, 14},
    {"error-invalid-token.json", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED,
     "", "comet_api_error", "", USAGE_MISSING, -1},
    {"error-invalid-request.json", OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR,
     "", "comet_api_error", "invalid_request", USAGE_MISSING, -1},
    {"error-model-not-found.json", OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR,
     "", "comet_api_error", "model_not_found", USAGE_MISSING, -1},
    {"error-key-exhausted.json", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED,
     "", "comet_api_error", "", USAGE_MISSING, -1},
    {"error-user-quota.json", OUTCOME_QUOTA_EXHAUSTED, OUTCOME_QUOTA_EXHAUSTED,
     "", "comet_api_error", "insufficient_user_quota", USAGE_MISSING, -1},
    {"error-insufficient-balance.json", OUTCOME_QUOTA_EXHAUSTED,
     OUTCOME_QUOTA_EXHAUSTED, "", "unknown_error", "invalid_request_error",
     USAGE_MISSING, -1},
    {"error-insufficient-quota.json", OUTCOME_QUOTA_EXHAUSTED,
     OUTCOME_QUOTA_EXHAUSTED, "", "insufficient_quota", "insufficient_quota",
     USAGE_MISSING, -1},
    {"error-server.json", OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR, "",
     "comet_api_error", "", USAGE_MISSING, -1},
    {"error-string-500.json", OUTCOME_SERVER_ERROR, OUTCOME_SERVER_ERROR, "",
     "", "", USAGE_MISSING, -1},
    {"error-no-db-400.json", OUTCOME_UNCLASSIFIED, OUTCOME_UNCLASSIFIED, "",
     "no_db_connection", "400", USAGE_MISSING, -1},
    {"error-argument-400.json", OUTCOME_UNCLASSIFIED, OUTCOME_UNCLASSIFIED, "",
     "", "invalid-argument", USAGE_MISSING, -1},
    {"error-detail-401.json", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED, "",
     "", "", USAGE_MISSING, -1},
    {"error-echo-message.json", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED,
     "", "comet_api_error", "invalid_api_key", USAGE_MISSING, -1},
    {"error-echo-type.json", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED, "",
     "${echo}", "${echo}", USAGE_MISSING, -1},
    {"unauthorized.empty", OUTCOME_CREDENTIAL_REJECTED, OUTCOME_REJECTED, "",
     "", "", USAGE_MISSING, -1},
    {"throttled.empty", OUTCOME_THROTTLED, OUTCOME_THROTTLED, "", "", "",
     USAGE_MISSING, -1},
    {"challenge.html", OUTCOME_BLOCKED, OUTCOME_BLOCKED, "", "", "",
     USAGE_MISSING, -1},
    {"console.html", OUTCOME_MALFORMED, OUTCOME_UNCLASSIFIED, "", "", "",
     USAGE_MISSING, -1},
    {"wrong-path.html", OUTCOME_REDIRECTED, OUTCOME_REDIRECTED, "", "", "",
     USAGE_MISSING, -1},
    {"redirect.html", OUTCOME_REDIRECTED, OUTCOME_REDIRECTED, "", "", "",
     USAGE_MISSING, -1},
};

/* Answers of the account surface. */
static const struct {
	const char *file;
	enum reading_outcome outcome;
	int64_t up, down; /* -1: not a count */
	const char *label;
} surfaces[] = {
    {"usage-token.json", READING_OK, 50000, 100000, "production"},
    {"usage-token-refused.json", READING_REJECTED, -1, -1, ""},
    {"usage-token-failed-200.json", READING_REJECTED, -1, -1, ""},
    {"usage-token-odd.json", READING_MALFORMED, -1, -1, "production"},
    {"throttled.empty", READING_THROTTLED, -1, -1, ""},
    {"challenge.html", READING_UNREACHABLE, -1, -1, ""},
    {"console.html", READING_MALFORMED, -1, -1, ""},
};

/* ---- the files ---- */

/* One line of the index, and its file. */
struct fixture {
	char line[1024]; /* cut into the columns */
	const char *column[6];
	char head[SAMPLE_HEAD];
	struct buf body;
};

static FILE *
open_fixture(const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/gateway/fixtures/%s",
		 getenv("top_srcdir"), name);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	return f;
}

static void
read_body(struct fixture *f)
{
	FILE *file = open_fixture(f->column[0]);
	char piece[4096];
	size_t n;

	buf_reset(&f->body);
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		buf_add(&f->body, piece, n);
	fclose(file);
}

/* Name in small letters, and ${...} filled in as a gateway would. */
static void
add_header(struct fixture *f, const char *name, size_t name_len,
	   const char *value)
{
	char line[256];
	size_t n = strcspn(value, "|");
	int len;

	while (n > 0 && value[n - 1] == ' ')
		n--;
	if (strncmp(value, "${request_id}", n) == 0) {
		value = ID;
		n = strlen(ID);
	} else if (strncmp(value, "${location}", n) == 0) {
		value = "https://elsewhere.example/console?key=1";
		n = strlen(value);
	}
	len = snprintf(line, sizeof(line), "%.*s: %.*s\n", (int)name_len, name,
		       (int)n, value);
	for (size_t i = 0; i < name_len; i++) {
		if (line[i] >= 'A' && line[i] <= 'Z')
			line[i] = (char)(line[i] + 32);
	}
	strncat(f->head, line, sizeof(f->head) - strlen(f->head) - 1);
	assert_true(len > 0 && (size_t)len < sizeof(line));
}

static void
make_head(struct fixture *f)
{
	const char *more = f->column[3];

	f->head[0] = '\0';
	if (strcmp(f->column[2], "-") != 0)
		add_header(f, "content-type", strlen("content-type"),
			   f->column[2]);
	while (strcmp(more, "-") != 0) {
		const char *colon = strstr(more, ": ");

		assert_non_null(colon);
		add_header(f, more, (size_t)(colon - more), colon + 2);
		more = strstr(more, " | ");
		if (more == NULL)
			break;
		more += 3;
	}
}

/* The next line of the index that is a fixture; false at the end. */
static bool
next_fixture(FILE *index, struct fixture *f)
{
	char *at;
	int n = 0;

	do {
		if (fgets(f->line, sizeof(f->line), index) == NULL)
			return false;
	} while (f->line[0] == '#');
	for (at = f->line; at != NULL && n < 6; n++) {
		f->column[n] = at;
		at = strchr(at, '\t');
		if (at != NULL)
			*at++ = '\0';
	}
	assert_int_equal(n, 6);
	make_head(f);
	read_body(f);
	return true;
}

/* Pages are read by another check, packed answers by the sender. */
static bool
is_for_a_check(const struct fixture *f)
{
	return strncmp(f->column[0], "page", 4) != 0 &&
	       strstr(f->column[0], ".gz") == NULL;
}

/* ---- the tests ---- */

static bool
check_pair(struct fixture *f, const struct expected *e)
{
	struct profile profile = sample_profile();
	struct observation happy, error;
	struct sample_response s;

	sample_response(&s, (int)strtol(f->column[1], NULL, 10), f->head,
			buf_text(&f->body));
	observe_happy(&profile, BILLING_TOKEN, &s.response, &happy);
	observe_error(&profile, &s.response, &error);
	if (happy.outcome != e->happy || error.outcome != e->error)
		fail_msg("%s: happy %s, error %s", e->file,
			 outcome_name(happy.outcome),
			 outcome_name(error.outcome));
	if (strcmp(happy.returned_model, e->model) != 0 ||
	    strcmp(happy.error_type, e->type) != 0 ||
	    strcmp(happy.error_code, e->code) != 0)
		fail_msg("%s: %s %s %s", e->file, happy.returned_model,
			 happy.error_type, happy.error_code);
	if (happy.input.state != e->input)
		fail_msg("%s: %s", e->file,
			 usage_state_name(happy.input.state));
	if (e->total >= 0)
		assert_int_equal(happy.total.tokens, e->total);
	else
		assert_int_equal(happy.total.tokens, 0);
	assert_string_equal(
	    happy.redirected_to,
	    e->happy == OUTCOME_REDIRECTED ? "elsewhere.example/console" : "");
	assert_string_equal(
	    happy.request_id,
	    strstr(f->head, "x-oneapi-request-id") != NULL ? ID : "");
	return true;
}

static void
check_surface(struct fixture *f, size_t i)
{
	struct profile profile = sample_profile();
	struct counter_reading r;
	struct sample_response s;

	sample_response(&s, (int)strtol(f->column[1], NULL, 10), f->head,
			buf_text(&f->body));
	observe_counter(&profile.surface, &s.response, &r);
	if (r.outcome != surfaces[i].outcome)
		fail_msg("%s: %s", f->column[0],
			 reading_outcome_name(r.outcome));
	assert_int_equal(r.has_up ? r.up : -1, surfaces[i].up);
	assert_int_equal(r.has_down ? r.down : -1, surfaces[i].down);
	assert_string_equal(r.label_seen, surfaces[i].label);
}

static void
test_every_fixture(void **state)
{
	FILE *index = open_fixture("INDEX");
	size_t pairs = 0, readings = 0;
	struct fixture f = {0};

	while (next_fixture(index, &f)) {
		bool known = !is_for_a_check(&f);

		for (size_t i = 0; i < COUNT(expected); i++) {
			if (strcmp(f.column[0], expected[i].file) == 0)
				pairs += known = check_pair(&f, &expected[i]);
		}
		for (size_t i = 0; i < COUNT(surfaces); i++) {
			if (strcmp(f.column[0], surfaces[i].file) != 0)
				continue;
			check_surface(&f, i);
			known = true;
			readings++;
		}
		if (!known)
			fail_msg("%s has no expectation", f.column[0]);
	}
	assert_int_equal(pairs, COUNT(expected));
	assert_int_equal(readings, COUNT(surfaces));
	buf_free(&f.body);
	fclose(index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
