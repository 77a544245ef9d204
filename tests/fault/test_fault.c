/* The k-th call to the disk fails, for every k, once or for ever, in every
 * kind of life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "life.h"

#include <errno.h>

enum { CALLS_MIN = 50, CALLS_MAX = 2000 };

static struct leave *leave;

static const struct {
	const char *name;
	int error;
	enum simdisk_fault fault;
	bool sticky;
} faults[] = {
    {"EIO once", EIO, SIMDISK_FAIL, false},
    {"EIO for ever", EIO, SIMDISK_FAIL, true},
    {"EIO after the work", EIO, SIMDISK_LATE, false},
    {"ENOSPC once", ENOSPC, SIMDISK_FAIL, false},
    {"ENOSPC for ever", ENOSPC, SIMDISK_FAIL, true},
    {"EINTR once", EINTR, SIMDISK_FAIL, false},
    {"EINTR for ever", EINTR, SIMDISK_FAIL, true},
    {"EROFS for ever", EROFS, SIMDISK_FAIL, true},
    {"short write", EIO, SIMDISK_SHORT, false},
    {"ever shorter writes", EIO, SIMDISK_SHORT, true},
};

/* True while the k-th call exists. */
static bool
run(const struct life_kind *kind, const struct simdisk *made, size_t i, long k,
    int *told)
{
	struct life life;
	bool met;

	life_init(&life, kind, made, NULL);
	simdisk_fail(life.rig.disk, k, faults[i].error, faults[i].fault,
		     faults[i].sticky);
	kind->run(&life);
	met = simdisk_failed(life.rig.disk);
	*told += life.errors > 0;
	life_judge(&life, leave);
	return met;
}

static void
test_every_call(void **state)
{
	const struct life_kind *kind = *state;
	struct simdisk *made = life_make(kind);

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		int told = 0;
		long k = 1;

		while (run(kind, made, i, k, &told))
			assert_true(++k < CALLS_MAX);
		print_message("%s: %s: %ld calls, %d of them told\n",
			      kind->name, faults[i].name, k - 1, told);
		assert_true(k > CALLS_MIN);
		assert_true(told > CALLS_MIN / 4);
	}
	simdisk_free(made);
}

/* Without a fault nothing is told and everything is acknowledged. */
static void
test_no_fault(void **state)
{
	for (size_t i = 0; i < LIVES; i++) {
		struct simdisk *made = life_make(life_kind(i));
		struct life life;

		life_init(&life, life_kind(i), made, NULL);
		life.kind->run(&life);
		if (life.errors > 0)
			fail_msg("%s: %s", life.kind->name, life.rig.err.text);
		if (i == 0)
			assert_int_equal(life.rig.n_acks, 8);
		life_judge(&life, leave);
		simdisk_free(made);
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
	struct CMUnitTest tests[1 + LIVES] = {cmocka_unit_test(test_no_fault)};

	for (size_t i = 0; i < LIVES; i++)
		tests[1 + i] =
		    (struct CMUnitTest){.name = life_kind(i)->name,
					.test_func = test_every_call,
					.initial_state = (void *)life_kind(i)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
