/* At the first bad row of the newest segment spans.h tells a torn tail from
 * damage; every other bad row is damage.
 *
 * The segments that the id window needs are read whole.  Of the ones before,
 * only the names are looked at here, provided that a checkpoint covers them
 * and their tiles lead to its root; without that everything is read.  What
 * was trusted is read after the start (inspect.c). */
#include "ledger/survey.h"
#include "ledger/raw.h"
#include "ledger/remnant.h"
#include "ledger/segment.h"
#include "ledger/spans.h"
#include "ledger/tile_store.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_ROWS = 16384 };

static const char stopped_kind[] = "daemon.stopped";

void
survey_free(struct survey *s)
{
	free(s->firsts);
}

static int
damage(struct survey *s, uint64_t to, const char *why)
{
	s->damaged = true;
	s->damaged_to = to > s->next_seq ? to : s->next_seq;
	s->why = why;
	return 0;
}

/* R4 to R6, for the newest segment; every other one is R7. */
static int
judge_bad_row(struct survey *s, const struct ledger *l, int fd, bool newest,
	      uint64_t segment_end, uint64_t witness, const char *why)
{
	struct spans spans;
	int r;

	r = spans_read(&l->io, fd, s->good_bytes, s->next_seq, &spans);
	if (r < 0)
		return r;
	if (newest && spans_are_torn(&spans, s->next_seq, witness)) {
		s->torn = true;
		s->why = why;
		return 0;
	}
	if (spans.next_good != UINT64_MAX)
		return damage(s, spans.next_good - 1, why);
	return damage(
	    s, (newest ? spans_durable(&spans, witness) : segment_end) - 1,
	    why);
}

/* At the size of the newest checkpoint: is the root its own? */
static void
note_root(struct survey *s, const struct ledger *l)
{
	struct digest root;

	if (s->tree.size != l->signer.newest.size)
		return;
	root = tree_root(&s->tree);
	s->root_fits = digest_equal(&root, &l->signer.newest.root);
}

static void
note_leaf(struct survey *s, const struct ledger *l, const struct walk_row *row)
{
	tree_append(&s->tree, &row->leaf);
	note_root(s, l);
	if (s->tree.size > l->signer.newest.size)
		return;
	if (s->tree.size % TILE_WIDTH == 0) {
		s->tiled.tree = s->tree;
		s->tiled.place = row->place + (int64_t)row->len + 1;
	}
	if (s->tree.size % (uint64_t)l->id.segment_rows == 0)
		s->sealed = s->tree;
}

static bool
is_kind(const struct row_parts *p, const char *kind)
{
	return p->kind_len == strlen(kind) &&
	       memcmp(p->kind, kind, p->kind_len) == 0;
}

static void
compare_leaf(struct survey *s, const struct ledger_witness *w, uint64_t seq,
	     const struct digest *leaf)
{
	if (!w->leaf_known || seq != w->seq)
		return;
	s->witness_met = true;
	s->contradicted = !digest_equal(leaf, &w->leaf);
}

static void
note_row(struct survey *s, struct ledger *l, const struct walk_row *row,
	 const struct ledger_witness *witness)
{
	const struct row_parts *p = &row->parts;

	note_leaf(s, l, row);
	compare_leaf(s, witness, p->seq, &row->leaf);
	unsigned_rows_note(&s->unsigned_rows, p, l->signer.newest.size);
	window_add(l->window, p->id, p->id_len);
	window_set_place(l->window, p->seq, (uint32_t)row->place);
	s->newest_at = p->at;
	s->stopped = is_kind(p, stopped_kind);
	if (is_kind(p, REKEY_KIND) && p->seq < l->rotated)
		l->rotated = p->seq;
	if (is_kind(p, PRUNED_KIND) && p->seq > s->pruned.seq &&
	    pruned_parse(p->body, p->body_len, &s->pruned.to)) {
		s->pruned.seq = p->seq;
		s->pruned.swept = false;
	}
}

