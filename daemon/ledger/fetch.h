/* Single rows by their place: what an index names is read here, and believed
 * only when the row itself says that it is the one. */
#ifndef LEDGER_FETCH_H
#define LEDGER_FETCH_H

#include "ledger/folder.h"
#include "ledger/row.h"

struct fetch {
	struct folder folder; /* may be read */
	/* private */
	int fd; /* of the segment that was read last, or -1 */
	uint64_t seg;
	char *line;
	struct row_names names;
};

int fetch_open(struct fetch *f, const struct ledger_io *io, const char *dir,
	       struct err *err);
void fetch_close(struct fetch *f);

/* The row, valid until the next call.  ERR_DAMAGED: what stands at the place
 * is not this row, whole.  ERR_NOT_FOUND: there is no such segment. */
int fetch_row(struct fetch *f, const struct row_place *place,
	      struct row *ret_row, struct err *err);

#endif
