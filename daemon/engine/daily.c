/* When the digest of the day is due: once the evidence of all workloads that
 * are due that day is given up, so that nothing of it is pending any more, or
 * an hour before the day ends.  A little later, so that the records and the
 * alerts of that instant are in it.
 *
 * The view knows the newest digest, and its row is called after the day: a
 * restart repeats none.  A day without a digest stays without one. */
#include "engine/state.h"
#include "govern/govern.h"
#include "report/daily.h"
#include "report/standing.h"

#include <stdio.h>
#include <syslog.h>

enum { AFTER_S = 120, LATEST_S = 23 * 3600, AGAIN_S = 600 };

static struct wall_time
plus_s(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

/* WALL_NEVER: no workload is due on that day. */
static struct wall_time
due_at(const struct engine *e, int32_t day)
{
	struct wall_time at = {INT64_MIN}, closes;
	struct wall_time latest = plus_s(wall_day_start(day), LATEST_S);

	for (size_t i = 0; i < e->n_duties; i++) {
		const struct workload *w = e->duties[i].w;

		if (govern_review_day(w, day) &&
		    standing_closes(engine_conf(e), w, day, NULL, &closes) ==
			0 &&
		    closes.us > at.us)
			at = closes;
	}
	if (at.us == INT64_MIN)
		return WALL_NEVER;
	if (at.us < e->started_at.us)
		at = e->started_at;
	at = plus_s(at, AFTER_S);
	return at.us < latest.us ? at : latest;
}

void
daily_replan(struct engine *e)
{
	e->digest_day = INT32_MIN;
}

static void
emit(struct engine *e, const char *id)
{
	const struct standing_seen seen = engine_seen(e);
	struct buf body = {0};
	struct daily d;
	int r;

	daily_take(engine_conf(e), e->view, e->today, &seen, &d);
	r = daily_body(&d, e->view, e->now.wall, &body);
	if (r == 0)
		r = emit_row(e, "digest.daily", id, e->now.wall, &body, NULL);
	else
		emit_say(e, LOG_ERR, "the digest cannot be made a row");
	e->digest_at = r < 0 ? plus_s(e->now.wall, AGAIN_S) : WALL_NEVER;
	buf_free(&body);
}

void
daily_step(struct engine *e)
{
	char id[ROW_ID_MAX + 1], day[WALL_DAY_LEN + 1];

	if (e->digest_day != e->today) {
		e->digest_day = e->today;
		e->digest_at = e->view->digest_day == e->today
				   ? WALL_NEVER
				   : due_at(e, e->today);
	}
	if (e->ledger_full)
		return; /* there is a turn when there is room again */
	engine_want_wall(e, e->digest_at);
	if (e->digest_at.us > e->now.wall.us)
		return;
	snprintf(id, sizeof(id), "digest.%s", day_format(e->today, day));
	if (e->ports->has_row(e->ports->ctx, id))
		e->digest_at = WALL_NEVER; /* the clock was here before */
	else
		emit(e, id);
}
