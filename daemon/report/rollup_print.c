/* The packet of many workloads for a meeting, and for programs.
 *
 * Text shows what is out of the number; JSON and YAML show every workload.
 * In them each object that holds a number holds its unit, basis, source and
 * time, too; in text these stand once, above or behind the table. */
#include "base/json.h"
#include "report/packet_inside.h"
#include "report/rollup_draw.h"
#include "report/rollup_inside.h"
#include "report/writer_html.h"
#include "verdict/statement.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* For people, and not for programs. */
static bool
is_read(const struct writer *w)
{
	return w->format == WRITER_TEXT || w->format == WRITER_HTML;
}

static const char by_record[] = "newest record of the review date";
static const char by_days[] = "newest record of each day of the period";
static const char from_ledger[] = "ledger";

/* The last columns of every table that holds numbers. */
#define PROVENANCE                                                      \
	{"unit", "unit", COLUMN_MORE}, {"basis", "basis", COLUMN_MORE}, \
	    {"source", "source", COLUMN_MORE},                          \
	{                                                               \
		"as_of", "as of", COLUMN_MORE                           \
	}

static void
put_provenance(const struct rollup *r, struct writer *w, const char *unit,
	       const char *basis)
{
	writer_text(w, unit);
	writer_text(w, basis);
	writer_text(w, from_ledger);
	writer_time(w, r->span->head_at);
}

/* ---- the head ---- */

/* Line 1 is never broken: it is for machines that look for the day, too. */
static void
put_head(const struct rollup *r, struct writer *w)
{
	struct buf line = {0};

	rollup_title(r, &line);
	if (w->format == WRITER_HTML) {
		buf_puts(w->out, "<h1>");
		html_escape(w->out, buf_text(&line));
		buf_puts(w->out, "</h1>\n");
	} else if (w->format != WRITER_JSON) {
		if (w->format == WRITER_YAML)
			buf_puts(w->out, "# ");
		buf_puts(w->out, buf_text(&line));
		buf_putc(w->out, '\n');
	}
	buf_reset(&line);
	rollup_basis(r, &line);
	writer_paragraph(w, "", buf_text(&line));
	buf_reset(&line);
	rollup_answer(r, &line);
	writer_paragraph(w, "", buf_text(&line));
	buf_reset(&line);
	rollup_reach(r, &line);
	if (line.len > 0)
		writer_paragraph(w, "", buf_text(&line));
	w->failed |= line.failed;
	buf_free(&line);
	if (r->config == NULL)
		writer_paragraph(w, "", rollup_phrase(PHRASE_NO_CONFIG));
	if (r->n == 0)
		writer_paragraph(w, "", rollup_phrase(PHRASE_NOTHING));
}

/* Names the day, why it was chosen and what all the rest is made of. */
static void
put_head_object(const struct rollup *r, struct writer *w)
{
	static const struct column columns[] = {
	    {"review_date", "review date", 0},
	    {"choice", "choice", 0},
	    {"by", "by", 0},
	    {"period_from", "from", 0},
	    {"period_to", "to", 0},
	    {"ledger_seq", "row", 0},
	    {"ledger_leaf", "leaf", 0},
	    {"config_digest", "config", 0},
	    {"as_of", "as of", 0},
	};
	char leaf[DIGEST_HEX_LEN + 1], digest[DIGEST_HEX_LEN + 1];
	bool rows = r->span->head_at.us != 0;

	if (is_read(w))
		return;
	writer_card(w, "packets", columns, COUNT(columns));
	writer_day(w, r->day);
	writer_text(w, r->choice == PACKET_GIVEN ? "given" : "newest_closed");
	writer_text(w, rollup_by_name(r->by));
	writer_day(w, r->span->first);
	writer_day(w, r->day);
	if (rows)
		writer_int(w, (int64_t)r->span->head_seq);
	else
		writer_none(w);
	writer_text(w, rows ? digest_hex(&r->span->head, leaf) : NULL);
	writer_text(w, r->config == NULL
			   ? NULL
			   : digest_hex(&r->config->digest, digest));
	writer_time(w, r->span->head_at);
	writer_close(w);
}

