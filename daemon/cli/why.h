/* Reasons as cards: what is wrong, with which value, who acts, whether it
 * clears by itself, where it is written, and the next command. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include "cli/cli.h"

/* What the reasons are about. */
struct why {
	struct session *session;
	const struct config *config; /* NULL: rows alone */
	const struct view *view;
	const struct workload *workload; /* or NULL */
	const struct source *source;	 /* or NULL */
	const char *name;
	int32_t day;
	uint64_t record; /* of a workload without a configuration; or 0 */
};

/* Without what an approval has ended: the end of its alert may not be written
 * yet. */
reason_set why_still_open(const struct why *why, reason_set reasons);
/* What holds the workload now, whatever its newest record says: by the
 * configuration, the approvals and the open alerts. */
reason_set why_reasons_now(const struct why *why);
/* What the approval of a source lacks; v may be NULL. */
reason_set why_reasons_of_approval(const struct source *source,
				   const struct view_source *v,
				   struct wall_time now);

/* Of one reason: what its alert rule is about; the value at fault, where it
 * can be named; and the next command, with what can be filled in. */
const char *why_subject_of(const struct why *why, enum reason reason);
/* Who acts, by name where there is one. */
const char *why_who(const struct why *why, enum reason reason);
void why_detail(const struct why *why, enum reason reason, struct buf *out);
void why_next(const struct why *why, enum reason reason, struct buf *out);
/* Whether the reason is about this source of the workload. */
bool why_means_source(const struct why *why, const struct source *source,
		      enum reason reason);

/* The reasons in one set; `heading` stands before the first. */
void why_reasons(const struct why *why, reason_set reasons,
		 const char *heading);

#endif
