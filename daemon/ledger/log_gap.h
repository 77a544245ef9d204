/* A line of checkpoints.jsonl that is no good: which rows it, and those behind
 * it that are no good either, told of.  Whoever finds such a line - verify, the
 * daemon, repair - names the same rows. */
#ifndef LEDGER_LOG_GAP_H
#define LEDGER_LOG_GAP_H

#include "ledger/io.h"

#include <stdbool.h>
#include <stdint.h>

/* Rows [from, to), none when they are equal; to UINT64_MAX: nothing tells how
 * far it went. */
struct log_gap {
	uint64_t from, to;
	bool shown; /* the line of `checkpoint` is gone, too: it ends there */
};

enum { LOG_GAP_WORDS = 120 };

/* Whether this note is good, apart from its place. */
typedef bool log_gap_fn(void *ctx, const char *note, size_t len, uint64_t size);

/* Of the line at this place, counted from 1; those before it are good.  What a
 * line says of itself is believed where `good`, which may be NULL, does not
 * object.  Negative errno. */
int log_gap_read(const struct ledger_io *io, int dir, uint64_t place,
		 log_gap_fn *good, void *ctx, struct log_gap *ret);

/* What vouches for them, when what was signed later is good. */
void log_gap_words(const struct log_gap *gap, char out[LOG_GAP_WORDS]);

#endif
