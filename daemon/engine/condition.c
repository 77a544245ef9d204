/* What is wrong now, as conditions for the alert machine, and its
 * transitions as rows.
 *
 * Conditions come from facts (so that they appear early) and from the
 * reasons of the newest records (so that no record stays non-pass without
 * its alert).  Both name the same rule and subject, and are merged. */
#include "engine/condition.h"
#include "engine/state.h"
#include "govern/govern.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

/* The condition of this rule and subject, made when there is none yet.
 * NULL: no memory (said once a turn by the caller). */
struct alert_condition *
condition_add(struct conditions *list, enum alert_rule_id rule,
	      const char *subject)
{
	char key[2 * ALERT_SUBJECT_MAX];
	struct alert_condition *c;
	size_t i;

	snprintf(key, sizeof(key), "%s/%s", alert_rule(rule)->name, subject);
	if (map_get(&list->index, key, &i))
		return &list->at[i];
	if (list->n == list->cap) {
		size_t cap = list->cap == 0 ? 64 : 2 * list->cap;

		c = realloc(list->at, cap * sizeof(*c));
		if (c == NULL) {
			list->failed = true;
			return NULL;
		}
		list->at = c;
		list->cap = cap;
	}
	if (!map_put(&list->index, key, list->n)) {
		list->failed = true;
		return NULL;
	}
	c = &list->at[list->n++];
	*c = (struct alert_condition){.rule = rule,
				      .severity = alert_rule(rule)->severity};
	snprintf(c->subject, sizeof(c->subject), "%s", subject);
	return c;
}

void
condition_evidence(struct alert_condition *c, uint64_t seq)
{
	if (c == NULL || seq == 0 || c->n_evidence == ALERT_EVIDENCE_MAX)
		return;
	for (size_t i = 0; i < c->n_evidence; i++) {
		if (c->evidence[i] == seq)
			return;
	}
	c->evidence[c->n_evidence++] = seq;
}

/* A sentence goes on as a part of the alert's line: what ends with a full stop
 * has a capital that is to go, too. */
void
condition_detail(struct alert_condition *c, const char *text)
{
	const size_t len = strlen(text);

	if (c == NULL || c->detail[0] != '\0')
		return;
	if (len > 0 && text[len - 1] == '.')
		snprintf(c->detail, sizeof(c->detail), "%c%.*s",
			 tolower((unsigned char)text[0]), (int)len - 2,
			 text + 1);
	else
		snprintf(c->detail, sizeof(c->detail), "%s", text);
}

void
condition_again(struct conditions *list, struct wall_time t)
{
	if (t.us < list->again.us)
		list->again = t;
}

/* An unknown clock matters only to who requires a synchronised one. */
static bool
clock_is_wrong(const struct engine *e)
{
	if (e->clock != ENGINE_CLOCK_UNKNOWN)
		return e->clock == ENGINE_CLOCK_BAD;
	for (size_t i = 0; i < e->n_duties; i++) {
		if (e->duties[i].w->require_clock_sync)
			return true;
	}
	return false;
}

static void
add_clock(struct engine *e, struct conditions *list)
{
	struct wall_time since =
	    e->clock_since.us != 0 ? e->clock_since : e->started_at;
	struct alert_condition *c;

	if (!clock_is_wrong(e))
		return;
	c = condition_add(list, ALERT_CLOCK_UNSYNCHRONISED, "evidenced");
	if (c != NULL)
		c->since = since; /* the rule waits its 15 minutes */
}

/* Before the journal was asked after a start, nothing has ended. */
static void
keep_mirror(struct engine *e, struct conditions *list)
{
	static const enum alert_rule_id rules[] = {ALERT_LEDGER_DAMAGED,
						   ALERT_JOURNAL_UNCONFIRMED};
	char id[80];

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		snprintf(id, sizeof(id), "%s/evidenced",
			 alert_rule(rules[i])->name);
		if (alert_machine_find(e->view->alerts, id) != NULL)
			condition_add(list, rules[i], "evidenced");
	}
}

