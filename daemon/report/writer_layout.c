/* Lines of text.
 *
 * A column is as wide as its widest cell.  When the table is wider than the
 * terminal, the flexible columns give up width, the widest first, and their
 * cells are broken at spaces and behind slashes: nothing is left out.  A name
 * stays whole, so that it can be copied and searched for; where names alone
 * are wider than the terminal, columns that can be spared are left out, and
 * where that is not enough, the longest names get a line of their own: above
 * the other cells of their row, or below, where they are not its first.
 * Colour is added after padding, so that it never counts as width. */
#include "report/writer_layout.h"
#include "base/text.h"
#include "report/writer_html.h"

#include <ctype.h>
#include <string.h>

enum {
	GAP = 2,
	FLEX_MIN = 12,
	NAME_WIDTH_MAX = 64,
	TITLE_MAX = 28,
	HANG_INDENT = 2
};

size_t
writer_width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Bytes of the first `columns` code points. */
static size_t
bytes_of(const char *text, size_t columns)
{
	size_t i = 0;

	while (text[i] != '\0') {
		if (((unsigned char)text[i] & 0xc0) != 0x80 && columns-- == 0)
			break;
		i++;
	}
	return i;
}

/* Where a word that is wider than its column is broken: behind the last
 * slash that fits, so that halves of names stay names. */
static size_t
break_word(const char *text, size_t fits)
{
	for (size_t i = fits; i > 1; i--) {
		if (text[i - 1] == '/')
			return i;
	}
	return fits;
}

/* The part of text that fits into width columns, and in *ret_next where the
 * rest begins.  Whole words overflow unless they may be broken. */
static size_t
break_line(const char *text, size_t width, bool break_words,
	   const char **ret_next)
{
	size_t fits = bytes_of(text, width), cut = fits;

	if (text[fits] != '\0' && text[fits] != ' ') {
		while (cut > 0 && text[cut - 1] != ' ')
			cut--;
		if (cut == 0 && break_words)
			cut = break_word(text, fits);
		else if (cut == 0)
			cut = fits + strcspn(text + fits, " ");
	}
	*ret_next = text + cut;
	while (**ret_next == ' ')
		(*ret_next)++;
	while (cut > 0 && text[cut - 1] == ' ')
		cut--;
	return cut;
}

static const struct {
	const char *word;
	const char *color;
} colors[] = {
    {"pass", "32"},	{"unchanged", "32"},	{"visible", "32"},
    {"rejected", "32"}, {"hold", "33"},		{"pending", "33"},
    {"changed", "33"},	{"new", "33"},		{"warning", "33"},
    {"open", "33"},	{"inconclusive", "35"}, {"fail", "31"},
    {"accepted", "31"}, {"critical", "31"},	{"error", "31"},
};

static const char *
color_of(const struct writer *w, const struct column *column, const char *text)
{
	size_t n = sizeof(colors) / sizeof(colors[0]);

	if (!w->color || (column->flags & COLUMN_STATE) == 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(colors[i].word);

		/* "pass (response only)" is green too */
		if (strncmp(text, colors[i].word, len) == 0 &&
		    (text[len] == '\0' || text[len] == ' '))
			return colors[i].color;
	}
	return NULL;
}

static void
pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_putc(out, ' ');
}

static void
put_piece(struct buf *out, const char *text, size_t len, const char *color)
{
	if (color != NULL)
		buf_printf(out, "\033[%sm", color);
	buf_add(out, text, len);
	if (color != NULL)
		buf_puts(out, "\033[0m");
}

/* Spaces at the end of a line serve nobody. */
static void
end_line(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_putc(out, '\n');
}

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

/* One row while it is printed: what is left of each cell. */
struct line {
	const char *rest[WRITER_COLUMNS_MAX];
	const char *color[WRITER_COLUMNS_MAX];
};

static unsigned int
flags_of(const struct layout *l, size_t i)
{
	return l->w->columns[l->column[i]].flags;
}

