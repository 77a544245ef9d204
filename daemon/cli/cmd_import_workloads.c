/* Workloads out of a spreadsheet (cli/table.h): each record becomes one
 * workload.  A record that cannot be one is refused with its line, and then
 * nothing is written: half a table in conf.d would have to be taken apart by
 * hand.  The others are judged all the same, by the loader, so that one run
 * tells every mistake. */
#include "cli/table.h"
#include "cli/typed.h"
#include "cli/workload_file.h"
#include "io/credentials.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64, ROWS_MAX = 10000 };

/* The label of a record, whether or not that can be a workload. */
struct named {
	char *label;
	int line;
	bool taken; /* it became a draft */
};

struct import {
	struct table table;
	struct credentials *known;
	struct csv_record *records;
	struct draft *drafts; /* of the records that can be workloads */
	int *lines;
	size_t n;
	struct named *named; /* all records with a label */
	size_t n_named;
	char name[NAME_BYTES];
};

static void
say_left_out(struct session *s, const struct table *t)
{
	const char *gap = "columns left out: ";

	if (s->writer.format != WRITER_TEXT)
		return;
	for (size_t i = 0; i < t->head.n; i++) {
		if (t->key_of[i] >= 0)
			continue;
		buf_puts(&s->out, gap);
		writer_verbatim(&s->out, t->head.cell[i],
				strlen(t->head.cell[i]));
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

/* A cell that cannot be a value of its key is told, and left out, so that the
 * loader can judge the others.  One that holds a key ends the record, for it
 * may stand in place of what must be there, and so does one that was to name
 * templates: nobody knows what they would have brought.  Then false. */
static bool
take_cells(struct table *t, const struct csv_record *record,
	   struct draft *draft)
{
	const int use = draft_key("use", NULL);
	bool good = true;

	for (size_t i = 0; i < record->n; i++) {
		const char *cell = record->cell[i];
		int key = t->key_of[i];
		struct err err;

		if (key < 0)
			continue;
		if (typed_judge(t->known, cell, &err) < 0)
			good = false;
		else if (draft_judge(key, cell, &err) == 0)
			draft->value[key] = cell;
		else
			good = good && key != use;
		if (draft->value[key] != cell)
			table_wrong(t, record->line, t->head.cell[i], "", "%s",
				    err.text);
	}
	return good;
}

/* False, and told, where the record can be no workload. */
static bool
take_record(struct session *s, struct table *t, const struct csv_record *record,
	    struct draft *draft)
{
	int label = draft_key("label", NULL);

	*draft = (struct draft){{NULL}};
	if (record->n != t->head.n) {
		table_wrong(t, record->line, "",
			    "a cell that is not set is empty",
			    "%s cells than columns: %zu, not %zu",
			    record->n < t->head.n ? "fewer" : "more", record->n,
			    t->head.n);
		return false;
	}
	draft->value[draft_key("use", NULL)] = s->args->value[OPTION_USE];
	if (!take_cells(t, record, draft))
		return false;
	if (draft->value[label] == NULL)
		return false; /* was told */
	if (draft->value[label][0] == '\0')
		table_wrong(t, record->line, t->column_of[label],
			    "a workload needs one", "no label");
	return draft->value[label][0] != '\0';
}

/* NULL where it cannot be told, or was told of already. */
static const char *
label_of(const struct table *t, const struct csv_record *record)
{
	const int label = draft_key("label", NULL);

	for (size_t i = 0; i < record->n && i < t->head.n; i++) {
		const char *cell = record->cell[i];
		struct err err;

		if (t->key_of[i] == label)
			return cell[0] != '\0' &&
				       typed_judge(t->known, cell, &err) == 0 &&
				       draft_judge(label, cell, &err) == 0
				   ? cell
				   : NULL;
	}
	return NULL;
}

/* The loader tells of two drafts with one label, and sees no other record. */
static void
judge_label(struct import *m, const struct named *mine)
{
	struct table *t = &m->table;
	const struct named *first = NULL;

	if (mine->taken && m->n_named == m->n - 1)
		return; /* all before it are drafts */
	for (size_t i = 0; i < m->n_named; i++) {
		if (strcmp(m->named[i].label, mine->label) != 0)
			continue;
		if (mine->taken && m->named[i].taken)
			return;
		first = first == NULL ? &m->named[i] : first;
	}
	if (first != NULL)
		table_wrong(t, mine->line,
			    t->column_of[draft_key("label", NULL)],
			    "choose another name, or take one of them out",
			    "the same name as at %s:%d", t->path, first->line);
}

/* False: no memory. */
static bool
note_label(struct import *m, const struct csv_record *record, bool taken)
{
	const char *label = label_of(&m->table, record);
	struct named mine = {.line = record->line, .taken = taken};
	struct named *more;

	if (label == NULL)
		return true;
	more = reallocarray(m->named, m->n_named + 1, sizeof(*more));
	if (more != NULL)
		m->named = more;
	mine.label = more == NULL ? NULL : strdup(label);
	if (mine.label == NULL)
		return false;
	judge_label(m, &mine);
	m->named[m->n_named++] = mine;
	return true;
}

static int
read_records(struct session *s, struct import *m)
{
	struct table *t = &m->table;
	struct csv_record record;
	struct err err;
	size_t n = 0;
	bool taken, noted;
	int r;

	while ((r = csv_next(&t->csv, &record, &err)) == 1) {
		if (n++ == ROWS_MAX || !grow(m)) {
			csv_record_free(&record);
			return session_fail(s, CTL_REFUSED,
					    "TOO_MANY: %s: more than %d "
					    "records; split it",
					    t->path, ROWS_MAX);
		}
		m->records[m->n] = record;
		m->lines[m->n] = record.line;
		taken = take_record(s, t, &record, &m->drafts[m->n]);
		m->n += taken;
		noted = note_label(m, &record, taken);
		if (!taken)
			csv_record_free(&record);
		if (!noted)
			return session_fail(s, CTL_CHECK_FAILED, "no memory");
	}
	csv_record_free(&record);
	if (r < 0) /* nobody knows what stands behind it */
		table_wrong(t, t->csv.line, "", "", "%s", err.text);
	else if (n == 0)
		table_wrong(t, 0, "",
			    "below the names of the columns each "
			    "record is a workload",
			    "no record");
	return CTL_OK;
}

/* ---- the file ---- */

/* The file in conf.d is named like the table. */
static void
fill_name(struct import *m)
{
	const char *slash = strrchr(m->table.path, '/');
	const char *name = slash == NULL ? m->table.path : slash + 1;
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
	for (size_t i = 0; i < m->n_named; i++)
		free(m->named[i].label);
	table_close(&m->table);
	credentials_free(m->known);
	free(m->named);
	free(m->records);
	free(m->drafts);
	free(m->lines);
	free(m);
}

static int
put(struct session *s, struct import *m)
{
	const struct workload_file f = {.by = "import-workloads",
					.name = m->name,
					.drafts = m->drafts,
					.n = m->n,
					.from = m->table.path,
					.lines = m->lines,
					.columns = m->table.column_of,
					.wrong = &m->table.wrong};

	fill_name(m);
	say_left_out(s, &m->table);
	return workload_file_put(s, &f);
}

int
cmd_import_workloads(struct session *s)
{
	struct import *m = calloc(1, sizeof(*m));
	int r;

	if (m == NULL)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	m->table.path = s->args->operand[0];
	m->known = typed_known(s);
	m->table.known = m->known;
	r = m->known == NULL ? CTL_CHECK_FAILED : table_open(s, &m->table);
	if (r == CTL_OK)
		r = read_records(s, m);
	if (r == CTL_OK)
		r = put(s, m);
	release(m);
	return r;
}
