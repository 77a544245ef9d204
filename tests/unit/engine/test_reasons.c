/* No record stays without the alerts of its reasons: for each reason a day
 * that comes to it, and at the end of that day every reason of the record has
 * its one alert open, whose line names the same person as why and todo.  The
 * next day all is well, and none of them is left.
 * Two reasons are no such day, and have scenes of their own.  The last test
 * fails when the table of reasons has one that none of them came to. */
#include "scene.h"
#include "cli/todo.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKLOAD(more) \
	"{ label = \"w0\"; use = \"t\"; owner_group = \"team\"; " more " }"
#define OWNED	   WORKLOAD("")
#define PAGE(name) "https://gw.example/" name

/* A day is spoiled by a reload, or by what happens in its world, or both. */
struct reason_case {
	enum reason reason;
	const char *subject;   /* of its alert */
	const char *workloads; /* NULL: one that is whole */
	const char *extra;     /* NULL: nothing */
	const char *from, *to; /* replaced in the configuration; or NULL */
	void (*spoil)(struct world *w); /* when the day begins; or NULL */
};

#define SPOIL(name) static void name(struct world *w)

SPOIL(accepts)
{
	world_key(w, "mini")->mood = MOOD_ACCEPTS_INVALID;
}
SPOIL(shows_no_usage)
{
	w->gateway = MOOD_NO_USAGE;
}
SPOIL(is_away)
{
	w->gateway = MOOD_UNREACHABLE;
}
SPOIL(is_broken)
{
	w->gateway = MOOD_SERVER_ERROR;
}
SPOIL(throttles)
{
	w->gateway = MOOD_THROTTLED;
}
SPOIL(rejects_all)
{
	w->gateway = MOOD_REJECTS_ALL;
}
SPOIL(has_no_credit)
{
	w->gateway = MOOD_NO_CREDIT;
}

static void
script(struct world *w, int status, const char *type, const char *body)
{
	w->script.status = status;
	w->script.type = type;
	w->script.body = body;
	world_key(w, "w0")->mood = MOOD_SCRIPTED;
}

SPOIL(challenges)
{
	script(w, 403, "text/html", "<html>Just a moment...</html>");
}
SPOIL(fails_inside)
{
	script(w, 200, "application/json", "{\"error\":{\"message\":\"no\"}}");
}
SPOIL(says_nonsense)
{
	script(w, 200, "application/json", "nonsense");
}
SPOIL(redirects)
{
	script(w, 302, "text/html", "");
}
SPOIL(hides_the_error_path)
{
	world_key(w, "mini")->mood = MOOD_SERVER_ERROR;
}
SPOIL(closes_the_surface)
{
	w->surface_status = 500;
}
SPOIL(freezes_the_counter)
{
	world_key(w, "w0")->mood = MOOD_COUNTER_FROZEN;
}
SPOIL(takes_the_name)
{
	w->nameless = true;
}
SPOIL(has_no_room)
{
	w->fake.no_probe = true;
}
SPOIL(loses_the_credential)
{
	static char name[] = "w0";
	static char *names[] = {name};

	w->fake.missing_credentials = names;
	w->fake.n_missing_credentials = 1;
}
SPOIL(pricing_is_silent)
{
	world_page(w, PAGE("pricing"))->status = 0;
}
SPOIL(pricing_is_cut)
{
	world_page(w, PAGE("pricing"))->status = 206;
}
SPOIL(setup_is_cut)
{
	world_page(w, PAGE("setup"))->status = 206;
}
SPOIL(pricing_is_gone)
{
	world_page(w, PAGE("pricing"))->status = 404;
}
SPOIL(pricing_changes)
{
	struct world_page *page = world_page(w, PAGE("pricing"));

	snprintf(page->text, sizeof(page->text), "Another price.\n");
}
SPOIL(clock_is_bad)
{
	engine_clock(w->fake.engine, w->fake.now, ENGINE_CLOCK_BAD);
}
SPOIL(is_forced)
{
	scene_until(w, DAY2, "12:00:00");
	assert_int_equal(scene_force(w, "w0"), CTL_OK);
}
SPOIL(is_lowered)
{
	struct ctl_request request = {.command = CTL_DECIDE,
				      .role = "counsel",
				      .note = "the owner group is in doubt",
				      .name = "w0",
				      .decision = "hold",
				      .until = DAY2};

	assert_int_equal(world_ask(w, &request), CTL_OK);
}
/* The second text is approved while the row of the third is on its way. */
SPOIL(is_approved_too_late)
{
	struct world_page *page = world_page(w, PAGE("pricing"));
	struct ctl_request read = {.command = CTL_RUN, .name = "p-pricing"};

	scene_until(w, DAY2, "12:00:00");
	snprintf(page->text, sizeof(page->text), "The second price.\n");
	assert_int_equal(scene_run(w, "p-pricing"), CTL_OK);
	scene_until(w, DAY2, "12:00:01");
	snprintf(page->text, sizeof(page->text), "The third price.\n");
	w->fake.full = true;
	assert_int_equal(world_ask(w, &read), CTL_OK);
	assert_int_equal(world_approve(w, "p-pricing"), -1);
	w->fake.full = false;
}
/* Approved as it is, and then another model. */
SPOIL(is_re_scoped)
{
	struct ctl_request request = {.command = CTL_APPROVE,
				      .role = "pricing-owner",
				      .note = "the scope of the review",
				      .name = "w0"};

	assert_int_equal(world_ask(w, &request), CTL_OK);
	scene_reload(w, world_config_of(WORKLOAD("model = \"maxi\";"), ""));
}

