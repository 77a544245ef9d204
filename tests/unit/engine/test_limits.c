/* Ceilings, waits and clocks at their edges: what only one more comparison
 * tells apart. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKLOAD(more) \
	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; " more " }"

static struct wall_time
plus(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

/* ---- ceilings ---- */

/* What a run costs is not known before the first: a ceiling of nothing stops
 * that one as well. */
static void
test_no_tokens_at_all(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("max_tokens_per_day = 0;"), ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(w.n_seen, 0);
	assert_int_equal(scene_count(&w, "check.begun", NULL, NULL), 0);
	assert_true(scene_count(&w, "check.missed", "\"ceiling\"", "w0/happy") >
		    0);
	world_free(&w);
}

/* A run of 14 tokens after one of 14: 28 are not over 28, and are over 27. */
static void
test_tokens_to_the_last(void **state)
{
	static const struct {
		const char *text;
		size_t runs;
	} table[] = {{WORKLOAD("max_tokens_per_day = 28;"), 2},
		     {WORKLOAD("max_tokens_per_day = 27;"), 1}};

	for (size_t i = 0; i < 2; i++) {
		struct world w;

		scene_start(&w, world_config_of(table[i].text, ""));
		scene_until(&w, DAY1, "12:00:00");
		assert_int_equal(scene_count(&w, "check.happy", DAY1, NULL),
				 table[i].runs);
		world_free(&w);
	}
}

/* ---- what a gateway asked for ---- */

/* It asked to be left alone for 3000 s; a reload is no reason to ask again
 * after 15 min. */
static void
test_retry_after_outlives_reload(void **state)
{
	const char *text = world_config_text(1, "");
	struct wall_time slot;
	struct world w;
	size_t seen;

	scene_start(&w, text);
	scene_until(&w, DAY2, "00:00:00");
	slot = scene_slot(&w, "w0", DAY2);
	w.gateway = MOOD_THROTTLED;
	w.retry_after = "3000";
	world_run(&w, plus(slot, 60));
	w.gateway = MOOD_GOOD;
	seen = w.n_seen;
	scene_reload(&w, text);
	world_run(&w, plus(slot, 2990));
	assert_int_equal(w.n_seen, seen);
	world_run(&w, plus(slot, 3300));
	assert_true(w.n_seen > seen);
	world_free(&w);
}

/* ---- on time ---- */

/* A run that is a minute late is the planned one; after that it is caught up
 * with. */
static void
test_a_minute_late(void **state)
{
	for (int late = 60; late <= 61; late++) {
		struct world w;
		int64_t s = 10 + late;

		scene_start(&w, world_config_text(1, ""));
		world_run(&w, plus(scene_slot(&w, "w0", DAY2), -10));
		w.fake.now.wall.us += s * USEC_PER_SEC;
		w.fake.now.mono.us += s * USEC_PER_SEC;
		world_run(&w, plus(w.fake.now.wall, 60));
		assert_int_equal(
		    scene_count(&w, "check.begun", DAY2, "\"schedule\""),
		    late == 60 ? 2 : 0);
		assert_int_equal(
		    scene_count(&w, "check.begun", DAY2, "\"catch_up\""),
		    late == 60 ? 0 : 2);
		world_free(&w);
	}
}

#define AT_NOON(more)                                             \
	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; " \
	"happy_schedule = \"0 12 * * *\"; " more " }"

/* The same text in another zone, or with another jitter, is another plan. */
static void
test_another_plan(void **state)
{
	static const struct {
		const char *before, *after, *begun_by;
	} cases[] = {
	    {AT_NOON(""), AT_NOON("schedule_timezone = \"Europe/Berlin\";"),
	     "10:00:30"},
	    {AT_NOON("jitter = \"15m\";"), AT_NOON(""), "12:00:30"},
	};

	for (size_t i = 0; i < 2; i++) {
		struct world w;

		scene_start(&w, world_config_of(cases[i].before, ""));
		scene_until(&w, DAY2, "09:00:00");
		scene_reload(&w, world_config_of(cases[i].after, ""));
		scene_until(&w, DAY2, cases[i].begun_by);
		assert_int_equal(
		    scene_count(&w, "check.begun", DAY2, "w0/happy"), 1);
		scene_until(&w, DAY2, "13:00:00");
		assert_int_equal(
		    scene_count(&w, "check.begun", DAY2, "w0/happy"), 1);
		world_free(&w);
	}
}

/* ---- whose day it is ---- */

/* Answers what was kept as sent at `at`. */
static void
answer_sent_at(struct world *w, struct fake_request *r, struct wall_time at,
	       const char *type, const char *body)
{
	r->at = at;
	fake_answer(&w->fake, r, 200, type, body);
	fake_request_free(r);
}

