/* The texts of pages over a month: seen, attested, approved, taken back. */
#include "report/snapshots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct snapshots s;
static int32_t first;

static int
set_up(void **state)
{
	assert_int_equal(day_parse("2026-07-01", &first), 0);
	snapshots_init(&s, first, 31);
	return 0;
}

static int
tear_down(void **state)
{
	snapshots_free(&s);
	return 0;
}

static void
apply(uint64_t seq, const char *at, const char *kind, const char *body)
{
	struct row row = {
	    .seq = seq, .kind = kind, .body = body, .body_len = strlen(body)};

	assert_int_equal(wall_parse(at, &row.at), 0);
	assert_int_equal(snapshots_apply(&s, &row), 0);
}

/* One digit stands for a text. */
static void
put(uint64_t seq, const char *at, const char *kind, const char *outcome,
    char text)
{
	char body[512], hex[DIGEST_HEX_LEN + 1] = {0};

	memset(hex, text, DIGEST_HEX_LEN);
	snprintf(body, sizeof(body),
		 "{\"outcome\":\"%s\",\"role\":\"pricing-owner\",\"source\":"
		 "\"p\",\"text_sha256\":\"%s\"}",
		 outcome, hex);
	apply(seq, at, kind, body);
}

static void
seen_by_days(void **state)
{
	struct snapshot_seen seen;

	put(1, "2026-06-30T05:00:00Z", "check.source", "new", 'a');
	put(2, "2026-06-30T08:00:00Z", "source.approved", "", 'a');
	put(3, "2026-07-02T05:00:00Z", "check.source", "unchanged", 'a');
	put(4, "2026-07-04T05:00:00Z", "check.source", "changed", 'b');
	put(5, "2026-07-05T05:00:00Z", "check.source", "blocked", 'b');
	put(6, "2026-07-05T09:00:00Z", "attest.source", "", 'b');
	put(7, "2026-07-09T05:00:00Z", "check.source", "changed", 'a');
	put(8, "2026-08-01T05:00:00Z", "check.source", "changed", 'c');
	assert_int_equal(s.n, 3);
	seen = snapshot_seen(&s, &s.all[0]);
	assert_int_equal(seen.first, first + 1);
	assert_int_equal(seen.last, first + 8);
	assert_true(seen.by_evidenced);
	assert_false(seen.by_person);
	assert_true(s.all[0].approved);
	assert_int_equal(s.all[0].approved_seq, 2);
	assert_string_equal(s.all[0].approved_role, "pricing-owner");
	seen = snapshot_seen(&s, &s.all[1]);
	assert_int_equal(seen.first, first + 3);
	assert_int_equal(seen.last, first + 4);
	assert_true(seen.by_evidenced);
	assert_true(seen.by_person);
	assert_false(s.all[1].approved);
	seen = snapshot_seen(&s, &s.all[2]);
	assert_int_equal(seen.first, INT32_MAX);
}

static void
taken_back(void **state)
{
	struct snapshot_seen seen;

	put(1, "2026-07-05T09:00:00Z", "attest.source", "", 'a');
	put(2, "2026-07-05T10:00:00Z", "source.approved", "", 'a');
	put(3, "2026-07-06T09:00:00Z", "attest.source", "", 'a');
	apply(4, "2026-07-06T10:00:00Z", "correction",
	      "{\"corrects\":{\"kind\":\"attest.source\",\"seq\":3}}");
	seen = snapshot_seen(&s, &s.all[0]);
	assert_int_equal(seen.last, first + 4);
	assert_true(s.all[0].approved);
	apply(5, "2026-07-06T10:00:00Z", "correction",
	      "{\"corrects\":{\"kind\":\"source.approved\",\"seq\":2}}");
	assert_false(s.all[0].approved);
	put(6, "2026-07-07T10:00:00Z", "source.approved", "", 'a');
	assert_int_equal(s.all[0].approved_seq, 6);
	assert_true(s.all[0].approved);
}

/* What cannot be read names nothing. */
static void
not_of_this_form(void **state)
{
	apply(1, "2026-07-05T09:00:00Z", "check.source", "{");
	apply(2, "2026-07-05T09:00:00Z", "check.source", "{}");
	apply(3, "2026-07-05T09:00:00Z", "check.source",
	      "{\"outcome\":\"new\",\"source\":\"p\",\"text_sha256\":null}");
	apply(4, "2026-07-05T09:00:00Z", "correction", "{\"corrects\":\"3\"}");
	assert_int_equal(s.n, 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(seen_by_days),
	    TEST(taken_back),
	    TEST(not_of_this_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
