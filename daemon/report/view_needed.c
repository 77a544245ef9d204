/* Which rows the view rests on, and what it forgets when rows go.
 *
 * A thing (a workload, a source, an error path that is shared) rests on rows
 * between an oldest and a newest one.  What somebody still asks for keeps
 * them all.  What nobody asks for any more is forgotten, as a whole, once all
 * of it was pruned; it never is in half. */
#include "base/json.h"
#include "report/view_fold.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static int
compare_seqs(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct seq_list {
	uint64_t *at;
	size_t n, cap;
	bool failed;
};

static void
need(struct seq_list *list, bool present, uint64_t seq)
{
	if (!present || list->failed)
		return;
	if (list->n == list->cap) {
		size_t cap = list->cap == 0 ? 64 : 2 * list->cap;
		uint64_t *more = realloc(list->at, cap * sizeof(*more));

		if (more == NULL) {
			list->failed = true;
			return;
		}
		list->at = more;
		list->cap = cap;
	}
	list->at[list->n++] = seq;
}

/* A cap counts for the days that the view can still judge. */
static bool
caps_from(const struct view_workload *w, int32_t day)
{
	if (w->n_days > 0 && w->days[w->n_days - 1].evidence.day < day)
		day = w->days[w->n_days - 1].evidence.day;
	return w->cap.cap != DECISION_NONE && w->cap.until >= day;
}

/* Without a cap that ended before this day. */
static void
need_workload(struct seq_list *list, const struct view_workload *w, int32_t day)
{
	for (size_t d = 0; d < w->n_days; d++) {
		for (size_t i = 0; i < w->days[d].n_rows; i++)
			need(list, true, w->days[d].rows[i]);
	}
	need(list, w->record.present, w->record.seq);
	need(list, w->older_pass.present, w->older_pass.seq);
	need(list, caps_from(w, day), w->cap.seq);
	need(list, w->scope_approved, w->scope_seq);
	need(list, w->has_after, w->after_seq);
	need(list, w->used_elsewhere, w->used_elsewhere_seq);
	for (size_t i = 0; i < w->n_recent && i < VIEW_RECENT; i++)
		need(list, true, w->recent_seq[i]);
	need(list, w->failures > 0, w->failing_seq);
	need(list, w->refused.seq != 0, w->refused.seq);
	need(list, w->error_stands.seq != 0, w->error_stands.seq);
	need(list, w->last_happy != OUTCOME_NONE, w->last_happy_seq);
	need(list, w->last_error != OUTCOME_NONE, w->last_error_seq);
	for (int path = PATH_HAPPY; path <= PATH_ERROR; path++) {
		need(list, w->begun[path].open, w->begun[path].seq);
		need(list, w->planned[path].slot.us != 0, w->planned[path].seq);
	}
}

static void
need_fact(struct seq_list *list, const struct source_fact *f)
{
	need(list, f->read, f->read_seq);
	need(list, f->tried, f->tried_seq);
	need(list, f->approved, f->approved_seq);
	need(list, f->attested, f->attested_seq);
}

static void
need_source(struct seq_list *list, const struct view_source *s)
{
	need_fact(list, &s->before);
	need_fact(list, &s->fact);
	need(list, s->fact.bad_reads > 0, s->bad_seq);
	need(list, s->planned.slot.us != 0, s->planned.seq);
	for (size_t i = 0; i < s->n_rows; i++)
		need(list, true, s->rows[i]);
}

static void
need_shared(struct seq_list *list, const struct view_shared_error *s)
{
	need(list, s->last.seq != 0, s->last.seq);
	for (size_t i = 0; i < s->n_days; i++) {
		const struct view_shared_day *d = &s->days[i];

		need(list, d->error.seq != 0, d->error.seq);
		need(list, d->error_inconclusive.seq != 0,
		     d->error_inconclusive.seq);
	}
}

/* What does not end by growing old. */
static void
need_always(struct seq_list *list, const struct view *v)
{
	for (size_t i = 0; i < alert_machine_count(v->alerts); i++) {
		const struct alert *a = alert_machine_at(v->alerts, i);

		need(list, true, a->seq);
		need(list, a->acked_seq != 0, a->acked_seq);
	}
	for (size_t i = 0; i < alert_machine_silence_count(v->alerts); i++)
		need(list, true, alert_machine_silence_at(v->alerts, i)->seq);
	for (size_t i = 0; i < v->n_holds; i++)
		need(list, true, v->holds[i].seq);
	need(list, v->config_digest[0] != '\0', v->config_seq);
	need(list, v->config_rejected, v->config_rejected_seq);
}

static size_t
unique(uint64_t *seqs, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || seqs[kept - 1] != seqs[i])
			seqs[kept++] = seqs[i];
	}
	return kept;
}

int
view_needed(const struct view *v, uint64_t **ret_seqs, size_t *ret_n)
{
	struct seq_list list = {0};

	for (size_t i = 0; i < v->n_workloads; i++)
		need_workload(&list, &v->workloads[i], INT32_MIN);
	for (size_t i = 0; i < v->n_sources; i++)
		need_source(&list, &v->sources[i]);
	for (size_t i = 0; i < v->n_shared; i++)
		need_shared(&list, &v->shared[i]);
	need_always(&list, v);
	for (size_t i = 0; i < v->n_corrections; i++)
		need(&list, true, v->corrections[i].by);
	need(&list, v->pruned_to > 0, v->pruned_seq);
	need(&list, v->digest_day != INT32_MIN, v->digest_seq);
	need(&list, v->noted[0] != '\0', v->noted_seq);
	need(&list, v->answered_seq != 0, v->answered_seq);
	need(&list, v->back_seq != 0, v->back_seq);
	need(&list, v->stepped_back_seq != 0, v->stepped_back_seq);
	need(&list, v->present_seq != 0, v->present_seq);
	if (list.failed) {
		free(list.at);
		return ERR_NOMEM;
	}
	if (list.n > 0)
		qsort(list.at, list.n, sizeof(*list.at), compare_seqs);
	*ret_seqs = list.at;
	*ret_n = unique(list.at, list.n);
	return 0;
}

