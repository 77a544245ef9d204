/* The index knows the rows up to some place; what is newer is scanned.  Where
 * a row is not what the index said, the index is left, and the ledger scanned
 * from there. */
#include "cli/rows.h"
#include "cli/found.h"
#include "cli/progress.h"
#include "cli/row_limit.h"
#include "io/disk.h"

#include <assert.h>

enum { QUESTIONS_MAX = 4, PROGRESS_ROWS = 65536 };

/* Questions that one reading of the segments answers. */
struct sieve {
	const struct rows_question *open[QUESTIONS_MAX];
	size_t n;
	struct progress progress;
	const struct row_limit *limit; /* NULL: none */
};

/* One that has enough is asked no more. */
static int
give(struct sieve *sieve, size_t i, const struct row *row)
{
	const struct rows_question *q = sieve->open[i];
	int r = 0;

	if (row_filter_matches(&q->filter, row))
		r = q->fn(q->ctx, row);
	if (r == 1)
		sieve->open[i] = sieve->open[--sieve->n];
	return r;
}

static int
give_matching(void *ctx, const struct row *row)
{
	struct sieve *sieve = ctx;
	size_t i = 0;

	if (row->seq % PROGRESS_ROWS == 0)
		progress_show(&sieve->progress, row->seq);
	if (sieve->limit != NULL && !row_limit_holds(sieve->limit, row))
		return 0;
	while (i < sieve->n) {
		int r = give(sieve, i, row);

		if (r < 0)
			return r;
		i += r == 0;
	}
	return sieve->n == 0;
}

/* 0: all were given; 1: fn has enough. */
static int
give_found(struct found *f, const struct rows_question *q, size_t *ret_given)
{
	struct row row;
	size_t i = 0;
	int r = 0;

	while (r == 0 && i < f->n && found_row(f, i, &row)) {
		r = q->fn(q->ctx, &row);
		i++;
	}
	*ret_given = i;
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
through_index(struct found *f, const char *dir, const struct rows_question *q,
	      struct err *err)
{
	struct sieve sieve = {{q}, 1, progress_begin("rows read"), NULL};
	size_t given = 0;
	int r = is_dense(f) ? 0 : give_found(f, q, &given);

	if (r != 0)
		return r;
	if (given < f->n)
		r = ledger_scan(&disk_io, dir, f->places[given].seq, UINT64_MAX,
				give_matching, &sieve, err);
	else
		r = ledger_scan_after(&disk_io, dir, &f->newest, UINT64_MAX,
				      give_matching, &sieve, err);
	progress_end(&sieve.progress);
	return r;
}

static bool
asks_for_all(const struct row_filter *f)
{
	return f->day == NULL && f->workload == NULL && f->owner == NULL &&
	       f->check == NULL && f->kind == NULL && f->decision == NULL &&
	       f->kinds == NULL && f->since.us == 0 && f->until.us == 0;
}

static int
after_scan(struct session *s, int r, struct err *err)
{
	if (r == ERR_NOMEM)
		err_set(err, r, "no memory");
	return session_after_read(s, r, err);
}

static int
scan(struct session *s, const char *dir, struct sieve *sieve)
{
	struct err err = {0};
	int r;

	if (sieve->n == 0)
		return 0;
	sieve->progress = progress_begin("rows read");
	r = ledger_scan(&disk_io, dir, 0,
			s->limit == NULL ? UINT64_MAX : s->limit->seq,
			give_matching, sieve, &err);
	progress_end(&sieve->progress);
	return after_scan(s, r, &err);
}

int
rows_ask(struct session *s, const char *dir,
	 const struct rows_question *questions, size_t n)
{
	struct sieve sieve = {.limit = s->limit};
	struct err err = {0};
	struct found f;
	int r = 0;

	assert(n <= QUESTIONS_MAX);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct rows_question *q = &questions[i];

		if (s->limit != NULL || asks_for_all(&q->filter) ||
		    !found_open(&f, dir, &q->filter, 0)) {
			sieve.open[sieve.n++] = q;
			continue;
		}
		r = through_index(&f, dir, q, &err);
		found_close(&f);
		r = after_scan(s, r, &err);
	}
	return r == 0 ? scan(s, dir, &sieve) : r;
}

int
rows_all(struct session *s, const char *dir, const struct row_filter *filter,
	 ledger_row_fn *fn, void *ctx)
{
	const struct rows_question one = {*filter, fn, ctx};

	return rows_ask(s, dir, &one, 1);
}

int
rows_at(struct session *s, const char *dir, uint64_t seq, ledger_row_fn *fn,
	void *ctx)
{
	struct err err = {0};
	struct found f;
	struct row row;
	int r;

	if (found_open_seq(&f, dir, seq)) {
		bool good = found_row(&f, 0, &row);

		r = good ? fn(ctx, &row) : 0;
		found_close(&f);
		if (good)
			return after_scan(s, r, &err);
	}
	r = ledger_scan(&disk_io, dir, seq, seq + 1, fn, ctx, &err);
	return after_scan(s, r, &err);
}
