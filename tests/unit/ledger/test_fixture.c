/* The ledger that version 0.1.0 wrote is read and verified by this build.
 * It holds 362 rows in segments of 64, with texts, and a recovery after a
 * torn write; see also tests/fixtures/test-ledger-v1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/disk.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 362, RECOVERED_SEQ = 181 };

/* The leaf of the newest row: it commits to all of them. */
static const char head[] =
    "4f488f8ed1fad6dd6ddb70ad97171d6a5026986be0d43322e10504e3880b38e0";

static char dir[4096];

static int
setup(void **state)
{
	const char *top = getenv("top_srcdir");

	snprintf(dir, sizeof(dir), "%s/tests/fixtures/ledger-v1",
		 top == NULL ? "." : top);
	return 0;
}

static void
test_verify(void **state)
{
	struct ledger_verdict v;
	struct err err;

	for (int level = 0; level <= 1; level++) {
		if (ledger_verify(&disk_io, dir, level, &v, &err) < 0)
			fail_msg("%s", err.text);
		if (!v.ok)
			fail_msg("row %d: %s", (int)v.first_bad_seq, v.reason);
		assert_int_equal(v.level, level);
		assert_int_equal(v.rows, ROWS);
	}
}

/* Its build signed nothing, and that is no loss. */
static void
test_unsigned(void **state)
{
	struct ledger_verdict v;
	struct err err;

	if (ledger_verify(&disk_io, dir, 3, &v, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(v.ok);
	assert_int_equal(v.level, 1);
	assert_false(v.lacks);
	assert_non_null(strstr(v.reason, "a build that signed none wrote it"));
}

static int
see(void *ctx, const struct row *row)
{
	char hex[DIGEST_HEX_LEN + 1];
	uint64_t *n = ctx;

	assert_int_equal(row->seq, (*n)++);
	if (row->seq == RECOVERED_SEQ)
		assert_string_equal(row->kind, "ledger.recovered");
	if (row->seq == ROWS - 1)
		assert_string_equal(digest_hex(&row->leaf, hex), head);
	return 0;
}

static void
test_scan(void **state)
{
	uint64_t n = 0;

	assert_int_equal(
	    ledger_scan(&disk_io, dir, 0, UINT64_MAX, see, &n, NULL), 0);
	assert_int_equal(n, ROWS);
}

/* The texts that config.loaded rows rest on are all there. */
static int
see_text(void *ctx, const struct row *row)
{
	static const char key[] = "\"config_sha256\":\"";
	const char *hex = memmem(row->body, row->body_len, key, strlen(key));
	struct digest d;
	char *text;
	size_t len;

	if (hex == NULL)
		return 0;
	assert_int_equal(hex_decode(hex + strlen(key), DIGEST_LEN, d.bytes), 0);
	assert_int_equal(ledger_blob(&disk_io, dir, &d, &text, &len, NULL), 0);
	assert_memory_equal(text, "label = ", 8);
	free(text);
	++*(int *)ctx;
	return 0;
}

static void
test_texts(void **state)
{
	int n = 0;

	assert_int_equal(
	    ledger_scan(&disk_io, dir, 0, UINT64_MAX, see_text, &n, NULL), 0);
	assert_int_equal(n, 24);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_verify),
	    cmocka_unit_test(test_unsigned),
	    cmocka_unit_test(test_scan),
	    cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
