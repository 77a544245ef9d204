/* A file on its way from a client to the daemon: a copy in memory, sealed, so
 * that whoever reads it never waits for a disk and nobody can change it. */
#ifndef IO_SEALED_FILE_H
#define IO_SEALED_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stddef.h>

/* The client's side: copies the regular file `path`, which may take its time.
 * *ret_fd is to be closed by the caller.  ERR_NOT_FOUND when it cannot be
 * opened, ERR_INVALID when it is no regular file, is empty or grows, ERR_LIMIT
 * for more than max_bytes, ERR_IO. */
int sealed_file_copy(const char *path, size_t max_bytes, int *ret_fd,
		     struct err *err);

/* The daemon's side: appends its bytes.  ERR_INVALID for anything that is not
 * such a copy, or is empty; ERR_LIMIT, ERR_IO, ERR_NOMEM. */
int sealed_file_read(int fd, size_t max_bytes, struct buf *out,
		     struct err *err);

#endif
