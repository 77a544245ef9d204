/* What is derived from the rows and kept beside them: SHA256SUMS and tiles.
 * The rows are what counts, so nothing here makes a ledger bad; but an auditor
 * expects `sha256sum -c` to agree, and a tile that is wrong breaks proofs.
 *
 * A whole tile of the lowest level tells 256 leaves.  Their common hashes are
 * what the tiles of the next level tell, and so on; and all of them together
 * must have the root that the rows have. */
#include "ledger/hashes.h"
#include "base/text.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/verify_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SUMS_LINE_LEN = DIGEST_HEX_LEN + 2 + SEGMENT_NAME_LEN + 1,
	SUMS_MAX = 64 * 1024 * 1024
};

/* What was found wrong, of one kind. */
struct findings {
	uint64_t n;
	char first[TILE_PATH_SIZE];
};

static void
note(struct findings *f, const char *name)
{
	if (f->n++ == 0)
		snprintf(f->first, sizeof(f->first), "%s", name);
}

/* ---- SHA256SUMS ---- */

struct sums {
	const struct verification *x;
	char *text; /* NULL: there is none */
	size_t len;
	size_t lines; /* that are of our segments */
	struct findings findings;
};

static void
judge_sum(struct sums *s, size_t i)
{
	const struct folder *f = s->x->folder;
	char hex[DIGEST_HEX_LEN + 1], name[SEGMENT_NAME_SIZE];
	char line[SUMS_LINE_LEN + 1];
	const char *found;

	segment_name(f->firsts[i], name);
	snprintf(line, sizeof(line), "%s  %s\n",
		 digest_hex(&s->x->sums[i], hex), name);
	found = memmem(s->text, s->len, line, SUMS_LINE_LEN);
	if (found != NULL)
		s->lines++;
	/* The newest line follows its segment. */
	else if (i + 2 < f->n ||
		 memmem(s->text, s->len, name, SEGMENT_NAME_LEN) != NULL)
		note(&s->findings, name);
}

static void
check_sums(struct verification *x)
{
	struct sums s = {.x = x};
	size_t sealed = x->folder->n > 0 ? x->folder->n - 1 : 0;
	int r;

	r = raw_load(x->folder->io, x->folder->dir, LEDGER_SUMS_NAME, SUMS_MAX,
		     &s.text, &s.len);
	if (r < 0)
		s.len = 0;
	if (r == -LEDGER_NOT_A_FILE)
		verification_say(x, LEDGER_SUMS_NAME
				 " is no file but a folder, a link or another "
				 "thing; move it away, and the next start "
				 "makes it anew");
	else if (s.text == NULL && sealed > 1)
		verification_say(x, LEDGER_SUMS_NAME " is missing; the next "
						     "start makes it anew");
	for (size_t i = 0; s.text != NULL && i < sealed; i++)
		judge_sum(&s, i);
	if (s.findings.n == 0 && s.text != NULL &&
	    s.len != s.lines * SUMS_LINE_LEN)
		note(&s.findings, "another file");
	if (s.findings.n > 0)
		verification_say(x,
				 LEDGER_SUMS_NAME ": the line of %s is wrong "
						  "or missing (%" PRIu64
						  " in all); delete the file, "
						  "and the next start makes "
						  "it anew",
				 s.findings.first, s.findings.n);
	free(s.text);
}

/* ---- tiles ---- */

struct tiles {
	struct verification *x;
	struct digest *roots; /* of the tiles of one level */
	uint64_t n;
	struct findings findings;
};

static void
note_tile(struct tiles *t, unsigned level, uint64_t index)
{
	const struct tile tile = {level, index, TILE_WIDTH};
	char path[TILE_PATH_SIZE];

	note(&t->findings, tile_path(&tile, path));
}

static bool
load_tile(const struct folder *f, unsigned level, uint64_t index,
	  struct digest out[TILE_WIDTH])
{
	const struct tile tile = {level, index, TILE_WIDTH};
	char path[TILE_PATH_SIZE], *text;
	size_t len;

	if (raw_load(f->io, f->dir, tile_path(&tile, path), TILE_BYTES, &text,
		     &len) < 0)
		return false;
	if (len == TILE_BYTES)
		memcpy(out, text, TILE_BYTES);
	free(text);
	return len == TILE_BYTES;
}

static struct digest
root_of(const struct digest *hashes, uint64_t n)
{
	struct tree t;

	tree_init(&t);
	for (uint64_t i = 0; i < n; i++)
		tree_append(&t, &hashes[i]);
	return tree_root(&t);
}

/* Which of them the rows do not bear out; what they hold is taken from the
 * rows then, as far as there are rows. */
static void
find_wrong(struct tiles *t, const bool *have)
{
	const struct folder *f = t->x->folder;
	struct hashes rows;
	struct digest d;

	hashes_init(&rows, f, 0); /* no tile is asked */
	for (uint64_t i = f->pruned.to / TILE_WIDTH; i < t->n; i++) {
		if (hashes_node(&rows, TILE_HEIGHT, i, &d) < 0)
			continue;
		if (have[i] && !digest_equal(&d, &t->roots[i]))
			note_tile(t, 0, i);
		t->roots[i] = d;
	}
	hashes_fini(&rows);
}

/* The tiles of leaves. */
static void
check_lowest(struct tiles *t, bool *have, const struct digest *expected)
{
	struct digest hashes[TILE_WIDTH], root;
	bool all = true;

	for (uint64_t i = 0; i < t->n; i++) {
		have[i] = load_tile(t->x->folder, 0, i, hashes);
		if (have[i])
			t->roots[i] = root_of(hashes, TILE_WIDTH);
		else
			note_tile(t, 0, i);
		all = all && have[i];
	}
	root = root_of(t->roots, t->n);
	if (!all || !digest_equal(&root, expected))
		find_wrong(t, have);
}

/* A level above: its tiles hold what the level below has. */
static void
check_above(struct tiles *t, unsigned level, const bool *have)
{
	uint64_t n = t->n / TILE_WIDTH;
	struct digest hashes[TILE_WIDTH];

	for (uint64_t i = 0; i < n; i++) {
		const struct digest *below = &t->roots[i * TILE_WIDTH];
		bool good = load_tile(t->x->folder, level, i, hashes);

		for (unsigned k = 0; good && k < TILE_WIDTH; k++)
			good = (level == 1 && !have[i * TILE_WIDTH + k]) ||
			       digest_equal(&hashes[k], &below[k]);
		if (!good)
			note_tile(t, level, i);
		t->roots[i] = root_of(below, TILE_WIDTH);
	}
	t->n = n;
}

static void
check_tiles(struct verification *x)
{
	uint64_t n = x->tiled / TILE_WIDTH;
	struct tiles t = {.x = x, .n = n};
	bool *have = calloc(n + 1, sizeof(have[0]));

	t.roots = calloc(n + 1, sizeof(t.roots[0]));
	if (have != NULL && t.roots != NULL && n > 0) {
		check_lowest(&t, have, verification_root(x, x->tiled));
		for (unsigned level = 1; t.n >= TILE_WIDTH; level++)
			check_above(&t, level, have);
	}
	free(have);
	free(t.roots);
	if (t.findings.n > 0)
		verification_say(x,
				 "%s is missing or wrong (%" PRIu64
				 " tile%s in all): proofs may fail; the next "
				 "start makes it anew",
				 t.findings.first, t.findings.n,
				 TEXT_PLURAL(t.findings.n));
}

void
verify_derived(struct verification *x)
{
	check_sums(x);
	check_tiles(x);
}
