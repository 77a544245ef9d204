/* The ledger on a real disk: the calls do what the simulated disk says, two
 * processes exclude each other, links are not followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/disk.h"
#include "leave.h"
#include "ledger/ledger.h"
#include "ledger/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[200], dir[300];

static int
setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(base, sizeof(base), "%.150s/evidenced-disk-XXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(base) == NULL)
		return -1;
	snprintf(dir, sizeof(dir), "%s/ledger", base);
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int
teardown(void **state)
{
	assert_int_equal(leave_judge_folder(dir), 0);
	snprintf(dir, sizeof(dir), "%s/ledger", base);
	assert_int_equal(leave_judge_folder(dir), 0);
	return nftw(base, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int
open_ledger(struct ledger **ret, struct ledger_recovery *rec, struct err *err)
{
	const struct ledger_options o = {.dir = dir,
					 .origin = "",
					 .hostname = "h",
					 .segment_rows = 4,
					 .now = wall_from_s(1783036800)};

	return ledger_open(&disk_io, &o, ret, rec, err);
}

static void
append(struct ledger *l, int n)
{
	char id[20];
	struct row_draft d = {.at = wall_from_s(1783036801),
			      .id = id,
			      .kind = "note",
			      .body = "{}",
			      .body_len = 2};

	snprintf(id, sizeof(id), "n.%d", n);
	assert_int_equal(ledger_append(l, &d, NULL, NULL), 0);
}

static int
mode_of(const char *name)
{
	char path[400];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return stat(path, &st) < 0 ? -1 : (int)(st.st_mode & 07777);
}

static void
test_life(void **state)
{
	struct ledger_recovery rec;
	struct ledger_verdict v;
	struct ledger *l;
	struct err err;

	umask(0);
	for (int round = 0; round < 3; round++) {
		if (open_ledger(&l, &rec, &err) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(rec.created, round == 0);
		assert_false(rec.damaged);
		for (int i = 0; i < 5; i++)
			append(l, 10 * round + i);
		assert_int_equal(ledger_flush(l, NULL, NULL, &err), 0);
		ledger_close(l);
	}
	assert_int_equal(ledger_verify(&disk_io, dir, 1, &v, &err), 0);
	assert_true(v.ok);
	assert_int_equal(v.rows, 16);
	assert_int_equal(mode_of("."), 0750);
	assert_int_equal(mode_of("LEDGER"), 0640);
	assert_int_equal(mode_of("key"), 0600);
	assert_int_equal(mode_of("secret"), 0600);
	assert_int_equal(mode_of("seg-000000000000.jsonl"), 0440);
	assert_int_equal(mode_of("seg-000000000012.jsonl"), 0640);
}

/* Another process finds the lock taken, and whose it is. */
static void
test_second_process(void **state)
{
	struct ledger_recovery rec;
	struct ledger *l;
	struct err err;
	char expected[40];
	int status;
	pid_t pid;

	assert_int_equal(open_ledger(&l, &rec, &err), 0);
	snprintf(expected, sizeof(expected), "pid %d;", (int)getpid());
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct ledger *second;
		int r = open_ledger(&second, &rec, &err);

		_exit(r == ERR_BUSY && strstr(err.text, expected) != NULL ? 0
									  : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	ledger_close(l);
	/* The lock went with it. */
	assert_int_equal(open_ledger(&l, &rec, &err), 0);
	ledger_close(l);
}

static void
test_errors(void **state)
{
	const struct ledger_io *io = &disk_io;
	char path[400], link_path[400], *names;
	struct ledger_stat st;
	int64_t room;
	size_t n;
	int fd, at;

	at = io->open_dir(io->ctx, AT_FDCWD, base);
	assert_true(at >= 0);
	assert_int_equal(io->open_dir(io->ctx, at, "nothing"), -ENOENT);
	assert_int_equal(io->open_file(io->ctx, at, "nothing", O_RDONLY, 0),
			 -ENOENT);
	assert_int_equal(io->unlink(io->ctx, at, "nothing"), -ENOENT);
	assert_int_equal(io->mkdir(io->ctx, at, "ledger", 0700), -EEXIST);
	assert_int_equal(io->rename(io->ctx, at, "nothing", at, "x"), -ENOENT);
	fd = io->open_file(io->ctx, at, "file", O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0);
	assert_int_equal(io->pwrite(io->ctx, fd, "abc", 3, 2), 3);
	io->start_sync(io->ctx, fd);
	assert_int_equal(io->fdatasync(io->ctx, fd), 0);
	assert_int_equal(io->fsync_file(io->ctx, fd), 0);
	assert_int_equal(io->fsync_dir(io->ctx, at), 0);
	assert_int_equal(io->fstat(io->ctx, fd, &st), 0);
	assert_int_equal(st.size, 5);
	assert_int_equal(st.mode, 0600);
	assert_int_equal(io->ftruncate(io->ctx, fd, 4), 0);
	assert_int_equal(io->fchmod(io->ctx, fd, 0400), 0);
	assert_int_equal(io->close(io->ctx, fd), 0);
	assert_int_equal(io->fdatasync(io->ctx, fd), -EBADF);
	snprintf(path, sizeof(path), "%s/file", base);
	snprintf(link_path, sizeof(link_path), "%s/link", base);
	assert_int_equal(symlink(path, link_path), 0);
	assert_int_equal(io->open_file(io->ctx, at, "link", O_RDONLY, 0),
			 -LEDGER_NOT_A_FILE);
	assert_int_equal(io->list(io->ctx, at, &names, &n), 0);
	assert_int_equal(n, 3);
	free(names);
	assert_int_equal(io->free_bytes(io->ctx, at, &room), 0);
	assert_true(room > 0);
	assert_int_equal(io->pid(io->ctx), getpid());
	assert_int_equal(io->uid(io->ctx), geteuid());
	io->close(io->ctx, at);
}

/* A pipe in its place, which nobody would ever write to. */
static void
put_pipe(const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_true(unlink(path) == 0 || errno == ENOENT);
	assert_int_equal(mkfifo(path, 0640), 0);
}

static void
test_other_kinds(void **state)
{
	static const int flags[] = {O_RDONLY, O_RDWR, O_WRONLY | O_TRUNC};
	const struct ledger_io *io = &disk_io;
	char path[400];
	int at;

	snprintf(path, sizeof(path), "%s/pipe", base);
	assert_int_equal(mkfifo(path, 0600), 0);
	at = io->open_dir(io->ctx, AT_FDCWD, base);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		assert_int_equal(
		    io->open_file(io->ctx, at, "pipe", flags[i], 0),
		    -LEDGER_NOT_A_FILE);
		assert_int_equal(io->open_file(io->ctx, at, ".", flags[i], 0),
				 -LEDGER_NOT_A_FILE);
	}
	assert_int_equal(
	    io->open_file(io->ctx, AT_FDCWD, "/dev/null", O_RDONLY, 0),
	    -LEDGER_NOT_A_FILE);
	io->close(io->ctx, at);
}

