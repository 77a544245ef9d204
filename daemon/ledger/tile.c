/* A path is read by taking its numbers and making it again: so every tile
 * has one spelling, and nothing climbs out of the folder. */
#include "ledger/tile.h"
#include "ledger/tree.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TILE_START "tile/"

enum { GROUP = 1000, GROUPS_MAX = 7 /* of three digits, in 64 bits */ };

char *
tile_path(const struct tile *t, char out[TILE_PATH_SIZE])
{
	char groups[GROUPS_MAX * 5 + 1], part[24] = "";
	char *p = groups + sizeof(groups) - 1;
	uint64_t n = t->index;

	*p = '\0';
	for (bool last = true; last || n > 0; last = false, n /= GROUP) {
		char group[8];
		int len =
		    snprintf(group, sizeof(group), "%s%03u%s", last ? "" : "x",
			     (unsigned)(n % GROUP), last ? "" : "/");

		p -= len;
		memcpy(p, group, (size_t)len);
	}
	if (t->width < TILE_WIDTH)
		snprintf(part, sizeof(part), ".p/%u", t->width);
	snprintf(out, TILE_PATH_SIZE, TILE_START "%u/%s%s", t->level, p, part);
	return out;
}

/* Digits at *p, which is moved behind them.  False: none, or too many. */
static bool
take_number(const char **p, uint64_t *ret)
{
	uint64_t n = 0;
	const char *start = *p;

	for (; **p >= '0' && **p <= '9'; (*p)++) {
		if (__builtin_mul_overflow(n, 10U, &n) ||
		    __builtin_add_overflow(n, (unsigned)(**p - '0'), &n))
			return false;
	}
	*ret = n;
	return *p > start;
}

static bool
take_index(const char **p, uint64_t *ret)
{
	uint64_t n = 0;

	for (bool more = true; more;) {
		uint64_t group;

		more = **p == 'x';
		*p += more;
		if (!take_number(p, &group) || group >= GROUP ||
		    __builtin_mul_overflow(n, (unsigned)GROUP, &n) ||
		    __builtin_add_overflow(n, group, &n) ||
		    (more && *(*p)++ != '/'))
			return false;
	}
	*ret = n;
	return true;
}

bool
tile_parse_path(const char *path, struct tile *ret)
{
	uint64_t level, index, width = TILE_WIDTH;
	char again[TILE_PATH_SIZE];
	const char *p = path;
	struct tile t;

	if (strncmp(p, TILE_START, strlen(TILE_START)) != 0)
		return false;
	p += strlen(TILE_START);
	if (!take_number(&p, &level) || level >= TREE_LEVELS || *p++ != '/' ||
	    !take_index(&p, &index))
		return false;
	if (strncmp(p, ".p/", 3) == 0) {
		p += 3;
		if (!take_number(&p, &width) || width == 0 ||
		    width >= TILE_WIDTH)
			return false;
	}
	t = (struct tile){(unsigned)level, index, (unsigned)width};
	if (strcmp(path, tile_path(&t, again)) != 0)
		return false;
	*ret = t;
	return true;
}

/* Nodes of the level of the tree where the tiles of `level` begin. */
static uint64_t
nodes(uint64_t size, unsigned level)
{
	return level < TILE_LEVELS ? size >> (TILE_HEIGHT * level) : 0;
}

uint64_t
tile_full_count(uint64_t size, unsigned level)
{
	return nodes(size, level) / TILE_WIDTH;
}

unsigned
tile_partial_width(uint64_t size, unsigned level)
{
	return (unsigned)(nodes(size, level) % TILE_WIDTH);
}

struct tile
tile_of_node(unsigned level, uint64_t index)
{
	assert(level < TREE_LEVELS);
	return (struct tile){level / TILE_HEIGHT,
			     index >> (TILE_HEIGHT - level % TILE_HEIGHT),
			     TILE_WIDTH};
}

struct digest
tile_node(const uint8_t bytes[TILE_BYTES], unsigned level, uint64_t index)
{
	unsigned up = level % TILE_HEIGHT;
	size_t start = (size_t)(index << up) % TILE_WIDTH;
	struct tree part;

	tree_init(&part);
	for (size_t i = start; i < start + ((size_t)1 << up); i++) {
		struct digest h;

		memcpy(h.bytes, bytes + i * DIGEST_LEN, DIGEST_LEN);
		tree_append(&part, &h);
	}
	return tree_root(&part);
}

struct digest
tile_root(const uint8_t bytes[TILE_BYTES])
{
	struct digest left = tile_node(bytes, TILE_HEIGHT - 1, 0);
	struct digest right = tile_node(bytes, TILE_HEIGHT - 1, 1);

	return tree_node(&left, &right);
}
