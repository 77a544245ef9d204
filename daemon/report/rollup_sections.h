/* The sections of the packet of many workloads, a file for each noun.
 *
 * Text shows what is out of the number; JSON and YAML show every workload.
 * In them each object that holds a number holds its unit, basis, source and
 * time, too; in text these stand once, above or behind the table. */
#ifndef REPORT_ROLLUP_SECTIONS_H
#define REPORT_ROLLUP_SECTIONS_H

#include "report/rollup_inside.h"

/* For people, and not for programs. */
bool rollup_is_read(const struct writer *w);

#define ROLLUP_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The last columns of every table that holds numbers, and their cells. */
#define ROLLUP_PROVENANCE                                               \
	{"unit", "unit", COLUMN_MORE}, {"basis", "basis", COLUMN_MORE}, \
	    {"source", "source", COLUMN_MORE},                          \
	{                                                               \
		"as_of", "as of", COLUMN_MORE                           \
	}
void rollup_put_provenance(const struct rollup *r, struct writer *w,
			   const char *unit, const char *basis);
extern const char rollup_by_record[]; /* a basis */

void rollup_put_head(const struct rollup *r, struct writer *w);
/* Names the day, why it was chosen and what all the rest is made of. */
void rollup_put_head_object(const struct rollup *r, struct writer *w);

void rollup_put_standing(const struct rollup *r, struct writer *w);
void rollup_put_coverage(const struct rollup *r, struct writer *w);
void rollup_put_reasons(const struct rollup *r, struct writer *w);

void rollup_put_outside(const struct rollup *r, struct writer *w);
void rollup_put_caps(const struct rollup *r, struct writer *w);
void rollup_put_corrected(const struct rollup *r, struct writer *w);
void rollup_put_attested(const struct rollup *r, struct writer *w);
void rollup_put_records(const struct rollup *r, struct writer *w);

void rollup_put_sources(const struct rollup *r, struct writer *w);
void rollup_put_snapshots(const struct rollup *r, struct writer *w);

void rollup_put_statements(const struct rollup *r, struct writer *w);
void rollup_put_statement_objects(const struct rollup *r, struct writer *w);
void rollup_put_numbers(const struct rollup *r, struct writer *w);

#endif
