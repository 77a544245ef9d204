/* Text out of HTML, Markdown and JSON: examples in data/, then the corners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/seed.h"
#include "base/text.h"
#include "page/extract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct page_text
extract(enum page_format format, const char *pointer, const char *body,
	size_t len)
{
	struct page_request request = {format, PAGE_CHARSET_UNKNOWN, pointer,
				       body, len};
	struct page_text text;

	page_extract(&request, &text);
	return text;
}

static void
read_data(const char *name, struct buf *out)
{
	const char *top = getenv("top_srcdir");
	char path[512], chunk[4096];
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/unit/page/data/%s",
		 top == NULL ? "." : top, name);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(out, chunk, n);
	fclose(file);
}

static void
test_examples(void **state)
{
	static const struct {
		const char *name, *text, *pointer, *title;
		enum page_format format;
	} table[] = {
	    {"pricing.html", "pricing.html.txt", "",
	     "API pricing \xe2\x80\x94 Example", PAGE_HTML},
	    {"pricing.md", "pricing.md.txt", "", "API pricing", PAGE_MARKDOWN},
	    {"pricing.md", "pricing.md.txt", "", "", PAGE_PLAIN},
	    {"models.json", "models.json.txt", "/data[id=small-1]/pricing", "",
	     PAGE_JSON},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct buf body = {0}, expected = {0};
		struct page_text text;

		read_data(table[i].name, &body);
		read_data(table[i].text, &expected);
		text = extract(table[i].format, table[i].pointer, body.data,
			       body.len);
		assert_int_equal(text.status, 0);
		assert_false(text.needs_js);
		assert_string_equal(text.text, expected.data);
		assert_int_equal(text.len, expected.len);
		assert_string_equal(text.title, table[i].title);
		page_text_free(&text);
		buf_free(&body);
		buf_free(&expected);
	}
}

/* What changes on every visit and is no content. */
static void
test_noise_is_no_change(void **state)
{
	static const char *const noise[][2] = {
	    {"r4nd0m-1", "0th3r"},
	    {"8f3a", "9c11"},
	    {"b1d2", "zzz"},
	    {"c3e4", "yyy"},
	    {"2026-07-03", "2027-01-01"},
	    {"t1", "t2"},
	    {"icon", "other"},
	    {"Copyright 2026", "Copyright 2027"},
	    {"cookies", "biscuits"}};
	struct buf body = {0};
	struct page_text before, after;

	read_data("pricing.html", &body);
	before = extract(PAGE_HTML, "", body.data, body.len);
	for (size_t i = 0; i < COUNT(noise); i++) {
		char *at = strstr(body.data, noise[i][0]);
		size_t tail;
		struct buf other = {0};

		assert_non_null(at);
		tail = (size_t)(at - body.data) + strlen(noise[i][0]);
		buf_add(&other, body.data, (size_t)(at - body.data));
		buf_puts(&other, noise[i][1]);
		buf_add(&other, body.data + tail, body.len - tail);
		after = extract(PAGE_HTML, "", other.data, other.len);
		assert_string_equal(before.text, after.text);
		page_text_free(&after);
		buf_free(&other);
	}
	page_text_free(&before);
	buf_free(&body);
}

