/* Sizes are in units of the picture, which scales as a whole.  Cells carry a
 * letter, bars a pattern and their words beside them: whoever sees no colour
 * loses nothing.  A picture of nothing is not drawn. */
#include "report/rollup_draw.h"
#include "report/calendar.h"
#include "report/rollup_inside.h"
#include "report/writer_html.h"

#include <stdlib.h>
#include <string.h>

enum {
	CHAR_WIDTH = 7,
	CELL = 15,
	ROW = 18,
	BAR_ROW = 38,
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

static void
open_figure(struct buf *out, int width, int height, const char *title)
{
	buf_printf(out,
		   "<figure>\n<div class=\"wide\" role=\"region\" "
		   "tabindex=\"0\" aria-label=\"%s\">\n"
		   "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		   "role=\"img\">\n<title>%s</title>\n",
		   title, width, height, width, height, title);
}

static void
close_figure(struct buf *out, const char *caption)
{
	buf_puts(out, "</svg>\n</div>\n<figcaption>");
	html_escape(out, caption);
	buf_puts(out, "</figcaption>\n</figure>\n");
}

static void
put_text(struct buf *out, int x, int y, const char *text)
{
	buf_printf(out, "<text x=\"%d\" y=\"%d\">", x, y);
	html_escape(out, text);
	buf_puts(out, "</text>\n");
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

static void
put_share(struct buf *out, const struct rollup_group *g, int y, int most)
{
	struct shares s = shares_of(g);
	bool nobody = g->name[0] == '(';
	struct buf words = {0};
	int x;

	buf_printf(&words, "%s: %d eligible, %d held, %d other", g->name,
		   s.eligible, s.held, s.others);
	buf_puts(out, "<g><title>");
	html_escape(out, buf_text(&words));
	buf_puts(out, "</title>\n");
	put_text(out, 0, y + 12, buf_text(&words));
	x = put_part(out, 0, y + 17, s.eligible, most, "mP");
	x = put_part(out, x, y + 17, s.held, most, nobody ? "dots" : "hatch");
	put_part(out, x, y + 17, s.others, most, "open");
	buf_puts(out, "</g>\n");
	buf_free(&words);
}

void
rollup_draw_shares(const struct rollup *r, struct buf *out)
{
	int most = 1;

	if (r->n_groups == 0)
		return;
	for (size_t i = 0; i < r->n_groups; i++)
		most = r->groups[i].n > most ? r->groups[i].n : most;
	open_figure(out, BAR_MOST + 2 * GAP, (int)r->n_groups * BAR_ROW,
		    "Eligible, held and other workloads of each group");
	for (size_t i = 0; i < r->n_groups; i++)
		put_share(out, &r->groups[i], (int)i * BAR_ROW, most);
	close_figure(out, rollup_phrase(PHRASE_SHARES));
}

/* ---- cells ---- */

static void
put_cell(struct buf *out, int x, int y, char mark, const char *name,
	 int32_t day, const char *words)
{
	char text[WALL_DAY_LEN + 1];

	buf_puts(out, "<g><title>");
	html_escape(out, name);
	buf_printf(out,
		   " %s: %s</title><rect x=\"%d\" y=\"%d\" "
		   "width=\"%d\" height=\"%d\" class=\"m%c\"/><text x=\"%d\" "
		   "y=\"%d\" class=\"mark\">%c</text></g>\n",
		   day_format(day, text), words, x, y, CELL - 1, CELL - 1, mark,
		   x + (CELL - 1) / 2, y + 11, mark);
}

/* The numbers of the days above the columns. */
static void
put_days(const struct span *s, int left, struct buf *out)
{
	for (int i = 0; i < s->n_days; i++) {
		struct civil c =
		    civil_from_s(wall_s(wall_day_start(s->first + i)));

		buf_printf(out,
			   "<text x=\"%d\" y=\"11\" class=\"day\">%d</text>\n",
			   left + i * CELL + CELL / 2, c.day);
	}
}

static int
left_of(size_t longest)
{
	return (int)longest * CHAR_WIDTH + GAP;
}

/* The same as text, to be read aloud or copied. */
static void
open_words(struct buf *out, const char *picture)
{
	buf_printf(out,
		   "<details><summary>The %s as text</summary>\n"
		   "<pre tabindex=\"0\">",
		   picture);
}

static void
put_words_name(struct buf *out, const char *name)
{
	html_escape(out, name);
	buf_printf(out, "%*s  ", LABEL_MAX - (int)strlen(name), "");
}

static void
close_words(struct buf *out)
{
	buf_puts(out, "</pre></details>\n");
}

static void
put_calendar_row(const struct rollup *r, const struct rollup_entry *e, int left,
		 int y, struct buf *out)
{
	put_text(out, 0, y + 11, e->span->label);
	for (int i = 0; i < r->span->n_days; i++) {
		char mark = calendar_mark(&e->span->days[i]);

		if (mark != ' ')
			put_cell(out, left + i * CELL, y, mark, e->span->label,
				 r->span->first + i, calendar_mark_words(mark));
	}
}

static void
put_calendar_words(const struct rollup *r, struct buf *out)
{
	open_words(out, "calendar");
	for (size_t i = 0; i < r->n; i++) {
		const struct span_workload *w = r->entries[i].span;

		put_words_name(out, w->label);
		for (int d = 0; d < r->span->n_days; d++)
			buf_putc(out, calendar_mark(&w->days[d]));
		buf_putc(out, '\n');
	}
	close_words(out);
}

void
rollup_draw_calendar(const struct rollup *r, struct buf *out)
{
	struct buf caption = {0};
	size_t longest = 0;
	int left;

	if (r->n == 0)
		return;
	for (size_t i = 0; i < r->n; i++) {
		size_t len = strlen(r->entries[i].span->label);

		longest = len > longest ? len : longest;
	}
	left = left_of(longest);
	open_figure(out, left + r->span->n_days * CELL, ((int)r->n + 1) * ROW,
		    "Evidence calendar");
	put_days(r->span, left, out);
	for (size_t i = 0; i < r->n; i++)
		put_calendar_row(r, &r->entries[i], left, ((int)i + 1) * ROW,
				 out);
	for (const char *mark = calendar_marks; *mark != '\0'; mark++)
		buf_printf(&caption, "%c %s. ", *mark,
			   calendar_mark_words(*mark));
	buf_puts(&caption, rollup_phrase(PHRASE_CALENDAR));
	close_figure(out, buf_text(&caption));
	buf_free(&caption);
	put_calendar_words(r, out);
}

/* ---- sources ---- */

static const struct {
	char mark;
	const char *words;
} reads[] = {
    [SPAN_NOT_TRIED] = {' ', "not tried"},
    [SPAN_NOT_READ] = {'X', "tried, not read"},
    [SPAN_READ] = {'R', "read"},
    [SPAN_CHANGED] = {'C', "read, and new or changed"},
};

static void
put_strip_row(const struct rollup *r, const char *name, int left, int y,
	      struct buf *out)
{
	const struct span_source *s = span_source(r->span, name);

	put_text(out, 0, y + 11, name);
	for (int i = 0; s != NULL && i < r->span->n_days; i++) {
		if (s->days[i] != SPAN_NOT_TRIED)
			put_cell(out, left + i * CELL, y,
				 reads[s->days[i]].mark, name,
				 r->span->first + i, reads[s->days[i]].words);
	}
}

static void
put_strip_words(const struct rollup *r, const struct rollup_source *sources,
		size_t n, struct buf *out)
{
	open_words(out, "strip");
	for (size_t i = 0; i < n; i++) {
		const char *name = sources[i].source->name;
		const struct span_source *s = span_source(r->span, name);

		put_words_name(out, name);
		for (int d = 0; s != NULL && d < r->span->n_days; d++)
			buf_putc(out, reads[s->days[d]].mark);
		buf_putc(out, '\n');
	}
	close_words(out);
}

void
rollup_draw_strip(const struct rollup *r, struct buf *out)
{
	struct rollup_source *sources;
	size_t n, longest = 0;
	int left;

	if (rollup_sources(r, &sources, &n) < 0) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(sources[i].source->name);

		longest = len > longest ? len : longest;
	}
	left = left_of(longest);
	if (n > 0) {
		open_figure(out, left + r->span->n_days * CELL,
			    ((int)n + 1) * ROW, "Reads of the sources");
		put_days(r->span, left, out);
		for (size_t i = 0; i < n; i++)
			put_strip_row(r, sources[i].source->name, left,
				      ((int)i + 1) * ROW, out);
		close_figure(out, rollup_phrase(PHRASE_STRIP));
		put_strip_words(r, sources, n, out);
	}
	free(sources);
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

static void
put_age(const struct rollup *r, const struct rollup_entry *e, int y,
	struct buf *out)
{
	int days = (int)(r->day - e->since + 1);
	int width = days * BAR_MOST / r->span->n_days;
	struct buf words = {0};

	buf_printf(&words, "%s: %s, day %d of it%s", e->span->label,
		   rollup_state_word(e->state), days,
		   e->since_before ? " or more" : "");
	buf_puts(out, "<g><title>");
	html_escape(out, buf_text(&words));
	buf_puts(out, "</title>\n");
	put_text(out, 0, y + 12, buf_text(&words));
	buf_printf(out,
		   "<rect x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\" "
		   "class=\"hatch\"/></g>\n",
		   y + 17, width, CELL);
	buf_free(&words);
}

static void
draw_held(const struct rollup *r, const struct rollup_entry **held, size_t n,
	  struct buf *out)
{
	size_t shown = n > AGES_MOST ? AGES_MOST : n;
	struct buf caption = {0};

	open_figure(out, BAR_MOST + 2 * GAP, (int)shown * BAR_ROW,
		    "How long workloads are held");
	for (size_t i = 0; i < shown; i++)
		put_age(r, held[i], (int)i * BAR_ROW, out);
	buf_puts(&caption, rollup_phrase(PHRASE_AGES));
	if (shown < n)
		buf_printf(&caption, " The oldest %zu of %zu.", shown, n);
	close_figure(out, buf_text(&caption));
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
