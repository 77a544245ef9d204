/* What one source page is worth on the day. */
#ifndef VERDICT_REFERENCE_H
#define VERDICT_REFERENCE_H

#include "verdict/judge.h"

enum {
	REFERENCE_MAX_DAYS = 31,     /* of kinds that need no daily read */
	REFERENCE_LOST_READS = 3,    /* bad reads in a row ... */
	REFERENCE_LOST_S = 2 * 3600, /* ... over so long: lost */
};

struct reference {
	reason_set reasons;
	bool read;     /* evidenced read it on the day */
	bool attested; /* a person did, and that stands in for both read and
			  approval */
	bool current;  /* read or attested as recently as its kind demands */
	bool reviewed; /* current, and its text is the approved one */
	bool settled;  /* nothing more is waited for */
};

/* So many days after it was read a page still counts; 0: on that day alone. */
int32_t reference_max_days(enum source_kind kind);
/* Why a source that was due on that day and is not current was not read. */
enum reason reference_unread_reason(const struct source *source,
				    const struct source_fact *fact,
				    int32_t day);

/* fact is NULL when nothing is known. */
struct reference reference_find(const struct judge_input *input,
				const struct source *source,
				const struct source_fact *fact);

#endif
