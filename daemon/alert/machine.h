/* The alert state machine: conditions in, transitions out.
 *
 * Each turn the caller names every condition that holds now.  The machine
 * remembers which are open (folded from alert rows), waits for `for`,
 * groups what belongs together, inhibits, and returns the transitions that
 * must become rows.  It does no I/O and keeps no clock.  A condition that
 * is simply no longer named resolves.
 *
 *   ok -> pending (`for`) -> waiting (the group's window) -> raising (the row
 *   is under way) -> firing -> clearing (window) -> resolving -> ok
 *
 * - What the operator reads is one line for each rule, severity and owner or
 *   gateway within the window; every alert of it still has its own row, but
 *   only the lead's carries the line.  Critical alerts wait for no window.
 * - A gateway that is unreachable, or will be called so when its time is over,
 *   keeps back happy-path-failed and evidence-gap of its workloads, and what
 *   the caller marks as `outage`; what was open before stays open.
 * - A host without a network keeps back all that tells no more than that: what
 *   the caller marks as `offline`.
 * - A critical alert is repeated every six hours, in the journal only, until
 *   somebody acknowledges or silences it.  Repetitions fall on multiples of
 *   the interval since it was opened, so that a restart repeats nothing.
 * - A condition that grows more severe than its row says closes as
 *   "escalated", without a line, and is raised anew; one that grows milder
 *   just follows.
 * - Acknowledging and silencing change lines, never states.  An alert that is
 *   raised while a silence fits it has its line when no silence fits any more;
 *   when it ends before, neither has one.
 * - What is no more than information gets none either: it is in the digest of
 *   the day. */
#ifndef ALERT_MACHINE_H
#define ALERT_MACHINE_H

#include "alert/rule.h"
#include "alert/silence.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/wall.h"
#include "verdict/reason.h"

enum { ALERT_SUBJECT_MAX = 64, ALERT_TEXT_MAX = 700, ALERT_EVIDENCE_MAX = 8 };

/* Something that is wrong now. */
struct alert_condition {
	enum alert_rule_id rule;
	char subject[ALERT_SUBJECT_MAX + 1];
	char owner[ALERT_SUBJECT_MAX + 1];    /* "" = unallocated */
	char gateway[ALERT_SUBJECT_MAX + 1];  /* for grouping and inhibition */
	char workload[ALERT_SUBJECT_MAX + 1]; /* for the journal field, or "" */
	char who[ALERT_SUBJECT_MAX + 1];      /* who acts; "": as the rule has
						 it */
	enum severity severity;		      /* usually the rule's */
	struct wall_time since; /* when the condition began; 0: now */
	reason_set reasons;
	uint64_t evidence[ALERT_EVIDENCE_MAX];
	size_t n_evidence;
	int holds_workloads; /* how many it blocks, 0 = not counted */
	int holds_owners;
	bool outage;  /* gateway-unreachable of its gateway tells it as well */
	bool offline; /* host-offline tells it as well */
	char detail[240]; /* after the colon: "not read today (...)" */
};

/* An alert that is open. */
struct alert {
	char id[2 * ALERT_SUBJECT_MAX]; /* "<rule>/<subject>" */
	enum alert_rule_id rule;
	char subject[ALERT_SUBJECT_MAX + 1];
	char owner[ALERT_SUBJECT_MAX + 1];
	char gateway[ALERT_SUBJECT_MAX + 1];
	char workload[ALERT_SUBJECT_MAX + 1];
	enum severity severity;
	struct wall_time opened_at;
	uint64_t seq; /* of its alert.raised */
	reason_set reasons;
	struct wall_time repeated_at; /* kept by the machine */
	struct wall_time acked_until; /* 0: not acked */
	uint64_t acked_seq;	      /* of its newest alert.acked */
	char acked_role[ALERT_SUBJECT_MAX + 1];
	struct wall_time silenced_until; /* by all silences that fit; 0: none */
	bool untold;	  /* its line waits for the end of a silence */
	const char *text; /* of its row; NULL: none; the machine has its own */
};

enum transition_kind {
	TRANSITION_RAISED,   /* becomes an alert.raised row */
	TRANSITION_RESOLVED, /* becomes an alert.resolved row */
	TRANSITION_REPEATED  /* a line for the journal only, never a row: the
				alert is the same one, still open */
};

