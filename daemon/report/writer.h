/* One interface for everything that evidencectl prints in columns.
 *
 * A caller names its columns once and puts the cells of each row in that
 * order.  As text the rows become a table, or a card of "title  value" lines;
 * as JSON every row is one object on one line whose members are the columns'
 * keys, with "object" (what the row is) and "schema".  So a name that is
 * shown and the name that a program reads cannot drift apart.  As YAML every
 * row is a mapping in one sequence, with the same members, in the order of the
 * columns; as HTML they are a table, to be put into a page; as CSV
 * one file, with the keys in its first line.
 *
 * What is not set is one thing everywhere: a dash as text, null in JSON and
 * YAML.  An empty text is not set, since the configuration and the rows write
 * it so; an empty list is a list.
 *
 * Text cells are made fit for a terminal (text_clean): no control character
 * that stands in a row or a configuration reaches it.  Nothing is cut: what
 * does not fit into the width goes on in the next line.  A name is broken
 * behind a slash at most, so that it can be copied, and in a card no word is;
 * where names are wider than the width, columns that can be spared go, the
 * last first, and where that is not enough the table is wider. */
#ifndef REPORT_WRITER_H
#define REPORT_WRITER_H

#include "base/buf.h"
#include "base/wall.h"
#include "verdict/reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WRITER_SCHEMA = 1, WRITER_COLUMNS_MAX = 32, WRITER_WIDTH_MIN = 80 };

enum writer_format {
	WRITER_TEXT,
	WRITER_JSON,
	WRITER_YAML,
	WRITER_HTML,
	WRITER_CSV
};

enum column_flag {
	COLUMN_RIGHT = 1, /* numbers */
	COLUMN_FLEX = 2,  /* may be broken over lines */
	COLUMN_STATE = 4, /* a word of the field, which may be coloured */
	COLUMN_MORE = 8,  /* not in tables of text: only in cards and JSON */
	COLUMN_WIDE = 16  /* in tables of text only where there is room */
};

struct column {
	const char *key;   /* [a-z][a-z0-9_]*; not "object", "schema" */
	const char *title; /* as text; a table shows it in its first line */
	unsigned int flags;
};

struct cell {
	char *text;  /* for the terminal; malloc'd */
	char *value; /* as JSON; malloc'd */
};

struct writer {
	enum writer_format format;
	int width; /* columns of the terminal, at least WRITER_WIDTH_MIN */
	bool color;
	struct buf *out; /* borrowed */
	/* private */
	const char *object;
	const struct column *columns;
	size_t n_columns;
	bool card;
	struct cell *cells;
	size_t n_cells;
	bool headed; /* the keys were printed (CSV) */
	bool failed;
};

/* Opens a table, or a card for each row.  `object` says what a row is
 * ("workload"); the columns are borrowed until writer_close(). */
void writer_table(struct writer *w, const char *object,
		  const struct column *columns, size_t n);
void writer_card(struct writer *w, const char *object,
		 const struct column *columns, size_t n);

/* The next cell of the row; after the last column's a new row begins. */
void writer_text(struct writer *w, const char *text); /* NULL, "": none */
void writer_int(struct writer *w, int64_t n);
void writer_row(struct writer *w, uint64_t seq); /* 0, the genesis: none */
void writer_bool(struct writer *w, bool yes);
void writer_time(struct writer *w, struct wall_time t); /* us 0: none */
void writer_day(struct writer *w, int32_t day); /* INT32_MIN, _MAX: none */
void writer_none(struct writer *w);
/* One text, or an array in JSON. */
void writer_list(struct writer *w, const char *const *items, size_t n);
/* Their codes, as a list. */
void writer_reasons(struct writer *w, reason_set reasons);

/* Text of several lines: as it is in JSON, in one line as text; "": none. */
void writer_lines(struct writer *w, const char *text);
/* Canonical JSON, as it is. */
void writer_json(struct writer *w, const char *json);

/* Prints the rows and releases them; an empty table prints nothing. */
void writer_close(struct writer *w);

/* A line between tables, and a paragraph broken to the width; both are left
 * out of JSON and YAML. */
void writer_heading(struct writer *w, const char *text);
void writer_paragraph(struct writer *w, const char *indent, const char *text);

/* Text of several lines as it came from a page, byte for byte but for what
 * would steer the terminal or turn the direction of the text: that becomes
 * U+FFFD. */
void writer_verbatim(struct buf *out, const char *text, size_t len);

/* Width in columns: code points of UTF-8. */
size_t writer_width(const char *text);

/* Memory did not run out. */
bool writer_ok(const struct writer *w);

#endif
