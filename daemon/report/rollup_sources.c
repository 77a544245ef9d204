/* The pages that workloads rest on: how they stand on the review date, and
 * which texts of the pricing pages were seen in the period. */
#include "report/rollup_sections.h"

#include <stdlib.h>
#include <string.h>

static void
put_source(const struct rollup *r, const struct rollup_source *s,
	   struct writer *w)
{
	writer_text(w, s->source->name);
	writer_text(w, source_kind_name(s->source->kind));
	writer_text(w, s->newest);
	writer_time(w, s->read_at);
	if (s->unknown)
		writer_none(w);
	else
		writer_bool(w, s->stale);
	writer_text(w, s->snapshot[0] == '\0' ? NULL : s->snapshot);
	writer_text(w, approval_name(s->approval));
	if (s->judged == 0)
		writer_none(w);
	else
		writer_int(w, s->holds);
	rollup_put_provenance(r, w, "workload", rollup_by_record);
}

void
rollup_put_sources(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"name", "source", COLUMN_FLEX},
	    {"kind", "kind", COLUMN_WIDE},
	    {"outcome", "newest", COLUMN_STATE},
	    {"read_at", "read", COLUMN_WIDE},
	    {"stale", "stale", COLUMN_WIDE},
	    {"snapshot", "snapshot", COLUMN_MORE},
	    {"approval", "approval", COLUMN_FLEX},
	    {"workloads", "holds", COLUMN_RIGHT},
	    ROLLUP_PROVENANCE,
	};
	struct rollup_source *sources;
	size_t n, shown = 0;

	if (rollup_sources(r, &sources, &n) < 0) {
		w->failed = true;
		return;
	}
	writer_heading(w, "Stale and changed sources");
	writer_table(w, "source", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < n; i++) {
		const struct rollup_source *s = &sources[i];

		if (w->format == WRITER_TEXT && rollup_source_fine(s))
			continue;
		shown++;
		put_source(r, s, w);
	}
	writer_close(w);
	if (shown == 0 && n > 0)
		writer_paragraph(w, "  - ", rollup_phrase(PHRASE_SOURCES_FINE));
	else if (shown == 0)
		writer_paragraph(w, "  - ", "none is configured");
	free(sources);
}

/* ---- texts ---- */

static int
compare_snapshots(const void *a, const void *b)
{
	const struct snapshot *const *x = a, *const *y = b;
	int c = strcmp((*x)->source, (*y)->source);

	/* Neighbours in time stay so: rows named them in this order. */
	return c != 0 ? c : (*x > *y) - (*x < *y);
}

static bool
is_pricing(const struct rollup_source *sources, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (sources[i].source->kind == SOURCE_PRICING &&
		    strcmp(sources[i].source->name, name) == 0)
			return true;
	}
	return false;
}

static void
put_snapshot(const struct rollup *r, struct writer *w, const struct snapshot *x)
{
	struct snapshot_seen seen = snapshot_seen(r->snapshots, x);
	char id[SNAPSHOT_ID_LEN + 1];

	writer_text(w, x->source);
	writer_text(w, page_snapshot_id(&x->text, id));
	writer_day(w, seen.first);
	writer_day(w, seen.last);
	writer_text(w, !seen.by_person	    ? "evidenced"
		       : !seen.by_evidenced ? "a person"
					    : "evidenced, a person");
	if (!x->approved) {
		for (int i = 0; i < 3; i++)
			writer_none(w);
		return;
	}
	writer_day(w, wall_day(x->approved_at));
	writer_text(w, x->approved_role);
	writer_int(w, (int64_t)x->approved_seq);
}

static void
put_table(const struct rollup *r, struct writer *w,
	  const struct snapshot *const *shown, size_t n)
{
	static const struct column columns[] = {
	    {"source", "source", COLUMN_FLEX},
	    {"snapshot", "snapshot", 0},
	    {"first_seen", "seen from", 0},
	    {"last_seen", "to", 0},
	    {"seen_by", "seen by", COLUMN_MORE},
	    {"approved_on", "approved", 0},
	    {"approved_by", "by", COLUMN_FLEX},
	    {"approved_seq", "row", COLUMN_MORE},
	};

	writer_table(w, "pricing_snapshot", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < n; i++)
		put_snapshot(r, w, shown[i]);
	writer_close(w);
}

/* Those of the period and of sources that are asked for here. */
static size_t
find_shown(const struct rollup *r, const struct snapshot **shown)
{
	const struct snapshots *s = r->snapshots;
	struct rollup_source *sources;
	size_t n_sources, n = 0;

	if (rollup_sources(r, &sources, &n_sources) < 0)
		return SIZE_MAX;
	for (size_t i = 0; i < s->n; i++) {
		if (snapshot_seen(s, &s->all[i]).first != INT32_MAX &&
		    is_pricing(sources, n_sources, s->all[i].source))
			shown[n++] = &s->all[i];
	}
	free(sources);
	if (n > 0)
		qsort(shown, n, sizeof(*shown), compare_snapshots);
	return n;
}

void
rollup_put_snapshots(const struct rollup *r, struct writer *w)
{
	const struct snapshot **shown;
	size_t n;

	if (r->config == NULL)
		return; /* which pages tell prices is not known */
	shown = calloc(r->snapshots->n + 1, sizeof(*shown));
	n = shown == NULL ? SIZE_MAX : find_shown(r, shown);
	if (n == SIZE_MAX) {
		w->failed = true;
		free(shown);
		return;
	}
	writer_heading(w, "Pricing snapshots of the period");
	writer_paragraph(w, "", rollup_phrase(PHRASE_SNAPSHOTS));
	put_table(r, w, shown, n);
	if (n == 0)
		writer_paragraph(w, "  - ", "none was seen");
	free(shown);
}
