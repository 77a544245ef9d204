/* The k-th allocation fails, for every k, once or for ever, in every kind of
 * life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "life.h"

#include <errno.h>
#include <stdlib.h>

enum { ALLOCATIONS_MIN = 20, ALLOCATIONS_MAX = 4000 };

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
run(const struct life_kind *kind, const struct simdisk *made, long k,
    bool sticky, int *told)
{
	struct life life;
	bool met;

	life_init(&life, kind, made, arm);
	simdisk_set_guard(life.rig.disk, guard);
	life.rig.guard = guard;
	gate.countdown = k;
	gate.sticky = sticky;
	gate.failed = false;
	kind->run(&life);
	met = gate.failed;
	gate.countdown = 0;
	*told += life.errors > 0;
	life_judge(&life, leave);
	return met;
}

static void
test_every_allocation(void **state)
{
	const struct life_kind *kind = *state;
	struct simdisk *made = life_make(kind);

	for (int sticky = 0; sticky < 2; sticky++) {
		int told = 0;
		long k = 1;

		while (run(kind, made, k, sticky != 0, &told))
			assert_true(++k < ALLOCATIONS_MAX);
		print_message("%s, %s: %ld allocations, %d of them told\n",
			      kind->name, sticky ? "for ever" : "once", k - 1,
			      told);
		assert_true(k > ALLOCATIONS_MIN);
		assert_true(told > ALLOCATIONS_MIN / 2);
	}
	simdisk_free(made);
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
	struct CMUnitTest tests[LIVES];

	for (size_t i = 0; i < LIVES; i++)
		tests[i] =
		    (struct CMUnitTest){.name = life_kind(i)->name,
					.test_func = test_every_allocation,
					.initial_state = (void *)life_kind(i)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
