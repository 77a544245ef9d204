/* The keys of a ledger out of its rows, for whoever reads a folder. */
#ifndef LEDGER_KEY_SEARCH_H
#define LEDGER_KEY_SEARCH_H

#include "ledger/folder.h"
#include "ledger/key_list.h"

/* All changes of the key in the first `size` rows are added to a list that
 * was begun.  Reads all these rows. */
int key_search(const struct folder *f, uint64_t size, struct key_list *keys,
	       struct err *err);

#endif
