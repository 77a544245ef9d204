/* One look at the mirror: a page of the journal beside the rows of the
 * ledger.  Blocks: for a thread of its own. */
#ifndef IO_MIRROR_LOOK_H
#define IO_MIRROR_LOOK_H

#include "io/journal_follow.h"
#include "ledger/io.h"
#include "ledger/row.h"

#include <stdatomic.h>

enum mirror_verdict {
	MIRROR_UNKNOWN, /* of that row the ledger has not even a tile */
	MIRROR_SEEN,
	MIRROR_CONFLICT /* another leaf, or a row that the ledger never had */
};

struct mirror_look {
	/* given, borrowed */
	const struct ledger_io *disk;
	const char *ledger_dir;
	struct journal_follow follow;
	/* Rows known durable: told before any of them is sent, so that no
	 * honest entry can be ahead of it. */
	_Atomic uint64_t *durable;
	_Atomic bool *stop; /* ends a long look early */
	char cursor[MIRROR_CURSOR_MAX + 1];
	/* Rows; between the two the expired are looked for: what was sent only
	 * now may come behind the oldest entry. */
	uint64_t confirmed, overdue;
	/* Of the newest row that a look compared; len 0: there is none. */
	struct row_place near;

	/* found */
	int result; /* of the reading of the journal; words in err */
	struct err err;
	struct journal_page page;     /* ascending by seq now */
	enum mirror_verdict *verdict; /* one for each entry of the page */
	/* Rows before it are older than the journal, or were pruned. */
	uint64_t expired_to;
};

void mirror_look_run(struct mirror_look *look);
void mirror_look_free(struct mirror_look *look);

#endif
