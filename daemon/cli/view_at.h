/* The view as it was. */
#ifndef CLI_VIEW_AT_H
#define CLI_VIEW_AT_H

#include "cli/row_limit.h"

/* The fold of these rows alone; the caller frees it.  0, or the exit status
 * of what was said. */
int view_at(struct session *s, const struct row_limit *limit,
	    struct view **ret);

#endif
