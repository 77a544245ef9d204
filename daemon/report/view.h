/* What the ledger's rows say now: the fold of all rows into current facts.
 *
 * The daemon applies each row once it is durable, a restart applies them
 * again, and evidencectl applies them from files: all see the same.  The
 * view never looks at a clock or a configuration; names that are no longer
 * configured stay until nobody asks for them.
 *
 * The view can name the rows it rests on (view_needed): applied alone, in
 * order, they give an equal view.  That is what state.json holds. */
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "alert/machine.h"
#include "base/err.h"
#include "base/map.h"
#include "ledger/row.h"
#include "verdict/evidence.h"

enum {
	VIEW_DAYS = 3,
	VIEW_DAY_ROWS = 64,
	VIEW_CHECK_MAX = 64,
	VIEW_RECENT = 16, /* happy runs that are remembered one by one */
	VIEW_SOURCE_ROWS = 16
};

/* A run whose first byte may have left and whose result is not there. */
struct begun_fact {
	bool open;
	uint64_t seq;
	char run[RUN_ID_LEN + 1];
	char check[VIEW_CHECK_MAX];
	struct wall_time slot;
	struct wall_time at;
	enum run_path path;
};

/* The newest planned slot of a job that is accounted for: begun, or told as
 * missed.  What is planned after it is still owed. */
struct planned_fact {
	struct wall_time slot; /* 0: none yet */
	uint64_t seq;
};

/* The slots of a path that were begun on a day, re-observations too. */
struct attempts {
	int n;
	struct wall_time first_at; /* when the first was begun */
	struct wall_time slot;	   /* of the newest */
};

/* One UTC day of a workload. */
struct view_day {
	struct day_evidence evidence; /* evidence.day is the key */
	struct record_fact record;    /* newest of that day */
	struct attempts attempts[2];  /* by enum run_path */
	int64_t tokens_most;	      /* of one run */
	/* the reading before the newest happy run, for a resumed look-up */
	struct counter_reading before;
	bool has_before;
	char before_run[RUN_ID_LEN + 1];
	uint32_t key_print; /* as in view_workload, of evidence.happy */
	int looks;	    /* after the newest happy run */
	/* what the surface showed of it, below what a person attested */
	struct usage_fact looked;
	uint64_t *rows; /* that this day rests on, ascending */
	size_t n_rows;
};

struct view_workload {
	char label[LABEL_MAX + 1];
	struct view_day days[VIEW_DAYS]; /* newest first */
	size_t n_days;
	struct record_fact record; /* newest, of the latest day */
	/* the newest pass of a day that is kept no more */
	struct record_fact older_pass;
	struct cap_fact cap;
	bool scope_approved;
	struct digest approved_scope;
	uint64_t scope_seq;
	bool ran; /* a run under last_scope was begun */
	struct digest last_scope;
	struct begun_fact begun[2];	/* by enum run_path */
	struct planned_fact planned[2]; /* the same */
	/* Happy runs that were good or failed: a bit each, the newest lowest,
	 * set when it failed; and their rows, newest at n_recent - 1. */
	uint32_t recent;
	uint64_t recent_seq[VIEW_RECENT];
	size_t n_recent;
	/* those that failed since the last good one */
	int failures;
	enum outcome failed; /* how the newest that failed came out */
	struct wall_time failing_since;
	uint64_t failing_seq; /* of the first one */
	/* the newest one that our own credential or quota was refused in,
	 * since the last good one; seq 0: none */
	struct run_fact refused;
	/* the newest run of the error path that ended what an earlier one had
	 * found */
	struct run_fact error_stands;
	enum outcome last_happy, last_error; /* the newest */
	uint64_t last_happy_seq, last_error_seq;
	struct wall_time last_happy_at, last_error_at;
	bool last_happy_silent; /* nobody answered (view_network.c) */
	/* newest counter reading of the workload's own key */
	uint32_t key_hash;  /* of the credential's name */
	uint32_t key_print; /* of its fingerprint, in the newest happy run */
	bool has_after;
	struct counter_reading after;
	uint64_t after_seq;
	bool used_elsewhere; /* movement on the key that no run explains */
	uint64_t used_elsewhere_seq;
	struct wall_time used_elsewhere_at;
};

struct view_source {
	char name[LABEL_MAX + 1];
	struct source_fact fact;
	int32_t fact_day;	   /* of the newest row in `fact` */
	struct source_fact before; /* as it stood when that day began */
	int32_t slot_day;	   /* of the newest read */
	uint64_t bad_seq;	   /* of the first of fact.bad_reads */
	struct planned_fact planned;
	/* That day's reads since the last good one, and when they began. */
	int attempts;
	struct wall_time first_at;
	bool tried_silent;		 /* nobody answered the newest read */
	uint64_t rows[VIEW_SOURCE_ROWS]; /* the day's rows, newest last */
	size_t n_rows;
	char url[OBSERVE_URL_MAX];
	char title[OBSERVE_TEXT_MAX * 2];
};

/* What a shared error path showed on one UTC day. */
struct view_shared_day {
	int32_t day;
	struct run_fact error; /* latest conclusive */
	struct run_fact error_inconclusive;
};

/* One error path that serves many workloads (scope gateway): those that have
 * all three in common. */
struct view_shared_error {
	char endpoint[OBSERVE_URL_MAX];
	char environment[NAME_MAX_LEN + 1];
	struct digest profile; /* else other answers would be accepted */
	struct view_shared_day days[VIEW_DAYS]; /* as of a workload */
	size_t n_days;
	struct run_fact last; /* newest conclusive one of any day */
};

