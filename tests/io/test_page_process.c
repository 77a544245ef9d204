/* The pool of page-text helpers, with the real program, with programs that
 * are none, and with pages that want to break it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fakes/seed.h"
#include "io/page_process.h"
#include "io/page_spawn.h"
#include "page/frame.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULTS_MAX = 64 };

struct result {
	int status, calls;
	char text[64];
	char why[64];
};

struct world;

struct ticket {
	struct world *world;
	int number;
};

struct world {
	struct event_base *base;
	struct page_pool *pool;
	struct result results[RESULTS_MAX];
	int expected, done;
	int order[RESULTS_MAX];
	struct ticket tickets[RESULTS_MAX];
};

static char helper[512];

static void
note(void *arg, struct page_text *text, const char *why)
{
	struct ticket *ticket = arg;
	struct world *world = ticket->world;
	struct result *result = &world->results[ticket->number];

	result->status = text->status;
	result->calls++;
	snprintf(result->text, sizeof(result->text), "%s", text->text);
	snprintf(result->why, sizeof(result->why), "%s", why);
	world->order[world->done++] = ticket->number;
	page_text_free(text);
	if (world->done == world->expected)
		event_base_loopbreak(world->base);
}

static void
world_init(struct world *world, const struct page_pool_options *options)
{
	*world = (struct world){.base = event_base_new()};
	assert_non_null(world->base);
	assert_int_equal(
	    page_pool_new(world->base, options, &world->pool, NULL), 0);
}

/* No child is left, known or unknown. */
static void
world_fini(struct world *world)
{
	page_pool_free(world->pool);
	event_base_free(world->base);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
ask(struct world *world, const char *type, const char *pointer,
    const char *body, size_t len)
{
	const struct http_header header = {"content-type", type};
	const struct http_response response = {
	    .status = 200,
	    .headers = &header,
	    .n_headers = 1,
	    .final_url = "",
	    .body = body,
	    .body_len = len,
	};
	struct ticket *ticket = &world->tickets[world->expected];
	int before = world->done;

	*ticket = (struct ticket){world, world->expected++};
	page_pool_extract(world->pool, &response, pointer, note, ticket);
	assert_int_equal(world->done, before); /* never from within */
}

static void
ask_html(struct world *world, const char *html)
{
	ask(world, "text/html", "", html, strlen(html));
}

static void
run(struct world *world)
{
	if (world->done < world->expected)
		event_base_dispatch(world->base);
	assert_int_equal(world->done, world->expected);
	for (int i = 0; i < world->expected; i++)
		assert_int_equal(world->results[i].calls, 1);
}

static void
test_texts(void **state)
{
	static const char json[] = "{\"data\":[{\"id\":\"m\",\"in\":0.150}]}";
	struct page_pool_options options = page_pool_defaults(helper);
	struct world w;

	world_init(&w, &options);
	ask_html(&w, "<h1>Pricing</h1><p>$<b>0.15</b>");
	ask(&w, "application/json", "/data[id=m]/in", json, sizeof(json) - 1);
	ask(&w, "application/json", "/data[id=x]/in", json, sizeof(json) - 1);
	ask(&w, "application/json", "", "{", 1);
	ask(&w, "text/plain; charset=latin1", "", "\xa3", 1);
	ask(&w, "text/plain", "", "", 0);
	run(&w);
	assert_string_equal(w.results[0].text, "Pricing\n$0.15\n");
	assert_string_equal(w.results[0].why, "");
	assert_string_equal(w.results[1].text, "0.150\n");
	assert_int_equal(w.results[2].status, ERR_NOT_FOUND);
	assert_string_equal(w.results[2].why,
			    "the pointer does not find exactly one record");
	assert_int_equal(w.results[3].status, ERR_INVALID);
	assert_string_equal(w.results[4].text, "\xc2\xa3\n");
	assert_int_equal(w.results[5].status, 0);
	world_fini(&w);
}

/* More than a pipe holds, both ways. */
static void
test_big_page(void **state)
{
	struct page_pool_options options = page_pool_defaults(helper);
	const size_t len = PAGE_TEXT_MAX - 1;
	char *body = malloc(len);
	struct world w;

	assert_non_null(body);
	memset(body, 'x', len);
	world_init(&w, &options);
	ask(&w, "text/plain", "", body, len);
	run(&w);
	assert_int_equal(w.results[0].status, 0);
	world_fini(&w);
	free(body);
}

static int
running_children(void)
{
	char path[64];
	FILE *file;
	int n = 0, pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		 (int)getpid());
	file = fopen(path, "r");
	if (file == NULL)
		return -1;
	while (fscanf(file, "%d", &pid) == 1)
		n++;
	fclose(file);
	return n;
}

