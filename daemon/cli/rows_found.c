/* The index knows the rows up to some place; what is newer is scanned.  Where
 * a row is not what the index said, the index is left, and the ledger scanned
 * from there. */
#include "cli/found.h"
#include "cli/progress.h"
#include "cli/rows.h"
#include "io/disk.h"

enum { PROGRESS_ROWS = 65536 };

struct rest {
	const struct session *session;
	const struct rows_question *question;
	struct progress progress;
};

static int
give_matching(void *ctx, const struct row *row)
{
	struct rest *rest = ctx;
	const struct rows_question *q = rest->question;

	if (row->seq % PROGRESS_ROWS == 0)
		progress_show(&rest->progress, row->seq);
	if (session_is_left(rest->session))
		return 1;
	return row_filter_matches(&q->filter, row) ? q->fn(q->ctx, row) : 0;
}

/* 0: all were given, or those before *ret_rest, from which on the ledger must
 * be scanned; 1: fn has enough. */
static int
give_found(struct session *s, struct found *f, const struct rows_question *q,
	   bool *ret_all, uint64_t *ret_rest)
{
	struct row row;
	size_t i = 0;
	int r = 0;

	*ret_rest = 0;
	while (r == 0 && i < f->n && found_row(s, f, i, &row)) {
		r = session_is_left(s) ? 1 : q->fn(q->ctx, &row);
		*ret_rest = f->places[i++].seq + 1;
	}
	*ret_all = i == f->n;
	return r;
}

/* Reading rows one behind the other is quicker than fetching each, where most
 * of them match. */
static bool
is_dense(const struct found *f)
{
	return f->n > 0 && f->n > (f->newest.seq - f->places[0].seq) / 2;
}

static int
through_index(struct session *s, struct found *f, const char *dir,
	      const struct rows_question *q, struct err *err)
{
	struct rest rest = {s, q, progress_begin(s, "rows read")};
	uint64_t from = f->all || f->n == 0 ? 0 : f->places[0].seq;
	bool all = false;
	int r = 0;

	if (!is_dense(f))
		r = give_found(s, f, q, &all, &from);
	if (r != 0)
		return r;
	if (!all)
		r = ledger_scan(&disk_io, dir, from, UINT64_MAX, give_matching,
				&rest, err);
	else
		r = ledger_scan_after(&disk_io, dir, &f->newest, UINT64_MAX,
				      give_matching, &rest, err);
	progress_end(&rest.progress);
	return r;
}

int
rows_found(struct session *s, const char *dir, const struct row_filter *filter,
	   ledger_row_fn *fn, void *ctx)
{
	const struct rows_question q = {*filter, fn, ctx};
	struct err err = {0};
	struct found f;
	int r;

	if (!found_open(&f, dir, filter, 0))
		return rows_all(s, dir, filter, fn, ctx);
	r = through_index(s, &f, dir, &q, &err);
	found_close(&f);
	if (r == ERR_NOMEM)
		err_set(&err, r, "no memory");
	return session_after_read(s, r, &err);
}
