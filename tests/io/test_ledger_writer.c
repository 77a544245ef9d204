/* The writer on the loop: the loop never waits for the disk, rows are
 * acknowledged after their sync and in their order, a full disk heals, a
 * failed sync is the end.
 *
 * The disk is the simulated one; the test can hold its calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fakes/rig.h"
#include "io/clock.h"
#include "io/ledger_writer.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	ROOM = 1 << 30, /* as the disk has it at first */
	/* Enough is free, but not for a ballast, too. */
	MIN_FREE = ROOM - 512 * 1024
};

struct scene {
	struct rig rig;
	struct event_base *base;
	struct ledger_writer *writer;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool held, waiting;
	int events[LEDGER_WRITER_POISONED + 1];
	size_t acks_at_signing;
	size_t stop_at; /* acknowledgements; the loop ends there */
	int more;	/* rows; an acknowledgement appends one of them */
};

/* Before each changing call to the disk, in the worker's thread. */
static void
gate(void *ctx, struct simdisk *d)
{
	struct scene *s = ctx;

	pthread_mutex_lock(&s->mutex);
	while (s->held) {
		s->waiting = true;
		pthread_cond_broadcast(&s->changed);
		pthread_cond_wait(&s->changed, &s->mutex);
	}
	s->waiting = false;
	pthread_mutex_unlock(&s->mutex);
}

static void
hold(struct scene *s, bool held)
{
	pthread_mutex_lock(&s->mutex);
	s->held = held;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->mutex);
}

static void
wait_until_held(struct scene *s)
{
	pthread_mutex_lock(&s->mutex);
	while (!s->waiting)
		pthread_cond_wait(&s->changed, &s->mutex);
	pthread_mutex_unlock(&s->mutex);
}

static unsigned
lose(void *ctx, unsigned n)
{
	return n > 1 ? 1 : 0;
}

/* The line is on the disk, not only seen there. */
static void
assert_durable(struct scene *s, const struct row *row)
{
	struct simdisk *worst = simdisk_crash(s->rig.disk, lose, NULL);
	size_t len;
	char *seg;

	seg = simdisk_read(worst, rig_path("seg-000000000000.jsonl"), &len);
	assert_non_null(seg);
	if (memmem(seg, len, row->line, row->line_len) == NULL)
		fail_msg("acknowledged before it is durable: %s", row->id);
	free(seg);
	simdisk_free(worst);
}

static void
append(struct scene *s, int n)
{
	assert_int_equal(rig_append(&s->rig, n), 0);
	ledger_writer_kick(s->writer);
}

static void
on_ack(void *ctx, const struct row *row)
{
	struct scene *s = ctx;

	assert_durable(s, row);
	rig_ack(&s->rig, row);
	if (s->more > 0)
		append(s, 900 + --s->more);
	if (s->rig.n_acks == s->stop_at)
		event_base_loopbreak(s->base);
}

static void
on_event(void *ctx, enum ledger_writer_event event, const char *words)
{
	struct scene *s = ctx;
	bool bad =
	    event == LEDGER_WRITER_FULL || event == LEDGER_WRITER_UNSIGNED ||
	    event == LEDGER_WRITER_DAMAGED || event == LEDGER_WRITER_POISONED;

	assert_int_equal(strlen(words) > 0, bad);
	/* The last of what was acknowledged is told before the signature. */
	if (event == LEDGER_WRITER_SIGNING)
		s->acks_at_signing = s->rig.n_acks;
	s->events[event]++;
	if (event != LEDGER_WRITER_SIGNING && event != LEDGER_WRITER_RESUMED)
		event_base_loopbreak(s->base);
}

static void
open_scene(struct scene *s)
{
	struct err err;

	*s = (struct scene){.mutex = PTHREAD_MUTEX_INITIALIZER,
			    .changed = PTHREAD_COND_INITIALIZER};
	rig_init(&s->rig, 0);
	s->rig.min_free_bytes = MIN_FREE;
	assert_int_equal(rig_open(&s->rig), 0);
	s->base = event_base_new();
	assert_non_null(s->base);
	assert_int_equal(ledger_writer_new(s->base, s->rig.l, on_ack, on_event,
					   s, &s->writer, &err),
			 0);
	simdisk_set_hook(s->rig.disk, gate, s);
}

static void
close_scene(struct scene *s)
{
	ledger_writer_free(s->writer);
	event_base_free(s->base);
	simdisk_set_hook(s->rig.disk, NULL, NULL);
	rig_fini(&s->rig);
}