/* ---- groups ---- */

static void
put_standing_row(const struct rollup *r, struct writer *w,
		 const struct rollup_group *g)
{
	writer_text(w, g->name);
	writer_int(w, g->n);
	for (int i = 0; i < ROLLUP_STATES; i++)
		writer_int(w, g->states[i]);
	put_provenance(r, w, "workload", by_record);
}

static void
put_standing(const struct rollup *r, struct writer *w)
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
	    {"not_due", "not due", COLUMN_RIGHT},
	    PROVENANCE,
	};
	struct rollup_group all = r->all;

	writer_heading(w, "Where the workloads stand");
	writer_paragraph(w, "", rollup_phrase(PHRASE_STANDING));
	all.name = "(all)";
	writer_table(w, "group", columns, COUNT(columns));
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

static void
put_coverage(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"group", rollup_by_name(r->by), COLUMN_FLEX},
	    {"pass_days", "pass", COLUMN_RIGHT},
	    {"response_days", "of these resp", COLUMN_RIGHT},
	    {"due_days", "due", COLUMN_RIGHT},
	    {"oldest_hold", "oldest hold", COLUMN_FLEX},
	    {"oldest_since", "since", 0},
	    PROVENANCE,
	};

	writer_heading(w, "Evidence of the period");
	writer_paragraph(w, "", rollup_phrase(PHRASE_EVIDENCE));
	writer_table(w, "coverage", columns, COUNT(columns));
	for (size_t i = 0; i < r->n_groups; i++) {
		const struct rollup_group *g = &r->groups[i];

		writer_text(w, g->name);
		writer_int(w, g->pass_days);
		writer_int(w, g->response_days);
		writer_int(w, g->due_days);
		put_oldest(w, g->oldest);
		put_provenance(r, w, "day", by_days);
	}
	writer_close(w);
}

static void
put_reasons(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"group", rollup_by_name(r->by), COLUMN_FLEX},
	    {"reason", "reason", 0},
	    {"workloads", "all", COLUMN_RIGHT},
	    {"since", "longest since", 0},
	    {"who", "who acts", COLUMN_FLEX},
	    PROVENANCE,
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
	writer_table(w, "reason", columns, COUNT(columns));
	for (size_t i = 0; i < n; i++) {
		struct buf since = {0};

		rollup_since(reasons[i].since, reasons[i].since_before, &since);
		writer_text(w, reasons[i].group->name);
		writer_text(w, reason_info(reasons[i].reason)->code);
		writer_int(w, reasons[i].n);
		writer_text(w, buf_text(&since));
		writer_text(w, reason_info(reasons[i].reason)->who);
		put_provenance(r, w, "workload", by_record);
		w->failed |= since.failed;
		buf_free(&since);
	}
	writer_close(w);
	free(reasons);
}

/* ---- workloads ---- */

static bool
is_eligible(const struct rollup_entry *e)
{
	return e->state == ROLLUP_PASS || e->state == ROLLUP_RESPONSE_ONLY;
}

static void
put_outside_row(struct writer *w, const struct rollup_entry *e)
{
	struct buf since = {0};

	rollup_since(e->since, e->since_before, &since);
	writer_text(w, e->span->label);
	writer_text(w, e->group);
	writer_text(w, rollup_state_word(e->state));
	writer_text(w, buf_text(&since));
	writer_reasons(w, e->reasons);
	w->failed |= since.failed;
	buf_free(&since);
}

/* What is out of the number stands in it by name. */
static void
put_outside(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"workload_label", "workload", COLUMN_FLEX},
	    {"group", rollup_by_name(r->by), COLUMN_FLEX},
	    {"state", "state", COLUMN_STATE},
	    {"since", "since", 0},
	    {"reasons", "reasons", COLUMN_FLEX},
	};
	int outside = 0;

	writer_heading(w, "Out of the number");
	writer_table(w, "outside", columns, COUNT(columns));
	for (size_t i = 0; i < r->n; i++) {
		if (is_eligible(&r->entries[i]))
			continue;
		put_outside_row(w, &r->entries[i]);
		outside++;
	}
	writer_close(w);
	if (outside == 0)
		writer_paragraph(w, "  - ",
				 rollup_phrase(r->n == 0 ? PHRASE_NOTHING
							 : PHRASE_ALL_PASS));
}

