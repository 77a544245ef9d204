/* How far something long has come: on a terminal, after the first second. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "base/wall.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
	struct mono_time start, shown_at;
	bool shown;
	const char *what; /* "rows read" */
};

struct progress progress_begin(const char *what);
/* Not more often than ten times in a second. */
void progress_show(struct progress *p, uint64_t n);
/* Leaves an empty line behind. */
void progress_end(struct progress *p);

#endif
