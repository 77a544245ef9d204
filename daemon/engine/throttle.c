/* A surface that said 429: how long it is left alone, and what its runs do
 * meanwhile.
 *
 * Such gateways limit reads of the surface by the address they come from, so
 * one key's 429 holds the reads of all; the endpoint that is tested has
 * limits of its own and goes on.  A short wait is waited for: the run stays in
 * the queue, where it keeps neither its credential nor room at the gateway,
 * and is no gap.  Beyond PATIENCE_S it goes without the reading before it, and
 * the day is observed again when the wait is over.  Nothing is believed beyond
 * the review day: the next one asks anew. */
#include "engine/state.h"

#include <stdio.h>
#include <syslog.h>

/* Three times what limits of this kind were seen to last. */
enum { PATIENCE_S = 3600 };

static bool
is_throttled(const struct engine *e, const struct gateway_duty *g)
{
	return g->surface_not_before.us > e->now.mono.us;
}

static int64_t
day_left_us(const struct engine *e)
{
	int32_t day = wall_day(e->now.wall);

	return wall_day_start(day + 1).us - e->now.wall.us;
}

bool
throttle_until(const struct engine *e, const struct gateway_duty *g,
	       struct wall_time *ret_until)
{
	if (!is_throttled(e, g))
		return false;
	ret_until->us =
	    e->now.wall.us + (g->surface_not_before.us - e->now.mono.us);
	*ret_until = wall_from_s(wall_s(*ret_until));
	return true;
}

const char *
throttle_words(const struct engine *e, const struct gateway_duty *g,
	       char out[THROTTLE_WORDS_MAX])
{
	char when[WALL_RFC3339_LEN + 1];
	struct wall_time until;

	out[0] = '\0';
	if (g != NULL && throttle_until(e, g, &until))
		snprintf(out, THROTTLE_WORDS_MAX,
			 "the account surface of %s is throttled until %s",
			 g->gateway->name, wall_format(until, when));
	return out;
}

void
throttle_heed(struct engine *e, struct pair *p,
	      const struct counter_reading *reading)
{
	struct gateway_duty *g = pair_gateway(e, p);
	char words[THROTTLE_WORDS_MAX];
	int64_t wait_us = RETRY_BEFORE_S * USEC_PER_SEC;

	if (g == NULL || (reading->outcome != READING_THROTTLED &&
			  reading->outcome != READING_OK))
		return;
	if (reading->outcome == READING_OK) {
		if (g->surface_throttled && !is_throttled(e, g))
			emit_say(e, LOG_NOTICE,
				 "the account surface of %s answers again",
				 g->gateway->name);
		g->surface_throttled &= is_throttled(e, g);
		return;
	}
	if (reading->retry_after_s > 0)
		wait_us = reading->retry_after_s * USEC_PER_SEC;
	if (wait_us > day_left_us(e))
		wait_us = day_left_us(e);
	g->surface_not_before.us = e->now.mono.us + wait_us;
	if (!g->surface_throttled)
		emit_say(e, LOG_WARNING,
			 "%s: runs that cannot wait so long are sent without "
			 "the reading before them",
			 throttle_words(e, g, words));
	g->surface_throttled = true;
}

/* Waiting is queued and no gap, but the run is still to be sent on its day. */
static struct mono_time
patience_until(const struct engine *e, const struct pair *p)
{
	int64_t end_us = p->throttled_since.us + PATIENCE_S * USEC_PER_SEC;
	int64_t day_us =
	    e->now.mono.us + day_left_us(e) - LATE_OK_S * USEC_PER_SEC;

	return (struct mono_time){end_us < day_us ? end_us : day_us};
}

bool
throttle_holds(struct engine *e, struct pair *p)
{
	const struct gateway_duty *g = pair_gateway(e, p);

	if (g == NULL || !look_wanted(p) || !is_throttled(e, g))
		return false;
	if (p->throttled_since.us == 0)
		p->throttled_since = e->now.mono;
	if (g->surface_not_before.us > patience_until(e, p).us)
		return false;
	engine_want_mono(e, g->surface_not_before);
	return true;
}
