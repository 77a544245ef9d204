#include "ledger/heads.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/signed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_MAX = 1 << 30 /* bytes; a thousand times what a year brings */ };

static bool
read_claim(struct head *h)
{
	size_t len = note_text_length(h->note, h->note_len);

	return len > 0 && checkpoint_parse(h->note, len, &h->claim, NULL) == 0;
}

static int
load_shown(struct heads *h, const struct folder *f, struct err *err)
{
	struct head head = {0};
	int r;

	r = raw_load(f->io, f->dir, LEDGER_CHECKPOINT_NAME, CHECKPOINT_NOTE_MAX,
		     &head.note, &head.note_len);
	if (r == -ENOENT)
		return 0;
	if (r < 0 && r != -EFBIG)
		return raw_error(err, r, "%s/" LEDGER_CHECKPOINT_NAME, f->path);
	h->have_shown = true;
	if (r < 0 || !read_claim(&head))
		h->shown_why = "not a checkpoint";
	h->shown = head;
	return 0;
}

/* 1: the line is no checkpoint.  The last one may be spoilt: a crash does that
 * to a line that nobody was told of yet, and the next start cuts it. */
static int
add_line(struct heads *h, const char *line, size_t len, bool last, size_t *room,
	 struct err *err)
{
	struct signed_line parsed;
	struct head head = {0};
	int r;

	if (h->n == *room) {
		size_t more = *room == 0 ? 64 : 2 * *room;
		struct head *log = reallocarray(h->log, more, sizeof(log[0]));

		if (log == NULL)
			return err_set(err, ERR_NOMEM,
				       "no memory for checkpoints");
		h->log = log;
		*room = more;
	}
	r = signed_line_parse(line, len, &parsed, err);
	if (r < 0)
		return r == ERR_NOMEM ? r : last ? 0 : 1;
	head.note_len = parsed.note.len;
	head.note = buf_steal(&parsed.note);
	if (head.note == NULL)
		return err_set(err, ERR_NOMEM, "no memory for checkpoints");
	if (parsed.seq != h->n || !read_claim(&head)) {
		free(head.note);
		return 1;
	}
	h->log[h->n++] = head;
	return 0;
}

static int
add_lines(struct heads *h, const char *text, size_t len, struct err *err)
{
	const char *end = text + len, *lf;
	size_t room = 0;
	int r = 0;

	while (r == 0 &&
	       (lf = memchr(text, '\n', (size_t)(end - text))) != NULL) {
		r = add_line(h, text, (size_t)(lf - text), lf + 1 == end, &room,
			     err);
		text = lf + 1;
	}
	if (r == 1)
		h->log_why = "not the line of a checkpoint";
	return r < 0 ? r : 0;
}

static int
load_log(struct heads *h, const struct folder *f, struct err *err)
{
	char *text;
	size_t len;
	int r;

	r = raw_load(f->io, f->dir, LEDGER_CHECKPOINTS_NAME, LOG_MAX, &text,
		     &len);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return raw_error(err, r, "%s/" LEDGER_CHECKPOINTS_NAME,
				 f->path);
	h->have_log = true;
	r = add_lines(h, text, len, err);
	free(text);
	return r;
}

int
heads_load(struct heads *h, const struct folder *f, struct err *err)
{
	int r;

	*h = (struct heads){0};
	/* In this order: what `checkpoint` shows was logged before. */
	r = load_shown(h, f, err);
	if (r == 0)
		r = load_log(h, f, err);
	if (r < 0)
		heads_free(h);
	return r;
}

void
heads_free(struct heads *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->log[i].note);
	free(h->log);
	free(h->shown.note);
	*h = (struct heads){0};
}

const struct head *
heads_newest(const struct heads *h)
{
	const struct head *newest =
	    h->have_shown && h->shown_why == NULL ? &h->shown : NULL;

	for (size_t i = 0; i < h->n; i++) {
		if (newest == NULL || h->log[i].claim.size > newest->claim.size)
			newest = &h->log[i];
	}
	return newest;
}

static int
compare_sizes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int
heads_sizes(const struct heads *h, uint64_t **ret_sizes, size_t *ret_n)
{
	uint64_t *sizes = calloc(h->n + 1, sizeof(sizes[0]));
	size_t n = 0, kept = 0;

	if (sizes == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < h->n; i++)
		sizes[n++] = h->log[i].claim.size;
	if (h->have_shown && h->shown_why == NULL)
		sizes[n++] = h->shown.claim.size;
	qsort(sizes, n, sizeof(sizes[0]), compare_sizes);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || sizes[i] != sizes[kept - 1])
			sizes[kept++] = sizes[i];
	}
	*ret_sizes = sizes;
	*ret_n = kept;
	return 0;
}
