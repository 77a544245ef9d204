/* Each queue is a ring of ranges that grows by doubling up to its limit. */
#include "io/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { RANGES_MIN = 16 };

void
outbox_fini(struct outbox *o)
{
	size_t i;

	for (i = 0; i < OUTBOX_QUEUES; i++)
		free(o->queue[i].at);
	*o = (struct outbox){0};
}

static struct outbox_range *
range_at(const struct outbox *o, enum outbox_queue queue, size_t i)
{
	return &o->queue[queue]
		    .at[(o->queue[queue].first + i) % o->queue[queue].cap];
}

static bool
grow(struct outbox *o, enum outbox_queue queue)
{
	size_t cap = o->queue[queue].cap, wider, i;
	struct outbox_range *at;

	wider = cap == 0 ? RANGES_MIN : 2 * cap;
	if (wider > OUTBOX_RANGES_MAX)
		return false;
	at = calloc(wider, sizeof(*at));
	if (at == NULL)
		return false;
	for (i = 0; i < o->queue[queue].n; i++)
		at[i] = *range_at(o, queue, i);
	free(o->queue[queue].at);
	o->queue[queue].at = at;
	o->queue[queue].cap = wider;
	o->queue[queue].first = 0;
	return true;
}

static void
drop_first(struct outbox *o, enum outbox_queue queue)
{
	o->queue[queue].first =
	    (o->queue[queue].first + 1) % o->queue[queue].cap;
	o->queue[queue].n--;
}

void
outbox_add(struct outbox *o, enum outbox_queue queue, uint64_t from,
	   uint64_t to)
{
	struct outbox_range *last;

	if (o->queue[queue].n > 0) {
		last = range_at(o, queue, o->queue[queue].n - 1);
		if (last->to == from) {
			last->to = to;
			return;
		}
	}
	if (o->queue[queue].n == o->queue[queue].cap && !grow(o, queue)) {
		if (o->queue[queue].cap == 0) {
			o->dropped += to - from;
			return;
		}
		last = range_at(o, queue, 0);
		o->dropped += last->to - last->from;
		drop_first(o, queue);
	}
	o->queue[queue].n++;
	*range_at(o, queue, o->queue[queue].n - 1) =
	    (struct outbox_range){from, to};
}

bool
outbox_next(const struct outbox *o, enum outbox_queue *ret_queue,
	    uint64_t *ret_seq)
{
	int i;

	for (i = 0; i < OUTBOX_QUEUES; i++) {
		if (o->queue[i].n == 0)
			continue;
		*ret_queue = (enum outbox_queue)i;
		*ret_seq = range_at(o, *ret_queue, 0)->from;
		return true;
	}
	return false;
}

void
outbox_pop(struct outbox *o)
{
	struct outbox_range *range;
	enum outbox_queue queue;
	uint64_t seq;
	bool any = outbox_next(o, &queue, &seq);

	assert(any);
	range = range_at(o, queue, 0);
	range->from++;
	if (range->from == range->to)
		drop_first(o, queue);
}

uint64_t
outbox_waiting(const struct outbox *o)
{
	uint64_t n = 0;
	size_t i, k;

	for (i = 0; i < OUTBOX_QUEUES; i++) {
		for (k = 0; k < o->queue[i].n; k++) {
			const struct outbox_range *range =
			    range_at(o, (enum outbox_queue)i, k);

			n += range->to - range->from;
		}
	}
	return n;
}
