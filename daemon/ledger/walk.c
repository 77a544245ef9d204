/* A buffer that holds at least two of the longest lines slides over the
 * segment; lines are found by memchr() and taken apart in place.  JSON is
 * not parsed here: what the format says behind the body is checked to the
 * byte, the body is covered by `sum` and by the chain. */
#include "ledger/walk.h"
#include "ledger/raw.h"

#include <stdlib.h>
#include <string.h>

enum { WALK_BUFFER = 256 * 1024 };

int
walk_open(struct walk *w, const struct ledger_io *io, int fd,
	  enum walk_depth depth, uint64_t first, const struct digest *head)
{
	*w = (struct walk){.seq = first, .io = io, .fd = fd, .depth = depth};
	if (head != NULL || first == 0) {
		w->head_known = true;
		if (head != NULL)
			w->head = *head;
	}
	w->buf = malloc(WALK_BUFFER);
	return w->buf == NULL ? ERR_NOMEM : 0;
}

void
walk_close(struct walk *w)
{
	free(w->buf);
	w->buf = NULL;
}

void
walk_skip(struct walk *w, uint64_t seq, int64_t place)
{
	w->seq = seq;
	w->place = w->read_at = place;
	w->head_known = false;
}

void
walk_next_segment(struct walk *w, int fd)
{
	w->fd = fd;
	w->place = 0;
	w->start = w->end = 0;
	w->read_at = 0;
	w->at_end = false;
}

void
walk_seek(struct walk *w, int64_t place)
{
	w->place = w->read_at = place;
}

static int
fill(struct walk *w)
{
	size_t n;
	int r;

	memmove(w->buf, w->buf + w->start, w->end - w->start);
	w->end -= w->start;
	w->start = 0;
	r = raw_read(w->io, w->fd, w->buf + w->end, WALK_BUFFER - w->end,
		     w->read_at, &n);
	if (r < 0) {
		w->errno_value = r;
		return ERR_IO;
	}
	if (w->digest != NULL)
		digest_stream_add(w->digest, w->buf + w->end, n);
	w->at_end = n < WALK_BUFFER - w->end;
	w->end += n;
	w->read_at += (int64_t)n;
	return 0;
}

static int
invalid(struct walk *w, const char *why)
{
	w->why = why;
	return ERR_INVALID;
}

/* The line at w->start, or 0 at the end. */
static int
next_line(struct walk *w, const char **ret_line, size_t *ret_len)
{
	for (;;) {
		size_t have = w->end - w->start;
		const char *line = w->buf + w->start;
		const char *lf = memchr(line, '\n', have);

		if (lf != NULL && lf - line <= ROW_LINE_MAX) {
			*ret_line = line;
			*ret_len = (size_t)(lf - line);
			return 1;
		}
		if (lf != NULL || have > ROW_LINE_MAX)
			return invalid(w, "line longer than 65,535 bytes");
		if (w->at_end && have == 0)
			return 0;
		if (w->at_end) {
			w->no_line = true;
			return invalid(w, "no line end");
		}
		if (fill(w) < 0)
			return ERR_IO;
	}
}

static int
check_chain(struct walk *w, struct walk_row *row)
{
	char hex[DIGEST_HEX_LEN + 1];

	if (row->parts.dur < w->dur)
		return invalid(w, "dur goes back");
	if (w->head_known && memcmp(digest_hex(&w->head, hex), row->parts.prev,
				    DIGEST_HEX_LEN) != 0)
		return invalid(w, "prev is not the leaf of the row before");
	row->leaf = row_leaf(row->line, row->len);
	w->head = row->leaf;
	w->head_known = true;
	w->dur = row->parts.dur;
	return 0;
}

static int
check_row(struct walk *w, struct walk_row *row)
{
	if (w->depth == WALK_LINES)
		return 0;
	if (row_parse(row->line, row->len, &row->parts) < 0)
		return invalid(w, "not the form of a row");
	if (w->depth >= WALK_SUMS && !row_sum_matches(row->line, row->len))
		return invalid(w, "sum does not match");
	if (row->parts.seq != w->seq)
		return invalid(w, "seq is not the next one");
	return w->depth >= WALK_CHAIN ? check_chain(w, row) : 0;
}

int
walk_next(struct walk *w, struct walk_row *ret_row)
{
	struct walk_row row = {.place = w->place};
	int r;

	r = next_line(w, &row.line, &row.len);
	if (r <= 0)
		return r;
	r = check_row(w, &row);
	if (r < 0)
		return r;
	w->start += row.len + 1;
	w->place += (int64_t)row.len + 1;
	w->seq++;
	*ret_row = row;
	return 1;
}
