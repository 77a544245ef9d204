/* An index is of a ledger if its genesis is the ledger's and its last_leaf is
 * the leaf of the row that stands before next_seq: `prev` makes that leaf an
 * answer for all rows before it.
 *
 * Whoever deletes, changes or adds rows by hand makes it silent about some:
 * triggers refuse it, and the examination looks whether a row is missing.
 * Readers look at the oldest and the newest alone: to count a million takes as
 * long as all that they do. */
#include "io/index_sql.h"

#include <string.h>

enum { BUSY_MS = 2000 };

int
index_sql_error(sqlite3 *sql, int result, struct err *err)
{
	static const struct {
		int sqlite, code;
	} codes[] = {
	    {SQLITE_BUSY, ERR_BUSY},	   {SQLITE_LOCKED, ERR_BUSY},
	    {SQLITE_FULL, ERR_FULL},	   {SQLITE_NOMEM, ERR_NOMEM},
	    {SQLITE_CORRUPT, ERR_DAMAGED}, {SQLITE_NOTADB, ERR_DAMAGED},
	    {SQLITE_ERROR, ERR_DAMAGED},   {SQLITE_CONSTRAINT, ERR_DAMAGED},
	    {SQLITE_FORMAT, ERR_DAMAGED},  {SQLITE_MISMATCH, ERR_DAMAGED},
	    {SQLITE_SCHEMA, ERR_DAMAGED},
	};
	int code = ERR_IO;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].sqlite == (result & 0xff))
			code = codes[i].code;
	}
	if (result == SQLITE_READONLY_DBMOVED)
		code = ERR_DAMAGED;
	return err_set(err, code, INDEX_NAME ": %s",
		       sql == NULL ? sqlite3_errstr(result)
				   : sqlite3_errmsg(sql));
}

