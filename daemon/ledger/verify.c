/* Verification from the bytes alone: nothing is rendered again, nothing is
 * taken from the writer's memory, and a copied read-only folder will do.
 *
 * Segments are read by themselves, in any thread (verify_part.c), and put
 * together here in order: prev and dur over their borders, the tree, and its
 * root at every size of which a checkpoint tells.  The checkpoints are loaded
 * before the segments are listed, so that a live writer is never ahead with
 * them.
 *
 * Behind the last row that was known to be durable a live writer may be about
 * to finish a batch, or a crash has torn one, which recovery cuts (spans.h).
 * It is told and judged no fault. */
#include "ledger/verify.h"
#include "ledger/remnant.h"
#include "ledger/tile_store.h"
#include "ledger/verify_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
verification_bad(struct verification *x, uint64_t seq, const char *fmt, ...)
{
	struct ledger_verdict *v = &x->verdict;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->reason, sizeof(v->reason), fmt, ap);
	va_end(ap);
	v->ok = false;
	v->first_bad_seq = seq;
	return 1;
}

void
verification_say(struct verification *x, const char *fmt, ...)
{
	char *reason = x->verdict.reason;
	size_t have = strlen(reason), room = sizeof(x->verdict.reason);
	va_list ap;

	if (have > 0)
		have += (size_t)snprintf(reason + have, room - have, "; ");
	if (have >= room)
		return;
	va_start(ap, fmt);
	vsnprintf(reason + have, room - have, fmt, ap);
	va_end(ap);
}

const struct digest *
verification_root(const struct verification *x, uint64_t size)
{
	size_t i = size == 0 ? 0 : part_first_size(&x->plan, size - 1);

	return &x->roots[i];
}

/* What is not there, or not as it was written, has to come from elsewhere. */
static int
lost(struct verification *x, uint64_t seq, const char *why)
{
	return verification_bad(x, seq,
				"%s; evidencectl repair brings back what is "
				"lost, from the journal or, with --backup DIR, "
				"from a copy",
				why);
}

/* What a part could not know: its neighbour, and what LEDGER says. */
static int
join_part(struct verification *x, const struct part *p)
{
	char hex[DIGEST_HEX_LEN + 1];

	if (!x->head_unknown &&
	    memcmp(digest_hex(&x->head, hex), p->prev, DIGEST_HEX_LEN) != 0)
		return lost(x, p->first,
			    "prev is not the leaf of the row before");
	if (p->first_dur < x->dur)
		return lost(x, p->first, "dur goes back");
	if (p->first == 0 &&
	    (p->other_genesis ||
	     !digest_equal(&p->first_leaf, &x->folder->id.genesis)))
		return lost(x, 0, "row 0 is not the genesis that LEDGER names");
	x->head = p->head;
	x->head_unknown = false;
	x->dur = p->dur;
	return 0;
}

/* The roots at the sizes within the part. */
static void
note_roots(struct verification *x, const struct part *p)
{
	const struct digest *nodes =
	    (const struct digest *)(const void *)buf_text(&p->marks);
	size_t i = part_first_size(&x->plan, p->first);

	for (size_t k = 0; k < p->mark_lengths.len; k++, i++) {
		size_t n = (unsigned char)p->mark_lengths.data[k];
		struct tree t = x->tree;

		tree_append_span(&t, x->sizes[i], nodes, n);
		x->roots[i] = tree_root(&t);
		nodes += n;
	}
}

static void
take_rotations(struct verification *x, struct part *p)
{
	if (p->rotations == NULL)
		return;
	*x->rotations_end = p->rotations;
	x->rotations_end = p->rotations_end;
	p->rotations = NULL;
}

static void
take_losses(struct verification *x, const struct part_losses *more)
{
	uint64_t n = x->losses.n + more->n;

	if (more->n > 0)
		x->losses = *more;
	x->losses.n = n;
}

/* At the front it may be that they were pruned, and nothing says so any
 * more. */
static int
say_missing(struct verification *x, uint64_t first, size_t i)
{
	if (i > 0)
		return lost(x, first, "a segment is missing");
	return verification_bad(
	    x, first,
	    "a segment is missing: the rows begin at %llu; either these are "
	    "lost, or the row that let them go is, with SHA256SUMS and the "
	    "file pruned; evidencectl repair brings back either",
	    (unsigned long long)x->folder->firsts[0]);
}

