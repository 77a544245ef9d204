/* Tools that write into a ledger do so as its owner, never as root: what they
 * leave then belongs to the daemon's user, and a trap laid in the folder
 * reaches no further than that user could. */
#ifndef IO_OWNER_H
#define IO_OWNER_H

#include "base/err.h"

#include <sys/types.h>

/* The owner of a folder.  ERR_NOT_FOUND, ERR_IO. */
int owner_of(const char *dir, uid_t *ret_uid, struct err *err);

/* Becomes the owner of a folder, with its group and no other, for good; what
 * needs more rights is opened before.  ERR_DENIED: only root and the owner
 * can. */
int owner_become(const char *dir, struct err *err);

#endif
