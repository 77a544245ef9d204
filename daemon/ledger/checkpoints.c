/* The files of checkpoints (signed.h), read at start and written by the
 * worker.
 *
 * A line of checkpoints.jsonl is appended at the known end, synced, and only
 * then counts as signed; `checkpoint` follows by rename.  So a crash leaves
 * at most one line that is not whole, and a `checkpoint` that is at most one
 * line behind: the first is cut off, the second is made again.  Anything else
 * that does not fit was not done by a crash. */
#include "ledger/inside.h"
#include "ledger/log_gap.h"
#include "ledger/raw.h"
#include "ledger/signed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of our keys signed it: its number, or ERR_INVALID, ERR_NOT_FOUND. */
static int
open_note(const struct key_ring *ring, const char *note, size_t len,
	  struct checkpoint *ret, struct err *err)
{
	int r = ERR_NOT_FOUND;

	for (size_t i = 0; r == ERR_NOT_FOUND && i < ring->n; i++) {
		r = checkpoint_open(note, len, &ring->keys[i], ret, err);
		if (r == 0)
			return (int)i;
	}
	return r;
}

/* A line that is no good, or not of this ledger. */
struct bad_line {
	uint64_t number; /* from 1; 0: unknown */
	uint64_t rows;	 /* that the newest good line before it covers */
};

static int
damaged_log(struct ledger *l, const struct bad_line *bad, const char *why,
	    struct err *err)
{
	struct log_gap gap;
	char which[40] = "its newest lines";

	if (bad->number > 0)
		snprintf(which, sizeof(which), "line %" PRIu64, bad->number);
	if (bad->number == 0 ||
	    log_gap_read(&l->io, l->dir, bad->number, NULL, NULL, &gap) < 0)
		gap = (struct log_gap){.from = bad->rows, .to = UINT64_MAX};
	l->bad_log_from = gap.from;
	l->bad_log_to = gap.to;
	return err_set(err, ERR_DAMAGED, LEDGER_CHECKPOINTS_NAME ", %s: %s",
		       which, why);
}

/* The newest checkpoint that was found in either file. */
struct found {
	struct checkpoint checkpoint;
	struct buf note;
	int key;
	struct bad_line line; /* its own place, should it be bad */
};

/* The line of [start, end) becomes the newest one.  1: it is not valid.
 * ERR_NOT_FOUND: no key of ours signed it; its size is told all the same. */
static int
take_line(struct ledger *l, const struct key_ring *ring, const char *start,
	  const char *end, struct found *ret, struct err *err)
{
	struct signed_line line;
	struct found f;
	int r;

	r = signed_line_parse(start, (size_t)(end - start), &line, NULL);
	if (r == ERR_INVALID)
		return 1;
	if (r < 0)
		return err_set(err, r, "no memory for a checkpoint");
	f.key = open_note(ring, buf_text(&line.note), line.note.len,
			  &f.checkpoint, err);
	if (f.key < 0) {
		buf_free(&line.note);
		ret->checkpoint.size = line.size;
		return f.key == ERR_INVALID ? 1 : f.key;
	}
	f.note = line.note;
	l->signer.count = line.seq + 1;
	*ret = f;
	return 0;
}

static const char *
line_start(const char *text, const char *end)
{
	const char *lf = memrchr(text, '\n', (size_t)(end - text));

	return lf == NULL ? text : lf + 1;
}

/* Whether it is a line that none of our keys disowns; then the one behind it
 * has its number. */
static bool
is_good_line(const struct key_ring *ring, const char *start, size_t len,
	     struct bad_line *ret_next)
{
	struct signed_line line;
	struct checkpoint c;
	bool good;

	if (signed_line_parse(start, len, &line, NULL) < 0)
		return false;
	good = open_note(ring, buf_text(&line.note), line.note.len, &c, NULL) !=
	       ERR_INVALID;
	buf_free(&line.note);
	if (good)
		*ret_next = (struct bad_line){line.seq + 2, line.size};
	return good;
}