static const struct {
	const char *html, *text;
} html_examples[] = {
    {"", ""},
    {"plain words", "plain words\n"},
    {"a<p>b<p>c", "a\nb\nc\n"},
    {"<div>a</div>b<div>c</div>", "a\nb\nc\n"},
    {"a<span> b </span><i>c</i>", "a b c\n"},
    {"  a \n\t b&nbsp;&#x2009;\xe3\x80\x80 c  ", "a b c\n"},
    {"a<br><br>b<hr>c", "a\nb\nc\n"},
    {"a<!-->b<!--> c", "ab c\n"},
    {"a<!--x--!>b", "ab\n"},
    {"&copy2026 &lpar;&NotEqualTilde;&#x80;&amp;lt;",
     "\xc2\xa9"
     "2026 (\xe2\x89\x82\xcc\xb8\xe2\x82\xac&lt;\n"},
    {"a&#0;b&#xD800;c&#x9b;d", "a\xef\xbf\xbd"
			       "b\xef\xbf\xbd"
			       "c\xe2\x80\xba"
			       "d\n"},
    {"a\xff\xc3(b", "a\xef\xbf\xbd\xef\xbf\xbd(b\n"},
    /* gumbo replaces controls, but not those behind references */
    {"a\x1b[31mb", "a\xef\xbf\xbd[31mb\n"},
    {"&#27;[31mb&#x85;c&#7;", "[31mb\xe2\x80\xa6"
			      "c\n"},
    {"<title>t</title><script>s</script>a", "a\n"},
    {"<textarea><p>x</textarea>y", "<p>x\ny\n"},
    {"<pre>\na\n  b\n\nc</pre>", "a\nb\nc\n"},
    {"<my-price>1</my-price><my-price>2</my-price>", "12\n"},
    {"<select><option>a<option>b</select>", "a\nb\n"},
    {"<svg><desc>x</desc></svg>a<math><mi>b</mi></math>", "ab\n"},
    {"<p hidden>seen</p>", "seen\n"},
    {"<ol><li>a<ol><li>b<li>c</ol><li>d</ol>", "a\nb\nc\nd\n"},
    /* tables */
    {"<table><tr><td>a<td>b<tr><td>c", "a | b\nc\n"},
    {"<table><tr><td><td>b<td><td>d<td>", "| b | | d\n"},
    {"<table><tr><td> <td></table>x", "x\n"},
    {"<table><tr><td>a<p>b</p><br>c<div>d<td>e", "a b c d | e\n"},
    {"<table><tr><td>x<table><tr><td>a<td>b<tr><td>c</table>y<p>z<td>w",
     "x\na | b\nc\ny z | w\n"},
    {"<table><tr><td><pre>a\nb</pre><td>c", "a b | c\n"},
    {"<table>stray<tr><td>a</table>b", "stray\na\nb\n"},
    /* the main part */
    {"<p>menu</p><main>the long content</main>", "the long content\n"},
    {"<p>menu</p><div role=MAIN>the long content</div>", "the long content\n"},
    {"<p>menu</p><article>the long content</article>", "the long content\n"},
    {"<article>one part</article><article>two part</article>",
     "one part\ntwo part\n"},
    {"<p>what stands around it is longer</p><main>short</main>",
     "what stands around it is longer\nshort\n"},
    {"<nav>n</nav><header>h</header><aside>a</aside><footer>f</footer>",
     "h\na\n"},
    {"a<dialog>b</dialog><DIALOG open>c</DIALOG><dialogs>d</dialogs>", "ad\n"},
    {"<nav>n<main>hidden</main></nav>seen", "seen\n"},
};

static void
test_html(void **state)
{
	for (size_t i = 0; i < COUNT(html_examples); i++) {
		const char *html = html_examples[i].html;
		struct page_text text =
		    extract(PAGE_HTML, "", html, strlen(html));

		assert_int_equal(text.status, 0);
		if (strcmp(text.text, html_examples[i].text) != 0)
			fail_msg("row %zu: \"%s\"", i, text.text);
		page_text_free(&text);
	}
}

static void
test_blank_lines(void **state)
{
	static const char body[] = "\n \n\ta\n\n \n\nb\r\nc \n\n\n";
	struct page_text text = extract(PAGE_PLAIN, "", body, sizeof(body) - 1);

	assert_string_equal(text.text, "    a\n\nb\nc\n");
	page_text_free(&text);
}

