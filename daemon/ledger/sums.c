/* SHA256SUMS: one coreutils line per sealed segment that is kept, in order,
 * all of one length, so that line i stands at i times that length.  It is a
 * hint for people with sha256sum; what lacks or is torn is computed again.
 *
 * A line is appended at the known end.  Where anything else stands behind it,
 * or lines must go, a new file takes the place of the old one by rename: so a
 * crash spoils no line but the one that was being added. */
#include "ledger/raw.h"
#include "ledger/inside.h"
#include "ledger/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUMS_NEW_NAME LEDGER_SUMS_NAME LEDGER_NEW_SUFFIX

enum {
	SUMS_LINE_LEN = DIGEST_HEX_LEN + 2 + SEGMENT_NAME_LEN + 1,
	SUMS_MAX = 64 * 1024 * 1024
};

static void
render(const struct digest *d, uint64_t first, char out[SUMS_LINE_LEN + 1])
{
	char hex[DIGEST_HEX_LEN + 1], name[SEGMENT_NAME_SIZE];

	snprintf(out, SUMS_LINE_LEN + 1, "%s  %s\n", digest_hex(d, hex),
		 segment_name(first, name));
}

static bool
is_line_of(const char *line, uint64_t first)
{
	char again[SUMS_LINE_LEN + 1];
	struct digest d;

	if (hex_decode(line, DIGEST_LEN, d.bytes) < 0)
		return false;
	render(&d, first, again);
	return memcmp(line, again, SUMS_LINE_LEN) == 0;
}

uint64_t
sums_count(struct ledger *l, uint64_t sealed)
{
	uint64_t rows = (uint64_t)l->id.segment_rows, n = 0;
	uint64_t gone = l->beginning.tree.size;
	char *text;
	size_t len;

	if (raw_load(&l->io, l->dir, LEDGER_SUMS_NAME,
		     (sealed + 1) * SUMS_LINE_LEN, &text, &len) < 0)
		return 0;
	while (n < sealed && (n + 1) * SUMS_LINE_LEN <= len &&
	       is_line_of(text + n * SUMS_LINE_LEN, gone + n * rows))
		n++;
	free(text);
	return n;
}

bool
sums_begin_at(const struct ledger_io *io, int dir, uint64_t first)
{
	char line[SUMS_LINE_LEN];
	size_t len = 0;
	int fd, r;

	fd = io->open_file(io->ctx, dir, LEDGER_SUMS_NAME, O_RDONLY, 0);
	if (fd < 0)
		return false;
	r = raw_read(io, fd, line, sizeof(line), 0, &len);
	io->close(io->ctx, fd);
	return r == 0 && len == sizeof(line) && is_line_of(line, first);
}

/* Seals by mode as well: the bit is a hint like the sum. */
static int
sum_segment(const struct ledger_io *io, int dir, uint64_t first,
	    struct digest *ret)
{
	char name[SEGMENT_NAME_SIZE];
	struct digest_stream *s;
	struct digest d;
	int fd, r;

	fd =
	    io->open_file(io->ctx, dir, segment_name(first, name), O_RDONLY, 0);
	if (fd < 0)
		return fd;
	s = digest_stream_new();
	r = s == NULL ? -ENOMEM : raw_digest(io, fd, s);
	if (r == 0)
		r = io->fchmod(io->ctx, fd, LEDGER_SEALED_MODE);
	io->close(io->ctx, fd);
	if (s != NULL)
		d = digest_stream_end(s);
	if (r == 0)
		*ret = d;
	return r;
}

/* The lines of the segments of the rows [from, to). */
static int
add_lines(const struct ledger_io *io, int dir, uint64_t rows, uint64_t from,
	  uint64_t to, struct buf *out)
{
	char line[SUMS_LINE_LEN + 1];
	struct digest d;
	int r = 0;

	for (; r == 0 && from < to; from += rows) {
		r = sum_segment(io, dir, from, &d);
		if (r < 0)
			break;
		render(&d, from, line);
		buf_add(out, line, SUMS_LINE_LEN);
	}
	return r == 0 && out->failed ? -ENOMEM : r;
}

static int
put_lines(const struct ledger_io *io, int dir, const char *text, size_t len)
{
	int r = raw_put(io, dir, SUMS_NEW_NAME, text, len, LEDGER_FILE_MODE);

	return r < 0 ? r
		     : io->rename(io->ctx, dir, SUMS_NEW_NAME, dir,
				  LEDGER_SUMS_NAME);
}

int
sums_write(const struct ledger_io *io, int dir, const struct identity *id,
	   uint64_t gone, uint64_t sealed)
{
	uint64_t rows = (uint64_t)id->segment_rows;
	struct buf text = {0};
	int r;

	r = add_lines(io, dir, rows, gone, sealed * rows, &text);
	if (r == 0)
		r = put_lines(io, dir, buf_text(&text), text.len);
	buf_free(&text);
	return r;
}

