/* The start of a ledger that is longer than the window of ids, on a real
 * disk: sealed segments are trusted by their tiles and read afterwards; what
 * is wrong in them is found then, and remembered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/disk.h"
#include "leave.h"
#include "ledger/ledger.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In whose place a test puts what is no file. */
#define PIPE_NAME "seg-000000004096.jsonl"

enum {
	SEALED = 21, /* segments */
	ROWS = SEALED * LEDGER_SEGMENT_ROWS + 100,
	/* read at the start: the window and a segment more */
	READ = LEDGER_ID_WINDOW / LEDGER_SEGMENT_ROWS + 1,
	TRUSTED = SEALED + 1 - READ
};

struct scene {
	char dir[200], base[180];
	struct ledger *l;
	struct ledger_recovery rec;
	struct err err;
	uint64_t first_read; /* rows that the start has read begin here */
};

static void
on_progress(void *ctx, uint64_t rows)
{
	struct scene *s = ctx;

	if (rows < s->first_read)
		s->first_read = rows;
}

static void
open_ledger(struct scene *s)
{
	const struct ledger_options o = {
	    .dir = s->dir,
	    .origin = "test/quick",
	    .hostname = "test",
	    .now = wall_from_s(1783036800),
	    .progress = on_progress,
	    .progress_ctx = s,
	};

	s->first_read = UINT64_MAX;
	if (ledger_open(&disk_io, &o, &s->l, &s->rec, &s->err) < 0)
		fail_msg("%s", s->err.text);
}

static void
append(struct scene *s, long n, const char *kind)
{
	char body[80], id[32];
	struct row_draft draft = {.at = wall_from_s(1783036800 + n),
				  .id = id,
				  .kind = kind,
				  .body = body};

	snprintf(id, sizeof(id), "row.%ld", n);
	draft.body_len = (size_t)snprintf(body, sizeof(body), "{\"n\":%ld}", n);
	assert_int_equal(ledger_append(s->l, &draft, NULL, &s->err), 0);
	if (ledger_queued(s->l) == LEDGER_BATCH_ROWS)
		assert_int_equal(ledger_flush(s->l, NULL, NULL, &s->err), 0);
}

static void
close_signed(struct scene *s)
{
	assert_int_equal(ledger_flush(s->l, NULL, NULL, &s->err), 0);
	ledger_want_checkpoint(s->l);
	assert_int_equal(ledger_flush(s->l, NULL, NULL, &s->err), 0);
	ledger_close(s->l);
}

static int
set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	snprintf(s->base, sizeof(s->base), "%.100s/evidenced-quick-XXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(s->base));
	snprintf(s->dir, sizeof(s->dir), "%s/ledger", s->base);
	open_ledger(s);
	for (long n = 1; n < ROWS - 1; n++)
		append(s, n, "note");
	append(s, ROWS - 1, "daemon.stopped");
	close_signed(s);
	*state = s;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static const char *
path_of(const struct scene *s, const char *name)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	return path;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;
	struct stat st;

	/* A test that failed may have left a pipe, on which its judge would
	 * wait for ever. */
	if (lstat(path_of(s, PIPE_NAME), &st) == 0 && S_ISFIFO(st.st_mode))
		remove(path_of(s, PIPE_NAME));
	assert_int_equal(leave_judge_folder(s->dir), 0);
	nftw(s->base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(s);
	return 0;
}

static int
inspect(struct scene *s)
{
	int r = 0;

	while (r == 0 && ledger_inspect_begin(s->l) == 0) {
		r = ledger_batch_sync(s->l);
		r = ledger_batch_finish(s->l, r, NULL, NULL, &s->err);
	}
	return r;
}

/* Only the segments from here on were read before ledger_open() returned. */
static void
assert_read_from(const struct scene *s, uint64_t segment)
{
	uint64_t row = segment * LEDGER_SEGMENT_ROWS;

	assert_false(s->rec.damaged);
	/* progress is told every 16384 rows */
	assert_true(s->first_read >= row);
	assert_true(s->first_read <= row + 16384);
}

/* Turns one bit; again: as it was. */
static void
flip(const struct scene *s, const char *name, off_t at)
{
	const char *path = path_of(s, name);
	char c;
	int fd;

	chmod(path, 0640);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &c, 1, at), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, at), 1);
	close(fd);
}

