/* A crash while rows go leaves segments that are no more: the new kept.jsonl
 * is durable before the first of them is unlinked, and until then all of them
 * are there.  So the file and the segments that still stand always tell all of
 * these rows together. */
#include "ledger/remnant.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct reading {
	const struct ledger_io *io;
	int dir;
	uint64_t to, rotated;
	uint64_t next; /* rows before it were given, as far as wanted */
	uint64_t at;   /* first row of the segment that is read */
	remnant_row_fn *fn;
	void *ctx;
	struct err *err;
};

static bool
is_kind(const struct row_parts *p, const char *kind)
{
	return p->kind_len == strlen(kind) &&
	       memcmp(p->kind, kind, p->kind_len) == 0;
}

static int
say_bad(const struct reading *r, uint64_t seq, const char *why)
{
	return err_set(r->err, ERR_DAMAGED,
		       LEDGER_REMNANT_NAME ": row %" PRIu64
					   ": %s; evidencectl repair makes "
					   "the file anew",
		       seq, why);
}

/* Its tile is the witness. */
static int
give(struct reading *r, const struct row_parts *parts, const char *line,
     size_t len)
{
	struct digest told, found = row_leaf(line, len);
	int e = pruned_leaf(r->io, r->dir, parts->seq, &told);

	if (e == -ENOENT || e == -EBADMSG)
		return err_set(r->err, ERR_NOT_FOUND,
			       "the tile of row %" PRIu64 " is missing",
			       parts->seq);
	if (e < 0)
		return raw_error(r->err, e, "tile");
	if (!digest_equal(&told, &found))
		return say_bad(r, parts->seq, "it is not the one in its tile");
	r->next = parts->seq + 1;
	return r->fn(r->ctx, parts, line, len);
}

bool
remnant_is_row(const struct row_parts *p)
{
	return p->seq == 0 ? is_kind(p, "ledger.genesis")
			   : is_kind(p, REKEY_KIND);
}

/* A line of kept.jsonl, or one of a segment, which kept.jsonl may have, too. */
static int
give_line(struct reading *r, const char *line, size_t len, bool again_allowed)
{
	struct row_parts parts;

	if (row_parse(line, len, &parts) < 0 || !row_sum_matches(line, len) ||
	    !remnant_is_row(&parts))
		return say_bad(r, r->next, "the next line is no such row");
	if (parts.seq < r->next && !again_allowed)
		return say_bad(r, parts.seq, "it stands there twice");
	return parts.seq < r->next || parts.seq >= r->to
		   ? 0
		   : give(r, &parts, line, len);
}

static int
give_lines(struct reading *r, const char *text, size_t len, bool again_allowed)
{
	const char *end = text + len, *lf;
	int e = 0;

	for (; e == 0 && text < end; text = lf + 1) {
		lf = memchr(text, '\n', (size_t)(end - text));
		if (lf == NULL)
			return say_bad(r, r->next, "a line has no end");
		e = give_line(r, text, (size_t)(lf - text), again_allowed);
	}
	return e;
}

static int
give_file(struct reading *r)
{
	char *text;
	size_t len;
	int e;

	e = raw_load(r->io, r->dir, LEDGER_REMNANT_NAME, REMNANT_MAX, &text,
		     &len);
	if (e == -ENOENT)
		return 0;
	if (e == -EFBIG)
		return say_bad(r, r->next, "the file is larger than 64 MiB");
	if (e < 0)
		return raw_error(r->err, e, LEDGER_REMNANT_NAME);
	e = give_lines(r, text, len, false);
	free(text);
	return e;
}

/* A segment of rows that went and were to go with it. */
static int
say_bad_rest(const struct reading *r, const struct walk *w)
{
	char name[SEGMENT_NAME_SIZE];

	return err_set(r->err, ERR_DAMAGED,
		       "%s, which was pruned and still stands: row %" PRIu64
		       ": %s; evidencectl repair moves it to "
		       "quarantine",
		       segment_name(r->at, name), w->seq, w->why);
}

