/* A job is waiting, running, or over.
 *
 * A running job has a process with two pipes and goes through: greeting
 * awaited (nothing of the page is sent before the helper has said that it is
 * confined; then the kernel's limits are set on it) -> request written and
 * answer read -> end of the answer -> exit seen by the pidfd.  The first
 * thing that goes wrong is kept as the verdict and the process is killed; the
 * job ends only with the process, so no process is ever left behind.
 *
 * A job that cannot start is over too: its callback is made from the loop. */
#include "io/page_process.h"
#include "io/page_spawn.h"
#include "page/frame.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_CHUNK = 65536 };

enum stage { STAGE_WAITING, STAGE_GREETING, STAGE_ANSWER, STAGE_OVER };

struct verdict {
	int status;
	const char *why;
};

struct job {
	struct page_pool *pool;
	struct job *next; /* in the pool's list, oldest first */
	enum stage stage;
	struct verdict verdict; /* status 0 while nothing went wrong */
	page_pool_done done;
	void *arg;
	struct buf request;
	size_t sent;
	struct buf answer;
	struct page_child child;
	struct event *readable, *writable, *exited, *timeout;
};

struct page_pool {
	struct event_base *base;
	struct page_pool_options options;
	char *helper;
	struct job *jobs;
	int running;
	struct event *turn; /* starts and ends jobs, out of any callback */
};

static void
turn_later(struct page_pool *pool)
{
	event_active(pool->turn, EV_TIMEOUT, 0);
}

static void
set_verdict(struct job *job, int status, const char *why)
{
	if (job->verdict.status == 0)
		job->verdict = (struct verdict){status, why};
}

static void
forget_event(struct event **event)
{
	if (*event != NULL)
		event_free(*event);
	*event = NULL;
}

static void
close_pipe(struct event **event, int *fd)
{
	forget_event(event);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The exit of the process ends the job. */
static void
condemn(struct job *job, int status, const char *why)
{
	set_verdict(job, status, why);
	close_pipe(&job->writable, &job->child.in);
	close_pipe(&job->readable, &job->child.out);
	page_child_kill(&job->child);
}

/* The greeting is there: now, and only now, the page may be sent. */
static void
take_greeting(struct job *job)
{
	static const char greeting[] = PAGE_GREETING;
	const size_t len = sizeof(greeting) - 1;
	const struct page_pool_options *options = &job->pool->options;

	if (memcmp(job->answer.data, greeting,
		   job->answer.len < len ? job->answer.len : len) != 0) {
		condemn(job, ERR_IO,
			"the helper is not page-text of this version");
		return;
	}
	if (job->answer.len < len)
		return;
	if (job->answer.len > len) {
		condemn(job, ERR_IO, "the helper answered before it was asked");
		return;
	}
	if (page_child_limit(&job->child, options->cpu_s,
			     options->memory_bytes) < 0) {
		condemn(job, ERR_IO, "limits cannot be set on the helper");
		return;
	}
	buf_reset(&job->answer);
	job->stage = STAGE_ANSWER;
	event_add(job->writable, NULL);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct job *job = arg;
	char chunk[READ_CHUNK];
	ssize_t n = read((int)fd, chunk, sizeof(chunk));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_pipe(&job->readable, &job->child.out);
		return;
	}
	if (job->answer.len + (size_t)n > PAGE_ANSWER_MAX) {
		condemn(job, ERR_IO, "the helper answered too much");
		return;
	}
	buf_add(&job->answer, chunk, (size_t)n);
	if (job->answer.failed)
		condemn(job, ERR_NOMEM, "no memory for the text of the page");
	else if (job->stage == STAGE_GREETING)
		take_greeting(job);
}

/* A helper that does not read any more has a reason, which its exit tells. */
static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct job *job = arg;
	ssize_t n = write((int)fd, job->request.data + job->sent,
			  job->request.len - job->sent);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n >= 0)
		job->sent += (size_t)n;
	if (n < 0 || job->sent == job->request.len)
		close_pipe(&job->writable, &job->child.in);
}

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	condemn(arg, ERR_LIMIT, "the page took too long to read");
}

/* What the way a helper ended says; status 0 for a regular exit. */
static struct verdict
judge_exit(const struct page_exit *end)
{
	switch (end->kind) {
	case PAGE_END_LIMIT:
		return (struct verdict){
		    ERR_LIMIT, "the page took too much time or memory"};
	case PAGE_END_SIGNAL:
		return (struct verdict){ERR_IO, "the helper crashed"};
	default:
		break;
	}
	switch (end->status) {
	case 0:
		return (struct verdict){0, ""};
	case PAGE_EXIT_MEMORY:
		return (struct verdict){ERR_LIMIT,
					"the page took too much memory"};
	case PAGE_EXIT_UNCONFINED:
		return (struct verdict){ERR_IO,
					"the helper could not confine itself"};
	default:
		return (struct verdict){ERR_IO, "the helper failed"};
	}
}

/* What is still in the pipe of a process that has ended. */
static void
drain(struct job *job)
{
	while (job->readable != NULL) {
		size_t before = job->answer.len;

		on_readable(job->child.out, EV_READ, job);
		if (job->answer.len == before)
			break;
	}
}

static void
on_exited(evutil_socket_t fd, short what, void *arg)
{
	struct job *job = arg;
	struct page_exit end;
	struct verdict verdict;

	(void)fd;
	(void)what;
	if (!page_child_reap(&job->child, &end))
		return;
	forget_event(&job->exited);
	forget_event(&job->timeout);
	drain(job);
	verdict = judge_exit(&end);
	if (verdict.status < 0)
		set_verdict(job, verdict.status, verdict.why);
	else if (job->stage != STAGE_ANSWER)
		set_verdict(job, ERR_IO, "the helper ended too early");
	job->stage = STAGE_OVER;
	job->pool->running--;
	turn_later(job->pool);
}