static void
test_titles(void **state)
{
	static const struct {
		enum page_format format;
		const char *body, *title;
	} table[] = {
	    {PAGE_HTML, "<title> A\n B &amp; C </title>", "A B & C"},
	    {PAGE_HTML, "<svg><title>no</title></svg><p>x", ""},
	    {PAGE_HTML, "<body><title>late</title><title>2</title>", "late"},
	    {PAGE_HTML, "<h1>no title</h1>", ""},
	    {PAGE_MARKDOWN, "text\n\n## Two ##\n# One\n", "Two"},
	    {PAGE_MARKDOWN, "---\n# no\ntitle: x\n---\n# Yes\n", "Yes"},
	    {PAGE_MARKDOWN, "```\n# no\n~~~\n```\n# Yes", "Yes"},
	    {PAGE_MARKDOWN, "#no\n####### no\n    # no\n#\n#  \n# Yes", "Yes"},
	    {PAGE_MARKDOWN, "x\n---\n# Yes\n---\n", "Yes"},
	    {PAGE_PLAIN, "# no\n", ""},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct page_text text = extract(
		    table[i].format, "", table[i].body, strlen(table[i].body));

		if (strcmp(text.title, table[i].title) != 0)
			fail_msg("row %zu: \"%s\"", i, text.title);
		page_text_free(&text);
	}
}

static void
test_title_is_cut(void **state)
{
	struct buf body = {0};
	struct page_text text;

	buf_puts(&body, "<title>");
	for (int i = 0; i < 300; i++)
		buf_puts(&body, "\xc3\xa9");
	text = extract(PAGE_HTML, "", body.data, body.len);
	assert_int_equal(strlen(text.title), PAGE_TITLE_MAX);
	assert_true(text_is_utf8(text.title, strlen(text.title)));
	page_text_free(&text);
	buf_free(&body);
}

static void
test_charsets(void **state)
{
	static const struct {
		enum page_format format;
		enum page_charset charset;
		const char *body, *text;
	} table[] = {
	    {PAGE_PLAIN, PAGE_WINDOWS_1252, "\x80 0,15 \xe9\x81\xa7",
	     "\xe2\x82\xac 0,15 \xc3\xa9 \xc2\xa7\n"},
	    {PAGE_HTML, PAGE_CHARSET_UNKNOWN,
	     "<meta charset=\"iso-8859-1\"><p>\xa3"
	     "5",
	     "\xc2\xa3"
	     "5\n"},
	    /* the header outranks the page */
	    {PAGE_HTML, PAGE_UTF8, "<meta charset=latin1><p>\xc2\xa3",
	     "\xc2\xa3\n"},
	    /* a byte order mark outranks both */
	    {PAGE_HTML, PAGE_WINDOWS_1252, "\xef\xbb\xbf\xc2\xa3",
	     "\xc2\xa3\n"},
	    {PAGE_PLAIN, PAGE_CHARSET_UNKNOWN, "charset=latin1 \xa3",
	     "charset=latin1 \xef\xbf\xbd\n"},
	    {PAGE_MARKDOWN, PAGE_UTF8, "a\n  \x01\nb\n \x02", "a\nb\n"},
	    {PAGE_MARKDOWN, PAGE_UTF8, "\xef\xbb\xbf# a\xa3",
	     "# a\xef\xbf\xbd\n"},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct page_request request = {
		    table[i].format, table[i].charset, "", table[i].body,
		    strlen(table[i].body)};
		struct page_text text;

		page_extract(&request, &text);
		if (strcmp(text.text, table[i].text) != 0)
			fail_msg("row %zu: \"%s\"", i, text.text);
		page_text_free(&text);
	}
}

