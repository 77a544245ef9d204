/* What a person's approval of a source page is worth: one question, which
 * records, alerts, packets and every view of a source ask here. */
#ifndef VERDICT_APPROVAL_H
#define VERDICT_APPROVAL_H

#include "conf/config.h"
#include "verdict/evidence.h"
#include "verdict/reason.h"

enum approval {
	APPROVAL_UNREAD,     /* there is nothing to approve */
	APPROVAL_UNAPPROVED, /* no snapshot of it ever was */
	APPROVAL_CHANGED,    /* the approved text is not the newest read one */
	APPROVAL_EXPIRED,    /* the same text, approved too long ago */
	APPROVAL_APPROVED
};

/* Of the newest good read, at an instant.  What rests on no row counts for
 * nothing.  fact may be NULL: nothing is known. */
enum approval approval_of(const struct source *source,
			  const struct source_fact *fact, struct wall_time at);
/* From when on an approval that is there has expired; 0: it never does. */
struct wall_time approval_expires(const struct source *source,
				  const struct source_fact *fact);

/* "approved", "changed", "expired", "unapproved"; NULL for what was not
 * read. */
const char *approval_name(enum approval approval);
/* What it holds a workload for; 0: nothing. */
reason_set approval_reasons(enum approval approval);

#endif
