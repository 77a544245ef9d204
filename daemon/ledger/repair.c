/* Segment by segment, from the first: one whose rows hang together up to
 * where the next one goes on is left alone; any other is put together again.
 * Nothing on the disk is replaced before all of it is settled and the root
 * that was signed has come out.
 *
 * What lies behind the known rows in the newest segment is a torn tail, and a
 * matter of recovery, not of repair. */
#include "ledger/repair_inside.h"
#include "ledger/raw.h"
#include "ledger/remnant.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void
take_as_found(struct repair *r, const struct finding *found)
{
	r->tree = found->tree;
	r->head = found->head;
	r->prune_to = found->prune_to;
	r->result.rows = found->end;
}

static int
do_middle(struct repair *r, uint64_t first, struct err *err)
{
	struct wanted want = {.first = first, .end = first + r->size};
	struct finding found;
	bool whole;
	int result = repair_look(r, first, &found, err);

	if (result < 0)
		return result;
	whole = found.clean && found.end == want.end;
	want.last_known = repair_prev_of(r, want.end, &want.last);
	if (whole &&
	    (!want.last_known || digest_equal(&found.head, &want.last))) {
		take_as_found(r, &found);
		return 0;
	}
	result = repair_rebuild(r, &want, err);
	if (result != ERR_NOT_FOUND || !want.last_known)
		return result;
	/* The name may be what is wrong. */
	if (whole) {
		take_as_found(r, &found);
		return 0;
	}
	want.last_known = false;
	return repair_rebuild(r, &want, err);
}

static int
do_newest(struct repair *r, uint64_t first, struct err *err)
{
	struct wanted want = {.first = first, .newest = true};
	struct finding found;
	int result = repair_look(r, first, &found, err);

	if (result == 0)
		result = repair_known_durable(r, first, &want.end, err);
	if (result < 0)
		return result;
	want.end = larger(want.end, r->durable);
	want.end = larger(want.end, first == 0 ? 1 : first);
	want.stood = found.end;
	if (found.end >= want.end) {
		take_as_found(r, &found);
		return 0;
	}
	return repair_rebuild(r, &want, err);
}

/* Rows from elsewhere first; what stands there only where these lack.  The
 * newest segment goes as far as rows were signed or seen: what else it says of
 * itself is not believed. */
static int
do_distrusted(struct repair *r, uint64_t first, struct err *err)
{
	struct wanted want = {.first = first, .end = first + r->size};
	struct finding found;
	int result = repair_look(r, first, &found, err);

	if (result < 0)
		return result;
	if (want.end >= r->durable) {
		want.newest = true;
		want.end = r->durable;
	}
	want.stood = found.end;
	if (found.clean && found.end >= want.end)
		want.found = &found;
	result = repair_rebuild(r, &want, err);
	if (result == 1 || (result == ERR_NOT_FOUND && want.found != NULL)) {
		take_as_found(r, &found);
		return 0;
	}
	return result;
}

static int
do_segments(struct repair *r, struct err *err)
{
	int result = 0;

	for (uint64_t i = r->f.pruned.to / r->size;
	     result == 0 && i < r->segments; i++) {
		if (r->distrust)
			result = do_distrusted(r, i * r->size, err);
		else if (i + 1 < r->segments)
			result = do_middle(r, i * r->size, err);
		else
			result = do_newest(r, i * r->size, err);
		if (r->o->progress != NULL)
			r->o->progress(r->o->progress_ctx, r->tree.size);
	}
	return result;
}

static void
count_segments(struct repair *r)
{
	r->size = (uint64_t)r->f.id.segment_rows;
	r->durable = larger(r->claim.size, r->o->witness);
	if (r->f.pruned.unproved)
		r->durable = larger(r->durable, r->f.pruned.seq + 1);
	r->segments = (r->durable + r->size - 1) / r->size;
	if (r->f.n > 0)
		r->segments =
		    larger(r->segments, r->f.firsts[r->f.n - 1] / r->size + 1);
	r->segments = larger(r->segments, 1);
}

static int
add_remnant(void *repair, const struct row_parts *parts, const char *line,
	    size_t len)
{
	struct repair *r = repair;

	return notes_add_row(r->notes, parts, NULL);
}

