/* The alerts of the daemon itself: each opens at its trigger, once, whatever
 * repeats it and over a restart, and is ended by what ends it and by nothing
 * else, least of all by time. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

/* So often was it raised and resolved, by now. */
static void
expect_counts(const struct world *w, const char *rule, size_t raised,
	      size_t resolved)
{
	char text[80], id[80];

	snprintf(text, sizeof(text), "\"rule\":\"%s\"", rule);
	snprintf(id, sizeof(id), "%s/evidenced", rule);
	assert_int_equal(scene_count(w, "alert.raised", text, NULL), raised);
	assert_int_equal(scene_count(w, "alert.resolved", text, NULL),
			 resolved);
	assert_int_equal(scene_alert(w, id), raised > resolved);
}

static void
refuse_reload(struct world *w)
{
	engine_reload_refused(w->fake.engine, w->fake.now,
			      "a.conf:3: ledgr: unknown section");
	fake_turn(&w->fake);
}

/* A refused reload; a good one. */
static void
test_config_rejected(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	refuse_reload(&w);
	scene_until(&w, DAY1, "00:22:00");
	expect_counts(&w, "config-rejected", 1, 0);
	assert_non_null(strstr(scene_body(&w, "alert.raised", "config-rej"),
			       "a.conf:3: ledgr: unknown section"));
	refuse_reload(&w);
	scene_until(&w, DAY2, "12:00:00");
	expect_counts(&w, "config-rejected", 1, 0);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	scene_reload(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:02:00");
	expect_counts(&w, "config-rejected", 1, 1);
	/* and the next is another */
	refuse_reload(&w);
	scene_until(&w, DAY2, "12:05:00");
	expect_counts(&w, "config-rejected", 2, 1);
	world_free(&w);
}

/* No room, told at once by a line of its own; the rows follow when there is
 * room, and end it. */
static void
test_ledger_full(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.fake.full = w.fake.no_probe = true;
	engine_ledger_full(w.fake.engine, w.fake.now, "read-only");
	scene_until(&w, DAY1, "12:00:00");
	engine_ledger_full(w.fake.engine, w.fake.now, "read-only");
	scene_until(&w, DAY1, "20:00:00");
	expect_counts(&w, "ledger-full", 0, 0); /* no row can be */
	assert_non_null(strstr(buf_text(&w.fake.lines),
			       "C ledger-full evidenced: rows wait, no probes: "
			       "read-only"));
	w.fake.full = w.fake.no_probe = false;
	engine_ledger_full(w.fake.engine, w.fake.now, NULL);
	scene_until(&w, DAY1, "20:05:00");
	expect_counts(&w, "ledger-full", 1, 1);
	scene_until(&w, DAY2, "12:00:00");
	expect_counts(&w, "ledger-full", 1, 1);
	world_free(&w);
}

/* The journal holds other rows than the ledger; after a repair it agrees. */
static void
test_ledger_damaged(void **state)
{
	struct engine_mirror mirror = {
	    .followed = true, .conflicts = 1, .conflict_seq = 7};
	const struct engine_mirror agrees = {.followed = true};
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	engine_mirror(w.fake.engine, w.fake.now, &mirror);
	scene_until(&w, DAY1, "00:22:00");
	expect_counts(&w, "ledger-damaged", 1, 0);
	mirror.conflicts = 2;
	engine_mirror(w.fake.engine, w.fake.now, &mirror);
	scene_until(&w, DAY2, "12:00:00");
	expect_counts(&w, "ledger-damaged", 1, 0);
	/* A restart finds it again, and tells nobody twice. */
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	engine_mirror(w.fake.engine, w.fake.now, &mirror);
	scene_until(&w, DAY2, "13:00:00");
	expect_counts(&w, "ledger-damaged", 1, 0);
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	engine_mirror(w.fake.engine, w.fake.now, &agrees);
	scene_until(&w, DAY2, "13:05:00");
	expect_counts(&w, "ledger-damaged", 1, 1);
	world_free(&w);
}

static void
set_clock(struct world *w, enum engine_clock clock)
{
	engine_clock(w->fake.engine, w->fake.now, clock);
	fake_turn(&w->fake);
}

/* Fifteen minutes without a synchronised clock; one that is. */
static void
test_clock_unsynchronised(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	set_clock(&w, ENGINE_CLOCK_BAD);
	scene_until(&w, DAY1, "00:34:00");
	set_clock(&w, ENGINE_CLOCK_GOOD);
	scene_until(&w, DAY1, "00:40:00");
	expect_counts(&w, "clock-unsynchronised", 0, 0);
	set_clock(&w, ENGINE_CLOCK_BAD);
	scene_until(&w, DAY1, "00:54:59");
	expect_counts(&w, "clock-unsynchronised", 0, 0);
	scene_until(&w, DAY1, "00:57:00");
	expect_counts(&w, "clock-unsynchronised", 1, 0);
	scene_until(&w, DAY2, "12:00:00");
	expect_counts(&w, "clock-unsynchronised", 1, 0);
	set_clock(&w, ENGINE_CLOCK_GOOD);
	scene_until(&w, DAY2, "12:02:00");
	expect_counts(&w, "clock-unsynchronised", 1, 1);
	/* What is not known matters to nobody who does not require it. */
	set_clock(&w, ENGINE_CLOCK_UNKNOWN);
	scene_until(&w, DAY3, "12:00:00");
	expect_counts(&w, "clock-unsynchronised", 1, 1);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_config_rejected),
	    cmocka_unit_test(test_ledger_full),
	    cmocka_unit_test(test_ledger_damaged),
	    cmocka_unit_test(test_clock_unsynchronised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
