/* What the journal has kept of ledgers: where evidencectl looks for it, and
 * whose entries count. */
#ifndef CLI_KEPT_H
#define CLI_KEPT_H

#include "cli/cli.h"
#include "io/journal_source.h"
#include "ledger/identity.h"

/* A ledger whose row 0 is in the journal. */
struct kept_ledger {
	struct identity id;
	struct buf line; /* row 0 without LF */
};

/* Opens the journal that --directory names, or the local one.  The uid is
 * --uid, or the owner of `folder`.  Each returns 0, or the exit status of
 * what it has said. */
int kept_open(struct session *s, const char *folder,
	      struct journal_source **ret_source, uid_t *ret_uid);
/* The one ledger of that uid, or the one that --genesis names; the caller
 * frees its line. */
int kept_find(struct session *s, struct journal_source *source, uid_t uid,
	      struct kept_ledger *ret);

/* "the journal", or the folder's path. */
const char *kept_name(const struct session *s);

#endif
