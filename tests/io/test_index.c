/* The index of a ledger: it says what a scan says, however it came to be; it
 * is one with what a rebuild makes, also after a kill; what is no index of
 * this ledger is not taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "index_scene.h"
#include "io/index_check.h"
#include "io/index_reader.h"
#include "io/index_sql.h"
#include "ledger/tree.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEEDS = 8, ROUNDS = 12, QUESTIONS = 60, KILLS = 40 };

/* What a scan finds of the rows that the index knows. */
struct scanned {
	const struct row_filter *filter;
	uint64_t seqs[4096];
	size_t n;
};

static int
note_match(void *ctx, const struct row *row)
{
	struct scanned *s = ctx;

	if (row_filter_matches(s->filter, row))
		s->seqs[s->n++] = row->seq;
	return 0;
}

static void
compare(struct index_scene *s, struct index_reader *reader, struct fetch *fetch)
{
	struct row_filter filter = index_scene_filter(s);
	struct scanned scanned = {.filter = &filter};
	size_t most =
	    index_scene_random(s, 3) == 0 ? 0 : 1 + index_scene_random(s, 40);
	struct row_place *places = NULL;
	struct row row;
	struct err err;
	size_t n = 0, skip;

	assert_int_equal(ledger_scan(&disk_io, s->dir, 0,
				     index_reader_rows(reader), note_match,
				     &scanned, NULL),
			 0);
	if (index_reader_find(reader, &filter, most, &places, &n, &err) < 0)
		fail_msg("%s", err.text);
	skip = most > 0 && scanned.n > most ? scanned.n - most : 0;
	assert_int_equal(n, scanned.n - skip);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(places[i].seq, scanned.seqs[skip + i]);
		assert_int_equal(fetch_row(fetch, &places[i], &row, NULL), 0);
	}
	free(places);
}

static void
same_as_scan(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct index_reader *reader;
		struct index_scene s;
		struct fetch fetch;
		struct err err;

		print_message("seed %llu\n", (unsigned long long)seed);
		index_scene_begin(&s, seed, SCENE_SEGMENT_ROWS);
		for (int round = 0; round < ROUNDS; round++) {
			index_scene_append(&s, index_scene_random(&s, 30));
			index_scene_build(&s);
			/* Newer rows are none of its business. */
			index_scene_append(&s, index_scene_random(&s, 5));
			assert_int_equal(
			    fetch_open(&fetch, &disk_io, s.dir, NULL), 0);
			if (index_reader_open(s.dir, &fetch, &reader, &err) < 0)
				fail_msg("%s", err.text);
			assert_int_equal(index_reader_mode(reader),
					 INDEX_IMMUTABLE);
			for (int i = 0; i < QUESTIONS; i++)
				compare(&s, reader, &fetch);
			index_reader_close(reader);
			fetch_close(&fetch);
			if (index_check(s.dir, NULL, NULL, &err) < 0)
				fail_msg("%s", err.text);
		}
		index_scene_end(&s);
	}
}

static void
places_of_rows(void **state)
{
	struct index_reader *reader;
	struct row_place place;
	struct index_scene s;
	struct fetch fetch;
	struct row row;

	index_scene_begin(&s, 3, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 50);
	index_scene_build(&s);
	assert_int_equal(fetch_open(&fetch, &disk_io, s.dir, NULL), 0);
	assert_int_equal(index_reader_open(s.dir, &fetch, &reader, NULL), 0);
	assert_int_equal(index_reader_rows(reader), 51);
	assert_int_equal(index_reader_newest(reader)->seq, 50);
	for (uint64_t seq = 0; seq <= 50; seq++) {
		assert_int_equal(index_reader_place(reader, seq, &place, NULL),
				 0);
		assert_int_equal(fetch_row(&fetch, &place, &row, NULL), 0);
		assert_int_equal(row.seq, seq);
	}
	assert_int_equal(index_reader_place(reader, 51, &place, NULL),
			 ERR_NOT_FOUND);
	index_reader_close(reader);
	fetch_close(&fetch);
	index_scene_end(&s);
}

/* ---- somebody writes a file at rest while it is read ---- */

static void
set_times(const char *path, const struct stat *st, long later_ns)
{
	struct timespec times[2] = {st->st_atim, st->st_mtim};

	times[1].tv_nsec ^= later_ns;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
touch(const struct index_scene *s)
{
	const char *path = index_scene_path(s, INDEX_NAME);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	set_times(path, &st, 1);
}

static void
lengthen(const struct index_scene *s)
{
	const char *path = index_scene_path(s, INDEX_NAME);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size + 4096), 0);
	set_times(path, &st, 0);
}

