/* When an expression fires: by its own words, in UTC and on the clock of its
 * zone, with a mark where that clock was moved since the line before. */
#include "base/zone.h"
#include "cli/cli.h"
#include "cli/local_time.h"
#include "io/files.h"
#include "sched/cron.h"

#include <stdlib.h>
#include <string.h>

enum { FIRES_DEFAULT = 10, FIRES_MAX = 10000 };

static const struct column columns[] = {
    {"local", "local", 0},
    {"utc", "utc", 0},
    {"shift", "clock", 0},
};

static int
load_zone(struct session *s, struct zone **ret_zone)
{
	const char *name = s->args->value[OPTION_TZ];
	struct err err = {0};

	*ret_zone = NULL;
	if (name == NULL || strcmp(name, "UTC") == 0)
		return 0;
	if (files_load_zone(name, ret_zone, &err) < 0)
		return session_fail(s, CTL_USAGE,
				    "--tz %s: there is no such time zone on "
				    "this host; write it as Europe/Berlin",
				    name);
	return 0;
}

static int
start(struct session *s, const struct zone *zone, struct wall_time *ret)
{
	const char *text = s->args->value[OPTION_FROM];

	*ret = s->now.wall;
	if (text == NULL || local_time_parse(text, zone, ret) == 0)
		return 0;
	return session_fail(s, CTL_USAGE,
			    "--from %s: RFC 3339 (2026-07-03T04:30:00Z) or "
			    "local time (2026-07-03T04:30) is expected",
			    text);
}

static size_t
print_fires(struct session *s, const struct cron *cron, const struct zone *zone,
	    struct wall_time from, int most)
{
	struct writer *w = &s->writer;
	struct wall_time at = from, next;
	size_t n = 0;

	writer_table(w, "fire", columns, sizeof(columns) / sizeof(columns[0]));
	while (most-- > 0 && cron_next(cron, zone, at, &next) == 0) {
		local_time_put(w, zone, next);
		writer_time(w, next);
		local_time_put_shift(w, zone, at, next);
		at = next;
		n++;
	}
	writer_close(w);
	return n;
}

int
cmd_schedule(struct session *s)
{
	struct zone *zone = NULL;
	struct cron *cron;
	struct wall_time from;
	struct err err;
	int status, most;

	if (arguments_number(s->args, OPTION_NUMBER, 1, FIRES_MAX,
			     FIRES_DEFAULT, &most, &err) < 0)
		return session_fail_err(s, &err);
	if (cron_parse(s->args->operand[0], &cron, &err) < 0)
		return session_fail(s, CTL_USAGE,
				    "%s; how it is written: man evidenced.conf",
				    err.text);
	status = load_zone(s, &zone);
	if (status == 0)
		status = start(s, zone, &from);
	if (status == 0 && print_fires(s, cron, zone, from, most) == 0)
		status = CTL_NO_OBJECT; /* it never fires */
	cron_free(cron);
	zone_free(zone);
	return status;
}
