/* Appending: rows are checked, copied and queued.  The queue keeps its order
 * whatever happens to a batch, so the seq of a row is known when it is
 * queued, and its id can enter the window at once. */
#include "ledger/raw.h"
#include "ledger/folder.h"
#include "ledger/inside.h"
#include "ledger/segment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Copies the text behind the row, with a terminator; moves *place on. */
static const char *
place_text(char **place, const char *text, size_t len)
{
	char *start = *place;

	memcpy(start, text, len);
	start[len] = '\0';
	*place += len + 1;
	return start;
}

static struct queued_row *
copy_draft(const struct row_draft *d)
{
	size_t id_len = strlen(d->id), kind_len = strlen(d->kind);
	size_t blob_len = d->blob == NULL ? 0 : d->blob->len + 1;
	size_t cost = sizeof(struct queued_row) + id_len + kind_len +
		      d->body_len + 3 + blob_len;
	struct queued_row *q = malloc(cost);
	char *place;

	if (q == NULL)
		return NULL;
	place = (char *)(q + 1);
	*q = (struct queued_row){.draft = *d, .cost = cost};
	q->draft.id = place_text(&place, d->id, id_len);
	q->draft.kind = place_text(&place, d->kind, kind_len);
	q->draft.body = place_text(&place, d->body, d->body_len);
	if (d->blob != NULL) {
		q->blob = *d->blob;
		q->blob.text = place_text(&place, d->blob->text, d->blob->len);
		q->draft.blob = &q->blob;
	}
	return q;
}

void
queue_pop(struct queue *q)
{
	struct queued_row *row = q->first;

	q->first = row->next;
	if (q->first == NULL)
		q->last = NULL;
	q->n--;
	q->bytes -= row->cost;
	free(row);
}

static void
queue_push(struct queue *q, struct queued_row *row)
{
	if (q->last == NULL)
		q->first = row;
	else
		q->last->next = row;
	q->last = row;
	q->n++;
	q->bytes += row->cost;
}

static bool
is_same(const struct row_draft *d, const char *kind, size_t kind_len,
	const char *body, size_t body_len)
{
	return strlen(d->kind) == kind_len &&
	       memcmp(d->kind, kind, kind_len) == 0 &&
	       d->body_len == body_len && memcmp(d->body, body, body_len) == 0;
}

/* Reads the line that starts at `place` of its segment. */
static int
read_line(const struct ledger *l, uint64_t seq, char *buf, size_t size,
	  size_t *ret_len, struct err *err)
{
	uint64_t rows = (uint64_t)l->id.segment_rows;
	char name[SEGMENT_NAME_SIZE];
	size_t len;
	int fd, r;

	segment_name(seq / rows * rows, name);
	fd = l->io.open_file(l->io.ctx, l->dir, name, O_RDONLY, 0);
	if (fd < 0)
		return raw_error(err, fd, "%s/%s", l->path, name);
	r = raw_read(&l->io, fd, buf, size, window_place(l->window, seq), &len);
	l->io.close(l->io.ctx, fd);
	if (r < 0)
		return raw_error(err, r, "%s/%s", l->path, name);
	*ret_len = len;
	return 0;
}

int
ledger_compare(const struct ledger *l, uint64_t seq, const char *id,
	       const struct row_draft *draft, struct err *err)
{
	char buf[ROW_LINE_MAX + 1];
	struct row_parts parts;
	const char *lf;
	size_t len = 0;
	int r;

	r = read_line(l, seq, buf, sizeof(buf), &len, err);
	if (r < 0)
		return r;
	lf = memchr(buf, '\n', len);
	if (lf == NULL || row_parse(buf, (size_t)(lf - buf), &parts) < 0 ||
	    parts.seq != seq || !row_sum_matches(buf, (size_t)(lf - buf)))
		return err_set(err, ERR_DAMAGED,
			       "%s: row %" PRIu64
			       " is not what was written; run "
			       "evidencectl verify",
			       l->path, seq);
	if (parts.id_len != strlen(id) ||
	    memcmp(parts.id, id, parts.id_len) != 0)
		return 0;
	if (draft == NULL)
		return 1;
	if (is_same(draft, parts.kind, parts.kind_len, parts.body,
		    parts.body_len))
		return 1;
	return err_set(err, ERR_EXISTS, "row id %s is taken by row %" PRIu64,
		       id, seq);
}

