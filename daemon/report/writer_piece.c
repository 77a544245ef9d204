/* Width is counted in code points of UTF-8, and colour is added last, so that
 * it never counts.  A name stays whole, so that it can be copied and searched
 * for: a text is broken at spaces and behind slashes, and within a word only
 * where it is wider than a whole column. */
#include "report/writer_piece.h"

#include <string.h>

enum { NAME_WIDTH_MAX = 64 };

size_t
writer_width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Bytes of the first `columns` code points. */
static size_t
bytes_of(const char *text, size_t columns)
{
	size_t i = 0;

	while (text[i] != '\0') {
		if (((unsigned char)text[i] & 0xc0) != 0x80 && columns-- == 0)
			break;
		i++;
	}
	return i;
}

/* Where a word that is wider than its column is broken: behind the last
 * slash that fits, so that halves of names stay names. */
static size_t
break_word(const char *text, size_t fits)
{
	for (size_t i = fits; i > 1; i--) {
		if (text[i - 1] == '/')
			return i;
	}
	return fits;
}

size_t
piece_break(const char *text, size_t width, bool break_words,
	    const char **ret_next)
{
	size_t fits = bytes_of(text, width), cut = fits;

	if (text[fits] != '\0' && text[fits] != ' ') {
		while (cut > 0 && text[cut - 1] != ' ')
			cut--;
		if (cut == 0 && break_words)
			cut = break_word(text, fits);
		else if (cut == 0)
			cut = fits + strcspn(text + fits, " ");
	}
	*ret_next = text + cut;
	while (**ret_next == ' ')
		(*ret_next)++;
	while (cut > 0 && text[cut - 1] == ' ')
		cut--;
	return cut;
}

size_t
piece_name_width(const char *text)
{
	size_t widest = 0, n = 0;

	for (; *text != '\0'; text++) {
		n += ((unsigned char)*text & 0xc0) != 0x80;
		if (*text == ' ')
			n = 0;
		widest = n > widest ? n : widest;
		if (*text == '/')
			n = 0;
	}
	return widest < NAME_WIDTH_MAX ? widest : NAME_WIDTH_MAX;
}

static const struct {
	const char *word;
	const char *color;
} colors[] = {
    {"pass", "32"},	{"unchanged", "32"},	{"visible", "32"},
    {"rejected", "32"}, {"hold", "33"},		{"pending", "33"},
    {"changed", "33"},	{"new", "33"},		{"warning", "33"},
    {"open", "33"},	{"inconclusive", "35"}, {"fail", "31"},
    {"accepted", "31"}, {"critical", "31"},	{"error", "31"},
};

const char *
piece_color(const struct writer *w, const struct column *column,
	    const char *text)
{
	size_t n = sizeof(colors) / sizeof(colors[0]);

	if (!w->color || (column->flags & COLUMN_STATE) == 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(colors[i].word);

		/* "pass (response only)" is green too */
		if (strncmp(text, colors[i].word, len) == 0 &&
		    (text[len] == '\0' || text[len] == ' '))
			return colors[i].color;
	}
	return NULL;
}

void
piece_pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_putc(out, ' ');
}

void
piece_put(struct buf *out, const char *text, size_t len, const char *color)
{
	if (color != NULL)
		buf_printf(out, "\033[%sm", color);
	buf_add(out, text, len);
	if (color != NULL)
		buf_puts(out, "\033[0m");
}

void
piece_end_line(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_putc(out, '\n');
}
