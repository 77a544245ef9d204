/* A corrected record counts as it stands, so every view that counts records
 * says which of them a role calls mistaken, and by which row. */
#include "report/corrected.h"
#include "report/rollup_inside.h"

int
corrected_count(const struct span *s, const struct span_workload *of)
{
	int n = 0;

	for (int i = 0; i < s->n_days; i++)
		n += of->days[i].corrected_by != 0;
	return n;
}

void
corrected_begin(struct writer *w)
{
	static const struct column columns[] = {
	    {"workload_label", "workload", COLUMN_FLEX},
	    {"review_date", "day", 0},
	    {"decision", "decision", COLUMN_STATE},
	    {"seq", "row", COLUMN_RIGHT},
	    {"corrected_by", "corrected by row", COLUMN_RIGHT},
	};

	writer_heading(w, "Corrected records");
	writer_paragraph(w, "", rollup_phrase(PHRASE_CORRECTED));
	writer_table(w, "corrected", columns,
		     sizeof(columns) / sizeof(columns[0]));
}

void
corrected_put(const struct span *s, const struct span_workload *of,
	      struct writer *w)
{
	for (int i = 0; i < s->n_days; i++) {
		const struct span_day *d = &of->days[i];

		if (d->corrected_by == 0)
			continue;
		writer_text(w, of->label);
		writer_day(w, s->first + i);
		writer_text(w, decision_name(d->decision));
		writer_int(w, (int64_t)d->seq);
		writer_int(w, (int64_t)d->corrected_by);
	}
}
