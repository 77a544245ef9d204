/* A time zone as a value, decoded from TZif bytes (RFC 8536): transitions,
 * then the POSIX rule of the footer for the years beyond them. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/err.h"
#include "base/wall.h"

struct zone;

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
