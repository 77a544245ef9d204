/* The error path has a schedule of its own only where it is configured: else
 * it is the second half of the pair.  The look-up of usage never has one. */
#include "cli/job_list.h"
#include "govern/govern.h"
#include "sched/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS_PER_WORKLOAD = 3, SLOTS_LOOKED_AT = 4000 };

static void
add(struct job_list *list, const struct workload *w, const char *path,
    const struct schedule *schedule, const char *follows)
{
	struct job *job = &list->at[list->n++];

	*job = (struct job){
	    .workload = w, .schedule = schedule, .follows = follows};
	snprintf(job->name, sizeof(job->name), "%s/%s", w->label, path);
}

static void
add_workload(struct job_list *list, const struct workload *w)
{
	add(list, w, "happy", &w->happy, NULL);
	if (w->error_own)
		add(list, w, "error", &w->error, NULL);
	else
		add(list, w, "error", NULL, "with the happy path");
	if (w->account_surface == SURFACE_COUNTER)
		add(list, w, "usage", NULL, "after the happy path");
}

int
job_list_make(const struct config *config, struct job_list *ret)
{
	struct job_list list = {0};

	list.at = calloc(config->n_workloads * JOBS_PER_WORKLOAD +
			     config->n_sources + 1,
			 sizeof(*list.at));
	if (list.at == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < config->n_workloads; i++)
		add_workload(&list, &config->workloads[i]);
	for (size_t i = 0; i < config->n_sources; i++) {
		const struct source *source = &config->sources[i];
		struct job *job = &list.at[list.n++];

		job->source = source;
		job->schedule = &source->schedule;
		snprintf(job->name, sizeof(job->name), "%s", source->name);
	}
	*ret = list;
	return 0;
}

void
job_list_free(struct job_list *list)
{
	free(list->at);
	*list = (struct job_list){0};
}

bool
job_is(const struct job *job, const char *name)
{
	return strcmp(job->name, name) == 0 ||
	       (job->workload != NULL &&
		strcmp(job->workload->label, name) == 0);
}

int
job_next(const struct job *job, struct wall_time from, struct wall_time *ret)
{
	struct wall_time slot = from;

	if (job->schedule == NULL)
		return ERR_NOT_FOUND;
	for (int i = 0; i < SLOTS_LOOKED_AT; i++) {
		if (plan_next(job->schedule, job->name, slot, &slot) < 0)
			return ERR_NOT_FOUND;
		if (job->workload == NULL ||
		    govern_review_day(job->workload, wall_day(slot))) {
			*ret = slot;
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}
