/* Ways to come by a pass that the day's evidence does not carry: each is
 * tried, and none works. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

#define WORKLOAD(label, more)                                                 \
	"{ label = \"" label "\"; use = \"t\"; owner_group = \"team\"; " more \
	" }"

#define SHARED "error_scope = \"gateway\";"

static struct wall_time
after(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

/* While the gateway turns everybody away, that it turns the invalid
 * credential away proves nothing: it is asked again once it answers. */
static void
test_outage_of_authentication(void **state)
{
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	slot = scene_slot(&w, "w0", DAY2);
	world_run(&w, after(slot, -1));
	w.gateway = MOOD_REJECTS_ALL;
	world_run(&w, after(slot, 60));
	assert_int_equal(scene_count(&w, "check.error", DAY2, "\"rejected\""),
			 1);
	world_key(&w, "w0")->mood = MOOD_GOOD;
	w.gateway = MOOD_GOOD;
	world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.error", DAY2, NULL), 2);
	assert_int_equal(world_decision(&w, "w0"), DECISION_FAIL);
	world_free(&w);
}

/* A key that stays revoked is not asked for the other path again and again. */
static void
test_revoked_key_is_cheap(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.gateway = MOOD_REJECTS_ALL;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "\"happy\""), 4);
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "\"error\""), 1);
	assert_true(scene_reason(&w, "w0", REASON_CREDENTIAL_REJECTED));
	assert_false(scene_reason(&w, "w0", REASON_ERROR_PATH_NOT_OBSERVED));
	assert_false(scene_alert(&w, "probe-ceiling/w0"));
	world_free(&w);
}

/* Nor does a rejection beside our own stand in where the morning's own error
 * path could not be observed. */
static void
test_rejection_of_a_bad_run(void **state)
{
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	slot = scene_slot(&w, "w0", DAY2);
	world_run(&w, after(slot, -1));
	world_key(&w, "mini")->mood = MOOD_SERVER_ERROR;
	world_run(&w, after(slot, 120));
	world_key(&w, "mini")->mood = MOOD_GOOD;
	w.gateway = MOOD_REJECTS_ALL;
	assert_int_equal(scene_run(&w, "w0"), CTL_CHECK_FAILED);
	assert_int_equal(scene_count(&w, "check.error", DAY2, "\"rejected\""),
			 1);
	world_key(&w, "mini")->mood = MOOD_SERVER_ERROR;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_INCONCLUSIVE);
	assert_true(scene_reason(&w, "w0", REASON_ERROR_PATH_NOT_OBSERVED));
	world_free(&w);
}

/* An acceptance stands until a rejection: an outage ends neither the alert
 * nor the stop. */
static void
test_acceptance_outlives_an_outage(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
	scene_until(&w, DAY1, "10:00:00");
	assert_true(scene_alert(&w, "error-path-accepted/w0"));
	world_key(&w, "mini")->mood = MOOD_UNREACHABLE;
	assert_int_equal(scene_run(&w, "w0/error"), CTL_CHECK_FAILED);
	world_run(&w, after(w.fake.now.wall, 1));
	world_key(&w, "mini")->mood = MOOD_ODD_REJECTION;
	assert_int_equal(scene_run(&w, "w0/error"), CTL_CHECK_FAILED);
	scene_until(&w, DAY1, "11:00:00");
	assert_true(scene_alert(&w, "error-path-accepted/w0"));
	assert_false(scene_alert(&w, "error-path-invisible/w0"));
	assert_int_equal(scene_run(&w, "w0"), CTL_REFUSED);
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	assert_int_equal(scene_run(&w, "w0"), CTL_REFUSED);
	scene_until(&w, DAY2, "01:00:00"); /* today's requests are spent */
	assert_true(scene_alert(&w, "error-path-accepted/w0"));
	world_key(&w, "mini")->mood = MOOD_GOOD;
	assert_int_equal(scene_run(&w, "w0/error"), CTL_OK);
	scene_until(&w, DAY2, "02:00:00");
	assert_false(scene_alert(&w, "error-path-accepted/w0"));
	world_free(&w);
}

/* A refusal of our own credential stands until a good run, and so does an
 * answer to the invalid one that nobody understands. */
static void
test_refusals_outlive_an_outage(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_key(&w, "w0")->mood = MOOD_NO_CREDIT;
	world_key(&w, "mini")->mood = MOOD_ODD_REJECTION;
	scene_until(&w, DAY1, "10:00:00");
	assert_true(scene_alert(&w, "quota-exhausted/w0"));
	assert_true(scene_alert(&w, "error-path-invisible/w0"));
	world_key(&w, "w0")->mood = MOOD_SERVER_ERROR;
	world_key(&w, "mini")->mood = MOOD_SERVER_ERROR;
	scene_until(&w, DAY2, "12:00:00");
	assert_true(scene_alert(&w, "quota-exhausted/w0"));
	assert_true(scene_alert(&w, "error-path-invisible/w0"));
	world_key(&w, "w0")->mood = MOOD_GOOD;
	world_key(&w, "mini")->mood = MOOD_GOOD;
	scene_until(&w, DAY3, "12:00:00");
	assert_false(scene_alert(&w, "quota-exhausted/w0"));
	assert_false(scene_alert(&w, "error-path-invisible/w0"));
	world_free(&w);
}