void
sums_seal_newest(struct ledger *l, uint64_t sealed)
{
	char name[SEGMENT_NAME_SIZE];
	int fd;

	if (sealed == 0)
		return;
	segment_name(l->beginning.tree.size +
			 (sealed - 1) * (uint64_t)l->id.segment_rows,
		     name);
	fd = l->io.open_file(l->io.ctx, l->dir, name, O_RDONLY, 0);
	if (fd < 0)
		return;
	l->io.fchmod(l->io.ctx, fd, LEDGER_SEALED_MODE);
	l->io.close(l->io.ctx, fd);
}

static int
say(struct ledger *l, int r)
{
	return raw_error(&l->batch.err, r, "%s/" LEDGER_SUMS_NAME, l->path);
}

static int
say_sync(struct ledger *l, int r)
{
	return r == 0 ? 0
		      : err_set_errno(&l->batch.err, ERR_POISONED, -r,
				      "%s/" LEDGER_SUMS_NAME ": sync failed",
				      l->path);
}

static int
append_lines(struct ledger *l, int fd, const struct buf *lines)
{
	int64_t end = (int64_t)l->sums_lines * SUMS_LINE_LEN;
	int r = raw_write(&l->io, fd, lines->data, lines->len, end);

	if (r < 0)
		return say(l, r);
	return say_sync(l, l->io.fsync_file(l->io.ctx, fd));
}

/* The lines that are known to be good, and these. */
static int
replace_lines(struct ledger *l, const struct buf *lines)
{
	size_t end = (size_t)l->sums_lines * SUMS_LINE_LEN, len;
	struct buf all = {0};
	char *text;
	int r;

	r = raw_load(&l->io, l->dir, LEDGER_SUMS_NAME, SUMS_MAX, &text, &len);
	if (r < 0)
		return say(l, r);
	buf_add(&all, text, end < len ? end : len);
	buf_add(&all, lines->data, lines->len);
	free(text);
	r = all.failed ? -ENOMEM
		       : put_lines(&l->io, l->dir, buf_text(&all), all.len);
	buf_free(&all);
	if (r < 0)
		return say(l, r);
	return say_sync(l, l->io.fsync_dir(l->io.ctx, l->dir));
}

/* With its size, which tells whether the known end is the end. */
static int
open_sums(struct ledger *l, int64_t *ret_size)
{
	struct ledger_stat st;
	int fd, r;

	fd = l->io.open_file(l->io.ctx, l->dir, LEDGER_SUMS_NAME,
			     O_RDWR | O_CREAT, LEDGER_FILE_MODE);
	if (fd < 0)
		return say(l, fd);
	r = l->io.fstat(l->io.ctx, fd, &st);
	if (r < 0) {
		l->io.close(l->io.ctx, fd);
		return say(l, r);
	}
	*ret_size = st.size;
	return fd;
}

int
sums_update(struct ledger *l, uint64_t sealed, bool sync)
{
	uint64_t rows = (uint64_t)l->id.segment_rows;
	uint64_t gone = l->beginning.tree.size;
	struct buf lines = {0};
	int64_t size = 0;
	int fd, r;

	if (l->sums_lines >= sealed && !sync)
		return 0;
	fd = open_sums(l, &size);
	if (fd < 0)
		return fd;
	r = add_lines(&l->io, l->dir, rows, gone + l->sums_lines * rows,
		      gone + sealed * rows, &lines);
	if (r < 0)
		r = say(l, r);
	else if (size == (int64_t)l->sums_lines * SUMS_LINE_LEN)
		r = append_lines(l, fd, &lines);
	else
		r = replace_lines(l, &lines);
	l->io.close(l->io.ctx, fd);
	buf_free(&lines);
	if (r == 0)
		l->sums_lines = sealed;
	return r;
}

int
sums_drop(struct ledger *l, uint64_t n)
{
	uint64_t left = l->sums_lines > n ? l->sums_lines - n : 0;
	char *text;
	size_t len, gone = n * SUMS_LINE_LEN, rest = left * SUMS_LINE_LEN;
	int r;

	if (n == 0)
		return 0;
	r = raw_load(&l->io, l->dir, LEDGER_SUMS_NAME,
		     (l->sums_lines + 1) * SUMS_LINE_LEN, &text, &len);
	if (r == -ENOENT)
		l->sums_lines = 0;
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (len < gone + rest) /* they are made again when one is added */
		rest = left = 0;
	r = put_lines(&l->io, l->dir, text + (rest > 0 ? gone : 0), rest);
	free(text);
	if (r == 0)
		l->sums_lines = left;
	return r;
}

int
sums_digest(const struct ledger_io *io, int dir, uint64_t rows, uint64_t from,
	    uint64_t to, struct digest *ret)
{
	uint64_t lines = (to - from) / rows;
	char *text;
	size_t len;
	int r;

	r = raw_load(io, dir, LEDGER_SUMS_NAME, SUMS_MAX, &text, &len);
	if (r < 0)
		return r;
	for (uint64_t i = 0; r == 0 && i < lines; i++) {
		if ((i + 1) * SUMS_LINE_LEN > len ||
		    !is_line_of(text + i * SUMS_LINE_LEN, from + i * rows))
			r = -ENOENT;
	}
	if (r == 0)
		*ret = digest_sha256(text, lines * SUMS_LINE_LEN);
	free(text);
	return r;
}
