/* The newest record of a day counts, whenever it was written: a later row
 * replaces an earlier one.  Requests belong to the day on which they were
 * begun, tokens to that of their request_time_utc.
 *
 * Invariant: a row changes the span only through what it says itself, so that
 * rows that are left out never make others mean more. */
#include "report/span.h"
#include "base/json.h"
#include "base/text.h"
#include "ledger/facets.h"

#include <assert.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

void
span_init(struct span *s, int32_t first, int n_days)
{
	assert(n_days >= 1 && n_days <= SPAN_DAYS_MAX);
	*s = (struct span){.first = first, .n_days = n_days};
}

void
span_free(struct span *s)
{
	for (size_t i = 0; i < s->n_workloads; i++)
		free(s->workloads[i].record);
	free(s->workloads);
	free(s->sources);
	map_free(&s->workload_index);
	map_free(&s->source_index);
	*s = (struct span){0};
}

struct wall_time
span_since(const struct span *s)
{
	return wall_day_start(s->first - SPAN_LOOK_BACK);
}

/* The place of a day; -1: outside. */
static int
place_of(const struct span *s, int32_t day)
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

static struct span_workload *
make_workload(struct span *s, const char *label)
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

static struct span_source *
make_source(struct span *s, const char *name)
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

int
span_expect(struct span *s, const char *label)
{
	struct span_workload *w;

	assert(text_is_label(label));
	w = make_workload(s, label);
	if (w == NULL)
		return ERR_NOMEM;
	w->expected = true;
	return 0;
}

/* ---- rows ---- */

static const char *
text_of(struct json_object *body, const char *key)
{
	return json_get_string(body, key, "");
}

static void
note_seen(struct span *s, struct span_workload *w, int32_t day)
{
	if (day < s->first)
		w->seen_before = true;
	else if (day < s->first + s->n_days && day < w->first)
		w->first = day;
}

/* Codes of a newer version are left out: the decision still counts. */
static reason_set
reasons_of(struct json_object *list)
{
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;
	reason_set set = 0;

	for (size_t i = 0; i < n; i++) {
		struct json_object *code = json_object_array_get_idx(list, i);
		enum reason reason;

		if (json_object_is_type(code, json_type_string) &&
		    reason_by_code(json_object_get_string(code), &reason) == 0)
			set |= reason_bit(reason);
	}
	return set;
}

static int
keep_record(struct span_workload *w, const struct row *row)
{
	char *text = malloc(row->body_len + 1);

	if (text == NULL)
		return ERR_NOMEM;
	memcpy(text, row->body, row->body_len);
	text[row->body_len] = '\0';
	free(w->record);
	w->record = text;
	w->record_len = row->body_len;
	return 0;
}

static int
apply_record(struct span *s, struct span_workload *w, const struct row *row,
	     struct json_object *body)
{
	int32_t day;
	int i;

	if (day_parse(text_of(body, "review_date"), &day) < 0)
		return 0;
	note_seen(s, w, day);
	i = place_of(s, day);
	if (i < 0)
		return 0;
	w->days[i] = (struct span_day){
	    .decision = decision_by_name(text_of(body, "decision")),
	    .reasons = reasons_of(json_get(body, "reasons")),
	    .seq = row->seq,
	};
	w->days[i].response_only =
	    w->days[i].decision == DECISION_PASS &&
	    strcmp(text_of(body, "evidence_tier"), "response") == 0;
	return i == s->n_days - 1 ? keep_record(w, row) : 0;
}

/* The most frequent kind: its label is all that is read. */
static int
apply_begun(struct span *s, const struct row *row)
{
	int32_t day = wall_day(row->at);
	struct span_workload *w;
	struct facets facets;

	facets_read(&facets, row);
	if (!text_is_label(facets.workload))
		return 0;
	w = make_workload(s, facets.workload);
	if (w == NULL)
		return ERR_NOMEM;
	note_seen(s, w, day);
	w->use.requests += place_of(s, day) >= 0;
	return 0;
}

