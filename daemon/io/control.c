/* A client's line is received by hand, because a descriptor may come with it
 * and reading by readv(2) would lose that; then a bufferevent carries the
 * reply.  A client has REQUEST_S for each part of its line, and its reply is
 * dropped when it does not read it within REPLY_S.
 *
 * Whoever asks sends a whole line at once.  So when there are too many
 * clients, one whose line has not ended makes room: nobody can lock others
 * out by holding all places with lines that trickle. */
#include "io/control.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CLIENTS_MAX = 64, GROUPS_MAX = 1024, REQUEST_S = 5, REPLY_S = 10 };
enum { FILES_MAX = 4, CHUNK_BYTES = 4096 };

/* No peer is ever in it. */
static const gid_t NO_GROUP = (gid_t)-1;

struct client {
	struct client *next;
	struct control *control;
	int fd;			    /* until the stream has it, else -1 */
	struct event *receiving;    /* until the line is there */
	struct buf line;	    /* what came of it */
	int file;		    /* that came with it; -1: none */
	struct bufferevent *stream; /* from then on */
	uint64_t id;
	bool replied; /* only the bytes of the reply are left */
	struct ctl_peer peer;
	gid_t groups[GROUPS_MAX];
	size_t n_groups;
};

struct control {
	struct event_base *base;
	const struct config *config;
	gid_t admin_gid;
	gid_t *role_gids; /* of config->roles */
	control_request_fn *request;
	void *ctx;
	struct evconnlistener *listener;
	struct client *clients;
	size_t n_clients;
	uint64_t next_id;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static void
client_free(struct client *client)
{
	struct control *c = client->control;
	struct client **link = &c->clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	c->n_clients--;
	if (client->receiving != NULL)
		event_free(client->receiving);
	if (client->stream != NULL)
		bufferevent_free(client->stream);
	if (client->fd >= 0)
		close(client->fd);
	if (client->file >= 0)
		close(client->file);
	buf_free(&client->line);
	free(client);
}

static bool
in_group(const struct client *client, gid_t gid)
{
	for (size_t i = 0; gid != NO_GROUP && i < client->n_groups; i++) {
		if (client->groups[i] == gid)
			return true;
	}
	return false;
}

/* The gid of the group that the role belongs to. */
static gid_t
role_gid(const struct control *c, const char *name)
{
	for (size_t i = 0; c->role_gids != NULL && i < c->config->n_roles;
	     i++) {
		if (strcmp(c->config->roles[i].name, name) == 0)
			return c->role_gids[i];
	}
	return NO_GROUP;
}

static void
send_reply(struct client *client, int exit_status, const char *text)
{
	struct timeval limit = {REPLY_S, 0};
	struct buf line = {0};

	if (ctl_reply_encode(exit_status, text, &line) < 0) {
		buf_reset(&line);
		ctl_reply_encode(CTL_REFUSED, "the answer is not text\n",
				 &line);
	}
	buf_putc(&line, '\n');
	client->replied = true;
	bufferevent_disable(client->stream, EV_READ);
	bufferevent_set_timeouts(client->stream, NULL, &limit);
	bufferevent_write(client->stream, line.data, line.len);
	buf_free(&line);
}

static void
take_request(struct client *client, const char *line, size_t len)
{
	struct control *c = client->control;
	struct ctl_request request;
	struct err err;

	if (ctl_request_decode(line, len, &request, &err) < 0) {
		struct buf text = {0};

		buf_printf(&text, "BAD_REQUEST: %s\n", err.text);
		send_reply(client, CTL_REFUSED, buf_text(&text));
		buf_free(&text);
		return;
	}
	client->peer.admin = in_group(client, c->admin_gid);
	client->peer.in_role = in_group(client, role_gid(c, request.role));
	bufferevent_set_timeouts(client->stream, NULL, NULL);
	c->request(c->ctx, client->id, &request, &client->peer);
}

/* One request a connection: what comes behind it is thrown away. */
static void
on_read(struct bufferevent *stream, void *ctx)
{
	struct evbuffer *in = bufferevent_get_input(stream);

	(void)ctx;
	evbuffer_drain(in, evbuffer_get_length(in));
}

static void
on_written(struct bufferevent *stream, void *ctx)
{
	struct client *client = ctx;

	if (client->replied)
		client_free(client);
}

static void
on_end(struct bufferevent *stream, short what, void *ctx)
{
	client_free(ctx);
}

/* The line has ended, or will never end: on to the reply. */
static bool
begin_stream(struct client *client)
{
	client->stream = bufferevent_socket_new(
	    client->control->base, client->fd, BEV_OPT_CLOSE_ON_FREE);
	if (client->stream == NULL)
		return false;
	client->fd = -1;
	event_free(client->receiving);
	client->receiving = NULL;
	bufferevent_setcb(client->stream, on_read, on_written, on_end, client);
	bufferevent_enable(client->stream, EV_READ | EV_WRITE);
	return true;
}

/* Keeps the first descriptor that ever came, and closes all others. */
static void
keep_files(struct client *client, struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
	     c = CMSG_NXTHDR(message, c)) {
		int files[FILES_MAX];
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(files, CMSG_DATA(c), n * sizeof(int));
		for (size_t i = 0; i < n; i++) {
			if (client->file < 0)
				client->file = files[i];
			else
				close(files[i]);
		}
	}
}