/* Two names for one key are one credential that is shared. */
static void
test_one_key_of_two_names(void **state)
{
	struct world w;

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	w.fake.twins[0] = "w0";
	w.fake.twins[1] = "w2";
	world_start(&w, world_config_text(3, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_true(scene_reason(&w, "w0", REASON_CREDENTIAL_SHARED));
	assert_false(scene_reason(&w, "w1", REASON_CREDENTIAL_SHARED));
	assert_true(scene_reason(&w, "w2", REASON_CREDENTIAL_SHARED));
	assert_true(scene_alert(&w, "credential-used-elsewhere/w0"));
	assert_true(scene_alert(&w, "credential-used-elsewhere/w2"));
	assert_int_not_equal(scene_count(&w, "alert.raised",
					 "credential-used-elsewhere",
					 "another workload uses the same key"),
			     0);
	assert_int_equal(scene_count(&w, "alert.raised",
				     "credential-used-elsewhere", "counter"),
			 0);
	world_free(&w);
}

/* A surface that names keys, and gives ours no name. */
static void
test_key_without_a_name(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.nameless = true;
	scene_until(&w, DAY1, "12:00:00");
	assert_true(scene_reason(&w, "w0", REASON_LABEL_MISMATCH));
	world_free(&w);
}

/* Of a shared error path the newest run counts for all who share it, and so
 * does its stop, over midnight and over restarts. */
static void
test_shared_error_path(void **state)
{
	const char *text = world_config_of(
	    WORKLOAD("w0", SHARED) ", " WORKLOAD("w1", SHARED), "");
	struct world w;

	scene_start(&w, text);
	scene_until(&w, DAY2, "10:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(world_decision(&w, "w1"), DECISION_PASS);
	assert_int_equal(scene_count(&w, "check.error", DAY2, NULL), 1);
	world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
	assert_int_equal(scene_run(&w, "w1/error"), CTL_CHECK_FAILED);
	scene_until(&w, DAY2, "10:05:00");
	for (int night = 0; night < 2; night++) {
		assert_int_equal(world_decision(&w, "w0"), DECISION_FAIL);
		assert_int_equal(world_decision(&w, "w1"), DECISION_FAIL);
		assert_true(scene_alert(&w, "error-path-accepted/w0"));
		assert_true(scene_alert(&w, "error-path-accepted/w1"));
		assert_int_equal(scene_run(&w, "w0"), CTL_REFUSED);
		assert_int_equal(scene_run(&w, "w1"), CTL_REFUSED);
		scene_until(&w, DAY3, "00:30:00");
		scene_crash(&w);
		world_start(&w, text);
		scene_until(&w, DAY3, "00:35:00");
	}
	world_key(&w, "mini")->mood = MOOD_GOOD;
	assert_int_equal(scene_run(&w, "w0/error"), CTL_OK);
	scene_until(&w, DAY3, "10:00:00");
	assert_false(scene_alert(&w, "error-path-accepted/w0"));
	assert_false(scene_alert(&w, "error-path-accepted/w1"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(world_decision(&w, "w1"), DECISION_PASS);
	world_free(&w);
}

/* Who is named after a day has ended was not its owner: the record of the day
 * may still wait for a look-up. */
static void
test_owner_named_too_late(void **state)
{
	static char with[32768];
	struct world w;

	snprintf(with, sizeof(with), "%s",
		 world_config_of(
		     WORKLOAD("w0", "happy_schedule = \"30 23 * * *\";"), ""));
	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"happy_schedule = \"30 23 * * *\"; }",
					""));
	scene_until(&w, DAY3, "00:05:00");
	assert_true(scene_reason(&w, "w0", REASON_OWNER_MISSING));
	scene_reload(&w, with);
	scene_until(&w, DAY3, "12:00:00");
	assert_int_equal(
	    scene_count(&w, "record", "\"review_date\":\"" DAY2, NULL), 1);
	assert_int_equal(
	    scene_count(&w, "record", "\"decision\":\"pass\"", NULL), 0);
	/* The next day it is. */
	scene_until(&w, DAY3, "23:50:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_outage_of_authentication),
	    cmocka_unit_test(test_revoked_key_is_cheap),
	    cmocka_unit_test(test_rejection_of_a_bad_run),
	    cmocka_unit_test(test_acceptance_outlives_an_outage),
	    cmocka_unit_test(test_refusals_outlive_an_outage),
	    cmocka_unit_test(test_one_key_of_two_names),
	    cmocka_unit_test(test_key_without_a_name),
	    cmocka_unit_test(test_shared_error_path),
	    cmocka_unit_test(test_owner_named_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