static void
test_queue(void **state)
{
	enum { JOBS = 12, WAITING = 8 };
	struct page_pool_options options = page_pool_defaults(helper);
	struct world w;

	options.waiting = WAITING;
	options.concurrent = 1;
	world_init(&w, &options);
	for (int i = 0; i < JOBS; i++)
		ask_html(&w, "x");
	event_base_loop(w.base, EVLOOP_NONBLOCK);
	assert_true(running_children() <= 1);
	run(&w);
	/* the last ones found the queue full and were told at once; the rest
	 * was served in order */
	for (int i = 0; i < JOBS - WAITING; i++)
		assert_int_equal(w.results[WAITING + i].status, ERR_BUSY);
	for (int i = 0, next = 0; i < JOBS; i++) {
		if (w.order[i] < WAITING)
			assert_int_equal(w.order[i], next++);
	}
	for (int i = 0; i < WAITING; i++)
		assert_int_equal(w.results[i].status, 0);
	world_fini(&w);
}

/* A callback may ask for more, and the pool goes on. */
static void
ask_again(void *arg, struct page_text *text, const char *why)
{
	struct ticket *ticket = arg;
	struct world *world = ticket->world;

	if (world->expected < 5)
		ask_html(world, "again");
	note(ticket, text, why);
}

static void
test_ask_from_callback(void **state)
{
	struct page_pool_options options = page_pool_defaults(helper);
	const struct http_response response = {
	    .final_url = "", .body = "x", .body_len = 1};
	struct world w;

	world_init(&w, &options);
	w.tickets[0] = (struct ticket){&w, w.expected++};
	page_pool_extract(w.pool, &response, "", ask_again, &w.tickets[0]);
	run(&w);
	assert_string_equal(w.results[1].text, "again\n");
	world_fini(&w);
}

static void
test_not_the_helper(void **state)
{
	static const struct {
		const char *program, *why;
		int status;
	} table[] = {
	    {"/nonexistent/page-text", "the helper cannot be started", ERR_IO},
	    {"/dev/null", "the helper cannot be started", ERR_IO},
	    {"/bin/true", "the helper ended too early", ERR_IO},
	    {"/bin/false", "the helper failed", ERR_IO},
	    {"/bin/pwd", "the helper is not page-text of this version", ERR_IO},
	    /* waits for input that nobody sends without a greeting */
	    {"/bin/cat", "the page took too long to read", ERR_LIMIT},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct page_pool_options options =
		    page_pool_defaults(table[i].program);
		struct world w;

		options.timeout_ms = 200;
		world_init(&w, &options);
		ask_html(&w, "x");
		ask_html(&w, "y");
		run(&w);
		for (int k = 0; k < 2; k++) {
			assert_string_equal(w.results[k].why, table[i].why);
			assert_int_equal(w.results[k].status, table[i].status);
			assert_string_equal(w.results[k].text, "");
		}
		world_fini(&w);
	}
}

static void
write_script(const char *path, const char *script)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	assert_int_equal(fchmod(fileno(file), 0700), 0);
	assert_int_equal(fclose(file), 0);
}

#define GREET "printf 'page-text 1.1 confined\\n'; read -r asked; "

