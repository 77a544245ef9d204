/* Times on the clock of a zone. */
#ifndef CLI_LOCAL_TIME_H
#define CLI_LOCAL_TIME_H

#include "base/wall.h"
#include "report/writer.h"

struct zone;

/* RFC 3339, or local in zone (NULL: UTC): a day, or a day and a time with or
 * without seconds.  A local time that does not exist is the instant at which
 * the clock jumps over it, one that comes twice comes the first time.
 * ERR_INVALID. */
int local_time_parse(const char *text, const struct zone *zone,
		     struct wall_time *ret);

/* The cell of a local time with its offset: 2026-03-29T03:30:00+02:00. */
void local_time_put(struct writer *w, const struct zone *zone,
		    struct wall_time t);
/* The cell that tells whether the clock was moved in (from, to]. */
void local_time_put_shift(struct writer *w, const struct zone *zone,
			  struct wall_time from, struct wall_time to);

#endif
