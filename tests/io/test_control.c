/* The control socket with real clients, each a process of its own: requests
 * in one piece and in several, with and without a file, and that no descriptor
 * is left of any of them; and a client of a daemon that hangs. */
#include "io/control.h"
#include "io/control_client.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* How many times connect(2) is slow: so slow that a crowd drives the client
 * out before it asks. */
static int slow;
/* Nothing comes, and no pause is long. */
static bool hangs;

struct scene {
	char dir[32], socket[64];
	struct event_base *base;
	struct control *control;
	struct config config;
	size_t n_requests;
};

/* Answers with what stands in the file that came, or "no file". */
static void
on_request(void *ctx, uint64_t client, const struct ctl_request *request,
	   const struct ctl_peer *peer)
{
	struct scene *s = ctx;
	int file = control_take_file(s->control, client);
	char text[64] = "no file";

	(void)peer;
	s->n_requests++;
	if (file >= 0) {
		ssize_t n = pread(file, text, sizeof(text) - 1, 0);

		text[n < 0 ? 0 : n] = '\0';
		close(file);
	}
	assert_int_equal(control_take_file(s->control, client), -1);
	assert_int_equal(request->command, CTL_ATTEST_SOURCE);
	control_reply(s->control, client, CTL_OK, text);
}

static void
begin(struct scene *s)
{
	struct stat st;
	struct err err;

	*s = (struct scene){.dir = "/tmp/test_control.XXXXXX"};
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->socket, sizeof(s->socket), "%s/control", s->dir);
	s->config.control_socket = s->socket;
	s->config.admin_group = "";
	s->base = event_base_new();
	assert_int_equal(
	    control_new(s->base, &s->config, on_request, s, &s->control, &err),
	    0);
	/* For its user and group from the first moment on. */
	assert_int_equal(stat(s->socket, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);
}

static void
end(struct scene *s)
{
	control_free(s->control);
	event_base_free(s->base);
	rmdir(s->dir);
}

static size_t
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static void
child_ended(evutil_socket_t signal, short what, void *ctx)
{
	(void)signal;
	(void)what;
	event_base_loopbreak(ctx);
}

/* Serves until the client, which runs in a process of its own, has ended;
 * returns its exit status. */
static int
serve(struct scene *s, int (*client)(const struct scene *s, int arg), int arg)
{
	struct event *ended =
	    evsignal_new(s->base, SIGCHLD, child_ended, s->base);
	size_t before;
	int status;
	pid_t pid;

	event_add(ended, NULL);
	before = count_descriptors();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(client(s, arg));
	event_base_dispatch(s->base);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < 16; i++) /* what is left of it */
		event_base_loop(s->base, EVLOOP_NONBLOCK);
	assert_int_equal(count_descriptors(), before);
	event_free(ended);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
page_file(const struct scene *s)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/page", s->dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	unlink(path);
	if (fd >= 0 && write(fd, "a saved page", 12) != 12)
		return -1;
	return fd;
}

/* 0 when the answer is `expected`. */
static int
ask(const struct scene *s, int with_file)
{
	const struct ctl_request request = {.command = CTL_ATTEST_SOURCE,
					    .name = "gw-pricing"};
	int file = with_file ? page_file(s) : -1, status;
	struct err err;
	char *text;

	if (control_ask_with(s->socket, &request, file, NULL, &status, &text,
			     &err) < 0)
		return 10;
	return status == CTL_OK &&
		       strcmp(text, with_file ? "a saved page" : "no file") == 0
		   ? 0
		   : 11;
}

static void
a_file_comes_with_its_request(void **state)
{
	struct scene s;

	begin(&s);
	assert_int_equal(serve(&s, ask, 1), 0);
	assert_int_equal(serve(&s, ask, 0), 0);
	assert_int_equal(s.n_requests, 2);
	end(&s);
}

static int
connect_to(const struct scene *s)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", s->socket);
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0
		   ? fd
		   : -1;
}

static int
send_files(int fd, const char *bytes, const int *files, size_t n)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(3 * sizeof(int))];
	} control = {.bytes = ""};
	struct iovec part = {(void *)(uintptr_t)bytes, strlen(bytes)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = CMSG_SPACE(n * sizeof(int))};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(header), files, n * sizeof(int));
	return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)strlen(bytes)
		   ? 0
		   : -1;
}

