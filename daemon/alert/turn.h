/* One turn of the machine, between its two halves: step.c finds what could
 * get a line, group.c makes the lines.  Private to daemon/alert. */
#ifndef ALERT_TURN_H
#define ALERT_TURN_H

#include "alert/store.h"

struct candidate {
	struct alert_entry *entry;
	enum transition_kind kind;
	enum alert_rule_id rule;
	enum severity severity;
	const char *group; /* owner or gateway */
	const char *resolution;
	struct wall_time since; /* its window's start */
	bool quiet;		/* silenced, or not worth a line */
};

struct turn {
	struct alert_machine *m;
	struct wall_time now;
	struct wall_time next; /* 0: never */
	alert_exists_fn *exists;
	void *ctx;
	struct candidate *candidates;
	size_t n_candidates;
	struct transition *out;
	size_t n_out;
};

static inline struct wall_time
wall_later(struct wall_time t, int64_t seconds)
{
	return (struct wall_time){t.us + seconds * USEC_PER_SEC};
}

static inline void
turn_call_again(struct turn *turn, struct wall_time t)
{
	if (turn->next.us == 0 || t.us < turn->next.us)
		turn->next = t;
}

/* Sorts the candidates into groups, drops those whose window is still open,
 * and fills turn->out for the others; what is left in turn->candidates is
 * what was reported.  ERR_NOMEM. */
int alert_group_report(struct turn *turn);

#endif
