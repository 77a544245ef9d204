/* A set of row numbers as ranges: what was read back out of order, while
 * some row before it still lacks.  Plain values, no I/O. */
#ifndef LEDGER_SEQ_SET_H
#define LEDGER_SEQ_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rows arrive nearly in order; beyond so many gaps a number finds no place. */
enum { SEQ_SET_RANGES_MAX = 4096 };

struct seq_range {
	uint64_t from;
	uint64_t to; /* exclusive */
};

struct seq_set {
	struct seq_range *at; /* ascending; no two touch */
	size_t n, cap;
};

void seq_set_fini(struct seq_set *s);

/* False when it found no place (SEQ_SET_RANGES_MAX, or no memory). */
bool seq_set_add(struct seq_set *s, uint64_t seq);
/* Where the set goes on without a gap from `seq`: seq itself when it is not
 * in the set. */
uint64_t seq_set_end(const struct seq_set *s, uint64_t seq);
/* The first range that ends after `seq`; NULL: none. */
const struct seq_range *seq_set_after(const struct seq_set *s, uint64_t seq);
/* Forgets all numbers below `seq`. */
void seq_set_drop_below(struct seq_set *s, uint64_t seq);

#endif
