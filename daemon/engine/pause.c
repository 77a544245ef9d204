/* What a run slept through.
 *
 * A machine that sleeps, or a virtual one that is stopped, lets time pass
 * that nobody was there to observe.  CLOCK_BOOTTIME counts a sleep, and the
 * wall clock is set after a stop: what either says has passed has passed.  An
 * answer that was asked for before and read afterwards counts by when it was
 * asked for; a look that could not be made within lag_max is not made any
 * more, because movement on the key could be anybody's by then.  Waiting for
 * the surface's budget is no pause. */
#include "engine/state.h"

static const int64_t LATE_US = LATE_OK_S * USEC_PER_SEC;

/* How far the wall clock went ahead of the steady one; small differences are
 * a clock that is being disciplined. */
static int64_t
jump_us(const struct engine *e, struct now then)
{
	int64_t jump_us =
	    (e->now.wall.us - then.wall.us) - (e->now.mono.us - then.mono.us);

	return jump_us > LATE_US ? jump_us : 0;
}

static int64_t
since_us(const struct engine *e, struct now then)
{
	return e->now.mono.us - then.mono.us + jump_us(e, then);
}

bool
pause_since_begun(const struct engine *e, const struct pair *p)
{
	return since_us(e, p->asked) > LATE_US;
}

bool
pause_in_exchange(const struct engine *e, const struct pair *p)
{
	return since_us(e, p->asked) >
	       p->request.http.timeout_ms * INT64_C(1000) + LATE_US;
}

static bool
lag_is_over(const struct engine *e, const struct pair *p)
{
	int64_t lag_s = p->w->gateway->profile->surface.lag_max_s;

	return since_us(e, p->happy_done) > lag_s * USEC_PER_SEC;
}

bool
pause_over_look(const struct engine *e, const struct pair *p,
		struct mono_time due)
{
	int64_t late_us = e->now.mono.us - due.us + jump_us(e, p->happy_done);

	return late_us > LATE_US && lag_is_over(e, p);
}

bool
pause_in_look(const struct engine *e, const struct pair *p)
{
	return pause_in_exchange(e, p) && lag_is_over(e, p);
}
