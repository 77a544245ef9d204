/* evidencectl's side of the control socket: one request, one reply. */
#ifndef IO_CONTROL_CLIENT_H
#define IO_CONTROL_CLIENT_H

#include "base/err.h"
#include "ctl/request.h"

/* Blocks until the reply (a waiting run takes as long as it takes).
 * ERR_NOT_FOUND: no daemon listens; ERR_DENIED: the socket may not be
 * opened; ERR_BUSY: it closed the connection twice before the request was there;
 * ERR_IO, ERR_INVALID, with words.  *ret_text is malloc'd. */
int control_ask(const char *socket_path, const struct ctl_request *request,
		int *ret_exit_status, char **ret_text, struct err *err);

/* What is done twice a second while the reply is awaited. */
struct control_meanwhile {
	void (*call)(void *ctx);
	void *ctx;
};

/* The same with an open file that the daemon gets with the request, -1: none;
 * it stays the caller's.  `meanwhile` may be NULL. */
int control_ask_with(const char *socket_path, const struct ctl_request *request,
		     int file, const struct control_meanwhile *meanwhile,
		     int *ret_exit_status, char **ret_text, struct err *err);

#endif
