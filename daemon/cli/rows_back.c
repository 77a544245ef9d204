/* A block is a segment, so that no line is read twice. */
#include "cli/rows_back.h"
#include "io/disk.h"
#include "ledger/ledger.h"
#include "report/packet.h"

enum { BLOCK_ROWS = LEDGER_SEGMENT_ROWS };

struct block {
	const struct row_filter *filter;
	struct row_list rows;
	struct wall_time oldest;
	bool any;
};

static int
keep_if_asked(void *ctx, const struct row *row)
{
	struct block *b = ctx;

	if (!b->any)
		b->oldest = row->at;
	b->any = true;
	if (!row_filter_matches(b->filter, row))
		return 0;
	return row_list_add(&b->rows, row) ? 0 : ERR_NOMEM;
}

static int
read_block(struct session *s, const char *dir, struct block *b, uint64_t from,
	   uint64_t to)
{
	struct err err = {0};
	int r;

	r = ledger_scan(&disk_io, dir, from, to, keep_if_asked, b, &err);
	if (r == ERR_NOMEM)
		err_set(&err, r, "no memory");
	return session_after_read(s, r, &err);
}

/* How far the rows go.  Where the newest segment cannot be counted, it is
 * read up to its fault. */
static int
count_rows(struct session *s, const char *dir, uint64_t *ret)
{
	struct ledger_verdict verdict;
	struct err err;
	int r;

	r = ledger_count(&disk_io, dir, ret, &err);
	if (r != ERR_DAMAGED)
		return session_after_read(s, r, &err);
	session_after_read(s, r, &err);
	r = ledger_verify(&disk_io, dir, 0, &verdict, &err);
	if (r < 0)
		return session_fail_err(s, &err);
	*ret = verdict.rows;
	return 0;
}

int
rows_back(struct session *s, const char *dir, const struct row_filter *filter,
	  rows_block_fn *fn, void *ctx)
{
	uint64_t to;
	int r = count_rows(s, dir, &to);

	while (r == 0 && to > 0) {
		struct block b = {.filter = filter};
		uint64_t from = (to - 1) / BLOCK_ROWS * BLOCK_ROWS;

		int enough = 0;

		r = read_block(s, dir, &b, from, to);
		if (r == 0)
			enough = fn(ctx, &b.rows, b.oldest);
		row_list_free(&b.rows);
		if (enough < 0)
			return session_fail(s, CTL_CHECK_FAILED, "no memory");
		to = enough == 1 ? 0 : from;
	}
	return r;
}

static int
add_row(void *ctx, const struct row *row)
{
	return packet_add(ctx, row) == ERR_NOMEM ? ERR_NOMEM : 1;
}

int
rows_one(struct session *s, const char *dir, uint64_t seq,
	 struct packet *packet)
{
	struct err err = {0};
	int r;

	r = ledger_scan(&disk_io, dir, seq, seq + 1, add_row, packet, &err);
	if (r == ERR_NOMEM)
		err_set(&err, r, "no memory");
	return session_after_read(s, r, &err);
}
