/* States of the connection:
 *
 *   absent   no socket; the timer runs while something waits
 *   ready    connected; the "more" timer runs while something waits
 *   full     connected, the last attempt said EAGAIN; EV_WRITE is armed
 *
 * The socket is connected, so that poll() tells when the receiver's queue has
 * room.  One turn of the loop sends at most BURST datagrams; "more" is a
 * timer of no time, because an event made active in a callback would run in
 * the same turn, before anybody else.  A datagram that is too big for the
 * socket goes as a sealed memory file (the protocol's own way): the receiver
 * maps it, so it must not change any more. */
#include "io/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BURST = 32 };

struct line {
	char *datagram;
	size_t len;
};

struct journal {
	struct journal_options options;
	struct sockaddr_un address;
	int fd;	   /* -1: absent */
	bool told; /* of the present state */
	bool told_present;
	int retry_ms;
	struct event *timer;	/* to connect again */
	struct event *more;	/* to go on in the next turn */
	struct event *writable; /* NULL while absent */
	struct outbox outbox;
	struct line lines[JOURNAL_LINES_MAX]; /* a ring */
	size_t first_line, n_lines;
	struct buf last;     /* behind everything else; empty: none */
	struct buf datagram; /* of the row that is being sent */
	uint64_t sent;
	uint64_t dropped;
};

static void
tell(struct journal *j, bool present, const char *why)
{
	if (j->told && j->told_present == present)
		return;
	j->told = true;
	j->told_present = present;
	if (j->options.state != NULL)
		j->options.state(j->options.ctx, present, why);
}

static void
go_on_next_turn(struct journal *j)
{
	static const struct timeval at_once = {0, 0};

	evtimer_add(j->more, &at_once);
}

static bool
something_waits(const struct journal *j)
{
	enum outbox_queue queue;
	uint64_t seq;

	return j->n_lines > 0 || j->last.len > 0 ||
	       outbox_next(&j->outbox, &queue, &seq);
}

static void
retry_later(struct journal *j)
{
	struct timeval delay = {
	    .tv_sec = j->retry_ms / 1000,
	    .tv_usec = j->retry_ms % 1000 * 1000,
	};

	evtimer_add(j->timer, &delay);
	j->retry_ms *= 2;
	if (j->retry_ms > JOURNAL_RETRY_MAX_MS)
		j->retry_ms = JOURNAL_RETRY_MAX_MS;
}

static void
disconnect(struct journal *j, int error)
{
	char why[sizeof(j->address.sun_path) + 96], words[80];

	if (j->writable != NULL)
		event_free(j->writable);
	j->writable = NULL;
	if (j->fd >= 0)
		close(j->fd);
	j->fd = -1;
	snprintf(why, sizeof(why), "%s: %s", j->address.sun_path,
		 strerror_r(error, words, sizeof(words)));
	tell(j, false, why);
	if (something_waits(j))
		retry_later(j);
}

static void on_writable(evutil_socket_t fd, short events, void *ctx);

static bool
connect_socket(struct journal *j)
{
	j->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (j->fd < 0 || connect(j->fd, (struct sockaddr *)&j->address,
				 sizeof(j->address)) < 0) {
		disconnect(j, errno);
		return false;
	}
	j->writable =
	    event_new(j->options.base, j->fd, EV_WRITE, on_writable, j);
	if (j->writable == NULL) {
		disconnect(j, ENOMEM);
		return false;
	}
	return true;
}

