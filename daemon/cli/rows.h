/* Rows of the ledger for a command.  What people decide by comes out of the
 * segments.  The index is for looking around: whatever row it names is read
 * and checked, but a row that it lacks is not missed. */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "cli/cli.h"
#include "cli/row_list.h"
#include "ledger/ledger.h"
#include "report/row_filter.h"

/* All functions here read a damaged ledger as far as it goes, and return 0 or
 * the exit status of what they said.  Under a limit (cli/row_limit.h) later
 * rows are not read; rows_at() gives any row. */

/* The rows that match, in the order of the ledger; fn as for ledger_scan(). */
int rows_all(struct session *s, const char *dir,
	     const struct row_filter *filter, ledger_row_fn *fn, void *ctx);

/* Several questions, whose answers come mixed: the ledger is read once for all
 * of them. */
struct rows_question {
	struct row_filter filter;
	ledger_row_fn *fn;
	void *ctx;
};
int rows_ask(struct session *s, const char *dir,
	     const struct rows_question *questions, size_t n);

/* One row; fn is not called when there is none. */
int rows_at(struct session *s, const char *dir, uint64_t seq, ledger_row_fn *fn,
	    void *ctx);

/* One block: rows that match, in the order of the ledger (they become the
 * callee's); no row of an earlier block is of a later time than `oldest`,
 * unless the clock went back.  1: enough; ERR_NOMEM. */
typedef int rows_block_fn(void *ctx, struct row_list *rows,
			  struct wall_time oldest);

/* Block after block from the newest one, until fn has enough. */
int rows_back(struct session *s, const char *dir,
	      const struct row_filter *filter, rows_block_fn *fn, void *ctx);

/* The same through the index, where there is one.  `most` rows are wanted (0:
 * all of them).  Not under a limit. */
int rows_found(struct session *s, const char *dir,
	       const struct row_filter *filter, ledger_row_fn *fn, void *ctx);
int rows_found_back(struct session *s, const char *dir,
		    const struct row_filter *filter, size_t most,
		    rows_block_fn *fn, void *ctx);

#endif
