/* When which configuration was in force, as the rows config.loaded tell it:
 * from the row that names it to the next one, whether the daemon ran or not.
 *
 * Rows are given in the order of the ledger, from the first one kept. */
#ifndef REPORT_LOADINGS_H
#define REPORT_LOADINGS_H

#include "base/digest.h"
#include "base/err.h"
#include "ledger/row.h"

struct loading {
	struct wall_time at;
	struct digest digest; /* of the effective configuration */
};

struct loadings {
	struct loading *all;
	size_t n;
	/* Rows before the first one given were let go: what was in force
	 * before the first loading is not known. */
	bool pruned;
};

extern const char *const loadings_kinds[];

/* Rows of loadings_kinds; others say nothing.  ERR_NOMEM. */
int loadings_apply(struct loadings *l, const struct row *row);
void loadings_free(struct loadings *l);

/* The days on which the i-th was in force for at least a part. */
void loadings_days(const struct loadings *l, size_t i, int32_t *ret_first,
		   int32_t *ret_last);
/* The first day whose configurations are all told; INT32_MAX: of none. */
int32_t loadings_begin(const struct loadings *l);

#endif
