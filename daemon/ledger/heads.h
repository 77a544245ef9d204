/* The checkpoints that stand in a folder, before anything is verified:
 * `checkpoint`, and the lines of checkpoints.jsonl (signed.h). */
#ifndef LEDGER_HEADS_H
#define LEDGER_HEADS_H

#include "ledger/checkpoint.h"
#include "ledger/folder.h"

#include <stdbool.h>

struct head {
	struct checkpoint claim; /* what its text says */
	char *note;
	size_t note_len;
};

struct heads {
	/* the lines, in their order */
	struct head *log;
	size_t n;
	bool have_log;	     /* checkpoints.jsonl is there */
	const char *log_why; /* line n is none; NULL: all are read */
	/* the file checkpoint */
	struct head shown;
	bool have_shown;
	const char *shown_why; /* it is none */
};

/* A last line that a crash cut off or spoilt is left out.  What is no checkpoint is a
 * finding, not an error. */
int heads_load(struct heads *h, const struct folder *f, struct err *err);
void heads_free(struct heads *h);

/* The one that covers the most rows, or NULL. */
const struct head *heads_newest(const struct heads *h);

/* All sizes that are told, ascending, each once; malloc'd, NULL for none.
 * ERR_NOMEM. */
int heads_sizes(const struct heads *h, uint64_t **ret_sizes, size_t *ret_n);

#endif
