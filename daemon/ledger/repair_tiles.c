/* Tiles of rows that were pruned, put right before the rows are.  No row tells
 * these hashes any more, so two things do: the tiles of a copy, and a
 * checkpoint, whose root they must have together with the rows behind them.
 * The oldest signed one that covers all of them is taken: it asks the fewest
 * rows.
 *
 * Where the own tile and the copy's differ, the hash that a tile above has of
 * it tells which is right; of those that none tells every choice is tried.
 * Whatever is chosen, nothing is written unless the signed root comes out.
 * A tile above follows from those below, and is made of them. */
#include "ledger/hashes.h"
#include "ledger/raw.h"
#include "ledger/remnant.h"
#include "ledger/repair_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OWN, COPY, SIDES, OPEN_MAX = 10 /* tiles: 1024 choices */ };

/* The tiles of leaves, up to the first kept row. */
struct tiles {
	struct repair *r;
	const struct folder *side[SIDES]; /* the copy may be NULL */
	struct hashes rows[SIDES]; /* that still stand; no tile is asked */
	uint64_t n;
	struct choice {
		bool have[SIDES];
		struct digest root[SIDES];
		int pick;
	} * at;
	uint64_t open[OPEN_MAX]; /* those that nothing decides */
	unsigned n_open;
	struct checkpoint sign;
};

/* ---- what there is ---- */

/* By its file, else of the rows.  Negative errno. */
static int
load(struct tiles *t, int side, unsigned level, uint64_t index,
     uint8_t out[TILE_BYTES])
{
	const struct tile tile = {level, index, TILE_WIDTH};
	const struct folder *f = t->side[side];
	struct digest leaf;

	if (tile_load(f->io, f->dir, &tile, out) == 0)
		return 0;
	for (uint64_t i = 0; i < TILE_WIDTH; i++) {
		if (level > 0 || side == OWN ||
		    hashes_node(&t->rows[side], 0, index * TILE_WIDTH + i,
				&leaf) < 0)
			return -ENOENT;
		memcpy(out + i * DIGEST_LEN, leaf.bytes, DIGEST_LEN);
	}
	return 0;
}

static void
look(struct tiles *t, uint64_t i)
{
	struct choice *c = &t->at[i];
	uint8_t bytes[TILE_BYTES];

	for (int side = OWN; side < SIDES; side++) {
		c->have[side] =
		    t->side[side] != NULL && load(t, side, 0, i, bytes) == 0;
		if (c->have[side])
			c->root[side] = tile_root(bytes);
	}
	c->pick = c->have[OWN] ? OWN : COPY;
}

/* Which side a tile above speaks for; SIDES: for none. */
static int
ask_above(struct tiles *t, uint64_t i)
{
	const struct choice *c = &t->at[i];
	uint8_t bytes[TILE_BYTES];
	struct digest told;

	if (i / TILE_WIDTH >= tile_full_count(t->r->f.pruned.to, 1))
		return SIDES;
	for (int side = OWN; side < SIDES; side++) {
		if (load(t, side, 1, i / TILE_WIDTH, bytes) < 0)
			continue;
		told = tile_node(bytes, TILE_HEIGHT, i);
		for (int by = OWN; by < SIDES; by++) {
			if (digest_equal(&told, &c->root[by]))
				return by;
		}
	}
	return SIDES;
}

/* False: a tile is nowhere, or too many are contested. */
static bool
pick_each(struct tiles *t)
{
	for (uint64_t i = 0; i < t->n; i++) {
		struct choice *c = &t->at[i];
		int told = SIDES;

		look(t, i);
		if (!c->have[OWN] && !c->have[COPY])
			return false;
		if (!c->have[OWN] || !c->have[COPY] ||
		    digest_equal(&c->root[OWN], &c->root[COPY]))
			continue;
		told = ask_above(t, i);
		if (told != SIDES)
			c->pick = told;
		else if (t->n_open == OPEN_MAX)
			return false;
		else
			t->open[t->n_open++] = i;
	}
	return true;
}

/* ---- what was signed ---- */

static int
add_keys(struct notes *notes, const struct folder *f, struct err *err)
{
	const char *at, *end, *lf;
	struct row_parts parts;
	char *text;
	size_t len;
	int e = raw_load(f->io, f->dir, LEDGER_REMNANT_NAME, REMNANT_MAX, &text,
			 &len);

	if (e < 0)
		return e == -ENOMEM ? raw_error(err, e, "%s", f->path) : 0;
	end = text + len;
	for (at = text; e == 0 && at < end; at = lf + 1) {
		lf = memchr(at, '\n', (size_t)(end - at));
		if (lf == NULL)
			break;
		if (row_parse(at, (size_t)(lf - at), &parts) == 0)
			e = notes_add_row(notes, &parts, err);
	}
	free(text);
	return e;
}

