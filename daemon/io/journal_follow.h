/* Reading on in the journal: what came for one ledger since a cursor.
 *
 * Every entry that names the ledger is met once, those of other uids
 * included: they are forged, and only counted.  Nothing is kept open between
 * two readings, so that files which journald removes are really gone. Needs
 * group systemd-journal (or root).  Blocks: for a thread of its own. */
#ifndef IO_JOURNAL_FOLLOW_H
#define IO_JOURNAL_FOLLOW_H

#include "base/digest.h"
#include "base/err.h"
#include "base/wall.h"
#include "ledger/mirror_file.h"

#include <stdbool.h>
#include <sys/types.h>

enum { JOURNAL_FOLLOW_ENTRIES = 8192 }; /* of one page */

/* How far back the journal holds own rows. */
struct journal_reach {
	bool any;
	uint64_t oldest; /* row */
	/* The entries it was found in, and the row of the first: entries go
	 * away from the front, so while that is the first nothing went. */
	int entries;
	uint64_t first;
};

struct journal_follow {
	const char *directory; /* NULL: the local journal */
	uid_t uid;
	struct digest genesis;
	struct journal_reach reach; /* as an earlier page told it, or 0 */
};

struct journal_follow_entry {
	uint64_t seq;
	struct digest leaf;
};

struct journal_page {
	struct journal_follow_entry *entry; /* of our own uid, as they stand */
	size_t n;
	uint64_t forged;
	bool anew; /* the cursor is gone: this page begins at the head */
	bool more; /* there is another page */
	char cursor[MIRROR_CURSOR_MAX + 1]; /* for the next one */
	/* The oldest entry of any kind, before the others were read; what was
	 * written before it and was not read has expired. */
	bool has_oldest;
	struct wall_time oldest;
	struct journal_reach reach; /* only on the last page */
};

/* cursor "": from the head.  ERR_NOT_FOUND: there is no journal; ERR_IO;
 * ERR_NOMEM.  journal_page_free() what it returns. */
int journal_follow_read(const struct journal_follow *follow, const char *cursor,
			struct journal_page *ret_page, struct err *err);
void journal_page_free(struct journal_page *page);

#endif
