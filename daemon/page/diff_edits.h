/* The shortest edit between two sequences of numbers, within a budget. */
#ifndef PAGE_DIFF_EDITS_H
#define PAGE_DIFF_EDITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One side: its elements, and which of them have no partner on the other
 * side (set by diff_edits(); false before). */
struct diff_side {
	const uint32_t *at;
	bool *changed;
	size_t n; /* < INT32_MAX / 4 */
};

/* Marks what was taken from `from` and what was put into `to`.  The edit is
 * shortest as long as `budget` elementary steps suffice; where they do not,
 * what is left is marked as replaced whole.  ERR_NOMEM. */
int diff_edits(struct diff_side *from, struct diff_side *to, int64_t budget);

#endif
