/* The power is cut between any two calls of small lives of a ledger, every
 * legal image is recovered, and recovery is cut as well.
 *
 *   I1  what was acknowledged is there, byte for byte
 *   I2  the rows are a prefix of what was appended, in its order
 *   I3  a pure crash is never taken for damage and never refused, neither by
 *       recovery nor by who verifies what it left
 *   I4  texts stand before the rows that rest on them; the sums of sealed
 *       segments before the rows behind them; the rows and tiles that a
 *       checkpoint covers before it, its line in the log before it is shown;
 *       one that was told is not lost
 *   I5  recovering twice is recovering once; nothing that was cut is lost
 *   I7  an index of before the crash becomes what one is that is made anew
 *
 * What ledger_open() has returned is acknowledged, too.  A process that is
 * killed while the kernel lives is another kind of crash: what it wrote is
 * seen but not durable, and the next process must not rely on it.
 *
 * tests/crash/mutations runs this program against mutants: EVIDENCED_NOSYNC
 * is a pattern of syncs that the disk ignores (or, with EVIDENCED_LATE=N, does
 * N calls after it has answered), EVIDENCED_TRACE_SYNC tells all syncs,
 * EVIDENCED_FAIL_FAST stops at the first failure.  scripts/test --long looks
 * at ten times as many images. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "indexes.h"
#include "ledger/identity.h"
#include "ledger/tile.h"
#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct leave *leave;

/* As the daemon stops: the last row is signed. */
static void
world_stop(struct world *w)
{
	assert_int_equal(rig_append_row(&w->rig, "stopped.1", "daemon.stopped",
					"{\"reason\":\"test\"}", NULL, NULL),
			 0);
	world_sign(w);
	rig_close(&w->rig);
}

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
	world_sign(w);
	world_append(w, 4);
	world_append(w, 5);
	world_flush(w);
	world_append_blob(w, 6);
	world_flush(w);
	world_submit(w, 0);
	world_stop(w);
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
	assert_int_equal(rig_append_row(&w.rig, "stopped.1", "daemon.stopped",
					"{\"reason\":\"test\"}", NULL, NULL),
			 0);
	world_sign(&w);
	rig_close(&w.rig);
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

static void
fill(struct world *w, int from, int to)
{
	for (int i = from; i <= to; i++)
		world_append(w, i);
	world_flush(w);
}

/* The segment, and the first tile, become full. */
static void
test_tile(void **state)
{
	struct world w;

	world_begin(&w, leave, true, false);
	w.depth = 1; /* images of images are the tests before */
	world_widen(&w, TILE_WIDTH);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	world_open(&w);
	fill(&w, 1001, 1200);
	fill(&w, 1201, 1254);
	world_acknowledge_all(&w);
	world_watch(&w);
	world_append(&w, 1255);
	world_append(&w, 1256);
	world_flush(&w);
	assert_int_equal(w.published, TILE_WIDTH);
	world_sign(&w);
	world_end(&w);
}

/* Tiles and checkpoints are made at the start of a ledger that has none. */
static void
test_tiles_again(void **state)
{
	struct world w;

	world_begin(&w, leave, true, false);
	w.depth = 1;
	world_widen(&w, TILE_WIDTH);
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	world_open(&w);
	fill(&w, 1001, 1200);
	fill(&w, 1201, 1260);
	world_acknowledge_all(&w);
	rig_close(&w.rig);
	simdisk_remove(w.rig.disk, rig_path("tile"));
	simdisk_remove(w.rig.disk, rig_path("checkpoint"));
	simdisk_remove(w.rig.disk, rig_path("checkpoints.jsonl"));
	w.published = 0;
	w.lost = true;
	world_watch(&w);
	world_open(&w);
	world_flush(&w);
	world_end(&w);
}