/* Another file, as old and as long. */
static void
replace(const struct index_scene *s)
{
	char path[sizeof(s->dir) + 40], other[sizeof(s->dir) + 40];
	struct stat st;
	FILE *file;

	snprintf(path, sizeof(path), "%s/" INDEX_NAME, s->dir);
	snprintf(other, sizeof(other), "%s/other", s->dir);
	assert_int_equal(stat(path, &st), 0);
	file = fopen(other, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(truncate(other, st.st_size), 0);
	set_times(other, &st, 0);
	assert_int_equal(rename(other, path), 0);
}

static void
begin_log(const struct index_scene *s)
{
	FILE *wal = fopen(index_scene_path(s, INDEX_WAL_NAME), "w");

	fputs("a writer has begun", wal);
	fclose(wal);
}

static void
make_anew(const struct index_scene *s)
{
	assert_int_equal(index_remove(s->dir, NULL), 0);
	index_scene_build(s);
}

static void
take_away(const struct index_scene *s)
{
	assert_int_equal(index_remove(s->dir, NULL), 0);
}

/* What was read of it may be of two moments, so it is no answer. */
static void
written_meanwhile(void **state)
{
	static void (*const deeds[])(const struct index_scene *s) = {
	    touch, lengthen, replace, begin_log, make_anew, take_away};
	static const struct row_filter all;

	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		struct row_place place, *places = NULL;
		struct index_reader *reader;
		struct index_scene s;
		struct fetch fetch;
		size_t n;

		print_message("deed %zu\n", i);
		index_scene_begin(&s, 5, SCENE_SEGMENT_ROWS);
		index_scene_append(&s, 50);
		index_scene_build(&s);
		assert_int_equal(fetch_open(&fetch, &disk_io, s.dir, NULL), 0);
		assert_int_equal(
		    index_reader_open(s.dir, &fetch, &reader, NULL), 0);
		assert_int_equal(
		    index_reader_find(reader, &all, 0, &places, &n, NULL), 0);
		assert_int_equal(n, 51);
		free(places);
		assert_int_equal(index_reader_place(reader, 7, &place, NULL),
				 0);
		deeds[i](&s);
		assert_int_equal(
		    index_reader_find(reader, &all, 0, &places, &n, NULL),
		    ERR_BUSY);
		assert_int_equal(index_reader_place(reader, 7, &place, NULL),
				 ERR_BUSY);
		index_reader_close(reader);
		fetch_close(&fetch);
		index_scene_end(&s);
	}
}

static void
assert_as_rebuilt(struct index_scene *s)
{
	char *grown, *rebuilt;

	index_scene_build(s);
	grown = index_scene_dump(s);
	assert_int_equal(index_remove(s->dir, NULL), 0);
	index_scene_build(s);
	rebuilt = index_scene_dump(s);
	assert_string_equal(grown, rebuilt);
	free(grown);
	free(rebuilt);
}

static int
hash_row(void *ctx, const struct row *row)
{
	tree_append(ctx, &row->leaf);
	return 0;
}

/* The frontier is that of the tree over all rows. */
static void
frontier(void **state)
{
	char hex[2 * DIGEST_LEN * 64 + 1] = "", *dump;
	struct index_scene s;
	struct tree tree;

	index_scene_begin(&s, 11, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 76);
	index_scene_build(&s);
	tree_init(&tree);
	assert_int_equal(
	    ledger_scan(&disk_io, s.dir, 0, UINT64_MAX, hash_row, &tree, NULL),
	    0);
	assert_int_equal(tree.size, 77); /* 64 + 8 + 4 + 1 */
	for (size_t i = 0; i < 4; i++)
		hex_encode(tree.stack[i].bytes, DIGEST_LEN, hex + strlen(hex));
	for (char *p = hex; *p != '\0'; p++)
		*p = *p >= 'a' ? (char)(*p - 'a' + 'A') : *p;
	dump = index_scene_dump(&s);
	assert_non_null(strstr(dump, hex));
	assert_non_null(strstr(dump, "\nok|\n"));
	free(dump);
	index_scene_end(&s);
}

static void
say_progress(void *ctx, uint64_t rows)
{
	char byte = 0;

	(void)rows;
	if (write(*(int *)ctx, &byte, 1) < 0)
		_exit(1);
}

/* Adds row after row, each in its transaction, until it is killed. */
static _Noreturn void
grow(const struct index_scene *s, int tell)
{
	struct index_db *index;

	if (index_open(&disk_io, s->dir, &index, NULL) < 0)
		_exit(1);
	for (uint64_t to = index_rows(index); to <= ledger_durable(s->ledger);
	     to++) {
		say_progress(&tell, to);
		if (index_update(index, to, NULL, NULL, NULL, NULL) < 0)
			_exit(1);
	}
	close(tell);
	for (;;)
		pause();
}