/* What a helper might say that a page has taken over. */
static void
test_lying_helper(void **state)
{
	static const struct {
		const char *script;
		int status;
		const char *why;
	} table[] = {
	    {GREET "printf '0 0 0 2\\na\\n'", 0, ""},
	    {"printf 'page-text 1.1 '; printf 'confined\\n'; read -r asked;"
	     "printf '0 0 0 2\\n'; printf 'a\\n'",
	     0, ""},
	    {"printf 'page-text 1.1 confined\\n0 0 0 2\\na\\n'; read -r asked",
	     ERR_IO, "the helper answered before it was asked"},
	    {"printf 'page-text 1.0 confined\\n'", ERR_IO,
	     "the helper is not page-text of this version"},
	    {"printf 'page-text'", ERR_IO, "the helper ended too early"},
	    {GREET ":", ERR_IO, "the helper spoke nonsense"},
	    {GREET "printf '0 0 0 2\\n\\033\\n'", ERR_IO,
	     "the helper spoke nonsense"},
	    {GREET "printf '0 0 0 2\\na\\n'; exit 1", ERR_IO,
	     "the helper failed"},
	    {GREET "printf '0 0 0 2\\na\\n'; exit 69", ERR_LIMIT,
	     "the page took too much memory"},
	    {"exit 70", ERR_IO, "the helper could not confine itself"},
	    {GREET "kill -SEGV $$", ERR_IO, "the helper crashed"},
	    {GREET "while :; do printf '%9999s' x; done", ERR_IO,
	     "the helper answered too much"},
	    {GREET "while :; do :; done", ERR_LIMIT,
	     "the page took too long to read"},
	};
	char path[] = "/tmp/page-helper-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct page_pool_options options = page_pool_defaults(path);
		struct world w;

		options.timeout_ms =
		    i + 1 < sizeof(table) / sizeof(table[0]) ? 60000 : 200;
		write_script(path, table[i].script);
		world_init(&w, &options);
		ask_html(&w, "x");
		run(&w);
		if (strcmp(w.results[0].why, table[i].why) != 0)
			fail_msg("row %zu: %s", i, w.results[0].why);
		assert_int_equal(w.results[0].status, table[i].status);
		assert_string_equal(w.results[0].text,
				    table[i].status == 0 ? "a\n" : "");
		world_fini(&w);
	}
	unlink(path);
}

/* An answer is whole although the process that wrote it has long ended: most
 * of it is still in the pipe then. */
static void
test_end_before_answer_is_read(void **state)
{
	char path[] = "/tmp/page-helper-XXXXXX";
	struct page_pool_options options = page_pool_defaults(path);
	int fd = mkstemp(path);
	struct world w;

	assert_true(fd >= 0);
	close(fd);
	write_script(path, GREET "printf '0 0 0 60000\\n%59999s\\n' x");
	options.helper = path;
	world_init(&w, &options);
	for (int i = 0; i < 20; i++)
		ask_html(&w, "x");
	run(&w);
	for (int i = 0; i < 20; i++)
		assert_int_equal(w.results[i].status, 0);
	world_fini(&w);
	unlink(path);
}

static void
fill(struct buf *b, const char *text, size_t n)
{
	while (n-- > 0)
		buf_puts(b, text);
}

/* Quadratic for the parser: the time ends it, and only it. */
static void
test_slow_page(void **state)
{
	static const struct {
		uint64_t cpu_s;
		int64_t timeout_ms;
		const char *why;
	} table[] = {
	    {1, 60000, "the page took too much time or memory"},
	    {0, 300, "the page took too long to read"},
	};
	struct buf body = {0};

	fill(&body, "<div>", 400000);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct page_pool_options options = page_pool_defaults(helper);
		struct world w;

		options.cpu_s = table[i].cpu_s;
		options.timeout_ms = table[i].timeout_ms;
		world_init(&w, &options);
		ask(&w, "text/html", "", body.data, body.len);
		ask_html(&w, "quick");
		run(&w);
		assert_int_equal(w.results[0].status, ERR_LIMIT);
		assert_string_equal(w.results[0].why, table[i].why);
		/* it did not wait for the slow one */
		assert_int_equal(w.order[0], 1);
		assert_int_equal(w.results[1].status, 0);
		world_fini(&w);
	}
	buf_free(&body);
}

static void
test_memory_bomb(void **state)
{
	struct page_pool_options options = page_pool_defaults(helper);
	struct buf body = {0};
	struct world w;

	for (int i = 0; i < 3000; i++)
		buf_printf(&body, "<p><font size=%d>x</p>", i);
	/* first the limit of the tree, then that of the address space */
	world_init(&w, &options);
	ask(&w, "text/html", "", body.data, body.len);
	run(&w);
	assert_int_equal(w.results[0].status, ERR_LIMIT);
	world_fini(&w);

	if (options.memory_bytes > 0)
		options.memory_bytes = 64 * 1024 * 1024;
	world_init(&w, &options);
	ask(&w, "text/html", "", body.data, body.len);
	run(&w);
	assert_int_equal(w.results[0].status, ERR_LIMIT);
	world_fini(&w);
	buf_free(&body);
}

