/* The same conditions as row_filter_matches(), on the columns.  A stretch of
 * time is first narrowed to the segments that were written in it: the clock
 * may step, so `at` does not ascend with seq, but a segment's span holds. */
#include "io/index_query.h"
#include "io/index_sql.h"
#include "ledger/facets.h"

#include <stdlib.h>
#include <string.h>

enum { PARAMETERS_MAX = 24 };

struct query {
	struct buf text;
	/* numbers in the order of ?, texts of the rest */
	struct {
		const char *text; /* NULL: number */
		int64_t number;
	} at[PARAMETERS_MAX];
	int n;
	char since[WALL_RFC3339_MICRO_LEN + 1];
	char until[WALL_RFC3339_MICRO_LEN + 1];
};

static void
put_text(struct query *q, const char *condition, const char *text)
{
	if (text == NULL)
		return;
	buf_puts(&q->text, condition);
	q->at[q->n++].text = text;
}

static void
put_number(struct query *q, const char *condition, uint64_t number)
{
	buf_puts(&q->text, condition);
	q->at[q->n++].number = number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

/* '/' follows '.': what begins with the kind and a dot lies between. */
static void
put_kind(struct query *q, const char *kind)
{
	if (kind == NULL)
		return;
	put_text(q, " AND (kind = ?", kind);
	put_text(q, " OR (kind >= ? || '.'", kind);
	put_text(q, " AND kind < ? || '/'))", kind);
}

static void
put_kinds(struct query *q, const char *const *kinds)
{
	if (kinds == NULL)
		return;
	buf_puts(&q->text, " AND kind IN (");
	for (size_t i = 0; kinds[i] != NULL; i++)
		put_text(q, i == 0 ? "?" : ", ?", kinds[i]);
	buf_puts(&q->text, ")");
}

/* As row_filter_matches() has it. */
static void
put_owner(struct query *q, const char *owner)
{
	if (owner == NULL)
		return;
	put_text(q, " AND (owner = ?", owner);
	if (strcmp(owner, FACETS_OWNER_NONE) == 0)
		buf_puts(&q->text, " OR (owner = '' AND kind = 'record')");
	buf_putc(&q->text, ')');
}

static void
put_times(struct query *q, const struct row_filter *f, const char *since,
	  const char *until)
{
	if (f->since.us != 0)
		put_text(q, since, wall_format_micro(f->since, q->since));
	if (f->until.us != 0)
		put_text(q, until, wall_format_micro(f->until, q->until));
}

static int
prepare(sqlite3 *sql, struct query *q, sqlite3_stmt **ret, struct err *err)
{
	int r;

	if (q->text.failed)
		return err_set(err, ERR_NOMEM, "no memory for the index");
	r = index_sql_prepare(sql, buf_text(&q->text), ret, err);
	for (int i = 0; r == 0 && i < q->n; i++) {
		if (q->at[i].text == NULL)
			sqlite3_bind_int64(*ret, i + 1, q->at[i].number);
		else
			sqlite3_bind_text(*ret, i + 1, q->at[i].text, -1,
					  SQLITE_STATIC);
	}
	return r;
}

/* The rows of the segments that were written between since and until. */
static void
take_span(sqlite3_stmt *row, struct index_range *range)
{
	uint64_t first, end;

	if (sqlite3_column_type(row, 0) == SQLITE_NULL) {
		range->to = range->from;
		return;
	}
	first = (uint64_t)sqlite3_column_int64(row, 0);
	end = (uint64_t)sqlite3_column_int64(row, 1) + range->segment_rows;
	if (first > range->from)
		range->from = first;
	if (end < range->to)
		range->to = end;
}

static int
narrow(sqlite3 *sql, const struct row_filter *f, struct index_range *range,
       struct err *err)
{
	struct query q = {0};
	sqlite3_stmt *row;
	int r;

	if (f->since.us == 0 && f->until.us == 0)
		return 0;
	buf_puts(&q.text, "SELECT min(seg), max(seg) FROM span WHERE 1");
	put_times(&q, f, " AND at_max >= ?", " AND at_min < ?");
	r = prepare(sql, &q, &row, err);
	buf_free(&q.text);
	if (r < 0)
		return r;
	r = sqlite3_step(row);
	if (r == SQLITE_ROW)
		take_span(row, range);
	r = r == SQLITE_ROW ? 0 : index_sql_error(sql, r, err);
	sqlite3_finalize(row);
	return r;
}

static void
put_select(struct query *q, const struct row_filter *f,
	   const struct index_range *range, size_t most)
{
	/* The newest are chosen by what an index holds alone, where it can. */
	buf_puts(&q->text, "SELECT seq, seg, off, len FROM row WHERE seq IN "
			   "(SELECT seq FROM row");
	put_number(q, " WHERE seq >= ?", range->from);
	put_number(q, " AND seq < ?", range->to);
	put_text(q, " AND workload = ?", f->workload);
	put_owner(q, f->owner);
	put_text(q, " AND check_name = ?", f->check);
	put_text(q, " AND decision = ?", f->decision);
	put_text(q, " AND day = ?", f->day);
	put_kind(q, f->kind);
	put_kinds(q, f->kinds);
	put_times(q, f, " AND at >= ?", " AND at < ?");
	buf_puts(&q->text, " ORDER BY seq DESC");
	if (most > 0)
		put_number(q, " LIMIT ?", most);
	buf_puts(&q->text, ") ORDER BY seq");
}

static int
add_place(sqlite3_stmt *row, struct row_place **places, size_t *n, size_t *cap)
{
	struct row_place *wider;

	if (*n == *cap) {
		*cap = *cap == 0 ? 64 : 2 * *cap;
		wider = realloc(*places, *cap * sizeof(**places));
		if (wider == NULL)
			return ERR_NOMEM;
		*places = wider;
	}
	index_column_place(row, 0, &(*places)[(*n)++]);
	return 0;
}

static int
collect(sqlite3 *sql, sqlite3_stmt *row, struct row_place **ret_places,
	size_t *ret_n, struct err *err)
{
	struct row_place *places = NULL;
	size_t n = 0, cap = 0;
	int step, r = 0;

	while ((step = sqlite3_step(row)) == SQLITE_ROW && r == 0)
		r = add_place(row, &places, &n, &cap);
	if (r < 0)
		err_set(err, r, "no memory for what the index found");
	else if (step != SQLITE_DONE)
		r = index_sql_error(sql, step, err);
	if (r < 0) {
		free(places);
		return r;
	}
	*ret_places = places;
	*ret_n = n;
	return 0;
}

int
index_query(sqlite3 *sql, const struct row_filter *filter,
	    const struct index_range *range, size_t most,
	    struct row_place **ret_places, size_t *ret_n, struct err *err)
{
	struct index_range narrowed = *range;
	struct query q = {0};
	sqlite3_stmt *row;
	int r;

	r = narrow(sql, filter, &narrowed, err);
	if (r < 0)
		return r;
	put_select(&q, filter, &narrowed, most);
	r = prepare(sql, &q, &row, err);
	buf_free(&q.text);
	if (r < 0)
		return r;
	r = collect(sql, row, ret_places, ret_n, err);
	sqlite3_finalize(row);
	return r;
}
