/* What one pair shows, what it counts against, and what becomes of it when
 * the daemon dies. */
#include "scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKLOAD(more) \
	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; " more " }"

#define REVIEWED(day) "\"review_date\":\"" day "\""

static void
test_accepted_credential_stops_probes(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
	/* Critical: it waits for no group's minute. */
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY1).us +
					 2 * USEC_PER_SEC});
	assert_int_equal(world_decision(&w, "w0"), DECISION_FAIL);
	assert_true(scene_reason(&w, "w0", REASON_CREDENTIAL_ACCEPTED));
	assert_true(scene_alert(&w, "error-path-accepted/w0"));
	assert_int_equal(scene_run(&w, "w0"), CTL_REFUSED);
	scene_until(&w, DAY2, "10:00:00");
	assert_int_equal(scene_count(&w, "check.missed",
				     "invalid_credential_accepted", NULL),
			 1);
	assert_int_equal(scene_count(&w, "check.begun", NULL, NULL), 4);
	world_key(&w, "mini")->mood = MOOD_GOOD;
	assert_int_equal(scene_run(&w, "w0/error"), CTL_OK);
	assert_false(scene_alert(&w, "error-path-accepted/w0"));
	scene_until(&w, DAY3, "10:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* Probes stop where the acceptance was seen: a workload that has moved is tried
 * there. */
static void
test_acceptance_stays_behind(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
	scene_until(&w, DAY1, "12:00:00");
	scene_reload(&w, world_config_of(WORKLOAD("model = \"maxi\";"), ""));
	scene_until(&w, DAY1, "12:10:00");
	assert_int_equal(scene_count(&w, "check.happy", "intake", "maxi"), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "error-path-accepted/w0"));
	world_free(&w);
}

/* What was contradicted stays so until something is seen, also of a workload
 * that was configured otherwise meanwhile. */
static void
test_fail_stays_until_seen(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "w0")->mood = MOOD_NO_USAGE;
	scene_until(&w, DAY2, "11:00:00");
	assert_true(scene_reason(&w, "w0", REASON_USAGE_ABSENT));
	w.gateway = MOOD_UNREACHABLE;
	world_key(&w, "w0")->mood = MOOD_UNREACHABLE;
	scene_reload(&w, world_config_of(WORKLOAD("model = \"maxi\";"), ""));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", "maxi", NULL), 1);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_ABSENT));
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	world_free(&w);
}

/* An acceptance that was seen before the daemon went away for days is judged
 * when it is back, for the day on which it was seen. */
static void
test_older_day_is_judged(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
	world_run(&w, scene_slot(&w, "w0", DAY2));
	assert_int_equal(scene_count(&w, "check.error", "\"accepted\"", NULL),
			 1);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 0);
	scene_crash(&w);
	w.fake.now.wall = scene_at("2026-07-07", "00:30:00");
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, "2026-07-07", "12:00:00");
	assert_int_equal(
	    scene_count(&w, "record", REVIEWED(DAY2), "CREDENTIAL_ACCEPTED"),
	    1);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 1);
	/* Nobody was there on the days between. */
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY3), NULL), 0);
	world_free(&w);
}

/* What was seen before the disk was full is judged, not called missing. */
static void
test_full_disk_over_the_close(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY2).us +
					 3 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.happy", DAY2, NULL), 1);
	w.fake.full = w.fake.no_probe = true;
	engine_ledger_full(w.fake.engine, w.fake.now, "full");
	scene_until(&w, "2026-07-06", "00:30:00");
	w.fake.full = w.fake.no_probe = false;
	engine_ledger_full(w.fake.engine, w.fake.now, NULL);
	scene_until(&w, "2026-07-06", "12:00:00");
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 1);
	assert_int_equal(
	    scene_count(&w, "record", REVIEWED(DAY2), "EVIDENCE_MISSING"), 0);
	world_free(&w);
}

