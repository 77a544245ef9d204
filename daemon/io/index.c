/* The file and its tables.  synchronous=NORMAL: a power cut may take the
 * newest transactions, and the next start adds those rows again; the index
 * never holds a row that was not durable before.
 *
 * What is opened must be of this ledger, up to its newest row; all else is
 * refused, and whoever opens it deletes it and begins anew. */
#include "io/index_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MODE = 0640, PATH_SIZE = 4096 + 32 };

static const char settings[] = "PRAGMA journal_mode = WAL;"
			       "PRAGMA synchronous = NORMAL;"
			       "PRAGMA cache_size = -1024;"
			       "PRAGMA journal_size_limit = 4194304;";

#define REFUSE \
	" SELECT RAISE(ABORT, 'not by hand: evidencectl index --rebuild'); END;"

static const char tables[] =
    "BEGIN;"
    "CREATE TABLE row(seq INTEGER PRIMARY KEY, seg INTEGER NOT NULL,"
    " off INTEGER NOT NULL, len INTEGER NOT NULL, at TEXT NOT NULL,"
    " day TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,"
    " workload TEXT NOT NULL, owner TEXT NOT NULL,"
    " environment TEXT NOT NULL, check_name TEXT NOT NULL,"
    " decision TEXT NOT NULL);"
    "CREATE TABLE span(seg INTEGER PRIMARY KEY, at_min TEXT NOT NULL,"
    " at_max TEXT NOT NULL);"
    "CREATE TABLE meta(genesis TEXT NOT NULL, next_seq INTEGER NOT NULL,"
    " last_leaf TEXT NOT NULL, frontier BLOB NOT NULL);"
    /* For hands with a sqlite3, where a row that takes the place of another
     * is an insert and no delete.  Our own connections run no trigger. */
    "CREATE TRIGGER row_ours BEFORE INSERT ON row BEGIN" REFUSE
    "CREATE TRIGGER row_stays BEFORE DELETE ON row BEGIN" REFUSE
    "CREATE TRIGGER row_same BEFORE UPDATE ON row BEGIN" REFUSE
    "CREATE TRIGGER span_ours BEFORE INSERT ON span BEGIN" REFUSE
    "CREATE TRIGGER span_stays BEFORE DELETE ON span BEGIN" REFUSE
    "CREATE TRIGGER span_same BEFORE UPDATE ON span BEGIN" REFUSE
    "INSERT INTO meta VALUES('', 0, '', x'');"
    "PRAGMA user_version = 3;"
    "COMMIT;";

static void
path_of(const char *dir, const char *name, char out[PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "%s/%s", dir, name);
}

int
index_remove(const char *dir, struct err *err)
{
	/* Without the first, nobody looks at the others any more. */
	static const char *const names[] = {INDEX_NAME, INDEX_WAL_NAME,
					    INDEX_SHM_NAME};
	char path[PATH_SIZE];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(dir, names[i], path);
		if (unlink(path) < 0 && errno != ENOENT)
			return err_set_errno(err, ERR_IO, errno, "%s", path);
	}
	return 0;
}

int64_t
index_bytes(const char *dir)
{
	static const char *const names[] = {INDEX_NAME, INDEX_WAL_NAME};
	char path[PATH_SIZE];
	int64_t bytes = 0;
	struct stat st;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(dir, names[i], path);
		if (stat(path, &st) == 0)
			bytes += st.st_size;
	}
	return bytes;
}

/* SQLite would give the file the mode that the umask leaves. */
static int
make_file(const char *path, struct err *err)
{
	int fd =
	    open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);

	if (fd < 0)
		return err_set_errno(err, errno == ENOSPC ? ERR_FULL : ERR_IO,
				     errno, "%s", path);
	close(fd);
	return 0;
}

static int
make_tables(struct index_db *x, struct err *err)
{
	int64_t there = 0;
	int r;

	r = index_sql_number(x->sql, "SELECT count(*) FROM sqlite_schema",
			     &there, err);
	if (r < 0 || there > 0)
		return r;
	r = index_sql_run(x->sql, tables, err);
	return r;
}

static int
prepare(struct index_db *x, struct err *err)
{
	int64_t n = 0;
	int r;

	r = index_sql_prepare(x->sql,
			      "INSERT INTO row VALUES(?, ?, ?, ?, ?, ?, ?, ?, "
			      "?, ?, ?, ?, ?)",
			      &x->add, err);
	if (r == 0)
		r = index_sql_prepare(x->sql,
				      "UPDATE meta SET genesis = ?, next_seq "
				      "= ?, last_leaf = ?, frontier = ?",
				      &x->set_meta, err);
	if (r == 0)
		r = index_sql_prepare(
		    x->sql, "INSERT OR REPLACE INTO span VALUES(?, ?, ?)",
		    &x->set_span, err);
	if (r == 0)
		r = index_sql_number(x->sql,
				     "SELECT count(*) FROM sqlite_schema "
				     "WHERE type = 'index' AND sql NOT NULL",
				     &n, err);
	x->indexed = n == INDEX_SQL_INDEXES;
	return r;
}

