/* When which configuration was in force, and what a span makes of it. */
#include "report/loadings.h"
#include "report/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct loadings loadings;

static int32_t
day(const char *text)
{
	int32_t ret;

	assert_int_equal(day_parse(text, &ret), 0);
	return ret;
}

static int
tear_down(void **state)
{
	loadings_free(&loadings);
	return 0;
}

static void
apply(const char *at, const char *kind, const char *body)
{
	struct row row = {.kind = kind, .body = body, .body_len = strlen(body)};

	assert_int_equal(wall_parse(at, &row.at), 0);
	assert_int_equal(loadings_apply(&loadings, &row), 0);
}

static void
load(const char *at, const char *text)
{
	struct digest digest = digest_sha256(text, strlen(text));
	char hex[DIGEST_HEX_LEN + 1], body[128];

	snprintf(body, sizeof(body), "{\"digest\":\"%s\",\"workloads\":1}",
		 digest_hex(&digest, hex));
	apply(at, "config.loaded", body);
}

static void
assert_days(size_t i, int32_t first, int32_t last)
{
	int32_t got_first, got_last;

	loadings_days(&loadings, i, &got_first, &got_last);
	assert_int_equal(got_first, first);
	assert_int_equal(got_last, last);
}

static void
from_row_to_row(void **state)
{
	assert_int_equal(loadings_begin(&loadings), INT32_MAX);
	load("2026-07-02T15:00:00Z", "one");
	apply("2026-07-02T16:00:00Z", "daemon.started", "{}");
	load("2026-07-04T08:00:00Z", "two");
	assert_int_equal(loadings.n, 2);
	assert_days(0, day("2026-07-02"), day("2026-07-04"));
	assert_days(1, day("2026-07-04"), INT32_MAX);
	assert_int_equal(loadings_begin(&loadings), INT32_MIN);
	/* what stood before is let go: the day of the first is half known */
	apply("2026-08-01T00:00:00Z", "ledger.prune", "{\"to\":7}");
	assert_int_equal(loadings_begin(&loadings), day("2026-07-03"));
}

static void
a_clock_that_goes_back(void **state)
{
	load("2026-07-09T15:00:00Z", "one");
	load("2026-07-04T08:00:00Z", "two");
	load("2026-07-05T08:00:00Z", "three");
	assert_days(0, day("2026-07-04"), day("2026-07-09"));
	assert_days(1, day("2026-07-04"), day("2026-07-05"));
}

/* A row of another form leaves its time unknown, not to the one before. */
static void
a_row_of_another_form(void **state)
{
	static const struct digest none;

	load("2026-07-02T15:00:00Z", "one");
	apply("2026-07-04T08:00:00Z", "config.loaded", "{\"digest\":7}");
	assert_days(0, day("2026-07-02"), day("2026-07-04"));
	assert_true(digest_equal(&loadings.all[1].digest, &none));
}

/* ---- in a span of five days ---- */

static const struct loaded {
	int first, last;  /* days of July; 0: before, 99: after all */
	const char *text; /* NULL: not kept */
} told[] = {
    {0, 2, "{\"workloads\":[{\"label\":\"a\"},{\"label\":\"b\"}]}"},
    {2, 3,
     "{\"workloads\":[{\"label\":\"a\",\"model\":\"m, \\\"]}\"},"
     "{\"label\":\"c\"}]}"},
    {3, 4, NULL},
    {4, 5, "{}"},
    {5, 99, "{\"workloads\":[{\"label\":\"d\",\"owner_group\":\"o\"}]}"},
};

static void
fill(struct span *s)
{
	struct row row = {.at = wall_day_start(day("2026-06-01"))};
	struct digest digest = digest_sha256("", 0);

	span_init(s, day("2026-07-01"), 5);
	span_begin(s, &row);
	span_load_from(s, INT32_MIN);
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		const struct loaded *t = &told[i];

		assert_int_equal(
		    span_load(s, s->first + t->first - 1,
			      s->first + t->last - 1, &digest, t->text,
			      t->text == NULL ? 0 : strlen(t->text)),
		    0);
	}
	assert_int_equal(span_expect(s, "d"), 0);
	assert_int_equal(span_expect(s, "e"), 0);
	assert_int_equal(span_end(s), 0);
}