static const struct queued_row *
queued_at(const struct ledger *l, uint64_t seq)
{
	const struct queued_row *q = l->queue.first;

	for (uint64_t at = l->durable; at < seq; at++)
		q = q->next;
	return q;
}

/* As ledger_compare(), for a row that waits. */
static int
compare_queued(const struct queued_row *q, const char *id,
	       const struct row_draft *draft, struct err *err)
{
	const struct row_draft *d = &q->draft;

	if (strcmp(d->id, id) != 0)
		return 0;
	if (draft == NULL ||
	    is_same(draft, d->kind, strlen(d->kind), d->body, d->body_len))
		return 1;
	return err_set(err, ERR_EXISTS, "row id %s is taken by a queued row",
		       id);
}

/* 0: nobody has this id; 1: *ret_seq has it (and is the same); errors. */
static int
find(const struct ledger *l, const char *id, const struct row_draft *draft,
     uint64_t *ret_seq, struct err *err)
{
	uint64_t seq = WINDOW_NONE;
	int r;

	while ((seq = window_find(l->window, id, strlen(id), seq)) !=
	       WINDOW_NONE) {
		if (seq >= l->durable)
			r = compare_queued(queued_at(l, seq), id, draft, err);
		else
			r = ledger_compare(l, seq, id, draft, err);
		if (r != 0) {
			*ret_seq = seq;
			return r;
		}
	}
	return 0;
}

bool
ledger_has_id(const struct ledger *l, const char *id)
{
	uint64_t seq;

	/* A row that cannot be read counts: doing a thing twice is worse
	 * than not doing it. */
	return find(l, id, NULL, &seq, NULL) != 0;
}

static int
may_append(const struct ledger *l, struct err *err)
{
	if (l->poisoned)
		return err_set(err, ERR_POISONED,
			       "%s: a sync failed; nothing is written any more",
			       l->path);
	if (l->damaged)
		return err_set(err, ERR_DAMAGED,
			       "%s is damaged; nothing is written until "
			       "evidencectl verify finds it whole",
			       l->path);
	if (l->queue.n >= LEDGER_QUEUE_ROWS ||
	    l->queue.bytes >= LEDGER_QUEUE_BYTES)
		return err_set(
		    err, ERR_FULL,
		    "%s: %zu rows wait to be written; no more are taken",
		    l->path, l->queue.n);
	return 0;
}

static int
check_blob(const struct row_draft *draft, struct err *err)
{
	struct digest d;

	if (draft->blob == NULL)
		return 0;
	if (draft->blob->len > LEDGER_BLOB_MAX)
		return err_set(err, ERR_LIMIT,
			       "row %s: text of %zu bytes; at most %d are kept",
			       draft->id, draft->blob->len, LEDGER_BLOB_MAX);
	d = digest_sha256(draft->blob->text, draft->blob->len);
	if (!digest_equal(&d, &draft->blob->sha256))
		return err_set(
		    err, ERR_INVALID,
		    "row %s: the text does not have the digest that names it",
		    draft->id);
	return 0;
}

int
ledger_append(struct ledger *l, const struct row_draft *draft,
	      uint64_t *ret_seq, struct err *err)
{
	struct queued_row *q;
	uint64_t seq;
	int r;

	r = may_append(l, err);
	if (r == 0)
		r = row_check(draft, err);
	if (r == 0)
		r = check_blob(draft, err);
	if (r == 0)
		r = find(l, draft->id, draft, &seq, err);
	if (r < 0)
		return r;
	if (r == 1) {
		if (seq >= l->durable)
			return 0;
		if (ret_seq != NULL)
			*ret_seq = seq;
		return 1;
	}
	q = copy_draft(draft);
	if (q == NULL)
		return err_set(err, ERR_NOMEM, "no memory for row %s",
			       draft->id);
	queue_push(&l->queue, q);
	window_add(l->window, draft->id, strlen(draft->id));
	return 0;
}
