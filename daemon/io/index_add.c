/* Rows and meta are written in one transaction, so that the index always says
 * truly how far it goes.
 *
 * An empty index gets its rows first and its SQL indexes when it has all of
 * them, because sorting is several times faster than inserting into six
 * trees. */
#include "io/index_db.h"
#include "ledger/facets.h"
#include "ledger/ledger.h"

#include <inttypes.h>

enum {
	PROGRESS_STEPS = 20000 /* of SQLite's machine, between looks at stop */
};

static const char *const indexes[INDEX_SQL_INDEXES] = {
    "CREATE INDEX IF NOT EXISTS row_workload_day ON row(workload, day)",
    "CREATE INDEX IF NOT EXISTS row_owner_day ON row(owner, day)",
    "CREATE INDEX IF NOT EXISTS row_check_day ON row(check_name, day)",
    "CREATE INDEX IF NOT EXISTS row_decision_day ON row(decision, day)",
    "CREATE INDEX IF NOT EXISTS row_workload_seq ON row(workload, seq)",
    "CREATE INDEX IF NOT EXISTS row_id ON row(id)",
};

uint64_t
index_rows(const struct index_db *x)
{
	return x->meta.tree.size - x->open_rows;
}

static int
step(struct index_db *x, sqlite3_stmt *statement)
{
	int r = sqlite3_step(statement);

	sqlite3_reset(statement);
	return r == SQLITE_DONE ? 0 : index_sql_error(x->sql, r, x->err);
}

static void
bind_text(sqlite3_stmt *s, int i, const char *text)
{
	sqlite3_bind_text(s, i, text, -1, SQLITE_STATIC);
}

static int
put_span(struct index_db *x)
{
	char min[WALL_RFC3339_MICRO_LEN + 1], max[WALL_RFC3339_MICRO_LEN + 1];

	if (!x->span.any)
		return 0;
	sqlite3_bind_int64(x->set_span, 1, (int64_t)x->span.seg);
	bind_text(x->set_span, 2, wall_format_micro(x->span.min, min));
	bind_text(x->set_span, 3, wall_format_micro(x->span.max, max));
	return step(x, x->set_span);
}

static int
commit(struct index_db *x)
{
	const struct index_meta *m = &x->meta;
	char genesis[DIGEST_HEX_LEN + 1], leaf[DIGEST_HEX_LEN + 1];
	int r;

	if (x->open_rows == 0)
		return 0;
	sqlite3_bind_int64(x->set_meta, 2, (int64_t)m->tree.size);
	bind_text(x->set_meta, 1, digest_hex(&m->genesis, genesis));
	bind_text(x->set_meta, 3, digest_hex(&m->last_leaf, leaf));
	sqlite3_bind_blob(x->set_meta, 4, m->tree.stack,
			  DIGEST_LEN * __builtin_popcountll(m->tree.size),
			  SQLITE_STATIC);
	r = put_span(x);
	if (r == 0)
		r = step(x, x->set_meta);
	if (r == 0)
		r = index_sql_run(x->sql, "COMMIT", x->err);
	if (r == 0)
		x->open_rows = 0;
	return r;
}

static int
add_columns(struct index_db *x, const struct row *row)
{
	const struct row_place *place = &x->meta.newest;
	char at[WALL_RFC3339_MICRO_LEN + 1];
	struct facets facets;

	facets_read(&facets, row);
	sqlite3_bind_int64(x->add, 1, (int64_t)place->seq);
	sqlite3_bind_int64(x->add, 2, (int64_t)place->seg);
	sqlite3_bind_int64(x->add, 3, place->off);
	sqlite3_bind_int64(x->add, 4, (int64_t)place->len);
	bind_text(x->add, 5, wall_format_micro(row->at, at));
	bind_text(x->add, 6, facets.day);
	bind_text(x->add, 7, row->kind);
	bind_text(x->add, 8, row->id);
	bind_text(x->add, 9, facets.workload);
	bind_text(x->add, 10, facets.owner);
	bind_text(x->add, 11, facets.environment);
	bind_text(x->add, 12, facets.check);
	bind_text(x->add, 13, facets.decision);
	return step(x, x->add);
}

static int
note_span(struct index_db *x, const struct row *row)
{
	struct span *span = &x->span;
	int r = 0;

	if (!span->any || span->seg != x->meta.newest.seg) {
		r = put_span(x);
		*span =
		    (struct span){true, x->meta.newest.seg, row->at, row->at};
	}
	if (row->at.us < span->min.us)
		span->min = row->at;
	if (row->at.us > span->max.us)
		span->max = row->at;
	return r;
}