static int
take_remnants(struct repair *r, struct err *err)
{
	int e = remnant_each(r->f.io, r->f.dir, r->f.pruned.to, 0, add_remnant,
			     r, err);

	return e == ERR_DAMAGED ? repair_find_remnants(r, err) : e;
}

/* Behind the rows that were pruned, whose tiles must tell all of them. */
static int
begin(struct repair *r, struct err *err)
{
	struct beginning b = {0};

	if (r->f.pruned.to == 0)
		return 0;
	if (pruned_beginning(r->f.io, r->f.dir, r->f.pruned.to, &b) < 0 ||
	    !b.head_known)
		return err_set(err, ERR_NOT_FOUND,
			       "%s/tile: tiles of the rows before %" PRIu64
			       ", which were pruned, are missing, and no "
			       "copy that was named proves them",
			       r->f.path, r->f.pruned.to);
	r->tree = b.tree;
	r->head = b.head;
	return take_remnants(r, err);
}

static int
take_lock(struct repair *r, struct err *err)
{
	struct ledger *l = &r->lock;

	*l = (struct ledger){.io = *r->f.io, .dir = r->f.dir};
	l->path = (char *)(uintptr_t)r->f.path;
	l->lock =
	    l->io.open_file(l->io.ctx, l->dir, LEDGER_FILE_NAME, O_RDONLY, 0);
	if (l->lock < 0)
		return raw_error(err, l->lock, "%s/" LEDGER_FILE_NAME, l->path);
	return lock_take(l, err);
}

/* All rows, against the claim; on success the patch is ready. */
static int
settle(struct repair *r, struct err *err)
{
	int result;

	patch_fini(&r->patch);
	patch_init(&r->patch, &r->f);
	buf_reset(&r->kept);
	notes_unsettle(r->notes, 0);
	tree_init(&r->tree);
	r->claim_holds = false;
	r->contradicted = false;
	r->prune_to = 0;
	r->result = (struct repair_result){0};
	count_segments(r);
	result = begin(r, err);
	if (result == 0)
		result = do_segments(r, err);
	if (result == 0)
		result = repair_complete_remnants(r, err);
	if (result == 0)
		result = repair_check_remnants(r, err);
	if (result == 0)
		result = repair_check_claim(r, err);
	return result;
}

/* The rows are settled, and one of them says that fewer or more went than was
 * taken for pruned. */
static bool
begins_elsewhere(struct repair *r)
{
	struct pruned *p = &r->f.pruned;

	if (!p->unproved || r->prune_to == 0 || r->prune_to == p->to)
		return false;
	*p = (struct pruned){.to = r->prune_to};
	return true;
}

/* Without that row nobody would know what the repaired rows follow. */
static int
check_beginning(const struct repair *r, struct err *err)
{
	const struct pruned *p = &r->f.pruned;

	if (!p->unproved || r->prune_to == p->to)
		return 0;
	return err_set(err, ERR_NOT_FOUND,
		       "the row that let the rows before %" PRIu64
		       " go is nowhere; no row was changed",
		       p->to);
}

/* Whoever wrote rows anew left a chain that is whole: only what was signed, or
 * seen, tells.  Where no more segments stand than these rows fill, the rows of
 * the sources are tried in their place.  `was` is what they came to before. */
static int
settle_again(struct repair *r, int was, struct err *err)
{
	struct err why;
	int result;

	if (r->o->n_sources == 0 ||
	    r->segments * r->size >= r->durable + r->size)
		return was;
	r->distrust = true;
	result = settle(r, &why);
	if (result == ERR_DAMAGED || result == ERR_NOT_FOUND)
		return was;
	if (result < 0)
		*err = why;
	return result;
}

/* Such rows may also end where those of the sources do not go on, and only a
 * copy has all of these. */
static bool
may_be_other(const struct repair *r, int result)
{
	return (result == ERR_DAMAGED && repair_is_other(r)) ||
	       (result == ERR_NOT_FOUND && r->o->copy != NULL &&
		r->claim.size > r->f.pruned.to);
}

