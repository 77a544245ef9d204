/* From evidence to a record: pure, total, and the same for the daemon, the
 * simulation and anybody who replays a ledger (domain.md, section 4). */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "base/buf.h"
#include "conf/config.h"
#include "verdict/evidence.h"
#include "verdict/record.h"

/* Everything one judgement may look at. */
struct judge_input {
	const struct config *config;
	const struct workload *workload;
	const struct day_evidence *evidence; /* of the day; never NULL */
	/* facts of workload->sources[i], same order and number; NULL where
	 * nothing is known of one */
	const struct source_fact *const *sources;
	const struct cap_fact *cap; /* NULL: none */
	int32_t day;
	struct wall_time now;
	/* The last planned slot's re-observations and grace have ended: what
	 * is missing now is missing for good. */
	bool closed;
	bool clock_synchronised;
	bool credential_loaded;
	bool credential_shared;	     /* another workload uses it, by this or
					another name */
	bool scope_approved_differs; /* an approved scope exists, and is not
					this one */
	bool ledger_damaged;
	/* the newest record of the same day, or NULL */
	const struct record_fact *previous;
	/* The UTC day by whose end the next record is due; 0: the next of the
	 * workload's review days. */
	int32_t next_due;
};

/* Fills *ret (record_free() it).  ERR_NOMEM, ERR_LIMIT for a workload with
 * more than WORKLOAD_SOURCES_MAX sources, or ERR_INVALID for a value that no
 * ledger row may hold. */
int judge(const struct judge_input *input, struct record *ret);

/* Whether a new row is due: the first of the day when complete, later ones
 * only when decision, reasons or a packet field changed; an inconclusive one
 * never replaces a pass (it is added as LATER_NOT_OBSERVED), unless something
 * was found missing as well: not to observe hides no hold. */
bool judge_should_write(const struct judge_input *input,
			const struct record *record);

#endif
