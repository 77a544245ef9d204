/* The packet of a workload's day.
 *
 * The newest record of a day counts.  Records are looked for from the end of
 * the ledger: a record of day D is never written before D, so the search ends
 * at the first block of rows that is older. */
#include "base/json.h"
#include "cli/config_then.h"
#include "cli/packet_format.h"
#include "cli/row_limit.h"
#include "cli/rows.h"
#include "cli/unknown.h"
#include "report/packet.h"
#include "report/standing.h"

#include <json-c/json.h>
#include <string.h>

struct choosing {
	struct session *session;
	const struct config *config;
	const struct workload *workload; /* NULL: rows alone */
	bool given;
	int32_t day; /* given */
	/* the newest record of the newest day that fits, and of any */
	struct row_list best, any;
	int32_t best_day, any_day;
	bool failed;
};

static bool
record_day(const struct row *row, int32_t *ret)
{
	struct json_object *body;
	bool ok;

	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) < 0)
		return false;
	ok = day_parse(json_get_string(body, "review_date", ""), ret) == 0;
	json_object_put(body);
	return ok;
}

static bool
has_closed(const struct choosing *c, int32_t day)
{
	/* By a record: whether it was loaded late is no matter. */
	return standing_has_closed(c->config, c->workload, day, NULL,
				   c->session->now.wall);
}

/* Rows come newest first: of one day the first one seen counts. */
static void
consider(struct choosing *c, const struct row *row)
{
	int32_t day;

	if (!record_day(row, &day))
		return;
	if (c->any.n == 0) {
		c->failed |= !row_list_add(&c->any, row);
		c->any_day = day;
	}
	if (c->given ? day != c->day : !has_closed(c, day))
		return;
	if (c->best.n > 0 && day <= c->best_day)
		return;
	row_list_free(&c->best);
	c->failed |= !row_list_add(&c->best, row);
	c->best_day = day;
}

static int
look_at_block(void *ctx, struct row_list *rows, struct wall_time oldest)
{
	struct choosing *c = ctx;
	struct row_names names;
	struct row row;
	int32_t wanted = c->given ? c->day : c->best_day;

	for (size_t i = rows->n; i > 0; i--) {
		if (row_list_at(rows, i - 1, &names, &row))
			consider(c, &row);
	}
	row_list_free(rows);
	if (c->failed)
		return ERR_NOMEM;
	wanted = c->given ? c->day : c->best_day;
	/* What is older cannot hold a newer day. */
	return (c->given || c->best.n > 0) && wall_day(oldest) < wanted;
}

static int
add_row(void *ctx, const struct row *row)
{
	return packet_add(ctx, row) == ERR_NOMEM ? ERR_NOMEM : 1;
}

static int
add_evidence(struct session *s, const char *dir, struct packet *packet)
{
	size_t n;
	const uint64_t *seqs = packet_evidence(packet, &n);
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = rows_at(s, dir, seqs[i], add_row, packet);
	return r;
}

struct correcting {
	struct packet *packet;
	struct wall_time since; /* its record was written */
};

static int
take_corrections(void *ctx, struct row_list *rows, struct wall_time oldest)
{
	const struct correcting *c = ctx;
	struct row_names names;
	struct row row;

	for (size_t i = 0; i < rows->n; i++) {
		if (row_list_at(rows, i, &names, &row))
			packet_correct(c->packet, &row);
	}
	row_list_free(rows);
	return oldest.us < c->since.us;
}

/* What was written before a record corrects it not. */
static int
add_corrections(struct session *s, const char *dir, struct wall_time since,
		struct packet *packet)
{
	const struct row_filter corrections = {
	    .kind = "correction", .workload = s->args->value[OPTION_WORKLOAD]};
	struct correcting c = {packet, since};

	return rows_back(s, dir, &corrections, take_corrections, &c);
}

static int
print_packet(struct session *s, const struct packet *packet,
	     const struct config *config, enum packet_format format)
{
	int r = 0;

	if (format == FORMAT_YAML)
		r = packet_yaml(packet, &s->out);
	else if (format == FORMAT_JSON)
		r = packet_json(packet, &s->out);
	else
		packet_text(packet, config, &s->writer);
	return r < 0 ? session_fail(s, CTL_CHECK_FAILED,
				    "the packet cannot be written: %s",
				    err_name(r))
		     : CTL_OK;
}

static int
print_chosen(struct session *s, const char *dir, const struct choosing *c,
	     enum packet_format format)
{
	bool closed = c->best.n > 0;
	struct packet *packet;
	struct row_names names;
	struct err err;
	struct row row;
	int r;

	if (!row_list_at(closed ? &c->best : &c->any, 0, &names, &row))
		return session_fail(s, CTL_LEDGER_DAMAGED,
				    "the record cannot be read; evidencectl "
				    "verify");
	r = packet_new(&row,
		       c->given ? PACKET_GIVEN
		       : closed ? PACKET_CLOSED
				: PACKET_NEWEST,
		       &packet, &err);
	if (r < 0)
		return session_fail(s, CTL_CHECK_FAILED, "%s", err.text);
	r = add_evidence(s, dir, packet);
	if (r == 0)
		r = add_corrections(s, dir, row.at, packet);
	if (r == 0)
		r = print_packet(s, packet, c->config, format);
	packet_free(packet);
	return r;
}

