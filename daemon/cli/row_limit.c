/* As of an earlier row: what was written later is not looked at, and what
 * depends on the hour is asked of the hour in which that row was written.  So
 * the answer is the same for ever, however far the ledger has grown.
 *
 * A clock that went back makes later rows of earlier times: of a time or a
 * day these count, and what was written in the future does not. */
#include "cli/row_limit.h"
#include "cli/rows.h"

#include <inttypes.h>

int
row_limit_asked(struct session *s, struct row_limit *ret)
{
	const char *text = s->args->value[OPTION_AT];
	struct row_limit limit = {UINT64_MAX, {INT64_MAX}};
	bool day;
	int r;

	if (row_seq_parse(text, &limit.seq) == 0) {
		limit.seq++;
		*ret = limit;
		return 0;
	}
	r = session_time(s, OPTION_AT, &limit.time, &day);
	if (r != 0)
		return r;
	if (day)
		limit.time = wall_day_start(wall_day(limit.time) + 1);
	*ret = limit;
	return 0;
}

bool
row_limit_holds(const struct row_limit *limit, const struct row *row)
{
	return row->seq < limit->seq && row->at.us < limit->time.us;
}

int
row_limit_reached(struct session *s, const struct row_limit *limit,
		  uint64_t rows)
{
	if (rows == 0)
		return session_fail(s, CTL_NO_OBJECT,
				    "the ledger has no row of that time; its "
				    "first: evidencectl show 0");
	if (limit->seq != UINT64_MAX && rows != limit->seq)
		return session_fail(s, CTL_NO_OBJECT,
				    "no row %" PRIu64
				    "; the newest: evidencectl history -n 1",
				    limit->seq - 1);
	return 0;
}

struct newest {
	uint64_t rows; /* up to it, with it; 0: none was found */
	struct wall_time at;
};

static int
take_newest(void *ctx, struct row_list *rows, struct wall_time oldest)
{
	struct newest *newest = ctx;
	struct row_names names;
	struct row row;

	(void)oldest;
	if (rows->n == 0 || !row_list_at(rows, rows->n - 1, &names, &row))
		return 0;
	newest->rows = row.seq + 1;
	newest->at = row.at;
	return 1;
}

int
row_limit_set(struct session *s, struct row_limit *limit)
{
	static const struct row_filter any;
	struct newest newest = {0};
	const char *dir;
	int r = row_limit_asked(s, limit);

	if (r == 0)
		r = session_ledger(s, &dir);
	if (r != 0)
		return r;
	s->limit = limit;
	r = rows_back(s, dir, &any, 1, take_newest, &newest);
	if (r == 0)
		r = row_limit_reached(s, limit, newest.rows);
	if (r == 0)
		s->now.wall = newest.at;
	return r;
}
