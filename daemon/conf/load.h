/* From texts to a configuration, with every error at once. */
#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include "base/buf.h"
#include "base/err.h"
#include "conf/config.h"

/* One file, already read by the caller: profiles first, then the main file,
 * then conf.d in order. */
struct conf_text {
	const char *path; /* as it appears in messages */
	const char *text;
	size_t len;
	bool profile; /* only `profiles` may stand in it */
	/* Why it could not be read (then text is NULL), and what to do; NULL
	 * when it was. */
	const char *fault;
	const char *hint;
};

/* Zone data by IANA name: ERR_NOT_FOUND when there is none.  *ret_bytes is
 * malloc'd and becomes the loader's. */
typedef int conf_zone_fn(void *ctx, const char *name, void **ret_bytes,
			 size_t *ret_len);

enum conf_severity { CONF_ERROR, CONF_WARNING };

struct conf_message {
	enum conf_severity severity;
	char *file;
	int line;   /* 0: of the file as a whole */
	char *key;  /* dotted path: "workloads.support-chat.model" */
	char *what; /* what is wrong */
	char *hint; /* how to mend it; may be "" */
};

struct conf_report {
	struct conf_message *at; /* in order of file, then line */
	size_t n;
	size_t n_errors;
	/* Where ledger and socket are, also where errors leave no
	 * configuration; NULL: the files that can be read do not say it, and
	 * others cannot. */
	char *ledger_dir, *control_socket;
};

void conf_report_free(struct conf_report *report);
/* `file:line: key: what; hint` lines. */
void conf_report_print(const struct conf_report *report, struct buf *out);
/* One message, without its hint and the end of the line. */
void conf_message_print(const struct conf_message *message, struct buf *out);

/* Reads nothing but its arguments.  Returns 0 and the configuration when the
 * report holds no error (warnings may stand in it), else ERR_INVALID and
 * *ret_config is untouched.  The report is filled in both cases. */
int conf_load(const struct conf_text *texts, size_t n, conf_zone_fn *zone,
	      void *zone_ctx, struct config **ret_config,
	      struct conf_report *report);

/* conf_load(), and warnings about all that holds a workload on that UTC day
 * by the configuration alone; only where there is no error. */
int conf_check(const struct conf_text *texts, size_t n, conf_zone_fn *zone,
	       void *zone_ctx, int32_t day, struct config **ret_config,
	       struct conf_report *report);

/* The configuration out of its canonical text, config->effective, as the
 * ledger keeps it: the same to the byte, but its origins are no file.
 * ERR_INVALID: it is of another build, or no such text. */
int conf_load_effective(const char *effective, conf_zone_fn *zone,
			void *zone_ctx, struct config **ret_config);

enum conf_dump { CONF_DUMP_ALL, CONF_DUMP_CHANGED, CONF_DUMP_ORIGIN };

/* The effective configuration as libconfig text; CHANGED leaves defaults
 * out, ORIGIN adds where each value came from. */
void conf_dump(const struct config *config, enum conf_dump mode,
	       struct buf *out);

/* What each gateway's limits hold, beside the planned day: lines of text
 * for check-config.  Returns the number of gateways over their capacity. */
size_t conf_capacity(const struct config *config, struct buf *out);

#endif