/* Records of other days, or checks. */
static bool
has_rows(struct session *s, const char *label)
{
	const struct view *view = session_view_if_any(s);

	return view != NULL && view_workload(view, label) != NULL;
}

static int
no_record(struct session *s, const struct choosing *c)
{
	const char *label = s->args->value[OPTION_WORKLOAD];
	const char *at = s->args->value[OPTION_AT];
	char day[WALL_DAY_LEN + 1];

	if (at != NULL)
		return session_fail(s, CTL_NO_OBJECT,
				    "%s had no record%s%s by --at %s; see "
				    "evidencectl history --workload %s --kind "
				    "record",
				    label, c->given ? " of " : "",
				    c->given ? day_format(c->day, day) : "", at,
				    label);
	if (c->any.n == 0 && c->workload == NULL && !has_rows(s, label))
		return unknown_thing(s, c->config, NEAREST_WORKLOAD,
				     "no workload", label,
				     "evidencectl list workloads");
	if (!c->given)
		return session_fail(s, CTL_NO_OBJECT,
				    "%s has no record yet; see evidencectl "
				    "why %s",
				    label, label);
	return session_fail(s, CTL_NO_OBJECT,
			    "%s has no record of %s; see evidencectl history "
			    "--workload %s --kind record",
			    label, day_format(c->day, day), label);
}

static int
choose_and_print(struct session *s, struct choosing *c,
		 enum packet_format format)
{
	const struct row_filter records = {.kind = "record",
					   .workload =
					       s->args->value[OPTION_WORKLOAD],
					   .day = s->args->value[OPTION_DATE]};
	const char *dir;
	int r = session_ledger(s, &dir);

	if (r == 0)
		r = rows_back(s, dir, &records, look_at_block, c);
	if (r == 0 && c->best.n == 0 && (c->given || c->any.n == 0))
		r = no_record(s, c);
	else if (r == 0)
		r = print_chosen(s, dir, c, format);
	row_list_free(&c->best);
	row_list_free(&c->any);
	return r;
}

static enum packet_format
asked_format(const struct session *s)
{
	static const char *const words[] = {
	    [FORMAT_TEXT] = "text",
	    [FORMAT_YAML] = "yaml",
	    [FORMAT_JSON] = "json",
	    [FORMAT_HTML] = "html",
	};
	const char *word = s->args->value[OPTION_FORMAT];
	int format =
	    s->writer.format == WRITER_JSON ? FORMAT_JSON : FORMAT_TEXT;

	for (int i = FORMAT_TEXT; word != NULL && i <= FORMAT_HTML; i++) {
		if (strcmp(words[i], word) == 0)
			format = i;
	}
	return (enum packet_format)format;
}

/* Of one workload. */
static int
packet_of_one(struct session *s, struct choosing *c, enum packet_format format)
{
	const char *label = s->args->value[OPTION_WORKLOAD];

	if (arguments_has(s->args, OPTION_BY) ||
	    arguments_has(s->args, OPTION_OWNER))
		return session_fail(s, CTL_USAGE,
				    "--workload %s is one workload: without "
				    "--by and --owner",
				    label);
	if (format == FORMAT_HTML)
		return session_fail(s, CTL_USAGE,
				    "--format html is a page of many "
				    "workloads: without --workload");
	if (c->config != NULL)
		c->workload = config_workload(c->config, label);
	/* --format decides, also beside --json. */
	if (format == FORMAT_TEXT)
		s->writer.format = WRITER_TEXT;
	return choose_and_print(s, c, format);
}

static int
packet_of(struct session *s, struct choosing *c)
{
	if (s->args->value[OPTION_WORKLOAD] != NULL)
		return packet_of_one(s, c, asked_format(s));
	return packet_of_many(s, c->config, c->given ? &c->day : NULL,
			      asked_format(s));
}

/* Where nothing is configured, what was loaded last stands for it. */
static int
packet_as_loaded(struct session *s, struct choosing *c)
{
	struct config *then;
	int r = config_then_newest(s, &then);

	if (then != NULL)
		c->config = then;
	if (r == 0)
		r = packet_of(s, c);
	config_free(then);
	return r;
}

/* As of a row nothing of today counts, where it can be had. */
static int
packet_as_of(struct session *s, struct choosing *c)
{
	struct row_limit limit;
	int r = row_limit_set(s, &limit);

	return r == 0 ? packet_as_loaded(s, c) : r;
}

int
cmd_packet(struct session *s)
{
	const char *date = s->args->value[OPTION_DATE];
	struct choosing c = {.session = s, .given = date != NULL};
	int r;

	if (date != NULL && day_parse(date, &c.day) < 0)
		return session_fail(s, CTL_USAGE,
				    "--date %s: a UTC day is expected, as "
				    "2026-07-03",
				    date);
	r = session_config_if_any(s, &c.config);
	if (r != 0)
		return r;
	if (arguments_has(s->args, OPTION_AT))
		return packet_as_of(s, &c);
	return c.config == NULL ? packet_as_loaded(s, &c) : packet_of(s, &c);
}
