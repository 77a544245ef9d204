/* The path of a tile: there is one spelling of each. */
#include "fuzz.h"

#include "ledger/tile.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *path = malloc(size + 1), again[TILE_PATH_SIZE];
	struct tile tile;

	HOLDS(path != NULL);
	memcpy(path, data, size);
	path[size] = '\0';
	if (tile_parse_path(path, &tile)) {
		HOLDS(tile.width >= 1 && tile.width <= TILE_WIDTH);
		HOLDS(strcmp(tile_path(&tile, again), path) == 0);
	}
	free(path);
	return 0;
}