static void
put_cell(const struct layout *l, size_t i, struct line *line)
{
	struct buf *out = l->w->out;
	const char *text = line->rest[i];
	size_t len = break_line(text, l->width[i], true, &line->rest[i]);
	size_t shown = 0;

	for (size_t b = 0; b < len; b++)
		shown += ((unsigned char)text[b] & 0xc0) != 0x80;
	if ((flags_of(l, i) & COLUMN_RIGHT) != 0)
		pad(out, l->width[i] - shown);
	put_piece(out, text, len, line->color[i]);
	if ((flags_of(l, i) & COLUMN_RIGHT) == 0)
		pad(out, l->width[i] - shown);
}

static void
print_row(const struct layout *l, struct line *line)
{
	bool more;

	do {
		more = false;
		pad(l->w->out, l->hung_first ? HANG_INDENT : 0);
		for (size_t i = 0; i < l->n; i++) {
			put_cell(l, i, line);
			if (i + 1 < l->n)
				pad(l->w->out, GAP);
			more = more || line->rest[i][0] != '\0';
		}
		end_line(l->w->out);
	} while (more);
}

/* A cell that has lines of its own. */
static void
print_hung(const struct layout *l, size_t indent, const char *text,
	   const char *color)
{
	size_t width = (size_t)l->w->width - indent;

	do {
		const char *next;
		size_t len = break_line(text, width, true, &next);

		pad(l->w->out, indent);
		put_piece(l->w->out, text, len, color);
		end_line(l->w->out);
		text = next;
	} while (*text != '\0');
}

/* A whole row; `hung` are the texts of the columns that hang. */
static void
print_whole(const struct layout *l, struct line *line, struct line *hung)
{
	size_t i = 0;

	if (l->hung_first) {
		print_hung(l, 0, hung->rest[0], hung->color[0]);
		i++;
	}
	print_row(l, line);
	for (; i < l->n_hung; i++)
		print_hung(l, HANG_INDENT, hung->rest[i], hung->color[i]);
}

