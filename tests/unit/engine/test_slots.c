/* What runs when: downtime, crashes, reloads, clocks and a full disk. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKLOAD(more) \
	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; " more " }"

#define REVIEWED(day) "\"review_date\":\"" day "\""

static struct wall_time
plus(struct wall_time t, int64_t s)
{
	return (struct wall_time){t.us + s * USEC_PER_SEC};
}

static void
start_at(struct world *w, const char *day, const char *time, const char *text)
{
	w->fake.now.wall = scene_at(day, time);
	world_start(w, text);
	world_run(w, w->fake.now.wall);
}

/* ---- downtime ---- */

static void
test_caught_up_once(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	scene_stop(&w);
	start_at(&w, "2026-07-06", "12:00:00", world_config_text(1, ""));
	scene_until(&w, "2026-07-06", "12:30:00");
	assert_int_equal(scene_count(&w, "check.begun", "catch_up", "w0/happy"),
			 1);
	/* The 4th and 5th in one row, and no verdict about them. */
	assert_int_equal(
	    scene_count(&w, "check.missed", "w0/happy", "\"count\":2"), 1);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 0);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY3), NULL), 0);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(scene_count(&w, "alert.raised", "source-stale", NULL),
			 0);
	assert_int_equal(scene_count(&w, "alert.raised", "evidence-gap", NULL),
			 0);
	/* Again: everything is accounted for. */
	scene_stop(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, "2026-07-06", "13:00:00");
	assert_int_equal(scene_count(&w, "check.begun", "catch_up", NULL), 2);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 6);
	world_free(&w);
}

/* What is caught up gets its repetitions before it is given up. */
static void
test_catch_up_is_observed_again(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	scene_stop(&w);
	w.gateway = MOOD_SERVER_ERROR;
	start_at(&w, DAY2, "12:00:00", world_config_text(1, ""));
	scene_until(&w, DAY2, "12:10:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY2, NULL), 1);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 0);
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY2, "12:30:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 1);
	world_free(&w);
}

static void
test_dense_jobs_are_not_caught_up(void **state)
{
	const char *text = world_config_of(
	    WORKLOAD("happy_schedule = \"*/30 * * * *\"; error_schedule = \"0 "
		     "2 * * *\"; max_requests_per_day = 100;"),
	    "");
	struct world w;

	scene_start(&w, text);
	scene_until(&w, DAY1, "06:10:00");
	scene_stop(&w);
	start_at(&w, DAY1, "09:10:00", text);
	assert_int_equal(
	    scene_count(&w, "check.missed", "w0/happy", "\"count\":6"), 1);
	assert_int_equal(scene_count(&w, "check.begun", "catch_up", "happy"),
			 0);
	assert_string_equal(
	    strstr(scene_body(&w, "check.missed", "w0/happy"), "\"reason\""),
	    "\"reason\":\"stopped\",\"run\":null,\"to\":"
	    "\"2026-07-03T09:00:00Z\"}");
	world_free(&w);
}

/* Days on which no evidence is due are not missed. */
static void
test_review_days(void **state)
{
	const char *text = world_config_of(
	    WORKLOAD("review_days = [ \"fri\", \"mon\" ];"), "");
	struct world w;

	scene_start(&w, text); /* a Friday */
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(scene_count(&w, "check.begun", DAY2, NULL), 0);
	assert_int_equal(scene_count(&w, "check.missed", "w0", NULL), 0);
	scene_stop(&w);
	start_at(&w, "2026-07-06", "12:00:00", text);
	assert_int_equal(scene_count(&w, "check.missed", "w0", NULL), 0);
	assert_int_equal(scene_count(&w, "check.begun", "catch_up", "w0/happy"),
			 1);
	world_free(&w);
}

/* ---- crashes ---- */

/* Two planned for one instant: the second waited when the daemon died, after
 * a row had been written.  It is not lost. */
static void
test_waiting_slot_survives_crash(void **state)
{
	static const char text[] =
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; "
	    "happy_schedule = \"0 5 * * *\"; }, { label = \"w1\"; use = "
	    "\"t\"; owner_group = \"team\"; happy_schedule = \"0 5 * * *\"; }";
	struct world w;

	scene_start(&w, world_config_of(text, ""));
	scene_until(&w, DAY2, "05:00:05"); /* spaced by ten seconds */
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "w1"), 0);
	assert_true(scene_count(&w, "check.begun", DAY2, "w0") > 0);
	scene_crash(&w);
	start_at(&w, DAY2, "05:05:00", world_config_of(text, ""));
	scene_until(&w, DAY2, "05:10:00");
	assert_int_equal(
	    scene_count(&w, "check.begun", "20260704T050000Z", NULL) +
		scene_count(&w, "check.begun",
			    "\"slot\":\"2026-07-04T05:00:00Z\"", "w1/happy"),
	    1);
	world_free(&w);
}

