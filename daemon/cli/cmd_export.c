/* The records as data: CSV for spreadsheets and databases, JSON lines for
 * programs.
 *
 * Every record row that was asked for is there, those that a later one of the
 * same day has replaced too: which counts is a column.  So the rows are read
 * twice, first to see which is the newest of its day. */
#include "base/json.h"
#include "base/map.h"
#include "cli/cli.h"
#include "cli/rows.h"
#include "cli/unknown.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 256, FLUSH_BYTES = 64 * 1024, LIST_MAX = 64 };

static const struct column columns[] = {
    {"seq", "row", 0},
    {"at", "written", 0},
    {"newest", "newest", 0},
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
    {"decision", "decision", 0},
    {"follow_up_owner", "follow_up_owner", 0},
    {"decided_by", "decided_by", 0},
    {"decided_at", "decided_at", 0},
    {"request_state", "request_state", 0},
    {"reasons", "reasons", 0},
    {"verified", "verified", 0},
    {"not_verified", "not_verified", 0},
    {"remaining_uncertainty", "remaining_uncertainty", 0},
    {"billing_unit", "billing_unit", 0},
    {"evidence_tier", "evidence_tier", 0},
    {"allocation_rule_id", "allocation_rule_id", 0},
    {"next_check_due", "next_check_due", 0},
    {"corrected_by", "corrected_by", 0},
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), FIRST_MEMBER = 3 };

struct exporting {
	struct session *session;
	struct map newest;    /* of "LABEL DAY": index into seqs */
	struct map corrected; /* of a seq: the row that corrects it */
	uint64_t *seqs;
	size_t n_seqs, cap;
	int waiting; /* rows in the open table */
	bool any;
};

/* Room for a label and a day. */
enum { KEY_MAX = LABEL_MAX + WALL_DAY_LEN + 2 };

/* false: the row says not what it is of. */
static bool
key_of(struct json_object *body, char out[KEY_MAX])
{
	const char *label = json_get_string(body, "workload_label", "");
	const char *day = json_get_string(body, "review_date", "");

	return label[0] != '\0' &&
	       snprintf(out, KEY_MAX, "%s %s", label, day) < KEY_MAX;
}

static bool
note_newest(struct exporting *e, const char *key, uint64_t seq)
{
	size_t i;

	if (map_get(&e->newest, key, &i)) {
		e->seqs[i] = seq;
		return true;
	}
	if (e->n_seqs == e->cap) {
		size_t cap = e->cap == 0 ? 256 : 2 * e->cap;
		uint64_t *more = reallocarray(e->seqs, cap, sizeof(*more));

		if (more == NULL)
			return false;
		e->seqs = more;
		e->cap = cap;
	}
	e->seqs[e->n_seqs] = seq;
	return map_put(&e->newest, key, e->n_seqs++);
}

static void
seq_key(int64_t seq, char out[KEY_MAX])
{
	snprintf(out, KEY_MAX, "%" PRId64, seq);
}

static int
find_corrected(void *ctx, const struct row *row)
{
	struct exporting *e = ctx;
	struct json_object *body;
	char key[KEY_MAX];
	bool ok;

	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return 0;
	seq_key(json_get_int(json_get(body, "corrects"), "seq", -1), key);
	ok = map_put(&e->corrected, key, row->seq);
	json_object_put(body);
	return ok ? 0 : ERR_NOMEM;
}

static int
find_newest(void *ctx, const struct row *row)
{
	struct exporting *e = ctx;
	struct json_object *body;
	char key[KEY_MAX];
	bool ok = true;

	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return 0;
	if (key_of(body, key))
		ok = note_newest(e, key, row->seq);
	json_object_put(body);
	return ok ? 0 : ERR_NOMEM;
}

