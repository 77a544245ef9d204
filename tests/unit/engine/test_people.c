/* Requests of people: what they may, what they are refused and with which
 * exit status; and what is told of the daemon itself until they act. */
#include "scene.h"

#include "base/json.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
newest_snapshot(const struct world *w, const char *source)
{
	static char hex[DIGEST_HEX_LEN + 1];

	return digest_hex(
	    &view_source(engine_view(w->fake.engine), source)->fact.text, hex);
}

/* ---- who may what ---- */

struct refusal {
	enum ctl_command command;
	const char *name, *snapshot, *role, *note;
	struct ctl_peer peer;
	int status;
	const char *says;
};

static int
ask_as(struct world *w, const struct refusal *r, const char **ret_text)
{
	struct ctl_request request = {.command = r->command};
	uint64_t client = w->fake.n_replies + 1;

	snprintf(request.name, sizeof(request.name), "%s", r->name);
	snprintf(request.role, sizeof(request.role), "%s", r->role);
	snprintf(request.note, sizeof(request.note), "%s", r->note);
	snprintf(request.snapshot, sizeof(request.snapshot), "%s",
		 r->snapshot[0] == '\0' ? "" : newest_snapshot(w, "p-pricing"));
	/* A short name is none, and neither is another text's that begins as
	 * the newest does. */
	if (strcmp(r->snapshot, "short") == 0)
		request.snapshot[SNAPSHOT_ID_LEN] = '\0';
	else if (strcmp(r->snapshot, "alike") == 0)
		request.snapshot[DIGEST_HEX_LEN - 1] ^= 1;
	engine_request(w->fake.engine, w->fake.now, client, &request, &r->peer);
	fake_turn(&w->fake);
	assert_int_equal(w->fake.n_replies, client);
	*ret_text = w->fake.replies[client - 1].text;
	return w->fake.replies[client - 1].exit_status;
}

