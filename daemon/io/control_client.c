#include "io/control_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
connect_to(const char *path, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, r = 0;

	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(err, ERR_LIMIT, "%s: the path is too long",
			       path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set_errno(err, ERR_IO, errno, "socket");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	if (errno == EACCES || errno == EPERM)
		r = err_set(err, ERR_DENIED,
			    "%s: not permitted; members of the group "
			    "evidenced may ask the daemon",
			    path);
	else
		r = err_set_errno(err, ERR_NOT_FOUND, errno,
				  "no daemon listens at %s", path);
	close(fd);
	return r;
}

static int
send_all(int fd, const char *bytes, size_t len, struct err *err)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return err_set_errno(err, ERR_IO, errno,
					     "asking the daemon");
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int
receive_line(int fd, struct buf *line, struct err *err)
{
	char chunk[4096];

	for (;;) {
		ssize_t n = recv(fd, chunk, sizeof(chunk), 0);

		if (n < 0 && errno == EINTR)
			continue;
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
	struct buf line = {0};
	int fd, r;

	if (ctl_request_encode(request, &line) < 0) {
		buf_free(&line);
		return err_set(err, ERR_INVALID,
			       "the arguments are not plain text");
	}
	buf_putc(&line, '\n');
	fd = connect_to(socket_path, err);
	r = fd < 0 ? fd : send_all(fd, line.data, line.len, err);
	buf_reset(&line);
	if (r == 0)
		r = receive_line(fd, &line, err);
	if (fd >= 0)
		close(fd);
	if (r == 0)
		r = ctl_reply_decode(line.data, line.len - 1, ret_exit_status,
				     ret_text, err);
	buf_free(&line);
	return r;
}
