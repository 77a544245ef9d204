/* Pictures with a bar for each row.  Sizes are in units of the picture, which
 * scales as a whole.  Bars carry a pattern and their words beside them:
 * whoever sees no colour loses nothing.  A picture of nothing is not drawn. */
#include "report/rollup_draw.h"
#include "base/text.h"
#include "report/picture.h"
#include "report/rollup_inside.h"
#include "report/writer.h"
#include "report/writer_html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHAR_WIDTH = 7,
	CELL = 15,
	BAR_ROW = 38,
	BARS_MOST = PICTURE_HEIGHT_MAX / BAR_ROW, /* of a drawing */
	BAR_MOST = 480,
	GAP = 8,
	AGES_MOST = 40
};

void
rollup_draw_patterns(struct buf *out)
{
	buf_puts(
	    out,
	    "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" "
	    "class=\"defs\"><defs>\n"
	    "<pattern id=\"hatch\" width=\"6\" height=\"6\" "
	    "patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" "
	    "class=\"mH\"/><path d=\"M0 6L6 0\" class=\"line\"/></pattern>\n"
	    "<pattern id=\"dots\" width=\"6\" height=\"6\" "
	    "patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" "
	    "class=\"mF\"/><circle cx=\"3\" cy=\"3\" r=\"1.4\" "
	    "class=\"dot\"/></pattern>\n"
	    "</defs></svg>\n");
}

struct bars {
	const char *title; /* of each drawing */
	size_t n;
	const void *of; /* what the functions below know */
	void (*words)(const void *of, size_t i, struct buf *out);
	void (*bar)(const void *of, size_t i, int y, struct buf *out);
};

/* Words go beyond the longest bar, and never beyond the drawing. */
static int
width_of(const struct bars *bars)
{
	int width = BAR_MOST + 2 * GAP;

	for (size_t i = 0; i < bars->n; i++) {
		struct buf words = {0};
		int w;

		bars->words(bars->of, i, &words);
		w = (int)writer_width(buf_text(&words)) * CHAR_WIDTH;
		width = w > width ? w : width;
		buf_free(&words);
	}
	return width;
}

/* A bar with its words above it. */
static void
put_bar(const struct bars *bars, size_t i, int y, struct buf *out)
{
	struct buf words = {0};

	bars->words(bars->of, i, &words);
	buf_puts(out, "<g><title>");
	html_escape(out, buf_text(&words));
	buf_puts(out, "</title>\n");
	picture_text(out, 0, y + 12, buf_text(&words));
	bars->bar(bars->of, i, y + 17, out);
	buf_puts(out, "</g>\n");
	out->failed |= words.failed;
	buf_free(&words);
}

static void
put_bars(const struct bars *bars, struct buf *out)
{
	int width = width_of(bars);

	for (size_t first = 0; first < bars->n; first += BARS_MOST) {
		size_t end =
		    bars->n - first > BARS_MOST ? first + BARS_MOST : bars->n;
		char title[160];

		snprintf(title, sizeof(title), "%s, %zu to %zu of %zu",
			 bars->title, first + 1, end, bars->n);
		picture_draw(out, width, (int)(end - first) * BAR_ROW, title);
		for (size_t i = first; i < end; i++)
			put_bar(bars, i, (int)(i - first) * BAR_ROW, out);
		picture_drawn(out);
	}
}

/* ---- shares ---- */

struct shares {
	int eligible, held, others;
};

static struct shares
shares_of(const struct rollup_group *g)
{
	struct shares s = {.eligible = g->states[ROLLUP_PASS] +
				       g->states[ROLLUP_RESPONSE_ONLY],
			   .held = g->states[ROLLUP_HOLD] +
				   g->states[ROLLUP_INCONCLUSIVE] +
				   g->states[ROLLUP_FAIL]};

	s.others = g->n - s.eligible - s.held;
	return s;
}

/* Returns where the next one begins. */
static int
put_part(struct buf *out, int x, int y, int n, int most, const char *class)
{
	int width = n * BAR_MOST / most;

	if (n > 0)
		buf_printf(out,
			   "<rect x=\"%d\" y=\"%d\" width=\"%d\" "
			   "height=\"%d\" class=\"%s\"/>\n",
			   x, y, width, CELL, class);
	return x + width;
}