static void
kill_while_it_grows(struct index_scene *s)
{
	uint64_t steps = 1 + index_scene_random(s, 12);
	int ends[2], status;
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		grow(s, ends[1]);
	close(ends[1]);
	for (uint64_t i = 0; i < steps && read(ends[0], &byte, 1) == 1; i++)
		;
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	close(ends[0]);
}

static void
killed(void **state)
{
	struct index_scene s;

	index_scene_begin(&s, 21, SCENE_SEGMENT_ROWS);
	for (int i = 0; i < KILLS; i++) {
		index_scene_append(&s, index_scene_random(&s, 8));
		kill_while_it_grows(&s);
		/* Never more than what is durable. */
		assert_in_range(index_witness(s.dir, ledger_genesis(s.ledger)),
				0, ledger_durable(s.ledger));
		if (i % 8 == 7)
			assert_as_rebuilt(&s);
	}
	assert_as_rebuilt(&s);
	index_scene_end(&s);
}

static void
spoil_bytes(const char *path, off_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0640);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static void
spoil_sql(const char *path, const char *text)
{
	sqlite3 *sql;

	assert_int_equal(sqlite3_open(path, &sql), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sql, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(sql);
}

static void
not_an_index(void **state)
{
	static const struct {
		const char *sql;   /* run on a good index, or */
		const char *bytes; /* written at its start */
	} cases[] = {
	    {"UPDATE meta SET genesis = replace(genesis, "
	     "substr(genesis, 1, 1), 'x')",
	     NULL},
	    {"UPDATE meta SET last_leaf = genesis", NULL},
	    {"UPDATE meta SET next_seq = next_seq + 8", NULL},
	    {"UPDATE meta SET frontier = x''", NULL},
	    {"DROP TRIGGER row_stays;"
	     "DELETE FROM row WHERE seq = (SELECT max(seq) FROM row)",
	     NULL},
	    {"DROP TRIGGER row_same;"
	     "UPDATE row SET off = off + 1 "
	     "WHERE seq = (SELECT max(seq) FROM row)",
	     NULL},
	    {"DROP TRIGGER row_stays; DELETE FROM row WHERE seq < 3", NULL},
	    {"DELETE FROM meta", NULL},
	    {"DROP TABLE meta", NULL},
	    {"DROP TABLE row", NULL},
	    {"PRAGMA user_version = 2", NULL}, /* an earlier build */
	    {"PRAGMA user_version = 4", NULL},
	    {NULL, "no database of SQLite"},
	};
	struct index_scene s;

	index_scene_begin(&s, 31, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 40);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *path = index_scene_path(&s, "index.sqlite");
		struct index_reader *reader;
		struct index_db *index;
		struct fetch fetch;
		struct err err;

		print_message("%zu\n", i);
		assert_int_equal(index_remove(s.dir, NULL), 0);
		index_scene_build(&s);
		if (cases[i].sql != NULL)
			spoil_sql(path, cases[i].sql);
		else
			spoil_bytes(path, 0, cases[i].bytes,
				    strlen(cases[i].bytes));
		assert_int_equal(fetch_open(&fetch, &disk_io, s.dir, NULL), 0);
		assert_int_equal(
		    index_reader_open(s.dir, &fetch, &reader, &err),
		    ERR_DAMAGED);
		fetch_close(&fetch);
		assert_int_equal(index_open(&disk_io, s.dir, &index, &err),
				 ERR_DAMAGED);
		assert_non_null(strstr(err.text, "index.sqlite"));
	}
	index_scene_end(&s);
}

/* A row less, or one that is said to be another, would be one that nobody is
 * told of. */
static void
not_by_hand(void **state)
{
	static const char *const deeds[] = {
	    "DELETE FROM row WHERE seq = 7",
	    "UPDATE row SET workload = '' WHERE seq = 7",
	    "UPDATE OR REPLACE row SET seq = 8 WHERE seq = 7",
	    "INSERT OR REPLACE INTO row SELECT seq, seg, off, len, at, day, "
	    "kind, id, '', owner, environment, check_name, decision FROM row "
	    "WHERE seq = 7",
	    "REPLACE INTO row SELECT 7, seg, off, len, at, day, kind, id, "
	    "workload, owner, environment, check_name, decision FROM row "
	    "WHERE seq = 8",
	    "DELETE FROM span",
	    "UPDATE span SET at_max = at_min",
	    "REPLACE INTO span SELECT seg, at_max, at_max FROM span"};
	struct index_scene s;
	sqlite3 *sql;

	index_scene_begin(&s, 36, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 40);
	index_scene_build(&s);
	assert_int_equal(
	    sqlite3_open(index_scene_path(&s, "index.sqlite"), &sql),
	    SQLITE_OK);
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		assert_int_equal(sqlite3_exec(sql, deeds[i], NULL, NULL, NULL),
				 SQLITE_CONSTRAINT);
		assert_string_equal(sqlite3_errmsg(sql),
				    "not by hand: evidencectl index --rebuild");
	}
	sqlite3_close(sql);
	assert_int_equal(index_check(s.dir, NULL, NULL, NULL), 0);
	index_scene_end(&s);
}

