/* A view from a ledger folder, and back: state.json plus the rows after it.
 *
 * state.json holds the rows that the view rests on (report/view), bound to a
 * place in the ledger and signed by its key; when it is absent, not of this
 * ledger or not signed, all rows are replayed. */
#ifndef IO_STATE_STORE_H
#define IO_STATE_STORE_H

#include "base/err.h"
#include "ledger/ledger.h"
#include "report/view.h"

/* Called now and then during a long replay; NULL allowed. */
typedef void state_progress_fn(void *ctx, uint64_t rows);

/* Applies everything that the folder says to an empty view.  `l`: the ledger
 * as its writer has it, or NULL. */
int state_store_load(const struct ledger_io *io, const char *dir,
		     const struct ledger *l, struct view *view,
		     state_progress_fn *progress, void *ctx, struct err *err);

int state_store_save(const struct ledger_io *io, const char *dir,
		     const struct ledger *l, const struct view *view,
		     struct err *err);

#endif
