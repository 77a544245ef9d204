#include "cli/progress.h"
#include "io/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { PAUSE_US = 100 * 1000, LINE_WIDTH = 60 };

struct progress
progress_begin(struct session *s, const char *what)
{
	return (struct progress){
	    .session = s,
	    .start = clock_read().mono,
	    .wanted =
		!arguments_has(s->args, OPTION_JSON) && isatty(s->terminal),
	    .what = what,
	};
}

void
progress_show(struct progress *p, uint64_t n)
{
	struct mono_time now;
	char line[LINE_WIDTH + 1];

	if (!p->wanted || p->session->printed)
		return;
	now = clock_read().mono;
	if (now.us - p->start.us < USEC_PER_SEC ||
	    now.us - p->shown_at.us < PAUSE_US)
		return;
	p->shown_at = now;
	p->session->shown = true;
	/* As wide as any before it, which it covers. */
	snprintf(line, sizeof(line), "%s: %" PRIu64, p->what, n);
	dprintf(p->session->terminal, "\r%-*s", LINE_WIDTH, line);
}

void
progress_show_seconds(struct progress *p)
{
	int64_t us = clock_read().mono.us - p->start.us;

	progress_show(p, (uint64_t)(us / USEC_PER_SEC));
}

void
progress_end(struct progress *p)
{
	progress_erase(p->session);
}

void
progress_erase(struct session *s)
{
	if (s->shown)
		dprintf(s->terminal, "\r%-*s\r", LINE_WIDTH, "");
	s->shown = false;
}