static void
test_refusals(void **state)
{
	static const struct ctl_peer root = {.root = true};
	static const struct ctl_peer nobody = {.uid = 1000};
	static const struct ctl_peer admin = {.uid = 1000, .admin = true};
	const struct refusal refusals[] = {
	    {CTL_APPROVE, "p-pricing", "newest", "", "seen", root, CTL_USAGE,
	     "--role"},
	    {CTL_APPROVE, "p-pricing", "newest", "nobody", "seen", root,
	     CTL_NOT_PERMITTED, "not configured; see evidencectl list roles"},
	    {CTL_APPROVE, "p-pricing", "newest", "pricing-onwer", "seen", root,
	     CTL_NOT_PERMITTED, "did you mean pricing-owner?"},
	    {CTL_APPROVE, "p-pricing", "newest", "reader", "seen", root,
	     CTL_NOT_PERMITTED, "may not approve"},
	    {CTL_NOTE, "source-unapproved/p-pricing", "", "counsel", "seen",
	     root, CTL_NOT_PERMITTED,
	     "role counsel may not operate, only decide; which may: evid"},
	    {CTL_APPROVE, "p-pricing", "newest", "pricing-owner", "seen",
	     nobody, CTL_NOT_PERMITTED, "finops"},
	    /* an admin is no pricing owner */
	    {CTL_APPROVE, "p-pricing", "newest", "pricing-owner", "seen", admin,
	     CTL_NOT_PERMITTED, "finops"},
	    {CTL_APPROVE, "p-nothing", "newest", "pricing-owner", "seen", root,
	     CTL_NO_OBJECT, "p-nothing"},
	    {CTL_APPROVE, "p-pricing", "short", "pricing-owner", "seen", root,
	     CTL_REFUSED, "SNAPSHOT_NOT_CURRENT"},
	    {CTL_APPROVE, "p-pricing", "alike", "pricing-owner", "seen", root,
	     CTL_REFUSED, "SNAPSHOT_NOT_CURRENT"},
	    {CTL_APPROVE, "p-pricing", "newest", "pricing-owner", "", root,
	     CTL_REFUSED, "NOTE_EMPTY"},
	    {CTL_NOTE, "owner-missing/w0", "", "pricing-owner", "seen", root,
	     CTL_NO_OBJECT,
	     "no open alert owner-missing/w0; see evidencectl alerts"},
	    {CTL_NOTE, "source-unaproved/p-pricing", "", "pricing-owner",
	     "seen", root, CTL_NO_OBJECT,
	     "did you mean source-unapproved/p-pricing?"},
	    {CTL_ACK, "source-unaproved/p-pricing", "", "pricing-owner", "seen",
	     root, CTL_NO_OBJECT, "did you mean source-unapproved/p-pricing?"},
	    {CTL_APPROVE, "p-pircing", "newest", "pricing-owner", "seen", root,
	     CTL_NO_OBJECT, "did you mean p-pricing?"},
	    {CTL_RUN, "w0/hapy", "", "", "", root, CTL_NO_OBJECT,
	     "did you mean w0/happy?"},
	    {CTL_NOTE, "source-unapproved/p-pricing", "", "reader", "seen",
	     root, CTL_NOT_PERMITTED, "may not"},
	    {CTL_RUN, "w0", "", "", "", nobody, CTL_NOT_PERMITTED, "operating"},
	    {CTL_PREPARE, "", "", "", "", nobody, CTL_NOT_PERMITTED,
	     "operating"},
	    {CTL_PREPARE, "nobody", "", "", "", root, CTL_NO_OBJECT,
	     "list owners"},
	    {CTL_RUN, "w7", "", "", "", root, CTL_NO_OBJECT, "w7"},
	    {CTL_RUN, "w0/other", "", "", "", root, CTL_NO_OBJECT, "w0"},
	    {CTL_RUN, "w0/usage", "", "", "", root, CTL_REFUSED,
	     "NOTHING_TO_SEE"},
	};
	struct world w;
	size_t rows;

	scene_start_raw(&w, world_config_text(1, ""));
	rows = w.fake.n_rows;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const char *text;

		assert_int_equal(ask_as(&w, &refusals[i], &text),
				 refusals[i].status);
		assert_non_null(strstr(text, refusals[i].says));
	}
	assert_int_equal(w.fake.n_rows, rows);
	assert_int_equal(w.fake.n_requests, 0);
	world_free(&w);
}

/* Whoever will be asked page by page is told first that it would be in vain;
 * nothing is written either way. */
static void
test_asked_first(void **state)
{
	static const struct {
		const char *role, *note;
		int status;
		const char *says;
	} cases[] = {
	    {"pricing-owner", "seen", CTL_OK, "may approve"},
	    {"pricing-owner", "", CTL_REFUSED, "NOTE_EMPTY"},
	    {"pricing-onwer", "seen", CTL_NOT_PERMITTED,
	     "did you mean pricing-owner?"},
	    {"reader", "seen", CTL_NOT_PERMITTED, "may not approve"},
	};
	static const struct ctl_peer root = {.root = true};
	struct world w;
	size_t rows;

	scene_start_raw(&w, world_config_text(1, ""));
	rows = w.fake.n_rows;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ctl_request request = {.command = CTL_APPROVE,
					      .dry_run = true};

		snprintf(request.role, sizeof(request.role), "%s",
			 cases[i].role);
		snprintf(request.note, sizeof(request.note), "%s",
			 cases[i].note);
		engine_request(w.fake.engine, w.fake.now, i + 1, &request,
			       &root);
		fake_turn(&w.fake);
		assert_int_equal(w.fake.n_replies, i + 1);
		assert_int_equal(w.fake.replies[i].exit_status,
				 cases[i].status);
		assert_non_null(strstr(w.fake.replies[i].text, cases[i].says));
	}
	assert_int_equal(w.fake.n_rows, rows);
	world_free(&w);
}

