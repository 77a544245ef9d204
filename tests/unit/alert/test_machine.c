/* The alert machine, turn by turn.
 *
 * A world holds a machine and a journal of what it reported, one short line
 * for each transition:
 *
 *   60 raised* source-stale/pricing 2
 *
 * second, kind (* = it carries the line), id, how many share the line. */
#include "alert/store.h"

#include "base/json.h"
#include "base/text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { T0 = 1783036800, GROUP_S = 60, HOUR = 3600 };

struct world {
	struct alert_machine *m;
	uint64_t seq;
	bool hold;   /* rows do not become durable */
	bool bodies; /* fold the rows' bodies, as after a restart */
	struct buf log;
	char text[ALERT_TEXT_MAX]; /* of the newest line */
	int64_t next;		   /* seconds after T0; -1: never */
	alert_exists_fn *exists;
	struct transition *held;
	size_t n_held;
};

static void
world_init(struct world *w)
{
	*w = (struct world){.seq = 1, .m = alert_machine_new(GROUP_S)};
	assert_non_null(w->m);
}

static void
world_fini(struct world *w)
{
	alert_machine_free(w->m);
	buf_free(&w->log);
	free(w->held);
}

static struct alert_condition
condition(enum alert_rule_id rule, const char *subject, const char *owner)
{
	struct alert_condition c = {.rule = rule,
				    .severity = alert_rule(rule)->severity};

	snprintf(c.subject, sizeof(c.subject), "%s", subject);
	snprintf(c.owner, sizeof(c.owner), "%s", owner);
	return c;
}

static struct alert_condition
condition_at(enum alert_rule_id rule, const char *subject, const char *owner,
	     const char *gateway)
{
	struct alert_condition c = condition(rule, subject, owner);

	snprintf(c.gateway, sizeof(c.gateway), "%s", gateway);
	return c;
}

static void
fold_body(struct world *w, const struct transition *t, struct wall_time at)
{
	bool raised = t->kind == TRANSITION_RAISED;
	struct buf body = {0};
	struct err err;

	assert_int_equal(raised ? alert_raised_body(&body, t)
				: alert_resolved_body(&body, t),
			 0);
	assert_int_equal(
	    json_check(body.data, body.len, &JSON_LEDGER_LIMITS, &err), 0);
	assert_int_equal(
	    alert_machine_fold(w->m, raised ? "alert.raised" : "alert.resolved",
			       w->seq++, at, body.data, body.len),
	    0);
	buf_free(&body);
}

static void
fold_direct(struct world *w, const struct transition *t, struct wall_time at)
{
	struct alert alert = {.rule = t->condition.rule,
			      .severity = t->condition.severity,
			      .opened_at = at,
			      .seq = w->seq++,
			      .reasons = t->condition.reasons};

	if (t->kind == TRANSITION_RESOLVED) {
		alert_machine_close(w->m, t->alert.id);
		return;
	}
	snprintf(alert.id, sizeof(alert.id), "%s/%s",
		 alert_rule(alert.rule)->name, t->condition.subject);
	snprintf(alert.subject, sizeof(alert.subject), "%s",
		 t->condition.subject);
	snprintf(alert.owner, sizeof(alert.owner), "%s", t->condition.owner);
	snprintf(alert.gateway, sizeof(alert.gateway), "%s",
		 t->condition.gateway);
	assert_int_equal(alert_machine_open(w->m, &alert), 0);
}

static void
fold(struct world *w, const struct transition *t, struct wall_time at)
{
	if (t->kind == TRANSITION_REPEATED)
		return;
	if (w->bodies)
		fold_body(w, t, at);
	else
		fold_direct(w, t, at);
}

static void
note(struct world *w, int64_t second, const struct transition *t)
{
	static const char *const kinds[] = {"raised", "resolved", "repeated"};

	buf_printf(&w->log, "%" PRId64 " %s%s %s %zu\n", second, kinds[t->kind],
		   t->lead ? "*" : "", t->alert.id, t->count);
	if (t->lead)
		snprintf(w->text, sizeof(w->text), "%s", t->text);
}

static void
turn(struct world *w, int64_t second, const struct alert_condition *c, size_t n)
{
	struct wall_time now = wall_from_s(T0 + second), next;
	struct transition *t;
	size_t n_t, i;

	assert_int_equal(alert_machine_step(w->m, now, c, n, w->exists, NULL,
					    &t, &n_t, &next),
			 0);
	w->next = next.us == 0 ? -1 : wall_s(next) - T0;
	for (i = 0; i < n_t; i++) {
		note(w, second, &t[i]);
		if (!w->hold)
			fold(w, &t[i], now);
	}
	if (w->hold && n_t > 0) {
		assert_null(w->held);
		w->held = t;
		w->n_held = n_t;
	} else {
		free(t);
	}
}

/* The rows held back become durable. */
static void
release(struct world *w, int64_t second)
{
	size_t i;

	for (i = 0; i < w->n_held; i++)
		fold(w, &w->held[i], wall_from_s(T0 + second));
	free(w->held);
	w->held = NULL;
	w->n_held = 0;
}

static void
expect(struct world *w, const char *log)
{
	assert_string_equal(buf_text(&w->log), log);
	buf_reset(&w->log);
}

static void
a_warning_waits_for_its_window(void **state)
{
	struct alert_condition c =
	    condition(ALERT_SOURCE_STALE, "pricing", "finops");
	struct world w;

	world_init(&w);
	turn(&w, 0, &c, 1);
	expect(&w, "");
	assert_int_equal(w.next, 60);
	turn(&w, 59, &c, 1);
	expect(&w, "");
	turn(&w, 60, &c, 1);
	expect(&w, "60 raised* source-stale/pricing 1\n");
	assert_int_equal(w.next, -1);
	turn(&w, 90000, &c, 1);
	expect(&w, "");
	assert_int_equal(alert_machine_count(w.m), 1);
	assert_string_equal(alert_machine_at(w.m, 0)->id,
			    "source-stale/pricing");
	world_fini(&w);
}

