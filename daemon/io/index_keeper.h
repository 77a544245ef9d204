/* Keeps index.sqlite up to date beside the running daemon.
 *
 * A thread of its own takes the rows that became durable, a second or so
 * later, so that a burst costs one transaction and the loop never waits.  No
 * fault of the index reaches the ledger: it is made anew, or tried again. */
#ifndef IO_INDEX_KEEPER_H
#define IO_INDEX_KEEPER_H

#include "base/err.h"
#include "ledger/io.h"

#include <stdint.h>

enum { INDEX_LAG_MS = 1000, INDEX_RETRY_S = 60 };

struct index_keeper;

/* What a person should know, once each time; priorities as of syslog.  Called
 * in the keeper's thread. */
typedef void index_say_fn(int priority, const char *text);

/* The folder's name is copied.  Brings the index up in the background. */
int index_keeper_new(const struct ledger_io *io, const char *dir,
		     index_say_fn *say, struct index_keeper **ret_keeper,
		     struct err *err);

/* So many rows of the ledger are durable.  Never blocks for the disk. */
void index_keeper_tell(struct index_keeper *keeper, uint64_t durable);

/* Takes what is left if that is little, and ends.  NULL is allowed. */
void index_keeper_free(struct index_keeper *keeper);

#endif