static void
test_members_may(void **state)
{
	static const struct refusal member = {
	    CTL_APPROVE,     "p-pricing", "newest",
	    "pricing-owner", "as shown",  {.uid = 1000, .in_role = true},
	    CTL_OK,	     "approved"};
	static const struct refusal admin = {
	    CTL_RUN, "w0",     "", "", "", {.uid = 1000, .admin = true},
	    CTL_OK,  "started"};
	struct world w;
	const char *text;

	scene_start_raw(&w, world_config_text(1, ""));
	assert_int_equal(ask_as(&w, &member, &text), CTL_OK);
	assert_non_null(strstr(scene_body(&w, "source.approved", NULL),
			       "\"peer_uid\":1000"));
	assert_int_equal(ask_as(&w, &admin, &text), CTL_OK);
	world_free(&w);
}

/* Whoever waits for an effect is answered when it is durable. */
static void
test_answered_when_durable(void **state)
{
	struct world w;

	scene_start_raw(&w, world_config_text(1, ""));
	w.fake.full = true;
	assert_int_equal(world_approve(&w, "p-pricing"), -1);
	w.fake.full = false;
	fake_turn(&w.fake);
	assert_int_equal(w.fake.n_replies, 1);
	assert_int_equal(w.fake.replies[0].exit_status, CTL_OK);
	world_free(&w);
}

/* The same request again changes nothing. */
static void
test_repeated_request(void **state)
{
	struct ctl_request request = {.command = CTL_APPROVE,
				      .role = "pricing-owner",
				      .note = "as shown",
				      .nonce = "0123456789abcdef"};
	struct world w;

	scene_start_raw(&w, world_config_text(1, ""));
	snprintf(request.name, sizeof(request.name), "p-pricing");
	snprintf(request.snapshot, sizeof(request.snapshot), "%s",
		 newest_snapshot(&w, "p-pricing"));
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	assert_int_equal(fake_count(&w.fake, "source.approved"), 1);
	world_free(&w);
}

/* Repeated before the first is durable, it is answered with the first. */
static void
test_repeated_too_early(void **state)
{
	struct ctl_request request = {.command = CTL_APPROVE,
				      .role = "pricing-owner",
				      .name = "w0",
				      .note = "as reviewed",
				      .nonce = "0123456789abcdef"};
	struct world w;
	size_t before;

	scene_start(&w, world_config_text(1, ""));
	w.fake.full = true;
	before = w.fake.n_replies;
	assert_int_equal(world_ask(&w, &request), -1);
	engine_request(w.fake.engine, w.fake.now, 7, &request,
		       &(struct ctl_peer){.root = true});
	fake_turn(&w.fake);
	assert_int_equal(w.fake.n_replies, before);
	w.fake.full = false;
	fake_turn(&w.fake);
	assert_int_equal(w.fake.n_replies, before + 2);
	for (size_t i = before; i < before + 2; i++)
		assert_int_equal(w.fake.replies[i].exit_status, CTL_OK);
	assert_int_equal(fake_count(&w.fake, "scope.approved"), 1);
	world_free(&w);
}

/* What is refused because too many wait is not done. */
static void
test_too_many_wait(void **state)
{
	struct ctl_request request = {.command = CTL_APPROVE,
				      .role = "pricing-owner",
				      .name = "w0",
				      .note = "as reviewed"};
	static const struct ctl_peer root = {.root = true};
	struct world w;
	size_t rows;

	scene_start(&w, world_config_text(1, ""));
	w.fake.full = true;
	for (uint64_t i = 0; i < 256; i++) {
		rows = w.fake.n_replies;
		engine_request(w.fake.engine, w.fake.now, 5000 + i, &request,
			       &root);
		assert_int_equal(w.fake.n_replies, rows);
	}
	rows = w.fake.n_rows;
	assert_int_equal(world_ask(&w, &request), CTL_REFUSED);
	assert_int_equal(w.fake.n_rows, rows);
	assert_memory_equal(w.fake.replies[w.fake.n_replies - 1].text, "BUSY",
			    4);
	world_free(&w);
}

