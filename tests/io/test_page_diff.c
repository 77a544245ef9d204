/* The unified diff in the eyes of diff(1) and patch(1): what we write, patch
 * applies; and it has as many lines as diff --minimal finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fakes/seed.h"
#include "page/page.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The exit status of a program whose output goes to a file. */
static int
run(const char *const argv[], const char *output)
{
	posix_spawn_file_actions_t actions;
	int status;
	pid_t pid;

	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(
	    posix_spawn_file_actions_addopen(
		&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600),
	    0);
	assert_int_equal(posix_spawnp(&pid, argv[0], &actions, NULL,
				      (char *const *)(uintptr_t)argv, environ),
			 0);
	posix_spawn_file_actions_destroy(&actions);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
write_file(const char *name, const struct buf *b)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(buf_text(b), 1, b->len, file), b->len);
	assert_int_equal(fclose(file), 0);
}

static void
read_file(const char *name, struct buf *out)
{
	FILE *file = fopen(name, "r");
	char chunk[4096];
	size_t n;

	assert_non_null(file);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(out, chunk, n);
	fclose(file);
}

static void
random_lines(struct seed *seed, struct buf *out)
{
	static const char *const lines[] = {"alpha",  "beta",	     "-gamma",
					    "+delta", "@@ -1 +1 @@", "--- a",
					    "",	      "alpha beta"};

	for (uint32_t n = seed_next(seed, 40); n > 0; n--) {
		buf_puts(
		    out,
		    lines[seed_next(seed, sizeof(lines) / sizeof(lines[0]))]);
		if (n > 1 || seed_next(seed, 4) > 0)
			buf_putc(out, '\n');
	}
}

static size_t
count_marked(const struct buf *diff)
{
	size_t n = 0;
	const char *p = strstr(buf_text(diff), "\n@@ ");

	for (; p != NULL; p = strchr(p + 1, '\n'))
		n += p[1] == '+' || p[1] == '-';
	return n;
}

static void
compare(struct seed *seed)
{
	static const char *const patch[] = {
	    "patch", "-s", "-f", "-u", "-o", "patched", "old", "ours", NULL};
	static const char *const diff[] = {"diff", "-u",  "--minimal",
					   "old",  "new", NULL};
	struct buf old = {0}, new = {0}, ours = {0}, theirs = {0};
	struct buf patched = {0};

	random_lines(seed, &old);
	random_lines(seed, &new);
	assert_int_equal(page_diff("old", buf_text(&old), old.len, "new",
				   buf_text(&new), new.len, &ours),
			 0);
	write_file("old", &old);
	write_file("new", &new);
	write_file("ours", &ours);
	assert_int_equal(run(diff, "theirs"), ours.len > 0 ? 1 : 0);
	read_file("theirs", &theirs);
	assert_int_equal(count_marked(&ours), count_marked(&theirs));
	if (ours.len > 0) {
		assert_int_equal(run(patch, "said"), 0);
		read_file("patched", &patched);
		assert_int_equal(patched.len, new.len);
		assert_memory_equal(buf_text(&patched), buf_text(&new),
				    new.len);
	}
	buf_free(&old);
	buf_free(&new);
	buf_free(&ours);
	buf_free(&theirs);
	buf_free(&patched);
}

static void
test_random(void **state)
{
	static const char *const files[] = {"old",    "new",	 "ours",
					    "theirs", "patched", "said"};
	struct seed seed = seed_start();
	char dir[] = "/tmp/page-diff-XXXXXX";

	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	for (int i = 0; i < 100; i++)
		compare(&seed);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
