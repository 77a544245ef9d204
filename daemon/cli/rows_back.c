/* Rows from the end of the ledger.  Out of the segments a block is a segment,
 * so that no line is read twice; through the index the first block is what it
 * does not know yet, and the others are some of the rows that it found. */
#include "cli/found.h"
#include "cli/progress.h"
#include "cli/row_limit.h"
#include "cli/rows.h"
#include "io/disk.h"

enum { SCANNED_ROWS = LEDGER_SEGMENT_ROWS, FOUND_ROWS = 64 };

struct block {
	const struct row_filter *filter;
	const struct row_limit *limit; /* NULL: none */
	struct row_list rows;
	struct wall_time oldest;
	bool any;
};

struct back {
	struct progress progress;
	struct session *session;
	const char *dir;
	const struct row_filter *filter;
	rows_block_fn *fn;
	void *ctx;
};

static int
keep_if_asked(void *ctx, const struct row *row)
{
	struct block *b = ctx;

	if (!b->any)
		b->oldest = row->at;
	b->any = true;
	if ((b->limit != NULL && !row_limit_holds(b->limit, row)) ||
	    !row_filter_matches(b->filter, row))
		return 0;
	return row_list_add(&b->rows, row) ? 0 : ERR_NOMEM;
}

static int
no_memory(const struct back *back)
{
	return session_fail(back->session, CTL_CHECK_FAILED, "no memory");
}

/* What was read, or why it was not; then fn gets it.  0: go on. */
static int
give_block(const struct back *back, struct block *b, int read_result,
	   struct err *err, bool *ret_enough)
{
	int enough = 0, r;

	if (read_result == ERR_NOMEM)
		err_set(err, read_result, "no memory");
	r = session_after_read(back->session, read_result, err);
	if (r == 0)
		enough = back->fn(back->ctx, &b->rows, b->oldest);
	row_list_free(&b->rows);
	if (enough < 0)
		return no_memory(back);
	*ret_enough = enough == 1;
	return r;
}

/* How far the rows go.  Where the newest segment cannot be counted, it is
 * read up to its fault. */
static int
count_rows(const struct back *back, uint64_t *ret)
{
	struct ledger_verdict verdict;
	struct err err;
	int r;

	r = ledger_count(&disk_io, back->dir, ret, &err);
	if (r != ERR_DAMAGED)
		return session_after_read(back->session, r, &err);
	session_after_read(back->session, r, &err);
	r = ledger_verify(&disk_io, back->dir, 0, &verdict, &err);
	if (r < 0)
		return session_fail_err(back->session, &err);
	*ret = verdict.rows;
	return 0;
}

/* The rows before `to`, out of the segments. */
static int
scan_back(struct back *back, uint64_t to)
{
	const struct row_limit *limit = back->session->limit;
	bool enough = false;
	uint64_t end;
	int r = 0;

	if (limit != NULL && limit->seq < to)
		to = limit->seq;
	end = to;
	while (r == 0 && !enough && to > 0) {
		struct block b = {.filter = back->filter, .limit = limit};
		uint64_t from = (to - 1) / SCANNED_ROWS * SCANNED_ROWS;
		struct err err = {0};
		int read = ledger_scan(&disk_io, back->dir, from, to,
				       keep_if_asked, &b, &err);

		r = give_block(back, &b, read, &err, &enough);
		to = from;
		progress_show(&back->progress, end - to);
	}
	progress_end(&back->progress);
	return r;
}

/* Fetches places [from, to): all of them, or none. */
static int
fetch_block(const struct back *back, struct found *f, size_t from, size_t to,
	    struct block *b)
{
	struct row row;

	for (size_t i = from; i < to; i++) {
		if (!found_row(back->session, f, i, &row))
			return ERR_DAMAGED;
		if (keep_if_asked(b, &row) < 0)
			return ERR_NOMEM;
	}
	return 0;
}

/* The row before which the block ends: those behind it were given. */
static uint64_t
end_of_block(const struct found *f, size_t to)
{
	return to == f->n ? f->newest.seq + 1 : f->places[to].seq;
}

static int
found_back(struct back *back, struct found *f)
{
	struct block newer = {.filter = back->filter};
	struct err err = {0};
	bool enough = false;
	size_t to = f->n;
	int r;

	r = ledger_scan_after(&disk_io, back->dir, &f->newest, UINT64_MAX,
			      keep_if_asked, &newer, &err);
	if (r < 0 || newer.any)
		r = give_block(back, &newer, r, &err, &enough);
	while (r == 0 && !enough && to > 0) {
		struct block b = {.filter = back->filter};
		size_t from = to > FOUND_ROWS ? to - FOUND_ROWS : 0;
		int fetched = fetch_block(back, f, from, to, &b);

		if (fetched == ERR_DAMAGED) {
			row_list_free(&b.rows);
			return scan_back(back, end_of_block(f, to));
		}
		r = give_block(back, &b, fetched, &err, &enough);
		to = from;
	}
	return r;
}

int
rows_back(struct session *s, const char *dir, const struct row_filter *filter,
	  rows_block_fn *fn, void *ctx)
{
	struct back back = {
	    progress_begin(s, "rows read"), s, dir, filter, fn, ctx};
	uint64_t to;
	int r = count_rows(&back, &to);

	return r == 0 ? scan_back(&back, to) : r;
}

int
rows_found_back(struct session *s, const char *dir,
		const struct row_filter *filter, size_t most, rows_block_fn *fn,
		void *ctx)
{
	struct back back = {
	    progress_begin(s, "rows read"), s, dir, filter, fn, ctx};
	struct found f;
	int r;

	if (!found_open(&f, dir, filter, most))
		return rows_back(s, dir, filter, fn, ctx);
	r = found_back(&back, &f);
	found_close(&f);
	return r;
}
