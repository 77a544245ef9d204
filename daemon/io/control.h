/* The control socket: bytes of local clients to requests and back.
 *
 * Every client sends one line and gets one line.  Oversized, malformed,
 * half-sent and too many requests are refused here and delay no check.
 * SO_PEERCRED and SO_PEERGROUPS say who asks; the user database is never
 * asked about a peer. */
#ifndef IO_CONTROL_H
#define IO_CONTROL_H

#include "base/err.h"
#include "conf/config.h"
#include "ctl/request.h"

#include <event2/event.h>

struct control;

/* A decoded request; `client` names it for control_reply(). */
typedef void control_request_fn(void *ctx, uint64_t client,
				const struct ctl_request *request,
				const struct ctl_peer *peer);

/* Listens at config->control_socket (mode 0660, group `evidenced` where it
 * exists), replacing a socket that nobody listens on. */
int control_new(struct event_base *base, const struct config *config,
		control_request_fn *request, void *ctx,
		struct control **ret_control, struct err *err);
void control_free(struct control *c);

/* After a reload: which unix groups the roles name.  Borrowed until the next
 * call.  ERR_NOMEM: nobody is in a role's group. */
int control_set_config(struct control *c, const struct config *config);
/* Appends a line for each group that the configuration names and this host
 * does not know, as of the last control_set_config(). */
void control_say_groups(const struct control *c, struct buf *out);

/* The file that came with a client's request; the caller closes it.  -1: none
 * came, or it was taken. */
int control_take_file(struct control *c, uint64_t client);

/* Unknown clients (they went away) are ignored. */
void control_reply(struct control *c, uint64_t client, int exit_status,
		   const char *text);

#endif
