/* One line to the daemon and one back.
 *
 * The daemon waits a few seconds for a line, and lets go of one that has not
 * ended when too many ask at once.  Whoever was not scheduled between
 * connecting and asking, as on a machine under load, finds the connection
 * closed; nothing of the request was carried out then, so it is asked once
 * more before anybody is told.
 *
 * A daemon that hangs takes the connection and never answers.  Its silence is
 * counted in pauses and not read off a clock: of a client that was stopped
 * itself, nothing is counted. */
#include "io/control_client.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PAUSE_MS = 500, MS_PER_S = 1000, TRIES = 2 };

/* It is there, and silent. */
static int
no_answer(const char *path, int waited_ms, struct err *err)
{
	return err_set(err, ERR_IO,
		       "the daemon at %s does not answer (waited %d s)", path,
		       waited_ms / MS_PER_S);
}

static int
connect_to(const char *path, struct err *err)
{
	/* Of the place among those that wait, and of the request. */
	static const struct timeval limit = {CONTROL_ANSWER_MS / MS_PER_S, 0};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, r = 0;

	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(err, ERR_INVALID,
			       "%.40s...: the path of a socket has at most %zu "
			       "bytes",
			       path, sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set_errno(err, ERR_IO, errno, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (errno == EAGAIN)
		r = no_answer(path, CONTROL_ANSWER_MS, err);
	else if (errno == EACCES || errno == EPERM)
		r = err_set(err, ERR_DENIED,
			    "%s: not permitted; root and members of the "
			    "group evidenced may ask the daemon",
			    path);
	else
		r = err_set_errno(err, ERR_NOT_FOUND, errno,
				  "no daemon listens at %s", path);
	close(fd);
	return r;
}

/* The file goes with the first bytes; -1: none does. */
static ssize_t
send_part(int fd, const char *bytes, size_t len, int file)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = ""};
	struct iovec part = {(void *)(uintptr_t)bytes, len};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *header;

	if (file >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &file, sizeof(int));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* Closed before the line was there: ERR_BUSY. */
static int
hung_up(struct err *err)
{
	return err_set(err, ERR_BUSY,
		       "the daemon closed the connection before the request "
		       "was there: it waits five seconds for one, and less "
		       "when many ask at once; ask again");
}

static int
send_all(int fd, const char *bytes, size_t len, int file, struct err *err)
{
	while (len > 0) {
		ssize_t n = send_part(fd, bytes, len, file);

		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return hung_up(err);
		if (n < 0 && errno != EINTR)
			return err_set_errno(err, ERR_IO, errno,
					     "asking the daemon");
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
			file = -1;
		}
	}
	return 0;
}

/* Until there is something to receive. */
static int
await(int fd, const char *path, const struct control_patience *patience,
      struct err *err)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int silent_ms = 0, n;

	while ((n = poll(&p, 1, PAUSE_MS)) <= 0) {
		if (n < 0 && errno != EINTR)
			return err_set_errno(err, ERR_IO, errno,
					     "the daemon's answer");
		silent_ms += n == 0 ? PAUSE_MS : 0;
		if (n == 0 && patience->silent != NULL)
			patience->silent(patience->ctx, silent_ms);
		if (patience->limit_ms > 0 && silent_ms >= patience->limit_ms)
			return no_answer(path, silent_ms, err);
	}
	return 0;
}

static int
receive_line(int fd, const char *path, const struct control_patience *patience,
	     struct buf *line, struct err *err)
{
	char chunk[4096];

	for (;;) {
		int r = await(fd, path, patience, err);
		ssize_t n;

		if (r < 0)
			return r;
		n = recv(fd, chunk, sizeof(chunk), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ECONNRESET && line->len == 0)
			return hung_up(err); /* it left the line unread */
		if (n < 0)
			return err_set_errno(err, ERR_IO, errno,
					     "the daemon's answer");
		if (n == 0)
			return err_set(err, ERR_IO,
				       "the daemon closed the connection "
				       "without an answer; is it stopping?");
		buf_add(line, chunk, (size_t)n);
		if (line->data[line->len - 1] == '\n')
			return 0;
	}
}

int
control_ask(const char *socket_path, const struct ctl_request *request,
	    int *ret_exit_status, char **ret_text, struct err *err)
{
	static const struct control_patience patience = {.limit_ms =
							     CONTROL_ANSWER_MS};

	return control_ask_with(socket_path, request, -1, &patience,
				ret_exit_status, ret_text, err);
}

/* The answer's line to `line`. */
static int
ask_once(const char *socket_path, const struct buf *question, int file,
	 const struct control_patience *patience, struct buf *line,
	 struct err *err)
{
	int fd = connect_to(socket_path, err), r;

	if (fd < 0)
		return fd;
	buf_reset(line);
	r = send_all(fd, question->data, question->len, file, err);
	if (r == 0)
		r = receive_line(fd, socket_path, patience, line, err);
	close(fd);
	return r;
}

int
control_ask_with(const char *socket_path, const struct ctl_request *request,
		 int file, const struct control_patience *patience,
		 int *ret_exit_status, char **ret_text, struct err *err)
{
	struct buf question = {0}, line = {0};
	int r = ERR_BUSY;

	if (ctl_request_encode(request, &question) < 0) {
		buf_free(&question);
		return err_set(err, ERR_INVALID,
			       "the arguments are not plain text");
	}
	buf_putc(&question, '\n');
	for (int i = 0; i < TRIES && r == ERR_BUSY; i++)
		r = ask_once(socket_path, &question, file, patience, &line,
			     err);
	if (r == 0)
		r = ctl_reply_decode(line.data, line.len - 1, ret_exit_status,
				     ret_text, err);
	buf_free(&question);
	buf_free(&line);
	return r;
}
