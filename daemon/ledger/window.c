/* A ring of the newest rows (place = seq modulo its size) and, over it, a
 * hash table of chains.  A chain is ordered from new to old, because rows
 * are added at its head; so the row that leaves the window is always the
 * last of its chain, and the chain is cut there. */
#include "ledger/window.h"
#include "base/text.h"
#include "ledger/ledger.h"

#include <assert.h>
#include <stdlib.h>

struct slot {
	uint32_t hash;
	uint32_t older; /* 1 + slot, 0 = none */
	uint32_t place;
};

struct window {
	uint64_t first; /* the oldest row in the window */
	uint64_t next;	/* the row to be added next */
	struct slot slots[LEDGER_ID_WINDOW];
	uint32_t heads[LEDGER_ID_WINDOW]; /* 1 + slot, 0 = none */
};

struct window *
window_new(uint64_t next_seq)
{
	struct window *w = calloc(1, sizeof(*w));

	if (w != NULL)
		w->first = w->next = next_seq;
	return w;
}

void
window_free(struct window *w)
{
	free(w);
}

static uint32_t
slot_of(uint64_t seq)
{
	return (uint32_t)(seq % LEDGER_ID_WINDOW);
}

/* The row in a slot: the one of its residue in [first, next). */
static uint64_t
seq_of(const struct window *w, uint32_t slot)
{
	uint32_t newest = slot_of(w->next - 1);

	return w->next - 1 - (newest - slot) % LEDGER_ID_WINDOW;
}

static void
drop_oldest(struct window *w)
{
	uint32_t slot = slot_of(w->first);
	uint32_t *link = &w->heads[w->slots[slot].hash % LEDGER_ID_WINDOW];

	while (*link != slot + 1) {
		assert(*link != 0);
		link = &w->slots[*link - 1].older;
	}
	*link = 0;
	w->first++;
}

void
window_add(struct window *w, const char *id, size_t len)
{
	uint32_t slot = slot_of(w->next), hash = text_hash(id, len);
	uint32_t *head = &w->heads[hash % LEDGER_ID_WINDOW];

	if (w->next - w->first == LEDGER_ID_WINDOW)
		drop_oldest(w);
	w->slots[slot] = (struct slot){.hash = hash, .older = *head};
	*head = slot + 1;
	w->next++;
}

void
window_set_place(struct window *w, uint64_t seq, uint32_t place)
{
	if (seq >= w->first && seq < w->next)
		w->slots[slot_of(seq)].place = place;
}

uint32_t
window_place(const struct window *w, uint64_t seq)
{
	assert(seq >= w->first && seq < w->next);
	return w->slots[slot_of(seq)].place;
}

uint64_t
window_find(const struct window *w, const char *id, size_t len, uint64_t before)
{
	uint32_t hash = text_hash(id, len);
	uint32_t link = w->heads[hash % LEDGER_ID_WINDOW];

	for (; link != 0; link = w->slots[link - 1].older) {
		uint64_t seq = seq_of(w, link - 1);

		if (w->slots[link - 1].hash == hash && seq < before)
			return seq;
	}
	return WINDOW_NONE;
}