static void
a_condition_must_hold_for_its_time(void **state)
{
	struct alert_condition c =
	    condition(ALERT_GATEWAY_UNREACHABLE, "cometapi", "");
	struct world w;

	world_init(&w);
	turn(&w, 0, &c, 1);
	assert_int_equal(w.next, 1800);
	turn(&w, 1799, &c, 1);
	turn(&w, 1799, NULL, 0);
	turn(&w, 1800, &c, 1); /* begins anew */
	assert_int_equal(w.next, 3600);
	turn(&w, 3600, &c, 1);
	assert_int_equal(w.next, 3660);
	expect(&w, "");
	turn(&w, 3660, &c, 1);
	expect(&w, "3660 raised* gateway-unreachable/cometapi 1\n");
	world_fini(&w);
}

static void
since_counts_towards_the_time(void **state)
{
	struct alert_condition c = condition(ALERT_SOURCE_LOST, "setup", "");
	struct world w;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	c.since = wall_from_s(T0 - 7000);
	turn(&w, 0, &c, 1);
	assert_int_equal(w.next, 200);
	turn(&w, 200, &c, 1);
	expect(&w, "200 raised* source-lost/setup 1\n");
	world_fini(&w);
}

static void
a_condition_that_began_anew_waits_anew(void **state)
{
	struct alert_condition c =
	    condition(ALERT_GATEWAY_UNREACHABLE, "g", "");
	struct world w;

	world_init(&w);
	c.since = wall_from_s(T0 - 1800);
	turn(&w, 0, &c, 1);
	assert_int_equal(w.next, 60);
	c.since = wall_from_s(T0 + 10);
	turn(&w, 10, &c, 1);
	assert_int_equal(w.next, 1810);
	turn(&w, 1810, &c, 1);
	expect(&w, "");
	assert_int_equal(w.next, 1870);
	world_fini(&w);
}

static void
the_configuration_may_change_the_time(void **state)
{
	struct alert_condition c =
	    condition(ALERT_GATEWAY_UNREACHABLE, "cometapi", "");
	struct world w;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	alert_machine_set_rule(w.m, ALERT_GATEWAY_UNREACHABLE, 0, 0);
	turn(&w, 0, &c, 1);
	expect(&w, "0 raised* gateway-unreachable/cometapi 1\n");
	alert_machine_set_rule(w.m, ALERT_GATEWAY_UNREACHABLE, -1, HOUR);
	turn(&w, 10, &c, 1);
	assert_int_equal(w.next, HOUR);
	turn(&w, HOUR, &c, 1);
	expect(&w, "3600 repeated* gateway-unreachable/cometapi 1\n");
	world_fini(&w);
}

static void
the_line_has_the_fixed_form(void **state)
{
	struct alert_condition c =
	    condition(ALERT_SOURCE_STALE, "cometapi-pricing", "pricing-owner");
	struct world w;

	world_init(&w);
	c.holds_workloads = 42;
	c.holds_owners = 5;
	snprintf(c.who, sizeof(c.who), "pricing-owner");
	snprintf(c.detail, sizeof(c.detail),
		 "not read today (4 reads 05:20-09:35Z, last: blocked)");
	turn(&w, 0, &c, 1);
	turn(&w, 60, &c, 1);
	assert_string_equal(
	    w.text,
	    "W source-stale cometapi-pricing: not read today (4 reads "
	    "05:20-09:35Z, last: blocked); holds 42 workloads of 5 owners; "
	    "can wait for office hours; who: pricing-owner; next: "
	    "evidencectl why cometapi-pricing");
	world_fini(&w);
}

static void
without_detail_the_rule_speaks(void **state)
{
	struct alert_condition c[2];
	struct world w;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	c[0] = condition(ALERT_OWNER_MISSING, "chat", "(unallocated)");
	c[0].holds_workloads = 1;
	turn(&w, 0, c, 1);
	assert_string_equal(
	    w.text,
	    "W owner-missing chat: the owner, environment, allocation rule "
	    "or follow-up owner is missing or expired; holds 1 workload; "
	    "can wait for office hours; who: whoever keeps the "
	    "configuration; next: evidencectl show chat");
	c[1] = condition(ALERT_OWNER_MISSING, "other", "(unallocated)");
	snprintf(c[1].who, sizeof(c[1].who), "finops");
	turn(&w, 1, c, 2);
	assert_string_equal(
	    w.text,
	    "W owner-missing other: the owner, environment, allocation rule "
	    "or follow-up owner is missing or expired; its cost stays out "
	    "of the budget review; can wait for office hours; who: finops; "
	    "next: evidencectl show other");
	world_fini(&w);
}

/* The name of the condition, else the words of the tables; of a group what is
 * true of all. */
static void
who_acts_is_a_name_where_all_have_it(void **state)
{
	const struct {
		const char *who[2];
		reason_set reasons[2];
		const char *says;
	} cases[] = {
	    {{"", ""},
	     {0, 0},
	     "; who: the workload's owner group, the "
	     "operator of evidenced or nobody yet; "},
	    {{"finops", "finops"}, {0, 0}, "; who: finops; "},
	    {{"finops", "team"},
	     {reason_bit(REASON_USAGE_NOT_VISIBLE),
	      reason_bit(REASON_LABEL_MISMATCH)},
	     "; who: the workload's owner group; "},
	    {{"finops", "the operator of evidenced"},
	     {reason_bit(REASON_USAGE_NOT_VISIBLE),
	      reason_bit(REASON_SURFACE_UNREACHABLE)},
	     "; who: several, see evidencectl todo; "},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct alert_condition c[] = {
		    condition(ALERT_USAGE_NOT_VISIBLE, "a", "x"),
		    condition(ALERT_USAGE_NOT_VISIBLE, "b", "x"),
		};
		struct world w;

		for (size_t k = 0; k < 2; k++) {
			snprintf(c[k].who, sizeof(c[k].who), "%s",
				 cases[i].who[k]);
			c[k].reasons = cases[i].reasons[k];
		}
		world_init(&w);
		alert_machine_set_group(w.m, 0);
		turn(&w, 0, c, 2);
		if (strstr(w.text, cases[i].says) == NULL)
			fail_msg("%s, not %s", w.text, cases[i].says);
		world_fini(&w);
	}
}

