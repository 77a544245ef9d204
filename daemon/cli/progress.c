#include "cli/progress.h"
#include "io/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { PAUSE_US = 100 * 1000, LINE_WIDTH = 60 };

struct progress
progress_begin(const char *what)
{
	return (struct progress){.start = clock_read().mono, .what = what};
}

void
progress_show(struct progress *p, uint64_t n)
{
	struct mono_time now = clock_read().mono;

	if (now.us - p->start.us < USEC_PER_SEC ||
	    now.us - p->shown_at.us < PAUSE_US || !isatty(STDERR_FILENO))
		return;
	p->shown = true;
	p->shown_at = now;
	fprintf(stderr, "\r%" PRIu64 " %s", n, p->what);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r%-*s\r", LINE_WIDTH, "");
	p->shown = false;
}
