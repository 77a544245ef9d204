/* Reasons as cards: what is wrong, with which value, who acts, whether it
 * clears by itself, where it is written, and the next command. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include "cli/cli.h"

/* What the reasons are about. */
struct why {
	struct session *session;
	const struct config *config; /* NULL: rows alone */
	const struct view *view;
	const struct workload *workload; /* or NULL */
	const struct source *source;	 /* or NULL */
	const char *name;
	int32_t day;
};

/* The reasons in one set; `heading` stands before the first. */
void why_reasons(const struct why *why, reason_set reasons,
		 const char *heading);

#endif
