/* What the configuration plans: one job for each schedule. */
#ifndef CLI_JOB_LIST_H
#define CLI_JOB_LIST_H

#include "conf/config.h"
#include "report/view.h"

/* Exactly one of workload and source is set. */
struct job {
	char name[VIEW_CHECK_MAX]; /* "support-chat/happy", a source's name */
	const struct workload *workload;
	const struct source *source;
	const struct schedule *schedule; /* NULL: follows the happy path */
	const char *follows;		 /* then what it is part of */
};

struct job_list {
	struct job *at;
	size_t n;
};

/* ERR_NOMEM */
int job_list_make(const struct config *config, struct job_list *ret);
void job_list_free(struct job_list *list);

/* Whether NAME means this job: its own name, its workload or its source. */
bool job_is(const struct job *job, const char *name);

/* The first slot after from; days without a review are left out.
 * ERR_NOT_FOUND when there is none. */
int job_next(const struct job *job, struct wall_time from,
	     struct wall_time *ret);

#endif
