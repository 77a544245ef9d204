/* What prune lets go, what it refuses and why, and what a restart makes of
 * the rows that are left. */
#include "scene.h"

#include "base/json.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEP "ledger = { keep = \"400d\"; };\n"

enum { SEGMENT = 64 };

static const char *
reply(const struct world *w)
{
	return w->fake.replies[w->fake.n_replies - 1].text;
}

static int
prune_as(struct world *w, const char *role, bool dry_run)
{
	struct ctl_request request = {.command = CTL_PRUNE,
				      .dry_run = dry_run,
				      .note = "by the policy of 2026"};

	snprintf(request.role, sizeof(request.role), "%s", role);
	return world_ask(w, &request);
}

/* The answer costs reads of every old segment. */
static void
test_asking_is_operating(void **state)
{
	static const struct ctl_peer anybody = {.uid = 1000};
	static const struct ctl_peer admin = {.uid = 1000, .admin = true};
	struct ctl_request request = {.command = CTL_PRUNE, .dry_run = true};
	struct world w;

	scene_start(&w, world_config_text(1, KEEP));
	engine_request(w.fake.engine, w.fake.now, 1, &request, &anybody);
	assert_int_equal(w.fake.replies[w.fake.n_replies - 1].exit_status,
			 CTL_NOT_PERMITTED);
	engine_request(w.fake.engine, w.fake.now, 2, &request, &admin);
	assert_int_equal(w.fake.replies[w.fake.n_replies - 1].exit_status,
			 CTL_REFUSED);
	world_free(&w);
}

static void
assert_refused(struct world *w, const char *code)
{
	size_t rows = w->fake.n_rows;

	assert_int_equal(prune_as(w, "", true), CTL_REFUSED);
	if (strncmp(reply(w), code, strlen(code)) != 0)
		fail_msg("%s", reply(w));
	assert_int_equal(prune_as(w, "counsel", false), CTL_REFUSED);
	assert_memory_equal(reply(w), code, strlen(code));
	assert_int_equal(w->fake.n_rows, rows);
}

/* 450 days with approvals of the last of them. */
static void
go_old(struct world *w, int workloads, int workloads_later)
{
	static const char *const sources[] = {"p-setup", "p-pricing",
					      "p-support", "p-allocation",
					      "p-unit-economics"};

	w->fake.segment_rows = SEGMENT;
	scene_until(w, DAY2, "12:00:00");
	if (workloads_later != workloads)
		scene_reload(w, world_config_text(workloads_later, KEEP));
	scene_until(w, "2027-09-24", "12:00:00");
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world_approve(w, sources[i]), CTL_OK);
	scene_reload(w, world_config_text(workloads_later,
					  KEEP "approvals = { max_age = "
					       "\"80d\"; };\n"));
	scene_until(w, "2027-09-26", "12:10:00");
}

static void
start_old(struct world *w, int workloads, int workloads_later)
{
	scene_start(w, world_config_text(workloads, KEEP));
	go_old(w, workloads, workloads_later);
}

static int
decide(struct world *w, const char *until)
{
	struct ctl_request request = {.command = CTL_DECIDE,
				      .name = "w0",
				      .role = "counsel",
				      .note = "the owner group is in doubt"};

	snprintf(request.decision, sizeof(request.decision), "hold");
	snprintf(request.until, sizeof(request.until), "%s", until);
	return world_ask(w, &request);
}

static uint64_t
pruned_to(const struct world *w)
{
	return engine_view(w->fake.engine)->pruned_to;
}

/* The first row that is not older than the policy says. */
static uint64_t
oldest_kept(const struct world *w)
{
	int64_t limit = w->fake.now.wall.us - 400 * SEC_PER_DAY * USEC_PER_SEC;
	size_t i = 0;

	while (w->fake.rows[i].row.at.us < limit)
		i++;
	return w->fake.rows[i].row.seq;
}

