/* The strict gate and the canonical writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"

#include <json-c/json.h>
#include <string.h>

static const struct {
	const char *text;
	bool foreign_ok, ledger_ok;
} texts[] = {
    {"{}", true, true},
    {" [1,2 , 3]\n", true, true},
    {"{\"a\":1,\"b\":{\"a\":null}}", true, true},
    {"{\"a\":1,\"a\":2}", false, false},
    {"{\"a\":1.5}", true, false},
    {"{\"a\":1e3}", true, false},
    {"9007199254740991", true, true},
    {"9007199254740992", true, false},
    {"-9007199254740991", true, true},
    {"01", false, false},
    {"-", false, false},
    {"\"\\u0000\"", false, false},
    {"\"\\ud800\"", false, false},
    {"\"\\ud800\\udc00\"", true, true},
    {"\"\\udc00\\ud800\"", false, false},
    {"\"\\n\"", true, false},
    {"\"\\u0085\"", true, false},
    {"\"\xc2\x85\"", true, false},
    {"\"\xff\"", false, false},
    {"\"\xc3\xa9\"", true, true},
    {"{\"A\":1}", true, false},
    {"{\"a\" 1}", false, false},
    {"[1,]", false, false},
    {"{\"a\":1,}", false, false},
    {"nul", false, false},
    {"1 2", false, false},
    {"", false, false},
    {"\"", false, false},
    {"\"a\nb\"", false, false},
    {"[[[[[[[[[1]]]]]]]]]", true, true},
    {"[[[[[[[[[[1]]]]]]]]]]", true, false},
};

static void
test_check(void **state)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t n = strlen(texts[i].text);
		int foreign =
		    json_check(texts[i].text, n, &JSON_FOREIGN_LIMITS, NULL);
		int ledger =
		    json_check(texts[i].text, n, &JSON_LEDGER_LIMITS, NULL);

		if ((foreign == 0) != texts[i].foreign_ok ||
		    (ledger == 0) != texts[i].ledger_ok)
			fail_msg("%s: foreign %d, ledger %d", texts[i].text,
				 foreign, ledger);
	}
}

/* Every byte at every place of a text that is looked at eight at a time. */
static void
test_skip_plain(void **state)
{
	enum { LEN = 20 };
	char text[LEN];

	for (int c = 0; c <= UINT8_MAX; c++) {
		bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

		for (size_t at = 0; at < LEN; at++) {
			memset(text, 'x', LEN);
			text[at] = (char)c;
			assert_int_equal(json_skip_plain(text, text + LEN) -
					     text,
					 plain ? LEN : at);
		}
	}
	assert_ptr_equal(json_skip_plain(text, text), text);
}

static void
test_write(void **state)
{
	struct buf b = {0};
	struct json_writer w;

	json_writer_init(&w, &b);
	json_object_open(&w, NULL);
	json_array_open(&w, "a");
	json_put_int(&w, NULL, -7);
	json_put_bool(&w, NULL, true);
	json_put_null(&w, NULL);
	json_array_close(&w);
	json_put_string(&w, "b", "x\"\\\n\x01\xc3\xa9");
	json_object_close(&w);
	assert_true(json_writer_ok(&w));
	assert_string_equal(
	    b.data,
	    "{\"a\":[-7,true,null],\"b\":\"x\\\"\\\\\\n\\u0001\xc3\xa9\"}");
	buf_free(&b);
}

static void
test_write_refuses(void **state)
{
	struct buf b = {0};
	struct json_writer w;

	json_writer_init(&w, &b);
	json_put_string(&w, NULL, "\xff");
	assert_false(json_writer_ok(&w));
	buf_reset(&b);
	json_writer_init(&w, &b);
	json_put_int(&w, NULL, INT64_C(1) << 53);
	assert_false(json_writer_ok(&w));
	buf_free(&b);
}

static void
test_parse(void **state)
{
	const char *text = "{\"a\":\"x\",\"n\":12,\"t\":true,\"z\":null}";
	struct json_object *o = NULL;

	assert_int_equal(
	    json_parse(text, strlen(text), &JSON_LEDGER_LIMITS, &o, NULL), 0);
	assert_string_equal(json_get_string(o, "a", "?"), "x");
	assert_string_equal(json_get_string(o, "n", "?"), "?");
	assert_int_equal(json_get_int(o, "n", -1), 12);
	assert_int_equal(json_get_int(o, "z", -1), -1);
	assert_true(json_get_bool(o, "t", false));
	json_object_put(o);
	o = NULL;
	assert_int_equal(json_parse("12", 2, &JSON_LEDGER_LIMITS, &o, NULL), 0);
	assert_int_equal(json_object_get_int64(o), 12);
	json_object_put(o);
}

static void
test_holds(void **state)
{
	static const char text[] = "{\"l\":[1,null,\"b\",\"\"],\"t\":\"b\"}";
	struct json_object *o, *list;

	assert_int_equal(
	    json_parse(text, strlen(text), &JSON_LEDGER_LIMITS, &o, NULL), 0);
	list = json_get(o, "l");
	assert_true(json_holds(list, "b"));
	assert_true(json_holds(list, ""));
	assert_false(json_holds(list, "1"));
	assert_false(json_holds(list, "null"));
	assert_false(json_holds(json_get(o, "t"), "b"));
	assert_false(json_holds(NULL, "b"));
	json_object_put(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_holds),	  cmocka_unit_test(test_check),
	    cmocka_unit_test(test_skip_plain),	  cmocka_unit_test(test_write),
	    cmocka_unit_test(test_write_refuses), cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
