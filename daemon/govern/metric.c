/* Unit metrics: all parts there, and refreshed as promised.
 *
 * A metric whose last refresh is not recorded is not overdue: nothing is
 * known against it, and the record says so under remaining_uncertainty.  A
 * refresh recorded for a day to come would keep a metric fresh for ever and
 * counts as missing; the day after is let through because a day is judged
 * until its grace has ended. */
#include "govern/metric.h"

#include <stddef.h>

static bool
refreshed_in_future(const struct unit_metric *metric, int32_t day)
{
	return day < INT32_MAX && metric->last_refreshed > day + 1;
}

const char *
metric_gap(const struct unit_metric *metric, int32_t day)
{
	if (metric->class == METRIC_CLASS_UNSET)
		return "it has no class";
	if (metric->numerator[0] == '\0')
		return "it has no numerator";
	if (metric->denominator[0] == '\0')
		return "it has no denominator";
	if (metric->unit[0] == '\0')
		return "it has no unit";
	if (metric->source_systems.n == 0)
		return "it names no source systems";
	if (metric->refresh_days <= 0)
		return "it promises no refresh";
	if (metric->owner[0] == '\0')
		return "it has no owner";
	if (refreshed_in_future(metric, day))
		return "its last refresh is recorded for a day to come";
	return NULL;
}

int32_t
metric_overdue_from(const struct unit_metric *metric)
{
	int64_t from;

	if (metric->last_refreshed == INT32_MIN)
		return INT32_MAX;
	from = (int64_t)metric->last_refreshed + metric->refresh_days + 1;
	return from < INT32_MAX ? (int32_t)from : INT32_MAX;
}
