/* The packet for a meeting: five minutes, no table wider than the page.
 * Order: the answer, the fields, what is behind them, what is not, and how
 * to check it. */
#include "base/json.h"
#include "govern/govern.h"
#include "report/packet_inside.h"
#include "verdict/reason.h"
#include "verdict/statement.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const struct column fields[PACKET_FIELDS] = {
    {"review_date", "review_date", 0},
    {"reviewer_role", "reviewer_role", 0},
    {"source_urls_checked", "source_urls_checked", 0},
    {"request_time_utc", "request_time_utc", 0},
    {"workload_label", "workload_label", 0},
    {"owner_group", "owner_group", 0},
    {"environment", "environment", 0},
    {"request_result", "request_result", 0},
    {"usage_evidence_present", "usage_evidence_present", 0},
    {"pricing_reference_checked", "pricing_reference_checked", 0},
    {"allocation_rule", "allocation_rule", 0},
    {"unit_metric_name", "unit_metric_name", 0},
    {"decision", "decision", COLUMN_STATE},
    {"follow_up_owner", "follow_up_owner", 0},
};

enum { ITEMS_MAX = 64, LINE_MAX_BYTES = 400 };

static size_t
list_length(struct json_object *list)
{
	return json_object_is_type(list, json_type_array)
		   ? json_object_array_length(list)
		   : 0;
}

static const char *
list_item(struct json_object *list, size_t i)
{
	return json_object_get_string(json_object_array_get_idx(list, i));
}

static void
put_list_cell(struct writer *w, struct json_object *list)
{
	const char *items[ITEMS_MAX];
	size_t n = list_length(list);

	for (size_t i = 0; i < n && i < ITEMS_MAX; i++)
		items[i] = list_item(list, i);
	writer_list(w, items, n < ITEMS_MAX ? n : ITEMS_MAX);
}

static void
put_fields(const struct packet *p, struct writer *w)
{
	writer_heading(w, "The packet");
	writer_card(w, "packet", fields, PACKET_FIELDS);
	for (size_t i = 0; i < PACKET_FIELDS; i++) {
		struct json_object *value = json_get(p->body, fields[i].key);

		if (json_object_is_type(value, json_type_array))
			put_list_cell(w, value);
		else if (strcmp(fields[i].key, "decision") == 0)
			writer_text(w, packet_decision(p));
		else
			writer_text(w, packet_value(p, fields[i].key));
	}
	writer_close(w);
}

static void
put_bullet(struct writer *w, const char *name, const char *words)
{
	struct buf line = {0};

	buf_printf(&line, "%s: %s", name, words);
	writer_paragraph(w, "  - ", buf_text(&line));
	buf_free(&line);
}

static const char *
statement_words(const char *word, bool verified)
{
	for (int i = 0; i < STATEMENTS; i++) {
		const struct statement_info *info =
		    statement_info((enum statement)i);
		const char *says =
		    verified ? info->verified : info->not_verified;

		if (strcmp(info->word, word) == 0)
			return says == NULL ? "" : says;
	}
	return "(a word of a newer version)";
}

static const char *
uncertainty_words(const char *word)
{
	for (int i = 0; i < UNCERTAINTIES; i++) {
		const struct uncertainty_info *info =
		    uncertainty_info((enum uncertainty)i);

		if (strcmp(info->word, word) == 0)
			return info->says;
	}
	return "(a word of a newer version)";
}

static void
put_statements(const struct packet *p, struct writer *w, const char *key,
	       bool verified)
{
	struct json_object *list = json_get(p->body, key);

	for (size_t i = 0; i < list_length(list); i++)
		put_bullet(w, list_item(list, i),
			   statement_words(list_item(list, i), verified));
	if (list_length(list) == 0)
		writer_paragraph(w, "  - ", "nothing");
}

static void
put_uncertainty(const struct packet *p, struct writer *w)
{
	struct json_object *list = json_get(p->body, "remaining_uncertainty");

	for (size_t i = 0; i < list_length(list); i++)
		put_bullet(w, list_item(list, i),
			   uncertainty_words(list_item(list, i)));
	if (list_length(list) == 0)
		writer_paragraph(w, "  - ", "none is recorded");
}

/* The same as why and todo say. */
static const char *
who_acts(const struct packet *p, const struct config *config,
	 enum reason reason)
{
	const struct workload *workload =
	    config == NULL
		? NULL
		: config_workload(config, packet_value(p, "workload_label"));

	return workload == NULL
		   ? reason_info(reason)->who
		   : govern_who(
			 config, workload, NULL,
			 json_get_string(json_get(p->body, "cap"), "role", ""),
			 reason);
}

static void
put_reasons(const struct packet *p, const struct config *config,
	    struct writer *w)
{
	struct json_object *list = json_get(p->body, "reasons");

