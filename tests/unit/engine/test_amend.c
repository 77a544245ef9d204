/* Words that are taken back, and rows that are kept: what a correction does
 * to what was built on the row, and what it must never do. */
#include "scene.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

static const char *
reply(const struct world *w)
{
	return w->fake.replies[w->fake.n_replies - 1].text;
}

static int
ask(struct world *w, enum ctl_command command, const char *name,
    const char *role, const char *note)
{
	struct ctl_request request = {.command = command};

	snprintf(request.name, sizeof(request.name), "%s", name);
	snprintf(request.role, sizeof(request.role), "%s", role);
	snprintf(request.note, sizeof(request.note), "%s", note);
	return world_ask(w, &request);
}

static int
correct(struct world *w, uint64_t seq, const char *role)
{
	char name[24];

	snprintf(name, sizeof(name), "%llu", (unsigned long long)seq);
	return ask(w, CTL_CORRECT, name, role, "the wrong page was approved");
}

static uint64_t
newest(const struct world *w, const char *kind)
{
	return fake_newest(&w->fake, kind, 0)->row.seq;
}

/* Of a source's newest approval. */
static uint64_t
approval(const struct world *w, const char *source)
{
	return view_source(engine_view(w->fake.engine), source)
	    ->fact.approved_seq;
}

