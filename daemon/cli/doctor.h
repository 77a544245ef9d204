/* What `doctor` finds, one line each. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/cli.h"

enum finding_state {
	FINDING_OK,
	FINDING_WRONG,
	FINDING_UNKNOWN /* it could not be looked at */
};

struct doctor {
	struct session *session;
	const struct config *config; /* NULL: broken, and nothing stands in */
	const struct view *view;     /* NULL: there is no ledger to read */
	bool running;		     /* a daemon answers */
	size_t n_bad;		     /* all but FINDING_OK */
};

/* `next` is the command that mends it, or NULL. */
void doctor_say(struct doctor *d, enum finding_state state, const char *check,
		const char *subject, const char *next, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* `run NAME --wait`: what the daemon says, without the line feed (malloc'd;
 * NULL: no memory), and its exit status. */
int doctor_run(struct doctor *d, const char *name, char **ret_words);

/* doctor_gateway.c: what lies outside of this host. */
void doctor_live(struct doctor *d);
void doctor_pages(struct doctor *d);
void doctor_counters(struct doctor *d);
void doctor_capacity(struct doctor *d);

#endif
