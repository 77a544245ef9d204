/* What is out of the number, and through what: reasons in each group, and the
 * sources that workloads rest on. */
#include "report/rollup_inside.h"
#include "govern/govern.h"
#include "verdict/reference.h"

#include <stdlib.h>
#include <string.h>

/* ---- reasons ---- */

/* The same as the alert's line, why and todo say. */
static const char *
who_acts(const struct rollup *r, const struct rollup_entry *e,
	 enum reason reason)
{
	const struct view_workload *v;

	if (r->config == NULL || e->workload == NULL)
		return reason_info(reason)->who;
	v = view_workload(r->view, e->workload->label);
	return govern_who(r->config, e->workload, NULL,
			  v == NULL ? "" : v->cap.role, reason);
}

const char *
rollup_common_who(const char *who, const char *other, enum reason reason)
{
	return who == NULL || strcmp(who, other) == 0
		   ? other
		   : reason_info(reason)->who;
}

static void
note_reason(const struct rollup *r, struct rollup_reason *reason,
	    const struct rollup_entry *e)
{
	reason->n++;
	reason->who = rollup_common_who(
	    reason->who, who_acts(r, e, reason->reason), reason->reason);
	if (e->since < reason->since) {
		reason->since = e->since;
		reason->since_before = e->since_before;
	}
}

int
rollup_reasons(const struct rollup *r, struct rollup_reason **ret,
	       size_t *ret_n)
{
	struct rollup_reason *all;
	size_t n = 0, e = 0;

	all = calloc(r->n_groups * REASONS + 1, sizeof(*all));
	if (all == NULL)
		return ERR_NOMEM;
	for (size_t g = 0; g < r->n_groups; g++) {
		size_t from = e, to = e + (size_t)r->groups[g].n;

		for (int i = 0; i < REASONS; i++) {
			struct rollup_reason found = {.group = &r->groups[g],
						      .reason = (enum reason)i,
						      .since = INT32_MAX};

			for (e = from; e < to; e++) {
				if (r->entries[e].reasons &
				    reason_bit(found.reason))
					note_reason(r, &found, &r->entries[e]);
			}
			if (found.n > 0)
				all[n++] = found;
		}
		e = to;
	}
	*ret = all;
	*ret_n = n;
	return 0;
}

/* ---- sources ---- */

/* What a workload is held for because of a page. */
static const reason_set about_sources =
    UINT64_C(1) << REASON_SOURCE_UNREACHABLE |
    UINT64_C(1) << REASON_SOURCE_STALE | UINT64_C(1) << REASON_SOURCE_LOST |
    UINT64_C(1) << REASON_SOURCE_UNAPPROVED |
    UINT64_C(1) << REASON_CHANGE_UNAPPROVED |
    UINT64_C(1) << REASON_APPROVAL_EXPIRED |
    UINT64_C(1) << REASON_PRICING_NOT_SAME_DAY |
    UINT64_C(1) << REASON_PRICING_REFERENCE_MISMATCH |
    UINT64_C(1) << REASON_SETUP_STALE;

/* By the facts of the review date, at its end. */
static enum approval
approval_on(const struct source *source, const struct source_fact *f,
	    int32_t day)
{
	return approval_of(source, f, wall_day_start(day + 1));
}

static bool
is_stale(const struct source *source, const struct source_fact *f, int32_t day)
{
	return !f->read ||
	       day - wall_day(f->read_at) > reference_max_days(source->kind);
}

/* Its rows begin after the review date: nobody was to read it then, as far as
 * the rows say. */
static bool
source_came_later(const struct rollup *r, const struct source *source,
		  const struct source_fact *f)
{
	const struct span_source *s = span_source(r->span, source->name);

	return !f->tried && !f->read && s != NULL && s->seen_after;
}

static void
fill_source(const struct rollup *r, const struct source *source,
	    struct rollup_source *s)
{
	static const struct source_fact nothing;
	const struct source_fact *f =
	    view_source_on(r->view, source->name, r->day);

	if (f == NULL)
		f = &nothing;
	*s = (struct rollup_source){.source = source};
	if (f->tried)
		s->newest = page_outcome_name(f->tried_outcome);
	if (f->read) {
		s->read_at = f->read_at;
		page_snapshot_id(&f->text, s->snapshot);
	}
	/* What is still to be read on a day to come is not stale. */
	s->unknown = rollup_before(r) || r->day > wall_day(r->now) ||
		     source_came_later(r, source, f);
	s->stale = !s->unknown && is_stale(source, f, r->day);
	s->approval = approval_on(source, f, r->day);
}

bool
rollup_source_fine(const struct rollup_source *s)
{
	return !s->unknown && !s->stale && s->approval == APPROVAL_APPROVED;
}

int
rollup_sources(const struct rollup *r, struct rollup_source **ret,
	       size_t *ret_n)
{
	size_t most = r->config == NULL ? 0 : r->config->n_sources, n = 0;
	struct rollup_source *all = calloc(most + 1, sizeof(*all));

	if (all == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < most; i++) {
		const struct source *source = &r->config->sources[i];
		bool asked = false;

		fill_source(r, source, &all[n]);
		for (size_t e = 0; e < r->n; e++) {
			const struct workload *w = r->entries[e].workload;
			bool rests = w != NULL && workload_rests_on(w, source);

			asked |= rests;
			all[n].judged += rests && r->entries[e].record != NULL;
			all[n].holds +=
			    rests && !rollup_source_fine(&all[n]) &&
			    (r->entries[e].reasons & about_sources) != 0;
		}
		n += asked;
	}
	*ret = all;
	*ret_n = n;
	return 0;
}
