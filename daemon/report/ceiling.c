/* What a run will cost is not known before, so the dearest of the day is
 * taken. */
#include "report/ceiling.h"

int
ceiling_requests_left(const struct workload *w, const struct view_day *day)
{
	int used = day == NULL ? 0 : day->evidence.requests;

	return used < w->max_requests_per_day ? w->max_requests_per_day - used
					      : 0;
}

bool
ceiling_tokens_left(const struct workload *w, const struct view_day *day)
{
	return w->max_tokens_per_day >= 1 &&
	       (day == NULL || day->evidence.tokens + day->tokens_most <=
				   w->max_tokens_per_day);
}
