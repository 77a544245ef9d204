/* The lock of a ledger that is not opened, and what is known to be durable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"

#include <string.h>

static uint64_t
held(struct rig *r)
{
	uint64_t durable = 0;
	int lock;

	assert_int_equal(
	    ledger_hold(simdisk_io(r->disk), RIG_DIR, &lock, &durable, &r->err),
	    0);
	simdisk_io(r->disk)->close(simdisk_io(r->disk)->ctx, lock);
	assert_int_equal(simdisk_open_count(r->disk), 0);
	return durable;
}

/* Row 0, three rows in one batch, the row of the stop. */
static void
durable_rows(void **state)
{
	static const char other[] =
	    "durable 5 "
	    "0000000000000000000000000000000000000000000000000000000000000000"
	    "\n";
	struct rig r;

	rig_init(&r, 4);
	assert_int_equal(rig_open(&r), 0);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(rig_append(&r, i), 0);
	assert_int_equal(rig_flush(&r), 0);
	rig_stop(&r, 1);
	/* The writer ended well and says so. */
	assert_int_equal(held(&r), 5);
	assert_int_equal(held(&r), 5);
	/* It does not, or speaks of other rows: what the newest row knew. */
	simdisk_write(r.disk, rig_path("lock"), other, strlen(other));
	assert_int_equal(held(&r), 4);
	simdisk_write(r.disk, rig_path("lock"), "pid 7\n", 6);
	assert_int_equal(held(&r), 4);
	simdisk_remove(r.disk, rig_path("lock"));
	assert_int_equal(held(&r), 4);
	rig_fini(&r);
}

static void
beside_a_writer(void **state)
{
	uint64_t durable;
	struct rig r;
	int lock;

	rig_init(&r, 4);
	assert_int_equal(
	    ledger_hold(simdisk_io(r.disk), RIG_DIR, &lock, &durable, &r.err),
	    ERR_NOT_FOUND);
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(
	    ledger_hold(simdisk_io(r.disk), RIG_DIR, &lock, &durable, &r.err),
	    ERR_BUSY);
	assert_non_null(strstr(r.err.text, "another process writes"));
	rig_close(&r);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(durable_rows),
	    cmocka_unit_test(beside_a_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
