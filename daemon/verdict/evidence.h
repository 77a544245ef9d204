/* The facts a record is judged on, as values.  They are folded from ledger
 * rows by report/view and read by verdict/judge: both sides agree here. */
#ifndef VERDICT_EVIDENCE_H
#define VERDICT_EVIDENCE_H

#include "base/digest.h"
#include "base/wall.h"
#include "check/observe.h"
#include "check/rows.h"
#include "page/page.h"
#include "verdict/reason.h"

enum { RUN_ID_LEN = 16, NAME_MAX_LEN = 64, ROLE_MAX = 64 };

/* One finished happy or error run.  A fact whose seq is 0 rests on no row and
 * counts for nothing (row 0 is the ledger's genesis). */
struct run_fact {
	enum outcome outcome; /* OUTCOME_NONE: there is none */
	uint64_t seq;
	struct wall_time requested; /* request_time_utc */
	char run[RUN_ID_LEN + 1];
	struct digest scope;
	struct digest profile; /* of the gateway, when it ran */
	bool forced;
	bool json_usage_present; /* usage > 0 was in the response */
};

/* What the account surface showed for a run: its newest look, or a person's
 * attestation (tier "attested", LOOK_VISIBLE) in its place. */
struct usage_fact {
	bool seen; /* at least one look */
	enum look_outcome outcome;
	uint64_t seq;
	char run[RUN_ID_LEN + 1];
	char tier[16]; /* "counter", "response", "attested" */
};

/* The evidence of one workload on one UTC day. */
struct day_evidence {
	int32_t day;
	struct run_fact happy;		    /* latest conclusive */
	struct run_fact error;		    /* latest conclusive */
	struct run_fact happy_inconclusive; /* latest, if any */
	struct run_fact error_inconclusive;
	struct usage_fact usage; /* of the latest conclusive happy run */
	/* The happy run that `happy` replaced, kept when its look-up had ended
	 * (LOOK_VISIBLE, LOOK_NOT_VISIBLE or LOOK_LABEL_MISMATCH) and dropped
	 * when that of `happy` ends so: it still counts while the look-up of
	 * `happy` goes on or could not be made.  seq 0: none. */
	struct run_fact happy_before;
	struct usage_fact usage_before;
	/* the row that took the newest attestation of usage back; 0: none */
	uint64_t usage_taken_back_by;
	bool ceiling_reached;
	int requests; /* sent that day, error path included */
	int64_t tokens;
};

/* What is known of one source, on the day that is judged: rows written after
 * that day has ended are left out. */
struct source_fact {
	/* what was tried: digests of the address and of the filter */
	struct digest url, filter;
	/* newest good read */
	bool read;
	struct wall_time read_at;
	uint64_t read_seq;
	struct digest text;
	size_t text_len;
	/* newest attempt */
	bool tried;
	struct wall_time tried_at;
	uint64_t tried_seq;
	enum page_outcome tried_outcome;
	/* Attempts in a row that count towards a lost source
	 * (page_outcome_lost): a good read ends the row, an error or a
	 * truncated page neither counts nor ends it. */
	int bad_reads;
	struct wall_time bad_since;
	/* newest approval */
	bool approved;
	struct digest approved_text;
	char approved_snapshot[SNAPSHOT_ID_LEN + 1];
	struct wall_time approved_at;
	uint64_t approved_seq;
	char approved_role[ROLE_MAX + 1];
	/* newest attestation */
	bool attested;
	struct wall_time attested_at;
	uint64_t attested_seq;
	uint64_t taken_back_by; /* the row that took it back; 0: none */
};

/* A person lowered the workload (`decide`). */
struct cap_fact {
	enum decision cap; /* NONE: no cap */
	int32_t until;	   /* last day */
	uint64_t seq;
	char role[ROLE_MAX + 1];
};

/* The newest record of a workload. */
struct record_fact {
	bool present;
	uint64_t seq;
	int32_t day;
	enum decision decision;
	reason_set reasons;
	struct wall_time decided_at;
	bool later_not_observed;
	bool response_only;    /* a pass by the usage in the response alone */
	struct digest content; /* record_read() in verdict/record.h: to see
				  whether anything changed */
};

#endif
