/* What is another in another configuration, by name. */
#ifndef REPORT_CHANGES_H
#define REPORT_CHANGES_H

#include "base/buf.h"
#include "conf/config.h"

/* All texts are borrowed for the call. */
struct change {
	const char *change; /* added, removed, changed */
	/* workload, owner of workload, source, owner, role */
	const char *what;
	const char *name;
	/* The group and rights of a role, the owner group of a workload; NULL
	 * where there is none, and of all else. */
	const char *before, *after;
};

typedef void change_fn(void *ctx, const struct change *change);

/* One list after the other.  The owner of a workload is told where both have
 * the workload. */
void changes_each(const struct config *before, const struct config *after,
		  change_fn *fn, void *ctx);

/* "changed role r: finops (approve), was budget (approve)" and a newline. */
void change_print(struct buf *out, const struct change *change);

#endif
