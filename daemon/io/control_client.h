/* evidencectl's side of the control socket: one request, one reply. */
#ifndef IO_CONTROL_CLIENT_H
#define IO_CONTROL_CLIENT_H

#include "base/err.h"
#include "ctl/request.h"

enum { CONTROL_ANSWER_MS = 10 * 1000 };

/* Asks what is answered at once, and blocks until the reply.
 * ERR_NOT_FOUND: no daemon listens; ERR_DENIED: the socket may not be
 * opened; ERR_BUSY: it closed the connection twice before the request was
 * there; ERR_IO, ERR_INVALID, with words; ERR_IO, too, after
 * CONTROL_ANSWER_MS without an answer.  *ret_text is malloc'd. */
int control_ask(const char *socket_path, const struct ctl_request *request,
		int *ret_exit_status, char **ret_text, struct err *err);

/* What is done while the daemon is silent. */
struct control_patience {
	int limit_ms; /* when it ends with ERR_IO; 0: never */
	/* Twice a second, with how long it has been silent; may be NULL. */
	void (*silent)(void *ctx, int silent_ms);
	void *ctx;
};

/* The same with an open file that the daemon gets with the request, -1: none;
 * it stays the caller's. */
int control_ask_with(const char *socket_path, const struct ctl_request *request,
		     int file, const struct control_patience *patience,
		     int *ret_exit_status, char **ret_text, struct err *err);

#endif
