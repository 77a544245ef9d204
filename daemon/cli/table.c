/* Each column is a key of a workload, by its name or by --map.  Without a map
 * nothing is left out: a column that was not meant to be would be lost in
 * silence.  A mistake does not end the search for others; one that follows
 * from another is not told. */
#include "cli/table.h"
#include "base/text.h"
#include "cli/typed.h"
#include "io/files.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_BYTES = 32 };

static const char by_map[] = "map the columns that count with --map "
			     "KEY=COLUMN,...";

/* Counted also where there is no memory for its words. */
void
table_wrong(struct table *t, int line, const char *column, const char *hint,
	    const char *fmt, ...)
{
	struct conf_report *r = &t->wrong;
	struct conf_message *m = r->at;
	struct buf what = {0};
	va_list ap;

	r->n_errors++;
	if ((r->n & (r->n - 1)) == 0)
		m = reallocarray(r->at, r->n == 0 ? 1 : 2 * r->n, sizeof(*m));
	if (m == NULL)
		return;
	r->at = m;
	va_start(ap, fmt);
	buf_vprintf(&what, fmt, ap);
	va_end(ap);
	m += r->n;
	*m = (struct conf_message){
	    CONF_ERROR,	    strdup(t->path),  line,
	    strdup(column), buf_steal(&what), strdup(hint)};
	r->n++;
	if (m->file != NULL && m->key != NULL && m->what != NULL &&
	    m->hint != NULL)
		return;
	r->n--;
	free(m->file);
	free(m->key);
	free(m->what);
	free(m->hint);
}

/* One mistake fits into the line that says that nothing was done. */
static int
fail(struct session *s, const struct table *t, enum ctl_exit status)
{
	struct buf line = {0};
	int r;

	if (t->wrong.n_errors == 1 && t->wrong.n == 1 &&
	    s->writer.format == WRITER_TEXT) {
		conf_report_print(&t->wrong, &line);
		r = session_fail(s, status,
				 "%.*s; nothing was written; see "
				 "evidencectl import-workloads --help",
				 (int)strcspn(buf_text(&line), "\n"),
				 buf_text(&line));
		buf_free(&line);
		return r;
	}
	session_print_report(s, &t->wrong);
	return session_fail(
	    s, status,
	    "%s: %zu error%s; nothing was written; see evidencectl "
	    "import-workloads --help",
	    t->path, t->wrong.n_errors, TEXT_PLURAL(t->wrong.n_errors));
}

/* ---- columns ---- */

/* The columns of that name. */
static size_t
count_columns(const struct table *t, const char *name, size_t *ret_last)
{
	size_t n = 0;

	for (size_t i = 0; i < t->head.n; i++) {
		if (strcmp(t->head.cell[i], name) == 0) {
			*ret_last = i;
			n++;
		}
	}
	return n;
}

static void
no_such_column(struct table *t, const char *key, const char *column)
{
	const char *near = text_suggest(column, t->head.cell, t->head.n);
	struct buf hint = {0};

	if (near != NULL)
		buf_printf(&hint, "did you mean %s?", near);
	else
		buf_puts(&hint, "a column is named as in the first record");
	table_wrong(t, t->head.line, column, buf_text(&hint),
		    "--map %s=%s: there is no such column", key, column);
	buf_free(&hint);
}

static void
map_one(struct table *t, char *pair)
{
	char *equals = strchr(pair, '=');
	struct err err;
	size_t column = 0, n;
	int key;

	if (equals == NULL) {
		table_wrong(t, t->head.line, "", "",
			    "--map %s: KEY=COLUMN is expected", pair);
		return;
	}
	*equals = '\0';
	key = draft_key(pair, &err);
	n = count_columns(t, equals + 1, &column);
	if (key < 0)
		table_wrong(t, t->head.line, equals + 1, "", "--map %s=%s: %s",
			    pair, equals + 1, err.text);
	if (n == 0)
		no_such_column(t, pair, equals + 1);
	else if (n > 1)
		table_wrong(
		    t, t->head.line, equals + 1, "give each its own name",
		    "--map %s=%s: two columns of that name", pair, equals + 1);
	else if (t->key_of[column] >= 0)
		table_wrong(t, t->head.line, equals + 1, "",
			    "--map %s=%s: the column is mapped twice", pair,
			    equals + 1);
	else if (key >= 0)
		t->key_of[column] = key;
}

