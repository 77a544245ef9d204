/* The index beside a running daemon: the keeper brings it up, makes it anew
 * where it is no good, and waits where it cannot be written; readers use it
 * while it is written, and leave one alone that nobody keeps.
 *
 * Readers are programs of their own: neither the locks nor the memory of
 * SQLite work between two users of a file in one process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "index_scene.h"
#include "io/index_check.h"
#include "io/index_keeper.h"
#include "io/index_reader.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

enum { OWNER = 12345, GROUP = 23456, STRANGER = 34567 };

static const char *self; /* this program */
static atomic_int n_said;
static char said[600];

static void
say(int priority, const char *text)
{
	(void)priority;
	snprintf(said, sizeof(said), "%s", text);
	n_said++; /* at last: another thread waits for it */
}

static struct index_keeper *
start(const struct index_scene *s)
{
	struct index_keeper *k;

	n_said = 0;
	said[0] = '\0';
	assert_int_equal(index_keeper_new(&disk_io, s->dir, say, &k, NULL), 0);
	return k;
}

static void
assert_whole(const struct index_scene *s)
{
	char *kept, *rebuilt;

	assert_int_equal(index_witness(s->dir, ledger_genesis(s->ledger)),
			 ledger_durable(s->ledger));
	/* It may have been stopped before all was sorted. */
	index_scene_build(s);
	kept = index_scene_dump(s);
	assert_int_equal(index_remove(s->dir, NULL), 0);
	index_scene_build(s);
	rebuilt = index_scene_dump(s);
	assert_string_equal(kept, rebuilt);
	free(kept);
	free(rebuilt);
}

struct answer {
	int result; /* mode, or error */
	uint64_t rows;
};

/* The program of a reader: DIR UID GID; prints its struct answer. */
static int
reader_main(char *argv[])
{
	const struct row_filter notes = {.kind = "note"};
	uid_t uid = (uid_t)strtoul(argv[2], NULL, 10);
	gid_t gid = (gid_t)strtoul(argv[3], NULL, 10);
	struct answer answer = {-100, 0};
	struct index_reader *reader;
	struct row_place *places = NULL;
	struct fetch fetch;
	size_t n = 0;
	int r;

	if (uid != 0 &&
	    (setgroups(0, NULL) < 0 || setgid(gid) < 0 || setuid(uid) < 0))
		return 1;
	if (fetch_open(&fetch, &disk_io, argv[1], NULL) < 0)
		return 1;
	answer.result = index_reader_open(argv[1], &fetch, &reader, NULL);
	if (answer.result == 0) {
		r = index_reader_find(reader, &notes, 5, &places, &n, NULL);
		if (r == 0 && n != 5)
			return 1;
		/* Somebody began to write in what was at rest. */
		answer.result = r < 0 ? r : (int)index_reader_mode(reader);
		answer.rows = r < 0 ? 0 : index_reader_rows(reader);
		index_reader_close(reader);
		if (r < 0 && r != ERR_BUSY)
			return 1;
	}
	free(places);
	fetch_close(&fetch);
	return write(1, &answer, sizeof(answer)) == sizeof(answer) ? 0 : 1;
}

/* What a process of this user finds when it opens the index. */
static struct answer
read_as(const struct index_scene *s, unsigned uid, unsigned gid)
{
	struct answer answer = {-100, 0};
	char uid_text[16], gid_text[16];
	int ends[2], status;
	pid_t pid;

	snprintf(uid_text, sizeof(uid_text), "%u", uid);
	snprintf(gid_text, sizeof(gid_text), "%u", gid);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], 1);
		execl(self, self, s->dir, uid_text, gid_text, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(read(ends[0], &answer, sizeof(answer)),
			 sizeof(answer));
	close(ends[0]);
	return answer;
}

/* Waits until the thread has come so far. */
static void
wait_for(const struct index_scene *s, uint64_t rows)
{
	while (read_as(s, 0, 0).rows < rows)
		sched_yield();
}

