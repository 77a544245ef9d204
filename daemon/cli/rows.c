/* The index knows the rows up to some place; what is newer is scanned.  Where
 * a row is not what the index said, the index is left, and the ledger scanned
 * from there. */
#include "cli/rows.h"
#include "cli/found.h"
#include "io/disk.h"

struct sieve {
	const struct row_filter *filter;
	ledger_row_fn *fn;
	void *ctx;
};

static int
give_matching(void *ctx, const struct row *row)
{
	const struct sieve *sieve = ctx;

	return row_filter_matches(sieve->filter, row)
		   ? sieve->fn(sieve->ctx, row)
		   : 0;
}

/* 0: all were given; 1: fn has enough. */
static int
give_found(struct found *f, const struct sieve *sieve, size_t *ret_given)
{
	struct row row;
	size_t i = 0;
	int r = 0;

	while (r == 0 && i < f->n && found_row(f, i, &row)) {
		r = sieve->fn(sieve->ctx, &row);
		i++;
	}
	*ret_given = i;
	return r;
}

static int
through_index(struct found *f, const char *dir, struct sieve *sieve,
	      struct err *err)
{
	size_t given;
	int r = give_found(f, sieve, &given);

	if (r != 0)
		return r;
	if (given < f->n)
		return ledger_scan(&disk_io, dir, f->places[given].seq,
				   UINT64_MAX, give_matching, sieve, err);
	return ledger_scan_after(&disk_io, dir, &f->newest, UINT64_MAX,
				 give_matching, sieve, err);
}

static bool
asks_for_all(const struct row_filter *f)
{
	return f->day == NULL && f->workload == NULL && f->owner == NULL &&
	       f->check == NULL && f->kind == NULL && f->decision == NULL &&
	       f->since.us == 0 && f->until.us == 0;
}

static int
after_scan(struct session *s, int r, struct err *err)
{
	if (r == ERR_NOMEM)
		err_set(err, r, "no memory");
	return session_after_read(s, r, err);
}

int
rows_all(struct session *s, const char *dir, const struct row_filter *filter,
	 ledger_row_fn *fn, void *ctx)
{
	struct sieve sieve = {filter, fn, ctx};
	struct err err = {0};
	struct found f;
	int r;

	if (!asks_for_all(filter) && found_open(&f, dir, filter, 0)) {
		r = through_index(&f, dir, &sieve, &err);
		found_close(&f);
	} else {
		r = ledger_scan(&disk_io, dir, 0, UINT64_MAX, give_matching,
				&sieve, &err);
	}
	return after_scan(s, r, &err);
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