/* One segment; fd is open.  Negative errno. */
static int
read_segment(struct survey *s, struct ledger *l, struct walk *w, int fd,
	     uint64_t segment_end, bool newest, const struct ledger_options *o,
	     const struct ledger_witness *witness)
{
	struct ledger_stat st;
	struct walk_row row;
	const char *why = "more bytes than rows";
	int r;

	r = l->io.fstat(l->io.ctx, fd, &st);
	if (r < 0)
		return r;
	walk_next_segment(w, fd);
	r = 1;
	while (w->seq < segment_end && (r = walk_next(w, &row)) == 1) {
		note_row(s, l, &row, witness);
		if (o->progress != NULL && w->seq % PROGRESS_ROWS == 0)
			o->progress(o->progress_ctx, w->seq);
	}
	if (r == ERR_IO)
		return w->errno_value;
	s->next_seq = w->seq;
	s->good_bytes = w->place;
	s->all_bytes = st.size;
	if (r == ERR_INVALID)
		why = w->why;
	if (s->good_bytes < s->all_bytes)
		return judge_bad_row(s, l, fd, newest, segment_end,
				     witness->rows, why);
	if (!newest && w->seq < segment_end)
		return damage(s, segment_end - 1, "segment ends too early");
	return 0;
}

static int
open_segment(struct ledger *l, uint64_t first)
{
	char name[SEGMENT_NAME_SIZE];

	return l->io.open_file(l->io.ctx, l->dir, segment_name(first, name),
			       O_RDONLY, 0);
}

/* The segment in front of those that are read gives the first prev. */
static int
start_walk(struct survey *s, struct ledger *l, struct walk *w, size_t start)
{
	const struct digest *head = NULL;
	struct segment_row last;
	uint64_t first =
	    s->beginning.tree.size + start * (uint64_t)l->id.segment_rows;
	int fd, r;

	if (start == 0 && s->beginning.head_known)
		head = &s->beginning.head;
	if (start > 0) {
		fd = open_segment(l, s->firsts[start - 1]);
		if (fd == -LEDGER_NOT_A_FILE) {
			s->next_seq = s->firsts[start - 1];
			return damage(s, first - 1,
				      "the segment is not a regular file");
		}
		if (fd < 0)
			return fd;
		r = segment_last_row(&l->io, fd, first - 1, &last);
		l->io.close(l->io.ctx, fd);
		if (r < 0)
			return r;
		if (r == 1) {
			s->next_seq = first - 1;
			return damage(s, first - 1, "not the form of a row");
		}
		head = &last.leaf;
	}
	s->next_seq = first;
	s->tree = s->tiled.tree = s->sealed = s->trusted;
	note_root(s, l);
	return walk_open(w, &l->io, -1, WALK_CHAIN, first, head) < 0 ? -ENOMEM
								     : 0;
}

/* Segments before the first hole. */
static size_t
count_unbroken(const struct survey *s, uint64_t rows)
{
	size_t n = 0;

	while (n < s->n && s->firsts[n] == s->beginning.tree.size + n * rows)
		n++;
	return n;
}

/* Segment i ended too early: the one behind it may be nobody's. */
static void
name_stray(struct survey *s, struct ledger *l, size_t i)
{
	char name[SEGMENT_NAME_SIZE];

	if (i + 2 != s->n || s->good_bytes < s->all_bytes ||
	    !segment_is_empty(&l->io, l->dir, s->firsts[i + 1]))
		return;
	snprintf(l->stray, sizeof(l->stray), SEGMENT_STRAY_WORDS,
		 segment_name(s->firsts[i + 1], name));
	s->why = l->stray;
}

static int
read_segments(struct survey *s, struct ledger *l, struct walk *w, size_t start,
	      size_t end, const struct ledger_options *o,
	      const struct ledger_witness *witness)
{
	uint64_t rows = (uint64_t)l->id.segment_rows;
	int r = 0;

	for (size_t i = start; r == 0 && i < end && !s->damaged; i++) {
		int fd = open_segment(l, s->firsts[i]);

		if (fd == -LEDGER_NOT_A_FILE)
			return damage(s, s->firsts[i] + rows - 1,
				      "the segment is not a regular file");
		if (fd < 0)
			return fd;
		r = read_segment(s, l, w, fd, s->firsts[i] + rows,
				 i == s->n - 1, o, witness);
		l->io.close(l->io.ctx, fd);
		if (r == 0 && s->damaged)
			name_stray(s, l, i);
	}
	s->head = w->head;
	return r;
}

/* 1: not the row 0 that LEDGER repeats.  The others are no matter of the
 * writer, but must be whole. */
