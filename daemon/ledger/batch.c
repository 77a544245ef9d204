/* From the queue to the disk.
 *
 * The rows of a batch stay in the queue until they are durable: a batch that
 * finds no room leaves nothing behind but the attempt.  What was written of
 * it is cut off again, so the known end of the segment is always true; when
 * even that fails, or a sync fails, nobody knows what the disk holds, and
 * the ledger is poisoned.  A sync is never tried a second time: the kernel
 * would report success for pages that it has dropped. */
#include "base/text.h"
#include "ledger/raw.h"
#include "ledger/inside.h"
#include "ledger/segment.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_KEEP_BYTES = 128 * 1024 };

static int
say_poisoned(const struct ledger *l, struct err *err)
{
	return err_set(err, ERR_POISONED,
		       "%s: a sync failed; the process must end and recover",
		       l->path);
}

static uint64_t
segment_end(const struct ledger *l)
{
	return l->seg_first + (uint64_t)l->id.segment_rows;
}

/* Renders rows from the head of the queue, as many as one batch takes. */
static void
render_batch(struct ledger *l)
{
	struct batch *b = &l->batch;
	uint64_t seq = l->durable;
	const struct digest *prev = &l->head;

	for (struct queued_row *q = l->queue.first;
	     q != NULL && b->rows < LEDGER_BATCH_ROWS && seq < segment_end(l);
	     q = q->next) {
		size_t start = b->text.len;

		if (b->rows > 0 &&
		    start + q->draft.body_len + ROW_LINE_MAX - ROW_BODY_MAX >
			LEDGER_BATCH_BYTES)
			break;
		row_render(&b->text, &q->draft, seq, l->durable, prev,
			   &q->leaf);
		q->line_at = start;
		q->line_len = b->text.len - start - 1;
		prev = &q->leaf;
		b->rows++;
		seq++;
	}
}

bool
ledger_wants_checkpoint(const struct ledger *l)
{
	return l->want_sign && l->durable >= l->signer.from && sign_is_due(l);
}

/* A want that has nothing to say is over, too. */
static bool
take_want(struct ledger *l)
{
	bool wants = ledger_wants_checkpoint(l);

	if (l->durable >= l->signer.from)
		l->want_sign = false;
	return wants;
}

static void
open_batch(struct ledger *l, enum batch_kind kind)
{
	struct batch *b = &l->batch;

	b->open = true;
	b->kind = kind;
	b->rows = 0;
	b->err = (struct err){0};
	buf_reset(&b->text);
}

int
ledger_batch_begin(struct ledger *l, struct err *err)
{
	struct batch *b = &l->batch;

	assert(!b->open);
	if (l->poisoned)
		return say_poisoned(l, err);
	if (l->damaged)
		return 1;
	if (l->prune_due) {
		open_batch(l, BATCH_PRUNE);
		return 0;
	}
	if (take_want(l)) {
		open_batch(l, BATCH_SIGN);
		return 0;
	}
	if (l->queue.n == 0)
		return 1;
	if (l->durable == segment_end(l)) {
		open_batch(l, BATCH_ROTATE);
		return 0;
	}
	open_batch(l, BATCH_ROWS);
	render_batch(l);
	if (b->text.failed) {
		b->open = false;
		buf_free(&b->text);
		return err_set(err, ERR_NOMEM, "no memory for %zu rows",
			       b->rows);
	}
	return 0;
}

int
ledger_inspect_begin(struct ledger *l)
{
	assert(!l->batch.open);
	if (l->poisoned || l->damaged)
		return 1;
	if (log_check_is_due(l))
		open_batch(l, BATCH_LOG);
	else if (l->inspection.rows > 0)
		open_batch(l, BATCH_INSPECT);
	else if (l->sweep.on)
		open_batch(l, BATCH_SWEEP);
	else
		return 1;
	return 0;
}

/* Back to the known end; the error of the write is what counts.  A disk that
 * became read-only lets nothing be cut off, and has taken nothing either. */
static int
undo_write(struct ledger *l, int code)
{
	int r = l->io.ftruncate(l->io.ctx, l->seg, l->seg_end);
	struct ledger_stat st;

	if (r < 0 &&
	    (l->io.fstat(l->io.ctx, l->seg, &st) < 0 || st.size != l->seg_end))
		return err_set_errno(&l->batch.err, ERR_POISONED, -r,
				     "%s: a failed write cannot be taken back",
				     l->path);
	return code;
}

/* What is durable now, for the time when it is signed.  The link behind the
 * last row is the loop's, which may append. */
