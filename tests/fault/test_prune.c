/* The k-th call to the disk fails while rows go, for every k, once or for
 * ever: nothing that must stay is lost, and a start without faults finishes
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../crash/old.h"

#include <errno.h>

enum { CALLS_MAX = 500 };

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
    {"short write", EIO, SIMDISK_SHORT, false},
};

/* True while the k-th call exists. */
static bool
run(struct simdisk *made, size_t i, long k, int *told)
{
	struct rig r;
	bool met;

	rig_init_disk(&r, simdisk_kill(made), OLD_SEGMENT);
	old_rig(&r);
	assert_int_equal(rig_open(&r), 0);
	assert_true(rig_inspect(&r) >= 0);
	simdisk_fail(r.disk, k, faults[i].error, faults[i].fault,
		     faults[i].sticky);
	*told += old_prune(&r) < 0 || r.err.code != 0;
	met = simdisk_failed(r.disk);
	simdisk_fail(r.disk, 0, 0, SIMDISK_FAIL, false);
	rig_close(&r);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	old_judge(simdisk_kill(r.disk), OLD_BEGUN, NULL);
	rig_fini(&r);
	return met;
}

static void
test_every_call(void **state)
{
	struct rig made;

	rig_init(&made, OLD_SEGMENT);
	old_make(&made);
	rig_close(&made);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		int told = 0;
		long k = 1;

		while (run(made.disk, i, k, &told))
			assert_true(++k < CALLS_MAX);
		print_message("%s: %ld calls, %d of them told\n",
			      faults[i].name, k - 1, told);
		assert_true(k > 50);
		assert_true(told > 10);
	}
	rig_fini(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_call)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
