/* Workloads by their names: those that are out of the number, those that a
 * person lowered or vouched for, and for programs every record. */
#include "base/json.h"
#include "report/corrected.h"
#include "report/packet_inside.h"
#include "report/rollup_sections.h"
#include "verdict/reason.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

static bool
is_eligible(const struct rollup_entry *e)
{
	return e->state == ROLLUP_PASS || e->state == ROLLUP_RESPONSE_ONLY;
}

static void
put_outside_row(const struct rollup *r, struct writer *w,
		const struct rollup_entry *e)
{
	struct buf since = {0};

	rollup_since(e->since, e->since_before, &since);
	writer_text(w, e->span->label);
	writer_text(w, e->group);
	writer_text(w, rollup_word_of(r, e));
	writer_text(w, buf_text(&since));
	writer_reasons(w, e->reasons);
	w->failed |= since.failed;
	buf_free(&since);
}

/* What is out of the number stands in it by name. */
void
rollup_put_outside(const struct rollup *r, struct writer *w)
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
	writer_table(w, "outside", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < r->n; i++) {
		if (is_eligible(&r->entries[i]))
			continue;
		put_outside_row(r, w, &r->entries[i]);
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

void
rollup_put_caps(const struct rollup *r, struct writer *w)
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

/* Those of all days of the period: its passes are counted, too. */
void
rollup_put_corrected(const struct rollup *r, struct writer *w)
{
	int n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += corrected_count(r->span, r->entries[i].span);
	if (n == 0)
		return;
	corrected_begin(w);
	for (size_t i = 0; i < r->n; i++)
		corrected_put(r->span, r->entries[i].span, w);
	writer_close(w);
}

static void
put_attestation(const struct rollup *r, struct writer *w,
		const struct rollup_entry *e, const struct span_attestation *a)
{
	writer_text(w, e->span->label);
	writer_text(w, a->source[0] == '\0' ? "usage" : "page");
	writer_text(w, a->source);
	writer_text(w, a->role);
	if (a->peer_uid < 0)
		writer_none(w);
	else
		writer_int(w, a->peer_uid);
	writer_int(w, (int64_t)a->seq);
	writer_time(w, a->at);
	writer_day(w, r->day);
}

/* The record says so, and its row is not there. */
static void
put_unknown(const struct rollup *r, struct writer *w,
	    const struct rollup_entry *e, const char *what)
{
	writer_text(w, e->span->label);
	writer_text(w, what);
	for (int i = 0; i < 5; i++)
		writer_none(w);
	writer_day(w, r->day);
}

/* Those among the rows that its record rests on. */
static void
put_attestations(const struct rollup *r, struct writer *w,
		 const struct rollup_entry *e)
{
	struct json_object *list = json_get(e->record, "evidence");
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;
	bool usage = rollup_usage_attested(e), page = rollup_page_attested(e);

	for (size_t i = 0; i < n; i++) {
		struct json_object *seq = json_object_array_get_idx(list, i);
		const struct span_attestation *a = span_attestation(
		    r->span, (uint64_t)json_object_get_int64(seq));

		if (a == NULL)
			continue;
		put_attestation(r, w, e, a);
		usage &= a->source[0] != '\0';
		page &= a->source[0] == '\0';
	}
	if (usage)
		put_unknown(r, w, e, "usage");
	if (page)
		put_unknown(r, w, e, "page");
}

/* Every packet names what rests on a person's word. */
void
rollup_put_attested(const struct rollup *r, struct writer *w)
{
	static const struct column columns[] = {
	    {"workload_label", "workload", COLUMN_FLEX},
	    {"attested", "attested", 0},
	    {"source", "page", COLUMN_FLEX},
	    {"role", "role", COLUMN_FLEX},
	    {"peer_uid", "user", COLUMN_RIGHT},
	    {"seq", "row", COLUMN_RIGHT},
	    {"at", "at", COLUMN_MORE},
	    {"until", "until", 0},
	};
	int n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += rollup_usage_attested(&r->entries[i]) ||
		     rollup_page_attested(&r->entries[i]);
	if (n == 0)
		return;
	writer_heading(w, "Attested by a person");
	writer_paragraph(w, "", rollup_phrase(PHRASE_ATTESTED));
	writer_table(w, "attested", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < r->n; i++)
		put_attestations(r, w, &r->entries[i]);
	writer_close(w);
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

static void
put_record(const struct rollup *r, const struct rollup_entry *e,
	   struct writer *w)
{
	for (size_t f = 0; f < PACKET_FIELDS; f++)
		put_value(w, json_get(e->record, packet_fields[f]));
	writer_text(w, e->span->label);
	writer_text(w, e->group);
	writer_text(w, rollup_word_of(r, e));
	writer_reasons(w, e->reasons);
	put_value(w, json_get(e->record, "verified"));
	put_value(w, json_get(e->record, "not_verified"));
	put_value(w, json_get(e->record, "remaining_uncertainty"));
	put_value(w, json_get(e->record, "pricing_reference"));
	put_value(w, json_get(e->record, "cap"));
	writer_row(w, e->record == NULL ? 0 : e->seq);
	writer_row(w, e->corrected_by);
}

/* Every workload, by the fourteen names of the packet and in their order;
 * without a record they are null. */
void
rollup_put_records(const struct rollup *r, struct writer *w)
{
	struct column columns[PACKET_FIELDS + 11] = {
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
	    {"corrected_by", "corrected by row", 0},
	};

	if (rollup_is_read(w))
		return;
	for (size_t i = 0; i < PACKET_FIELDS; i++)
		columns[i] =
		    (struct column){packet_fields[i], packet_fields[i], 0};
	writer_table(w, "workload", columns, ROLLUP_COUNT(columns));
	for (size_t i = 0; i < r->n; i++)
		put_record(r, &r->entries[i], w);
	writer_close(w);
}