static void
note_written(struct ledger *l)
{
	const struct queued_row *q = l->queue.first;

	for (size_t i = 0; i < l->batch.rows; i++) {
		if (i > 0)
			q = q->next;
		written_add(&l->signer.written, l->batch.text.data + q->line_at,
			    q->line_len + 1, l->seg_end + (int64_t)q->line_at,
			    &q->leaf);
	}
}

static int
sync_rows(struct ledger *l)
{
	struct batch *b = &l->batch;
	int r;

	r = raw_write(&l->io, l->seg, b->text.data, b->text.len, l->seg_end);
	if (r < 0) {
		r = raw_error(&b->err, r, "%s: writing %zu row%s", l->path,
			      b->rows, TEXT_PLURAL(b->rows));
		return undo_write(l, r);
	}
	r = l->io.fdatasync(l->io.ctx, l->seg);
	if (r < 0)
		return err_set_errno(&b->err, ERR_POISONED, -r,
				     "%s: sync of %zu row%s failed", l->path,
				     b->rows, TEXT_PLURAL(b->rows));
	note_written(l);
	l->seg_end += (int64_t)b->text.len;
	return 0;
}

static int
sync_blobs(struct ledger *l)
{
	struct queued_row *q = l->queue.first;
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->batch.rows; i++) {
		if (i > 0)
			q = q->next;
		if (q->draft.blob == NULL)
			continue;
		r = blob_put(l, q->draft.blob);
		sweep_keep(&l->sweep, &q->draft.blob->sha256);
	}
	return r;
}

/* The next segment's name is durable before its first row is written. */
static int
open_next(struct ledger *l, int *ret_fd)
{
	char name[SEGMENT_NAME_SIZE];
	int fd, r;

	segment_name(segment_end(l), name);
	fd = l->io.open_file(l->io.ctx, l->dir, name, O_RDWR | O_CREAT | O_EXCL,
			     LEDGER_FILE_MODE);
	if (fd < 0)
		return raw_error(&l->batch.err, fd, "%s/%s", l->path, name);
	r = l->io.fsync_dir(l->io.ctx, l->dir);
	if (r < 0) {
		l->io.close(l->io.ctx, fd);
		return err_set_errno(&l->batch.err, ERR_POISONED, -r,
				     "%s: sync of the folder failed", l->path);
	}
	*ret_fd = fd;
	return 0;
}

/* Sealing is a hint: only a failed sync stops anything. */
static int
rotate(struct ledger *l)
{
	int fd = -1, r;

	r = open_next(l, &fd);
	if (r < 0)
		return r;
	l->io.close(l->io.ctx, l->seg);
	l->seg = fd;
	l->seg_first = segment_end(l);
	l->seg_end = 0;
	r = sums_update(l,
			(l->seg_first - l->beginning.tree.size) /
			    (uint64_t)l->id.segment_rows,
			false);
	return r == ERR_POISONED ? r : 0;
}

static int
sync_batch(struct ledger *l)
{
	int r;

	switch (l->batch.kind) {
	case BATCH_ROTATE:
		return rotate(l);
	case BATCH_SIGN:
		return sign_batch(l);
	case BATCH_LOG:
		return log_check_batch(l);
	case BATCH_INSPECT:
		return inspect_batch(l);
	case BATCH_PRUNE:
		return prune_batch(l);
	case BATCH_SWEEP:
		return sweep_batch(l);
	case BATCH_ROWS:
		break;
	}
	r = sync_blobs(l);
	return r < 0 ? r : sync_rows(l);
}

int
batch_damage(struct ledger *l, uint64_t from, uint64_t to, const char *why)
{
	l->batch.damage_from = from;
	l->batch.damage_to = to;
	return err_set(&l->batch.err, ERR_DAMAGED, "%s", why);
}

int
ledger_batch_sync(struct ledger *l)
{
	int r;

	assert(l->batch.open);
	r = sync_batch(l);
	if (r == ERR_FULL && ballast_drop(l))
		r = sync_batch(l);
	else if (r == 0)
		ballast_keep(l);
	/* Whatever else went wrong, it may go right the next time. */
	return r == 0 || r == ERR_FULL || r == ERR_POISONED || r == ERR_DAMAGED
		   ? r
		   : ERR_IO;
}

