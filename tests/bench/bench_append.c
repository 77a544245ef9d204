/* Durable rows per second of the ledger, beside bare append + fdatasync of
 * the same bytes and beside SQLite (WAL, synchronous=FULL, one table of seq
 * and line); and the rate of verification.
 *
 * usage: bench_append FOLDER; prints one JSON line a measurement.  All sides
 * take turns in slices, so that a busy disk hurts them alike;
 * verification is measured in CPU time, because its bar is a core's. */
#include "io/disk.h"
#include "io/threads.h"
#include "ledger/ledger.h"
#include "ledger/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BODY_HEAD "{\"n\":"
#define ID_HEAD	  "bench."

enum { SLICES = 10, SLICE_MS = 200, BODY_BYTES = 420 };
enum { NUMBER_FIRST = 1000000000, NUMBER_LEN = 10 };

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
	sqlite3 *db;
	sqlite3_stmt *insert;
	int n; /* of the newest row */
	char id[64], body[BODY_BYTES + 64];
	struct buf last; /* the line that the ledger wrote last */
	struct side ours, bare, sqlite;
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

/* Making rows is not what is measured: only a number changes in them. */
static void
number(struct bench *b)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%d", ++b->n);
	memcpy(b->body + strlen(BODY_HEAD), digits, NUMBER_LEN);
	memcpy(b->id + strlen(ID_HEAD), digits, NUMBER_LEN);
}

static void
append_ours(struct bench *b, int group)
{
	struct row_draft draft = {.at = {1767225600000000},
				  .id = b->id,
				  .kind = "check.happy",
				  .body = b->body,
				  .body_len = strlen(b->body)};
	struct err err;

	for (int i = 0; i < group; i++) {
		number(b);
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
sql(struct bench *b, const char *text)
{
	if (sqlite3_exec(b->db, text, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", text, sqlite3_errmsg(b->db));
		exit(1);
	}
}

static void
open_sqlite(struct bench *b, const char *folder)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/rows.sqlite", folder);
	if (sqlite3_open(path, &b->db) != SQLITE_OK)
		die("sqlite");
	sql(b, "PRAGMA journal_mode=WAL");
	sql(b, "PRAGMA synchronous=FULL");
	sql(b, "CREATE TABLE row(seq INTEGER PRIMARY KEY, line TEXT NOT NULL)");
	sqlite3_prepare_v2(b->db, "INSERT INTO row(line) VALUES(?)", -1,
			   &b->insert, NULL);
}

static void
close_sqlite(struct bench *b)
{
	sqlite3_finalize(b->insert);
	sqlite3_close(b->db);
}

static void
append_sqlite(struct bench *b, int group, const char *line, size_t line_len)
{
	sql(b, "BEGIN");
	for (int i = 0; i < group; i++) {
		sqlite3_bind_text(b->insert, 1, line, (int)line_len - 1,
				  SQLITE_STATIC);
		if (sqlite3_step(b->insert) != SQLITE_DONE)
			die("sqlite");
		sqlite3_reset(b->insert);
	}
	sql(b, "COMMIT");
	b->sqlite.rows += (uint64_t)group;
}

static double
rate(const struct side *side)
{
	return (double)side->rows / side->spent;
}

static void
measure(struct bench *b, int group)
{
	size_t line_len;
	char *lines;

	b->ours = b->bare = b->sqlite = (struct side){0};
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
		start = seconds(CLOCK_MONOTONIC);
		while (seconds(CLOCK_MONOTONIC) - start < SLICE_MS / 1e3)
			append_sqlite(b, group, lines, line_len);
		b->sqlite.spent += seconds(CLOCK_MONOTONIC) - start;
	}
	free(lines);
	printf("{\"bench\":\"append\",\"group\":%d,\"row_bytes\":%zu,"
	       "\"rows_per_s\":%.0f,\"bare_rows_per_s\":%.0f,"
	       "\"sqlite_rows_per_s\":%.0f,\"ratio\":%.3f,"
	       "\"sqlite_ratio\":%.3f}\n",
	       group, line_len, rate(&b->ours), rate(&b->bare),
	       rate(&b->sqlite), rate(&b->ours) / rate(&b->bare),
	       rate(&b->ours) / rate(&b->sqlite));
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
	struct bench b = {.n = NUMBER_FIRST};
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
	open_sqlite(&b, argv[1]);
	snprintf(b.id, sizeof(b.id), ID_HEAD "%d", b.n);
	snprintf(b.body, sizeof(b.body), BODY_HEAD "%d,\"text\":\"%0*d\"}", b.n,
		 BODY_BYTES, 0);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		measure(&b, groups[i]);
	close_sqlite(&b);
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