static void
map_by_option(struct table *t, const char *map)
{
	char *rest, *pair;

	buf_puts(&t->map, map);
	rest = t->map.data;
	while ((pair = strsep(&rest, ",")) != NULL)
		map_one(t, pair);
}

static void
wrong_name(struct table *t, size_t i, const char *hint, const struct err *err)
{
	char place[COLUMN_BYTES];

	snprintf(place, sizeof(place), "column %zu", i + 1);
	table_wrong(t, t->head.line, place, hint, "%s", err->text);
}

static void
map_by_name(struct table *t)
{
	struct err err;

	for (size_t i = 0; i < t->head.n; i++) {
		t->key_of[i] = draft_key(t->head.cell[i], &err);
		if (t->key_of[i] < 0)
			wrong_name(t, i, by_map, &err);
	}
}

/* A table without names has values there; no other words may say them. */
static void
judge_names(struct table *t)
{
	struct err err;

	for (size_t i = 0; i < t->head.n; i++) {
		if (typed_judge(t->known, t->head.cell[i], &err) < 0)
			wrong_name(t, i, "", &err);
	}
}

static void
check_columns(struct table *t)
{
	int label = draft_key("label", NULL);
	bool good = t->wrong.n_errors == 0;

	for (size_t i = 0; i < t->head.n; i++) {
		int key = t->key_of[i];

		if (key < 0)
			continue;
		if (t->column_of[key] != NULL)
			table_wrong(t, t->head.line, t->head.cell[i],
				    "leave one out with --map",
				    "two columns for one key");
		t->column_of[key] = t->head.cell[i];
	}
	if (good && t->column_of[label] == NULL)
		table_wrong(t, t->head.line, "", "name it: --map label=COLUMN",
			    "no column is the label");
}

static int
map_columns(struct session *s, struct table *t)
{
	bool mapped = arguments_has(s->args, OPTION_MAP);
	enum ctl_exit status = CTL_CONFIG_INVALID;

	for (size_t i = 0; i < CSV_CELLS_MAX; i++)
		t->key_of[i] = -1;
	judge_names(t);
	if (t->wrong.n_errors > 0)
		return fail(s, t, status);
	if (mapped)
		map_by_option(t, s->args->value[OPTION_MAP]);
	else
		map_by_name(t);
	if (mapped && t->wrong.n_errors > 0)
		status = CTL_USAGE;
	check_columns(t);
	return t->wrong.n_errors == 0 ? CTL_OK : (int)fail(s, t, status);
}

/* ---- the first record ---- */

int
table_open(struct session *s, struct table *t)
{
	struct err err;
	int r;

	r = session_text(s, t->path, FILES_CONF_MAX_BYTES, &t->text,
			 &t->csv.len);
	if (r != CTL_OK)
		return r;
	t->csv.text = t->text;
	t->csv.line = 1;
	r = csv_next(&t->csv, &t->head, &err);
	if (r < 0)
		table_wrong(t, t->csv.line, "", "", "%s", err.text);
	else if (r == 0)
		table_wrong(t, 0, "", "its first record names the columns",
			    "it is empty");
	else if (t->head.n == 1 && strchr(t->head.cell[0], ';') != NULL)
		table_wrong(t, t->head.line, "", "export it with commas",
			    "semicolons stand between its cells");
	if (t->wrong.n_errors > 0)
		return fail(s, t, CTL_CONFIG_INVALID);
	return map_columns(s, t);
}

void
table_close(struct table *t)
{
	csv_record_free(&t->head);
	conf_report_free(&t->wrong);
	buf_free(&t->map);
	free(t->text);
}
