/* The alert state machine: conditions in, transitions out.
 *
 * Each turn the caller names every condition that holds now.  The machine
 * remembers which are open (folded from alert rows), waits for `for`,
 * groups what belongs together, inhibits, and returns the transitions that
 * must become rows.  It does no I/O and keeps no clock.  A condition that
 * is simply no longer named resolves. */
#ifndef ALERT_MACHINE_H
#define ALERT_MACHINE_H

#include "alert/rule.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wall.h"
#include "verdict/reason.h"

enum { ALERT_SUBJECT_MAX = 64, ALERT_TEXT_MAX = 700, ALERT_EVIDENCE_MAX = 8 };

/* Something that is wrong now. */
struct alert_condition {
	enum alert_rule_id rule;
	char subject[ALERT_SUBJECT_MAX + 1];
	char owner[ALERT_SUBJECT_MAX + 1];   /* "" = unallocated */
	char gateway[ALERT_SUBJECT_MAX + 1]; /* for grouping and inhibition */
	char workload[ALERT_SUBJECT_MAX + 1]; /* for the journal field, or "" */
	enum severity severity;	  /* usually the rule's */
	struct wall_time since;	  /* when the condition began */
	reason_set reasons;
	uint64_t evidence[ALERT_EVIDENCE_MAX];
	size_t n_evidence;
	int holds_workloads;	  /* how many it blocks, 0 = not counted */
	int holds_owners;
	char detail[240];	  /* after the colon: "not read today (...)" */
};

/* An alert that is open. */
struct alert {
	char id[2 * ALERT_SUBJECT_MAX]; /* "<rule>/<subject>" */
	enum alert_rule_id rule;
	char subject[ALERT_SUBJECT_MAX + 1];
	char owner[ALERT_SUBJECT_MAX + 1];
	enum severity severity;
	struct wall_time opened_at;
	uint64_t seq; /* of its alert.raised */
	reason_set reasons;
	struct wall_time repeated_at; /* newest repetition (critical) */
	struct wall_time acked_until; /* 0: not acked */
	struct wall_time silenced_until;
	char text[ALERT_TEXT_MAX];
};

enum transition_kind { TRANSITION_RAISED, TRANSITION_RESOLVED };

struct transition {
	enum transition_kind kind;
	struct alert_condition condition; /* raised: what holds */
	struct alert alert;		  /* resolved: what was open */
	const char *resolution; /* "cleared", "subject_removed" */
	bool lead;		/* first of its group: this row carries the
				   operator's line; the others are quiet */
	char text[ALERT_TEXT_MAX]; /* the line; for a group, with the count
				      and five names */
};

struct alert_machine;

struct alert_machine *alert_machine_new(int64_t group_s);
void alert_machine_free(struct alert_machine *m);
void alert_machine_set_group(struct alert_machine *m, int64_t group_s);

/* Fold: what a durable alert row says.  Also used when replaying. */
int alert_machine_open(struct alert_machine *m, const struct alert *alert);
void alert_machine_close(struct alert_machine *m, const char *id);
struct alert *alert_machine_find(struct alert_machine *m, const char *id);
/* Open alerts in order of seq; valid until the next change. */
const struct alert *alert_machine_at(const struct alert_machine *m, size_t i);
size_t alert_machine_count(const struct alert_machine *m);

/* One turn.  `conditions` are all that hold now; `exists` tells whether a
 * subject is still configured.  Transitions (malloc'd array, caller frees)
 * are reported once: until the caller folds them back with
 * alert_machine_open()/close(), they are "in flight" and not repeated.
 * *ret_next is when to call again even if nothing happens (a `for` or group
 * window that ends); 0 when never. */
typedef bool alert_exists_fn(void *ctx, enum alert_rule_id rule,
    const char *subject);
int alert_machine_step(struct alert_machine *m, struct wall_time now,
    const struct alert_condition *conditions, size_t n,
    alert_exists_fn *exists, void *ctx, struct transition **ret_transitions,
    size_t *ret_n, struct wall_time *ret_next);

/* The body of alert.raised / alert.resolved, canonical JSON. */
int alert_raised_body(struct buf *out, const struct transition *t);
int alert_resolved_body(struct buf *out, const struct transition *t);

#endif
