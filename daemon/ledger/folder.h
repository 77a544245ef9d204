/* A ledger folder opened for reading: no lock, no configuration; a copy on
 * another machine will do. */
#ifndef LEDGER_FOLDER_H
#define LEDGER_FOLDER_H

#include "ledger/identity.h"
#include "ledger/io.h"
#include "ledger/pruned.h"

#include <fcntl.h>

#define FOLDER_CWD AT_FDCWD

struct folder {
	const struct ledger_io *io; /* borrowed */
	const char *path;	    /* borrowed, for words */
	int dir;
	struct identity id;
	uint64_t *firsts; /* of all segments that are kept, ascending */
	size_t n;
	struct pruned pruned;
};

int folder_open(struct folder *f, const struct ledger_io *io, const char *path,
		struct err *err);
/* Lists the segments again: those that a writer made meanwhile. */
int folder_relist(struct folder *f, struct err *err);
void folder_close(struct folder *f);

/* Reads and parses LEDGER. ERR_NOT_FOUND: there is none. */
int folder_read_identity(const struct ledger_io *io, int dir, const char *path,
			 struct identity *ret_id, struct err *err);

/* Opens a segment for reading: a descriptor, or an error with words. */
int folder_open_segment(const struct folder *f, uint64_t first,
			struct err *err);

/* Says that the segment of a row that must be there is not; ERR_DAMAGED. */
int folder_say_missing(const struct folder *f, uint64_t seq, struct err *err);

/* Says that a row was pruned, by which row, and by what policy; ERR_NOT_FOUND.
 */
int folder_say_pruned(const struct folder *f, uint64_t seq, struct err *err);

/* The row `seq`, which must have been there, by itself, from its line in
 * memory (malloc'd, with its LF replaced by a terminator).  `sum` and seq are
 * checked.  ERR_NOT_FOUND: it was pruned, and the words name the row that says
 * so; ERR_DAMAGED: it is missing or not whole. */
int folder_read_row(const struct folder *f, uint64_t seq, char **ret_line,
		    size_t *ret_len, struct err *err);

#endif