static int
compare_genesis(void *identity, const struct row_parts *parts, const char *line,
		size_t len)
{
	const struct identity *id = identity;
	struct digest leaf;
	int is;

	if (parts->seq > 0)
		return 0;
	leaf = row_leaf(line, len);
	is = identity_is_of_genesis(id, parts->body, parts->body_len);
	if (is < 0)
		return is;
	return is == 1 && digest_equal(&leaf, &id->genesis) ? 0 : 1;
}

static int
check_pruned_genesis(struct survey *s, struct ledger *l)
{
	/* Segments that still stand need not be read for it. */
	int r = remnant_each(&l->io, l->dir, s->beginning.tree.size, UINT64_MAX,
			     compare_genesis, &l->id, NULL);

	if (r == 0)
		return 0;
	if (r == ERR_IO || r == ERR_NOMEM)
		return r == ERR_IO ? -EIO : -ENOMEM;
	s->next_seq = 0;
	return damage(s, 0,
		      r == 1 ? "row 0 was not the genesis that LEDGER names"
			     : "kept.jsonl is missing or wrong, or a tile of "
			       "its rows");
}

/* Row 0 must be the one that LEDGER names. */
static int
check_genesis(struct survey *s, struct ledger *l)
{
	struct walk_row row;
	int fd, r, named = 0;
	struct walk w;

	if (s->beginning.tree.size > 0)
		return check_pruned_genesis(s, l);
	fd = open_segment(l, 0);
	if (fd < 0)
		return fd;
	r = walk_open(&w, &l->io, fd, WALK_CHAIN, 0, NULL);
	if (r == 0)
		r = walk_next(&w, &row);
	if (r == 1 && digest_equal(&row.leaf, &l->id.genesis))
		named = identity_is_of_genesis(&l->id, row.parts.body,
					       row.parts.body_len);
	walk_close(&w);
	l->io.close(l->io.ctx, fd);
	if (r == ERR_IO)
		return w.errno_value;
	if (r == ERR_NOMEM || named == ERR_NOMEM)
		return -ENOMEM;
	if (named == 1)
		return 0;
	s->next_seq = 0;
	return damage(s, 0, "row 0 is not the genesis that LEDGER names");
}

/* The tree of the first `rows` rows by their tiles; they must be covered by a
 * checkpoint, and whole tiles. */
static bool
load_trusted(struct survey *s, const struct ledger *l, uint64_t rows)
{
	struct tile_reader r;

	if (rows == 0 || rows % TILE_WIDTH != 0 || rows > l->signer.newest.size)
		return false;
	tile_reader_init(&r, &l->io, l->dir, rows);
	return tree_load(&s->trusted, rows, tile_reader_node, &r) == 0;
}

/* The first segment that is read: as late as the window of ids and the newest
 * checkpoint allow. */
static size_t
choose_start(struct survey *s, const struct ledger *l, size_t unbroken)
{
	uint64_t rows = (uint64_t)l->id.segment_rows;
	uint64_t gone = s->beginning.tree.size;
	uint64_t most = l->signer.newest.size > gone
			    ? (l->signer.newest.size - gone) / rows
			    : 0;
	size_t needed = (size_t)((l->id_window + rows - 1) / rows) + 1;
	size_t start = unbroken > needed ? unbroken - needed : 0;

	if (start > most)
		start = (size_t)most;
	while (start > 0 && (gone + start * rows) % TILE_WIDTH != 0)
		start--;
	if (start > 0 && load_trusted(s, l, gone + start * rows))
		return start;
	s->trusted = s->beginning.tree;
	return 0;
}

/* A checkpoint of rows that are all pruned. */
static void
note_pruned_root(struct survey *s, const struct ledger *l)
{
	const struct checkpoint *newest = &l->signer.newest;
	struct tile_reader r;
	struct digest root;
	struct tree t;

	if (newest->size == 0 || newest->size >= s->pruned.to)
		return;
	tile_reader_init(&r, &l->io, l->dir, s->pruned.to);
	if (tree_load(&t, newest->size, tile_reader_node, &r) < 0)
		return;
	root = tree_root(&t);
	s->root_fits = digest_equal(&root, &newest->root);
}

/* The tiles of what was pruned must be there: nothing else knows what the kept
 * rows follow. */
