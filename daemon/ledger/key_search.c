/* Rows that were pruned are kept by themselves when they change the key. */
#include "ledger/key_search.h"
#include "ledger/ledger.h"
#include "ledger/rekey.h"
#include "ledger/remnant.h"

#include <string.h>

static int
add_rotation(void *keys, const struct row *row)
{
	if (strcmp(row->kind, REKEY_KIND) != 0)
		return 0;
	return key_list_add(keys, row->seq, row->body, row->body_len, NULL);
}

static int
add_remnant(void *keys, const struct row_parts *parts, const char *line,
	    size_t len)
{
	return parts->seq == 0 ? 0
			       : key_list_add(keys, parts->seq, parts->body,
					      parts->body_len, NULL);
}

int
key_search(const struct folder *f, uint64_t size, struct key_list *keys,
	   struct err *err)
{
	int r = 0;

	if (f->pruned.to > 0)
		r = remnant_each(f->io, f->dir, f->pruned.to, 0, add_remnant,
				 keys, err);
	return r < 0 ? r
		     : ledger_scan(f->io, f->path, 0, size, add_rotation, keys,
				   err);
}
