/* The helper inside a service whose SystemCallFilter= leaves seccomp(2) out,
 * as @system-service does: it must confine itself all the same, or the daemon
 * would never read a page where it is meant to run.
 *
 * A filter cannot be taken off again, so this is a program of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/page_process.h"

#include <errno.h>
#include <event2/event.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char helper[512];

static void
note(void *arg, struct page_text *text, const char *why)
{
	struct event_base *base = arg;

	assert_string_equal(why, "");
	assert_int_equal(text->status, 0);
	assert_string_equal(text->text, "words\n");
	page_text_free(text);
	event_base_loopbreak(base);
}

static void
test_without_seccomp_call(void **state)
{
	const struct http_response response = {
	    .final_url = "", .body = "<p>words", .body_len = 8};
	struct page_pool_options options = page_pool_defaults(helper);
	struct event_base *base = event_base_new();
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	struct page_pool *pool;

	assert_non_null(base);
	assert_non_null(filter);
	assert_int_equal(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
					  SCMP_SYS(seccomp), 0),
			 0);
	assert_int_equal(seccomp_load(filter), 0);
	seccomp_release(filter);
	assert_int_equal(syscall(SYS_seccomp, 0, 0, NULL), -1);
	assert_int_equal(errno, EPERM);

	assert_int_equal(page_pool_new(base, &options, &pool, NULL), 0);
	page_pool_extract(pool, &response, "", note, base);
	assert_int_equal(event_base_dispatch(base), 0);
	assert_true(event_base_got_break(base));
	page_pool_free(pool);
	event_base_free(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_without_seccomp_call),
	};
	const char *build = getenv("top_builddir");

	snprintf(helper, sizeof(helper), "%s/page-text",
		 build == NULL ? "." : build);
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
