/* Workloads out of a spreadsheet.  Each column is a key of a workload, by its
 * name or by --map; each record becomes one workload.  A record that cannot
 * be one is refused with its line, and then nothing is written: half a table
 * in conf.d would have to be taken apart by hand. */
#include "cli/typed.h"
#include "cli/workload_file.h"
#include "conf/csv.h"
#include "io/credentials.h"
#include "io/files.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64, ROWS_MAX = 10000 };

struct import {
	const char *path;
	struct credentials *known;
	char *text;
	struct csv csv;
	struct csv_record head, *records;
	struct draft *drafts;
	int *lines;
	size_t n;
	int key_of[CSV_CELLS_MAX]; /* of each column; -1: left out */
	struct buf map;		   /* a copy, cut into pieces */
	char name[NAME_BYTES];
};

static int
fail_at(struct session *s, const struct import *m, int line, const char *what)
{
	return session_fail(s, CTL_CONFIG_INVALID,
			    "%s:%d: %s; nothing was written", m->path, line,
			    what);
}

/* ---- columns ---- */

/* The columns of that name. */
static size_t
count_columns(const struct import *m, const char *name, size_t *ret_last)
{
	size_t n = 0;

	for (size_t i = 0; i < m->head.n; i++) {
		if (strcmp(m->head.cell[i], name) == 0) {
			*ret_last = i;
			n++;
		}
	}
	return n;
}

static int
map_one(struct session *s, struct import *m, char *pair)
{
	char *equals = strchr(pair, '=');
	struct err err;
	size_t column = 0, n;
	int key;

	if (equals == NULL)
		return session_fail(s, CTL_USAGE,
				    "--map %s: KEY=COLUMN is expected", pair);
	*equals = '\0';
	key = draft_key(pair, &err);
	if (key < 0)
		return session_fail(s, CTL_USAGE, "--map: %s", err.text);
	n = count_columns(m, equals + 1, &column);
	if (n != 1)
		return session_fail(s, CTL_USAGE, "--map %s=%s: %s:%d has %s",
				    pair, equals + 1, m->path, m->head.line,
				    n == 0 ? "no such column"
					   : "two columns of that name");
	if (m->key_of[column] >= 0)
		return session_fail(s, CTL_USAGE,
				    "--map %s=%s: the column is mapped twice",
				    pair, equals + 1);
	m->key_of[column] = key;
	return CTL_OK;
}

static int
map_by_option(struct session *s, struct import *m)
{
	char *rest, *pair;
	int r = CTL_OK;

	buf_puts(&m->map, s->args->value[OPTION_MAP]);
	rest = m->map.data;
	while (r == CTL_OK && (pair = strsep(&rest, ",")) != NULL)
		r = map_one(s, m, pair);
	return r;
}

/* Without a map nothing is left out: a column that was not meant to be would
 * be lost in silence. */
static int
map_by_name(struct session *s, struct import *m)
{
	for (size_t i = 0; i < m->head.n; i++) {
		struct err err;

		/* A table without names has values there. */
		if (typed_judge(m->known, m->head.cell[i], &err) < 0)
			return fail_at(s, m, m->head.line, err.text);
		m->key_of[i] = draft_key(m->head.cell[i], &err);
		if (m->key_of[i] < 0)
			return session_fail(
			    s, CTL_CONFIG_INVALID,
			    "%s:%d: column %s; map the columns that count "
			    "with --map KEY=COLUMN,...",
			    m->path, m->head.line, err.text);
	}
	return CTL_OK;
}

static int
check_columns(struct session *s, const struct import *m)
{
	int label = draft_key("label", NULL);
	bool seen[DRAFT_KEYS_MAX] = {false};

	for (size_t i = 0; i < m->head.n; i++) {
		int key = m->key_of[i];

		if (key >= 0 && seen[key])
			return fail_at(s, m, m->head.line,
				       "two columns for one key");
		if (key >= 0)
			seen[key] = true;
	}
	if (!seen[label])
		return fail_at(s, m, m->head.line,
			       "no column is the label; see --map");
	return CTL_OK;
}

static int
map_columns(struct session *s, struct import *m)
{
	bool mapped = arguments_has(s->args, OPTION_MAP);
	int r;

	for (size_t i = 0; i < CSV_CELLS_MAX; i++)
		m->key_of[i] = -1;
	r = mapped ? map_by_option(s, m) : map_by_name(s, m);
	return r == CTL_OK ? check_columns(s, m) : r;
}

static void
say_left_out(struct session *s, const struct import *m)
{
	const char *gap = "columns left out: ";

	if (s->writer.format != WRITER_TEXT)
		return;
	for (size_t i = 0; i < m->head.n; i++) {
		if (m->key_of[i] >= 0)
			continue;
		buf_puts(&s->out, gap);
		writer_verbatim(&s->out, m->head.cell[i],
				strlen(m->head.cell[i]));
		gap = ", ";
	}
	if (gap[0] == ',')
		buf_putc(&s->out, '\n');
}

/* ---- records ---- */

