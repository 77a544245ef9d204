/* Cells are kept until the table is closed, because the width of a column is
 * that of its widest cell.  Every cell is kept twice, as text and as JSON
 * value: which of them is printed is decided in one place. */
#include "report/writer.h"
#include "base/json.h"
#include "base/text.h"
#include "report/writer_csv.h"
#include "report/writer_html.h"
#include "report/writer_layout.h"
#include "report/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING "\xe2\x80\x94" /* an em dash */

static void
open_columns(struct writer *w, const char *object, const struct column *columns,
	     size_t n, bool card)
{
	assert(w->columns == NULL && n > 0 && n <= WRITER_COLUMNS_MAX);
	w->object = object;
	w->columns = columns;
	w->n_columns = n;
	w->card = card;
}

void
writer_table(struct writer *w, const char *object, const struct column *columns,
	     size_t n)
{
	open_columns(w, object, columns, n, false);
}

void
writer_card(struct writer *w, const char *object, const struct column *columns,
	    size_t n)
{
	open_columns(w, object, columns, n, true);
}

/* Takes both buffers. */
static void
put(struct writer *w, struct buf *text, struct buf *value)
{
	struct cell cell = {buf_steal(text), buf_steal(value)};
	struct cell *cells = w->cells;

	assert(w->columns != NULL);
	if ((w->n_cells & (w->n_cells - 1)) == 0)
		cells =
		    realloc(w->cells, (w->n_cells == 0 ? 1 : 2 * w->n_cells) *
					  sizeof(*cells));
	if (cells != NULL)
		w->cells = cells;
	if (cells == NULL || cell.text == NULL || cell.value == NULL) {
		w->failed = true;
		free(cell.text);
		free(cell.value);
		return;
	}
	w->cells[w->n_cells++] = cell;
}

static void
put_plain(struct writer *w, const char *text, const char *value)
{
	struct buf t = {0}, v = {0};

	buf_puts(&t, text);
	buf_puts(&v, value);
	put(w, &t, &v);
}

void
writer_none(struct writer *w)
{
	put_plain(w, NOTHING, "null");
}

static void
add_clean(struct buf *text, struct buf *value, const char *from)
{
	struct buf clean = {0};

	text_clean(&clean, from, strlen(from), strlen(from));
	buf_puts(text, buf_text(&clean));
	if (!json_quote(value, buf_text(&clean), clean.len) || clean.failed)
		value->failed = true;
	buf_free(&clean);
}

void
writer_text(struct writer *w, const char *text)
{
	struct buf t = {0}, v = {0};

	if (text != NULL)
		add_clean(&t, &v, text);
	if (t.len > 0 || t.failed || v.failed) {
		put(w, &t, &v);
		return;
	}
	buf_free(&t);
	buf_free(&v);
	writer_none(w);
}

void
writer_int(struct writer *w, int64_t n)
{
	struct buf t = {0}, v = {0};

	buf_printf(&t, "%" PRId64, n);
	buf_printf(&v, "%" PRId64, n);
	put(w, &t, &v);
}

void
writer_row(struct writer *w, uint64_t seq)
{
	if (seq == 0)
		writer_none(w);
	else
		writer_int(w, (int64_t)seq);
}

void
writer_bool(struct writer *w, bool yes)
{
	put_plain(w, yes ? "yes" : "no", yes ? "true" : "false");
}

void
writer_time(struct writer *w, struct wall_time t)
{
	char text[WALL_RFC3339_LEN + 1];

	if (t.us == 0)
		writer_none(w);
	else
		writer_text(w, wall_format(t, text));
}

void
writer_day(struct writer *w, int32_t day)
{
	char text[WALL_DAY_LEN + 1];

	if (day == INT32_MIN || day == INT32_MAX)
		writer_none(w);
	else
		writer_text(w, day_format(day, text));
}

