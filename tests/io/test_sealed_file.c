/* A file for the daemon: a sealed copy in memory, and nothing else is read. */
#include "io/sealed_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX = 3 * 1024 * 1024 };

static char path[] = "/tmp/evidenced-sealed-XXXXXX";

static void
write_file(size_t bytes)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	for (size_t i = 0; i < bytes; i++)
		putc('a' + (int)(i % 26), f);
	assert_int_equal(fclose(f), 0);
}

static void
a_copy_is_what_the_file_was(void **state)
{
	static const size_t sizes[] = {1, 65536, 65537, MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf out = {0};
		struct err err;
		int fd;

		write_file(sizes[i]);
		assert_int_equal(sealed_file_copy(path, MAX, &fd, &err), 0);
		write_file(3); /* too late */
		assert_int_equal(write(fd, "x", 1), -1);
		assert_int_equal(ftruncate(fd, 0), -1);
		assert_int_equal(sealed_file_read(fd, MAX, &out, &err), 0);
		assert_int_equal(out.len, sizes[i]);
		for (size_t k = 0; k < out.len; k++)
			assert_int_equal(out.data[k], 'a' + (int)(k % 26));
		close(fd);
		buf_free(&out);
	}
}

static void
what_is_no_file_is_not_copied(void **state)
{
	struct err err;
	int fd = -1;

	write_file(0);
	assert_int_equal(sealed_file_copy(path, MAX, &fd, &err), ERR_INVALID);
	assert_string_equal(err.text, "it is empty");
	write_file(MAX + 1);
	assert_int_equal(sealed_file_copy(path, MAX, &fd, &err), ERR_LIMIT);
	assert_string_equal(err.text, "it is bigger than 3 MiB");
	assert_int_equal(sealed_file_copy("/dev/zero", MAX, &fd, &err),
			 ERR_INVALID);
	assert_int_equal(sealed_file_copy("/tmp", MAX, &fd, &err), ERR_INVALID);
	assert_int_equal(sealed_file_copy("/nonexistent", MAX, &fd, &err),
			 ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "No such file"));
	assert_int_equal(fd, -1);
}

/* A pipe that nobody writes into must not hold up whoever asks. */
static void
a_pipe_is_not_waited_for(void **state)
{
	char name[sizeof(path) + 8];
	struct err err;
	int fd;

	snprintf(name, sizeof(name), "%s.pipe", path);
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_int_equal(sealed_file_copy(name, MAX, &fd, &err), ERR_INVALID);
	unlink(name);
}

static int
memory(unsigned int flags, int seals)
{
	int fd = memfd_create("test", flags);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "page", 4), 4);
	if (seals != 0)
		assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

/* The daemon reads neither a disk, nor what may change under its hands. */
static void
only_sealed_copies_are_read(void **state)
{
	static const int all =
	    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct buf out = {0};
	struct err err;
	int fds[6];

	write_file(10);
	fds[0] = open(path, O_RDONLY | O_CLOEXEC);
	fds[1] = memory(MFD_CLOEXEC, 0);
	fds[2] = memory(MFD_CLOEXEC | MFD_ALLOW_SEALING, 0);
	fds[3] = memory(MFD_CLOEXEC | MFD_ALLOW_SEALING, all & ~F_SEAL_WRITE);
	fds[4] = memory(MFD_CLOEXEC | MFD_ALLOW_SEALING, all & ~F_SEAL_SHRINK);
	fds[5] = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		assert_int_equal(sealed_file_read(fds[i], MAX, &out, &err),
				 ERR_INVALID);
		assert_int_equal(out.len, 0);
		close(fds[i]);
	}
	fds[0] = memory(MFD_CLOEXEC | MFD_ALLOW_SEALING, all);
	assert_int_equal(sealed_file_read(fds[0], 3, &out, &err), ERR_LIMIT);
	assert_int_equal(sealed_file_read(fds[0], 4, &out, &err), 0);
	close(fds[0]);
	buf_free(&out);
}

static int
set_up(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_copy_is_what_the_file_was),
	    cmocka_unit_test(what_is_no_file_is_not_copied),
	    cmocka_unit_test(a_pipe_is_not_waited_for),
	    cmocka_unit_test(only_sealed_copies_are_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
