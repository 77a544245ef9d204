/* Requests and answers between daemon and helper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "page/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_greeting_names_the_normaliser(void **state)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "page-text 1.%d confined\n",
		 PAGE_NORMALISER_VERSION);
	assert_string_equal(PAGE_GREETING, expected);
}

static void
test_request_round_trip(void **state)
{
	const struct page_request request = {PAGE_JSON, PAGE_WINDOWS_1252,
					     "/a/b", "body\0with\nNUL", 13};
	char pointer[PAGE_POINTER_MAX + 1];
	struct page_request back;
	struct buf b = {0};

	assert_int_equal(page_request_render(&request, &b), 0);
	assert_int_equal(page_request_parse(b.data, b.len, pointer, &back), 0);
	assert_int_equal(back.format, PAGE_JSON);
	assert_int_equal(back.charset, PAGE_WINDOWS_1252);
	assert_string_equal(back.pointer, "/a/b");
	assert_int_equal(back.body_len, 13);
	assert_memory_equal(back.body, request.body, 13);
	/* no byte less, no byte more */
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(page_request_parse(b.data, n, pointer, &back),
				 ERR_INVALID);
	buf_putc(&b, 'x');
	assert_int_equal(page_request_parse(b.data, b.len, pointer, &back),
			 ERR_INVALID);
	buf_free(&b);
}

static void
test_request_limits(void **state)
{
	char long_pointer[PAGE_POINTER_MAX + 2];
	struct page_request request = {PAGE_JSON, PAGE_UTF8, long_pointer, "",
				       0};
	struct buf b = {0};

	memset(long_pointer, 'p', sizeof(long_pointer));
	long_pointer[PAGE_POINTER_MAX + 1] = '\0';
	assert_int_equal(page_request_render(&request, &b), ERR_LIMIT);
	request.pointer = "";
	request.body_len = PAGE_BODY_MAX + 1;
	assert_int_equal(page_request_render(&request, &b), ERR_LIMIT);
	assert_int_equal(b.len, 0);
}

static void
test_request_refused(void **state)
{
	static const char *const table[] = {"4 0 0 0\n",
					    "0 3 0 0\n",
					    "-1 0 0 0\n",
					    "0 0 0\n",
					    "0 0 0 0",
					    " 0 0 0 0\n",
					    "0  0 0 0\n",
					    "0 0 0 0 \n",
					    "0 0 0 0\r\n",
					    "0 0 1025 0\n",
					    "0 0 0 16777217\n",
					    "0 0 0 9999999999\n",
					    "0 0 0 18446744073709551616\n",
					    "x",
					    ""};
	char pointer[PAGE_POINTER_MAX + 1];
	struct page_request request;

	for (size_t i = 0; i < COUNT(table); i++) {
		if (page_request_parse(table[i], strlen(table[i]), pointer,
				       &request) != ERR_INVALID)
			fail_msg("row %zu", i);
	}
}

static void
test_answer_round_trip(void **state)
{
	char title[] = "A title", words[] = "one\ntwo\n";
	const struct page_text text = {0, title, words, 8, true};
	struct page_text back;
	struct buf b = {0};

	page_answer_render(&text, &b);
	assert_string_equal(b.data, "0 1 7 8\nA titleone\ntwo\n");
	assert_int_equal(page_answer_parse(b.data, b.len, &back), 0);
	assert_int_equal(back.status, 0);
	assert_true(back.needs_js);
	assert_string_equal(back.title, "A title");
	assert_string_equal(back.text, "one\ntwo\n");
	assert_int_equal(back.len, 8);
	page_text_free(&back);
	buf_free(&b);
}

static void
test_answer_beyond_the_limits(void **state)
{
	static char long_title[PAGE_TITLE_MAX + 2];
	char empty[] = "";
	struct page_text text = {0, long_title, empty, 0, false};
	struct buf b = {0};

	memset(long_title, 't', PAGE_TITLE_MAX + 1);
	page_answer_render(&text, &b);
	assert_string_equal(b.data, "6 0 0 0\n");
	buf_reset(&b);
	text.title = empty;
	text.len = PAGE_TEXT_MAX + 1;
	page_answer_render(&text, &b);
	assert_string_equal(b.data, "6 0 0 0\n");
	buf_free(&b);
}