static struct event *
add_event(struct job *job, int fd, short what, event_callback_fn callback)
{
	return event_new(job->pool->base, fd, what, callback, job);
}

static bool
watch(struct job *job)
{
	const int64_t ms = job->pool->options.timeout_ms;
	const struct timeval limit = {ms / 1000, ms % 1000 * 1000};
	const struct page_child *child = &job->child;

	job->readable =
	    add_event(job, child->out, EV_READ | EV_PERSIST, on_readable);
	job->writable =
	    add_event(job, child->in, EV_WRITE | EV_PERSIST, on_writable);
	job->exited =
	    add_event(job, child->pidfd, EV_READ | EV_PERSIST, on_exited);
	job->timeout = add_event(job, -1, 0, on_timeout);
	return job->readable != NULL && job->writable != NULL &&
	       job->exited != NULL && job->timeout != NULL &&
	       event_add(job->readable, NULL) == 0 &&
	       event_add(job->exited, NULL) == 0 &&
	       event_add(job->timeout, &limit) == 0;
}

static void
start(struct job *job)
{
	if (page_child_spawn(&job->child, job->pool->helper) < 0) {
		set_verdict(job, ERR_IO, "the helper cannot be started");
		job->stage = STAGE_OVER;
		return;
	}
	if (!watch(job)) {
		set_verdict(job, ERR_NOMEM, "no memory for the helper");
		job->stage = STAGE_OVER;
		return;
	}
	job->stage = STAGE_GREETING;
	job->pool->running++;
}

/* Leaves no process and no descriptor. */
static void
job_free(struct job *job)
{
	forget_event(&job->timeout);
	forget_event(&job->exited);
	close_pipe(&job->writable, &job->child.in);
	close_pipe(&job->readable, &job->child.out);
	page_child_end(&job->child);
	buf_free(&job->request);
	buf_free(&job->answer);
	free(job);
}

/* Of a helper that did its work. */
static const char *
describe(int status)
{
	switch (status) {
	case 0:
		return "";
	case ERR_NOT_FOUND:
		return "the pointer does not find exactly one record";
	case ERR_LIMIT:
		return "the page or its text is too big";
	default:
		return "the body is not what its type says";
	}
}

static const char *
result_of(struct job *job, struct page_text *ret_text)
{
	if (job->verdict.status == 0 &&
	    page_answer_parse(buf_text(&job->answer), job->answer.len,
			      ret_text) < 0)
		set_verdict(job, ERR_IO, "the helper spoke nonsense");
	if (job->verdict.status == 0)
		return describe(ret_text->status);
	*ret_text = page_text_failed(job->verdict.status);
	return job->verdict.why;
}

static void
finish(struct job *job)
{
	struct page_text text = {0};
	const char *why = result_of(job, &text);
	page_pool_done done = job->done;
	void *arg = job->arg;

	job_free(job);
	done(arg, &text, why);
}

/* Takes the first job that is over out of the list. */
static struct job *
take_over(struct page_pool *pool)
{
	for (struct job **at = &pool->jobs; *at != NULL; at = &(*at)->next) {
		struct job *job = *at;

		if (job->stage == STAGE_OVER) {
			*at = job->next;
			return job;
		}
	}
	return NULL;
}

/* One job at a time, because a callback may add jobs; never recursively. */
static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct page_pool *pool = arg;
	struct job *job;

	(void)fd;
	(void)what;
	for (job = pool->jobs; job != NULL; job = job->next) {
		if (job->stage == STAGE_WAITING &&
		    pool->running < pool->options.concurrent)
			start(job);
	}
	job = take_over(pool);
	if (job == NULL)
		return;
	turn_later(pool);
	finish(job);
}

static size_t
count_waiting(const struct page_pool *pool)
{
	size_t n = 0;

	for (const struct job *job = pool->jobs; job != NULL; job = job->next)
		n += job->stage == STAGE_WAITING;
	return n;
}

static void
fill_request(struct job *job, const struct http_response *response,
	     const char *pointer)
{
	struct page_request request = page_request_of(response, pointer);
	int r = page_request_render(&request, &job->request);

	if (r < 0)
		set_verdict(job, r, "the page is too long to be read");
	else if (count_waiting(job->pool) >= job->pool->options.waiting)
		set_verdict(job, ERR_BUSY, "too many pages wait to be read");
	job->stage = job->verdict.status < 0 ? STAGE_OVER : STAGE_WAITING;
}

void
page_pool_extract(struct page_pool *pool, const struct http_response *response,
		  const char *pointer, page_pool_done done, void *arg)
{
	struct job *job = calloc(1, sizeof(*job)), **end = &pool->jobs;

	if (job == NULL)
		abort(); /* a callback is owed and there is none to make */
	*job = (struct job){
	    .pool = pool,
	    .done = done,
	    .arg = arg,
	    .child = PAGE_CHILD_NONE,
	};
	fill_request(job, response, pointer);
	while (*end != NULL)
		end = &(*end)->next;
	*end = job;
	turn_later(pool);
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
	while (pool->jobs != NULL) {
		struct job *job = pool->jobs;

		pool->jobs = job->next;
		job_free(job);
	}
	forget_event(&pool->turn);
	free(pool->helper);
	free(pool);
}