int
index_sql_open(const char *name, int flags, sqlite3 **ret_sql, struct err *err)
{
	sqlite3 *sql = NULL;
	int r;

	r = sqlite3_open_v2(name, &sql, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (r != SQLITE_OK) {
		r = index_sql_error(sql, r, err);
		sqlite3_close(sql);
		return r;
	}
	sqlite3_extended_result_codes(sql, 1);
	sqlite3_db_config(sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(sql, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(sql, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_busy_timeout(sql, BUSY_MS);
	*ret_sql = sql;
	return 0;
}

int
index_sql_run(sqlite3 *sql, const char *text, struct err *err)
{
	int r = sqlite3_exec(sql, text, NULL, NULL, NULL);

	return r == SQLITE_OK ? 0 : index_sql_error(sql, r, err);
}

int
index_sql_prepare(sqlite3 *sql, const char *text, sqlite3_stmt **ret,
		  struct err *err)
{
	int r = sqlite3_prepare_v2(sql, text, -1, ret, NULL);

	return r == SQLITE_OK ? 0 : index_sql_error(sql, r, err);
}

/* Steps to the one row of an answer. */
static int
only_row(sqlite3 *sql, const char *text, sqlite3_stmt **ret, struct err *err)
{
	int r = index_sql_prepare(sql, text, ret, err);

	if (r < 0)
		return r;
	r = sqlite3_step(*ret);
	if (r == SQLITE_ROW)
		return 0;
	r = r == SQLITE_DONE
		? err_set(err, ERR_DAMAGED, INDEX_NAME ": nothing in it")
		: index_sql_error(sql, r, err);
	sqlite3_finalize(*ret);
	return r;
}

static int
check_pages(sqlite3 *sql, struct err *err)
{
	sqlite3_stmt *answer;
	const char *said;
	int step, r;

	r = index_sql_prepare(sql, "PRAGMA integrity_check(1)", &answer, err);
	if (r < 0)
		return r;
	step = sqlite3_step(answer);
	said = step == SQLITE_ROW ? (const char *)sqlite3_column_text(answer, 0)
				  : NULL;
	if (said == NULL)
		r = index_sql_error(sql, step, err);
	else if (strcmp(said, "ok") != 0)
		r = err_set(err, ERR_DAMAGED, INDEX_NAME ": %s", said);
	sqlite3_finalize(answer);
	return r;
}

int
index_sql_number(sqlite3 *sql, const char *text, int64_t *ret, struct err *err)
{
	sqlite3_stmt *row;
	int r = only_row(sql, text, &row, err);

	if (r < 0)
		return r;
	*ret = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return 0;
}

/* All rows from the oldest to the newest. */
static int
check_rows(sqlite3 *sql, struct err *err)
{
	int64_t missing;
	int r = index_sql_number(sql,
				 "SELECT coalesce(max(seq) - min(seq) + 1, 0) "
				 "- count(*) FROM row",
				 &missing, err);

	if (r < 0)
		return r;
	return missing == 0
		   ? 0
		   : err_set(err, ERR_DAMAGED,
			     INDEX_NAME ": rows are missing in it: %lld",
			     (long long)missing);
}

int
index_sql_check(sqlite3 *sql, struct err *err)
{
	int r = check_pages(sql, err);

	return r < 0 ? r : check_rows(sql, err);
}

void
index_column_place(sqlite3_stmt *row, int first, struct row_place *ret)
{
	ret->seq = (uint64_t)sqlite3_column_int64(row, first);
	ret->seg = (uint64_t)sqlite3_column_int64(row, first + 1);
	ret->off = sqlite3_column_int64(row, first + 2);
	ret->len = (size_t)sqlite3_column_int64(row, first + 3);
}

/* What is no digest becomes one that nothing has. */
void
index_column_digest(sqlite3_stmt *row, int column, struct digest *ret)
{
	const char *hex = (const char *)sqlite3_column_text(row, column);

	memset(ret, 0, sizeof(*ret));
	if (hex != NULL && strlen(hex) == DIGEST_HEX_LEN)
		hex_decode(hex, DIGEST_LEN, ret->bytes);
}

static int
take_meta(sqlite3_stmt *row, struct index_meta *meta, struct err *err)
{
	size_t len = (size_t)sqlite3_column_bytes(row, 3);
	uint64_t size = (uint64_t)sqlite3_column_int64(row, 1);

	if (len != DIGEST_LEN * (size_t)__builtin_popcountll(size))
		return err_set(err, ERR_DAMAGED,
			       INDEX_NAME ": next_seq and frontier do not fit");
	index_column_digest(row, 0, &meta->genesis);
	index_column_digest(row, 2, &meta->last_leaf);
	meta->tree.size = size;
	if (len > 0)
		memcpy(meta->tree.stack, sqlite3_column_blob(row, 3), len);
	return 0;
}

/* The table of rows must end where meta says. */
static int
take_rows(sqlite3 *sql, struct index_meta *meta, struct err *err)
{
	sqlite3_stmt *row;
	int64_t oldest;
	int r;

	r = only_row(
	    sql, "SELECT seq, seg, off, len FROM row ORDER BY seq DESC LIMIT 1",
	    &row, err);
	if (r < 0)
		return r;
	index_column_place(row, 0, &meta->newest);
	sqlite3_finalize(row);
	if (meta->newest.seq + 1 != meta->tree.size)
		return err_set(err, ERR_DAMAGED,
			       INDEX_NAME ": next_seq and the rows do not fit");
	r = index_sql_number(sql, "SELECT min(seq) FROM row", &oldest, err);
	meta->oldest = r < 0 ? 0 : (uint64_t)oldest;
	return r;
}

int
index_meta_read(sqlite3 *sql, struct index_meta *ret, struct err *err)
{
	struct index_meta meta;
	sqlite3_stmt *row;
	int64_t version;
	int r;

	r = index_sql_number(sql, "PRAGMA user_version", &version, err);
	if (r == 0 && version != INDEX_FORMAT)
		r = err_set(err, ERR_DAMAGED,
			    INDEX_NAME ": another build made it");
	if (r == 0)
		r = only_row(sql,
			     "SELECT genesis, next_seq, last_leaf, frontier "
			     "FROM meta",
			     &row, err);
	if (r < 0)
		return r;
	r = take_meta(row, &meta, err);
	sqlite3_finalize(row);
	if (r == 0 && meta.tree.size > 0)
		r = take_rows(sql, &meta, err);
	if (r == 0)
		*ret = meta;
	return r;
}

int
index_meta_check(const struct index_meta *meta, struct fetch *fetch,
		 struct err *err)
{
	struct err why;
	struct row row;

	if (!digest_equal(&meta->genesis, &fetch->folder.id.genesis))
		return err_set(err, ERR_DAMAGED,
			       INDEX_NAME ": of another ledger");
	if (meta->tree.size == 0)
		return 0;
	if (fetch->folder.n > 0 && meta->oldest > fetch->folder.firsts[0])
		return err_set(err, ERR_DAMAGED,
			       INDEX_NAME ": rows are missing in it");
	if (fetch_row(fetch, &meta->newest, &row, &why) < 0)
		return err_set(err, ERR_DAMAGED, INDEX_NAME ": %s", why.text);
	if (!digest_equal(&row.leaf, &meta->last_leaf))
		return err_set(err, ERR_DAMAGED,
			       INDEX_NAME ": of other rows than the ledger's");
	return 0;
}