/* A gateway that wants to be left alone says so on either path. */
static void
test_error_path_wants_time(void **state)
{
	struct world w;
	struct wall_time slot;

	scene_start(&w, world_config_text(1, ""));
	slot = scene_slot(&w, "w0", DAY2);
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "mini")->mood = MOOD_THROTTLED;
	w.retry_after = "7200";
	world_run(&w, (struct wall_time){slot.us + 7100 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.error", "reobserve", NULL), 0);
	world_key(&w, "mini")->mood = MOOD_GOOD;
	world_run(&w, (struct wall_time){slot.us + 7300 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.error", "reobserve", NULL), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A critical alert is said again in the night; that line is no row, and is
 * cleaned like one. */
static void
test_repeated_line_is_clean(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
	scene_until(&w, DAY1, "10:00:00");
	assert_int_equal(redactor_add(w.fake.redactor, "k",
				      "error-path-accepted w0: still", 29,
				      NULL),
			 0);
	scene_until(&w, DAY1, "17:00:00");
	assert_non_null(strstr(buf_text(&w.fake.lines), "[redacted]"));
	assert_null(strstr(buf_text(&w.fake.lines), "w0: still"));
	assert_true(scene_alert(&w, "secret-blocked/evidenced"));
	world_free(&w);
}

/* One day; every row that it left. */
static void
run_day(struct world *w, bool keys)
{
	static const char *const words[] = {
	    "sk-prod-endpoint-77f3a1",	     "workload_label-9c1e",
	    "support-2026-07-01-k3y9",	     "credential_fingerprint-04",
	    "2026-07-01T00:15:00Z-k3",	     "error-path-invisible-5f",
	    "tokens-1234567890-and-more-77", "\"outcome\":\"pass\",\"pa",
	};

	world_init(w, scene_at(DAY1, "00:00:00"), 1);
	for (size_t i = 0; keys && i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(redactor_add(w->fake.redactor, "k", words[i],
					      strlen(words[i]), NULL),
				 0);
	assert_int_equal(engine_forgive_words(w->fake.redactor), 0);
	world_start(w, world_config_text(1, ""));
	scene_until(w, DAY1, "00:15:00");
	assert_int_equal(world_approve(w, "p-pricing"), 0);
	scene_until(w, DAY2, "00:15:00");
}

/* A credential that is made of our own words, or of a date, takes nothing out
 * of any row, and none is refused. */
static void
test_key_of_our_words(void **state)
{
	struct world plain, keyed;

	run_day(&plain, false);
	run_day(&keyed, true);
	assert_true(fake_count(&keyed.fake, "check.happy") > 0);
	assert_int_equal(plain.fake.n_rows, keyed.fake.n_rows);
	for (size_t i = 0; i < plain.fake.n_rows; i++)
		assert_string_equal(plain.fake.rows[i].body,
				    keyed.fake.rows[i].body);
	assert_string_equal(buf_text(&plain.fake.said),
			    buf_text(&keyed.fake.said));
	assert_string_equal(buf_text(&plain.fake.lines),
			    buf_text(&keyed.fake.lines));
	world_free(&plain);
	world_free(&keyed);
}

/* So is what the daemon says of itself. */
static void
test_log_is_clean(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(redactor_add(w.fake.redactor, "k",
				      "the clock stepped back", 22, NULL),
			 0);
	w.fake.now.wall.us -= 600 * USEC_PER_SEC;
	fake_turn(&w.fake);
	assert_non_null(strstr(buf_text(&w.fake.said), "[redacted]"));
	assert_null(strstr(buf_text(&w.fake.said), "stepped"));
	world_free(&w);
}

static void
test_usage_absent(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.gateway = MOOD_NO_USAGE;
	scene_until(&w, DAY1, "10:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_FAIL);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_ABSENT));
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	world_free(&w);
}

static void
test_call_billed_needs_no_usage(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("billing_unit = \"call\";"), ""));
	w.gateway = MOOD_NO_USAGE;
	scene_until(&w, DAY1, "10:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

static void
test_own_credential_rejected(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.gateway = MOOD_REJECTS_ALL;
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_INCONCLUSIVE);
	assert_true(scene_alert(&w, "credential-rejected/w0"));
	w.gateway = MOOD_NO_CREDIT;
	scene_until(&w, DAY3, "12:00:00");
	assert_false(scene_alert(&w, "credential-rejected/w0"));
	assert_true(scene_alert(&w, "quota-exhausted/w0"));
	w.gateway = MOOD_GOOD;
	scene_until(&w, "2026-07-06", "12:00:00");
	assert_false(scene_alert(&w, "quota-exhausted/w0"));
	world_free(&w);
}

static void
test_odd_rejection_is_invisible(void **state)
{
	struct world w;

	scene_start_raw(&w, world_config_text(1, ""));
	w.gateway = MOOD_ODD_REJECTION;
	scene_until(&w, DAY2, "12:00:00");
	assert_true(scene_reason(&w, "w0", REASON_ERROR_PATH_NOT_OBSERVED));
	assert_true(scene_alert(&w, "error-path-invisible/w0"));
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY3, "12:00:00");
	assert_false(scene_alert(&w, "error-path-invisible/w0"));
	world_free(&w);
}

/* Nobody owns it, and somebody uses it: the alert says how much was seen. */
static void
test_usage_without_owner(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "10:00:00");
	scene_reload(&w,
		     world_config_of("{ label = \"w0\"; use = \"t\"; }", ""));
	scene_until(&w, DAY1, "10:02:00");
	assert_non_null(
	    strstr(scene_body(&w, "alert.raised", "\"owner-missing\""),
		   "usage seen: 28 tokens on " DAY1));
	world_free(&w);
}

/* An inconclusive run replaces no pass of its day. */
static void
test_later_failure_keeps_the_pass(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "10:00:00");
	w.gateway = MOOD_SERVER_ERROR;
	assert_int_equal(scene_run(&w, "w0/happy"), CTL_CHECK_FAILED);
	scene_until(&w, DAY1, "20:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A pair of which a ceiling stopped the error path is no pass for its happy
 * path: the record is the word, as of any pair. */
static void
test_half_a_pair(void **state)
{
	static const char owned[] = "w0: pass\n", unowned[] = "w0: hold\n";
	const char *owners[] = {"owner_group = \"team\";", ""};

	for (size_t i = 0; i < 2; i++) {
		struct world w;
		char workload[160];
		int status;

		snprintf(workload, sizeof(workload),
			 "{ label = \"w0\"; use = \"t\"; %s "
			 "max_requests_per_day = 5; }",
			 owners[i]);
		scene_start(&w, world_config_of(workload, ""));
		scene_until(&w, DAY1, "10:00:00");
		status = scene_run(&w, "w0");
		if (status == -1) {
			scene_until(&w, DAY1, "10:30:00");
			status =
			    w.fake.replies[w.fake.n_replies - 1].exit_status;
		}
		assert_int_equal(
		    scene_count(&w, "check.missed", "\"ceiling\"", "w0/error"),
		    1);
		assert_string_equal(w.fake.replies[w.fake.n_replies - 1].text,
				    i == 0 ? owned : unowned);
		assert_int_equal(status, i == 0 ? CTL_OK : CTL_CHECK_FAILED);
		world_free(&w);
	}
}

/* Whoever has changed a key hears what the run saw, not what the day was
 * before it. */
static void
test_run_tells_itself(void **state)
{
	static const struct {
		enum world_mood mood;
		const char *job, *text;
	} cases[] = {
	    {MOOD_REJECTS_ALL, "w0",
	     "w0: credential_rejected; the record of " DAY1 " stays pass"},
	    {MOOD_UNREACHABLE, "w0/happy",
	     "w0: unreachable; the record of " DAY1 " stays pass"},
	    {MOOD_ACCEPTS_INVALID, "w0/error",
	     "w0: accepted; the record of " DAY1 " is fail"},
	    {MOOD_NO_USAGE, "w0",
	     "w0: usage_absent; the record of " DAY1 " is fail"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		char row[32];
		const char *text;

		scene_start(&w, world_config_text(1, ""));
		scene_until(&w, DAY1, "10:00:00");
		w.gateway = cases[i].mood;
		if (cases[i].mood == MOOD_ACCEPTS_INVALID)
			world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
		if (scene_run(&w, cases[i].job) == -1)
			scene_until(&w, DAY1, "10:30:00");
		text = w.fake.replies[w.fake.n_replies - 1].text;
		assert_memory_equal(text, cases[i].text, strlen(cases[i].text));
		snprintf(row, sizeof(row), " (row %" PRIu64 ")\n",
			 view_workload(engine_view(w.fake.engine), "w0")
			     ->record.seq);
		assert_string_equal(text + strlen(cases[i].text), row);
		assert_int_equal(
		    w.fake.replies[w.fake.n_replies - 1].exit_status,
		    CTL_CHECK_FAILED);
		world_free(&w);
	}
}

/* Once is no alert, where the day has its pass; twice in a row is. */
static void
test_two_in_a_row(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("happy_schedule = \"0 * * * *\"; "
					     "error_schedule = \"30 0 * * *\"; "
					     "max_requests_per_day = 99; "
					     "max_tokens_per_day = 5000;"),
				    ""));
	scene_until(&w, DAY1, "05:30:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	for (int run = 1; run <= 2; run++) {
		w.gateway = MOOD_SERVER_ERROR;
		scene_until(&w, DAY1, run == 1 ? "06:30:00" : "09:30:00");
		assert_int_equal(scene_alert(&w, "happy-path-failed/w0"),
				 run == 2);
		w.gateway = MOOD_GOOD;
		scene_until(&w, DAY1, run == 1 ? "07:30:00" : "10:30:00");
		assert_false(scene_alert(&w, "happy-path-failed/w0"));
	}
	world_free(&w);
}

/* Two of four, as configured: good runs between do not hide them. */
static void
test_two_of_four(void **state)
{
	static const char *const hours[] = {"06:30:00", "07:30:00", "08:30:00",
					    "09:30:00", "10:30:00"};
	static const bool bad[] = {true, false, true, false, false};
	static const bool open[] = {false, false, true, true, false};
	struct world w;

	scene_start(&w, world_config_of(
			    WORKLOAD("happy_schedule = \"0 * * * *\"; "
				     "error_schedule = \"30 0 * * *\"; "
				     "max_requests_per_day = 99; "),
			    "alerts = ( { rule = \"happy-path-failed\"; fails "
			    "= 2; of = 4; } );\n"));
	scene_until(&w, DAY1, "05:30:00");
	for (size_t i = 0; i < 5; i++) {
		w.gateway = bad[i] ? MOOD_SERVER_ERROR : MOOD_GOOD;
		scene_until(&w, DAY1, hours[i]);
		assert_int_equal(scene_alert(&w, "happy-path-failed/w0"),
				 open[i]);
	}
	world_free(&w);
}

/* A rule may wait longer than the record does; and a reload takes what it was
 * told away again. */
static void
test_grace_of_a_rule(void **state)
{
	static const char later[] =
	    "alerts = ( { rule = \"evidence-gap\"; grace = \"3h\"; } );\n";
	struct world w;
	int64_t closes_us;

	scene_start(&w, world_config_text(1, later));
	scene_until(&w, DAY2, "00:00:00");
	w.fake.no_probe = true;
	while (!scene_reason(&w, "w0", REASON_EVIDENCE_MISSING))
		world_run(&w, (struct wall_time){w.fake.now.wall.us +
						 60 * USEC_PER_SEC});
	closes_us = w.fake.now.wall.us;
	world_run(&w, (struct wall_time){closes_us + 8400 * USEC_PER_SEC});
	assert_false(scene_alert(&w, "evidence-gap/w0"));
	world_run(&w, (struct wall_time){closes_us + 9300 * USEC_PER_SEC});
	assert_true(scene_alert(&w, "evidence-gap/w0"));
	world_free(&w);
}

/* ---- again ---- */

/* Begun happy runs of the day after the slot, in seconds after the first. */
static size_t
again(const struct world *w, struct wall_time slot, int64_t after_s[8])
{
	struct wall_time first = {0};
	size_t n = 0;

	for (size_t i = 0; i < w->fake.n_durable; i++) {
		const struct fake_row *r = &w->fake.rows[i];

		if (strcmp(r->kind, "check.begun") != 0 ||
		    r->row.at.us < slot.us ||
		    strstr(r->body, "\"happy\"") == NULL)
			continue;
		if (n == 0)
			first = r->row.at;
		assert_true(n < 8);
		after_s[n++] = wall_s(r->row.at) - wall_s(first);
	}
	return n;
}

static void
test_observed_again(void **state)
{
	int64_t after_s[8];
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	slot = scene_slot(&w, "w0", DAY2);
	w.gateway = MOOD_UNREACHABLE;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(again(&w, slot, after_s), 4);
	/* Each tries the surface for two minutes first. */
	assert_in_range(after_s[1], 900, 1020);
	assert_in_range(after_s[2], 3600, 3720);
	assert_in_range(after_s[3], 10800, 10920);
	/* Each its own slot, and the error path is not sent in vain. */
	assert_int_equal(scene_count(&w, "check.begun", "reobserve", NULL), 3);
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "\"error\""), 0);
	assert_true(scene_reason(&w, "w0", REASON_NOT_OBSERVED_NETWORK));
	assert_true(scene_alert(&w, "happy-path-failed/w0"));
	world_free(&w);
}

static void
test_observed_again_once_good(void **state)
{
	int64_t after_s[8];
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	slot = scene_slot(&w, "w0", DAY2);
	w.gateway = MOOD_SERVER_ERROR;
	world_run(&w, (struct wall_time){slot.us + 60 * USEC_PER_SEC});
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(again(&w, slot, after_s), 2);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 1);
	world_free(&w);
}

