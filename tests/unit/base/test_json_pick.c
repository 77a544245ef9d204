/* Members of canonical text: found, absent, of another type; and texts that
 * end anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json_pick.h"

#include <stdlib.h>
#include <string.h>

enum { A, AB, M, Z, NAMES };

static const char *const names[NAMES] = {"a", "ab", "m", "z"};

/* Of its own, so that a sanitizer sees a step beyond its end. */
static bool
pick(const char *text, size_t len, struct json_slice ret[NAMES])
{
	static char *kept;

	free(kept);
	kept = malloc(len + (len == 0));
	memcpy(kept, text, len);
	return json_pick(kept, len, names, NAMES, ret);
}

static void
each_member(void **state)
{
	static const struct {
		const char *text;
		const char *found[NAMES];
	} rows[] = {
	    {"{}", {NULL}},
	    {"{\"a\":1}", {"1"}},
	    {"{\"a\":\"x\",\"ab\":null,\"m\":[1,{\"z\":2}],\"z\":{}}",
	     {"\"x\"", "null", "[1,{\"z\":2}]", "{}"}},
	    {"{\"aa\":1,\"ab\":2,\"abc\":3,\"y\":4,\"z\":-5,\"zz\":6}",
	     {NULL, "2", NULL, "-5"}},
	    {"{\"A\":1,\"z\":true}", {NULL, NULL, NULL, "true"}},
	    {"{\"a\":\"}\\\"]\\\\\",\"m\":\",\\\"z\\\":1\",\"z\":2}",
	     {"\"}\\\"]\\\\\"", NULL, "\",\\\"z\\\":1\"", "2"}},
	    {"{\"b\":[\"]\",\"}\"],\"m\":\"\xc3\xa4\x7f\"}",
	     {NULL, NULL, "\"\xc3\xa4\x7f\"", NULL}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_slice found[NAMES];

		assert_true(pick(rows[i].text, strlen(rows[i].text), found));
		for (int n = 0; n < NAMES; n++) {
			const char *wanted = rows[i].found[n];

			if (wanted == NULL) {
				assert_null(found[n].at);
				continue;
			}
			assert_non_null(found[n].at);
			assert_int_equal(found[n].len, strlen(wanted));
			assert_memory_equal(found[n].at, wanted, found[n].len);
		}
	}
}

/* Whatever breaks the form gives nothing. */
static void
broken_forms(void **state)
{
	static const char whole[] =
	    "{\"a\":[\"x\\\"\",{\"b\":[]}],\"m\":\"y\\\\\",\"z\":-12}";
	static const char *const texts[] = {
	    "",
	    "{",
	    "[1]",
	    "{\"a\":1}}",
	    "{\"a\":1},",
	    "{\"a\":1,}",
	    "{\"a\"}",
	    "{a:1}",
	    "{\"a\":\"\\n\"}",
	    "{\"a\":\"\n\"}",
	    "{\"a\":\"x}",
	    "{\"a\":[}",
	};
	struct json_slice found[NAMES];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(pick(texts[i], strlen(texts[i]), found));
	for (size_t len = 0; len < strlen(whole); len++) {
		assert_false(pick(whole, len, found));
		assert_null(found[A].at);
	}
	assert_true(pick(whole, strlen(whole), found));
}

static struct json_slice
slice(const char *text)
{
	return (struct json_slice){text, strlen(text)};
}

static void
strings(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		const char *out;
	} rows[] = {
	    {"\"\"", true, ""},
	    {"\"abc\"", true, "abc"},
	    {"\"\\\"\\\\\"", true, "\"\\"},
	    {"\"abcd\"", false, ""},
	    {"12", false, ""},
	    {"null", false, ""},
	    {"[\"a\"]", false, ""},
	};
	struct json_slice s = {0};
	char out[4];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s = slice(rows[i].text);
		assert_int_equal(json_slice_string(&s, out, sizeof(out)),
				 rows[i].ok);
		assert_string_equal(out, rows[i].out);
	}
	s = (struct json_slice){0};
	assert_false(json_slice_string(&s, out, sizeof(out)));
	assert_false(json_slice_is(&s, ""));
	s = slice("\"abc\"");
	assert_true(json_slice_is(&s, "abc"));
	assert_false(json_slice_is(&s, "ab"));
	assert_false(json_slice_is(&s, "abcd"));
	s = slice("abc");
	assert_false(json_slice_is(&s, "b"));
}

static void
elements(void **state)
{
	static const struct {
		const char *text;
		const char *found[4];
	} rows[] = {
	    {"[]", {NULL}},
	    {"[1]", {"1"}},
	    {"[\"a\",\"b,]\",[2,[3]]]", {"\"a\"", "\"b,]\"", "[2,[3]]"}},
	    {"[{\"a\":[]},null]", {"{\"a\":[]}", "null"}},
	    {"[\"\\\"x\"]", {"\"\\\"x\""}},
	    {"[1,]", {"1"}},
	    {"[1", {NULL}},
	    {"{}", {NULL}},
	    {"\"[1]\"", {NULL}},
	    {"", {NULL}},
	};
	struct json_slice none = {0}, element;
	size_t at = 0;

	assert_false(json_slice_next(&none, &at, &element));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_slice s = slice(rows[i].text);
		const char *const *wanted = rows[i].found;

		at = 0;
		for (; json_slice_next(&s, &at, &element); wanted++) {
			assert_non_null(*wanted);
			assert_int_equal(element.len, strlen(*wanted));
			assert_memory_equal(element.at, *wanted, element.len);
		}
		assert_null(*wanted);
	}
}

static void
integers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} rows[] = {
	    {"0", true, 0},
	    {"-1", true, -1},
	    {"9007199254740991", true, 9007199254740991},
	    {"-9007199254740991", true, -9007199254740991},
	    {"90071992547409910", false, 0},
	    {"-", false, 0},
	    {"\"1\"", false, 0},
	    {"null", false, 0},
	    {"[1]", false, 0},
	};
	struct json_slice none = {0};
	int64_t value;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_slice s = slice(rows[i].text);

		assert_int_equal(json_slice_int(&s, &value), rows[i].ok);
		if (rows[i].ok)
			assert_true(value == rows[i].value);
	}
	assert_false(json_slice_int(&none, &value));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_member), cmocka_unit_test(broken_forms),
	    cmocka_unit_test(strings),	   cmocka_unit_test(elements),
	    cmocka_unit_test(integers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
