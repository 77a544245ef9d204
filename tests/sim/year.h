/* A year of ten workloads: its configuration, its story, its timeline and
 * the audit of its rows.  The audit shares nothing with the timeline. */
#ifndef SIM_YEAR_H
#define SIM_YEAR_H

#include "base/buf.h"
#include "world.h"

/* What an administrator changes in the course of the year. */
struct year_setup {
	bool autumn; /* newcomer joins, shared-b leaves, alpha's model moves */
	bool extended; /* the contractors' owner entry is extended */
};

/* Static text. */
const char *year_config_text(const struct year_setup *setup);

/* A time in which a configuration was in force and the daemon was meant to
 * run (also while it was down). */
struct period {
	struct wall_time from, to;
	struct config *config;
};

struct year {
	struct world world;
	struct year_setup setup;
	struct period periods[8];
	size_t n_periods;
	uint64_t most_turns; /* of one UTC day */
	char most_turns_day[WALL_DAY_LEN + 1];
};

/* Runs the story. */
void year_run(struct year *y);
void year_free(struct year *y);

/* One line for each thing that changed. */
void timeline_print(const struct fake *f, struct buf *out);

/* Asserts what must hold of any year; prints what does not and returns the
 * number of faults. */
int audit(const struct year *y);

/* Starts two engines, one on all rows and one on those that the view needs
 * and the newest ones, lets both live for two days, and compares what they
 * append.  0 when equal. */
int twins_differ(const struct year *y, const char *config_text);

#endif
