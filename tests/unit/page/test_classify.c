/* Formats, places, and every outcome by its cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "page/frame.h"
#include "page/page.h"
#include "page/place.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_URL "https://docs.example.com/pricing"

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		enum page_outcome outcome;
		bool good, lost;
	} table[] = {
	    {"unchanged", PAGE_UNCHANGED, true, false},
	    {"changed", PAGE_CHANGED, true, false},
	    {"new", PAGE_NEW, true, false},
	    {"moved", PAGE_MOVED, false, true},
	    {"gone", PAGE_GONE, false, true},
	    {"blocked", PAGE_BLOCKED, false, true},
	    {"needs_js", PAGE_NEEDS_JS, false, true},
	    {"suspect", PAGE_SUSPECT, false, true},
	    {"filter_miss", PAGE_FILTER_MISS, false, true},
	    {"truncated", PAGE_TRUNCATED, false, false},
	    {"error", PAGE_ERROR, false, false},
	};
	enum page_outcome outcome = PAGE_ERROR;

	for (size_t i = 0; i < COUNT(table); i++) {
		assert_string_equal(page_outcome_name(table[i].outcome),
				    table[i].name);
		assert_int_equal(page_outcome_by_name(table[i].name, &outcome),
				 0);
		assert_int_equal(outcome, table[i].outcome);
		assert_int_equal(page_outcome_good(outcome), table[i].good);
		assert_int_equal(page_outcome_lost(outcome), table[i].lost);
	}
	assert_int_equal(page_outcome_by_name("revalidated", &outcome),
			 ERR_NOT_FOUND);
}

static void
test_format(void **state)
{
	static const struct {
		const char *type, *url, *body;
		enum page_format format;
	} table[] = {
	    {"text/html; charset=utf-8", "", "{", PAGE_HTML},
	    {"Text/HTML", "", "x", PAGE_HTML},
	    {"application/xhtml+xml", "", "x", PAGE_HTML},
	    {"text/markdown", "", "<p>", PAGE_MARKDOWN},
	    {"application/json", "", "<p>", PAGE_JSON},
	    {"application/problem+json;v=1", "", "x", PAGE_JSON},
	    {"text/plain", "", "<p>", PAGE_PLAIN},
	    {"text/plain", "", "[a](b)", PAGE_PLAIN},
	    {"text/plain", "", "# T\n", PAGE_MARKDOWN},
	    {"text/plain", "https://h/a.md?x=1", "T", PAGE_MARKDOWN},
	    {"text/plain", "https://h/a?x=.md", "T", PAGE_PLAIN},
	    {"application/octet-stream", "", " \n{", PAGE_JSON},
	    {NULL, "", "\xef\xbb\xbf<p>", PAGE_HTML},
	    {NULL, "", "---\ntitle: x\n", PAGE_MARKDOWN},
	    {NULL, "", "words", PAGE_PLAIN},
	    {NULL, "", "", PAGE_PLAIN},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct http_header header = {"content-type", table[i].type};
		struct http_response response = {
		    .headers = &header,
		    .n_headers = table[i].type != NULL,
		    .final_url = table[i].url,
		    .body = table[i].body,
		    .body_len = strlen(table[i].body),
		};

		if (page_format_of(&response) != table[i].format)
			fail_msg("row %zu", i);
	}
}

static void
test_charset(void **state)
{
	static const struct {
		const char *text;
		enum page_charset charset;
	} table[] = {
	    {"text/html", PAGE_CHARSET_UNKNOWN},
	    {"text/html; charset=utf-8", PAGE_UTF8},
	    {"text/html; Charset=\"ISO-8859-1\"; x", PAGE_WINDOWS_1252},
	    {"text/html;charset = windows-1252", PAGE_WINDOWS_1252},
	    {"<meta charset=latin1>", PAGE_WINDOWS_1252},
	    {"<meta charset='l1'/>", PAGE_WINDOWS_1252},
	    {"charset=shift_jis", PAGE_UTF8},
	    {"charset=", PAGE_CHARSET_UNKNOWN},
	    {"charset", PAGE_CHARSET_UNKNOWN},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		if (page_charset_in(table[i].text) != table[i].charset)
			fail_msg("row %zu: %s", i, table[i].text);
	}
}

static void
test_place(void **state)
{
	static const struct {
		const char *configured, *final;
		bool same;
	} table[] = {
	    {PAGE_URL, PAGE_URL, true},
	    {PAGE_URL, "HTTPS://Docs.Example.com:443/pricing/?a=b#c", true},
	    {PAGE_URL, "https://docs.example.com/Pricing", false},
	    {PAGE_URL, "https://docs.example.com/pricing/new", false},
	    {PAGE_URL, "https://docs.example.com/", false},
	    {PAGE_URL, "https://docs.example.com.evil.test/pricing", false},
	    {PAGE_URL, "https://docs.example.com@evil.test/pricing", false},
	    {PAGE_URL, "https://docs.example.com:8443/pricing", false},
	    {PAGE_URL, "http://docs.example.com/pricing", false},
	    {"http://docs.example.com/pricing", PAGE_URL, true},
	    {"http://docs.example.com:8080/pricing", PAGE_URL, false},
	    {"http://docs.example.com/pricing",
	     "https://docs.example.com:8443/pricing", false},
	    {"ftp://docs.example.com/pricing", PAGE_URL, false},
	    {"https://h", "https://h/", true},
	    {"https://h?a", "https://h#b", true},
	    {"http://[::1]:80/a", "http://[::1]/a", true},
	    {"http://[::1]:81/a", "http://[::1]/a", false},
	    {"https://user:pw@h/a", "https://h/a", true},
	    {PAGE_URL, "", false},
	    {PAGE_URL, "/pricing", false},
	    {"", "", false},
	    {"https:///a", "https:///a", false},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		if (page_same_place(table[i].configured, table[i].final) !=
		    table[i].same)
			fail_msg("row %zu", i);
	}
}

/* PAGE_NEW stands for "worth extracting". */
static void
test_response(void **state)
{
	static const char other[] = "https://login.example.com/pricing";
	static const struct {
		enum transport transport;
		int status;
		const char *header, *value, *final, *body;
		enum page_outcome outcome;
	} table[] = {
	    {TRANSPORT_OK, 200, "", "", PAGE_URL, "x", PAGE_NEW},
	    {TRANSPORT_OK, 203, "", "", PAGE_URL, "x", PAGE_NEW},
	    {TRANSPORT_OK, 200, "", "", "", "x", PAGE_NEW},
	    {TRANSPORT_OK, 200, "", "", PAGE_URL "/", "x", PAGE_NEW},
	    {TRANSPORT_OK, 200, "", "", PAGE_URL, "", PAGE_SUSPECT},
	    {TRANSPORT_OK, 200, "", "", other, "x", PAGE_MOVED},
	    {TRANSPORT_TOO_BIG, 200, "", "", other, "x", PAGE_MOVED},
	    {TRANSPORT_OK, 404, "", "", PAGE_URL, "x", PAGE_GONE},
	    {TRANSPORT_OK, 404, "", "", other, "x", PAGE_GONE},
	    {TRANSPORT_RESET, 410, "", "", PAGE_URL, "", PAGE_GONE},
	    {TRANSPORT_OK, 401, "", "", PAGE_URL, "x", PAGE_BLOCKED},
	    {TRANSPORT_OK, 403, "", "", PAGE_URL, "x", PAGE_BLOCKED},
	    {TRANSPORT_OK, 429, "", "", PAGE_URL, "", PAGE_BLOCKED},
	    {TRANSPORT_OK, 200, "cf-mitigated", "challenge", PAGE_URL, "x",
	     PAGE_BLOCKED},
	    {TRANSPORT_OK, 503, "cf-mitigated", "Challenge", PAGE_URL, "x",
	     PAGE_BLOCKED},
	    {TRANSPORT_OK, 404, "cf-mitigated", "challenge", PAGE_URL, "x",
	     PAGE_BLOCKED},
	    {TRANSPORT_OK, 202, "x-amzn-waf-action", "challenge", PAGE_URL, "x",
	     PAGE_BLOCKED},
	    {TRANSPORT_OK, 405, "x-amzn-waf-action", "captcha", PAGE_URL, "x",
	     PAGE_BLOCKED},
	    {TRANSPORT_OK, 503, "", "", PAGE_URL, "a _cf_chl_opt b",
	     PAGE_BLOCKED},
	    {TRANSPORT_OK, 503, "", "", PAGE_URL,
	     "<title>Just a moment...</title>", PAGE_BLOCKED},
	    {TRANSPORT_OK, 200, "", "", PAGE_URL, "a _cf_chl_opt b", PAGE_NEW},
	    {TRANSPORT_OK, 500, "", "", PAGE_URL, "x", PAGE_ERROR},
	    {TRANSPORT_OK, 502, "", "", other, "x", PAGE_ERROR},
	    {TRANSPORT_OK, 400, "", "", PAGE_URL, "x", PAGE_ERROR},
	    {TRANSPORT_OK, 202, "", "", PAGE_URL, "x", PAGE_ERROR},
	    {TRANSPORT_OK, 204, "", "", PAGE_URL, "", PAGE_ERROR},
	    {TRANSPORT_OK, 304, "", "", PAGE_URL, "", PAGE_ERROR},
	    {TRANSPORT_OK, 302, "", "", PAGE_URL, "", PAGE_MOVED},
	    {TRANSPORT_HOST, 301, "", "", PAGE_URL, "", PAGE_MOVED},
	    {TRANSPORT_HOST, 0, "", "", PAGE_URL, "", PAGE_ERROR},
	    {TRANSPORT_OK, 206, "", "", PAGE_URL, "x", PAGE_TRUNCATED},
	    {TRANSPORT_TOO_BIG, 200, "", "", PAGE_URL, "x", PAGE_TRUNCATED},
	    {TRANSPORT_RESET, 200, "", "", PAGE_URL, "x", PAGE_TRUNCATED},
	    {TRANSPORT_TIMEOUT, 200, "", "", PAGE_URL, "", PAGE_TRUNCATED},
	    {TRANSPORT_ENCODING, 200, "", "", PAGE_URL, "x", PAGE_ERROR},
	    {TRANSPORT_TIMEOUT, 0, "", "", "", "", PAGE_ERROR},
	    {TRANSPORT_DNS, 0, "", "", "", "", PAGE_ERROR},
	    {TRANSPORT_TLS, 0, "", "", "", "", PAGE_ERROR},
	    {TRANSPORT_INSECURE, 0, "", "", "", "", PAGE_ERROR},
	};
	const struct source source = {.url = PAGE_URL, .pointer = ""};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct http_header header = {table[i].header, table[i].value};
		struct http_response response = {
		    .transport = table[i].transport,
		    .status = table[i].status,
		    .headers = &header,
		    .n_headers = 1,
		    .body = table[i].body,
		    .body_len = strlen(table[i].body),
		    .final_url = table[i].final,
		};
		enum page_outcome outcome = PAGE_NEW;
		bool extract =
		    page_classify_response(&source, &response, &outcome);

		if (outcome != table[i].outcome ||
		    extract != (table[i].outcome == PAGE_NEW))
			fail_msg("row %zu: %s", i, page_outcome_name(outcome));
	}
}