static void
run_until(struct scene *s, size_t acks)
{
	s->stop_at = acks;
	event_base_dispatch(s->base);
	assert_int_equal(s->rig.n_acks, acks);
}

/* Turns of the loop while the worker is stuck: nothing is acknowledged, and
 * no turn waits. */
static void
turn(struct scene *s)
{
	for (int i = 0; i < 5; i++)
		event_base_loop(s->base, EVLOOP_NONBLOCK);
}

static int64_t
stalled_us(const struct scene *s)
{
	return ledger_writer_stalled_us(s->writer, clock_read().mono);
}

static void
test_rows(void **state)
{
	struct scene s;

	open_scene(&s);
	for (int i = 1; i <= 3; i++)
		append(&s, i);
	run_until(&s, 3);
	assert_int_equal(stalled_us(&s), 0);
	/* appended in one turn: one batch */
	for (int i = 0; i < 3; i++)
		assert_non_null(strstr(s.rig.acks[i], "\"dur\":1,"));
	close_scene(&s);
}

static void
test_loop_never_waits(void **state)
{
	struct scene s;
	int64_t stalled;

	open_scene(&s);
	hold(&s, true);
	append(&s, 1);
	turn(&s);
	wait_until_held(&s);
	append(&s, 2);
	append(&s, 3);
	turn(&s);
	assert_int_equal(s.rig.n_acks, 0);
	assert_int_equal(ledger_queued(s.rig.l), 3);
	stalled = stalled_us(&s);
	assert_true(stalled > 0);
	hold(&s, false);
	run_until(&s, 3);
	/* those that came meanwhile are one batch */
	assert_non_null(strstr(s.rig.acks[0], "\"dur\":1,"));
	assert_non_null(strstr(s.rig.acks[1], "\"dur\":2,"));
	assert_non_null(strstr(s.rig.acks[2], "\"dur\":2,"));
	assert_int_equal(stalled_us(&s), 0);
	close_scene(&s);
}

static bool
may_probe(const struct scene *s, struct mono_time now, int64_t later_us)
{
	now.us += later_us;
	return ledger_writer_may_probe(s->writer, now);
}

/* A disk that hangs: a probe waits when the oldest row has waited too long,
 * and goes on when the disk does. */
static void
test_probe_waits(void **state)
{
	const int64_t limit_us = LEDGER_WRITER_STALL_S * USEC_PER_SEC;
	struct mono_time before, after;
	struct scene s;

	open_scene(&s);
	hold(&s, true);
	before = clock_read().mono;
	append(&s, 1);
	after = clock_read().mono;
	turn(&s);
	wait_until_held(&s);
	append(&s, 2);
	assert_true(may_probe(&s, before, limit_us - 1));
	assert_false(may_probe(&s, after, limit_us));
	assert_false(may_probe(&s, after, 1000 * limit_us));
	hold(&s, false);
	run_until(&s, 2);
	assert_true(may_probe(&s, after, 1000 * limit_us));
	close_scene(&s);
}

/* How long the oldest row waits: of those that came during a batch, since
 * they came, not since the batch ended. */
static void
test_age(void **state)
{
	struct mono_time before, after, now;
	struct scene s;
	int64_t age;

	open_scene(&s);
	hold(&s, true);
	append(&s, 1);
	turn(&s);
	wait_until_held(&s);
	before = clock_read().mono;
	append(&s, 2);
	after = clock_read().mono;
	hold(&s, false);
	s.stop_at = 1;
	event_base_dispatch(s.base);
	/* The loop stands between the two acknowledgements. */
	assert_int_equal(s.rig.n_acks, 1);
	now = clock_read().mono;
	age = stalled_us(&s);
	assert_true(age >= now.us - after.us);
	assert_true(age <= clock_read().mono.us - before.us);
	run_until(&s, 2);
	assert_int_equal(stalled_us(&s), 0);
	close_scene(&s);
}

/* An acknowledgement may append; that row waits from then on. */
static void
test_append_from_ack(void **state)
{
	struct scene s;

	open_scene(&s);
	s.more = 1;
	append(&s, 1);
	append(&s, 2);
	s.stop_at = 2;
	event_base_dispatch(s.base);
	assert_int_equal(s.rig.n_acks, 2);
	assert_true(stalled_us(&s) > 0);
	run_until(&s, 3);
	assert_non_null(strstr(s.rig.acks[2], "row.900"));
	assert_int_equal(stalled_us(&s), 0);
	close_scene(&s);
}