/* The line at `end`, by the good ones before it; `text` may begin within one,
 * unless the file does. */
static struct bad_line
place_line(const struct key_ring *ring, const char *text, const char *end,
	   bool whole_file)
{
	struct bad_line line = {0};

	while (end > text) {
		const char *start = line_start(text, end - 1);

		if (start == text && !whole_file)
			return line;
		if (is_good_line(ring, start, (size_t)(end - 1 - start), &line))
			return line;
		end = start;
	}
	line.number = whole_file ? 1 : 0;
	return line;
}

/* The last line, or, when a crash may have spoilt it, the one before. */
static int
take_last_line(struct ledger *l, const struct key_ring *ring, const char *text,
	       size_t len, int64_t offset, struct found *ret, struct err *err)
{
	const char *lf = memrchr(text, '\n', len), *start = text;
	bool whole = lf != NULL && lf + 1 == text + len;
	int r = 1;

	if (lf == NULL)
		return 0;
	for (int tries = 0; r == 1 && tries < 2 && lf > text; tries++) {
		start = line_start(text, lf);
		r = take_line(l, ring, start, lf, ret, err);
		if (r == 0) {
			l->signer.log_last = offset + (start - text);
			l->signer.log_end = offset + (lf + 1 - text);
			l->signer.log_known = l->signer.log_end;
		}
		if (r != 1) {
			ret->line = place_line(ring, text, start, offset == 0);
			return r;
		}
		/* The first line of all may be the one that was spoilt. */
		if (whole && start == text && offset == 0)
			return 0;
		if (!whole || start == text)
			break;
		lf = start - 1;
	}
	ret->line = place_line(ring, text, start, offset == 0);
	return damaged_log(l, &ret->line,
			   "it and all behind it are no checkpoints", err);
}

static int
read_log(struct ledger *l, const struct key_ring *ring, struct found *ret,
	 struct err *err)
{
	char tail[3 * SIGNED_LINE_MAX];
	struct ledger_stat st;
	int64_t at = 0;
	size_t len = 0;
	int fd, r;

	fd = l->io.open_file(l->io.ctx, l->dir, LEDGER_CHECKPOINTS_NAME,
			     O_RDONLY, 0);
	if (fd == -ENOENT)
		return 0;
	r = fd < 0 ? fd : l->io.fstat(l->io.ctx, fd, &st);
	if (r == 0) {
		if (st.size > (int64_t)sizeof(tail))
			at = st.size - (int64_t)sizeof(tail);
		r = raw_read(&l->io, fd, tail, sizeof(tail), at, &len);
	}
	if (fd >= 0)
		l->io.close(l->io.ctx, fd);
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_CHECKPOINTS_NAME,
				 l->path);
	return take_last_line(l, ring, tail, len, at, ret, err);
}

static bool
is_note(const struct buf *note, const char *text, size_t len)
{
	return note->len == len && len > 0 &&
	       memcmp(note->data, text, len) == 0;
}

/* Whether the log's newest checkpoint is ours and covers all that this note
 * claims: then no other key was ever needed for it. */
static bool
is_covered(const struct found *log, const char *note, size_t len)
{
	size_t text_len = note_text_length(note, len);
	struct checkpoint c;

	return log->key >= 0 && text_len > 0 &&
	       checkpoint_parse(note, text_len, &c, NULL) == 0 &&
	       c.size <= log->checkpoint.size;
}

/* `checkpoint`, unless it is the one of the log; one that is not valid is made
 * again. */