/* > 0: so many bytes more; 0: none now; < 0: the client is gone. */
static ssize_t
receive(struct client *client)
{
	char chunk[CHUNK_BYTES];
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(FILES_MAX * sizeof(int))];
	} control;
	struct iovec part = {chunk, sizeof(chunk)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	ssize_t n =
	    recvmsg(client->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	keep_files(client, &message);
	if (n == 0)
		return -1;
	buf_add(&client->line, chunk, (size_t)n);
	return client->line.failed ? -1 : n;
}

static void
on_receive(evutil_socket_t fd, short what, void *ctx)
{
	struct client *client = ctx;
	ssize_t n = (what & EV_TIMEOUT) != 0 ? -1 : receive(client);
	const char *end;

	(void)fd;
	if (n < 0) {
		client_free(client);
		return;
	}
	end = client->line.len == 0
		  ? NULL
		  : memchr(client->line.data, '\n', client->line.len);
	if (end == NULL && client->line.len <= CTL_MESSAGE_MAX)
		return;
	if (!begin_stream(client)) {
		client_free(client);
		return;
	}
	if (end != NULL)
		take_request(client, client->line.data,
			     (size_t)(end - client->line.data));
	else
		send_reply(client, CTL_REFUSED,
			   "BAD_REQUEST: message of over 64 KiB\n");
}

static bool
read_peer(struct client *client, int fd)
{
	socklen_t len = sizeof(client->groups);
	struct ucred cred;
	socklen_t cred_len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &cred_len) < 0)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, client->groups, &len) ==
	    0)
		client->n_groups = len / sizeof(client->groups[0]);
	if (client->n_groups < GROUPS_MAX)
		client->groups[client->n_groups++] = cred.gid;
	client->peer = (struct ctl_peer){
	    .uid = cred.uid,
	    .root = cred.uid == 0,
	    .self = cred.uid == getuid(),
	};
	return true;
}

static struct client *
client_new(struct control *c, int fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return NULL;
	client->file = -1;
	client->fd = fd;
	client->control = c;
	client->receiving =
	    event_new(c->base, fd, EV_READ | EV_PERSIST, on_receive, client);
	if (client->receiving == NULL || !read_peer(client, fd)) {
		if (client->receiving != NULL)
			event_free(client->receiving);
		free(client);
		return NULL;
	}
	return client;
}

/* The oldest client whose line has not ended goes, when there is one. */
static void
make_room(struct control *c)
{
	struct client *oldest = NULL;

	for (struct client *client = c->clients; client != NULL;
	     client = client->next) {
		if (client->receiving != NULL)
			oldest = client;
	}
	if (oldest != NULL)
		client_free(oldest);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
	  struct sockaddr *address, int len, void *ctx)
{
	struct control *c = ctx;
	struct timeval limit = {REQUEST_S, 0};
	struct client *client;

	if (c->n_clients >= CLIENTS_MAX)
		make_room(c);
	client = c->n_clients >= CLIENTS_MAX ? NULL : client_new(c, fd);
	if (client == NULL) {
		close(fd);
		return;
	}
	client->id = ++c->next_id;
	client->next = c->clients;
	c->clients = client;
	c->n_clients++;
	event_add(client->receiving, &limit);
}

