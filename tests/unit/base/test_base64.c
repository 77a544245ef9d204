/* The vectors of RFC 4648, section 10, and spellings that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"
#include "base/err.h"

#include <string.h>

static void
test_vectors(void **state)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
	    {"", ""},
	    {"f", "Zg=="},
	    {"fo", "Zm8="},
	    {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].bytes), n;
		struct buf out = {0};
		uint8_t bytes[8];

		base64_add(&out, rows[i].bytes, len);
		assert_string_equal(buf_text(&out), rows[i].text);
		assert_int_equal(out.len, BASE64_LEN(len));
		assert_int_equal(
		    base64_decode(rows[i].text, out.len, bytes, len, &n), 0);
		assert_int_equal(n, len);
		assert_memory_equal(bytes, rows[i].bytes, len);
		if (len > 0)
			assert_int_equal(base64_decode(rows[i].text, out.len,
						       bytes, len - 1, &n),
					 ERR_INVALID);
		buf_free(&out);
	}
}

static void
test_every_byte(void **state)
{
	uint8_t all[256], again[256];
	struct buf out = {0};
	size_t n;

	for (int i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	base64_add(&out, all, sizeof(all));
	assert_int_equal(
	    base64_decode(out.data, out.len, again, sizeof(again), &n), 0);
	assert_int_equal(n, sizeof(all));
	assert_memory_equal(all, again, sizeof(all));
	buf_free(&out);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
	    "Z",    "Zg",	"Zg=",	    "Zg===", "Zh==",	"Zm9=",	 "=",
	    "====", "Z===",	"Zg==Zg==", " Zg==", "Zg==\n",	"Zm 9v", "Zm-v",
	    "Zm_v", "Zm9v====", "Z=9v",	    "Zm=v",  "Zm9\x80",
	};
	static const char inside[] = {'Z', 'm', '\0', 'v'};
	uint8_t bytes[16];
	size_t n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (base64_decode(bad[i], strlen(bad[i]), bytes, sizeof(bytes),
				  &n) == 0)
			fail_msg("taken: \"%s\"", bad[i]);
	}
	assert_int_equal(base64_decode(inside, 4, bytes, sizeof(bytes), &n),
			 ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_every_byte),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
