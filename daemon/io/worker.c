/* The mutex guards only the hand-over (`job`, `stop`); an eventfd tells the
 * loop that a job is done.  Whoever is woken finds the mutex free: both sides
 * wake the other after they let go of it. */
#include "io/worker.h"
#include "base/digest.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct worker {
	worker_fn *work, *done;
	void *ctx;
	struct event *finished;
	int finished_fd;
	bool busy;

	pthread_t thread;
	bool has_thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool job, stop;
};

static void *
run(void *arg)
{
	static const uint64_t one = 1;
	struct worker *w = arg;

	pthread_mutex_lock(&w->mutex);
	for (;;) {
		while (!w->job && !w->stop)
			pthread_cond_wait(&w->wake, &w->mutex);
		if (!w->job)
			break;
		pthread_mutex_unlock(&w->mutex);
		w->work(w->ctx);
		pthread_mutex_lock(&w->mutex);
		w->job = false;
		pthread_mutex_unlock(&w->mutex);
		/* An eventfd takes this much without blocking. */
		if (write(w->finished_fd, &one, sizeof(one)) < 0)
			abort();
		pthread_mutex_lock(&w->mutex);
	}
	pthread_mutex_unlock(&w->mutex);
	digest_thread_end();
	return NULL;
}

static void
on_finished(evutil_socket_t fd, short what, void *ctx)
{
	struct worker *w = ctx;
	uint64_t n;

	if (read(w->finished_fd, &n, sizeof(n)) < 0)
		return;
	w->busy = false;
	w->done(w->ctx);
}

/* The thread takes no signals: they belong to the loop. */
static int
start_thread(struct worker *w, const char *name, struct err *err)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r != 0)
		return err_set_errno(err, ERR_IO, r, "the thread %s", name);
	w->has_thread = true;
	pthread_setname_np(w->thread, name);
	return 0;
}

int
worker_new(struct event_base *base, const char *name, worker_fn *work,
	   worker_fn *done, void *ctx, struct worker **ret_worker,
	   struct err *err)
{
	struct worker *w = calloc(1, sizeof(*w));
	int r = 0;

	if (w == NULL)
		return err_set(err, ERR_NOMEM, "no memory for the thread %s",
			       name);
	w->work = work;
	w->done = done;
	w->ctx = ctx;
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->finished_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->finished_fd < 0)
		r = err_set_errno(err, ERR_IO, errno, "eventfd");
	if (r == 0) {
		w->finished = event_new(base, w->finished_fd,
					EV_READ | EV_PERSIST, on_finished, w);
		if (w->finished == NULL || event_add(w->finished, NULL) < 0)
			r = err_set(err, ERR_NOMEM,
				    "no memory for the thread %s", name);
	}
	if (r == 0)
		r = start_thread(w, name, err);
	if (r < 0) {
		worker_free(w);
		return r;
	}
	*ret_worker = w;
	return 0;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	if (w->has_thread) {
		pthread_mutex_lock(&w->mutex);
		w->stop = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->mutex);
		pthread_join(w->thread, NULL);
	}
	if (w->finished != NULL)
		event_free(w->finished);
	if (w->finished_fd >= 0)
		close(w->finished_fd);
	pthread_mutex_destroy(&w->mutex);
	pthread_cond_destroy(&w->wake);
	free(w);
}

void
worker_start(struct worker *w)
{
	assert(!w->busy);
	w->busy = true;
	pthread_mutex_lock(&w->mutex);
	w->job = true;
	pthread_mutex_unlock(&w->mutex);
	pthread_cond_signal(&w->wake);
}

bool
worker_busy(const struct worker *w)
{
	return w->busy;
}