/* 1: there is one. */
static int
find_signed(struct tiles *t, struct err *err)
{
	struct notes *notes;
	int e = notes_new(t->r->f.id.vkey, &notes, err);
	bool found = false;

	if (e < 0)
		return e;
	for (int side = OWN; e == 0 && side < SIDES; side++) {
		const struct folder *f = t->side[side];

		if (f == NULL)
			continue;
		e = add_keys(notes, f, err);
		if (e == 0)
			e = repair_read_notes(f->io, f->dir, f->path, notes,
					      err);
	}
	if (e == 0) {
		notes_prove(notes);
		found = notes_oldest(notes, t->r->f.pruned.to, &t->sign);
	}
	notes_free(notes);
	return e < 0 ? e : found;
}

/* Of the kept rows that were signed with them, as one side has them. */
static bool
read_kept(struct tiles *t, int side, struct tree_span *ret)
{
	struct digest leaf;

	tree_span_init(ret, t->r->f.pruned.to);
	if (t->side[side] == NULL)
		return false;
	while (ret->next < t->sign.size) {
		if (hashes_node(&t->rows[side], 0, ret->next, &leaf) < 0)
			return false;
		tree_span_append(ret, &leaf);
	}
	return true;
}

static bool
comes_out(const struct tiles *t, const struct tree_span *kept)
{
	struct tree tree;
	struct digest root;

	tree_init(&tree);
	for (uint64_t i = 0; i < t->n; i++)
		tree_append_node(&tree, TILE_HEIGHT,
				 &t->at[i].root[t->at[i].pick]);
	tree_append_span(&tree, kept->next, kept->nodes, kept->n);
	root = tree_root(&tree);
	return digest_equal(&root, &t->sign.root);
}

/* Every choice of those that are open, the own ones first. */
static bool
choose(struct tiles *t)
{
	struct tree_span kept;

	for (int side = OWN; side < SIDES; side++) {
		if (!read_kept(t, side, &kept))
			continue;
		for (unsigned set = 0; set < 1U << t->n_open; set++) {
			for (unsigned k = 0; k < t->n_open; k++)
				t->at[t->open[k]].pick =
				    (set >> k & 1) == 0 ? OWN : COPY;
			if (comes_out(t, &kept))
				return true;
		}
	}
	return false;
}

/* ---- what is put right ---- */

/* As they were: the tile, unless it is good, and every tile above that it
 * completes. */
static int
keep_old(const struct tiles *t, uint64_t i, bool good)
{
	const struct folder *f = &t->r->f;
	struct tile tile = {0, i, TILE_WIDTH};
	char path[TILE_PATH_SIZE];
	int e = 0;

	if (!good)
		e = repair_keep_old(f->io, f->dir, tile_path(&tile, path));
	while (e == 0 && (tile.index + 1) % TILE_WIDTH == 0) {
		tile.level++;
		tile.index /= TILE_WIDTH;
		e = repair_keep_old(f->io, f->dir, tile_path(&tile, path));
	}
	return e;
}

static int
put_one(struct tiles *t, struct tile_writer *w, uint64_t i)
{
	const struct choice *c = &t->at[i];
	uint8_t bytes[TILE_BYTES];
	bool same =
	    c->have[OWN] && digest_equal(&c->root[OWN], &c->root[c->pick]);
	int e;

	if (same && (i + 1) % TILE_WIDTH != 0)
		return 0;
	e = load(t, c->pick, 0, i, bytes);
	if (e < 0 || tile_writer_has(w, i, bytes))
		return e;
	e = keep_old(t, i, same);
	if (e == 0)
		e = tile_writer_put(w, i, bytes);
	if (e == 0)
		e = tile_writer_settle(w);
	t->r->tiles += e == 0;
	return e;
}

static int
put_all(struct tiles *t, struct err *err)
{
	char known[TILE_PATH_SIZE] = "";
	struct tile_writer w;
	int e = 0, end;

	tile_writer_init(&w, t->r->f.io, t->r->f.dir, known);
	for (uint64_t i = 0; e == 0 && i < t->n; i++)
		e = put_one(t, &w, i);
	end = tile_writer_end(&w);
	e = e == 0 ? end : e;
	return e < 0 ? raw_error(err, e, "%s/tile", t->r->f.path) : 0;
}

static int
mend(struct tiles *t, struct err *err)
{
	int e;

	t->at = calloc(t->n, sizeof(t->at[0]));
	if (t->at == NULL)
		return err_set(err, ERR_NOMEM, "no memory for tiles");
	if (!pick_each(t))
		return 0;
	e = find_signed(t, err);
	return e == 1 && choose(t) ? put_all(t, err) : e < 0 ? e : 0;
}

int
repair_tiles(struct repair *r, struct err *err)
{
	struct tiles t = {.r = r,
			  .side = {&r->f, r->o->copy},
			  .n = r->f.pruned.to / TILE_WIDTH};
	int e = 0;

	for (int side = OWN; side < SIDES; side++) {
		if (t.side[side] != NULL)
			hashes_init(&t.rows[side], t.side[side], 0);
	}
	if (t.n > 0)
		e = mend(&t, err);
	for (int side = OWN; side < SIDES; side++)
		hashes_fini(&t.rows[side]);
	free(t.at);
	return e;
}