/* Readers tell of it, the writer finds damage and stays up. */
static void
test_pipe_for_segment(void **state)
{
	struct ledger_recovery rec;
	struct ledger_verdict v;
	struct ledger *l;
	struct err err;

	snprintf(dir, sizeof(dir), "%s/pipes", base);
	assert_int_equal(open_ledger(&l, &rec, &err), 0);
	ledger_close(l);
	put_pipe("seg-000000000000.jsonl");
	assert_int_equal(ledger_verify(&disk_io, dir, 3, &v, &err), 0);
	assert_false(v.ok);
	assert_int_equal(v.first_bad_seq, 0);
	assert_non_null(strstr(v.reason, "the segment is not a regular file"));
	assert_int_equal(open_ledger(&l, &rec, &err), 0);
	assert_true(rec.damaged);
	assert_non_null(strstr(rec.words, "not a regular file"));
	ledger_close(l);

	put_pipe("LEDGER");
	assert_int_equal(ledger_verify(&disk_io, dir, 3, &v, &err),
			 ERR_DAMAGED);
	assert_non_null(strstr(err.text, "/LEDGER: not a regular file"));
	assert_int_equal(open_ledger(&l, &rec, &err), ERR_DAMAGED);
	assert_non_null(strstr(err.text, "/LEDGER"));
	assert_non_null(strstr(err.text, "not a regular file"));
}

