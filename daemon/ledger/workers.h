/* Jobs that do not depend on each other, for as many threads as somebody
 * lends; the core itself starts none. */
#ifndef LEDGER_WORKERS_H
#define LEDGER_WORKERS_H

#include <stddef.h>

/* Job i, in any thread. */
typedef void worker_job_fn(void *arg, size_t i);
/* After job i, in the thread of the caller, in the order of i.  0: go on;
 * anything else ends the run and is what it returns. */
typedef int worker_done_fn(void *arg, size_t i);

struct workers {
	void *ctx;
	/* Jobs 0 to n-1.  Of every job that was begun, done was called or is
	 * not called any more when this returns; jobs are begun in order, and
	 * not far ahead of done.  ERR_NOMEM. */
	int (*run)(void *ctx, size_t n, worker_job_fn *job,
		   worker_done_fn *done, void *arg);
};

/* One job after the other, in the thread of the caller. */
extern const struct workers workers_alone;

#endif
