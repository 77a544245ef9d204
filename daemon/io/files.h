/* Whole small files, for configuration and tools. */
#ifndef IO_FILES_H
#define IO_FILES_H

#include "base/err.h"
#include "conf/load.h"

struct zone;

enum { FILES_CONF_MAX_BYTES = 4 * 1024 * 1024 };

/* The file's bytes, NUL-terminated, malloc'd.  ERR_NOT_FOUND, ERR_LIMIT,
 * ERR_IO, with words. */
int files_read_text(const char *path, size_t max_bytes, char **ret_text,
		    size_t *ret_len, struct err *err);

/* Where the configuration is, when nobody names another. */
const char *files_default_config(void);

/* Reads the profiles shipped beside the program, the main file and the
 * conf.d folder beside it, and loads them.  What cannot be read is an error
 * of the report like any other, and the rest is checked.  ERR_INVALID: see
 * the report.  ERR_NOT_FOUND or ERR_IO, with words, when it is the main file
 * that cannot be read. */
int files_load_config(const char *path, struct config **ret_config,
		      struct conf_report *report, struct err *err);

/* The same, with warnings about what holds workloads on that UTC day; and as
 * if one more file stood there, more->path in conf.d (NULL: none). */
int files_check_config(const char *path, int32_t day,
		       const struct conf_text *more, struct config **ret_config,
		       struct conf_report *report, struct err *err);

/* conf_load_effective() with the time zones of the host. */
int files_load_effective(const char *effective, struct config **ret_config);

/* Makes a new file, whole and durable or not at all, with the owner and the
 * mode of `like`; its folder is made when there is none.  ERR_EXISTS, ERR_IO,
 * with words.  Blocks. */
int files_put_new(const char *path, const char *text, size_t len,
		  const char *like, struct err *err);

/* A time zone of the host by its IANA name; the caller frees it.
 * ERR_NOT_FOUND, or what zone_parse() says. */
int files_load_zone(const char *name, struct zone **ret_zone, struct err *err);

#endif
