/* The evidence of a month at a glance: a line for each workload. */
#include "cli/cli.h"
#include "cli/span_read.h"
#include "report/calendar.h"

#include <stdio.h>

/* "2026-07", or the month of today. */
static int
asked_month(struct session *s, struct civil *ret)
{
	const char *text = s->args->value[OPTION_MONTH];
	char day[WALL_DAY_LEN + 1];
	int32_t first;

	if (text == NULL) {
		*ret = civil_from_s(wall_s(s->now.wall));
		return 0;
	}
	if (snprintf(day, sizeof(day), "%s-01", text) != WALL_DAY_LEN ||
	    day_parse(day, &first) < 0)
		return session_fail(s, CTL_USAGE,
				    "--month %s: a month is expected, as "
				    "2026-07",
				    text);
	*ret = civil_from_s(wall_s(wall_day_start(first)));
	return 0;
}

int
cmd_calendar(struct session *s)
{
	const struct config *config;
	struct civil month;
	struct span span;
	int r = asked_month(s, &month);

	if (r == 0)
		r = session_config_if_any(s, &config);
	if (r != 0)
		return r;
	span_init(&span, civil_day(month.year, month.month, 1),
		  civil_month_days(month.year, month.month));
	r = span_read(s, config, &span, NULL);
	if (r == 0)
		calendar_print(&span, &s->writer);
	span_free(&span);
	return r;
}
