/* What the segments hold, before anything is mended (ledger.md, R3 to R7). */
#ifndef LEDGER_SURVEY_H
#define LEDGER_SURVEY_H

#include "ledger/inside.h"

struct survey {
	uint64_t *firsts; /* segments that are there */
	size_t n;
	uint64_t next_seq; /* rows 0 to next_seq-1 are good */
	struct digest head;
	struct wall_time newest_at;
	bool stopped; /* the newest good row is daemon.stopped */
	/* the newest segment: its good part, and all of it */
	int64_t good_bytes;
	int64_t all_bytes;
	/* behind the good rows */
	bool torn;
	bool damaged;
	uint64_t damaged_to;
	const char *why;
};

/* Fills the window of l.  `witness` is R2's W.  Damage is a finding, not an
 * error. */
int survey_segments(struct ledger *l, const struct ledger_options *o,
		    uint64_t witness, struct survey *ret, struct err *err);
void survey_free(struct survey *s);

#endif
