/* One segment: what it holds as it stands, and how it is put together again,
 * from its own whole lines and, if they do not do, from the sources: the chain
 * that begins behind the last settled row and ends in the row that the next
 * segment names.  Only the newest has no such end; it reaches at least as far
 * as rows are known to have been durable. */
#include "ledger/repair_inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void
add_leaf(struct repair *r, struct tree *tree, const struct digest *leaf)
{
	struct digest root;

	tree_append(tree, leaf);
	notes_settle(r->notes, tree);
	if (r->o->witness_leaf != NULL && tree->size == r->o->witness)
		r->contradicted = !digest_equal(leaf, r->o->witness_leaf);
	if (tree->size != r->claim.size)
		return;
	root = tree_root(tree);
	r->claim_holds = digest_equal(&root, &r->claim.root);
}

/* All of a segment; *ret_text NULL: it is not there, or no segment can be so
 * long. */
static int
load_segment(const struct folder *f, uint64_t first, char **ret_text,
	     size_t *ret_len, struct err *err)
{
	size_t max = (size_t)f->id.segment_rows * (ROW_LINE_MAX + 1);
	char name[SEGMENT_NAME_SIZE];
	int r;

	*ret_text = NULL;
	*ret_len = 0;
	r = raw_load(f->io, f->dir, segment_name(first, name), max, ret_text,
		     ret_len);
	if (r == -ENOENT || r == -EFBIG)
		return 0;
	return r < 0 ? raw_error(err, r, "%s/%s", f->path, name) : 0;
}

/* The largest dur in any whole line. */
static uint64_t
largest_dur(const char *text, size_t len)
{
	const char *end = text + len, *lf;
	uint64_t known = 0;

	for (; text < end; text = lf + 1) {
		struct row_parts parts;

		lf = memchr(text, '\n', (size_t)(end - text));
		if (lf == NULL)
			break;
		if (row_parse(text, (size_t)(lf - text), &parts) == 0 &&
		    row_sum_matches(text, (size_t)(lf - text)))
			known = larger(known, parts.dur);
	}
	return known;
}

int
repair_known_durable(const struct repair *r, uint64_t first, uint64_t *ret,
		     struct err *err)
{
	char *text;
	size_t len;
	int result = load_segment(&r->f, first, &text, &len, err);

	if (result == 0)
		*ret = largest_dur(text, len);
	free(text);
	return result;
}

static int
walk_segment(struct repair *r, uint64_t first, int fd, struct finding *found,
	     struct err *err)
{
	struct walk_row row;
	struct walk w;
	int result;

	result = walk_open(&w, r->f.io, fd, WALK_CHAIN, first,
			   first == 0 ? NULL : &r->head);
	if (result < 0)
		return err_set(err, result, "no memory to read a segment");
	while ((result = walk_next(&w, &row)) == 1 &&
	       w.seq <= first + r->size) {
		result = notes_add_own_row(r->notes, &row.parts, err);
		if (result < 0)
			break;
		pruned_is_row(&row.parts, &found->prune_to);
		add_leaf(r, &found->tree, &row.leaf);
		found->head = row.leaf;
		found->end = w.seq;
	}
	found->clean = result == 0;
	walk_close(&w);
	if (result == ERR_IO)
		return raw_error(err, w.errno_value, "%s", r->f.path);
	return result == ERR_NOMEM ? result : 0;
}

int
repair_look(struct repair *r, uint64_t first, struct finding *found,
	    struct err *err)
{
	char name[SEGMENT_NAME_SIZE];
	int fd, result;

	*found = (struct finding){.end = first,
				  .tree = r->tree,
				  .head = r->head,
				  .prune_to = r->prune_to};
	fd = r->f.io->open_file(r->f.io->ctx, r->f.dir,
				segment_name(first, name), O_RDONLY, 0);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return raw_error(err, fd, "%s/%s", r->f.path, name);
	result = walk_segment(r, first, fd, found, err);
	r->f.io->close(r->f.io->ctx, fd);
	return result;
}