static void
brings_it_up(void **state)
{
	struct index_keeper *k;
	struct index_scene s;

	index_scene_begin(&s, 5, SCENE_SEGMENT_ROWS);
	/* More than a step: taken at once, before anybody waits a second. */
	index_scene_append(&s, INDEX_STEP_ROWS + 100);
	k = start(&s);
	index_keeper_tell(k, ledger_durable(s.ledger));
	wait_for(&s, ledger_durable(s.ledger));
	index_scene_append(&s, 7);
	index_keeper_tell(k, ledger_durable(s.ledger));
	index_keeper_free(k);
	assert_int_equal(n_said, 0);
	assert_whole(&s);
	index_scene_end(&s);
}

static void
never_told(void **state)
{
	struct index_scene s;

	index_scene_begin(&s, 6, LEDGER_SEGMENT_ROWS);
	index_keeper_free(start(&s));
	assert_int_equal(access(index_scene_path(&s, "index.sqlite"), F_OK),
			 -1);
	index_keeper_free(NULL);
	index_scene_end(&s);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static char *
read_file(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "r");
	char *bytes;

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	*ret_len = (size_t)ftell(f);
	rewind(f);
	bytes = malloc(*ret_len);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, *ret_len, f), *ret_len);
	fclose(f);
	return bytes;
}

static void
write_bytes(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
}

static char *
last_of(char *bytes, size_t len, const char *mark)
{
	char *found = NULL, *at = bytes, *end = bytes + len;

	while ((at = memmem(at, (size_t)(end - at), mark, strlen(mark))) !=
	       NULL)
		found = at++;
	return found;
}

/* Garbage, and an index of other rows: deleted, made anew, said once. */
static void
made_anew(void **state)
{
	struct index_keeper *k;
	struct index_scene s;

	index_scene_begin(&s, 7, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, INDEX_STEP_ROWS + 1);
	write_file(index_scene_path(&s, "index.sqlite"), "no database at all");
	k = start(&s);
	index_keeper_tell(k, ledger_durable(s.ledger));
	while (n_said == 0)
		sched_yield();
	index_keeper_free(k);
	assert_int_equal(n_said, 1);
	assert_non_null(strstr(said, "made anew"));
	index_scene_build(&s);
	assert_whole(&s);
	index_scene_end(&s);
}

/* A bit of an id flips on the disk, in the table or in its index: either would
 * hide the row from whoever asks. */
static void
rotted(void **state)
{
	static const char mark[] = "t.1";
	struct index_keeper *k;
	struct index_scene s;
	size_t len;
	char *bytes, *at;

	index_scene_begin(&s, 10, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, INDEX_STEP_ROWS + 1);
	index_scene_build(&s);
	bytes = read_file(index_scene_path(&s, "index.sqlite"), &len);
	for (int last = 0; last < 2; last++) {
		at = last ? last_of(bytes, len, mark)
			  : memmem(bytes, len, mark, strlen(mark));
		assert_non_null(at);
		at[2] ^= 1;
		write_bytes(index_scene_path(&s, "index.sqlite"), bytes, len);
		at[2] ^= 1;
		assert_int_equal(index_check(s.dir, NULL, NULL, NULL),
				 ERR_DAMAGED);
		k = start(&s);
		index_keeper_tell(k, ledger_durable(s.ledger));
		while (n_said == 0)
			sched_yield();
		index_keeper_free(k);
		assert_non_null(strstr(said, "made anew"));
		assert_whole(&s);
		assert_int_equal(index_check(s.dir, NULL, NULL, NULL), 0);
	}
	free(bytes);
	index_scene_end(&s);
}

