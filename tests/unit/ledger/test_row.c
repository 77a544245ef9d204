/* Rows: what may become one, how it is rendered, and what is refused when it
 * is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "ledger/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct digest no_leaf;

/* Computed once with Python's hashlib. */
static const char golden[] =
    "{\"at\":\"2026-07-03T00:00:01.000000Z\",\"body\":{\"check\":"
    "\"support-chat/happy\"},\"dur\":7,\"fmt\":1,\"id\":\"support-chat.happy."
    "1783036800\",\"kind\":\"check.happy\",\"prev\":"
    "\"0000000000000000000000000000000000000000000000000000000000000000\","
    "\"seq\":9,\"sum\":\"716823fd815daa0a\"}";

static const char golden_leaf[] =
    "2f39cf6cf593cb501307844b0c04780697dfaf712e6c615699b3e1f830e96c21";

static struct row_draft
draft_of(const char *body)
{
	return (struct row_draft){
	    .at = wall_from_s(1783036801),
	    .id = "support-chat.happy.1783036800",
	    .kind = "check.happy",
	    .body = body,
	    .body_len = strlen(body),
	};
}

static void
test_render(void **state)
{
	struct row_draft d = draft_of("{\"check\":\"support-chat/happy\"}");
	struct digest leaf, found;
	char hex[DIGEST_HEX_LEN + 1];
	struct buf b = {0};

	row_render(&b, &d, 9, 7, &no_leaf, &leaf);
	assert_false(b.failed);
	assert_int_equal(b.data[b.len - 1], '\n');
	assert_int_equal(b.len - 1, strlen(golden));
	assert_memory_equal(b.data, golden, strlen(golden));
	assert_string_equal(digest_hex(&leaf, hex), golden_leaf);
	assert_true(row_sum_matches(b.data, b.len - 1));
	found = row_leaf(b.data, b.len - 1);
	assert_true(digest_equal(&leaf, &found));
	buf_free(&b);
}

static const struct {
	const char *body;
	int expected;
} bodies[] = {
    {"{}", 0},
    {"{\"a\":1,\"b\":[{\"c\":null},\"\\\"\\\\\"]}", 0},
    {"{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":1}}}}}}}", 0},
    {"{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{}}}}}}}}", 0},
    {"{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":{}}}}}}}}}",
     ERR_INVALID},
    {"[]", ERR_INVALID},
    {"", ERR_INVALID},
    {"{", ERR_INVALID},
    {"{\"a\": 1}", ERR_INVALID},
    {"{\"a\":1}\n", ERR_INVALID},
    {"{\n\"a\":1}", ERR_INVALID},
    {"{\"b\":1,\"a\":1}", ERR_INVALID},
    {"{\"a\":1,\"a\":1}", ERR_INVALID},
    {"{\"x\":[{\"b\":1,\"a\":1}]}", ERR_INVALID},
    {"{\"a\":{\"z\":1},\"b\":{\"a\":1}}", 0},
    {"{\"a\":\"\\u0041\"}", ERR_INVALID},
    {"{\"a\":\"\\/\"}", ERR_INVALID},
    {"{\"a\":-0}", ERR_INVALID},
    {"{\"a\":-10}", 0},
    {"{\"a\":1.0}", ERR_INVALID},
    {"{\"A\":1}", ERR_INVALID},
    {"{\"a\":9007199254740992}", ERR_INVALID},
    {"{\"a\":\"{[,-0 \\\" b\",\"b\":1}", 0},
};

static void
test_bodies(void **state)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct row_draft d = draft_of(bodies[i].body);
		int r = row_check(&d, NULL);

		if (r != bodies[i].expected)
			fail_msg("%s: %d, not %d", bodies[i].body, r,
				 bodies[i].expected);
	}
}

static void
test_ids(void **state)
{
	char longest[ROW_ID_MAX + 2];
	struct row_draft d = draft_of("{}");

	memset(longest, 'x', sizeof(longest) - 1);
	longest[ROW_ID_MAX] = '\0';
	d.id = longest;
	assert_int_equal(row_check(&d, NULL), 0);
	longest[ROW_ID_MAX] = 'x';
	longest[ROW_ID_MAX + 1] = '\0';
	assert_int_equal(row_check(&d, NULL), ERR_INVALID);
	d.id = "";
	assert_int_equal(row_check(&d, NULL), ERR_INVALID);
	d.id = "a b";
	assert_int_equal(row_check(&d, NULL), ERR_INVALID);
	d.id = "a\"b";
	assert_int_equal(row_check(&d, NULL), ERR_INVALID);
	d.id = "Az09._:-";
	assert_int_equal(row_check(&d, NULL), 0);
	d.kind = "Check";
	assert_int_equal(row_check(&d, NULL), ERR_INVALID);
	d.kind = "check.happy";
	d.at = wall_from_s(INT64_C(253402300800));
	assert_int_equal(row_check(&d, NULL), ERR_INVALID);
	d.at = wall_from_s(INT64_C(253402300799));
	assert_int_equal(row_check(&d, NULL), 0);
}