static void
test_goes(void **state)
{
	struct json_object *body;
	struct world w;
	uint64_t to;

	start_old(&w, 1, 1);
	assert_int_equal(prune_as(&w, "", true), CTL_OK);
	assert_memory_equal(reply(&w), "would go: rows 0 to ", 20);
	assert_non_null(strstr(reply(&w), "stays: NOTHING_OLD_ENOUGH: "));
	assert_int_equal(fake_count(&w.fake, "ledger.prune"), 0);
	assert_int_equal(prune_as(&w, "counsel", false), CTL_OK);
	assert_memory_equal(reply(&w), "pruned: rows 0 to ", 18);
	to = pruned_to(&w);
	assert_int_equal(to, oldest_kept(&w) / SEGMENT * SEGMENT);
	assert_true(to > 0);
	assert_int_equal(
	    json_parse(scene_body(&w, "ledger.prune", "\"keep\":\"400d\""),
		       strlen(scene_body(&w, "ledger.prune", NULL)),
		       &JSON_LEDGER_LIMITS, &body, NULL),
	    0);
	assert_int_equal(json_get_int(body, "from", -1), 0);
	assert_int_equal(json_get_int(body, "to", -1), to);
	assert_int_equal(json_get_int(body, "peer_uid", -1), 0);
	assert_string_equal(json_get_string(body, "role", ""), "counsel");
	assert_string_equal(json_get_string(body, "note", ""),
			    "by the policy of 2026");
	assert_int_equal(strlen(json_get_string(body, "sha256", "")), 64);
	json_object_put(body);
	{
		struct ctl_request request = {.command = CTL_CORRECT,
					      .name = "5",
					      .role = "operator",
					      .note = "mistaken"};

		assert_int_equal(world_ask(&w, &request), CTL_NO_OBJECT);
		assert_non_null(strstr(reply(&w), "row 5 was pruned by row "));
	}
	/* again: nothing more; weeks later: what became old, from there on */
	assert_refused(&w, "NOTHING_OLD_ENOUGH: ");
	scene_until(&w, "2027-11-20", "12:00:00");
	assert_int_equal(prune_as(&w, "counsel", false), CTL_OK);
	assert_true(pruned_to(&w) > to);
	world_free(&w);
}

