/* Known answers of FIPS 180-4 and RFC 4231, and hexadecimal both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/digest.h"
#include "base/err.h"

#include <string.h>

static void
assert_digest(struct digest d, const char *hex)
{
	char text[DIGEST_HEX_LEN + 1];

	assert_string_equal(digest_hex(&d, text), hex);
}

static const char empty_hex[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char abc_hex[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static void
test_sha256(void **state)
{
	static const char two_blocks[] =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

	assert_digest(digest_sha256("", 0), empty_hex);
	assert_digest(digest_sha256(NULL, 0), empty_hex);
	assert_digest(digest_sha256("abc", 3), abc_hex);
	assert_digest(digest_sha256(two_blocks, strlen(two_blocks)),
		      "248d6a61d20638b8e5c026930c3e6039"
		      "a33ce45964ff2167f6ecedd419db06c1");
}

static void
test_parts(void **state)
{
	const struct digest_part parts[] = {
	    {"a", 1}, {NULL, 0}, {"", 0}, {"bc", 2}};

	assert_digest(digest_sha256_parts(parts, 4), abc_hex);
	assert_digest(digest_sha256_parts(parts, 0), empty_hex);
	/* A digest in between leaves nothing behind. */
	assert_digest(digest_sha256("abc", 3), abc_hex);
}

static void
test_stream(void **state)
{
	struct digest_stream *s = digest_stream_new();

	assert_non_null(s);
	digest_stream_add(s, "a", 1);
	assert_digest(digest_sha256("", 0), empty_hex);
	digest_stream_add(s, "bc", 2);
	assert_digest(digest_stream_end(s), abc_hex);
}

static void
test_hmac(void **state)
{
	uint8_t key[131];

	memset(key, 0x0b, 20);
	assert_digest(digest_hmac(key, 20, "Hi There", 8),
		      "b0344c61d8db38535ca8afceaf0bf12b"
		      "881dc200c9833da726e9376c2e32cff7");
	assert_digest(
	    digest_hmac("Jefe", 4, "what do ya want for nothing?", 28),
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	assert_digest(
	    digest_hmac(
		key, sizeof(key),
		"Test Using Larger Than Block-Size Key - Hash Key First", 54),
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}

static void
test_equal(void **state)
{
	struct digest a = digest_sha256("a", 1), b = a;

	assert_true(digest_equal(&a, &b));
	b.bytes[DIGEST_LEN - 1] ^= 1;
	assert_false(digest_equal(&a, &b));
	b = a;
	b.bytes[0] ^= 0x80;
	assert_false(digest_equal(&a, &b));
}

static void
test_hex(void **state)
{
	uint8_t bytes[256], back[256];
	char text[513];

	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	hex_encode(bytes, 256, text);
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_string_equal(text + 506, "fdfeff");
	assert_int_equal(hex_decode(text, 256, back), 0);
	assert_memory_equal(back, bytes, 256);
	hex_encode(bytes, 0, text);
	assert_string_equal(text, "");
	assert_int_equal(hex_decode("", 0, back), 0);
}

static void
test_hex_refusals(void **state)
{
	static const char *const bad[] = {"",	  "0",	  "000",    "00g0",
					  "0G00", "00 0", "000A",   "/000",
					  ":000", "`000", "000\xff"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t bytes[2] = {7, 7};

		assert_int_equal(hex_decode(bad[i], 2, bytes), ERR_INVALID);
		assert_int_equal(bytes[0], 7);
		assert_int_equal(bytes[1], 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sha256),	 cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_stream),	 cmocka_unit_test(test_hmac),
	    cmocka_unit_test(test_equal),	 cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_hex_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