static void
test_jitter_survives_crash_and_reload(void **state)
{
	const char *text = world_config_of(
	    WORKLOAD("happy_schedule = \"0 5 * * *\"; jitter = \"15m\";"), "");
	struct world w;

	scene_start(&w, text);
	scene_until(&w, DAY2, "05:00:30");
	assert_int_equal(scene_count(&w, "check.begun", DAY2, NULL), 0);
	scene_reload(&w, world_config_of(WORKLOAD("happy_schedule = \"0 5 * * "
						  "*\"; jitter = \"15m\"; "
						  "application = \"x\";"),
					 ""));
	scene_crash(&w);
	start_at(&w, DAY2, "05:01:00", text);
	scene_until(&w, DAY2, "05:20:00");
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "schedule"), 2);
	scene_until(&w, DAY3, "05:00:30");
	scene_reload(&w, world_config_of(WORKLOAD("happy_schedule = \"0 5 * * "
						  "*\"; jitter = \"15m\"; "
						  "application = \"x\";"),
					 ""));
	scene_until(&w, DAY3, "05:20:00");
	assert_int_equal(scene_count(&w, "check.begun", DAY3, "schedule"), 2);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	world_free(&w);
}

/* Planned before midnight, moved past it: it runs, and counts for the day on
 * which it is sent. */
static void
test_jitter_over_midnight(void **state)
{
	const char *text = world_config_of(
	    WORKLOAD("happy_schedule = \"58 23 * * *\"; jitter = \"15m\";"),
	    "");
	struct world w;

	scene_start(&w, text);
	scene_until(&w, DAY2, "01:00:00");
	assert_int_equal(scene_count(&w, "check.happy",
				     "\"slot\":\"2026-07-03T23:58:00Z\"",
				     "\"request_time_utc\":\"" DAY2),
			 1);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	world_free(&w);
}

/* ---- reload ---- */

static void
test_run_keeps_its_configuration(void **state)
{
	char old[DIGEST_HEX_LEN + 1];
	struct fake_request r;
	struct world w;
	struct fake *f = &w.fake;
	char *words;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, plus(scene_slot(&w, "w0", DAY1), -1));
	digest_hex(&engine_config(f->engine)->digest, old);
	fake_run_until(f, plus(f->now.wall, 5)); /* the reading before */
	assert_true(fake_take_request(f, &r));
	fake_answer(f, &r, 500, "text/plain", "");
	fake_request_free(&r);
	/* While it is under way the workload leaves the configuration. */
	engine_reload(f->engine, f->now, world_config(world_config_text(0, "")),
		      &words);
	assert_memory_equal(words, "removed workload w0\n", 20);
	free(words);
	fake_turn(f);
	world_run(&w, plus(f->now.wall, 300));
	assert_int_equal(scene_count(&w, "check.happy", old, DAY1), 2);
	world_free(&w);
}

/* A configuration of w0 whose gateway is called otherwise. */
static void
rename_gateway(struct buf *ret)
{
	static const char old[] = "\"gw\"";
	const char *text = world_config_text(1, ""), *at;

	for (; (at = strstr(text, old)) != NULL; text = at + strlen(old))
		buf_printf(ret, "%.*s\"other\"", (int)(at - text), text);
	buf_puts(ret, text);
}

/* The gateway is called otherwise while a slot waits for room on the disk:
 * the slot is not lost, and runs once. */
