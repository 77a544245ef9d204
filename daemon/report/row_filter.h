/* Which rows of the ledger are asked for. */
#ifndef REPORT_ROW_FILTER_H
#define REPORT_ROW_FILTER_H

#include "ledger/row.h"

#include <stdbool.h>

/* Unset members (NULL) ask for nothing; all others must hold. */
struct row_filter {
	const char *day;	  /* of review, or of writing */
	const char *workload;	  /* that the row is about; "": none */
	const char *owner;	  /* the row's, or FACETS_OWNER_NONE */
	const char *check;	  /* job or source */
	const char *kind;	  /* whole, or the part before its first dot */
	const char *const *kinds; /* one of these, whole; ends with NULL */
	const char *decision;
	struct wall_time since; /* at or after; us 0: any */
	struct wall_time until; /* before; us 0: any */
};

bool row_filter_matches(const struct row_filter *filter, const struct row *row);

#endif
