/* Checkpoints that are not there though they were signed, and the rows
 * ledger.recovered that tell of it for ever: the daemon signs anew, and what
 * stood before such a row is vouched for only by what was signed then.
 *
 * The body is {"from_seq","reason","to_seq"}: of the rows from_seq to to_seq
 * nothing that is left was signed in its time. */
#ifndef LEDGER_LOST_H
#define LEDGER_LOST_H

#include "base/buf.h"
#include "base/wall.h"
#include "ledger/row.h"

#include <stdbool.h>
#include <stdint.h>

#define LOST_KIND "ledger.recovered"

/* Another number is known: the worse, the larger. */
enum lost {
	LOST_NOTHING,
	LOST_LOG,	 /* `checkpoint` is there, lines of the log are not */
	LOST_OR_NEVER,	 /* no checkpoint and no tile: an early build's way */
	LOST_CHECKPOINTS /* of rows that must have been signed */
};

struct loss {
	enum lost what;
	uint64_t from, to; /* rows [from, to) */
	const char *why;   /* a checkpoint must have been signed; a clause */
};

/* The rows that no checkpoint covers, as they are read in their order. */
struct unsigned_rows {
	bool any;
	bool told;    /* `first` is a row that tells of a loss */
	bool stepped; /* a clock among them cannot be believed */
	uint64_t first, last;
	struct wall_time since; /* a checkpoint is awaited */
	unsigned overdue;	/* so often */
};

/* A row of them; those before `signed_rows` are passed over. */
void unsigned_rows_note(struct unsigned_rows *u, const struct row_parts *row,
			uint64_t signed_rows);
/* Why a checkpoint of them must have been signed while they were written, or
 * NULL: one is when a segment of `segment_rows` is sealed, and not later than
 * 300 s behind a row, for as long as the host is awake. */
const char *unsigned_rows_due(const struct unsigned_rows *u,
			      uint64_t segment_rows);

/* False: the row tells of something else. */
bool lost_parse(const struct row_parts *row, struct loss *ret);
void lost_body(const struct loss *loss, struct buf *out);
/* What is said of it at a start, whose row `seq` tells it. */
void lost_words(const struct loss *loss, const char *path, uint64_t seq,
		char *out, size_t size);

#endif