static void
test_waiting_slot_survives_renaming(void **state)
{
	struct buf renamed = {0};
	struct world w;

	rename_gateway(&renamed);
	scene_start(&w, world_config_text(1, ""));
	w.fake.no_probe = true;
	world_run(&w, plus(scene_slot(&w, "w0", DAY1), 60));
	scene_reload(&w, buf_text(&renamed));
	scene_reload(&w, buf_text(&renamed));
	w.fake.no_probe = false;
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", "schedule", DAY1), 1);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
	buf_free(&renamed);
}

/* The same while it waits to read the surface before its run. */
static void
test_reading_before_survives_renaming(void **state)
{
	struct buf renamed = {0};
	struct world w;

	rename_gateway(&renamed);
	scene_start(&w, world_config_text(1, ""));
	w.surface_status = 500;
	world_run(&w, plus(scene_slot(&w, "w0", DAY1), 5));
	assert_int_equal(scene_count(&w, "check.begun", "schedule", NULL), 0);
	scene_reload(&w, buf_text(&renamed));
	w.surface_status = 200;
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", "schedule", DAY1), 1);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
	buf_free(&renamed);
}

/* While the usage of a run is looked for, its gateway is called otherwise:
 * the run ends in rows that say so, and the day is observed again. */
static void
test_look_ends_with_its_gateway(void **state)
{
	struct buf renamed = {0};
	struct world w;

	rename_gateway(&renamed);
	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, plus(scene_slot(&w, "w0", DAY2), 20));
	assert_int_equal(scene_count(&w, "check.usage", "not_yet", NULL), 1);
	scene_reload(&w, buf_text(&renamed));
	assert_int_equal(scene_count(&w, "check.missed", "w0/usage",
				     "\"reason\":\"interrupted\""),
			 1);
	assert_int_equal(
	    scene_count(&w, "check.usage", "\"unreachable\"", "\"look\":2"), 1);
	world_key(&w, "w0")->mood = MOOD_GOOD;
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY2, NULL), 2);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
	buf_free(&renamed);
}

static void
test_removed_subject(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("") ", { label = \"w1\"; use = "
						 "\"t\"; }",
				    ""));
	assert_true(scene_alert(&w, "owner-missing/w1"));
	scene_reload(&w, world_config_of(WORKLOAD(""), ""));
	world_run(&w, plus(w.fake.now.wall, 120));
	assert_false(scene_alert(&w, "owner-missing/w1"));
	assert_int_equal(scene_count(&w, "alert.resolved", "owner-missing",
				     "subject_removed"),
			 1);
	world_free(&w);
}

/* New and re-scoped workloads get their pair at once, and only they. */
static void
test_intake(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(2, ""));
	scene_until(&w, DAY1, "12:00:00");
	scene_reload(
	    &w, world_config_of(WORKLOAD("model = \"maxi\";") ", { label = "
							      "\"w1\"; use = "
							      "\"t\"; "
							      "owner_group = "
							      "\"team\"; }, { "
							      "label = \"w2\"; "
							      "use = \"t\"; "
							      "owner_group = "
							      "\"team\"; }",
				""));
	scene_until(&w, DAY1, "12:10:00");
	assert_int_equal(scene_count(&w, "check.happy", "intake", "w0/"), 2);
	assert_int_equal(scene_count(&w, "check.happy", "intake", "w1/"), 1);
	assert_int_equal(scene_count(&w, "check.happy", "intake", "w2/"), 1);
	scene_until(&w, DAY1, "12:30:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(world_decision(&w, "w2"), DECISION_PASS);
	/* Nothing was found about days before it existed. */
	assert_int_equal(scene_count(&w, "record", "2026-07-02", NULL), 0);
	world_free(&w);
}

/* Loads that follow each other while the pairs wait for their turn are owed
 * one pair, and not one each. */
static void
test_intake_over_reloads(void **state)
{
	struct world w;
	char time[9];

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	world_start(&w, world_config_text(12, ""));
	for (int minute = 1; minute <= 8; minute++) {
		snprintf(time, sizeof(time), "00:%02d:00", minute);
		scene_until(&w, DAY1, time);
		scene_reload(&w, world_config_text(12, ""));
	}
	scene_until(&w, DAY1, "01:00:00");
	assert_int_equal(scene_count(&w, "check.begun", "/happy", NULL), 12);
	assert_int_equal(scene_count(&w, "check.source", "intake", NULL), 5);
	world_free(&w);
}

