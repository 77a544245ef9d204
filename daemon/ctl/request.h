/* The control protocol, version 1: one JSON line each way over a local
 * stream socket, at most 64 KiB.
 *
 *   {"args":{"name":"support-chat","wait":true},"command":"run","v":1}
 *   {"status":0,"text":"support-chat: pass\n","v":1}
 *
 * Encoding and decoding are pure; io/control moves the bytes.  Unknown
 * commands and members are refused, never guessed. */
#ifndef CTL_REQUEST_H
#define CTL_REQUEST_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

enum {
	CTL_VERSION = 1,
	CTL_MESSAGE_MAX = 64 * 1024,
	CTL_OBJECT_MAX = 240,
	CTL_NAME_MAX = 128,
	CTL_NOTE_MAX = 280 * 4,
	CTL_NONCE_MAX = 32,
	CTL_TIME_MAX = 32,
	CTL_SURFACE_MAX = 64
};

enum ctl_command {
	CTL_STATUS,
	CTL_CREDENTIALS,
	CTL_RUN,
	CTL_PREPARE,
	CTL_APPROVE,
	CTL_NOTE,
	CTL_ACK,
	CTL_SILENCE,
	CTL_UNSILENCE,
	CTL_ATTEST_SOURCE,
	CTL_ATTEST_USAGE,
	CTL_DECIDE,
	CTL_CORRECT,
	CTL_LEGAL_HOLD,
	CTL_PRUNE,
	CTL_MIRROR,
	CTL_RELOAD,
	CTL_CHECKPOINT,
	CTL_COMMANDS
};

/* Exit statuses of evidencectl (design.md, section 5). */
enum ctl_exit {
	CTL_OK = 0,
	CTL_CHECK_FAILED = 1,
	CTL_USAGE = 2,
	CTL_NOT_RUNNING = 3,
	CTL_NO_OBJECT = 4,
	CTL_CONFIG_INVALID = 5,
	CTL_LEDGER_DAMAGED = 6,
	CTL_NOT_PERMITTED = 7,
	CTL_REFUSED = 8
};

struct ctl_request {
	enum ctl_command command;
	char nonce[CTL_NONCE_MAX + 1]; /* makes a repeated request harmless */
	/* workload, job, source, alert, owner, seq, or a matcher of alerts */
	char name[CTL_OBJECT_MAX + 1];
	char snapshot[CTL_NAME_MAX + 1]; /* SHA-256 of the text, in hex */
	char role[CTL_NAME_MAX + 1];
	char note[CTL_NOTE_MAX + 1];
	/* of a legal hold: RFC 3339, or "" for without end; of a decision the
	 * last day */
	char since[CTL_TIME_MAX + 1], until[CTL_TIME_MAX + 1];
	char decision[CTL_TIME_MAX + 1];
	char run[CTL_TIME_MAX + 1];
	char surface[CTL_SURFACE_MAX + 1];
	char duration[CTL_TIME_MAX + 1]; /* as "90m" */
	bool wait, force, release, dry_run;
};

/* Who asks, by SO_PEERCRED and SO_PEERGROUPS. */
struct ctl_peer {
	uid_t uid;
	bool root;
	bool self;    /* the daemon's own uid */
	bool admin;   /* in the admin group */
	bool in_role; /* in the unix group of request->role */
};

int ctl_request_encode(const struct ctl_request *request, struct buf *out);
/* One line without LF.  ERR_INVALID with words for the client. */
int ctl_request_decode(const char *line, size_t len,
		       struct ctl_request *ret_request, struct err *err);

int ctl_reply_encode(int exit_status, const char *text, struct buf *out);
/* *ret_text is malloc'd. */
int ctl_reply_decode(const char *line, size_t len, int *ret_exit_status,
		     char **ret_text, struct err *err);

const char *ctl_command_name(enum ctl_command command);

#endif
