/* Gumbo never checks an allocation and frees its tree by recursion, and both
 * kill a process on a hostile page.  So it gets an arena: memory is only
 * given out, freed all at once, and where it ends the parse ends too, by a
 * jump out of gumbo, which holds nothing but memory of the arena. */
#include "page/dom.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

enum { CHUNK_BYTES = 256 * 1024, ALIGNMENT = 16 };

struct dom_chunk {
	struct dom_chunk *next;
	size_t used, size;
	_Alignas(ALIGNMENT) char bytes[];
};

struct arena {
	struct dom_chunk *chunks; /* the newest first */
	size_t left;		  /* of max_bytes */
	jmp_buf exhausted;
};

static struct dom_chunk *
add_chunk(struct arena *arena, size_t least)
{
	size_t size = least > CHUNK_BYTES ? least : CHUNK_BYTES;
	struct dom_chunk *chunk = NULL;

	if (size <= arena->left)
		chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		longjmp(arena->exhausted, 1);
	arena->left -= size;
	chunk->next = arena->chunks;
	chunk->used = 0;
	chunk->size = size;
	arena->chunks = chunk;
	return chunk;
}

static void *
allocate(void *userdata, size_t size)
{
	struct arena *arena = userdata;
	struct dom_chunk *chunk = arena->chunks;
	void *block;

	if (size > SIZE_MAX - ALIGNMENT)
		longjmp(arena->exhausted, 1);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (chunk == NULL || chunk->size - chunk->used < size)
		chunk = add_chunk(arena, size);
	block = chunk->bytes + chunk->used;
	chunk->used += size;
	return block;
}

static void
deallocate(void *userdata, void *block)
{
	(void)userdata;
	(void)block;
}

static void
free_chunks(struct dom_chunk *chunk)
{
	while (chunk != NULL) {
		struct dom_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

/* The arena is the caller's, so that its members are certain after a jump. */
static int
parse_within(struct arena *arena, const char *html, size_t len,
	     struct dom *ret_dom)
{
	GumboOptions options = kGumboDefaultOptions;
	const GumboOutput *output;

	options.allocator = allocate;
	options.deallocator = deallocate;
	options.userdata = arena;
	options.max_errors = 0;
	if (setjmp(arena->exhausted) != 0)
		return ERR_LIMIT;
	output = gumbo_parse_with_options(&options, html, len);
	ret_dom->root = output->document;
	ret_dom->chunks = arena->chunks;
	return 0;
}

int
dom_parse(const char *html, size_t len, size_t max_bytes, struct dom *ret_dom)
{
	struct arena arena = {.left = max_bytes};
	int r = parse_within(&arena, html, len, ret_dom);

	if (r < 0)
		free_chunks(arena.chunks);
	return r;
}

void
dom_free(struct dom *dom)
{
	free_chunks(dom->chunks);
	*dom = (struct dom){0};
}

static const GumboVector *
children_of(const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_DOCUMENT:
		return &node->v.document.children;
	case GUMBO_NODE_ELEMENT:
	case GUMBO_NODE_TEMPLATE:
		return &node->v.element.children;
	default:
		return NULL;
	}
}

const GumboNode *
dom_next(const GumboNode *root, const GumboNode *node, bool skip,
	 void (*leave)(void *arg, const GumboNode *node), void *arg)
{
	const GumboVector *children = skip ? NULL : children_of(node);

	if (children != NULL && children->length > 0)
		return children->data[0];
	for (;; node = node->parent) {
		const GumboVector *siblings;
		size_t next = node->index_within_parent + 1;

		if (children_of(node) != NULL)
			leave(arg, node);
		if (node == root)
			return NULL;
		siblings = children_of(node->parent);
		if (next < siblings->length)
			return siblings->data[next];
	}
}
