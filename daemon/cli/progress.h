/* How far something long has come: on a terminal, after the first second, as
 * long as nothing is printed.
 *
 * It is for whoever looks at a screen: with --json, and where standard error
 * leads elsewhere, nobody sees it.  Once output has begun there is no more of
 * it, since what comes shows by itself that something is done. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/cli.h"

struct progress {
	struct session *session; /* borrowed */
	struct mono_time start, shown_at;
	bool wanted;
	const char *what; /* "rows read" */
};

struct progress progress_begin(struct session *s, const char *what);
/* Not more often than ten times in a second. */
void progress_show(struct progress *p, uint64_t n);
/* The same with the seconds since the beginning. */
void progress_show_seconds(struct progress *p);
/* Leaves an empty line behind. */
void progress_end(struct progress *p);
/* The same for whatever is shown now: before something else is printed. */
void progress_erase(struct session *s);

#endif
