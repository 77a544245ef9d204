/* A damaged ledger made whole with rows from elsewhere.
 *
 * Rows are accepted only where they close the chain, and where the root that
 * was signed comes out.  All new segments are complete and synced before the
 * first old one is replaced, and each old one is copied to quarantine/ before
 * that.  If any row lacks, nothing is changed. */
#ifndef LEDGER_REPAIR_H
#define LEDGER_REPAIR_H

#include "ledger/folder.h"
#include "ledger/log_gap.h"
#include "ledger/notes.h"
#include "ledger/salvage.h"

/* Where rows come from: gives all it has of [from, to), one segment's rows,
 * in any order. */
struct repair_source {
	int (*give)(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
		    struct err *err);
	void *ctx;
	/* All checkpoints that it has, whoever signed them; NULL: it has
	 * none. */
	int (*notes)(void *ctx, struct notes *into, struct err *err);
};

struct repair_options {
	const struct repair_source *sources;
	size_t n_sources;
	/* A copy of the ledger whose tiles of rows that were pruned, and
	 * whose lines of checkpoints.jsonl and secret, may be taken; NULL: none.  It may
	 * be one of the sources, too. */
	const struct folder *copy;
	uint64_t witness; /* rows that are known to have been durable */
	/* The leaf of the last of them; NULL: unknown */
	const struct digest *witness_leaf;
	void (*progress)(void *ctx, uint64_t rows); /* NULL allowed */
	void *progress_ctx;
};

/* Lines of checkpoints.jsonl that are nowhere. */
struct repair_gone {
	uint64_t from;	     /* counted from 1; 0: none is gone */
	uint64_t to;	     /* UINT64_MAX: nobody knows how many */
	struct log_gap rows; /* that they told of */
};

struct repair_result {
	uint64_t rows;	   /* of the whole ledger */
	uint64_t restored; /* of them from the sources */
	/* The first that hung together here and is another one now, or gone:
	 * no checkpoint was here, and the copy has signed ones; 0: none */
	uint64_t replaced;
	size_t segments; /* written anew; 0: none was to be */
	size_t kept;	 /* rows of kept.jsonl, made anew; 0: it was right */
	/* of rows that were pruned; these are put right even when rows lack */
	size_t tiles;
	size_t lines; /* of checkpoints.jsonl, brought back */
	/* Checkpoints of these rows by a key that was not in force at their
	 * size: they bind nothing. */
	size_t refused;
	bool log_put;	/* that file was made anew */
	bool shown_put; /* `checkpoint` was, out of its last line */
	struct repair_gone gone;
	bool secret_put;    /* it was missing: another one was made, or */
	bool secret_copied; /* that of the copy was taken */
	bool secret_bad; /* no writer can begin with it; secret_err says why */
	struct err secret_err;
};

/* What the ledger is: by LEDGER, by row 0, and by whoever knows row 0.
 * 0: LEDGER is right, as far as anybody knows; 1: LEDGER is missing or wrong,
 * and should say *ret_id; 2: the same, and the key in it signed no checkpoint
 * that is there, so nothing but row 0 speaks for it.  ERR_NOT_FOUND: no ledger; ERR_DAMAGED: nobody
 * knows; ERR_UNSUPPORTED. */
int repair_find_identity(const struct ledger_io *io, const char *dir,
			 struct identity *ret_id, struct err *err);
/* Makes LEDGER anew, the same to the byte; what was there is kept in
 * quarantine/.  ERR_BUSY, as far as there is a file to lock. */
int repair_put_identity(const struct ledger_io *io, const char *dir,
			const struct identity *id, struct err *err);

/* The process that said last in the file `lock` that it writes; 0: none did.
 * For a folder without LEDGER, which nobody can lock.  ERR_DAMAGED: the file
 * is none; ERR_DENIED, ERR_IO. */
int repair_find_writer(const struct ledger_io *io, const char *dir,
		       int *ret_pid, struct err *err);

/* Takes the lock.  ERR_BUSY: a daemon writes.  ERR_NOT_FOUND: rows lack, and
 * err names the first ones.  ERR_DAMAGED: the rows found are not the ones that
 * were signed, or two claim one seq. */
int repair_ledger(const struct ledger_io *io, const char *dir,
		  const struct repair_options *o, struct repair_result *ret,
		  struct err *err);

/* A copy of the ledger as a source; the folder is borrowed. */
struct repair_source repair_source_of(struct folder *backup);

#endif
