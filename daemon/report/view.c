/* The fold's frame: storage, look-ups, and which function reads which kind.
 *
 * Invariant: a row changes the view only through its body, `at` and seq, so
 * that the same rows in the same order always give the same view. */
#include "report/view.h"
#include "base/json.h"
#include "report/view_fold.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

struct view *
view_new(void)
{
	struct view *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	v->digest_day = INT32_MIN;
	v->alerts = alert_machine_new(0);
	if (v->alerts == NULL) {
		free(v);
		return NULL;
	}
	return v;
}

void
view_workload_release(struct view_workload *w)
{
	for (size_t d = 0; d < w->n_days; d++)
		free(w->days[d].rows);
}

static void
release(struct view *v)
{
	for (size_t i = 0; i < v->n_workloads; i++)
		view_workload_release(&v->workloads[i]);
	alert_machine_free(v->alerts);
	map_free(&v->workload_index);
	map_free(&v->source_index);
	free(v->workloads);
	free(v->sources);
	free(v->shared);
	free(v->corrections);
	free(v->holds);
}

void
view_free(struct view *v)
{
	if (v == NULL)
		return;
	release(v);
	free(v);
}

int
view_reset(struct view *v)
{
	struct alert_machine *alerts = alert_machine_new(0);

	if (alerts == NULL)
		return ERR_NOMEM;
	release(v);
	*v = (struct view){.alerts = alerts, .digest_day = INT32_MIN};
	return 0;
}

struct view_workload *
view_workload(const struct view *v, const char *label)
{
	size_t i;

	return map_get(&v->workload_index, label, &i) ? &v->workloads[i] : NULL;
}

struct view_source *
view_source(const struct view *v, const char *name)
{
	size_t i;

	return map_get(&v->source_index, name, &i) ? &v->sources[i] : NULL;
}

const struct source_fact *
view_source_on(const struct view *v, const char *name, int32_t day)
{
	const struct view_source *s = view_source(v, name);

	if (s == NULL)
		return NULL;
	return s->fact_day <= day ? &s->fact : &s->before;
}

struct view_day *
view_day(struct view_workload *w, int32_t day)
{
	for (size_t i = 0; i < w->n_days; i++) {
		if (w->days[i].evidence.day == day)
			return &w->days[i];
	}
	return NULL;
}

const struct record_fact *
view_last_pass(const struct view_workload *w, int32_t day)
{
	const struct record_fact *last = NULL;

	if (w->older_pass.present && w->older_pass.day <= day)
		last = &w->older_pass;
	for (size_t i = 0; i < w->n_days; i++) {
		const struct record_fact *f = &w->days[i].record;

		if (f->present && f->decision == DECISION_PASS &&
		    f->day <= day && (last == NULL || f->day > last->day))
			last = f;
	}
	return last;
}

void *
view_one_more(void *array, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return array;
	return realloc(array, (n == 0 ? 1 : 2 * n) * size);
}

struct view_workload *
view_workload_make(struct view *v, const char *label)
{
	struct view_workload *w = view_workload(v, label);

	if (w != NULL)
		return w;
	if (strlen(label) > LABEL_MAX)
		return NULL;
	w = view_one_more(v->workloads, v->n_workloads, sizeof(*w));
	if (w == NULL)
		return NULL;
	v->workloads = w;
	if (!map_put(&v->workload_index, label, v->n_workloads))
		return NULL;
	w = &v->workloads[v->n_workloads++];
	*w = (struct view_workload){0};
	view_copy(w->label, sizeof(w->label), label);
	return w;
}

struct view_workload *
view_workload_touch(struct view *v, const char *label)
{
	struct view_workload *w = view_workload_make(v, label);

	if (w != NULL)
		view_copy(v->touched, sizeof(v->touched), label);
	return w;
}

struct view_source *
view_source_make(struct view *v, const char *name)
{
	struct view_source *s = view_source(v, name);

	if (s != NULL)
		return s;
	if (strlen(name) > LABEL_MAX)
		return NULL;
	s = view_one_more(v->sources, v->n_sources, sizeof(*s));
	if (s == NULL)
		return NULL;
	v->sources = s;
	if (!map_put(&v->source_index, name, v->n_sources))
		return NULL;
	s = &v->sources[v->n_sources++];
	*s = (struct view_source){0};
	view_copy(s->name, sizeof(s->name), name);
	return s;
}

static struct view_shared_error *
find_shared(const struct view *v, const char *endpoint, const char *environment,
	    const struct digest *profile)
{
	for (size_t i = 0; i < v->n_shared; i++) {
		struct view_shared_error *s = &v->shared[i];

		if (strcmp(s->endpoint, endpoint) == 0 &&
		    strcmp(s->environment, environment) == 0 &&
		    digest_equal(&s->profile, profile))
			return s;
	}
	return NULL;
}

struct view_shared_error *
view_shared_make(struct view *v, const char *endpoint, const char *environment,
		 const struct digest *profile)
{
	struct view_shared_error *s =
	    find_shared(v, endpoint, environment, profile);

	if (s != NULL)
		return s;
	s = view_one_more(v->shared, v->n_shared, sizeof(*s));
	if (s == NULL)
		return NULL;
	v->shared = s;
	s = &v->shared[v->n_shared++];
	*s = (struct view_shared_error){.profile = *profile};
	view_copy(s->endpoint, sizeof(s->endpoint), endpoint);
	view_copy(s->environment, sizeof(s->environment), environment);
	return s;
}

