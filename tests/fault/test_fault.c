/* The k-th call to the disk fails, for every k, once or for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "life.h"

#include <errno.h>
#include <stdio.h>

enum { CALLS_MAX = 2000 };

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
run(size_t i, long k, int *errors)
{
	struct life life;
	bool met;

	life_init(&life);
	simdisk_fail(life.rig.disk, k, faults[i].error, faults[i].fault,
		     faults[i].sticky);
	life_run(&life, NULL);
	met = simdisk_failed(life.rig.disk);
	*errors += life.errors > 0;
	life_judge(&life, leave);
	return met;
}

static void
test_every_call(void **state)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		int errors = 0;
		long k = 1;

		while (run(i, k, &errors))
			assert_true(++k < CALLS_MAX);
		print_message("%s: %ld calls, %d of them told\n",
			      faults[i].name, k - 1, errors);
		assert_true(k > 100);
	}
}

/* Without a fault nothing is told and everything is acknowledged. */
static void
test_no_fault(void **state)
{
	struct life life;

	life_init(&life);
	life_run(&life, NULL);
	assert_int_equal(life.errors, 0);
	assert_int_equal(life.rig.n_acks, 8);
	life_judge(&life, leave);
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
	    cmocka_unit_test(test_no_fault),
	    cmocka_unit_test(test_every_call),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