static int
read_shown(struct ledger *l, const struct key_ring *ring,
	   const struct found *log, struct found *ret, struct err *err)
{
	struct found f = {.key = log->key, .checkpoint = log->checkpoint};
	char *text;
	size_t len;
	int r;

	r = raw_load(&l->io, l->dir, LEDGER_CHECKPOINT_NAME,
		     CHECKPOINT_NOTE_MAX, &text, &len);
	if (r == -ENOENT || r == -EFBIG)
		return 0;
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_CHECKPOINT_NAME, l->path);
	if (!is_note(&log->note, text, len))
		f.key = open_note(ring, text, len, &f.checkpoint, err);
	if (f.key == ERR_NOT_FOUND && is_covered(log, text, len))
		f.key = ERR_INVALID;
	if (f.key >= 0)
		buf_add(&f.note, text, len);
	free(text);
	if (f.key < 0)
		return f.key == ERR_INVALID ? 0 : f.key;
	*ret = f;
	return 0;
}

/* The newer one of the two; they must not contradict each other. */
static int
take_newest(struct ledger *l, struct found *log, struct found *shown,
	    int *ret_key, struct err *err)
{
	bool from_log = log->checkpoint.size >= shown->checkpoint.size;
	struct found *newest = from_log ? log : shown;
	struct signer *s = &l->signer;

	if (log->note.failed || shown->note.failed)
		return err_set(err, ERR_NOMEM, "no memory for a checkpoint");
	if (log->checkpoint.size == shown->checkpoint.size &&
	    !digest_equal(&log->checkpoint.root, &shown->checkpoint.root))
		return damaged_log(
		    l, &log->line,
		    "it and `checkpoint` tell two roots of one size", err);
	s->logged = from_log;
	/* The log is synced first, so no crash leaves it behind. */
	s->log_rows = log->checkpoint.size;
	s->log_short = !from_log;
	s->shown = !from_log ||
		   is_note(&log->note, buf_text(&shown->note), shown->note.len);
	s->newest = newest->checkpoint;
	if (newest->note.len > 0) {
		buf_add(&s->note, newest->note.data, newest->note.len);
		*ret_key = newest->key;
	}
	return s->note.failed
		   ? err_set(err, ERR_NOMEM, "no memory for a checkpoint")
		   : 0;
}

/* No key of ours signed the log's newest line.  If one signed a `checkpoint`
 * that covers as much, no key is missing: the line was altered. */
static int
judge_foreign_line(struct ledger *l, const struct key_ring *ring,
		   const struct found *log, struct err *err)
{
	const struct found none = {.key = -1};
	struct found shown = {.key = -1};
	int r = read_shown(l, ring, &none, &shown, err);

	buf_free(&shown.note);
	if (r < 0)
		return r;
	if (shown.key < 0 || shown.checkpoint.size < log->checkpoint.size)
		return ERR_NOT_FOUND;
	return damaged_log(l, &log->line,
			   "no key of the ledger signed it, and one signed "
			   "`checkpoint`",
			   err);
}

int
checkpoints_read(struct ledger *l, const struct key_ring *ring, int *ret_key,
		 struct err *err)
{
	struct found log = {.key = -1}, shown = {.key = -1};
	int r;

	*ret_key = -1;
	r = read_log(l, ring, &log, err);
	if (r == ERR_NOT_FOUND)
		r = judge_foreign_line(l, ring, &log, err);
	if (r == 0)
		r = read_shown(l, ring, &log, &shown, err);
	if (r == 0)
		r = take_newest(l, &log, &shown, ret_key, err);
	buf_free(&log.note);
	buf_free(&shown.note);
	return r;
}

void
checkpoints_doubt(struct ledger *l)
{
	struct signer *s = &l->signer;

	s->shown = false;
	if (!s->logged || s->newest.size == 0)
		return;
	s->logged = false;
	s->log_end = s->log_last;
	s->count--;
}

/* ---- the worker's part; words in l->batch.err ---- */

/* What stands in the way of a checkpoint damages no row. */
static int
file_error(struct ledger *l, int r, const char *name)
{
	if (r == -LEDGER_NOT_A_FILE)
		return err_set(&l->batch.err, ERR_IO,
			       "%s/%s: not a regular file but a folder, a link "
			       "or another thing, so no checkpoint can be "
			       "written; move it away, then run evidencectl "
			       "checkpoint",
			       l->path, name);
	return raw_error(&l->batch.err, r, "%s/%s", l->path, name);
}

