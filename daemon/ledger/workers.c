#include "ledger/workers.h"

static int
run_alone(void *ctx, size_t n, worker_job_fn *job, worker_done_fn *done,
	  void *arg)
{
	int r = 0;

	(void)ctx;
	for (size_t i = 0; r == 0 && i < n; i++) {
		job(arg, i);
		r = done(arg, i);
	}
	return r;
}

const struct workers workers_alone = {NULL, run_alone};
