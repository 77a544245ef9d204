/* The order of the sections, and what they have in common. */
#include "report/packet_inside.h"
#include "report/rollup_draw.h"
#include "report/rollup_sections.h"

bool
rollup_is_read(const struct writer *w)
{
	return w->format == WRITER_TEXT || w->format == WRITER_HTML;
}

const char rollup_by_record[] = "newest record of the review date";

void
rollup_put_provenance(const struct rollup *r, struct writer *w,
		      const char *unit, const char *basis)
{
	writer_text(w, unit);
	writer_text(w, basis);
	writer_text(w, "ledger");
	writer_time(w, r->span->head_at);
}

/* A picture behind what it shows, on the page alone. */
static void
draw(const struct rollup *r, struct writer *w,
     void (*picture)(const struct rollup *r, struct buf *out))
{
	if (w->format == WRITER_HTML)
		picture(r, w->out);
}

void
rollup_print(const struct rollup *r, struct writer *w)
{
	rollup_put_head(r, w);
	rollup_put_head_object(r, w);
	rollup_put_standing(r, w);
	draw(r, w, rollup_draw_shares);
	rollup_put_coverage(r, w);
	draw(r, w, rollup_draw_calendar);
	rollup_put_reasons(r, w);
	if (rollup_is_read(w))
		rollup_put_outside(r, w);
	draw(r, w, rollup_draw_ages);
	rollup_put_caps(r, w);
	rollup_put_corrected(r, w);
	rollup_put_attested(r, w);
	rollup_put_records(r, w);
	rollup_put_sources(r, w);
	draw(r, w, rollup_draw_strip);
	rollup_put_snapshots(r, w);
	rollup_put_statements(r, w);
	rollup_put_statement_objects(r, w);
	rollup_put_numbers(r, w);
	writer_heading(w, "What this packet does not say");
	writer_paragraph(w, "  ", packet_refusals);
	writer_heading(w, "How to check it");
	writer_paragraph(w, "  ", rollup_phrase(PHRASE_CHECK));
}
