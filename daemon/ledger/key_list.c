#include "ledger/key_list.h"
#include "ledger/rekey.h"

#include <stdlib.h>
#include <string.h>

struct key_from {
	uint64_t from; /* for sizes above this; the first one: for all */
	struct note_key key;
};

void
key_list_free(struct key_list *l)
{
	free(l->at);
	*l = (struct key_list){0};
}

static int
push(struct key_list *l, uint64_t from, const struct note_key *key,
     struct err *err)
{
	struct key_from *at = reallocarray(l->at, l->n + 1, sizeof(l->at[0]));

	if (at == NULL)
		return err_set(err, ERR_NOMEM, "no memory for a key");
	l->at = at;
	l->at[l->n++] = (struct key_from){from, *key};
	return 0;
}

int
key_list_begin(struct key_list *l, const char *vkey, struct err *err)
{
	struct note_key key;
	int r = note_key_parse(vkey, &key, err);

	return r < 0 ? r : push(l, 0, &key, err);
}

static bool
is_same(const struct note_key *a, const struct note_key *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       memcmp(a->public_key, b->public_key, NOTE_PUBLIC_LEN) == 0;
}

int
key_list_add(struct key_list *l, uint64_t seq, const char *body, size_t len,
	     struct err *err)
{
	const struct note_key *now = &l->at[l->n - 1].key;
	struct note_key old, new;
	int r = rekey_parse(body, len, &old, &new, err);

	if (r < 0)
		return r;
	if (!is_same(&old, now) || strcmp(new.name, now->name) != 0)
		return err_set(err, ERR_INVALID,
			       "the change of the signing key is not from the "
			       "key that was in force");
	return push(l, seq, &new, err);
}

static size_t
index_for(const struct key_list *l, uint64_t size)
{
	size_t i = l->n;

	while (i > 1 && l->at[i - 1].from >= size)
		i--;
	return i - 1;
}

const struct note_key *
key_list_for(const struct key_list *l, uint64_t size)
{
	return &l->at[index_for(l, size)].key;
}

bool
key_list_vouches(const struct key_list *l, const struct note_key *key,
		 uint64_t size)
{
	size_t last = index_for(l, size);

	for (size_t i = 0; i <= last; i++) {
		if (is_same(&l->at[i].key, key))
			return true;
	}
	return false;
}