static void
test_run_waits_for_its_record(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(scene_run(&w, "w0/happy"), -1); /* its look-up */
	world_run(&w,
		  (struct wall_time){w.fake.now.wall.us + 60 * USEC_PER_SEC});
	assert_int_equal(w.fake.replies[w.fake.n_replies - 1].exit_status,
			 CTL_OK);
	assert_int_equal(scene_run(&w, "p-pricing"), CTL_OK);
	world_page(&w, "https://gw.example/pricing")->status = 404;
	world_run(&w, (struct wall_time){w.fake.now.wall.us + USEC_PER_SEC});
	assert_int_equal(scene_run(&w, "p-pricing"), CTL_CHECK_FAILED);
	assert_string_equal(w.fake.replies[w.fake.n_replies - 1].text,
			    "p-pricing: gone\n");
	world_free(&w);
}

/* The last look is not the record yet: its row is durable first. */
static void
test_run_waits_for_its_look(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "01:00:00");
	assert_int_equal(scene_run(&w, "p-pricing"), CTL_OK);
	assert_int_equal(scene_run(&w, "p-setup"), CTL_OK);
	assert_int_equal(scene_run(&w, "w0"), -1);
	w.fake.full = true;
	world_run(&w,
		  (struct wall_time){w.fake.now.wall.us + 60 * USEC_PER_SEC});
	assert_int_equal(w.fake.n_replies, 7); /* five approvals, two reads */
	w.fake.full = false;
	world_run(&w, (struct wall_time){w.fake.now.wall.us + USEC_PER_SEC});
	assert_int_equal(w.fake.n_replies, 8);
	assert_string_equal(w.fake.replies[7].text, "w0: pass\n");
	world_free(&w);
}

/* A slot is a second and has one row: what finds it taken is told so before
 * anything is sent, and is done in the next. */
static void
test_run_twice_in_a_second(void **state)
{
	static const char *const names[] = {"p-pricing", "w0/error"};
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t sent;

		scene_until(&w, i == 0 ? DAY1 : DAY2, "12:00:00");
		assert_int_equal(scene_run(&w, names[i]), CTL_OK);
		sent = w.fake.sent;
		assert_int_equal(scene_run(&w, names[i]), CTL_REFUSED);
		assert_non_null(
		    strstr(w.fake.replies[w.fake.n_replies - 1].text, "BUSY"));
		assert_int_equal(w.fake.sent, sent);
		world_run(
		    &w, (struct wall_time){w.fake.now.wall.us + USEC_PER_SEC});
		assert_int_equal(scene_run(&w, names[i]), CTL_OK);
	}
	world_free(&w);
}

