/* A record as a ledger row holds it: the fourteen packet fields, by exactly
 * their names, and what a reviewer needs beside them (domain.md, section 2).
 *
 * No member takes text from a gateway or a page: every string is configured,
 * a time, a snapshot id, or one of the words of verdict/statement.h. */
#ifndef VERDICT_RECORD_H
#define VERDICT_RECORD_H

#include "base/buf.h"
#include "verdict/evidence.h"

struct json_slice;

struct record {
	enum decision decision; /* DECISION_NONE: not complete, and nothing
				   is known to be wrong yet */
	reason_set reasons;
	bool complete; /* enough is known to write the day's first record */
	bool later_not_observed;
	const char *body;      /* canonical JSON, in `text` */
	struct digest content; /* see record_fact.content */
	struct buf text;
};

void record_free(struct record *record);

/* What the body of a record row says, for judging the next one.  `content`
 * covers the decision, who decided, the reasons, the fourteen packet fields
 * and LATER_NOT_OBSERVED, and nothing else: two records differ in it exactly
 * when the second is worth a row.  ERR_INVALID when the body is no record. */
int record_read(const char *body, size_t len, uint64_t seq,
		struct record_fact *ret);

/* The codes of a record's list.  Those of a newer version are skipped: their
 * decision still counts. */
reason_set record_reasons(const struct json_slice *list);

#endif
