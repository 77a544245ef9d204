/* mirror.json: what the journal had confirmed when the daemon last looked.
 *
 * Derived, and safe to delete: the journal is then read from its head.  One
 * canonical JSON line that ends in a `sum`, as a row does; `genesis` binds it
 * to its ledger. */
#ifndef LEDGER_MIRROR_FILE_H
#define LEDGER_MIRROR_FILE_H

#include "base/digest.h"
#include "base/err.h"
#include "ledger/io.h"

enum { MIRROR_CURSOR_MAX = 300 };

struct mirror_file {
	uint64_t confirmed; /* rows, at least 1 */
	struct digest leaf; /* of the newest of them */
	uint64_t expired, forged, conflicts, conflict_seq;
	char cursor[MIRROR_CURSOR_MAX + 1]; /* how far the journal was read */
};

/* Replaced whole and not synced: what a power cut leaves of it is known by
 * its sum.  Reads the leaf from the rows; file->leaf is not used.  Blocks. */
int mirror_file_save(const struct ledger_io *io, const char *dir,
		     const struct mirror_file *file, struct err *err);
/* genesis NULL: that of the folder.  ERR_NOT_FOUND: there is none, or none of this ledger.  Whether the row
 * `confirmed` - 1 is there, and has that leaf, is not looked at: recovery
 * asks this file what must be there. */
int mirror_file_load(const struct ledger_io *io, const char *dir,
		     const struct digest *genesis, struct mirror_file *ret_file,
		     struct err *err);

#endif