static int
write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* A memory file that holds the bytes and can no longer change; -1. */
static int
sealed_file(const char *bytes, size_t len)
{
	int fd =
	    memfd_create("evidenced-journal", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	if (write_all(fd, bytes, len) < 0 ||
	    fcntl(fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) <
		0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
send_descriptor(int fd, int passed)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {
	    .msg_control = &control,
	    .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &passed, sizeof(int));
	return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static int
send_as_file(int fd, const char *bytes, size_t len)
{
	int passed = sealed_file(bytes, len), r, error;

	if (passed < 0)
		return -1;
	r = send_descriptor(fd, passed);
	error = errno;
	close(passed);
	errno = error;
	return r;
}

/* 0: the kernel has it; else an errno. */
static int
send_datagram(int fd, const char *bytes, size_t len)
{
	for (;;) {
		if (send(fd, bytes, len, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EMSGSIZE || errno == ENOBUFS)
			return send_as_file(fd, bytes, len) < 0 ? errno : 0;
		if (errno != EINTR)
			return errno;
	}
}

static void
pop_line(struct journal *j)
{
	free(j->lines[j->first_line].datagram);
	j->first_line = (j->first_line + 1) % JOURNAL_LINES_MAX;
	j->n_lines--;
}

/* Whether the same datagram may do better later: nobody listens, or means
 * are short.  Anything else would stand in the way of all others for ever. */
static bool
may_heal(int error)
{
	static const int healing[] = {ECONNREFUSED, ECONNRESET,	 ENOTCONN,
				      ENOENT,	    EPIPE,	 EDESTADDRREQ,
				      ENOMEM,	    EMFILE,	 ENFILE,
				      ENOBUFS,	    ETOOMANYREFS};
	size_t i;

	for (i = 0; i < sizeof(healing) / sizeof(healing[0]); i++) {
		if (healing[i] == error)
			return true;
	}
	return false;
}

/* The datagram of a row in j->datagram; false: it cannot be had. */
static bool
render_row(struct journal *j, uint64_t seq)
{
	buf_reset(&j->datagram);
	return j->options.render(j->options.ctx, seq, &j->datagram) == 0 &&
	       !j->datagram.failed;
}

/* Sends the next thing, of which there is one.  0: it is sent, or dropped for
 * good. */
static int
send_next(struct journal *j)
{
	const struct line *line = &j->lines[j->first_line];
	bool is_line = j->n_lines > 0, is_row;
	enum outbox_queue queue;
	uint64_t seq;
	int error = EINVAL;

	is_row = !is_line && outbox_next(&j->outbox, &queue, &seq);
	if (is_line)
		error = send_datagram(j->fd, line->datagram, line->len);
	else if (!is_row)
		error = send_datagram(j->fd, j->last.data, j->last.len);
	else if (render_row(j, seq))
		error = send_datagram(j->fd, j->datagram.data, j->datagram.len);
	if (error == EAGAIN || may_heal(error))
		return error;
	if (error == 0)
		j->sent++;
	else
		j->dropped++;
	if (is_line)
		pop_line(j);
	else if (is_row)
		outbox_pop(&j->outbox);
	else
		buf_reset(&j->last);
	return 0;
}

/* Sends up to `burst` datagrams; true: more could be sent at once. */
static bool
send_some(struct journal *j, uint64_t burst)
{
	int error;

	for (; burst > 0 && something_waits(j); burst--) {
		error = send_next(j);
		if (error == EAGAIN) {
			event_add(j->writable, NULL);
			return false;
		}
		if (error != 0) {
			disconnect(j, error);
			return false;
		}
		j->retry_ms = j->options.retry_ms;
		tell(j, true, j->address.sun_path);
	}
	return something_waits(j);
}

static void
pump(struct journal *j)
{
	if (j->fd < 0 && !connect_socket(j))
		return;
	if (send_some(j, BURST))
		go_on_next_turn(j);
}

static void
on_writable(evutil_socket_t fd, short events, void *ctx)
{
	pump(ctx);
}

static void
on_timer(evutil_socket_t fd, short events, void *ctx)
{
	pump(ctx);
}

struct journal *
journal_new(const struct journal_options *options)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->options = *options;
	if (j->options.retry_ms == 0)
		j->options.retry_ms = JOURNAL_RETRY_MS;
	j->retry_ms = j->options.retry_ms;
	j->fd = -1;
	j->address.sun_family = AF_UNIX;
	snprintf(j->address.sun_path, sizeof(j->address.sun_path), "%s",
		 options->path != NULL ? options->path : JOURNAL_SOCKET);
	j->timer = evtimer_new(options->base, on_timer, j);
	j->more = evtimer_new(options->base, on_timer, j);
	if (j->timer == NULL || j->more == NULL) {
		journal_free(j);
		return NULL;
	}
	if (connect_socket(j))
		tell(j, true, j->address.sun_path);
	return j;
}

void
journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	while (j->n_lines > 0)
		pop_line(j);
	if (j->writable != NULL)
		event_free(j->writable);
	if (j->timer != NULL)
		event_free(j->timer);
	if (j->more != NULL)
		event_free(j->more);
	if (j->fd >= 0)
		close(j->fd);
	outbox_fini(&j->outbox);
	buf_free(&j->last);
	buf_free(&j->datagram);
	free(j);
}

/* Sends soon, unless something else is waited for already. */
static void
wake(struct journal *j)
{
	if (j->fd < 0 && evtimer_pending(j->timer, NULL))
		return;
	if (j->fd >= 0 && event_pending(j->writable, EV_WRITE, NULL))
		return;
	go_on_next_turn(j);
}

void
journal_add_row(struct journal *j, enum outbox_queue queue, uint64_t seq)
{
	outbox_add(&j->outbox, queue, seq, seq + 1);
	wake(j);
}

void
journal_add_again(struct journal *j, uint64_t from, uint64_t to)
{
	outbox_add(&j->outbox, OUTBOX_ROWS, from, to);
	wake(j);
}

void
journal_send_line(struct journal *j, const char *datagram, size_t len)
{
	struct line *line;

	if (j->n_lines == JOURNAL_LINES_MAX) {
		j->dropped++;
		return;
	}
	line = &j->lines[(j->first_line + j->n_lines) % JOURNAL_LINES_MAX];
	line->datagram = malloc(len);
	if (line->datagram == NULL) {
		j->dropped++;
		return;
	}
	memcpy(line->datagram, datagram, len);
	line->len = len;
	j->n_lines++;
	wake(j);
}

void
journal_send_last(struct journal *j, const char *datagram, size_t len)
{
	j->dropped += j->last.len > 0;
	buf_free(&j->last);
	buf_add(&j->last, datagram, len);
	if (j->last.failed)
		j->dropped++;
	wake(j);
}

void
journal_flush(struct journal *j)
{
	if (j->fd < 0 && !connect_socket(j))
		return;
	send_some(j, UINT64_MAX);
}

struct journal_stats
journal_stats(const struct journal *j)
{
	return (struct journal_stats){
	    .sent = j->sent,
	    .dropped = j->dropped + j->outbox.dropped,
	    .waiting =
		j->n_lines + (j->last.len > 0) + outbox_waiting(&j->outbox),
	    .present = j->fd >= 0,
	};
}
