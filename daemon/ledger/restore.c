/* The order of things: which rows (the chain from row 0 that the newest
 * signed checkpoint covers, and what follows it without a rival), then the
 * segments, then what is derived from them, then a verification of what now
 * stands on the disk, and only then the name.
 *
 * Where two rows claim one seq and no signature decides, the ledger ends in
 * front of them: a guess would be a row that nobody can vouch for.
 *
 * The journal knows neither the signing key, nor the secret, nor the page
 * texts.  A new secret is made, because the writer needs one; the old one may
 * be put back over it. */
#include "ledger/restore.h"
#include "base/text.h"
#include "ledger/folder.h"
#include "ledger/inside.h"
#include "ledger/notes.h"
#include "ledger/raw.h"
#include "ledger/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITE_BUFFER = 1024 * 1024, PROGRESS_ROWS = 16384, RESTORE_LEVEL = 1 };

struct restore {
	const struct ledger_io *io;
	char *path;	/* for words */
	char *new_path; /* for the verification */
	struct place place;
	int parent, dir;
	struct identity id;
	struct salvage *rows;
	struct notes *notes;
	struct pruned pruned; /* by the newest row that says so */
};

static int
refuse_existing(const struct restore *r, struct err *err)
{
	int fd =
	    r->io->open_file(r->io->ctx, r->parent, r->place.name, O_RDONLY, 0);

	if (fd == -ENOENT)
		return 0;
	if (fd >= 0)
		r->io->close(r->io->ctx, fd);
	return err_set(err, ERR_EXISTS,
		       "%s exists; name a folder that does not", r->path);
}

static int
open_new(struct restore *r, struct err *err)
{
	const struct ledger_io *io = r->io;
	const char *name = strrchr(r->new_path, '/');
	int e;

	name = name == NULL ? r->new_path : name + 1;
	e = io->mkdir(io->ctx, r->parent, name, LEDGER_DIR_MODE);
	if (e < 0 && e != -EEXIST)
		return raw_error(err, e, "%s", r->new_path);
	r->dir = io->open_dir(io->ctx, r->parent, name);
	if (r->dir < 0)
		return raw_error(err, r->dir, "%s", r->new_path);
	e = io->lock(io->ctx, r->dir);
	if (e == -EWOULDBLOCK)
		return err_set(err, ERR_BUSY,
			       "%s: another process restores this ledger",
			       r->path);
	/* Left by one that was cut off: nobody has used it. */
	if (e == 0)
		e = raw_clear_dir(io, r->dir);
	if (e == 0)
		e = io->fchmod(io->ctx, r->dir, LEDGER_DIR_MODE);
	return e < 0 ? raw_error(err, e, "%s", r->new_path) : 0;
}

static int
open_parent(struct restore *r, struct err *err)
{
	int e = place_split(r->path, &r->place, err);

	if (e < 0)
		return e;
	r->parent = r->io->open_dir(r->io->ctx, FOLDER_CWD, r->place.parent);
	if (r->parent < 0)
		return raw_error(err, r->parent, "%s", r->place.parent);
	e = refuse_existing(r, err);
	return e < 0 ? e : open_new(r, err);
}

static int
begin(struct restore *r, const char *genesis, size_t len, struct err *err)
{
	int e = identity_of_genesis(genesis, len, &r->id, err);

	if (e == 0)
		e = open_parent(r, err);
	if (e == 0)
		e = notes_new(r->id.vkey, &r->notes, err);
	if (e == 0)
		e = salvage_new(r->io, r->dir, 0, SALVAGE_NONE, &r->rows, err);
	return e;
}

int
restore_begin(const struct ledger_io *io, const char *path, const char *genesis,
	      size_t len, struct restore **ret_restore, struct err *err)
{
	size_t size = strlen(path) + sizeof(LEDGER_NEW_SUFFIX);
	struct restore *r = calloc(1, sizeof(*r));
	int e;

	if (r == NULL)
		return err_set(err, ERR_NOMEM, "no memory for a ledger");
	*r = (struct restore){.io = io, .parent = -1, .dir = -1};
	r->path = strdup(path);
	r->new_path = malloc(size);
	if (r->path == NULL || r->new_path == NULL) {
		restore_free(r);
		return err_set(err, ERR_NOMEM, "no memory for a ledger");
	}
	snprintf(r->new_path, size, "%s" LEDGER_NEW_SUFFIX, path);
	e = begin(r, genesis, len, err);
	if (e < 0) {
		restore_free(r);
		return e;
	}
	*ret_restore = r;
	return 0;
}

