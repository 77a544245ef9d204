/* The mutex guards the number of durable rows and the way down; the index
 * itself belongs to the thread alone.
 *
 * One that is opened is examined first, once: what rotted on the disk since
 * would hide rows.  After a failure the index is closed.  One that is no good is deleted and
 * made anew at once.  One that somebody else has locked is good: it takes its
 * rows when the lock is gone, which is looked at again and again.  Where there
 * is no room or no way to write, it is tried again after a while.  What waits
 * is said once until it works. */
#include "io/index_keeper.h"
#include "base/digest.h"
#include "io/index.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

struct index_keeper {
	const struct ledger_io *io;
	char *dir;
	index_say_fn *say;

	/* the thread's */
	struct index_db *index; /* NULL: to be opened */
	bool complained;

	pthread_t thread;
	bool has_thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	uint64_t durable;
	bool idle;	  /* it waits for rows */
	atomic_bool stop; /* also read in the middle of the work */
};

static void
complain(struct index_keeper *k, int priority, const char *what,
	 const struct err *err)
{
	char text[600];

	if (k->complained)
		return;
	k->complained = true;
	snprintf(text, sizeof(text), "%s: %s", err->text, what);
	k->say(priority, text);
}

static int
open_index(struct index_keeper *k, struct err *err)
{
	int r = index_open(k->io, k->dir, &k->index, err);

	if (r == 0) {
		r = index_examine(k->index, &k->stop, err);
		if (r < 0) {
			index_close(k->index);
			k->index = NULL;
		}
	}
	if (r != ERR_DAMAGED)
		return r;
	complain(k, LOG_NOTICE, "the index is made anew", err);
	r = index_remove(k->dir, err);
	return r < 0 ? r : index_open(k->io, k->dir, &k->index, err);
}

/* 0: as far as `to`, or stopped. */
static int
bring_up(struct index_keeper *k, uint64_t to, struct err *err)
{
	int r = 0;

	if (k->index == NULL)
		r = open_index(k, err);
	if (r == 0)
		r = index_update(k->index, to, &k->stop, NULL, NULL, err);
	if (r >= 0)
		return 0;
	index_close(k->index);
	k->index = NULL;
	return r;
}

/* One that breaks under the work is made anew once; then it has to wait. */
static int
work(struct index_keeper *k, uint64_t to)
{
	struct err err = {0};
	int r = bring_up(k, to, &err);

	if (r == ERR_DAMAGED) {
		complain(k, LOG_NOTICE, "the index is made anew", &err);
		r = index_remove(k->dir, &err);
		if (r == 0)
			r = bring_up(k, to, &err);
	}
	if (r == ERR_BUSY)
		complain(k, LOG_WARNING,
			 "another program has it locked; the index waits for "
			 "the end of that, the ledger goes on",
			 &err);
	else if (r < 0)
		complain(k, LOG_WARNING, "the index waits; the ledger goes on",
			 &err);
	else
		k->complained = false;
	return r;
}

static uint64_t
rows_done(const struct index_keeper *k)
{
	return k->index == NULL ? 0 : index_rows(k->index);
}

/* The mutex is held; ends early on the way down. */
static void
pause_for(struct index_keeper *k, int64_t ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	while (!k->stop &&
	       pthread_cond_timedwait(&k->wake, &k->mutex, &until) == 0)
		;
}

/* Whether there is something to do; the mutex is held. */
static bool
wait_for_rows(struct index_keeper *k, uint64_t done)
{
	while (!k->stop && k->durable <= done) {
		k->idle = true;
		pthread_cond_wait(&k->wake, &k->mutex);
		k->idle = false;
	}
	if (k->durable - done < INDEX_STEP_ROWS)
		pause_for(k, INDEX_LAG_MS);
	return !k->stop;
}

/* SQLite has waited for a lock already. */
static int64_t
retry_ms(int error)
{
	return error == ERR_BUSY ? INDEX_LAG_MS : INDEX_RETRY_S * 1000;
}

static void *
keep(void *arg)
{
	struct index_keeper *k = arg;
	uint64_t done = 0;

	pthread_mutex_lock(&k->mutex);
	while (wait_for_rows(k, done)) {
		uint64_t to = k->durable;
		int r;

		pthread_mutex_unlock(&k->mutex);
		r = work(k, to);
		pthread_mutex_lock(&k->mutex);
		if (r < 0)
			pause_for(k, retry_ms(r));
		else
			done = to;
	}
	pthread_mutex_unlock(&k->mutex);
	digest_thread_end();
	return NULL;
}

/* Takes no signals: they belong to the loop. */
static int
start_thread(struct index_keeper *k, struct err *err)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&k->thread, NULL, keep, k);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r != 0)
		return err_set_errno(err, ERR_IO, r, "the index's thread");
	k->has_thread = true;
	return 0;
}

int
index_keeper_new(const struct ledger_io *io, const char *dir, index_say_fn *say,
		 struct index_keeper **ret_keeper, struct err *err)
{
	struct index_keeper *k = calloc(1, sizeof(*k));
	pthread_condattr_t attr;
	int r;

	if (k == NULL)
		return err_set(err, ERR_NOMEM, "no memory for the index");
	k->io = io;
	k->say = say;
	pthread_mutex_init(&k->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&k->wake, &attr);
	pthread_condattr_destroy(&attr);
	k->dir = strdup(dir);
	r = k->dir == NULL ? err_set(err, ERR_NOMEM, "no memory for the index")
			   : start_thread(k, err);
	if (r < 0) {
		index_keeper_free(k);
		return r;
	}
	*ret_keeper = k;
	return 0;
}

void
index_keeper_tell(struct index_keeper *k, uint64_t durable)
{
	pthread_mutex_lock(&k->mutex);
	k->durable = durable;
	if (k->idle)
		pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->mutex);
}

/* The rows of the way down, so that the next start finds nothing to do. */
static void
take_rest(struct index_keeper *k)
{
	if (k->index != NULL && k->durable > rows_done(k) &&
	    k->durable - rows_done(k) <= INDEX_STEP_ROWS)
		index_update(k->index, k->durable, NULL, NULL, NULL, NULL);
}

void
index_keeper_free(struct index_keeper *k)
{
	if (k == NULL)
		return;
	if (k->has_thread) {
		pthread_mutex_lock(&k->mutex);
		k->stop = true;
		pthread_cond_signal(&k->wake);
		pthread_mutex_unlock(&k->mutex);
		pthread_join(k->thread, NULL);
		take_rest(k);
	}
	index_close(k->index);
	pthread_cond_destroy(&k->wake);
	pthread_mutex_destroy(&k->mutex);
	free(k->dir);
	free(k);
}
