/* The row is looked for only where the segments do not begin at row 0, or
 * have a hole: a crash between two unlinks leaves any of them.  The newest
 * row ledger.prune counts, because each one goes further than the one before;
 * it stands behind everything that it let go.
 *
 * Where that row is lost, is damaged, or cannot be reached behind a damaged
 * one, what the file says is taken for it: the ledger is damaged in any case,
 * and then it is that row which is named, and not all that was pruned.
 * Without the file, kept.jsonl tells as much: only a row ledger.prune has it
 * written, and the newest such row is never let go.  Where an older such row
 * is still there, SHA256SUMS tells it: segments that are lost and were not let
 * go have their lines in it. */
#include "ledger/pruned.h"
#include "base/json.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/tile_store.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRUNED_FILE_MAX = 200 };

bool
pruned_parse(const char *body, size_t len, uint64_t *ret_to)
{
	struct json_object *o;
	int64_t to;

	if (json_parse(body, len, &JSON_LEDGER_LIMITS, &o, NULL) < 0)
		return false;
	to = json_get_int(o, "to", 0);
	json_object_put(o);
	if (to <= 0)
		return false;
	*ret_to = (uint64_t)to;
	return true;
}

void
pruned_keep(const char *body, size_t len, char out[PRUNED_KEEP_SIZE])
{
	struct json_object *o;
	const char *keep;

	if (json_parse(body, len, &JSON_LEDGER_LIMITS, &o, NULL) < 0)
		return;
	keep = json_get_string(o, "keep", "");
	if (keep[0] != '\0')
		snprintf(out, PRUNED_KEEP_SIZE, "%s", keep);
	json_object_put(o);
}

/* Whether the segments from `first` on follow each other. */
static bool
is_unbroken(const uint64_t *firsts, size_t n, uint64_t first, uint64_t rows)
{
	size_t i = 0;

	while (i < n && firsts[i] < first)
		i++;
	if (i == n)
		return false;
	for (; i < n; i++, first += rows) {
		if (firsts[i] != first)
			return false;
	}
	return true;
}

bool
pruned_is_row(const struct row_parts *p, uint64_t *ret_to)
{
	return p->kind_len == sizeof(PRUNED_KIND) - 1 &&
	       memcmp(p->kind, PRUNED_KIND, p->kind_len) == 0 &&
	       pruned_parse(p->body, p->body_len, ret_to);
}

static void
note_first(uint64_t *first, uint64_t seq)
{
	if (seq < *first)
		*first = seq;
}

/* The newest row ledger.prune of a segment, or row `only` if it is one.
 * *bad becomes the first row that is damaged, or that lacks up to `only`,
 * where it was a later one. */
static int
search_segment(const struct ledger_io *io, int dir, uint64_t first,
	       uint64_t only, struct pruned *ret, uint64_t *bad)
{
	char name[SEGMENT_NAME_SIZE];
	struct walk_row row;
	struct walk w;
	uint64_t to;
	int fd, r;

	fd =
	    io->open_file(io->ctx, dir, segment_name(first, name), O_RDONLY, 0);
	if (fd == -LEDGER_NOT_A_FILE) {
		note_first(bad, first);
		return 0;
	}
	if (fd < 0)
		return fd;
	r = walk_open(&w, io, fd, WALK_FRAMES, first, NULL);
	while (r == 0 && (r = walk_next(&w, &row)) == 1) {
		bool wanted = only == UINT64_MAX || row.parts.seq == only;
		bool whole = wanted && row_sum_matches(row.line, row.len);

		r = 0;
		if (whole && pruned_is_row(&row.parts, &to)) {
			ret->to = to;
			ret->seq = row.parts.seq;
		}
		if (wanted && !whole)
			note_first(bad, row.parts.seq);
		if (row.parts.seq == only)
			break;
	}
	if ((r == ERR_INVALID && !w.no_line) ||
	    (only != UINT64_MAX && w.seq <= only))
		note_first(bad, w.seq);
	walk_close(&w);
	io->close(io->ctx, fd);
	/* A row that is bad ends the search here; others judge it. */
	return r == ERR_IO ? w.errno_value : r == ERR_NOMEM ? -ENOMEM : 0;
}

