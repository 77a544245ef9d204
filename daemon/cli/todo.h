/* What is open, by who must act: reasons of workloads, brought together where
 * one deed ends them for many. */
#ifndef CLI_TODO_H
#define CLI_TODO_H

#include "cli/why.h"
#include "conf/config.h"

enum { TODO_TEXT_MAX = 320 };

struct todo_item {
	char who[ALERT_SUBJECT_MAX + 1]; /* a name, or the table's words */
	const char *code;		 /* of a reason, or an alert's rule */
	const char *decision;		 /* what it makes of a record; or "" */
	/* a source, credential, metric or rule; or "", when it is about the
	 * workloads themselves */
	char subject[ALERT_SUBJECT_MAX + 1];
	char says[TODO_TEXT_MAX];
	char detail[TODO_TEXT_MAX]; /* of one workload alone, or "" */
	char next[TODO_TEXT_MAX];
	bool clears_itself;
	unsigned int right;	/* enum role_right; 0: none is needed */
	const char **workloads; /* labels, in the order of the configuration */
	size_t n_workloads;
};

struct todo {
	struct todo_item *items; /* by who acts, the most workloads first */
	size_t n;
};

/* Whether the workload is of this owner group; nobody's workload is of
 * "(unallocated)". */
bool todo_is_of_owner(const struct workload *w, const char *owner);

/* Only what holds workloads of an owner group or stands under that name, and
 * only what a role may do; NULL: all.  ERR_NOMEM. */
int todo_find(struct session *s, const struct config *config,
	      const struct view *view, const char *owner,
	      const struct role *role, struct todo *ret);
void todo_free(struct todo *todo);

#endif
