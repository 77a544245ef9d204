/* Whether the wall clock is synchronised: the kernel's word, and where it may
 * not be asked, that of systemd-timesyncd.  Both are played here; at the end
 * this host is asked, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static const struct host {
	const char *name;
	int answer; /* of the kernel; -1: it may not be asked */
	int status;
	bool has_folder, has_file; /* of systemd-timesyncd */
	enum clock_state wanted;
} hosts[] = {
    {"synchronised", TIME_OK, STA_PLL, false, false, CLOCK_SYNCHRONISED},
    {"a leap second", TIME_INS, 0, false, false, CLOCK_SYNCHRONISED},
    {"never set", TIME_ERROR, STA_UNSYNC, false, false, CLOCK_NOT_SYNCHRONISED},
    {"flag alone", TIME_OK, STA_UNSYNC, false, false, CLOCK_NOT_SYNCHRONISED},
    {"error alone", TIME_ERROR, 0, false, false, CLOCK_NOT_SYNCHRONISED},
    {"the kernel before the file", TIME_ERROR, STA_UNSYNC, true, true,
     CLOCK_NOT_SYNCHRONISED},
    {"by the file", -1, 0, true, true, CLOCK_SYNCHRONISED},
    {"no file yet", -1, 0, true, false, CLOCK_NOT_SYNCHRONISED},
    {"nobody speaks", -1, 0, false, false, CLOCK_UNKNOWN},
};

static const struct host *host; /* NULL: this one */

/* In place of the C library's. */
int
adjtimex(struct timex *t)
{
	if (host == NULL)
		return (int)syscall(SYS_adjtimex, t);
	assert_int_equal(t->modes, 0); /* it only asks */
	t->status = host->status;
	errno = EPERM;
	return host->answer;
}

int
access(const char *path, int mode)
{
	bool there = false;

	if (host == NULL)
		return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
	if (strcmp(path, "/run/systemd/timesync/synchronized") == 0)
		there = host->has_file;
	else if (strcmp(path, "/run/systemd/timesync") == 0)
		there = host->has_folder;
	errno = ENOENT;
	return there && mode == F_OK ? 0 : -1;
}

static void
test_hosts(void **state)
{
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		host = &hosts[i];
		if (clock_synchronised() != host->wanted)
			fail_msg("%s: %d", host->name, clock_synchronised());
	}
}

/* By the other call that tells it. */
static void
test_this_host(void **state)
{
	struct timex t = {0};
	long r = syscall(SYS_clock_adjtime, CLOCK_REALTIME, &t);

	host = NULL;
	assert_true(r >= 0);
	assert_int_equal(clock_synchronised(),
			 r != TIME_ERROR && (t.status & STA_UNSYNC) == 0
			     ? CLOCK_SYNCHRONISED
			     : CLOCK_NOT_SYNCHRONISED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hosts),
	    cmocka_unit_test(test_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
