/* A column is as wide as its widest cell.  When the table is wider than the
 * terminal, the flexible columns give up width, the widest first, as far as
 * their names stay whole.  Where names alone are wider than the terminal,
 * columns that can be spared are left out, and where that is not enough, those
 * with the longest names hang. */
#include "report/writer_columns.h"
#include "report/writer_piece.h"

#include <string.h>

unsigned int
columns_flags(const struct layout *l, size_t i)
{
	return l->w->columns[l->column[i]].flags;
}

static size_t
greater(size_t a, size_t b)
{
	return a > b ? a : b;
}

static void
measure_column(struct layout *l, size_t column)
{
	const struct writer *w = l->w;
	size_t width = writer_width(w->columns[column].title);
	size_t least = COLUMNS_FLEX_MIN;

	for (size_t c = column; c < w->n_cells; c += w->n_columns) {
		width = greater(width, writer_width(w->cells[c].text));
		least = greater(least, piece_name_width(w->cells[c].text));
	}
	l->column[l->n] = column;
	l->width[l->n] = width;
	l->least[l->n++] = least;
}

size_t
columns_between(const struct layout *l)
{
	return COLUMNS_GAP * (l->n - 1) + (l->hung_first ? COLUMNS_HANG : 0);
}

/* The width below which the table cannot be made. */
static size_t
least_width(const struct layout *l)
{
	size_t total = columns_between(l);

	for (size_t i = 0; i < l->n; i++) {
		bool gives = (columns_flags(l, i) & COLUMN_FLEX) != 0 &&
			     l->least[i] < l->width[i];

		total += gives ? l->least[i] : l->width[i];
	}
	return total;
}

static void
take_out(struct layout *l, size_t i)
{
	size_t behind = --l->n - i;

	memmove(&l->column[i], &l->column[i + 1],
		behind * sizeof(l->column[0]));
	memmove(&l->width[i], &l->width[i + 1], behind * sizeof(l->width[0]));
	memmove(&l->least[i], &l->least[i + 1], behind * sizeof(l->least[0]));
}

static void
spare(struct layout *l)
{
	for (size_t i = l->n; i > 0; i--) {
		if (least_width(l) <= (size_t)l->w->width)
			return;
		if ((columns_flags(l, i - 1) & COLUMN_WIDE) != 0)
			take_out(l, i - 1);
	}
}

/* The flexible column of the longest names; l->n: none. */
static size_t
longest_names(const struct layout *l)
{
	size_t longest = l->n;

	for (size_t i = 0; i < l->n; i++) {
		if ((columns_flags(l, i) & COLUMN_FLEX) != 0 &&
		    (longest == l->n || l->least[i] > l->least[longest]))
			longest = i;
	}
	return longest;
}

/* Moves it to those that hang. */
static void
hang_one(struct layout *l, size_t i)
{
	size_t at = l->n_hung++;

	while (at > 0 && l->hung[at - 1] > l->column[i]) {
		l->hung[at] = l->hung[at - 1];
		at--;
	}
	l->hung[at] = l->column[i];
	l->hung_first |= l->column[i] == 0;
	take_out(l, i);
}

/* As many as must, where the others then fit. */
static void
hang(struct layout *l)
{
	struct layout before = *l;

	while (least_width(l) > (size_t)l->w->width) {
		size_t i = longest_names(l);

		if (i == l->n || l->n < 2) {
			*l = before; /* it would not help */
			return;
		}
		hang_one(l, i);
	}
}

static void
measure(struct layout *l)
{
	for (size_t i = 0; i < l->w->n_columns; i++) {
		if ((l->w->columns[i].flags & COLUMN_MORE) == 0)
			measure_column(l, i);
	}
}

/* The widest flexible column that can still give up width; l->n: none. */
static size_t
widest_flexible(const struct layout *l)
{
	size_t widest = l->n;

	for (size_t i = 0; i < l->n; i++) {
		if ((columns_flags(l, i) & COLUMN_FLEX) != 0 &&
		    l->width[i] > l->least[i] &&
		    (widest == l->n || l->width[i] > l->width[widest]))
			widest = i;
	}
	return widest;
}

static void
shrink(struct layout *l)
{
	size_t total = columns_between(l);

	for (size_t i = 0; i < l->n; i++)
		total += l->width[i];
	while (total > (size_t)l->w->width) {
		size_t widest = widest_flexible(l);

		if (widest == l->n)
			return; /* names alone are wider than the terminal */
		l->width[widest]--;
		total--;
	}
}

void
columns_choose(struct layout *l)
{
	measure(l);
	spare(l);
	hang(l);
	shrink(l);
}
