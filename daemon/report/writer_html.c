/* A table scrolls by itself where the page is narrower, and can be reached by
 * the keyboard for that; on paper it is kept whole (the page's style). */
#include "report/writer_html.h"
#include "base/text.h"

#include <string.h>

void
html_escape(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		case '\'':
			buf_puts(out, "&#39;");
			break;
		default:
			buf_putc(out, *text);
			break;
		}
	}
}

/* The first cell names its row. */
static void
put_cell(struct writer *w, size_t column, const char *text)
{
	const char *tag = column == 0 ? "th" : "td";

	buf_printf(w->out, "<%s%s%s>", tag, column == 0 ? " scope=\"row\"" : "",
		   w->columns[column].flags & COLUMN_RIGHT ? " class=\"n\""
							   : "");
	html_escape(w->out, text);
	buf_printf(w->out, "</%s>", tag);
}

static void
put_titles(struct writer *w)
{
	buf_puts(w->out, "<thead><tr>");
	for (size_t i = 0; i < w->n_columns; i++) {
		if (w->columns[i].flags & COLUMN_MORE)
			continue;
		buf_printf(w->out, "<th scope=\"col\"%s>",
			   w->columns[i].flags & COLUMN_RIGHT ? " class=\"n\""
							      : "");
		html_escape(w->out, w->columns[i].title);
		buf_puts(w->out, "</th>");
	}
	buf_puts(w->out, "</tr></thead>\n<tbody>\n");
}

void
html_table(struct writer *w)
{
	buf_printf(w->out,
		   "<div class=\"wide\" role=\"region\" tabindex=\"0\" "
		   "aria-label=\"Table: %s\">\n<table>\n",
		   w->object);
	put_titles(w);
	for (size_t row = 0; row < w->n_cells; row += w->n_columns) {
		buf_puts(w->out, "<tr>");
		for (size_t i = 0; i < w->n_columns; i++) {
			if ((w->columns[i].flags & COLUMN_MORE) == 0)
				put_cell(w, i, w->cells[row + i].text);
		}
		buf_puts(w->out, "</tr>\n");
	}
	buf_puts(w->out, "</tbody>\n</table>\n</div>\n");
}

void
html_heading(struct writer *w, const char *text)
{
	buf_puts(w->out, "</section>\n<section>\n<h2>");
	html_escape(w->out, text);
	buf_puts(w->out, "</h2>\n");
}

void
html_paragraph(struct writer *w, bool item, const char *text)
{
	struct buf clean = {0};

	text_clean(&clean, text, strlen(text), strlen(text));
	buf_printf(w->out, "<p%s>", item ? " class=\"item\"" : "");
	html_escape(w->out, buf_text(&clean));
	buf_puts(w->out, "</p>\n");
	buf_free(&clean);
}
