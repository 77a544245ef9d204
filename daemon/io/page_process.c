/* The pool is one list of jobs in the order in which they came: waiting,
 * running, or over.  All changes happen in turns of the loop: a turn starts
 * what may start and hands out one result, because the callback may ask for
 * more, or for anything. */
#include "io/page_process.h"
#include "io/page_job.h"
#include "page/frame.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct entry *next;
	struct page_job job;
	page_pool_done done;
	void *arg;
};

struct page_pool {
	struct event_base *base;
	struct page_pool_options options;
	char *helper;
	struct entry *entries; /* oldest first */
	int running;
	struct event *turn;
};

static void
turn_later(struct page_pool *pool)
{
	event_active(pool->turn, EV_TIMEOUT, 0);
}

static void
on_over(void *arg)
{
	struct page_pool *pool = arg;

	pool->running--;
	turn_later(pool);
}

static void
start_jobs(struct page_pool *pool)
{
	for (struct entry *entry = pool->entries; entry != NULL;
	     entry = entry->next) {
		if (pool->running >= pool->options.concurrent)
			return;
		if (entry->job.stage != PAGE_JOB_WAITING)
			continue;
		page_job_start(&entry->job);
		pool->running += entry->job.stage != PAGE_JOB_OVER;
	}
}

/* Takes the first job that is over out of the list. */
static struct entry *
take_over(struct page_pool *pool)
{
	for (struct entry **at = &pool->entries; *at != NULL;
	     at = &(*at)->next) {
		struct entry *entry = *at;

		if (entry->job.stage == PAGE_JOB_OVER) {
			*at = entry->next;
			return entry;
		}
	}
	return NULL;
}

static void
entry_free(struct entry *entry)
{
	page_job_fini(&entry->job);
	free(entry);
}

static void
hand_out(struct entry *entry)
{
	struct page_text text = {0};
	const char *why = page_job_result(&entry->job, &text);
	page_pool_done done = entry->done;
	void *arg = entry->arg;

	entry_free(entry);
	done(arg, &text, why);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct page_pool *pool = arg;
	struct entry *entry;

	(void)fd;
	(void)what;
	start_jobs(pool);
	entry = take_over(pool);
	if (entry == NULL)
		return;
	turn_later(pool);
	hand_out(entry);
}

static size_t
count_waiting(const struct page_pool *pool)
{
	size_t n = 0;

	for (const struct entry *entry = pool->entries; entry != NULL;
	     entry = entry->next)
		n += entry->job.stage == PAGE_JOB_WAITING;
	return n;
}

static void
fill_request(struct page_pool *pool, struct page_job *job,
	     const struct http_response *response, const char *pointer)
{
	struct page_request request = page_request_of(response, pointer);
	int r;

	if (count_waiting(pool) >= pool->options.waiting) {
		page_job_refuse(job, ERR_BUSY,
				"too many pages wait to be read");
		return;
	}
	r = page_request_render(&request, &job->request);
	if (r < 0)
		page_job_refuse(job, r, "the page is too long to be read");
}

int
page_pool_extract(struct page_pool *pool, const struct http_response *response,
		  const char *pointer, page_pool_done done, void *arg)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct entry **end = &pool->entries;

	if (entry == NULL)
		return ERR_NOMEM;
	entry->done = done;
	entry->arg = arg;
	page_job_init(&entry->job, pool->base, &pool->options, on_over, pool);
	fill_request(pool, &entry->job, response, pointer);
	while (*end != NULL)
		end = &(*end)->next;
	*end = entry;
	turn_later(pool);
	return 0;
}

struct page_pool_options
page_pool_defaults(const char *helper)
{
	return (struct page_pool_options){
	    .helper = helper,
	    .concurrent = 2,
	    .waiting = 256,
	    .timeout_ms = 5000,
	    .cpu_s = 3,
#ifdef __SANITIZE_ADDRESS__
	    .memory_bytes = 0, /* its shadow memory is terabytes */
#else
	    .memory_bytes = (uint64_t)512 * 1024 * 1024,
#endif
	};
}

int
page_pool_new(struct event_base *base, const struct page_pool_options *options,
	      struct page_pool **ret_pool, struct err *err)
{
	struct page_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return err_set(err, ERR_NOMEM, "no memory for page helpers");
	pool->base = base;
	pool->options = *options;
	pool->helper = strdup(options->helper);
	pool->options.helper = pool->helper;
	pool->turn = event_new(base, -1, 0, on_turn, pool);
	if (pool->helper == NULL || pool->turn == NULL) {
		page_pool_free(pool);
		return err_set(err, ERR_NOMEM, "no memory for page helpers");
	}
	*ret_pool = pool;
	return 0;
}

void
page_pool_free(struct page_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->entries != NULL) {
		struct entry *entry = pool->entries;

		pool->entries = entry->next;
		entry_free(entry);
	}
	if (pool->turn != NULL)
		event_free(pool->turn);
	free(pool->helper);
	free(pool);
}
