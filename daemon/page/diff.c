/* A unified diff of two texts, as diff(1) writes and patch(1) reads it.
 *
 * Lines become numbers (equal lines, equal numbers) by sorting: a table with
 * a public hash could be made slow by whoever writes the page.  Then
 * diff_edits() marks lines, and marked lines become hunks. */
#include "page/diff_edits.h"
#include "page/page.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT_LINES = 3, EDIT_BUDGET = 20 * 1000 * 1000 };

struct line {
	const char *text;
	size_t len; /* LF included, where there is one */
	uint32_t *number;
};

/* One text: its lines, their numbers, what changed. */
struct text_side {
	struct line *lines;
	uint32_t *numbers;
	bool *changed;
	size_t n;
};

/* Lines taken from the old text and put into the new one, at one place. */
struct change {
	size_t old_at, old_n, new_at, new_n;
};

static size_t
count_lines(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n + (len > 0 && text[len - 1] != '\n');
}

static int
split(const char *text, size_t len, struct text_side *side)
{
	const char *p = text, *end = text + len;

	side->n = count_lines(text, len);
	side->lines = calloc(side->n + 1, sizeof(*side->lines));
	side->numbers = calloc(side->n + 1, sizeof(*side->numbers));
	side->changed = calloc(side->n + 1, sizeof(*side->changed));
	if (side->lines == NULL || side->numbers == NULL ||
	    side->changed == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < side->n; i++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		const char *next = lf == NULL ? end : lf + 1;

		side->lines[i] =
		    (struct line){p, (size_t)(next - p), &side->numbers[i]};
		p = next;
	}
	return 0;
}

static void
text_side_fini(struct text_side *side)
{
	free(side->lines);
	free(side->numbers);
	free(side->changed);
}

static int
compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int r = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	return r != 0 ? r : (x->len > y->len) - (x->len < y->len);
}

static int
number_lines(struct text_side *old, struct text_side *new)
{
	size_t n = old->n + new->n;
	struct line *all = calloc(n + 1, sizeof(*all));
	uint32_t number = 0;

	if (all == NULL)
		return ERR_NOMEM;
	memcpy(all, old->lines, old->n * sizeof(*all));
	memcpy(all + old->n, new->lines, new->n * sizeof(*all));
	qsort(all, n, sizeof(*all), compare_lines);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && compare_lines(&all[i - 1], &all[i]) != 0)
			number++;
		*all[i].number = number;
	}
	free(all);
	return 0;
}

static int
find_edits(struct text_side *old, struct text_side *new)
{
	struct diff_side from = {old->numbers, old->changed, old->n};
	struct diff_side to = {new->numbers, new->changed, new->n};
	int r = number_lines(old, new);

	return r < 0 ? r : diff_edits(&from, &to, EDIT_BUDGET);
}

/* The first change at or behind the two positions, which are at lines that
 * belong together.  false at the end. */
static bool
next_change(const struct text_side *old, const struct text_side *new,
	    size_t old_at, size_t new_at, struct change *ret)
{
	while (old_at < old->n && new_at < new->n && !old->changed[old_at] &&
	       !new->changed[new_at]) {
		old_at++;
		new_at++;
	}
	*ret = (struct change){.old_at = old_at, .new_at = new_at};
	while (old_at + ret->old_n < old->n &&
	       old->changed[old_at + ret->old_n])
		ret->old_n++;
	while (new_at + ret->new_n < new->n &&new->changed[new_at + ret->new_n])
		ret->new_n++;
	return ret->old_n + ret->new_n > 0;
}

static void
put_lines(struct buf *out, char mark, const struct text_side *side, size_t from,
	  size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct line *line = &side->lines[i];

		buf_putc(out, mark);
		buf_add(out, line->text, line->len);
		if (line->text[line->len - 1] != '\n')
			buf_puts(out, "\n\\ No newline at end of file\n");
	}
}

/* "12,3"; one line is "12", no line the line before it and 0. */
static void
put_range(struct buf *out, char mark, size_t at, size_t n)
{
	buf_printf(out, "%c%zu", mark, n == 0 ? at : at + 1);
	if (n != 1)
		buf_printf(out, ",%zu", n);
}

static size_t
at_most(size_t n, size_t limit)
{
	return n < limit ? n : limit;
}

/* One hunk from the change on, with all that follow too close for a gap.
 * *change becomes the first one behind it; false when there is none. */
static bool
put_hunk(struct buf *out, const struct text_side *old,
	 const struct text_side *new, struct change *change)
{
	struct buf body = {0};
	size_t before = at_most(change->old_at, CONTEXT_LINES);
	size_t old_from = change->old_at - before, old_to;
	size_t new_from = change->new_at - before, new_to;
	size_t done = old_from;
	bool more;

	do {
		put_lines(&body, ' ', old, done, change->old_at);
		done = change->old_at + change->old_n;
		new_to = change->new_at + change->new_n;
		put_lines(&body, '-', old, change->old_at, done);
		put_lines(&body, '+', new, change->new_at, new_to);
		more = next_change(old, new, done, new_to, change);
	} while (more && change->old_at - done <= (size_t)2 * CONTEXT_LINES);
	old_to = done + at_most(old->n - done, CONTEXT_LINES);
	new_to += old_to - done;
	put_lines(&body, ' ', old, done, old_to);

	buf_puts(out, "@@ ");
	put_range(out, '-', old_from, old_to - old_from);
	buf_putc(out, ' ');
	put_range(out, '+', new_from, new_to - new_from);
	buf_puts(out, " @@\n");
	buf_add(out, body.data, body.len);
	out->failed = out->failed || body.failed;
	buf_free(&body);
	return more;
}

static void
put_hunks(struct buf *out, const char *old_name, const struct text_side *old,
	  const char *new_name, const struct text_side *new)
{
	struct change change;

	if (!next_change(old, new, 0, 0, &change))
		return;
	buf_printf(out, "--- %s\n+++ %s\n", old_name, new_name);
	while (put_hunk(out, old, new, &change))
		continue;
}

int
page_diff(const char *old_name, const char *old_text, size_t old_len,
	  const char *new_name, const char *new_text, size_t new_len,
	  struct buf *out)
{
	struct text_side old = {0}, new = {0};
	int r;

	r = split(old_text, old_len, &old);
	if (r == 0)
		r = split(new_text, new_len, &new);
	if (r == 0)
		r = find_edits(&old, &new);
	if (r == 0)
		put_hunks(out, old_name, &old, new_name, &new);
	if (r == 0 && out->failed)
		r = ERR_NOMEM;
	text_side_fini(&old);
	text_side_fini(&new);
	return r;
}