bool
repair_prev_of(const struct repair *r, uint64_t first, struct digest *ret)
{
	char name[SEGMENT_NAME_SIZE];
	struct row_parts parts;
	char line[ROW_LINE_MAX + 1];
	size_t len = 0;
	const char *lf;
	int fd;

	fd = r->f.io->open_file(r->f.io->ctx, r->f.dir,
				segment_name(first, name), O_RDONLY, 0);
	if (fd < 0)
		return false;
	if (raw_read(r->f.io, fd, line, sizeof(line), 0, &len) < 0)
		len = 0;
	r->f.io->close(r->f.io->ctx, fd);
	lf = memchr(line, '\n', len);
	if (lf == NULL || row_parse(line, (size_t)(lf - line), &parts) < 0 ||
	    !row_sum_matches(line, (size_t)(lf - line)) || parts.seq != first)
		return false;
	return hex_decode(parts.prev, DIGEST_LEN, ret->bytes) == 0;
}

static uint64_t
chain_end(const struct wanted *want, const struct salvage *s)
{
	return want->newest ? salvage_end(s) : want->end;
}

/* Whether the rows gathered so far are enough. */
static bool
choose(const struct repair *r, const struct wanted *want, struct salvage *s)
{
	salvage_link(s, want->first == 0 ? NULL : &r->head);
	return salvage_end(s) >= want->end &&
	       salvage_choose(s, chain_end(want, s),
			      want->last_known ? &want->last : NULL);
}

static int
add_own(struct repair *r, const struct wanted *want, struct salvage *s,
	struct err *err)
{
	char *text;
	size_t len;
	int result = load_segment(&r->f, want->first, &text, &len, err);

	if (result < 0)
		return result;
	result = salvage_add_lines(s, text, len, err);
	free(text);
	return result;
}

/* 1: there is not enough. */
static int
gather(struct repair *r, struct wanted *want, struct salvage *s,
       struct err *err)
{
	bool enough = false;
	int result = r->distrust ? 0 : add_own(r, want, s, err);

	salvage_mark_own(s);
	if (result == 0 && !r->distrust)
		enough = choose(r, want, s);
	for (size_t i = 0; result == 0 && !enough && i < r->o->n_sources; i++) {
		const struct repair_source *source = &r->o->sources[i];

		result = source->give(source->ctx, want->first,
				      want->first + r->size, s, err);
		enough = result == 0 && choose(r, want, s);
	}
	if (result == 0 && !enough && r->distrust) {
		result = add_own(r, want, s, err);
		enough = result == 0 && choose(r, want, s);
	}
	if (result < 0)
		return result;
	return enough ? 0 : 1;
}

static int
say_missing(const struct wanted *want, const struct salvage *s, struct err *err)
{
	uint64_t from = salvage_end(s), to = salvage_at_or_after(s, from);

	if (from >= want->end)
		return err_set(err, ERR_NOT_FOUND,
			       "row %" PRIu64 " is nowhere as the row behind "
			       "it names it; no row was changed",
			       want->end - 1);
	if (to == SALVAGE_NONE || to > want->end)
		to = want->end;
	if (to == from)
		to++;
	return err_set(err, ERR_NOT_FOUND,
		       "rows %" PRIu64 " to %" PRIu64
		       " are nowhere as the chain wants them; no row was "
		       "changed",
		       from, to - 1);
}

static int
check_contest(const struct repair *r, const struct salvage *s,
	      const struct wanted *want, struct err *err)
{
	uint64_t seq = salvage_contested(s);

	/* What was signed, or seen, decides at the end. */
	if (want->last_known || r->distrust || seq == SALVAGE_NONE)
		return 0;
	return err_set(err, ERR_DAMAGED,
		       "two rows claim seq %" PRIu64
		       " and nothing decides; no row was changed",
		       seq);
}

