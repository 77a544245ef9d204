/* One row of the ledger: with --json its very bytes, else its members one
 * under the other. */
#include "cli/show.h"
#include "io/disk.h"
#include "cli/rows.h"
#include "cli/unknown.h"

#include "base/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_COLUMNS = 30 };

static void put_value(struct session *s, const char *name,
		      struct json_object *value);

static void
put_line(struct session *s, const char *name, const char *text)
{
	char indent[160];

	snprintf(indent, sizeof(indent), "  %-*s  ", NAME_MAX_COLUMNS, name);
	writer_paragraph(&s->writer, indent, text);
}

static void
put_members(struct session *s, const char *prefix, struct json_object *object)
{
	json_object_object_foreach(object, key, value)
	{
		char name[160];

		snprintf(name, sizeof(name), "%s%s%s", prefix,
			 prefix[0] == '\0' ? "" : ".", key);
		put_value(s, name, value);
	}
}

/* Simple elements stand in one line; objects one after the other. */
static void
put_array(struct session *s, const char *name, struct json_object *array)
{
	size_t n = json_object_array_length(array);
	struct buf line = {0};
	char item[180];

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(array, i);

		if (json_object_is_type(o, json_type_object) ||
		    json_object_is_type(o, json_type_array)) {
			snprintf(item, sizeof(item), "%s[%zu]", name, i);
			put_value(s, item, o);
			continue;
		}
		buf_printf(&line, "%s%s", line.len == 0 ? "" : ", ",
			   json_object_get_string(o));
	}
	if (n == 0)
		put_line(s, name, "(none)");
	else if (line.len > 0)
		put_line(s, name, buf_text(&line));
	buf_free(&line);
}

static void
put_value(struct session *s, const char *name, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_object:
		put_members(s, name, value);
		break;
	case json_type_array:
		put_array(s, name, value);
		break;
	case json_type_null:
		put_line(s, name, "null");
		break;
	default:
		put_line(s, name, json_object_get_string(value));
		break;
	}
}

void
show_members(struct session *s, const char *section, struct json_object *object)
{
	static const struct column columns[] = {{"section", "section", 0},
						{"values", "values", 0}};
	struct writer *w = &s->writer;

	if (w->format == WRITER_TEXT) {
		put_members(s, "", object);
		return;
	}
	writer_card(w, "configuration", columns, 2);
	writer_text(w, section);
	writer_json(w, json_object_to_json_string_ext(
			   object, JSON_C_TO_STRING_PLAIN |
				       JSON_C_TO_STRING_NOSLASHESCAPE));
	writer_close(w);
}

struct shown {
	struct session *session;
	const char *dir;
	const struct view_correction *correction; /* NULL: none */
	bool found;
};

/* The text that the row rests on, where it is no more. */
static void
put_erased(struct session *s, const char *dir, const struct row *row,
	   struct json_object *body)
{
	bool config = strcmp(row->kind, "config.loaded") == 0;
	const char *hex =
	    json_get_string(body, config ? "digest" : "text_sha256", "");
	struct digest digest;
	struct err err;
	char *text;
	size_t len;

	if (strlen(hex) != DIGEST_HEX_LEN ||
	    hex_decode(hex, DIGEST_LEN, digest.bytes) < 0)
		return;
	if (ledger_blob(&disk_io, dir, &digest, &text, &len, &err) == 0)
		free(text);
	else
		put_line(s, "text", err.text);
}

/* A claim in other words passes the deny list: whose word it is is told. */
static void
say_whose_note(struct session *s, struct json_object *body)
{
	struct buf line = {0};

	if (json_get_string(body, "note", "")[0] == '\0')
		return;
	buf_printf(&line,
		   "the note is what a person said as %s: it is no evidence, "
		   "and no packet repeats it",
		   json_get_string(body, "role", "nobody that is named"));
	writer_paragraph(&s->writer, "", buf_text(&line));
	buf_free(&line);
}

static int
print_row(void *ctx, const struct row *row)
{
	struct shown *shown = ctx;
	struct session *s = shown->session;
	char at[WALL_RFC3339_MICRO_LEN + 1], hex[DIGEST_HEX_LEN + 1];
	struct json_object *body = NULL;

	shown->found = true;
	if (s->writer.format == WRITER_JSON) {
		buf_add(&s->out, row->line, row->line_len);
		buf_putc(&s->out, '\n');
		return 1;
	}
	buf_printf(&s->out, "row %" PRIu64 "  %s  %s\n", row->seq, row->kind,
		   wall_format_micro(row->at, at));
	if (json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &body,
		       NULL) == 0) {
		put_members(s, "", body);
		put_erased(s, shown->dir, row, body);
	}
	put_line(s, "id", row->id);
	put_line(s, "leaf", digest_hex(&row->leaf, hex));
	say_whose_note(s, body);
	json_object_put(body);
	if (shown->correction != NULL)
		buf_printf(&s->out,
			   "corrected by row %" PRIu64
			   ": evidencectl show %" PRIu64 "\n",
			   shown->correction->by, shown->correction->by);
	return 1;
}

int
show_row(struct session *s, uint64_t seq)
{
	struct shown shown = {.session = s};
	const struct view *view;
	const char *dir;
	int r;

	r = session_ledger(s, &dir);
	if (r == 0 && s->writer.format == WRITER_TEXT) {
		r = session_view(s, &view);
		if (r == 0)
			shown.correction = view_correction(view, seq);
	}
	if (r != 0)
		return r;
	shown.dir = dir;
	r = rows_at(s, dir, seq, print_row, &shown);
	if (r == 0 && !shown.found && !s->damaged)
		r = unknown_row(s, dir, seq);
	return r;
}
