/* What was meant by an alert that is not open. */
#include "alert/machine.h"

#include "base/text.h"

#include <stdlib.h>

const char *
alert_machine_nearest(const struct alert_machine *m, const char *id)
{
	size_t n = alert_machine_count(m);
	const char **ids = calloc(n + 1, sizeof(*ids)), *near = NULL;

	for (size_t i = 0; ids != NULL && i < n; i++)
		ids[i] = alert_machine_at(m, i)->id;
	if (ids != NULL)
		near = text_suggest(id, ids, n);
	free(ids);
	return near;
}