static void
test_needs_js(void **state)
{
	static const struct {
		size_t script_bytes, text_bytes;
		bool script, needs_js;
	} table[] = {
	    {0, 0, true, true}, /* a shell and no text at all */
	    {0, 0, false, false},
	    {0, 50, true, false}, /* small, but it says something */
	    {20000, 50, true, true},
	    {20000, 190, true, true},
	    {20000, 300, true, true}, /* below a twentieth */
	    {5000, 300, true, false},
	    {20000, 1100, true, false}, /* text enough for a page */
	    {2000000, 1100, true, false},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct buf body = {0};
		struct page_text text;

		buf_puts(&body, "<!doctype html><div id=root></div>");
		if (table[i].script)
			buf_puts(&body, "<script>");
		for (size_t k = 0; k < table[i].script_bytes; k++)
			buf_putc(&body, 's');
		if (table[i].script)
			buf_puts(&body, "</script>");
		for (size_t k = 0; k < table[i].text_bytes; k++)
			buf_putc(&body, 't');
		text = extract(PAGE_HTML, "", body.data, body.len);
		assert_int_equal(text.status, 0);
		if (text.needs_js != table[i].needs_js)
			fail_msg("row %zu", i);
		page_text_free(&text);
		buf_free(&body);
	}
}

static void
test_pointers(void **state)
{
	static const char body[] =
	    "{\"a\":{\"b/c\":1,\"\":2,\"~\":3,\"[x=y]\":4},"
	    "\"list\":[10,{\"id\":\"p/q\",\"v\":5},{\"id\":\"r]s\",\"v\":6},"
	    "{\"id\":7,\"v\":8},{\"id\":\"two\",\"v\":1},"
	    "{\"id\":\"two\",\"v\":1},{\"id\":\"\",\"v\":9}],"
	    "\"twice\":1,\"\\u0074wice\":2,\"n\":null}";
	static const struct {
		const char *pointer;
		int status;
		const char *text;
	} table[] = {
	    {"/a/b~1c", 0, "1\n"},
	    {"/a/", 0, "2\n"},
	    {"/a/~0", 0, "3\n"},
	    {"/list/0", 0, "10\n"},
	    {"/list/1/v", 0, "5\n"},
	    {"/list[id=p/q]/v", 0, "5\n"},
	    {"/list[id=p~1q]/v", 0, "5\n"},
	    {"/list[id=r]s]/v", 0, "6\n"},
	    {"/list[id=]/v", 0, "9\n"},
	    {"/list/[id=p/q]/v", 0, "5\n"},
	    {"/n", 0, "null\n"},
	    {"/list[id=7]", ERR_NOT_FOUND, ""},	    /* a number is no string */
	    {"/list[id=two]/v", ERR_NOT_FOUND, ""}, /* which one? */
	    {"/list[id=none]", ERR_NOT_FOUND, ""},
	    {"/list[v=5]", ERR_NOT_FOUND, ""},
	    {"/a[id=x]", ERR_NOT_FOUND, ""}, /* not an array */
	    {"/list/00", ERR_NOT_FOUND, ""},
	    {"/list/7", ERR_NOT_FOUND, ""},
	    {"/list/-", ERR_NOT_FOUND, ""},
	    {"/list/1e0", ERR_NOT_FOUND, ""},
	    {"/list/0/x", ERR_NOT_FOUND, ""},
	    {"/a/b", ERR_NOT_FOUND, ""},
	    {"/A", ERR_NOT_FOUND, ""},
	    {"/a/~2", ERR_NOT_FOUND, ""},
	    {"/a/~", ERR_NOT_FOUND, ""},
	    {"a", ERR_NOT_FOUND, ""},
	    {"/twice", ERR_INVALID, ""},
	    {"", ERR_INVALID, ""}, /* the whole body has two of one key */
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct page_text text = extract(PAGE_JSON, table[i].pointer,
						body, sizeof(body) - 1);

		if (text.status != table[i].status ||
		    strcmp(text.text, table[i].text) != 0)
			fail_msg("%s: %d \"%s\"", table[i].pointer, text.status,
				 text.text);
		page_text_free(&text);
	}
}

