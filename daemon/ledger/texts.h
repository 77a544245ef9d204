/* The texts of pages/, each named by its SHA-256. */
#ifndef LEDGER_TEXTS_H
#define LEDGER_TEXTS_H

#include "base/digest.h"
#include "base/err.h"
#include "ledger/io.h"

#include <stddef.h>
#include <stdint.h>

#define TEXTS_PATH "pages/sha256"

/* Called with each name that is a digest; the walk ends with what it returns
 * when that is not 0: a negative errno, or a number of its own above 0. */
typedef int texts_fn(void *ctx, const struct digest *sha256);

/* All texts of the ledger's open folder `dir`, in no order; 0 when it has none,
 * too. */
int texts_each(const struct ledger_io *io, int dir, texts_fn *fn, void *ctx);

/* How many texts were read by now. */
typedef void texts_progress_fn(void *ctx, uint64_t n);

/* Reads every text of the ledger in the folder `dir` and compares it with its
 * name.  0: all are what they were; ERR_DAMAGED: *err names one that is not,
 * and says how many; other errors as of ledger_blob().  That a row's text is
 * gone is not seen: it may have been erased.  `progress` is called with each
 * text; NULL: nobody asks. */
int texts_check(const struct ledger_io *io, const char *dir,
		texts_progress_fn *progress, void *ctx, struct err *err);

#endif
