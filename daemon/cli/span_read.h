/* A span out of a ledger folder. */
#ifndef CLI_SPAN_READ_H
#define CLI_SPAN_READ_H

#include "cli/rows.h"
#include "report/span.h"

/* Reads the rows of an initialised span, names the configured workloads in it
 * (config may be NULL) and ends it; another question (NULL: none) is answered
 * in the same reading.  0, or the exit status of what was said. */
int span_read(struct session *s, const struct config *config, struct span *span,
	      const struct rows_question *also);

#endif
