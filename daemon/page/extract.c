/* Decoding, the choice of the format, and the limits of what comes out. */
#include "page/extract.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Where HTML may name its charset. */
enum { META_BYTES = 1024 };

/* windows-1252 between 0x80 and 0x9f; the five unused bytes stand for
 * themselves, as browsers have it. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
    0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
    0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

static void
put_1252(struct buf *out, unsigned char byte)
{
	unsigned int c = byte;

	if (byte >= 0x80 && byte < 0xa0)
		c = windows_1252[byte - 0x80];
	if (c < 0x80) {
		buf_putc(out, (char)c);
	} else if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_putc(out, (char)(0xe0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c & 0x3f)));
	}
}

static void
decode_utf8(const char *text, size_t len, struct buf *out)
{
	size_t good = 0;

	for (size_t i = 0; i < len;) {
		size_t at = i;

		if (text_next_char(text, len, &i) >= 0)
			continue;
		buf_add(out, text + good, at - good);
		buf_puts(out, "\xef\xbf\xbd");
		good = i;
	}
	buf_add(out, text + good, len - good);
}

static enum page_charset
charset_of(const struct page_request *request)
{
	char start[META_BYTES + 1];
	size_t n =
	    request->body_len < META_BYTES ? request->body_len : META_BYTES;

	if (request->charset != PAGE_CHARSET_UNKNOWN ||
	    request->format != PAGE_HTML)
		return request->charset;
	memcpy(start, request->body, n);
	start[n] = '\0';
	return page_charset_in(start);
}

void
page_decode(const struct page_request *request, struct buf *out)
{
	const char *body = request->body;
	size_t len = request->body_len;

	if (len >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0) {
		decode_utf8(body + 3, len - 3, out);
		return;
	}
	if (charset_of(request) != PAGE_WINDOWS_1252) {
		decode_utf8(body, len, out);
		return;
	}
	for (size_t i = 0; i < len; i++)
		put_1252(out, (unsigned char)body[i]);
}

/* NUL bytes stand in pictures, archives and UTF-16, not in a page. */
static int
extract_body(const struct page_request *request, const struct buf *body,
	     struct extract *out)
{
	const char *text = buf_text(body);

	if (memchr(text, '\0', body->len) != NULL)
		return ERR_INVALID;
	if (request->format == PAGE_JSON)
		return page_extract_record(text, body->len, request->pointer,
					   out);
	if (request->pointer[0] != '\0')
		return ERR_NOT_FOUND;
	if (request->format == PAGE_HTML)
		return page_extract_html(text, body->len, out);
	page_extract_markdown(text, body->len, request->format == PAGE_MARKDOWN,
			      out);
	return 0;
}

static int
finish(struct extract *from, struct page_text *text)
{
	struct buf title = {0};

	if (from->lines.overflow || from->lines.text.failed)
		return ERR_LIMIT;
	text_clean(&title, buf_text(&from->title), from->title.len,
		   PAGE_TITLE_MAX);
	text->needs_js = from->needs_js;
	text->len = from->lines.text.len;
	text->text = buf_steal(&from->lines.text);
	text->title = buf_steal(&title);
	return text->text == NULL || text->title == NULL ? ERR_LIMIT : 0;
}

void
page_extract(const struct page_request *request, struct page_text *ret_text)
{
	struct extract out = {.lines = {.max = PAGE_TEXT_MAX}};
	struct buf body = {0};
	int r;

	*ret_text = (struct page_text){0};
	page_decode(request, &body);
	r = body.failed ? ERR_LIMIT : extract_body(request, &body, &out);
	if (r == 0)
		r = finish(&out, ret_text);
	if (r < 0) {
		page_text_free(ret_text);
		*ret_text = page_text_failed(r);
	}
	buf_free(&out.title);
	lines_free(&out.lines);
	buf_free(&body);
}
