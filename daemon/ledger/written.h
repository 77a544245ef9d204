/* What this process wrote behind the newest tile that is durable: the leaf of
 * each row, and tags by which the segments can be read back for less than a
 * hash of each row costs. */
#ifndef LEDGER_WRITTEN_H
#define LEDGER_WRITTEN_H

#include "base/digest.h"
#include "ledger/io.h"
#include "ledger/tile.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	WRITTEN_ROWS_MAX = 18 * TILE_WIDTH, /* a segment and some more */
	WRITTEN_RUNS_MAX = 32,
	WRITTEN_KEY_LEN = 32,
	WRITTEN_TAG_LEN = 16
};

/* Rows of one tile in one segment. */
struct written_run {
	uint64_t first;
	int64_t place; /* in the segment */
	uint64_t bytes;
	uint8_t key[WRITTEN_KEY_LEN];
	uint8_t tag[WRITTEN_TAG_LEN];
};

/* private but for `from` and `leaves` */
struct written {
	uint64_t segment_rows;
	bool known;	 /* all rows from `from` on were seen */
	uint64_t from;	 /* a multiple of TILE_WIDTH */
	size_t n;	 /* rows */
	uint8_t *leaves; /* DIGEST_LEN bytes each */
	struct written_run runs[WRITTEN_RUNS_MAX]; /* the last one is open */
	size_t n_runs;
	struct written_mac *mac; /* of the open run */
};

void written_init(struct written *w, uint64_t segment_rows);
void written_fini(struct written *w);

/* Begins anew behind `tiled` rows; without memory, or where more rows than
 * these are durable already, nothing is known before the next time. */
void written_begin(struct written *w, uint64_t tiled, uint64_t durable);

/* The next row, as it stands at `place` of its segment, with its LF. */
void written_add(struct written *w, const char *line, size_t len, int64_t place,
		 const struct digest *leaf);

/* All rows [from, durable) are known, and their segments hold exactly the
 * bytes that were written.  False says nothing but that they must be read. */
bool written_stands(const struct written *w, const struct ledger_io *io,
		    int dir, uint64_t from, uint64_t durable);

/* Forgets what became durable tiles; where the next row behind them starts in
 * its segment. */
int64_t written_drop_tiles(struct written *w);

#endif