/* What a workload shares its error path by. */
struct view_sharing {
	const char *endpoint, *environment;
	struct digest profile;
	struct digest scope; /* of the workload: a shared run counts for it */
};

/* A row that somebody took back or said something of. */
struct view_correction {
	uint64_t seq; /* the row */
	uint64_t by;  /* its correction */
};

/* A legal hold in force. */
struct view_hold {
	uint64_t seq;		       /* of its row, by which it is named */
	struct wall_time since, until; /* of the rows it keeps; until excl. */
	char role[ROLE_MAX + 1];
};

struct view {
	struct view_workload *workloads;
	size_t n_workloads;
	struct map workload_index;
	struct view_source *sources;
	size_t n_sources;
	struct map source_index;
	struct view_shared_error *shared;
	size_t n_shared;
	struct view_correction *corrections; /* by the seq of `by` */
	size_t n_corrections;
	struct view_hold *holds; /* oldest first */
	size_t n_holds;
	uint64_t pruned_to;	      /* rows before it were let go; 0: none */
	uint64_t pruned_seq;	      /* by this row */
	struct alert_machine *alerts; /* open ones; the engine steps it */
	/* the label that the newest row is about; "" when it is about none */
	char touched[LABEL_MAX + 1];
	uint64_t rows; /* applied: next seq */
	struct wall_time newest_at;
	struct digest head;
	bool config_rejected; /* newer than the newest config.loaded */
	uint64_t config_rejected_seq;
	/* The newest run or read that was answered from beyond this host, and
	 * the first one after host-offline was raised; 0: none. */
	uint64_t answered_seq, back_seq;
	uint64_t stepped_back_seq; /* newest clock.stepped backwards */
	char config_rejected_text[240];
	int32_t digest_day; /* of the newest digest.daily; INT32_MIN: none */
	uint64_t digest_seq;
	/* alert id of the newest note: the daemon's own alerts wait for it */
	char noted[2 * ALERT_SUBJECT_MAX];
	uint64_t noted_seq;
	char config_digest[DIGEST_HEX_LEN + 1]; /* newest config.loaded */
	uint64_t config_seq;
	struct wall_time config_at;
	/* Since when the daemon is there: newest daemon.started, or step of its
	 * clock; 0: none.  What it missed before, it catches up with. */
	struct wall_time present_since;
	uint64_t present_seq;
};

struct view *view_new(void);
void view_free(struct view *v);
/* Empty again. */
int view_reset(struct view *v);

/* Applies one row.  Unknown kinds and members are skipped (a newer daemon's
 * rows do no harm).  ERR_NOMEM, or ERR_INVALID for a body that is not JSON. */
int view_apply(struct view *v, const struct row *row, struct err *err);

/* The kinds of row that say something of sources; ends with NULL.  Where
 * nothing else is asked of a view, they may be applied alone. */
extern const char *const view_source_kinds[];

/* What the view remembers of a credential's fingerprint. */
uint32_t view_print(const char *fingerprint);

/* NULL when no row ever named it. */
struct view_workload *view_workload(const struct view *v, const char *label);
struct view_source *view_source(const struct view *v, const char *name);

/* The correction of a row, and the hold of that row; NULL: none. */
const struct view_correction *view_correction(const struct view *v,
					      uint64_t seq);
const struct view_hold *view_hold(const struct view *v, uint64_t seq);

/* The day of a workload, or NULL. */
struct view_day *view_day(struct view_workload *w, int32_t day);
/* The pass of the newest day up to this one whose newest record is one, or
 * NULL. */
const struct record_fact *view_last_pass(const struct view_workload *w,
					 int32_t day);

/* The evidence of a workload's day.  Where it shares its error path, the
 * newest run counts, whichever workload sent it.  `sharing` is NULL where it
 * does not; *ret is a copy, empty when there is nothing. */
void view_evidence(const struct view *v, const char *label,
		   const struct view_sharing *sharing, int32_t day,
		   struct day_evidence *ret);

/* What stands of the error path, of any day and by the same rule.
 * OUTCOME_NONE when there is nothing. */
struct run_fact view_error_stands(const struct view *v, const char *label,
				  const struct view_sharing *sharing);

/* What was known of a source on a UTC day: rows of later days left out as far
 * as the view reaches back.  NULL when there is nothing. */
const struct source_fact *view_source_on(const struct view *v, const char *name,
					 int32_t day);

/* The seqs of the rows that this view rests on, ascending, malloc'd. */
int view_needed(const struct view *v, uint64_t **ret_seqs, size_t *ret_n);

/* What somebody still asks for. */
struct view_asked {
	bool (*workload)(void *ctx, const char *label);
	bool (*source)(void *ctx, const char *name);
	bool (*shared)(void *ctx, const struct view_shared_error *shared);
	void *ctx;
	int32_t today; /* a cap that ended before it is asked by nobody */
};

/* The rows that one thing rests on lie between these two. */
struct view_need {
	uint64_t oldest, newest;
	bool asked; /* somebody still asks for the thing: it keeps them all */
};

/* What the view needs of all rows; malloc'd.  ERR_NOMEM.  Each thing is asked
 * about once: that may cost a search of a configuration. */
int view_needs(const struct view *v, const struct view_asked *asked,
	       struct view_need **ret, size_t *ret_n);

/* The oldest row before `to` that is needed, or UINT64_MAX: then the rows
 * before `to` may go, and the row that lets them go makes the view forget what
 * rested on them. */
uint64_t view_blocks(const struct view_need *needs, size_t n, uint64_t to);

#endif
