/* What a repair did, for whoever asked for it. */
#ifndef CLI_REPAIR_REPORT_H
#define CLI_REPAIR_REPORT_H

#include "cli/cli.h"
#include "ledger/repair.h"

/* What was brought back, and what is nowhere. */
void repair_report(struct session *s, const char *dir,
		   const struct repair_result *result);
/* The last word, when the verification found all good; relabelled: LEDGER was
 * made anew. */
void repair_report_end(struct session *s, bool relabelled,
		       const struct repair_result *result);

#endif