#define BY_WORLD(code, subject, spoil)                                \
	{                                                             \
		REASON_##code, subject, NULL, NULL, NULL, NULL, spoil \
	}
#define BY_WORKLOAD(code, subject, workloads)                             \
	{                                                                 \
		REASON_##code, subject, workloads, NULL, NULL, NULL, NULL \
	}
#define BY_TEXT(code, subject, from, to)                           \
	{                                                          \
		REASON_##code, subject, NULL, NULL, from, to, NULL \
	}

static const struct reason_case cases[] = {
    BY_WORLD(CREDENTIAL_ACCEPTED, "w0", accepts),
    BY_WORLD(USAGE_ABSENT, "w0", shows_no_usage),
    BY_WORLD(NOT_OBSERVED_NETWORK, "w0", is_away),
    BY_WORLD(NOT_OBSERVED_5XX, "w0", is_broken),
    BY_WORLD(THROTTLED, "w0", throttles),
    BY_WORLD(BLOCKED, "w0", challenges),
    BY_WORLD(CREDENTIAL_REJECTED, "w0", rejects_all),
    BY_WORLD(QUOTA_EXHAUSTED, "w0", has_no_credit),
    BY_WORLD(IN_BAND_ERROR, "w0", fails_inside),
    BY_WORLD(RESPONSE_MALFORMED, "w0", says_nonsense),
    BY_WORLD(REDIRECTED, "w0", redirects),
    BY_WORLD(ERROR_PATH_NOT_OBSERVED, "w0", hides_the_error_path),
    BY_WORLD(SURFACE_UNREACHABLE, "w0", closes_the_surface),
    BY_WORLD(SOURCE_UNREACHABLE, "p-pricing", pricing_is_silent),
    {REASON_CLOCK_UNSYNCHRONISED, "evidenced",
     WORKLOAD("require_clock_sync = true;"), NULL, NULL, NULL, clock_is_bad},
    {REASON_ENVIRONMENT_MISMATCH, "w0", NULL,
     "environments = ( { name = \"test\"; hosts = [ \"other.example\" ]; } "
     ");\n",
     NULL, NULL, NULL},
    BY_WORKLOAD(CEILING_REACHED, "w0", WORKLOAD("max_requests_per_day = 1;")),
    BY_WORLD(EVIDENCE_MISSING, "w0", has_no_room),
    {REASON_OWNER_MISSING, "w0", "{ label = \"w0\"; use = \"t\"; }",
     "alerting = { unowned_escalation = \"desk\"; };\n", NULL, NULL, NULL},
    BY_TEXT(OWNER_EXPIRED, "w0", "cost_center = \"CC-1\";",
	    "cost_center = \"CC-1\"; valid_to = \"2026-07-03\";"),
    {REASON_ENVIRONMENT_MISSING, "w0", NULL,
     "environments = ( { name = \"prod\"; } );\n", NULL, NULL, NULL},
    BY_TEXT(FOLLOW_UP_OWNER_MISSING, "w0", "follow_up_owner = \"finops\";", ""),
    BY_WORKLOAD(RULE_MISSING, "w0", WORKLOAD("allocation_rule = \"no\";")),
    BY_TEXT(RULE_EXPIRED, "direct", "effective_from = \"2020-01-01\";",
	    "effective_from = \"2020-01-01\"; effective_to = "
	    "\"2026-07-03\";"),
    BY_TEXT(RULE_INVALID, "direct", "effective_from = \"2020-01-01\";",
	    "effective_from = \"2020-01-01\"; owner = \"ghost\";"),
    BY_WORKLOAD(METRIC_MISSING, "no", WORKLOAD("unit_metric = \"no\";")),
    BY_TEXT(METRIC_INCOMPLETE, "m", "denominator = \"tickets\";", ""),
    BY_TEXT(METRIC_STALE, "m", "refresh = \"monthly\";",
	    "refresh = \"monthly\"; last_refreshed = \"2026-01-01\";"),
    BY_WORKLOAD(SOURCE_MISSING, "w0",
		WORKLOAD("sources = [ \"p-pricing\", \"p-setup\" ];")),
    BY_TEXT(SOURCE_STALE, "p-support", PAGE("support"), PAGE("cut")),
    BY_WORLD(SOURCE_LOST, "p-pricing", pricing_is_gone),
    BY_TEXT(SOURCE_UNAPPROVED, "p-support", PAGE("support"), PAGE("elsewhere")),
    BY_WORLD(CHANGE_UNAPPROVED, "p-pricing", pricing_changes),
    {REASON_APPROVAL_EXPIRED, "p-pricing", NULL,
     "approvals = { max_age = \"30h\"; };\n", NULL, NULL, NULL},
    BY_WORLD(PRICING_NOT_SAME_DAY, "p-pricing", pricing_is_cut),
    BY_WORLD(SETUP_STALE, "p-setup", setup_is_cut),
    BY_WORLD(CREDENTIAL_MISSING, "w0", loses_the_credential),
    BY_WORKLOAD(CREDENTIAL_SHARED, "k",
		WORKLOAD("credential = \"k\";") ", { label = \"w1\"; use = "
						"\"t\"; owner_group = "
						"\"team\"; credential = "
						"\"k\"; }"),
    BY_WORLD(LABEL_MISMATCH, "w0", takes_the_name),
    BY_WORLD(USAGE_NOT_VISIBLE, "w0", freezes_the_counter),
    BY_WORLD(SCOPE_UNAPPROVED, "w0", is_re_scoped),
    BY_WORLD(LOWERED_BY_ROLE, "w0", is_lowered),
    BY_WORLD(PRICING_REFERENCE_MISMATCH, "p-pricing", is_approved_too_late),
    {REASON_FALLBACK_UNREVIEWED, "w0", WORKLOAD("max_requests_per_day = 2;"),
     NULL, NULL, NULL, is_forced},
};