/* A file server has lent the file out; it is told, and gives it back. */
static _Noreturn void
hold_lease(const char *path, int tell)
{
	int fd = open(path, O_RDONLY);
	char taken = fcntl(fd, F_SETLEASE, F_WRLCK) == 0;

	if (write(tell, &taken, 1) != 1)
		_exit(1);
	for (;;)
		pause(); /* the signal of the kernel ends it, and the lease */
}

static void
test_lease(void **state)
{
	const struct ledger_io *io = &disk_io;
	int ends[2], status, at, fd;
	char path[400], taken = 0;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/lent", base);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		hold_lease(path, ends[1]);
	assert_int_equal(read(ends[0], &taken, 1), 1);
	if (!taken) /* this file system lends none */
		kill(pid, SIGKILL);
	else
		assert_true(open(path, O_RDONLY | O_NONBLOCK) < 0 &&
			    errno == EAGAIN);
	at = io->open_dir(io->ctx, AT_FDCWD, base);
	fd = io->open_file(io->ctx, at, "lent", O_RDONLY, 0);
	assert_true(fd >= 0);
	io->close(io->ctx, fd);
	io->close(io->ctx, at);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	close(ends[0]);
	close(ends[1]);
}

/* The key is not read through a link: who made it could make another. */
static void
test_link_for_key(void **state)
{
	struct ledger_recovery rec;
	char path[400], there[400];
	struct ledger *l;
	struct err err;

	snprintf(dir, sizeof(dir), "%s/linked", base);
	assert_int_equal(open_ledger(&l, &rec, &err), 0);
	ledger_close(l);
	snprintf(path, sizeof(path), "%s/key", dir);
	snprintf(there, sizeof(there), "%s/there", base);
	assert_int_equal(rename(path, there), 0);
	assert_int_equal(symlink(there, path), 0);
	assert_int_equal(open_ledger(&l, &rec, &err), ERR_DENIED);
	assert_non_null(strstr(err.text, "linked/key: not a regular file"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rename(there, path), 0);
	assert_int_equal(open_ledger(&l, &rec, &err), 0);
	ledger_close(l);
}

/* Where a link stands, no folder is made, and none is left beside it. */
static void
test_link_for_ledger(void **state)
{
	struct ledger_recovery rec;
	struct ledger *l;
	struct err err;
	char before[sizeof(dir)], left[400];

	memcpy(before, dir, sizeof(dir));
	snprintf(dir, sizeof(dir), "%s/moved", base);
	assert_int_equal(symlink("nowhere", dir), 0);
	assert_int_equal(open_ledger(&l, &rec, &err), ERR_INVALID);
	assert_non_null(strstr(err.text, "/moved is a symbolic link"));
	snprintf(left, sizeof(left), "%s.new", dir);
	assert_int_equal(access(left, F_OK), -1);
	assert_int_equal(unlink(dir), 0);
	memcpy(dir, before, sizeof(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_life),
	    cmocka_unit_test(test_second_process),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_other_kinds),
	    cmocka_unit_test(test_pipe_for_segment),
	    cmocka_unit_test(test_lease),
	    cmocka_unit_test(test_link_for_key),
	    cmocka_unit_test(test_link_for_ledger),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
