/* The journal as a source of rows: everything that it holds of one ledger,
 * from its oldest entry to its newest.
 *
 * Only entries whose _UID, which journald itself adds, is the given one
 * count; others are counted and passed over.  In a folder of files that came
 * from another host _UID is what that host sent.  Reading blocks, at some ten
 * thousand entries a second. */
#ifndef IO_JOURNAL_SOURCE_H
#define IO_JOURNAL_SOURCE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/wall.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct journal_source;

/* directory NULL: the local journal.  Its files are opened here: the process
 * may become somebody else afterwards.  ERR_NOT_FOUND: there is none. */
int journal_source_open(const char *directory, uid_t uid,
			struct journal_source **ret_source, struct err *err);
void journal_source_close(struct journal_source *s);

/* One entry.  Text is valid during the call; NULL: no such field. */
struct journal_entry {
	uid_t uid;
	struct wall_time at; /* when journald took it */
	uint64_t seq;
	bool has_row; /* it names a seq and a leaf, and has the line */
	struct digest leaf;
	struct buf row;	 /* the line without LF, or empty */
	struct buf note; /* a checkpoint, or empty */
};

/* 0 to go on, 1 to stop, negative to fail. */
typedef int journal_entry_fn(void *ctx, const struct journal_entry *e);

struct journal_counts {
	uint64_t entries;		 /* of the uid */
	uint64_t foreign;		 /* of others: ignored */
	uid_t foreign_uid;		 /* one of them */
	struct wall_time oldest, newest; /* of the uid; us 0: none */
};

/* Rows 0, of whatever ledger and uid. */
int journal_source_geneses(struct journal_source *s, journal_entry_fn *fn,
			   void *ctx, struct err *err);
/* Every ledger that an entry names, of whatever uid; fn as above. */
int journal_source_ledgers(struct journal_source *s,
			   int (*fn)(void *ctx, const struct digest *genesis),
			   void *ctx, struct err *err);
/* All entries of a ledger from the uid. */
int journal_source_each(struct journal_source *s, const struct digest *genesis,
			journal_entry_fn *fn, void *ctx,
			struct journal_counts *ret, struct err *err);
/* Those of its checkpoints, from the uid. */
int journal_source_notes(struct journal_source *s, const struct digest *genesis,
			 journal_entry_fn *fn, void *ctx, struct err *err);
/* Those of one row, by the journal's index. */
int journal_source_row(struct journal_source *s, const struct digest *genesis,
		       uint64_t seq, journal_entry_fn *fn, void *ctx,
		       struct err *err);

#endif
