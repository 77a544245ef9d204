/* Every cell that is text stands in quotes, so that no list separator and no
 * number format of a spreadsheet takes it apart.
 *
 * A spreadsheet takes a text for a formula by its first character, and some
 * drop white space before it or read wide characters as narrow ones; such a
 * text gets an apostrophe before it. */
#include "report/writer_csv.h"

#include <string.h>

/* Whether one of them stands where `at` is. */
static bool
begins_formula(const char *at)
{
	/* the last: U+FF1D, U+FF0B, U+FF0D, U+FF20, and U+2212, minus */
	static const char *const signs[] = {"=",
					    "+",
					    "-",
					    "@",
					    "\xef\xbc\x9d",
					    "\xef\xbc\x8b",
					    "\xef\xbc\x8d",
					    "\xef\xbc\xa0",
					    "\xe2\x88\x92"};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (strncmp(at, signs[i], strlen(signs[i])) == 0)
			return true;
	}
	return false;
}

/* Behind the white space that it begins with: ASCII's, U+00A0, U+3000. */
static const char *
skip_white(const char *at)
{
	for (;;) {
		size_t n = strspn(at, " \t\r\n\v\f");

		if (n == 0 && strncmp(at, "\xc2\xa0", 2) == 0)
			n = 2;
		else if (n == 0 && strncmp(at, "\xe3\x80\x80", 3) == 0)
			n = 3;
		if (n == 0)
			return at;
		at += n;
	}
}

void
csv_quote(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	if (begins_formula(skip_white(text)) ||
	    (text[0] != '\0' && strchr("\t\r", text[0]) != NULL))
		buf_putc(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_putc(out, '"');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static bool
is_nothing(const char *value)
{
	return strcmp(value, "null") == 0 || strcmp(value, "\"\"") == 0 ||
	       strcmp(value, "[]") == 0;
}

static void
put_cell(struct buf *out, const struct cell *cell)
{
	if (is_nothing(cell->value))
		return;
	if (cell->value[0] == '"' || cell->value[0] == '[')
		csv_quote(out, cell->text);
	else
		buf_puts(out, cell->value);
}

static void
put_keys(struct writer *w)
{
	for (size_t i = 0; i < w->n_columns; i++)
		buf_printf(w->out, "%s%s", i == 0 ? "" : ",",
			   w->columns[i].key);
	buf_putc(w->out, '\n');
}

void
csv_table(struct writer *w)
{
	if (!w->headed)
		put_keys(w);
	w->headed = true;
	for (size_t i = 0; i < w->n_cells; i++) {
		bool last = (i + 1) % w->n_columns == 0;

		put_cell(w->out, &w->cells[i]);
		buf_putc(w->out, last ? '\n' : ',');
	}
}
