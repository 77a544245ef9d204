/* Up to where the rows of the ledger count: --at. */
#ifndef CLI_ROW_LIMIT_H
#define CLI_ROW_LIMIT_H

#include "cli/cli.h"

struct row_limit {
	uint64_t seq;	       /* rows before this one */
	struct wall_time time; /* written before this instant */
};

/* What --at says: a row, a UTC day (to its end) or a time.  0, or the exit
 * status of what was said; so it is with all here. */
int row_limit_asked(struct session *s, struct row_limit *ret);

bool row_limit_holds(const struct row_limit *limit, const struct row *row);

/* `rows` of the ledger were read up to the limit: whether it was reached. */
int row_limit_reached(struct session *s, const struct row_limit *limit,
		      uint64_t rows);

/* From here on the functions of cli/rows.h read no row beyond --at, and the
 * clock stands where the newest of the others was written.  *limit must live
 * as long as the session reads. */
int row_limit_set(struct session *s, struct row_limit *limit);

#endif