static void
test_too_long(void **state)
{
	struct page_pool_options options = page_pool_defaults(helper);
	char *body = calloc(1, PAGE_BODY_MAX + 1);
	struct world w;

	assert_non_null(body);
	world_init(&w, &options);
	ask(&w, "text/html", "", body, PAGE_BODY_MAX + 1);
	run(&w);
	assert_int_equal(w.results[0].status, ERR_LIMIT);
	assert_string_equal(w.results[0].why,
			    "the page is too long to be read");
	world_fini(&w);
	free(body);
}

/* Stopping while one runs and others wait: no callback, no process. */
static void
test_stop(void **state)
{
	struct page_pool_options options = page_pool_defaults("/bin/cat");
	struct world w;

	world_init(&w, &options);
	for (int i = 0; i < 4; i++)
		ask_html(&w, "x");
	event_base_loop(w.base, EVLOOP_NONBLOCK);
	assert_int_equal(running_children(), 2);
	page_pool_free(w.pool);
	w.pool = NULL;
	assert_int_equal(running_children(), 0);
	assert_int_equal(w.done, 0);
	world_fini(&w);
}

static int
open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
test_no_descriptor_is_lost(void **state)
{
	static const char *const programs[] = {helper, "/bin/true",
					       "/nonexistent", "/bin/pwd"};
	int before = open_descriptors();

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct page_pool_options options =
		    page_pool_defaults(programs[i]);
		struct world w;

		world_init(&w, &options);
		for (int k = 0; k < 5; k++)
			ask_html(&w, "x");
		run(&w);
		world_fini(&w);
	}
	assert_int_equal(open_descriptors(), before);
}

static void
await_output(const struct page_child *child)
{
	struct pollfd pollfd = {child->out, POLLIN, 0};

	assert_int_equal(poll(&pollfd, 1, 10000), 1);
}

/* Reads until the greeting is whole. */
static void
await_greeting(const struct page_child *child)
{
	char got[sizeof(PAGE_GREETING)] = "";
	size_t len = 0;

	while (len < strlen(PAGE_GREETING)) {
		ssize_t n;

		await_output(child);
		n = read(child->out, got + len, sizeof(got) - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_string_equal(got, PAGE_GREETING);
}

static void
read_proc(pid_t pid, const char *name, char *out, size_t size)
{
	char path[64];
	size_t n;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "r");
	assert_non_null(file);
	n = fread(out, 1, size - 1, file);
	out[n] = '\0';
	fclose(file);
}

/* The kernel's own word, of a helper that waits for its page. */
static void
test_confinement_from_outside(void **state)
{
	static const char *const limits[] = {
	    "Max cpu time              3                    4 ",
	    "Max open files            0                    0 ",
	    "Max processes             0                    0 ",
	    "Max file size             0                    0 ",
	    "Max core file size        0                    0 ",
	};
	struct page_pool_options options = page_pool_defaults(helper);
	struct page_child child = PAGE_CHILD_NONE;
	struct page_exit end;
	char text[8192];

	assert_int_equal(setenv("CANARY", "environment", 1), 0);
	assert_int_equal(page_child_spawn(&child, helper), 0);
	await_greeting(&child);
	read_proc(child.pid, "status", text, sizeof(text));
	assert_non_null(strstr(text, "\nSeccomp:\t2\n"));
	assert_non_null(strstr(text, "\nNoNewPrivs:\t1\n"));
	assert_int_equal(page_child_limit(&child, options.cpu_s, 1 << 30), 0);
	read_proc(child.pid, "limits", text, sizeof(text));
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (strstr(text, limits[i]) == NULL)
			fail_msg("%s in:\n%s", limits[i], text);
	}
	assert_non_null(strstr(
	    text, "Max address space         1073741824           1073741824"));
	assert_false(page_child_reap(&child, &end));
	close(child.in);
	close(child.out);
	page_child_end(&child);
	assert_int_equal(child.pid, 0);
	assert_int_equal(child.pidfd, -1);
}

