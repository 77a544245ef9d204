#include "cli/local_time.h"
#include "base/err.h"
#include "base/zone.h"
#include "sched/local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
local_time_parse(const char *text, const struct zone *zone,
		 struct wall_time *ret)
{
	char whole[WALL_RFC3339_LEN + 1];
	struct wall_time clock;
	size_t len = strlen(text);
	int r;

	if (wall_parse(text, ret) == 0)
		return 0;
	if (len == WALL_DAY_LEN)
		snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
	else if (len == strlen("2026-07-03T04:30"))
		snprintf(whole, sizeof(whole), "%s:00Z", text);
	else if (len == strlen("2026-07-03T04:30:00"))
		snprintf(whole, sizeof(whole), "%sZ", text);
	else
		return ERR_INVALID;
	if (whole[WALL_DAY_LEN] == ' ')
		whole[WALL_DAY_LEN] = 'T';
	r = wall_parse(whole, &clock);
	if (r == 0)
		*ret = wall_from_s(local_reach_s(zone, wall_s(clock)));
	return r;
}

static void
format_offset(int64_t offset_s, char *out, size_t size)
{
	long minutes = labs((long)offset_s) / 60;

	snprintf(out, size, "%c%02ld:%02ld", offset_s < 0 ? '-' : '+',
		 minutes / 60, minutes % 60);
}

void
local_time_put(struct writer *w, const struct zone *zone, struct wall_time t)
{
	int64_t local_s = local_from_s(zone, wall_s(t));
	char clock[WALL_RFC3339_LEN + 1], offset[16], text[48];

	wall_format(wall_from_s(local_s), clock);
	clock[WALL_RFC3339_LEN - 1] = '\0'; /* no Z: it is local */
	format_offset(zone_offset_s(zone, t), offset, sizeof(offset));
	snprintf(text, sizeof(text), "%s%s", clock, offset);
	writer_text(w, text);
}

void
local_time_put_shift(struct writer *w, const struct zone *zone,
		     struct wall_time from, struct wall_time to)
{
	int before = zone_offset_s(zone, from), after = zone_offset_s(zone, to);
	char offset[16], text[64];

	if (before == after) {
		writer_none(w);
		return;
	}
	format_offset(after - before, offset, sizeof(offset));
	snprintf(text, sizeof(text), "moved by %s", offset);
	writer_text(w, text);
}
