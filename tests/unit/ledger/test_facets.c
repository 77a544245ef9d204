/* What a row is about: each field, where it comes from, and bodies that are
 * no canonical JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/facets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct facets
read_body(const char *kind, const char *body, size_t len)
{
	/* Of its own, so that a sanitizer sees a step beyond its end. */
	char *text = malloc(len + (len == 0));
	struct row row = {.at = wall_from_s(1783036801),
			  .kind = kind,
			  .body = text,
			  .body_len = len};
	struct facets f;

	memcpy(text, body, len);
	facets_read(&f, &row);
	free(text);
	return f;
}

static void
each_source(void **state)
{
	static const struct {
		const char *kind, *body;
		const char *day, *workload, *owner, *environment, *check,
		    *decision;
	} rows[] = {
	    {"note", "{}", "2026-07-03", "", "", "", "", ""},
	    {"record",
	     "{\"decision\":\"hold\",\"environment\":\"test\","
	     "\"owner_group\":\"team-a\",\"review_date\":\"2026-06-30\","
	     "\"workload_label\":\"chat\"}",
	     "2026-06-30", "chat", "team-a", "test", "", "hold"},
	    {"record", "{\"review_date\":\"yesterday!\"}", "2026-07-03", "", "",
	     "", "", ""},
	    {"record", "{\"review_date\":\"2026-02-30\"}", "2026-07-03", "", "",
	     "", "", ""},
	    {"check.happy", "{\"check\":\"chat/happy\"}", "2026-07-03", "chat",
	     "", "", "chat/happy", ""},
	    {"check.happy",
	     "{\"check\":\"chat/happy\",\"workload_label\":\"other\"}",
	     "2026-07-03", "other", "", "", "chat/happy", ""},
	    {"note", "{\"workload\":\"a\",\"workload_label\":\"\"}",
	     "2026-07-03", "a", "", "", "", ""},
	    {"note", "{\"workload\":\"a\",\"workload_label\":\"b\"}",
	     "2026-07-03", "b", "", "", "", ""},
	    {"note", "{\"owner\":\"a\",\"owner_group\":\"b\"}", "2026-07-03",
	     "", "b", "", "", ""},
	    {"check.source", "{\"source\":\"pricing\"}", "2026-07-03", "", "",
	     "", "pricing", ""},
	    {"alert.raised", "{\"owner\":\"\"}", "2026-07-03", "",
	     "(unallocated)", "", "", ""},
	    {"alert.resolved", "{\"owner\":\"team-a\"}", "2026-07-03", "",
	     "team-a", "", "", ""},
	    /* escapes, other types, deeper levels */
	    {"note", "{\"owner\":\"a \\\"b\\\" \\\\c\"}", "2026-07-03", "",
	     "a \"b\" \\c", "", "", ""},
	    {"note", "{\"decision\":7,\"owner\":null,\"workload\":[\"a\"]}",
	     "2026-07-03", "", "", "", "", ""},
	    {"note",
	     "{\"a\":{\"owner\":\"x\",\"t\":\"}\\\"]\"},\"b\":[[{}],1],"
	     "\"owner\":\"y\"}",
	     "2026-07-03", "", "y", "", "", ""},
	    /* not canonical */
	    {"note", "", "2026-07-03", "", "", "", "", ""},
	    {"note", "{\"owner\":\"a\"", "2026-07-03", "", "", "", "", ""},
	    {"note", "{\"owner\":\"a\"}}", "2026-07-03", "", "", "", "", ""},
	    {"note", "{\"owner\":\"a\",\"b\":\"\\", "2026-07-03", "", "", "",
	     "", ""},
	    {"note", "{\"owner\":\"a\",}", "2026-07-03", "", "", "", "", ""},
	    {"note", "{\"a\":\"\\n\",\"owner\":\"a\"}", "2026-07-03", "", "",
	     "", "", ""},
	    {"note", "{\"a\":\"\n\",\"owner\":\"a\"}", "2026-07-03", "", "", "",
	     "", ""},
	    {"note", "{ \"owner\":\"a\"}", "2026-07-03", "", "", "", "", ""},
	    {"note", "{\"owner\":\"a\",\"b\":{\"c\":1}", "2026-07-03", "", "",
	     "", "", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct facets f =
		    read_body(rows[i].kind, rows[i].body, strlen(rows[i].body));

		print_message("%s\n", rows[i].body);
		assert_string_equal(f.day, rows[i].day);
		assert_string_equal(f.workload, rows[i].workload);
		assert_string_equal(f.owner, rows[i].owner);
		assert_string_equal(f.environment, rows[i].environment);
		assert_string_equal(f.check, rows[i].check);
		assert_string_equal(f.decision, rows[i].decision);
	}
}

static void
longest_text(void **state)
{
	char body[FACET_MAX + 32], text[FACET_MAX + 2];
	struct facets f;

	for (size_t len = FACET_MAX - 1; len <= FACET_MAX + 1; len++) {
		memset(text, 'x', len);
		text[len] = '\0';
		snprintf(body, sizeof(body), "{\"owner\":\"%s\"}", text);
		f = read_body("note", body, strlen(body));
		assert_string_equal(f.owner, len > FACET_MAX ? "" : text);
	}
}

/* Every piece of a body, cut off anywhere or with a byte changed, is read
 * without a step beyond it. */
static void
any_bytes(void **state)
{
	static const char body[] =
	    "{\"check\":\"a/b\",\"n\":{\"k\":[1,\"\\\\\"]},\"owner\":\"t\","
	    "\"review_date\":\"2026-06-30\",\"workload\":\"w\"}";
	static const char other[] = "\"\\{}[]:,x/";
	char text[sizeof(body)];

	for (size_t len = 0; len < sizeof(body); len++)
		read_body("note", body, len);
	for (size_t i = 0; i < sizeof(body) - 1; i++) {
		for (size_t k = 0; k < sizeof(other) - 1; k++) {
			memcpy(text, body, sizeof(text));
			text[i] = other[k];
			read_body("note", text, sizeof(text) - 1);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_source),
	    cmocka_unit_test(longest_text),
	    cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
