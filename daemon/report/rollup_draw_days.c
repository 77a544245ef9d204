/* Pictures with a row for each name and a cell for each day.  Cells carry a
 * letter: whoever sees no colour loses nothing. */
#include "report/calendar.h"
#include "report/picture.h"
#include "report/rollup_draw.h"
#include "report/rollup_inside.h"
#include "report/writer.h"
#include "report/writer_html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHAR_WIDTH = 7,
	BOLD_WIDTH = 8,
	CELL = 15,
	ROW = 18,
	GAP = 8,
	/* of a drawing; the first has the numbers of the days */
	ROWS_MOST = PICTURE_HEIGHT_MAX / ROW
};

/* The rows of a picture, under the names of their groups. */
struct rows {
	const struct span *span;
	const char *title;
	size_t n;
	const void *of; /* what the functions below know */
	const char *(*name)(const void *of, size_t i);
	const char *(*group)(const void *of, size_t i); /* NULL: no groups */
	/* ' ': none */
	char (*mark)(const void *of, size_t i, int day, const char **ret_words);
};

static bool
begins_group(const struct rows *rows, size_t first, size_t i)
{
	return rows->group != NULL &&
	       (i == first || strcmp(rows->group(rows->of, i - 1),
				     rows->group(rows->of, i)) != 0);
}

static size_t
longest(const struct rows *rows, const char *(*text)(const void *of, size_t i))
{
	size_t most = 0;

	for (size_t i = 0; text != NULL && i < rows->n; i++) {
		size_t width = writer_width(text(rows->of, i));

		most = width > most ? width : most;
	}
	return most;
}

static int
left_of(const struct rows *rows)
{
	return (int)longest(rows, rows->name) * CHAR_WIDTH + GAP;
}

/* The name of a group goes over the cells, and never beyond the drawing. */
static int
width_of(const struct rows *rows)
{
	int cells = left_of(rows) + rows->span->n_days * CELL;
	int group = (int)longest(rows, rows->group) * BOLD_WIDTH;

	return group > cells ? group : cells;
}

/* The first row that fits into a drawing no more; *ret_lines: of those that
 * do, with the days and the groups. */
