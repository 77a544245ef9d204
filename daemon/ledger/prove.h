/* The proof of a row out of a ledger's folder. */
#ifndef LEDGER_PROVE_H
#define LEDGER_PROVE_H

#include "base/buf.h"
#include "base/err.h"
#include "ledger/io.h"

/* Appends the proof (proof.h) that row seq is under the newest checkpoint.
 * It was checked.  ERR_NOT_FOUND: no such row, or no checkpoint that covers
 * it; ERR_DAMAGED: rows and checkpoint do not belong together. */
int ledger_prove(const struct ledger_io *io, const char *dir, uint64_t seq,
		 struct buf *out, struct err *err);

#endif
