/* Sources: read, approved, changed, lost, stale, and whom that holds; and a
 * gateway that is away. */
#include "scene.h"

#include "sched/plan.h"

#include <stdio.h>
#include <string.h>

#define PRICING "https://gw.example/pricing"
#define SUPPORT "https://gw.example/support"

static void
test_first_snapshot(void **state)
{
	struct world w;

	scene_start_raw(&w, world_config_text(1, ""));
	assert_true(scene_alert(&w, "source-unapproved/p-pricing"));
	assert_true(scene_reason(&w, "w0", REASON_SOURCE_UNAPPROVED));
	assert_int_equal(world_approve(&w, "p-pricing"), 0);
	scene_until(&w, DAY1, "00:20:00");
	assert_false(scene_alert(&w, "source-unapproved/p-pricing"));
	assert_true(scene_alert(&w, "source-unapproved/p-setup"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	world_free(&w);
}

static void
test_changed(void **state)
{
	struct world w;
	struct world_page *page;

	scene_start(&w, world_config_text(2, ""));
	page = world_page(&w, PRICING);
	snprintf(page->text, sizeof(page->text), "Another price.\n");
	scene_until(&w, DAY2, "12:00:00");
	assert_true(scene_alert(&w, "source-changed/p-pricing"));
	assert_true(scene_reason(&w, "w1", REASON_CHANGE_UNAPPROVED));
	assert_int_equal(fake_count(&w.fake, "alert.raised"), 6);
	/* The changed text is kept with its row, the others are not again. */
	for (size_t i = 0; i < w.fake.n_durable; i++) {
		const struct fake_row *r = &w.fake.rows[i];

		if (strcmp(r->kind, "check.source") == 0)
			assert_int_equal(
			    r->blob != NULL,
			    strstr(r->body, "\"outcome\":\"new\"") != NULL ||
				strstr(r->body, "\"outcome\":\"changed\"") !=
				    NULL);
	}
	assert_int_equal(world_approve(&w, "p-pricing"), 0);
	scene_until(&w, DAY2, "12:05:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "source-changed/p-pricing"));
	world_free(&w);
}

/* A key that markup spelt otherwise is whole only in the text. */
static void
test_secret_in_text(void **state)
{
	static const char key[] = "canary-5f1c9d2e7b";
	const char *kept = "";
	struct world_page *page;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(
	    redactor_add(w.fake.redactor, "w0", key, sizeof(key) - 1, NULL), 0);
	page = world_page(&w, PRICING);
	snprintf(page->text, sizeof(page->text), "Example: %s, and so on.\n",
		 key);
	scene_until(&w, DAY2, "12:00:00");
	for (size_t i = 0; i < w.fake.n_durable; i++) {
		if (w.fake.rows[i].blob != NULL)
			kept = w.fake.rows[i].blob;
	}
	assert_string_equal(kept, "Example: [redacted], and so on.\n");
	assert_true(scene_alert(&w, "secret-blocked/evidenced"));
	scene_until(&w, DAY3, "12:00:00");
	/* and as it was kept, it did not change again */
	assert_int_equal(scene_count(&w, "check.source", "p-pricing",
				     "\"outcome\":\"changed\""),
			 1);
	world_free(&w);
}

/* The page has to hold another word: what was read under the old rule counts
 * no more, the page is read again soon, and an approval stands only for the
 * text that was approved. */
static void
test_another_marker(void **state)
{
	static const char url[] = PRICING "\";";
	static const struct {
		const char *marker;
		enum decision decision;
	} cases[] = {{"first version", DECISION_PASS},
		     {"second version", DECISION_HOLD}};

	for (size_t i = 0; i < 2; i++) {
		const char *text = world_config_text(1, ""), *at;
		struct buf marked = {0};
		struct world w;

		at = strstr(text, url);
		assert_non_null(at);
		buf_printf(&marked, "%.*s%s must_contain = [ \"%s\" ];%s",
			   (int)(at - text), text, url, cases[i].marker,
			   at + strlen(url));
		scene_start(&w, text);
		scene_until(&w, DAY1, "12:00:00");
		assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
		scene_reload(&w, buf_text(&marked));
		scene_until(&w, DAY1, "12:10:00");
		assert_int_equal(
		    scene_count(&w, "check.source", "intake", PRICING), 2);
		assert_int_equal(world_decision(&w, "w0"), cases[i].decision);
		world_free(&w);
		buf_free(&marked);
	}
}

/* There was no memory for the text of the page: that is a read in vain, and
 * the next one is not in its way. */
static void
test_no_memory_for_the_text(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.fake.no_page_memory = true;
	scene_until(&w, DAY2, "05:10:00");
	assert_int_equal(
	    scene_count(&w, "check.source", DAY2, "\"outcome\":\"error\""),
	    5 + 5); /* and again after 15 minutes */
	w.fake.no_page_memory = false;
	assert_int_equal(scene_run(&w, "p-pricing"), CTL_OK);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* Three bad reads over two hours; a good one ends it. */
static void
test_lost(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "23:00:00");
	world_page(&w, SUPPORT)->status = 404;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(scene_count(&w, "check.source", "\"gone\"", NULL), 4);
	assert_true(scene_alert(&w, "source-lost/p-support"));
	assert_true(scene_reason(&w, "w0", REASON_SOURCE_LOST));
	world_page(&w, SUPPORT)->status = 200;
	scene_until(&w, DAY3, "23:00:00");
	assert_false(scene_alert(&w, "source-lost/p-support"));
	assert_false(scene_alert(&w, "source-stale/p-support"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A good read ends the series: one that fails hours later is tried again after
 * 15 minutes, not at once. */
static void
test_bad_after_good(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.source", DAY2, "p-support"), 1);
	world_page(&w, SUPPORT)->status = 404;
	assert_int_equal(scene_run(&w, "p-support"), CTL_CHECK_FAILED);
	scene_until(&w, DAY2, "12:14:00");
	assert_int_equal(scene_count(&w, "check.source", "\"gone\"", NULL), 1);
	scene_until(&w, DAY2, "12:16:00");
	assert_int_equal(scene_count(&w, "check.source", "\"gone\"", NULL), 2);
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(scene_count(&w, "check.source", "\"gone\"", NULL), 4);
	world_free(&w);
}

/* Two bad reads are not three, however far apart. */
static void
test_lost_takes_three(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(
			    1, "schedule = { reobserve = [ \"3h\" ]; };\n"));
	scene_until(&w, DAY1, "23:00:00");
	world_page(&w, SUPPORT)->status = 404;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(scene_count(&w, "check.source", "\"gone\"", NULL), 2);
	assert_false(scene_alert(&w, "source-lost/p-support"));
	scene_until(&w, DAY3, "23:00:00");
	assert_true(scene_alert(&w, "source-lost/p-support"));
	world_free(&w);
}

/* The whole line, with the times of the first and the last read. */
static void
assert_stale_line(const struct world *w)
{
	const char *body = scene_body(w, "alert.raised", "\"source-stale\"");
	const struct view_source *v =
	    view_source(engine_view(w->fake.engine), "p-pricing");
	char first[WALL_RFC3339_LEN + 1], last[WALL_RFC3339_LEN + 1];
	char text[300];

	wall_format(v->first_at, first);
	wall_format(v->fact.tried_at, last);
	snprintf(text, sizeof(text),
		 "W source-stale p-pricing: not read today (4 reads "
		 "%.5s-%.5sZ, last: error); holds 1 workload of 1 owner; can "
		 "wait for office hours; who: the operator of evidenced; next: "
		 "evidencectl why p-pricing",
		 first + 11, last + 11);
	if (strstr(body, text) == NULL)
		fail_msg("not in it: %s\n%s", text, body);
}

/* A page that does not answer all day. */
static void
test_stale(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "23:00:00");
	world_page(&w, PRICING)->status = 0;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(
	    scene_count(&w, "check.source", "\"error\"", "p-pricing"), 4);
	assert_true(scene_alert(&w, "source-stale/p-pricing"));
	assert_stale_line(&w);
	assert_true(scene_reason(&w, "w0", REASON_SOURCE_UNREACHABLE));
	/* Not a day later: the last good read is no baseline of today. */
	assert_int_equal(world_decision(&w, "w0"), DECISION_INCONCLUSIVE);
	world_page(&w, PRICING)->status = 200;
	scene_until(&w, DAY3, "23:00:00");
	assert_false(scene_alert(&w, "source-stale/p-pricing"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A support page counts for 31 days: that it was not read on one holds nobody,
 * and the alert says no more than was seen. */
static void
test_stale_holds_nobody_yet(void **state)
{
	const struct alert *a;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "23:00:00");
	world_page(&w, "https://gw.example/support")->status = 0;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	a = alert_machine_find(engine_view(w.fake.engine)->alerts,
			       "source-stale/p-support");
	assert_non_null(a);
	assert_int_equal(a->reasons, 0);
	assert_null(strstr(a->text, "holds"));
	assert_non_null(strstr(a->text, "; the workloads that need a read "
					"of the day are held; "));
	world_free(&w);
}

/* Read again after a quarter of an hour. */
static void
test_read_again(void **state)
{
	struct world_page *setup;
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	assert_int_equal(
	    plan_next(&config_source(engine_config(w.fake.engine), "p-setup")
			   ->schedule,
		      "p-setup", w.fake.now.wall, &slot),
	    0);
	setup = world_page(&w, "https://gw.example/setup");
	setup->status = 500;
	world_run(&w, slot);
	setup->status = 200;
	world_run(&w, (struct wall_time){slot.us + 905 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.source", "reobserve", NULL), 1);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "source-stale/p-setup"));
	world_free(&w);
}

/* The page was read, but a person had to look at it and did not: that is the
 * same alert, of that source alone. */
static void
test_person_did_not_look(void **state)
{
	struct world w;

	scene_start(
	    &w, world_config_of("{ label = \"w0\"; use = \"t\"; owner_group = "
				"\"team\"; pricing_review = \"human\"; }",
				""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	scene_until(&w, DAY2, "23:00:00");
	assert_true(scene_reason(&w, "w0", REASON_PRICING_NOT_SAME_DAY));
	assert_true(scene_alert(&w, "source-stale/p-pricing"));
	assert_false(scene_alert(&w, "source-stale/p-support"));
	assert_int_equal(world_approve(&w, "p-pricing"), 0);
	scene_until(&w, DAY2, "23:05:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "source-stale/p-pricing"));
	world_free(&w);
}

static void
test_approval_expires(void **state)
{
	struct world w;

	scene_start(
	    &w, world_config_text(1, "approvals = { max_age = \"36h\"; };\n"));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	/* At 12:15, without anything else happening. */
	scene_until(&w, DAY2, "12:17:00");
	assert_true(scene_alert(&w, "source-changed/p-pricing"));
	assert_true(scene_reason(&w, "w0", REASON_APPROVAL_EXPIRED));
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	world_free(&w);
}

/* A read that the daemon's stop cut off is no finding about the page. */
static void
test_read_cut_by_the_stop(void **state)
{
	struct fake_request r;
	struct world w;
	size_t rows;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	rows = fake_count(&w.fake, "check.source");
	fake_run_until(&w.fake, scene_at(DAY2, "04:40:00"));
	assert_true(w.fake.n_requests > 0);
	while (fake_take_request(&w.fake, &r)) {
		fake_answer_transport(&w.fake, &r, TRANSPORT_STOPPED);
		fake_request_free(&r);
	}
	assert_int_equal(fake_count(&w.fake, "check.source"), rows);
	scene_stop(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* Nobody is no owner of what a page holds. */
static void
test_held_by_nobody(void **state)
{
	static const char workloads[] =
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; },"
	    "{ label = \"w1\"; use = \"t\"; owner_group = \"team\"; },"
	    "{ label = \"w2\"; use = \"t\"; }, { label = \"w3\"; use = \"t\"; }";
	const struct alert *a;
	struct world w;

	scene_start_raw(&w, world_config_of(workloads, ""));
	a = alert_machine_find(engine_view(w.fake.engine)->alerts,
			       "source-unapproved/p-pricing");
	assert_non_null(a);
	assert_non_null(strstr(a->text, "holds 4 workloads of 1 owner;"));
	world_free(&w);
}

static void
test_source_missing(void **state)
{
	struct world w;

	scene_start_raw(
	    &w, world_config_of("{ label = \"w0\"; use = \"t\"; owner_group = "
				"\"team\"; sources = [ \"p-pricing\", "
				"\"p-setup\" ]; }",
				""));
	assert_true(scene_alert(&w, "source-missing/w0"));
	assert_true(scene_reason(&w, "w0", REASON_SOURCE_MISSING));
	world_free(&w);
}

/* Most workloads away for half an hour: one alert in place of many. */
static void
test_gateway_unreachable(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(6, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.gateway = MOOD_UNREACHABLE;
	scene_until(&w, DAY2, "14:00:00");
	assert_true(scene_alert(&w, "gateway-unreachable/gw"));
	assert_true(scene_count(&w, "alert.raised", "happy-path-failed", NULL) <
		    6);
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY3, "14:00:00");
	assert_false(scene_alert(&w, "gateway-unreachable/gw"));
	for (int i = 0; i < 6; i++) {
		char id[40];

		snprintf(id, sizeof(id), "happy-path-failed/w%d", i);
		assert_false(scene_alert(&w, id));
	}
	world_free(&w);
}

/* Two of six are no half: each has its own alert. */
static void
test_gateway_mostly_there(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(6, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "w0")->mood = MOOD_SERVER_ERROR;
	world_key(&w, "w1")->mood = MOOD_SERVER_ERROR;
	scene_until(&w, DAY2, "14:00:00");
	assert_false(scene_alert(&w, "gateway-unreachable/gw"));
	assert_true(scene_alert(&w, "happy-path-failed/w0"));
	assert_true(scene_alert(&w, "happy-path-failed/w1"));
	world_key(&w, "w2")->mood = MOOD_SERVER_ERROR;
	scene_until(&w, DAY3, "14:00:00");
	assert_true(scene_alert(&w, "gateway-unreachable/gw"));
	world_free(&w);
}

/* Alerts are not raised again by a restart. */
static void
test_restart_repeats_nothing(void **state)
{
	struct world w;
	size_t rows;

	scene_start_raw(
	    &w, world_config_of("{ label = \"w0\"; use = \"t\"; }", ""));
	rows = fake_count(&w.fake, "alert.raised");
	assert_int_equal(rows, 6);
	for (int i = 0; i < 3; i++) {
		scene_crash(&w);
		w.fake.now.wall.us += 60 * USEC_PER_SEC;
		world_start(&w, world_config_of(
				    "{ label = \"w0\"; use = \"t\"; }", ""));
		world_run(&w, (struct wall_time){w.fake.now.wall.us +
						 120 * USEC_PER_SEC});
	}
	assert_int_equal(fake_count(&w.fake, "alert.raised"), rows);
	assert_int_equal(fake_count(&w.fake, "alert.resolved"), 0);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first_snapshot),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_secret_in_text),
	    cmocka_unit_test(test_another_marker),
	    cmocka_unit_test(test_no_memory_for_the_text),
	    cmocka_unit_test(test_lost),
	    cmocka_unit_test(test_bad_after_good),
	    cmocka_unit_test(test_lost_takes_three),
	    cmocka_unit_test(test_stale),
	    cmocka_unit_test(test_stale_holds_nobody_yet),
	    cmocka_unit_test(test_read_again),
	    cmocka_unit_test(test_person_did_not_look),
	    cmocka_unit_test(test_approval_expires),
	    cmocka_unit_test(test_read_cut_by_the_stop),
	    cmocka_unit_test(test_held_by_nobody),
	    cmocka_unit_test(test_source_missing),
	    cmocka_unit_test(test_gateway_unreachable),
	    cmocka_unit_test(test_gateway_mostly_there),
	    cmocka_unit_test(test_restart_repeats_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
