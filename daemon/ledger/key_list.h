/* The keys that sign the checkpoints of a ledger, one after the other
 * (rekey.h). */
#ifndef LEDGER_KEY_LIST_H
#define LEDGER_KEY_LIST_H

#include "ledger/note.h"

#include <stdbool.h>

struct key_from;

/* A zeroed struct is an empty list. */
struct key_list {
	struct key_from *at;
	size_t n;
};

void key_list_free(struct key_list *l);

/* The first one, which LEDGER names.  ERR_NOMEM, errors of
 * note_key_parse(). */
int key_list_begin(struct key_list *l, const char *vkey, struct err *err);
/* The next one, by the body of the row `seq`, key.rotate; rows come in order.
 * ERR_NOMEM; ERR_INVALID: not signed by the key in force. */
int key_list_add(struct key_list *l, uint64_t seq, const char *body, size_t len,
		 struct err *err);
/* The key that signs a checkpoint of `size` rows.  Valid until the next
 * key_list_add(). */
const struct note_key *key_list_for(const struct key_list *l, uint64_t size);
/* Whether whoever believes this key may believe a checkpoint of `size` rows:
 * it is the key that signs there, or handed over to it. */
bool key_list_vouches(const struct key_list *l, const struct note_key *key,
		      uint64_t size);

#endif