/* In JSON as it stands in the record: an empty string is one there, too. */
static void
put_member(struct writer *w, struct json_object *value)
{
	const char *items[LIST_MAX];
	size_t n = 0;

	if (w->format == WRITER_JSON && value != NULL) {
		writer_json(w, json_object_to_json_string_ext(
				   value, JSON_C_TO_STRING_PLAIN |
					      JSON_C_TO_STRING_NOSLASHESCAPE));
		return;
	}
	if (!json_object_is_type(value, json_type_array)) {
		writer_text(w, value == NULL ? NULL
					     : json_object_get_string(value));
		return;
	}
	for (; n < json_object_array_length(value) && n < LIST_MAX; n++)
		items[n] =
		    json_object_get_string(json_object_array_get_idx(value, n));
	writer_list(w, items, n);
}

static void
put_row(struct exporting *e, const struct row *row, struct json_object *body)
{
	struct writer *w = &e->session->writer;
	char key[KEY_MAX];
	size_t i;

	writer_int(w, (int64_t)row->seq);
	writer_time(w, row->at);
	writer_bool(w, key_of(body, key) && map_get(&e->newest, key, &i) &&
			   e->seqs[i] == row->seq);
	for (size_t c = FIRST_MEMBER; c < COLUMNS - 1; c++)
		put_member(w, json_get(body, columns[c].key));
	seq_key((int64_t)row->seq, key);
	if (map_get(&e->corrected, key, &i))
		writer_int(w, (int64_t)i);
	else
		writer_none(w);
}

static int
print_row(void *ctx, const struct row *row)
{
	struct exporting *e = ctx;
	struct session *s = e->session;
	struct json_object *body;

	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return 0;
	if (!e->any)
		writer_table(&s->writer, "record", columns, COLUMNS);
	e->any = true;
	put_row(e, row, body);
	json_object_put(body);
	if (++e->waiting == ROWS_AT_ONCE) {
		e->waiting = 0;
		writer_close(&s->writer);
		writer_table(&s->writer, "record", columns, COLUMNS);
	}
	if (s->out.len > FLUSH_BYTES)
		session_flush(s);
	return writer_ok(&s->writer) ? 0 : ERR_NOMEM;
}

static int
asked_rows(struct session *s, struct row_filter *f)
{
	*f = (struct row_filter){.kind = "record",
				 .workload = s->args->value[OPTION_WORKLOAD],
				 .owner = s->args->value[OPTION_OWNER]};
	return session_period(s, f);
}

static int
export_rows(struct exporting *e, const struct row_filter *asked)
{
	/* Whether a record was replaced or corrected is no matter of what is
	 * asked for. */
	const struct rows_question all[] = {
	    {{.kind = "record", .workload = asked->workload}, find_newest, e},
	    {{.kind = "correction", .workload = asked->workload},
	     find_corrected,
	     e}};
	struct session *s = e->session;
	const char *dir;
	int r = session_ledger(s, &dir);

	if (r == 0)
		r = rows_ask(s, dir, all, 2);
	if (r != 0)
		return r;
	r = rows_all(s, dir, asked, print_row, e);
	/* No heads of columns before it is known that the names are. */
	if (r == 0 && !e->any) {
		r = unknown_names(s, dir, asked);
		if (r == 0)
			writer_table(&s->writer, "record", columns, COLUMNS);
	}
	if (r == 0 || e->any)
		writer_close(&s->writer);
	return r;
}

int
cmd_export(struct session *s)
{
	const char *format = s->args->value[OPTION_FORMAT];
	struct exporting e = {.session = s};
	struct row_filter asked;
	int r;

	if (format != NULL)
		s->writer.format =
		    strcmp(format, "csv") == 0 ? WRITER_CSV : WRITER_JSON;
	else if (s->writer.format == WRITER_TEXT)
		s->writer.format = WRITER_CSV;
	r = asked_rows(s, &asked);
	if (r == 0)
		r = export_rows(&e, &asked);
	map_free(&e.newest);
	map_free(&e.corrected);
	free(e.seqs);
	return r;
}
