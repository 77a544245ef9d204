/* The packet of many workloads: where each stands on the review date, what
 * its evidence of the period is, and what may be said of it.
 *
 * All of it is made of the ledger's rows up to one of them, a configuration
 * and a date: no host, and a time for one thing alone, which is whether that
 * of which no row tells is still to come.  The period is a span that ends with the
 * review date. */
#ifndef REPORT_ROLLUP_H
#define REPORT_ROLLUP_H

#include "conf/config.h"
#include "report/packet.h"
#include "report/snapshots.h"
#include "report/span.h"
#include "report/view.h"

struct json_object;

enum rollup_by {
	ROLLUP_OWNER,
	ROLLUP_APPLICATION,
	ROLLUP_ENVIRONMENT,
	ROLLUP_COST_CENTER,
	ROLLUP_POOL,
	ROLLUP_BYS
};

/* Where a workload stands on the review date.  The first two are eligible. */
enum rollup_state {
	ROLLUP_PASS,
	ROLLUP_RESPONSE_ONLY, /* passed by the usage in the response alone */
	ROLLUP_HOLD,
	ROLLUP_INCONCLUSIVE,
	ROLLUP_FAIL,
	ROLLUP_PENDING,	  /* not yet due */
	ROLLUP_NO_RECORD, /* it was due, and there is none */
	ROLLUP_NOT_KNOWN, /* it was due, and the rows end before that */
	ROLLUP_NOT_DUE,	  /* no review day */
	ROLLUP_STATES
};

struct rollup_entry {
	const struct span_workload *span;
	const struct workload *workload; /* NULL: not configured */
	struct json_object *record;	 /* of the review date; NULL: none */
	/* as configured on the review date; NULL: unknown, or it was not */
	struct json_object *configured;
	const char *owner; /* by the record, else configured */
	const char *group;
	enum rollup_state state;
	reason_set reasons;
	uint64_t seq;	       /* of the record */
	uint64_t corrected_by; /* row that calls it mistaken; 0: none */
	int pass_days; /* of the period, those by the response included */
	int response_days;
	int due_days; /* of the period */
	/* First day with a record of those without a pass up to the review
	 * date; INT32_MAX: it passed, or has none.  since_before: perhaps
	 * longer, the period begins with it. */
	int32_t since;
	bool since_before;
};

struct rollup_group {
	const char *name;
	int n;
	int states[ROLLUP_STATES];
	int pass_days, response_days, due_days;
	const struct rollup_entry *oldest; /* NULL: nothing is held */
};

struct rollup {
	const struct config *config; /* NULL: rows alone */
	const struct view *view;     /* as of the review date */
	const struct snapshots *snapshots;
	const struct span *span;
	/* of the configuration of the review date; NULL: none, or not kept */
	struct json_object *owners, *rules;
	enum rollup_by by;
	enum packet_choice choice;
	struct wall_time now;
	int32_t day;		      /* of the review */
	struct rollup_entry *entries; /* by group, then by label */
	size_t n;
	struct rollup_group *groups;
	size_t n_groups;
	struct rollup_group all;
	struct span_use use;
};

struct rollup_asked {
	enum rollup_by by;
	enum packet_choice choice;
	const char *owner; /* NULL: all */
	/* Tells what is still due on the review date; 0: when the newest row
	 * was written. */
	struct wall_time now;
};

/* The span has ended (span_end()); its last day is the review date, and its
 * newest row what the packet is as of; snapshots are of the same days.  The choice of the day is only said.
 * All pointers are borrowed, and must outlive *ret.  ERR_NOMEM. */
int rollup_make(const struct config *config, const struct view *view,
		const struct snapshots *snapshots, const struct span *span,
		const struct rollup_asked *asked, struct rollup *ret);
void rollup_free(struct rollup *r);

/* When the day is over for all its workloads: what was loaded after its window
 * has longer, as long as it has no record. */
struct wall_time rollup_closes(const struct rollup *r);

/* "owner", "cost-center". */
const char *rollup_by_name(enum rollup_by by);
/* ERR_NOT_FOUND. */
int rollup_by_parse(const char *name, enum rollup_by *ret);
/* Only a configuration says it: that of the review date, or today's. */
bool rollup_by_needs_config(enum rollup_by by);
/* "pass (response only)", "no record", "not known". */
const char *rollup_state_word(enum rollup_state state);

/* As text, JSON lines or YAML, by the writer's format. */
void rollup_print(const struct rollup *r, struct writer *w);

/* A page of HTML that stands by itself. */
void rollup_page(const struct rollup *r, struct buf *out);

#endif
