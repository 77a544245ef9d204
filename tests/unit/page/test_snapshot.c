/* The filter digest, snapshot ids, and the row byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "page/page.h"

#include <string.h>

#define HEX64(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c

static void
test_filter(void **state)
{
	static const char *const ab[] = {"a", "b"}, *const joined[] = {"ab"};
	static const char text[] =
	    "{\"must_contain\":[\"a\",\"b\"],\"normaliser\":1,\"pointer\":\"/"
	    "data\"}";
	const struct source table[] = {
	    {.must_contain = {ab, 2}, .pointer = "/data"},
	    {.must_contain = {ab, 1}, .pointer = "/data"},
	    {.must_contain = {joined, 1}, .pointer = "/data"},
	    {.must_contain = {ab, 2}, .pointer = ""},
	    {.pointer = ""},
	};
	const size_t n = sizeof(table) / sizeof(table[0]);
	struct digest digests[sizeof(table) / sizeof(table[0])];
	struct digest expected = digest_sha256(text, strlen(text));

	for (size_t i = 0; i < n; i++) {
		digests[i] = page_filter_digest(&table[i]);
		for (size_t k = 0; k < i; k++)
			assert_false(digest_equal(&digests[i], &digests[k]));
	}
	/* what a filter is, is written down for good */
	assert_true(digest_equal(&digests[0], &expected));
}

static void
test_filter_ignores_the_rest(void **state)
{
	struct source a = {.pointer = "", .url = "https://a/", .name = "a"};
	struct source b = {.pointer = "", .url = "https://b/", .name = "b"};
	struct digest da = page_filter_digest(&a), db = page_filter_digest(&b);

	assert_true(digest_equal(&da, &db));
}

static struct check_source
sample(const struct digest *text, const struct digest *previous,
       const struct digest *filter)
{
	return (struct check_source){
	    .source = "cometapi-pricing",
	    .url = "https://docs.example.com/pricing.md",
	    .final_url = "https://docs.example.com/pricing.md?v=2",
	    .http_status = 200,
	    .outcome = PAGE_CHANGED,
	    .text = text,
	    .previous = previous,
	    .filter = filter,
	    .title = "Pricing \"2026\"",
	    .text_bytes = 381,
	    .trigger = "schedule",
	    .slot = {INT64_C(1783056000) * USEC_PER_SEC},
	    .read_at = {INT64_C(1783056002) * USEC_PER_SEC},
	};
}

static void
check_body(const struct check_source *source, const char *expected)
{
	struct buf b = {0};

	assert_int_equal(check_source_body(&b, source), 0);
	assert_string_equal(buf_text(&b), expected);
	assert_int_equal(json_check(b.data, b.len, &JSON_LEDGER_LIMITS, NULL),
			 0);
	buf_free(&b);
}

static void
test_body(void **state)
{
	struct digest text, previous, filter;
	struct check_source good;

	memset(&text, 0xaa, sizeof(text));
	memset(&previous, 0xbb, sizeof(previous));
	memset(&filter, 0xcc, sizeof(filter));
	good = sample(&text, &previous, &filter);
	check_body(
	    &good,
	    "{\"filter_sha256\":\"" HEX64(
		"cc") "\",\"final_url\":\"https://docs.example.com/pricing.md?v=2\","
		      "\"http_status\":200,\"normaliser\":1,\"outcome\":\"changed\","
		      "\"previous_sha256\":\"" HEX64(
			  "bb") "\",\"read\":true,\"read_at\":\"2026-07-03T05:20:02Z\","
				"\"slot\":\"2026-07-03T05:20:00Z\",\"snapshot\":\"aaaaaaaaaaaa\","
				"\"source\":\"cometapi-pricing\",\"text_bytes\":381,"
				"\"text_sha256\":\"" HEX64(
				    "aa") "\",\"title\":\"Pricing \\\"2026\\\"\",\"trigger\":\"schedule\","
					  "\"url\":\"https://docs.example.com/pricing.md\"}");
}

/* What was seen of a bad page is told, but it is neither read nor a
 * snapshot. */
static void
test_body_of_bad_reads(void **state)
{
	struct digest text, filter;
	struct check_source suspect, gone;

	memset(&text, 0xaa, sizeof(text));
	memset(&filter, 0xcc, sizeof(filter));
	suspect = sample(&text, NULL, &filter);
	suspect.outcome = PAGE_SUSPECT;
	suspect.title = "";
	check_body(
	    &suspect,
	    "{\"filter_sha256\":\"" HEX64(
		"cc") "\",\"final_url\":\"https://docs.example.com/pricing.md?v=2\","
		      "\"http_status\":200,\"normaliser\":1,\"outcome\":\"suspect\","
		      "\"previous_sha256\":null,\"read\":false,"
		      "\"read_at\":\"2026-07-03T05:20:02Z\","
		      "\"slot\":\"2026-07-03T05:20:00Z\",\"snapshot\":null,"
		      "\"source\":\"cometapi-pricing\",\"text_bytes\":381,"
		      "\"text_sha256\":\"" HEX64(
			  "aa") "\",\"title\":\"\",\"trigger\":\"schedule\","
				"\"url\":\"https://docs.example.com/pricing.md\"}");

	gone = sample(NULL, NULL, &filter);
	gone.outcome = PAGE_GONE;
	gone.http_status = 404;
	gone.final_url = "";
	gone.title = "";
	gone.text_bytes = 0;
	check_body(
	    &gone,
	    "{\"filter_sha256\":\"" HEX64(
		"cc") "\",\"final_url\":\"\",\"http_status\":404,\"normaliser\":1,"
		      "\"outcome\":\"gone\",\"previous_sha256\":null,\"read\":false,"
		      "\"read_at\":\"2026-07-03T05:20:02Z\","
		      "\"slot\":\"2026-07-03T05:20:00Z\",\"snapshot\":null,"
		      "\"source\":\"cometapi-pricing\",\"text_bytes\":0,"
		      "\"text_sha256\":null,\"title\":\"\",\"trigger\":\"schedule\","
		      "\"url\":\"https://docs.example.com/pricing.md\"}");
}

static void
test_body_refuses_broken_text(void **state)
{
	struct digest filter = {{0}};
	struct check_source source = sample(NULL, NULL, &filter);
	struct buf b = {0};

	source.title = "\xff";
	assert_int_equal(check_source_body(&b, &source), ERR_INVALID);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_filter_ignores_the_rest),
	    cmocka_unit_test(test_body),
	    cmocka_unit_test(test_body_of_bad_reads),
	    cmocka_unit_test(test_body_refuses_broken_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
