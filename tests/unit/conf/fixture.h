/* Loading texts in tests. */
#ifndef CONF_FIXTURE_H
#define CONF_FIXTURE_H

#include "conf/load.h"

struct loaded {
	int rc;
	struct config *config; /* NULL unless rc is 0 */
	struct conf_report report;
};

/* Texts are given as NUL-terminated strings. */
struct file {
	const char *path;
	const char *text;
};

/* A conf_zone_fn for a few zones of the host. */
int host_zone(void *ctx, const char *name, void **ret_bytes, size_t *ret_len);

void load_files(struct loaded *l, const struct file *files, size_t n);
/* One file, called "t.conf". */
void load_text(struct loaded *l, const char *text);
/* The same, with what holds its workloads on that day. */
void check_text(struct loaded *l, const char *text, int32_t day);
/* The shipped profiles, then the file. */
void load_with_profiles(struct loaded *l, const struct file *files, size_t n);
void loaded_free(struct loaded *l);

/* Fails, printing the report, unless a message of the severity
 * stands at file:line, its key ends in `key`, and what and hint contain the
 * texts ("" = any). */
void expect_message(const struct loaded *l, enum conf_severity severity,
		    const char *file, int line, const char *key,
		    const char *what, const char *hint);
/* Fails, printing the report, unless it has so many errors and warnings. */
void expect_counts(const struct loaded *l, size_t errors, size_t warnings);

/* A file of the source tree, by its path in there; the caller frees it. */
char *read_source_file(const char *path);

#endif