static void
add_mirror(struct engine *e, struct conditions *list)
{
	const struct engine_mirror *m = &e->mirror;
	struct alert_condition *c;

	if (!m->followed)
		keep_mirror(e, list);
	if (m->conflicts > 0) {
		c = condition_add(list, ALERT_LEDGER_DAMAGED, "evidenced");
		if (c != NULL)
			snprintf(c->detail, sizeof(c->detail),
				 "the journal holds another row %" PRIu64
				 " under our own uid (%" PRIu64 " entr%s)",
				 m->conflict_seq, m->conflicts,
				 m->conflicts == 1 ? "y" : "ies");
	}
	if (m->unconfirmed_since.us == 0)
		return;
	c = condition_add(list, ALERT_JOURNAL_UNCONFIRMED, "evidenced");
	if (c == NULL)
		return;
	c->since = m->unconfirmed_since; /* the rule waits its 10 minutes */
	snprintf(c->detail, sizeof(c->detail),
		 "not read back from row %" PRIu64 " on%s%s", m->confirmed,
		 m->why[0] == '\0' ? "" : ": ", m->why);
}

/* The daemon itself: configuration, clock, disk, journal, secrets. */
static void
add_daemon(struct engine *e, struct conditions *list)
{
	struct view *v = e->view;
	struct alert *open;
	struct alert_condition *c;

	if (v->config_rejected) {
		c = condition_add(list, ALERT_CONFIG_REJECTED, "evidenced");
		condition_detail(c, v->config_rejected_text);
		condition_evidence(c, v->config_rejected_seq);
	}
	if (e->ledger_full) {
		c = condition_add(list, ALERT_LEDGER_FULL, "evidenced");
		condition_detail(c, e->full_words + strlen(LEDGER_FULL));
	}
	add_clock(e, list);
	add_mirror(e, list);
	/* Stays until a person notes the rotation. */
	open = alert_machine_find(v->alerts, "secret-blocked/evidenced");
	if (open != NULL && strcmp(v->noted, open->id) == 0 &&
	    v->noted_seq > open->seq)
		e->secret_seen = false;
	else if (open != NULL)
		e->secret_seen = true;
	if (e->secret_seen) {
		c = condition_add(list, ALERT_SECRET_BLOCKED, "evidenced");
		condition_detail(c, e->secret_where);
	}
}

static bool
exists_credential(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (strcmp(c->workloads[i].credential, name) == 0)
			return true;
	}
	return false;
}

static bool
exists_metric(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (strcmp(c->workloads[i].metric_name, name) == 0)
			return true;
	}
	return false;
}

static bool
exists_rule(const struct config *c, const char *id)
{
	for (size_t i = 0; i < c->n_workloads; i++) {
		if (strcmp(c->workloads[i].rule_id, id) == 0)
			return true;
	}
	return false;
}

static bool
exists(void *ctx, enum alert_rule_id rule, const char *subject)
{
	const struct config *c = ctx;

	switch (alert_rule(rule)->subject) {
	case SUBJECT_WORKLOAD:
		return config_workload(c, subject) != NULL;
	case SUBJECT_SOURCE:
		return config_source(c, subject) != NULL;
	case SUBJECT_GATEWAY:
		return config_gateway(c, subject) != NULL;
	case SUBJECT_CREDENTIAL:
		return exists_credential(c, subject);
	case SUBJECT_METRIC:
		return exists_metric(c, subject);
	case SUBJECT_RULE:
		return exists_rule(c, subject);
	default:
		return true;
	}
}

static void
emit_transition(struct engine *e, const struct transition *t)
{
	bool raised = t->kind == TRANSITION_RAISED;
	char nonce[RUN_ID_LEN + 1], id[ROW_ID_MAX + 1];
	struct buf body = {0};
	int r;

	if (t->kind == TRANSITION_REPEATED) {
		emit_line(e, t->condition.rule, t->condition.subject, t->text);
		return;
	}
	/* What the full disk keeps from the ledger is said at once; the row
	 * follows when writing works. */
	if (raised && t->condition.rule == ALERT_LEDGER_FULL)
		emit_line(e, ALERT_LEDGER_FULL, t->condition.subject, t->text);
	emit_nonce(e, nonce);
	snprintf(id, sizeof(id), "alert.%s", nonce);
	r = raised ? alert_raised_body(&body, t)
		   : alert_resolved_body(&body, t);
	if (r == 0)
		emit_row(e, raised ? "alert.raised" : "alert.resolved", id,
			 e->now.wall, &body, NULL);
	else
		emit_say(e, LOG_ERR, "alert %s: cannot be made a row",
			 raised ? t->condition.subject : t->alert.subject);
	buf_free(&body);
}

