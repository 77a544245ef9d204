/* The power is cut between any two calls of small lives of a ledger, every
 * legal image is recovered, and recovery is cut as well.
 *
 *   I1  what was acknowledged is there, byte for byte
 *   I2  the rows are a prefix of what was appended, in its order
 *   I3  a pure crash is never taken for damage and never refused
 *   I4  texts stand before the rows that rest on them; the sums of sealed
 *       segments before the rows behind them
 *   I5  recovering twice is recovering once; nothing that was cut is lost
 *
 * What ledger_open() has returned is acknowledged, too.  A process that is
 * killed while the kernel lives is another kind of crash: what it wrote is
 * seen but not durable, and the next process must not rely on it.
 *
 * tests/crash/mutations runs this program against mutants: EVIDENCED_NOSYNC
 * is a pattern of syncs that the disk ignores (or, with EVIDENCED_LATE, does
 * after it has answered), EVIDENCED_TRACE_SYNC tells all syncs, EVIDENCED_FAIL_FAST stops at the first failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct leave *leave;

static void
live(struct world *w)
{
	world_open(w);
	world_acknowledge_all(w);
	world_append(w, 1);
	world_flush(w);
	world_append_blob(w, 2);
	world_append(w, 3);
	world_flush(w);
	world_append(w, 4);
	world_append(w, 5);
	world_flush(w);
	world_append_blob(w, 6);
	world_flush(w);
	world_submit(w, 0);
	rig_stop(&w->rig, 1);
	world_open(w);
	world_append(w, 7);
	world_append(w, 8);
	world_flush(w);
	/* without a stop */
	rig_close(&w->rig);
	world_open(w);
	world_acknowledge_all(w);
	world_append(w, 9);
	world_flush(w);
}

static void
test_power_cut(void **state)
{
	struct world w;

	world_begin(&w, leave, false, false);
	live(&w);
	world_end(&w);
}

static void
test_kill_then_power_cut(void **state)
{
	struct world w;

	world_begin(&w, leave, true, false);
	/* Power cuts of this life were the test before. */
	w.depth = 1;
	live(&w);
	world_end(&w);
}

/* The last row before a clean stop fills its segment. */
static void
test_stop_at_segment_end(void **state)
{
	struct world w;

	world_begin(&w, leave, true, true);
	world_open(&w);
	world_acknowledge_all(&w);
	world_append(&w, 1);
	world_append(&w, 2);
	world_flush(&w);
	world_submit(&w, 0);
	rig_stop(&w.rig, 1);
	world_open(&w);
	world_append(&w, 3);
	world_flush(&w);
	world_end(&w);
}

/* Recovery of a torn tail, cut at each of its calls. */
static void
test_torn(void **state)
{
	static const char junk[] = "{\"at\":\"2026-07-03T00:00";
	struct world w;
	char *seg;
	size_t len;

	world_begin(&w, leave, false, false);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	world_open(&w);
	world_append(&w, 1);
	world_append(&w, 2);
	world_flush(&w);
	world_acknowledge_all(&w);
	rig_close(&w.rig);
	seg =
	    simdisk_read(w.rig.disk, rig_path("seg-000000000000.jsonl"), &len);
	seg = realloc(seg, len + sizeof(junk));
	assert_non_null(seg);
	memcpy(seg + len, junk, sizeof(junk));
	simdisk_write(w.rig.disk, rig_path("seg-000000000000.jsonl"), seg,
		      len + sizeof(junk));
	free(seg);
	world_note_before(&w);
	world_watch(&w);
	world_open(&w);
	assert_true(w.rig.rec.torn);
	world_acknowledge_all(&w);
	world_append(&w, 3);
	world_flush(&w);
	world_end(&w);
}

/* SHA256SUMS is lost and made again at start. */
static void
test_sums_again(void **state)
{
	struct world w;
	char *sums;

	world_begin(&w, leave, false, false);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	world_open(&w);
	for (int i = 1; i <= 9; i++)
		world_append(&w, i);
	world_flush(&w);
	world_submit(&w, 0);
	rig_stop(&w.rig, 1);
	sums = simdisk_read(w.rig.disk, rig_path("SHA256SUMS"), NULL);
	simdisk_write(w.rig.disk, rig_path("SHA256SUMS"), sums, 89 + 20);
	free(sums);
	world_acknowledge_all(&w);
	world_open(&w);
	world_watch(&w);
	world_append(&w, 10);
	world_flush(&w);
	world_end(&w);
}

/* Writes that fail are taken back; what was cut may come back in a crash. */
static void
test_failed_writes(void **state)
{
	struct world w;

	world_begin(&w, leave, false, false);
	world_open(&w);
	world_acknowledge_all(&w);
	world_append(&w, 1);
	world_append(&w, 2);
	simdisk_fail(w.rig.disk, 1, EIO, SIMDISK_LATE, false);
	assert_int_equal(rig_flush(&w.rig), ERR_IO);
	world_append_blob(&w, 3);
	simdisk_set_room(w.rig.disk, 0);
	assert_int_equal(rig_flush(&w.rig), ERR_FULL);
	simdisk_set_room(w.rig.disk, 1 << 30);
	world_flush(&w);
	world_append(&w, 4);
	world_flush(&w);
	world_end(&w);
}

/* A sync fails, the process ends, the next one recovers: what the kernel
 * still shows of the batch is not on the disk. */
static void
test_failed_sync(void **state)
{
	struct world w;
	struct simdisk *disk;

	world_begin(&w, leave, false, false);
	world_open(&w);
	world_acknowledge_all(&w);
	world_append(&w, 1);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	simdisk_fail(w.rig.disk, 2, EIO, SIMDISK_FAIL, false);
	assert_int_equal(rig_flush(&w.rig), ERR_POISONED);
	rig_close(&w.rig);
	disk = simdisk_kill(w.rig.disk);
	simdisk_free(w.rig.disk);
	w.rig.disk = disk;
	world_open(&w);
	world_check_rows(&w);
	world_acknowledge_all(&w);
	world_watch(&w);
	world_append(&w, 2);
	world_flush(&w);
	world_end(&w);
}

static int
run(const struct CMUnitTest *tests, size_t n)
{
	bool stop = getenv("EVIDENCED_FAIL_FAST") != NULL;
	int failed = 0;

	for (size_t i = 0; i < n && !(stop && failed > 0); i++) {
		const struct CMUnitTest one[] = {tests[i]};

		failed +=
		    cmocka_run_group_tests_name(tests[i].name, one, NULL, NULL);
	}
	return failed;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_torn),
	    cmocka_unit_test(test_sums_again),
	    cmocka_unit_test(test_failed_writes),
	    cmocka_unit_test(test_failed_sync),
	    cmocka_unit_test(test_stop_at_segment_end),
	    cmocka_unit_test(test_power_cut),
	    cmocka_unit_test(test_kill_then_power_cut),
	};
	int failed, judged;

	setvbuf(stdout, NULL, _IOLBF, 0);
	leave = leave_new();
	failed = run(tests, sizeof(tests) / sizeof(tests[0]));
	judged = leave_judge(leave);
	printf("%ld images recovered; %d ledgers judged by ledger-check\n",
	       world_images(), judged);
	return failed > 0 || judged < 0;
}
