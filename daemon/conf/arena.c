/* Blocks are linked newest first; a request that does not fit opens a new
 * block, so nothing that was handed out ever moves.  Objects of others are
 * kept in a list of their own and released before the blocks. */
#include "conf/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024 };

struct block {
	struct block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

struct owned {
	struct owned *next;
	void (*release)(void *);
	void *object;
};

struct arena {
	struct block *blocks;
	struct owned *owned;
	bool failed;
};

struct arena *
arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct owned *o = arena->owned; o != NULL; o = o->next)
		o->release(o->object);
	while (arena->blocks != NULL) {
		struct block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	free(arena);
}

static struct block *
open_block(struct arena *arena, size_t size)
{
	size_t want = size > BLOCK_BYTES ? size : BLOCK_BYTES;
	struct block *block;

	if (want > SIZE_MAX - sizeof(*block))
		return NULL;
	block = calloc(1, sizeof(*block) + want);
	if (block == NULL)
		return NULL;
	block->size = want;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	size_t align = _Alignof(max_align_t);
	struct block *block = arena->blocks;
	void *at;

	if (size > SIZE_MAX - align) {
		arena->failed = true;
		return NULL;
	}
	size = (size + align - 1) / align * align;
	if (block == NULL || block->size - block->used < size)
		block = open_block(arena, size);
	if (block == NULL) {
		arena->failed = true;
		return NULL;
	}
	at = block->bytes + block->used;
	block->used += size;
	return at;
}

char *
arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (copy != NULL)
		memcpy(copy, text, len);
	return copy;
}

char *
arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

bool
arena_own(struct arena *arena, void (*release)(void *), void *object)
{
	struct owned *owned = arena_alloc(arena, sizeof(*owned));

	if (owned == NULL) {
		release(object);
		return false;
	}
	*owned = (struct owned){arena->owned, release, object};
	arena->owned = owned;
	return true;
}

bool
arena_failed(const struct arena *arena)
{
	return arena->failed;
}
