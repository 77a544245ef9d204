/* The outbox: numbers in order, alerts first, bounded. */
#include "io/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
expect_next(struct outbox *o, enum outbox_queue queue, uint64_t seq)
{
	enum outbox_queue got_queue;
	uint64_t got_seq;

	assert_true(outbox_next(o, &got_queue, &got_seq));
	assert_int_equal(got_queue, queue);
	assert_int_equal(got_seq, seq);
	outbox_pop(o);
}

static void
alerts_overtake_rows(void **state)
{
	struct outbox o = {0};
	enum outbox_queue queue;
	uint64_t seq;

	outbox_add(&o, OUTBOX_ROWS, 1, 2);
	outbox_add(&o, OUTBOX_ROWS, 2, 3);
	outbox_add(&o, OUTBOX_ALERTS, 3, 4);
	outbox_add(&o, OUTBOX_ROWS, 4, 5);
	assert_int_equal(outbox_waiting(&o), 4);
	expect_next(&o, OUTBOX_ALERTS, 3);
	expect_next(&o, OUTBOX_ROWS, 1);
	outbox_add(&o, OUTBOX_ALERTS, 5, 6);
	expect_next(&o, OUTBOX_ALERTS, 5);
	expect_next(&o, OUTBOX_ROWS, 2);
	expect_next(&o, OUTBOX_ROWS, 4);
	assert_false(outbox_next(&o, &queue, &seq));
	outbox_fini(&o);
}

static void
a_backlog_is_a_few_numbers(void **state)
{
	struct outbox o = {0};
	uint64_t seq;

	for (seq = 0; seq < 1000000; seq++)
		outbox_add(&o, OUTBOX_ROWS, seq, seq + 1);
	assert_int_equal(o.queue[OUTBOX_ROWS].n, 1);
	assert_int_equal(outbox_waiting(&o), 1000000);
	expect_next(&o, OUTBOX_ROWS, 0);
	expect_next(&o, OUTBOX_ROWS, 1);
	assert_int_equal(outbox_waiting(&o), 999998);
	outbox_fini(&o);
}

static void
gaps_keep_their_order(void **state)
{
	struct outbox o = {0};
	uint64_t i, k;

	/* Taken and given, so that the ring wraps while it grows. */
	for (i = 0; i < 10; i++)
		outbox_add(&o, OUTBOX_ROWS, 2 * i, 2 * i + 1);
	for (i = 0; i < 8; i++)
		expect_next(&o, OUTBOX_ROWS, 2 * i);
	for (k = 10; k < 500; k++)
		outbox_add(&o, OUTBOX_ROWS, 2 * k, 2 * k + 1);
	for (; i < 500; i++)
		expect_next(&o, OUTBOX_ROWS, 2 * i);
	assert_int_equal(outbox_waiting(&o), 0);
	outbox_fini(&o);
}

static void
too_many_gaps_drop_the_oldest(void **state)
{
	struct outbox o = {0};
	uint64_t i;

	outbox_add(&o, OUTBOX_ROWS, 0, 1);
	outbox_add(&o, OUTBOX_ROWS, 1, 2);
	for (i = 1; i < OUTBOX_RANGES_MAX; i++)
		outbox_add(&o, OUTBOX_ROWS, 10 * i, 10 * i + 1);
	assert_int_equal(o.dropped, 0);
	outbox_add(&o, OUTBOX_ROWS, 10 * i, 10 * i + 1);
	assert_int_equal(o.dropped, 2);
	outbox_add(&o, OUTBOX_ROWS, 10 * (i + 1), 10 * (i + 1) + 1);
	assert_int_equal(o.dropped, 3);
	assert_int_equal(o.queue[OUTBOX_ROWS].n, OUTBOX_RANGES_MAX);
	expect_next(&o, OUTBOX_ROWS, 20);
	outbox_fini(&o);
}

/* Many rows at once are one range, and melt with what touches them. */
static void
a_range_is_added_whole(void **state)
{
	struct outbox o = {0};

	outbox_add(&o, OUTBOX_ROWS, 4, 5);
	outbox_add(&o, OUTBOX_ROWS, 5, 1000000);
	assert_int_equal(o.queue[OUTBOX_ROWS].n, 1);
	assert_int_equal(outbox_waiting(&o), 1000000 - 4);
	outbox_pop(&o);
	expect_next(&o, OUTBOX_ROWS, 5);
	outbox_fini(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alerts_overtake_rows),
	    cmocka_unit_test(a_backlog_is_a_few_numbers),
	    cmocka_unit_test(gaps_keep_their_order),
	    cmocka_unit_test(too_many_gaps_drop_the_oldest),
	    cmocka_unit_test(a_range_is_added_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
