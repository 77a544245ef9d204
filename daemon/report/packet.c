/* The packet as a value, and as JSON and YAML. */
#include "report/packet.h"
#include "base/json.h"
#include "report/packet_inside.h"
#include "report/yaml.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* The public schema: names and order are those of the support packet. */
const char *const packet_fields[PACKET_FIELDS] = {
    "review_date",
    "reviewer_role",
    "source_urls_checked",
    "request_time_utc",
    "workload_label",
    "owner_group",
    "environment",
    "request_result",
    "usage_evidence_present",
    "pricing_reference_checked",
    "allocation_rule",
    "unit_metric_name",
    "decision",
    "follow_up_owner",
};

static const char *const choices[] = {
    [PACKET_GIVEN] = "given",
    [PACKET_CLOSED] = "newest_closed",
    [PACKET_NEWEST] = "newest",
};

static void
read_evidence(struct packet *p)
{
	struct json_object *list = json_get(p->body, "evidence");
	size_t n = json_object_is_type(list, json_type_array)
		       ? json_object_array_length(list)
		       : 0;

	for (size_t i = 0; i < n && p->n_evidence < PACKET_EVIDENCE_MAX; i++) {
		struct json_object *seq = json_object_array_get_idx(list, i);

		if (json_object_is_type(seq, json_type_int))
			p->evidence[p->n_evidence++] =
			    (uint64_t)json_object_get_int64(seq);
	}
}

static bool
is_record(struct json_object *body)
{
	for (size_t i = 0; i < PACKET_FIELDS; i++) {
		if (json_get(body, packet_fields[i]) == NULL)
			return false;
	}
	return true;
}

int
packet_new(const struct row *record, enum packet_choice choice,
	   struct packet **ret_packet, struct err *err)
{
	struct packet *p;
	int r;

	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return err_set(err, ERR_NOMEM, "no memory");
	p->choice = choice;
	p->seq = record->seq;
	p->leaf = record->leaf;
	p->len = record->body_len;
	p->text = malloc(p->len + 1);
	r = p->text == NULL ? err_set(err, ERR_NOMEM, "no memory")
			    : json_parse(record->body, record->body_len,
					 &JSON_LEDGER_LIMITS, &p->body, err);
	if (r == 0 && !is_record(p->body))
		r = err_set(err, ERR_INVALID,
			    "row %" PRIu64 " is no record with the fourteen "
			    "fields of a packet",
			    record->seq);
	if (r < 0) {
		packet_free(p);
		return r;
	}
	memcpy(p->text, record->body, p->len);
	p->text[p->len] = '\0';
	read_evidence(p);
	*ret_packet = p;
	return 0;
}

void
packet_free(struct packet *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n_evidence; i++)
		json_object_put(p->rows[i].body);
	json_object_put(p->body);
	free(p->text);
	free(p);
}

const uint64_t *
packet_evidence(const struct packet *p, size_t *ret_n)
{
	*ret_n = p->n_evidence;
	return p->evidence;
}

int
packet_add(struct packet *p, const struct row *row)
{
	for (size_t i = 0; i < p->n_evidence; i++) {
		struct packet_row *to = &p->rows[i];
		int r;

		if (p->evidence[i] != row->seq || to->body != NULL)
			continue;
		r = json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS,
			       &to->body, NULL);
		if (r < 0)
			return r;
		to->seq = row->seq;
		to->at = row->at;
		memcpy(to->kind, row->kind, strlen(row->kind) + 1);
		return 0;
	}
	return ERR_NOT_FOUND;
}

void
packet_correct(struct packet *p, const struct row *correction)
{
	struct json_object *body;

	if (p->corrected_by != 0 ||
	    json_parse(correction->body, correction->body_len,
		       &JSON_LEDGER_LIMITS, &body, NULL) < 0)
		return;
	if (json_get_int(json_get(body, "corrects"), "seq", -1) ==
	    (int64_t)p->seq)
		p->corrected_by = correction->seq;
	json_object_put(body);
}

const char *
packet_value(const struct packet *p, const char *key)
{
	return json_get_string(p->body, key, "");
}

const struct packet_row *
packet_row_of(const struct packet *p, const char *kind)
{
	const struct packet_row *newest = NULL;

	for (size_t i = 0; i < p->n_evidence; i++) {
		if (strcmp(p->rows[i].kind, kind) == 0)
			newest = &p->rows[i];
	}
	return newest;
}

const char *
packet_decision(const struct packet *p)
{
	const char *decision = packet_value(p, "decision");

	if (strcmp(decision, "pass") == 0 &&
	    strcmp(packet_value(p, "evidence_tier"), "response") == 0)
		return "pass (response only)";
	return decision;
}

void
packet_title(const struct packet *p, struct buf *out)
{
	static const char *const why[] = {
	    [PACKET_GIVEN] = "the day that was asked for",
	    [PACKET_CLOSED] = "the newest day whose window and lag have closed",
	    [PACKET_NEWEST] = "the newest record; its day has not closed yet",
	};

	buf_printf(out, "%s %s: %s (row %" PRIu64 ")",
		   packet_value(p, "workload_label"),
		   packet_value(p, "review_date"), why[p->choice], p->seq);
}

static void
put_yaml_list(struct json_object *list, struct buf *out)
{
	size_t n = json_object_array_length(list);

	if (n == 0)
		buf_puts(out, " []");
	buf_putc(out, '\n');
	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		buf_puts(out, "  - ");
		yaml_quote(out, json_object_get_string(item));
		buf_putc(out, '\n');
	}
}

int
packet_yaml(const struct packet *p, struct buf *out)
{
	buf_puts(out, "# ");
	packet_title(p, out);
	buf_putc(out, '\n');
	if (strcmp(packet_decision(p), packet_value(p, "decision")) != 0)
		buf_printf(out, "# %s: no account surface was looked at\n",
			   packet_decision(p));
	if (p->corrected_by != 0)
		buf_printf(out, "# corrected by row %" PRIu64 "\n",
			   p->corrected_by);
	for (size_t i = 0; i < PACKET_FIELDS; i++) {
		struct json_object *value = json_get(p->body, packet_fields[i]);

		buf_printf(out, "%s:", packet_fields[i]);
		if (json_object_is_type(value, json_type_array)) {
			put_yaml_list(value, out);
			continue;
		}
		buf_putc(out, ' ');
		yaml_quote(out, packet_value(p, packet_fields[i]));
		buf_putc(out, '\n');
	}
	return out->failed ? ERR_NOMEM : 0;
}

int
packet_json(const struct packet *p, struct buf *out)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_string(&w, "choice", choices[p->choice]);
	if (p->corrected_by == 0)
		json_put_null(&w, "corrected_by");
	else
		json_put_int(&w, "corrected_by", (int64_t)p->corrected_by);
	json_put_string(&w, "leaf", digest_hex(&p->leaf, hex));
	json_put_string(&w, "object", "packet");
	json_put_raw(&w, "record", p->text, p->len);
	json_put_int(&w, "schema", WRITER_SCHEMA);
	json_put_int(&w, "seq", (int64_t)p->seq);
	json_object_close(&w);
	buf_putc(out, '\n');
	return json_writer_ok(&w) ? 0 : ERR_INVALID;
}
