/* What the service manager hears. */
#include "io/notify.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static int
set_up(void **state)
{
	static int manager;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t size = sizeof(sa_family_t);
	char name[sizeof(address.sun_path) + 1];

	/* A name of the kernel's choice, in the abstract name space. */
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(manager >= 0);
	assert_int_equal(bind(manager, (struct sockaddr *)&address, size), 0);
	size = sizeof(address);
	assert_int_equal(
	    getsockname(manager, (struct sockaddr *)&address, &size), 0);
	snprintf(name, sizeof(name), "@%.*s",
		 (int)(size - sizeof(sa_family_t) - 1), address.sun_path + 1);
	setenv("NOTIFY_SOCKET", name, 1);
	*state = &manager;
	return 0;
}

static int
tear_down(void **state)
{
	unsetenv("NOTIFY_SOCKET");
	close(*(int *)*state);
	return 0;
}

static const char *
heard(void **state)
{
	static char message[1024];
	ssize_t n = recv(*(int *)*state, message, sizeof(message) - 1, 0);

	message[n < 0 ? 0 : n] = '\0';
	return message;
}

static void
the_manager_hears_the_life_cycle(void **state)
{
	notify_extend_timeout(30 * USEC_PER_SEC);
	assert_string_equal(heard(state), "EXTEND_TIMEOUT_USEC=30000000");
	notify_ready("12 checks; next comet-happy 08:00Z");
	assert_string_equal(
	    heard(state), "READY=1\nSTATUS=12 checks; next comet-happy 08:00Z");
	notify_status("one\nREADY=0\n two");
	assert_string_equal(heard(state), "STATUS=one READY=0 two");
	notify_watchdog();
	assert_string_equal(heard(state), "WATCHDOG=1");
	notify_stopping("stops");
	assert_string_equal(heard(state), "STOPPING=1\nSTATUS=stops");
	assert_string_equal(heard(state), "");
}

static int64_t
monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Both in one message, and the clock that the manager compares with. */
static void
a_reload_says_when_it_began(void **state)
{
	int64_t before = monotonic_us(), told = 0;

	notify_reloading();
	assert_int_equal(
	    sscanf(heard(state), "RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &told),
	    1);
	assert_true(told >= before && told <= monotonic_us());
}

static void
without_a_manager_nothing_happens(void **state)
{
	unsetenv("NOTIFY_SOCKET");
	notify_ready("x");
	notify_reloading();
	notify_watchdog();
	assert_string_equal(heard(state), "");
}

static void
the_watchdog_comes_from_the_environment(void **state)
{
	char pid[24];

	unsetenv("WATCHDOG_USEC");
	assert_int_equal(notify_watchdog_us(), 0);
	setenv("WATCHDOG_USEC", "60000000", 1);
	assert_int_equal(notify_watchdog_us(), 60 * USEC_PER_SEC);
	setenv("WATCHDOG_PID", "1", 1); /* somebody else's */
	assert_int_equal(notify_watchdog_us(), 0);
	snprintf(pid, sizeof(pid), "%jd", (intmax_t)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_watchdog_us(), 60 * USEC_PER_SEC);
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_manager_hears_the_life_cycle),
	    TEST(a_reload_says_when_it_began),
	    TEST(without_a_manager_nothing_happens),
	    TEST(the_watchdog_comes_from_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
