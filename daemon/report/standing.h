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
	STANDING_NOT_KNOWN, /* it was due, and the rows end before that */
	STANDING_NOT_DUE    /* no review day */
};

/* What is due from then on, where that is on the day itself and after its last
 * slot; 0: it was so before. */
struct standing_since {
	struct wall_time loaded;  /* the workload */
	struct wall_time present; /* the daemon, which catches up */
	struct wall_time begun;	  /* the day's first request of a path */
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
	const char *late;	       /* what came after them; NULL: nothing */
	struct wall_time closes;       /* everything that may follow is over */
};

/* What rows say of a workload's day. */
struct standing_told {
	bool before;   /* rows of an earlier day name it */
	bool rescoped; /* its newest run was in another scope than it has */
	struct wall_time begun[2]; /* the day's first slot by path; 0: none */
	struct wall_time loaded;   /* the newest configuration; 0: none */
	struct wall_time present; /* the daemon is there since then; 0: never */
};

/* A loading that left the scope of a workload as it was begins nothing anew,
 * so that its first request of the day tells more. */
struct standing_since standing_since(const struct standing_told *told);

/* By what it is told where a workload stands. */
struct standing_seen {
	struct wall_time now;
	struct wall_time reach;	  /* up to then the view knows what there is */
	struct wall_time present; /* since when the daemon is there; 0: never */
};

/* To those who have nothing but the rows; the daemon itself knows all that
 * there is up to now, and of its start before the row is written. */
struct standing_seen standing_by_rows(const struct view *view,
				      struct wall_time now);

/* Facts point into view. */
void standing_of(const struct config *config, const struct view *view,
		 const struct workload *workload, int32_t day,
		 const struct standing_seen *seen, struct standing *ret);

/* "pass (response only)", "hold", "pending", "no record", "not known", "not
 * due". */
const char *standing_word(const struct standing *standing);

/* "pending: not yet due; window 04:30-07:30Z; last pass 2026-07-02, row 7" */
void standing_sentence(const struct standing *standing, struct buf *out);

/* ", corrected by row 24" behind a record; NULL: nothing. */
void standing_put_corrected(const struct view_correction *correction,
			    struct buf *out);

/* When the evidence of a day is given up: the last slot, the repetitions, the
 * lag of the account surface and the grace.  since, NULL: nothing was late.
 * ERR_NOT_FOUND: the day has no slot. */
int standing_closes(const struct config *config,
		    const struct workload *workload, int32_t day,
		    const struct standing_since *since, struct wall_time *ret);

/* Everything that may show the day is over at that instant.  A workload without
 * a slot on that day, or without a configuration (NULL), has none but the day
 * itself. */
bool standing_has_closed(const struct config *config,
			 const struct workload *workload, int32_t day,
			 const struct standing_since *since,
			 struct wall_time at);
/* What that makes of a review day without a record: pending, not known or no
 * record.  reach: up to then all that there is is known. */
enum standing_kind
standing_without(const struct config *config, const struct workload *workload,
		 int32_t day, const struct standing_since *since,
		 struct wall_time now, struct wall_time reach);
/* When the day is over for all workloads that have a slot on it; where nothing
 * is configured, when it ends itself. */
struct wall_time standing_all_close(const struct config *config, int32_t day);
/* Whether that was so at an instant. */
bool standing_all_closed(const struct config *config, int32_t day,
			 struct wall_time at);

#endif