static void
test_retry_after_is_heeded(void **state)
{
	int64_t after_s[8];
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	slot = scene_slot(&w, "w0", DAY2);
	w.gateway = MOOD_THROTTLED;
	w.retry_after = "3000";
	world_run(&w, (struct wall_time){slot.us + 60 * USEC_PER_SEC});
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY2, "23:00:00");
	assert_int_equal(again(&w, slot, after_s), 2);
	assert_int_equal(after_s[1], 3000);
	world_free(&w);
}

/* Where the paths have schedules of their own, neither hurries the other, and
 * the day is not given up before both had their time. */
static void
test_paths_of_their_own(void **state)
{
	struct world w;

	scene_start(
	    &w, world_config_of(WORKLOAD("happy_schedule = \"0 5 * * *\"; "
					 "error_schedule = \"0 20 * * *\";"),
				""));
	scene_until(&w, DAY2, "19:59:00");
	assert_int_equal(scene_count(&w, "check.begun", DAY2, NULL), 1);
	assert_int_equal(scene_count(&w, "record", REVIEWED(DAY2), NULL), 0);
	w.gateway = MOOD_SERVER_ERROR;
	scene_until(&w, DAY2, "20:05:00");
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY2, "20:30:00");
	/* The error path alone is observed again. */
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "\"error\""), 2);
	assert_int_equal(scene_count(&w, "check.begun", DAY2, "\"happy\""), 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

#define SHARED(label)                                                    \
	"{ label = \"" label "\"; use = \"t\"; owner_group = \"team\"; " \
	"credential = \"k\"; }"

/* A key that is taken from one workload is no rejected key of another; but a
 * record that says so keeps its alert. */
static void
test_key_is_taken_again(void **state)
{
	struct world w;

	scene_start(&w, world_config_of(SHARED("w0") ", " SHARED("w1"), ""));
	scene_until(&w, DAY1, "10:00:00");
	for (int day = 0; day < 2; day++) {
		w.gateway = MOOD_REJECTS_ALL;
		scene_run(&w, "w0");
		scene_until(&w, day == 0 ? DAY1 : DAY2, "22:00:00");
		assert_true(scene_alert(&w, "credential-rejected/k"));
		assert_int_equal(
		    scene_reason(&w, "w0", REASON_CREDENTIAL_REJECTED),
		    day == 1);
		w.gateway = MOOD_GOOD;
		scene_run(&w, "w1");
		scene_until(&w, day == 0 ? DAY1 : DAY2, "22:30:00");
		assert_int_equal(scene_alert(&w, "credential-rejected/k"),
				 day == 1);
	}
	world_free(&w);
}

/* ---- ceilings ---- */

static void
test_request_ceiling(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("max_requests_per_day = 3;"), ""));
	scene_until(&w, DAY1, "12:00:00");
	/* The pair of the intake, then a happy path alone. */
	assert_int_equal(w.n_seen, 3);
	assert_int_equal(
	    scene_count(&w, "check.missed", "\"ceiling\"", "w0/error"), 1);
	assert_true(scene_alert(&w, "probe-ceiling/w0"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	/* the day has its pass: nobody has to do anything */
	assert_int_equal(alert_machine_find(engine_view(w.fake.engine)->alerts,
					    "probe-ceiling/w0")
			     ->severity,
			 SEVERITY_INFO);
	assert_int_equal(scene_run(&w, "w0"), CTL_REFUSED);
	scene_until(&w, DAY2, "12:00:00");
	assert_false(scene_alert(&w, "probe-ceiling/w0"));
	assert_int_equal(w.n_seen, 5);
	world_free(&w);
}

/* What a run costs is not known before it: the dearest of the day counts. */
static void
test_token_ceiling(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("max_tokens_per_day = 20;"), ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(scene_count(&w, "check.happy", DAY1, NULL), 1);
	assert_int_equal(
	    scene_count(&w, "check.missed", "\"ceiling\"", "w0/happy"), 1);
	world_free(&w);
}

static void
test_forced_run_is_unreviewed(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("max_requests_per_day = 2;"), ""));
	assert_int_equal(scene_run(&w, "w0"), CTL_REFUSED);
	assert_int_equal(scene_force(&w, "w0"), CTL_OK);
	scene_until(&w, DAY1, "04:00:00");
	assert_int_equal(
	    scene_count(&w, "check.happy", "\"forced\":true", NULL), 1);
	assert_true(scene_reason(&w, "w0", REASON_FALLBACK_UNREVIEWED));
	assert_true(scene_alert(&w, "unreviewed-fallback/w0"));
	world_free(&w);
}

