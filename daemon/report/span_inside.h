/* Between the files of the span. */
#ifndef REPORT_SPAN_INSIDE_H
#define REPORT_SPAN_INSIDE_H

#include "report/span.h"

/* The place of a day; -1: outside. */
int span_place(const struct span *s, int32_t day);
/* Find or make; NULL: no memory. */
struct span_workload *span_workload_make(struct span *s, const char *label);
struct span_source *span_source_make(struct span *s, const char *name);

/* One more, of this row; NULL: no memory. */
struct span_attestation *span_attestation_make(struct span *s, uint64_t seq);

#endif
