/* A filter as SQL; private to io/index_reader. */
#ifndef IO_INDEX_QUERY_H
#define IO_INDEX_QUERY_H

#include "base/err.h"
#include "report/row_filter.h"

#include <sqlite3.h>

struct index_range {
	uint64_t from, to;
	uint64_t segment_rows;
};

/* Places of the newest `most` (0: all) rows of a range that match,
 * ascending and malloc'd (NULL for none). */
int index_query(sqlite3 *sql, const struct row_filter *filter,
		const struct index_range *range, size_t most,
		struct row_place **ret_places, size_t *ret_n, struct err *err);

#endif