/* What stands in its place and is no file is neither waited for nor
 * followed. */
static void
other_kinds(void **state)
{
	struct index_scene s;
	char path[4200], there[4200];

	index_scene_begin(&s, 37, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 20);
	index_scene_build(&s);
	snprintf(path, sizeof(path), "%s",
		 index_scene_path(&s, "index.sqlite"));
	snprintf(there, sizeof(there), "%s/there", s.base);
	assert_int_equal(rename(path, there), 0);
	for (int kind = 0; kind < 3; kind++) {
		int r = kind == 0   ? mkfifo(path, 0640)
			: kind == 1 ? symlink(there, path)
				    : mkdir(path, 0750);
		struct index_reader *reader;
		struct index_db *index;
		struct fetch fetch;
		struct err err;

		assert_int_equal(r, 0);
		assert_int_equal(fetch_open(&fetch, &disk_io, s.dir, NULL), 0);
		assert_int_equal(
		    index_reader_open(s.dir, &fetch, &reader, &err),
		    ERR_NOT_FOUND);
		assert_non_null(strstr(err.text, "not a regular file"));
		fetch_close(&fetch);
		assert_true(index_open(&disk_io, s.dir, &index, &err) < 0);
		assert_int_equal(remove(path), 0);
	}
	assert_int_equal(unlink(there), 0);
	index_scene_end(&s);
}

static void
none_or_empty(void **state)
{
	struct index_reader *reader;
	struct index_scene s;
	struct index_db *index;
	struct fetch fetch;

	index_scene_begin(&s, 41, SCENE_SEGMENT_ROWS);
	assert_int_equal(index_witness(s.dir, ledger_genesis(s.ledger)), 0);
	assert_int_equal(fetch_open(&fetch, &disk_io, s.dir, NULL), 0);
	assert_int_equal(index_reader_open(s.dir, &fetch, &reader, NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(index_remove(s.dir, NULL), 0);
	assert_int_equal(index_open(&disk_io, s.dir, &index, NULL), 0);
	assert_int_equal(index_rows(index), 0);
	index_close(index);
	assert_int_equal(index_reader_open(s.dir, &fetch, &reader, NULL),
			 ERR_NOT_FOUND);
	fetch_close(&fetch);
	assert_int_equal(index_witness(s.dir, ledger_genesis(s.ledger)), 0);
	index_scene_end(&s);
}

static void
mode_and_witness(void **state)
{
	struct digest other = {{1}};
	struct index_scene s;
	struct stat st;

	index_scene_begin(&s, 51, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 9);
	umask(0);
	index_scene_build(&s);
	assert_int_equal(stat(index_scene_path(&s, "index.sqlite"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(index_witness(s.dir, ledger_genesis(s.ledger)), 10);
	assert_int_equal(index_witness(s.dir, &other), 0);
	index_scene_end(&s);
}

/* Deleted under the hands of its writer. */
static void
taken_away(void **state)
{
	struct index_scene s;
	struct index_db *index;
	struct err err;

	index_scene_begin(&s, 61, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 20);
	assert_int_equal(index_open(&disk_io, s.dir, &index, NULL), 0);
	assert_int_equal(index_update(index, 15, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(index_remove(s.dir, NULL), 0);
	assert_int_equal(index_update(index, 21, NULL, NULL, NULL, &err),
			 ERR_DAMAGED);
	index_close(index);
	assert_int_equal(access(index_scene_path(&s, "index.sqlite"), F_OK),
			 -1);
	assert_as_rebuilt(&s);
	index_scene_end(&s);
}

/* Rows that are not there yet cannot be indexed. */
static void
beyond_the_rows(void **state)
{
	struct index_scene s;
	struct index_db *index;
	struct err err;

	index_scene_begin(&s, 71, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 4);
	assert_int_equal(index_open(&disk_io, s.dir, &index, NULL), 0);
	assert_int_equal(index_update(index, 6, NULL, NULL, NULL, &err),
			 ERR_IO);
	index_close(index);
	assert_int_equal(index_witness(s.dir, ledger_genesis(s.ledger)), 5);
	assert_as_rebuilt(&s);
	index_scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_as_scan),
	    cmocka_unit_test(places_of_rows),
	    cmocka_unit_test(written_meanwhile),
	    cmocka_unit_test(frontier),
	    cmocka_unit_test(killed),
	    cmocka_unit_test(not_an_index),
	    cmocka_unit_test(not_by_hand),
	    cmocka_unit_test(other_kinds),
	    cmocka_unit_test(none_or_empty),
	    cmocka_unit_test(mode_and_witness),
	    cmocka_unit_test(taken_away),
	    cmocka_unit_test(beyond_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
