/* UTF-8, cleaning, labels, suggestions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/seed.h"
#include "base/text.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A literal with all its bytes. */
#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *text;
	size_t len;
	bool valid;
} utf8[] = {
    {BYTES(""), true},
    {BYTES("plain"), true},
    {BYTES("\x7f"), true},
    {BYTES("\xc2\x80"), true},
    {BYTES("\xdf\xbf"), true},
    {BYTES("\xe0\xa0\x80"), true},
    {BYTES("\xed\x9f\xbf"), true},
    {BYTES("\xee\x80\x80"), true},
    {BYTES("\xef\xbf\xbf"), true},
    {BYTES("\xf0\x90\x80\x80"), true},
    {BYTES("\xf4\x8f\xbf\xbf"), true},
    {BYTES("a\0b"), false},
    {BYTES("\x80"), false},
    {BYTES("\xbf"), false},
    {BYTES("\xc0\x80"), false},	    /* too long a form */
    {BYTES("\xc1\xbf"), false},	    /* too long a form */
    {BYTES("\xe0\x9f\xbf"), false}, /* too long a form */
    {BYTES("\xf0\x8f\xbf\xbf"), false},
    {BYTES("\xed\xa0\x80"), false}, /* a surrogate */
    {BYTES("\xed\xbf\xbf"), false},
    {BYTES("\xf4\x90\x80\x80"), false}, /* beyond U+10FFFF */
    {BYTES("\xf5\x80\x80\x80"), false},
    {BYTES("\xff"), false},
    {BYTES("\xc3"), false},
    {BYTES("\xe2\x82"), false},
    {BYTES("\xf0\x9f\x94"), false},
    {BYTES("\xc3("), false},
    {BYTES("\xe2\x82("), false},
    {BYTES("\xe2(\xac"), false},
};

static void
test_utf8(void **state)
{
	for (size_t i = 0; i < COUNT(utf8); i++) {
		if (text_is_utf8(utf8[i].text, utf8[i].len) != utf8[i].valid)
			fail_msg("row %zu: \"%s\"", i, utf8[i].text);
	}
}

static void
test_bad_line(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int line;
	} rows[] = {
	    {BYTES("\xff\n"), 1},
	    {BYTES("a\n\xc3\xbc\n\n\xff\n\xff"), 4},
	    {BYTES("a\n\0\n"), 2},
	    {BYTES("a\n\xe2\n\n"), 2},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(text_bad_line(rows[i].text, rows[i].len),
				 rows[i].line);
}

static void
test_next_char(void **state)
{
	static const char text[] = "a\xc3\xa9\xff\xe2\x82\xac\xf0\x9f\x94\x91";
	static const int32_t chars[] = {'a', 0xe9, -1, 0x20ac, 0x1f511};
	static const size_t ends[] = {1, 3, 4, 7, 11};
	size_t at = 0;

	for (size_t i = 0; i < COUNT(chars); i++) {
		assert_int_equal(text_next_char(text, sizeof(text) - 1, &at),
				 chars[i]);
		assert_int_equal(at, ends[i]);
	}
}