static void
test_trusted(void **state)
{
	struct scene *s = *state;
	uint64_t done, rows;

	open_ledger(s);
	assert_read_from(s, TRUSTED);
	assert_int_equal(ledger_durable(s->l), ROWS);
	ledger_inspected(s->l, &done, &rows);
	assert_int_equal(done, 0);
	assert_int_equal(rows, SEALED * LEDGER_SEGMENT_ROWS);
	assert_int_equal(inspect(s), 0);
	ledger_inspected(s->l, &done, &rows);
	assert_int_equal(done, rows);
	close_signed(s);
}

static void
test_bad_row_found_later(void **state)
{
	static const char first[] = "seg-000000000000.jsonl";
	struct scene *s = *state;
	struct row_draft draft = {
	    .id = "x", .kind = "note", .body = "{}", .body_len = 2};
	struct err told;

	flip(s, first, 100000);
	open_ledger(s);
	assert_read_from(s, TRUSTED);
	assert_int_equal(inspect(s), ERR_DAMAGED);
	told = s->err;
	assert_int_equal(ledger_append(s->l, &draft, NULL, NULL), ERR_DAMAGED);
	ledger_close(s->l);
	/* the next start reads all */
	open_ledger(s);
	assert_true(s->rec.damaged);
	assert_true(s->rec.damaged_from > 0);
	/* and tells the same */
	assert_string_equal(s->rec.words, told.text);
	assert_int_equal(s->rec.damaged_to, s->rec.damaged_from);
	ledger_close(s->l);
	flip(s, first, 100000);
	open_ledger(s);
	assert_read_from(s, 0);
	close_signed(s);
	open_ledger(s);
	assert_read_from(s, TRUSTED);
	close_signed(s);
}

/* All of a sealed segment, which may be written from now on; malloc'd. */
static char *
load(const char *path, size_t *ret_len)
{
	char *text;
	struct stat st;
	int fd;

	chmod(path, 0640);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	text = malloc((size_t)st.st_size + 1);
	assert_non_null(text);
	assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
	text[st.st_size] = '\0';
	*ret_len = (size_t)st.st_size;
	close(fd);
	return text;
}