/* A configuration whose pricing page is another one. */
static void
move_pricing(const char *text, struct buf *ret)
{
	static const char old[] = "https://gw.example/pricing\"";
	const char *at = strstr(text, old);

	assert_non_null(at);
	buf_add(ret, text, (size_t)(at - text));
	buf_puts(ret, "https://gw.example/prices\"");
	buf_puts(ret, at + strlen(old));
}

/* A source that moves is read soon, and not on the next day. */
#define AT_HOUR(from, to) \
	WORKLOAD("evidence_window = \"" from ":00-" to ":00\";")

static size_t
runs_of(const struct world *w, const char *day)
{
	return scene_count(w, "check.begun", day, "w0/happy");
}

/* A window that was moved to hours that are over takes no day's evidence
 * away, and gives none of another run. */
static void
test_window_moved_behind(void **state)
{
	struct world w;

	scene_start(&w, world_config_of(AT_HOUR("18", "19"), ""));
	scene_until(&w, DAY1, "20:00:00");
	assert_int_equal(runs_of(&w, DAY1), 2); /* the first is the intake */
	scene_until(&w, DAY2, "14:00:00");
	w.gateway = MOOD_SERVER_ERROR;
	scene_reload(&w, world_config_of(AT_HOUR("02", "03"), ""));
	scene_reload(&w, world_config_of(AT_HOUR("02", "03"), ""));
	scene_until(&w, DAY2, "14:05:00");
	assert_int_equal(runs_of(&w, DAY2), 1);
	assert_int_equal(scene_count(&w, "check.begun", "catch_up", "w0/happy"),
			 1);
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY2, "14:30:00");
	assert_int_equal(runs_of(&w, DAY2), 2); /* and its repetition */
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	scene_reload(&w, world_config_of(AT_HOUR("07", "08"), ""));
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(runs_of(&w, DAY2), 2);
	/* one that waits for room is the day's run */
	w.fake.no_probe = true;
	scene_until(&w, DAY3, "09:00:00");
	scene_reload(&w, world_config_of(AT_HOUR("03", "04"), ""));
	w.fake.no_probe = false;
	scene_until(&w, DAY3, "23:00:00");
	assert_int_equal(runs_of(&w, DAY3), 1);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	assert_int_equal(scene_count(&w, "alert.raised", "evidence-gap", NULL),
			 0);
	world_free(&w);
}

/* What was taken out over its hour and comes back the same day, too; a dense
 * job has another slot soon. */
