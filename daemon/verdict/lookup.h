/* What the account surface says about one happy run. */
#ifndef VERDICT_LOOKUP_H
#define VERDICT_LOOKUP_H

#include "verdict/judge.h"

/* In ascending order of what it is worth. */
enum usage_tier {
	TIER_NONE,
	TIER_RESPONSE,
	TIER_ATTESTED,
	TIER_COUNTER,
	TIER_ROW,
	TIER_ROW_BY_ID
};

const char *usage_tier_name(enum usage_tier tier); /* "none", "counter" */

enum lookup_state {
	LOOKUP_OPEN,   /* goes on */
	LOOKUP_FAILED, /* ended without an observation */
	LOOKUP_ENDED   /* ended with one */
};

struct lookup {
	enum lookup_state state;
	reason_set reasons;
	enum usage_tier tier; /* at which the usage is visible; NONE: it is
				 not */
	bool looked;	      /* the account surface itself was seen */
	uint64_t seq;	      /* the row it rests on, 0 = none */
};

/* The look-up of `run`, as far as `usage` is about that run. */
struct lookup lookup_find(const struct judge_input *input,
			  const struct run_fact *run,
			  const struct usage_fact *usage);

#endif
