/* Markdown and plain text stay as they are written, but for blanks: those at
 * the start of a line stay (they are structure), runs of others become one (a
 * price that grows by a digit moves all borders of its table), those at the
 * end go, and so do empty lines beyond the first of a run.
 *
 * The title is the first heading outside code blocks and front matter. */
#include "page/extract.h"

#include <string.h>

struct reader {
	struct extract *out;
	bool headings;	   /* still looking for one */
	const char *fence; /* inside a code block or front matter: the three
			      characters that end it */
	bool first;
	bool gap; /* an empty line is due before the next one */
};

static bool
is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(" \t\r\f\v", line[i]) == NULL)
			return false;
	}
	return true;
}

/* Columns before the first character, a tab being four. */
static size_t
indent_of(const char *line, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len && strchr(" \t", line[i]) != NULL; i++)
		columns += line[i] == '\t' ? 4 : 1;
	return columns;
}

static const char *
fence_at(const struct reader *r, const char *line, size_t len)
{
	static const char *const fences[] = {"```", "~~~"};

	if (r->first && len >= 3 && memcmp(line, "---", 3) == 0 &&
	    is_blank(line + 3, len - 3))
		return "---";
	for (size_t i = 0; i < sizeof(fences) / sizeof(fences[0]); i++) {
		if (len >= 3 && memcmp(line, fences[i], 3) == 0)
			return fences[i];
	}
	return NULL;
}

/* "## Text ##" */
static void
take_heading(struct reader *r, const char *line, size_t len)
{
	size_t level = 0;

	while (level < len && line[level] == '#')
		level++;
	if (level == 0 || level > 6 || level == len ||
	    (line[level] != ' ' && line[level] != '\t'))
		return;
	while (len > level && strchr("# \t\r", line[len - 1]) != NULL)
		len--;
	buf_add(&r->out->title, line + level, len - level);
	r->headings = len == level;
}

static void
note_structure(struct reader *r, const char *line, size_t len)
{
	size_t indent = 0;

	while (indent < len && indent < 3 && line[indent] == ' ')
		indent++;
	line += indent;
	len -= indent;
	if (r->fence != NULL) {
		if (len >= 3 && memcmp(line, r->fence, 3) == 0)
			r->fence = NULL;
		return;
	}
	r->fence = fence_at(r, line, len);
	if (r->fence == NULL && r->headings)
		take_heading(r, line, len);
}

static void
add_line(struct reader *r, const char *line, size_t len)
{
	struct lines *lines = &r->out->lines;

	if (is_blank(line, len)) {
		r->gap = !r->first;
		return;
	}
	note_structure(r, line, len);
	if (r->gap)
		lines_gap(lines);
	lines_indent(lines, indent_of(line, len));
	lines_add(lines, line, len);
	lines_break(lines);
	r->gap = false;
	r->first = false;
}

void
page_extract_markdown(const char *body, size_t len, bool headings,
		      struct extract *out)
{
	struct reader r = {.out = out, .headings = headings, .first = true};
	const char *end = body + len;

	while (body < end) {
		const char *lf = memchr(body, '\n', (size_t)(end - body));
		const char *stop = lf == NULL ? end : lf;

		add_line(&r, body, (size_t)(stop - body));
		body = lf == NULL ? end : lf + 1;
	}
}
