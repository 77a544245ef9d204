/* A map from short names to indices of the caller's own arrays. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
	char *name; /* NULL: free */
	uint32_t hash;
	size_t index;
};

/* A zeroed struct is a valid empty map. */
struct map {
	struct map_slot *slots;
	size_t n_slots; /* a power of two, or 0 */
	size_t n;
};

void map_free(struct map *m);

/* The index stored under name; false when there is none. */
bool map_get(const struct map *m, const char *name, size_t *ret_index);

/* Adds or replaces; the name is copied.  false: no memory. */
bool map_put(struct map *m, const char *name, size_t index);

#endif
