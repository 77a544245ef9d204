/* Every whole row becomes a candidate: its seq, its leaf, and the leaf that
 * it names as the one before.  The bytes wait in a file, for a ledger may be
 * larger than memory; a candidate takes about 100 bytes. */
#include "ledger/salvage_inside.h"
#include "ledger/raw.h"
#include "ledger/row.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_NAME "salvage.new"

enum { SCRATCH_MODE = 0600, SCRATCH_BUFFER = 1024 * 1024, FIRST_ROOM = 1024 };

int
salvage_new(const struct ledger_io *io, int dir, uint64_t from, uint64_t to,
	    struct salvage **ret_salvage, struct err *err)
{
	struct salvage *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return err_set(err, ERR_NOMEM, "no memory for rows");
	*s = (struct salvage){.io = io, .from = from, .to = to, .end = from};
	s->fd = io->open_file(io->ctx, dir, SCRATCH_NAME,
			      O_RDWR | O_CREAT | O_TRUNC, SCRATCH_MODE);
	r = s->fd < 0 ? s->fd : io->unlink(io->ctx, dir, SCRATCH_NAME);
	if (r < 0) {
		salvage_free(s);
		return raw_error(err, r, "a file for rows (" SCRATCH_NAME ")");
	}
	*ret_salvage = s;
	return 0;
}

void
salvage_free(struct salvage *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		s->io->close(s->io->ctx, s->fd);
	buf_free(&s->waiting);
	free(s->chosen);
	free(s->at);
	free(s);
}

static int
write_waiting(struct salvage *s, struct err *err)
{
	int r = raw_write(s->io, s->fd, buf_text(&s->waiting), s->waiting.len,
			  s->written);

	if (r < 0)
		return raw_error(err, r,
				 "rows cannot be kept while they are "
				 "put together");
	s->written += (int64_t)s->waiting.len;
	buf_reset(&s->waiting);
	return 0;
}

static int
keep_line(struct salvage *s, const char *line, size_t len, int64_t *ret_place,
	  struct err *err)
{
	int r = 0;

	if (s->waiting.len + len > SCRATCH_BUFFER)
		r = write_waiting(s, err);
	if (r < 0)
		return r;
	*ret_place = s->written + (int64_t)s->waiting.len;
	buf_add(&s->waiting, line, len);
	buf_putc(&s->waiting, '\n');
	return s->waiting.failed ? err_set(err, ERR_NOMEM, "no memory for rows")
				 : 0;
}

static int
grow(struct salvage *s, struct err *err)
{
	size_t room = s->room == 0 ? FIRST_ROOM : 2 * s->room;
	struct candidate *at;

	if (s->n < s->room)
		return 0;
	at = reallocarray(s->at, room, sizeof(*at));
	if (at == NULL)
		return err_set(err, ERR_NOMEM, "no memory for %zu rows", room);
	s->at = at;
	s->room = room;
	return 0;
}

int
salvage_add(struct salvage *s, const char *line, size_t len, struct err *err)
{
	struct candidate c = {.len = (uint32_t)len};
	struct row_parts parts;
	int r;

	if (row_parse(line, len, &parts) < 0 || !row_sum_matches(line, len) ||
	    parts.seq < s->from || parts.seq >= s->to)
		return err_set(err, ERR_INVALID, "not a row that is wanted");
	c.seq = parts.seq;
	c.leaf = row_leaf(line, len);
	hex_decode(parts.prev, DIGEST_LEN, c.prev.bytes);
	r = grow(s, err);
	if (r == 0)
		r = keep_line(s, line, len, &c.place, err);
	if (r == 0)
		s->at[s->n++] = c;
	return r;
}

int
salvage_add_lines(struct salvage *s, const char *bytes, size_t len,
		  struct err *err)
{
	const char *end = bytes + len, *lf;
	int r;

	for (; bytes < end; bytes = lf + 1) {
		lf = memchr(bytes, '\n', (size_t)(end - bytes));
		if (lf == NULL)
			break;
		r = salvage_add(s, bytes, (size_t)(lf - bytes), err);
		if (r < 0 && r != ERR_INVALID)
			return r;
	}
	return 0;
}

uint64_t
salvage_repeated(const struct salvage *s)
{
	return s->repeated;
}

void
salvage_mark_own(struct salvage *s)
{
	s->own = s->written + (int64_t)s->waiting.len;
}

uint64_t
salvage_brought(const struct salvage *s)
{
	uint64_t n = 0;

	for (uint64_t i = 0; i < s->n_chosen; i++)
		n += s->at[s->chosen[i]].place >= s->own;
	return n;
}

static const struct candidate *
chosen_row(const struct salvage *s, uint64_t seq)
{
	return &s->at[s->chosen[seq - s->from]];
}

const struct digest *
salvage_leaf(const struct salvage *s, uint64_t seq)
{
	return &chosen_row(s, seq)->leaf;
}

/* With its LF. */
static int
read_row(const struct salvage *s, const struct candidate *c, struct buf *out,
	 struct err *err)
{
	char line[ROW_LINE_MAX + 1];
	size_t len = (size_t)c->len + 1, got;
	int r;

	if (c->place >= s->written) {
		buf_add(out, s->waiting.data + (c->place - s->written), len);
		return out->failed ? err_set(err, ERR_NOMEM, "no memory") : 0;
	}
	r = raw_read(s->io, s->fd, line, len, c->place, &got);
	if (r < 0)
		return raw_error(err, r, "a row cannot be read back");
	if (got < len)
		return err_set(err, ERR_IO, "a row cannot be read back");
	buf_add(out, line, len);
	return out->failed ? err_set(err, ERR_NOMEM, "no memory") : 0;
}

int
salvage_read(const struct salvage *s, uint64_t seq, struct buf *out,
	     struct err *err)
{
	return read_row(s, chosen_row(s, seq), out, err);
}

int
salvage_each(const struct salvage *s, salvage_row_fn *fn, void *ctx,
	     struct err *err)
{
	struct buf line = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->n; i++) {
		buf_reset(&line);
		r = read_row(s, &s->at[i], &line, err);
		if (r == 0)
			r = fn(ctx, line.data, line.len - 1);
	}
	buf_free(&line);
	return r;
}