/* What a helper under somebody else's control might say. */
static void
test_answer_refused(void **state)
{
	static const struct {
		const char *bytes;
		int result;
	} table[] = {
	    {"0 0 0 2\na\n", 0},
	    {"4 0 0 0\n", 0},
	    {"3 0 0 0\n", 0},
	    {"6 0 0 0\n", 0},
	    {"7 0 0 0\n", ERR_INVALID}, /* not a result of a page */
	    {"1 0 0 0\n", ERR_INVALID},
	    {"99999 0 0 0\n", ERR_INVALID},
	    {"0 2 0 0\n", ERR_INVALID},
	    {"0 0 0 3\na\n", ERR_INVALID},     /* too short */
	    {"0 0 0 1\na\n", ERR_INVALID},     /* too long */
	    {"0 0 0 1\na", ERR_INVALID},       /* no LF at the end */
	    {"0 0 0 3\na\x1b\n", ERR_INVALID}, /* terminal escapes */
	    {"0 0 0 4\n\xc2\x9b"
	     "a\n",
	     ERR_INVALID},
	    {"0 0 0 3\na\t\n", ERR_INVALID},
	    {"0 0 0 2\n\x7f\n", ERR_INVALID},
	    {"0 0 0 3\n\xff\n\n", ERR_INVALID},
	    {"0 0 0 4\n\xc2\xa0\n\n", 0},
	    {"0 0 1000 0\n", ERR_INVALID},
	    {"", ERR_INVALID},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct page_text text = {0};
		int r = page_answer_parse(table[i].bytes,
					  strlen(table[i].bytes), &text);

		if (r != table[i].result)
			fail_msg("row %zu: %d", i, r);
		if (r == 0)
			page_text_free(&text);
	}
}

static void
test_answer_title_is_cleaned(void **state)
{
	static const char bytes[] = "0 0 7 0\n\x1b]0;\xff\n ";
	struct page_text text;

	assert_int_equal(page_answer_parse(bytes, sizeof(bytes) - 1, &text), 0);
	assert_string_equal(text.title, "]0;\xef\xbf\xbd");
	page_text_free(&text);
}

static void
test_request_of(void **state)
{
	static const struct {
		const char *type, *pointer, *body;
		enum page_format format;
		enum page_charset charset;
	} table[] = {
	    {"text/html", "", "{}", PAGE_HTML, PAGE_CHARSET_UNKNOWN},
	    {"text/html", "/a", "{}", PAGE_JSON, PAGE_CHARSET_UNKNOWN},
	    {"text/plain;charset=latin1", "/a", " [1]", PAGE_JSON,
	     PAGE_WINDOWS_1252},
	    {"text/html", "/a", "<p>", PAGE_HTML, PAGE_CHARSET_UNKNOWN},
	    {"text/html", "/a", "", PAGE_HTML, PAGE_CHARSET_UNKNOWN},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct http_header header = {"content-type", table[i].type};
		struct http_response response = {
		    .headers = &header,
		    .n_headers = 1,
		    .final_url = "",
		    .body = table[i].body,
		    .body_len = strlen(table[i].body),
		};
		struct page_request request =
		    page_request_of(&response, table[i].pointer);

		if (request.format != table[i].format ||
		    request.charset != table[i].charset ||
		    request.body != table[i].body ||
		    request.pointer != table[i].pointer)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_greeting_names_the_normaliser),
	    cmocka_unit_test(test_request_round_trip),
	    cmocka_unit_test(test_request_limits),
	    cmocka_unit_test(test_request_refused),
	    cmocka_unit_test(test_request_of),
	    cmocka_unit_test(test_answer_round_trip),
	    cmocka_unit_test(test_answer_beyond_the_limits),
	    cmocka_unit_test(test_answer_refused),
	    cmocka_unit_test(test_answer_title_is_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
