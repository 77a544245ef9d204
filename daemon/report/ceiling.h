/* What the ceilings of a workload leave of a UTC day. */
#ifndef REPORT_CEILING_H
#define REPORT_CEILING_H

#include "conf/config.h"
#include "report/view.h"

/* Both paths. */
enum { CEILING_PAIR = 2 };

/* day, NULL: nothing was sent on it. */
int ceiling_requests_left(const struct workload *workload,
			  const struct view_day *day);
/* Whether one more run fits below the ceiling of tokens. */
bool ceiling_tokens_left(const struct workload *workload,
			 const struct view_day *day);

#endif
