/* The hashes of a ledger's tree as its folder tells them: by the tiles where
 * there are any, else by the rows.  Nothing is believed here: whoever asks
 * compares the root with a signed one. */
#ifndef LEDGER_HASHES_H
#define LEDGER_HASHES_H

#include "ledger/folder.h"
#include "ledger/tile_store.h"

struct hashes {
	const struct folder *folder; /* borrowed */
	uint64_t size;		     /* of the tree that is asked about */
	struct err err;		     /* words of the newest failure */
	/* private; of rows, the segment that was read last */
	struct tile_reader tiles;
	struct digest *leaves; /* NULL: of none */
	uint64_t first;
	size_t n_leaves;
};

void hashes_init(struct hashes *h, const struct folder *f, uint64_t size);
void hashes_fini(struct hashes *h);

/* A tree_read_fn over a struct hashes.  ERR_NOT_FOUND: a tile of pruned
 * rows is not there; ERR_DAMAGED: where there is no tile, a row is missing or
 * not good; ERR_NOMEM, ERR_IO. */
int hashes_node(void *hashes, unsigned level, uint64_t index,
		struct digest *ret);

#endif
