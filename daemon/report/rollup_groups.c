/* What is counted over groups of workloads: where they stand, what their
 * evidence of the period is, and why they do not pass. */
#include "report/rollup_sections.h"

#include <stdlib.h>

static const char by_days[] = "newest record of each day of the period";

/* Before the rows begin nothing is known but what later ones say of it;
 * `guessed` is what the configuration would say. */
static void
put_count(const struct rollup *r, struct writer *w,
	  const struct rollup_group *g, int n, bool guessed)
{
	if (rollup_before(r) && g->n > 0 && (n == 0 || guessed))
		writer_none(w);
	else
		writer_int(w, n);
}

static void
put_standing_row(const struct rollup *r, struct writer *w,
		 const struct rollup_group *g)
{
	writer_text(w, g->name);
	writer_int(w, g->n);
	for (int i = 0; i < ROLLUP_STATES; i++)
		put_count(r, w, g, g->states[i], i == ROLLUP_NOT_DUE);
	rollup_put_provenance(r, w, "workload", rollup_by_record);
}

void
rollup_put_standing(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"group", rollup_by_name(r->by), COLUMN_FLEX},
	    {"workloads", "all", COLUMN_RIGHT},
	    {"pass", "pass", COLUMN_RIGHT},
	    {"response_only", "resp", COLUMN_RIGHT},
	    {"hold", "hold", COLUMN_RIGHT},
	    {"inconclusive", "incon", COLUMN_RIGHT},
	    {"fail", "fail", COLUMN_RIGHT},
	    {"pending", "pend", COLUMN_RIGHT},
	    {"no_record", "none", COLUMN_RIGHT},
	    {"not_known", "unkn", COLUMN_RIGHT},
	    {"not_due", "not due", COLUMN_RIGHT},
	    ROLLUP_PROVENANCE,
	};
	struct rollup_group all = r->all;

	/* A page has room for whole words. */
	for (int i = 0; w->format == WRITER_HTML && i < ROLLUP_STATES; i++)
		columns[2 + i].title = rollup_state_word((enum rollup_state)i);
	writer_heading(w, "Where the workloads stand");
	writer_paragraph(w, "",
			 rollup_phrase(w->format == WRITER_HTML
					   ? PHRASE_STANDING
					   : PHRASE_STANDING_SHORT));
	all.name = "(all)";
	writer_table(w, "group", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < r->n_groups; i++)
		put_standing_row(r, w, &r->groups[i]);
	put_standing_row(r, w, &all);
	writer_close(w);
}

static void
put_oldest(struct writer *w, const struct rollup_entry *oldest)
{
	struct buf since = {0};

	if (oldest == NULL) {
		writer_none(w);
		writer_none(w);
		return;
	}
	rollup_since(oldest->since, oldest->since_before, &since);
	writer_text(w, oldest->span->label);
	writer_text(w, buf_text(&since));
	w->failed |= since.failed;
	buf_free(&since);
}

void
rollup_put_coverage(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"group", rollup_by_name(r->by), COLUMN_FLEX},
	    {"pass_days", "pass", COLUMN_RIGHT},
	    {"response_days", "response only", COLUMN_RIGHT},
	    {"due_days", "due", COLUMN_RIGHT},
	    {"oldest_hold", "held longest", COLUMN_FLEX},
	    {"oldest_since", "since", 0},
	    ROLLUP_PROVENANCE,
	};

	writer_heading(w, "Evidence of the period");
	writer_paragraph(w, "", rollup_phrase(PHRASE_EVIDENCE));
	writer_table(w, "coverage", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < r->n_groups; i++) {
		const struct rollup_group *g = &r->groups[i];

		writer_text(w, g->name);
		put_count(r, w, g, g->pass_days, false);
		put_count(r, w, g, g->response_days, false);
		put_count(r, w, g, g->due_days, true);
		put_oldest(w, g->oldest);
		rollup_put_provenance(r, w, "day", by_days);
	}
	writer_close(w);
}

/* What the codes say, each once: there is no room for it in a table. */
static void
put_meanings(struct writer *w, const struct rollup_reason *reasons, size_t n)
{
	struct buf line = {0};

	for (int i = 0; i < REASONS; i++) {
		const struct reason_info *info = reason_info((enum reason)i);
		const char *who = NULL;

		for (size_t k = 0; k < n; k++) {
			if (reasons[k].reason == info->reason)
				who = rollup_common_who(who, reasons[k].who,
							info->reason);
		}
		if (who == NULL)
			continue;
		buf_reset(&line);
		buf_printf(&line, "%s: %s Who acts: %s.", info->code,
			   info->says, who);
		writer_paragraph(w, "  - ", buf_text(&line));
	}
	w->failed |= line.failed;
	buf_free(&line);
}

void
rollup_put_reasons(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"group", rollup_by_name(r->by), COLUMN_FLEX},
	    {"reason", "reason", 0},
	    {"workloads", "workloads", COLUMN_RIGHT},
	    {"since", "longest since", 0},
	    {"who", "who acts", COLUMN_MORE},
	    ROLLUP_PROVENANCE,
	};
	struct rollup_reason *reasons;
	size_t n;

	if (rollup_reasons(r, &reasons, &n) < 0) {
		w->failed = true;
		return;
	}
	writer_heading(w, "Why not");
	if (n == 0)
		writer_paragraph(w, "  - ", "no record gives a reason");
	writer_table(w, "reason", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < n; i++) {
		struct buf since = {0};

		rollup_since(reasons[i].since, reasons[i].since_before, &since);
		writer_text(w, reasons[i].group->name);
		writer_text(w, reason_info(reasons[i].reason)->code);
		writer_int(w, reasons[i].n);
		writer_text(w, buf_text(&since));
		writer_text(w, reasons[i].who);
		rollup_put_provenance(r, w, "workload", rollup_by_record);
		w->failed |= since.failed;
		buf_free(&since);
	}
	writer_close(w);
	put_meanings(w, reasons, n);
	free(reasons);
}