static size_t
greater(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The widest part of a text that is not broken. */
static size_t
name_width(const char *text)
{
	size_t widest = 0, n = 0;

	for (; *text != '\0'; text++) {
		n += ((unsigned char)*text & 0xc0) != 0x80;
		if (*text == ' ')
			n = 0;
		widest = greater(widest, n);
		if (*text == '/')
			n = 0;
	}
	return widest < NAME_WIDTH_MAX ? widest : NAME_WIDTH_MAX;
}

static void
measure_column(struct layout *l, size_t column)
{
	const struct writer *w = l->w;
	size_t width = writer_width(w->columns[column].title);
	size_t least = FLEX_MIN;

	for (size_t c = column; c < w->n_cells; c += w->n_columns) {
		width = greater(width, writer_width(w->cells[c].text));
		least = greater(least, name_width(w->cells[c].text));
	}
	l->column[l->n] = column;
	l->width[l->n] = width;
	l->least[l->n++] = least;
}

/* What the columns take before the first of their cells. */
static size_t
between_columns(const struct layout *l)
{
	return GAP * (l->n - 1) + (l->hung_first ? HANG_INDENT : 0);
}

/* The width below which the table cannot be made. */
static size_t
least_width(const struct layout *l)
{
	size_t total = between_columns(l);

	for (size_t i = 0; i < l->n; i++) {
		bool gives = (flags_of(l, i) & COLUMN_FLEX) != 0 &&
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
		if ((flags_of(l, i - 1) & COLUMN_WIDE) != 0)
			take_out(l, i - 1);
	}
}

/* The flexible column of the longest names; l->n: none. */
static size_t
longest_names(const struct layout *l)
{
	size_t longest = l->n;

	for (size_t i = 0; i < l->n; i++) {
		if ((flags_of(l, i) & COLUMN_FLEX) != 0 &&
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
		if ((flags_of(l, i) & COLUMN_FLEX) != 0 &&
		    l->width[i] > l->least[i] &&
		    (widest == l->n || l->width[i] > l->width[widest]))
			widest = i;
	}
	return widest;
}

static void
shrink(struct layout *l)
{
	size_t total = between_columns(l);

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

static void
upper(const char *title, char out[static TITLE_MAX + 1])
{
	size_t k;

	for (k = 0; k < TITLE_MAX && title[k] != '\0'; k++)
		out[k] = (char)toupper((unsigned char)title[k]);
	out[k] = '\0';
}

static void
print_titles(const struct layout *l)
{
	char titles[WRITER_COLUMNS_MAX][TITLE_MAX + 1];
	struct line line = {{NULL}, {NULL}}, hung = line;

	for (size_t c = 0; c < l->w->n_columns; c++)
		upper(l->w->columns[c].title, titles[c]);
	for (size_t i = 0; i < l->n; i++)
		line.rest[i] = titles[l->column[i]];
	for (size_t i = 0; i < l->n_hung; i++)
		hung.rest[i] = titles[l->hung[i]];
	print_whole(l, &line, &hung);
}

static void
fill_line(const struct layout *l, size_t row, const size_t *columns, size_t n,
	  struct line *line)
{
	const struct writer *w = l->w;

	for (size_t i = 0; i < n; i++) {
		line->rest[i] = w->cells[row + columns[i]].text;
		line->color[i] =
		    color_of(w, &w->columns[columns[i]], line->rest[i]);
	}
}

void
layout_table(struct writer *w)
{
	struct layout l = {.w = w};

	measure(&l);
	spare(&l);
	hang(&l);
	shrink(&l);
	print_titles(&l);
	for (size_t row = 0; row < w->n_cells; row += w->n_columns) {
		struct line line, hung;

		fill_line(&l, row, l.column, l.n, &line);
		fill_line(&l, row, l.hung, l.n_hung, &hung);
		print_whole(&l, &line, &hung);
	}
}

/* Lines of `text` from column `indent` on; the first line has begun. */
static void
put_wrapped(const struct writer *w, size_t indent, const char *text,
	    const char *color)
{
	size_t width = (size_t)w->width > indent + FLEX_MIN
			   ? (size_t)w->width - indent
			   : FLEX_MIN;

	for (bool first = true; first || *text != '\0'; first = false) {
		const char *next;
		size_t len = break_line(text, width, false, &next);

		if (!first)
			pad(w->out, indent);
		put_piece(w->out, text, len, color);
		end_line(w->out);
		text = next;
	}
}

void
layout_card(struct writer *w, const struct cell *row)
{
	size_t title = 0;

	for (size_t i = 0; i < w->n_columns; i++) {
		size_t width = writer_width(w->columns[i].title);

		if (width > title && width <= TITLE_MAX)
			title = width;
	}
	for (size_t i = 0; i < w->n_columns; i++) {
		const struct column *c = &w->columns[i];
		size_t width = writer_width(c->title);

		buf_printf(w->out, "  %s", c->title);
		pad(w->out, (width < title ? title - width : 0) + GAP);
		put_wrapped(w, 2 + title + GAP, row[i].text,
			    color_of(w, c, row[i].text));
	}
}

void
writer_heading(struct writer *w, const char *text)
{
	if (w->format == WRITER_HTML)
		html_heading(w, text);
	if (w->format != WRITER_TEXT)
		return;
	if (w->out->len > 0)
		buf_putc(w->out, '\n');
	buf_puts(w->out, text);
	buf_putc(w->out, '\n');
}

void
writer_paragraph(struct writer *w, const char *indent, const char *text)
{
	struct buf clean = {0};

	if (w->format == WRITER_HTML)
		html_paragraph(w, strchr(indent, '-') != NULL, text);
	if (w->format != WRITER_TEXT)
		return;
	text_clean(&clean, text, strlen(text), strlen(text));
	buf_puts(w->out, indent);
	put_wrapped(w, writer_width(indent), buf_text(&clean), NULL);
	buf_free(&clean);
}

/* Control characters, and those that change the direction of what follows:
 * with them a page could show a reader another text than the one that is
 * approved.  Their length in bytes; 0: none of these. */
static size_t
misleading(const unsigned char *s, size_t len)
{
	if ((s[0] < 0x20 && s[0] != '\n' && s[0] != '\t') || s[0] == 0x7f)
		return 1;
	if (len >= 2 && s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
		return 2;
	if (len >= 3 && s[0] == 0xe2 &&
	    ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
	     (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)))
		return 3;
	return 0;
}

void
writer_verbatim(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = misleading((const unsigned char *)text + i, len - i);

		if (n == 0)
			buf_putc(out, text[i++]);
		else
			buf_puts(out, "\xef\xbf\xbd");
		i += n;
	}
}