static void
a_group_is_one_line_with_a_count_and_five_names(void **state)
{
	struct alert_condition c[7];
	struct world w;
	char subject[2] = "a";
	size_t i;

	world_init(&w);
	for (i = 0; i < 7; i++, subject[0]++) {
		c[6 - i] =
		    condition_at(ALERT_HAPPY_PATH_FAILED, subject,
				 i == 0 ? "team-x" : "team-y", "cometapi");
		snprintf(c[6 - i].who, sizeof(c[0].who), "finops");
	}
	turn(&w, 0, &c[2], 5);
	turn(&w, 30, c, 7);
	turn(&w, 60, c, 7);
	expect(&w, "60 raised* happy-path-failed/a 7\n"
		   "60 raised happy-path-failed/b 7\n"
		   "60 raised happy-path-failed/c 7\n"
		   "60 raised happy-path-failed/d 7\n"
		   "60 raised happy-path-failed/e 7\n"
		   "60 raised happy-path-failed/f 7\n"
		   "60 raised happy-path-failed/g 7\n");
	assert_string_equal(
	    w.text,
	    "W happy-path-failed 7 workloads (a, b, c, d, e and 2 more): "
	    "the happy path did not come out as expected; "
	    "the day does not pass without a good run; can wait for office "
	    "hours; who: finops; next: evidencectl alerts");
	turn(&w, 61, NULL, 0);
	turn(&w, 121, NULL, 0);
	assert_string_equal(
	    w.text,
	    "R happy-path-failed 7 workloads (a, b, c, d, e and 2 more): "
	    "resolved (a good run); open for up to 1 min; nothing to do");
	assert_int_equal(alert_machine_count(w.m), 0);
	world_fini(&w);
}

static void
groups_are_of_one_rule_and_owner_or_gateway(void **state)
{
	const struct alert_condition c[] = {
	    condition_at(ALERT_OWNER_MISSING, "a", "x", "g1"),
	    condition_at(ALERT_OWNER_MISSING, "b", "x", "g2"),
	    condition_at(ALERT_OWNER_MISSING, "c", "y", "g1"),
	    condition_at(ALERT_EVIDENCE_GAP, "d", "x", "g1"),
	    condition_at(ALERT_EVIDENCE_GAP, "e", "y", "g1"),
	    condition_at(ALERT_EVIDENCE_GAP, "f", "x", "g2"),
	    condition_at(ALERT_EVIDENCE_GAP, "g", "x", ""),
	};
	struct world w;

	world_init(&w);
	turn(&w, 0, c, 7);
	turn(&w, 60, c, 7);
	expect(&w, "60 raised* owner-missing/a 2\n"
		   "60 raised owner-missing/b 2\n"
		   "60 raised* owner-missing/c 1\n"
		   "60 raised* evidence-gap/d 2\n"
		   "60 raised evidence-gap/e 2\n"
		   "60 raised* evidence-gap/f 1\n"
		   "60 raised* evidence-gap/g 1\n");
	world_fini(&w);
}

static void
a_later_one_gets_a_window_of_its_own(void **state)
{
	const struct alert_condition c[] = {
	    condition(ALERT_SOURCE_MISSING, "a", "x"),
	    condition(ALERT_SOURCE_MISSING, "b", "x"),
	};
	struct world w;

	world_init(&w);
	turn(&w, 0, c, 1);
	turn(&w, 60, c, 1);
	turn(&w, 70, c, 2);
	assert_int_equal(w.next, 130);
	turn(&w, 130, c, 2);
	expect(&w, "60 raised* source-missing/a 1\n"
		   "130 raised* source-missing/b 1\n");
	world_fini(&w);
}

static void
a_shared_detail_is_kept_in_the_group_line(void **state)
{
	struct alert_condition c[] = {
	    condition(ALERT_SOURCE_STALE, "a", "x"),
	    condition(ALERT_SOURCE_STALE, "b", "x"),
	};
	struct world w;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	snprintf(c[0].detail, sizeof(c[0].detail), "blocked since 05:20Z");
	snprintf(c[0].who, sizeof(c[0].who), "x");
	c[1] = c[0];
	c[1].subject[0] = 'b';
	turn(&w, 0, c, 2);
	assert_string_equal(
	    w.text,
	    "W source-stale 2 sources (a, b): blocked since 05:20Z; the "
	    "workloads that need a read of the day are held; can wait for "
	    "office hours; who: x; next: evidencectl alerts");
	world_fini(&w);
}

static void
critical_waits_for_nothing(void **state)
{
	const struct alert_condition c[] = {
	    condition(ALERT_ERROR_PATH_ACCEPTED, "a", "x"),
	    condition(ALERT_ERROR_PATH_ACCEPTED, "b", "x"),
	};
	struct world w;

	world_init(&w);
	turn(&w, 0, c, 2);
	expect(&w, "0 raised* error-path-accepted/a 2\n"
		   "0 raised error-path-accepted/b 2\n");
	assert_int_equal(w.next, 6 * HOUR);
	turn(&w, 5, &c[1], 1);
	expect(&w, "5 resolved* error-path-accepted/a 1\n");
	world_fini(&w);
}

static void
nothing_is_reported_twice_while_its_row_is_under_way(void **state)
{
	struct alert_condition c = condition(ALERT_SOURCE_STALE, "a", "x");
	struct world w;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	w.hold = true;
	turn(&w, 0, &c, 1);
	expect(&w, "0 raised* source-stale/a 1\n");
	turn(&w, 100, &c, 1);
	turn(&w, 200, NULL, 0); /* gone before its row is durable */
	expect(&w, "");
	assert_int_equal(alert_machine_count(w.m), 0);
	assert_null(alert_machine_find(w.m, "source-stale/a"));
	release(&w, 201);
	assert_int_equal(alert_machine_count(w.m), 1);
	turn(&w, 202, NULL, 0);
	expect(&w, "202 resolved* source-stale/a 1\n");
	turn(&w, 203, NULL, 0);
	turn(&w, 204, &c, 1); /* back before the end is durable */
	expect(&w, "");
	release(&w, 205);
	turn(&w, 206, &c, 1);
	expect(&w, "206 raised* source-stale/a 1\n");
	world_fini(&w);
}

