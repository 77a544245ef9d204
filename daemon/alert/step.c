/* One turn of the alert machine.
 *
 * Three passes over the entries, each linear: name (which conditions hold),
 * settle (pending, due, cleared), collect (the candidates for a line); then
 * group.c reports, and what was reported is in flight.  Nothing but marks of
 * time changes before all memory is there, so that a failed turn can be had
 * again.
 *
 * A wall clock may step back: an instant of ours that lies in the future is
 * taken as now, so that nothing waits for a year that already was. */
#include "alert/turn.h"

#include <stdlib.h>
#include <string.h>

enum { REPEAT_CRITICAL_S = 6 * 3600 };

/* Sets an instant once; never in the future. */
static void
mark(struct wall_time *at, struct wall_time now)
{
	if (at->us == 0 || at->us > now.us)
		*at = now;
}

typedef void entry_fn(struct turn *turn, struct alert_entry *entry);

/* fn may drop the entry it is given. */
static void
for_each(struct turn *turn, entry_fn *fn)
{
	struct alert_machine *m = turn->m;
	struct alert_entry *entry, *next;
	size_t i;

	for (i = 0; i < m->n_buckets; i++) {
		for (entry = m->buckets[i]; entry != NULL; entry = next) {
			next = entry->next;
			fn(turn, entry);
		}
	}
}

static void
forget_condition(struct turn *turn, struct alert_entry *entry)
{
	entry->condition = NULL;
}

static int
name(struct turn *turn, const struct alert_condition *conditions, size_t n)
{
	char id[2 * ALERT_SUBJECT_MAX];
	struct alert_entry *entry;
	size_t i;

	for_each(turn, forget_condition);
	for (i = 0; i < n; i++) {
		alert_id_set(id, conditions[i].rule, conditions[i].subject);
		entry = alert_store_take(turn->m, id, conditions[i].rule,
					 conditions[i].subject);
		if (entry == NULL)
			return ERR_NOMEM;
		if (entry->condition == NULL)
			entry->condition = &conditions[i];
	}
	return 0;
}

static void
settle_pending(struct turn *turn, struct alert_entry *entry)
{
	struct wall_time began, due;

	if (entry->condition == NULL) {
		alert_store_drop(turn->m, entry);
		return;
	}
	mark(&entry->first_seen, turn->now);
	began = entry->condition->since;
	if (began.us == 0 || began.us > turn->now.us)
		began = entry->first_seen;
	due = wall_later(began, turn->m->rule[entry->alert.rule].for_s);
	if (due.us <= turn->now.us) {
		mark(&entry->due_at, turn->now);
	} else {
		entry->due_at.us = 0;
		turn_call_again(turn, due);
	}
}

static void
settle_firing(struct turn *turn, struct alert_entry *entry)
{
	const struct alert_condition *condition = entry->condition;

	entry->escalates = false;
	if (condition == NULL) {
		mark(&entry->cleared_at, turn->now);
		return;
	}
	entry->cleared_at.us = 0;
	entry->escalates = condition->severity > entry->row_severity;
	if (!entry->escalates)
		entry->alert.severity = condition->severity;
}

static void
settle(struct turn *turn, struct alert_entry *entry)
{
	if (entry->state == ENTRY_PENDING)
		settle_pending(turn, entry);
	else if (entry->state == ENTRY_FIRING)
		settle_firing(turn, entry);
}

static bool
is_known(const struct alert_machine *m, enum alert_rule_id rule,
	 const char *subject)
{
	char id[2 * ALERT_SUBJECT_MAX];

	alert_id_set(id, rule, subject);
	return alert_store_find(m, id) != NULL;
}

/* Whether the host has no network or the entry's gateway is unreachable, or is
 * about to be called so: what one line will tell soon is not told by many
 * before. */
