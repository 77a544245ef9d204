/* Verification (ledger.md, section 6), by as many threads as the caller
 * lends. */
#ifndef LEDGER_VERIFY_H
#define LEDGER_VERIFY_H

#include "ledger/ledger.h"
#include "ledger/note.h"
#include "ledger/workers.h"

/* What needs nothing but the folder; the levels above compare it with a
 * journal. */
enum { VERIFY_LEVEL_MAX = 3 };

struct verify_options {
	int level; /* 0 to VERIFY_LEVEL_MAX */
	bool lint; /* each row by itself, see lint.h */
	/* one that the caller believes; NULL: the one that LEDGER names.  With
	 * level 2 and above */
	const struct note_key *key;
	const struct workers *workers;
	/* called now and then, in the thread of the caller; NULL allowed */
	void (*progress)(void *ctx, uint64_t rows_done);
	void *progress_ctx;
};

/* ERR_UNSUPPORTED: no such level.  A folder that has not what a level needs
 * (no checkpoint yet) is no fault: ret->level is below the one asked for, and
 * ret->reason says why; ret->lacks, where it must have been there. */
int verify_ledger(const struct ledger_io *io, const char *dir,
		  const struct verify_options *options,
		  struct ledger_verdict *ret, struct err *err);

#endif
