/* Tiles (C2SP tlog-tiles): the hashes of the tree in files of up to 256.
 *
 * Tile (L, N) holds the nodes of level 8L from 256N on; their common parents
 * up to level 8L + 8 follow from them. */
#ifndef LEDGER_TILE_H
#define LEDGER_TILE_H

#include "base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TILE_HEIGHT = 8,
	TILE_WIDTH = 1 << TILE_HEIGHT, /* hashes in a full one */
	TILE_BYTES = TILE_WIDTH * DIGEST_LEN,
	TILE_LEVELS = 8, /* of tiles, in a tree below 2^64 */
	TILE_PATH_SIZE = 64
};

struct tile {
	unsigned level; /* of tiles: 0 holds the leaves */
	uint64_t index;
	unsigned width; /* 1 to TILE_WIDTH; less than that: a partial tile */
};

/* tile/<L>/<N>[.p/<W>], N in groups of three digits: x001/x234/067. */
char *tile_path(const struct tile *t, char out[TILE_PATH_SIZE]);
/* False when the path is not exactly one that tile_path() makes. */
bool tile_parse_path(const char *path, struct tile *ret);

/* Full tiles of one level in a tree of `size` leaves. */
uint64_t tile_full_count(uint64_t size, unsigned level);
/* Hashes that are in the tile behind them: 0 to TILE_WIDTH - 1. */
unsigned tile_partial_width(uint64_t size, unsigned level);

/* The full tile that tells the node (level, index) of the tree. */
struct tile tile_of_node(unsigned level, uint64_t index);
/* The node by the bytes of that tile. */
struct digest tile_node(const uint8_t bytes[TILE_BYTES], unsigned level,
			uint64_t index);
/* The node that covers a whole tile. */
struct digest tile_root(const uint8_t bytes[TILE_BYTES]);

#endif
