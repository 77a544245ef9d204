/* Lines of the ledger that a command keeps. */
#ifndef CLI_ROW_LIST_H
#define CLI_ROW_LIST_H

#include "base/err.h"
#include "ledger/row.h"

#include <stdbool.h>

struct row_list {
	char **lines; /* malloc'd, with a terminator */
	size_t n, cap;
};

void row_list_free(struct row_list *list);
bool row_list_add(struct row_list *list, const struct row *row);
/* Leaves the newest `keep` rows. */
void row_list_trim(struct row_list *list, size_t keep);
/* `older` before `list`; `older` is empty afterwards. */
bool row_list_prepend(struct row_list *list, struct row_list *older);

/* The i-th row, valid as long as the list and names.  false: not a row. */
bool row_list_at(const struct row_list *list, size_t i, struct row_names *names,
		 struct row *ret);

#endif
