/* The digest: what it says, when, and that there is one a review day, over
 * restarts and steps of the clock. */
#include "scene.h"

#include "report/daily.h"

#include <stdio.h>
#include <string.h>

static size_t
digests(const struct world *w, const char *text)
{
	return scene_count(w, "digest.daily", text, NULL);
}

/* ---- the line ---- */

static void
test_the_line(void **state)
{
	static const struct {
		struct daily daily;
		const char *text;
	} cases[] = {
	    {{.tally =
		  {.pass = 182, .pending = 11, .hold = 6, .inconclusive = 1},
	      .held_for =
		  {[REASON_OWNER_MISSING] = 4, [REASON_SOURCE_UNAPPROVED] = 2},
	      .alerts = 3,
	      .ending = 1,
	      .rows = 18422},
	     "182 pass 11 pending 6 held (4 OWNER_MISSING, 2 "
	     "SOURCE_UNAPPROVED) 1 inconclusive; 3 alerts; 1 silence ends "
	     "today; ledger 18422"},
	    {{.tally =
		  {.pass = 1, .response_only = 2, .pending = 3, .no_record = 4},
	      .rows = 9},
	     "1 pass 2 pass (response only) 3 pending 4 no record; 0 alerts; "
	     "ledger 9"},
	    {{.tally = {.pass = 3,
			.pass_corrected = 1,
			.response_only = 2,
			.response_corrected = 2},
	      .rows = 9},
	     "3 pass (1 corrected) 2 pass (response only) (2 corrected); 0 "
	     "alerts; ledger 9"},
	    {{.tally = {.pass = 1}, .rows = 9}, "1 pass; 0 alerts; ledger 9"},
	    {{.tally = {.hold = 7, .fail = 1, .not_due = 2},
	      .held_for = {[REASON_OWNER_MISSING] = 1,
			   [REASON_RULE_MISSING] = 1,
			   [REASON_METRIC_MISSING] = 2,
			   [REASON_SOURCE_MISSING] = 1,
			   [REASON_CREDENTIAL_MISSING] = 1,
			   [REASON_LOWERED_BY_ROLE] = 1},
	      .failed_for = {[REASON_CREDENTIAL_ACCEPTED] = 1},
	      .alerts = 1,
	      .muted = 1,
	      .ending = 2,
	      .lasting = 1,
	      .rows = 10},
	     "0 pass 7 held (2 METRIC_MISSING, 1 OWNER_MISSING, 1 "
	     "RULE_MISSING, 1 SOURCE_MISSING, 1 CREDENTIAL_MISSING and "
	     "others) 1 fail (1 CREDENTIAL_ACCEPTED) 2 not due; 1 alert, 1 "
	     "muted; 2 silences end today; 1 silence goes on; ledger 10"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = {0};

		daily_text(&cases[i].daily, &text);
		assert_string_equal(buf_text(&text), cases[i].text);
		buf_free(&text);
	}
}

/* ---- the days ---- */

static void
test_one_a_day(void **state)
{
	struct world w;

	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; }, { label = "
					"\"w1\"; use = \"t\"; }",
					""));
	/* nothing while something is pending */
	assert_int_equal(digests(&w, NULL), 0);
	scene_until(&w, DAY1, "23:30:00");
	assert_int_equal(digests(&w, NULL), 1);
	assert_non_null(
	    strstr(scene_body(&w, "digest.daily", NULL),
		   "\"text\":\"1 pass 1 held (1 OWNER_MISSING); 1 alert; "
		   "ledger "));
	assert_non_null(strstr(scene_body(&w, "digest.daily", NULL),
			       "\"open\":[{\"acked\":false,\"id\":\"owner-"
			       "missing/w1\",\"severity\":\"warning\","
			       "\"silenced\":false}]"));
	scene_crash(&w);
	world_start(&w, world_config_text(2, ""));
	scene_until(&w, DAY1, "23:59:00");
	assert_int_equal(digests(&w, NULL), 1);
	scene_until(&w, DAY2, "23:30:00");
	assert_int_equal(digests(&w, NULL), 2);
	assert_int_equal(digests(&w, DAY2), 1);
	assert_non_null(strstr(scene_body(&w, "digest.daily", DAY2),
			       "\"text\":\"2 pass; 0 alerts; "));
	world_free(&w);
}

