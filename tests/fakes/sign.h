/* Checkpoints and tiles of a ledger's folder, made for tests from its rows
 * as they stand: also such as the writer would never sign. */
#ifndef FAKES_SIGN_H
#define FAKES_SIGN_H

#include "base/digest.h"
#include "ledger/io.h"
#include "ledger/note.h"

/* Signs the first `size` rows: replaces `checkpoint`, and appends a line to
 * checkpoints.jsonl.  seed NULL: the one in the folder's file `key`. */
void sign_folder(const struct ledger_io *io, const char *dir,
		 const uint8_t *seed, uint64_t size);
/* A checkpoint that tells any root. */
void sign_root(const struct ledger_io *io, const char *dir, const uint8_t *seed,
	       uint64_t size, const struct digest *root);

/* In row `seq`, `from` becomes `to`, which is as long; the sum of that row,
 * and prev and sum of all later ones, are made to fit again. */
void sign_edit(const struct ledger_io *io, const char *dir, uint64_t seq,
	       const char *from, const char *to);
/* The same with another name for the member `text`. */
void sign_rechain(const struct ledger_io *io, const char *dir, uint64_t seq);

/* All full tiles of a tree of the first `size` rows. */
void sign_tiles(const struct ledger_io *io, const char *dir, uint64_t size);

#endif
