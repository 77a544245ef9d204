/* A surface that says 429 holds no more than it must. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 3600 };

/* As world_config_text(), and one workload that never asks the surface, with
 * the key of one that does. */
static const char two[] =
    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; },"
    "{ label = \"w1\"; use = \"t\"; owner_group = \"team\"; },"
    "{ label = \"none\"; use = \"t\"; owner_group = \"team\"; "
    "account_surface = \"none\"; credential = \"w0\"; }";

static struct wall_time
slot_of(const struct world *w, const char *label, const char *day, int64_t s)
{
	return (struct wall_time){scene_slot(w, label, day).us +
				  s * USEC_PER_SEC};
}

static void
throttle(struct world *w, const char *retry_after)
{
	w->surface_status = 429;
	w->retry_after = retry_after;
	w->surface_reads = 0;
}

static int
ask(struct world *w, const char *name)
{
	size_t before = w->fake.n_replies;
	int status = scene_run(w, name);

	return w->fake.n_replies == before ? -1 : status;
}

static void
expect_text(const char *got, const char *text)
{
	if (strstr(got, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, got);
}

static void
expect_reply(const struct world *w, const char *text)
{
	assert_int_not_equal(w->fake.n_replies, 0);
	expect_text(w->fake.replies[w->fake.n_replies - 1].text, text);
}

static void
expect_status(const struct world *w, const char *text)
{
	struct buf out = {0};

	engine_status_line(w->fake.engine, &out);
	expect_text(buf_text(&out), text);
	buf_reset(&out);
	engine_status_json(w->fake.engine, &out);
	expect_text(buf_text(&out), text);
	buf_free(&out);
}

/* A week is not waited for: every pair of the day is sent, its record says
 * what lacks, the alert is open, and the next day asks anew. */
static void
test_long_wait_holds_nothing(void **state)
{
	char label[8];
	struct world w;

	scene_start(&w, world_config_text(5, ""));
	scene_until(&w, DAY2, "00:00:00");
	throttle(&w, "604800");
	scene_until(&w, DAY2, "23:50:00");
	assert_int_equal(w.surface_reads, 1);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	for (int i = 0; i < 5; i++) {
		char id[40];

		snprintf(label, sizeof(label), "w%d", i);
		snprintf(id, sizeof(id), "usage-not-visible/w%d", i);
		assert_int_equal(world_decision(&w, label),
				 DECISION_INCONCLUSIVE);
		assert_true(
		    scene_reason(&w, label, REASON_SURFACE_UNREACHABLE));
		assert_true(scene_alert(&w, id));
	}
	/* once each: before the wait is over one more is of no use */
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "reobserve"), 0);
	expect_text(buf_text(&w.fake.said),
		    "the account surface of gw is throttled until "
		    "2026-07-05T00:00:00Z");
	expect_status(&w, "the account surface of gw is throttled until "
			  "2026-07-05T00:00:00Z");
	w.surface_status = 200;
	scene_until(&w, DAY3, "23:50:00");
	for (int i = 0; i < 5; i++) {
		snprintf(label, sizeof(label), "w%d", i);
		assert_int_equal(world_decision(&w, label), DECISION_PASS);
	}
	expect_text(buf_text(&w.fake.said),
		    "the account surface of gw answers again");
	world_free(&w);
}

/* One that ends on its day costs one more run when it is over, no sooner. */
static void
test_two_hours_are_made_good(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, slot_of(&w, "w0", DAY2, -1));
	throttle(&w, "7200");
	world_run(&w, slot_of(&w, "w0", DAY2, 2 * HOUR - 60));
	assert_int_equal(w.surface_reads, 1);
	assert_int_equal(scene_count(&w, "check.begun", "reobserve", NULL), 0);
	w.surface_status = 200;
	world_run(&w, slot_of(&w, "w0", DAY2, 2 * HOUR + 700));
	assert_int_equal(
	    scene_count(&w, "check.begun", "reobserve", "\"happy\""), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* 429 without a time: as long as such limits last, then without it. */
static void
test_unsaid_wait_ends(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, slot_of(&w, "w0", DAY2, -1));
	throttle(&w, NULL);
	world_run(&w, slot_of(&w, "w0", DAY2, HOUR - 60));
	assert_int_equal(scene_count(&w, "check.begun", DAY2, NULL), 0);
	world_run(&w, slot_of(&w, "w0", DAY2, HOUR + 120));
	assert_int_equal(
	    scene_count(&w, "check.happy", "2026-07-04T", "schedule"), 1);
	world_free(&w);
}

/* Its endpoint has limits of its own: who does not read the surface goes on,
 * and who waits for it keeps neither its key nor room at the gateway. */
static void
test_others_go_on(void **state)
{
	struct world w;

	scene_start(&w, world_config_of(two, ""));
	world_run(&w, slot_of(&w, "w0", DAY2, -1));
	throttle(&w, "900");
	world_run(&w, slot_of(&w, "w0", DAY2, 1));
	assert_int_equal(ask(&w, "w1"), -1);
	assert_int_equal(w.surface_reads, 1);
	assert_int_equal(ask(&w, "none"), 1);
	expect_reply(&w, "none: ");
	/* The two that wait are told of as what they are. */
	assert_int_equal(ask(&w, "w0"), CTL_REFUSED);
	expect_reply(&w, "BUSY: w0 is running; the account surface of gw is "
			 "throttled until 2026-07-04T");
	assert_int_equal(w.surface_reads, 1);
	world_free(&w);
}

/* Whoever waits for a run that went without its surface is told why. */
static void
test_run_says_why(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(2, ""));
	world_run(&w, slot_of(&w, "w0", DAY2, -1));
	throttle(&w, "7200");
	world_run(&w, slot_of(&w, "w0", DAY2, 1));
	assert_int_equal(ask(&w, "w1"), CTL_CHECK_FAILED);
	expect_reply(&w, "; the account surface of gw is throttled until "
			 "2026-07-04T");
	world_free(&w);
}

/* A look whose turn cannot come within lag_max is over. */
static void
test_look_is_over(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, slot_of(&w, "w0", DAY2, -1));
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, slot_of(&w, "w0", DAY2, 10));
	throttle(&w, "604800");
	world_run(&w, slot_of(&w, "w0", DAY2, 700));
	assert_int_equal(w.surface_reads, 1);
	assert_int_equal(
	    scene_count(&w, "check.usage", "\"outcome\":\"unreachable\"", NULL),
	    1);
	world_free(&w);
}

/* Shortly before midnight nobody waits: the run is still of its day. */
static void
test_day_ends_the_wait(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "23:50:00");
	throttle(&w, "1000");
	assert_int_not_equal(ask(&w, "w0"), -1);
	scene_until(&w, DAY3, "00:00:00");
	assert_int_equal(
	    scene_count(&w, "check.happy", "manual", "2026-07-04T23:5"), 1);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_long_wait_holds_nothing),
	    cmocka_unit_test(test_two_hours_are_made_good),
	    cmocka_unit_test(test_unsaid_wait_ends),
	    cmocka_unit_test(test_others_go_on),
	    cmocka_unit_test(test_run_says_why),
	    cmocka_unit_test(test_look_is_over),
	    cmocka_unit_test(test_day_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
