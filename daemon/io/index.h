/* index.sqlite: where the rows about something stand (ledger.md, section 8).
 *
 * It is derived: it may lag, and may be deleted at any time.  Whoever reads it
 * fetches the rows themselves and believes those (io/index_reader.h).  One
 * process writes it, the one that holds the lock of the ledger. */
#ifndef IO_INDEX_H
#define IO_INDEX_H

#include "base/digest.h"
#include "base/err.h"
#include "ledger/io.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct index_db;

enum {
	/* Rows in a transaction; a stop is noticed after so many. */
	INDEX_STEP_ROWS = 4096,
	/* Bytes of the write-ahead log behind which no transaction begins
	 * while somebody looks at what was there before them. */
	INDEX_LOG_MAX = 16 * 1024 * 1024
};

/* Opens the index of a ledger, or makes an empty one.  ERR_DAMAGED: what is
 * there is no index of this ledger; index_remove() helps.  ERR_BUSY: somebody
 * locks it.  ERR_FULL, ERR_IO, ERR_NOMEM.  Reads and writes the disk. */
int index_open(const struct ledger_io *io, const char *dir,
	       struct index_db **ret_index, struct err *err);
void index_close(struct index_db *index);

/* A page that rotted on the disk would hide rows from whoever asks: reads all
 * of the file.  0, also when *stop became true; ERR_DAMAGED: index_remove()
 * helps; other errors as of index_open(). */
int index_examine(struct index_db *index, const atomic_bool *stop,
		  struct err *err);

/* Deletes the files of an index; that there is none is good as well. */
int index_remove(const char *dir, struct err *err);

/* Of its files; 0 when there are none. */
int64_t index_bytes(const char *dir);

uint64_t index_rows(const struct index_db *index);

/* Called now and then with the rows that it holds. */
typedef void index_progress_fn(void *ctx, uint64_t rows);

/* Takes the rows up to `to`, all of which are durable.  0; 1: *stop (NULL:
 * never) became true, it goes on from there.  Errors as of index_open(); after
 * one of them the index can only be closed. */
int index_update(struct index_db *index, uint64_t to, const atomic_bool *stop,
		 index_progress_fn *progress, void *ctx, struct err *err);

/* Rows that the index knows of the ledger with this genesis: as many were
 * durable once.  0: none, or nothing that could be read. */
uint64_t index_witness(const char *dir, const struct digest *genesis);

#endif
