/* What a row is about: the fields by which people ask for it.
 *
 * The journal's fields, the filters of evidencectl and the columns of the
 * index are all made from this one reading of a body, so that a question has
 * one answer wherever it is put. */
#ifndef LEDGER_FACETS_H
#define LEDGER_FACETS_H

#include "ledger/row.h"

enum { FACET_MAX = 255, FACET_SIZE = FACET_MAX + 1 };

/* Of alerts that no owner answers for. */
#define FACETS_OWNER_NONE "(unallocated)"

/* "" where the row names none; a text longer than FACET_MAX bytes names
 * none. */
struct facets {
	char day[WALL_DAY_LEN + 1]; /* review_date, else the day of `at` */
	char workload[FACET_SIZE];  /* named, or the LABEL of LABEL/path */
	char owner[FACET_SIZE];
	char environment[FACET_SIZE];
	char check[FACET_SIZE]; /* job or source */
	char decision[FACET_SIZE];
};

/* A body that is not canonical JSON has no facets but the day. */
void facets_read(struct facets *ret, const struct row *row);

#endif