static int
read_rows(struct reading *r, struct walk *w, uint64_t end, struct buf *out)
{
	struct walk_row row;
	int got = 1;

	while (w->seq < end && (got = walk_next(w, &row)) == 1) {
		if (remnant_is_row(&row.parts)) {
			buf_add(out, row.line, row.len);
			buf_putc(out, '\n');
		}
		if (r->rotated >= end)
			break; /* nothing but row 0 is wanted of it */
	}
	if (got == ERR_IO)
		return raw_error(r->err, w->errno_value, "reading rows");
	return got == ERR_INVALID ? say_bad_rest(r, w) : 0;
}

static int
read_segment(struct reading *r, uint64_t first, uint64_t end, struct buf *out)
{
	char name[SEGMENT_NAME_SIZE];
	struct walk w;
	int fd, e;

	if (first > 0 && r->rotated >= end)
		return 0;
	r->at = first;
	fd = r->io->open_file(r->io->ctx, r->dir, segment_name(first, name),
			      O_RDONLY, 0);
	if (fd == -ENOENT)
		return 0; /* a daemon lets it go just now */
	if (fd < 0)
		return raw_error(r->err, fd, "%s", name);
	e = walk_open(&w, r->io, fd, WALK_SUMS, first, NULL);
	if (e < 0)
		err_set(r->err, e, "no memory to read rows");
	else
		e = read_rows(r, &w, end, out);
	walk_close(&w);
	r->io->close(r->io->ctx, fd);
	return e;
}

static int
read_segments(struct reading *r, struct buf *out)
{
	uint64_t *firsts;
	size_t n;
	int e = segment_list(r->io, r->dir, &firsts, &n);

	if (e < 0)
		return raw_error(r->err, e, "segments");
	for (size_t i = 0; e == 0 && i < n && firsts[i] < r->to; i++) {
		uint64_t end = i + 1 < n ? firsts[i + 1] : r->to;

		e = read_segment(r, firsts[i], end < r->to ? end : r->to, out);
	}
	free(firsts);
	return e == 0 && out->failed
		   ? err_set(r->err, ERR_NOMEM, "no memory for rows")
		   : e;
}

/* The segments first: where one is missing by then, kept.jsonl has its rows. */
int
remnant_each(const struct ledger_io *io, int dir, uint64_t to, uint64_t rotated,
	     remnant_row_fn *fn, void *ctx, struct err *err)
{
	struct reading r = {.io = io,
			    .dir = dir,
			    .to = to,
			    .rotated = rotated,
			    .fn = fn,
			    .ctx = ctx,
			    .err = err};
	struct buf standing = {0};
	int e = read_segments(&r, &standing);

	if (e == 0)
		e = give_file(&r);
	if (e == 0)
		e = give_lines(&r, buf_text(&standing), standing.len, true);
	if (e == 0 && r.next == 0)
		e = say_bad(&r, 0, "it is not there");
	buf_free(&standing);
	return e;
}

static int
add_line(void *out, const struct row_parts *parts, const char *line, size_t len)
{
	buf_add(out, line, len);
	buf_putc(out, '\n');
	return 0;
}

int
remnant_put(const struct ledger_io *io, int dir, const struct buf *lines,
	    struct err *err)
{
	static const char new_name[] = LEDGER_REMNANT_NAME LEDGER_NEW_SUFFIX;
	int e;

	if (lines->failed)
		return err_set(err, ERR_NOMEM, "no memory for rows");
	e = raw_put(io, dir, new_name, lines->data, lines->len,
		    LEDGER_FILE_MODE);
	if (e == 0)
		e = io->rename(io->ctx, dir, new_name, dir,
			       LEDGER_REMNANT_NAME);
	return e < 0 ? raw_error(err, e, LEDGER_REMNANT_NAME) : 0;
}

int
remnant_keep(const struct ledger_io *io, int dir, uint64_t to, uint64_t rotated,
	     struct err *err)
{
	struct buf text = {0};
	int e = remnant_each(io, dir, to, rotated, add_line, &text, err);

	if (e == 0)
		e = remnant_put(io, dir, &text, err);
	buf_free(&text);
	return e;
}
