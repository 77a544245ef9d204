/* The pictures of the page, as inline SVG: each with titles, and with words
 * that say the same.  No picture needs its colours. */
#ifndef REPORT_ROLLUP_DRAW_H
#define REPORT_ROLLUP_DRAW_H

#include "report/rollup.h"

/* Patterns that the pictures use; once, before the first. */
void rollup_draw_patterns(struct buf *out);
/* Eligible, held and others of each group; who is nobody's, apart. */
void rollup_draw_shares(const struct rollup *r, struct buf *out);
/* A row for each workload, a cell for each day. */
void rollup_draw_calendar(const struct rollup *r, struct buf *out);
/* A row for each source, a cell for each day. */
void rollup_draw_strip(const struct rollup *r, struct buf *out);
/* A bar for each workload that is held, the oldest first. */
void rollup_draw_ages(const struct rollup *r, struct buf *out);

#endif
