/* The keys and their account surface. */
#ifndef GATEWAY_SURFACE_H
#define GATEWAY_SURFACE_H

#include "settings.h"

/* NULL when no key has this value ("" has none). */
struct key *key_find(const struct practice *practice, const char *value);

/* Counts down `times` and goes back to healthy at the end. */
void key_use_behaviour(struct key *key);

/* Somebody authenticates with it: an expired cache entry is read again. */
void key_touch(const struct practice *practice, struct key *key);
/* What is left falls at once; what is used waits for the cache. */
void key_charge(struct key *key, int64_t quota);

#endif
