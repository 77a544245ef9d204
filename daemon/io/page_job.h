/* One page and the helper process that reads it: a part of the pool of
 * page_process.h. */
#ifndef IO_PAGE_JOB_H
#define IO_PAGE_JOB_H

#include "base/buf.h"
#include "io/page_spawn.h"
#include "page/page.h"

#include <stddef.h>

struct event;
struct event_base;
struct page_pool_options;

enum page_job_stage {
	PAGE_JOB_WAITING, /* not started */
	PAGE_JOB_GREETING,
	PAGE_JOB_ANSWER,
	PAGE_JOB_OVER /* the result can be taken, the process is gone */
};

/* Why there is no text; status 0 while nothing went wrong. */
struct page_verdict {
	int status;
	const char *why; /* static */
};

/* Private but for stage and request. */
struct page_job {
	enum page_job_stage stage;
	struct buf request; /* to be filled before the start */
	struct event_base *base;
	const struct page_pool_options *options;
	void (*over)(void *arg);
	void *arg;
	struct page_verdict verdict;
	size_t sent;
	struct buf answer;
	struct page_child child;
	struct page_exit end; /* once child.pid is 0 */
	struct event *readable, *writable, *exited, *timeout;
};

/* Base and options are borrowed.  over() is called once, from the loop, when
 * a job that page_job_start() has brought to PAGE_JOB_GREETING is over. */
void page_job_init(struct page_job *job, struct event_base *base,
		   const struct page_pool_options *options,
		   void (*over)(void *arg), void *arg);

/* Starts the helper; when that fails, the job is over at once and over() is
 * not called. */
void page_job_start(struct page_job *job);

/* Ends a job that was not started. */
void page_job_refuse(struct page_job *job, int status, const char *why);

/* Of a job that is over: fills *ret_text and returns why there is no text,
 * or "". */
const char *page_job_result(struct page_job *job, struct page_text *ret_text);

/* At any stage; leaves no process and no descriptor. */
void page_job_fini(struct page_job *job);

#endif
