/* A verification while it runs; private to verify*.c. */
#ifndef LEDGER_VERIFY_INSIDE_H
#define LEDGER_VERIFY_INSIDE_H

#include "ledger/heads.h"
#include "ledger/verify.h"
#include "ledger/verify_part.h"

struct verification {
	const struct verify_options *options;
	const struct folder *folder;
	struct heads heads;
	/* The sizes that checkpoints tell, and the roots of the rows there, as
	 * far as there are rows. */
	uint64_t *sizes;
	struct digest *roots;

	/* Rows whose whole tiles must be there by the newest checkpoint; with
	 * level 3. */
	uint64_t tiled;

	struct part_plan plan;
	struct part **parts;
	struct digest *sums; /* of the segments, with level 3 */
	/* Checkpoints up to this size are of pruned rows whose tiles are
	 * missing, too: nothing can be said of them. */
	uint64_t untold;
	/* all parts so far, put together */
	struct tree tree;
	bool head_unknown; /* of rows that were pruned */
	struct digest head;
	uint64_t dur;
	struct part_rotation *rotations, **rotations_end;
	struct part_losses losses;
	struct part_fault lint;
	struct rests rests; /* with lint */

	struct ledger_verdict verdict;
	struct err err;
};

/* The verdict becomes bad.  Returns 1. */
int verification_bad(struct verification *x, uint64_t seq, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends to what the verdict says beside. */
void verification_say(struct verification *x, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The root of `size` rows, one of the sizes. */
const struct digest *verification_root(const struct verification *x,
				       uint64_t size);

/* verify_derived.c: says what of SHA256SUMS and tiles does not agree with the
 * rows, which are good. */
void verify_derived(struct verification *x);

/* verify_lint.c: takes what is found in a part, and what its rows rest on.
 * ERR_NOMEM. */
int verify_lint_part(struct verification *x, const struct part *p);
/* Rows that are whole and still not what they should be make a ledger bad
 * that is good otherwise. */
void verify_lint_judge(struct verification *x);

/* verify_heads.c: levels 2 and 3, after all rows were read and found good.
 * Sets the level that holds.  ERR_NOMEM. */
int verify_heads(struct verification *x);

#endif