static void
put_cap(const struct rollup_entry *e, struct writer *w)
{
	struct json_object *cap = json_get(e->record, "cap");
	struct buf line = {0};

	if (cap == NULL)
		return;
	buf_printf(&line, "%s: lowered to %s by %s until %s (row %" PRId64 ")",
		   e->span->label, json_get_string(cap, "decision", ""),
		   json_get_string(cap, "role", ""),
		   json_get_string(cap, "until", ""),
		   json_get_int(cap, "seq", 0));
	writer_paragraph(w, "  - ", buf_text(&line));
	w->failed |= line.failed;
	buf_free(&line);
}

static void
put_caps(const struct rollup *r, struct writer *w)
{
	int n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += json_get(r->entries[i].record, "cap") != NULL;
	if (n == 0)
		return;
	writer_heading(w, "Lowered by a role");
	for (size_t i = 0; i < r->n; i++)
		put_cap(&r->entries[i], w);
}

/* As it stands in the record: an empty string is one there, too. */
static void
put_value(struct writer *w, struct json_object *value)
{
	if (value == NULL)
		writer_none(w);
	else
		writer_json(w, json_object_to_json_string_ext(
				   value, JSON_C_TO_STRING_PLAIN |
					      JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* Every workload, by the fourteen names of the packet and in their order;
 * without a record they are null. */
static void
put_records(const struct rollup *r, struct writer *w)
{
	struct column columns[PACKET_FIELDS + 10] = {
	    [PACKET_FIELDS] = {"label", "workload", 0},
	    {"group", "group", 0},
	    {"state", "state", 0},
	    {"reasons", "reasons", 0},
	    {"verified", "verified", 0},
	    {"not_verified", "not verified", 0},
	    {"remaining_uncertainty", "remaining uncertainty", 0},
	    {"pricing_reference", "pricing reference", 0},
	    {"cap", "cap", 0},
	    {"seq", "row", 0},
	};

	if (is_read(w))
		return;
	for (size_t i = 0; i < PACKET_FIELDS; i++)
		columns[i] =
		    (struct column){packet_fields[i], packet_fields[i], 0};
	writer_table(w, "workload", columns, COUNT(columns));
	for (size_t i = 0; i < r->n; i++) {
		const struct rollup_entry *e = &r->entries[i];

		for (size_t f = 0; f < PACKET_FIELDS; f++)
			put_value(w, json_get(e->record, packet_fields[f]));
		writer_text(w, e->span->label);
		writer_text(w, e->group);
		writer_text(w, rollup_state_word(e->state));
		writer_reasons(w, e->reasons);
		put_value(w, json_get(e->record, "verified"));
		put_value(w, json_get(e->record, "not_verified"));
		put_value(w, json_get(e->record, "remaining_uncertainty"));
		put_value(w, json_get(e->record, "pricing_reference"));
		put_value(w, json_get(e->record, "cap"));
		if (e->record == NULL)
			writer_none(w);
		else
			writer_int(w, (int64_t)e->seq);
	}
	writer_close(w);
}

/* ---- sources ---- */

static void
put_sources(const struct rollup *r, struct writer *w)
{
	struct column columns[] = {
	    {"name", "source", COLUMN_FLEX},
	    {"kind", "kind", 0},
	    {"outcome", "newest", COLUMN_STATE},
	    {"read_at", "read", 0},
	    {"stale", "stale", 0},
	    {"snapshot", "snapshot", COLUMN_MORE},
	    {"approval", "approval", COLUMN_FLEX},
	    {"workloads", "holds", COLUMN_RIGHT},
	    PROVENANCE,
	};
	struct rollup_source *sources;
	size_t n, shown = 0;

	if (rollup_sources(r, &sources, &n) < 0) {
		w->failed = true;
		return;
	}
	writer_heading(w, "Stale and changed sources");
	writer_table(w, "source", columns, COUNT(columns));
	for (size_t i = 0; i < n; i++) {
		const struct rollup_source *s = &sources[i];

		if (w->format == WRITER_TEXT && rollup_source_fine(s))
			continue;
		shown++;
		writer_text(w, s->source->name);
		writer_text(w, source_kind_name(s->source->kind));
		writer_text(w, s->newest);
		writer_time(w, s->read_at);
		writer_bool(w, s->stale);
		writer_text(w, s->snapshot[0] == '\0' ? NULL : s->snapshot);
		writer_text(w, s->approval);
		writer_int(w, s->holds);
		put_provenance(r, w, "workload", by_record);
	}
	writer_close(w);
	if (shown == 0 && n > 0)
		writer_paragraph(w, "  - ", rollup_phrase(PHRASE_SOURCES_FINE));
	else if (shown == 0)
		writer_paragraph(w, "  - ", "none is configured");
	free(sources);
}

/* ---- what was verified ---- */

static void
put_statement(const struct rollup *r, struct writer *w, const char *word,
	      const char *list, const char *says)
{
	struct buf line = {0};
	int n = rollup_count(r, list, word);

	if (n == 0 || says == NULL)
		return;
	buf_printf(&line, "%s (%d of %d records): %s", word, n,
		   rollup_records(r), says);
	writer_paragraph(w, "  - ", buf_text(&line));
	w->failed |= line.failed;
	buf_free(&line);
}

static void
put_statements(const struct rollup *r, struct writer *w)
{
	if (!is_read(w) || rollup_records(r) == 0)
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

static void
put_statement_objects(const struct rollup *r, struct writer *w)
{
	static const struct column columns[] = {
	    {"statement", "statement", 0},
	    {"verified", "verified", 0},
	    {"not_verified", "not verified", 0},
	    PROVENANCE,
	};

	if (is_read(w))
		return;
	writer_table(w, "statement", columns, COUNT(columns));
	for (int i = 0; i < STATEMENTS; i++) {
		const char *word = statement_info((enum statement)i)->word;

		writer_text(w, word);
		writer_int(w, rollup_count(r, "verified", word));
		writer_int(w, rollup_count(r, "not_verified", word));
		put_provenance(r, w, "record", by_record);
	}
	writer_close(w);
}

/* ---- numbers ---- */

static void
put_numbers(const struct rollup *r, struct writer *w)
{
	static const struct column columns[] = {
	    {"quantity", "quantity", COLUMN_FLEX},
	    {"value", "value", COLUMN_RIGHT},
	    {"unit", "unit", 0},
	    {"basis", "basis", COLUMN_FLEX},
	    {"source", "source", COLUMN_FLEX},
	    {"as_of", "as of", 0},
	};
	struct rollup_number numbers[ROLLUP_NUMBERS];

	rollup_numbers(r, numbers);
	writer_heading(w, "What this evidence used");
	writer_paragraph(w, "", rollup_phrase(PHRASE_USE));
	writer_table(w, "number", columns, COUNT(columns));
	for (int i = 0; i < ROLLUP_NUMBERS; i++) {
		const struct rollup_number *n = &numbers[i];

		writer_text(w, n->quantity);
		if (n->known)
			writer_int(w, n->value);
		else
			writer_none(w);
		writer_text(w, n->unit);
		writer_text(w, n->basis);
		writer_text(w, n->source);
		writer_time(w, n->as_of);
	}
	writer_close(w);
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
	put_head(r, w);
	put_head_object(r, w);
	put_standing(r, w);
	draw(r, w, rollup_draw_shares);
	put_coverage(r, w);
	draw(r, w, rollup_draw_calendar);
	put_reasons(r, w);
	if (is_read(w))
		put_outside(r, w);
	draw(r, w, rollup_draw_ages);
	put_caps(r, w);
	put_records(r, w);
	put_sources(r, w);
	draw(r, w, rollup_draw_strip);
	put_statements(r, w);
	put_statement_objects(r, w);
	put_numbers(r, w);
	writer_heading(w, "What this packet does not say");
	writer_paragraph(w, "  ", packet_refusals);
	writer_heading(w, "How to check it");
	writer_paragraph(w, "  ", rollup_phrase(PHRASE_CHECK));
}