static void
a_flap_within_the_window_is_no_line(void **state)
{
	struct alert_condition c = condition(ALERT_SOURCE_STALE, "a", "x");
	struct world w;

	world_init(&w);
	turn(&w, 0, &c, 1);
	turn(&w, 10, NULL, 0);
	turn(&w, 60, NULL, 0);
	turn(&w, 100, &c, 1);
	assert_int_equal(w.next, 160);
	turn(&w, 160, &c, 1);
	expect(&w, "160 raised* source-stale/a 1\n");
	turn(&w, 200, NULL, 0);
	assert_int_equal(w.next, 260);
	turn(&w, 250, &c, 1);
	assert_int_equal(w.next, -1);
	turn(&w, 270, NULL, 0);
	turn(&w, 300, NULL, 0);
	expect(&w, "");
	turn(&w, 330, NULL, 0);
	expect(&w, "330 resolved* source-stale/a 1\n");
	world_fini(&w);
}

static bool
only_b_exists(void *ctx, enum alert_rule_id rule, const char *subject)
{
	return strcmp(subject, "b") == 0;
}

static void
severities_do_not_share_a_line(void **state)
{
	struct alert_condition c[] = {
	    condition(ALERT_PROBE_CEILING, "a", "x"),
	    condition(ALERT_PROBE_CEILING, "b", "x"),
	    condition(ALERT_PROBE_CEILING, "c", "x"),
	};
	struct world w;

	world_init(&w);
	c[0].severity = SEVERITY_INFO;
	c[2].severity = SEVERITY_INFO;
	turn(&w, 0, c, 3);
	turn(&w, 60, c, 3);
	expect(&w, "60 raised* probe-ceiling/b 1\n"
		   "60 raised probe-ceiling/a 2\n"
		   "60 raised probe-ceiling/c 2\n");
	world_fini(&w);
}

static void
the_end_counts_from_the_oldest(void **state)
{
	const struct alert_condition c[] = {
	    condition(ALERT_SOURCE_STALE, "b", "x"),
	    condition(ALERT_SOURCE_STALE, "a", "x"),
	    condition(ALERT_SOURCE_STALE, "c", "x"),
	};
	struct world w;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	turn(&w, 0, c, 1);
	turn(&w, 600, c, 3);
	turn(&w, 12000, NULL, 0);
	assert_string_equal(
	    w.text,
	    "R source-stale 3 sources (a, b, c): resolved (a good read); "
	    "open for up to 3 h 20 min; nothing to do");
	world_fini(&w);
}

static void
a_subject_that_left_resolves_as_removed(void **state)
{
	const struct alert_condition c[] = {
	    condition(ALERT_SOURCE_STALE, "a", "x"),
	    condition(ALERT_SOURCE_STALE, "b", "x"),
	};
	struct world w;
	struct transition *t;
	struct wall_time next;
	size_t n;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	turn(&w, 0, c, 2);
	assert_int_equal(alert_machine_step(w.m, wall_from_s(T0 + 90061), NULL,
					    0, only_b_exists, NULL, &t, &n,
					    &next),
			 0);
	assert_int_equal(n, 2);
	assert_string_equal(t[0].alert.subject, "b");
	assert_string_equal(t[0].resolution, "cleared");
	assert_string_equal(
	    t[0].text,
	    "R source-stale b: resolved (a good read); was open 1 d 1 h; "
	    "nothing to do");
	assert_string_equal(t[1].alert.subject, "a");
	assert_string_equal(t[1].resolution, "subject_removed");
	assert_string_equal(
	    t[1].text,
	    "R source-stale a: resolved (it left the configuration); was "
	    "open 1 d 1 h; nothing to do");
	assert_true(t[0].lead && t[1].lead);
	free(t);
	world_fini(&w);
}

static void
an_unreachable_gateway_speaks_for_its_workloads(void **state)
{
	const struct alert_condition c[] = {
	    condition_at(ALERT_HAPPY_PATH_FAILED, "old", "x", "g1"),
	    condition(ALERT_GATEWAY_UNREACHABLE, "g1", ""),
	    condition_at(ALERT_HAPPY_PATH_FAILED, "new", "x", "g1"),
	    condition_at(ALERT_EVIDENCE_GAP, "new", "x", "g1"),
	    condition_at(ALERT_HAPPY_PATH_FAILED, "else", "x", "g2"),
	    condition_at(ALERT_USAGE_NOT_VISIBLE, "new", "x", "g1"),
	};
	struct world w;

	world_init(&w);
	alert_machine_set_rule(w.m, ALERT_GATEWAY_UNREACHABLE, 0, 0);
	turn(&w, 0, c, 1);
	turn(&w, 60, c, 1);
	expect(&w, "60 raised* happy-path-failed/old 1\n");
	/* In its window it inhibits already. */
	turn(&w, 100, c, 2);
	turn(&w, 100, c, 6);
	w.hold = true;
	turn(&w, 160, c, 6);
	expect(&w, "160 raised* happy-path-failed/else 1\n"
		   "160 raised* gateway-unreachable/g1 1\n"
		   "160 raised* usage-not-visible/new 1\n");
	turn(&w, 300, c, 6); /* its row is under way */
	expect(&w, "");
	release(&w, 300);
	w.hold = false;
	turn(&w, 301, c, 6);
	expect(&w, "");
	assert_non_null(alert_machine_find(w.m, "happy-path-failed/old"));
	/* An open one that clears resolves as ever. */
	turn(&w, 400, &c[1], 5);
	turn(&w, 460, &c[1], 5);
	expect(&w, "460 resolved* happy-path-failed/old 1\n");
	/* The gateway is back, and what still holds is said. */
	turn(&w, 500, &c[2], 4);
	turn(&w, 560, &c[2], 4);
	expect(&w, "560 resolved* gateway-unreachable/g1 1\n");
	turn(&w, 561, &c[2], 4);
	expect(&w, "561 raised* evidence-gap/new 1\n"
		   "561 raised* happy-path-failed/new 1\n");
	world_fini(&w);
}