static void
close_fd(struct restore *r, int fd)
{
	if (fd >= 0)
		r->io->close(r->io->ctx, fd);
}

void
restore_free(struct restore *r)
{
	if (r == NULL)
		return;
	salvage_free(r->rows);
	notes_free(r->notes);
	close_fd(r, r->dir);
	close_fd(r, r->parent);
	free(r->new_path);
	free(r->path);
	free(r);
}

const struct identity *
restore_identity(const struct restore *r)
{
	return &r->id;
}

static void
note_pruned(struct restore *r, const struct row_parts *p)
{
	uint64_t to;

	if (p->seq > r->pruned.seq && pruned_is_row(p, &to))
		r->pruned = (struct pruned){.to = to, .seq = p->seq};
}

int
restore_add_row(struct restore *r, const char *line, size_t len,
		struct err *err)
{
	struct row_parts parts;
	int e = salvage_add(r->rows, line, len, err);

	if (e == 0 && row_parse(line, len, &parts) == 0) {
		note_pruned(r, &parts);
		e = notes_add_row(r->notes, &parts, err);
	}
	return e;
}

const struct salvage *
restore_rows(const struct restore *r)
{
	return r->rows;
}

int
restore_add_note(struct restore *r, const char *note, size_t len,
		 struct err *err)
{
	return notes_add(r->notes, note, len, err);
}

/* The chain under the newest checkpoint that does not reach beyond it. */
static int
settle(struct restore *r, struct restore_result *result, struct err *err)
{
	struct checkpoint c;

	notes_prove(r->notes);
	if (!notes_newest(r->notes, salvage_end(r->rows), &c))
		return 0;
	if (!salvage_settle(r->rows, c.size, &c.root))
		return err_set(
		    err, ERR_DAMAGED,
		    "the rows that are there are not the %" PRIu64
		    " that were signed; nothing is restored from them: take a "
		    "copy of the folder, and run evidencectl repair on it",
		    c.size);
	result->signed_rows = c.size;
	return 0;
}

/* Whoever holds a key can sign two ledgers, and the journal may have both. */
static int
check_others(struct restore *r, uint64_t rows, struct err *err)
{
	struct tree tree;
	uint64_t size;

	tree_init(&tree);
	while (tree.size < rows) {
		tree_append(&tree, salvage_leaf(r->rows, tree.size));
		notes_settle(r->notes, &tree);
	}
	if (!notes_contradiction(r->notes, &size))
		return 0;
	return err_set(
	    err, ERR_DAMAGED,
	    "keys of the ledger signed two things: the checkpoint of %" PRIu64
	    " row%s is not that of the first %" PRIu64 " of the %" PRIu64
	    " that were found; nothing is restored: somebody has to decide "
	    "which is right; take a copy of the folder that is, and run "
	    "evidencectl repair on it",
	    size, TEXT_PLURAL(size), size, rows);
}

/* Decides which rows. */
static int
choose(struct restore *r, struct restore_result *result, struct err *err)
{
	struct salvage *rows = r->rows;
	uint64_t end;
	int e;

	salvage_link(rows, NULL);
	e = settle(r, result, err);
	if (e < 0)
		return e;
	end = salvage_end(rows);
	if (!salvage_choose(rows, end, NULL))
		return err_set(err, ERR_NOMEM, "no memory for the rows");
	result->contested = salvage_contested(rows);
	if (result->contested < end)
		end = result->contested;
	result->rows = end;
	e = check_others(r, end, err);
	if (e < 0)
		return e;
	if (r->pruned.seq < end) {
		result->pruned_to = r->pruned.to;
		result->pruned_by = r->pruned.seq;
	}
	result->next_there = salvage_at_or_after(rows, end);
	return 0;
}

/* One segment, from the rows chosen. */
static int
put_rows(struct restore *r, int fd, uint64_t first, uint64_t end,
	 struct err *err)
{
	struct buf text = {0};
	int64_t at = 0;
	int e = 0;

	for (uint64_t seq = first; e == 0 && seq < end; seq++) {
		e = salvage_read(r->rows, seq, &text, err);
		if (e < 0 || (text.len < WRITE_BUFFER && seq + 1 < end))
			continue;
		e = raw_write(r->io, fd, buf_text(&text), text.len, at);
		if (e < 0)
			e = raw_error(err, e, "%s", r->new_path);
		at += (int64_t)text.len;
		buf_reset(&text);
	}
	buf_free(&text);
	return e;
}