static bool
read_hint(const struct ledger_io *io, int dir, struct pruned *ret)
{
	struct json_object *o;
	char *text;
	size_t len;
	int r;

	if (raw_load(io, dir, LEDGER_PRUNED_NAME, PRUNED_FILE_MAX, &text,
		     &len) < 0)
		return false;
	r = json_parse(text, len, &JSON_FOREIGN_LIMITS, &o, NULL);
	free(text);
	if (r < 0)
		return false;
	ret->seq = (uint64_t)json_get_int(o, "seq", 0);
	ret->to = (uint64_t)json_get_int(o, "to", 0);
	ret->swept = json_get_bool(o, "swept", false);
	json_object_put(o);
	return true;
}

/* By the hint, when nothing lacks behind it, and the row says the same or
 * cannot say anything. */
static bool
find_by_hint(const struct ledger_io *io, int dir, uint64_t rows,
	     const uint64_t *firsts, size_t n, struct pruned *ret)
{
	struct pruned hint = {0}, found = {0};
	uint64_t bad = UINT64_MAX;
	int r;

	if (!read_hint(io, dir, &hint) || hint.to == 0 || hint.seq < hint.to ||
	    !is_unbroken(firsts, n, hint.to, rows))
		return false;
	r = search_segment(io, dir, hint.seq / rows * rows, hint.seq, &found,
			   &bad);
	if (r == -ENOENT) /* its segment, and so the row, is lost */
		bad = hint.seq;
	else if (r < 0)
		return false;
	hint.unproved = found.to == 0 && bad != UINT64_MAX;
	if (found.to != hint.to && !hint.unproved)
		return false;
	/* What only the file says lets no row go that still stands. */
	if (hint.unproved && firsts[0] < hint.to)
		return false;
	*ret = hint;
	return true;
}

static bool
has_remnant(const struct ledger_io *io, int dir)
{
	int fd = io->open_file(io->ctx, dir, LEDGER_REMNANT_NAME, O_RDONLY, 0);

	if (fd >= 0)
		io->close(io->ctx, fd);
	return fd >= 0;
}

/* Why the rows before the first segment count as pruned, though no row says
 * it, or only one that let fewer go; NULL: they do not. */
static const char *
reason_to_guess(const struct ledger_io *io, int dir, uint64_t rows,
		const uint64_t *firsts, size_t n, const struct pruned *found)
{
	if (firsts[0] <= found->to || !is_unbroken(firsts, n, firsts[0], rows))
		return NULL;
	if (found->to == 0)
		return has_remnant(io, dir) ? "kept.jsonl is there" : NULL;
	return sums_begin_at(io, dir, firsts[0])
		   ? "SHA256SUMS begins with that row"
		   : NULL;
}

/* The row that said where the rows begin is lost.  `bad`: the first damaged
 * row, UINT64_MAX: the rows only end too early. */
static int
guess(const struct ledger_io *io, int dir, const uint64_t *firsts, size_t n,
      uint64_t bad, const char *by, struct pruned *ret)
{
	struct pruned none = {0};
	int r = 0;

	/* Its place is behind the end. */
	if (bad == UINT64_MAX)
		r = search_segment(io, dir, firsts[n - 1], UINT64_MAX - 1,
				   &none, &bad);
	if (r == 0)
		*ret = (struct pruned){.to = firsts[0],
				       .seq = bad,
				       .unproved = true,
				       .guessed_by = by};
	return r;
}

static int
find(const struct ledger_io *io, int dir, uint64_t rows, const uint64_t *firsts,
     size_t n, struct pruned *ret)
{
	struct pruned hint = {0};
	bool hinted = find_by_hint(io, dir, rows, firsts, n, &hint);
	const char *by = NULL;
	uint64_t bad = UINT64_MAX;
	int r = 0;

	/* Another row may say it, in what can be read. */
	for (size_t i = n;
	     r == 0 && ret->to == 0 && i > 0 && (!hinted || hint.unproved); i--)
		r = search_segment(io, dir, firsts[i - 1], UINT64_MAX, ret,
				   &bad);
	if (hinted && ret->to < hint.to)
		*ret = hint;
	if (r == 0)
		by = reason_to_guess(io, dir, rows, firsts, n, ret);
	if (by != NULL)
		r = guess(io, dir, firsts, n, bad, by, ret);
	return r;
}