static void
test_put_back_behind(void **state)
{
	const char *without = world_config_text(0, "");
	struct buf kept = {0};
	struct world w;

	buf_printf(&kept, "%s", without);
	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:30:00");
	scene_reload(&w, buf_text(&kept));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(runs_of(&w, DAY2), 0);
	scene_reload(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:05:00");
	assert_int_equal(runs_of(&w, DAY2), 1);
	scene_until(&w, DAY3, "00:30:00");
	scene_reload(&w, world_config_of(WORKLOAD("happy_schedule = \"30 */6 "
						  "* * *\";"),
					 ""));
	scene_until(&w, DAY3, "06:00:00");
	assert_int_equal(runs_of(&w, DAY3), 0);
	assert_int_equal(scene_count(&w, "check.missed", NULL, NULL), 0);
	scene_until(&w, DAY3, "06:45:00");
	assert_int_equal(runs_of(&w, DAY3), 1);
	world_free(&w);
	buf_free(&kept);
}

/* p-setup is read by this cron expression. */
static const char *
reads_at(struct buf *out, const char *cron)
{
	static const char url[] = "/setup\";";
	const char *text = world_config_text(1, ""), *at;

	at = strstr(text, url);
	assert_non_null(at);
	buf_reset(out);
	buf_printf(out, "%.*s%s read_schedule = \"%s\";%s", (int)(at - text),
		   text, url, cron, at + strlen(url));
	return buf_text(out);
}

/* A source's read as well. */
static void
test_read_moved_behind(void **state)
{
	struct buf text = {0};
	struct world w;

	scene_start(&w, reads_at(&text, "0 18 * * *"));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.source", DAY2, "p-setup"), 0);
	scene_reload(&w, reads_at(&text, "0 2 * * *"));
	scene_until(&w, DAY2, "12:05:00");
	assert_int_equal(scene_count(&w, "check.source", DAY2, "p-setup"), 1);
	scene_reload(&w, reads_at(&text, "0 3 * * *"));
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(scene_count(&w, "check.source", DAY2, "p-setup"), 1);
	world_free(&w);
	buf_free(&text);
}

static void
test_moved_source_is_read(void **state)
{
	const char *text = world_config_text(1, "");
	struct buf moved = {0};
	struct world w;

	move_pricing(text, &moved);
	scene_start(&w, text);
	scene_until(&w, DAY1, "12:00:00");
	scene_reload(&w, buf_text(&moved));
	scene_until(&w, DAY1, "12:10:00");
	assert_int_equal(scene_count(&w, "check.source",
				     "https://gw.example/prices", "intake"),
			 1);
	assert_int_equal(scene_count(&w, "check.source", "intake",
				     "https://gw.example/setup"),
			 1);
	world_free(&w);
	buf_free(&moved);
}

/* The page that was configured before is being read while it moves. */
static void
test_moved_while_read(void **state)
{
	const struct ctl_request request = {.command = CTL_RUN,
					    .name = "p-pricing"};
	const struct ctl_peer root = {.root = true};
	const char *text = world_config_text(1, "");
	struct buf moved = {0};
	struct fake_request r;
	struct world w;

	move_pricing(text, &moved);
	scene_start(&w, text);
	scene_until(&w, DAY1, "12:00:00");
	engine_request(w.fake.engine, w.fake.now, 1, &request, &root);
	assert_true(fake_take_request(&w.fake, &r));
	scene_reload(&w, buf_text(&moved));
	fake_answer(&w.fake, &r, 404, "text/html", "");
	fake_request_free(&r);
	scene_until(&w, DAY1, "12:10:00");
	/* Whatever asked for it: once. */
	assert_int_equal(scene_count(&w, "check.source",
				     "\"url\":\"https://gw.example/prices\"",
				     NULL),
			 1);
	world_free(&w);
	buf_free(&moved);
}

/* A re-scoped workload whose old run goes on waits for its end. */
static void
test_intake_waits(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, plus(scene_slot(&w, "w0", DAY1), 3));
	scene_reload(&w, world_config_of(WORKLOAD("model = \"maxi\";"), ""));
	world_run(&w, plus(w.fake.now.wall, 1200));
	assert_int_equal(scene_count(&w, "check.happy", "intake", "maxi"), 1);
	world_free(&w);
}

/* A reload forgets neither the surface's budget nor the record in flight. */
static void
test_reload_keeps_budget(void **state)
{
	struct wall_time at[64];
	struct world w;
	size_t n = 0;

	scene_start_raw(&w, world_config_text(12, ""));
	for (int i = 0; i < 5; i++) {
		scene_reload(&w, world_config_text(12, ""));
		world_run(&w, plus(w.fake.now.wall, 60));
	}
	for (size_t i = 0; i < w.fake.n_durable; i++) {
		const struct fake_row *r = &w.fake.rows[i];

		if (strcmp(r->kind, "check.usage") == 0)
			at[n++] = r->row.at;
		assert_true(n < 64);
	}
	assert_true(n >= 20);
	for (size_t i = 20; i < n; i++)
		assert_true(at[i].us - at[i - 20].us >= 1200 * USEC_PER_SEC);
	world_free(&w);
}

/* ---- clocks ---- */

static void
set_clock(struct world *w, struct wall_time t)
{
	w->fake.now.wall = t;
	fake_turn(&w->fake);
	world_run(w, t);
}

static void
test_clock_back(void **state)
{
	const char *text =
	    world_config_of(WORKLOAD("happy_schedule = \"0 5 * * *\";"), "");
	struct world w;

	scene_start(&w, text);
	scene_until(&w, DAY2, "05:30:00");
	set_clock(&w, scene_at(DAY2, "03:30:00"));
	assert_int_equal(scene_count(&w, "clock.stepped", NULL, NULL), 1);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY2, NULL), 1);
	assert_int_equal(scene_count(&w, "check.missed", "w0", NULL), 0);
	/* One record of the day, however often it is lived. */
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 1);
	set_clock(&w, scene_at(DAY1, "23:30:00"));
	scene_until(&w, DAY3, "12:00:00");
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 1);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY3), NULL), 1);
	world_free(&w);
}