static int
fold_part(struct verification *x, struct part *p, size_t i)
{
	uint64_t rows = (uint64_t)x->folder->id.segment_rows;
	uint64_t first = x->folder->pruned.to + i * rows;

	if (p->first != first)
		return say_missing(x, first, i);
	if (p->error < 0) {
		x->err = p->err;
		return p->error;
	}
	if (x->plan.chain && p->next > p->first && join_part(x, p) != 0)
		return 1;
	if (x->plan.tree) {
		note_roots(x, p);
		tree_append_span(&x->tree, p->span.next, p->span.nodes,
				 p->span.n);
		take_rotations(x, p);
		take_losses(x, &p->losses);
	}
	if (x->plan.sums)
		x->sums[i] = p->sha256;
	x->verdict.rows = p->next;
	if (x->plan.lint && verify_lint_part(x, p) < 0)
		return x->err.code;
	if (p->torn[0] != '\0')
		verification_say(x, "%s", p->torn);
	if (p->fault.bad)
		return lost(x, p->fault.seq, p->fault.why);
	if (x->options->progress != NULL)
		x->options->progress(x->options->progress_ctx, x->verdict.rows);
	return 0;
}

static void
read_part(void *verification, size_t i)
{
	struct verification *x = verification;
	struct part *p = malloc(sizeof(*p));

	if (p != NULL)
		part_read(p, &x->plan, i);
	x->parts[i] = p;
}

static int
drop_part(struct verification *x, size_t i)
{
	struct part *p = x->parts[i];

	if (p != NULL)
		part_free(p);
	free(p);
	x->parts[i] = NULL;
	return 0;
}

static int
part_done(void *verification, size_t i)
{
	struct verification *x = verification;
	int r;

	if (x->parts[i] == NULL)
		return err_set(&x->err, ERR_NOMEM, "no memory to verify");
	r = fold_part(x, x->parts[i], i);
	drop_part(x, i);
	return r;
}

static int
read_parts(struct verification *x)
{
	const struct workers *w = x->options->workers;
	int r;

	x->parts = calloc(x->folder->n + 1, sizeof(x->parts[0]));
	x->sums = calloc(x->folder->n + 1, sizeof(x->sums[0]));
	if (x->parts == NULL || x->sums == NULL)
		return err_set(&x->err, ERR_NOMEM, "no memory to verify");
	r = w->run(w->ctx, x->folder->n, read_part, part_done, x);
	for (size_t i = 0; i < x->folder->n; i++)
		drop_part(x, i);
	if (r == 0 && x->verdict.rows == 0)
		return lost(x, 0, "there is no row");
	return r;
}

/* One more size, where it belongs. */
static int
add_size(struct verification *x, uint64_t size, size_t *n)
{
	uint64_t *sizes = reallocarray(x->sizes, *n + 1, sizeof(sizes[0]));
	size_t i = 0;

	if (sizes == NULL)
		return ERR_NOMEM;
	x->sizes = sizes;
	while (i < *n && sizes[i] < size)
		i++;
	if (i < *n && sizes[i] == size)
		return 0;
	memmove(&sizes[i + 1], &sizes[i], (*n - i) * sizeof(sizes[0]));
	sizes[i] = size;
	++*n;
	return 0;
}

/* What was durable, by the checkpoints; LEDGER is a witness of row 0. */
static void
find_witness(struct verification *x)
{
	const struct head *newest = heads_newest(&x->heads);

	x->plan.witness =
	    newest != NULL && newest->claim.size > 1 ? newest->claim.size : 1;
}

