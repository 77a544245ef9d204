/* Whether an index says what the rows say.  A row that it lacks is found by
 * nothing else: whoever asks the index gets only what it names. */
#ifndef IO_INDEX_CHECK_H
#define IO_INDEX_CHECK_H

#include "base/err.h"

#include <stdint.h>

/* Called now and then with the rows that were compared; NULL allowed. */
typedef void index_check_progress_fn(void *ctx, uint64_t rows);

/* All that it says of rows that the ledger keeps, with the rows; reads every
 * one of them.  0: the same, as far as the index goes; ERR_DAMAGED: *err says
 * where not; other errors as of index_reader_open(), or of reading rows. */
int index_check(const char *dir, index_check_progress_fn *progress, void *ctx,
		struct err *err);

#endif
