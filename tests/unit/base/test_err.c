/* Words of errors: whole, cut, nested. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static void
test_set(void **state)
{
	struct err err = {0};

	assert_int_equal(err_set(&err, ERR_LIMIT, "%s: %d", "seats", 3),
			 ERR_LIMIT);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_string_equal(err.text, "seats: 3");
	assert_int_equal(err_set(NULL, ERR_BUSY, "%s", "x"), ERR_BUSY);
	/* The old words in the new ones. */
	assert_int_equal(err_set(&err, ERR_INVALID, "file: %s", err.text),
			 ERR_INVALID);
	assert_string_equal(err.text, "file: seats: 3");
}

static void
test_set_errno(void **state)
{
	struct err err = {0};
	char expected[256] = "seats: open /x: ";

	assert_int_equal(err_set_errno(NULL, ERR_IO, ENOENT, "x"), ERR_IO);
	err_set(&err, ERR_IO, "seats");
	assert_int_equal(
	    err_set_errno(&err, ERR_IO, ENOENT, "%s: open %s", err.text, "/x"),
	    ERR_IO);
	strcat(expected, strerror(ENOENT));
	assert_string_equal(err.text, expected);
}

/* However long the words, they end with a whole character, and what the
 * system said is there. */
static void
test_long_words(void **state)
{
	static const char *const units[] = {"a", "\xc3\xa9", "\xe2\x82\xac",
					    "\xf0\x9f\x94\x91"};

	for (size_t i = 0; i < 4; i++) {
		for (size_t before = 0; before < 5; before++) {
			struct buf words = {0};
			struct err err = {0};

			buf_printf(&words, "%.*s", (int)before, "xxxxx");
			while (words.len < 600)
				buf_puts(&words, units[i]);
			err_set(&err, ERR_IO, "%s", words.data);
			assert_true(text_is_utf8(err.text, strlen(err.text)));
			assert_in_range(strlen(err.text), sizeof(err.text) - 4,
					sizeof(err.text) - 1);
			err_set_errno(&err, ERR_IO, EACCES, "%s", words.data);
			assert_true(text_is_utf8(err.text, strlen(err.text)));
			assert_non_null(strstr(err.text, strerror(EACCES)));
			buf_free(&words);
		}
	}
}

/* Words that fill the room exactly are whole. */
static void
test_exact_words(void **state)
{
	struct err err = {0};
	char words[sizeof(err.text)];

	memset(words, 'x', sizeof(words) - 1);
	memcpy(words + sizeof(words) - 3, "\xc3\xa9", 3);
	err_set(&err, ERR_IO, "%s", words);
	assert_string_equal(err.text, words);
}

/* What was not UTF-8 before is at least cut without harm. */
static void
test_foreign_words(void **state)
{
	struct err err = {0};
	char words[600];

	memset(words, 0x80, sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	err_set(&err, ERR_IO, "%s", words);
	assert_true(strlen(err.text) < sizeof(err.text));
}

static void
test_names(void **state)
{
	assert_string_equal(err_name(0), "OK");
	assert_string_equal(err_name(ERR_NOMEM), "ERR_NOMEM");
	assert_string_equal(err_name(ERR_NOT_FOUND), "ERR_NOT_FOUND");
	assert_string_equal(err_name(ERR_FULL), "ERR_FULL");
	assert_string_equal(err_name(ERR_UNSUPPORTED), "ERR_UNSUPPORTED");
	assert_string_equal(err_name(ERR_UNSUPPORTED - 1), "ERR_UNKNOWN");
	assert_string_equal(err_name(1), "ERR_UNKNOWN");
	assert_string_equal(err_name(INT_MIN), "ERR_UNKNOWN");
	assert_string_equal(err_name(INT_MAX), "ERR_UNKNOWN");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_set),
	    cmocka_unit_test(test_set_errno),
	    cmocka_unit_test(test_long_words),
	    cmocka_unit_test(test_exact_words),
	    cmocka_unit_test(test_foreign_words),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