/* A body of exactly n bytes. */
static char *
body_of(size_t n)
{
	struct buf b = {0};
	struct json_writer w;
	char key[16];

	json_writer_init(&w, &b);
	json_object_open(&w, NULL);
	for (int i = 0; b.len + 4200 < n; i++) {
		char text[4001];

		memset(text, 'x', sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		snprintf(key, sizeof(key), "k%03d", i);
		json_put_string(&w, key, text);
	}
	buf_puts(&b, ",\"z\":\"");
	while (b.len + 2 < n)
		buf_putc(&b, 'y');
	buf_puts(&b, "\"}");
	assert_int_equal(b.len, n);
	return buf_steal(&b);
}

/* The longest row that the limits allow fits a line. */
static void
test_longest(void **state)
{
	char id[ROW_ID_MAX + 1], kind[ROW_KIND_MAX + 1];
	uint64_t largest = (UINT64_C(1) << 53) - 1;
	char *body = body_of(ROW_BODY_MAX);
	struct row_draft d = draft_of(body);
	struct row_parts parts;
	struct digest leaf;
	struct buf b = {0};

	memset(id, 'i', ROW_ID_MAX);
	id[ROW_ID_MAX] = '\0';
	memset(kind, 'k', ROW_KIND_MAX);
	kind[ROW_KIND_MAX] = '\0';
	d.id = id;
	d.kind = kind;
	assert_int_equal(row_check(&d, NULL), 0);
	row_render(&b, &d, largest, largest, &no_leaf, &leaf);
	assert_false(b.failed);
	assert_true(b.len - 1 <= ROW_LINE_MAX);
	assert_int_equal(row_parse(b.data, b.len - 1, &parts), 0);
	assert_int_equal(parts.seq, largest);
	assert_int_equal(parts.body_len, ROW_BODY_MAX);
	buf_free(&b);
	free(body);
	body = body_of(ROW_BODY_MAX + 1);
	d = draft_of(body);
	assert_int_equal(row_check(&d, NULL), ERR_LIMIT);
	free(body);
}

static void
test_parse(void **state)
{
	struct row_draft d = draft_of("{\"a\":\"\\\"},\\\"dur\\\":3\"}");
	struct row_parts p;
	struct row_names names;
	struct digest leaf;
	struct row row;
	struct buf b = {0};

	row_render(&b, &d, 12, 10, &no_leaf, &leaf);
	assert_int_equal(row_parse(b.data, b.len - 1, &p), 0);
	assert_int_equal(p.seq, 12);
	assert_int_equal(p.dur, 10);
	assert_int_equal(p.at.us, d.at.us);
	row_from_parts(&row, &names, b.data, b.len - 1, &p, &leaf);
	assert_string_equal(row.id, d.id);
	assert_string_equal(row.kind, d.kind);
	assert_int_equal(row.body_len, d.body_len);
	assert_memory_equal(row.body, d.body, d.body_len);
	buf_free(&b);
}

/* Replaces the first `from` of the good line; the line must be refused. */
static const struct {
	const char *from, *to;
} spoils[] = {
    {"{\"at\"", "{ \"at\""},
    {"2026-07", "2026-13"},
    {".000000Z", ".000000+"},
    {"00:00:01.000000Z", "00:00:01.0000000Z"},
    {"\"body\":{", "\"body\":["},
    {"},\"dur\"", "}, \"dur\""},
    {"\"dur\":7", "\"dur\":07"},
    {"\"dur\":7", "\"dur\":-7"},
    {"\"dur\":7", "\"dur\":10"},
    {"\"dur\":7", "\"dur\":99999999999999999"},
    {"\"dur\":7", "\"dur\":9007199254740992"},
    {"\"dur\":7", "\"dur\":"},
    {"\"fmt\":1", "\"fmt\":2"},
    {"\"kind\":\"check.happy\"", "\"kind\":\"\""},
    {"\"kind\":\"check.happy\"", "\"kind\":\"Check\""},
    {"\"id\":\"s", "\"id\":\" "},
    {"\"prev\":\"0", "\"prev\":\"g"},
    {"\"prev\":\"00", "\"prev\":\"0"},
    {"\"prev\":\"0", "\"prev\":\"A"},
    {"\"seq\":9", "\"seq\":9,\"t\":1"},
    {"\"seq\":9", "\"seq\":9007199254740992"},
    {"00:00:01.000000Z", "00:00:01.0+00:00"},
    {"\"sum\":\"", "\"sun\":\""},
};

static void
test_parse_refuses(void **state)
{
	struct row_draft d = draft_of("{}");
	struct row_parts p;
	struct digest leaf;
	struct buf b = {0};

	row_render(&b, &d, 9, 7, &no_leaf, &leaf);
	b.data[--b.len] = '\0';
	for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
		const char *hit = strstr(b.data, spoils[i].from);
		struct buf bad = {0};

		assert_non_null(hit);
		buf_add(&bad, b.data, (size_t)(hit - b.data));
		buf_puts(&bad, spoils[i].to);
		buf_puts(&bad, hit + strlen(spoils[i].from));
		if (row_parse(bad.data, bad.len, &p) == 0)
			fail_msg("accepted: %s", bad.data);
		buf_free(&bad);
	}
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(row_parse(b.data, n, &p), ERR_INVALID);
	assert_int_equal(row_parse(b.data, b.len, &p), 0);
	/* Any flipped bit is found by the form or by the sum. */
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		b.data[bit / 8] = (char)(b.data[bit / 8] ^ 1 << bit % 8);
		assert_false(row_parse(b.data, b.len, &p) == 0 &&
			     row_sum_matches(b.data, b.len));
		b.data[bit / 8] = (char)(b.data[bit / 8] ^ 1 << bit % 8);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_render), cmocka_unit_test(test_bodies),
	    cmocka_unit_test(test_ids),	   cmocka_unit_test(test_longest),
	    cmocka_unit_test(test_parse),  cmocka_unit_test(test_parse_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
