/* The pieces of which lines of text are made: private to the writer. */
#ifndef REPORT_WRITER_PIECE_H
#define REPORT_WRITER_PIECE_H

#include "report/writer.h"

/* The bytes of text that fit into width columns, and in *ret_next where the
 * rest begins.  Whole words overflow unless they may be broken. */
size_t piece_break(const char *text, size_t width, bool break_words,
		   const char **ret_next);
/* The widest part of a text that is not broken. */
size_t piece_name_width(const char *text);

/* As a terminal is told it; NULL: the text has none. */
const char *piece_color(const struct writer *w, const struct column *column,
			const char *text);
void piece_put(struct buf *out, const char *text, size_t len,
	       const char *color);
void piece_pad(struct buf *out, size_t n);
/* Spaces at the end of a line serve nobody. */
void piece_end_line(struct buf *out);

#endif