/* What tells no more than that the host has no network, of any rule. */
static void
an_offline_host_keeps_back_what_is_marked(void **state)
{
	struct alert_condition c[] = {
	    condition(ALERT_HOST_OFFLINE, "evidenced", ""),
	    condition(ALERT_GATEWAY_UNREACHABLE, "g1", ""),
	    condition_at(ALERT_HAPPY_PATH_FAILED, "old", "x", "g1"),
	    condition_at(ALERT_HAPPY_PATH_FAILED, "a", "x", "g1"),
	    condition(ALERT_SOURCE_STALE, "p1", "x"),
	    condition(ALERT_SOURCE_STALE, "p2", "x"),
	};
	struct world w;

	world_init(&w);
	alert_machine_set_rule(w.m, ALERT_GATEWAY_UNREACHABLE, 0, 0);
	turn(&w, 0, &c[2], 1);
	turn(&w, 60, &c[2], 1);
	expect(&w, "60 raised* happy-path-failed/old 1\n");
	for (size_t i = 1; i < 5; i++)
		c[i].offline = true;
	/* Already while it is pending, and p2 is no part of it. */
	turn(&w, 100, c, 6);
	turn(&w, 160, c, 6);
	expect(&w, "160 raised* source-stale/p2 1\n");
	turn(&w, 1900, c, 6);
	turn(&w, 1960, c, 6);
	expect(&w, "1960 raised* host-offline/evidenced 1\n");
	assert_non_null(alert_machine_find(w.m, "happy-path-failed/old"));
	/* What fails for itself now is told. */
	c[1].offline = false;
	turn(&w, 2000, c, 6);
	expect(&w, "2000 raised* gateway-unreachable/g1 1\n");
	world_fini(&w);
}

static void
what_is_pending_keeps_back(void **state)
{
	const struct alert_condition c[] = {
	    condition(ALERT_GATEWAY_UNREACHABLE, "g1", ""),
	    condition_at(ALERT_HAPPY_PATH_FAILED, "a", "x", "g1"),
	};
	struct world w;

	world_init(&w);
	turn(&w, 0, c, 2);
	turn(&w, 60, c, 2);
	expect(&w, "");
	/* it was none: then the other is told */
	turn(&w, 120, &c[1], 1);
	expect(&w, "120 raised* happy-path-failed/a 1\n");
	world_fini(&w);
}

static void
critical_is_repeated_until_acknowledged(void **state)
{
	const struct alert_condition c[] = {
	    condition(ALERT_ERROR_PATH_ACCEPTED, "a", "x"),
	    condition(ALERT_ERROR_PATH_ACCEPTED, "b", "x"),
	};
	struct world w;
	int i;

	world_init(&w);
	turn(&w, 0, c, 2);
	buf_reset(&w.log);
	turn(&w, 6 * HOUR - 1, c, 2);
	expect(&w, "");
	turn(&w, 6 * HOUR + 40, c, 2); /* late, but on the grid */
	expect(&w, "21640 repeated* error-path-accepted/a 2\n");
	assert_string_equal(
	    w.text,
	    "C error-path-accepted 2 credentials (a, b): still open after "
	    "6 h 0 min: the gateway answered a request with an invalid "
	    "credential as if it were valid; spend cannot be traced to an "
	    "owner; scheduled probes have stopped; act now; who: the "
	    "gateway's administrator; next: evidencectl alerts");
	assert_int_equal(w.next, 12 * HOUR);
	alert_machine_find(w.m, "error-path-accepted/a")->acked_until =
	    wall_from_s(T0 + 20 * HOUR);
	alert_machine_find(w.m, "error-path-accepted/b")->silenced_until =
	    wall_from_s(T0 + 19 * HOUR);
	for (i = 7; i < 19; i++)
		turn(&w, i * HOUR, c, 2);
	expect(&w, "");
	turn(&w, 19 * HOUR, c, 2);
	expect(&w, "68400 repeated* error-path-accepted/b 1\n");
	turn(&w, 20 * HOUR, c, 2);
	expect(&w, "72000 repeated* error-path-accepted/a 1\n");
	turn(&w, 24 * HOUR, c, 2);
	expect(&w, "86400 repeated* error-path-accepted/a 2\n");
	world_fini(&w);
}

/* A full ledger takes no row, and still somebody must hear of it. */
static void
critical_is_repeated_while_it_cannot_be_a_row(void **state)
{
	struct alert_condition c = condition(ALERT_LEDGER_FULL, "ledger", "");
	struct world w;

	world_init(&w);
	w.hold = true;
	turn(&w, 0, &c, 1);
	expect(&w, "0 raised* ledger-full/ledger 1\n");
	w.hold = false;
	turn(&w, 6 * HOUR, &c, 1);
	expect(&w, "21600 repeated* ledger-full/ledger 1\n");
	release(&w, 7 * HOUR);
	turn(&w, 7 * HOUR, NULL, 0);
	expect(&w, "25200 resolved* ledger-full/ledger 1\n");
	world_fini(&w);
}

static void
a_silenced_end_is_quiet(void **state)
{
	struct alert_condition c =
	    condition(ALERT_ERROR_PATH_ACCEPTED, "a", "x");
	struct world w;

	world_init(&w);
	turn(&w, 0, &c, 1);
	alert_machine_find(w.m, "error-path-accepted/a")->silenced_until =
	    wall_from_s(T0 + HOUR);
	turn(&w, 10, NULL, 0);
	expect(&w, "0 raised* error-path-accepted/a 1\n"
		   "10 resolved error-path-accepted/a 1\n");
	world_fini(&w);
}

static void
the_silenced_do_not_speak_with_the_others(void **state)
{
	const struct alert_condition c[] = {
	    condition(ALERT_SOURCE_STALE, "a", "x"),
	    condition(ALERT_SOURCE_STALE, "b", "x"),
	};
	struct world w;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	turn(&w, 0, c, 2);
	buf_reset(&w.log);
	alert_machine_find(w.m, "source-stale/a")->silenced_until =
	    wall_from_s(T0 + HOUR);
	turn(&w, 10, NULL, 0);
	expect(&w, "10 resolved* source-stale/b 1\n"
		   "10 resolved source-stale/a 1\n");
	world_fini(&w);
}

