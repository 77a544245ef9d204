/* Verification from the bytes alone: nothing is rendered again, nothing is
 * taken from the writer's memory, and a copied read-only folder will do.
 *
 * A last line without its end is no row: a live writer may be about to
 * finish it, and recovery cuts it.  It is told and judged no fault. */
#include "ledger/folder.h"
#include "ledger/ledger.h"
#include "ledger/segment.h"
#include "ledger/walk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { VERIFY_LEVEL_MAX = 1 };

__attribute__((format(printf, 3, 4))) static int
bad(struct ledger_verdict *v, uint64_t seq, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->reason, sizeof(v->reason), fmt, ap);
	va_end(ap);
	v->ok = false;
	v->first_bad_seq = seq;
	return 1;
}

/* LEDGER names the leaf of row 0. */
static int
check_genesis(const struct folder *f, const struct walk_row *row,
	      struct ledger_verdict *v)
{
	if (row->parts.seq > 0 || digest_equal(&row->leaf, &f->id.genesis))
		return 0;
	return bad(v, 0, "row 0 is not the genesis that LEDGER names");
}

/* 0: good so far; 1: a fault was found; ERR_IO. */
static int
verify_segment(const struct folder *f, size_t i, struct walk *w,
	       struct ledger_verdict *v)
{
	uint64_t end = f->firsts[i] + (uint64_t)f->id.segment_rows;
	bool newest = i == f->n - 1;
	char name[SEGMENT_NAME_SIZE];
	struct walk_row row;
	int r;

	segment_name(f->firsts[i], name);
	while ((r = walk_next(w, &row)) == 1) {
		if (w->seq > end)
			return bad(v, row.parts.seq,
				   "%s: more rows than a segment holds", name);
		if (w->depth == WALK_CHAIN && check_genesis(f, &row, v) != 0)
			return 1;
		v->rows = w->seq;
	}
	if (r == ERR_IO)
		return r;
	if (r == ERR_INVALID && newest && w->no_line) {
		snprintf(v->reason, sizeof(v->reason),
			 "%s: bytes behind row %" PRIu64
			 " are no row: being written, or torn by a crash",
			 name, w->seq - 1);
		return 0;
	}
	if (r == ERR_INVALID)
		return bad(v, w->seq, "%s, byte %" PRId64 ": %s", name,
			   w->place, w->why);
	if (!newest && w->seq < end)
		return bad(v, w->seq, "%s: the segment ends too early", name);
	return 0;
}

static int
verify_folder(const struct folder *f, struct walk *w, struct ledger_verdict *v)
{
	uint64_t rows = (uint64_t)f->id.segment_rows;
	int r = 0;

	for (size_t i = 0; r == 0 && i < f->n; i++) {
		int fd;

		if (f->firsts[i] != i * rows)
			return bad(v, i * rows, "a segment is missing");
		fd = folder_open_segment(f, f->firsts[i], NULL);
		if (fd < 0)
			return ERR_IO;
		walk_next_segment(w, fd);
		r = verify_segment(f, i, w, v);
		f->io->close(f->io->ctx, fd);
	}
	if (r == 0 && v->rows == 0)
		return bad(v, 0, "there is no row");
	return r;
}

static int
verify_at(const struct folder *f, int level, struct ledger_verdict *ret)
{
	struct ledger_verdict v = {.level = level, .ok = true};
	struct walk w;
	int r;

	r = walk_open(&w, f->io, -1, level == 0 ? WALK_SUMS : WALK_CHAIN, 0,
		      NULL);
	if (r == 0)
		r = verify_folder(f, &w, &v);
	walk_close(&w);
	if (r < 0)
		return r;
	*ret = v;
	return 0;
}

int
ledger_verify(const struct ledger_io *io, const char *dir, int level,
	      struct ledger_verdict *ret, struct err *err)
{
	struct ledger_verdict v, below = {0};
	struct folder f;
	int r;

	if (level < 0 || level > VERIFY_LEVEL_MAX)
		return err_set(err, ERR_UNSUPPORTED,
			       "level %d: this build knows the levels 0 to %d",
			       level, VERIFY_LEVEL_MAX);
	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	r = verify_at(&f, level, &v);
	if (r == 0 && !v.ok && level > 0)
		r = verify_at(&f, 0, &below);
	folder_close(&f);
	if (r < 0)
		return err_set(err, r, "%s: %s while reading", dir,
			       err_name(r));
	if (!v.ok)
		v.level = below.ok ? 0 : LEDGER_LEVEL_NONE;
	*ret = v;
	return 0;
}
