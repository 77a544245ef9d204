/* The index while it is written; private to io/index.c and io/index_add.c. */
#ifndef IO_INDEX_DB_H
#define IO_INDEX_DB_H

#include "io/index.h"
#include "io/index_sql.h"

enum { INDEX_SQL_INDEXES = 6 };

/* From when to when the rows of the newest segment were written. */
struct span {
	bool any;
	uint64_t seg;
	struct wall_time min, max;
};

struct index_db {
	const struct ledger_io *io;
	char *dir;
	uint64_t segment_rows;
	sqlite3 *sql;
	sqlite3_stmt *add, *set_meta, *set_span;
	struct index_meta meta;
	struct span span;
	bool indexed;
	uint64_t open_rows; /* in the transaction; 0: none is open */
	/* during index_update() */
	const atomic_bool *stop;
	index_progress_fn *progress;
	void *progress_ctx;
	struct err *err;
};

/* Before a transaction: a log that has grown becomes empty, or ERR_BUSY. */
int index_bound_log(struct index_db *x, struct err *err);

#endif