static bool
is_inhibited(const struct alert_machine *m, const struct alert_entry *entry)
{
	const char *gateway = entry->condition->gateway;

	if (entry->condition->offline &&
	    is_known(m, ALERT_HOST_OFFLINE, "evidenced"))
		return true;
	if (entry->alert.rule != ALERT_HAPPY_PATH_FAILED &&
	    entry->alert.rule != ALERT_EVIDENCE_GAP &&
	    !entry->condition->outage)
		return false;
	return gateway[0] != '\0' &&
	       is_known(m, ALERT_GATEWAY_UNREACHABLE, gateway);
}

static const char *
group_of(enum alert_rule_id rule, const char *owner, const char *gateway)
{
	return alert_rule(rule)->group_by == GROUP_BY_GATEWAY &&
		       gateway[0] != '\0'
		   ? gateway
		   : owner;
}

/* Nobody is to be told of it in a line of its own. */
static bool
is_quiet(const struct turn *turn, enum severity severity,
	 struct wall_time silenced_until)
{
	return severity == SEVERITY_INFO || silenced_until.us > turn->now.us;
}

static void
add_candidate(struct turn *turn, const struct candidate *candidate)
{
	turn->candidates[turn->n_candidates++] = *candidate;
}

static void
collect_raised(struct turn *turn, struct alert_entry *entry)
{
	const struct alert_condition *condition = entry->condition;
	struct wall_time silenced_until;

	if (entry->due_at.us == 0 || is_inhibited(turn->m, entry))
		return;
	silenced_until = alert_silenced_until(
	    turn->m, entry->alert.rule, entry->alert.subject, condition->owner);
	add_candidate(
	    turn,
	    &(struct candidate){
		.entry = entry,
		.kind = TRANSITION_RAISED,
		.rule = entry->alert.rule,
		.severity = condition->severity,
		.group = group_of(entry->alert.rule, condition->owner,
				  condition->gateway),
		.resolution = "",
		.since = entry->due_at,
		.quiet = is_quiet(turn, condition->severity, silenced_until),
	    });
}

static void
collect_resolved(struct turn *turn, struct alert_entry *entry)
{
	const struct alert *alert = &entry->alert;
	bool exists = turn->exists == NULL ||
		      turn->exists(turn->ctx, alert->rule, alert->subject);

	add_candidate(
	    turn,
	    &(struct candidate){
		.entry = entry,
		.kind = TRANSITION_RESOLVED,
		.rule = alert->rule,
		.severity =
		    entry->escalates ? SEVERITY_CRITICAL : alert->severity,
		.group = group_of(alert->rule, alert->owner, alert->gateway),
		.resolution = entry->escalates ? "escalated"
			      : exists	       ? "cleared"
					       : "subject_removed",
		.since = entry->escalates ? turn->now : entry->cleared_at,
		.quiet = entry->escalates || alert->untold ||
			 is_quiet(turn, alert->severity, alert->silenced_until),
	    });
}

/* 0: never. */
static int64_t
repeat_every_us(const struct turn *turn, const struct alert_entry *entry)
{
	int64_t every_s = turn->m->rule[entry->alert.rule].repeat_s;

	if (every_s == 0 && entry->condition->severity == SEVERITY_CRITICAL)
		every_s = REPEAT_CRITICAL_S;
	return every_s * USEC_PER_SEC;
}

/* The newest instant at which a repetition was due: a multiple of the
 * interval since the alert was opened. */
static struct wall_time
newest_repetition(const struct turn *turn, const struct alert_entry *entry,
		  int64_t every_us)
{
	struct wall_time at = entry->alert.opened_at;

	if (turn->now.us > at.us)
		at.us += (turn->now.us - at.us) / every_us * every_us;
	return at;
}

/* The instant of the next one.  What fell into a time when the daemon was not
 * there is not made up for. */
static struct wall_time
next_repetition(const struct turn *turn, struct alert_entry *entry,
		int64_t every_us)
{
	struct alert *alert = &entry->alert;
	struct wall_time at;

	if (alert->repeated_at.us == 0)
		alert->repeated_at = newest_repetition(turn, entry, every_us);
	mark(&alert->repeated_at, turn->now);
	at.us = alert->repeated_at.us + every_us;
	if (at.us < alert->acked_until.us)
		at = alert->acked_until;
	if (at.us < alert->silenced_until.us)
		at = alert->silenced_until;
	return at;
}

