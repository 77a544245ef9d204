/* Every cell that is text stands in quotes, so that no list separator and no
 * number format of a spreadsheet takes it apart. */
#include "report/writer_csv.h"

#include <string.h>

void
csv_quote(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
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