int
pruned_suppose(const struct ledger_io *io, int dir, uint64_t rows,
	       const uint64_t *firsts, size_t n, struct pruned *ret)
{
	struct pruned none = {0};
	uint64_t bad = UINT64_MAX;
	int r = 0;

	if (!is_unbroken(firsts, n, firsts[0], rows))
		return -ENOENT;
	for (size_t i = n; r == 0 && i > 0; i--)
		r = search_segment(io, dir, firsts[i - 1], UINT64_MAX, &none,
				   &bad);
	return r < 0 ? r
		     : guess(io, dir, firsts, n, bad, "the rows begin there",
			     ret);
}

int
pruned_list(const struct ledger_io *io, int dir, uint64_t rows,
	    uint64_t **ret_firsts, size_t *ret_n, struct pruned *ret)
{
	struct pruned pruned = {0};
	size_t n, gone = 0;
	uint64_t *firsts;
	int r;

	r = segment_list(io, dir, &firsts, &n);
	if (r < 0)
		return r;
	if (n > 0 && !is_unbroken(firsts, n, 0, rows))
		r = find(io, dir, rows, firsts, n, &pruned);
	if (r < 0) {
		free(firsts);
		return r;
	}
	while (gone < n && firsts[gone] < pruned.to)
		gone++;
	pruned.rest = gone > 0;
	if (gone > 0)
		memmove(firsts, firsts + gone, (n - gone) * sizeof(firsts[0]));
	*ret_firsts = firsts;
	*ret_n = n - gone;
	*ret = pruned;
	return 0;
}

int
pruned_leaf(const struct ledger_io *io, int dir, uint64_t seq,
	    struct digest *ret)
{
	struct tile_reader r;

	tile_reader_init(&r, io, dir,
			 seq / TILE_WIDTH * TILE_WIDTH + TILE_WIDTH);
	return tile_reader_node(&r, 0, seq, ret);
}

int
pruned_beginning(const struct ledger_io *io, int dir, uint64_t to,
		 struct beginning *ret)
{
	struct beginning b = {0};
	struct tile_reader r;
	int e;

	if (to % TILE_WIDTH != 0)
		return -EBADMSG;
	tile_reader_init(&r, io, dir, to);
	e = tree_load(&b.tree, to, tile_reader_node, &r);
	if (e < 0)
		return e;
	b.head_known = to > 0 && pruned_leaf(io, dir, to - 1, &b.head) == 0;
	*ret = b;
	return 0;
}

bool
pruned_bad_tile(const struct ledger_io *io, int dir, uint64_t to,
		char out[TILE_PATH_SIZE])
{
	uint8_t bytes[TILE_BYTES];
	struct tile t = {.width = TILE_WIDTH};

	for (; tile_full_count(to, t.level) > 0; t.level++) {
		for (t.index = 0; t.index < tile_full_count(to, t.level);
		     t.index++) {
			if (tile_load(io, dir, &t, bytes) == 0)
				continue;
			tile_path(&t, out);
			return true;
		}
	}
	return false;
}

int
pruned_put(const struct ledger_io *io, int dir, const struct pruned *p)
{
	static const char new_name[] = LEDGER_PRUNED_NAME LEDGER_NEW_SUFFIX;
	struct json_writer w;
	struct buf text = {0};
	int r;

	json_writer_init(&w, &text);
	json_object_open(&w, NULL);
	json_put_int(&w, "seq", (int64_t)p->seq);
	json_put_bool(&w, "swept", p->swept);
	json_put_int(&w, "to", (int64_t)p->to);
	json_object_close(&w);
	buf_putc(&text, '\n');
	r = text.failed ? -ENOMEM
			: raw_put(io, dir, new_name, text.data, text.len,
				  LEDGER_FILE_MODE);
	if (r == 0)
		r = io->rename(io->ctx, dir, new_name, dir, LEDGER_PRUNED_NAME);
	buf_free(&text);
	return r;
}
