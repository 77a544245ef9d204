/* Segments by name: seg-<first seq, 12 digits>.jsonl, rows [N, N + rows). */
#ifndef LEDGER_SEGMENT_H
#define LEDGER_SEGMENT_H

/* The next one is made when all rows of this one are durable: so rows were
 * lost, or its name, in place of %s, was made by somebody else. */
#define SEGMENT_STRAY_WORDS                                                    \
	"the segment ends too early, and %s behind it is empty: where no row " \
	"is missing, that is a stray file, to be moved away"

#include "base/digest.h"
#include "base/err.h"
#include "base/wall.h"
#include "ledger/io.h"

enum { SEGMENT_NAME_LEN = 22, SEGMENT_NAME_SIZE = 32 };

char *segment_name(uint64_t first, char out[SEGMENT_NAME_SIZE]);
/* False when the name is not exactly one that segment_name() makes. */
bool segment_parse_name(const char *name, uint64_t *ret_first);

/* The first seqs of all segments in a directory, ascending, malloc'd (NULL
 * for none).  Negative errno. */
int segment_list(const struct ledger_io *io, int dir, uint64_t **ret_firsts,
		 size_t *ret_n);

/* It holds no row: an empty file, or no file at all.  One that cannot be read
 * may hold some. */
bool segment_is_empty(const struct ledger_io *io, int dir, uint64_t first);

/* A row at one end of a segment. */
struct segment_row {
	struct wall_time at;
	struct digest leaf;
};

/* The first line is row `seq`; the last one is.  1: it is not; negative
 * errno. */
int segment_first_row(const struct ledger_io *io, int fd, uint64_t seq,
		      struct segment_row *ret);
int segment_last_row(const struct ledger_io *io, int fd, uint64_t seq,
		     struct segment_row *ret);

#endif