/* What changes the key, and what let rows go. */
static int
note_rows(struct repair *r, const struct salvage *s, uint64_t from,
	  uint64_t end, struct err *err)
{
	struct buf line = {0};
	struct row_parts parts;
	int result = 0;

	for (uint64_t seq = from; result == 0 && seq < end; seq++) {
		buf_reset(&line);
		result = salvage_read(s, seq, &line, err);
		if (result < 0 ||
		    row_parse(line.data, line.len - 1, &parts) < 0)
			continue;
		pruned_is_row(&parts, &r->prune_to);
		result = notes_add_row(r->notes, &parts, err);
	}
	buf_free(&line);
	return result;
}

/* Tells the first of the rows that stood here which is not among the chosen
 * ones before `end`. */
static int
find_replaced(struct repair *r, const struct wanted *want,
	      const struct salvage *s, uint64_t end, struct err *err)
{
	struct buf chosen = {0};
	char *text, *at;
	uint64_t seq = want->first;
	size_t len;
	int result;

	if (r->has_own || r->result.replaced > 0 || want->stood <= want->first)
		return 0;
	result = load_segment(&r->f, want->first, &text, &len, err);
	at = text;
	for (; result == 0 && seq < want->stood && seq < end; seq++) {
		buf_reset(&chosen);
		result = salvage_read(s, seq, &chosen, err);
		if (result < 0 || chosen.len > len - (size_t)(at - text) ||
		    memcmp(at, chosen.data, chosen.len) != 0)
			break;
		at += chosen.len;
	}
	if (result == 0 && seq < want->stood)
		r->result.replaced = seq;
	buf_free(&chosen);
	free(text);
	return result;
}

/* The segment as a new file beside the old one. */
static int
rebuild_from(struct repair *r, struct wanted *want, struct salvage *s,
	     struct err *err)
{
	uint64_t end;
	int result = gather(r, want, s, err);

	if (result == 1)
		return say_missing(want, s, err);
	if (result == 0)
		result = check_contest(r, s, want, err);
	if (result < 0)
		return result;
	end = chain_end(want, s);
	if (want->found != NULL && want->found->end == end &&
	    digest_equal(&want->found->head, salvage_leaf(s, end - 1)))
		return 1;
	notes_unsettle(r->notes, want->first);
	for (uint64_t seq = want->first; seq < end; seq++) {
		r->head = *salvage_leaf(s, seq);
		add_leaf(r, &r->tree, &r->head);
	}
	result = note_rows(r, s, want->first, end, err);
	if (result == 0)
		result = find_replaced(r, want, s, end, err);
	if (result < 0)
		return result;
	result = patch_put(&r->patch, s, want->first, end, !want->newest, err);
	r->result.rows = end;
	r->result.restored += salvage_brought(s);
	r->result.segments++;
	return result;
}

int
repair_rebuild(struct repair *r, struct wanted *want, struct err *err)
{
	struct salvage *s;
	int result = salvage_new(r->f.io, r->f.dir, want->first,
				 want->first + r->size, &s, err);

	if (result < 0)
		return result;
	result = rebuild_from(r, want, s, err);
	salvage_free(s);
	return result;
}

/* Of rows that the copy let go, too, it kept some. */
static int
give_remnants(const struct folder *backup, struct salvage *into,
	      struct err *err)
{
	char *text;
	size_t len;
	int r = raw_load(backup->io, backup->dir, LEDGER_REMNANT_NAME,
			 SIZE_MAX / 2, &text, &len);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_REMNANT_NAME,
				 backup->path);
	r = salvage_add_lines(into, text, len, err);
	free(text);
	return r;
}

static int
give_from_folder(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
		 struct err *err)
{
	const struct folder *backup = ctx;
	char *text;
	size_t len;
	int r = load_segment(backup, from, &text, &len, err);

	if (r == 0)
		r = salvage_add_lines(into, text, len, err);
	free(text);
	return r == 0 && from < backup->pruned.to
		   ? give_remnants(backup, into, err)
		   : r;
}

struct repair_source
repair_source_of(struct folder *backup)
{
	return (struct repair_source){give_from_folder, backup};
}
