/* Pictures on the page of a packet: inline SVG in a figure, with words that
 * say the same.
 *
 * A printed sheet keeps a drawing whole, and cuts one that is taller than it
 * is; so a picture of many rows is several drawings below each other, each of
 * which fits the lowest sheet. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include "base/buf.h"

/* In units of the page, before it is scaled down to a narrow sheet; less than a
 * third of a usual sheet, so that little of one stays empty. */
enum { PICTURE_HEIGHT_MAX = 290 };

/* `words` say how it is to be read; they stand before it. */
void picture_open(struct buf *out, const char *title, const char *words);
/* One of its drawings, at most PICTURE_HEIGHT_MAX high. */
void picture_draw(struct buf *out, int width, int height, const char *title);
void picture_drawn(struct buf *out);
void picture_close(struct buf *out);

/* A line of text, on this base line. */
void picture_text(struct buf *out, int x, int y, const char *text);
void picture_name(struct buf *out, int x, int y, const char *text);

#endif
