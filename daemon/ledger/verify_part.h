/* One segment of a verification: all that can be found without knowing the
 * segments before it.  Private to verify.c. */
#ifndef LEDGER_VERIFY_PART_H
#define LEDGER_VERIFY_PART_H

#include "base/buf.h"
#include "ledger/folder.h"
#include "ledger/ledger.h"
#include "ledger/lost.h"
#include "ledger/rests.h"
#include "ledger/tree.h"

/* What is asked of every part. */
struct part_plan {
	const struct folder *folder; /* borrowed */
	bool chain;		     /* and the leaf of each row */
	bool tree;
	bool lint;
	bool sums;	       /* and the SHA-256 of the segment */
	uint64_t witness;      /* so many rows must have been durable */
	const uint64_t *sizes; /* of trees whose roots are wanted; ascending */
	size_t n_sizes;
};

struct part_fault {
	bool bad;
	uint64_t seq;
	char why[sizeof(((struct ledger_verdict *)0)->reason)];
};

/* A row key.rotate. */
struct part_rotation {
	struct part_rotation *next;
	uint64_t seq;
	size_t len;
	char body[];
};

/* malloc'd; NULL without memory. */
struct part_rotation *part_rotation_new(const struct row_parts *parts);

/* Rows that tell of checkpoints that were lost. */
struct part_losses {
	uint64_t n;
	uint64_t seq; /* of the newest */
	struct loss newest;
};

struct part {
	uint64_t first, next; /* the rows that were good */
	/* with chain; of the first row */
	char prev[DIGEST_HEX_LEN + 1];
	uint64_t first_dur;
	struct digest first_leaf;
	bool other_genesis; /* row 0 does not say what LEDGER says */
	/* of the last row */
	uint64_t dur;
	struct digest head;
	/* with tree */
	struct tree_span span;
	struct buf marks;	 /* the spans up to each wanted size within */
	struct buf mark_lengths; /* how many nodes each has: a byte */
	struct part_rotation *rotations, **rotations_end;
	struct part_losses losses;

	struct digest sha256; /* with sums, when there is no fault */
	struct part_fault fault;
	struct part_fault lint; /* the first one, when `findings` is not 0 */
	uint64_t findings;
	struct rests_part rests; /* with lint */
	char torn[sizeof(((struct ledger_verdict *)0)->reason)];
	int error; /* 0, or why the segment could not be read */
	struct err err;
};

/* Reads the segment i.  Touches nothing but *ret. */
void part_read(struct part *ret, const struct part_plan *plan, size_t i);
void part_free(struct part *p);

/* The first of the plan's sizes that lies behind `rows` rows. */
size_t part_first_size(const struct part_plan *plan, uint64_t rows);

#endif
