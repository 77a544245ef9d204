/* The operator at night: acknowledging and silencing, by whom, for how long,
 * over a restart; and that none of it touches a record. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
reply(const struct world *w)
{
	return w->fake.replies[w->fake.n_replies - 1].text;
}

static int
ask(struct world *w, enum ctl_command command, const char *name,
    const char *role, const char *duration)
{
	struct ctl_request request = {.command = command,
				      .note = "we are at it"};

	snprintf(request.name, sizeof(request.name), "%s", name);
	snprintf(request.role, sizeof(request.role), "%s", role);
	snprintf(request.duration, sizeof(request.duration), "%s", duration);
	return world_ask(w, &request);
}

/* Lines about an alert that are no rows: repetitions. */
static size_t
repetitions(const struct world *w, const char *rule)
{
	const char *at = buf_text((struct buf *)&w->fake.lines);
	size_t n = 0;

	for (; (at = strstr(at, rule)) != NULL; at += strlen(rule))
		n++;
	return n;
}

/* w0 accepts an invalid credential from its intake on. */
static void
start_critical(struct world *w)
{
	world_init(w, scene_at(DAY1, "00:00:00"), 1);
	w->gateway = MOOD_ACCEPTS_INVALID;
	world_start(w, world_config_text(1, ""));
	scene_until(w, DAY1, "00:20:00");
	assert_true(scene_alert(w, "error-path-accepted/w0"));
}

static void
test_acknowledged_is_not_repeated(void **state)
{
	struct world w;

	start_critical(&w);
	scene_until(&w, DAY1, "07:00:00");
	assert_int_equal(repetitions(&w, "error-path-accepted"), 1);
	assert_int_equal(
	    ask(&w, CTL_ACK, "error-path-accepted/w0", "operator", "1d"),
	    CTL_OK);
	assert_string_equal(reply(&w),
			    "error-path-accepted/w0 is acknowledged until "
			    "2026-07-04T07:00:00Z by operator\n");
	assert_non_null(strstr(scene_body(&w, "alert.acked", NULL),
			       "\"note\":\"we are at it\",\"owner\":\"team\","
			       "\"peer_uid\":0,\"raised_seq\":"));
	scene_until(&w, DAY1, "12:30:00");
	/* A restart knows of it. */
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "06:59:00");
	assert_int_equal(repetitions(&w, "error-path-accepted"), 1);
	assert_true(scene_alert(&w, "error-path-accepted/w0"));
	scene_until(&w, DAY2, "07:01:00");
	assert_int_equal(repetitions(&w, "error-path-accepted"), 2);
	world_free(&w);
}

