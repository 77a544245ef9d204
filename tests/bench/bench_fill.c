/* A ledger of many rows, as some years of a fleet write it, stopped cleanly:
 * what the benchmark of the start stands on.
 *
 * usage: bench_fill LEDGER ROWS.  Four rows a run of each of 50 workloads,
 * padded to about 600 bytes, the newest at most a day old. */
#include "io/disk.h"
#include "ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORKLOADS = 50, KINDS = 4, ROUND_S = 86400, PADDING = 260 };

/* Members before and behind the label, in canonical order. */
static const struct {
	const char *kind;
	const char *path;
	const char *before;
	const char *between; /* the job and the padding */
} kinds[KINDS] = {
    {"check.begun", "begun", "\"check\":\"", "/happy\",\"path\":\"happy\""},
    {"check.happy", "happy", "\"check\":\"",
     "/happy\",\"http_status\":200,\"outcome\":\"completed\""},
    {"check.error", "error", "\"budget_excluded\":true,\"check\":\"",
     "/error\",\"http_status\":401,\"outcome\":\"rejected\""},
    {"record", "record", "\"decision\":\"pass\",\"owner_group\":\"",
     "\",\"reasons\":[]"},
};

static void
die(const struct err *err)
{
	fprintf(stderr, "bench_fill: %s\n", err->text);
	exit(1);
}

static void
append(struct ledger *l, const struct row_draft *draft)
{
	struct err err;

	if (ledger_append(l, draft, NULL, &err) < 0)
		die(&err);
	if (ledger_queued(l) >= LEDGER_BATCH_ROWS &&
	    ledger_flush(l, NULL, NULL, &err) < 0)
		die(&err);
}

static void
append_row(struct ledger *l, long n, int64_t at_s)
{
	int workload = (int)(n / KINDS % WORKLOADS);
	int kind = (int)(n % KINDS);
	char body[1024], id[40];
	struct row_draft draft = {.at = wall_from_s(at_s),
				  .id = id,
				  .kind = kinds[kind].kind,
				  .body = body};

	snprintf(id, sizeof(id), "w%d.%s.%ld", workload, kinds[kind].path,
		 (long)at_s);
	draft.body_len = (size_t)snprintf(
	    body, sizeof(body),
	    "{%sw%d%s,\"text\":\"%0*d\",\"workload_label\":\"w%d\"}",
	    kinds[kind].before, workload, kinds[kind].between, PADDING, 0,
	    workload);
	append(l, &draft);
}

int
main(int argc, char **argv)
{
	struct row_draft stopped = {
	    .id = "stopped", .kind = "daemon.stopped", .body = "{}"};
	struct ledger_options options = {.origin = "", .hostname = "bench"};
	struct ledger_recovery recovery;
	struct ledger *l;
	int64_t start_s;
	struct err err;
	long rows;

	if (argc != 3 || (rows = atol(argv[2])) <= 0) {
		fprintf(stderr, "usage: bench_fill LEDGER ROWS\n");
		return 2;
	}
	options.dir = argv[1];
	start_s = (int64_t)time(NULL) - rows / (KINDS * WORKLOADS) * ROUND_S;
	options.now = wall_from_s(start_s - ROUND_S);
	if (ledger_open(&disk_io, &options, &l, &recovery, &err) < 0)
		die(&err);
	for (long n = 0; n < rows; n++)
		append_row(
		    l, n, start_s + n / (KINDS * WORKLOADS) * (int64_t)ROUND_S);
	stopped.at = wall_from_s((int64_t)time(NULL));
	stopped.body_len = strlen(stopped.body);
	append(l, &stopped);
	if (ledger_flush(l, NULL, NULL, &err) < 0)
		die(&err);
	ledger_close(l);
	return 0;
}
