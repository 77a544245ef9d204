/* What the journal confirms, when it is looked at and what is sent again:
 * times and observations are values here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/confirm.h"

#include <stdlib.h>

static struct mono_time
at(int64_t s)
{
	return (struct mono_time){(1000 + s) * USEC_PER_SEC};
}

static void
expect_look(const struct confirm *c, int64_t s)
{
	assert_int_equal(c->look_at.us, at(s).us);
}

static void
expect_no_look(const struct confirm *c)
{
	assert_int_equal(c->look_at.us, INT64_MAX);
}

/* A reading that sees the rows [from, to) and ends at second `s`. */
static void
look(struct confirm *c, uint64_t from, uint64_t to, int64_t s)
{
	for (uint64_t seq = from; seq < to; seq++)
		confirm_seen(c, seq);
	confirm_looked(c, at(s), c->durable, at(s));
}

static void
expect_gap(const struct confirm *c, uint64_t from, uint64_t to)
{
	struct seq_range gap = {0};

	assert_true(confirm_gap(c, 0, &gap));
	assert_int_equal(gap.from, from);
	assert_int_equal(gap.to, to);
}

static void
nothing_waits_nothing_wakes(void **state)
{
	struct confirm c;
	struct seq_range gap;

	confirm_init(&c, at(0), 7, 7, false);
	expect_no_look(&c);
	confirm_soon(&c, at(1));
	expect_no_look(&c);
	assert_false(confirm_gap(&c, 0, &gap));
	assert_false(confirm_send_due(&c, at(10000)));
	confirm_fini(&c);
}

/* A burst of rows is looked for once, a second after its first. */
static void
rows_are_confirmed_in_any_order(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 1, 1, false);
	confirm_rows(&c, at(10), 2);
	confirm_rows(&c, at(10), 5);
	expect_look(&c, 11);
	confirm_seen(&c, 4);
	confirm_seen(&c, 3);
	confirm_seen(&c, 0); /* once more: sent again by somebody */
	assert_int_equal(c.confirmed, 1);
	confirm_seen(&c, 1);
	assert_int_equal(c.confirmed, 2);
	confirm_seen(&c, 2);
	assert_int_equal(c.confirmed, 5);
	assert_int_equal(c.seen.n, 0);
	confirm_looked(&c, at(11), 5, at(11));
	expect_no_look(&c);
	assert_int_equal(c.behind_since.us, 0);
	confirm_fini(&c);
}

/* Rows that follow one another are looked for once a second, and nothing is
 * overdue as long as each is seen within five. */
static void
a_steady_stream_is_not_behind(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 1, 1, false);
	for (int64_t s = 1; s < 100; s++) {
		confirm_rows(&c, at(s), (uint64_t)s + 1);
		if (s > 1)
			look(&c, (uint64_t)s - 1, (uint64_t)s, s);
		assert_true(c.look_at.us <= at(s + 1).us);
		assert_false(confirm_send_due(&c, at(s)));
		assert_int_equal(c.behind_since.us, 0);
	}
	assert_int_equal(c.confirmed, 99);
	confirm_fini(&c);
}

static void
a_row_that_stays_away_is_sent_again(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 1, 1, false);
	confirm_rows(&c, at(10), 4);
	look(&c, 1, 2, 11);
	confirm_seen(&c, 3);
	assert_int_equal(c.confirmed, 2);
	assert_false(confirm_send_due(&c, at(14)));
	expect_look(&c, 15);
	look(&c, 0, 0, 15);
	assert_true(confirm_send_due(&c, at(15)));
	assert_int_equal(c.behind_since.us, at(10).us);
	expect_gap(&c, 2, 3); /* 3 was seen */
	confirm_sent(&c, at(15));
	expect_look(&c, 16);
	assert_false(confirm_send_due(&c, at(16)));
	look(&c, 2, 3, 16);
	assert_int_equal(c.confirmed, 4);
	assert_int_equal(c.behind_since.us, 0);
	assert_int_equal(c.rounds, 0);
	expect_no_look(&c);
	confirm_fini(&c);
}

