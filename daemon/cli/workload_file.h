/* A file of new workloads for conf.d, checked before it is put there. */
#ifndef CLI_WORKLOAD_FILE_H
#define CLI_WORKLOAD_FILE_H

#include "cli/cli.h"
#include "conf/draft.h"

struct workload_file {
	const char *by;	  /* the command that writes it */
	const char *name; /* of the file, without .conf */
	const struct draft *drafts;
	size_t n;
	/* Where the drafts come from; NULL: the person typed them.  Messages
	 * then name this file, the line of each draft, and the column of each
	 * key that has one. */
	const char *from;
	const int *lines;
	const char *const *columns; /* DRAFT_KEYS_MAX; NULL: there is none */
	/* What is wrong with it already, in the order of lines: told together
	 * with what the loader says, and then nothing is written. */
	const struct conf_report *wrong;
};

/* Whether files can be put into conf.d at all, so that nobody answers
 * questions in vain: CTL_OK, or says why not and returns CTL_NOT_PERMITTED. */
int workload_file_permitted(struct session *s);

/* Whether the loader would say of the draft that this key is required: that
 * neither the draft, nor its templates, nor defaults name it. */
bool workload_file_lacks(struct session *s, const struct draft *draft,
			 const char *key);

/* Loads the configuration as if the file stood in conf.d, prints what is said
 * of it, and puts it there when there is no error (with --dry-run: prints it).
 * Nothing is ever replaced.  Returns the exit status. */
int workload_file_put(struct session *s, const struct workload_file *f);

#endif
