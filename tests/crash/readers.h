/* What somebody sees who copies the folder of a machine that crashed, before
 * a daemon starts there again: evidenced-ledger(5) promises it at any moment.
 * A failure fails the test. */
#ifndef CRASH_READERS_H
#define CRASH_READERS_H

#include "../fakes/simdisk.h"

/* SHA256SUMS holds the true line of every segment of the rows [from, to). */
void readers_check_sums(struct simdisk *d, uint64_t from, uint64_t to,
			int segment_rows);
/* `checkpoint` is whole and covers at least `published` rows; it stands in
 * checkpoints.jsonl; the first tile of what it covers holds the leaves of the
 * rows. */
void readers_check_checkpoint(struct simdisk *d, uint64_t published);
/* checkpoints.jsonl, after signing: whole lines, and nothing behind them. */
void readers_check_log(struct simdisk *d);
/* `pruned`, if it is there, names this row and what it let go. */
void readers_check_pruned(struct simdisk *d, uint64_t seq, uint64_t to);

#endif
