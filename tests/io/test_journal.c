/* The journal client against a receiver of our own, which can be slow, away,
 * or come back. */
#include "io/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { BIG = 400 * 1024, TURNS_MAX = 100000, UNREADABLE = 1000001 };

struct world {
	struct event_base *base;
	struct journal *journal;
	char dir[64];
	char path[80];
	int receiver;
	size_t pad; /* further bytes of each rendered row */
	int told, present;
	uint64_t rendered;
};

static int
render(void *ctx, uint64_t seq, struct buf *out)
{
	struct world *w = ctx;
	size_t i;

	w->rendered++;
	if (seq == UNREADABLE)
		return -1;
	buf_printf(out, "%" PRIu64 "\n", seq);
	for (i = 0; i < w->pad; i++)
		buf_putc(out, (char)('a' + i % 26));
	return 0;
}

static void
on_state(void *ctx, bool present, const char *why)
{
	struct world *w = ctx;

	w->told++;
	w->present = present;
	assert_non_null(strstr(why, w->path));
}

static void
receiver_bind(struct world *w)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", w->path);
	w->receiver = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(w->receiver >= 0);
	assert_int_equal(
	    bind(w->receiver, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void
receiver_unbind(struct world *w)
{
	close(w->receiver);
	unlink(w->path);
	w->receiver = -1;
}

static void
open_journal(struct world *w)
{
	struct journal_options options = {.base = w->base,
					  .path = w->path,
					  .retry_ms = 1,
					  .render = render,
					  .state = on_state,
					  .ctx = w};

	w->journal = journal_new(&options);
	assert_non_null(w->journal);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "/tmp/evidenced-journal-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/socket", w->dir);
	w->base = event_base_new();
	w->receiver = -1;
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	journal_free(w->journal);
	if (w->receiver >= 0)
		close(w->receiver);
	unlink(w->path);
	rmdir(w->dir);
	event_base_free(w->base);
	free(w);
	return 0;
}

static void
set_up_connected(struct world *w)
{
	receiver_bind(w);
	open_journal(w);
	assert_true(w->present);
	assert_int_equal(w->told, 1);
}

static void
turn(struct world *w)
{
	assert_true(event_base_loop(w->base, EVLOOP_ONCE | EVLOOP_NONBLOCK) >=
		    0);
}

/* The number at the head of the next datagram; -1 when there is none. */
static int64_t
receive(struct world *w)
{
	char bytes[64] = {0};
	ssize_t n = recv(w->receiver, bytes, sizeof(bytes) - 1, 0);

	if (n < 0) {
		assert_int_equal(errno, EAGAIN);
		return -1;
	}
	return strtoll(bytes, NULL, 10);
}

/* Turns the loop until a datagram is there. */
static int64_t
receive_soon(struct world *w)
{
	int64_t got = -1;
	int i;

	for (i = 0; i < TURNS_MAX && got < 0; i++) {
		got = receive(w);
		if (got < 0)
			turn(w);
	}
	return got;
}

static void
alerts_go_first(void **state)
{
	static const int64_t want[] = {9, 11, 1, 2, 3};
	struct world *w = *state;
	size_t i;

	set_up_connected(w);
	for (i = 1; i <= 3; i++)
		journal_add_row(w->journal, OUTBOX_ROWS, i);
	journal_add_row(w->journal, OUTBOX_ALERTS, 9);
	journal_add_row(w->journal, OUTBOX_ALERTS, 11);
	assert_int_equal(w->rendered, 0); /* numbers, not rows */
	for (i = 0; i < 5; i++)
		assert_int_equal(receive_soon(w), want[i]);
	assert_int_equal(journal_stats(w->journal).sent, 5);
	assert_int_equal(journal_stats(w->journal).waiting, 0);
	turn(w);
	assert_int_equal(receive(w), -1);
}

static void
a_slow_receiver_stops_nobody(void **state)
{
	enum { ROWS = 2000 };
	struct world *w = *state;
	uint64_t seq, queued;
	int i;

	set_up_connected(w);
	for (seq = 0; seq < ROWS; seq++)
		journal_add_row(w->journal, OUTBOX_ROWS, seq);
	for (i = 0; i < ROWS; i++)
		turn(w); /* would hang here */
	queued = journal_stats(w->journal).sent;
	assert_in_range(queued, 1, ROWS - 1);
	assert_int_equal(journal_stats(w->journal).waiting, ROWS - queued);
	assert_true(journal_stats(w->journal).present);
	/* It waits for room and does not try again and again. */
	seq = w->rendered;
	turn(w);
	turn(w);
	assert_int_equal(w->rendered, seq);
	/* An alert waits for no row but those in the kernel. */
	journal_add_row(w->journal, OUTBOX_ALERTS, 77777);
	for (seq = 0; seq < queued; seq++)
		assert_int_equal(receive(w), seq);
	assert_int_equal(receive_soon(w), 77777);
	for (; seq < ROWS; seq++)
		assert_int_equal(receive_soon(w), seq);
	assert_int_equal(journal_stats(w->journal).sent, ROWS + 1);
	assert_int_equal(journal_stats(w->journal).dropped, 0);
}

struct counter {
	struct event *event;
	int n;
};

static void
count_turn(evutil_socket_t fd, short events, void *ctx)
{
	static const struct timeval at_once = {0, 0};
	struct counter *counter = ctx;

	counter->n++;
	evtimer_add(counter->event, &at_once);
}

/* Rows that cannot be had are the fastest of all: nothing else slows them. */
static void
a_backlog_lets_others_in(void **state)
{
	static const struct timeval at_once = {0, 0};
	struct world *w = *state;
	struct counter counter = {0};
	int i;

	set_up_connected(w);
	counter.event = evtimer_new(w->base, count_turn, &counter);
	evtimer_add(counter.event, &at_once);
	for (i = 0; i < 1000; i++)
		journal_add_row(w->journal, OUTBOX_ROWS, UNREADABLE);
	while (journal_stats(w->journal).waiting > 0)
		event_base_loop(w->base, EVLOOP_ONCE);
	assert_int_equal(journal_stats(w->journal).dropped, 1000);
	assert_true(counter.n >= 1000 / 64);
	event_free(counter.event);
}

static void
an_absent_journal_is_told_once_and_found_again(void **state)
{
	struct world *w = *state;
	uint64_t seq;
	int i;

	open_journal(w);
	assert_int_equal(w->told, 1);
	assert_false(w->present);
	for (seq = 0; seq < 100; seq++)
		journal_add_row(w->journal, OUTBOX_ROWS, seq);
	for (i = 0; i < 3; i++) /* waits for the timer */
		event_base_loop(w->base, EVLOOP_ONCE);
	assert_int_equal(w->told, 1);
	assert_int_equal(w->rendered, 0);
	assert_false(journal_stats(w->journal).present);
	receiver_bind(w);
	event_base_loop(w->base, EVLOOP_ONCE);
	for (seq = 0; seq < 100; seq++)
		assert_int_equal(receive_soon(w), seq);
	assert_int_equal(w->told, 2);
	assert_true(w->present);
	assert_int_equal(journal_stats(w->journal).sent, 100);
}

static void
a_receiver_that_comes_back_gets_the_rest(void **state)
{
	struct world *w = *state;

	set_up_connected(w);
	journal_add_row(w->journal, OUTBOX_ROWS, 1);
	assert_int_equal(receive_soon(w), 1);
	receiver_unbind(w);
	journal_add_row(w->journal, OUTBOX_ROWS, 2);
	journal_add_row(w->journal, OUTBOX_ROWS, 3);
	while (w->present)
		event_base_loop(w->base, EVLOOP_ONCE);
	assert_int_equal(journal_stats(w->journal).waiting, 2);
	receiver_bind(w);
	while (!w->present)
		event_base_loop(w->base, EVLOOP_ONCE);
	assert_int_equal(receive_soon(w), 2);
	assert_int_equal(receive_soon(w), 3);
	assert_int_equal(journal_stats(w->journal).dropped, 0);
}

static void
an_idle_client_sets_no_timer(void **state)
{
	struct world *w = *state;

	open_journal(w);
	assert_int_equal(event_base_loop(w->base, EVLOOP_ONCE), 1);
	receiver_bind(w);
	journal_add_row(w->journal, OUTBOX_ROWS, 5);
	assert_int_equal(receive_soon(w), 5);
	assert_int_equal(event_base_loop(w->base, EVLOOP_ONCE), 1);
}

static int
receive_file(struct world *w)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec bytes = {&byte, 1};
	struct msghdr message = {
	    .msg_iov = &bytes,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control),
	};
	int fd = -1, i;

	for (i = 0; i < TURNS_MAX; i++) {
		turn(w);
		if (recvmsg(w->receiver, &message, 0) >= 0)
			break;
		assert_int_equal(errno, EAGAIN);
	}
	assert_non_null(CMSG_FIRSTHDR(&message));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static void
