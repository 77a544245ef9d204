/* Whole reads and writes over struct ledger_io, and words for its errors.
 *
 * Functions here return 0 or a negative errno value, like the table itself;
 * raw_error() turns that into an err_code with words. */
#ifndef LEDGER_RAW_H
#define LEDGER_RAW_H

#include "base/digest.h"
#include "base/err.h"
#include "ledger/io.h"

/* Reads until len bytes or the end of the file. */
int raw_read(const struct ledger_io *io, int fd, void *out, size_t len,
	     int64_t at, size_t *ret_len);
/* Goes on after short writes; -EIO when nothing moves any more. */
int raw_write(const struct ledger_io *io, int fd, const void *bytes, size_t len,
	      int64_t at);

/* Adds a whole file, from its start, to a digest. */
int raw_digest(const struct ledger_io *io, int fd, struct digest_stream *s);
/* A whole small file, with a terminator behind it; malloc'd.  -EFBIG when it
 * is longer than max. */
int raw_load(const struct ledger_io *io, int dir, const char *name, size_t max,
	     char **ret_text, size_t *ret_len);
/* Creates or empties the file, writes it and syncs it; its name is durable
 * only after a sync of the directory. */
int raw_put(const struct ledger_io *io, int dir, const char *name,
	    const void *bytes, size_t len, mode_t mode);

/* Unlinks every file of a directory that nobody else uses. */
int raw_clear_dir(const struct ledger_io *io, int dir);

/* No room: the one failure that is expected to heal by itself. */
bool raw_is_full(int e);

/* ERR_FULL, ERR_NOMEM, ERR_DENIED, ERR_NOT_FOUND, ERR_IO, or ERR_DAMAGED where
 * no regular file stands, for a negative errno value, which is appended in
 * words. */
int raw_error(struct err *err, int e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