/* The reasons that a test came to. */
static reason_set seen;

/* The configuration of a case; the caller frees it. */
static char *
config_of(const struct reason_case *c)
{
	const char *text =
	    world_config_of(c->workloads == NULL ? OWNED : c->workloads,
			    c->extra == NULL ? "" : c->extra);
	const char *at = c->from == NULL ? NULL : strstr(text, c->from);
	struct buf out = {0};

	if (c->from == NULL) {
		buf_puts(&out, text);
	} else {
		assert_non_null(at);
		buf_add(&out, text, (size_t)(at - text));
		buf_puts(&out, c->to);
		buf_puts(&out, at + strlen(c->from));
	}
	return buf_steal(&out);
}

static bool
rule_open(const struct world *w, const char *rule)
{
	const struct alert_machine *m = engine_view(w->fake.engine)->alerts;

	for (size_t i = 0; i < alert_machine_count(m); i++) {
		if (strcmp(alert_rule(alert_machine_at(m, i)->rule)->name,
			   rule) == 0)
			return true;
	}
	return false;
}

/* A person's word is known to that person: it is overdue only when the day of
 * the next check is over (test_decide.c). */
static bool
is_not_due(enum reason reason)
{
	return reason == REASON_LOWERED_BY_ROLE;
}

/* That the daemon and its host are not well needs no reason, and of a text
 * that was approved too late the alert says that the page differs. */
static bool
says_reason(const struct alert *a, enum reason reason)
{
	return (a->reasons & reason_bit(reason)) != 0 ||
	       reason == REASON_PRICING_REFERENCE_MISMATCH ||
	       alert_rule(a->rule)->subject == SUBJECT_DAEMON;
}

/* Whatever else the record says has its alert as well. */
static void
assert_reported(const struct world *w, const struct reason_case *c)
{
	const struct reason_info *info = reason_info(c->reason);
	const struct alert *a;
	char id[80];

	if (!scene_reason(w, "w0", c->reason))
		fail_msg("%s: not in %s", info->code,
			 scene_body(w, "record", "\"w0\""));
	snprintf(id, sizeof(id), "%s/%s", info->alert_rule, c->subject);
	a = alert_machine_find(engine_view(w->fake.engine)->alerts, id);
	if ((a == NULL) != is_not_due(c->reason))
		fail_msg("%s: %s", info->code, id);
	if (a != NULL && !says_reason(a, c->reason))
		fail_msg("%s: %s does not say so", info->code, id);
	if (a != NULL && isupper((unsigned char)strstr(a->text, ": ")[2]))
		fail_msg("%s: a capital in mid-line: %s", info->code, a->text);
	for (int r = 0; r < REASONS; r++) {
		info = reason_info((enum reason)r);
		if (scene_reason(w, "w0", (enum reason)r) &&
		    !is_not_due((enum reason)r) &&
		    !rule_open(w, info->alert_rule))
			fail_msg("%s: no %s", info->code, info->alert_rule);
	}
}