/* Whoever is refused is told what is used up, and how it goes on. */
static void
test_stop_says_how_to_go_on(void **state)
{
	static const struct {
		const char *ceilings, *text;
	} cases[] = {
	    {"max_requests_per_day = 2;",
	     "STOPPED: w0: its requests of today are used "
	     "(max_requests_per_day 2); next: tomorrow, or evidencectl run w0 "
	     "--force, which holds the day as a fallback"},
	    {"max_tokens_per_day = 30;",
	     "STOPPED: w0: one more could cost more tokens than today has "
	     "left (max_tokens_per_day 30); next: tomorrow, or evidencectl run "
	     "w0 --force, which holds the day as a fallback"},
	    {NULL, "STOPPED: w0: the gateway accepted an invalid credential; "
		   "next: evidencectl run w0/error, whose rejection ends the "
		   "stop"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char more[160];
		struct world w;

		snprintf(more, sizeof(more), WORKLOAD("%s"),
			 cases[i].ceilings == NULL ? "" : cases[i].ceilings);
		scene_start(&w, world_config_of(more, ""));
		if (cases[i].ceilings == NULL)
			world_key(&w, "mini")->mood = MOOD_ACCEPTS_INVALID;
		scene_until(&w, DAY1, "10:00:00");
		assert_int_equal(scene_run(&w, "w0"), CTL_REFUSED);
		assert_memory_equal(w.fake.replies[w.fake.n_replies - 1].text,
				    cases[i].text, strlen(cases[i].text));
		world_free(&w);
	}
}

/* A forced run inside its ceilings is an ordinary one. */
static void
test_needless_force(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(scene_force(&w, "w0"), CTL_OK);
	scene_until(&w, DAY1, "04:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* Two runs of one credential are never under way at once. */
static void
test_one_credential_one_run(void **state)
{
#define TWIN(label)                                                      \
	"{ label = \"" label "\"; use = \"t\"; owner_group = \"team\"; " \
	"credential = \"k\"; happy_schedule = \"0 5 * * *\"; }"
	struct world w;

	scene_start(&w, world_config_of(TWIN("w0") ", " TWIN("w1"), ""));
	scene_until(&w, DAY1, "04:59:00");
	fake_run_until(&w.fake, scene_at(DAY1, "05:01:00"));
	assert_int_equal(w.fake.n_requests, 1);
	scene_until(&w, DAY1, "06:00:00");
	assert_int_equal(scene_count(&w, "check.happy", "T05:", NULL), 2);
	world_free(&w);
}

/* ---- death ---- */

static void
test_interrupted_is_told_once(void **state)
{
	int64_t after_s[8];
	struct wall_time slot;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	slot = scene_slot(&w, "w0", DAY2);
	w.lose_in = 1;
	scene_until(&w, DAY2, "09:00:00");
	assert_true(w.lost);
	for (int i = 0; i < 2; i++) {
		scene_crash(&w);
		world_start(&w, world_config_text(1, ""));
	}
	assert_int_equal(scene_count(&w, "check.missed", "interrupted", NULL),
			 1);
	scene_until(&w, DAY2, "12:00:00");
	/* Not sent again, but planned again. */
	assert_int_equal(again(&w, slot, after_s), 2);
	assert_int_equal(after_s[1], 900);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* What a begun row announced counts against the ceilings, sent or not. */
static void
test_interrupted_counts(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of(WORKLOAD("max_requests_per_day = 3;"), ""));
	w.lose_in = 1;
	scene_until(&w, DAY1, "12:00:00");
	scene_crash(&w);
	world_start(&w,
		    world_config_of(WORKLOAD("max_requests_per_day = 3;"), ""));
	scene_until(&w, DAY1, "23:00:00");
	assert_int_equal(w.n_seen, 3);
	world_free(&w);
}

static struct wall_time
just_before(const struct world *w)
{
	return (struct wall_time){scene_slot(w, "w0", DAY1).us - USEC_PER_SEC};
}

/* The begun row is durable before the request leaves. */
static void
test_begun_first(void **state)
{
	struct world w;
	size_t rows;

	scene_start(&w, world_config_text(1, ""));
	world_run(&w, just_before(&w));
	rows = w.fake.n_durable;
	w.fake.freeze_at = rows + 1; /* the reading before, and no more */
	while (w.fake.n_rows < rows + 2)
		world_run(
		    &w, (struct wall_time){w.fake.now.wall.us + USEC_PER_SEC});
	assert_string_equal(w.fake.rows[rows + 1].kind, "check.begun");
	assert_int_equal(w.n_seen, 2);
	w.fake.freeze_at = 0;
	fake_turn(&w.fake);
	world_run(&w, w.fake.now.wall);
	assert_int_equal(w.n_seen, 4);
	world_free(&w);
}

static void
test_stop_sends_nothing_new(void **state)
{
	struct fake *f;
	struct world w;
	size_t rows;

	scene_start(&w, world_config_text(1, ""));
	f = &w.fake;
	world_run(&w, just_before(&w));
	rows = f->n_durable;
	f->freeze_at = rows + 1;
	while (f->n_rows < rows + 2)
		world_run(&w,
			  (struct wall_time){f->now.wall.us + USEC_PER_SEC});
	engine_stop(f->engine, f->now);
	fake_turn(f);
	assert_false(engine_stopped(f->engine));
	f->freeze_at = 0;
	fake_turn(f); /* the begun row becomes durable: too late */
	assert_true(engine_stopped(f->engine));
	assert_int_equal(w.n_seen, 2);
	assert_int_equal(f->n_requests, 0);
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	assert_int_equal(scene_count(&w, "check.missed", "interrupted", NULL),
			 1);
	world_free(&w);
}

/* What is out when the daemon stops is recorded; the error path that did not
 * follow comes with the next daemon. */
static void
test_stop_waits_for_what_is_out(void **state)
{
	struct fake_request r;
	struct fake *f;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	f = &w.fake;
	while (f->n_requests == 0 ||
	       strstr(f->requests[0].url, "completions") == NULL) {
		if (f->n_requests > 0)
			world_run(&w, f->now.wall);
		fake_run_until(f, (struct wall_time){f->now.wall.us +
						     3600 * USEC_PER_SEC});
		if (f->n_requests > 0 &&
		    strstr(f->requests[0].url, "usage") != NULL) {
			assert_true(fake_take_request(f, &r));
			fake_answer(f, &r, 200, "application/json",
				    "{\"code\":true,\"data\":{\"name\":\"w0\","
				    "\"total_used\":1014}}");
			fake_request_free(&r);
		}
	}
	engine_stop(f->engine, f->now);
	fake_turn(f);
	assert_false(engine_stopped(f->engine));
	assert_true(fake_take_request(f, &r));
	fake_answer(f, &r, 200, "application/json",
		    "{\"model\":\"m\",\"choices\":[{\"finish_reason\":\"stop\"}"
		    "],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,"
		    "\"total_tokens\":2}}");
	fake_request_free(&r);
	assert_true(engine_stopped(f->engine));
	assert_int_equal(f->n_requests, 0);
	assert_string_equal(f->rows[f->n_rows - 1].kind, "daemon.stopped");
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(scene_count(&w, "check.missed", "interrupted", NULL),
			 0);
	world_free(&w);
}

/* ---- one error path for many ---- */

static void
test_shared_error_path(void **state)
{
	struct world w;
	size_t errors = 0;

	scene_start(&w,
		    world_config_of("{ label = \"w0\"; use = \"t\"; "
				    "owner_group = \"team\"; error_scope = "
				    "\"gateway\"; }, { label = \"w1\"; use = "
				    "\"t\"; owner_group = \"team\"; "
				    "error_scope = \"gateway\"; }",
				    ""));
	scene_until(&w, DAY2, "12:00:00");
	for (size_t i = 0; i < w.n_seen; i++)
		errors += w.seen[i].invalid &&
			  wall_day(w.seen[i].at) ==
			      wall_day(scene_at(DAY2, "00:00:00"));
	assert_int_equal(errors, 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(world_decision(&w, "w1"), DECISION_PASS);
	world_free(&w);
}

/* What one workload found yesterday still counts for another one whose
 * look-up ends today, though today's was asked for already. */
static void
test_shared_error_over_midnight(void **state)
{
	struct world w;

	scene_start(&w, world_config_of(
			    "{ label = \"w0\"; use = \"t\"; owner_group = "
			    "\"team\"; error_scope = \"gateway\"; "
			    "happy_schedule = \"55 23 * * *\"; }, { label "
			    "= \"w1\"; use = \"t\"; owner_group = \"team\"; "
			    "error_scope = \"gateway\"; happy_schedule = "
			    "\"2 0 * * *\"; }",
			    ""));
	scene_until(&w, DAY2, "12:00:00");
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	scene_until(&w, DAY3, "00:04:00");
	world_key(&w, "w0")->used += 14;
	scene_until(&w, DAY3, "02:00:00");
	assert_int_equal(scene_count(&w, "record", "\"review_date\":\"" DAY2,
				     "\"workload_label\":\"w0\""),
			 1);
	assert_non_null(
	    strstr(scene_body(&w, "record", "\"workload_label\":\"w0\""),
		   "\"decision\":\"pass\""));
	world_free(&w);
}

/* A portal answers everything with its page: the gateway is accused of
 * nothing, probes go on, and the day passes once it is gone. */
/* One that is always the same could be learnt, and let in. */
static void
test_invalid_credential_is_random(void **state)
{
	const char *seen[3] = {"", "", ""};
	struct world w;
	size_t n = 0;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, "2026-07-06", "12:00:00");
	for (size_t i = 0; i < w.n_seen; i++) {
		if (!w.seen[i].invalid || n == 3)
			continue;
		seen[n] = w.seen[i].invalid_secret;
		assert_true(strlen(seen[n]) >= 32);
		for (size_t j = 0; j < n; j++)
			assert_string_not_equal(seen[j], seen[n]);
		n++;
	}
	assert_int_equal(n, 3);
	world_free(&w);
}

/* A short text could be guessed from its plain digest. */
static void
test_body_by_hmac(void **state)
{
	static const char body[] = "<!doctype html><title>Sign in</title>";
	char hex[DIGEST_HEX_LEN + 1];
	struct digest hmac = digest_hmac("fake", 4, body, sizeof(body) - 1);
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.gateway = MOOD_SCRIPTED;
	w.script.status = 200;
	w.script.type = "text/html";
	w.script.body = body;
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY1).us +
					 300 * USEC_PER_SEC});
	assert_int_equal(
	    scene_count(&w, "check.error", digest_hex(&hmac, hex), NULL), 1);
	world_free(&w);
}

