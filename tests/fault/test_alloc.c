/* The k-th allocation fails, for every k, once or for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "life.h"

#include <errno.h>
#include <stdlib.h>

enum { ALLOCATIONS_MAX = 2000 };

static struct leave *leave;

static struct {
	bool armed;
	int inside; /* calls of the fake */
	long countdown;
	bool sticky, failed;
} gate;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool
must_fail(void)
{
	if (!gate.armed || gate.inside > 0 || gate.countdown == 0)
		return false;
	if (gate.countdown > 1) {
		gate.countdown--;
		return false;
	}
	gate.failed = true;
	if (!gate.sticky)
		gate.countdown = 0;
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return must_fail() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return must_fail() ? NULL : __real_realloc(old, size);
}

static void
arm(bool armed)
{
	gate.armed = armed;
}

static void
guard(bool inside)
{
	gate.inside += inside ? 1 : -1;
}

static bool
run(long k, bool sticky, int *errors)
{
	struct life life;
	bool met;

	life_init(&life);
	simdisk_set_guard(life.rig.disk, guard);
	life.rig.guard = guard;
	gate.countdown = k;
	gate.sticky = sticky;
	gate.failed = false;
	life_run(&life, arm);
	met = gate.failed;
	gate.countdown = 0;
	*errors += life.errors > 0;
	life_judge(&life, leave);
	return met;
}

static void
test_every_allocation(void **state)
{
	for (int sticky = 0; sticky < 2; sticky++) {
		int errors = 0;
		long k = 1;

		while (run(k, sticky != 0, &errors))
			assert_true(++k < ALLOCATIONS_MAX);
		print_message("%s: %ld allocations, %d of them told\n",
			      sticky ? "for ever" : "once", k - 1, errors);
		assert_true(k > 50);
	}
}

static int
setup(void **state)
{
	leave = leave_new();
	return 0;
}

static int
teardown(void **state)
{
	return leave_judge(leave) > 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_allocation),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
