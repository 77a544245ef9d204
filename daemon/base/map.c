/* Open addressing with linear probing, at most half full; names are never
 * removed, because ledger subjects never are. */
#include "base/map.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { MAP_MIN_SLOTS = 16 };

void
map_free(struct map *m)
{
	for (size_t i = 0; i < m->n_slots; i++)
		free(m->slots[i].name);
	free(m->slots);
	*m = (struct map){0};
}

/* The slot that holds name, or the free one where it belongs. */
static struct map_slot *
find(const struct map *m, const char *name, uint32_t hash)
{
	size_t i = hash & (m->n_slots - 1);

	while (
	    m->slots[i].name != NULL &&
	    (m->slots[i].hash != hash || strcmp(m->slots[i].name, name) != 0))
		i = (i + 1) & (m->n_slots - 1);
	return &m->slots[i];
}

bool
map_get(const struct map *m, const char *name, size_t *ret_index)
{
	const struct map_slot *slot;

	if (m->n_slots == 0)
		return false;
	slot = find(m, name, text_hash(name, strlen(name)));
	if (slot->name == NULL)
		return false;
	*ret_index = slot->index;
	return true;
}

static bool
grow(struct map *m)
{
	struct map bigger = {
	    .n_slots = m->n_slots == 0 ? MAP_MIN_SLOTS : 2 * m->n_slots,
	    .n = m->n,
	};

	bigger.slots = calloc(bigger.n_slots, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return false;
	for (size_t i = 0; i < m->n_slots; i++) {
		if (m->slots[i].name != NULL)
			*find(&bigger, m->slots[i].name, m->slots[i].hash) =
			    m->slots[i];
	}
	free(m->slots);
	*m = bigger;
	return true;
}

bool
map_put(struct map *m, const char *name, size_t index)
{
	uint32_t hash = text_hash(name, strlen(name));
	struct map_slot *slot;

	if (2 * (m->n + 1) > m->n_slots && !grow(m))
		return false;
	slot = find(m, name, hash);
	if (slot->name == NULL) {
		slot->name = strdup(name);
		if (slot->name == NULL)
			return false;
		slot->hash = hash;
		m->n++;
	}
	slot->index = index;
	return true;
}
