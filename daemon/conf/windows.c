/* When sources are read.  Unless it says otherwise, a source is due once a
 * day in a window that opens 30 minutes before the earliest evidence of its
 * workloads, lasts an hour, and lies within one UTC day: a pass needs the
 * pricing page read on the UTC day of the request. */
#include "conf/loader.h"

#include <string.h>

enum { LEAD_S = 1800, LENGTH_S = 3600 };

/* The earliest second of a UTC day at which a workload of the source may
 * have its pair; SEC_PER_DAY when there is no workload. */
static int64_t
earliest_evidence(const struct config *config, const struct source *source,
		  const int64_t *earliest)
{
	int64_t first = SEC_PER_DAY;

	for (size_t i = 0; i < config->n_workloads; i++) {
		if (earliest[i] < first &&
		    workload_rests_on(&config->workloads[i], source))
			first = earliest[i];
	}
	return first;
}

static void
derive_window(struct source *source, int64_t first)
{
	int64_t from;

	/* nobody rests on it: any quiet hour does */
	if (first == SEC_PER_DAY)
		first = LEAD_S;
	from = first > LEAD_S ? first - LEAD_S : 0;
	if (from + LENGTH_S > SEC_PER_DAY)
		from = SEC_PER_DAY - LENGTH_S;
	source->schedule.window_from_s = (int)from;
	source->schedule.window_to_s = (int)from + LENGTH_S;
}

static void
resolve_source(struct loader *l, const struct conf_object *object,
	       const int64_t *earliest)
{
	struct source *source = object->value;
	struct schedule *s = &source->schedule;
	struct buf text = {0};

	if (source->read_window[0] == '\0' &&
	    source->read_schedule[0] == '\0') {
		derive_window(source,
			      earliest_evidence(l->config, source, earliest));
		value_clock(s->window_from_s, &text);
		buf_putc(&text, '-');
		value_clock(s->window_to_s, &text);
		s->text = arena_strdup(l->arena, buf_text(&text));
		l->failed |= s->text == NULL;
		buf_free(&text);
		return; /* in UTC, whatever the zone */
	}
	if (!loader_zone(l, object, s->zone_name, &s->zone))
		return;
	if (source->read_schedule[0] == '\0') {
		s->text = source->read_window;
		value_window(s->text, &s->window_from_s, &s->window_to_s);
		return;
	}
	s->text = source->read_schedule;
	s->cron = loader_cron(l, s->text);
	if (s->cron != NULL && schedule_fires(s).per_day == 0)
		object_error(l, object, "read_schedule",
			     "see evidencectl schedule", "this never fires");
}

void
resolve_source_windows(struct loader *l)
{
	size_t n;
	const struct conf_object *objects = loader_objects(l, LIST_SOURCES, &n);
	const struct config *config = l->config;
	int64_t *earliest = arena_alloc(l->arena, (config->n_workloads + 1) *
						      sizeof(*earliest));

	if (earliest == NULL) {
		l->failed = true;
		return;
	}
	for (size_t i = 0; i < config->n_workloads; i++)
		earliest[i] =
		    schedule_fires(&config->workloads[i].happy).earliest_s;
	for (size_t i = 0; i < n && !l->failed; i++)
		resolve_source(l, &objects[i], earliest);
}