/* A row was taken out by somebody who took the trigger away first. */
static void
robbed(void **state)
{
	struct index_keeper *k;
	struct index_scene s;
	sqlite3 *sql;

	index_scene_begin(&s, 11, SCENE_SEGMENT_ROWS);
	index_scene_append(&s, 40);
	index_scene_build(&s);
	assert_int_equal(
	    sqlite3_open(index_scene_path(&s, "index.sqlite"), &sql),
	    SQLITE_OK);
	assert_int_equal(sqlite3_exec(sql,
				      "DROP TRIGGER row_stays;"
				      "DELETE FROM row WHERE seq = 7",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(sql);
	assert_int_equal(index_check(s.dir, NULL, NULL, NULL), ERR_DAMAGED);
	k = start(&s);
	index_keeper_tell(k, ledger_durable(s.ledger));
	while (n_said == 0)
		sched_yield();
	index_keeper_free(k);
	assert_non_null(strstr(said, "rows are missing in it: 1"));
	assert_non_null(strstr(said, "made anew"));
	assert_int_equal(index_check(s.dir, NULL, NULL, NULL), 0);
	index_scene_end(&s);
}

/* Deleted while it is open: the next rows bring a new one. */
static void
deleted_meanwhile(void **state)
{
	struct index_keeper *k;
	struct index_scene s;

	index_scene_begin(&s, 8, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, INDEX_STEP_ROWS);
	k = start(&s);
	index_keeper_tell(k, ledger_durable(s.ledger));
	wait_for(&s, ledger_durable(s.ledger));
	assert_int_equal(index_remove(s.dir, NULL), 0);
	index_scene_append(&s, INDEX_STEP_ROWS);
	index_keeper_tell(k, ledger_durable(s.ledger));
	wait_for(&s, ledger_durable(s.ledger));
	index_keeper_free(k);
	assert_int_equal(n_said, 1);
	assert_whole(&s);
	index_scene_end(&s);
}

/* Where no file can be made, it waits and says so once. */
static void
cannot_be_written(void **state)
{
	struct index_keeper *k;
	struct index_scene s;

	index_scene_begin(&s, 9, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, INDEX_STEP_ROWS);
	assert_int_equal(
	    symlink("/nowhere", index_scene_path(&s, "index.sqlite")), 0);
	k = start(&s);
	index_keeper_tell(k, ledger_durable(s.ledger));
	while (n_said == 0)
		sched_yield();
	index_keeper_free(k);
	assert_int_equal(n_said, 1);
	assert_non_null(strstr(said, "the ledger goes on"));
	index_scene_end(&s);
}

/* ---- another program in the file ---- */

struct locker {
	pid_t pid;
	int in; /* closed: it ends what it began */
};

/* The program: DIR SQL; says when it has begun and ends with its input. */
static int
locker_main(char *argv[])
{
	char path[4200], byte = 0;
	sqlite3 *sql;

	snprintf(path, sizeof(path), "%s/index.sqlite", argv[1]);
	if (sqlite3_open_v2(path, &sql, SQLITE_OPEN_READWRITE, NULL) !=
		SQLITE_OK ||
	    sqlite3_exec(sql, argv[2], NULL, NULL, NULL) != SQLITE_OK ||
	    write(1, &byte, 1) != 1)
		return 1;
	while (read(0, &byte, 1) > 0)
		;
	return sqlite3_exec(sql, "COMMIT", NULL, NULL, NULL) != SQLITE_OK ||
	       sqlite3_close(sql) != SQLITE_OK;
}

static struct locker
lock(const struct index_scene *s, const char *text)
{
	int in[2], out[2];
	struct locker l;
	char byte;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	l.pid = fork();
	assert_true(l.pid >= 0);
	if (l.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(self, self, s->dir, text, (char *)NULL);
		_exit(1);
	}
	close(in[0]);
	close(out[1]);
	assert_int_equal(read(out[0], &byte, 1), 1);
	close(out[0]);
	l.in = in[1];
	return l;
}

static void
unlock(struct locker *l)
{
	int status;

	close(l->in);
	assert_int_equal(waitpid(l->pid, &status, 0), l->pid);
	assert_int_equal(status, 0);
}

static ino_t
inode(const struct index_scene *s)
{
	struct stat st;

	assert_int_equal(stat(index_scene_path(s, "index.sqlite"), &st), 0);
	return st.st_ino;
}

/* A view that stays open holds nothing up. */
static void
looked_at_meanwhile(void **state)
{
	struct index_keeper *k;
	struct index_scene s;
	struct locker l;

	index_scene_begin(&s, 11, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, INDEX_STEP_ROWS);
	index_scene_build(&s);
	l = lock(&s, "BEGIN; SELECT count(*) FROM row");
	k = start(&s);
	index_scene_append(&s, INDEX_STEP_ROWS);
	index_keeper_tell(k, ledger_durable(s.ledger));
	wait_for(&s, ledger_durable(s.ledger));
	unlock(&l);
	index_keeper_free(k);
	assert_int_equal(n_said, 0);
	assert_whole(&s);
	index_scene_end(&s);
}

static int64_t
log_bytes(const struct index_scene *s)
{
	struct stat st;

	return stat(index_scene_path(s, "index.sqlite-wal"), &st) == 0
		   ? st.st_size
		   : 0;
}

/* A view that stays open for very long keeps all pages that were written
 * meanwhile: at some size the index waits for its end. */
static void
looked_at_for_long(void **state)
{
	/* What one step more may write. */
	const int64_t most = INDEX_LOG_MAX + INDEX_LOG_MAX / 4;
	struct index_keeper *k;
	struct index_scene s;
	struct locker l;

	index_scene_begin(&s, 13, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, INDEX_STEP_ROWS);
	index_scene_build(&s);
	l = lock(&s, "BEGIN; SELECT count(*) FROM row");
	k = start(&s);
	while (n_said == 0) {
		index_scene_append(&s, INDEX_STEP_ROWS);
		index_keeper_tell(k, ledger_durable(s.ledger));
		/* Step by step: what one writes grows with the index that it
		 * is for. */
		while (n_said == 0 &&
		       read_as(&s, 0, 0).rows < ledger_durable(s.ledger))
			sched_yield();
		assert_in_range(log_bytes(&s), 0, most);
	}
	assert_non_null(strstr(said, "the ledger goes on"));
	for (int i = 0; i < 10; i++)
		index_scene_append(&s, INDEX_STEP_ROWS);
	index_keeper_tell(k, ledger_durable(s.ledger));
	assert_in_range(log_bytes(&s), INDEX_LOG_MAX, most);
	unlock(&l);
	wait_for(&s, ledger_durable(s.ledger));
	assert_in_range(log_bytes(&s), 0, most);
	index_keeper_free(k);
	assert_int_equal(n_said, 1);
	assert_whole(&s);
	index_scene_end(&s);
}

/* A lock holds the index up, and nobody else; when it is gone, all rows come
 * into the same file. */
static void
locked_meanwhile(void **state)
{
	static const char *const locks[] = {"BEGIN IMMEDIATE",
					    "BEGIN EXCLUSIVE"};

	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		struct index_keeper *k;
		struct index_scene s;
		struct locker l;
		ino_t before;

		index_scene_begin(&s, 12 + (unsigned)i, LEDGER_SEGMENT_ROWS);
		index_scene_append(&s, 100);
		index_scene_build(&s);
		before = inode(&s);
		l = lock(&s, locks[i]);
		k = start(&s);
		index_scene_append(&s, INDEX_STEP_ROWS);
		index_keeper_tell(k, ledger_durable(s.ledger));
		while (n_said == 0)
			sched_yield();
		assert_non_null(strstr(said, "the ledger goes on"));
		index_scene_append(&s, 7);
		index_keeper_tell(k, ledger_durable(s.ledger));
		unlock(&l);
		wait_for(&s, ledger_durable(s.ledger));
		index_keeper_free(k);
		assert_int_equal(n_said, 1);
		assert_int_equal(inode(&s), before);
		assert_whole(&s);
		index_scene_end(&s);
	}
}

/* The way down does not wait for it; the next start takes what lacks. */
static void
locked_to_the_end(void **state)
{
	struct index_keeper *k;
	struct index_scene s;
	struct locker l;
	ino_t before;

	index_scene_begin(&s, 14, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, 100);
	index_scene_build(&s);
	before = inode(&s);
	l = lock(&s, "BEGIN IMMEDIATE");
	k = start(&s);
	index_scene_append(&s, INDEX_STEP_ROWS);
	index_keeper_tell(k, ledger_durable(s.ledger));
	while (n_said == 0)
		sched_yield();
	index_keeper_free(k);
	unlock(&l);
	assert_true(index_witness(s.dir, ledger_genesis(s.ledger)) <
		    ledger_durable(s.ledger));
	k = start(&s);
	index_keeper_tell(k, ledger_durable(s.ledger));
	wait_for(&s, ledger_durable(s.ledger));
	index_keeper_free(k);
	assert_int_equal(n_said, 0);
	assert_int_equal(inode(&s), before);
	assert_whole(&s);
	index_scene_end(&s);
}

/* ---- readers ---- */

/* A process that has the index open, until the pipe is closed. */
static pid_t
hold_open(const struct index_scene *s, int *ret_end)
{
	struct index_db *index;
	int ends[2], ready[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid > 0) {
		close(ends[0]);
		close(ready[1]);
		assert_int_equal(read(ready[0], &byte, 1), 1);
		close(ready[0]);
		*ret_end = ends[1];
		return pid;
	}
	close(ends[1]);
	if (geteuid() == 0 && (setgid(GROUP) < 0 || setuid(OWNER) < 0))
		_exit(1);
	if (index_open(&disk_io, s->dir, &index, NULL) < 0 ||
	    index_update(index, ledger_durable(s->ledger), NULL, NULL, NULL,
			 NULL) < 0 ||
	    write(ready[1], &byte, 1) != 1)
		_exit(1);
	/* Killed when the test has seen enough: nothing is closed. */
	while (read(ends[0], &byte, 1) > 0)
		;
	_exit(0);
}

static void
give_to_owner(const struct index_scene *s)
{
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(s->base, 0755), 0);
	assert_int_equal(chown(s->dir, OWNER, GROUP), 0);
	for (int i = 0; i < 2; i++) {
		static const char *const names[] = {"LEDGER", "index.sqlite"};

		if (access(index_scene_path(s, names[i]), F_OK) == 0)
			assert_int_equal(
			    chown(index_scene_path(s, names[i]), OWNER, GROUP),
			    0);
	}
	for (uint64_t seg = 0; seg < 400; seg += LEDGER_SEGMENT_ROWS) {
		char name[40];

		snprintf(name, sizeof(name), "seg-%012llu.jsonl",
			 (unsigned long long)seg);
		if (access(index_scene_path(s, name), F_OK) == 0)
			assert_int_equal(
			    chown(index_scene_path(s, name), OWNER, GROUP), 0);
	}
}

