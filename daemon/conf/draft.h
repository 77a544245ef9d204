/* Workloads as an admin would write them: the text of a file for conf.d. */
#ifndef CONF_DRAFT_H
#define CONF_DRAFT_H

#include "base/buf.h"
#include "base/err.h"
#include "conf/config.h"
#include "conf/schema.h"

enum {
	DRAFT_KEYS_MAX = 64,
	DRAFT_FIRST_LINE = 3 /* of the first workload; one on each line */
};

/* Values as people write them, by the index of the key among those of
 * LIST_WORKLOADS; NULL or "": not set.  Borrowed. */
struct draft {
	const char *value[DRAFT_KEYS_MAX];
};

/* The index of a key; ERR_NOT_FOUND, with the nearest name in words. */
int draft_key(const char *name, struct err *err);

/* ERR_INVALID, with words, where the text cannot be written as a value of that
 * key; "" is none. */
int draft_judge(int key, const char *text, struct err *err);

/* Appends the file; `by` is the command that wrote it.  ERR_INVALID where a
 * value cannot be written as one of its key; *ret_bad is then its draft.
 * Whether the values are good is for conf_load() to say. */
int draft_write(const char *by, const struct draft *drafts, size_t n,
		struct buf *out, size_t *ret_bad, struct err *err);

/* The names of the templates of a configuration: at most `size` of them. */
size_t draft_templates(const struct config *config, const char **names,
		       size_t size);

/* Where one of them is written. */
const struct origin *draft_template_origin(const struct config *config,
					   const char *name);

#endif