static void
store(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

/* The sum of the first row fits what the row says now. */
static void
sum_first_row(char *text)
{
	char hex[DIGEST_HEX_LEN + 1];
	char *sum = strstr(text, ",\"sum\":\"");
	struct digest d;

	assert_non_null(sum);
	d = digest_sha256(text, (size_t)(sum - text));
	memcpy(sum + strlen(",\"sum\":\""), digest_hex(&d, hex), 16);
}

/* More than the rows, and a first row that is whole and follows another one
 * than the last of the segment before. */
static void
test_border_found_later(void **state)
{
	struct scene *s = *state;
	const char *path = path_of(s, "seg-000000004096.jsonl");
	size_t len;

	for (int i = 0; i < 2; i++) {
		char *text = load(path, &len), *good = strdup(text), *prev;

		prev = strstr(text, "\"prev\":\"") + strlen("\"prev\":\"");
		*prev = *prev == '0' ? '1' : '0';
		sum_first_row(text);
		store(path, i == 0 ? text : good, len);
		if (i == 1)
			assert_int_equal(truncate(path, (off_t)len + 1), 0);
		open_ledger(s);
		assert_read_from(s, TRUSTED);
		assert_int_equal(inspect(s), ERR_DAMAGED);
		assert_non_null(strstr(s->err.text, i == 0 ? "rows 4096 to "
							   : "more bytes"));
		ledger_close(s->l);
		store(path, good, len);
		open_ledger(s);
		assert_read_from(s, 0);
		close_signed(s);
		free(text);
		free(good);
	}
}

/* What is no file is neither waited for nor followed. */
static void
test_other_kind_found_later(void **state)
{
	struct scene *s = *state;
	char path[400], there[400];

	snprintf(path, sizeof(path), "%s", path_of(s, PIPE_NAME));
	snprintf(there, sizeof(there), "%s/there", s->base);
	assert_int_equal(rename(path, there), 0);
	for (int kind = 0; kind < 3; kind++) {
		int r = kind == 0   ? mkfifo(path, 0640)
			: kind == 1 ? symlink(there, path)
				    : mkdir(path, 0750);

		assert_int_equal(r, 0);
		open_ledger(s);
		assert_read_from(s, TRUSTED);
		assert_int_equal(inspect(s), ERR_DAMAGED);
		assert_non_null(strstr(s->err.text, "rows 4096 to 8191"));
		assert_non_null(strstr(s->err.text, "not a regular file"));
		ledger_close(s->l);
		assert_int_equal(remove(path), 0);
		if (kind == 2)
			assert_int_equal(rename(there, path), 0);
		else
			assert_int_equal(link(there, path), 0);
		open_ledger(s);
		assert_read_from(s, 0);
		close_signed(s);
		if (kind < 2)
			assert_int_equal(unlink(path), 0);
	}
}

/* A tile that the start rests on is wrong, or gone: it reads all instead.  The
 * tile is made again afterwards. */
static void
test_bad_tile(void **state)
{
	struct scene *s = *state;

	flip(s, "tile/0/003", 77);
	open_ledger(s);
	assert_read_from(s, 0);
	assert_int_equal(inspect(s), 0);
	close_signed(s);
	open_ledger(s);
	assert_read_from(s, TRUSTED);
	close_signed(s);
	assert_int_equal(unlink(path_of(s, "tile/0/005")), 0);
	open_ledger(s);
	assert_read_from(s, 0);
	assert_int_equal(inspect(s), 0);
	close_signed(s);
	open_ledger(s);
	assert_read_from(s, TRUSTED);
	close_signed(s);
}

/* One that it does not rest on is made again when its rows are read. */
static void
test_missing_tile(void **state)
{
	struct scene *s = *state;

	assert_int_equal(unlink(path_of(s, "tile/0/100")), 0);
	assert_int_equal(unlink(path_of(s, "tile/0/099")), 0);
	open_ledger(s);
	assert_read_from(s, TRUSTED);
	assert_int_equal(inspect(s), 0);
	assert_int_equal(access(path_of(s, "tile/0/099"), R_OK), 0);
	assert_int_equal(access(path_of(s, "tile/0/100"), R_OK), 0);
	close_signed(s);
}

/* Without a checkpoint nothing is trusted; then there is one, behind the row
 * that tells of it. */
static void
test_earlier_build(void **state)
{
	struct scene *s = *state;

	assert_int_equal(unlink(path_of(s, "checkpoint")), 0);
	assert_int_equal(unlink(path_of(s, "checkpoints.jsonl")), 0);
	open_ledger(s);
	assert_read_from(s, 0);
	assert_int_equal(ledger_checkpoint(s->l, NULL), 0);
	assert_int_equal(ledger_flush(s->l, NULL, NULL, &s->err), 0);
	assert_int_equal(ledger_checkpoint(s->l, NULL), ROWS + 1);
	close_signed(s);
	open_ledger(s);
	assert_read_from(s, TRUSTED);
	close_signed(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_trusted),
	    cmocka_unit_test(test_bad_row_found_later),
	    cmocka_unit_test(test_border_found_later),
	    cmocka_unit_test(test_other_kind_found_later),
	    cmocka_unit_test(test_bad_tile),
	    cmocka_unit_test(test_missing_tile),
	    cmocka_unit_test(test_earlier_build),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
