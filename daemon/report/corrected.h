/* The table of the records that a role calls mistaken, in the packet and under
 * the calendar. */
#ifndef REPORT_CORRECTED_H
#define REPORT_CORRECTED_H

#include "report/span.h"
#include "report/writer.h"

/* How many records of the workload's days that is. */
int corrected_count(const struct span *s, const struct span_workload *of);
/* Heading, sentence and table, which the caller closes. */
void corrected_begin(struct writer *w);
/* The workload's lines of it. */
void corrected_put(const struct span *s, const struct span_workload *of,
		   struct writer *w);

#endif
