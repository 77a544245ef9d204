/* Questions to index.sqlite, without a lock and without leaving anything in
 * the folder (ledger.md, section 8).
 *
 * Beside a daemon it is opened read-only; of a folder at rest, a read-only
 * copy among them, it is opened as immutable.  Whatever else is found is not
 * used: then the segments are scanned, which needs no index.  The answer is
 * where rows stand; whoever asks fetches them (ledger/fetch.h), and scans
 * what is newer than the index. */
#ifndef IO_INDEX_READER_H
#define IO_INDEX_READER_H

#include "ledger/fetch.h"
#include "report/row_filter.h"

struct index_reader;

enum index_mode { INDEX_READ_ONLY, INDEX_IMMUTABLE };

/* ERR_NOT_FOUND: there is none; ERR_BUSY: it was left behind in the middle of
 * its work, or moves; ERR_DAMAGED: it is no index of this ledger.  None of
 * them is a fault of the ledger. */
int index_reader_open(const char *dir, struct fetch *fetch,
		      struct index_reader **ret_reader, struct err *err);
void index_reader_close(struct index_reader *reader);

enum index_mode index_reader_mode(const struct index_reader *reader);
/* Rows that it knows, at least one, and the newest of them. */
uint64_t index_reader_rows(const struct index_reader *reader);
const struct row_place *index_reader_newest(const struct index_reader *reader);

/* Whether what was read was one whole: asked after every answer.  ERR_BUSY. */
int index_reader_unchanged(const struct index_reader *reader, struct err *err);

/* Where the newest `most` (0: all) rows stand that match, in the order of the
 * ledger; *ret_places is malloc'd, NULL when there are none.  Errors as of
 * open; ERR_NOMEM. */
int index_reader_find(struct index_reader *reader,
		      const struct row_filter *filter, size_t most,
		      struct row_place **ret_places, size_t *ret_n,
		      struct err *err);
/* Where one row stands.  ERR_NOT_FOUND: it is newer than the index. */
int index_reader_place(struct index_reader *reader, uint64_t seq,
		       struct row_place *ret_place, struct err *err);

#endif
