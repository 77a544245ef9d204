/* kept.jsonl made anew.  Its rows were pruned, so no chain leads to them: each
 * is known by its tile.  Whatever the sources have of the rows that went is
 * looked through, and what is left of the file itself, and of segments that
 * still stand.
 *
 * Row 0 must be found.  Which rows changed the key nobody lists; that none
 * lacks is seen from the keys: each change is signed by the one before, and
 * the newest checkpoint by the last.
 *
 * A segment that went and still stands, but is not whole, was read for these
 * rows, too: it goes to quarantine/ then, and the next start finds what it
 * expects. */
#include "ledger/repair_inside.h"
#include "ledger/key_list.h"
#include "ledger/raw.h"
#include "ledger/rekey.h"
#include "ledger/remnant.h"
#include "ledger/segment.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The rows of one segment that belong there, in order. */
struct sieve {
	struct repair *r;
	struct found {
		uint64_t seq;
		char *line; /* with its LF */
		size_t len;
	} * at;
	size_t n;
	struct err *err;
};

static void
empty(struct sieve *s)
{
	while (s->n > 0)
		free(s->at[--s->n].line);
	free(s->at);
	s->at = NULL;
}

static bool
is_in_tile(const struct repair *r, uint64_t seq, const char *line, size_t len)
{
	struct digest told, leaf = row_leaf(line, len);

	return pruned_leaf(r->f.io, r->f.dir, seq, &told) == 0 &&
	       digest_equal(&told, &leaf);
}

static int
insert(struct sieve *s, uint64_t seq, const char *line, size_t len)
{
	struct found *at = reallocarray(s->at, s->n + 1, sizeof(*at));
	size_t i = s->n;
	char *copy;

	if (at == NULL)
		return err_set(s->err, ERR_NOMEM, "no memory for rows");
	s->at = at;
	copy = malloc(len + 1);
	if (copy == NULL)
		return err_set(s->err, ERR_NOMEM, "no memory for rows");
	memcpy(copy, line, len);
	copy[len] = '\n';
	for (; i > 0 && at[i - 1].seq > seq; i--)
		at[i] = at[i - 1];
	at[i] = (struct found){seq, copy, len + 1};
	s->n++;
	return 0;
}

static int
sift(void *sieve, const char *line, size_t len)
{
	struct sieve *s = sieve;
	struct row_parts parts;

	if (row_parse(line, len, &parts) < 0 || !remnant_is_row(&parts) ||
	    !is_in_tile(s->r, parts.seq, line, len))
		return 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->at[i].seq == parts.seq)
			return 0;
	}
	return insert(s, parts.seq, line, len);
}

static int
gather(struct repair *r, uint64_t first, struct salvage *into, struct err *err)
{
	struct repair_source own = repair_source_of(&r->f);
	uint64_t end = first + r->size;
	int e = own.give(own.ctx, first, end, into, err);

	for (size_t i = 0; e == 0 && i < r->o->n_sources; i++)
		e = r->o->sources[i].give(r->o->sources[i].ctx, first, end,
					  into, err);
	return e;
}

static int
keep(struct repair *r, const struct sieve *s, struct err *err)
{
	struct row_parts parts;
	int e = 0;

	for (size_t i = 0; e == 0 && i < s->n; i++) {
		buf_add(&r->kept, s->at[i].line, s->at[i].len);
		r->result.kept++;
		if (row_parse(s->at[i].line, s->at[i].len - 1, &parts) == 0)
			e = notes_add_row(r->notes, &parts, err);
	}
	return e;
}

static int
sift_segment(struct repair *r, uint64_t first, struct err *err)
{
	struct sieve sieve = {.r = r, .err = err};
	struct salvage *rows;
	int e =
	    salvage_new(r->f.io, r->f.dir, first, first + r->size, &rows, err);

	if (e < 0)
		return e;
	e = gather(r, first, rows, err);
	if (e == 0)
		e = salvage_each(rows, sift, &sieve, err);
	if (e == 0)
		e = keep(r, &sieve, err);
	if (e == 0 && first == 0 && (sieve.n == 0 || sieve.at[0].seq != 0))
		e = err_set(err, ERR_NOT_FOUND,
			    LEDGER_REMNANT_NAME
			    ": row 0, which tells what the ledger is, was "
			    "pruned, and no source has it; no row was "
			    "changed");
	empty(&sieve);
	salvage_free(rows);
	return e;
}