struct all_shares {
	const struct rollup *r;
	int most;
};

static void
share_words(const void *of, size_t i, struct buf *out)
{
	const struct all_shares *all = of;
	const struct rollup_group *g = &all->r->groups[i];
	struct shares s = shares_of(g);

	buf_printf(out, "%s: %d eligible, %d held, %d other", g->name,
		   s.eligible, s.held, s.others);
}

static void
put_share(const void *of, size_t i, int y, struct buf *out)
{
	const struct all_shares *all = of;
	const struct rollup_group *g = &all->r->groups[i];
	struct shares s = shares_of(g);
	bool nobody = g->name[0] == '(';
	int x;

	x = put_part(out, 0, y, s.eligible, all->most, "mP");
	x = put_part(out, x, y, s.held, all->most, nobody ? "dots" : "hatch");
	put_part(out, x, y, s.others, all->most, "open");
}

void
rollup_draw_shares(const struct rollup *r, struct buf *out)
{
	struct all_shares all = {r, 1};
	const struct bars bars = {"Workloads of each group", r->n_groups, &all,
				  share_words, put_share};

	if (r->n_groups == 0)
		return;
	for (size_t i = 0; i < r->n_groups; i++)
		all.most =
		    r->groups[i].n > all.most ? r->groups[i].n : all.most;
	picture_open(out, "Eligible, held and other workloads of each group",
		     rollup_phrase(PHRASE_SHARES));
	put_bars(&bars, out);
	picture_close(out);
}

/* ---- ages ---- */

static int
compare_ages(const void *a, const void *b)
{
	const struct rollup_entry *const *x = a, *const *y = b;

	if ((*x)->since != (*y)->since)
		return (*x)->since < (*y)->since ? -1 : 1;
	return strcmp((*x)->span->label, (*y)->span->label);
}

static size_t
find_held(const struct rollup *r, const struct rollup_entry **held)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		enum rollup_state state = r->entries[i].state;

		if (state == ROLLUP_HOLD || state == ROLLUP_INCONCLUSIVE ||
		    state == ROLLUP_FAIL)
			held[n++] = &r->entries[i];
	}
	if (n > 0)
		qsort(held, n, sizeof(*held), compare_ages);
	return n;
}

struct ages {
	const struct rollup *r;
	const struct rollup_entry **held;
};

static int
age_of(const struct ages *ages, size_t i)
{
	return (int)(ages->r->day - ages->held[i]->since + 1);
}

static void
age_words(const void *of, size_t i, struct buf *out)
{
	const struct ages *ages = of;
	const struct rollup_entry *e = ages->held[i];
	int days = age_of(ages, i);

	buf_printf(out, "%s: %s, %d day%s%s, since ", e->span->label,
		   rollup_state_word(e->state), days, TEXT_PLURAL(days),
		   e->since_before ? " or more" : "");
	rollup_since(e->since, e->since_before, out);
}

static void
put_age(const void *of, size_t i, int y, struct buf *out)
{
	const struct ages *ages = of;

	buf_printf(out,
		   "<rect x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\" "
		   "class=\"hatch\"/>\n",
		   y, age_of(ages, i) * BAR_MOST / ages->r->span->n_days, CELL);
}

static void
draw_held(const struct rollup *r, const struct rollup_entry **held, size_t n,
	  struct buf *out)
{
	const struct ages ages = {r, held};
	size_t shown = n > AGES_MOST ? AGES_MOST : n;
	const struct bars bars = {"Held workloads", shown, &ages, age_words,
				  put_age};
	struct buf caption = {0};

	buf_puts(&caption, rollup_phrase(PHRASE_AGES));
	if (shown < n)
		buf_printf(&caption, " The oldest %zu of %zu.", shown, n);
	picture_open(out, "How long workloads are held", buf_text(&caption));
	put_bars(&bars, out);
	picture_close(out);
	out->failed |= caption.failed;
	buf_free(&caption);
}

void
rollup_draw_ages(const struct rollup *r, struct buf *out)
{
	const struct rollup_entry **held = calloc(r->n + 1, sizeof(*held));
	size_t n;

	if (held == NULL) {
		out->failed = true;
		return;
	}
	n = find_held(r, held);
	if (n > 0)
		draw_held(r, held, n, out);
	free(held);
}