struct view_day *
view_day_make(struct view_workload *w, int32_t day)
{
	struct view_day *d = view_day(w, day);
	const struct record_fact *gone = &w->days[VIEW_DAYS - 1].record;

	if (d != NULL)
		return d;
	if (gone->present && gone->decision == DECISION_PASS)
		w->older_pass = *gone;
	/* Older than all that is kept: a clock that visited another year. The
	 * slot that is recorded last is the one that gives way. */
	free(w->days[VIEW_DAYS - 1].rows);
	memmove(&w->days[1], &w->days[0], (VIEW_DAYS - 1) * sizeof(w->days[0]));
	if (w->n_days < VIEW_DAYS)
		w->n_days++;
	w->days[0] = (struct view_day){.evidence = {.day = day}};
	return &w->days[0];
}

bool
view_day_rests_on(struct view_day *d, uint64_t seq)
{
	uint64_t *rows = view_one_more(d->rows, d->n_rows, sizeof(*rows));

	if (rows == NULL)
		return false;
	d->rows = rows;
	d->rows[d->n_rows++] = seq;
	return true;
}

void
view_copy(char *out, size_t size, const char *text)
{
	size_t n = strnlen(text, size - 1);

	memcpy(out, text, n);
	out[n] = '\0';
}

static const struct {
	const char *kind;
	int (*fold)(struct view *v, const struct row *row,
		    struct json_object *body);
} folds[] = {
    {"check.begun", view_fold_begun},
    {"check.happy", view_fold_run},
    {"check.error", view_fold_run},
    {"check.usage", view_fold_usage},
    {"attest.source", view_fold_attest_source},
    {"attest.usage", view_fold_attest_usage},
    {"check.missed", view_fold_missed},
    {"check.source", view_fold_source},
    {"record", view_fold_record},
    {"source.approved", view_fold_source_approved},
    {"scope.approved", view_fold_scope_approved},
    {"decision", view_fold_decision},
    {"correction", view_fold_correction},
    {"legal_hold", view_fold_legal_hold},
    {"ledger.prune", view_fold_prune},
    {"note", view_fold_note},
    {"digest.daily", view_fold_digest},
    {"daemon.started", view_fold_started},
    {"clock.stepped", view_fold_stepped},
    {"config.loaded", view_fold_config_loaded},
    {"config.rejected", view_fold_config_rejected},
};

const char *const view_source_kinds[] = {"attest.source",   "check.source",
					 "correction",	    "ledger.prune",
					 "source.approved", NULL};

static int
fold_body(struct view *v, const struct row *row, struct err *err,
	  int (*fold)(struct view *v, const struct row *row,
		      struct json_object *body))
{
	struct json_object *body;
	int r;

	r = row_tree(row, &body, err);
	if (r < 0)
		return r;
	r = fold(v, row, body);
	json_object_put(body);
	return r < 0 ? err_set(err, r, "row %llu (%s) cannot be read",
			       (unsigned long long)row->seq, row->kind)
		     : 0;
}

int
view_apply(struct view *v, const struct row *row, struct err *err)
{
	int r = 0;

	v->touched[0] = '\0';
	for (size_t i = 0; i < sizeof(folds) / sizeof(folds[0]); i++) {
		if (strcmp(folds[i].kind, row->kind) == 0) {
			r = fold_body(v, row, err, folds[i].fold);
			break;
		}
	}
	if (r == 0)
		r = alert_machine_fold(v->alerts, row->kind, row->seq, row->at,
				       row->body, row->body_len);
	v->rows = row->seq + 1;
	v->newest_at = row->at;
	v->head = row->leaf;
	return r;
}

static bool
is_newer(const struct run_fact *a, const struct run_fact *b)
{
	return a->outcome != OUTCOME_NONE &&
	       (b->outcome == OUTCOME_NONE || a->seq > b->seq);
}

static const struct view_shared_error *
shared_by(const struct view *v, const struct view_sharing *sharing)
{
	return sharing == NULL
		   ? NULL
		   : find_shared(v, sharing->endpoint, sharing->environment,
				 &sharing->profile);
}

static void
share(const struct run_fact *shared, const struct digest *scope,
      struct run_fact *own)
{
	if (!is_newer(shared, own))
		return;
	*own = *shared;
	own->scope = *scope;
}

void
view_evidence(const struct view *v, const char *label,
	      const struct view_sharing *sharing, int32_t day,
	      struct day_evidence *ret)
{
	struct view_workload *w = view_workload(v, label);
	const struct view_day *d = w == NULL ? NULL : view_day(w, day);
	const struct view_shared_error *s = shared_by(v, sharing);

	if (d != NULL)
		*ret = d->evidence;
	else
		*ret = (struct day_evidence){.day = day};
	for (size_t i = 0; s != NULL && i < s->n_days; i++) {
		if (s->days[i].day != day)
			continue;
		share(&s->days[i].error, &sharing->scope, &ret->error);
		share(&s->days[i].error_inconclusive, &sharing->scope,
		      &ret->error_inconclusive);
	}
}

struct run_fact
view_error_stands(const struct view *v, const char *label,
		  const struct view_sharing *sharing)
{
	const struct view_workload *w = view_workload(v, label);
	const struct view_shared_error *s = shared_by(v, sharing);
	struct run_fact own = {0};

	if (w != NULL)
		own = w->error_stands;
	return s != NULL && is_newer(&s->last, &own) ? s->last : own;
}