int64_t
condition_grace_s(const struct engine *e, enum alert_rule_id rule)
{
	const struct alert_param *p =
	    config_alert(engine_conf(e), alert_rule(rule)->name);

	return p != NULL && p->grace_s >= 0 ? p->grace_s
					    : engine_conf(e)->grace_s;
}

/* All of them: a reload may have taken one away. */
static void
apply_parameters(struct engine *e)
{
	for (int i = 0; i < ALERT_RULES; i++) {
		enum alert_rule_id rule = (enum alert_rule_id)i;
		const struct alert_param *p =
		    config_alert(engine_conf(e), alert_rule(rule)->name);

		alert_machine_set_rule(e->view->alerts, rule,
				       p == NULL ? -1 : p->for_s,
				       p == NULL ? 0 : p->repeat_s);
	}
}

static void
run_machine(struct engine *e, struct conditions *list)
{
	struct transition *t = NULL;
	struct wall_time next = {0};
	size_t n = 0;

	if (list->failed ||
	    alert_machine_step(e->view->alerts, e->now.wall, list->at, list->n,
			       exists, (void *)engine_conf(e), &t, &n,
			       &next) < 0) {
		emit_say(e, LOG_ERR, "no memory to look after alerts");
		return;
	}
	e->transitions = t;
	e->n_transitions = n;
	e->transitions_told = 0;
	e->alerts_at = next.us == 0 ? WALL_NEVER : next;
	if (list->again.us < e->alerts_at.us)
		e->alerts_at = list->again;
}

/* Makes rows of what the machine found, some in each turn: a thousand at once
 * would keep the loop from all else. */
static void
tell_transitions(struct engine *e)
{
	size_t most = e->transitions_told + TRANSITIONS_A_TURN;

	while (e->transitions_told < e->n_transitions &&
	       e->transitions_told < most)
		emit_transition(e, &e->transitions[e->transitions_told++]);
	if (e->transitions_told < e->n_transitions) {
		engine_want_mono(e, e->now.mono);
		return;
	}
	conditions_free(e);
}

void
conditions_free(struct engine *e)
{
	free(e->transitions);
	e->transitions = NULL;
	e->n_transitions = 0;
}

/* The gravest reason says who acts, as it does in why and todo. */
static void
name_who(struct engine *e, struct alert_condition *c)
{
	const struct config *config = engine_conf(e);
	const struct workload *w = config_workload(config, c->workload);
	const struct view_workload *v =
	    w == NULL ? NULL : view_workload(e->view, w->label);
	const struct source *source =
	    alert_rule(c->rule)->subject == SUBJECT_SOURCE
		? config_source(config, c->subject)
		: NULL;

	if (c->reasons != 0)
		snprintf(c->who, sizeof(c->who), "%s",
			 govern_who(config, w, source,
				    v == NULL ? "" : v->cap.role,
				    reason_first(c->reasons)));
}

void
conditions_step(struct engine *e)
{
	struct conditions list = {.again = WALL_NEVER};

	if (e->ledger_damaged || !e->started)
		return;
	if (e->n_transitions > 0) {
		tell_transitions(e);
		return;
	}
	if (!e->alerts_dirty && e->now.wall.us < e->alerts_at.us) {
		engine_want_wall(e, e->alerts_at);
		return;
	}
	/* A burst of rows is looked at once. */
	if (e->now.mono.us < e->conditions_not_before.us) {
		engine_want_mono(e, e->conditions_not_before);
		return;
	}
	e->conditions_not_before.us =
	    e->now.mono.us + CONDITIONS_PAUSE_MS * 1000;
	e->alerts_dirty = false;
	e->alerts_at = WALL_NEVER;
	apply_parameters(e);
	add_daemon(e, &list);
	conditions_of_sources(e, &list);
	conditions_of_workloads(e, &list);
	conditions_of_gateways(e, &list);
	conditions_of_network(e, &list);
	for (size_t i = 0; i < list.n; i++)
		name_who(e, &list.at[i]);
	run_machine(e, &list);
	tell_transitions(e);
	engine_want_wall(e, e->alerts_at);
	free(list.at);
	map_free(&list.index);
}
