/* The waiting is measured by a mark: at mark_at all rows before `mark` were
 * waited for.  When a look finds no gap before the mark, the mark moves on;
 * when there still is one CONFIRM_SEND_S later, those rows are overdue.  So a
 * single number does for any number of rows.
 *
 * What stays away although it was sent again is sent ever more seldom: a
 * journal that refuses rows for good must not be filled with repetitions. */
#include "ledger/confirm.h"

static const struct mono_time NEVER = {INT64_MAX};

static struct mono_time
later(struct mono_time t, int64_t s)
{
	return (struct mono_time){t.us + s * USEC_PER_SEC};
}

/* base, doubled `times` times, at most max. */
static int64_t
doubled(int64_t base, int times, int64_t max)
{
	while (times-- > 0 && base < max)
		base *= 2;
	return base < max ? base : max;
}

static struct mono_time
send_at(const struct confirm *c)
{
	return later(c->mark_at,
		     doubled(CONFIRM_SEND_S, c->rounds, CONFIRM_SEND_MAX_S));
}

static bool
waits(const struct confirm *c)
{
	return c->confirmed < c->durable;
}

void
confirm_init(struct confirm *c, struct mono_time now, uint64_t durable,
	     uint64_t confirmed, bool being_sent)
{
	*c = (struct confirm){.durable = durable,
			      .confirmed = confirmed,
			      .start = now,
			      .mark = durable,
			      .look_at = NEVER};
	c->mark_at = being_sent ? now : later(now, -CONFIRM_SEND_S);
	if (waits(c))
		c->look_at = now;
}

void
confirm_fini(struct confirm *c)
{
	seq_set_fini(&c->seen);
}

void
confirm_soon(struct confirm *c, struct mono_time now)
{
	struct mono_time soon = later(now, CONFIRM_LOOK_S);

	if (waits(c) && c->look_at.us > soon.us)
		c->look_at = soon;
}

void
confirm_rows(struct confirm *c, struct mono_time now, uint64_t durable)
{
	bool idle = !waits(c);

	c->durable = durable;
	if (idle) {
		c->mark = durable;
		c->mark_at = now;
	}
	if (c->behind_since.us == 0)
		confirm_soon(c, now);
}

/* Takes in what is seen without a gap. */
static void
advance(struct confirm *c, uint64_t confirmed)
{
	c->confirmed = seq_set_end(&c->seen, confirmed);
	seq_set_drop_below(&c->seen, c->confirmed);
}

void
confirm_seen(struct confirm *c, uint64_t seq)
{
	if (seq == c->confirmed)
		advance(c, seq + 1);
	else if (seq > c->confirmed)
		seq_set_add(&c->seen, seq); /* no place: it is sent again */
}

void
confirm_conflict(struct confirm *c, uint64_t seq)
{
	if (c->conflicts++ == 0)
		c->conflict_seq = seq;
}

void
confirm_expired(struct confirm *c, uint64_t to)
{
	while (c->confirmed < to) {
		const struct seq_range *next =
		    seq_set_after(&c->seen, c->confirmed);
		uint64_t end =
		    next != NULL && next->from < to ? next->from : to;

		c->expired += end - c->confirmed;
		advance(c, end);
	}
}

void
confirm_recount(struct confirm *c)
{
	c->forged = c->conflicts = c->conflict_seq = 0;
}

/* The longer it lasts, the longer the next pause. */
static int64_t
pause_between_looks(const struct confirm *c, struct mono_time now)
{
	int64_t lasted_s = (now.us - c->behind_since.us) / USEC_PER_SEC;

	if (lasted_s < CONFIRM_SEND_S)
		return CONFIRM_SEND_S;
	return lasted_s < CONFIRM_LOOK_MAX_S ? lasted_s : CONFIRM_LOOK_MAX_S;
}

uint64_t
confirm_overdue(const struct confirm *c, struct mono_time now)
{
	return now.us < later(c->mark_at, CONFIRM_SEND_S).us ? c->confirmed
							     : c->mark;
}

void
confirm_looked(struct confirm *c, struct mono_time began, uint64_t durable,
	       struct mono_time now)
{
	struct mono_time overdue = later(c->mark_at, CONFIRM_SEND_S);
	struct seq_range gap;
	int64_t pause_s = CONFIRM_LOOK_S;

	if (!confirm_gap(c, c->confirmed, &gap)) {
		c->mark = durable;
		c->mark_at = began;
		c->rounds = 0;
		c->behind_since.us = 0;
	} else if (now.us >= overdue.us) {
		if (c->behind_since.us == 0)
			c->behind_since =
			    c->mark_at.us > c->start.us ? c->mark_at : c->start;
		pause_s = pause_between_looks(c, now);
	} else if (overdue.us > later(now, CONFIRM_LOOK_S).us) {
		c->look_at = overdue;
		return;
	}
	c->look_at = waits(c) ? later(now, pause_s) : NEVER;
}

bool
confirm_send_due(const struct confirm *c, struct mono_time now)
{
	struct seq_range gap;

	return confirm_gap(c, c->confirmed, &gap) && now.us >= send_at(c).us;
}

bool
confirm_gap(const struct confirm *c, uint64_t from, struct seq_range *ret_gap)
{
	const struct seq_range *next;

	if (from < c->confirmed)
		from = c->confirmed;
	from = seq_set_end(&c->seen, from);
	if (from >= c->mark)
		return false;
	next = seq_set_after(&c->seen, from);
	*ret_gap = (struct seq_range){
	    from, next != NULL && next->from < c->mark ? next->from : c->mark};
	return true;
}

void
confirm_sent(struct confirm *c, struct mono_time now)
{
	c->mark = c->durable;
	c->mark_at = now;
	c->rounds++;
	c->look_at = later(now, CONFIRM_LOOK_S);
}