/* Which trees are asked for. */
static int
plan_sizes(struct verification *x)
{
	const struct head *newest = heads_newest(&x->heads);
	size_t n;
	int r;

	r = heads_sizes(&x->heads, &x->sizes, &n);
	if (r == 0 && newest != NULL && x->verdict.level == VERIFY_LEVEL_MAX) {
		x->tiled = newest->claim.size / TILE_WIDTH * TILE_WIDTH;
		r = x->tiled > 0 ? add_size(x, x->tiled, &n) : 0;
	}
	if (r == 0) {
		x->roots = calloc(n + 1, sizeof(x->roots[0]));
		r = x->roots == NULL ? ERR_NOMEM : 0;
	}
	if (r < 0)
		return err_set(&x->err, r, "no memory to verify");
	/* The tree of no rows lies in no part. */
	x->roots[0] = tree_root(&x->tree);
	x->plan.sizes = x->sizes;
	x->plan.n_sizes = n;
	return 0;
}

/* The roots of checkpoints of rows that were pruned. */
static void
note_pruned_roots(struct verification *x)
{
	const struct folder *f = x->folder;
	struct tile_reader r;
	struct tree t;

	tile_reader_init(&r, f->io, f->dir, f->pruned.to);
	for (size_t i = 0; i < x->plan.n_sizes && x->sizes[i] <= f->pruned.to;
	     i++) {
		if (tree_load(&t, x->sizes[i], tile_reader_node, &r) == 0)
			x->roots[i] = tree_root(&t);
		else
			x->untold = x->sizes[i];
	}
}

/* Of a pruned row that is kept by itself: row 0 must be the one that LEDGER
 * repeats, the others change the key. */
static int
take_remnant(void *verification, const struct row_parts *parts,
	     const char *line, size_t len)
{
	struct verification *x = verification;
	const struct identity *id = &x->folder->id;
	struct part_rotation *r;
	struct digest leaf;
	int is;

	if (parts->seq > 0) {
		r = part_rotation_new(parts);
		if (r == NULL)
			return err_set(&x->err, ERR_NOMEM,
				       "no memory to verify");
		*x->rotations_end = r;
		x->rotations_end = &r->next;
		return 0;
	}
	leaf = row_leaf(line, len);
	is = identity_is_of_genesis(id, parts->body, parts->body_len);
	if (is < 0)
		return err_set(&x->err, is, "no memory to verify");
	if (is == 0 || !digest_equal(&leaf, &id->genesis))
		return verification_bad(
		    x, 0, "row 0 was not the genesis that LEDGER names");
	return 0;
}

/* ERR_NOT_FOUND: tiles are missing. */
static int
take_remnants(struct verification *x)
{
	const struct folder *f = x->folder;
	struct err why;
	int r =
	    remnant_each(f->io, f->dir, f->pruned.to, 0, take_remnant, x, &why);

	if (r == ERR_DAMAGED)
		return verification_bad(x, 0, "%s", why.text);
	if (r < 0 && r != ERR_NOT_FOUND && x->err.code == 0)
		x->err = why;
	return r;
}

static void
say_untold(struct verification *x)
{
	const struct folder *f = x->folder;
	char path[TILE_PATH_SIZE] = "tile";

	pruned_bad_tile(f->io, f->dir, f->pruned.to, path);
	verification_say(x,
			 "unverifiable before %llu: %s, a tile of pruned rows, "
			 "is missing or not whole, and without it nothing that "
			 "was signed vouches for the rows; evidencectl repair "
			 "--backup DIR takes it from a copy",
			 (unsigned long long)f->pruned.to, path);
}

/* Rows that were pruned are verified as far as their tiles tell. */
static int
take_beginning(struct verification *x)
{
	const struct folder *f = x->folder;
	struct beginning b = {0};
	bool told;
	int r;

	x->rests.first = f->pruned.to;
	if (f->pruned.to == 0)
		return 0;
	if (!f->pruned.unproved)
		verification_say(x, "rows before %llu were pruned by row %llu",
				 (unsigned long long)f->pruned.to,
				 (unsigned long long)f->pruned.seq);
	if (!x->plan.chain)
		return 0;
	r = take_remnants(x);
	if (r != 0 && r != ERR_NOT_FOUND)
		return r;
	told = r == 0 && pruned_beginning(f->io, f->dir, f->pruned.to, &b) == 0;
	x->tree = b.tree;
	x->head = b.head;
	x->head_unknown = !b.head_known;
	if (!told || !b.head_known)
		say_untold(x);
	if (x->plan.tree && told) {
		note_pruned_roots(x);
	} else if (x->plan.tree) {
		/* No checkpoint can be compared. */
		x->plan.tree = false;
		x->verdict.level = 1;
		x->verdict.lacks = true;
	}
	return 0;
}