what_is_too_big_goes_as_a_sealed_file(void **state)
{
	struct world *w = *state;
	struct buf want = {0};
	struct stat status;
	char *got;
	int fd;

	set_up_connected(w);
	w->pad = BIG;
	journal_add_row(w->journal, OUTBOX_ROWS, 42);
	fd = receive_file(w);
	assert_int_equal(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW |
						     F_SEAL_WRITE |
						     F_SEAL_SEAL);
	render(w, 42, &want);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_size, want.len);
	got = mmap(NULL, want.len, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_true(got != MAP_FAILED);
	assert_memory_equal(got, want.data, want.len);
	munmap(got, want.len);
	close(fd);
	buf_free(&want);
	assert_int_equal(journal_stats(w->journal).sent, 1);
}

/* What can never be sent must not stand in the way. */
static void
what_cannot_be_sent_is_dropped_and_counted(void **state)
{
	struct rlimit old, small;
	struct world *w = *state;

	set_up_connected(w);
	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){BIG / 2, old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	w->pad = BIG;
	journal_add_row(w->journal, OUTBOX_ROWS, 1);
	turn(w);
	turn(w);
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	w->pad = 0;
	journal_add_row(w->journal, OUTBOX_ROWS, UNREADABLE);
	journal_add_row(w->journal, OUTBOX_ROWS, 2);
	assert_int_equal(receive_soon(w), 2);
	assert_int_equal(journal_stats(w->journal).dropped, 2);
	assert_int_equal(journal_stats(w->journal).sent, 1);
	assert_int_equal(journal_stats(w->journal).waiting, 0);
}