static void
test_silence_takes_lines_only(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(ask(&w, CTL_SILENCE,
			     "owner=(unallocated),rule="
			     "owner-missing",
			     "operator", "2d"),
			 CTL_OK);
	assert_string_equal(
	    reply(&w), "rule=owner-missing,owner=(unallocated) is silenced "
		       "until 2026-07-05T00:20:00Z by operator; open "
		       "alerts that fit: 0\n");
	scene_crash(&w);
	world_start(&w,
		    world_config_of("{ label = \"w0\"; use = \"t\"; }", ""));
	scene_until(&w, DAY1, "01:00:00");
	/* the row is there, the record is held, and nobody was told */
	assert_true(scene_alert(&w, "owner-missing/w0"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_int_equal(
	    scene_count(&w, "alert.raised", "owner-missing", "\"lead\":false"),
	    1);
	assert_int_equal(
	    ask(&w, CTL_UNSILENCE, "rule=owner-missing", "operator", ""),
	    CTL_NO_OBJECT);
	assert_int_equal(ask(&w, CTL_UNSILENCE,
			     "rule=owner-missing,owner=(unallocated)",
			     "operator", ""),
			 CTL_OK);
	/* its end is said again */
	scene_reload(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "02:00:00");
	assert_int_equal(
	    scene_count(&w, "alert.resolved", "owner-missing", "\"lead\":true"),
	    1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A silence ends by itself, and a critical alert speaks again then. */
static void
test_silence_ends(void **state)
{
	struct world w;

	start_critical(&w);
	assert_int_equal(ask(&w, CTL_SILENCE, "subject=w0", "operator", "10h"),
			 CTL_OK);
	scene_until(&w, DAY1, "10:19:00");
	assert_int_equal(repetitions(&w, "error-path-accepted"), 0);
	scene_until(&w, DAY1, "10:21:00");
	assert_int_equal(repetitions(&w, "error-path-accepted"), 1);
	assert_int_equal(ask(&w, CTL_UNSILENCE, "subject=w0", "operator", ""),
			 CTL_NO_OBJECT);
	world_free(&w);
}

static void
test_refusals(void **state)
{
	static const struct {
		enum ctl_command command;
		const char *name, *role, *duration;
		int status;
		const char *says;
	} cases[] = {
	    {CTL_ACK, "owner-missing/w0", "operator", "1h", CTL_NO_OBJECT,
	     "evidencectl alerts"},
	    {CTL_ACK, "error-path-accepted/w0", "reader", "1h",
	     CTL_NOT_PERMITTED, "may not"},
	    {CTL_ACK, "error-path-accepted/w0", "", "1h", CTL_USAGE, "--role"},
	    {CTL_ACK, "error-path-accepted/w0", "operator", "", CTL_USAGE,
	     "whole number"},
	    {CTL_ACK, "error-path-accepted/w0", "operator", "soon", CTL_USAGE,
	     "whole number"},
	    {CTL_ACK, "error-path-accepted/w0", "operator", "32d", CTL_USAGE,
	     "too big"},
	    {CTL_ACK, "error-path-accepted/w0", "operator", "59s", CTL_USAGE,
	     "too small"},
	    {CTL_SILENCE, "rule=nothing", "operator", "1h", CTL_USAGE,
	     "no alert rule"},
	    {CTL_SILENCE, "rule=*", "operator", "1h", CTL_USAGE,
	     "every alert would fit"},
	    {CTL_SILENCE, "rule=owner-mising", "operator", "1h", CTL_USAGE,
	     "did you mean owner-missing?"},
	    {CTL_SILENCE, "subject=p-pircing", "operator", "1h", CTL_NO_OBJECT,
	     "no alert can have subject=p-pircing; did you mean p-pricing?"},
	    {CTL_SILENCE, "owner=teem", "operator", "1h", CTL_NO_OBJECT,
	     "no alert can have owner=teem; did you mean team?"},
	    {CTL_SILENCE, "subject=w0", "counsel", "1h", CTL_NOT_PERMITTED,
	     "may not"},
	    {CTL_UNSILENCE, "subject=w0", "operator", "", CTL_NO_OBJECT,
	     "no silence"},
	};
	struct world w;
	size_t rows;

	start_critical(&w);
	rows = w.fake.n_rows;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ask(&w, cases[i].command, cases[i].name,
				     cases[i].role, cases[i].duration),
				 cases[i].status);
		if (strstr(reply(&w), cases[i].says) == NULL)
			fail_msg("%zu: %s", i, reply(&w));
	}
	assert_int_equal(w.fake.n_rows, rows);
	world_free(&w);
}

/* The state that a clean stop keeps has what a full replay has. */
static void
test_needed_rows_know_it(void **state)
{
	struct world w;
	uint64_t *seqs;
	size_t n;
	bool acked = false, silenced = false;

	start_critical(&w);
	assert_int_equal(
	    ask(&w, CTL_ACK, "error-path-accepted/w0", "operator", "1d"),
	    CTL_OK);
	assert_int_equal(ask(&w, CTL_SILENCE, "owner=team", "operator", "1d"),
			 CTL_OK);
	assert_int_equal(view_needed(engine_view(w.fake.engine), &seqs, &n), 0);
	for (size_t i = 0; i < n; i++) {
		acked |=
		    seqs[i] == fake_newest(&w.fake, "alert.acked", 0)->row.seq;
		silenced |= seqs[i] ==
			    fake_newest(&w.fake, "alert.silenced", 0)->row.seq;
	}
	assert_true(acked && silenced);
	free(seqs);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_acknowledged_is_not_repeated),
	    cmocka_unit_test(test_silence_takes_lines_only),
	    cmocka_unit_test(test_silence_ends),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_needed_rows_know_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