/* 0 when the answer holds the words. */
static int
answer_has(int fd, const char *words)
{
	char text[512] = "";
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(text) - 1 &&
	       (n = recv(fd, text + len, sizeof(text) - 1 - len, 0)) > 0)
		len += (size_t)n;
	return strstr(text, words) != NULL ? 0 : 12;
}

/* Pieces, three files where one is expected, and more behind the line. */
static int
send_pieces(const struct scene *s, int arg)
{
	int fd = connect_to(s),
	    files[3] = {page_file(s), page_file(s), page_file(s)};

	(void)arg;
	if (fd < 0 || send(fd, "{\"args\":{\"name\":", 16, 0) != 16 ||
	    send_files(fd, "\"gw\"},\"command\":\"attest-source\",", files, 3) <
		0 ||
	    send_files(fd, "\"v\":1}\nmore of it\n", files, 2) < 0)
		return 13;
	return answer_has(fd, "a saved page");
}

static int
send_too_much(const struct scene *s, int arg)
{
	static char bytes[CTL_MESSAGE_MAX + 2];
	int fd = connect_to(s);

	(void)arg;
	memset(bytes, 'x', sizeof(bytes) - 1);
	for (size_t sent = 0; fd >= 0 && sent < sizeof(bytes) - 1;) {
		ssize_t n = send(fd, bytes + sent, sizeof(bytes) - 1 - sent,
				 MSG_NOSIGNAL);

		if (n < 0)
			break; /* it was refused before the end */
		sent += (size_t)n;
	}
	return answer_has(fd, "BAD_REQUEST");
}

static int
go_away(const struct scene *s, int arg)
{
	int fd = connect_to(s), file = page_file(s);

	(void)arg;
	return send_files(fd, "{\"args\":", &file, 1) == 0 ? 0 : 14;
}

static void
odd_clients_leave_nothing_behind(void **state)
{
	struct scene s;

	begin(&s);
	assert_int_equal(serve(&s, send_pieces, 0), 0);
	assert_int_equal(s.n_requests, 1);
	assert_int_equal(serve(&s, send_too_much, 0), 0);
	assert_int_equal(serve(&s, go_away, 0), 0);
	assert_int_equal(s.n_requests, 1);
	end(&s);
}

/* More lines without an end than there are places, and then a request. */
static int
ask_in_a_crowd(const struct scene *s, int arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++) {
		int fd = connect_to(s);

		if (fd < 0 || send(fd, "{", 1, MSG_NOSIGNAL) != 1)
			return 15;
	}
	return ask(s, 0);
}

static void
a_crowd_locks_nobody_out(void **state)
{
	struct scene s;

	begin(&s);
	assert_int_equal(serve(&s, ask_in_a_crowd, 0), 0);
	assert_int_equal(s.n_requests, 1);
	end(&s);
}

/* In place of the C library's. */
int
connect(int fd, const struct sockaddr *address, socklen_t len)
{
	int r = (int)syscall(SYS_connect, fd, address, len);
	struct pollfd closed = {.fd = fd};

	if (r < 0 || slow == 0)
		return r;
	slow--;
	for (int i = 0; i < 100; i++) {
		int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (other < 0 || syscall(SYS_connect, other, address, len) < 0)
			_exit(16);
	}
	return poll(&closed, 1, -1) == 1 ? 0 : -1;
}

static int
ask_slowly(const struct scene *s, int times)
{
	slow = times;
	return ask(s, 1);
}

static int
ask_too_slowly(const struct scene *s, int times)
{
	const struct ctl_request request = {.command = CTL_ATTEST_SOURCE,
					    .name = "gw-pricing"};
	struct err err;
	char *text;
	int status;

	slow = times;
	if (control_ask(s->socket, &request, &status, &text, &err) != ERR_BUSY)
		return 17;
	return strstr(err.text, "before the request was there") != NULL &&
		       strstr(err.text, "ask again") != NULL
		   ? 0
		   : 18;
}

/* Whoever is driven out before asking asks once more, and is then told why. */
static void
the_slow_ask_again(void **state)
{
	struct scene s;

	begin(&s);
	assert_int_equal(serve(&s, ask_slowly, 1), 0);
	assert_int_equal(s.n_requests, 1);
	assert_int_equal(serve(&s, ask_too_slowly, 2), 0);
	assert_int_equal(s.n_requests, 1);
	end(&s);
}

/* In place of the C library's. */
int
poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	struct timespec limit = {timeout_ms / 1000,
				 timeout_ms % 1000 * 1000000L};

	return hangs ? 0 : ppoll(fds, n, timeout_ms < 0 ? NULL : &limit, NULL);
}

