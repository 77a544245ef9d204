/* What the segments hold, before anything is mended (ledger.md, R3 to R7). */
#ifndef LEDGER_SURVEY_H
#define LEDGER_SURVEY_H

#include "ledger/inside.h"
#include "ledger/lost.h"

struct survey {
	uint64_t *firsts; /* segments that are kept */
	size_t n;
	struct pruned pruned;	    /* what is not; newest row of its kind */
	struct beginning beginning; /* of the kept rows */
	uint64_t next_seq;	    /* kept rows before this one are good */
	struct digest head;
	struct wall_time newest_at;
	bool stopped;	  /* the newest good row is daemon.stopped */
	struct tree tree; /* of the good rows */
	/* Rows that were not read: their tree comes from the tiles, which
	 * together with the rest give the root of the newest checkpoint. */
	struct tree trusted;
	struct tree sealed; /* of the segments that the checkpoint covers */
	/* The last whole tile that the newest checkpoint covers. */
	struct mark tiled;
	bool root_fits; /* the one of the newest checkpoint */
	struct unsigned_rows unsigned_rows;
	/* The row that the witness tells of was read, and is another one. */
	bool witness_met, contradicted;
	/* the newest segment: its good part, and all of it */
	int64_t good_bytes;
	int64_t all_bytes;
	/* behind the good rows */
	bool torn;
	bool damaged;
	uint64_t damaged_to;
	const char *why;
};

/* Fills the window of l.  `witness` has R2's W; whole: no row is trusted
 * unread.  Damage is a finding, not an error. */
int survey_segments(struct ledger *l, const struct ledger_options *o,
		    const struct ledger_witness *witness, bool whole,
		    struct survey *ret, struct err *err);
void survey_free(struct survey *s);

/* resume.c: R9 and R10 up to the first batch: the signer goes on behind what
 * was found.  mended: what the folder shows may not be durable. */
int resume_signing(struct ledger *l, const struct survey *s,
		   const struct ledger_options *o, bool mended,
		   struct ledger_recovery *rec, struct err *err);

#endif
