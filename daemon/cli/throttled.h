/* Whether the daemon leaves the account surface of a gateway alone. */
#ifndef CLI_THROTTLED_H
#define CLI_THROTTLED_H

#include "base/wall.h"
#include "cli/cli.h"

/* Asks the daemon.  False: it is not throttled, or no daemon answers. */
bool throttled_until(struct session *s, const char *gateway,
		     char ret_until[WALL_RFC3339_LEN + 1]);

#endif