/* Up to a minute behind the newest row is no step: a clock that is disciplined
 * moves so. */
static void
test_clock_back_a_little(void **state)
{
	struct world w;
	struct wall_time newest;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	scene_run(&w, "w0");
	newest = engine_view(w.fake.engine)->newest_at;
	assert_true(w.fake.now.wall.us - newest.us < 20 * USEC_PER_SEC);
	set_clock(&w, plus(newest, -30));
	assert_int_equal(scene_count(&w, "clock.stepped", NULL, NULL), 0);
	set_clock(&w, plus(newest, -61));
	assert_int_equal(scene_count(&w, "clock.stepped", NULL, NULL), 1);
	world_free(&w);
}

/* An event that comes before the next turn brings the new time with it. */
static void
test_step_told_by_an_answer(void **state)
{
	struct fake_request r;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, plus(scene_slot(&w, "w0", DAY1), -1));
	fake_run_until(&w.fake, plus(w.fake.now.wall, 5));
	assert_true(fake_take_request(&w.fake, &r));
	w.fake.now.wall = plus(w.fake.now.wall, 3600);
	fake_answer(&w.fake, &r, 500, "text/plain", "");
	fake_request_free(&r);
	fake_turn(&w.fake);
	assert_int_equal(
	    scene_count(&w, "clock.stepped", "\"step_s\":3600", NULL), 1);
	world_free(&w);
}

static void
test_visit_to_another_year(void **state)
{
	struct world w;
	struct wall_time back;
	size_t n;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	back = w.fake.now.wall;
	n = scene_count(&w, "record", REVIEWED(DAY1), NULL);
	set_clock(&w, world_time("2031-01-01T06:00:00Z"));
	/* It was the clock that passed over slots, not a stop. */
	assert_true(scene_count(&w, "check.missed", "\"reason\":\"clock\"",
				"\"check\":\"w0/happy\"") > 0);
	assert_int_equal(
	    scene_count(&w, "check.missed", "\"reason\":\"stopped\"", NULL), 0);
	world_run(&w, world_time("2031-01-01T06:20:00Z"));
	set_clock(&w, plus(back, 1200));
	scene_until(&w, DAY3, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy",
				     "\"request_time_utc\":\"" DAY2, NULL),
			 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY1), NULL), n);
	assert_int_equal(scene_count(&w, "record", "inconclusive", NULL), 0);
	world_free(&w);
}

/* The clock was set back while nothing ran. */
static void
test_start_in_the_past(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:00:00");
	scene_stop(&w);
	start_at(&w, DAY1, "12:00:00", world_config_text(1, ""));
	assert_int_equal(scene_count(&w, "clock.stepped", NULL, NULL), 1);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy",
				     "\"request_time_utc\":\"" DAY2, NULL),
			 1);
	world_free(&w);
}

/* ---- a full disk ---- */

