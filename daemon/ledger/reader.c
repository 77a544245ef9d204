/* Reading beside the writer, or long after it.  The newest rows may still be
 * on their way: a last line without its end is not an error but the end. */
#include "ledger/folder.h"
#include "ledger/ledger.h"
#include "ledger/segment.h"
#include "ledger/spans.h"
#include "ledger/walk.h"

#include <inttypes.h>
#include <stdio.h>

struct scan {
	uint64_t from, to;
	const struct row_place *after; /* of row `from` - 1, or NULL */
	ledger_row_fn *fn;
	void *ctx;
};

/* Which rows are no good, up to the next one that is. */
static void
name_bad(const struct folder *f, const struct walk *w, int fd, uint64_t first,
	 char out[64])
{
	uint64_t end = first + (uint64_t)f->id.segment_rows;
	struct spans spans = {.next_good = UINT64_MAX};

	if (spans_read(f->io, fd, w->place, w->seq, &spans) < 0 ||
	    spans.next_good == w->seq + 1 || end == w->seq + 1)
		snprintf(out, 64, "row %" PRIu64, w->seq);
	else if (spans.next_good < end)
		snprintf(out, 64, "rows %" PRIu64 " to %" PRIu64, w->seq,
			 spans.next_good - 1);
	else
		snprintf(out, 64, "row %" PRIu64 " and all behind it there",
			 w->seq);
}

static int
say_bad(const struct folder *f, const struct walk *w, int fd, uint64_t first,
	struct err *err)
{
	char name[SEGMENT_NAME_SIZE], rows[64];

	name_bad(f, w, fd, first, rows);
	return err_set(
	    err, ERR_DAMAGED,
	    "%s/%s, byte %" PRId64 ": %s: %s; run evidencectl verify", f->path,
	    segment_name(first, name), w->place, rows, w->why);
}

/* A ledger is created with row 0 in it. */
static int
say_empty(const struct folder *f, struct err *err)
{
	return err_set(err, ERR_DAMAGED,
		       "%s: there is no row, not even row 0; run evidencectl "
		       "verify",
		       f->path);
}

/* Rows before `from` are only counted; the others are checked and given. */
static int
give_row(struct walk *w, const struct walk_row *row, uint64_t first,
	 const struct scan *s)
{
	struct row_names names;
	struct digest leaf;
	struct row value;

	if (!row_sum_matches(row->line, row->len)) {
		w->seq = row->parts.seq;
		w->place = row->place;
		w->why = "sum does not match";
		return ERR_INVALID;
	}
	leaf = row_leaf(row->line, row->len);
	row_from_parts(&value, &names, row->line, row->len, &row->parts, &leaf);
	value.place = (struct row_place){
	    .seq = value.seq, .seg = first, .off = row->place, .len = row->len};
	return s->fn(s->ctx, &value);
}

/* 0: all rows seen; 1: the callback has enough; negative: error. *ret_walk:
 * the walk's own error, whose words are not said yet. */
static int
scan_walk(struct walk *w, uint64_t first, const struct scan *s, int *ret_walk)
{
	struct walk_row row;
	int r = 0;

	*ret_walk = 0;
	while (w->seq < s->to && (r = walk_next(w, &row)) == 1) {
		if (row.parts.seq < s->from)
			continue;
		r = give_row(w, &row, first, s);
		if (r == ERR_INVALID && w->why != NULL)
			break;
		if (r != 0)
			return r;
	}
	if (r < 0)
		*ret_walk = r;
	return 0;
}

static int
scan_segment(const struct folder *f, size_t i, const struct scan *s,
	     struct err *err)
{
	struct walk w;
	int fd, r, walked = 0;

	fd = folder_open_segment(f, f->firsts[i], err);
	if (fd < 0)
		return fd;
	r = walk_open(&w, f->io, fd, WALK_FRAMES, f->firsts[i], NULL);
	if (r == 0 && s->after != NULL && s->after->seg == f->firsts[i])
		walk_skip(&w, s->from,
			  s->after->off + (int64_t)s->after->len + 1);
	if (r == 0)
		r = scan_walk(&w, f->firsts[i], s, &walked);
	else
		err_set(err, r, "no memory to read %s", f->path);
	if (r == 0 && walked == ERR_IO)
		r = err_set_errno(err, ERR_IO, -w.errno_value, "%s", f->path);
	if (r == 0 && walked == ERR_INVALID && !(w.no_line && i == f->n - 1))
		r = say_bad(f, &w, fd, f->firsts[i], err);
	else if (r == 0 && i == 0 && w.seq == 0 && s->to > 0)
		r = say_empty(f, err);
	walk_close(&w);
	f->io->close(f->io->ctx, fd);
	return r;
}

static int
scan_folder(const struct folder *f, const struct scan *s, struct err *err)
{
	uint64_t rows = (uint64_t)f->id.segment_rows;
	int r = f->n == 0 ? say_empty(f, err) : 0;

	for (size_t i = 0; r == 0 && i < f->n && f->firsts[i] < s->to; i++) {
		uint64_t first = f->pruned.to + i * rows;

		if (f->firsts[i] != first)
			return folder_say_missing(f, first, err);
		if (f->firsts[i] + rows > s->from)
			r = scan_segment(f, i, s, err);
	}
	return r == 1 ? 0 : r;
}

static int
scan_dir(const struct ledger_io *io, const char *dir, const struct scan *s,
	 struct err *err)
{
	struct folder f;
	int r;

	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	r = scan_folder(&f, s, err);
	folder_close(&f);
	return r;
}

int
ledger_scan(const struct ledger_io *io, const char *dir, uint64_t from,
	    uint64_t to, ledger_row_fn *fn, void *ctx, struct err *err)
{
	const struct scan s = {.from = from, .to = to, .fn = fn, .ctx = ctx};

	return scan_dir(io, dir, &s, err);
}

int
ledger_scan_after(const struct ledger_io *io, const char *dir,
		  const struct row_place *after, uint64_t to, ledger_row_fn *fn,
		  void *ctx, struct err *err)
{
	const struct scan s = {.from = after->seq + 1,
			       .to = to,
			       .after = after,
			       .fn = fn,
			       .ctx = ctx};

	return scan_dir(io, dir, &s, err);
}

static int
count_row(void *ctx, const struct row *row)
{
	*(uint64_t *)ctx = row->seq + 1;
	return 0;
}

int
ledger_count(const struct ledger_io *io, const char *dir, uint64_t *ret_rows,
	     struct err *err)
{
	struct scan s = {.to = UINT64_MAX, .fn = count_row};
	uint64_t rows = 0;
	struct folder f;
	int r;

	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	/* Only the newest segment is read; the one before is full. */
	if (f.n > 0)
		s.from = rows = f.firsts[f.n - 1];
	s.ctx = &rows;
	r = scan_folder(&f, &s, err);
	folder_close(&f);
	if (r == 0)
		*ret_rows = rows;
	return r;
}
