/* Whether usage becomes visible at the account surface. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

static struct wall_time
after_slot(const struct world *w, int64_t s)
{
	return (struct wall_time){scene_slot(w, "w0", DAY1).us +
				  s * USEC_PER_SEC};
}

/* Pending, without an alert, until lag_max is over; then held. */
static void
test_not_visible_after_lag(void **state)
{
	struct world w;
	struct wall_time slot;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	slot = scene_slot(&w, "w0", DAY2);
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, (struct wall_time){slot.us + 590 * USEC_PER_SEC});
	assert_false(scene_alert(&w, "usage-not-visible/w0"));
	assert_int_equal(scene_count(&w, "check.usage", "not_yet", NULL), 2);
	world_run(&w, (struct wall_time){slot.us + 700 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.usage", "not_visible", NULL),
			 1);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	/* Not seen is an observation: no further run is spent on it. */
	assert_int_equal(scene_count(&w, "check.begun", "reobserve", NULL), 0);
	world_free(&w);
}

static void
test_label_mismatch(void **state)
{
	struct world w;

	scene_start(
	    &w, world_config_of("{ label = \"w0\"; use = \"t\"; owner_group = "
				"\"team\"; credential = \"another\"; }",
				""));
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_LABEL_MISMATCH));
	assert_true(scene_alert(&w, "usage-not-visible/w0") ||
		    w.fake.now.wall.us < scene_at(DAY1, "00:30:00").us);
	scene_until(&w, DAY1, "00:30:00");
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	world_free(&w);
}

/* A throttled surface is waited for: no gap, no alert, no second run. */
static void
test_throttled_is_queued(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, after_slot(&w, -1));
	w.surface_status = 429;
	w.retry_after = "120";
	w.surface_reads = 0;
	world_run(&w, after_slot(&w, 300));
	/* as often as it asked for: at once, and twice after two minutes */
	assert_int_equal(w.surface_reads, 3);
	assert_int_equal(scene_count(&w, "check.begun", NULL, NULL), 2);
	w.surface_status = 200;
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(scene_count(&w, "check.begun", NULL, NULL), 4);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(scene_count(&w, "alert.raised", "usage", NULL), 0);
	world_free(&w);
}

/* The reads of many workloads share one budget: 20 in 20 minutes. */
static void
test_budget_is_shared(void **state)
{
	struct wall_time at[64];
	struct world w;
	size_t n = 0;

	scene_start(&w, world_config_text(12, ""));
	for (size_t i = 0; i < w.fake.n_durable; i++) {
		const struct fake_row *r = &w.fake.rows[i];

		if (strcmp(r->kind, "check.usage") == 0)
			at[n++] = r->row.at;
		assert_true(n < 64);
	}
	assert_true(n >= 20);
	for (size_t i = 20; i < n; i++)
		assert_true(at[i].us - at[i - 20].us >= 1200 * USEC_PER_SEC);
	scene_until(&w, DAY1, "03:00:00");
	for (int i = 0; i < 12; i++) {
		char label[8];

		snprintf(label, sizeof(label), "w%d", i);
		assert_int_equal(world_decision(&w, label), DECISION_PASS);
	}
	world_free(&w);
}

/* A surface that cannot be read lets the run go on, and the day be observed
 * again. */
static void
test_surface_unreachable(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.surface_status = 500;
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_INCONCLUSIVE);
	assert_true(scene_reason(&w, "w0", REASON_SURFACE_UNREACHABLE));
	assert_int_equal(scene_count(&w, "check.begun", "reobserve", "happy"),
			 3);
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	world_free(&w);
}

/* After a restart the look-up goes on: the request is not sent again. */
static void
test_look_up_is_resumed(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.fake.freeze_at = 0;
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY2).us +
					 20 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.usage", "not_yet", NULL), 1);
	scene_stop(&w);
	w.fake.now.wall.us += 120 * USEC_PER_SEC;
	world_key(&w, "w0")->used += 14;
	world_key(&w, "w0")->mood = MOOD_GOOD;
	world_start(&w, world_config_text(1, ""));
	world_run(&w,
		  (struct wall_time){w.fake.now.wall.us + 10 * USEC_PER_SEC});
	assert_int_equal(
	    scene_count(&w, "check.usage", "\"visible\"", "\"look\":2"), 1);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY2, NULL), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

static int
ask(struct world *w, const char *name)
{
	int status = scene_run(w, name);

	return w->fake.n_replies == 0 ? -1 : status;
}