static int
log_error(struct ledger *l, int r)
{
	return file_error(l, r, LEDGER_CHECKPOINTS_NAME);
}

/* What stands behind the line was never signed.  It goes after the write: the
 * same line may stand there already. */
static int
write_line(struct ledger *l, int fd, const struct buf *line)
{
	struct signer *s = &l->signer;
	int64_t end = s->log_end + (int64_t)line->len;
	struct ledger_stat st;
	int r, back;

	r = raw_write(&l->io, fd, line->data, line->len, s->log_end);
	if (r == 0)
		r = l->io.fstat(l->io.ctx, fd, &st);
	if (r == 0 && st.size > end)
		r = l->io.ftruncate(l->io.ctx, fd, end);
	if (r == 0)
		return 0;
	/* The newest line, when it was written once more, still stands. */
	back = l->io.ftruncate(l->io.ctx, fd,
			       s->log_end > s->log_known ? s->log_end
							 : s->log_known);
	if (back < 0)
		return err_set_errno(&l->batch.err, ERR_POISONED, -back,
				     "%s/" LEDGER_CHECKPOINTS_NAME
				     ": a failed write cannot be taken back",
				     l->path);
	return log_error(l, r);
}

static int
sync_line(struct ledger *l, int fd)
{
	int r = l->io.fdatasync(l->io.ctx, fd);

	if (r == 0 && !l->signer.log_named)
		r = l->io.fsync_dir(l->io.ctx, l->dir);
	if (r < 0)
		return err_set_errno(
		    &l->batch.err, ERR_POISONED, -r,
		    "%s/" LEDGER_CHECKPOINTS_NAME ": sync failed", l->path);
	l->signer.log_named = true;
	return 0;
}

int
checkpoints_log(struct ledger *l)
{
	struct signer *s = &l->signer;
	struct buf line = {0};
	int fd, r;

	signed_line_render(&line, buf_text(&s->note), s->note.len, s->count,
			   s->newest.size);
	if (line.failed) {
		buf_free(&line);
		return err_set(&l->batch.err, ERR_NOMEM,
			       "no memory for a checkpoint");
	}
	fd = l->io.open_file(l->io.ctx, l->dir, LEDGER_CHECKPOINTS_NAME,
			     O_WRONLY | O_CREAT, LEDGER_FILE_MODE);
	r = fd < 0 ? log_error(l, fd) : write_line(l, fd, &line);
	if (r == 0)
		r = sync_line(l, fd);
	if (fd >= 0)
		l->io.close(l->io.ctx, fd);
	if (r == 0) {
		s->log_last = s->log_end;
		s->log_end += (int64_t)line.len;
		s->log_known = s->log_end;
		s->count++;
		s->logged = true;
	}
	buf_free(&line);
	return r;
}

int
checkpoints_show(struct ledger *l)
{
	static const char new_name[] = LEDGER_CHECKPOINT_NAME LEDGER_NEW_SUFFIX;
	const struct buf *note = &l->signer.note;
	int r;

	r = raw_put(&l->io, l->dir, new_name, note->data, note->len,
		    LEDGER_FILE_MODE);
	if (r < 0)
		return file_error(l, r, new_name);
	r = l->io.rename(l->io.ctx, l->dir, new_name, l->dir,
			 LEDGER_CHECKPOINT_NAME);
	if (r < 0)
		return file_error(l, r, LEDGER_CHECKPOINT_NAME);
	r = l->io.fsync_dir(l->io.ctx, l->dir);
	if (r < 0)
		return err_set_errno(&l->batch.err, ERR_POISONED, -r,
				     "%s: sync of the folder failed", l->path);
	l->signer.shown = true;
	return 0;
}
