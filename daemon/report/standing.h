/* Where a workload stands on a UTC day: its record, or why there is none. */
#ifndef REPORT_STANDING_H
#define REPORT_STANDING_H

#include "base/buf.h"
#include "conf/config.h"
#include "report/view.h"

enum standing_kind {
	STANDING_RECORD,
	STANDING_PENDING,   /* evidence is due and not all there yet */
	STANDING_NO_RECORD, /* it was due, and there is none */
	STANDING_NOT_DUE    /* no review day */
};

struct standing {
	enum standing_kind kind;
	int32_t day;
	enum decision decision;		     /* of the day's record */
	const struct record_fact *record;    /* of the day, or NULL */
	const struct record_fact *newest;    /* of any day, or NULL */
	const struct record_fact *last_pass; /* or NULL */
	/* rows that call these records mistaken, or NULL */
	const struct view_correction *record_corrected, *pass_corrected;
	bool has_slot;		       /* the times below are set */
	struct wall_time opens, until; /* window, or first and last slot */
	bool loaded_late;	       /* loaded when its last slot was over */
	struct wall_time closes;       /* everything that may follow is over */
	bool unreached;		       /* the newest row is older than that */
};

/* Facts point into view. */
void standing_of(const struct config *config, const struct view *view,
		 const struct workload *workload, int32_t day,
		 struct wall_time now, struct standing *ret);

/* "pass (response only)", "hold", "pending", "no record", "not due". */
const char *standing_word(const struct standing *standing);

/* "pending: not yet due; window 04:30-07:30Z; last pass 2026-07-02, row 7" */
void standing_sentence(const struct standing *standing, struct buf *out);

/* ", corrected by row 24" behind a record; NULL: nothing. */
void standing_put_corrected(const struct view_correction *correction,
			    struct buf *out);

/* When the evidence of a day is given up: the last slot, the repetitions, the
 * lag of the account surface and the grace.  What was loaded after the last slot
 * of its day is due from then on; `loaded` is when that was, 0: it was there
 * before.  ERR_NOT_FOUND: the day has no slot. */
int standing_closes(const struct config *config,
		    const struct workload *workload, int32_t day,
		    struct wall_time loaded, struct wall_time *ret);

/* Everything that may show the day is over at that instant.  A workload without
 * a slot on that day, or without a configuration (NULL), has none but the day
 * itself. */
bool standing_has_closed(const struct config *config,
			 const struct workload *workload, int32_t day,
			 struct wall_time loaded, struct wall_time at);
/* When the day is over for all workloads that have a slot on it; where nothing
 * is configured, when it ends itself. */
struct wall_time standing_all_close(const struct config *config, int32_t day);
/* Whether that was so at an instant. */
bool standing_all_closed(const struct config *config, int32_t day,
			 struct wall_time at);

#endif