static int
settle_all(struct repair *r, struct err *err)
{
	int result;

	repair_first_claim(r);
	do {
		r->distrust = false;
		do
			result = settle(r, err);
		while (repair_next_claim(r) ||
		       (result == 0 && begins_elsewhere(r)));
		if (may_be_other(r, result))
			result = settle_again(r, result, err);
	} while ((result == 0 && repair_next_claim(r)) ||
		 (result == ERR_NOT_FOUND && repair_drop_claim(r)));
	if (result == 0)
		result = repair_check_others(r, err);
	return result < 0 ? result : check_beginning(r, err);
}

/* Rows before the first segment are nowhere: perhaps they were let go, and the
 * row that says so is what lacks.  Only that row, once it is found, makes it
 * so; `err` is as it was where it is not. */
static int
settle_pruned(struct repair *r, struct err *err)
{
	struct folder *f = &r->f;
	struct err why;

	if (f->n == 0 || f->firsts[0] <= f->pruned.to || f->pruned.unproved ||
	    pruned_suppose(f->io, f->dir, r->size, f->firsts, f->n,
			   &f->pruned) < 0)
		return ERR_NOT_FOUND;
	return settle_all(r, &why);
}

/* Rows go only when they were signed.  So a newer checkpoint than those that
 * stand here was lost, or old ones were put back; unless somebody else has it,
 * nothing signed binds the rows that are kept.  Nor does it where no
 * checkpoint is left. */
static bool
lacks_newest(struct repair *r)
{
	struct checkpoint c = {0};

	notes_newest_signed(r->notes, &c);
	return c.size <= r->f.pruned.to;
}

static int
repair(struct repair *r, struct err *err)
{
	int result = notes_new(r->f.id.vkey, &r->notes, err);

	if (result == 0)
		result = repair_read_notes(r->f.io, r->f.dir, r->f.path,
					   r->notes, err);
	if (result < 0)
		return result;
	r->has_own = notes_newest(r->notes, UINT64_MAX, &r->claim);
	patch_init(&r->patch, &r->f);
	if (lacks_newest(r))
		result = repair_ask_notes(r, err);
	if (result == 0)
		result = repair_ask_copy(r, err);
	if (result == 0)
		result = repair_tiles(r, err);
	if (result < 0)
		return result;
	result = settle_all(r, err);
	if (result == ERR_NOT_FOUND && settle_pruned(r, err) == 0)
		result = 0;
	if (result == 0)
		result = repair_put_remnants(r, err);
	if (result == 0)
		result = patch_apply(&r->patch, r->segments - 1, err);
	if (result == 0)
		result = repair_log(r, err);
	if (result == 0)
		result = repair_secret(r, err);
	patch_fini(&r->patch);
	return result;
}

int
repair_ledger(const struct ledger_io *io, const char *dir,
	      const struct repair_options *o, struct repair_result *ret,
	      struct err *err)
{
	struct repair *r = calloc(1, sizeof(*r));
	int result;

	if (r == NULL)
		return err_set(err, ERR_NOMEM, "no memory for a repair");
	r->o = o;
	result = folder_open(&r->f, io, dir, err);
	if (result < 0) {
		free(r);
		return result;
	}
	result = take_lock(r, err);
	if (result == 0)
		result = repair(r, err);
	r->result.tiles = r->tiles;
	if (result == 0)
		r->result.refused = notes_refused(r->notes);
	if (result == 0)
		*ret = r->result;
	if (r->lock.lock >= 0)
		io->close(io->ctx, r->lock.lock);
	notes_free(r->notes);
	buf_free(&r->kept);
	folder_close(&r->f);
	free(r);
	return result;
}

int
repair_find_writer(const struct ledger_io *io, const char *dir, int *ret_pid,
		   struct err *err)
{
	int at = io->open_dir(io->ctx, FOLDER_CWD, dir), pid = 0, r;
	char *text;
	size_t len;

	if (at < 0)
		return raw_error(err, at, "%s", dir);
	r = raw_load(io, at, LEDGER_LOCK_NAME, LEDGER_LOCK_MAX, &text, &len);
	io->close(io->ctx, at);
	if (r < 0 && r != -ENOENT)
		return raw_error(err, r, "%s/" LEDGER_LOCK_NAME, dir);
	if (r == 0) {
		if (sscanf(text, "pid %d", &pid) != 1)
			pid = 0;
		free(text);
	}
	*ret_pid = pid;
	return 0;
}
