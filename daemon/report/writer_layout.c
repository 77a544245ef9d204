/* Lines of text.
 *
 * A table is a line of titles and a line for each row, longer cells going on
 * below: nothing is left out.  A column that hangs has a line of its own for
 * each cell: above the other cells of its row, or below, where it is not the
 * first. */
#include "report/writer_layout.h"
#include "base/text.h"
#include "report/writer_columns.h"
#include "report/writer_html.h"
#include "report/writer_piece.h"

#include <ctype.h>
#include <string.h>

enum { TITLE_MAX = 28 };

/* One row while it is printed: what is left of each cell. */
struct line {
	const char *rest[WRITER_COLUMNS_MAX];
	const char *color[WRITER_COLUMNS_MAX];
};

static void
put_cell(const struct layout *l, size_t i, struct line *line)
{
	struct buf *out = l->w->out;
	const char *text = line->rest[i];
	size_t len = piece_break(text, l->width[i], true, &line->rest[i]);
	size_t shown = 0;

	for (size_t b = 0; b < len; b++)
		shown += ((unsigned char)text[b] & 0xc0) != 0x80;
	if ((columns_flags(l, i) & COLUMN_RIGHT) != 0)
		piece_pad(out, l->width[i] - shown);
	piece_put(out, text, len, line->color[i]);
	if ((columns_flags(l, i) & COLUMN_RIGHT) == 0)
		piece_pad(out, l->width[i] - shown);
}

static void
print_row(const struct layout *l, struct line *line)
{
	bool more;

	do {
		more = false;
		piece_pad(l->w->out, l->hung_first ? COLUMNS_HANG : 0);
		for (size_t i = 0; i < l->n; i++) {
			put_cell(l, i, line);
			if (i + 1 < l->n)
				piece_pad(l->w->out, COLUMNS_GAP);
			more = more || line->rest[i][0] != '\0';
		}
		piece_end_line(l->w->out);
	} while (more);
}

/* A cell that has lines of its own. */
static void
print_hung(const struct layout *l, size_t indent, const char *text,
	   const char *color)
{
	size_t width = (size_t)l->w->width - indent;

	do {
		const char *next;
		size_t len = piece_break(text, width, true, &next);

		piece_pad(l->w->out, indent);
		piece_put(l->w->out, text, len, color);
		piece_end_line(l->w->out);
		text = next;
	} while (*text != '\0');
}

/* A whole row; `hung` are the texts of the columns that hang. */
static void
print_whole(const struct layout *l, struct line *line, struct line *hung)
{
	size_t i = 0;

	if (l->hung_first) {
		print_hung(l, 0, hung->rest[0], hung->color[0]);
		i++;
	}
	print_row(l, line);
	for (; i < l->n_hung; i++)
		print_hung(l, COLUMNS_HANG, hung->rest[i], hung->color[i]);
}

static void
upper(const char *title, char out[static TITLE_MAX + 1])
{
	size_t k;

	for (k = 0; k < TITLE_MAX && title[k] != '\0'; k++)
		out[k] = (char)toupper((unsigned char)title[k]);
	out[k] = '\0';
}

static void
print_titles(const struct layout *l)
{
	char titles[WRITER_COLUMNS_MAX][TITLE_MAX + 1];
	struct line line = {{NULL}, {NULL}}, hung = line;

	for (size_t c = 0; c < l->w->n_columns; c++)
		upper(l->w->columns[c].title, titles[c]);
	for (size_t i = 0; i < l->n; i++)
		line.rest[i] = titles[l->column[i]];
	for (size_t i = 0; i < l->n_hung; i++)
		hung.rest[i] = titles[l->hung[i]];
	print_whole(l, &line, &hung);
}

static void
fill_line(const struct layout *l, size_t row, const size_t *columns, size_t n,
	  struct line *line)
{
	const struct writer *w = l->w;

	for (size_t i = 0; i < n; i++) {
		line->rest[i] = w->cells[row + columns[i]].text;
		line->color[i] =
		    piece_color(w, &w->columns[columns[i]], line->rest[i]);
	}
}

void
layout_table(struct writer *w)
{
	struct layout l = {.w = w};

	columns_choose(&l);
	print_titles(&l);
	for (size_t row = 0; row < w->n_cells; row += w->n_columns) {
		struct line line, hung;

		fill_line(&l, row, l.column, l.n, &line);
		fill_line(&l, row, l.hung, l.n_hung, &hung);
		print_whole(&l, &line, &hung);
	}
}

/* Lines of `text` from column `indent` on; the first line has begun. */
static void
put_wrapped(const struct writer *w, size_t indent, const char *text,
	    const char *color)
{
	size_t width = (size_t)w->width > indent + COLUMNS_FLEX_MIN
			   ? (size_t)w->width - indent
			   : COLUMNS_FLEX_MIN;

	for (bool first = true; first || *text != '\0'; first = false) {
		const char *next;
		size_t len = piece_break(text, width, false, &next);

		if (!first)
			piece_pad(w->out, indent);
		piece_put(w->out, text, len, color);
		piece_end_line(w->out);
		text = next;
	}
}

void
layout_card(struct writer *w, const struct cell *row)
{
	size_t title = 0;

	for (size_t i = 0; i < w->n_columns; i++) {
		size_t width = writer_width(w->columns[i].title);

		if (width > title && width <= TITLE_MAX)
			title = width;
	}
	for (size_t i = 0; i < w->n_columns; i++) {
		const struct column *c = &w->columns[i];
		size_t width = writer_width(c->title);

		buf_printf(w->out, "  %s", c->title);
		piece_pad(w->out,
			  (width < title ? title - width : 0) + COLUMNS_GAP);
		put_wrapped(w, 2 + title + COLUMNS_GAP, row[i].text,
			    piece_color(w, c, row[i].text));
	}
}

void
writer_heading(struct writer *w, const char *text)
{
	if (w->format == WRITER_HTML)
		html_heading(w, text);
	if (w->format != WRITER_TEXT)
		return;
	if (w->out->len > 0)
		buf_putc(w->out, '\n');
	buf_puts(w->out, text);
	buf_putc(w->out, '\n');
}

void
writer_paragraph(struct writer *w, const char *indent, const char *text)
{
	struct buf clean = {0};

	if (w->format == WRITER_HTML)
		html_paragraph(w, strchr(indent, '-') != NULL, text);
	if (w->format != WRITER_TEXT)
		return;
	text_clean(&clean, text, strlen(text), strlen(text));
	buf_puts(w->out, indent);
	put_wrapped(w, writer_width(indent), buf_text(&clean), NULL);
	buf_free(&clean);
}
