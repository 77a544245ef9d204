/* Which columns of a table are shown, and how wide: private to the writer. */
#ifndef REPORT_WRITER_COLUMNS_H
#define REPORT_WRITER_COLUMNS_H

#include "report/writer.h"

enum { COLUMNS_GAP = 2, COLUMNS_FLEX_MIN = 12, COLUMNS_HANG = 2 };

/* The columns that a table shows, and how wide they are. */
struct layout {
	const struct writer *w;
	size_t n;
	size_t column[WRITER_COLUMNS_MAX];
	size_t width[WRITER_COLUMNS_MAX];
	size_t least[WRITER_COLUMNS_MAX]; /* what keeps names whole */
	/* those that have lines of their own, in their order */
	size_t hung[WRITER_COLUMNS_MAX];
	size_t n_hung;
	bool hung_first; /* the first of them stands above the others */
};

/* From l->w alone; all else is zero. */
void columns_choose(struct layout *l);
/* Of the i-th that is shown. */
unsigned int columns_flags(const struct layout *l, size_t i);
/* What the columns take before the first of their cells. */
size_t columns_between(const struct layout *l);

#endif