static void
test_approval_is_taken_back(void **state)
{
	struct world w;
	uint64_t seq;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	seq = approval(&w, "p-pricing");
	assert_int_equal(correct(&w, seq, "pricing-owner"), CTL_OK);
	assert_non_null(strstr(reply(&w), "counts no longer"));
	scene_until(&w, DAY1, "12:05:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_SOURCE_UNAPPROVED));
	/* A restart knows it, and a new approval mends it. */
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_int_equal(world_approve(&w, "p-pricing"), CTL_OK);
	scene_until(&w, DAY1, "12:15:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* The newest approval counts; taking an older one back changes nothing. */
static void
test_older_approval(void **state)
{
	struct world w;
	uint64_t first;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	first = approval(&w, "p-pricing");
	assert_int_equal(world_approve(&w, "p-pricing"), CTL_OK);
	assert_true(approval(&w, "p-pricing") > first);
	assert_int_equal(correct(&w, first, "pricing-owner"), CTL_OK);
	scene_until(&w, DAY1, "12:05:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* A scope whose approval is taken back is not one that needs none. */
static void
test_scope_is_not_freed(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(
	    ask(&w, CTL_APPROVE, "w0", "pricing-owner", "this model"), CTL_OK);
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(
	    correct(&w, newest(&w, "scope.approved"), "pricing-owner"), CTL_OK);
	scene_until(&w, DAY1, "12:05:00");
	assert_true(scene_reason(&w, "w0", REASON_SCOPE_UNAPPROVED));
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	world_free(&w);
}

/* What was observed cannot be talked away. */
static void
test_observation_keeps_its_effect(void **state)
{
	enum decision before;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	world_page(&w, "https://gw.example/pricing")->status = 404;
	scene_until(&w, DAY2, "23:00:00");
	before = world_decision(&w, "w0");
	assert_int_not_equal(before, DECISION_PASS);
	assert_int_equal(correct(&w, newest(&w, "check.source"), "operator"),
			 CTL_OK);
	assert_non_null(strstr(reply(&w), "stays as it is"));
	assert_int_equal(correct(&w, newest(&w, "record"), "operator"), CTL_OK);
	scene_until(&w, DAY2, "23:05:00");
	assert_int_equal(world_decision(&w, "w0"), before);
	world_free(&w);
}

static void
test_body(void **state)
{
	char want[600], hex[DIGEST_HEX_LEN + 1];
	const struct fake_row *record;
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	record = fake_newest(&w.fake, "record", 0);
	snprintf(want, sizeof(want),
		 "{\"corrects\":{\"kind\":\"record\",\"leaf\":\"%s\",\"seq\":"
		 "%llu},\"note\":\"the wrong page was approved\",\"peer_uid\":"
		 "0,\"role\":\"operator\",\"workload_label\":\"w0\"}",
		 digest_hex(&record->row.leaf, hex),
		 (unsigned long long)record->row.seq);
	assert_int_equal(correct(&w, record->row.seq, "operator"), CTL_OK);
	assert_string_equal(fake_newest(&w.fake, "correction", 0)->body, want);
	world_free(&w);
}

static void
test_refusals(void **state)
{
	struct world w;
	uint64_t seq;

	scene_start(&w, world_config_text(1, ""));
	seq = approval(&w, "p-pricing");
	/* whoever may not approve may not take an approval back either */
	assert_int_equal(correct(&w, seq, "operator"), CTL_NOT_PERMITTED);
	assert_int_equal(correct(&w, seq, "reader"), CTL_NOT_PERMITTED);
	assert_int_equal(correct(&w, seq, ""), CTL_USAGE);
	assert_int_equal(correct(&w, 1000000, "pricing-owner"), CTL_NO_OBJECT);
	assert_int_equal(ask(&w, CTL_CORRECT, "w0", "pricing-owner", "x"),
			 CTL_USAGE);
	assert_int_equal(
	    ask(&w, CTL_CORRECT, "18446744073709551616", "pricing-owner", "x"),
	    CTL_USAGE);
	assert_int_equal(ask(&w, CTL_CORRECT, "1", "reader", "x"),
			 CTL_NOT_PERMITTED);
	assert_int_equal(ask(&w, CTL_CORRECT, "1", "operator", ""),
			 CTL_REFUSED);
	assert_int_equal(fake_count(&w.fake, "correction"), 0);
	assert_int_equal(correct(&w, seq, "pricing-owner"), CTL_OK);
	assert_int_equal(correct(&w, seq, "pricing-owner"), CTL_REFUSED);
	assert_non_null(strstr(reply(&w), "ALREADY_CORRECTED"));
	assert_int_equal(fake_count(&w.fake, "correction"), 1);
	world_free(&w);
}

static int
hold(struct world *w, const char *since, const char *until)
{
	struct ctl_request request = {
	    .command = CTL_LEGAL_HOLD, .role = "counsel", .note = "matter 17"};

	snprintf(request.since, sizeof(request.since), "%s", since);
	snprintf(request.until, sizeof(request.until), "%s", until);
	return world_ask(w, &request);
}

static int
release(struct world *w, uint64_t seq)
{
	struct ctl_request request = {.command = CTL_LEGAL_HOLD,
				      .role = "counsel",
				      .release = true,
				      .note = "matter 17 is closed"};

	snprintf(request.name, sizeof(request.name), "%llu",
		 (unsigned long long)seq);
	return world_ask(w, &request);
}

static void
test_hold(void **state)
{
	const struct view *v;
	struct world w;
	uint64_t seq;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(hold(&w, "2026-07-02T00:00:00Z", ""), CTL_OK);
	seq = newest(&w, "legal_hold");
	assert_int_equal(hold(&w, "", "2026-07-02T00:00:00Z"), CTL_OK);
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	v = engine_view(w.fake.engine);
	assert_int_equal(v->n_holds, 2);
	assert_int_equal(v->holds[0].seq, seq);
	assert_string_equal(v->holds[0].role, "counsel");
	assert_true(v->holds[0].since.us > 0);
	assert_true(v->holds[0].until.us == INT64_MAX);
	assert_true(v->holds[1].since.us == 0);
	assert_true(v->holds[1].until.us == v->holds[0].since.us);
	assert_int_equal(release(&w, seq), CTL_OK);
	assert_int_equal(v->n_holds, 1);
	assert_int_equal(v->holds[0].until.us, v->holds[0].until.us);
	assert_int_equal(release(&w, seq), CTL_NO_OBJECT);
	world_free(&w);
}

#define ATTESTS                                                   \
	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; " \
	"allow_attestation = true; }"

/* A pass that rests on a person's word goes with it, though nothing can be
 * observed any more; what the surface showed counts again, and nothing is sent
 * because of it. */
static void
test_attested_usage_is_taken_back(void **state)
{
	struct ctl_request request = {.command = CTL_ATTEST_USAGE,
				      .name = "w0",
				      .role = "pricing-owner",
				      .note = "looked at it",
				      .surface = "the dashboard"};
	struct world w;
	size_t begun;

	scene_start(&w, world_config_of(ATTESTS, ""));
	scene_until(&w, DAY2, "00:00:00");
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	scene_until(&w, DAY2, "06:00:00");
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	snprintf(request.run, sizeof(request.run), "%s",
		 view_day(view_workload(engine_view(w.fake.engine), "w0"),
			  wall_day(w.fake.now.wall))
		     ->evidence.happy.run);
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	scene_until(&w, DAY2, "06:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	begun = fake_count(&w.fake, "check.begun");
	world_key(&w, "w0")->mood = MOOD_UNREACHABLE;
	assert_int_equal(
	    correct(&w, newest(&w, "attest.usage"), "pricing-owner"), CTL_OK);
	scene_until(&w, DAY2, "06:20:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	assert_int_equal(fake_count(&w.fake, "check.begun"), begun);
	/* The same run may be attested again. */
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	scene_until(&w, DAY2, "06:30:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* The page of the day was read by nobody, then. */
static void
test_attested_page_is_taken_back(void **state)
{
	const struct ctl_request request = {.command = CTL_ATTEST_SOURCE,
					    .name = "p-pricing",
					    .role = "pricing-owner",
					    .note = "read in a browser"};
	struct world_page *page;
	struct world w;

	scene_start(&w, world_config_of(ATTESTS, ""));
	scene_until(&w, DAY2, "00:00:00");
	page = world_page(&w, "https://gw.example/pricing");
	page->status = 500;
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_INCONCLUSIVE);
	w.fake.saved_file = page->text;
	world_ask(&w, &request);
	scene_until(&w, DAY2, "12:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(
	    correct(&w, newest(&w, "attest.source"), "pricing-owner"), CTL_OK);
	scene_until(&w, DAY2, "12:20:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_INCONCLUSIVE);
	assert_true(scene_reason(&w, "w0", REASON_SOURCE_UNREACHABLE));
	world_free(&w);
}

static void
test_hold_refusals(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(ask(&w, CTL_LEGAL_HOLD, "", "operator", "matter 17"),
			 CTL_NOT_PERMITTED);
	assert_int_equal(hold(&w, "yesterday", ""), CTL_USAGE);
	assert_int_equal(
	    hold(&w, "2026-07-02T00:00:00Z", "2026-07-02T00:00:00Z"),
	    CTL_USAGE);
	assert_int_equal(release(&w, 1), CTL_NO_OBJECT);
	assert_int_equal(fake_count(&w.fake, "legal_hold"), 0);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_approval_is_taken_back),
	    cmocka_unit_test(test_older_approval),
	    cmocka_unit_test(test_scope_is_not_freed),
	    cmocka_unit_test(test_observation_keeps_its_effect),
	    cmocka_unit_test(test_attested_usage_is_taken_back),
	    cmocka_unit_test(test_attested_page_is_taken_back),
	    cmocka_unit_test(test_body),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_hold),
	    cmocka_unit_test(test_hold_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