static void
milder_follows_and_worse_is_said(void **state)
{
	struct alert_condition c = condition(ALERT_PROBE_CEILING, "a", "x");
	struct world w;

	world_init(&w);
	c.severity = SEVERITY_WARNING;
	turn(&w, 0, &c, 1);
	turn(&w, 60, &c, 1);
	expect(&w, "60 raised* probe-ceiling/a 1\n");
	c.severity = SEVERITY_INFO;
	turn(&w, 70, &c, 1);
	assert_int_equal(alert_machine_at(w.m, 0)->severity, SEVERITY_INFO);
	c.severity = SEVERITY_WARNING; /* no worse than its row says */
	turn(&w, 80, &c, 1);
	expect(&w, "");
	assert_int_equal(alert_machine_at(w.m, 0)->severity, SEVERITY_WARNING);
	c.severity = SEVERITY_CRITICAL;
	turn(&w, 90, &c, 1);
	expect(&w, "90 resolved probe-ceiling/a 1\n");
	turn(&w, 91, &c, 1);
	expect(&w, "91 raised* probe-ceiling/a 1\n");
	assert_non_null(strstr(w.text, "; act now; "));
	turn(&w, 92, &c, 1);
	expect(&w, "");
	world_fini(&w);
}

static void
an_info_alert_is_a_row_without_a_line(void **state)
{
	struct alert_condition c = condition(ALERT_PROBE_CEILING, "a", "x");
	struct world w;

	world_init(&w);
	c.severity = SEVERITY_INFO;
	turn(&w, 0, &c, 1);
	turn(&w, 60, &c, 1);
	expect(&w, "60 raised probe-ceiling/a 1\n");
	world_fini(&w);
}

static void
a_clock_that_steps_back_strands_nothing(void **state)
{
	struct alert_condition c[] = {
	    condition(ALERT_SOURCE_STALE, "a", "x"),
	    condition(ALERT_ERROR_PATH_ACCEPTED, "b", "x"),
	    condition(ALERT_GATEWAY_UNREACHABLE, "g", ""),
	};
	int64_t year = INT64_C(365) * 86400;
	struct world w;

	world_init(&w);
	c[2].since = wall_from_s(T0);
	turn(&w, 0, c, 3);
	buf_reset(&w.log);
	turn(&w, -year, c, 3);
	turn(&w, -year + 60, c, 3);
	expect(&w, "-31535940 raised* source-stale/a 1\n");
	turn(&w, -year + 1800, c, 3);
	turn(&w, -year + 1860, c, 3);
	expect(&w, "-31534140 raised* gateway-unreachable/g 1\n");
	turn(&w, -year + 6 * HOUR, c, 3);
	expect(&w, "-31514400 repeated* error-path-accepted/b 1\n");
	world_fini(&w);
}

/* What a restart folds from the rows is what was there. */
static void
a_restart_repeats_nothing(void **state)
{
	struct alert_condition c[] = {
	    condition_at(ALERT_SOURCE_STALE, "a", "x", "g"),
	    condition(ALERT_ERROR_PATH_ACCEPTED, "b", ""),
	};
	struct alert_machine *first;
	struct world w;
	size_t i;

	world_init(&w);
	w.bodies = true;
	alert_machine_set_group(w.m, 0);
	c[0].reasons = reason_bit(REASON_SOURCE_STALE) |
		       reason_bit(REASON_PRICING_NOT_SAME_DAY);
	turn(&w, 0, c, 2);
	expect(&w, "0 raised* error-path-accepted/b 1\n"
		   "0 raised* source-stale/a 1\n");
	first = w.m;
	w.m = alert_machine_new(GROUP_S);
	for (i = 0; i < 2; i++) {
		struct alert copy = *alert_machine_at(first, i);

		copy.repeated_at.us = 1; /* is not believed */
		assert_int_equal(alert_machine_open(w.m, &copy), 0);
	}
	assert_int_equal(alert_machine_at(w.m, 1)->reasons, c[0].reasons);
	assert_string_equal(alert_machine_at(w.m, 1)->gateway, "g");
	assert_string_equal(alert_machine_at(w.m, 1)->owner, "x");
	assert_string_equal(alert_machine_at(w.m, 1)->text, w.text);
	assert_string_equal(alert_machine_at(w.m, 0)->owner, "(unallocated)");
	assert_int_equal(alert_machine_at(w.m, 0)->opened_at.us,
			 wall_from_s(T0).us);
	alert_machine_free(first);
	turn(&w, 13 * HOUR, c, 2);
	turn(&w, 14 * HOUR, c, 2);
	expect(&w, "");
	assert_int_equal(w.next, 18 * HOUR);
	turn(&w, 18 * HOUR, c, 2);
	expect(&w, "64800 repeated* error-path-accepted/b 1\n");
	turn(&w, 19 * HOUR, NULL, 0);
	turn(&w, 19 * HOUR + 60, NULL, 0);
	expect(&w, "68400 resolved* error-path-accepted/b 1\n"
		   "68460 resolved* source-stale/a 1\n");
	assert_int_equal(alert_machine_count(w.m), 0);
	world_fini(&w);
}

/* A thousand workloads after a long stop: a few lines. */
static void
there_is_no_storm(void **state)
{
	enum { WORKLOADS = 1000, RULES = 3 };
	static const enum alert_rule_id rules[RULES] = {
	    ALERT_EVIDENCE_GAP, ALERT_USAGE_NOT_VISIBLE, ALERT_OWNER_MISSING};
	struct alert_condition *c = calloc(WORKLOADS * RULES, sizeof(*c));
	struct wall_time next;
	struct transition *t;
	size_t i, n, leads = 0;
	char subject[16], owner[16];
	struct world w;

	world_init(&w);
	for (i = 0; i < WORKLOADS * RULES; i++) {
		snprintf(subject, sizeof(subject), "w%04zu", i / RULES);
		snprintf(owner, sizeof(owner), "o%zu", i / RULES % 10);
		c[i] =
		    condition_at(rules[i % RULES], subject, owner, "cometapi");
	}
	turn(&w, 0, c, WORKLOADS * RULES);
	assert_int_equal(alert_machine_step(w.m, wall_from_s(T0 + 60), c,
					    WORKLOADS * RULES, NULL, NULL, &t,
					    &n, &next),
			 0);
	assert_int_equal(n, WORKLOADS * RULES);
	for (i = 0; i < n; i++)
		leads += t[i].lead;
	assert_int_equal(leads, 1 + 1 + 10);
	assert_true(w.m->n_buckets >= w.m->n_entries); /* short chains */
	free(t);
	free(c);
	world_fini(&w);
}