static const struct {
	const char *text;
	size_t len;
	size_t max;
	const char *clean;
} cleans[] = {
    {BYTES(""), 9, ""},
    {BYTES("plain"), 9, "plain"},
    {BYTES("  a \t\r\n b  "), 9, "a b"},
    {BYTES("\n\n"), 9, ""},
    {BYTES("a\0b"), 9, "a b"},
    {BYTES("a\x1b[31mb"), 9, "a [31mb"},
    {BYTES("a\x7f"
	   "b"),
     9, "a b"},
    {BYTES("a\xc2\x85"
	   "b\xc2\xa0"
	   "c\xe2\x80\xa8"
	   "d\xe2\x80\xa9"
	   "e"),
     20, "a b c d e"},
    {BYTES("a\xe2\x80\xae"
	   "b \xe2\x81\xa6 c\xe2\x81\xa9"),
     20, "ab c"},
    {BYTES("\xff"), 9, "\xef\xbf\xbd"},
    {BYTES("a\xc3"), 9, "a\xef\xbf\xbd"},
    {BYTES("\xed\xa0\x80"), 9, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {BYTES("abc"), 2, "ab"},
    {BYTES("abc"), 0, ""},
    {BYTES("a\xc3\xa9"), 2, "a"},
    {BYTES("a\xc3\xa9"), 3, "a\xc3\xa9"},
    {BYTES("ab c"), 3, "ab"}, /* no space at the cut end */
    {BYTES("ab c"), 4, "ab c"},
    {BYTES("ab\xff"), 4, "ab"},
    {BYTES("ab\xff"), 5, "ab\xef\xbf\xbd"},
};

static void
test_clean(void **state)
{
	for (size_t i = 0; i < COUNT(cleans); i++) {
		struct buf out = {0};

		buf_puts(&out, "> ");
		text_clean(&out, cleans[i].text, cleans[i].len, cleans[i].max);
		if (strcmp(out.data + 2, cleans[i].clean) != 0)
			fail_msg("row %zu: \"%s\"", i, out.data + 2);
		buf_free(&out);
	}
}

/* Any bytes: the result is valid, within its limit, one line, has no spaces
 * beside one another or at an end, and is clean already. */
static void
test_clean_anything(void **state)
{
	struct seed seed = seed_start();

	for (int i = 0; i < 5000; i++) {
		char bytes[64];
		size_t n = seed_next(&seed, sizeof(bytes) + 1);
		size_t max = seed_next(&seed, 80);
		struct buf out = {0}, again = {0};

		for (size_t k = 0; k < n; k++)
			bytes[k] = (char)seed_next(&seed, 256);
		text_clean(&out, bytes, n, max);
		text_clean(&again, buf_text(&out), out.len, max);
		assert_true(out.len <= max);
		assert_true(text_is_utf8(buf_text(&out), out.len));
		assert_null(strstr(buf_text(&out), "  "));
		assert_null(strpbrk(buf_text(&out), "\r\n\t"));
		assert_true(out.len == 0 || (out.data[0] != ' ' &&
					     out.data[out.len - 1] != ' '));
		assert_string_equal(buf_text(&again), buf_text(&out));
		buf_free(&out);
		buf_free(&again);
	}
}

static void
test_labels(void **state)
{
	static const char *const good[] = {
	    "a",
	    "0",
	    "support-chat",
	    "a-",
	    "a--b",
	    "9lives",
	    "0123456789012345678901234567890123456789"};
	static const char *const bad[] = {
	    "",	   "-a",
	    "A",   "a_b",
	    "a.b", "a b",
	    "a/b", "\xc3\xa9",
	    "a\n", "01234567890123456789012345678901234567890"};

	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(text_is_label(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(text_is_label(bad[i]));
}

static void
test_suggest(void **state)
{
	static const char *const keys[] = {"gateway", "model", "owner_group",
					   "unit_metric", "use"};
	static const struct {
		const char *word, *suggestion;
	} table[] = {
	    {"gatway", "gateway"},
	    {"gatewya", "gateway"},
	    {"modle", "model"},
	    {"Model", "model"},
	    {"owner-group", "owner_group"},
	    {"ownergrup", "owner_group"},
	    {"unit_metrics", "unit_metric"},
	    {"us", "use"},
	    {"use", "use"},
	    {"colour", NULL},
	    {"", NULL},
	    {"modxyz", NULL},
	    {"xyz", NULL},
	};
	char wide[100];

	for (size_t i = 0; i < COUNT(table); i++) {
		const char *got =
		    text_suggest(table[i].word, keys, COUNT(keys));

		if (table[i].suggestion == NULL)
			assert_null(got);
		else if (got == NULL || strcmp(got, table[i].suggestion) != 0)
			fail_msg("%s: %s", table[i].word,
				 got == NULL ? "nothing" : got);
	}
	memset(wide, 'a', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	assert_null(text_suggest(wide, keys, COUNT(keys)));
	assert_null(text_suggest("use", keys, 0));
}

/* The nearer one wins; of two as near the first. */
static void
test_suggest_nearest(void **state)
{
	static const char *const names[] = {"chat-two", "chat-one",
					    "chat-ones"};

	assert_string_equal(text_suggest("chat-onest", names, 3), "chat-ones");
	assert_string_equal(text_suggest("chat-on", names, 3), "chat-one");
	assert_string_equal(text_suggest("chat-owo", names, 3), "chat-two");
	assert_string_equal(text_suggest("chat-oneo", names, 3), "chat-one");
}

static void
test_hash(void **state)
{
	/* The published values of FNV-1a. */
	assert_int_equal(text_hash("", 0), 0x811c9dc5u);
	assert_int_equal(text_hash("a", 1), 0xe40c292cu);
	assert_int_equal(text_hash("foobar", 6), 0xbf9cf968u);
	assert_int_equal(text_hash("\xff", 1), text_hash("\xff\0", 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_bad_line),
	    cmocka_unit_test(test_next_char),
	    cmocka_unit_test(test_clean),
	    cmocka_unit_test(test_clean_anything),
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_suggest),
	    cmocka_unit_test(test_suggest_nearest),
	    cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