static void
test_root_array(void **state)
{
	static const char body[] = " [{\"id\":\"x\",\"p\":\"0.15\"}] ";
	struct page_text text =
	    extract(PAGE_JSON, "/[id=x]/p", body, sizeof(body) - 1);

	assert_string_equal(text.text, "\"0.15\"\n");
	page_text_free(&text);
}

static void
test_order_is_no_change(void **state)
{
	static const char *const bodies[] = {
	    "{\"b\":[1, 2],\"a\":{\"d\":\"\\u0041\",\"c\":null}}",
	    "{ \"a\" : {\"c\":null, \"d\":\"A\"},\n\"b\":[1,2]}"};
	struct page_text one =
	    extract(PAGE_JSON, "", bodies[0], strlen(bodies[0]));
	struct page_text two =
	    extract(PAGE_JSON, "", bodies[1], strlen(bodies[1]));

	assert_int_equal(one.status, 0);
	assert_string_equal(one.text, two.text);
	page_text_free(&one);
	page_text_free(&two);
}

static void
test_refused(void **state)
{
	static const struct {
		enum page_format format;
		const char *pointer, *body;
		size_t len;
		int status;
	} table[] = {
	    {PAGE_JSON, "", "{\"a\":1,\"a\":2}", 13, ERR_INVALID},
	    {PAGE_JSON, "", "{\"a\":\"\\u0000\"}", 14, ERR_INVALID},
	    {PAGE_JSON, "", "{\"a\":1", 6, ERR_INVALID},
	    {PAGE_JSON, "", "<p>", 3, ERR_INVALID},
	    {PAGE_JSON, "", "", 0, ERR_INVALID},
	    {PAGE_JSON, "/a", "NaN", 3, ERR_INVALID},
	    {PAGE_HTML, "/a", "<p>", 3, ERR_NOT_FOUND},
	    {PAGE_PLAIN, "", "a\0b", 3, ERR_INVALID},
	    {PAGE_HTML, "", "a\0b", 3, ERR_INVALID},
	    {PAGE_HTML, "", "\xff\xfe<\0p\0", 6, ERR_INVALID},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct page_text text =
		    extract(table[i].format, table[i].pointer, table[i].body,
			    table[i].len);

		if (text.status != table[i].status || text.len != 0)
			fail_msg("row %zu: %d", i, text.status);
		page_text_free(&text);
	}
}

static void
repeat(struct buf *out, const char *text, size_t n)
{
	while (n-- > 0)
		buf_puts(out, text);
}

/* The text is whole at the limit and refused beyond it, never cut. */
static void
test_text_limit(void **state)
{
	static const enum page_format formats[] = {PAGE_HTML, PAGE_MARKDOWN,
						   PAGE_PLAIN};
	struct buf body = {0};

	repeat(&body, "x", PAGE_TEXT_MAX - 1);
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct page_text text =
		    extract(formats[i], "", body.data, body.len);

		assert_int_equal(text.status, 0);
		assert_int_equal(text.len, PAGE_TEXT_MAX);
		page_text_free(&text);
	}
	buf_putc(&body, 'x');
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct page_text text =
		    extract(formats[i], "", body.data, body.len);

		assert_int_equal(text.status, ERR_LIMIT);
		page_text_free(&text);
	}
	buf_free(&body);
}

/* Many values on many lines of much indentation. */
static void
test_json_limit(void **state)
{
	struct page_text text;
	struct buf body = {0};

	repeat(&body, "[", 60);
	repeat(&body, "1,", 20000);
	buf_puts(&body, "1");
	repeat(&body, "]", 60);
	text = extract(PAGE_JSON, "", body.data, body.len);
	assert_int_equal(text.status, ERR_LIMIT);
	page_text_free(&text);
	buf_free(&body);
}

