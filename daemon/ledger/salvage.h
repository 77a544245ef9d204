/* Rows from elsewhere - a journal, a backup, what is left of a damaged
 * segment - and which of them are the ledger.
 *
 * Whoever brings rows is not believed: a row counts when its `sum` is right
 * and its place in the chain follows from rows that are known.  Rows come in
 * any order, several times, and with twins: other rows under the same seq. */
#ifndef LEDGER_SALVAGE_H
#define LEDGER_SALVAGE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "ledger/io.h"

#include <stdbool.h>
#include <stdint.h>

#define SALVAGE_NONE UINT64_MAX

struct salvage;

/* For rows [from, to).  Their bytes go to a file without a name in `dir`. */
int salvage_new(const struct ledger_io *io, int dir, uint64_t from, uint64_t to,
		struct salvage **ret_salvage, struct err *err);
void salvage_free(struct salvage *s);

/* A line without LF.  ERR_INVALID: not a whole row of the range; ERR_NOMEM,
 * ERR_IO, ERR_FULL. */
int salvage_add(struct salvage *s, const char *line, size_t len,
		struct err *err);
/* What looks like rows in any bytes, line by line; the rest is passed over. */
int salvage_add_lines(struct salvage *s, const char *bytes, size_t len,
		      struct err *err);

/* Calls fn with every row that was brought, in any order and as often as it
 * came; the line has no LF and is valid during the call.  Not 0 ends it. */
typedef int salvage_row_fn(void *ctx, const char *line, size_t len);
int salvage_each(const struct salvage *s, salvage_row_fn *fn, void *ctx,
		 struct err *err);

/* Finds what hangs together with `head`, the leaf of row from-1 (NULL for
 * from 0).  Again after more rows were added. */
void salvage_link(struct salvage *s, const struct digest *head);
/* The seq behind the longest chain; `from` when there is none. */
uint64_t salvage_end(const struct salvage *s);
/* The smallest seq, chained or not, that is not below `seq`. */
uint64_t salvage_at_or_after(const struct salvage *s, uint64_t seq);
/* How many rows came again. */
uint64_t salvage_repeated(const struct salvage *s);

/* Chooses the chain of rows [from, end) whose newest row has the leaf `last`
 * (NULL: the first that was brought).  False: there is none. */
bool salvage_choose(struct salvage *s, uint64_t end, const struct digest *last);
/* Drops the chains whose first `size` rows do not have this root; from is 0.
 * False: none has it, and nothing is dropped. */
bool salvage_settle(struct salvage *s, uint64_t size,
		    const struct digest *root);
/* The rows so far are what is left of the ledger itself: another row beside
 * them contests nothing. */
void salvage_mark_own(struct salvage *s);
/* How many of the chosen rows are not the ledger's own. */
uint64_t salvage_brought(const struct salvage *s);
/* The first seq at which another chained row stands beside the chosen one. */
uint64_t salvage_contested(const struct salvage *s);

/* Of the chosen rows. */
const struct digest *salvage_leaf(const struct salvage *s, uint64_t seq);
/* Appends the line and its LF to out. */
int salvage_read(const struct salvage *s, uint64_t seq, struct buf *out,
		 struct err *err);

#endif
