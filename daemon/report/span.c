/* The storage of a span, and its order.  What rows say is read in
 * span_rows.c. */
#include "report/span.h"
#include "base/text.h"
#include "report/span_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
span_init(struct span *s, int32_t first, int n_days)
{
	assert(n_days >= 1 && n_days <= SPAN_DAYS_MAX);
	*s = (struct span){
	    .first = first, .n_days = n_days, .known_from = INT32_MAX};
}

static void
free_workload(struct span_workload *w)
{
	free(w->record);
	free(w->as_configured);
}

void
span_free(struct span *s)
{
	for (size_t i = 0; i < s->n_workloads; i++)
		free_workload(&s->workloads[i]);
	free(s->workloads);
	free(s->sources);
	free(s->attestations);
	free(s->owners);
	free(s->rules);
	map_free(&s->workload_index);
	map_free(&s->source_index);
	*s = (struct span){0};
}

struct wall_time
span_since(const struct span *s)
{
	return wall_day_start(s->first - SPAN_LOOK_BACK);
}

int
span_place(const struct span *s, int32_t day)
{
	return day < s->first || day >= s->first + s->n_days
		   ? -1
		   : (int)(day - s->first);
}

const struct span_workload *
span_workload(const struct span *s, const char *label)
{
	size_t i;

	return map_get(&s->workload_index, label, &i) ? &s->workloads[i] : NULL;
}

const struct span_source *
span_source(const struct span *s, const char *name)
{
	size_t i;

	return map_get(&s->source_index, name, &i) ? &s->sources[i] : NULL;
}

static void *
one_more(void *array, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return array;
	return realloc(array, (n == 0 ? 1 : 2 * n) * size);
}

struct span_workload *
span_workload_make(struct span *s, const char *label)
{
	struct span_workload *more;
	size_t i;

	if (map_get(&s->workload_index, label, &i))
		return &s->workloads[i];
	more = one_more(s->workloads, s->n_workloads, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->workloads = more;
	if (!map_put(&s->workload_index, label, s->n_workloads))
		return NULL;
	more = &s->workloads[s->n_workloads++];
	*more = (struct span_workload){.first = INT32_MAX};
	memcpy(more->label, label, strlen(label) + 1);
	return more;
}

struct span_source *
span_source_make(struct span *s, const char *name)
{
	struct span_source *more;
	size_t i;

	if (map_get(&s->source_index, name, &i))
		return &s->sources[i];
	more = one_more(s->sources, s->n_sources, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->sources = more;
	if (!map_put(&s->source_index, name, s->n_sources))
		return NULL;
	more = &s->sources[s->n_sources++];
	*more = (struct span_source){0};
	memcpy(more->name, name, strlen(name) + 1);
	return more;
}

struct span_attestation *
span_attestation_make(struct span *s, uint64_t seq)
{
	struct span_attestation *more =
	    one_more(s->attestations, s->n_attestations, sizeof(*more));

	if (more == NULL)
		return NULL;
	s->attestations = more;
	more = &s->attestations[s->n_attestations++];
	*more = (struct span_attestation){.seq = seq, .peer_uid = -1};
	return more;
}

const struct span_attestation *
span_attestation(const struct span *s, uint64_t seq)
{
	for (size_t i = 0; i < s->n_attestations; i++) {
		if (s->attestations[i].seq == seq)
			return &s->attestations[i];
	}
	return NULL;
}

int
span_expect(struct span *s, const char *label)
{
	struct span_workload *w;

	assert(text_is_label(label));
	w = span_workload_make(s, label);
	if (w == NULL)
		return ERR_NOMEM;
	w->expected = true;
	return 0;
}

static int
compare_workloads(const void *a, const void *b)
{
	const struct span_workload *x = a, *y = b;

	return strcmp(x->label, y->label);
}

static int
compare_sources(const void *a, const void *b)
{
	const struct span_source *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool
was_ever_configured(const struct span *s, const struct span_workload *w)
{
	for (int i = 0; i < s->n_days; i++) {
		if (span_was_configured(s, w, i))
			return true;
	}
	return false;
}

static void
drop_unasked(struct span *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_workloads; i++) {
		struct span_workload *w = &s->workloads[i];

		if (w->first != INT32_MAX || was_ever_configured(s, w))
			s->workloads[kept++] = *w;
		else
			free_workload(w);
	}
	s->n_workloads = kept;
}

static int
index_anew(struct span *s)
{
	map_free(&s->workload_index);
	map_free(&s->source_index);
	s->workload_index = s->source_index = (struct map){0};
	for (size_t i = 0; i < s->n_workloads; i++) {
		if (!map_put(&s->workload_index, s->workloads[i].label, i))
			return ERR_NOMEM;
	}
	for (size_t i = 0; i < s->n_sources; i++) {
		if (!map_put(&s->source_index, s->sources[i].name, i))
			return ERR_NOMEM;
	}
	return 0;
}

int
span_end(struct span *s)
{
	drop_unasked(s);
	if (s->n_workloads > 0)
		qsort(s->workloads, s->n_workloads, sizeof(*s->workloads),
		      compare_workloads);
	if (s->n_sources > 0)
		qsort(s->sources, s->n_sources, sizeof(*s->sources),
		      compare_sources);
	return index_anew(s);
}