static void
a_line_is_cut_in_the_middle(void **state)
{
	struct alert_condition c[6];
	struct world w;
	size_t i;

	world_init(&w);
	alert_machine_set_group(w.m, 0);
	for (i = 0; i < 6; i++) {
		c[i] = condition(ALERT_CREDENTIAL_USED_ELSEWHERE, "", "x");
		memset(c[i].subject, 'a' + (int)i, ALERT_SUBJECT_MAX);
		memset(c[i].detail, 'd', sizeof(c[i].detail) - 1);
		memcpy(c[i].detail, "one\ntwo\x1b[31m\xff", 13);
	}
	turn(&w, 0, c, 6);
	assert_in_range(strlen(w.text), 600, ALERT_TEXT_MAX - 1);
	assert_true(text_is_utf8(w.text, strlen(w.text)));
	assert_null(strpbrk(w.text, "\n\x1b"));
	assert_non_null(strstr(w.text, "): one two [31m\xef\xbf\xbd"));
	assert_string_equal(w.text + strlen(w.text) -
				strlen("; next: evidencectl alerts"),
			    "; next: evidencectl alerts");
	world_fini(&w);
}

static struct transition
one_transition(struct alert_condition *c, struct world *w, int64_t second)
{
	struct wall_time next;
	struct transition *t, copy;
	size_t n;

	assert_int_equal(alert_machine_step(w->m, wall_from_s(T0 + second), c,
					    c == NULL ? 0 : 1, NULL, NULL, &t,
					    &n, &next),
			 0);
	assert_int_equal(n, 1);
	copy = *t;
	free(t);
	return copy;
}

static void
bodies_are_canonical(void **state)
{
	struct alert_condition c =
	    condition_at(ALERT_OWNER_MISSING, "chat", "", "cometapi");
	struct buf body = {0};
	struct transition t;
	struct world w;

	world_init(&w);
	w.bodies = true;
	alert_machine_set_group(w.m, 0);
	c.since = wall_from_s(T0 - 30);
	c.reasons =
	    reason_bit(REASON_RULE_MISSING) | reason_bit(REASON_OWNER_MISSING);
	c.evidence[0] = 7;
	c.evidence[1] = 12;
	c.n_evidence = 2;
	c.holds_workloads = 1;
	snprintf(c.detail, sizeof(c.detail), "no\towner\nhere");
	t = one_transition(&c, &w, 0);
	assert_int_equal(alert_raised_body(&body, &t), 0);
	assert_string_equal(
	    buf_text(&body),
	    "{\"count\":1,\"detail\":\"no owner here\",\"evidence\":[7,12],"
	    "\"gateway\":\"cometapi\",\"group\":\"owner-missing/chat\","
	    "\"holds_owners\":0,\"holds_workloads\":1,\"lead\":true,"
	    "\"owner\":\"(unallocated)\","
	    "\"reasons\":[\"OWNER_MISSING\",\"RULE_MISSING\"],"
	    "\"rule\":\"owner-missing\",\"severity\":\"warning\","
	    "\"since\":\"2026-07-02T23:59:30Z\",\"subject\":\"chat\","
	    "\"text\":\"W owner-missing chat: no owner here; holds 1 "
	    "workload; can wait for office hours; who: whoever keeps the "
	    "configuration; next: evidencectl show chat\","
	    "\"workload\":\"chat\"}");
	w.seq = 41;
	fold(&w, &t, wall_from_s(T0));
	t = one_transition(NULL, &w, 5);
	buf_reset(&body);
	assert_int_equal(alert_resolved_body(&body, &t), 0);
	assert_string_equal(
	    buf_text(&body),
	    "{\"count\":1,\"gateway\":\"cometapi\","
	    "\"group\":\"owner-missing/chat\",\"lead\":true,"
	    "\"owner\":\"(unallocated)\",\"raised_seq\":41,"
	    "\"reasons\":[\"OWNER_MISSING\",\"RULE_MISSING\"],"
	    "\"resolution\":\"cleared\",\"rule\":\"owner-missing\","
	    "\"severity\":\"warning\",\"subject\":\"chat\","
	    "\"text\":\"R owner-missing chat: resolved (a valid owner, "
	    "environment, rule and follow-up owner); was open 5 s; nothing "
	    "to do\",\"workload\":\"chat\"}");
	buf_free(&body);
	world_fini(&w);
}

static void
folding_refuses_what_is_no_alert(void **state)
{
	static const struct {
		const char *kind;
		const char *body;
		int want;
	} cases[] = {
	    {"note", "{}", 0},
	    {"alert.raised", "{}", ERR_INVALID},
	    {"alert.raised", "[", ERR_INVALID},
	    {"alert.raised", "{\"rule\":\"owner-missing\"}", ERR_INVALID},
	    {"alert.raised", "{\"rule\":\"owner-missing\",\"subject\":\"a\"}",
	     ERR_INVALID}, /* no severity */
	    {"alert.raised",
	     "{\"rule\":\"of-a-later-build\",\"subject\":\"a\"}", 0},
	    {"alert.resolved", "{\"rule\":\"owner-missing\",\"subject\":\"a\"}",
	     0},
	};
	struct alert_machine *m = alert_machine_new(GROUP_S);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    alert_machine_fold(m, cases[i].kind, i, wall_from_s(T0),
				       cases[i].body, strlen(cases[i].body)),
		    cases[i].want);
		assert_int_equal(alert_machine_count(m), 0);
	}
	alert_machine_free(m);
}

static void
open_alerts_are_in_order_of_seq(void **state)
{
	static const uint64_t seqs[] = {30, 10, 20, 5, 25};
	struct alert_machine *m = alert_machine_new(GROUP_S);
	struct alert alert = {.rule = ALERT_SOURCE_STALE};
	uint64_t last = 0;
	size_t i;

	for (i = 0; i < 5; i++) {
		snprintf(alert.subject, sizeof(alert.subject), "s%zu", i);
		snprintf(alert.id, sizeof(alert.id), "source-stale/s%zu", i);
		alert.seq = seqs[i];
		assert_int_equal(alert_machine_open(m, &alert), 0);
	}
	alert.seq = 1; /* the same alert, raised anew */
	assert_int_equal(alert_machine_open(m, &alert), 0);
	alert_machine_close(m, "source-stale/s2");
	alert_machine_close(m, "source-stale/none");
	assert_int_equal(alert_machine_count(m), 4);
	for (i = 0; i < 4; i++) {
		assert_true(alert_machine_at(m, i)->seq > last);
		last = alert_machine_at(m, i)->seq;
	}
	assert_int_equal(last, 30);
	alert_machine_free(m);
}

