/* How cells become CSV (RFC 4180, with LF): private to the writer. */
#ifndef REPORT_WRITER_CSV_H
#define REPORT_WRITER_CSV_H

#include "report/writer.h"

/* In quotes.  A cell that a spreadsheet would take for a formula, because it
 * begins with = + - @, narrow or wide, or with white space and then one of
 * them, or with TAB or CR, gets a ' before it. */
void csv_quote(struct buf *out, const char *text);

/* The keys of the columns, once; then the rows.  What is not known is
 * empty. */
void csv_table(struct writer *w);

#endif