static void
test_disk_full(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, plus(scene_slot(&w, "w0", DAY1), -60));
	w.fake.full = true;
	engine_ledger_full(w.fake.engine, w.fake.now, "no room");
	world_run(&w, plus(w.fake.now.wall, 1800));
	assert_int_equal(w.n_seen, 2);
	assert_non_null(strstr(buf_text(&w.fake.lines), "ledger-full"));
	w.fake.full = false;
	engine_ledger_full(w.fake.engine, w.fake.now, NULL);
	world_run(&w, plus(w.fake.now.wall, 900));
	assert_int_equal(w.n_seen, 4);
	assert_int_equal(scene_count(&w, "alert.raised", "ledger-full", NULL),
			 1);
	assert_int_equal(scene_count(&w, "alert.resolved", "ledger-full", NULL),
			 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

static void
expect_status(struct world *w, const char *words)
{
	struct buf status = {0};

	engine_status_line(w->fake.engine, &status);
	assert_non_null(strstr(buf_text(&status), words));
	buf_reset(&status);
	engine_status_json(w->fake.engine, &status);
	assert_non_null(strstr(buf_text(&status), "\"no_record\":0"));
	buf_free(&status);
}

/* After the window, before the first pair or the one that is caught up with:
 * nothing is missing yet, not even before the first row is durable. */
static void
test_nothing_is_missing_yet(void **state)
{
	struct world w;

	world_init(&w, scene_at(DAY1, "20:00:00"), 1);
	w.fake.freeze_at = 1;
	world_start(&w, world_config_text(1, ""));
	expect_status(&w, ", 1 pending,");
	w.fake.freeze_at = 0;
	scene_until(&w, DAY1, "23:00:00");
	expect_status(&w, ", 0 pending,");
	scene_stop(&w);
	w.fake.now.wall = scene_at(DAY3, "20:00:00");
	w.fake.freeze_at = w.fake.n_durable;
	world_start(&w, world_config_text(1, ""));
	expect_status(&w, ", 1 pending,");
	w.fake.freeze_at = 0;
	scene_until(&w, DAY3, "23:00:00");
	expect_status(&w, ", 0 pending,");
	world_free(&w);
}

/* Damage that is found while the daemon runs, with a pair in flight: nothing
 * more is sent or recorded, it is told, and the daemon can stop. */
static void
test_damage_found(void **state)
{
	struct buf status = {0};
	struct world w;
	size_t rows;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, plus(scene_slot(&w, "w0", DAY1), 0));
	rows = w.fake.n_rows;
	w.fake.damaged = true;
	engine_ledger_damaged(w.fake.engine, w.fake.now,
			      "rows 3 to 9 are not what they were");
	world_run(&w, plus(w.fake.now.wall, 2 * 86400));
	assert_int_equal(w.fake.n_rows, rows);
	engine_status_line(w.fake.engine, &status);
	assert_non_null(strstr(buf_text(&status), "rows 3 to 9"));
	buf_free(&status);
	engine_stop(w.fake.engine, w.fake.now);
	engine_turn(w.fake.engine, w.fake.now);
	assert_true(engine_stopped(w.fake.engine));
	world_free(&w);
}

/* What waited for room until its day was over is told as missed. */
static void
test_no_room_all_day(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:10:00");
	w.fake.no_probe = true;
	scene_until(&w, DAY3, "00:30:00");
	assert_int_equal(scene_count(&w, "check.missed", "no_room", "w0/happy"),
			 1);
	assert_true(scene_reason(&w, "w0", REASON_EVIDENCE_MISSING));
	world_run(&w, plus(w.fake.now.wall, 1800));
	assert_true(scene_alert(&w, "evidence-gap/w0"));
	w.fake.no_probe = false;
	scene_until(&w, DAY3, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "evidence-gap/w0"));
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_caught_up_once),
	    cmocka_unit_test(test_catch_up_is_observed_again),
	    cmocka_unit_test(test_dense_jobs_are_not_caught_up),
	    cmocka_unit_test(test_review_days),
	    cmocka_unit_test(test_waiting_slot_survives_crash),
	    cmocka_unit_test(test_jitter_survives_crash_and_reload),
	    cmocka_unit_test(test_jitter_over_midnight),
	    cmocka_unit_test(test_run_keeps_its_configuration),
	    cmocka_unit_test(test_waiting_slot_survives_renaming),
	    cmocka_unit_test(test_reading_before_survives_renaming),
	    cmocka_unit_test(test_look_ends_with_its_gateway),
	    cmocka_unit_test(test_removed_subject),
	    cmocka_unit_test(test_intake),
	    cmocka_unit_test(test_intake_over_reloads),
	    cmocka_unit_test(test_window_moved_behind),
	    cmocka_unit_test(test_put_back_behind),
	    cmocka_unit_test(test_read_moved_behind),
	    cmocka_unit_test(test_moved_source_is_read),
	    cmocka_unit_test(test_moved_while_read),
	    cmocka_unit_test(test_intake_waits),
	    cmocka_unit_test(test_reload_keeps_budget),
	    cmocka_unit_test(test_clock_back),
	    cmocka_unit_test(test_clock_back_a_little),
	    cmocka_unit_test(test_step_told_by_an_answer),
	    cmocka_unit_test(test_visit_to_another_year),
	    cmocka_unit_test(test_start_in_the_past),
	    cmocka_unit_test(test_disk_full),
	    cmocka_unit_test(test_nothing_is_missing_yet),
	    cmocka_unit_test(test_damage_found),
	    cmocka_unit_test(test_no_room_all_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
