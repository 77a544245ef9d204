/* Durable rows per second of the ledger, beside bare append + fdatasync of
 * the same bytes, and the rate of verification.
 *
 * usage: bench_append FOLDER; prints one JSON line a measurement.  Both sides
 * of a pair take turns in slices, so that a busy disk hurts them alike;
 * verification is measured in CPU time, because its bar is a core's. */
#include "io/disk.h"
#include "io/threads.h"
#include "ledger/ledger.h"
#include "ledger/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SLICES = 10, SLICE_MS = 200, BODY_BYTES = 420 };

static double
seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

struct side {
	uint64_t rows, bytes;
	double spent;
};

struct bench {
	struct ledger *ledger;
	int fd;
	uint64_t n;	 /* of the next row */
	struct buf last; /* the line that the ledger wrote last */
	struct side ours, bare;
};

static void
on_ack(void *ctx, const struct row *row)
{
	struct bench *b = ctx;

	b->ours.rows++;
	b->ours.bytes += row->line_len + 1;
	if (b->last.len == 0)
		buf_add(&b->last, row->line, row->line_len);
}

static void
append_ours(struct bench *b, int group)
{
	char body[BODY_BYTES + 64], id[32];
	struct err err;
	int len;

	for (int i = 0; i < group; i++) {
		struct row_draft draft = {.at = {1767225600000000},
					  .id = id,
					  .kind = "check.happy",
					  .body = body};

		len = snprintf(body, sizeof(body),
			       "{\"n\":%llu,\"text\":\"%0*d\"}",
			       (unsigned long long)b->n, BODY_BYTES, 0);
		draft.body_len = (size_t)len;
		snprintf(id, sizeof(id), "bench.%llu",
			 (unsigned long long)b->n++);
		if (ledger_append(b->ledger, &draft, NULL, &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			exit(1);
		}
	}
	if (ledger_flush(b->ledger, on_ack, b, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

/* The floor: one write of as many bytes, one fdatasync. */
static void
append_bare(struct bench *b, int group, char *lines, size_t line_len)
{
	size_t len = line_len * (size_t)group;

	if (write(b->fd, lines, len) != (ssize_t)len || fdatasync(b->fd) < 0)
		die("bare append");
	b->bare.rows += (uint64_t)group;
	b->bare.bytes += len;
}

static void
measure(struct bench *b, int group)
{
	size_t line_len;
	char *lines;

	b->ours = b->bare = (struct side){0};
	append_ours(b, group);
	line_len = b->last.len + 1;
	lines = malloc(line_len * (size_t)group);
	if (lines == NULL)
		die("malloc");
	for (int i = 0; i < group; i++) {
		memcpy(lines + line_len * (size_t)i, b->last.data, b->last.len);
		lines[line_len * (size_t)(i + 1) - 1] = '\n';
	}
	b->ours = (struct side){0};
	for (int slice = 0; slice < SLICES; slice++) {
		double start = seconds(CLOCK_MONOTONIC);

		while (seconds(CLOCK_MONOTONIC) - start < SLICE_MS / 1e3)
			append_ours(b, group);
		b->ours.spent += seconds(CLOCK_MONOTONIC) - start;
		start = seconds(CLOCK_MONOTONIC);
		while (seconds(CLOCK_MONOTONIC) - start < SLICE_MS / 1e3)
			append_bare(b, group, lines, line_len);
		b->bare.spent += seconds(CLOCK_MONOTONIC) - start;
	}
	free(lines);
	printf("{\"bench\":\"append\",\"group\":%d,\"row_bytes\":%zu,"
	       "\"rows_per_s\":%.0f,\"bare_rows_per_s\":%.0f,"
	       "\"ratio\":%.3f}\n",
	       group, line_len, (double)b->ours.rows / b->ours.spent,
	       (double)b->bare.rows / b->bare.spent,
	       ((double)b->ours.rows / b->ours.spent) /
		   ((double)b->bare.rows / b->bare.spent));
	fflush(stdout);
}

static uint64_t
verify(const char *dir, int level, const struct workers *workers)
{
	const struct verify_options o = {.level = level, .workers = workers};
	struct ledger_verdict verdict;

	if (verify_ledger(&disk_io, dir, &o, &verdict, NULL) < 0 ||
	    !verdict.ok || verdict.level != level)
		die("verify");
	return verdict.rows;
}

static void
measure_verify(const char *dir, int level)
{
	double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t rows = verify(dir, level, &workers_alone);
	double spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;

	printf("{\"bench\":\"verify\",\"level\":%d,\"rows\":%llu,"
	       "\"rows_per_s\":%.0f}\n",
	       level, (unsigned long long)rows, (double)rows / spent);
	start = seconds(CLOCK_MONOTONIC);
	verify(dir, level, &threads_of_cores);
	spent = seconds(CLOCK_MONOTONIC) - start;
	printf("{\"bench\":\"verify_all_cores\",\"level\":%d,"
	       "\"rows_per_s\":%.0f}\n",
	       level, (double)rows / spent);
}

int
main(int argc, char **argv)
{
	static const int groups[] = {1, 16, 256};
	char dir[4096], bare[4200];
	struct ledger_options options = {.dir = dir,
					 .origin = "",
					 .hostname = "bench",
					 .now = {1767225600000000}};
	struct ledger_recovery recovery;
	struct bench b = {0};
	struct err err;

	if (argc != 2) {
		fprintf(stderr, "usage: bench_append FOLDER\n");
		return 2;
	}
	snprintf(dir, sizeof(dir), "%s/ledger", argv[1]);
	snprintf(bare, sizeof(bare), "%s/bare", argv[1]);
	if (ledger_open(&disk_io, &options, &b.ledger, &recovery, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	b.fd = open(bare, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	if (b.fd < 0)
		die(bare);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		measure(&b, groups[i]);
	ledger_want_checkpoint(b.ledger);
	if (ledger_flush(b.ledger, on_ack, &b, &err) < 0)
		die("checkpoint");
	ledger_close(b.ledger);
	for (int level = 1; level <= VERIFY_LEVEL_MAX; level++)
		measure_verify(dir, level);
	close(b.fd);
	buf_free(&b.last);
	return 0;
}
