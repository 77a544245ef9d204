/* Rows of the ledger from its end. */
#ifndef CLI_ROWS_BACK_H
#define CLI_ROWS_BACK_H

#include "cli/cli.h"
#include "cli/row_list.h"
#include "report/row_filter.h"

struct packet;

/* One block: the rows that were asked for, in the order of the ledger (they
 * become the callee's), and the time of the block's first row.  1: enough;
 * ERR_NOMEM. */
typedef int rows_block_fn(void *ctx, struct row_list *rows,
			  struct wall_time oldest);

/* Block after block from the newest one; a damaged ledger is read as far as
 * it goes.  Returns 0, or the exit status of what it said. */
int rows_back(struct session *s, const char *dir,
	      const struct row_filter *filter, rows_block_fn *fn, void *ctx);

/* Adds the row to the packet. */
int rows_one(struct session *s, const char *dir, uint64_t seq,
	     struct packet *packet);

#endif