static int
find_beginning(struct survey *s, struct ledger *l)
{
	char path[TILE_PATH_SIZE] = "tile";
	uint64_t gone = s->pruned.to;
	int r;

	if (gone == 0)
		return 0;
	r = pruned_beginning(&l->io, l->dir, gone, &s->beginning);
	if (r < 0 && r != -ENOENT && r != -EBADMSG)
		return r;
	if (r == 0 && s->beginning.tree.size == gone) {
		note_pruned_root(s, l);
		return 0;
	}
	pruned_bad_tile(&l->io, l->dir, gone, path);
	snprintf(l->stray, sizeof(l->stray),
		 "they were pruned, and %s, a tile of them, is missing or not "
		 "whole",
		 path);
	return damage(s, gone - 1, l->stray);
}

/* One row that differs is enough: each row names the one before.  A row that
 * was not read has its leaf in a tile; where that lacks, the comparison after
 * the start finds it. */
static int
judge_witness(struct survey *s, const struct ledger *l,
	      const struct ledger_witness *w)
{
	uint64_t covered = l->signer.newest.size;
	struct digest leaf;

	if (w->leaf_known && !s->witness_met && w->seq < s->trusted.size &&
	    pruned_leaf(&l->io, l->dir, w->seq, &leaf) == 0)
		compare_leaf(s, w, w->seq, &leaf);
	if (!s->contradicted)
		return 0;
	/* What was signed is right as far as it goes. */
	s->next_seq = !s->root_fits ? 0 : covered < w->seq ? covered : w->seq;
	return damage(s, w->seq,
		      "the journal holds another row under the number of the "
		      "last of them");
}

static int
survey(struct survey *s, struct ledger *l, const struct ledger_options *o,
       const struct ledger_witness *witness, bool whole)
{
	uint64_t rows = (uint64_t)l->id.segment_rows;
	size_t unbroken, start;
	struct walk w = {0};
	int r;

	r = pruned_list(&l->io, l->dir, rows, &s->firsts, &s->n, &s->pruned);
	if (r == 0)
		r = find_beginning(s, l);
	if (r < 0)
		return r;
	unbroken = count_unbroken(s, rows);
	s->trusted = s->beginning.tree;
	start = whole || s->pruned.unproved ? 0 : choose_start(s, l, unbroken);
	r = start_walk(s, l, &w, start);
	window_free(l->window);
	l->window = window_new(s->next_seq);
	if (r == 0 && l->window == NULL)
		r = -ENOMEM;
	if (r == 0 && !s->damaged)
		r = read_segments(s, l, &w, start, unbroken, o, witness);
	walk_close(&w);
	if (r == 0 && !s->damaged && unbroken > 0)
		r = check_genesis(s, l);
	if (r < 0 || s->damaged)
		return r;
	/* It was durable before anything went: this is no torn tail. */
	if (s->pruned.unproved) {
		s->torn = false;
		return damage(s, s->pruned.seq, PRUNED_LOST);
	}
	if (unbroken < s->n)
		return damage(s, s->firsts[unbroken] - 1, "segment missing");
	if (s->next_seq < witness->rows)
		return damage(s, witness->rows - 1,
			      "the ledger ends before rows that were durable");
	return judge_witness(s, l, witness);
}

/* R9: all rows of the newest checkpoint are there and have another root. */
static bool
has_wrong_root(const struct survey *s, const struct ledger *l)
{
	return l->signer.newest.size > 0 && !s->root_fits &&
	       s->next_seq >= l->signer.newest.size;
}

int
survey_segments(struct ledger *l, const struct ledger_options *o,
		const struct ledger_witness *witness, bool whole,
		struct survey *ret, struct err *err)
{
	struct survey s = {0};
	int r;

	r = survey(&s, l, o, witness, whole);
	if (r == 0 && s.trusted.size > s.beginning.tree.size &&
	    has_wrong_root(&s, l)) {
		/* It may be the fault of a tile. */
		survey_free(&s);
		s = (struct survey){0};
		r = survey(&s, l, o, witness, true);
	}
	if (r == 0 && !s.damaged && has_wrong_root(&s, l)) {
		s.next_seq = 0;
		r = damage(&s, l->signer.newest.size - 1,
			   "their root is not the one that was signed");
	}
	if (r < 0) {
		survey_free(&s);
		return raw_error(err, r, "%s: reading the segments", l->path);
	}
	*ret = s;
	return 0;
}
