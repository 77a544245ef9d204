/* Strings of YAML that no parser takes for anything else. */
#include "report/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
quoting(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
	    {"", "\"\""},
	    {"yes", "\"yes\""},
	    {"2026-07-03", "\"2026-07-03\""},
	    {"~", "\"~\""},
	    {"a: b # c", "\"a: b # c\""},
	    {" \"q\" \\n ", "\" \\\"q\\\" \\\\n \""},
	    {"a\tb\nc\r", "\"a\\u0009b\\u000ac\\u000d\""},
	    {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
	    {"\xc2\x80\xc2\x85\xc2\x9f\xc2\xa0",
	     "\"\\u0080\\u0085\\u009f\xc2\xa0\""},
	    {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa",
	     "\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaa\""},
	    {"\xef\xbb\xbf\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf",
	     "\"\\ufeff\xef\xbf\xbd\\ufffe\\uffff\""},
	    {"\xc3\xa4\xf0\x9f\x98\x80", "\"\xc3\xa4\xf0\x9f\x98\x80\""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};

		yaml_quote(&out, rows[i].from);
		assert_string_equal(buf_text(&out), rows[i].to);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quoting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