	if (list_length(list) == 0)
		return;
	writer_heading(w, "Why it did not pass");
	for (size_t i = 0; i < list_length(list); i++) {
		char words[LINE_MAX_BYTES];
		enum reason reason;

		if (reason_by_code(list_item(list, i), &reason) < 0) {
			put_bullet(w, list_item(list, i),
				   "(a reason of a newer version)");
			continue;
		}
		snprintf(words, sizeof(words), "%s Who acts: %s.",
			 reason_info(reason)->says,
			 who_acts(p, config, reason));
		put_bullet(w, list_item(list, i), words);
	}
}

/* A person may lower a decision, never raise it. */
static void
put_cap(const struct packet *p, struct writer *w)
{
	struct json_object *cap = json_get(p->body, "cap");
	char line[LINE_MAX_BYTES];

	if (cap == NULL)
		return;
	snprintf(line, sizeof(line),
		 "Lowered to %s by %s until %s (row %" PRId64 ").",
		 json_get_string(cap, "decision", ""),
		 json_get_string(cap, "role", ""),
		 json_get_string(cap, "until", ""),
		 json_get_int(cap, "seq", 0));
	writer_paragraph(w, "", line);
}

static void
put_corrected(const struct packet *p, struct writer *w)
{
	char line[LINE_MAX_BYTES];

	if (p->corrected_by == 0)
		return;
	snprintf(line, sizeof(line),
		 "Corrected by row %" PRIu64 ": a role says that this record "
		 "is mistaken; evidencectl show %" PRIu64 ".",
		 p->corrected_by, p->corrected_by);
	writer_paragraph(w, "", line);
}

static void
put_sources(const struct packet *p, struct writer *w)
{
	struct json_object *list = json_get(p->body, "sources_read");

	writer_heading(w, "Sources read that day");
	for (size_t i = 0; i < list_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		const char *kind = json_get_string(o, "kind", "");
		char line[LINE_MAX_BYTES * 2];

		snprintf(line, sizeof(line), "%s, %s, %s", kind,
			 json_get_string(o, "read_at", ""),
			 json_get_string(o, "url", ""));
		writer_paragraph(w, "  - ", line);
		writer_paragraph(w, "    ", packet_source_words(kind));
	}
	if (list_length(list) == 0)
		writer_paragraph(w, "  - ", "none");
}

/* ", by reader (user 1000) at ..., row 7" */
static void
put_person(const struct packet_row *row, struct buf *out)
{
	char at[WALL_RFC3339_LEN + 1];

	buf_printf(out, ", by %s (user %" PRId64 ") at %s, row %" PRIu64,
		   json_get_string(row->body, "role", ""),
		   json_get_int(row->body, "peer_uid", -1),
		   wall_format(row->at, at), row->seq);
}

static bool
is_attested(const struct packet_row *row)
{
	return row->body != NULL && (strcmp(row->kind, "attest.usage") == 0 ||
				     strcmp(row->kind, "attest.source") == 0);
}

/* What rests on a person's word is named in every packet. */
static void
put_attested(const struct packet *p, struct writer *w)
{
	bool any = false;

	for (size_t i = 0; i < p->n_evidence; i++)
		any |= is_attested(&p->rows[i]);
	if (!any)
		return;
	writer_heading(w, "Attested by a person, for this day alone");
	for (size_t i = 0; i < p->n_evidence; i++) {
		const char *source =
		    json_get_string(p->rows[i].body, "source", NULL);
		struct buf line = {0};

		if (!is_attested(&p->rows[i]))
			continue;
		buf_printf(&line, "%s%s",
			   source == NULL ? "the usage of the run" : "page ",
			   source == NULL ? "" : source);
		put_person(&p->rows[i], &line);
		writer_paragraph(w, "  - ", buf_text(&line));
		w->failed |= line.failed;
		buf_free(&line);
	}
}

static const struct packet_row *
find_row(const struct packet *p, int64_t seq)
{
	for (size_t i = 0; i < p->n_evidence; i++) {
		if (seq >= 0 && p->rows[i].body != NULL &&
		    p->rows[i].seq == (uint64_t)seq)
			return &p->rows[i];
	}
	return NULL;
}

/* The newest word about a page, or NULL. */
static const struct packet_row *
find_attested(const struct packet *p, const char *source)
{
	const struct packet_row *newest = NULL;

	for (size_t i = 0; i < p->n_evidence; i++) {
		const struct packet_row *row = &p->rows[i];

		if (is_attested(row) &&
		    strcmp(json_get_string(row->body, "source", ""), source) ==
			0)
			newest = row;
	}
	return newest;
}

/* "read by evidenced at ...; text equals the snapshot approved by ..." */
static void
put_approved(const struct packet *p, struct json_object *ref, int64_t seq,
	     struct buf *out)
{
	const struct packet_row *approval = find_row(p, seq);
	char at[WALL_RFC3339_LEN + 1];