/* The pause before the next attempt ends now. */
static int
expire_timer(const struct event_base *base, const struct event *ev, void *ctx)
{
	if (event_get_fd(ev) != -1 || !event_pending(ev, EV_TIMEOUT, NULL))
		return 0;
	event_active((struct event *)(uintptr_t)ev, EV_TIMEOUT, 0);
	return 1;
}

static void
have_no_room(struct simdisk *d, bool on)
{
	simdisk_set_room(d, on ? 0 : ROOM);
}

static void
heals(void (*trouble)(struct simdisk *d, bool on))
{
	struct scene s;

	open_scene(&s);
	trouble(s.rig.disk, true);
	append(&s, 1);
	append(&s, 2);
	event_base_dispatch(s.base);
	assert_int_equal(s.events[LEDGER_WRITER_FULL], 1);
	assert_true(ledger_writer_full(s.writer));
	assert_false(may_probe(&s, clock_read().mono, 0));
	assert_int_equal(s.rig.n_acks, 0);
	assert_int_equal(ledger_queued(s.rig.l), 2);
	/* It waits for room, not for a disk that does not answer. */
	assert_int_equal(stalled_us(&s), 0);
	trouble(s.rig.disk, false);
	assert_int_equal(event_base_foreach_event(s.base, expire_timer, NULL),
			 1);
	run_until(&s, 2);
	assert_int_equal(s.events[LEDGER_WRITER_RESUMED], 1);
	assert_int_equal(s.events[LEDGER_WRITER_FULL], 1);
	assert_false(ledger_writer_full(s.writer));
	assert_true(may_probe(&s, clock_read().mono, 0));
	close_scene(&s);
}

static void
test_full(void **state)
{
	heals(have_no_room);
}

static void
test_read_only(void **state)
{
	heals(simdisk_set_read_only);
}

static void
test_poison(void **state)
{
	struct scene s;

	open_scene(&s);
	append(&s, 1);
	simdisk_fail(s.rig.disk, 2, EIO, SIMDISK_FAIL, false);
	event_base_dispatch(s.base);
	assert_int_equal(s.events[LEDGER_WRITER_POISONED], 1);
	assert_int_equal(s.rig.n_acks, 0);
	assert_int_equal(rig_append(&s.rig, 2), ERR_POISONED);
	ledger_writer_kick(s.writer);
	turn(&s);
	assert_int_equal(s.events[LEDGER_WRITER_POISONED], 1);
	close_scene(&s);
}

/* Freed while the disk holds a batch: it waits, and acknowledges nothing. */
static void *
free_writer(void *ctx)
{
	struct scene *s = ctx;

	ledger_writer_free(s->writer);
	return NULL;
}

static void
test_free_with_batch(void **state)
{
	struct scene s;
	pthread_t thread;

	open_scene(&s);
	hold(&s, true);
	append(&s, 1);
	turn(&s);
	wait_until_held(&s);
	assert_int_equal(pthread_create(&thread, NULL, free_writer, &s), 0);
	hold(&s, false);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(s.rig.n_acks, 0);
	event_base_free(s.base);
	simdisk_set_hook(s.rig.disk, NULL, NULL);
	rig_fini(&s.rig);
}

static void
run_to_event(struct scene *s, enum ledger_writer_event event, int n)
{
	while (s->events[event] < n)
		event_base_dispatch(s->base);
}

/* The loop does not wait for a signature either, and rows that come meanwhile
 * are the next batch. */
static void
test_sign(void **state)
{
	struct scene s;

	open_scene(&s);
	append(&s, 1);
	run_until(&s, 1);
	hold(&s, true);
	ledger_writer_sign(s.writer);
	turn(&s);
	wait_until_held(&s);
	append(&s, 2);
	turn(&s);
	assert_int_equal(s.rig.n_acks, 1);
	assert_int_equal(s.events[LEDGER_WRITER_SIGNING], 1);
	assert_int_equal(s.acks_at_signing, 1);
	assert_int_equal(s.events[LEDGER_WRITER_SIGNED], 0);
	hold(&s, false);
	run_to_event(&s, LEDGER_WRITER_SIGNED, 1);
	assert_int_equal(ledger_checkpoint(s.rig.l, NULL), 2);
	run_until(&s, 2);
	/* with nothing new nothing is signed */
	ledger_writer_sign(s.writer);
	run_to_event(&s, LEDGER_WRITER_SIGNED, 2);
	ledger_writer_sign(s.writer);
	turn(&s);
	assert_false(ledger_writer_busy(s.writer));
	assert_int_equal(s.events[LEDGER_WRITER_SIGNING], 2);
	close_scene(&s);
}