static void
add(struct span_sum *sum, struct json_object *usage, const char *key)
{
	struct json_object *value = json_get(usage, key);

	if (!json_object_is_type(value, json_type_int))
		return;
	sum->total += json_object_get_int64(value);
	sum->reported++;
}

static int
apply_run(struct span *s, struct span_workload *w, const struct row *row,
	  struct json_object *body)
{
	struct json_object *usage = json_get(body, "usage");
	struct wall_time at;

	if (wall_parse(text_of(body, "request_time_utc"), &at) < 0)
		return 0;
	note_seen(s, w, wall_day(at));
	if (place_of(s, wall_day(at)) < 0)
		return 0;
	if (json_object_is_type(json_get(body, "http_status"), json_type_int))
		w->use.answers++;
	add(&w->use.prompt, usage, "prompt_tokens");
	add(&w->use.completion, usage, "completion_tokens");
	add(&w->use.tokens, usage, "total_tokens");
	return 0;
}

static const struct {
	const char *kind;
	int (*apply)(struct span *s, struct span_workload *w,
		     const struct row *row, struct json_object *body);
} kinds[] = {
    {"record", apply_record},
    {"check.happy", apply_run},
    {"check.error", apply_run},
};

static enum span_read
read_of(enum page_outcome outcome)
{
	if (outcome == PAGE_CHANGED || outcome == PAGE_NEW)
		return SPAN_CHANGED;
	return page_outcome_good(outcome) ? SPAN_READ : SPAN_NOT_READ;
}

static int
apply_source(struct span *s, const struct row *row, struct json_object *body)
{
	const char *name = text_of(body, "source");
	enum page_outcome outcome;
	struct span_source *source;
	struct wall_time at;
	int i;

	if (!text_is_label(name) ||
	    page_outcome_by_name(text_of(body, "outcome"), &outcome) < 0)
		return 0;
	if (wall_parse(text_of(body, "read_at"), &at) < 0)
		at = row->at;
	i = place_of(s, wall_day(at));
	if (i < 0)
		return 0;
	source = make_source(s, name);
	if (source == NULL)
		return ERR_NOMEM;
	if (read_of(outcome) > source->days[i])
		source->days[i] = read_of(outcome);
	return 0;
}

/* A row that lets rows of the span go is younger than these. */
static void
apply_prune(struct span *s, struct json_object *body)
{
	int64_t to = json_get_int(body, "to", 0);

	if (to > 0 && (uint64_t)to > s->pruned_to)
		s->pruned_to = (uint64_t)to;
}

static int
apply_body(struct span *s, const struct row *row, struct json_object *body)
{
	const char *label = text_of(body, "workload_label");
	struct span_workload *w;

	if (strcmp(row->kind, "check.source") == 0)
		return apply_source(s, row, body);
	if (strcmp(row->kind, "ledger.prune") == 0)
		apply_prune(s, body);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, row->kind) != 0 ||
		    !text_is_label(label))
			continue;
		w = make_workload(s, label);
		return w == NULL ? ERR_NOMEM : kinds[i].apply(s, w, row, body);
	}
	return 0;
}

static bool
is_told(const char *kind)
{
	if (strcmp(kind, "check.source") == 0 ||
	    strcmp(kind, "ledger.prune") == 0)
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, kind) == 0)
			return true;
	}
	return false;
}

int
span_apply(struct span *s, const struct row *row)
{
	struct json_object *body;
	int r;

	if (s->first_at.us == 0)
		s->first_at = row->at;
	s->head_seq = row->seq;
	s->head = row->leaf;
	s->head_at = row->at;
	if (strcmp(row->kind, "check.begun") == 0)
		return apply_begun(s, row);
	if (!is_told(row->kind))
		return 0;
	r = json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL);
	if (r < 0)
		return r == ERR_NOMEM ? r : 0;
	r = apply_body(s, row, body);
	json_object_put(body);
	return r;
}

/* ---- order ---- */

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

static void
drop_unasked(struct span *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_workloads; i++) {
		struct span_workload *w = &s->workloads[i];

		if (w->expected || w->first != INT32_MAX)
			s->workloads[kept++] = *w;
		else
			free(w->record);
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
