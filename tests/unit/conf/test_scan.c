/* What libconfig would misread, and syntax errors: each with its place, and
 * the rest of the file still checked where it can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "tests/unit/conf/fixture.h"

#include <stdlib.h>
#include <string.h>

/* One error, at a line, with these words. */
struct trap {
	const char *text;
	int line;
	const char *key;
	const char *what;
	const char *hint;
};

static const struct trap traps[] = {
    {"workloads = ( { label = \"a\"; gateway = \"g\"; model = \"m\";\n"
     "max_tokens_per_day = 9000000000; } );",
     2, "max_tokens_per_day", "more than 9 digits", "write L"},
    {"defaults = {\n max_tokens_per_day = 1234567890123456789012L; };", 2,
     "max_tokens_per_day", "more than 9 digits", "no number here"},
    {"defaults = {\n\n max_requests_per_day = 0x10; };", 3,
     "max_requests_per_day", "hexadecimal", "decimal"},
    {"defaults = { max_requests_per_day = 010; };", 1, "max_requests_per_day",
     "leading zeros", "without"},
    {"defaults = { max_requests_per_day = 07; };", 1, "max_requests_per_day",
     "leading zeros", ""},
    {"defaults = { max_requests_per_day = -007; };", 1, "max_requests_per_day",
     "leading zeros", ""},
    {"defaults = { max_requests_per_day = 6.0; };", 1, "max_requests_per_day",
     "floating-point", "whole"},
    {"defaults = { max_requests_per_day = 1e3; };", 1, "max_requests_per_day",
     "floating-point", ""},
    {"defaults = { max_requests_per_day = .5; };", 1, "max_requests_per_day",
     "floating-point", ""},
    {"defaults = { jitter = 5m; };", 1, "jitter", "not a number",
     "double quotes"},
    {"@include \"other.conf\"\ndefaults = { jitter = \"5m\"; };", 1, "",
     "@include", "conf.d"},
    {"# @include \"x\"\n  @include_dir \"/etc\"\n", 2, "", "@include", ""},
    {"owners = ( { group = \"a\"; },\n\n );", 1, "owners",
     "a comma after the last element", "take it out"},
    {"defaults = { review_days = [ \"mon\",\n \"tue\",\n ]; };", 2,
     "review_days", "a comma after the last element", ""},
    {"defaults = { review_days = [ \"mon\", // x\n /* y */ ]; };", 1,
     "review_days", "a comma after the last element", ""},
    {"defaults = { model = \"a\\x00b\"; };", 1, "model", "\\x00", ""},
    /* one syntax error ends the file */
    {"defaults = {\n model = gpt; jitter = 5; };", 2, "",
     "a word without quotes", "double quotes"},
    {"defaults = {\n model = \"gpt;\n };\n", 2, "", "never closed", "close"},
    {"/* \n\n", 1, "", "a comment that is never closed", ""},
    {"owners = ( { group = \"a\";\n );", 2, "",
     "')' where '{' of line 1 is to be closed by '}'", ""},
    {"\nowners = ( { group = \"a\"; }", 2, "", "a bracket", "close it"},
    {"};", 1, "", "'}' closes nothing", ""},
    {"a = ((((((((((((((((((1))))))))))))))))));", 1, "", "nested", ""},
    {"defaults = { review_days = [ \"mon\"\n \"tue\" ]; };", 2, "",
     "two strings side by side", "comma"},
    {"defaults = { model = \"m\" !; };", 1, "", "a character", ""},
    {"\xef\xbb\xbf# BOM\n", 1, "", "byte order mark", "without it"},
    {"# \xe2\x82\xac\n\xe2\x82\xac\n", 2, "", "a character", ""},
    {"defaults = {\n model = \"\xff\"; };", 2, "", "not UTF-8", ""},
    {"defaults = { model \"m\"; };", 1, "", "syntax error", "name = value"},
    {"defaults = { model = ; };", 1, "", "syntax error", ""},
    {"defaults = { model = \"a\";\n\n model = \"b\"; };", 3, "model",
     "has this key at t.conf:1 already", "one of them"},
    {"\nroles = ();\nroles = ( { nme = \"a\"; } );", 3, "roles",
     "at t.conf:2 already", ""},
    {"owners = ( { group = \"a\"; },\n{ group = \"b\";\ngroup = 7 } );", 3,
     "group", "at t.conf:2 already", ""},
    {"defaults = { review_days = [ \"mon\", 1 ]; };", 1, "", "different types",
     "( )"},
};