/* The request waited in our own queue over midnight: the day on which it left
 * is the day of its evidence. */
static void
test_run_of_the_day_it_left(void **state)
{
	struct fake_request r;
	struct world w;

	scene_start(&w, world_config_of(
			    WORKLOAD("happy_schedule = \"59 23 * * *\";"), ""));
	w.hold = "/v1/chat/completions";
	scene_until(&w, DAY1, "23:59:30");
	assert_null(w.hold);
	r = w.held;
	assert_int_equal(scene_count(&w, "check.begun", DAY1 "T23:59", NULL),
			 1);
	scene_until(&w, DAY2, "00:00:20");
	answer_sent_at(&w, &r, scene_at(DAY2, "00:00:10"), "application/json",
		       "{\"model\":\"mini-1\",\"choices\":[{\"index\":0,"
		       "\"finish_reason\":\"stop\"}],\"usage\":{"
		       "\"prompt_tokens\":12,\"completion_tokens\":2,"
		       "\"total_tokens\":14}}");
	world_run(&w, w.fake.now.wall);
	assert_int_equal(
	    scene_count(&w, "check.happy",
			"\"request_time_utc\":\"" DAY2 "T00:00:10Z\"", NULL),
	    1);
	world_free(&w);
}

static void
test_read_at_is_when_it_left(void **state)
{
	struct fake_request r;
	struct ctl_request request = {.command = CTL_RUN, .name = "p-pricing"};
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	w.hold = "/pricing";
	world_ask(&w, &request);
	assert_null(w.hold);
	r = w.held;
	scene_until(&w, DAY1, "12:00:20");
	answer_sent_at(&w, &r, scene_at(DAY1, "12:00:10"), "text/html",
		       "The text of a page.\n");
	world_run(&w, w.fake.now.wall);
	assert_int_equal(scene_count(&w, "check.source",
				     "\"read_at\":\"" DAY1 "T12:00:10Z\"",
				     "p-pricing"),
			 1);
	world_free(&w);
}

/* ---- waiting ---- */

/* Whom a person asked for is not told that the day had no room: it runs when
 * it can, be it after midnight. */
static void
test_manual_run_outlives_its_day(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "23:59:50");
	w.fake.no_probe = true;
	assert_int_equal(scene_run(&w, "w0"), -1);
	scene_until(&w, DAY2, "00:00:30");
	assert_int_equal(scene_count(&w, "check.missed", "no_room", NULL), 0);
	w.fake.no_probe = false;
	scene_until(&w, DAY2, "00:05:00");
	assert_int_equal(scene_count(&w, "check.happy", "\"manual\"", NULL), 1);
	world_free(&w);
}

/* ---- counters ---- */

/* Who shares the key moves its counter: that is told as a shared key, and no
 * run of it is said to have been disturbed by strangers. */
static void
test_shared_key_is_explained(void **state)
{
	struct world w;

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	w.fake.twins[0] = "w0";
	w.fake.twins[1] = "w1";
	world_start(&w, world_config_text(2, ""));
	scene_until(&w, DAY1, "12:00:00");
	world_key(&w, "w0")->used += 500;
	world_key(&w, "w1")->used += 500;
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(
	    scene_count(&w, "check.usage", "\"unexplained\":true", NULL), 0);
	assert_true(scene_count(&w, "check.usage", NULL, NULL) > 0);
	world_free(&w);
}

/* ---- clocks ---- */

/* A day without rows, and the clock goes back by less than the newest row is
 * old: not behind it, and yet a step. */
static void
test_small_step_back(void **state)
{
	struct world w;
	struct wall_time now;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	now = w.fake.now.wall;
	assert_true(engine_view(w.fake.engine)->newest_at.us <
		    plus(now, -600).us);
	w.fake.now.wall = plus(now, -300);
	fake_turn(&w.fake);
	assert_int_equal(
	    scene_count(&w, "clock.stepped", "\"step_s\":-300", NULL), 1);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_tokens_at_all),
	    cmocka_unit_test(test_tokens_to_the_last),
	    cmocka_unit_test(test_retry_after_outlives_reload),
	    cmocka_unit_test(test_a_minute_late),
	    cmocka_unit_test(test_another_plan),
	    cmocka_unit_test(test_run_of_the_day_it_left),
	    cmocka_unit_test(test_read_at_is_when_it_left),
	    cmocka_unit_test(test_manual_run_outlives_its_day),
	    cmocka_unit_test(test_shared_key_is_explained),
	    cmocka_unit_test(test_small_step_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