/* The times of a request and of its answer, beside each other, would be a
 * latency. */
static void
test_whole_seconds(void **state)
{
	struct world w;
	size_t n = 0;

	world_init(
	    &w, (struct wall_time){scene_at(DAY1, "00:00:00").us + 123456}, 1);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "12:00:00");
	for (size_t i = 0; i < w.fake.n_durable; i++) {
		const struct fake_row *r = &w.fake.rows[i];
		bool check = strncmp(r->kind, "check.", 6) == 0;

		n += check;
		if (check)
			assert_int_equal(r->row.at.us % USEC_PER_SEC, 0);
	}
	assert_true(n > 10);
	world_free(&w);
}

static void
test_portal_accuses_nobody(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.gateway = MOOD_SCRIPTED;
	w.script.status = 200;
	w.script.type = "text/html";
	w.script.body = "<!doctype html><title>Please sign in</title>";
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY1).us +
					 300 * USEC_PER_SEC});
	assert_int_equal(
	    scene_count(&w, "check.error", "\"unclassified\"", NULL), 1);
	assert_false(scene_alert(&w, "error-path-accepted/w0"));
	w.gateway = MOOD_GOOD;
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(
	    scene_count(&w, "alert.raised", "error-path-accepted", NULL), 0);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* However long the grace, a day without evidence gets its record. */
