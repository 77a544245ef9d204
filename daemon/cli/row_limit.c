/* As of an earlier row: what was written later is not looked at, and what
 * depends on the hour is asked of the hour in which that row was written.  So
 * the answer is the same for ever, however far the ledger has grown.
 *
 * A clock that went back makes later rows of earlier times: of a time or a
 * day these count, and what was written in the future does not. */
#include "cli/row_limit.h"
#include "cli/rows.h"
#include "cli/unknown.h"
#include "io/disk.h"
#include "ledger/ledger.h"

#include <inttypes.h>

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

static int
find_newest(struct session *s, struct newest *ret)
{
	static const struct row_filter any;
	const char *dir;
	int r = session_ledger(s, &dir);

	return r == 0 ? rows_back(s, dir, &any, take_newest, ret) : r;
}

/* An answer as of a time to come would be another tomorrow.  A clock that is
 * behind the rows proves nothing. */
static int
check_it_has_come(struct session *s, struct wall_time t)
{
	struct newest newest = {0};
	int r;

	if (t.us <= s->now.wall.us)
		return 0;
	r = find_newest(s, &newest);
	if (r != 0 || t.us <= newest.at.us)
		return r;
	return session_fail(s, CTL_USAGE,
			    "--at %s has not come yet, and what rows will say "
			    "by then is not known; without --at it is as of "
			    "now",
			    s->args->value[OPTION_AT]);
}

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
	if (r == 0)
		r = check_it_has_come(s, limit.time);
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

static int
take_first(void *ctx, const struct row *row)
{
	struct newest *first = ctx;

	first->rows = row->seq + 1;
	first->at = row->at;
	return 1;
}

/* The ledger begins later, or what it had of that time was pruned. */
static int
say_too_early(struct session *s, const char *dir)
{
	const char *asked = s->args->value[OPTION_AT];
	char at[WALL_RFC3339_LEN + 1];
	struct newest first = {0};
	struct err err = {0};
	int r;

	r = ledger_scan(&disk_io, dir, 0, UINT64_MAX, take_first, &first, &err);
	r = session_after_read(s, r, &err);
	if (r != 0)
		return r;
	if (first.rows == 0)
		return session_fail(s, CTL_NO_OBJECT,
				    "--at %s: %s has no row yet", asked, dir);
	return session_fail(s, CTL_NO_OBJECT,
			    "--at %s lies before the first row that is kept, "
			    "which was written %s: evidencectl show %" PRIu64,
			    asked, wall_format(first.at, at), first.rows - 1);
}

int
row_limit_reached(struct session *s, const struct row_limit *limit,
		  uint64_t rows)
{
	const char *dir;
	int r = session_ledger(s, &dir);

	if (r != 0 ||
	    (limit->seq == UINT64_MAX ? rows > 0 : rows == limit->seq))
		return r;
	/* Of the damage itself was spoken already. */
	if (s->damaged)
		return session_fail(s, CTL_LEDGER_DAMAGED,
				    "--at %s lies behind the damage: rows "
				    "before %" PRIu64
				    " can be asked for; to get the others "
				    "back: evidencectl repair",
				    s->args->value[OPTION_AT], rows);
	return limit->seq == UINT64_MAX ? say_too_early(s, dir)
					: unknown_row(s, dir, limit->seq - 1);
}

int
row_limit_set(struct session *s, struct row_limit *limit)
{
	struct newest newest = {0};
	int r = row_limit_asked(s, limit);

	if (r != 0)
		return r;
	s->limit = limit;
	r = find_newest(s, &newest);
	if (r == 0)
		r = row_limit_reached(s, limit, newest.rows);
	if (r == 0)
		s->now.wall = newest.at;
	return r;
}