static void
test_traps(void **state)
{
	for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
		const struct trap *t = &traps[i];
		struct loaded l;

		load_text(&l, t->text);
		expect_message(&l, CONF_ERROR, "t.conf", t->line, t->key,
			       t->what, t->hint);
		/* the trap alone, not what the blanked value would be */
		assert_int_equal(l.report.n_errors, 1);
		loaded_free(&l);
	}
}

static const char *const fine[] = {
    "",
    "\n\n",
    "# 0x10 1e5 010 9999999999 @include ,)\n",
    "// 0x10, )\n/* 1.5 ( \" */",
    "defaults = { application = \"0x10 010 1.5 @include [1,] /* // #\"; };",
    "defaults = { application = \"a \\\" 99999999999 \\\\\"; };",
    "defaults = { max_tokens_per_day = 99999999; };",
    "defaults = { max_tokens_per_day = 10000000L; };",
    "defaults = { require_clock_sync = TRUE; allow_attestation = false };",
    "defaults : { model : \"m\" };",
    "defaults = { model = \"m\", application = \"a\", };",
    "owners = (); gateways = ();",
    "defaults = { account_surface_note = \"one \"\n \"text\"; };",
    "owners = ( { group = \"a\"; }, { group = \"b\"; } );",
};

static void
test_what_is_no_trap(void **state)
{
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		struct loaded l;

		load_text(&l, fine[i]);
		expect_counts(&l, 0, 0);
		loaded_free(&l);
	}
}

/* Traps do not hide what else is wrong in the file. */
static void
test_traps_go_on(void **state)
{
	static const char text[] =
	    "defaults = { max_requests_per_day = 0x10;\n"
	    "  jiter = \"5m\"; };\n"
	    "@include \"x\"\n"
	    "owners = ( { group = \"a\"; mode = \"both\"; },\n"
	    "  { group = 7; }, );\n";
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 6, 0);
	expect_message(&l, CONF_ERROR, "t.conf", 1, "max_requests_per_day",
		       "hexadecimal", "");
	expect_message(&l, CONF_ERROR, "t.conf", 2, "defaults.jiter",
		       "unknown key", "\"jitter\"");
	expect_message(&l, CONF_ERROR, "t.conf", 3, "", "@include", "");
	expect_message(&l, CONF_ERROR, "t.conf", 4, "owners.a.mode",
		       "is not known", "showback, chargeback");
	expect_message(&l, CONF_ERROR, "t.conf", 5, "owners[1].group",
		       "must be", "");
	expect_message(&l, CONF_ERROR, "t.conf", 5, "owners", "a comma", "");
	loaded_free(&l);
}

/* A key that stands twice: its second value is left out, whatever it is, and
 * all that follows keeps its line. */
static void
test_keys_twice(void **state)
{
	static const char text[] =
	    "defaults = { model = \"a\"; jitter = \"1m\";\n"
	    "  model = [ \"x\",\n"
	    "    \"y\" ] model : 7, jitter = { a = 1; a = 2;\n"
	    "  }; review_days = [ \"mon\",\n"
	    "    \"tues\" ]; jitter = \"2m\" };\n"
	    "owners = ( { group = \"a\";\n"
	    "  group = \"b\" }, { grup = \"c\"; } );\n";
	struct loaded l;

	load_text(&l, text);
	expect_message(&l, CONF_ERROR, "t.conf", 2, "model", "t.conf:1", "");
	expect_message(&l, CONF_ERROR, "t.conf", 3, "model", "t.conf:1", "");
	expect_message(&l, CONF_ERROR, "t.conf", 3, "jitter", "t.conf:1", "");
	expect_message(&l, CONF_ERROR, "t.conf", 3, "a", "t.conf:3", "");
	expect_message(&l, CONF_ERROR, "t.conf", 5, "review_days",
		       "\"tues\" is not known", "");
	expect_message(&l, CONF_ERROR, "t.conf", 5, "jitter", "t.conf:1", "");
	expect_message(&l, CONF_ERROR, "t.conf", 7, "group", "t.conf:6", "");
	expect_message(&l, CONF_ERROR, "t.conf", 7, "owners[1].grup",
		       "unknown key", "");
	expect_message(&l, CONF_ERROR, "t.conf", 7, "owners[1].group",
		       "required", "");
	expect_counts(&l, 9, 0);
	loaded_free(&l);
}

/* One syntax error per file, and the other files in full; what a broken file
 * may hold is not called missing. */