static void
expect_reply(const struct world *w, const char *text)
{
	const char *got = w->fake.replies[w->fake.n_replies - 1].text;

	if (strstr(got, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, got);
}

/* A new key has counters of its own: that they stand elsewhere is neither
 * somebody's use nor that of the run before the rotation. */
static void
test_new_key(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	scene_stop(&w);
	w.fake.rotations++;
	world_key(&w, "w0")->used = 9000;
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(
	    scene_count(&w, "alert.raised", "credential-used-elsewhere", NULL),
	    0);
	/* From then on it is watched like any other. */
	world_key(&w, "w0")->used += 500;
	scene_until(&w, DAY3, "12:00:00");
	assert_true(scene_alert(&w, "credential-used-elsewhere/w0"));
	world_free(&w);
}

static void
test_new_key_within_lag(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY2).us +
					 20 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.usage", "not_yet", NULL), 1);
	scene_stop(&w);
	w.fake.rotations++;
	world_key(&w, "w0")->used = 9000;
	world_key(&w, "w0")->mood = MOOD_GOOD;
	world_start(&w, world_config_text(1, ""));
	world_run(&w,
		  (struct wall_time){w.fake.now.wall.us + 60 * USEC_PER_SEC});
	assert_int_equal(
	    scene_count(&w, "check.usage", "\"visible\"", "\"look\":2"), 0);
	assert_int_equal(ask(&w, "w0/usage"), CTL_REFUSED);
	expect_reply(&w, "another value than in today's run");
	/* The pair is run again. */
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY2, "reobserve"), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

static void
test_tier_response(void **state)
{
	struct world w;

	scene_start(&w, world_config_of(
			    "{ label = \"w0\"; use = \"t\"; owner_group = "
			    "\"team\"; account_surface = \"response\"; "
			    "account_surface_note = \"approved by finops\"; }",
			    ""));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_non_null(strstr(scene_body(&w, "record", NULL),
			       "\"usage_evidence_present\":\"no\""));
	world_free(&w);
}

/* Movement between two runs is nobody's: told until somebody explains it. */
static void
test_used_elsewhere(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	world_key(&w, "w0")->used += 500;
	scene_until(&w, DAY2, "12:00:00");
	assert_true(scene_alert(&w, "credential-used-elsewhere/w0"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(scene_note(&w, "credential-used-elsewhere/w0",
				    "a load test of the team"),
			 CTL_OK);
	scene_until(&w, DAY2, "13:00:00");
	assert_false(scene_alert(&w, "credential-used-elsewhere/w0"));
	scene_until(&w, DAY3, "12:00:00");
	assert_false(scene_alert(&w, "credential-used-elsewhere/w0"));
	world_free(&w);
}

/* The growing counter shows our own use late, perhaps only the next day: the
 * shrinking one, which shows it at once, says that nobody else was there. */
static void
test_own_use_seen_late(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, after_slot(&w, -1));
	w.used_behind = 14;
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	w.used_behind = 0;
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "credential-used-elsewhere/w0"));
	world_free(&w);
}

/* What a run used whose answer was lost is its own. */
static void
test_lost_run_used_it(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.lose_in = 1;
	scene_until(&w, DAY2, "09:00:00");
	assert_true(w.lost);
	world_key(&w, "w0")->used += 14;
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "credential-used-elsewhere/w0"));
	world_free(&w);
}

/* Two that share a key cannot be told apart; once one has left, what it had
 * used is explained. */