static int
put_segment(struct restore *r, uint64_t first, uint64_t end, struct err *err)
{
	char name[SEGMENT_NAME_SIZE];
	int fd, e;

	fd = r->io->open_file(r->io->ctx, r->dir, segment_name(first, name),
			      O_WRONLY | O_CREAT | O_EXCL, LEDGER_FILE_MODE);
	if (fd < 0)
		return raw_error(err, fd, "%s/%s", r->new_path, name);
	e = put_rows(r, fd, first, end, err);
	if (e == 0) {
		e = r->io->fsync_file(r->io->ctx, fd);
		if (e < 0)
			e = raw_error(err, e, "%s/%s", r->new_path, name);
	}
	r->io->close(r->io->ctx, fd);
	return e;
}

static int
put_segments(struct restore *r, uint64_t rows, restore_progress_fn *progress,
	     void *ctx, struct err *err)
{
	uint64_t size = (uint64_t)r->id.segment_rows;
	int e = 0;

	for (uint64_t first = 0; e == 0 && first < rows; first += size) {
		uint64_t end = rows - first < size ? rows : first + size;

		e = put_segment(r, first, end, err);
		if (progress != NULL && end % PROGRESS_ROWS < size)
			progress(ctx, end);
	}
	return e;
}

/* What is no row: LEDGER, a new secret, sums and checkpoints. */
static int
put_rest(struct restore *r, const struct restore_result *result,
	 struct err *err)
{
	const struct ledger_io *io = r->io;
	uint64_t size = (uint64_t)r->id.segment_rows;
	/* The last full segment is sealed when the next one begins. */
	uint64_t sealed = (result->rows - 1) / size;
	struct buf line = {0}, secret = {0};
	int e;

	identity_render(&line, &r->id);
	secret_make(&secret);
	e = line.failed || secret.failed
		? -ENOMEM
		: raw_put(io, r->dir, LEDGER_FILE_NAME, line.data, line.len,
			  LEDGER_FILE_MODE);
	if (e == 0)
		e = raw_put(io, r->dir, LEDGER_SECRET_NAME, secret.data,
			    secret.len, LEDGER_SECRET_MODE);
	if (e == 0)
		e = sums_write(io, r->dir, &r->id, 0, sealed);
	secret_wipe(&secret);
	buf_free(&line);
	if (e == 0)
		e = notes_put(r->notes, io, r->dir, result->signed_rows);
	if (e == 0)
		e = io->fsync_dir(io->ctx, r->dir);
	return e < 0 ? raw_error(err, e, "%s", r->new_path) : 0;
}

/* What was written is read again before it gets its name. */
static int
check(const struct restore *r, const struct restore_result *result,
      struct err *err)
{
	struct ledger_verdict v;
	int e = ledger_verify(r->io, r->new_path, RESTORE_LEVEL, &v, err);

	if (e < 0)
		return e;
	if (!v.ok || v.rows != result->rows)
		return err_set(err, ERR_IO,
			       "%s does not verify: row %" PRIu64 ": %s; the "
			       "disk does not keep what is written",
			       r->new_path, v.ok ? v.rows : v.first_bad_seq,
			       v.reason);
	return 0;
}

static int
give_name(struct restore *r, struct err *err)
{
	const struct ledger_io *io = r->io;
	const char *name = r->place.name;
	char new_name[300];
	int e = refuse_existing(r, err);

	if (e < 0)
		return e;
	snprintf(new_name, sizeof(new_name), "%s" LEDGER_NEW_SUFFIX, name);
	e = io->rename(io->ctx, r->parent, new_name, r->parent, name);
	if (e == 0)
		e = io->fsync_dir(io->ctx, r->parent);
	return e < 0 ? raw_error(err, e, "%s", r->path) : 0;
}

int
restore_finish(struct restore *r, restore_progress_fn *progress, void *ctx,
	       struct restore_result *ret, struct err *err)
{
	struct restore_result result = {0};
	int e = choose(r, &result, err);

	if (e == 0)
		e = put_segments(r, result.rows, progress, ctx, err);
	if (e == 0)
		e = put_rest(r, &result, err);
	if (e == 0)
		e = check(r, &result, err);
	if (e == 0)
		e = give_name(r, err);
	if (e == 0)
		*ret = result;
	return e;
}
