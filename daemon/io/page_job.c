/* The helper's process with its two pipes goes through: greeting awaited
 * (nothing of the page is sent before the helper has said that it is
 * confined; then the kernel's limits are set on it) -> request written and
 * answer read -> end of the answer, and exit seen by the pidfd, in any order.
 *
 * The first thing that goes wrong is kept as the verdict and the process is
 * killed; the job ends only with the process, so none is ever left behind. */
#include "io/page_job.h"
#include "io/page_process.h"
#include "page/frame.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_CHUNK = 16384 };

static void
set_verdict(struct page_job *job, int status, const char *why)
{
	if (job->verdict.status == 0)
		job->verdict = (struct page_verdict){status, why};
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

/* What the way a helper ended says; status 0 for a regular exit. */
static struct page_verdict
judge_exit(const struct page_exit *end)
{
	switch (end->kind) {
	case PAGE_END_LIMIT:
		return (struct page_verdict){
		    ERR_LIMIT, "the page took too much time or memory"};
	case PAGE_END_SIGNAL:
		return (struct page_verdict){ERR_IO, "the helper crashed"};
	default:
		break;
	}
	switch (end->status) {
	case 0:
		return (struct page_verdict){0, ""};
	case PAGE_EXIT_MEMORY:
		return (struct page_verdict){ERR_LIMIT,
					     "the page took too much memory"};
	case PAGE_EXIT_UNCONFINED:
		return (struct page_verdict){
		    ERR_IO, "the helper could not confine itself"};
	default:
		return (struct page_verdict){ERR_IO, "the helper failed"};
	}
}

/* A job is over when its process has ended and its answer too. */
static void
end_if_done(struct page_job *job)
{
	struct page_verdict verdict;

	if (job->child.pid > 0 || job->readable != NULL)
		return;
	forget_event(&job->timeout);
	verdict = judge_exit(&job->end);
	if (verdict.status < 0)
		set_verdict(job, verdict.status, verdict.why);
	else if (job->stage != PAGE_JOB_ANSWER)
		set_verdict(job, ERR_IO, "the helper ended too early");
	job->stage = PAGE_JOB_OVER;
	job->over(job->arg);
}

/* The end of the process, if it has not come yet, ends the job. */
static void
condemn(struct page_job *job, int status, const char *why)
{
	set_verdict(job, status, why);
	close_pipe(&job->writable, &job->child.in);
	close_pipe(&job->readable, &job->child.out);
	page_child_kill(&job->child);
	end_if_done(job);
}

/* The greeting is there: now, and only now, the page may be sent. */
static void
take_greeting(struct page_job *job)
{
	static const char greeting[] = PAGE_GREETING;
	const size_t len = sizeof(greeting) - 1;
	const struct page_pool_options *options = job->options;

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
	job->stage = PAGE_JOB_ANSWER;
	event_add(job->writable, NULL);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct page_job *job = arg;
	char chunk[READ_CHUNK];
	ssize_t n = read((int)fd, chunk, sizeof(chunk));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_pipe(&job->readable, &job->child.out);
		end_if_done(job);
		return;
	}
	if (job->answer.len + (size_t)n > PAGE_ANSWER_MAX) {
		condemn(job, ERR_IO, "the helper answered too much");
		return;
	}
	buf_add(&job->answer, chunk, (size_t)n);
	if (job->answer.failed)
		condemn(job, ERR_NOMEM, "no memory for the text of the page");
	else if (job->stage == PAGE_JOB_GREETING)
		take_greeting(job);
}

/* A helper that does not read any more has a reason, which its exit tells. */
static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct page_job *job = arg;
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

static void
on_exited(evutil_socket_t fd, short what, void *arg)
{
	struct page_job *job = arg;

	(void)fd;
	(void)what;
	if (!page_child_reap(&job->child, &job->end))
		return;
	forget_event(&job->exited);
	end_if_done(job);
}

static struct event *
add_event(struct page_job *job, int fd, short what, event_callback_fn callback)
{
	return event_new(job->base, fd, what, callback, job);
}

static bool
watch(struct page_job *job)
{
	const int64_t ms = job->options->timeout_ms;
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

void
page_job_init(struct page_job *job, struct event_base *base,
	      const struct page_pool_options *options, void (*over)(void *arg),
	      void *arg)
{
	*job = (struct page_job){
	    .base = base,
	    .options = options,
	    .over = over,
	    .arg = arg,
	    .child = PAGE_CHILD_NONE,
	};
}

void
page_job_refuse(struct page_job *job, int status, const char *why)
{
	set_verdict(job, status, why);
	job->stage = PAGE_JOB_OVER;
}

void
page_job_start(struct page_job *job)
{
	if (page_child_spawn(&job->child, job->options->helper) < 0)
		page_job_refuse(job, ERR_IO, "the helper cannot be started");
	else if (!watch(job))
		page_job_refuse(job, ERR_NOMEM, "no memory for the helper");
	else
		job->stage = PAGE_JOB_GREETING;
}

void
page_job_fini(struct page_job *job)
{
	forget_event(&job->timeout);
	forget_event(&job->exited);
	close_pipe(&job->writable, &job->child.in);
	close_pipe(&job->readable, &job->child.out);
	page_child_end(&job->child);
	buf_free(&job->request);
	buf_free(&job->answer);
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

const char *
page_job_result(struct page_job *job, struct page_text *ret_text)
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
