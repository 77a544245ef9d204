/* Which keys stand in the groups that are open, and where.  Private to the
 * scan. */
#ifndef CONF_KEYS_SEEN_H
#define CONF_KEYS_SEEN_H

#include <stddef.h>

enum {
	KEYS_SEEN_DEPTH_MAX = 16,
	/* Of one group: many times what a section knows, and few enough for
	 * each to be compared with all before it, here and by libconfig. */
	KEYS_SEEN_MAX = 1000
};

struct key_seen;

/* All zero is empty. */
struct keys_seen {
	struct key_seen *at;
	size_t n, cap;
	/* of each depth, the first that belongs to its open group */
	size_t first[KEYS_SEEN_DEPTH_MAX + 1];
};

/* A bracket opens: what follows has this depth, from 1 on. */
void keys_seen_open(struct keys_seen *seen, int depth);
/* The bracket of that depth closes. */
void keys_seen_close(struct keys_seen *seen, int depth);
/* Notes a key of the innermost group; `name` must stay where it is.  Returns
 * 0, or the line where the group has it already, ERR_LIMIT when the group has
 * KEYS_SEEN_MAX others, or ERR_NOMEM. */
int keys_seen_add(struct keys_seen *seen, int depth, const char *name,
		  size_t len, int line);
void keys_seen_free(struct keys_seen *seen);

#endif