static void
test_syntax_error_per_file(void **state)
{
	const struct file files[] = {
	    {"a.conf", "owners = ( { group = \"a\"; ;;\n } );\n@include"},
	    {"b.conf", "workloads = ( { label = \"w\"; owner_group = \"a\";\n"
		       "  use = \"t\"; modle = \"m\"; } );"},
	    {"c.conf", "roles = [ 1, ];\nx = \"\n"},
	};
	struct loaded l;

	load_files(&l, files, 3);
	expect_message(&l, CONF_ERROR, "a.conf", 1, "", "syntax error", "");
	expect_message(&l, CONF_ERROR, "a.conf", 3, "", "@include", "");
	expect_message(&l, CONF_ERROR, "b.conf", 2, "workloads.w.modle",
		       "unknown key", "\"model\"");
	expect_message(&l, CONF_ERROR, "c.conf", 1, "roles", "a comma", "");
	expect_message(&l, CONF_ERROR, "c.conf", 2, "", "never closed", "");
	expect_counts(&l, 5, 0);
	loaded_free(&l);
}

/* Strings in lists over several lines keep their own lines. */
static void
test_lines_of_elements(void **state)
{
	static const char text[] = "defaults = {\n"
				   "  review_days = [ \"mon\",\n"
				   "    \"tues\"\n"
				   "    ,\n"
				   "    \"frei\"\n"
				   "  ];\n"
				   "  application =\n"
				   "    \"\";\n"
				   "  sources = ( \"UP\"\n"
				   "  ); };\n";
	struct loaded l;

	load_text(&l, text);
	expect_counts(&l, 3, 0);
	expect_message(&l, CONF_ERROR, "t.conf", 3, "review_days",
		       "\"tues\" is not known", "\"tue\"");
	expect_message(&l, CONF_ERROR, "t.conf", 5, "review_days",
		       "\"frei\" is not known", "\"fri\"");
	expect_message(&l, CONF_ERROR, "t.conf", 9, "sources", "not a label",
		       "");
	loaded_free(&l);
}

/* Many on one line are told once. */
static void
test_traps_of_one_line(void **state)
{
	struct buf text = {0};
	struct loaded l;

	buf_puts(&text, "defaults = { review_days = [ 1.5");
	for (int i = 0; i < 10000; i++)
		buf_puts(&text, ",1.5");
	buf_puts(&text, " ]; };\n");
	load_text(&l, buf_text(&text));
	expect_message(&l, CONF_ERROR, "t.conf", 1, "review_days",
		       "floating-point", "");
	expect_counts(&l, 1, 0);
	loaded_free(&l);
	buf_free(&text);
}

static void
put_keys(struct buf *text, int n)
{
	for (int i = 0; i < n; i++)
		buf_printf(text, "key_%d = 1;\n", i);
}

/* A group of more keys than any section knows ends its file, at the first
 * that is too many; each group has its own count. */
static void
test_countless_keys(void **state)
{
	enum { MAX = 1000 };
	struct buf most = {0}, over = {0};
	struct file files[] = {{"most.conf", NULL},
			       {"over.conf", NULL},
			       {"next.conf", "nonsense = 1;\n"}};
	struct loaded l;

	put_keys(&most, MAX - 1);
	buf_puts(&most, "defaults = {\n");
	put_keys(&most, MAX);
	buf_puts(&most, "};\n");
	put_keys(&over, 190000);
	files[0].text = buf_text(&most);
	files[1].text = buf_text(&over);
	load_files(&l, files, 3);
	expect_message(&l, CONF_ERROR, "most.conf", 2 * MAX, "key_999",
		       "unknown key", "");
	expect_message(&l, CONF_ERROR, "over.conf", MAX + 1, "",
		       "more than 1000 keys in one group",
		       "is this a file of evidenced?");
	expect_message(&l, CONF_ERROR, "next.conf", 1, "nonsense",
		       "unknown section", "");
	expect_counts(&l, MAX - 1 + MAX + 1 + 1, 0);
	loaded_free(&l);
	buf_free(&most);
	buf_free(&over);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_traps),
	    cmocka_unit_test(test_what_is_no_trap),
	    cmocka_unit_test(test_traps_go_on),
	    cmocka_unit_test(test_keys_twice),
	    cmocka_unit_test(test_syntax_error_per_file),
	    cmocka_unit_test(test_lines_of_elements),
	    cmocka_unit_test(test_traps_of_one_line),
	    cmocka_unit_test(test_countless_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