int
repair_find_remnants(struct repair *r, struct err *err)
{
	int e = 0;

	for (uint64_t first = 0; e == 0 && first < r->f.pruned.to;
	     first += r->size) {
		e = sift_segment(r, first, err);
		if (r->o->progress != NULL)
			r->o->progress(r->o->progress_ctx, first + r->size);
	}
	return e == 0 && r->kept.failed
		   ? err_set(err, ERR_NOMEM, "no memory for rows")
		   : e;
}

static int
say_key_missing(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		       LEDGER_REMNANT_NAME
		       ": the row of a change of the key was pruned, and no "
		       "source has it; no row was changed");
}

/* Each change by the key before. */
static int
check_order(const struct repair *r, struct key_list *keys, struct err *err)
{
	const char *at = r->kept.data, *end = at + r->kept.len, *lf;
	struct row_parts parts;
	int e = key_list_begin(keys, r->f.id.vkey, err);

	for (; e == 0 && at < end; at = lf + 1) {
		lf = memchr(at, '\n', (size_t)(end - at));
		if (row_parse(at, (size_t)(lf - at), &parts) < 0 ||
		    parts.seq == 0)
			continue;
		e = key_list_add(keys, parts.seq, parts.body, parts.body_len,
				 NULL);
		if (e == ERR_INVALID)
			e = say_key_missing(err);
	}
	return e;
}

int
repair_complete_remnants(struct repair *r, struct err *err)
{
	int e;

	if (r->f.pruned.to == 0 || r->kept.len > 0 || repair_knows_signer(r))
		return 0;
	e = repair_find_remnants(r, err);
	if (e == 0 && repair_knows_signer(r))
		return 0;
	buf_reset(&r->kept);
	r->result.kept = 0;
	return e == ERR_NOT_FOUND ? 0 : e;
}

int
repair_check_remnants(struct repair *r, struct err *err)
{
	struct key_list keys = {0};
	int e;

	if (r->kept.len == 0)
		return 0;
	e = check_order(r, &keys, err);
	key_list_free(&keys);
	/* None of the keys signed the newest one. */
	if (e == 0 && !repair_knows_signer(r))
		e = say_key_missing(err);
	return e;
}

/* Whether all rows of a pruned segment that still stands can be read.  What is
 * not a file, or not there, is left alone. */
static int
is_whole(const struct repair *r, const char *name, uint64_t first, bool *ret)
{
	struct walk_row row;
	struct walk w;
	int got,
	    fd = r->f.io->open_file(r->f.io->ctx, r->f.dir, name, O_RDONLY, 0);

	*ret = true;
	if (fd < 0)
		return 0;
	got = walk_open(&w, r->f.io, fd, WALK_SUMS, first, NULL);
	while (got >= 0 && (got = walk_next(&w, &row)) == 1)
		;
	*ret = got == 0 && w.seq == first + r->size;
	walk_close(&w);
	r->f.io->close(r->f.io->ctx, fd);
	return got == ERR_IO ? w.errno_value : got == ERR_NOMEM ? -ENOMEM : 0;
}

/* kept.jsonl has all that is needed of it.  The copy in quarantine/ syncs the
 * folder, so that the new kept.jsonl is durable before its segment goes. */
static int
move_bad_rests(const struct repair *r)
{
	char name[SEGMENT_NAME_SIZE];
	bool whole;
	int e = 0;

	for (uint64_t first = 0; e == 0 && first < r->f.pruned.to;
	     first += r->size) {
		e = is_whole(r, segment_name(first, name), first, &whole);
		if (e == 0 && !whole)
			e = repair_keep_old(r->f.io, r->f.dir, name);
		if (e == 0 && !whole)
			e = r->f.io->unlink(r->f.io->ctx, r->f.dir, name);
	}
	return e < 0 ? e : r->f.io->fsync_dir(r->f.io->ctx, r->f.dir);
}

int
repair_put_remnants(struct repair *r, struct err *err)
{
	int e;

	if (r->kept.len == 0)
		return 0;
	e = repair_keep_old(r->f.io, r->f.dir, LEDGER_REMNANT_NAME);
	if (e < 0)
		return raw_error(err, e, "%s/" LEDGER_QUARANTINE_NAME,
				 r->f.path);
	e = remnant_put(r->f.io, r->f.dir, &r->kept, err);
	if (e < 0)
		return e;
	e = move_bad_rests(r);
	return e < 0 ? raw_error(err, e, "%s", r->f.path) : 0;
}
