/* Headers are parsed strictly: digits, one space between, one LF; lengths
 * must be what is there. */
#include "page/frame.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_NUMBERS = 4 };

static bool
parse_number(const char **p, const char *end, char terminator, size_t *ret)
{
	size_t n = 0, digits = 0;

	while (*p < end && **p >= '0' && **p <= '9' && digits < 9) {
		n = n * 10 + (size_t)(**p - '0');
		(*p)++;
		digits++;
	}
	if (digits == 0 || *p == end || **p != terminator)
		return false;
	(*p)++;
	*ret = n;
	return true;
}

/* The numbers of the header line; the first byte behind it, or NULL. */
static const char *
parse_header(const char *bytes, size_t len, size_t numbers[HEADER_NUMBERS])
{
	const char *p = bytes, *end = bytes + len;

	for (int i = 0; i < HEADER_NUMBERS; i++) {
		if (!parse_number(&p, end, i < HEADER_NUMBERS - 1 ? ' ' : '\n',
				  &numbers[i]))
			return NULL;
	}
	return p;
}

int
page_request_render(const struct page_request *request, struct buf *out)
{
	size_t pointer_len = strlen(request->pointer);

	if (pointer_len > PAGE_POINTER_MAX || request->body_len > PAGE_BODY_MAX)
		return ERR_LIMIT;
	buf_printf(out, "%d %d %zu %zu\n", (int)request->format,
		   (int)request->charset, pointer_len, request->body_len);
	buf_add(out, request->pointer, pointer_len);
	buf_add(out, request->body, request->body_len);
	return out->failed ? ERR_NOMEM : 0;
}

int
page_request_parse(const char *bytes, size_t len,
		   char pointer[PAGE_POINTER_MAX + 1], struct page_request *ret)
{
	size_t numbers[HEADER_NUMBERS];
	const char *p = parse_header(bytes, len, numbers);

	if (p == NULL || numbers[0] > PAGE_PLAIN ||
	    numbers[1] > PAGE_WINDOWS_1252 || numbers[2] > PAGE_POINTER_MAX ||
	    numbers[3] > PAGE_BODY_MAX ||
	    (size_t)(bytes + len - p) != numbers[2] + numbers[3])
		return ERR_INVALID;
	memcpy(pointer, p, numbers[2]);
	pointer[numbers[2]] = '\0';
	*ret = (struct page_request){
	    .format = (enum page_format)numbers[0],
	    .charset = (enum page_charset)numbers[1],
	    .pointer = pointer,
	    .body = p + numbers[2],
	    .body_len = numbers[3],
	};
	return 0;
}

void
page_answer_render(const struct page_text *text, struct buf *out)
{
	size_t title_len = strlen(text->title);

	if (title_len > PAGE_TITLE_MAX || text->len > PAGE_TEXT_MAX) {
		buf_printf(out, "%d 0 0 0\n", -ERR_LIMIT);
		return;
	}
	buf_printf(out, "%d %d %zu %zu\n", -text->status, text->needs_js,
		   title_len, text->len);
	buf_puts(out, text->title);
	buf_add(out, text->text, text->len);
}

static bool
is_clean_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		int32_t c = text_next_char(text, len, &i);

		if ((c < 0x20 && c != '\n') || (c >= 0x7f && c < 0xa0))
			return false;
	}
	return len == 0 || text[len - 1] == '\n';
}

static bool
is_status(int status)
{
	return status == 0 || status == ERR_INVALID || status == ERR_LIMIT ||
	       status == ERR_NOT_FOUND;
}

int
page_answer_parse(const char *bytes, size_t len, struct page_text *ret)
{
	size_t numbers[HEADER_NUMBERS];
	const char *p = parse_header(bytes, len, numbers), *text;
	struct buf title = {0}, copy = {0};

	if (p == NULL || numbers[0] > INT16_MAX ||
	    !is_status(-(int)numbers[0]) || numbers[1] > 1 ||
	    numbers[2] > PAGE_TITLE_MAX || numbers[3] > PAGE_TEXT_MAX ||
	    (size_t)(bytes + len - p) != numbers[2] + numbers[3])
		return ERR_INVALID;
	text = p + numbers[2];
	if (!is_clean_text(text, numbers[3]))
		return ERR_INVALID;
	text_clean(&title, p, numbers[2], PAGE_TITLE_MAX);
	buf_add(&copy, text, numbers[3]);
	if (title.failed || copy.failed) {
		buf_free(&title);
		buf_free(&copy);
		return ERR_NOMEM;
	}
	*ret = (struct page_text){
	    .status = -(int)numbers[0],
	    .needs_js = numbers[1] == 1,
	    .len = numbers[3],
	};
	ret->title = buf_steal(&title);
	ret->text = buf_steal(&copy);
	return 0;
}
