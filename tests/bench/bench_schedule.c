/* What a fire of the schedule costs: 100,000 jobs are planned, put into the
 * order of their runs and fired through a simulated day.
 *
 * usage: bench_schedule; prints one JSON line.  A fire is what the engine does
 * with one: its run is taken when its time has come, and the next slot of the
 * job and its jitter are computed.  The day is one on which a clock is set
 * forward, and the jobs are those of the configuration: evidence windows,
 * daily and frequent expressions, in zones. */
#include "base/zone.h"
#include "io/files.h"
#include "sched/cron.h"
#include "sched/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { JOBS = 100000, KEY_SIZE = 32 };

/* NULL: the evidence window. */
static const char *const expressions[] = {
    NULL, "30 2 * * *",	 NULL, "15 6 * * 1-5",
    NULL, "0 */4 * * *", NULL, "@hourly",
};
static const char *const zones[] = {"Europe/Berlin", "America/New_York",
				    "Asia/Kolkata"};

enum {
	EXPRESSIONS = sizeof(expressions) / sizeof(expressions[0]),
	ZONES = sizeof(zones) / sizeof(zones[0])
};

struct job {
	const struct schedule *schedule;
	struct wall_time slot, run_at;
	char key[KEY_SIZE];
};

struct bench {
	struct schedule schedules[ZONES][EXPRESSIONS];
	struct job *jobs;
	struct job **heap; /* the next run is the first */
	struct wall_time start, end;
	uint64_t fires;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench_schedule: %s\n", what);
	exit(1);
}

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
make_schedules(struct bench *b)
{
	for (int z = 0; z < ZONES; z++) {
		struct zone *zone;

		if (files_load_zone(zones[z], &zone, NULL) < 0)
			die(zones[z]);
		for (int i = 0; i < EXPRESSIONS; i++) {
			struct cron *cron = NULL;

			if (expressions[i] != NULL &&
			    cron_parse(expressions[i], &cron, NULL) < 0)
				die(expressions[i]);
			b->schedules[z][i] = (struct schedule){
			    .cron = cron,
			    .zone = zone,
			    .window_from_s = 3600,
			    .window_to_s = 5 * 3600,
			    .jitter_s = 60,
			};
		}
	}
}

static void
plan(struct job *job, struct wall_time from)
{
	if (plan_next(job->schedule, job->key, from, &job->slot) < 0)
		die("a job without a slot");
	job->run_at = job->slot;
	job->run_at.us +=
	    plan_jitter_s(job->schedule, "bench", job->key, job->slot) *
	    USEC_PER_SEC;
}

/* The job at `i` goes down to its place. */
static void
sift(struct job **heap, size_t i)
{
	struct job *job = heap[i];

	for (size_t child = 2 * i + 1; child < JOBS; child = 2 * i + 1) {
		if (child + 1 < JOBS &&
		    heap[child + 1]->run_at.us < heap[child]->run_at.us)
			child++;
		if (heap[child]->run_at.us >= job->run_at.us)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = job;
}

static void
plan_all(struct bench *b)
{
	for (size_t i = 0; i < JOBS; i++) {
		struct job *job = &b->jobs[i];

		snprintf(job->key, sizeof(job->key), "w%zu/happy", i);
		job->schedule =
		    &b->schedules[i % ZONES][i / ZONES % EXPRESSIONS];
		plan(job, b->start);
		b->heap[i] = job;
	}
	for (size_t i = JOBS / 2; i-- > 0;)
		sift(b->heap, i);
}

static void
fire_all(struct bench *b)
{
	struct wall_time now = b->start;

	while (b->heap[0]->run_at.us < b->end.us) {
		struct job *job = b->heap[0];

		if (job->run_at.us < now.us)
			die("a run before its turn");
		now = job->run_at;
		plan(job, job->slot);
		sift(b->heap, 0);
		b->fires++;
	}
}

int
main(void)
{
	struct bench b = {0};
	double began;

	if (wall_parse("2026-03-29T00:00:00Z", &b.start) < 0)
		die("no day");
	b.end = wall_day_start(wall_day(b.start) + 1);
	b.jobs = calloc(JOBS, sizeof(*b.jobs));
	b.heap = calloc(JOBS, sizeof(*b.heap));
	if (b.jobs == NULL || b.heap == NULL)
		die("no memory");
	make_schedules(&b);
	began = cpu_s();
	plan_all(&b);
	fire_all(&b);
	printf("{\"bench\":\"schedule\",\"jobs\":%d,\"fires\":%llu,"
	       "\"us_per_fire\":%.2f}\n",
	       JOBS, (unsigned long long)b.fires,
	       (cpu_s() - began) * 1e6 / (double)b.fires);
	return 0;
}
