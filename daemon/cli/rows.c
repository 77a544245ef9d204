/* Answers that people decide by are read out of the segments, each row with its
 * `sum`: an index may lack a row, and nobody would miss it.  One row whose seq
 * is known is either the one or it is not, so for that the index is asked. */
#include "cli/rows.h"
#include "cli/found.h"
#include "cli/progress.h"
#include "cli/row_limit.h"
#include "io/disk.h"

#include <assert.h>

enum { QUESTIONS_MAX = 4, PROGRESS_ROWS = 65536 };

/* Questions that one reading of the segments answers. */
struct sieve {
	const struct session *session;
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
	if (session_is_left(sieve->session))
		return 1;
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

static int
after_scan(struct session *s, int r, struct err *err)
{
	if (r == ERR_NOMEM)
		err_set(err, r, "no memory");
	return session_after_read(s, r, err);
}

int
rows_ask(struct session *s, const char *dir,
	 const struct rows_question *questions, size_t n)
{
	struct sieve sieve = {.session = s, .limit = s->limit};
	struct err err = {0};
	int r;

	assert(n > 0 && n <= QUESTIONS_MAX);
	while (sieve.n < n) {
		sieve.open[sieve.n] = &questions[sieve.n];
		sieve.n++;
	}
	sieve.progress = progress_begin(s, "rows read");
	r = ledger_scan(&disk_io, dir, 0,
			s->limit == NULL ? UINT64_MAX : s->limit->seq,
			give_matching, &sieve, &err);
	progress_end(&sieve.progress);
	return after_scan(s, r, &err);
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
		bool good = found_row(s, &f, 0, &row);

		r = good ? fn(ctx, &row) : 0;
		found_close(&f);
		if (good)
			return after_scan(s, r, &err);
	}
	r = ledger_scan(&disk_io, dir, seq, seq + 1, fn, ctx, &err);
	return after_scan(s, r, &err);
}
