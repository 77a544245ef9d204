/* Whether a unit metric is complete and up to date. */
#ifndef GOVERN_METRIC_H
#define GOVERN_METRIC_H

#include "conf/config.h"

/* The first part that is missing, in words; NULL when complete.  `day`
 * judges last_refreshed, which may not lie after the next day. */
const char *metric_gap(const struct unit_metric *metric, int32_t day);

/* The first day on which the refresh is overdue; INT32_MAX when it never is
 * because no refresh is recorded. */
int32_t metric_overdue_from(const struct unit_metric *metric);

#endif