/* ---- rows that go ---- */

/* The oldest and the newest row of a list that is emptied here; the oldest is
 * UINT64_MAX when there is none, and 0 without memory. */
struct range {
	uint64_t oldest, newest;
};

static struct range
take_range(struct seq_list *list)
{
	struct range r = {UINT64_MAX, 0};

	for (size_t i = 0; i < list->n; i++) {
		if (list->at[i] < r.oldest)
			r.oldest = list->at[i];
		if (list->at[i] > r.newest)
			r.newest = list->at[i];
	}
	if (list->failed)
		r = (struct range){0, UINT64_MAX};
	list->n = 0;
	return r;
}

/* Empties the list. */
static void
add_need(struct view_need *needs, size_t *n, struct seq_list *list, bool asked)
{
	struct range r = take_range(list);

	if (r.oldest != UINT64_MAX)
		needs[(*n)++] = (struct view_need){r.oldest, r.newest, asked};
}

int
view_needs(const struct view *v, const struct view_asked *asked,
	   struct view_need **ret, size_t *ret_n)
{
	struct view_need *needs = calloc(
	    v->n_workloads + v->n_sources + v->n_shared + 1, sizeof(*needs));
	struct seq_list list = {0};
	size_t n = 0;

	if (needs == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < v->n_workloads; i++) {
		need_workload(&list, &v->workloads[i], asked->today);
		add_need(needs, &n, &list,
			 asked->workload(asked->ctx, v->workloads[i].label));
	}
	for (size_t i = 0; i < v->n_sources; i++) {
		need_source(&list, &v->sources[i]);
		add_need(needs, &n, &list,
			 asked->source(asked->ctx, v->sources[i].name));
	}
	for (size_t i = 0; i < v->n_shared; i++) {
		need_shared(&list, &v->shared[i]);
		add_need(needs, &n, &list,
			 asked->shared(asked->ctx, &v->shared[i]));
	}
	need_always(&list, v);
	add_need(needs, &n, &list, true);
	free(list.at);
	*ret = needs;
	*ret_n = n;
	return 0;
}

uint64_t
view_blocks(const struct view_need *needs, size_t n, uint64_t to)
{
	uint64_t block = UINT64_MAX;

	for (size_t i = 0; i < n; i++) {
		const struct view_need *r = &needs[i];

		if (r->oldest < to && (r->asked || r->newest >= to) &&
		    r->oldest < block)
			block = r->oldest;
	}
	return block;
}

static int
index_anew(struct view *v)
{
	map_free(&v->workload_index);
	map_free(&v->source_index);
	v->workload_index = v->source_index = (struct map){0};
	for (size_t i = 0; i < v->n_workloads; i++) {
		if (!map_put(&v->workload_index, v->workloads[i].label, i))
			return ERR_NOMEM;
	}
	for (size_t i = 0; i < v->n_sources; i++) {
		if (!map_put(&v->source_index, v->sources[i].name, i))
			return ERR_NOMEM;
	}
	return 0;
}

static void
forget_things(struct view *v, uint64_t to, struct seq_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n_workloads; i++) {
		struct view_workload *w = &v->workloads[i];
		bool ended = w->cap.cap != DECISION_NONE && w->cap.seq < to;

		/* One that had not ended would have kept its row. */
		if (ended)
			w->cap = (struct cap_fact){.cap = DECISION_NONE};
		need_workload(list, w, INT32_MIN);
		ended = ended && list->n == 0;
		if (take_range(list).oldest >= to && !ended)
			v->workloads[kept++] = *w;
		else
			view_workload_release(w);
	}
	v->n_workloads = kept;
	kept = 0;
	for (size_t i = 0; i < v->n_sources; i++) {
		need_source(list, &v->sources[i]);
		if (take_range(list).oldest >= to)
			v->sources[kept++] = v->sources[i];
	}
	v->n_sources = kept;
	kept = 0;
	for (size_t i = 0; i < v->n_shared; i++) {
		need_shared(list, &v->shared[i]);
		if (take_range(list).oldest >= to)
			v->shared[kept++] = v->shared[i];
	}
	v->n_shared = kept;
}

/* A correction of a row that is gone; a word about what is over. */
static void
forget_words(struct view *v, uint64_t to)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->n_corrections; i++) {
		if (v->corrections[i].by >= to)
			v->corrections[kept++] = v->corrections[i];
	}
	v->n_corrections = kept;
	if (v->noted_seq < to)
		v->noted[0] = '\0';
	if (v->digest_seq < to)
		v->digest_day = INT32_MIN;
	if (v->stepped_back_seq < to)
		v->stepped_back_seq = 0;
	if (v->present_seq < to) {
		v->present_seq = 0;
		v->present_since = (struct wall_time){0};
	}
	if (v->answered_seq < to)
		v->answered_seq = 0;
	if (v->back_seq < to)
		v->back_seq = 0;
}

int
view_fold_prune(struct view *v, const struct row *row, struct json_object *body)
{
	int64_t to = json_get_int(body, "to", 0);
	struct seq_list list = {0};

	if (to <= 0 || (uint64_t)to > row->seq)
		return ERR_INVALID;
	v->pruned_to = (uint64_t)to;
	v->pruned_seq = row->seq;
	forget_words(v, v->pruned_to);
	forget_things(v, v->pruned_to, &list);
	free(list.at);
	return list.failed ? ERR_NOMEM : index_anew(v);
}
