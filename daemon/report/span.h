/* A stretch of UTC days as the ledger's rows tell it: the newest record of
 * each workload and day, what the evidence used, and what the sources said.
 *
 * Rows are given in the order of the ledger.  Nothing here looks at a clock
 * or a configuration, so that the same rows always give the same answer. */
#ifndef REPORT_SPAN_H
#define REPORT_SPAN_H

#include "base/err.h"
#include "base/map.h"
#include "ledger/row.h"
#include "verdict/evidence.h"

/* SPAN_LOOK_BACK: rows of so many days before the first one tell whether a
 * workload was there already; whether the ledger was, span_begin() tells. */
enum { SPAN_DAYS_MAX = 31, SPAN_LOOK_BACK = 7 };

/* The newest record of a workload's day. */
struct span_day {
	enum decision decision; /* DECISION_NONE: there is no record */
	reason_set reasons;
	uint64_t seq;
	bool response_only; /* a pass by the usage in the response alone */
	/* row by which a role says that the record is mistaken; 0: none */
	uint64_t corrected_by;
};

/* Reported values added up.  What was not reported is in no sum. */
struct span_sum {
	int64_t total;
	int reported; /* runs that said so; 0: the total says nothing */
};

struct span_use {
	int requests; /* begun, error path included */
	int answers;  /* runs with an HTTP status: no timeouts */
	struct span_sum prompt, completion, tokens;
};

struct span_workload {
	char label[LABEL_MAX + 1];
	bool expected;	     /* span_expect() */
	bool seen_before;    /* it was there: by rows of the look-back, or
			   * configured */
	uint32_t configured; /* days, the first is bit 0: span_load() */
	int32_t first;	     /* day of its first row in the span; INT32_MAX */
	struct wall_time begun[2]; /* the last day's first slot by path; 0 */
	bool ran;		   /* it was tested up to the last day, */
	struct digest scope;	   /* newly in this scope */
	struct span_day days[SPAN_DAYS_MAX];
	struct span_use use;
	/* body of the record of the last day; malloc'd, NULL: none */
	char *record;
	size_t record_len;
	/* as it was configured on the last day; malloc'd, NULL: unknown */
	char *as_configured;
	size_t as_configured_len;
};

/* One day of a source: what its best read found. */
enum span_read {
	SPAN_NOT_TRIED,
	SPAN_NOT_READ,
	SPAN_READ,
	SPAN_CHANGED /* read, and the text had changed, or was new */
};

struct span_source {
	char name[LABEL_MAX + 1];
	bool seen_after; /* it has rows of later days */
	enum span_read days[SPAN_DAYS_MAX];
};

/* What a person saw on the last day, in place of evidenced. */
struct span_attestation {
	uint64_t seq; /* of its row */
	struct wall_time at;
	char role[ROLE_MAX + 1];
	int64_t peer_uid;	    /* -1: unknown */
	char source[LABEL_MAX + 1]; /* "": the usage of a run */
};

struct span {
	int32_t first;
	int n_days;
	struct span_workload *workloads;
	size_t n_workloads;
	struct map workload_index;
	struct span_source *sources;
	size_t n_sources;
	struct map source_index;
	struct span_attestation *attestations; /* by seq */
	size_t n_attestations;
	struct wall_time first_at; /* the earliest of all rows; 0: none */
	int32_t known_from; /* span_load_from(); INT32_MAX: nothing is known */
	uint32_t unknown;   /* days, a configuration of which is not kept */
	bool any_in_force;  /* at the end of the last day */
	struct wall_time loaded_at; /* newest loading of that day; 0: none */
	/* the newest instant of that day from which on the daemon was there:
	 * it started, or its clock was stepped; 0: none */
	struct wall_time present_since;
	bool in_force_kept;
	struct digest in_force;
	/* its lists owners and allocation_rules, as JSON; malloc'd, NULL: it
	 * has none, or is not kept */
	char *owners, *rules;
	uint64_t pruned_to; /* rows before it were let go; 0: none */
	/* the newest row that was given */
	uint64_t head_seq;
	struct digest head;
	struct wall_time head_at; /* 0: none was given */
};

/* n_days in [1, SPAN_DAYS_MAX]. */
void span_init(struct span *s, int32_t first, int n_days);
void span_free(struct span *s);

/* Rows written before this instant say nothing about the span. */
struct wall_time span_since(const struct span *s);

/* ERR_NOMEM.  Rows that cannot be read are a newer daemon's: skipped. */
int span_apply(struct span *s, const struct row *row);

/* NULL when no row named it. */
const struct span_workload *span_workload(const struct span *s,
					  const char *label);
const struct span_source *span_source(const struct span *s, const char *name);

/* NULL where the row is none of the last day. */
const struct span_attestation *span_attestation(const struct span *s,
						uint64_t seq);

/* The first row that is kept, of whatever day. */
void span_begin(struct span *s, const struct row *row);

/* A workload of today's configuration: it is to be there although no row
 * names it, on days of which nothing better is known.  ERR_NOMEM. */
int span_expect(struct span *s, const char *label);

/* From that day on all configurations are given to span_load(). */
void span_load_from(struct span *s, int32_t day);
/* One that was in force on days [first, last], in the order of the ledger.
 * text is its effective text, NULL where it is not kept.  ERR_NOMEM. */
int span_load(struct span *s, int32_t first, int32_t last,
	      const struct digest *digest, const char *text, size_t len);

/* The i-th day: all configurations that were in force are known. */
bool span_is_known(const struct span *s, int i);
/* It was configured on the i-th day: known, or, where nothing is known, as it
 * is expected now. */
bool span_was_configured(const struct span *s, const struct span_workload *w,
			 int i);

/* All rows were given: sorts workloads and sources by name, and drops the
 * workloads that no row of the span names and that were configured on none of
 * its days.  ERR_NOMEM. */
int span_end(struct span *s);

#endif
