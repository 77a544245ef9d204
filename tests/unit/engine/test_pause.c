/* A machine that slept, or a virtual one that was stopped, while something
 * was under way: what is seen afterwards counts by its own time. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 3600 };

static struct wall_time
plus(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

/* Both clocks go on, or (a virtual machine whose host sets the time) only
 * that of the wall. */
enum pause { SLEPT, STOPPED };

static void
pause_for(struct world *w, enum pause how, int64_t s)
{
	w->fake.now.wall.us += s * USEC_PER_SEC;
	if (how == SLEPT)
		w->fake.now.mono.us += s * USEC_PER_SEC;
}

/* Runs until t; the first request to that address is not answered. */
static void
run_and_hold(struct world *w, struct wall_time t, const char *url)
{
	w->hold = url;
	world_run(w, t);
	assert_null(w->hold);
}

static const char usage_url[] = "/api/usage/token";
static const char model_url[] = "/v1/chat/completions";

static void
answer_counter(struct world *w, int used)
{
	char body[200];

	snprintf(body, sizeof(body),
		 "{\"code\":true,\"data\":{\"name\":\"w0\",\"total_used\":%d,"
		 "\"total_available\":%d}}",
		 used, 100000 - used);
	fake_answer(&w->fake, &w->held, 200, "application/json", body);
	fake_request_free(&w->held);
}

/* Looks of DAY1's scheduled run that ended so. */
static size_t
looks(const struct world *w, const char *outcome)
{
	const char *at =
	    strstr(scene_body(w, "check.happy", "schedule"), "\"run\":");
	char run[sizeof("\"run\":") + RUN_ID_LEN + 2];

	snprintf(run, sizeof(run), "%s", at);
	return scene_count(w, "check.usage", outcome, run);
}