void
writer_list(struct writer *w, const char *const *items, size_t n)
{
	struct buf t = {0}, v = {0};

	buf_putc(&v, '[');
	for (size_t i = 0; i < n; i++) {
		buf_puts(&t, i == 0 ? "" : ", ");
		buf_puts(&v, i == 0 ? "" : ",");
		add_clean(&t, &v, items[i]);
	}
	buf_putc(&v, ']');
	if (n == 0)
		buf_puts(&t, NOTHING);
	put(w, &t, &v);
}

void
writer_reasons(struct writer *w, reason_set reasons)
{
	const char *codes[REASONS];
	size_t n = 0;

	for (int i = 0; i < REASONS; i++) {
		if ((reasons & reason_bit((enum reason)i)) != 0)
			codes[n++] = reason_info((enum reason)i)->code;
	}
	writer_list(w, codes, n);
}

void
writer_lines(struct writer *w, const char *text)
{
	struct buf t = {0}, v = {0};

	if (text[0] == '\0') {
		writer_none(w);
		return;
	}
	text_clean(&t, text, strlen(text), strlen(text));
	if (!json_quote(&v, text, strlen(text)))
		v.failed = true;
	put(w, &t, &v);
}

void
writer_json(struct writer *w, const char *json)
{
	put_plain(w, json, json);
}

/* The members of an object in the order of their keys. */
struct member {
	const char *key;
	const char *value;
};

static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static void
print_json_row(const struct writer *w, const struct cell *row)
{
	struct member members[WRITER_COLUMNS_MAX + 2];
	struct buf object = {0}, schema = {0};
	size_t n = w->n_columns;

	json_quote(&object, w->object, strlen(w->object));
	buf_printf(&schema, "%d", WRITER_SCHEMA);
	for (size_t i = 0; i < n; i++)
		members[i] = (struct member){w->columns[i].key, row[i].value};
	members[n++] = (struct member){"object", buf_text(&object)};
	members[n++] = (struct member){"schema", buf_text(&schema)};
	qsort(members, n, sizeof(members[0]), compare_members);
	for (size_t i = 0; i < n; i++) {
		assert(i == 0 ||
		       strcmp(members[i - 1].key, members[i].key) < 0);
		buf_printf(w->out, "%s\"%s\":%s", i == 0 ? "{" : ",",
			   members[i].key, members[i].value);
	}
	buf_puts(w->out, "}\n");
	w->out->failed |= object.failed || schema.failed;
	buf_free(&object);
	buf_free(&schema);
}

static void
print_yaml_row(const struct writer *w, const struct cell *row)
{
	buf_printf(w->out, "- object: \"%s\"\n  schema: %d\n", w->object,
		   WRITER_SCHEMA);
	for (size_t i = 0; i < w->n_columns; i++) {
		buf_printf(w->out, "  %s: ", w->columns[i].key);
		yaml_of_json(w->out, row[i].value);
		buf_putc(w->out, '\n');
	}
}

void
writer_close(struct writer *w)
{
	size_t n = w->n_columns;

	if (!w->failed) {
		assert(w->n_cells % n == 0);
		if (w->format == WRITER_JSON) {
			for (size_t i = 0; i < w->n_cells; i += n)
				print_json_row(w, &w->cells[i]);
		} else if (w->format == WRITER_YAML) {
			for (size_t i = 0; i < w->n_cells; i += n)
				print_yaml_row(w, &w->cells[i]);
		} else if (w->format == WRITER_HTML) {
			if (w->n_cells > 0)
				html_table(w);
		} else if (w->format == WRITER_CSV) {
			csv_table(w);
		} else if (w->card) {
			for (size_t i = 0; i < w->n_cells; i += n)
				layout_card(w, &w->cells[i]);
		} else if (w->n_cells > 0) {
			layout_table(w);
		}
	}
	for (size_t i = 0; i < w->n_cells; i++) {
		free(w->cells[i].text);
		free(w->cells[i].value);
	}
	free(w->cells);
	w->cells = NULL;
	w->n_cells = 0;
	w->columns = NULL;
}

bool
writer_ok(const struct writer *w)
{
	return !w->failed && !w->out->failed;
}