static bool
grow(struct import *m)
{
	size_t more = m->n == 0 ? 1 : 2 * m->n;
	struct csv_record *records;
	struct draft *drafts;
	int *lines;

	if ((m->n & (m->n - 1)) != 0)
		return true;
	records = reallocarray(m->records, more, sizeof(*records));
	m->records = records == NULL ? m->records : records;
	drafts = reallocarray(m->drafts, more, sizeof(*drafts));
	m->drafts = drafts == NULL ? m->drafts : drafts;
	lines = reallocarray(m->lines, more, sizeof(*lines));
	m->lines = lines == NULL ? m->lines : lines;
	return records != NULL && drafts != NULL && lines != NULL;
}

static int
take_record(struct session *s, struct import *m)
{
	struct csv_record *record = &m->records[m->n];
	struct draft *draft = &m->drafts[m->n];
	int use = draft_key("use", NULL);
	struct err err;

	m->lines[m->n++] = record->line;
	*draft = (struct draft){{NULL}};
	if (record->n != m->head.n)
		return fail_at(s, m, record->line,
			       record->n < m->head.n
				   ? "fewer cells than columns"
				   : "more cells than columns");
	draft->value[use] = s->args->value[OPTION_USE];
	for (size_t i = 0; i < record->n; i++) {
		if (m->key_of[i] < 0)
			continue;
		if (typed_judge(m->known, record->cell[i], &err) < 0)
			return fail_at(s, m, record->line, err.text);
		draft->value[m->key_of[i]] = record->cell[i];
	}
	if (draft->value[draft_key("label", NULL)][0] == '\0')
		return fail_at(s, m, record->line, "no label");
	return CTL_OK;
}

static int
read_records(struct session *s, struct import *m)
{
	struct csv_record record;
	struct err err;
	int r, status = CTL_OK;

	while ((r = csv_next(&m->csv, &record, &err)) == 1) {
		if (m->n == ROWS_MAX || !grow(m)) {
			csv_record_free(&record);
			return session_fail(s, CTL_REFUSED,
					    "TOO_MANY: %s: more than %d "
					    "records",
					    m->path, ROWS_MAX);
		}
		m->records[m->n] = record;
		status = take_record(s, m);
		if (status != CTL_OK)
			return status;
	}
	csv_record_free(&record);
	if (r < 0)
		return session_fail(s, CTL_CONFIG_INVALID,
				    "%s: %s; nothing was written", m->path,
				    err.text);
	if (m->n == 0)
		return session_fail(s, CTL_CONFIG_INVALID, "%s: no record",
				    m->path);
	return CTL_OK;
}

/* ---- the file ---- */

static int
read_head(struct session *s, struct import *m)
{
	struct err err;
	int r;

	r = session_text(s, m->path, FILES_CONF_MAX_BYTES, &m->text,
			 &m->csv.len);
	if (r != CTL_OK)
		return r;
	m->csv.text = m->text;
	m->csv.line = 1;
	r = csv_next(&m->csv, &m->head, &err);
	if (r < 0)
		return session_fail(s, CTL_CONFIG_INVALID, "%s: %s", m->path,
				    err.text);
	if (r == 0)
		return session_fail(s, CTL_CONFIG_INVALID, "%s: it is empty",
				    m->path);
	if (m->head.n == 1 && strchr(m->head.cell[0], ';') != NULL)
		return fail_at(s, m, m->head.line,
			       "semicolons stand between its cells; export "
			       "it with commas");
	return CTL_OK;
}

/* The file in conf.d is named like the table. */
static void
fill_name(struct import *m)
{
	const char *slash = strrchr(m->path, '/');
	const char *name = slash == NULL ? m->path : slash + 1;
	const char *dot = strrchr(name, '.');
	size_t len =
	    dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);

	for (size_t i = 0; i < len && i < NAME_BYTES - 1; i++) {
		bool plain = (name[i] >= 'a' && name[i] <= 'z') ||
			     (name[i] >= 'A' && name[i] <= 'Z') ||
			     (name[i] >= '0' && name[i] <= '9');

		m->name[i] = '-';
		if (plain)
			m->name[i] = name[i];
	}
}

static void
release(struct import *m)
{
	for (size_t i = 0; i < m->n; i++)
		csv_record_free(&m->records[i]);
	csv_record_free(&m->head);
	buf_free(&m->map);
	credentials_free(m->known);
	free(m->records);
	free(m->drafts);
	free(m->lines);
	free(m->text);
	free(m);
}

int
cmd_import_workloads(struct session *s)
{
	struct import *m = calloc(1, sizeof(*m));
	int r;

	if (m == NULL)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	m->path = s->args->operand[0];
	m->known = typed_known(s);
	r = m->known == NULL ? CTL_CHECK_FAILED : read_head(s, m);
	if (r == CTL_OK)
		r = map_columns(s, m);
	if (r == CTL_OK)
		r = read_records(s, m);
	if (r == CTL_OK) {
		fill_name(m);
		say_left_out(s, m);
		r = workload_file_put(
		    s, &(struct workload_file){.by = "import-workloads",
					       .name = m->name,
					       .drafts = m->drafts,
					       .n = m->n,
					       .from = m->path,
					       .lines = m->lines});
	}
	release(m);
	return r;
}