/* The rows that are left give the same standing, alerts and holds. */
static void
test_restart(void **state)
{
	struct world w;
	bool *gone;
	size_t n;

	start_old(&w, 2, 1);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_int_equal(prune_as(&w, "counsel", false), CTL_OK);
	assert_true(pruned_to(&w) > 0);
	gone = calloc(w.fake.n_rows, sizeof(*gone));
	assert_non_null(gone);
	for (size_t i = 0; i + 1 < pruned_to(&w); i++)
		gone[i] = true;
	n = alert_machine_count(engine_view(w.fake.engine)->alerts);
	w.fake.skip_replay = gone;
	scene_crash(&w);
	world_start(&w, world_config_text(1, KEEP "approvals = { max_age = "
						  "\"80d\"; };\n"));
	w.fake.skip_replay = NULL;
	assert_true(pruned_to(&w) > 0);
	assert_int_equal(
	    alert_machine_count(engine_view(w.fake.engine)->alerts), n);
	scene_until(&w, "2027-09-27", "12:10:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	free(gone);
	world_free(&w);
}

/* A workload that is gone keeps nothing, and is forgotten; one that is still
 * asked for keeps what it rests on. */
static void
test_forgotten_workload(void **state)
{
	struct world w;

	start_old(&w, 2, 1);
	assert_non_null(view_workload(engine_view(w.fake.engine), "w1"));
	assert_int_equal(prune_as(&w, "counsel", false), CTL_OK);
	assert_null(view_workload(engine_view(w.fake.engine), "w1"));
	assert_non_null(view_workload(engine_view(w.fake.engine), "w0"));
	assert_non_null(view_source(engine_view(w.fake.engine), "p-pricing"));
	world_free(&w);

	start_old(&w, 2, 1);
	scene_reload(&w, world_config_text(2, KEEP));
	assert_refused(&w, "NEEDED: row ");
	world_free(&w);
}

/* A cap that ended keeps nothing, and the view forgets it with its row. */
static void
test_capped(void **state)
{
	const struct view_workload *v;
	struct world w;
	int r;

	scene_start(&w, world_config_text(1, KEEP));
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(decide(&w, "2026-07-20"), CTL_OK);
	go_old(&w, 1, 1);
	v = view_workload(engine_view(w.fake.engine), "w0");
	assert_int_equal(v->cap.cap, DECISION_HOLD);
	r = prune_as(&w, "counsel", false);
	if (r != CTL_OK)
		fail_msg("%s", reply(&w));
	assert_int_equal(pruned_to(&w), oldest_kept(&w) / SEGMENT * SEGMENT);
	v = view_workload(engine_view(w.fake.engine), "w0");
	assert_int_equal(v->cap.cap, DECISION_NONE);
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

static void
test_needed(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, KEEP));
	w.fake.segment_rows = SEGMENT;
	scene_until(&w, "2027-09-26", "12:00:00");
	/* the approvals of the first day */
	assert_refused(&w, "NEEDED: row ");
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

static void
release(struct world *w)
{
	struct ctl_request request = {.command = CTL_LEGAL_HOLD,
				      .role = "counsel",
				      .release = true,
				      .note = "closed"};

	snprintf(request.name, sizeof(request.name), "%llu",
		 (unsigned long long)fake_newest(&w->fake, "legal_hold", 0)
		     ->row.seq);
	assert_int_equal(world_ask(w, &request), CTL_OK);
}

static void
test_held(void **state)
{
	static const struct {
		const char *since, *until;
		bool all; /* nothing goes, else a part */
	} cases[] = {
	    {"", "", true},
	    {"", DAY2 "T00:00:00Z", true},
	    {DAY1 "T00:10:00Z", DAY1 "T00:11:00Z", true},
	    {"2026-07-20T00:00:00Z", "", false},
	    {"2026-07-20T00:00:00Z", "2026-07-20T01:00:00Z", false},
	};
	struct world w;
	uint64_t to;

	start_old(&w, 1, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(hold(&w, cases[i].since, cases[i].until),
				 CTL_OK);
		if (cases[i].all) {
			assert_refused(&w, "HELD: the legal hold of row ");
		} else {
			assert_int_equal(prune_as(&w, "", true), CTL_OK);
			assert_non_null(strstr(reply(&w), "stays: HELD: "));
		}
		release(&w);
	}
	assert_int_equal(hold(&w, "2026-07-20T00:00:00Z", ""), CTL_OK);
	assert_int_equal(prune_as(&w, "counsel", false), CTL_OK);
	to = pruned_to(&w);
	assert_true(to > 0);
	assert_true(w.fake.rows[to - 2].row.at.us <
		    scene_at("2026-07-20", "00:00:00").us);
	assert_refused(&w, "HELD: ");
	/* The hold of a time that is not touched keeps nothing else. */
	release(&w);
	assert_int_equal(hold(&w, "2027-09-01T00:00:00Z", ""), CTL_OK);
	assert_int_equal(prune_as(&w, "counsel", false), CTL_OK);
	assert_true(pruned_to(&w) > to);
	world_free(&w);
}

static void
test_ledger_stops(void **state)
{
	static const struct {
		enum prune_stop stop;
		const char *code;
	} cases[] = {{PRUNE_NEWEST, "RECENT: "},
		     {PRUNE_UNSIGNED, "UNSIGNED: "},
		     {PRUNE_UNREAD, "UNREAD: "}};
	struct world w;

	scene_start(&w, world_config_text(1, KEEP));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w.fake.prune_stop = cases[i].stop;
		assert_refused(&w, cases[i].code);
	}
	w.fake.segment_rows = 8;
	assert_refused(&w, "NOTHING_OLD_ENOUGH: ");
	world_free(&w);
}

static void
test_permissions(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	w.fake.segment_rows = 8;
	assert_refused(&w, "NO_POLICY: ");
	assert_int_equal(prune_as(&w, "operator", false), CTL_NOT_PERMITTED);
	assert_int_equal(prune_as(&w, "", false), CTL_USAGE);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_asking_is_operating),
	    cmocka_unit_test(test_goes),
	    cmocka_unit_test(test_restart),
	    cmocka_unit_test(test_forgotten_workload),
	    cmocka_unit_test(test_capped),
	    cmocka_unit_test(test_needed),
	    cmocka_unit_test(test_held),
	    cmocka_unit_test(test_ledger_stops),
	    cmocka_unit_test(test_permissions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
