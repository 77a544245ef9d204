/* What was verified and what was not, and what the evidence used. */
#include "report/rollup_sections.h"
#include "base/text.h"
#include "verdict/statement.h"

static void
put_statement(const struct rollup *r, struct writer *w, const char *word,
	      const char *list, const char *says)
{
	struct buf line = {0};
	int n = rollup_count(r, list, word);

	if (n == 0 || says == NULL)
		return;
	buf_printf(&line, "%s (%d of %d record%s): %s", word, n,
		   rollup_records(r), TEXT_PLURAL(rollup_records(r)), says);
	writer_paragraph(w, "  - ", buf_text(&line));
	w->failed |= line.failed;
	buf_free(&line);
}

void
rollup_put_statements(const struct rollup *r, struct writer *w)
{
	if (!rollup_is_read(w) || rollup_records(r) == 0)
		return;
	writer_heading(w, "Verified");
	for (int i = 0; i < STATEMENTS; i++) {
		const struct statement_info *s =
		    statement_info((enum statement)i);

		put_statement(r, w, s->word, "verified", s->verified);
	}
	writer_heading(w, "Not verified");
	for (int i = 0; i < STATEMENTS; i++) {
		const struct statement_info *s =
		    statement_info((enum statement)i);

		put_statement(r, w, s->word, "not_verified", s->not_verified);
	}
	writer_heading(w, "Remaining uncertainty");
	for (int i = 0; i < UNCERTAINTIES; i++) {
		const struct uncertainty_info *u =
		    uncertainty_info((enum uncertainty)i);

		put_statement(r, w, u->word, "remaining_uncertainty", u->says);
	}
}

void
rollup_put_statement_objects(const struct rollup *r, struct writer *w)
{
	static const struct column columns[] = {
	    {"statement", "statement", 0},
	    {"verified", "verified", 0},
	    {"not_verified", "not verified", 0},
	    ROLLUP_PROVENANCE,
	};

	if (rollup_is_read(w))
		return;
	writer_table(w, "statement", columns, ROLLUP_COUNT(columns));
	for (int i = 0; i < STATEMENTS; i++) {
		const char *word = statement_info((enum statement)i)->word;

		writer_text(w, word);
		writer_int(w, rollup_count(r, "verified", word));
		writer_int(w, rollup_count(r, "not_verified", word));
		rollup_put_provenance(r, w, "record", rollup_by_record);
	}
	writer_close(w);
}

void
rollup_put_numbers(const struct rollup *r, struct writer *w)
{
	struct number numbers[ROLLUP_NUMBERS];

	rollup_numbers(r, numbers);
	writer_heading(w, "What this evidence used");
	writer_paragraph(w, "", rollup_phrase(PHRASE_USE));
	number_table(w);
	for (int i = 0; i < ROLLUP_NUMBERS; i++)
		number_put(w, &numbers[i]);
	writer_close(w);
}
