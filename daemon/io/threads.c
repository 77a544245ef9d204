/* Threads take the next job in turn; the caller waits for the oldest one that
 * is not done and closes it.  No job begins more than AHEAD places before the
 * oldest, so what finished jobs hold stays bounded when one is slow.
 *
 * Everything of struct crew but the constant part is guarded by its mutex. */
#include "io/threads.h"

#include "base/digest.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { AHEAD = 4 /* jobs for each thread */, THREADS_MAX = 256 };

struct crew {
	size_t n; /* jobs */
	worker_job_fn *job;
	void *arg;
	size_t ahead;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t begun; /* jobs */
	size_t closed;
	bool stop;
	bool *finished; /* of job i at i % ahead */
};

/* The number of the job to do now; n: none any more.  Holds the mutex. */
static size_t
next_job(struct crew *c)
{
	while (!c->stop && c->begun < c->n && c->begun >= c->closed + c->ahead)
		pthread_cond_wait(&c->changed, &c->mutex);
	return c->stop || c->begun == c->n ? c->n : c->begun++;
}

static void *
work(void *crew)
{
	struct crew *c = crew;
	size_t i;

	pthread_mutex_lock(&c->mutex);
	while ((i = next_job(c)) < c->n) {
		pthread_mutex_unlock(&c->mutex);
		c->job(c->arg, i);
		pthread_mutex_lock(&c->mutex);
		c->finished[i % c->ahead] = true;
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->mutex);
	digest_thread_end();
	return NULL;
}

/* Closes the jobs in order, as they finish. */
static int
close_jobs(struct crew *c, worker_done_fn *done)
{
	int r = 0;

	pthread_mutex_lock(&c->mutex);
	while (r == 0 && c->closed < c->n) {
		bool *finished = &c->finished[c->closed % c->ahead];

		while (!*finished)
			pthread_cond_wait(&c->changed, &c->mutex);
		pthread_mutex_unlock(&c->mutex);
		r = done(c->arg, c->closed);
		pthread_mutex_lock(&c->mutex);
		*finished = false;
		c->closed++;
		pthread_cond_broadcast(&c->changed);
	}
	c->stop = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->mutex);
	return r;
}

static int
run_crew(struct crew *c, size_t n_threads, worker_done_fn *done)
{
	pthread_t *threads = calloc(n_threads, sizeof(threads[0]));
	size_t started = 0;
	int r;

	while (threads != NULL && started < n_threads &&
	       pthread_create(&threads[started], NULL, work, c) == 0)
		started++;
	if (started > 0)
		r = close_jobs(c, done);
	else
		r = workers_alone.run(NULL, c->n, c->job, done, c->arg);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return r;
}

static size_t
count_cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	return (size_t)CPU_COUNT(&set);
}

static int
run(void *ctx, size_t n, worker_job_fn *job, worker_done_fn *done, void *arg)
{
	size_t threads = ctx == NULL ? count_cores() : *(const size_t *)ctx;
	struct crew c = {.n = n, .job = job, .arg = arg};
	int r;

	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (threads > n)
		threads = n;
	if (threads <= 1)
		return workers_alone.run(NULL, n, job, done, arg);
	c.ahead = AHEAD * threads;
	c.finished = calloc(c.ahead, sizeof(c.finished[0]));
	if (c.finished == NULL)
		return workers_alone.run(NULL, n, job, done, arg);
	pthread_mutex_init(&c.mutex, NULL);
	pthread_cond_init(&c.changed, NULL);
	r = run_crew(&c, threads, done);
	pthread_cond_destroy(&c.changed);
	pthread_mutex_destroy(&c.mutex);
	free(c.finished);
	return r;
}

const struct workers threads_of_cores = {NULL, run};

struct workers
threads_of(const size_t *n)
{
	return (struct workers){(void *)(uintptr_t)n, run};
}