	buf_printf(out,
		   "read by evidenced at %s; text equals the snapshot %s, "
		   "approved in row %" PRId64,
		   json_get_string(ref, "read_at", ""),
		   json_get_string(ref, "snapshot", ""), seq);
	if (approval != NULL)
		buf_printf(out, " by %s on %s",
			   json_get_string(approval->body, "role", ""),
			   wall_format(approval->at, at));
}

static void
put_pricing(const struct packet *p, struct writer *w)
{
	struct json_object *ref = json_get(p->body, "pricing_reference");
	const struct packet_row *attested =
	    find_attested(p, json_get_string(ref, "source", ""));
	const char *read_at = json_get_string(ref, "read_at", NULL);
	int64_t seq = json_get_int(ref, "approved_seq", -1);
	struct buf line = {0};

	if (ref == NULL)
		buf_puts(&line, "no pricing source is configured");
	else if (read_at == NULL)
		buf_puts(&line, "not read that day");
	else if (seq >= 0)
		put_approved(p, ref, seq, &line);
	else if (attested != NULL) {
		buf_puts(&line, "read and attested");
		put_person(attested, &line);
	} else {
		buf_printf(&line,
			   "read %s, but its text equals no approved snapshot",
			   read_at);
	}
	writer_heading(w, "Pricing reference");
	writer_paragraph(w, "  ", buf_text(&line));
	w->failed |= line.failed;
	buf_free(&line);
}

/* "support-chat/happy, reobserve": a run that was not the planned one says
 * what it was; or the page, or nothing. */
static void
put_subject(const struct packet_row *row, struct writer *w)
{
	const char *check = json_get_string(row->body, "check", NULL);
	const char *trigger = json_get_string(row->body, "trigger", "");
	struct buf subject = {0};

	if (check == NULL) {
		writer_text(w, json_get_string(row->body, "source", NULL));
		return;
	}
	buf_puts(&subject, check);
	if (trigger[0] != '\0' && strcmp(trigger, "schedule") != 0)
		buf_printf(&subject, ", %s", trigger);
	writer_text(w, buf_text(&subject));
	w->failed |= subject.failed;
	buf_free(&subject);
}

static void
put_evidence(const struct packet *p, struct writer *w)
{
	static const struct column columns[] = {
	    {"seq", "row", COLUMN_RIGHT},
	    {"kind", "kind", 0},
	    {"subject", "of", COLUMN_FLEX},
	    {"outcome", "outcome", COLUMN_STATE},
	    {"at", "recorded", 0},
	};

	writer_heading(w, "Evidence in the ledger");
	writer_table(w, "evidence", columns, 5);
	for (size_t i = 0; i < p->n_evidence; i++) {
		const struct packet_row *row = &p->rows[i];

		writer_int(w, (int64_t)p->evidence[i]);
		writer_text(w, row->body == NULL ? NULL : row->kind);
		put_subject(row, w);
		writer_text(w, json_get_string(row->body, "outcome", NULL));
		writer_time(w, row->at);
	}
	writer_close(w);
	if (p->n_evidence == 0)
		writer_paragraph(w, "  - ", "none");
}

static void
put_footer(const struct packet *p, struct writer *w)
{
	char hex[DIGEST_HEX_LEN + 1], line[LINE_MAX_BYTES];

	writer_heading(w, "What this packet does not say");
	writer_paragraph(w, "  ", packet_refusals);
	writer_heading(w, "How to check it");
	snprintf(line, sizeof(line),
		 "Record row %" PRIu64 ", leaf %s: evidencectl show %" PRIu64
		 ", evidencectl verify.",
		 p->seq, digest_hex(&p->leaf, hex), p->seq);
	writer_paragraph(w, "  ", line);
}

void
packet_text(const struct packet *p, const struct config *config,
	    struct writer *w)
{
	struct buf line = {0};

	/* Never broken: line 1 is for machines that look for the day, too. */
	packet_title(p, w->out);
	buf_putc(w->out, '\n');
	buf_printf(&line, "Decision: %s, by %s at %s.", packet_decision(p),
		   packet_value(p, "decided_by"),
		   packet_value(p, "decided_at"));
	writer_paragraph(w, "", buf_text(&line));
	buf_free(&line);
	put_cap(p, w);
	put_corrected(p, w);
	put_reasons(p, config, w);
	put_fields(p, w);
	writer_heading(w, "Verified");
	put_statements(p, w, "verified", true);
	writer_heading(w, "Not verified");
	put_statements(p, w, "not_verified", false);
	writer_heading(w, "Remaining uncertainty");
	put_uncertainty(p, w);
	put_attested(p, w);
	put_sources(p, w);
	put_pricing(p, w);
	writer_heading(w, "Numbers");
	packet_numbers(p, w);
	put_evidence(p, w);
	put_footer(p, w);
}