static void
collect_repeated(struct turn *turn, struct alert_entry *entry)
{
	int64_t every_us;
	struct wall_time at;

	if (entry->condition == NULL || entry->escalates)
		return;
	every_us = repeat_every_us(turn, entry);
	if (entry->alert.untold)
		at = entry->alert.silenced_until;
	else if (every_us != 0)
		at = next_repetition(turn, entry, every_us);
	else
		return;
	if (at.us > turn->now.us) {
		turn_call_again(turn, at);
		return;
	}
	add_candidate(turn, &(struct candidate){
				.entry = entry,
				.kind = TRANSITION_REPEATED,
				.rule = entry->alert.rule,
				.severity = entry->condition->severity,
				.group = group_of(entry->alert.rule,
						  entry->condition->owner,
						  entry->condition->gateway),
				.resolution = "",
				.since = at,
			    });
}

static void
collect(struct turn *turn, struct alert_entry *entry)
{
	switch (entry->state) {
	case ENTRY_PENDING:
		collect_raised(turn, entry);
		return;
	case ENTRY_RAISING:
		collect_repeated(turn, entry);
		return;
	case ENTRY_FIRING:
		if (entry->cleared_at.us != 0 || entry->escalates)
			collect_resolved(turn, entry);
		else
			collect_repeated(turn, entry);
		return;
	case ENTRY_RESOLVING:
		return;
	}
}

/* The state after the report; nothing here can fail. */
static void
set_in_flight(struct turn *turn, const struct candidate *it)
{
	struct alert_entry *entry = it->entry;
	struct alert *alert = &entry->alert;
	int64_t every_us;

	if (it->kind == TRANSITION_RESOLVED) {
		entry->state = ENTRY_RESOLVING;
		return;
	}
	if (it->kind == TRANSITION_RAISED) {
		entry->state = ENTRY_RAISING;
		alert->severity = entry->condition->severity;
		alert->opened_at = turn->now;
		alert->untold = it->quiet && alert->severity != SEVERITY_INFO;
		alert->silenced_until =
		    alert_silenced_until(turn->m, alert->rule, alert->subject,
					 entry->condition->owner);
		if (alert->untold)
			turn_call_again(turn, alert->silenced_until);
	} else {
		alert->untold = false;
	}
	every_us = repeat_every_us(turn, entry);
	if (every_us == 0)
		return;
	alert->repeated_at = newest_repetition(turn, entry, every_us);
	turn_call_again(turn, next_repetition(turn, entry, every_us));
}

static int
run(struct turn *turn)
{
	size_t i;
	int r;

	for_each(turn, settle);
	turn->candidates =
	    calloc(turn->m->n_entries + 1, sizeof(turn->candidates[0]));
	if (turn->candidates == NULL)
		return ERR_NOMEM;
	for_each(turn, collect);
	r = alert_group_report(turn);
	if (r < 0)
		return r;
	for (i = 0; i < turn->n_candidates; i++)
		set_in_flight(turn, &turn->candidates[i]);
	return 0;
}

int
alert_machine_step(struct alert_machine *m, struct wall_time now,
		   const struct alert_condition *conditions, size_t n,
		   alert_exists_fn *exists, void *ctx,
		   struct transition **ret_transitions, size_t *ret_n,
		   struct wall_time *ret_next)
{
	struct turn turn = {.m = m, .now = now, .exists = exists, .ctx = ctx};
	int r = name(&turn, conditions, n);

	if (r == 0)
		r = run(&turn);
	free(turn.candidates);
	if (r < 0 || turn.n_out == 0) {
		free(turn.out);
		turn.out = NULL;
	}
	if (r < 0)
		return r;
	*ret_transitions = turn.out;
	*ret_n = turn.n_out;
	*ret_next = turn.next;
	return 0;
}
