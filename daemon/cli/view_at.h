/* The view as it was. */
#ifndef CLI_VIEW_AT_H
#define CLI_VIEW_AT_H

#include "cli/cli.h"

/* Up to where rows count. */
struct view_limit {
	uint64_t seq;	       /* rows before this one */
	struct wall_time time; /* written before this instant */
};

/* The fold of these rows alone; the caller frees it.  0, or the exit status
 * of what was said. */
int view_at(struct session *s, const struct view_limit *limit,
	    struct view **ret);

#endif
