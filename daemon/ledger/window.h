/* The newest 65,536 ids in memory, so that a row is not written twice.
 *
 * Only a hash of each id is kept: whoever looks up compares the row itself.
 * One megabyte, allocated once; the pages of unused places stay untouched. */
#ifndef LEDGER_WINDOW_H
#define LEDGER_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#define WINDOW_NONE UINT64_MAX

struct window;

/* Empty; the first row to be added is next_seq.  NULL: no memory. */
struct window *window_new(uint64_t next_seq);
void window_free(struct window *w);

/* The next row, in order of seq; the oldest leaves when the window is full. */
void window_add(struct window *w, const char *id, size_t len);
/* Where the line of a row in the window starts in its segment. */
void window_set_place(struct window *w, uint64_t seq, uint32_t place);
uint32_t window_place(const struct window *w, uint64_t seq);

/* The newest row below `before` whose id has the hash of this one, or
 * WINDOW_NONE.  Begin with before = WINDOW_NONE. */
uint64_t window_find(const struct window *w, const char *id, size_t len,
		     uint64_t before);

#endif
