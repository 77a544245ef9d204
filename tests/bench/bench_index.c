/* A ledger of many rows: how fast its index is built, and how long a whole
 * evidencectl takes to ask it.
 *
 * usage: bench_index FOLDER EVIDENCECTL [ROWS]; prints one JSON line a
 * measurement.  The rows are those of 1,000 workloads, in the order in which
 * a daemon would write them. */
#include "io/disk.h"
#include "io/index.h"
#include "ledger/ledger.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	ROWS = 1000000,
	WORKLOADS = 1000,
	OWNERS = 40,
	ROWS_A_DAY = 5, /* of a workload */
	RUNS = 51
};

static const char *const kinds[ROWS_A_DAY] = {
    "check.begun", "check.happy", "check.error", "check.usage", "record"};

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void
die(const char *what, const char *why)
{
	fprintf(stderr, "bench_index: %s: %s\n", what, why);
	exit(1);
}

/* Row n of the bench: day by day, workload by workload. */
static void
append(struct ledger *l, uint64_t n)
{
	uint64_t pair = n / ROWS_A_DAY, workload = pair % WORKLOADS;
	const char *kind = kinds[n % ROWS_A_DAY];
	int64_t at_s = 1767225600 + (int64_t)(pair / WORKLOADS) * SEC_PER_DAY +
		       (int64_t)workload * 60 + (int64_t)(n % ROWS_A_DAY);
	char id[ROW_ID_MAX + 1], body[1024], day[WALL_DAY_LEN + 1];
	struct row_draft draft = {
	    .at = wall_from_s(at_s), .id = id, .kind = kind, .body = body};
	struct err err;

	snprintf(id, sizeof(id), "bench.%llu", (unsigned long long)n);
	if (strcmp(kind, "record") == 0)
		snprintf(body, sizeof(body),
			 "{\"decision\":\"%s\",\"environment\":\"test\","
			 "\"note\":\"%0300d\",\"owner_group\":\"team-%llu\","
			 "\"review_date\":\"%s\",\"workload_label\":\"w%llu\"}",
			 workload % 20 == 0 ? "hold" : "pass", 0,
			 (unsigned long long)workload % OWNERS,
			 day_format(wall_day(draft.at), day),
			 (unsigned long long)workload);
	else
		snprintf(body, sizeof(body),
			 "{\"body_sha256\":\"%064d\",\"check\":\"w%llu/%s\","
			 "\"context\":{\"config_digest\":\"%064d\"},"
			 "\"environment\":\"test\",\"note\":\"%0150d\","
			 "\"workload_label\":\"w%llu\"}",
			 0, (unsigned long long)workload, kind + 6, 0, 0,
			 (unsigned long long)workload);
	draft.body_len = strlen(body);
	if (ledger_append(l, &draft, NULL, &err) < 0)
		die("append", err.text);
}

static void
make_ledger(const char *dir, uint64_t rows)
{
	struct ledger_options options = {.dir = dir,
					 .origin = "bench.example.com/e",
					 .hostname = "bench.example.com",
					 .now = wall_from_s(1767225600)};
	struct ledger_recovery recovery;
	struct ledger *l;
	struct err err;

	if (ledger_open(&disk_io, &options, &l, &recovery, &err) < 0)
		die(dir, err.text);
	for (uint64_t n = 0; n + 1 < rows; n++) {
		append(l, n);
		if (n % LEDGER_BATCH_ROWS == 0 &&
		    ledger_flush(l, NULL, NULL, &err) < 0)
			die(dir, err.text);
	}
	if (ledger_flush(l, NULL, NULL, &err) < 0)
		die(dir, err.text);
	ledger_close(l);
}

static void
build(const char *dir, uint64_t rows)
{
	struct index_db *index;
	struct stat st;
	char path[4096 + 32];
	struct err err;
	double start = seconds();

	if (index_open(&disk_io, dir, &index, &err) < 0 ||
	    index_update(index, rows, NULL, NULL, NULL, &err) < 0)
		die("index", err.text);
	index_close(index);
	snprintf(path, sizeof(path), "%s/index.sqlite", dir);
	if (stat(path, &st) < 0)
		die(path, "not there");
	printf("{\"bench\":\"index_build\",\"rows\":%llu,\"rows_per_s\":%.0f,"
	       "\"bytes\":%lld}\n",
	       (unsigned long long)rows, (double)rows / (seconds() - start),
	       (long long)st.st_size);
	fflush(stdout);
}

static double
run_once(char *const argv[])
{
	posix_spawn_file_actions_t to_null;
	extern char **environ;
	double start = seconds();
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&to_null);
	posix_spawn_file_actions_addopen(&to_null, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, argv[0], &to_null, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) < 0 || status != 0)
		die(argv[0], "failed");
	posix_spawn_file_actions_destroy(&to_null);
	return (seconds() - start) * 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
ask(const char *ctl, const char *dir, const char *what,
    const char *const more[8])
{
	char *argv[16] = {(char *)ctl, (char *)"--ledger", (char *)dir,
			  (char *)"history"};
	double ms[RUNS];

	for (size_t i = 0; more[i] != NULL; i++)
		argv[4 + i] = (char *)more[i];
	for (int i = 0; i < RUNS; i++)
		ms[i] = run_once(argv);
	qsort(ms, RUNS, sizeof(ms[0]), compare);
	printf("{\"bench\":\"history\",\"by\":\"%s\",\"ms\":%.2f,"
	       "\"ms_p90\":%.2f}\n",
	       what, ms[RUNS / 2], ms[RUNS * 9 / 10]);
	fflush(stdout);
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *what, *more[8];
	} questions[] = {
	    {"workload and day",
	     {"--workload", "w123", "--since", "2026-02-10", "--until",
	      "2026-02-10", NULL}},
	    {"workload, newest 50", {"--workload", "w123", NULL}},
	    {"workload, all", {"--workload", "w123", "-n", "0", NULL}},
	    {"owner, newest 50", {"--owner", "team-7", NULL}},
	    {"decision and day",
	     {"--decision", "hold", "--since", "2026-02-10", "--until",
	      "2026-02-10", NULL}},
	    {"newest 50", {NULL}},
	};
	uint64_t rows = argc > 3 ? strtoull(argv[3], NULL, 10) : ROWS;
	char dir[4096];

	if (argc < 3)
		die("usage", "bench_index FOLDER EVIDENCECTL [ROWS]");
	snprintf(dir, sizeof(dir), "%s/many", argv[1]);
	make_ledger(dir, rows);
	build(dir, rows);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		ask(argv[2], dir, questions[i].what, questions[i].more);
	return 0;
}
