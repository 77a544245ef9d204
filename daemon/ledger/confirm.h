/* What the journal has confirmed of the ledger, and what to do about the
 * rest (ledger.md, section 4).
 *
 * A row is confirmed when it was read back from the journal under our own
 * uid with its own leaf.  `confirmed` counts the rows without a gap: each row
 * before it was read back, or has expired (the journal no longer reaches back
 * to it, so that it can be neither read nor is it missing).
 *
 * Pure: observations and times come in as values; deadlines and the rows to
 * send again come out.  io/mirror_watch moves the data. */
#ifndef LEDGER_CONFIRM_H
#define LEDGER_CONFIRM_H

#include "base/wall.h"
#include "ledger/seq_set.h"

enum {
	CONFIRM_LOOK_S = 1, /* from a row to the look for it: a burst of rows
				 is looked for once */
	CONFIRM_SEND_S = 5, /* a row not seen for so long is sent again */
	CONFIRM_LOOK_MAX_S =
	    60, /* between looks in vain: it grows up to here */
	CONFIRM_SEND_MAX_S =
	    3600, /* between resendings in vain: it doubles up to here */
	CONFIRM_SEND_ROWS = 4096 /* sent again at once */
};

struct confirm {
	uint64_t durable;   /* rows; those from `confirmed` on are waited for */
	uint64_t confirmed; /* rows */
	struct seq_set seen; /* read back beyond that */

	uint64_t expired;
	uint64_t forged;       /* entries of other uids that name this ledger */
	uint64_t conflicts;    /* entries of our uid with another leaf */
	uint64_t conflict_seq; /* of the first, when there are any */

	struct mono_time start; /* what was before is not known */
	/* Rows before `mark` were waited for at mark_at already. */
	uint64_t mark;
	struct mono_time mark_at;
	int rounds;		       /* of sending again in vain */
	struct mono_time look_at;      /* INT64_MAX: no look is wanted */
	struct mono_time behind_since; /* 0: nothing is overdue */
};

/* `confirmed` rows are known from an earlier process.  What the first look
 * does not see of the others is overdue at once, or, when they are only now
 * being sent, as any row. */
void confirm_init(struct confirm *c, struct mono_time now, uint64_t durable,
		  uint64_t confirmed, bool being_sent);
void confirm_fini(struct confirm *c);

/* Rows up to `durable` are durable now, and sent. */
void confirm_rows(struct confirm *c, struct mono_time now, uint64_t durable);
/* The journal takes entries again: there is something to see soon. */
void confirm_soon(struct confirm *c, struct mono_time now);

/* Observations of one reading, in any order. */
void confirm_seen(struct confirm *c, uint64_t seq);
void confirm_conflict(struct confirm *c, uint64_t seq);
/* Rows before `to` are older than anything that the journal holds. */
void confirm_expired(struct confirm *c, uint64_t to);
/* The reading begins anew at the head of the journal: forged and conflicting
 * entries will be counted again. */
void confirm_recount(struct confirm *c);

/* The rows before it were sent so long before `now` that a reading which does
 * not see them now will not see them later: only they may have expired. */
uint64_t confirm_overdue(const struct confirm *c, struct mono_time now);

/* The journal was read to its end; `durable` rows were durable when that
 * began.  Sets the next deadline. */
void confirm_looked(struct confirm *c, struct mono_time began, uint64_t durable,
		    struct mono_time now);
/* Rows are to be sent again now. */
bool confirm_send_due(const struct confirm *c, struct mono_time now);
/* The first range at or after `from` that is overdue. */
bool confirm_gap(const struct confirm *c, uint64_t from,
		 struct seq_range *ret_gap);
void confirm_sent(struct confirm *c, struct mono_time now);

#endif
