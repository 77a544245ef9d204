/* What the index of the ledger says about a question: where rows stand.  The
 * rows are still to be fetched, and each is asked itself whether it is one of
 * those that were meant; without an index the ledger is scanned. */
#ifndef CLI_FOUND_H
#define CLI_FOUND_H

#include "cli/cli.h"
#include "ledger/fetch.h"
#include "report/row_filter.h"

struct found {
	/* ascending; all that match of the rows up to `newest` */
	struct row_place *places;
	size_t n;
	struct row_place newest;
	/* private */
	struct fetch fetch;
	const struct row_filter *filter;
	bool all; /* every row matches, so none may be missing */
};

/* The newest `most` (0: all) rows that match.  false: no index answers. */
bool found_open(struct found *f, const char *dir,
		const struct row_filter *filter, size_t most);
/* The same for one row; false as well when the index does not know it. */
bool found_open_seq(struct found *f, const char *dir, uint64_t seq);
void found_close(struct found *f);

/* The i-th row, valid until the next call.  false: it is not what the index
 * says, or one between it and the newest is missing; a line on standard error
 * says so, and the ledger must be scanned. */
bool found_row(struct session *s, struct found *f, size_t i,
	       struct row *ret_row);

#endif
