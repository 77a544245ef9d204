/* Everything that was found about a workload's day, before it is written
 * down: private to this folder. */
#ifndef VERDICT_FINDINGS_H
#define VERDICT_FINDINGS_H

#include "verdict/judge.h"
#include "verdict/reference.h"
#include "verdict/runs.h"
#include "verdict/statement.h"

enum request_state {
	REQUEST_NOT_OBSERVED,
	REQUEST_COMPLETED,   /* both paths as expected */
	REQUEST_CONTRADICTED /* a conclusive run says otherwise */
};

struct findings {
	struct runs runs;
	/* of workload->sources[i] */
	struct reference references[WORKLOAD_SOURCES_MAX];
	reason_set reasons;
	enum decision decision;
	const struct cap_fact *cap; /* in force that day, or NULL */
	bool cap_decided;	    /* it is lower than what was found */
	bool complete;
	bool later_not_observed;
	enum request_state request;
	bool usage_present;	/* at attested or better */
	bool pricing_checked;	/* reviewed that day and matching */
	statement_set verified; /* the others are not */
	uncertainty_set uncertain;
};

/* Appends the body of a record row.  ERR_INVALID when a string is not fit
 * for the ledger or the body is too long, ERR_NOMEM. */
int record_write(const struct judge_input *input,
		 const struct findings *findings, struct buf *out);

#endif
