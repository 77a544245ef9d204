/* White space and cell borders are remembered and written only before the
 * next visible character, so no line starts or ends with them. */
#include "page/lines.h"
#include "base/text.h"

void
lines_free(struct lines *lines)
{
	buf_free(&lines->text);
	*lines = (struct lines){.max = lines->max};
}

static bool
is_space(int32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

static void
put(struct lines *lines, const char *bytes, size_t len)
{
	/* One byte is kept for the LF. */
	if (lines->overflow || lines->text.len + len >= lines->max) {
		lines->overflow = true;
		return;
	}
	buf_add(&lines->text, bytes, len);
}

static void
put_indent(struct lines *lines)
{
	for (; lines->indent > 0 && !lines->overflow; lines->indent--)
		put(lines, " ", 1);
}

static void
put_gap(struct lines *lines)
{
	for (; lines->cells > 0; lines->cells--) {
		if (lines->line_open)
			put(lines, " ", 1);
		put(lines, "|", 1);
		lines->line_open = true;
		lines->space = true;
	}
	if (lines->space && lines->line_open)
		put(lines, " ", 1);
	put_indent(lines);
	lines->space = false;
	lines->line_open = true;
}

void
lines_add(struct lines *lines, const char *text, size_t len)
{
	for (size_t i = 0; i < len && !lines->overflow;) {
		size_t at = i;
		int32_t c = text_next_char(text, len, &i);

		if (c >= 0 && is_space(c)) {
			lines->space = true;
			continue;
		}
		put_gap(lines);
		if (c < 0)
			put(lines, "\xef\xbf\xbd", 3);
		else
			put(lines, text + at, i - at);
	}
}

void
lines_raw(struct lines *lines, const char *text, size_t len)
{
	put_indent(lines);
	put(lines, text, len);
	lines->line_open = lines->line_open || len > 0;
}

void
lines_indent(struct lines *lines, size_t blanks)
{
	lines->indent = blanks;
}

void
lines_gap(struct lines *lines)
{
	put(lines, "\n", 1);
}

void
lines_space(struct lines *lines)
{
	lines->space = true;
}

void
lines_cell(struct lines *lines)
{
	lines->cells++;
}

void
lines_break(struct lines *lines)
{
	struct buf *text = &lines->text;

	if (lines->line_open && !text->failed)
		buf_putc(text, '\n');
	/* The indent of a line that turned out to hold nothing. */
	while (!lines->line_open && text->len > 0 &&
	       text->data[text->len - 1] == ' ')
		text->data[--text->len] = '\0';
	lines->line_open = false;
	lines->space = false;
	lines->cells = 0;
	lines->indent = 0;
}
