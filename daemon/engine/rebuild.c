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

/* A job's place in its schedule. */
struct place {
	const struct schedule *schedule;
	struct wall_time *slot, *at;
};

/* What the same schedule waited for is kept.  Another one counts from now on,
 * but that its slot of today lies behind takes no day's evidence away.  True
 * when it is that one. */
static bool
keep_slot(struct engine *e, const char *key, const struct place *now,
	  const struct place *old, bool done_today)
{
	if (old->schedule != NULL &&
	    same_schedule(now->schedule, old->schedule) &&
	    old->slot->us != INT64_MAX) {
		*now->slot = *old->slot;
		*now->at = *old->at;
		return false;
	}
	if (!done_today &&
	    jobs_slot_behind(e, now->schedule, key, now->slot, now->at))
		return true;
	jobs_next_slot(e, now->schedule, key, e->now.wall, now->slot, now->at);
	return false;
}

/* Where one path of a workload is planned; no schedule: it has none. */
static struct place
place_of(struct duty *d, enum run_path path)
{
	if (d == NULL || d->w->gateway == NULL ||
	    d->w->gateway->profile == NULL)
		return (struct place){0};
	if (path == PATH_HAPPY)
		return (struct place){&d->w->happy, &d->next_slot, &d->run_at};
	return (struct place){d->w->error_own ? &d->w->error : NULL,
			      &d->error_slot, &d->error_at};
}

static void
keep_slots(struct engine *e, struct duty *d, struct duty *old)
{
	static const char *const names[] = {
	    [PATH_HAPPY] = "happy", [PATH_ERROR] = "error"};
	char key[VIEW_CHECK_MAX];

	for (int path = PATH_HAPPY; path <= PATH_ERROR; path++) {
		struct place now = place_of(d, path);
		struct place before = place_of(old, path);

		jobs_key(key, d->w->label, names[path]);
		if (now.schedule != NULL &&
		    keep_slot(e, key, &now, &before,
			      jobs_begun_today(e, d->w, path)))
			d->moved_at = e->now.wall;
	}
}

static void
keep_duties(struct engine *e, const struct before *before, bool owed)
{
	for (size_t i = 0; i < e->n_duties; i++) {
		struct duty *d = &e->duties[i];
		struct duty *old = NULL;
		size_t k;

		if (map_get(&before->duty_index, d->w->label, &k))
			old = &before->duties[k];
		if (old != NULL) {
			d->first_seen = old->first_seen;
			d->moved_at = old->moved_at;
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
	for (struct read *r = e->reads; r != NULL; r = r->next) {
		struct source_duty *s = jobs_source(e, r->source->name);

		if (s != NULL)
			s->active = true;
	}
	for (size_t i = 0; i < e->n_sources && !owed; i++) {
		struct source_duty *s = &e->sources[i];
		struct place now = {&s->source->schedule, &s->next_slot,
				    &s->run_at};
		struct place old = {0};
		size_t k;

		if (map_get(&before->source_index, s->source->name, &k))
			old =
			    (struct place){&before->sources[k].source->schedule,
					   &before->sources[k].next_slot,
					   &before->sources[k].run_at};
		keep_slot(e, s->source->name, &now, &old,
			  jobs_read_today(e, s));
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
