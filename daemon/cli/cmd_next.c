/* When checks are planned.  Without a name the nearest slot of every job,
 * with one the next slots of that workload or source: pure arithmetic of the
 * configuration, which the daemon does in the same way. */
#include "base/zone.h"
#include "cli/cli.h"
#include "cli/job_list.h"
#include "cli/local_time.h"
#include "cli/unknown.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_DEFAULT = 10, SLOTS_MAX = 1000 };

static const struct column columns[] = {
    {"check", "check", COLUMN_FLEX}, {"utc", "utc", 0},
    {"local", "local", 0},	     {"zone", "zone", COLUMN_MORE},
    {"shift", "clock", COLUMN_FLEX}, {"schedule", "schedule", COLUMN_MORE},
};

struct slot {
	const struct job *job;
	struct wall_time at;
	struct wall_time before; /* the slot before, or now */
};

static int
compare_slots(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->at.us != y->at.us)
		return x->at.us < y->at.us ? -1 : 1;
	return strcmp(x->job->name, y->job->name);
}

static void
print_slots(struct session *s, const struct slot *slots, size_t n)
{
	struct writer *w = &s->writer;

	writer_table(w, "slot", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < n; i++) {
		const struct schedule *schedule = slots[i].job->schedule;

		writer_text(w, slots[i].job->name);
		writer_time(w, slots[i].at);
		local_time_put(w, schedule->zone, slots[i].at);
		writer_text(w, schedule->zone_name);
		local_time_put_shift(w, schedule->zone, slots[i].before,
				     slots[i].at);
		writer_text(w, schedule->text);
	}
	writer_close(w);
}

/* The next slots of each job that is meant; returns how many. */
static size_t
gather(struct session *s, const struct job_list *jobs, const char *name,
       size_t per_job, struct slot *slots)
{
	size_t n = 0;

	for (size_t i = 0; i < jobs->n; i++) {
		struct wall_time at = s->now.wall, next;

		if (name != NULL && !job_is(&jobs->at[i], name))
			continue;
		for (size_t k = 0; k < per_job; k++) {
			if (job_next(&jobs->at[i], at, &next) < 0)
				break;
			slots[n++] = (struct slot){&jobs->at[i], next, at};
			at = next;
		}
	}
	return n;
}

static bool
is_known(const struct job_list *jobs, const char *name)
{
	for (size_t i = 0; i < jobs->n; i++) {
		if (job_is(&jobs->at[i], name))
			return true;
	}
	return false;
}

static int
print_next(struct session *s, const struct config *config,
	   const struct job_list *jobs, int most)
{
	const char *name = s->args->n_operands > 0 ? s->args->operand[0] : NULL;
	size_t per_job = name == NULL ? 1 : (size_t)most, n;
	struct slot *slots;

	if (name != NULL && !is_known(jobs, name))
		return unknown_thing(
		    s, config, NEAREST_WORKLOAD | NEAREST_JOB | NEAREST_SOURCE,
		    "no workload, job or source", name,
		    "evidencectl list checks");
	slots = calloc(jobs->n * per_job + 1, sizeof(*slots));
	if (slots == NULL)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	n = gather(s, jobs, name, per_job, slots);
	qsort(slots, n, sizeof(*slots), compare_slots);
	print_slots(s, slots, n < (size_t)most ? n : (size_t)most);
	free(slots);
	return CTL_OK;
}

int
cmd_next(struct session *s)
{
	const struct config *config;
	struct job_list jobs;
	struct err err;
	int most, r;

	if (arguments_number(s->args, OPTION_NUMBER, 1, SLOTS_MAX,
			     SLOTS_DEFAULT, &most, &err) < 0)
		return session_fail_err(s, &err);
	r = session_config(s, &config);
	if (r != 0)
		return r;
	if (job_list_make(config, &jobs) < 0)
		return session_fail(s, CTL_CHECK_FAILED, "no memory");
	r = print_next(s, config, &jobs, most);
	if (r == CTL_OK && jobs.n == 0)
		session_say_empty(s);
	job_list_free(&jobs);
	return r;
}
