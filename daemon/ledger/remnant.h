/* What must outlive the segments that were pruned: row 0, which says what the
 * ledger and its first key are, and every row key.rotate.  Without them nobody
 * could tell whose signatures count.
 *
 * Their exact lines stand in kept.jsonl, in order.  A line is believed where
 * its leaf is the one in the tile of its row. */
#ifndef LEDGER_REMNANT_H
#define LEDGER_REMNANT_H

#include "base/buf.h"
#include "base/err.h"
#include "ledger/io.h"
#include "ledger/row.h"

enum { REMNANT_MAX = 64 * 1024 * 1024 /* bytes: the key changed 1000 times */ };

/* The line has no LF and is valid during the call; not 0 ends the reading and
 * is returned. */
typedef int remnant_row_fn(void *ctx, const struct row_parts *parts,
			   const char *line, size_t len);

/* Those of the rows before `to`, from kept.jsonl and from segments that still
 * stand there; the first one is row 0.  `rotated`: no row before it, row 0
 * apart, is wanted.
 * ERR_DAMAGED: they are not all there, or not what the tiles say;
 * ERR_NOT_FOUND: a tile is missing; ERR_NOMEM, ERR_IO. */
int remnant_each(const struct ledger_io *io, int dir, uint64_t to,
		 uint64_t rotated, remnant_row_fn *fn, void *ctx,
		 struct err *err);

/* The row is one of them, if it was pruned. */
bool remnant_is_row(const struct row_parts *parts);
/* Writes these lines as kept.jsonl, synced; the name is durable only after a
 * sync of the directory. */
int remnant_put(const struct ledger_io *io, int dir, const struct buf *lines,
		struct err *err);
/* Writes them all to kept.jsonl, synced; the name is durable only after a
 * sync of the directory.  The same errors, and ERR_FULL. */
int remnant_keep(const struct ledger_io *io, int dir, uint64_t to,
		 uint64_t rotated, struct err *err);

#endif