/* A random walk, judged by rules that share nothing with the machine. */
enum { WALK_SUBJECTS = 40, WALK_TURNS = 20000 };

struct walk {
	bool open[WALK_SUBJECTS];
	int64_t held_since[WALK_SUBJECTS]; /* -1: does not hold */
	int64_t gone_since[WALK_SUBJECTS];
};

static uint32_t
draw(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static size_t
walk_conditions(struct walk *walk, uint32_t *seed, int64_t second,
		struct alert_condition *c)
{
	static const enum alert_rule_id rules[] = {
	    ALERT_SOURCE_STALE, ALERT_OWNER_MISSING, ALERT_ERROR_PATH_ACCEPTED,
	    ALERT_QUOTA_EXHAUSTED};
	char subject[8], group[8];
	size_t i, n = 0;

	for (i = 0; i < WALK_SUBJECTS; i++) {
		if (draw(seed) % 50 == 0) {
			bool holds = walk->held_since[i] >= 0;

			walk->held_since[i] = holds ? -1 : second;
			walk->gone_since[i] = holds ? second : -1;
		}
		if (walk->held_since[i] < 0)
			continue;
		snprintf(subject, sizeof(subject), "%zu", i);
		snprintf(group, sizeof(group), "%zu", i % 3);
		c[n++] = condition_at(rules[i % 4], subject, group, group);
	}
	return n;
}

static void
check_walk(const struct walk *walk, int64_t second)
{
	size_t i;

	for (i = 0; i < WALK_SUBJECTS; i++) {
		int64_t wait = i % 4 == 2 ? 0 : GROUP_S;

		if (walk->held_since[i] >= 0 &&
		    second - walk->held_since[i] > wait + 1)
			assert_true(walk->open[i]);
		if (walk->gone_since[i] >= 0 &&
		    second - walk->gone_since[i] > wait + 1)
			assert_false(walk->open[i]);
	}
}

static void
a_random_walk_opens_and_closes_in_turn(void **state)
{
	struct alert_condition c[WALK_SUBJECTS];
	struct walk walk = {0};
	uint32_t seed = 20260703;
	int64_t second, leads = 0, rows = 0;
	struct world w;
	size_t i;

	world_init(&w);
	memset(walk.held_since, -1, sizeof(walk.held_since));
	memset(walk.gone_since, -1, sizeof(walk.gone_since));
	for (second = 0; second < WALK_TURNS; second++) {
		size_t n = walk_conditions(&walk, &seed, second, c), n_t;
		struct wall_time now = wall_from_s(T0 + second), next;
		struct transition *t;

		assert_int_equal(alert_machine_step(w.m, now, c, n, NULL, NULL,
						    &t, &n_t, &next),
				 0);
		for (i = 0; i < n_t; i++) {
			int subject = 0;

			if (t[i].kind == TRANSITION_REPEATED)
				continue;
			assert_int_equal(
			    sscanf(t[i].alert.subject, "%d", &subject), 1);
			assert_int_equal(walk.open[subject],
					 t[i].kind == TRANSITION_RESOLVED);
			walk.open[subject] = !walk.open[subject];
			leads += t[i].lead;
			rows++;
			fold_direct(&w, &t[i], now);
		}
		free(t);
		check_walk(&walk, second);
	}
	assert_true(rows > 2000 && leads < rows);
	world_fini(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_warning_waits_for_its_window),
	    cmocka_unit_test(a_condition_must_hold_for_its_time),
	    cmocka_unit_test(since_counts_towards_the_time),
	    cmocka_unit_test(a_condition_that_began_anew_waits_anew),
	    cmocka_unit_test(the_configuration_may_change_the_time),
	    cmocka_unit_test(the_line_has_the_fixed_form),
	    cmocka_unit_test(without_detail_the_rule_speaks),
	    cmocka_unit_test(who_acts_is_a_name_where_all_have_it),
	    cmocka_unit_test(a_group_is_one_line_with_a_count_and_five_names),
	    cmocka_unit_test(groups_are_of_one_rule_and_owner_or_gateway),
	    cmocka_unit_test(a_later_one_gets_a_window_of_its_own),
	    cmocka_unit_test(a_shared_detail_is_kept_in_the_group_line),
	    cmocka_unit_test(critical_waits_for_nothing),
	    cmocka_unit_test(
		nothing_is_reported_twice_while_its_row_is_under_way),
	    cmocka_unit_test(a_flap_within_the_window_is_no_line),
	    cmocka_unit_test(severities_do_not_share_a_line),
	    cmocka_unit_test(the_end_counts_from_the_oldest),
	    cmocka_unit_test(a_subject_that_left_resolves_as_removed),
	    cmocka_unit_test(an_unreachable_gateway_speaks_for_its_workloads),
	    cmocka_unit_test(an_offline_host_keeps_back_what_is_marked),
	    cmocka_unit_test(what_is_pending_keeps_back),
	    cmocka_unit_test(critical_is_repeated_until_acknowledged),
	    cmocka_unit_test(critical_is_repeated_while_it_cannot_be_a_row),
	    cmocka_unit_test(a_silenced_end_is_quiet),
	    cmocka_unit_test(the_silenced_do_not_speak_with_the_others),
	    cmocka_unit_test(milder_follows_and_worse_is_said),
	    cmocka_unit_test(an_info_alert_is_a_row_without_a_line),
	    cmocka_unit_test(a_clock_that_steps_back_strands_nothing),
	    cmocka_unit_test(a_restart_repeats_nothing),
	    cmocka_unit_test(there_is_no_storm),
	    cmocka_unit_test(a_line_is_cut_in_the_middle),
	    cmocka_unit_test(bodies_are_canonical),
	    cmocka_unit_test(folding_refuses_what_is_no_alert),
	    cmocka_unit_test(open_alerts_are_in_order_of_seq),
	    cmocka_unit_test(a_random_walk_opens_and_closes_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
