/* The figure scrolls as a whole where a screen is too narrow, and is one stop
 * of the keyboard; each of its drawings has a title of its own. */
#include "report/picture.h"
#include "report/writer_html.h"

#include <assert.h>

void
picture_open(struct buf *out, const char *title, const char *words)
{
	buf_puts(out, "<figure>\n<figcaption>");
	html_escape(out, words);
	buf_puts(out, "</figcaption>\n<div class=\"wide\" role=\"region\" "
		      "tabindex=\"0\" aria-label=\"");
	html_escape(out, title);
	buf_puts(out, "\">\n");
}

void
picture_draw(struct buf *out, int width, int height, const char *title)
{
	assert(height <= PICTURE_HEIGHT_MAX);
	buf_printf(out,
		   "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		   "role=\"img\">\n<title>",
		   width, height, width, height);
	html_escape(out, title);
	buf_puts(out, "</title>\n");
}

void
picture_drawn(struct buf *out)
{
	buf_puts(out, "</svg>\n");
}

void
picture_close(struct buf *out)
{
	buf_puts(out, "</div>\n</figure>\n");
}

static void
put_text(struct buf *out, int x, int y, const char *class, const char *text)
{
	buf_printf(out, "<text x=\"%d\" y=\"%d\"%s>", x, y, class);
	html_escape(out, text);
	buf_puts(out, "</text>\n");
}

void
picture_text(struct buf *out, int x, int y, const char *text)
{
	put_text(out, x, y, "", text);
}

void
picture_name(struct buf *out, int x, int y, const char *text)
{
	put_text(out, x, y, " class=\"name\"", text);
}