static bool
is_stopped(const struct index_db *x)
{
	return x->stop != NULL && atomic_load(x->stop);
}

static int
add_row(void *ctx, const struct row *row)
{
	struct index_db *x = ctx;
	int r = 0;

	/* Rows were pruned before they were taken. */
	if (row->seq != x->meta.tree.size)
		return err_set(x->err, ERR_DAMAGED,
			       INDEX_NAME ": rows are missing before row "
					  "%" PRIu64,
			       row->seq);
	if (x->open_rows == 0) {
		r = index_bound_log(x, x->err);
		if (r == 0)
			r = index_sql_run(x->sql, "BEGIN IMMEDIATE", x->err);
	}
	if (r < 0)
		return r;
	x->open_rows++;
	x->meta.newest = row->place;
	r = note_span(x, row);
	if (r == 0)
		r = add_columns(x, row);
	if (r < 0)
		return r;
	tree_append(&x->meta.tree, &row->leaf);
	x->meta.last_leaf = row->leaf;
	if (x->open_rows < INDEX_STEP_ROWS)
		return 0;
	r = commit(x);
	if (r == 0 && x->progress != NULL)
		x->progress(x->progress_ctx, index_rows(x));
	return r < 0 ? r : is_stopped(x);
}

/* The code of SQLite that failed stands in x->err; that a row of the ledger
 * cannot be read is no fault of the index. */
static int
add_rows(struct index_db *x, uint64_t to, struct err *err)
{
	struct err index_err = {0};
	int r;

	x->err = &index_err;
	r = x->meta.newest.len == 0
		? ledger_scan(x->io, x->dir, 0, to, add_row, x, err)
		: ledger_scan_after(x->io, x->dir, &x->meta.newest, to, add_row,
				    x, err);
	if (r == 0)
		r = commit(x);
	/* Between two updates the pages are the system's to keep. */
	sqlite3_db_release_memory(x->sql);
	if (index_err.code != 0)
		return err_set(err, index_err.code, "%s", index_err.text);
	return r < 0 ? ERR_IO : 0;
}

static int
make_indexes(struct index_db *x, struct err *err)
{
	for (size_t i = 0; i < INDEX_SQL_INDEXES; i++) {
		int r;

		if (is_stopped(x))
			return 1;
		r = index_bound_log(x, err);
		if (r == 0)
			r = index_sql_run(x->sql, indexes[i], err);
		if (r < 0)
			return is_stopped(x) ? 1 : r;
	}
	x->indexed = true;
	return 0;
}

static int
on_steps(void *ctx)
{
	return is_stopped(ctx);
}

int
index_examine(struct index_db *x, const atomic_bool *stop, struct err *err)
{
	int r;

	x->stop = stop;
	sqlite3_progress_handler(x->sql, PROGRESS_STEPS, on_steps, x);
	r = index_sql_check(x->sql, err);
	sqlite3_progress_handler(x->sql, 0, NULL, NULL);
	sqlite3_db_release_memory(x->sql);
	return r < 0 && is_stopped(x) ? 0 : r;
}

/* A file that somebody deleted would take rows that nobody ever sees. */
static int
still_there(struct index_db *x, struct err *err)
{
	int moved = 0;

	sqlite3_file_control(x->sql, NULL, SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved == 0 ? 0
			  : err_set(err, ERR_DAMAGED,
				    INDEX_NAME ": somebody took it away");
}

int
index_update(struct index_db *x, uint64_t to, const atomic_bool *stop,
	     index_progress_fn *progress, void *ctx, struct err *err)
{
	int r = still_there(x, err);

	x->stop = stop;
	x->progress = progress;
	x->progress_ctx = ctx;
	if (r == 0 && to > x->meta.tree.size)
		r = add_rows(x, to, err);
	if (r < 0)
		return r;
	if (x->meta.tree.size < to)
		return is_stopped(x) ? 1
				     : err_set(err, ERR_IO,
					       "%s: row %" PRIu64 " is missing",
					       x->dir, x->meta.tree.size);
	if (x->indexed)
		return 0;
	sqlite3_progress_handler(x->sql, PROGRESS_STEPS, on_steps, x);
	r = make_indexes(x, err);
	sqlite3_progress_handler(x->sql, 0, NULL, NULL);
	return r;
}