static void
expect_readers(const struct index_scene *s, int result)
{
	assert_int_equal(read_as(s, 0, 0).result, result);
	if (geteuid() == 0)
		assert_int_equal(read_as(s, STRANGER, GROUP).result, result);
}

/* Whether reading left anything in the folder. */
static bool
exists(const struct index_scene *s, const char *name)
{
	return access(index_scene_path(s, name), F_OK) == 0;
}

static void
reader_modes(void **state)
{
	struct index_scene s;
	int end, status;
	pid_t pid;

	index_scene_begin(&s, 10, LEDGER_SEGMENT_ROWS);
	index_scene_append(&s, 200);
	give_to_owner(&s);
	expect_readers(&s, ERR_NOT_FOUND);
	pid = hold_open(&s, &end);
	/* Beside its writer. */
	expect_readers(&s, INDEX_READ_ONLY);
	/* Newer than the reader's view, and while somebody reads. */
	index_scene_append(&s, 20);
	expect_readers(&s, INDEX_READ_ONLY);
	close(end);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* Left behind by a process that did not close it. */
	assert_true(exists(&s, "index.sqlite-wal"));
	expect_readers(&s, ERR_BUSY);
	/* At rest: the next writer has mended and closed it. */
	give_to_owner(&s);
	index_scene_build(&s);
	assert_false(exists(&s, "index.sqlite-wal"));
	expect_readers(&s, INDEX_IMMUTABLE);
	/* And so it is where nobody can write. */
	assert_int_equal(chmod(s.dir, 0550), 0);
	assert_int_equal(chmod(index_scene_path(&s, "index.sqlite"), 0440), 0);
	expect_readers(&s, INDEX_IMMUTABLE);
	assert_false(exists(&s, "index.sqlite-wal"));
	assert_false(exists(&s, "index.sqlite-shm"));
	assert_int_equal(chmod(s.dir, 0750), 0);
	index_scene_end(&s);
}

int
main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(brings_it_up),
	    cmocka_unit_test(never_told),
	    cmocka_unit_test(made_anew),
	    cmocka_unit_test(rotted),
	    cmocka_unit_test(robbed),
	    cmocka_unit_test(deleted_meanwhile),
	    cmocka_unit_test(cannot_be_written),
	    cmocka_unit_test(looked_at_meanwhile),
	    cmocka_unit_test(looked_at_for_long),
	    cmocka_unit_test(locked_meanwhile),
	    cmocka_unit_test(locked_to_the_end),
	    cmocka_unit_test(reader_modes),
	};

	self = argv[0];
	if (argc == 4)
		return reader_main(argv);
	if (argc == 3)
		return locker_main(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
