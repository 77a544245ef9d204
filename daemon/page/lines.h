/* Builds normalised text: UTF-8, one LF behind every line, white space folded,
 * no control characters. */
#ifndef PAGE_LINES_H
#define PAGE_LINES_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* A zeroed struct with `max` set is ready. */
struct lines {
	struct buf text;
	size_t max;	/* bytes; beyond it nothing is added */
	size_t indent;	/* blanks before the line's first character */
	bool overflow;	/* max was reached */
	bool line_open; /* the current line has something on it */
	bool space;	/* white space is due before the next character */
	size_t cells;	/* cell borders due before the next character */
};

void lines_free(struct lines *lines);

/* Any bytes; runs of white space (Unicode's too) become one space, line ends
 * included; broken UTF-8 becomes U+FFFD. */
void lines_add(struct lines *lines, const char *text, size_t len);
/* Text that is clean already, as it is. */
void lines_raw(struct lines *lines, const char *text, size_t len);
/* Blanks at the start of a line, before its first text. */
void lines_indent(struct lines *lines, size_t blanks);
/* White space between words, as a block inside a table cell leaves it. */
void lines_space(struct lines *lines);
/* The next text belongs to another cell of the same row. */
void lines_cell(struct lines *lines);
/* An empty line; only between two lines. */
void lines_gap(struct lines *lines);
/* Ends the line, if there is one. */
void lines_break(struct lines *lines);

#endif