/* A scope that somebody approved holds the workload when it changes. */
static void
test_scope_approval(void **state)
{
	struct ctl_request request = {.command = CTL_APPROVE,
				      .name = "w0",
				      .role = "pricing-owner",
				      .note = "this model"};
	const char *changed = world_config_of(
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; model = "
	    "\"maxi\"; }",
	    "");
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	changed = world_config_of(
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; model = "
	    "\"maxi\"; }",
	    "");
	scene_reload(&w, changed);
	scene_until(&w, DAY1, "01:00:00");
	assert_true(scene_reason(&w, "w0", REASON_SCOPE_UNAPPROVED));
	assert_true(scene_alert(&w, "scope-changed/w0"));
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	scene_until(&w, DAY1, "01:05:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	assert_false(scene_alert(&w, "scope-changed/w0"));
	world_free(&w);
}

/* ---- the daemon itself ---- */

static void
test_secret_is_redacted(void **state)
{
	static const char secret[] = "canary-5f1c9d2e7b";
	struct ctl_request request = {.command = CTL_APPROVE,
				      .role = "pricing-owner"};
	struct world w;

	scene_start_raw(&w, world_config_text(1, ""));
	assert_int_equal(redactor_add(w.fake.redactor, "w0", secret,
				      sizeof(secret) - 1, NULL),
			 0);
	snprintf(request.name, sizeof(request.name), "p-pricing");
	snprintf(request.note, sizeof(request.note), "seen with %s", secret);
	snprintf(request.snapshot, sizeof(request.snapshot), "%s",
		 newest_snapshot(&w, "p-pricing"));
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	assert_non_null(strstr(w.fake.replies[w.fake.n_replies - 1].text,
			       "was taken out of it"));
	assert_null(strstr(scene_body(&w, "source.approved", NULL), secret));
	assert_non_null(
	    strstr(scene_body(&w, "source.approved", NULL), "[redacted]"));
	world_run(&w, (struct wall_time){w.fake.now.wall.us + USEC_PER_SEC});
	assert_true(scene_alert(&w, "secret-blocked/evidenced"));
	/* A restart does not close it; a person's word does. */
	scene_crash(&w);
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	assert_true(scene_alert(&w, "secret-blocked/evidenced"));
	assert_int_equal(
	    scene_count(&w, "alert.raised", "secret-blocked", NULL), 1);
	assert_int_equal(
	    scene_note(&w, "secret-blocked/evidenced", "rotated this morning"),
	    CTL_OK);
	scene_until(&w, DAY2, "00:05:00");
	assert_false(scene_alert(&w, "secret-blocked/evidenced"));
	world_free(&w);
}

/* Also what the daemon says and answers passes the redactor. */
static void
test_secret_in_a_reply(void **state)
{
	struct world w;

	scene_start_raw(&w, world_config_text(1, ""));
	redactor_add(w.fake.redactor, "w0", "canary-5f1c9d2e7b", 17, NULL);
	assert_int_equal(scene_run(&w, "canary-5f1c9d2e7b"), CTL_NO_OBJECT);
	assert_null(strstr(w.fake.replies[w.fake.n_replies - 1].text,
			   "canary-5f1c9d2e7b"));
	world_free(&w);
}

/* A key in a page, or in the answer to another key, is told of. */
static void
test_secret_in_an_answer(void **state)
{
	static const char *const names[] = {"p-pricing", "w0"};

	for (size_t i = 0; i < 2; i++) {
		struct world w;

		scene_start(&w, world_config_text(1, ""));
		scene_until(&w, DAY1, "12:00:00");
		assert_false(scene_alert(&w, "secret-blocked/evidenced"));
		w.fake.leaks = true;
		scene_run(&w, names[i]);
		scene_until(&w, DAY1, "12:05:00");
		assert_true(scene_alert(&w, "secret-blocked/evidenced"));
		assert_non_null(
		    strstr(scene_body(&w, "alert.raised", "secret-blocked"),
			   names[i]));
		world_free(&w);
	}
}

static void
test_config_rejected(void **state)
{
	struct world w;
	struct fake *f = &w.fake;

	scene_start(&w, world_config_text(1, ""));
	engine_reload_refused(f->engine, f->now,
			      "evidenced.conf:7: workloads.w0.model: is "
			      "missing; name one");
	fake_turn(f);
	scene_until(&w, DAY1, "01:00:00");
	assert_true(scene_alert(&w, "config-rejected/evidenced"));
	scene_reload(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "02:00:00");
	assert_false(scene_alert(&w, "config-rejected/evidenced"));
	world_free(&w);
}

static void
test_clock_unsynchronised(void **state)
{
	const char *text = world_config_of(
	    "{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; "
	    "require_clock_sync = true; }",
	    "");
	struct world w;
	struct fake *f = &w.fake;

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	world_start(&w, text);
	engine_clock(f->engine, f->now, ENGINE_CLOCK_BAD);
	fake_turn(f);
	scene_until(&w, DAY1, "00:14:00");
	assert_false(scene_alert(&w, "clock-unsynchronised/evidenced"));
	scene_until(&w, DAY1, "00:17:00");
	assert_true(scene_alert(&w, "clock-unsynchronised/evidenced"));
	assert_true(scene_reason(&w, "w0", REASON_CLOCK_UNSYNCHRONISED));
	engine_clock(f->engine, f->now, ENGINE_CLOCK_GOOD);
	fake_turn(f);
	scene_until(&w, DAY1, "00:20:00");
	assert_false(scene_alert(&w, "clock-unsynchronised/evidenced"));
	assert_false(scene_reason(&w, "w0", REASON_CLOCK_UNSYNCHRONISED));
	world_free(&w);
}

/* Rows that the journal does not confirm: said after ten minutes, taken back
 * when they are confirmed. */
static void
test_journal_unconfirmed(void **state)
{
	struct engine_mirror mirror = {.followed = true, .confirmed = 3};
	struct buf text = {0};
	struct world w;
	struct fake *f = &w.fake;

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	world_start(&w, world_config_text(1, ""));
	mirror.unconfirmed_since = f->now.wall;
	snprintf(mirror.why, sizeof(mirror.why), "no entry can be read");
	engine_mirror(f->engine, f->now, &mirror);
	fake_turn(f);
	engine_status_line(f->engine, &text);
	assert_non_null(strstr(buf_text(&text), "unconfirmed from row 3"));
	scene_until(&w, DAY1, "00:09:00");
	assert_false(scene_alert(&w, "journal-unconfirmed/evidenced"));
	scene_until(&w, DAY1, "00:12:00");
	assert_true(scene_alert(&w, "journal-unconfirmed/evidenced"));
	assert_non_null(strstr(fake_newest(f, "alert.raised", 0)->body,
			       "not read back from row 3 on: no entry can be "
			       "read; they stand in the ledger alone"));
	mirror.unconfirmed_since.us = 0;
	engine_mirror(f->engine, f->now, &mirror);
	fake_turn(f);
	scene_until(&w, DAY1, "00:15:00");
	assert_false(scene_alert(&w, "journal-unconfirmed/evidenced"));
	buf_free(&text);
	world_free(&w);
}

/* Another row in the journal under a number of ours: somebody is told at
 * once, and records are still written. */
static void
test_journal_contradicts(void **state)
{
	struct engine_mirror mirror = {.followed = true,
				       .confirmed = 9,
				       .conflicts = 2,
				       .conflict_seq = 7};
	struct buf text = {0};
	struct world w;
	struct fake *f = &w.fake;

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	world_start(&w, world_config_text(1, ""));
	engine_mirror(f->engine, f->now, &mirror);
	fake_turn(f);
	scene_until(&w, DAY1, "00:01:00");
	assert_true(scene_alert(&w, "ledger-damaged/evidenced"));
	assert_non_null(strstr(fake_newest(f, "alert.raised", 0)->body,
			       "C ledger-damaged evidenced: the journal holds "
			       "another row 7 under our own uid (2 entries)"));
	engine_status_line(f->engine, &text);
	assert_non_null(strstr(buf_text(&text), "no checkpoint is signed"));
	scene_until(&w, DAY1, "23:00:00");
	assert_true(w.n_seen > 0);
	buf_free(&text);
	world_free(&w);
}

static void
test_credential_missing(void **state)
{
	char name[] = "w0", *missing[] = {name};
	struct world w;

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	w.fake.missing_credentials = missing;
	w.fake.n_missing_credentials = 1;
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:00:00");
	assert_int_equal(w.n_seen, 0);
	assert_true(scene_alert(&w, "credential-missing/w0"));
	assert_true(scene_reason(&w, "w0", REASON_CREDENTIAL_MISSING));
	assert_int_equal(
	    scene_count(&w, "check.missed", "credential_missing", NULL), 2);
	assert_int_equal(scene_force(&w, "w0"), CTL_REFUSED);
	scene_stop(&w);
	w.fake.n_missing_credentials = 0;
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "12:05:00");
	assert_false(scene_alert(&w, "credential-missing/w0"));
	assert_int_equal(w.n_seen, 2);
	world_free(&w);
}

