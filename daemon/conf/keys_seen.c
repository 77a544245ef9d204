/* A stack: the keys of a group lie together on top of those of the groups
 * around it, and go when it closes.  A group is searched from its start, as
 * libconfig does after it. */
#include "conf/keys_seen.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

struct key_seen {
	const char *name; /* of the text, without an end */
	size_t len;
	int line;
};

void
keys_seen_open(struct keys_seen *seen, int depth)
{
	seen->first[depth] = seen->n;
}

void
keys_seen_close(struct keys_seen *seen, int depth)
{
	seen->n = seen->first[depth];
}

static int
push(struct keys_seen *seen, const struct key_seen *key)
{
	if (seen->n == seen->cap) {
		size_t cap = seen->cap == 0 ? 64 : seen->cap * 2;
		struct key_seen *at = reallocarray(seen->at, cap, sizeof(*at));

		if (at == NULL)
			return ERR_NOMEM;
		seen->at = at;
		seen->cap = cap;
	}
	seen->at[seen->n++] = *key;
	return 0;
}

int
keys_seen_add(struct keys_seen *seen, int depth, const char *name, size_t len,
	      int line)
{
	const struct key_seen key = {name, len, line};

	for (size_t i = seen->first[depth]; i < seen->n; i++) {
		if (seen->at[i].len == len &&
		    memcmp(seen->at[i].name, name, len) == 0)
			return seen->at[i].line;
	}
	if (seen->n - seen->first[depth] >= KEYS_SEEN_MAX)
		return ERR_LIMIT;
	return push(seen, &key);
}

void
keys_seen_free(struct keys_seen *seen)
{
	free(seen->at);
}