static size_t
fitting(const struct rows *rows, size_t first, int *ret_lines)
{
	size_t i = first;
	int lines = 1;

	for (; i < rows->n; i++) {
		int more = 1 + begins_group(rows, first, i);

		if (lines + more > ROWS_MOST)
			break;
		lines += more;
	}
	*ret_lines = lines;
	return i;
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

static void
put_cell(const struct rows *rows, size_t row, int day, int x, int y,
	 struct buf *out)
{
	const char *words = "";
	char mark = rows->mark(rows->of, row, day, &words);
	char text[WALL_DAY_LEN + 1];

	if (mark == ' ')
		return;
	buf_puts(out, "<g><title>");
	html_escape(out, rows->name(rows->of, row));
	buf_printf(out,
		   " %s: %s</title><rect x=\"%d\" y=\"%d\" "
		   "width=\"%d\" height=\"%d\" class=\"m%c\"/><text x=\"%d\" "
		   "y=\"%d\" class=\"mark\">%c</text></g>\n",
		   day_format(rows->span->first + day, text), words, x, y,
		   CELL - 1, CELL - 1, mark, x + (CELL - 1) / 2, y + 11, mark);
}

static void
put_row(const struct rows *rows, size_t i, int left, int y, struct buf *out)
{
	picture_text(out, 0, y + 11, rows->name(rows->of, i));
	for (int d = 0; d < rows->span->n_days; d++)
		put_cell(rows, i, d, left + d * CELL, y, out);
}

static void
put_drawing(const struct rows *rows, size_t first, size_t end, int lines,
	    struct buf *out)
{
	int left = left_of(rows), y = ROW;
	char title[160];

	snprintf(title, sizeof(title), "%s, rows %zu to %zu of %zu",
		 rows->title, first + 1, end, rows->n);
	picture_draw(out, width_of(rows), lines * ROW, title);
	put_days(rows->span, left, out);
	for (size_t i = first; i < end; i++) {
		if (begins_group(rows, first, i)) {
			picture_name(out, 0, y + 11, rows->group(rows->of, i));
			y += ROW;
		}
		put_row(rows, i, left, y, out);
		y += ROW;
	}
	picture_drawn(out);
}

/* The same as text, to be read aloud or copied. */
static void
put_words(const struct rows *rows, const char *picture, struct buf *out)
{
	const char *words;

	buf_printf(out,
		   "<details><summary>The %s as text</summary>\n"
		   "<pre tabindex=\"0\">",
		   picture);
	for (size_t i = 0; i < rows->n; i++) {
		const char *name = rows->name(rows->of, i);

		html_escape(out, name);
		buf_printf(out, "%*s  ", LABEL_MAX - (int)strlen(name), "");
		for (int d = 0; d < rows->span->n_days; d++)
			buf_putc(out, rows->mark(rows->of, i, d, &words));
		buf_putc(out, '\n');
	}
	buf_puts(out, "</pre></details>\n");
}

/* A picture of nothing is not drawn. */
static void
put_rows(const struct rows *rows, const char *picture, const char *caption,
	 struct buf *out)
{
	size_t end;
	int lines;

	if (rows->n == 0)
		return;
	picture_open(out, rows->title, caption);
	for (size_t first = 0; first < rows->n; first = end) {
		end = fitting(rows, first, &lines);
		put_drawing(rows, first, end, lines, out);
	}
	picture_close(out);
	put_words(rows, picture, out);
}

/* ---- the calendar ---- */

static const char *
label_of(const void *of, size_t i)
{
	const struct rollup *r = of;

	return r->entries[i].span->label;
}

static const char *
group_of(const void *of, size_t i)
{
	const struct rollup *r = of;

	return r->entries[i].group;
}

static char
mark_of(const void *of, size_t i, int day, const char **ret_words)
{
	const struct rollup *r = of;
	char mark = calendar_mark(&r->entries[i].span->days[day]);

	*ret_words = calendar_mark_words(mark);
	return mark;
}

void
rollup_draw_calendar(const struct rollup *r, struct buf *out)
{
	const struct rows rows = {.span = r->span,
				  .title = "Evidence calendar",
				  .n = r->n,
				  .of = r,
				  .name = label_of,
				  .group = group_of,
				  .mark = mark_of};
	struct buf caption = {0};

	for (const char *mark = calendar_marks; *mark != '\0'; mark++)
		buf_printf(&caption, "%c %s. ", *mark,
			   calendar_mark_words(*mark));
	buf_puts(&caption, rollup_phrase(PHRASE_CALENDAR));
	put_rows(&rows, "calendar", buf_text(&caption), out);
	out->failed |= caption.failed;
	buf_free(&caption);
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

struct strip {
	const struct span *span;
	struct rollup_source *sources;
};

static const char *
source_of(const void *of, size_t i)
{
	const struct strip *strip = of;

	return strip->sources[i].source->name;
}

static char
read_of(const void *of, size_t i, int day, const char **ret_words)
{
	const struct strip *strip = of;
	const struct span_source *s =
	    span_source(strip->span, source_of(of, i));
	enum span_read read = s == NULL ? SPAN_NOT_TRIED : s->days[day];

	*ret_words = reads[read].words;
	return reads[read].mark;
}

void
rollup_draw_strip(const struct rollup *r, struct buf *out)
{
	struct strip strip = {.span = r->span};
	struct rows rows = {.span = r->span,
			    .title = "Reads of the sources",
			    .of = &strip,
			    .name = source_of,
			    .mark = read_of};

	if (rollup_sources(r, &strip.sources, &rows.n) < 0) {
		out->failed = true;
		return;
	}
	put_rows(&rows, "strip", rollup_phrase(PHRASE_STRIP), out);
	free(strip.sources);
}
