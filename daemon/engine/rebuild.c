/* The schedule anew, after a reload or a step of the clock, and what must not
 * be forgotten with the old one: slots that wait for their jitter, records
 * and reads in flight, what a gateway's limits have been used for. */
#include "engine/state.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

/* What a rebuild has to look at and keep. */
struct before {
	struct duty *duties;
	struct source_duty *sources;
	struct map duty_index, source_index;
	struct gateway_duty *gateways;
	size_t n_gateways;
};

static bool
same_schedule(const struct schedule *a, const struct schedule *b)
{
	return strcmp(a->text, b->text) == 0 &&
	       strcmp(a->zone_name, b->zone_name) == 0 &&
	       a->jitter_s == b->jitter_s;
}

/* From now on; but what the same schedule waited for is kept. */
static void
keep_slot(struct engine *e, const struct schedule *schedule, const char *key,
	  const struct schedule *old, struct wall_time old_slot,
	  struct wall_time old_at, struct wall_time *slot, struct wall_time *at)
{
	if (old != NULL && same_schedule(schedule, old) &&
	    old_slot.us != INT64_MAX) {
		*slot = old_slot;
		*at = old_at;
	} else {
		jobs_next_slot(e, schedule, key, e->now.wall, slot, at);
	}
}

static void
keep_slots(struct engine *e, struct duty *d, const struct duty *old)
{
	const struct schedule *happy = NULL, *error = NULL;
	char key[VIEW_CHECK_MAX];

	if (d->w->gateway == NULL || d->w->gateway->profile == NULL)
		return;
	if (old != NULL && old->w->gateway != NULL) {
		happy = &old->w->happy;
		error = old->w->error_own ? &old->w->error : NULL;
	}
	jobs_key(key, d->w->label, "happy");
	keep_slot(e, &d->w->happy, key, happy,
		  old == NULL ? WALL_NEVER : old->next_slot,
		  old == NULL ? WALL_NEVER : old->run_at, &d->next_slot,
		  &d->run_at);
	if (!d->w->error_own)
		return;
	jobs_key(key, d->w->label, "error");
	keep_slot(e, &d->w->error, key, error,
		  old == NULL ? WALL_NEVER : old->error_slot,
		  old == NULL ? WALL_NEVER : old->error_at, &d->error_slot,
		  &d->error_at);
}

static void
keep_duties(struct engine *e, const struct before *before, bool owed)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		struct duty *d = &e->duties[i];
		const struct duty *old = NULL;
		size_t k;

		if (map_get(&before->duty_index, d->w->label, &k))
			old = &before->duties[k];
		if (old != NULL) {
			d->first_seen = old->first_seen;
			d->record_in_flight = old->record_in_flight;
			d->retry_after = old->retry_after;
		}
		if (owed)
			d->first_seen.us = 0;
		else
			keep_slots(e, d, old);
	}
}

static void
keep_sources(struct engine *e, const struct before *before, bool owed)
{
	for (size_t i = 0; i < e->n_sources && !owed; i++) {
		struct source_duty *s = &e->sources[i];
		const struct source_duty *old = NULL;
		size_t k;

		if (map_get(&before->source_index, s->source->name, &k))
			old = &before->sources[k];
		keep_slot(e, &s->source->schedule, s->source->name,
			  old == NULL ? NULL : &old->source->schedule,
			  old == NULL ? WALL_NEVER : old->next_slot,
			  old == NULL ? WALL_NEVER : old->run_at, &s->next_slot,
			  &s->run_at);
	}
	for (struct read *r = e->reads; r != NULL; r = r->next) {
		struct source_duty *s = jobs_source(e, r->source->name);

		if (s != NULL)
			s->active = true;
	}
}

/* The budget of a surface and the spacing of pairs outlive a reload. */
static void
keep_gateways(struct engine *e, const struct before *before)
{
	for (size_t i = 0; i < e->n_gateways; i++) {
		for (size_t k = 0; k < before->n_gateways; k++) {
			struct gateway_duty *g = &e->gateways[i];
			const struct gateway *now = g->gateway;

			if (strcmp(before->gateways[k].gateway->name,
				   now->name) != 0)
				continue;
			*g = before->gateways[k];
			g->gateway = now;
			g->active = 0;
		}
	}
}

void
jobs_rebuild(struct engine *e, bool owed)
{
	struct before before = {
	    .duties = e->duties,
	    .sources = e->sources,
	    .duty_index = e->duty_index,
	    .source_index = e->source_index,
	    .gateways = e->gateways,
	    .n_gateways = e->n_gateways,
	};

	free(e->credentials);
	e->duties = NULL;
	e->sources = NULL;
	e->gateways = NULL;
	e->credentials = NULL;
	e->duty_index = e->source_index = (struct map){0};
	e->n_duties = e->n_sources = e->n_gateways = e->n_credentials = 0;
	if (jobs_build(e) < 0)
		emit_say(e, LOG_CRIT, "no memory for the schedule");
	keep_duties(e, &before, owed);
	keep_sources(e, &before, owed);
	keep_gateways(e, &before);
	pair_rebind(e);
	free(before.duties);
	free(before.sources);
	free(before.gateways);
	map_free(&before.duty_index);
	map_free(&before.source_index);
}
