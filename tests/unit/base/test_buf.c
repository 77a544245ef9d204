/* The growable buffer: contents, terminator, sticky failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static void
test_empty(void **state)
{
	struct buf b = {0};
	char *text;

	assert_string_equal(buf_text(&b), "");
	buf_free(&b);
	buf_reset(&b);
	assert_string_equal(buf_text(&b), "");
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	buf_free(&b);
	text = buf_steal(&b);
	assert_string_equal(text, "");
	free(text);
	assert_null(b.data);
}

static void
test_add(void **state)
{
	struct buf b;

	buf_init(&b);
	buf_puts(&b, "one");
	buf_putc(&b, ' ');
	buf_add(&b, "t\0o!", 3);
	buf_printf(&b, " %d%%%s", 3, "");
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "one t\0o 3%", 11);
	assert_false(b.failed);
	buf_reset(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.cap, 0);
}

/* Every length around the sizes at which the buffer grows. */
static void
test_growth(void **state)
{
	for (size_t first = 0; first < 140; first++) {
		struct buf b = {0};
		char piece[140];

		memset(piece, 'a', sizeof(piece));
		buf_add(&b, piece, first);
		for (int i = 0; i < 300; i++) {
			buf_putc(&b, 'b');
			assert_true(b.len < b.cap);
			assert_int_equal(b.data[b.len], '\0');
		}
		buf_printf(&b, "%0*d", (int)first + 1, 0);
		assert_int_equal(b.len, first + 300 + first + 1);
		assert_int_equal(strlen(b.data), b.len);
		assert_true(strspn(b.data, "a") == first);
		buf_free(&b);
	}
}

static void
test_steal(void **state)
{
	struct buf b = {0};
	char *text;

	buf_puts(&b, "mine");
	text = buf_steal(&b);
	assert_string_equal(text, "mine");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	free(text);
}

/* A size that cannot be had: nothing is lost but what comes after. */
static void
test_failure(void **state)
{
	struct buf b = {0};

	buf_puts(&b, "kept");
	buf_add(&b, "x", SIZE_MAX / 2);
	assert_true(b.failed);
	buf_puts(&b, "more");
	buf_printf(&b, "%d", 1);
	assert_string_equal(b.data, "kept");
	assert_null(buf_steal(&b));
	assert_false(b.failed);
	assert_null(b.data);

	buf_add(&b, "x", SIZE_MAX);
	assert_true(b.failed);
	assert_string_equal(buf_text(&b), "");
	buf_reset(&b);
	assert_false(b.failed);
	buf_puts(&b, "again");
	assert_string_equal(b.data, "again");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),   cmocka_unit_test(test_add),
	    cmocka_unit_test(test_growth),  cmocka_unit_test(test_steal),
	    cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