int
control_take_file(struct control *c, uint64_t id)
{
	for (struct client *client = c->clients; client != NULL;
	     client = client->next) {
		int file = client->file;

		if (client->id != id)
			continue;
		client->file = -1;
		return file;
	}
	return -1;
}

void
control_reply(struct control *c, uint64_t id, int exit_status, const char *text)
{
	for (struct client *client = c->clients; client != NULL;
	     client = client->next) {
		if (client->id == id && !client->replied) {
			send_reply(client, exit_status, text);
			return;
		}
	}
}

static gid_t
gid_of(const char *name)
{
	struct group *group = name[0] == '\0' ? NULL : getgrnam(name);

	return group == NULL ? NO_GROUP : group->gr_gid;
}

/* The group database is asked here and never per request: it may be slow. */
int
control_set_config(struct control *c, const struct config *config)
{
	free(c->role_gids);
	c->config = config;
	c->admin_gid = gid_of(config->admin_group);
	c->role_gids = calloc(config->n_roles + 1, sizeof(*c->role_gids));
	if (c->role_gids == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < config->n_roles; i++)
		c->role_gids[i] = gid_of(config->roles[i].unix_group);
	return 0;
}

void
control_say_groups(const struct control *c, struct buf *out)
{
	const struct config *config = c->config;

	if (config->admin_group[0] != '\0' && c->admin_gid == NO_GROUP)
		buf_printf(out,
			   "admin_group: this host knows no group %s: only "
			   "root may operate\n",
			   config->admin_group);
	for (size_t i = 0; i < config->n_roles; i++) {
		const struct role *role = &config->roles[i];

		if (role->unix_group[0] != '\0' && c->role_gids[i] == NO_GROUP)
			buf_printf(out,
				   "role %s: this host knows no group %s: "
				   "nobody can act under it\n",
				   role->name, role->unix_group);
	}
}

/* True when somebody answers at the address. */
static bool
is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive;

	if (fd < 0)
		return false;
	alive = connect(fd, (const struct sockaddr *)address,
			sizeof(*address)) == 0;
	close(fd);
	return alive;
}

/* Members of the group may ask; what they may do is decided per request.
 * Under the unit the socket has its group from the process: chown(2) is
 * refused there.  A process that may not give it away keeps it to itself. */
static void
give_to_group(const char *path)
{
	struct group *group = getgrnam("evidenced");
	struct stat st;

	if (group == NULL || stat(path, &st) < 0 || st.st_gid == group->gr_gid)
		return;
	if (chown(path, (uid_t)-1, group->gr_gid) < 0)
		fprintf(stderr, "%s: group evidenced may not ask: chown: %s\n",
			path, strerror(errno));
}

static int
listen_at(struct control *c, const char *path, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t mask;

	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(err, ERR_LIMIT, "%s: the path is too long",
			       path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	memcpy(c->path, path, strlen(path) + 1);
	if (is_alive(&address))
		return err_set(err, ERR_BUSY,
			       "%s: another process listens there", path);
	unlink(path);
	mask = umask(0117);
	c->listener = evconnlistener_new_bind(
	    c->base, on_accept, c,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1,
	    (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (c->listener == NULL)
		return err_set_errno(err, ERR_IO, errno, "%s", path);
	give_to_group(path);
	return 0;
}

int
control_new(struct event_base *base, const struct config *config,
	    control_request_fn *request, void *ctx,
	    struct control **ret_control, struct err *err)
{
	struct control *c = calloc(1, sizeof(*c));
	int r;

	if (c == NULL)
		return err_set(err, ERR_NOMEM, "no memory");
	c->base = base;
	c->request = request;
	c->ctx = ctx;
	r = control_set_config(c, config);
	if (r == 0)
		r = listen_at(c, config->control_socket, err);
	if (r < 0) {
		c->path[0] = '\0';
		control_free(c);
		return r;
	}
	*ret_control = c;
	return 0;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	while (c->clients != NULL)
		client_free(c->clients);
	if (c->listener != NULL)
		evconnlistener_free(c->listener);
	if (c->path[0] != '\0')
		unlink(c->path);
	free(c->role_gids);
	free(c);
}
