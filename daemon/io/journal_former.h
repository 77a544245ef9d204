/* Ledgers that the journal remembers: of our own uid, by their origin.
 *
 * Where a ledger is to be begun although the journal holds rows of one like
 * it, somebody deleted it or named another folder. */
#ifndef IO_JOURNAL_FORMER_H
#define IO_JOURNAL_FORMER_H

#include "base/digest.h"
#include "base/err.h"

#include <sys/types.h>

enum { JOURNAL_ORIGIN_MAX = 255 };

struct journal_former {
	char origin[JOURNAL_ORIGIN_MAX + 1];
	char genesis[DIGEST_HEX_LEN + 1];
};

/* The newest ledger of this origin; origin "": of the form that a ledger
 * gets without one, <hostname>/evidenced/....  directory NULL: the local
 * journal.  Looks at rows 0 and at checkpoints, which name the origin; reads
 * a bounded number of entries; blocks.  ERR_NOT_FOUND: there is none, or no
 * journal; ERR_IO; ERR_NOMEM. */
int journal_former_find(const char *directory, uid_t uid, const char *origin,
			const char *hostname, struct journal_former *ret,
			struct err *err);

#endif
