/* Folding what people say of rows: corrections and legal holds. */
#include "base/json.h"
#include "report/view_fold.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

const struct view_correction *
view_correction(const struct view *v, uint64_t seq)
{
	for (size_t i = 0; i < v->n_corrections; i++) {
		if (v->corrections[i].seq == seq)
			return &v->corrections[i];
	}
	return NULL;
}

const struct view_hold *
view_hold(const struct view *v, uint64_t seq)
{
	for (size_t i = 0; i < v->n_holds; i++) {
		if (v->holds[i].seq == seq)
			return &v->holds[i];
	}
	return NULL;
}

static void
take_back(struct source_fact *f, uint64_t seq, uint64_t by)
{
	if (f->approved && f->approved_seq == seq)
		f->approved = false;
	if (f->attested && f->attested_seq == seq) {
		f->attested = false;
		f->taken_back_by = by;
	}
}

/* Nobody saw the usage any more: what the surface showed counts again. */
static void
take_back_usage(struct view_workload *w, uint64_t seq, uint64_t by)
{
	for (size_t i = 0; i < w->n_days; i++) {
		struct view_day *d = &w->days[i];
		struct usage_fact *u = &d->evidence.usage;

		if (!u->seen || u->seq != seq ||
		    strcmp(u->tier, "attested") != 0)
			continue;
		*u = strcmp(d->looked.run, u->run) == 0
			 ? d->looked
			 : (struct usage_fact){.seq = by};
		d->evidence.usage_taken_back_by = by;
	}
}

/* An approval or attestation that was corrected is none; every other row
 * keeps its effect.
 * A scope that was approved once stays one that needs approval: it now equals
 * no digest. */
static void
apply_correction(struct view *v, uint64_t seq, uint64_t by)
{
	for (size_t i = 0; i < v->n_sources; i++) {
		take_back(&v->sources[i].fact, seq, by);
		take_back(&v->sources[i].before, seq, by);
	}
	for (size_t i = 0; i < v->n_workloads; i++) {
		struct view_workload *w = &v->workloads[i];

		if (w->scope_approved && w->scope_seq == seq)
			w->approved_scope = (struct digest){0};
		take_back_usage(w, seq, by);
	}
}

int
view_fold_correction(struct view *v, const struct row *row,
		     struct json_object *body)
{
	int64_t seq = json_get_int(json_get(body, "corrects"), "seq", -1);
	struct view_correction *more;

	if (seq < 0 || (uint64_t)seq >= row->seq)
		return ERR_INVALID;
	if (view_correction(v, (uint64_t)seq) != NULL)
		return 0;
	more = view_one_more(v->corrections, v->n_corrections, sizeof(*more));
	if (more == NULL)
		return ERR_NOMEM;
	v->corrections = more;
	v->corrections[v->n_corrections++] =
	    (struct view_correction){.seq = (uint64_t)seq, .by = row->seq};
	apply_correction(v, (uint64_t)seq, row->seq);
	return 0;
}

static int
release_hold(struct view *v, uint64_t seq)
{
	for (size_t i = 0; i < v->n_holds; i++) {
		if (v->holds[i].seq != seq)
			continue;
		v->n_holds--;
		memmove(&v->holds[i], &v->holds[i + 1],
			(v->n_holds - i) * sizeof(v->holds[0]));
		return 0;
	}
	return 0;
}

int
view_fold_legal_hold(struct view *v, const struct row *row,
		     struct json_object *body)
{
	int64_t releases = json_get_int(body, "releases", -1);
	struct view_hold hold = {.seq = row->seq, .until = {INT64_MAX}};
	struct view_hold *more;

	if (releases >= 0)
		return release_hold(v, (uint64_t)releases);
	hold.since = view_time(body, "since");
	if (view_text(body, "until")[0] != '\0')
		hold.until = view_time(body, "until");
	view_copy(hold.role, sizeof(hold.role), view_text(body, "role"));
	more = view_one_more(v->holds, v->n_holds, sizeof(*more));
	if (more == NULL)
		return ERR_NOMEM;
	v->holds = more;
	v->holds[v->n_holds++] = hold;
	return 0;
}
