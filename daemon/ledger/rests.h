/* What rows rest on: the rows that they name by seq, for `verify --lint`.
 *
 * A record names its evidence, the cap of a person and the approval of its
 * pricing reference; an approval names the read that it approves.  Each must
 * be an earlier row, of a kind that can bear it, and about the same workload
 * or source (domain.md, sections 2 and 4). */
#ifndef LEDGER_RESTS_H
#define LEDGER_RESTS_H

#include "ledger/lint.h"

/* Of one segment; a zeroed one is a valid empty one. */
struct rests_part {
	struct buf rows;   /* what each row is to those that name it */
	struct buf claims; /* what its rows name */
};

/* All rows so far: twelve bytes for each. */
struct rests {
	uint64_t first; /* rows before this one were pruned */
	struct buf rows;
	uint64_t untold; /* rows that name one of those */
};

struct rests_fault {
	uint64_t rows; /* how many name what they cannot rest on */
	uint64_t seq;  /* the first of them */
	char why[LINT_WHY_SIZE];
};

/* The next row of the segment.  What it names counts when `fits`: it has the
 * form of its kind. */
void rests_take(struct rests_part *p, const struct row_parts *parts, bool fits);
void rests_part_free(struct rests_part *p);

/* Segments come in order.  ERR_NOMEM, also when the part had none. */
int rests_judge(struct rests *r, const struct rests_part *p,
		struct rests_fault *ret);

#endif