static void
lines_go_before_rows_and_are_bounded(void **state)
{
	struct world *w = *state;
	char line[16];
	int i;

	set_up_connected(w);
	journal_add_row(w->journal, OUTBOX_ALERTS, 5);
	for (i = 0; i < JOURNAL_LINES_MAX + 3; i++) {
		snprintf(line, sizeof(line), "%d\n", 1000 + i);
		journal_send_line(w->journal, line, strlen(line));
	}
	assert_int_equal(journal_stats(w->journal).dropped, 3);
	for (i = 0; i < JOURNAL_LINES_MAX; i++)
		assert_int_equal(receive_soon(w), 1000 + i);
	assert_int_equal(receive_soon(w), 5);
	journal_send_line(w->journal, "7\n", 2); /* the ring goes round */
	assert_int_equal(receive_soon(w), 7);
}

/* The newest of those that go last waits for every row, and for the journal
 * to come. */
static void
what_goes_last_follows_all_and_is_one(void **state)
{
	struct world *w = *state;

	open_journal(w);
	journal_send_last(w->journal, "100\n", 4);
	journal_send_last(w->journal, "200\n", 4);
	journal_add_row(w->journal, OUTBOX_ROWS, 1);
	assert_int_equal(journal_stats(w->journal).dropped, 1);
	assert_int_equal(journal_stats(w->journal).waiting, 2);
	receiver_bind(w);
	journal_add_row(w->journal, OUTBOX_ALERTS, 2);
	journal_send_line(w->journal, "3\n", 2);
	journal_flush(w->journal);
	assert_int_equal(receive_soon(w), 3);
	assert_int_equal(receive_soon(w), 2);
	assert_int_equal(receive_soon(w), 1);
	assert_int_equal(receive_soon(w), 200);
	assert_int_equal(journal_stats(w->journal).waiting, 0);
	journal_send_last(w->journal, "300\n", 4);
	assert_int_equal(receive_soon(w), 300);
}

static void
flushing_needs_no_loop(void **state)
{
	struct world *w = *state;

	set_up_connected(w);
	journal_add_row(w->journal, OUTBOX_ROWS, 1);
	journal_send_line(w->journal, "2\n", 2);
	journal_flush(w->journal);
	assert_int_equal(receive(w), 2);
	assert_int_equal(receive(w), 1);
	receiver_unbind(w);
	journal_add_row(w->journal, OUTBOX_ROWS, 3);
	journal_flush(w->journal); /* nobody there: returns */
	journal_flush(w->journal);
	assert_int_equal(journal_stats(w->journal).waiting, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(alerts_go_first),
	    TEST(a_slow_receiver_stops_nobody),
	    TEST(a_backlog_lets_others_in),
	    TEST(an_absent_journal_is_told_once_and_found_again),
	    TEST(a_receiver_that_comes_back_gets_the_rest),
	    TEST(an_idle_client_sets_no_timer),
	    TEST(what_is_too_big_goes_as_a_sealed_file),
	    TEST(what_cannot_be_sent_is_dropped_and_counted),
	    TEST(lines_go_before_rows_and_are_bounded),
	    TEST(what_goes_last_follows_all_and_is_one),
	    TEST(flushing_needs_no_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
