/* Names that nobody knows, where a question found nothing, and rows that are
 * not there. */
#ifndef CLI_UNKNOWN_H
#define CLI_UNKNOWN_H

#include "cli/cli.h"
#include "conf/nearest.h"
#include "report/row_filter.h"

/* After a filter has matched no row: a kind that no row has and no program
 * writes is CTL_USAGE, a workload, check or owner that neither the ledger nor
 * the configuration (where there is one) names is CTL_NO_OBJECT, each with the
 * nearest that is known.  0: all are known, and there is just no such row. */
int unknown_names(struct session *s, const char *dir,
		  const struct row_filter *filter);

/* Nothing was found: "SAYS NAME; did you mean ...?", by the configuration or,
 * where there is none (NULL), by the rows; `of` is a set of enum nearest_of,
 * and `command` lists what there is.  Of a rule, a reason or an alert it is
 * said that it is one.  CTL_NO_OBJECT. */
int unknown_thing(struct session *s, const struct config *config,
		  unsigned int of, const char *says, const char *name,
		  const char *command);

/* The code of a rule or a reason that is nearest; NULL: none is near. */
const char *unknown_code_near(const char *word);

/* Whether the row was pruned, and by which, or has never been; the exit
 * status. */
int unknown_row(struct session *s, const char *dir, uint64_t seq);

#endif