static void
finish(struct verification *x)
{
	while (x->rotations != NULL) {
		struct part_rotation *r = x->rotations;

		x->rotations = r->next;
		free(r);
	}
	heads_free(&x->heads);
	buf_free(&x->rests.rows);
	free(x->parts);
	free(x->sums);
	free(x->sizes);
	free(x->roots);
}

/* Where the rows begin is known by a file that no row bears out. */
static void
judge_beginning(struct verification *x)
{
	const struct pruned *p = &x->folder->pruned;

	if (!p->unproved)
		return;
	if (x->verdict.ok)
		verification_bad(
		    x, p->seq < x->verdict.rows ? p->seq : x->verdict.rows,
		    PRUNED_LOST);
	if (p->guessed_by != NULL)
		verification_say(x,
				 "rows before %llu are taken for pruned, "
				 "because %s",
				 (unsigned long long)p->to, p->guessed_by);
	else
		verification_say(x,
				 "rows before %llu are taken for pruned by row "
				 "%llu, as the file pruned says",
				 (unsigned long long)p->to,
				 (unsigned long long)p->seq);
}

static int
verify_at(struct folder *f, const struct verify_options *o, int level,
	  struct ledger_verdict *ret, struct err *err)
{
	struct verification x = {
	    .options = o,
	    .folder = f,
	    .plan = {.folder = f,
		     .chain = level >= 1,
		     .tree = level >= 2,
		     .sums = level >= VERIFY_LEVEL_MAX,
		     .lint = o->lint},
	    .verdict = {.level = level, .ok = true},
	};
	int r;

	x.rotations_end = &x.rotations;
	r = heads_load(&x.heads, f, &x.err);
	find_witness(&x);
	if (r == 0)
		r = folder_relist(f, &x.err);
	if (r == 0 && level >= 2)
		r = plan_sizes(&x);
	if (r == 0)
		r = take_beginning(&x);
	if (r == 0)
		r = read_parts(&x);
	if (r == 0 && x.plan.tree)
		r = verify_heads(&x);
	if (r == 0 && x.verdict.ok && x.verdict.level == VERIFY_LEVEL_MAX)
		verify_derived(&x);
	if (r >= 0)
		judge_beginning(&x);
	verify_lint_judge(&x);
	finish(&x);
	if (r < 0) {
		*err = x.err;
		return r;
	}
	*ret = x.verdict;
	return r;
}

/* Rows that are no chain may still be whole, each by itself. */
static int
verify_below(struct folder *f, const struct verify_options *o,
	     struct ledger_verdict *v, struct err *err)
{
	struct verify_options alone = *o;
	struct ledger_verdict below;
	int r;

	alone.lint = false;
	r = verify_at(f, &alone, 0, &below, err);
	if (r >= 0)
		v->level = below.ok ? 0 : LEDGER_LEVEL_NONE;
	return r;
}

int
verify_ledger(const struct ledger_io *io, const char *dir,
	      const struct verify_options *options, struct ledger_verdict *ret,
	      struct err *err)
{
	struct ledger_verdict v;
	struct err why = {0};
	struct folder f;
	int r;

	if (options->level < 0 || options->level > VERIFY_LEVEL_MAX)
		return err_set(err, ERR_UNSUPPORTED,
			       "level %d: the folder alone has the levels 0 to "
			       "%d",
			       options->level, VERIFY_LEVEL_MAX);
	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	r = verify_at(&f, options, options->level, &v, &why);
	/* 1: it ended at a bad row. */
	if (r == 1 && options->level == 0)
		v.level = LEDGER_LEVEL_NONE;
	else if (r == 1)
		r = verify_below(&f, options, &v, &why);
	folder_close(&f);
	if (r < 0)
		return err_set(err, r, "%s", why.text);
	*ret = v;
	return 0;
}

int
ledger_verify(const struct ledger_io *io, const char *dir, int level,
	      struct ledger_verdict *ret, struct err *err)
{
	const struct verify_options o = {.level = level,
					 .workers = &workers_alone};

	return verify_ledger(io, dir, &o, ret, err);
}
