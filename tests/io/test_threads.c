/* Every job is done once, in any thread; each is closed in order, by the
 * caller, and not before it is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/disk.h"
#include "io/threads.h"
#include "ledger/verify.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS = 500 };

struct seen {
	atomic_int jobs[JOBS];
	atomic_int begun;
	size_t closed;
	size_t stop_at; /* closing this one ends the run */
	pthread_t caller;
};

static void
job(void *arg, size_t i)
{
	struct seen *s = arg;

	s->begun++;
	s->jobs[i]++;
}

static int
done(void *arg, size_t i)
{
	struct seen *s = arg;

	assert_int_equal(i, s->closed++);
	assert_int_equal(s->jobs[i], 1);
	assert_true(pthread_equal(s->caller, pthread_self()));
	return i == s->stop_at ? 7 : 0;
}

static void
test_order(void **state)
{
	static const size_t counts[] = {0, 1, 2, 3, 8, 64, 100000};

	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		struct workers w = threads_of(&counts[k]);

		for (size_t n = 0; n <= JOBS; n += n < 20 ? 1 : 240) {
			struct seen s = {.caller = pthread_self(),
					 .stop_at = SIZE_MAX};

			assert_int_equal(w.run(w.ctx, n, job, done, &s), 0);
			assert_int_equal(s.closed, n);
			assert_int_equal(s.begun, n);
		}
	}
}

/* No job begins far behind the one that ends it. */
static void
test_stop(void **state)
{
	static const size_t four = 4;
	struct workers w = threads_of(&four);

	for (size_t at = 0; at < 100; at += 9) {
		struct seen s = {.caller = pthread_self(), .stop_at = at};

		assert_int_equal(w.run(w.ctx, JOBS, job, done, &s), 7);
		assert_int_equal(s.closed, at + 1);
		assert_in_range(s.begun, at + 1, at + 1 + 4 * 4);
	}
}

/* A verification says the same whoever does it. */
static void
test_verify(void **state)
{
	static const size_t three = 3;
	const struct workers w = threads_of(&three);
	struct verify_options o = {.level = 3, .lint = true};
	const char *top = getenv("top_srcdir");
	struct ledger_verdict alone, many;
	char dir[4096];

	snprintf(dir, sizeof(dir), "%s/tests/fixtures/ledger-v1",
		 top == NULL ? "." : top);
	o.workers = &workers_alone;
	assert_int_equal(verify_ledger(&disk_io, dir, &o, &alone, NULL), 0);
	o.workers = &w;
	assert_int_equal(verify_ledger(&disk_io, dir, &o, &many, NULL), 0);
	assert_int_equal(many.ok, alone.ok);
	assert_int_equal(many.level, alone.level);
	assert_int_equal(many.rows, alone.rows);
	assert_string_equal(many.reason, alone.reason);
	o.workers = &threads_of_cores;
	assert_int_equal(verify_ledger(&disk_io, dir, &o, &many, NULL), 0);
	assert_int_equal(many.rows, alone.rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_stop),
	    cmocka_unit_test(test_verify),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
