/* A person looked: what an attestation raises, for how long, and when it is
 * refused. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

#define DASHBOARD                                                 \
	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; " \
	"account_surface = \"none\"; allow_attestation = true; }"

static const char *
reply(const struct world *w)
{
	return w->fake.replies[w->fake.n_replies - 1].text;
}

/* The newest happy run of a workload. */
static const char *
newest_run(const struct world *w, const char *label)
{
	struct view_workload *v =
	    view_workload(engine_view(w->fake.engine), label);

	return v->days[0].evidence.happy.run;
}

static int
attest(struct world *w, const char *label, const char *run, const char *role)
{
	struct ctl_request request = {.command = CTL_ATTEST_USAGE,
				      .surface = "usage dashboard",
				      .note = "the request stands in the list"};

	snprintf(request.name, sizeof(request.name), "%s", label);
	snprintf(request.run, sizeof(request.run), "%s", run);
	snprintf(request.role, sizeof(request.role), "%s", role);
	return world_ask(w, &request);
}

/* An answer without usage is no matter of the surface: nobody's word replaces
 * it, and the alert leads to where that is said. */
static void
test_usage_that_was_not_answered(void **state)
{
	size_t rows;
	struct world w;

	scene_start(&w, world_config_of(DASHBOARD, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.gateway = MOOD_NO_USAGE;
	scene_until(&w, DAY2, "13:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_FAIL);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_ABSENT));
	assert_int_not_equal(scene_count(&w, "alert.raised",
					 "usage-not-visible",
					 "next: evidencectl why w0"),
			     0);
	rows = w.fake.n_rows;
	assert_int_equal(
	    attest(&w, "w0", newest_run(&w, "w0"), "pricing-owner"),
	    CTL_REFUSED);
	assert_memory_equal(reply(&w), "USAGE_ABSENT: ", 14);
	assert_int_equal(w.fake.n_rows, rows);
	world_free(&w);
}

/* What nobody could see holds; a person's look makes it a pass of that day,
 * over a restart, and of no other day. */
static void
test_usage_of_a_dashboard(void **state)
{
	struct world w;

	scene_start(&w, world_config_of(DASHBOARD, ""));
	scene_until(&w, DAY1, "13:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	assert_int_equal(
	    attest(&w, "w0", newest_run(&w, "w0"), "pricing-owner"), CTL_OK);
	assert_non_null(strstr(reply(&w), " was seen in usage dashboard, by "
					  "pricing-owner"));
	scene_until(&w, DAY1, "13:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "usage-not-visible/w0"));
	assert_non_null(strstr(scene_body(&w, "record", "w0"),
			       "\"evidence_tier\":\"attested\""));
	assert_non_null(
	    strstr(scene_body(&w, "record", "w0"), "\"USAGE_ATTESTED\""));
	assert_non_null(strstr(scene_body(&w, "record", "w0"),
			       "\"usage_evidence_present\":\"yes\""));
	assert_non_null(
	    strstr(scene_body(&w, "attest.usage", NULL),
		   "{\"note\":\"the request stands in the list\",\"peer_uid\":"
		   "0,\"role\":\"pricing-owner\",\"run\":\""));
	scene_crash(&w);
	world_start(&w, world_config_of(DASHBOARD, ""));
	scene_until(&w, DAY1, "23:59:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	scene_until(&w, DAY2, "13:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	world_free(&w);
}

/* The counter stands still, a person sees the request elsewhere; what the
 * counter fails to show later takes nothing back. */
static void
test_a_look_takes_nothing_back(void **state)
{
	struct world w;

	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; "
					"allow_attestation = true; }",
					""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	world_run(&w, (struct wall_time){scene_slot(&w, "w0", DAY2).us +
					 20 * USEC_PER_SEC});
	assert_int_equal(scene_count(&w, "check.usage", "not_yet", NULL), 1);
	assert_int_equal(
	    attest(&w, "w0", newest_run(&w, "w0"), "pricing-owner"), CTL_OK);
	scene_until(&w, DAY2, "13:00:00");
	assert_int_equal(scene_count(&w, "check.usage", "not_visible", NULL),
			 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "usage-not-visible/w0"));
	assert_non_null(strstr(scene_body(&w, "record", "w0"),
			       "\"evidence_tier\":\"attested\""));
	world_free(&w);
}

/* That the key bears another workload's name, no person's word mends. */
static void
test_name_of_another(void **state)
{
	struct world w;

	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; "
					"allow_attestation = true; }",
					""));
	w.nameless = true;
	scene_until(&w, DAY1, "12:00:00");
	assert_true(scene_reason(&w, "w0", REASON_LABEL_MISMATCH));
	assert_int_equal(
	    attest(&w, "w0", newest_run(&w, "w0"), "pricing-owner"),
	    CTL_REFUSED);
	assert_non_null(strstr(reply(&w), "LABEL_MISMATCH"));
	world_free(&w);
}

/* A word that was mistaken is taken back by whoever may say it; the same run
 * may be attested again. */
static void
test_taken_back(void **state)
{
	struct ctl_request request = {.command = CTL_CORRECT,
				      .note = "it was another request"};
	struct world w;

	scene_start(&w, world_config_of(DASHBOARD, ""));
	scene_until(&w, DAY1, "13:00:00");
	attest(&w, "w0", newest_run(&w, "w0"), "pricing-owner");
	scene_until(&w, DAY1, "13:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	snprintf(request.name, sizeof(request.name), "%llu",
		 (unsigned long long)fake_newest(&w.fake, "attest.usage", 0)
		     ->row.seq);
	snprintf(request.role, sizeof(request.role), "operator");
	assert_int_equal(world_ask(&w, &request), CTL_NOT_PERMITTED);
	snprintf(request.role, sizeof(request.role), "pricing-owner");
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	scene_until(&w, DAY1, "13:20:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	scene_crash(&w);
	world_start(&w, world_config_of(DASHBOARD, ""));
	scene_until(&w, DAY1, "13:30:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_int_equal(
	    attest(&w, "w0", newest_run(&w, "w0"), "pricing-owner"), CTL_OK);
	scene_until(&w, DAY1, "13:40:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

static void
test_refusals(void **state)
{
	static const struct {
		const char *label, *run, *role;
		int status;
		const char *says;
	} cases[] = {
	    {"w7", "newest", "pricing-owner", CTL_NO_OBJECT, "no workload"},
	    {"w0", "newest", "operator", CTL_NOT_PERMITTED, "may not"},
	    {"w0", "newest", "", CTL_USAGE, "--role"},
	    {"w0", "0123456789abcdef", "pricing-owner", CTL_REFUSED,
	     "NOT_SAME_DAY"},
	    {"w0", "", "pricing-owner", CTL_REFUSED, "NOT_SAME_DAY"},
	    {"w1", "newest", "pricing-owner", CTL_REFUSED,
	     "ATTESTATION_NOT_ALLOWED"},
	    {"w2", "newest", "pricing-owner", CTL_REFUSED, "ALREADY_VISIBLE"},
	};
	struct world w;

	scene_start(
	    &w, world_config_of(DASHBOARD
				", { label = \"w1\"; use = \"t\"; "
				"owner_group = \"team\"; }, { label = "
				"\"w2\"; use = \"t\"; owner_group = \"team\"; "
				"allow_attestation = true; }",
				""));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *run = strcmp(cases[i].run, "newest") == 0 &&
					  strcmp(cases[i].label, "w7") != 0
				      ? newest_run(&w, cases[i].label)
				      : cases[i].run;

		assert_int_equal(attest(&w, cases[i].label, run, cases[i].role),
				 cases[i].status);
		if (strstr(reply(&w), cases[i].says) == NULL)
			fail_msg("%zu: %s", i, reply(&w));
	}
	/* yesterday's run */
	scene_until(&w, DAY2, "00:00:30");
	assert_int_equal(
	    attest(&w, "w0", newest_run(&w, "w0"), "pricing-owner"),
	    CTL_REFUSED);
	assert_int_equal(fake_count(&w.fake, "attest.usage"), 0);
	world_free(&w);
}

/* ---- a page that is blocked ---- */

static int
attest_page(struct world *w, const char *source, const char *file,
	    const char *role)
{
	struct ctl_request request = {.command = CTL_ATTEST_SOURCE,
				      .note = "as the browser showed it"};

	w->fake.saved_file = file;
	snprintf(request.name, sizeof(request.name), "%s", source);
	snprintf(request.role, sizeof(request.role), "%s", role);
	world_ask(w, &request);
	world_run(w, w->fake.now.wall);
	return w->fake.replies[w->fake.n_replies - 1].exit_status;
}

/* The pricing page is blocked for a day and a half: a person reads it, and
 * the day's record rests on that. */
static void
test_blocked_page(void **state)
{
	struct world w;

	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; "
					"allow_attestation = true; }",
					""));
	world_page(&w, "https://gw.example/pricing")->status = 403;
	scene_until(&w, DAY2, "14:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_alert(&w, "source-lost/p-pricing") ||
		    scene_alert(&w, "source-stale/p-pricing"));
	assert_int_equal(
	    attest_page(&w, "p-pricing", "what the page says", "pricing-owner"),
	    CTL_OK);
	assert_non_null(
	    strstr(reply(&w), "attested: p-pricing was read and saved"));
	scene_until(&w, DAY2, "14:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "source-lost/p-pricing"));
	assert_false(scene_alert(&w, "source-stale/p-pricing"));
	assert_non_null(
	    strstr(scene_body(&w, "record", "w0"), "\"SOURCE_ATTESTED\""));
	assert_non_null(strstr(scene_body(&w, "record", "w0"),
			       "\"pricing_reference_checked\":\"yes\""));
	assert_non_null(strstr(scene_body(&w, "attest.source", NULL),
			       "\"note\":\"as the browser showed it\","
			       "\"peer_uid\":0,\"role\":\"pricing-owner\","
			       "\"snapshot\":\""));
	/* a restart knows it; another day does not rest on it */
	scene_crash(&w);
	world_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; "
					"allow_attestation = true; }",
					""));
	scene_until(&w, DAY2, "23:59:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	scene_until(&w, DAY3, "14:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	world_free(&w);
}

/* What a person saved passed no client of ours: it is cleaned here. */
static void
test_saved_secret(void **state)
{
	static const char key[] = "canary-5f1c9d2e7b";
	struct world w;

	scene_start(&w, world_config_of("{ label = \"w0\"; use = \"t\"; "
					"owner_group = \"team\"; "
					"allow_attestation = true; }",
					""));
	assert_int_equal(
	    redactor_add(w.fake.redactor, "w0", key, sizeof(key) - 1, NULL), 0);
	/* an example key is nobody's */
	assert_int_equal(attest_page(&w, "p-pricing",
				     "as sk-abcdefghij0123456789abcdef",
				     "pricing-owner"),
			 CTL_OK);
	assert_string_equal(fake_newest(&w.fake, "attest.source", 0)->blob,
			    "as [redacted]");
	assert_false(scene_alert(&w, "secret-blocked/evidenced"));
	assert_int_equal(attest_page(&w, "p-pricing",
				     "your key: canary-5f1c9d2e7b.",
				     "pricing-owner"),
			 CTL_OK);
	assert_string_equal(fake_newest(&w.fake, "attest.source", 0)->blob,
			    "your key: [redacted].");
	scene_until(&w, DAY1, "00:25:00");
	assert_true(scene_alert(&w, "secret-blocked/evidenced"));
	world_free(&w);
}

/* One workload that allows it, and these sources before the others. */
static const char *
with_sources(const char *more)
{
	static char text[20000];
	const char *plain = world_config_of(
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; "
	    "allow_attestation = true; sources = [ \"p-setup\", "
	    "\"p-pricing\", \"p-support\", \"p-allocation\", "
	    "\"p-unit-economics\", \"marked\" ]; }",
	    "");
	const char *list = strstr(plain, "\nsources = (");

	assert_non_null(list);
	list += strlen("\nsources = (");
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(list - plain), plain,
		 more, list);
	return text;
}

static void
test_page_refusals(void **state)
{
	static const struct {
		const char *source, *file, *role;
		int status;
		const char *says;
	} cases[] = {
	    {"p-nothing", "x", "pricing-owner", CTL_NO_OBJECT, "no source"},
	    {"p-pricing", "x", "operator", CTL_NOT_PERMITTED, "may not"},
	    {"p-pricing", NULL, "pricing-owner", CTL_REFUSED,
	     "FILE_UNREADABLE"},
	    {"other", "x", "pricing-owner", CTL_REFUSED,
	     "ATTESTATION_NOT_ALLOWED"},
	    {"marked", "something else", "pricing-owner", CTL_REFUSED,
	     "NOT_THE_PAGE"},
	};
	struct world w;

	scene_start(
	    &w, with_sources("{ name = \"other\"; kind = \"setup\"; url = "
			     "\"https://gw.example/other\"; }, { name = "
			     "\"marked\"; kind = \"setup\"; url = "
			     "\"https://gw.example/marked\"; must_contain = [ "
			     "\"the marker\" ]; }, "));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(attest_page(&w, cases[i].source, cases[i].file,
					     cases[i].role),
				 cases[i].status);
		if (strstr(reply(&w), cases[i].says) == NULL)
			fail_msg("%zu: %s", i, reply(&w));
	}
	assert_int_equal(fake_count(&w.fake, "attest.source"), 0);
	assert_int_equal(
	    attest_page(&w, "marked", "with the marker in it", "pricing-owner"),
	    CTL_OK);
	world_free(&w);
}