/* A daemon that comes back after the hour tells once, when it has looked. */
static void
test_after_a_stop(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "23:30:00");
	scene_stop(&w);
	w.fake.now.wall = scene_at(DAY3, "20:00:00");
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY3, "20:01:30");
	assert_int_equal(digests(&w, NULL), 1);
	scene_until(&w, DAY3, "22:00:00");
	assert_int_equal(digests(&w, NULL), 2);
	assert_int_equal(digests(&w, DAY3), 1);
	world_free(&w);
}

/* A daemon that comes back after the window is still to catch up, whether the
 * text was changed meanwhile or not. */
static void
test_after_a_changed_text(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(2, ""));
	scene_until(&w, DAY1, "23:30:00");
	scene_stop(&w);
	w.fake.now.wall = scene_at(DAY2, "20:00:00");
	w.offline = true;
	world_start(&w,
		    world_config_text(2, "alerting = { grace = \"31m\"; };"));
	scene_until(&w, DAY2, "23:30:00");
	assert_non_null(strstr(scene_body(&w, "digest.daily", DAY2),
			       "\"text\":\"0 pass 2 pending; "));
	world_free(&w);
}

static void
test_not_on_other_days(void **state)
{
	struct world w;

	/* 2026-07-03 is a Friday */
	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; review_days = "
					"[ \"fri\", \"mon\" ]; }",
					""));
	scene_until(&w, "2026-07-06", "23:30:00");
	assert_int_equal(digests(&w, DAY1), 1);
	assert_int_equal(digests(&w, "2026-07-06"), 1);
	assert_int_equal(digests(&w, NULL), 2);
	world_free(&w);
}

/* What is muted is said every day, and when it ends. */
static void
test_muted_is_said(void **state)
{
	struct ctl_request request = {.command = CTL_SILENCE,
				      .name = "rule=owner-missing",
				      .role = "operator",
				      .note = "the owners are being named",
				      .duration = "36h"};
	struct world w;

	scene_start(&w,
		    world_config_of("{ label = \"w0\"; use = \"t\"; }", ""));
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	scene_until(&w, DAY3, "23:30:00");
	assert_non_null(strstr(scene_body(&w, "digest.daily", DAY1),
			       "; 1 alert, 1 muted; 1 silence goes on; "));
	assert_non_null(strstr(scene_body(&w, "digest.daily", DAY1),
			       "\"silences\":[{\"matcher\":\"rule=owner-missing"
			       "\",\"role\":\"operator\",\"seq\":"));
	assert_non_null(strstr(scene_body(&w, "digest.daily", DAY2),
			       "; 1 alert, 1 muted; 1 silence ends today; "));
	assert_non_null(
	    strstr(scene_body(&w, "digest.daily", DAY3), "; 1 alert; ledger"));
	world_free(&w);
}

/* A full disk takes no row: the digest is told when there is room. */
static void
test_waits_for_room(void **state)
{
	struct world w;
	struct fake *f = &w.fake;

	scene_start(&w, world_config_text(1, ""));
	f->full = true;
	engine_ledger_full(f->engine, f->now, "no room");
	scene_until(&w, DAY1, "23:10:00");
	assert_int_equal(digests(&w, NULL), 0);
	f->full = false;
	engine_ledger_full(f->engine, f->now, NULL);
	scene_until(&w, DAY1, "23:20:00");
	assert_int_equal(digests(&w, NULL), 1);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_line),
	    cmocka_unit_test(test_one_a_day),
	    cmocka_unit_test(test_after_a_stop),
	    cmocka_unit_test(test_after_a_changed_text),
	    cmocka_unit_test(test_not_on_other_days),
	    cmocka_unit_test(test_muted_is_said),
	    cmocka_unit_test(test_waits_for_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