static void
test_longest_grace(void **state)
{
	static const char late[] = "\"decided_at\":\"2026-07-05T11:10:00Z\"";
	struct world w;

	scene_start(
	    &w, world_config_of("{ label = \"w0\"; use = \"t\"; owner_group = "
				"\"team\"; happy_schedule = \"30 23 * * *\"; }",
				"alerting = { grace = \"11h\"; };"));
	scene_until(&w, DAY1, "23:45:00");
	w.gateway = MOOD_UNREACHABLE;
	/* The day has ended, the lag of its runs, and the grace. */
	scene_until(&w, DAY3, "12:00:00");
	assert_int_equal(
	    scene_count(&w, "record", "\"review_date\":\"" DAY2, late), 1);
	assert_true(scene_reason(&w, "w0", REASON_NOT_OBSERVED_NETWORK));
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepted_credential_stops_probes),
	    cmocka_unit_test(test_acceptance_stays_behind),
	    cmocka_unit_test(test_fail_stays_until_seen),
	    cmocka_unit_test(test_older_day_is_judged),
	    cmocka_unit_test(test_full_disk_over_the_close),
	    cmocka_unit_test(test_error_path_wants_time),
	    cmocka_unit_test(test_repeated_line_is_clean),
	    cmocka_unit_test(test_key_of_our_words),
	    cmocka_unit_test(test_log_is_clean),
	    cmocka_unit_test(test_usage_absent),
	    cmocka_unit_test(test_call_billed_needs_no_usage),
	    cmocka_unit_test(test_own_credential_rejected),
	    cmocka_unit_test(test_usage_without_owner),
	    cmocka_unit_test(test_odd_rejection_is_invisible),
	    cmocka_unit_test(test_later_failure_keeps_the_pass),
	    cmocka_unit_test(test_half_a_pair),
	    cmocka_unit_test(test_run_tells_itself),
	    cmocka_unit_test(test_two_in_a_row),
	    cmocka_unit_test(test_two_of_four),
	    cmocka_unit_test(test_grace_of_a_rule),
	    cmocka_unit_test(test_observed_again),
	    cmocka_unit_test(test_observed_again_once_good),
	    cmocka_unit_test(test_retry_after_is_heeded),
	    cmocka_unit_test(test_paths_of_their_own),
	    cmocka_unit_test(test_request_ceiling),
	    cmocka_unit_test(test_token_ceiling),
	    cmocka_unit_test(test_stop_says_how_to_go_on),
	    cmocka_unit_test(test_key_is_taken_again),
	    cmocka_unit_test(test_forced_run_is_unreviewed),
	    cmocka_unit_test(test_needless_force),
	    cmocka_unit_test(test_one_credential_one_run),
	    cmocka_unit_test(test_interrupted_is_told_once),
	    cmocka_unit_test(test_interrupted_counts),
	    cmocka_unit_test(test_begun_first),
	    cmocka_unit_test(test_stop_sends_nothing_new),
	    cmocka_unit_test(test_stop_waits_for_what_is_out),
	    cmocka_unit_test(test_shared_error_path),
	    cmocka_unit_test(test_shared_error_over_midnight),
	    cmocka_unit_test(test_invalid_credential_is_random),
	    cmocka_unit_test(test_body_by_hmac),
	    cmocka_unit_test(test_whole_seconds),
	    cmocka_unit_test(test_portal_accuses_nobody),
	    cmocka_unit_test(test_longest_grace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