static void
test_owner_missing(void **state)
{
	struct world w;

	scene_start(&w,
		    world_config_of("{ label = \"w0\"; use = \"t\"; }", ""));
	assert_int_equal(world_decision(&w, "w0"), DECISION_HOLD);
	assert_true(scene_reason(&w, "w0", REASON_OWNER_MISSING));
	assert_true(scene_alert(&w, "owner-missing/w0"));
	scene_reload(&w, world_config_text(1, ""));
	scene_until(&w, DAY1, "00:30:00");
	assert_false(scene_alert(&w, "owner-missing/w0"));
	assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
	world_free(&w);
}

/* ---- status ---- */

static void
assert_ascending(struct json_object *o)
{
	const char *before = "";

	json_object_object_foreach(o, key, value)
	{
		(void)value;
		assert_true(strcmp(before, key) < 0);
		before = key;
	}
}

static void
test_status(void **state)
{
	struct ctl_request request = {.command = CTL_STATUS};
	struct buf text = {0};
	struct json_object *o;
	struct world w;

	scene_start(&w, world_config_text(3, ""));
	assert_int_equal(world_ask(&w, &request), CTL_OK);
	engine_status_json(w.fake.engine, &text);
	assert_int_equal(
	    json_parse(text.data, text.len, &JSON_LEDGER_LIMITS, &o, NULL), 0);
	assert_ascending(o);
	assert_null(strchr(buf_text(&text), '\n'));
	assert_int_equal(json_get_int(o, "schema", 0), 1);
	assert_int_equal(json_get_int(o, "pass", 0), 3);
	assert_int_equal(json_get_int(o, "workloads", 0), 3);
	assert_string_equal(json_get_string(o, "trouble", "-"), "");
	assert_string_equal(json_get_string(o, "mirror", "-"), "missing");
	assert_null(json_get(o, "mirror_from"));
	json_object_put(o);
	buf_reset(&text);
	engine_status_line(w.fake.engine, &text);
	assert_non_null(strstr(buf_text(&text), "today 3 pass"));
	buf_reset(&text);
	engine_ledger_full(w.fake.engine, w.fake.now, "no room");
	engine_status_line(w.fake.engine, &text);
	assert_non_null(strstr(buf_text(&text),
			       "LEDGER FULL: rows wait, no probes: no room"));
	buf_free(&text);
	world_free(&w);
}