/* None blocked, and SIGPIPE, which this test ignores, not ignored.  (The C
 * library ignores two of its own in every child.) */
static void
check_signals(pid_t pid)
{
	char status[8192];
	const char *ignored;

	read_proc(pid, "status", status, sizeof(status));
	assert_non_null(strstr(status, "\nSigBlk:\t0000000000000000\n"));
	ignored = strstr(status, "\nSigIgn:\t");
	assert_non_null(ignored);
	assert_int_equal(strtoul(ignored + 9, NULL, 16) & 0x7fffffff, 0);
}

/* cat shows what a child is given; it is not confined, so /proc tells. */
static void
test_nothing_is_inherited(void **state)
{
	struct page_child child = PAGE_CHILD_NONE;
	char path[64], target[64], text[256];
	struct dirent *entry;
	sigset_t blocked, before;
	int n = 0, leaked;
	ssize_t len;
	DIR *dir;

	leaked = dup(0); /* without close-on-exec */
	assert_true(leaked >= 3);
	sigfillset(&blocked);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	assert_int_equal(page_child_spawn(&child, "/bin/cat"), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(leaked);
	/* an echo comes back only after exec is over */
	assert_int_equal(write(child.in, "x", 1), 1);
	await_output(&child);
	read_proc(child.pid, "environ", text, sizeof(text));
	assert_string_equal(text, "");
	read_proc(child.pid, "cmdline", text, sizeof(text));
	assert_string_equal(text, "page-text");
	snprintf(path, sizeof(path), "/proc/%d/cwd", (int)child.pid);
	len = readlink(path, target, sizeof(target));
	assert_int_equal(len, 1);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)child.pid);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	assert_int_equal(n, 3);
	check_signals(child.pid);
	close(child.in);
	close(child.out);
	page_child_end(&child);
}

/* Any bytes as a page: a text or a typed status, and the pool lives on. */
static void
test_random_bodies(void **state)
{
	static const char *const types[] = {"text/html", "application/json",
					    "text/markdown", "text/plain"};
	static const char *const bits[] = {"<div>",	 "<table><tr><td>",
					   "</",	 "<!--",
					   "&#x",	 "\xff",
					   "{\"a\":",	 "[",
					   "\"",	 "<svg>",
					   "<textarea>", "\n",
					   "<p title='", "0.15",
					   "~",		 "<select>",
					   "<![CDATA[",	 "<template>",
					   "<frameset>", "]]>"};
	struct page_pool_options options = page_pool_defaults(helper);
	struct seed seed = seed_start();
	struct world w;

	world_init(&w, &options);
	for (int i = 0; i < 60; i++) {
		struct buf body = {0};

		for (uint32_t n = seed_next(&seed, 400); n > 0; n--)
			buf_puts(&body,
				 bits[seed_next(&seed, sizeof(bits) /
							   sizeof(bits[0]))]);
		ask(&w, types[i % 4], i % 3 == 0 ? "/a" : "", buf_text(&body),
		    body.len);
		buf_free(&body);
	}
	ask_html(&w, "still there");
	run(&w);
	for (int i = 0; i < 60; i++) {
		int status = w.results[i].status;

		assert_true(status == 0 || status == ERR_INVALID ||
			    status == ERR_NOT_FOUND);
	}
	assert_string_equal(w.results[60].text, "still there\n");
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_big_page),
	    cmocka_unit_test(test_queue),
	    cmocka_unit_test(test_ask_from_callback),
	    cmocka_unit_test(test_not_the_helper),
	    cmocka_unit_test(test_lying_helper),
	    cmocka_unit_test(test_end_before_answer_is_read),
	    cmocka_unit_test(test_slow_page),
	    cmocka_unit_test(test_memory_bomb),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_stop),
	    cmocka_unit_test(test_no_descriptor_is_lost),
	    cmocka_unit_test(test_confinement_from_outside),
	    cmocka_unit_test(test_nothing_is_inherited),
	    cmocka_unit_test(test_random_bodies),
	};
	const char *build = getenv("top_builddir");

	snprintf(helper, sizeof(helper), "%s/page-text",
		 build == NULL ? "." : build);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