/* On DAY1 a happy run has ended and its usage is not yet visible. */
static void
start_waiting(struct world *w, int64_t lag_s)
{
	scene_start(w, world_config_text(1, ""));
	world_run(w, plus(scene_slot(w, "w0", DAY1), -1));
	world_key(w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(w, plus(scene_slot(w, "w0", DAY1), lag_s));
	assert_int_equal(scene_count(w, "check.happy", "schedule", NULL), 1);
	assert_int_equal(scene_count(w, "check.usage", "\"visible\"", NULL), 1);
}

/* Whoever used the key meanwhile makes no pass of that run; what was not seen
 * is told, and the pair is run again. */
static void
test_look_slept_through(void **state)
{
	static const enum pause ways[] = {SLEPT, STOPPED};

	for (size_t i = 0; i < 2; i++) {
		struct world w;

		start_waiting(&w, 20);
		world_key(&w, "w0")->mood = MOOD_GOOD;
		world_key(&w, "w0")->used += 90000;
		pause_for(&w, ways[i], 2 * HOUR);
		fake_turn(&w.fake);
		world_run(&w, plus(w.fake.now.wall, 2 * MINUTE));
		assert_int_equal(looks(&w, "\"visible\""), 0);
		assert_int_equal(looks(&w, "\"unreachable\""), 1);
		assert_int_equal(scene_count(&w, "check.missed",
					     "\"interrupted\"", "w0/usage"),
				 1);
		scene_until(&w, DAY1, "12:00:00");
		assert_int_equal(
		    scene_count(&w, "check.happy", DAY1, "reobserve"), 1);
		assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
		world_free(&w);
	}
}

/* A short sleep swallows nothing: the look comes late, but within lag_max. */
static void
test_look_in_time(void **state)
{
	struct world w;

	start_waiting(&w, 20);
	world_key(&w, "w0")->used += 14;
	pause_for(&w, SLEPT, 8 * MINUTE);
	fake_turn(&w.fake);
	world_run(&w, plus(w.fake.now.wall, 1));
	assert_int_equal(scene_count(&w, "check.usage", "\"visible\"", NULL),
			 2);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* Somebody asks at the very moment of waking up. */
static void
test_look_now_is_no_way_round(void **state)
{
	struct ctl_request request = {
	    .command = CTL_RUN, .name = "w0/usage", .wait = true};
	struct world w;

	start_waiting(&w, 20);
	world_key(&w, "w0")->used += 90000;
	pause_for(&w, SLEPT, 2 * HOUR);
	assert_int_equal(world_ask(&w, &request), CTL_CHECK_FAILED);
	assert_int_equal(scene_count(&w, "check.usage", "\"visible\"", NULL),
			 1);
	world_free(&w);
}

/* The answer to a look arrives when lag_max is long over. */
static void
test_look_in_flight(void **state)
{
	struct world w;

	start_waiting(&w, 20);
	run_and_hold(&w, plus(w.fake.now.wall, 2 * MINUTE), usage_url);
	pause_for(&w, SLEPT, 2 * HOUR);
	answer_counter(&w, 5000);
	assert_int_equal(scene_count(&w, "check.usage", "\"visible\"", NULL),
			 1);
	assert_int_equal(
	    scene_count(&w, "check.missed", "\"interrupted\"", "w0/usage"), 1);
	world_free(&w);
}

/* The gateway answered before, and its answer was read after: that is an
 * observation of the run, and lag_max counts from when it was sent. */
static void
test_run_in_flight(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	run_and_hold(&w, plus(scene_slot(&w, "w0", DAY1), 1), model_url);
	pause_for(&w, SLEPT, 2 * HOUR);
	world_key(&w, "w0")->used += 90000;
	fake_answer(&w.fake, &w.held, 200, "application/json",
		    "{\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{"
		    "\"total_tokens\":14}}");
	fake_request_free(&w.held);
	world_run(&w, plus(w.fake.now.wall, 2));
	assert_int_equal(scene_count(&w, "check.happy", "schedule", "\"pass\""),
			 1);
	assert_int_equal(scene_count(&w, "check.usage", "\"visible\"", NULL),
			 1);
	assert_int_equal(
	    scene_count(&w, "check.missed", "\"interrupted\"", "w0/usage"), 1);
	world_free(&w);
}

/* A reading from before the sleep is compared with nothing. */
static void
test_before_in_flight(void **state)
{
	struct world w;
	int used;

	scene_start(&w, world_config_text(1, ""));
	run_and_hold(&w, plus(scene_slot(&w, "w0", DAY1), 1), usage_url);
	used = (int)world_key(&w, "w0")->used;
	pause_for(&w, SLEPT, 2 * HOUR);
	world_key(&w, "w0")->used += 90000;
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	answer_counter(&w, used);
	world_run(&w, plus(w.fake.now.wall, HOUR));
	assert_int_equal(scene_count(&w, "check.usage", "\"visible\"", NULL),
			 1);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	world_free(&w);
}

/* The row that says "begun" becomes durable when the disk has room again,
 * and by then its reading is old: nothing is sent. */
static void
test_begun_and_slept(void **state)
{
	struct world w;
	size_t seen;

	scene_start(&w, world_config_text(1, ""));
	run_and_hold(&w, plus(scene_slot(&w, "w0", DAY1), 1), usage_url);
	seen = w.n_seen;
	w.fake.full = true;
	answer_counter(&w, (int)world_key(&w, "w0")->used);
	pause_for(&w, SLEPT, 2 * HOUR);
	w.fake.full = false;
	fake_turn(&w.fake);
	world_run(&w, w.fake.now.wall);
	assert_int_equal(w.n_seen, seen);
	assert_int_equal(
	    scene_count(&w, "check.missed", "\"interrupted\"", "w0/happy"), 1);
	world_free(&w);
}

/* It slept over the night and past today's slot: today's pair is caught up
 * with, although yesterday's was still under way. */
static void
test_slept_over_night(void **state)
{
	struct world w;

	for (int in_flight = 0; in_flight < 2; in_flight++) {
		start_waiting(&w, 20);
		if (in_flight)
			run_and_hold(&w, plus(w.fake.now.wall, 2 * MINUTE),
				     usage_url);
		world_key(&w, "w0")->mood = MOOD_GOOD;
		pause_for(&w, SLEPT, 30 * HOUR);
		fake_turn(&w.fake);
		if (in_flight)
			answer_counter(&w, 5000);
		world_run(&w, plus(w.fake.now.wall, HOUR));
		assert_int_equal(
		    scene_count(&w, "check.missed", "overlap", NULL), 0);
		assert_int_equal(
		    scene_count(&w, "check.happy", DAY2, "catch_up"), 1);
		assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
		world_free(&w);
	}
}

/* There was no room for its rows, and then the day was over: nothing of it is
 * sent on the next one, whose own pair is not in its way. */
static void
test_waited_over_midnight(void **state)
{
	struct world w;
	size_t seen;

	scene_start(&w, world_config_text(1, ""));
	seen = w.n_seen;
	w.fake.no_probe = true;
	scene_until(&w, DAY2, "00:00:10");
	w.fake.no_probe = false;
	scene_until(&w, DAY2, "00:30:00");
	assert_int_equal(w.n_seen, seen);
	assert_int_equal(
	    scene_count(&w, "check.missed", "\"no_room\"", "w0/happy"), 1);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY2, "schedule"), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A page that was fetched yesterday was not read today. */
static void
test_page_of_yesterday(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	run_and_hold(&w, scene_at(DAY1, "23:00:00"), "/pricing");
	pause_for(&w, SLEPT, 12 * HOUR);
	fake_turn(&w.fake);
	fake_answer(&w.fake, &w.held, 200, "text/html",
		    "The text of https://gw.example/pricing, first "
		    "version.\n");
	fake_request_free(&w.held);
	world_run(&w, plus(w.fake.now.wall, HOUR));
	assert_int_equal(
	    scene_count(&w, "check.source", "p-pricing", "\"read_at\":\"" DAY2),
	    1);
	assert_int_equal(scene_count(&w, "check.missed", "overlap", NULL), 0);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_look_slept_through),
	    cmocka_unit_test(test_look_in_time),
	    cmocka_unit_test(test_look_now_is_no_way_round),
	    cmocka_unit_test(test_look_in_flight),
	    cmocka_unit_test(test_run_in_flight),
	    cmocka_unit_test(test_before_in_flight),
	    cmocka_unit_test(test_begun_and_slept),
	    cmocka_unit_test(test_slept_over_night),
	    cmocka_unit_test(test_waited_over_midnight),
	    cmocka_unit_test(test_page_of_yesterday),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