int
setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	static const struct timeval soon = {.tv_usec = 1};

	if (hangs && name == SO_SNDTIMEO)
		value = &soon;
	return (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}

static int
ask_who_hangs(const struct scene *s, const struct control_patience *patience,
	      struct err *err)
{
	const struct ctl_request request = {.command = CTL_STATUS};
	char *text;
	int status;

	if (patience == NULL)
		return control_ask(s->socket, &request, &status, &text, err);
	return control_ask_with(s->socket, &request, -1, patience, &status,
				&text, err);
}

struct silence {
	struct scene *scene;
	int times, ends_after;
};

static void
on_silence(void *ctx, int silent_ms)
{
	struct silence *silence = ctx;

	silence->times++;
	assert_int_equal(silent_ms, 500 * silence->times);
	if (silence->times == silence->ends_after) {
		hangs = false;
		control_free(silence->scene->control);
		silence->scene->control = NULL;
	}
}

/* It has the connection and the request, and does nothing: whoever has a limit
 * is told after it, and whoever has none waits on until it ends. */
static void
one_that_hangs_is_told(void **state)
{
	struct silence silence = {.ends_after = 100000};
	const struct control_patience minute = {60000, on_silence, &silence},
				      endless = {0, on_silence, &silence};
	char words[128];
	struct scene s;
	struct err err;

	begin(&s);
	silence.scene = &s;
	hangs = true;
	assert_int_equal(ask_who_hangs(&s, NULL, &err), ERR_IO);
	snprintf(words, sizeof(words),
		 "the daemon at %s does not answer (waited 10 s)", s.socket);
	assert_string_equal(err.text, words);
	assert_int_equal(ask_who_hangs(&s, &minute, &err), ERR_IO);
	assert_int_equal(silence.times, 120);
	assert_non_null(strstr(err.text, "does not answer (waited 60 s)"));
	silence.times = 0;
	assert_int_equal(ask_who_hangs(&s, &endless, &err), ERR_NOT_FOUND);
	assert_int_equal(silence.times, silence.ends_after);
	end(&s);
}

/* As many wait as may: nobody waits for ever for a place among them. */
static void
the_line_is_full(void **state)
{
	int fds[SOMAXCONN + 2];
	struct scene s;
	struct err err;
	size_t n = 0;

	begin(&s);
	hangs = true;
	for (; n < sizeof(fds) / sizeof(fds[0]); n++) {
		struct sockaddr_un address = {.sun_family = AF_UNIX};

		fds[n] = socket(AF_UNIX,
				SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		assert_true(fds[n] >= 0);
		snprintf(address.sun_path, sizeof(address.sun_path), "%s",
			 s.socket);
		if (syscall(SYS_connect, fds[n], &address, sizeof(address)) ==
		    0)
			continue;
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(ask_who_hangs(&s, NULL, &err), ERR_IO);
		assert_non_null(strstr(err.text, "does not answer"));
		break;
	}
	assert_in_range(n, 1, sizeof(fds) / sizeof(fds[0]) - 1);
	for (size_t i = 0; i <= n; i++)
		close(fds[i]);
	hangs = false;
	end(&s);
}

/* A typo would only be seen by whoever is then refused. */
static void
an_unknown_group_is_told(void **state)
{
	static struct role roles[] = {
	    {.name = "clerk", .unix_group = "root"},
	    {.name = "pricing-owner", .unix_group = "no-such-group"},
	};
	struct buf said = {0};
	struct scene s;

	begin(&s);
	control_say_groups(s.control, &said);
	assert_string_equal(buf_text(&said), "");
	s.config.admin_group = "no-admins";
	s.config.roles = roles;
	s.config.n_roles = 2;
	assert_int_equal(control_set_config(s.control, &s.config), 0);
	control_say_groups(s.control, &said);
	assert_string_equal(
	    buf_text(&said),
	    "admin_group: this host knows no group no-admins: only root may "
	    "operate\n"
	    "role pricing-owner: this host knows no group no-such-group: "
	    "nobody can act under it\n");
	buf_free(&said);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_comes_with_its_request),
	    cmocka_unit_test(odd_clients_leave_nothing_behind),
	    cmocka_unit_test(a_crowd_locks_nobody_out),
	    cmocka_unit_test(the_slow_ask_again),
	    cmocka_unit_test(one_that_hangs_is_told),
	    cmocka_unit_test(the_line_is_full),
	    cmocka_unit_test(an_unknown_group_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
