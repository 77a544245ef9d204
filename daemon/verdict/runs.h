/* What the day's smoke pair and its look-up show. */
#ifndef VERDICT_RUNS_H
#define VERDICT_RUNS_H

#include "verdict/judge.h"
#include "verdict/lookup.h"

struct runs {
	reason_set reasons;
	/* The day's pair: conclusive runs; NULL: there is none. */
	const struct run_fact *happy;
	const struct run_fact *error;
	/* The newest runs that could not observe; NULL: there is none. */
	const struct run_fact *happy_unseen;
	const struct run_fact *error_unseen;
	bool usage_absent;    /* happy is a success without usage */
	struct lookup lookup; /* of happy */
	bool settled;	      /* nothing more is waited for */
	bool later_not_observed;
};

/* A success without the usage that it has to show.  That is what the workload
 * is billed by now: it may have run when nobody asked for usage. */
bool runs_lack_usage(const struct workload *workload,
		     const struct run_fact *run);

/* Why a happy run that could not observe leaves the question open; REASONS
 * when it says nothing. */
enum reason runs_unseen_reason(enum outcome outcome);

struct runs runs_find(const struct judge_input *input);

#endif