/* "x" on a day on which it was configured. */
static void
assert_configured(const struct span *s, const char *label, const char *wanted)
{
	const struct span_workload *w = span_workload(s, label);
	char got[6] = "";

	assert_non_null(w);
	for (int i = 0; i < s->n_days; i++)
		got[i] = span_was_configured(s, w, i) ? 'x' : '-';
	assert_string_equal(got, wanted);
}

static void
days_of_a_workload(void **state)
{
	struct span s;

	fill(&s);
	assert_configured(&s, "a", "xx---");
	assert_configured(&s, "b", "xx---");
	assert_configured(&s, "c", "-x---");
	/* the text of the third and fourth day is lost: as it is now */
	assert_false(span_is_known(&s, 2));
	assert_false(span_is_known(&s, 3));
	assert_true(span_is_known(&s, 4));
	assert_configured(&s, "d", "--xxx");
	assert_configured(&s, "e", "--xx-");
	assert_true(span_workload(&s, "a")->seen_before);
	assert_false(span_workload(&s, "c")->seen_before);
	assert_null(span_workload(&s, "a")->as_configured);
	assert_string_equal(span_workload(&s, "d")->as_configured,
			    "{\"label\":\"d\",\"owner_group\":\"o\"}");
	assert_true(s.in_force_kept);
	span_free(&s);
}

/* Nobody asks for what is proven not to have been there, and was expected. */
static void
not_there_at_all(void **state)
{
	static const char text[] = "{\"workloads\":[{\"label\":\"a\"}]}";
	struct digest digest = digest_sha256(text, sizeof(text) - 1);
	struct row row = {.at = wall_day_start(day("2026-07-02"))};
	struct span s;

	span_init(&s, day("2026-07-01"), 5);
	span_begin(&s, &row);
	span_load_from(&s, INT32_MIN);
	assert_int_equal(span_load(&s, day("2026-07-02"), INT32_MAX, &digest,
				   text, sizeof(text) - 1),
			 0);
	assert_int_equal(span_expect(&s, "later"), 0);
	assert_int_equal(span_end(&s), 0);
	assert_null(span_workload(&s, "later"));
	assert_configured(&s, "a", "-xxxx");
	span_free(&s);
	/* before the first row nobody knows */
	span_init(&s, day("2026-06-25"), 5);
	span_begin(&s, &row);
	span_load_from(&s, INT32_MIN);
	assert_int_equal(span_expect(&s, "later"), 0);
	assert_int_equal(span_end(&s), 0);
	assert_configured(&s, "later", "xxxxx");
	span_free(&s);
}

/* What cannot be read proves nothing. */
static void
texts_of_no_use(void **state)
{
	static const char *const texts[] = {
	    "", "{", "[]", "{\"workloads\":[{\"label\":\"A B\"}]}",
	    "{\"workloads\":[{}]}"};
	struct row row = {.at = wall_day_start(day("2026-06-01"))};
	struct digest digest = digest_sha256("", 0);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct span s;

		span_init(&s, day("2026-07-01"), 5);
		span_begin(&s, &row);
		span_load_from(&s, INT32_MIN);
		assert_int_equal(span_load(&s, s.first, s.first + 4, &digest,
					   texts[i], strlen(texts[i])),
				 0);
		assert_false(span_is_known(&s, 0));
		assert_true(s.any_in_force);
		assert_false(s.in_force_kept);
		span_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(from_row_to_row, tear_down),
	    cmocka_unit_test_teardown(a_clock_that_goes_back, tear_down),
	    cmocka_unit_test_teardown(a_row_of_another_form, tear_down),
	    cmocka_unit_test(days_of_a_workload),
	    cmocka_unit_test(not_there_at_all),
	    cmocka_unit_test(texts_of_no_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