/* Ever more seldom: looks up to every minute, sending up to every hour. */
static void
a_journal_that_keeps_nothing_is_not_flooded(void **state)
{
	struct confirm c;
	int64_t s = 10, last_sent = 0, last_look = 0;
	int sent = 0;

	confirm_init(&c, at(0), 1, 1, false);
	confirm_rows(&c, at(10), 2);
	while (s < 86400) {
		assert_true(c.look_at.us != INT64_MAX);
		last_look = s;
		s = c.look_at.us / USEC_PER_SEC - 1000;
		assert_in_range(s - last_look, 1, CONFIRM_LOOK_MAX_S);
		confirm_looked(&c, at(s), c.durable, at(s));
		if (confirm_send_due(&c, at(s))) {
			if (sent > 0)
				assert_true(s - last_sent >= 5);
			confirm_sent(&c, at(s));
			last_sent = s;
			sent++;
		}
		if (s % 7 == 0) /* a row now and then changes nothing */
			confirm_rows(&c, at(s), c.durable + 1);
	}
	assert_in_range(sent, 24, 40);
	assert_int_equal(c.behind_since.us, at(10).us);
	/* As soon as it comes back it is seen. */
	confirm_soon(&c, at(s));
	expect_look(&c, s + 1);
	look(&c, 1, c.durable, s + 1);
	assert_int_equal(c.behind_since.us, 0);
	assert_int_equal(c.rounds, 0);
	expect_no_look(&c);
	confirm_fini(&c);
}

/* After a start what lacks is sent at once, after the first look. */
static void
a_start_sends_what_lacks(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 100, 40, false);
	expect_look(&c, 0);
	for (uint64_t seq = 40; seq < 100; seq++) {
		if (seq != 50 && seq < 97)
			confirm_seen(&c, seq);
	}
	confirm_looked(&c, at(0), 100, at(0));
	assert_true(confirm_send_due(&c, at(0)));
	assert_int_equal(c.behind_since.us, at(0).us); /* not before */
	expect_gap(&c, 50, 51);
	struct seq_range gap;
	assert_true(confirm_gap(&c, 51, &gap));
	assert_int_equal(gap.from, 97);
	assert_int_equal(gap.to, 100);
	assert_false(confirm_gap(&c, 100, &gap));
	confirm_fini(&c);
}

/* A journal that appears: its first look may come before the rows do. */
static void
rows_that_are_being_sent_are_not_sent_twice(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 9, 0, true);
	expect_look(&c, 0);
	look(&c, 0, 0, 0);
	assert_false(confirm_send_due(&c, at(0)));
	assert_int_equal(c.behind_since.us, 0);
	look(&c, 0, 8, 5);
	assert_true(confirm_send_due(&c, at(5)));
	expect_gap(&c, 8, 9);
	confirm_fini(&c);
}

static void
expired_rows_are_counted_and_not_missed(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 20, 5, false);
	confirm_seen(&c, 8);
	confirm_seen(&c, 14);
	confirm_expired(&c, 12);
	assert_int_equal(c.confirmed, 12);
	assert_int_equal(c.expired, 6); /* 5 6 7 9 10 11 */
	confirm_expired(&c, 3);		/* long past */
	assert_int_equal(c.expired, 6);
	confirm_expired(&c, 14);
	assert_int_equal(c.confirmed, 15);
	assert_int_equal(c.expired, 8);
	confirm_fini(&c);
}

