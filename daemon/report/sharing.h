/* Whose error path answers for a workload. */
#ifndef REPORT_SHARING_H
#define REPORT_SHARING_H

#include "conf/config.h"
#include "report/view.h"

/* False: its own alone.  The endpoint is borrowed. */
bool sharing_of(const struct workload *workload, const char *endpoint,
		struct view_sharing *ret);

#endif