static int
load_span(struct index_db *x, struct err *err)
{
	sqlite3_stmt *row;
	int r;

	r = index_sql_prepare(
	    x->sql, "SELECT at_min, at_max FROM span WHERE seg = ?", &row, err);
	if (r < 0)
		return r;
	sqlite3_bind_int64(row, 1, (int64_t)x->meta.newest.seg);
	x->span.seg = x->meta.newest.seg;
	x->span.any = sqlite3_step(row) == SQLITE_ROW &&
		      wall_parse((const char *)sqlite3_column_text(row, 0),
				 &x->span.min) == 0 &&
		      wall_parse((const char *)sqlite3_column_text(row, 1),
				 &x->span.max) == 0;
	sqlite3_finalize(row);
	return x->span.any ? 0
			   : err_set(err, ERR_DAMAGED,
				     INDEX_NAME ": no span of the newest rows");
}

/* An empty index is of any ledger, and goes on behind what was pruned. */
static int
begin(struct index_db *x, const struct folder *f, struct err *err)
{
	struct beginning b = {0};

	if (f->pruned.to > 0 &&
	    pruned_beginning(f->io, f->dir, f->pruned.to, &b) < 0)
		return err_set(err, ERR_IO,
			       "%s: the tiles of pruned rows are missing",
			       x->dir);
	x->meta = (struct index_meta){.genesis = f->id.genesis, .tree = b.tree};
	return 0;
}

/* What is there must be of this ledger. */
static int
load(struct index_db *x, struct err *err)
{
	struct fetch fetch;
	int r;

	r = index_meta_read(x->sql, &x->meta, err);
	if (r < 0)
		return r;
	r = fetch_open(&fetch, x->io, x->dir, err);
	if (r < 0)
		return r == ERR_NOMEM ? r : ERR_IO;
	x->segment_rows = (uint64_t)fetch.folder.id.segment_rows;
	if (x->meta.tree.size == 0)
		r = begin(x, &fetch.folder, err);
	else
		r = index_meta_check(&x->meta, &fetch, err);
	fetch_close(&fetch);
	if (r == 0 && x->meta.newest.len > 0)
		r = load_span(x, err);
	return r;
}

static int
open_sql(struct index_db *x, struct err *err)
{
	char path[PATH_SIZE];
	int r;

	path_of(x->dir, INDEX_NAME, path);
	r = make_file(path, err);
	if (r == 0)
		r = index_sql_open(path, SQLITE_OPEN_READWRITE, &x->sql, err);
	if (r == 0)
		r = index_sql_run(x->sql, settings, err);
	if (r == 0)
		r = make_tables(x, err);
	if (r == 0)
		r = prepare(x, err);
	return r;
}

int
index_open(const struct ledger_io *io, const char *dir,
	   struct index_db **ret_index, struct err *err)
{
	struct index_db *x = calloc(1, sizeof(*x));
	int r;

	if (x == NULL)
		return err_set(err, ERR_NOMEM, "no memory for the index");
	x->io = io;
	x->dir = strdup(dir);
	r = x->dir == NULL ? err_set(err, ERR_NOMEM, "no memory for the index")
			   : open_sql(x, err);
	if (r == 0)
		r = load(x, err);
	if (r < 0) {
		index_close(x);
		return r;
	}
	*ret_index = x;
	return 0;
}

/* SQLite keeps what a reader may still look at, however long it looks; all
 * else it writes back by itself. */
int
index_bound_log(struct index_db *x, struct err *err)
{
	char path[PATH_SIZE];
	struct stat st;
	int r;

	path_of(x->dir, INDEX_WAL_NAME, path);
	if (stat(path, &st) < 0 || st.st_size <= INDEX_LOG_MAX)
		return 0;
	r = sqlite3_wal_checkpoint_v2(x->sql, NULL, SQLITE_CHECKPOINT_TRUNCATE,
				      NULL, NULL);
	if (r != SQLITE_BUSY)
		return r == SQLITE_OK ? 0 : index_sql_error(x->sql, r, err);
	return err_set(err, ERR_BUSY,
		       INDEX_WAL_NAME ": %lld bytes are kept for somebody who "
				      "reads the index",
		       (long long)st.st_size);
}

void
index_close(struct index_db *x)
{
	if (x == NULL)
		return;
	sqlite3_finalize(x->add);
	sqlite3_finalize(x->set_meta);
	sqlite3_finalize(x->set_span);
	sqlite3_close(x->sql);
	free(x->dir);
	free(x);
}

uint64_t
index_witness(const char *dir, const struct digest *genesis)
{
	struct index_meta meta;
	char path[PATH_SIZE];
	sqlite3 *sql;
	bool known;

	path_of(dir, INDEX_NAME, path);
	if (access(path, F_OK) < 0 ||
	    index_sql_open(path, SQLITE_OPEN_READWRITE, &sql, NULL) < 0)
		return 0;
	/* It only reads: what a damaged ledger holds stays as it is. */
	sqlite3_db_config(sql, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	known = index_meta_read(sql, &meta, NULL) == 0 &&
		digest_equal(&meta.genesis, genesis);
	sqlite3_close(sql);
	return known ? meta.tree.size : 0;
}
