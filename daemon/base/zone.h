/* A time zone as a value, decoded from TZif bytes (RFC 8536): transitions,
 * then the POSIX rule of the footer for the years beyond them. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/err.h"
#include "base/wall.h"

struct zone;

/* The range that RFC 8536 asks of an offset, in seconds east of UTC. */
enum { ZONE_OFFSET_MIN_S = -89999, ZONE_OFFSET_MAX_S = 93599 };

/* The bytes of a TZif file, versions 1 to 4, borrowed for the call.
 * ERR_INVALID, ERR_UNSUPPORTED (leap seconds, a newer version), ERR_LIMIT,
 * ERR_NOMEM: *ret_zone is untouched.  The caller frees *ret_zone. */
int zone_parse(const void *bytes, size_t len, struct zone **ret_zone,
	       struct err *err);
void zone_free(struct zone *zone);

/* Seconds east of UTC in force at t; zone NULL = UTC. */
int zone_offset_s(const struct zone *zone, struct wall_time t);

/* Local civil time at t (zone NULL = UTC). */
struct civil zone_civil(const struct zone *zone, struct wall_time t);

/* The first offset change strictly after t; ERR_NOT_FOUND when none. */
int zone_next_change(const struct zone *zone, struct wall_time t,
		     struct wall_time *ret_change);

#endif
