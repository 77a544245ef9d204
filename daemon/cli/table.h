/* A spreadsheet of workloads: which column is which key, and all that is
 * wrong with it, told at once. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "cli/cli.h"
#include "conf/csv.h"
#include "conf/draft.h"

struct credentials;

struct table {
	const char *path;
	const struct credentials *known; /* what no cell may hold */
	char *text;
	struct csv csv;
	struct csv_record head;
	int key_of[CSV_CELLS_MAX]; /* of each column; -1: left out */
	const char *column_of[DRAFT_KEYS_MAX]; /* its name; NULL: none */
	struct conf_report wrong;
	struct buf map; /* private: a copy, cut into pieces */
};

/* Reads the first record of t->path and maps its columns by --map, or by their
 * names.  CTL_OK, or the exit status of what was said: every mistake of the
 * mapping. */
int table_open(struct session *s, struct table *t);
void table_close(struct table *t);

/* One more mistake: "PATH:line: column: what; hint".  column and hint may be
 * "". */
void table_wrong(struct table *t, int line, const char *column,
		 const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

#endif