struct transition {
	enum transition_kind kind;
	struct alert_condition condition; /* raised, repeated: what holds */
	struct alert alert;		  /* resolved, repeated: what is open */
	const char *resolution; /* "cleared", "subject_removed", "escalated" */
	bool lead;		/* first of its group: this row carries the
				   operator's line; the others are quiet */
	char group[2 * ALERT_SUBJECT_MAX]; /* id of the lead */
	size_t count;			   /* how many share the line */
	char text[ALERT_TEXT_MAX]; /* the line; for a group, with the count
				      and five names */
};

struct alert_machine;

/* NULL when memory is short. */
struct alert_machine *alert_machine_new(int64_t group_s);
void alert_machine_free(struct alert_machine *m);
void alert_machine_set_group(struct alert_machine *m, int64_t group_s);
/* What the configuration says of a rule; for_s < 0: the table's, repeat_s
 * <= 0: six hours for a critical alert, never for another. */
void alert_machine_set_rule(struct alert_machine *m, enum alert_rule_id rule,
			    int64_t for_s, int64_t repeat_s);

/* Fold: what a durable alert row says.  Also used when replaying. */
int alert_machine_open(struct alert_machine *m, const struct alert *alert);
void alert_machine_close(struct alert_machine *m, const char *id);
/* After a replay: what a silence kept back that was over by then was told by
 * the process which wrote the newest row. */
void alert_machine_resume(struct alert_machine *m, struct wall_time newest_row);
/* A silence takes the place of one with the same matcher. */
int alert_machine_add_silence(struct alert_machine *m,
			      const struct alert_silence *silence);
void alert_machine_unsilence(struct alert_machine *m,
			     const struct alert_matcher *matcher);
/* The same, from the row itself: of alert.raised, .resolved, .acked,
 * .silenced and .unsilenced; any other kind only lets silences go that were
 * over by then (0).  ERR_INVALID for a body that names no rule or subject; a
 * rule that this build does not know is skipped (0): a ledger outlives its
 * rules. */
int alert_machine_fold(struct alert_machine *m, const char *kind, uint64_t seq,
		       struct wall_time at, const char *body, size_t body_len);
struct alert *alert_machine_find(struct alert_machine *m, const char *id);
/* The id of the open alert that may have been meant; NULL: none is near. */
const char *alert_machine_nearest(const struct alert_machine *m,
				  const char *id);
/* Open alerts in order of seq; valid until the next change. */
const struct alert *alert_machine_at(const struct alert_machine *m, size_t i);
size_t alert_machine_count(const struct alert_machine *m);
/* Silences, oldest first; some may be over.  Valid until the next change. */
const struct alert_silence *
alert_machine_silence_at(const struct alert_machine *m, size_t i);
size_t alert_machine_silence_count(const struct alert_machine *m);
/* How many open alerts a silence with this matcher mutes. */
size_t alert_machine_count_fitting(const struct alert_machine *m,
				   const struct alert_matcher *matcher);
/* The one with this matcher, or NULL. */
const struct alert_silence *
alert_machine_silence(const struct alert_machine *m,
		      const struct alert_matcher *matcher);

/* One turn.  `conditions` are all that hold now, at most one for each rule
 * and subject (of two the first counts); `exists` (NULL: always) tells
 * whether a subject is still configured.
 *
 * Transitions (malloc'd array, caller frees; NULL when there is none) are
 * reported once: until the caller folds them back with alert_machine_open()
 * or close(), they are "in flight" and not repeated.  A step after each fold
 * sees what changed meanwhile.
 *
 * *ret_next is when to call again even if nothing happens (a `for`, a group
 * window or an interval of repetition that ends); 0 when never.
 * ERR_NOMEM: nothing was reported, and nothing is lost. */
typedef bool alert_exists_fn(void *ctx, enum alert_rule_id rule,
			     const char *subject);
int alert_machine_step(struct alert_machine *m, struct wall_time now,
		       const struct alert_condition *conditions, size_t n,
		       alert_exists_fn *exists, void *ctx,
		       struct transition **ret_transitions, size_t *ret_n,
		       struct wall_time *ret_next);

/* The body of alert.raised / alert.resolved, canonical JSON, appended.
 * ERR_INVALID when a text is not fit for a row, ERR_NOMEM. */
int alert_raised_body(struct buf *out, const struct transition *t);
int alert_resolved_body(struct buf *out, const struct transition *t);

#endif