/* "; who: team; next: " of an alert's line. */
static void
line_who(const struct alert *a, char *out, size_t size)
{
	static const char begin[] = "; who: ", end[] = "; next: ";
	const char *from = strstr(a->text, begin), *to;

	assert_non_null(from);
	from += strlen(begin);
	to = strstr(from, end);
	assert_non_null(to);
	snprintf(out, size, "%.*s", (int)(to - from), from);
}

static bool
todo_has(const struct todo *todo, const char *who, const char *code)
{
	for (size_t i = 0; i < todo->n; i++) {
		if (strcmp(todo->items[i].who, who) == 0 &&
		    strcmp(todo->items[i].code, code) == 0)
			return true;
	}
	return false;
}

/* What an alert's line says of who acts, why and todo say too.  One of the
 * daemon or its host may report no reason: then its rule speaks alone. */
static void
assert_same_person(const struct world *w, const struct alert *a)
{
	const enum reason reason = reason_first(a->reasons);
	struct session session = {.now = w->fake.now};
	struct why why = {.session = &session,
			  .config = engine_config(w->fake.engine),
			  .view = engine_view(w->fake.engine),
			  .name = a->subject};
	char who[ALERT_SUBJECT_MAX + 1];
	struct todo todo;

	if (reason == REASONS)
		return;
	line_who(a, who, sizeof(who));
	why.workload = config_workload(
	    why.config, a->workload[0] != '\0' ? a->workload : a->subject);
	why.source = config_source(why.config, a->subject);
	assert_string_equal(why_who(&why, reason), who);
	assert_int_equal(
	    todo_find(&session, why.config, why.view, NULL, NULL, &todo), 0);
	if (!todo_has(&todo, who, reason_info(reason)->code))
		fail_msg("%s: todo does not name %s for %s", a->id, who,
			 reason_info(reason)->code);
	todo_free(&todo);
}

static void
assert_same_people(const struct world *w)
{
	const struct alert_machine *m = engine_view(w->fake.engine)->alerts;

	for (size_t i = 0; i < alert_machine_count(m); i++)
		assert_same_person(w, alert_machine_at(m, i));
}

/* Everything is as it was when the day passed. */
static void
heal(struct world *w)
{
	static const char *const sources[] = {"p-setup", "p-pricing",
					      "p-support", "p-allocation",
					      "p-unit-economics"};

	w->gateway = MOOD_GOOD;
	for (size_t i = 0; i < w->n_keys; i++)
		w->keys[i].mood = MOOD_GOOD;
	for (size_t i = 0; i < w->n_pages; i++)
		w->pages[i].status = 200;
	w->surface_status = 200;
	w->nameless = w->fake.no_probe = false;
	w->fake.n_missing_credentials = 0;
	engine_clock(w->fake.engine, w->fake.now, ENGINE_CLOCK_GOOD);
	scene_reload(w, world_config_text(1, ""));
	scene_until(w, DAY3, "03:30:00");
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(world_approve(w, sources[i]), CTL_OK);
	assert_int_equal(scene_run(w, "w0/error"), CTL_OK);
}

static void
assert_healed(const struct world *w, const struct reason_case *c)
{
	const struct alert_machine *m = engine_view(w->fake.engine)->alerts;

	if (world_decision(w, "w0") != DECISION_PASS)
		fail_msg("%s: %s", reason_info(c->reason)->code,
			 scene_body(w, "record", "\"w0\""));
	if (alert_machine_count(m) > 0)
		fail_msg("%s: %s stays", reason_info(c->reason)->code,
			 alert_machine_at(m, 0)->id);
}