/* So many pages are read at once, and no more. */
static void
test_pages_at_once(void **state)
{
	struct ctl_request request = {.command = CTL_ATTEST_SOURCE,
				      .name = "p-pricing",
				      .role = "pricing-owner",
				      .note = "as the browser showed it"};
	const struct ctl_peer root = {.root = true};
	struct world w;
	size_t before;

	scene_start(&w, with_sources(""));
	w.fake.saved_file = "a page";
	before = w.fake.n_replies;
	for (uint64_t client = 1; client <= 9; client++)
		engine_request(w.fake.engine, w.fake.now, client, &request,
			       &root);
	assert_int_equal(w.fake.n_replies, before + 1);
	assert_non_null(strstr(reply(&w), "BUSY: other saved pages"));
	world_run(&w, w.fake.now.wall);
	assert_int_equal(fake_count(&w.fake, "attest.source"), 8);
	assert_int_equal(
	    attest_page(&w, "p-pricing", "a page", "pricing-owner"), CTL_OK);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_usage_that_was_not_answered),
	    cmocka_unit_test(test_usage_of_a_dashboard),
	    cmocka_unit_test(test_a_look_takes_nothing_back),
	    cmocka_unit_test(test_name_of_another),
	    cmocka_unit_test(test_taken_back),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_blocked_page),
	    cmocka_unit_test(test_page_refusals),
	    cmocka_unit_test(test_pages_at_once),
	    cmocka_unit_test(test_saved_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