static void
test_deep(void **state)
{
	struct page_text text;
	struct buf body = {0};

	repeat(&body, "<div>", 20000);
	buf_puts(&body, "below");
	text = extract(PAGE_HTML, "", body.data, body.len);
	assert_int_equal(text.status, 0);
	assert_string_equal(text.text, "below\n");
	page_text_free(&text);

	buf_reset(&body);
	repeat(&body, "<table><tr><td>", 5000);
	buf_puts(&body, "below");
	text = extract(PAGE_HTML, "", body.data, body.len);
	assert_int_equal(text.status, 0);
	assert_string_equal(text.text, "below\n");
	page_text_free(&text);

	buf_reset(&body);
	repeat(&body, "[", 100);
	repeat(&body, "]", 100);
	text = extract(PAGE_JSON, "", body.data, body.len);
	assert_int_equal(text.status, ERR_INVALID);
	page_text_free(&text);
	buf_free(&body);
}

static void
test_huge_attribute(void **state)
{
	struct page_text text;
	struct buf body = {0};

	buf_puts(&body, "<a title=\"");
	repeat(&body, "<p>x &amp; ", 100000);
	buf_puts(&body, "\">link</a>");
	text = extract(PAGE_HTML, "", body.data, body.len);
	assert_int_equal(text.status, 0);
	assert_string_equal(text.text, "link\n");
	page_text_free(&text);
	buf_free(&body);
}

/* 70 kB, and gigabytes as a tree: every paragraph reopens all formatting. */
static void
test_formatting_bomb(void **state)
{
	struct page_text text;
	struct buf body = {0};
	char tag[32];

	for (int i = 0; i < 3000; i++) {
		snprintf(tag, sizeof(tag), "<p><font size=%d>x</p>", i);
		buf_puts(&body, tag);
	}
	text = extract(PAGE_HTML, "", body.data, body.len);
	assert_int_equal(text.status, ERR_LIMIT);
	assert_int_equal(text.len, 0);
	page_text_free(&text);
	buf_free(&body);
}

/* Any bytes: an answer that the daemon accepts, or a typed status. */
static void
test_mutations(void **state)
{
	static const char *const names[] = {"pricing.html", "pricing.md",
					    "models.json"};
	struct seed seed = seed_start();

	for (int i = 0; i < 3000; i++) {
		struct buf body = {0}, answer = {0};
		struct page_text text, back;
		uint32_t n = 1 + seed_next(&seed, 20);

		read_data(names[i % 3], &body);
		while (n-- > 0) {
			size_t at = seed_next(&seed, (uint32_t)body.len);

			if (seed_next(&seed, 8) == 0)
				body.len = at + 1;
			else
				body.data[at] = (char)seed_next(&seed, 256);
		}
		text =
		    extract((enum page_format)seed_next(&seed, 4),
			    seed_next(&seed, 2) == 0 ? "" : "/data[id=other]",
			    body.data, body.len);
		page_answer_render(&text, &answer);
		assert_int_equal(
		    page_answer_parse(answer.data, answer.len, &back), 0);
		assert_int_equal(back.status, text.status);
		assert_string_equal(back.text, text.text);
		assert_string_equal(back.title, text.title);
		page_text_free(&text);
		page_text_free(&back);
		buf_free(&body);
		buf_free(&answer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_examples),
	    cmocka_unit_test(test_noise_is_no_change),
	    cmocka_unit_test(test_html),
	    cmocka_unit_test(test_blank_lines),
	    cmocka_unit_test(test_titles),
	    cmocka_unit_test(test_title_is_cut),
	    cmocka_unit_test(test_charsets),
	    cmocka_unit_test(test_needs_js),
	    cmocka_unit_test(test_pointers),
	    cmocka_unit_test(test_root_array),
	    cmocka_unit_test(test_order_is_no_change),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_text_limit),
	    cmocka_unit_test(test_json_limit),
	    cmocka_unit_test(test_deep),
	    cmocka_unit_test(test_huge_attribute),
	    cmocka_unit_test(test_formatting_bomb),
	    cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
