/* A spreadsheet as it is exported: RFC 4180, in UTF-8. */
#ifndef CONF_CSV_H
#define CONF_CSV_H

#include "base/buf.h"
#include "base/err.h"

enum { CSV_CELLS_MAX = 256 };

/* Where reading stands; begin with {.text, .len, .line = 1}. */
struct csv {
	const char *text;
	size_t len, at;
	int line;
};

struct csv_record {
	int line; /* on which it begins */
	size_t n;
	const char *cell[CSV_CELLS_MAX]; /* in `text`; blanks at the ends cut */
	struct buf text;
};

/* The next record; empty lines are passed over.  1, or 0 at the end, or
 * ERR_INVALID with words, and csv->line is where that is; ERR_NOMEM.  The record is freed by the
 * caller in every case. */
int csv_next(struct csv *csv, struct csv_record *ret, struct err *err);
void csv_record_free(struct csv_record *record);

#endif
