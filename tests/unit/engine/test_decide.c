/* People lower a workload: what its records say then, until when, and that
 * nothing but time ends it. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

static const char *
reply(const struct world *w)
{
	return w->fake.replies[w->fake.n_replies - 1].text;
}

static int
decide(struct world *w, const char *decision, const char *until,
       const char *role)
{
	struct ctl_request request = {.command = CTL_DECIDE,
				      .name = "w0",
				      .note = "the owner group is in doubt"};

	snprintf(request.decision, sizeof(request.decision), "%s", decision);
	snprintf(request.until, sizeof(request.until), "%s", until);
	snprintf(request.role, sizeof(request.role), "%s", role);
	return world_ask(w, &request);
}

/* A pass becomes a hold at once, stays one over a restart and over the next
 * day's good evidence, and is a pass again on the day after the last. */
static void
test_capped_until_the_last_day(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(decide(&w, "hold", DAY2, "counsel"), CTL_OK);
	assert_string_equal(reply(&w),
			    "decided: w0 is at most hold until the end of "
			    "2026-07-04, by counsel\n");
	scene_until(&w, DAY1, "12:05:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_LOWERED_BY_ROLE));
	assert_false(scene_alert(&w, "follow-up-overdue/w0"));
	assert_non_null(strstr(scene_body(&w, "record", "w0"),
			       "\"cap\":{\"decision\":\"hold\",\"role\":"
			       "\"counsel\",\"seq\":"));
	assert_non_null(strstr(scene_body(&w, "record", "w0"),
			       "\"decided_by\":\"counsel\""));
	/* what was found stands beside it */
	assert_non_null(strstr(scene_body(&w, "record", "w0"),
			       "\"request_result\":\"pass\""));
	assert_non_null(strstr(scene_body(&w, "decision", NULL),
			       "{\"decision\":\"hold\",\"note\":\"the owner "
			       "group is in doubt\",\"peer_uid\":0,\"role\":"
			       "\"counsel\",\"until\":\"2026-07-04\","
			       "\"workload_label\":\"w0\"}"));
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	scene_until(&w, DAY3, "23:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "follow-up-overdue/w0"));
	world_free(&w);
}

/* A workload that is checked but once a month: no record follows on the next
 * review day.  From its end on that is overdue, and who acts is the role that
 * lowered the record. */
static void
test_overdue_when_the_day_is_over(void **state)
{
	struct world w;

	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; "
					"happy_schedule = \"0 5 3 * *\"; }",
					""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(decide(&w, "hold", "2026-07-10", "counsel"), CTL_OK);
	scene_until(&w, DAY2, "23:59:00");
	assert_true(scene_reason(&w, "w0", REASON_LOWERED_BY_ROLE));
	assert_false(scene_alert(&w, "follow-up-overdue/w0"));
	scene_until(&w, DAY3, "00:05:00");
	assert_true(scene_alert(&w, "follow-up-overdue/w0"));
	assert_int_equal(scene_count(&w, "alert.raised", "follow-up-overdue",
				     "who: counsel; next: evidencectl show "
				     "w0"),
			 1);
	world_free(&w);
}

static void
test_only_lowers(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(decide(&w, "hold", DAY2, "counsel"), CTL_OK);
	assert_int_equal(decide(&w, "hold", DAY1, "counsel"), CTL_REFUSED);
	assert_non_null(strstr(reply(&w), "ONLY_LOWERS"));
	assert_int_equal(decide(&w, "fail", DAY1, "counsel"), CTL_REFUSED);
	assert_int_equal(decide(&w, "fail", DAY2, "counsel"), CTL_OK);
	assert_int_equal(decide(&w, "hold", DAY3, "counsel"), CTL_REFUSED);
	scene_until(&w, DAY1, "01:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_FAIL);
	/* a word that is over stands in nobody's way */
	scene_until(&w, DAY3, "00:01:00");
	assert_int_equal(decide(&w, "hold", DAY3, "counsel"), CTL_OK);
	world_free(&w);
}

/* Neither is durable when the other is asked for: the stronger one holds. */
static void
test_two_at_once(void **state)
{
	const struct view_workload *v;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.fake.full = true;
	assert_int_equal(decide(&w, "fail", DAY3, "counsel"), -1);
	assert_int_equal(decide(&w, "hold", DAY1, "counsel"), -1);
	w.fake.full = false;
	fake_turn(&w.fake);
	assert_int_equal(fake_count(&w.fake, "decision"), 2);
	v = view_workload(engine_view(w.fake.engine), "w0");
	assert_int_equal(v->cap.cap, DECISION_FAIL);
	world_free(&w);
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *decision, *until, *role;
		int status;
		const char *says;
	} cases[] = {
	    {"pass", DAY2, "counsel", CTL_USAGE, "never raise"},
	    {"inconclusive", DAY2, "counsel", CTL_USAGE, "hold or fail"},
	    {"", DAY2, "counsel", CTL_USAGE, "hold or fail"},
	    {"hold", "", "counsel", CTL_USAGE, "the last UTC day"},
	    {"hold", "tomorrow", "counsel", CTL_USAGE, "the last UTC day"},
	    {"hold", "2026-07-02", "counsel", CTL_USAGE, "from today on"},
	    {"hold", "2026-08-04", "counsel", CTL_USAGE, "at most 31 days"},
	    {"hold", DAY2, "operator", CTL_NOT_PERMITTED, "may not"},
	    {"hold", DAY2, "", CTL_USAGE, "--role"},
	};
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(decide(&w, cases[i].decision, cases[i].until,
					cases[i].role),
				 cases[i].status);
		if (strstr(reply(&w), cases[i].says) == NULL)
			fail_msg("%zu: %s", i, reply(&w));
	}
	assert_int_equal(fake_count(&w.fake, "decision"), 0);
	assert_int_equal(decide(&w, "hold", "2026-08-03", "counsel"), CTL_OK);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_capped_until_the_last_day),
	    cmocka_unit_test(test_overdue_when_the_day_is_over),
	    cmocka_unit_test(test_only_lowers),
	    cmocka_unit_test(test_two_at_once),
	    cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
