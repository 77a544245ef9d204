/* One thread for work that blocks, beside the event loop: a job at a time.
 *
 * The loop starts a job and goes on; when the work is done, `done` is called
 * from the loop.  Whatever the job touches belongs to the thread from
 * worker_start() until `done`. */
#ifndef IO_WORKER_H
#define IO_WORKER_H

#include "base/err.h"

#include <stdbool.h>

struct event_base;
struct worker;

typedef void worker_fn(void *ctx);

/* The name, of at most 15 bytes, is what ps and top show of the thread. */
int worker_new(struct event_base *base, const char *name, worker_fn *work,
	       worker_fn *done, void *ctx, struct worker **ret_worker,
	       struct err *err);
/* Waits for a job that is under way; `done` is not called any more. */
void worker_free(struct worker *w);

/* No job may be under way. */
void worker_start(struct worker *w);
bool worker_busy(const struct worker *w);

#endif
