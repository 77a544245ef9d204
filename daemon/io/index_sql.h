/* What the writer and the readers of index.sqlite share; private to
 * io/index_*.  The tables are those of ledger.md, section 8, and `span`: from
 * when to when the rows of a segment were written, because a question about a
 * stretch of time would otherwise read every row. */
#ifndef IO_INDEX_SQL_H
#define IO_INDEX_SQL_H

#include "ledger/fetch.h"
#include "ledger/tree.h"

#include <sqlite3.h>

#define INDEX_NAME     "index.sqlite"
#define INDEX_WAL_NAME INDEX_NAME "-wal"
#define INDEX_SHM_NAME INDEX_NAME "-shm"

/* Its user_version: another one with every change of the tables, triggers or
 * indexes, so that an index of another build is made anew. */
enum { INDEX_FORMAT = 3 };

/* How far an index goes, and of what ledger it is. */
struct index_meta {
	struct digest genesis;
	struct tree tree; /* its size is the seq that comes next */
	struct digest last_leaf;
	/* when the tree is not empty */
	struct row_place newest;
	uint64_t oldest; /* row that it has */
};

struct index_reader;

/* What it asks, for whoever asks otherwise (io/index_check.c). */
sqlite3 *index_reader_sql(struct index_reader *reader);

/* Opens with the flags of sqlite3_open_v2(); nothing in the file can make
 * SQLite run what it says. */
int index_sql_open(const char *name, int flags, sqlite3 **ret_sql,
		   struct err *err);
/* The err_code of a result, with words.  ERR_DAMAGED: the file is no good;
 * ERR_BUSY: somebody locks it; ERR_FULL, ERR_NOMEM, ERR_IO. */
int index_sql_error(sqlite3 *sql, int result, struct err *err);
int index_sql_run(sqlite3 *sql, const char *text, struct err *err);
int index_sql_prepare(sqlite3 *sql, const char *text, sqlite3_stmt **ret,
		      struct err *err);
/* Whether all pages are whole, the SQL indexes say what their table says, and
 * no row is missing between the oldest and the newest; reads all of the file.
 * ERR_DAMAGED. */
int index_sql_check(sqlite3 *sql, struct err *err);
/* One integer, of a PRAGMA or a SELECT. */
int index_sql_number(sqlite3 *sql, const char *text, int64_t *ret,
		     struct err *err);

/* ERR_DAMAGED: another version, or not whole. */
int index_meta_read(sqlite3 *sql, struct index_meta *ret, struct err *err);
/* Whether it is of this ledger: the same genesis, its newest row is the one
 * that stands there, and it begins no later than the rows that are kept.
 * ERR_DAMAGED. */
int index_meta_check(const struct index_meta *meta, struct fetch *fetch,
		     struct err *err);

/* The place in the columns seq, seg, off, len from `first` on. */
void index_column_place(sqlite3_stmt *row, int first, struct row_place *ret);
void index_column_digest(sqlite3_stmt *row, int column, struct digest *ret);

#endif