/* The key changes; the first checkpoint by the new one follows the row. */
static void
test_rekey(void **state)
{
	static const uint8_t seed[KEY_SEED_LEN] = {1};
	struct world w;

	world_begin(&w, leave, false, false);
	w.depth = 1;
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	world_open(&w);
	world_append(&w, 1);
	world_flush(&w);
	world_sign(&w);
	world_append(&w, 2); /* the new key may not sign this one alone */
	world_flush(&w);
	rig_close(&w.rig);
	w.rig.key_seed = seed;
	world_watch(&w);
	world_open(&w);
	world_acknowledge_all(&w);
	world_flush(&w);
	world_append(&w, 3);
	world_sign(&w);
	world_end(&w);
}

/* A line of the log that a dead process wrote in part, longer than any: when
 * the next one stands there, nothing is behind it. */
static void
test_torn_line(void **state)
{
	struct world w;
	size_t len;
	char *log;

	world_begin(&w, leave, false, false);
	w.depth = 1;
	simdisk_set_hook(w.rig.disk, NULL, NULL);
	world_open(&w);
	world_append(&w, 1);
	world_sign(&w);
	world_acknowledge_all(&w);
	rig_close(&w.rig);
	log = simdisk_read(w.rig.disk, rig_path("checkpoints.jsonl"), &len);
	log = realloc(log, 3 * len);
	assert_non_null(log);
	memset(log + len, 'x', 2 * len);
	simdisk_write(w.rig.disk, rig_path("checkpoints.jsonl"), log, 3 * len);
	free(log);
	world_watch(&w);
	world_open(&w);
	world_acknowledge_all(&w);
	world_append(&w, 2);
	world_sign(&w);
	world_end(&w);
}

/* No crash: the disk loses a row that it had synced.  It was signed, so it is
 * never taken for the tail of a batch that was being written. */
static void
test_signed_row_lost(void **state)
{
	static const size_t lost[] = {1, 10, SIZE_MAX}; /* bytes */

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		struct rig r;
		char *seg, *last;
		size_t len;

		rig_init(&r, SEGMENT_ROWS);
		assert_int_equal(rig_open(&r), 0);
		assert_int_equal(rig_append(&r, 1), 0);
		assert_int_equal(rig_append(&r, 2), 0);
		assert_int_equal(rig_sign(&r), 0);
		rig_close(&r);
		seg = simdisk_read(r.disk, rig_path("seg-000000000000.jsonl"),
				   &len);
		last = memrchr(seg, '\n', len - 1);
		len = lost[i] < len ? len - lost[i] : (size_t)(last + 1 - seg);
		simdisk_write(r.disk, rig_path("seg-000000000000.jsonl"), seg,
			      len);
		free(seg);
		assert_int_equal(rig_open(&r), 0);
		assert_true(r.rec.damaged);
		assert_int_equal(r.rec.damaged_from, 2);
		assert_int_equal(r.rec.damaged_to, 2);
		rig_fini(&r);
	}
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
	    cmocka_unit_test(test_torn_line),
	    cmocka_unit_test(test_signed_row_lost),
	    cmocka_unit_test(test_sums_again),
	    cmocka_unit_test(test_failed_writes),
	    cmocka_unit_test(test_failed_sync),
	    cmocka_unit_test(test_stop_at_segment_end),
	    cmocka_unit_test(test_tile),
	    cmocka_unit_test(test_tiles_again),
	    cmocka_unit_test(test_rekey),
	    cmocka_unit_test(test_power_cut),
	    cmocka_unit_test(test_kill_then_power_cut),
	};
	int failed, judged, indexed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	leave = leave_new();
	failed = run(tests, sizeof(tests) / sizeof(tests[0]));
	indexed = indexes_check(leave);
	judged = leave_judge(leave);
	printf("%ld images recovered, of %ld wanted; %d ledgers indexed, %d "
	       "judged by ledger-check\n",
	       world_images(), world_images_wanted(), indexed, judged);
	return failed > 0 || indexed < 0 || judged < 0 ||
	       world_images() < world_images_wanted();
}
