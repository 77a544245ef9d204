/* What still has to be sent to the journal: numbers of rows, not rows.
 *
 * Two queues of ranges [from, to); neighbours melt into one, so that a whole
 * backlog is a few numbers.  Plain values, no I/O. */
#ifndef IO_OUTBOX_H
#define IO_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum outbox_queue { OUTBOX_ALERTS, OUTBOX_ROWS, OUTBOX_QUEUES };

/* Beyond this many gaps the oldest range is dropped: the ledger has the rows,
 * and the next start sends what the journal lacks. */
enum { OUTBOX_RANGES_MAX = 4096 };

struct outbox_range {
	uint64_t from;
	uint64_t to; /* exclusive */
};

struct outbox {
	struct {
		struct outbox_range *at; /* a ring */
		size_t first, n, cap;
	} queue[OUTBOX_QUEUES];
	uint64_t dropped; /* rows that found no place */
};

void outbox_fini(struct outbox *o);

/* Adds the rows [from, to) at the end of a queue.  Without memory or place
 * something is dropped and counted. */
void outbox_add(struct outbox *o, enum outbox_queue queue, uint64_t from,
		uint64_t to);

/* The next row to send, alerts first; false when there is none. */
bool outbox_next(const struct outbox *o, enum outbox_queue *ret_queue,
		 uint64_t *ret_seq);
/* Takes away what outbox_next() names. */
void outbox_pop(struct outbox *o);

uint64_t outbox_waiting(const struct outbox *o);

#endif
