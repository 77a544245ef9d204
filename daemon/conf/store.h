/* Where values land in the structs of the configuration, and back: the only
 * code that follows the offsets of the schema. */
#ifndef CONF_STORE_H
#define CONF_STORE_H

#include "conf/arena.h"
#include "conf/config.h"
#include "conf/schema.h"
#include "conf/value.h"

/* All values of one scalar or list key. */
struct store_list {
	struct value *at;
	size_t n;
};

/* What holds while a key is not set: its fallback, else its absent number,
 * "" or an empty list.  ERR_NOMEM. */
int store_default(const struct schema_key *key, void *base,
		  struct arena *arena);

void store_scalar(const struct schema_key *key, void *base,
		  const struct value *value);
int store_list(const struct schema_key *key, void *base, struct arena *arena,
	       const struct value *values, size_t n);

/* Reads a scalar; false when it is not set. */
bool store_get(const struct schema_key *key, const void *base,
	       struct value *ret);
/* The values of a list key (flags become their words); the caller frees
 * ret->at.  ERR_NOMEM. */
int store_get_list(const struct schema_key *key, const void *base,
		   struct store_list *ret);

void store_list_free(struct store_list *list);

/* The array of a SCHEMA_GROUPS key. */
const void *store_get_groups(const struct schema_key *key, const void *base,
			     size_t *ret_n);
/* The array of a list at the top. */
const void *store_section(const struct schema_section *section,
			  const struct config *config, size_t *ret_n);
/* Whether a group stands in its struct; true for those that always do. */
bool store_present(const struct schema_section *group, const void *base);

/* The fallback as it would be written: "\"90m\"", "[ \"15m\", \"1h\" ]"; ""
 * when there is none. */
void store_default_text(const struct schema_key *key, struct buf *out);
/* The value as it is written; nothing when it is not set. */
void store_text(const struct schema_key *key, const void *base,
		struct buf *out);

#endif