/* A text of n bytes that says "Pricing". */
static struct page_text
sample(char *room, size_t n)
{
	memset(room, 'x', n);
	memcpy(room, "Pricing ", 8);
	room[n - 1] = '\n';
	room[n] = '\0';
	return (struct page_text){
	    .title = (char *)(uintptr_t) "Pricing", .text = room, .len = n};
}

static void
test_text(void **state)
{
	enum { SIZE = 1000 };
	static const char *const markers[] = {"Pricing", "xxx"};
	static const char *const title_marker[] = {"Vendor", "xxx"};
	static const char *const absent[] = {"Pricing", "EUR"};
	static const struct {
		int status;
		bool needs_js;
		size_t len, previous_len;
		enum { NONE, SAME, OTHER } previous;
		const char *const *markers;
		const char *title;
		enum page_outcome outcome;
	} table[] = {
	    {0, false, SIZE, 0, NONE, markers, "", PAGE_NEW},
	    {0, false, SIZE, SIZE, SAME, markers, "", PAGE_UNCHANGED},
	    {0, false, SIZE, SIZE, OTHER, markers, "", PAGE_CHANGED},
	    {0, false, SIZE, SIZE, OTHER, title_marker, "Vendor", PAGE_CHANGED},
	    {ERR_NOT_FOUND, false, SIZE, SIZE, SAME, markers, "",
	     PAGE_FILTER_MISS},
	    {ERR_INVALID, false, SIZE, SIZE, SAME, markers, "", PAGE_ERROR},
	    {ERR_LIMIT, false, SIZE, SIZE, SAME, markers, "", PAGE_ERROR},
	    {ERR_IO, false, SIZE, 0, NONE, markers, "", PAGE_ERROR},
	    {0, true, SIZE, SIZE, SAME, markers, "", PAGE_NEEDS_JS},
	    {0, false, SIZE, SIZE, SAME, absent, "", PAGE_SUSPECT},
	    {0, false, SIZE, 0, NONE, absent, "", PAGE_SUSPECT},
	    {0, false, 0, 0, NONE, NULL, "", PAGE_SUSPECT},
	    /* 40 % of the last text is where a collapse begins */
	    {0, false, 400, 1000, OTHER, markers, "", PAGE_CHANGED},
	    {0, false, 399, 1000, OTHER, markers, "", PAGE_SUSPECT},
	    {0, false, 399, 0, OTHER, markers, "", PAGE_CHANGED},
	    {0, false, 79, 200, OTHER, markers, "", PAGE_SUSPECT},
	    {0, false, 20, 199, OTHER, markers, "", PAGE_CHANGED},
	    {0, false, SIZE, 50, OTHER, markers, "", PAGE_CHANGED},
	};
	const struct http_response response = {.status = 200};
	char room[SIZE + 1];

	for (size_t i = 0; i < COUNT(table); i++) {
		struct source source = {
		    .must_contain = {table[i].markers,
				     table[i].markers == NULL ? 0 : 2},
		};
		struct page_text text = sample(room, SIZE);
		struct digest previous;
		enum page_outcome outcome;

		text.status = table[i].status;
		text.needs_js = table[i].needs_js;
		text.len = table[i].len;
		text.title = (char *)(uintptr_t)table[i].title;
		previous = digest_sha256(
		    text.text, table[i].previous == SAME ? text.len : 3);
		outcome = page_classify_text(
		    &source, &response, &text,
		    table[i].previous == NONE ? NULL : &previous,
		    table[i].previous_len);
		if (outcome != table[i].outcome)
			fail_msg("row %zu: %s", i, page_outcome_name(outcome));
	}
}

static void
test_soft_404(void **state)
{
	static const struct {
		const char *title;
		bool missing;
	} table[] = {
	    {"404", true},
	    {"Page not found | Example", true},
	    {"Example - Page Not Found", true},
	    {"404: This page could not be found.", true},
	    {"Example \xc2\xb7 Error 404!", true},
	    {"Docs \xe2\x80\x94 Not found", true},
	    {"Pricing | Example", false},
	    {"Error 404 and other codes | Docs", false},
	    {"What to do about 404 not found", false},
	    {"model_not_found - Errors", false},
	    {"", false},
	    {" | ", false},
	};
	const struct source source = {0};
	const struct http_response response = {.status = 200};
	char room[101];

	for (size_t i = 0; i < COUNT(table); i++) {
		struct page_text text = sample(room, 100);

		text.title = (char *)(uintptr_t)table[i].title;
		if (page_classify_text(&source, &response, &text, NULL, 0) !=
		    (table[i].missing ? PAGE_SUSPECT : PAGE_NEW))
			fail_msg("row %zu: %s", i, table[i].title);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_charset),  cmocka_unit_test(test_place),
	    cmocka_unit_test(test_response), cmocka_unit_test(test_text),
	    cmocka_unit_test(test_soft_404),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
