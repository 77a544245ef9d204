/* The table of rows is read in the order of seq beside a scan of the segments,
 * and each column compared; so is each span when its segment ends.  That the
 * SQL indexes say what their table says, SQLite finds out by itself. */
#include "io/index_check.h"
#include "io/disk.h"
#include "io/index_reader.h"
#include "io/index_sql.h"
#include "ledger/facets.h"
#include "ledger/ledger.h"

#include <inttypes.h>
#include <string.h>

enum { PROGRESS_ROWS = 65536 };

struct comparison {
	sqlite3 *sql;
	sqlite3_stmt *rows, *spans;
	struct row_place place;	   /* where the row stands */
	struct wall_time min, max; /* of this segment so far */
	index_check_progress_fn *progress;
	void *ctx;
	struct err *err;
};

static int
differs(struct comparison *c, uint64_t seq, const char *what)
{
	return err_set(c->err, ERR_DAMAGED, INDEX_NAME ": row %" PRIu64 ": %s",
		       seq, what);
}

static bool
says(sqlite3_stmt *row, int column, const char *text)
{
	const char *found = (const char *)sqlite3_column_text(row, column);

	return found != NULL && strcmp(found, text) == 0;
}

static bool
says_time(sqlite3_stmt *row, int column, struct wall_time t)
{
	char text[WALL_RFC3339_MICRO_LEN + 1];

	return says(row, column, wall_format_micro(t, text));
}

static bool
says_facets(sqlite3_stmt *row, const struct row *r)
{
	struct facets f;

	facets_read(&f, r);
	return says(row, 5, f.day) && says(row, 6, r->kind) &&
	       says(row, 7, r->id) && says(row, 8, f.workload) &&
	       says(row, 9, f.owner) && says(row, 10, f.environment) &&
	       says(row, 11, f.check) && says(row, 12, f.decision);
}

static bool
is_place(const struct row_place *a, const struct row_place *b)
{
	return a->seg == b->seg && a->off == b->off && a->len == b->len;
}

static void
move_to(struct comparison *c, const struct row *row)
{
	bool first = row->place.off == 0;

	c->place = row->place;
	if (first || row->at.us < c->min.us)
		c->min = row->at;
	if (first || row->at.us > c->max.us)
		c->max = row->at;
}

static int
compare_span(struct comparison *c)
{
	int r = sqlite3_step(c->spans);

	if (r != SQLITE_ROW && r != SQLITE_DONE)
		return index_sql_error(c->sql, r, c->err);
	if (r == SQLITE_DONE ||
	    (uint64_t)sqlite3_column_int64(c->spans, 0) != c->place.seg ||
	    !says_time(c->spans, 1, c->min) || !says_time(c->spans, 2, c->max))
		return differs(c, c->place.seg,
			       "the span of its segment is "
			       "not that of the rows");
	return 0;
}

static int
compare_row(void *ctx, const struct row *row)
{
	struct comparison *c = ctx;
	struct row_place place;
	int r = 0;

	if (c->place.len > 0 && row->place.off == 0)
		r = compare_span(c);
	move_to(c, row);
	if (r < 0)
		return r;
	r = sqlite3_step(c->rows);
	if (r != SQLITE_ROW && r != SQLITE_DONE)
		return index_sql_error(c->sql, r, c->err);
	if (r == SQLITE_DONE)
		return differs(c, row->seq, "is missing");
	index_column_place(c->rows, 0, &place);
	if (place.seq != row->seq)
		return differs(c, row->seq, "is missing");
	if (!is_place(&place, &c->place) || !says_time(c->rows, 4, row->at) ||
	    !says_facets(c->rows, row))
		return differs(c, row->seq, "says what the row does not say");
	if (c->progress != NULL && row->seq % PROGRESS_ROWS == 0)
		c->progress(c->ctx, row->seq);
	return 0;
}

/* The reader has found that the newest row of the table is the newest one of
 * its meta. */
static int
compare_all(struct comparison *c, struct index_reader *reader,
	    const struct fetch *f)
{
	uint64_t from = f->folder.n > 0 ? f->folder.firsts[0] : 0;
	int r;

	sqlite3_bind_int64(c->rows, 1, (int64_t)from);
	sqlite3_bind_int64(c->spans, 1, (int64_t)from);
	r = ledger_scan(f->folder.io, f->folder.path, from,
			index_reader_rows(reader), compare_row, c, c->err);
	if (r == 0)
		r = compare_span(c);
	if (r == 0 && sqlite3_step(c->spans) != SQLITE_DONE)
		r = differs(c, index_reader_rows(reader),
			    "a span of rows that are not there");
	return r;
}

static int
check_reader(struct index_reader *reader, const struct fetch *f,
	     index_check_progress_fn *progress, void *ctx, struct err *err)
{
	sqlite3 *sql = index_reader_sql(reader);
	struct comparison c = {
	    .sql = sql,
	    .progress = progress,
	    .ctx = ctx,
	    .err = err,
	};
	int r;

	r = index_sql_prepare(sql,
			      "SELECT seq, seg, off, len, at, day, kind, id, "
			      "workload, owner, environment, check_name, "
			      "decision FROM row WHERE seq >= ? ORDER BY seq",
			      &c.rows, err);
	if (r == 0)
		r = index_sql_prepare(sql,
				      "SELECT seg, at_min, at_max FROM span "
				      "WHERE seg >= ? ORDER BY seg",
				      &c.spans, err);
	if (r == 0)
		r = compare_all(&c, reader, f);
	if (r == 0)
		r = index_sql_check(sql, err);
	sqlite3_finalize(c.rows);
	sqlite3_finalize(c.spans);
	return r < 0 ? r : 0;
}

int
index_check(const char *dir, index_check_progress_fn *progress, void *ctx,
	    struct err *err)
{
	struct index_reader *reader;
	struct fetch fetch;
	int r;

	r = fetch_open(&fetch, &disk_io, dir, err);
	if (r < 0)
		return r;
	r = index_reader_open(dir, &fetch, &reader, err);
	if (r == 0) {
		r = check_reader(reader, &fetch, progress, ctx, err);
		if (r == 0)
			r = index_reader_unchanged(reader, err);
		index_reader_close(reader);
	}
	fetch_close(&fetch);
	return r;
}