/* A damaged ledger: up, but nothing is sent or recorded. */
static void
test_damaged_ledger(void **state)
{
	struct engine_options options = {.version = "test", .hostname = "host"};
	struct engine_start start = {true, "rows 5-9 are missing"};
	struct buf text = {0};
	struct world w;
	struct fake *f = &w.fake;

	world_init(&w, scene_at(DAY1, "00:00:00"), 1);
	f->engine = engine_new(
	    &f->ports, world_config(world_config_text(1, "")), &options);
	engine_start(f->engine, f->now, &start);
	fake_turn(f);
	scene_until(&w, DAY2, "12:00:00");
	assert_int_equal(f->n_rows, 0);
	assert_int_equal(f->sent, 0);
	assert_int_equal(scene_run(&w, "w0"), CTL_LEDGER_DAMAGED);
	engine_status_line(f->engine, &text);
	assert_non_null(strstr(buf_text(&text), "rows 5-9"));
	buf_free(&text);
	engine_stop(f->engine, f->now);
	fake_turn(f);
	assert_true(engine_stopped(f->engine));
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_asked_first),
	    cmocka_unit_test(test_members_may),
	    cmocka_unit_test(test_answered_when_durable),
	    cmocka_unit_test(test_repeated_request),
	    cmocka_unit_test(test_repeated_too_early),
	    cmocka_unit_test(test_too_many_wait),
	    cmocka_unit_test(test_run_waits_for_its_record),
	    cmocka_unit_test(test_run_waits_for_its_look),
	    cmocka_unit_test(test_run_twice_in_a_second),
	    cmocka_unit_test(test_scope_approval),
	    cmocka_unit_test(test_secret_is_redacted),
	    cmocka_unit_test(test_secret_in_a_reply),
	    cmocka_unit_test(test_secret_in_an_answer),
	    cmocka_unit_test(test_config_rejected),
	    cmocka_unit_test(test_clock_unsynchronised),
	    cmocka_unit_test(test_journal_unconfirmed),
	    cmocka_unit_test(test_journal_contradicts),
	    cmocka_unit_test(test_credential_missing),
	    cmocka_unit_test(test_owner_missing),
	    cmocka_unit_test(test_status),
	    cmocka_unit_test(test_damaged_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
