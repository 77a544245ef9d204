/* Which files make a configuration, and that one of them that cannot be read
 * hides nothing of what the others say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
write_workload(const char *path, const char *label)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "workloads = ( { label = \"%s\"; gateway = \"g\"; "
		 "model = \"m\"; } );\n",
		 label);
	write_file(path, text);
}

/* A folder that the test works in. */
static int
enter(void **state)
{
	char *dir = strdup("/tmp/test_files.XXXXXX");

	if (dir == NULL || mkdtemp(dir) == NULL || chdir(dir) != 0 ||
	    mkdir("conf.d", 0755) != 0)
		return -1;
	*state = dir;
	return 0;
}

static int
leave(void **state)
{
	static const char *const names[] = {
	    "evidenced.conf",	   "conf.d/10-b.conf", "conf.d/20-gone.conf",
	    "conf.d/27-pipe.conf", "conf.d/30-a.conf", "conf.d/40-long.conf",
	    "conf.d/.hidden.conf", "conf.d/none.txt"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(names[i]);
	rmdir("conf.d/25-folder.conf");
	unlink("conf.d");
	rmdir("conf.d");
	if (chdir("/") != 0 || rmdir(*state) != 0)
		return -1;
	free(*state);
	return 0;
}

static void
expect_report(const char *wanted, int code, const char *words)
{
	struct config *config = NULL;
	struct conf_report report;
	struct buf out = {0};
	struct err err = {0};

	assert_int_equal(
	    files_load_config("evidenced.conf", &config, &report, &err), code);
	assert_null(config);
	conf_report_print(&report, &out);
	assert_string_equal(buf_text(&out), wanted);
	assert_string_equal(err.text, words);
	buf_free(&out);
	conf_report_free(&report);
}

/* *.conf of conf.d by the bytes of their names, after the main file. */
static void
test_order(void **state)
{
	static const char *const order[] = {"main", "b", "a"};
	struct config *config = NULL;
	struct conf_report report;

	write_workload("evidenced.conf", "main");
	write_workload("conf.d/30-a.conf", "a");
	write_workload("conf.d/10-b.conf", "b");
	write_workload("conf.d/.hidden.conf", "hidden");
	write_workload("conf.d/none.txt", "none");
	assert_int_equal(
	    files_load_config("evidenced.conf", &config, &report, NULL), 0);
	assert_int_equal(config->n_workloads, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(config->workloads[i].label, order[i]);
	conf_report_free(&report);
	config_free(config);
}

/* A link that leads nowhere, a folder, a pipe that nobody writes to, a file
 * that is too long: each one entry at its place, between the errors of the files around it. */
static void
test_unreadable_drop_ins(void **state)
{
	write_file("evidenced.conf", "ledgr = { };\n");
	write_file("conf.d/10-b.conf", "owners = ( { grup = 1; } );\n");
	assert_int_equal(symlink("nowhere", "conf.d/20-gone.conf"), 0);
	assert_int_equal(mkdir("conf.d/25-folder.conf", 0755), 0);
	assert_int_equal(mkfifo("conf.d/27-pipe.conf", 0644), 0);
	write_file("conf.d/30-a.conf", "roles = 1;\n");
	write_file("conf.d/40-long.conf", "");
	assert_int_equal(
	    truncate("conf.d/40-long.conf", FILES_CONF_MAX_BYTES + 1), 0);
	expect_report(
	    "evidenced.conf:1: ledgr: unknown section; did you mean "
	    "\"ledger\"?\n"
	    "conf.d/10-b.conf:1: owners[0].grup: unknown key; did you mean "
	    "\"group\"?\n"
	    "conf.d/10-b.conf:1: owners[0].group: required, and missing; for "
	    "example: group = \"team-support\";\n"
	    "conf.d/20-gone.conf: cannot be read: No such file or directory; "
	    "take out the link, which leads nowhere, or put a file where it "
	    "leads\n"
	    "conf.d/25-folder.conf: cannot be read: Is a directory; it must "
	    "be a text that the user of this process may read\n"
	    "conf.d/27-pipe.conf: cannot be read: it is no regular file; it "
	    "must be a text that the user of this process may read\n"
	    "conf.d/30-a.conf:1: roles: must be a list of groups; write it as "
	    "( { ... }, { ... } );\n"
	    "conf.d/40-long.conf: cannot be read: larger than 4194304 bytes; "
	    "split it over conf.d\n",
	    ERR_INVALID, "evidenced.conf: 8 errors");
}

/* The drop-ins are good, and refused with it: what it holds is not known. */
static void
test_good_but_for_one(void **state)
{
	write_workload("evidenced.conf", "main");
	assert_int_equal(symlink("nowhere", "conf.d/20-gone.conf"), 0);
	expect_report("conf.d/20-gone.conf: cannot be read: No such file or "
		      "directory; take out the link, which leads nowhere, or "
		      "put a file where it leads\n",
		      ERR_INVALID, "evidenced.conf: 1 error");
}

static void
test_no_main_file(void **state)
{
	write_file("conf.d/10-b.conf", "roles = 1;\n");
	expect_report(
	    "evidenced.conf: cannot be read: No such file or directory; name "
	    "another file\n"
	    "conf.d/10-b.conf:1: roles: must be a list of groups; write it as "
	    "( { ... }, { ... } );\n",
	    ERR_NOT_FOUND, "evidenced.conf: No such file or directory");
}

/* A conf.d that cannot be listed may hold anything. */
static void
test_no_folder(void **state)
{
	write_workload("evidenced.conf", "main");
	assert_int_equal(rmdir("conf.d"), 0);
	write_file("conf.d", "");
	expect_report("conf.d: cannot be read: Not a directory; it must be a "
		      "folder that the user of this process may list\n",
		      ERR_INVALID, "evidenced.conf: 1 error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_order, enter, leave),
	    cmocka_unit_test_setup_teardown(test_unreadable_drop_ins, enter,
					    leave),
	    cmocka_unit_test_setup_teardown(test_good_but_for_one, enter,
					    leave),
	    cmocka_unit_test_setup_teardown(test_no_main_file, enter, leave),
	    cmocka_unit_test_setup_teardown(test_no_folder, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