static void
test_shared_key(void **state)
{
	static const char two[] =
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; credential "
	    "= \"w0\"; }, { label = \"w1\"; use = \"t\"; owner_group = "
	    "\"team\"; credential = \"w0\"; }";
	struct world w;

	scene_start(&w, world_config_of(two, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_true(scene_reason(&w, "w0", REASON_CREDENTIAL_SHARED));
	assert_true(scene_alert(&w, "credential-used-elsewhere/w0"));
	scene_reload(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:00:00");
	assert_false(scene_alert(&w, "credential-used-elsewhere/w0"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* Somebody cannot wait for the next look: it is made now, and no request of
 * the workload is sent for it. */
static void
test_look_now(void **state)
{
	struct world w;
	size_t seen;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, after_slot(&w, -1));
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, after_slot(&w, 30));
	seen = w.n_seen;
	w.surface_reads = 0;
	assert_int_equal(ask(&w, "w0/usage"), CTL_CHECK_FAILED);
	expect_reply(&w, "w0: not_yet");
	assert_int_equal(w.surface_reads, 1);
	world_key(&w, "w0")->used += 14;
	assert_int_equal(ask(&w, "w0/usage"), CTL_OK);
	expect_reply(&w, "w0: visible");
	assert_int_equal(w.surface_reads, 2);
	/* that was the last look */
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(w.surface_reads, 2);
	assert_int_equal(w.n_seen, seen);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(ask(&w, "w0/usage"), CTL_REFUSED);
	expect_reply(&w, "NOTHING_TO_SEE: w0/usage: the usage of today's run "
			 "is seen already");
	world_free(&w);
}

/* After lag_max movement is anybody's: whoever uses the key then makes no
 * pass of it, and it stays unexplained. */
static void
test_look_late(void **state)
{
	struct world w;
	size_t rows;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	scene_until(&w, DAY2, "18:00:00");
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	rows = fake_count(&w.fake, "check.usage");
	world_key(&w, "w0")->mood = MOOD_GOOD;
	world_key(&w, "w0")->used += 90000;
	assert_int_equal(ask(&w, "w0/usage"), CTL_REFUSED);
	assert_non_null(strstr(w.fake.replies[w.fake.n_replies - 1].text,
			       "lag_max is over"));
	scene_until(&w, DAY2, "19:00:00");
	assert_int_equal(fake_count(&w.fake, "check.usage"), rows);
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	scene_until(&w, DAY3, "12:00:00");
	assert_true(scene_alert(&w, "credential-used-elsewhere/w0"));
	assert_int_not_equal(scene_count(&w, "alert.raised",
					 "credential-used-elsewhere",
					 "its counter had moved"),
			     0);
	assert_int_equal(scene_count(&w, "alert.raised",
				     "credential-used-elsewhere",
				     "another workload"),
			 0);
	world_free(&w);
}

/* A person waits for the surface's budget like everybody. */
static void
test_look_waits_for_budget(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, after_slot(&w, -1));
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, after_slot(&w, 30));
	w.surface_status = 429;
	w.retry_after = "120";
	w.surface_reads = 0;
	assert_int_equal(ask(&w, "w0/usage"), -1);
	assert_int_equal(w.surface_reads, 1);
	w.surface_status = 200;
	world_key(&w, "w0")->used += 14;
	world_run(&w, after_slot(&w, 30 + 119));
	assert_int_equal(w.surface_reads, 1);
	world_run(&w, after_slot(&w, 30 + 121));
	assert_int_equal(w.surface_reads, 2);
	expect_reply(&w, "w0: visible");
	world_free(&w);
}

/* Where there is nothing to look for, it says so, and asks nothing. */
static void
test_look_refused(void **state)
{
	static const char four[] =
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; },"
	    "{ label = \"none\"; use = \"t\"; account_surface = \"none\"; },"
	    "{ label = \"lost\"; use = \"t\"; gateway = \"nowhere\"; },"
	    "{ label = \"twin\"; use = \"t\"; credential = \"w0\"; }";
	static const struct {
		const char *name;
		const char *says;
	} cases[] = {
	    {"none/usage", "NO_SURFACE: none/usage: it has no counter"},
	    {"lost/usage", "NO_SURFACE: lost/usage"},
	    {"twin/usage",
	     "BUSY: twin/usage: its credential is in use; ask again; see "
	     "evidencectl why twin"},
	    {"w0/usage", "NOTHING_TO_SEE: w0/usage: today has no successful "
			 "happy run"},
	};
	struct world w;

	scene_start(&w, world_config_of(four, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY2).us - 1});
	w.surface_reads = 0;
	assert_int_equal(ask(&w, cases[3].name), CTL_REFUSED);
	expect_reply(&w, cases[3].says);
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	scene_until(&w, DAY2, "00:00:00");
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY2).us +
					 20 * USEC_PER_SEC});
	w.surface_reads = 0;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ask(&w, cases[i].name), CTL_REFUSED);
		expect_reply(&w, cases[i].says);
	}
	assert_int_equal(w.surface_reads, 0);
	assert_int_equal(ask(&w, "w0/usag"), CTL_NO_OBJECT);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_not_visible_after_lag),
	    cmocka_unit_test(test_label_mismatch),
	    cmocka_unit_test(test_throttled_is_queued),
	    cmocka_unit_test(test_budget_is_shared),
	    cmocka_unit_test(test_surface_unreachable),
	    cmocka_unit_test(test_look_up_is_resumed),
	    cmocka_unit_test(test_look_now),
	    cmocka_unit_test(test_look_late),
	    cmocka_unit_test(test_look_waits_for_budget),
	    cmocka_unit_test(test_look_refused),
	    cmocka_unit_test(test_new_key),
	    cmocka_unit_test(test_new_key_within_lag),
	    cmocka_unit_test(test_tier_response),
	    cmocka_unit_test(test_used_elsewhere),
	    cmocka_unit_test(test_own_use_seen_late),
	    cmocka_unit_test(test_lost_run_used_it),
	    cmocka_unit_test(test_shared_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