/* A checkpoint that fails stops no row and no probe. */
static void
test_not_signed(void **state)
{
	struct scene s;

	open_scene(&s);
	append(&s, 1);
	run_until(&s, 1);
	simdisk_set_room(s.rig.disk, 0);
	ledger_writer_sign(s.writer);
	run_to_event(&s, LEDGER_WRITER_UNSIGNED, 1);
	assert_false(ledger_writer_full(s.writer));
	assert_int_equal(ledger_checkpoint(s.rig.l, NULL), 0);
	simdisk_set_room(s.rig.disk, ROOM);
	append(&s, 2);
	run_until(&s, 2);
	assert_int_equal(s.events[LEDGER_WRITER_FULL], 0);
	close_scene(&s);
}

static void
test_damaged(void **state)
{
	struct scene s;
	size_t len;
	char *seg;

	open_scene(&s);
	append(&s, 1);
	run_until(&s, 1);
	seg =
	    simdisk_read(s.rig.disk, rig_path("seg-000000000000.jsonl"), &len);
	seg[len - 40] ^= 1;
	simdisk_write(s.rig.disk, rig_path("seg-000000000000.jsonl"), seg, len);
	free(seg);
	append(&s, 2);
	ledger_writer_sign(s.writer);
	run_to_event(&s, LEDGER_WRITER_DAMAGED, 1);
	turn(&s);
	assert_int_equal(s.rig.n_acks, 1);
	assert_false(ledger_writer_busy(s.writer));
	assert_int_equal(stalled_us(&s), 0);
	close_scene(&s);
}

/* A start that has sealed segments and checkpoints to read behind it. */
static void
open_to_inspect(struct scene *s, int segment_rows)
{
	struct err err;

	open_scene(s);
	ledger_writer_free(s->writer);
	rig_close(&s->rig);
	simdisk_set_hook(s->rig.disk, NULL, NULL);
	simdisk_free(s->rig.disk);
	rig_init(&s->rig, segment_rows);
	assert_int_equal(rig_open(&s->rig), 0);
	for (int i = 1; i <= 40; i++) {
		assert_int_equal(rig_append(&s->rig, i), 0);
		if (i % 20 == 0)
			assert_int_equal(rig_sign(&s->rig), 0);
	}
	rig_reopen(&s->rig);
	assert_int_equal(ledger_writer_new(s->base, s->rig.l, on_ack, on_event,
					   s, &s->writer, &err),
			 0);
}

/* Sealed segments are read while nothing else is to do, and not any more when
 * the daemon stops. */
static void
test_inspect(void **state)
{
	uint64_t done, rows;
	struct scene s;

	open_to_inspect(&s, 4);
	assert_false(may_probe(&s, clock_read().mono, 0));
	run_to_event(&s, LEDGER_WRITER_LOG_READ, 1);
	assert_true(may_probe(&s, clock_read().mono, 0));
	do {
		turn(&s);
		ledger_inspected(s.rig.l, &done, &rows);
	} while (done == 0);
	assert_int_equal(rows, 40);
	assert_int_equal(s.events[LEDGER_WRITER_LOG_READ], 1);
	ledger_writer_stop(s.writer);
	if (ledger_writer_busy(s.writer))
		run_to_event(&s, LEDGER_WRITER_IDLE, 1);
	assert_false(ledger_writer_busy(s.writer));
	close_scene(&s);
}

/* Probes wait for the checkpoints to be read: they are, though a row waits
 * behind each batch. */
static void
test_log_is_reached(void **state)
{
	struct scene s;

	open_to_inspect(&s, 0);
	assert_false(may_probe(&s, clock_read().mono, 0));
	s.more = 50;
	append(&s, 100);
	run_to_event(&s, LEDGER_WRITER_LOG_READ, 1);
	assert_true(s.more > 0);
	assert_true(may_probe(&s, clock_read().mono, 0));
	run_until(&s, s.rig.n_acks + (size_t)s.more + 1);
	close_scene(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_loop_never_waits),
	    cmocka_unit_test(test_probe_waits),
	    cmocka_unit_test(test_age),
	    cmocka_unit_test(test_append_from_ack),
	    cmocka_unit_test(test_full),
	    cmocka_unit_test(test_read_only),
	    cmocka_unit_test(test_poison),
	    cmocka_unit_test(test_free_with_batch),
	    cmocka_unit_test(test_sign),
	    cmocka_unit_test(test_not_signed),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_inspect),
	    cmocka_unit_test(test_log_is_reached),
	};

	/* Waiting for a call to the disk that never comes ends here, after the
	 * failure that it follows from was printed. */
	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