/* Hands one row that is durable to the caller; it leaves the queue first. */
static void
acknowledge(struct ledger *l, const struct queued_row *q, const char *text,
	    uint64_t seq, ledger_ack_fn *ack, void *ctx)
{
	const char *line = text + q->line_at;
	struct row row = {
	    .seq = seq,
	    .at = q->draft.at,
	    .id = q->draft.id,
	    .kind = q->draft.kind,
	    .body = line + ROW_BODY_AT,
	    .body_len = q->draft.body_len,
	    .line = line,
	    .line_len = q->line_len,
	    .leaf = q->leaf,
	};

	ack(ctx, &row);
}

/* The rows of the batch, taken out of the queue: the callback may append,
 * and even begin the next batch. */
static struct queue
take_rows(struct ledger *l)
{
	struct queue done = {.first = l->queue.first, .n = l->batch.rows};
	struct queued_row *last = NULL;

	for (size_t i = 0; i < done.n; i++) {
		last = last == NULL ? done.first : last->next;
		window_set_place(l->window, l->durable + i,
				 (uint32_t)((uint64_t)l->seg_end -
					    l->batch.text.len + last->line_at));
		tree_append(&l->tree, &last->leaf);
		if (l->tree.size % TILE_WIDTH == 0)
			l->tiles = l->tree;
		if (strcmp(last->draft.kind, REKEY_KIND) == 0 &&
		    l->durable + i < l->rotated)
			l->rotated = l->durable + i;
		l->queue.bytes -= last->cost;
		done.bytes += last->cost;
	}
	if (last != NULL) {
		l->newest_at = last->draft.at;
		l->head = last->leaf;
		l->queue.first = last->next;
		if (l->queue.first == NULL)
			l->queue.last = NULL;
		last->next = NULL;
		done.last = last;
	}
	l->queue.n -= done.n;
	return done;
}

static void
acknowledge_all(struct ledger *l, ledger_ack_fn *ack, void *ctx)
{
	struct buf text = l->batch.text;
	uint64_t seq = l->durable;
	struct queue done = take_rows(l);

	buf_init(&l->batch.text);
	l->durable += done.n;
	while (done.n > 0) {
		prune_note(l, &done.first->draft, seq);
		if (ack != NULL)
			acknowledge(l, done.first, text.data, seq, ack, ctx);
		queue_pop(&done);
		seq++;
	}
	if (l->batch.text.data == NULL && text.cap <= BATCH_KEEP_BYTES)
		l->batch.text = text;
	else
		buf_free(&text);
}

/* The process goes on, but nothing is written any more. */
static int
finish_damaged(struct ledger *l, struct err *err)
{
	struct batch *b = &l->batch;
	char words[LEDGER_DAMAGE_WORDS];

	l->damaged = true;
	lock_tell_damaged(l);
	recover_damage_words(l, b->damage_from, b->damage_to, b->err.text,
			     words);
	return err_set(err, ERR_DAMAGED, "%s", words);
}

static bool
has_rows(const struct batch *b)
{
	return b->kind == BATCH_ROWS || b->kind == BATCH_ROTATE;
}

static int
finish_failed(struct ledger *l, int result, struct err *err)
{
	if (result == ERR_DAMAGED)
		return finish_damaged(l, err);
	if (err != NULL)
		*err = l->batch.err;
	if (result == ERR_POISONED) {
		l->poisoned = true;
		return result;
	}
	/* Without it rows are as good as before. */
	if (!has_rows(&l->batch))
		return 0;
	l->stalled = true;
	return result;
}

int
ledger_batch_finish(struct ledger *l, int result, ledger_ack_fn *ack, void *ctx,
		    struct err *err)
{
	struct batch *b = &l->batch;

	assert(b->open);
	b->open = false;
	if (b->kind == BATCH_PRUNE)
		prune_take_over(l, result == 0);
	if (b->kind == BATCH_LOG)
		l->log_unread = result == 0 && log_check_is_due(l);
	if (result < 0)
		return finish_failed(l, result, err);
	if (has_rows(b))
		l->stalled = false;
	if (b->kind == BATCH_ROWS)
		acknowledge_all(l, ack, ctx);
	if (b->kind == BATCH_ROTATE)
		l->want_sign = true;
	if (b->kind == BATCH_SIGN)
		sign_take_over(l);
	if (b->kind == BATCH_INSPECT)
		inspect_take_over(l);
	return 0;
}

int
ledger_flush(struct ledger *l, ledger_ack_fn *ack, void *ctx, struct err *err)
{
	int r;

	while ((r = ledger_batch_begin(l, err)) == 0) {
		r = ledger_batch_sync(l);
		r = ledger_batch_finish(l, r, ack, ctx, err);
		if (r < 0)
			return r;
	}
	return r == 1 ? 0 : r;
}
