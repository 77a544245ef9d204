/* The texts of pages as the rows tell them: in which days of a period each
 * was seen, and which role approved it, whenever that was.
 *
 * Rows are given in the order of the ledger, those before the period too. */
#ifndef REPORT_SNAPSHOTS_H
#define REPORT_SNAPSHOTS_H

#include "report/span.h"

struct snapshot {
	char source[LABEL_MAX + 1];
	struct digest text;
	/* by the days of the period: a good read, the row in which a person
	 * attested it (0: none) */
	bool read[SPAN_DAYS_MAX];
	uint64_t attested[SPAN_DAYS_MAX];
	bool approved;
	struct wall_time approved_at;
	char approved_role[ROLE_MAX + 1];
	uint64_t approved_seq;
};

/* The days on which a page had this text, and who saw it. */
struct snapshot_seen {
	int32_t first, last; /* INT32_MAX: not in the period */
	bool by_evidenced, by_person;
};

struct snapshots {
	int32_t first; /* of the period */
	int n_days;
	struct snapshot *all; /* in the order in which rows named them */
	size_t n;
};

/* n_days in [1, SPAN_DAYS_MAX]. */
void snapshots_init(struct snapshots *s, int32_t first, int n_days);
void snapshots_free(struct snapshots *s);

struct snapshot_seen snapshot_seen(const struct snapshots *s,
				   const struct snapshot *snapshot);

/* Rows of view_source_kinds; others say nothing.  ERR_NOMEM. */
int snapshots_apply(struct snapshots *s, const struct row *row);

#endif
