/* Whether gateways can be reached, and what of their workloads tells no more
 * than that they cannot. */
#include "engine/condition.h"
#include "engine/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OUTAGE_BEFORE_S = 3600,
	UNTRIED_S = 36 * 3600 /* what runs once a day is tried within this */
};

static int
compare_times(const void *a, const void *b)
{
	const struct wall_time *x = a, *y = b;

	return (x->us > y->us) - (x->us < y->us);
}

bool
condition_is_away(enum outcome outcome)
{
	return outcome == OUTCOME_UNREACHABLE ||
	       outcome == OUTCOME_SERVER_ERROR || outcome == OUTCOME_BLOCKED;
}

/* What the workloads of one gateway tell of it. */
struct outage {
	size_t n;	       /* workloads */
	size_t failing;	       /* whose newest runs found it away */
	size_t unanswered;     /* of these: after the newest good run of any */
	struct wall_time good; /* that run */
	/* The oldest of the newest good runs of all others, and since when one
	 * fails that was not tried since; 0: none. */
	struct wall_time all_good, untried;
	struct wall_time *since; /* of those that fail */
};

static void
add_good(struct outage *o, struct wall_time at)
{
	if (at.us > o->good.us)
		o->good = at;
	if (o->all_good.us == 0 || at.us < o->all_good.us)
		o->all_good = at;
}

static void
look_for_untried(const struct engine *e, const struct gateway *gateway,
		 struct outage *o)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		const struct workload *w = e->duties[i].w;
		const struct view_workload *v =
		    view_workload(e->view, w->label);

		if (w->gateway == gateway && v != NULL && v->failures > 0 &&
		    condition_is_away(v->last_happy) &&
		    v->last_happy_at.us < o->all_good.us &&
		    v->last_happy_at.us >
			e->now.wall.us - UNTRIED_S * USEC_PER_SEC &&
		    v->failing_since.us > o->untried.us)
			o->untried = v->failing_since;
	}
}

static void
look_at_gateway(const struct engine *e, const struct gateway *gateway,
		struct outage *o)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		const struct workload *w = e->duties[i].w;
		const struct view_workload *v =
		    view_workload(e->view, w->label);

		if (w->gateway != gateway)
			continue;
		o->n++;
		if (v == NULL || v->last_happy == OUTCOME_NONE)
			continue;
		if (v->failures > 0 && condition_is_away(v->last_happy))
			o->since[o->failing++] = v->failing_since;
		else if (v->failures == 0)
			add_good(o, v->last_happy_at);
	}
	look_for_untried(e, gateway, o);
	for (size_t i = 0; i < o->failing; i++)
		o->unanswered += o->since[i].us > o->good.us;
	qsort(o->since, o->failing, sizeof(*o->since), compare_times);
}

/* The instant since which it is away, or 0.  A gateway is away when nobody
 * gets through any more, once two have tried, or when half of its workloads do
 * not.  Once that was said it holds while two of those that it was said for
 * still wait for a good run, or one that was not tried since all others got
 * through: they are no findings of their own. */
static struct wall_time
away_since(const struct engine *e, const struct gateway *gateway,
	   const struct outage *o)
{
	size_t half = o->n / 2 + o->n % 2 > 2 ? o->n / 2 + o->n % 2 : 2;
	char id[2 * ALERT_SUBJECT_MAX];
	const struct alert *open;
	struct wall_time began;

	if (o->failing == 0)
		return (struct wall_time){0};
	if (o->unanswered >= 2)
		return o->since[o->failing - o->unanswered + 1];
	if (o->failing >= half)
		return o->since[half - 1];
	snprintf(id, sizeof(id), "%s/%s",
		 alert_rule(ALERT_GATEWAY_UNREACHABLE)->name, gateway->name);
	open = alert_machine_find(e->view->alerts, id);
	if (open == NULL)
		return (struct wall_time){0};
	began.us = open->opened_at.us - OUTAGE_BEFORE_S * USEC_PER_SEC;
	if (o->untried.us >= began.us)
		return o->untried;
	return o->failing >= 2 && o->since[o->failing - 2].us >= began.us
		   ? o->since[o->failing - 1]
		   : (struct wall_time){0};
}

static void
add_gateway(struct engine *e, struct conditions *list,
	    const struct gateway *gateway)
{
	struct outage o = {.since =
			       malloc((e->n_duties + 1) * sizeof(*o.since))};
	struct alert_condition *c;
	struct wall_time since;
	char text[160];

	if (o.since == NULL) {
		list->failed = true;
		return;
	}
	look_at_gateway(e, gateway, &o);
	since = away_since(e, gateway, &o);
	if (since.us != 0) {
		c = condition_add(list, ALERT_GATEWAY_UNREACHABLE,
				  gateway->name);
		if (c != NULL) {
			c->since = since;
			c->holds_workloads = (int)o.n;
			c->reasons |= reason_bit(REASON_NOT_OBSERVED_NETWORK);
			snprintf(c->gateway, sizeof(c->gateway), "%s",
				 gateway->name);
			snprintf(text, sizeof(text),
				 "%zu of %zu workloads could not be observed",
				 o.failing, o.n);
			condition_detail(c, text);
		}
	}
	free(o.since);
}

/* Nobody answered the invalid credential, or nobody came so far as to send it.
 * An answer that nobody understands is no outage. */
static bool
error_path_is_away(const struct engine *e, const struct duty *d,
		   const struct view_workload *v)
{
	struct day_evidence seen;

	if (jobs_error_stands(e, d).outcome == OUTCOME_UNCLASSIFIED ||
	    !v->record.present)
		return false;
	jobs_evidence(e, d, v->record.day, &seen);
	return condition_is_away(seen.error_inconclusive.outcome) ||
	       condition_is_away(seen.happy_inconclusive.outcome);
}

/* The account surface could not be read: that it showed nothing, or the usage
 * of another key, is no outage. */
static bool
surface_is_away(reason_set reasons)
{
	return (reasons & ~reason_bit(REASON_USAGE_PENDING)) ==
	       reason_bit(REASON_SURFACE_UNREACHABLE);
}

static bool
is_outage(struct engine *e, const struct alert_condition *c)
{
	const struct view_workload *v = view_workload(e->view, c->workload);
	const struct duty *d = jobs_duty(e, c->workload);

	if (v == NULL || d == NULL)
		return false;
	return c->rule == ALERT_ERROR_PATH_INVISIBLE
		   ? error_path_is_away(e, d, v)
		   : c->rule == ALERT_USAGE_NOT_VISIBLE &&
			 surface_is_away(c->reasons);
}

void
conditions_of_gateways(struct engine *e, struct conditions *list)
{
	for (size_t i = 0; i < e->n_gateways; i++)
		add_gateway(e, list, e->gateways[i].gateway);
	for (size_t i = 0; i < list->n; i++)
		list->at[i].outage = is_outage(e, &list->at[i]);
}
