/* A ledger made again out of rows that somebody else kept: byte for byte
 * where the rows are there, and not at all where they are not.
 *
 * It appears whole, like a new one: everything is written and synced in
 * `<name>.new`, verified there, then renamed. */
#ifndef LEDGER_RESTORE_H
#define LEDGER_RESTORE_H

#include "ledger/identity.h"
#include "ledger/salvage.h"

struct restore;

struct restore_result {
	uint64_t rows;	      /* restored: [0, rows) */
	uint64_t signed_rows; /* of them under a signed checkpoint */
	size_t checkpoints;   /* restored */
	/* Rows before pruned_to, which came back, had been let go by row
	 * pruned_by; 0: none. */
	uint64_t pruned_to, pruned_by;
	/* Why it ends there; all SALVAGE_NONE when nothing more is known. */
	uint64_t contested;  /* two rows claim this seq, none is signed */
	uint64_t next_there; /* rows from here on are there, but not chained */
};

/* Refuses a folder that exists (ERR_EXISTS); ERR_BUSY: somebody else restores
 * it.  `genesis` is the line of row 0 (without LF), which says what the ledger
 * is; ERR_INVALID when it is none. */
int restore_begin(const struct ledger_io *io, const char *path,
		  const char *genesis, size_t len, struct restore **ret_restore,
		  struct err *err);
void restore_free(struct restore *r);

const struct identity *restore_identity(const struct restore *r);
/* A row without LF, row 0 too; errors of salvage_add(). */
int restore_add_row(struct restore *r, const char *line, size_t len,
		    struct err *err);
/* The rows so far. */
const struct salvage *restore_rows(const struct restore *r);
/* A note that was read somewhere; one that no key of the ledger signed is
 * passed over. */
int restore_add_note(struct restore *r, const char *note, size_t len,
		     struct err *err);

/* Called now and then with the rows written; NULL allowed. */
typedef void restore_progress_fn(void *ctx, uint64_t rows);

/* Once.  ERR_DAMAGED: the rows are not the ones that were signed. */
int restore_finish(struct restore *r, restore_progress_fn *progress, void *ctx,
		   struct restore_result *ret, struct err *err);

#endif
