/* A line that no key of the ledger signed is none: who altered it could alter
 * its number, too. */
#include "ledger/repair_lines.h"
#include "ledger/raw.h"
#include "ledger/signed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void
lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->at[i].note);
	free(l->at);
	*l = (struct lines){0};
}

bool
line_is_note(const struct line *l, const char *note, size_t len)
{
	return l->len == len && memcmp(l->note, note, len) == 0;
}

/* The first line of at least this number. */
static size_t
find_line(const struct lines *l, uint64_t seq)
{
	size_t from = 0, to = l->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (l->at[mid].seq < seq)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

int
lines_add(struct lines *l, uint64_t seq, uint64_t size, const char *note,
	  size_t len)
{
	struct line line = {.seq = seq, .size = size, .len = len};
	size_t i = find_line(l, seq);

	if (i < l->n && l->at[i].seq == seq)
		return !line_is_note(&l->at[i], note, len);
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 64 : 2 * l->room;
		struct line *at = reallocarray(l->at, room, sizeof(*at));

		if (at == NULL)
			return ERR_NOMEM;
		l->at = at;
		l->room = room;
	}
	line.note = strndup(note, len);
	if (line.note == NULL)
		return ERR_NOMEM;
	memmove(&l->at[i + 1], &l->at[i], (l->n - i) * sizeof(l->at[0]));
	l->at[i] = line;
	l->n++;
	return 0;
}

/* How the lines of a file are read. */
struct reading {
	struct repair *r;
	struct lines *lines;
	bool placed;  /* one whose number is not its place is none */
	size_t place; /* of the line at hand */
};

static int
take_line(struct reading *d, const struct signed_line *line)
{
	struct lines *l = d->lines;

	if (!notes_is_signed(d->r->notes, buf_text(&line->note),
			     line->note.len)) {
		l->whole = false;
		return 0;
	}
	l->whole = l->whole && line->seq == d->place;
	if (d->placed && line->seq != d->place)
		return 0;
	return lines_add(l, line->seq, line->size, buf_text(&line->note),
			 line->note.len);
}

/* last: a crash may have spoilt this one. */
static int
read_line(struct reading *d, const char *text, size_t len, bool last)
{
	struct signed_line line;
	int e = signed_line_parse(text, len, &line, NULL);

	if (e < 0) {
		d->lines->whole = d->lines->whole && last;
		return e == ERR_NOMEM ? e : 0;
	}
	e = take_line(d, &line);
	buf_free(&line.note);
	return e < 0 ? e : 0;
}

static bool
follows(const struct line *before, const struct line *l)
{
	return l->size > before->size;
}

bool
lines_are_ordered(const struct lines *l)
{
	for (size_t i = 1; i < l->n; i++) {
		if (!follows(&l->at[i - 1], &l->at[i]))
			return false;
	}
	return true;
}

/* Which of two that contradict each other is wrong, nothing tells: both go,
 * until no two do. */
static void
drop_unordered(struct lines *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (n > 0 && !follows(&l->at[n - 1], &l->at[i])) {
			free(l->at[i].note);
			free(l->at[--n].note);
		} else {
			l->at[n++] = l->at[i];
		}
	}
	l->n = n;
}

int
lines_read(struct repair *r, const struct folder *f, bool placed,
	   struct lines *ret, struct err *err)
{
	struct reading d = {.r = r, .lines = ret, .placed = placed};
	const char *end, *at, *lf;
	char *text;
	size_t len;
	int e = raw_load(f->io, f->dir, LEDGER_CHECKPOINTS_NAME, SIZE_MAX / 2,
			 &text, &len);

	*ret = (struct lines){.whole = true};
	if (e == -ENOENT)
		return 0;
	if (e < 0)
		return raw_error(err, e, "%s/" LEDGER_CHECKPOINTS_NAME,
				 f->path);
	end = text + len;
	for (at = text; e == 0 && at < end; at = lf + 1, d.place++) {
		lf = memchr(at, '\n', (size_t)(end - at));
		if (lf == NULL)
			break;
		e = read_line(&d, at, (size_t)(lf - at), lf + 1 == end);
	}
	free(text);
	if (placed)
		drop_unordered(ret);
	return e < 0 ? err_set(err, e, "no memory for checkpoints") : 0;
}