/* What is just being sent may come behind the oldest entry. */
static void
only_rows_that_are_overdue_may_have_expired(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 20, 5, false);
	assert_int_equal(confirm_overdue(&c, at(0)), 20);
	confirm_rows(&c, at(0), 21);
	assert_int_equal(confirm_overdue(&c, at(0)), 20);
	look(&c, 5, 21, 1);
	assert_int_equal(confirm_overdue(&c, at(1)), 21);
	confirm_rows(&c, at(10), 23);
	assert_int_equal(confirm_overdue(&c, at(10)), 21);
	assert_int_equal(confirm_overdue(&c, at(14)), 21);
	assert_int_equal(confirm_overdue(&c, at(15)), 23);
	look(&c, 0, 0, 15);
	confirm_sent(&c, at(15));
	assert_int_equal(confirm_overdue(&c, at(15)), 21);
	assert_int_equal(confirm_overdue(&c, at(20)), 23);
	confirm_fini(&c);
	confirm_init(&c, at(0), 20, 5, true);
	assert_int_equal(confirm_overdue(&c, at(0)), 5);
	confirm_fini(&c);
}

static void
forged_and_conflicting_entries_confirm_nothing(void **state)
{
	struct confirm c;

	confirm_init(&c, at(0), 5, 1, false);
	c.forged = 3;
	confirm_conflict(&c, 2);
	confirm_conflict(&c, 1);
	assert_int_equal(c.conflicts, 2);
	assert_int_equal(c.conflict_seq, 2);
	assert_int_equal(c.confirmed, 1);
	confirm_recount(&c);
	assert_int_equal(c.conflicts, 0);
	assert_int_equal(c.forged, 0);
	assert_int_equal(c.confirmed, 1);
	confirm_fini(&c);
}

/* The set beside the plainest one there is. */
static void
a_set_of_ranges_is_a_set(void **state)
{
	enum { SPAN = 300, STEPS = 20000 };
	static bool plain[SPAN + 2];
	struct seq_set s = {0};
	unsigned int seed = 1;

	for (int step = 0; step < STEPS; step++) {
		unsigned int seq;

		seed = seed * 1103515245 + 12345;
		seq = seed / 65536 % SPAN;
		if (step % 500 == 499) {
			seq_set_drop_below(&s, seq);
			for (unsigned int i = 0; i < seq; i++)
				plain[i] = false;
		} else {
			assert_true(seq_set_add(&s, seq));
			plain[seq] = true;
		}
		seq = seed / 256 % SPAN;
		unsigned int end = seq;

		while (plain[end])
			end++;
		assert_int_equal(seq_set_end(&s, seq), end);
		for (size_t i = 0; i < s.n; i++) {
			assert_true(s.at[i].from < s.at[i].to);
			assert_true(i == 0 || s.at[i - 1].to < s.at[i].from);
		}
	}
	seq_set_fini(&s);
}

static void
a_set_has_a_limit(void **state)
{
	struct seq_set s = {0};

	for (uint64_t i = 0; i < SEQ_SET_RANGES_MAX; i++)
		assert_true(seq_set_add(&s, 2 * i));
	assert_false(seq_set_add(&s, 2 * SEQ_SET_RANGES_MAX));
	assert_true(seq_set_add(&s, 1)); /* fills a gap */
	assert_true(seq_set_add(&s, 2 * SEQ_SET_RANGES_MAX));
	seq_set_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_waits_nothing_wakes),
	    cmocka_unit_test(rows_are_confirmed_in_any_order),
	    cmocka_unit_test(a_steady_stream_is_not_behind),
	    cmocka_unit_test(a_row_that_stays_away_is_sent_again),
	    cmocka_unit_test(a_journal_that_keeps_nothing_is_not_flooded),
	    cmocka_unit_test(a_start_sends_what_lacks),
	    cmocka_unit_test(rows_that_are_being_sent_are_not_sent_twice),
	    cmocka_unit_test(expired_rows_are_counted_and_not_missed),
	    cmocka_unit_test(only_rows_that_are_overdue_may_have_expired),
	    cmocka_unit_test(forged_and_conflicting_entries_confirm_nothing),
	    cmocka_unit_test(a_set_of_ranges_is_a_set),
	    cmocka_unit_test(a_set_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