static void
test_every_reason_has_its_alert(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct reason_case *c = &cases[i];
		struct world w;
		char *text;

		scene_start(&w, world_config_text(1, ""));
		scene_until(&w, DAY2, "00:00:00");
		assert_int_equal(world_decision(&w, "w0"), DECISION_PASS);
		world_page(&w, PAGE("cut"))->status = 206;
		text = config_of(c);
		if (c->workloads != NULL || c->extra != NULL || c->from != NULL)
			scene_reload(&w, text);
		free(text);
		if (c->spoil != NULL)
			c->spoil(&w);
		scene_until(&w, DAY2, "23:30:00");
		assert_reported(&w, c);
		assert_same_people(&w);
		/* the record stands over midnight, and so do they; but a
		 * ceiling ends with its day */
		scene_until(&w, DAY3, "03:00:00");
		if (c->reason != REASON_CEILING_REACHED)
			assert_reported(&w, c);
		heal(&w);
		scene_until(&w, DAY3, "23:30:00");
		assert_healed(&w, c);
		/* a sentence within a line does not end it */
		if (scene_count(&w, "alert.raised", ".;", NULL) > 0)
			fail_msg("%s: %s", reason_info(c->reason)->code,
				 scene_body(&w, "alert.raised", ".;"));
		world_free(&w);
		seen |= reason_bit(c->reason);
	}
}

/* A run that came after the close of its day: its usage is looked for as long
 * as that may take, a record that is written meanwhile says so, and nobody is
 * alerted of it before. */
static void
test_usage_pending_is_no_alert(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.gateway = MOOD_UNREACHABLE;
	scene_until(&w, DAY2, "14:00:00");
	assert_int_equal(world_decision(&w, "w0"), DECISION_INCONCLUSIVE);
	w.gateway = MOOD_GOOD;
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	scene_run(&w, "w0");
	scene_until(&w, DAY2, "14:09:59");
	assert_true(scene_reason(&w, "w0", REASON_USAGE_PENDING));
	assert_false(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	assert_int_equal(
	    scene_count(&w, "alert.raised", "usage-not-visible", NULL), 0);
	seen |= reason_bit(REASON_USAGE_PENDING);
	scene_until(&w, DAY2, "14:12:00");
	assert_false(scene_reason(&w, "w0", REASON_USAGE_PENDING));
	assert_true(scene_reason(&w, "w0", REASON_USAGE_NOT_VISIBLE));
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	world_free(&w);
}

/* Nobody looked to the end, and the day is over: that is told. */
static void
test_usage_pending_for_ever(void **state)
{
	struct world w;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	w.gateway = MOOD_UNREACHABLE;
	scene_until(&w, DAY2, "23:55:00");
	w.gateway = MOOD_GOOD;
	world_key(&w, "w0")->mood = MOOD_COUNTER_FROZEN;
	scene_run(&w, "w0");
	scene_until(&w, DAY2, "23:56:00");
	assert_true(scene_reason(&w, "w0", REASON_USAGE_PENDING));
	scene_stop(&w);
	w.fake.now.wall = scene_at(DAY3, "02:00:00");
	world_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY3, "02:05:00");
	assert_true(scene_reason(&w, "w0", REASON_USAGE_PENDING));
	assert_true(scene_alert(&w, "usage-not-visible/w0"));
	world_free(&w);
}

/* Over a damaged ledger no record is written, and no alert of it can be a
 * row: what the journal holds against the ledger is one, and the other words
 * are the service's. */
static void
test_damage_is_in_no_record(void **state)
{
	const struct engine_mirror conflict = {.conflicts = 1,
					       .conflict_seq = 7};
	struct world w;
	size_t rows;

	scene_start(&w, world_config_text(1, ""));
	scene_until(&w, DAY2, "00:00:00");
	engine_mirror(w.fake.engine, w.fake.now, &conflict);
	scene_until(&w, DAY2, "00:01:00");
	assert_true(scene_alert(&w, "ledger-damaged/evidenced"));
	assert_string_equal(reason_info(REASON_LEDGER_DAMAGED)->alert_rule,
			    "ledger-damaged");
	engine_ledger_damaged(w.fake.engine, w.fake.now, "row 7 is another");
	w.fake.damaged = true;
	rows = w.fake.n_rows;
	scene_until(&w, DAY2, "23:30:00");
	assert_int_equal(w.fake.n_rows, rows);
	assert_int_equal(scene_count(&w, "record", "LEDGER_DAMAGED", NULL), 0);
	seen |= reason_bit(REASON_LEDGER_DAMAGED);
	world_free(&w);
}

static void
test_no_reason_is_left_out(void **state)
{
	for (int r = 0; r < REASONS; r++) {
		if ((seen & reason_bit((enum reason)r)) == 0)
			fail_msg("no scene comes to %s",
				 reason_info((enum reason)r)->code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_reason_has_its_alert),
	    cmocka_unit_test(test_usage_pending_is_no_alert),
	    cmocka_unit_test(test_usage_pending_for_ever),
	    cmocka_unit_test(test_damage_is_in_no_record),
	    cmocka_unit_test(test_no_reason_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
