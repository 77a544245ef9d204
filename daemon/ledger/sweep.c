/* Texts in pages/ that no kept row names: after rows were pruned, nothing
 * rests on them any more.
 *
 * All texts are listed first; then every kept row is read, a segment to a
 * batch of the worker, and what it names is marked.  A text that is written
 * meanwhile is not in the list, or is marked.  In the batch that reads the
 * newest durable row, what is not marked is unlinked.  A row names a text by
 * any string of 64 hexadecimal digits, whatever member that is. */
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/texts.h"
#include "ledger/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sweep_text {
	struct digest sha256;
	bool named;
};

void
sweep_end(struct sweep *s)
{
	free(s->texts);
	*s = (struct sweep){0};
}

/* ---- what is there ---- */

static int
add_text(void *ctx, const struct digest *sha256)
{
	struct sweep *s = ctx;
	struct sweep_text *more = realloc(s->texts, (s->n + 1) * sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	s->texts = more;
	s->texts[s->n++] = (struct sweep_text){.sha256 = *sha256};
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct sweep_text *x = a, *y = b;

	return memcmp(x->sha256.bytes, y->sha256.bytes, DIGEST_LEN);
}

static int
list_texts(struct ledger *l)
{
	struct sweep *s = &l->sweep;
	int r;

	s->n = 0; /* a list that failed begins anew: each text once */
	r = texts_each(&l->io, l->dir, add_text, s);
	if (r < 0)
		return raw_error(&l->batch.err, r, "%s/" TEXTS_PATH, l->path);
	if (s->n > 0)
		qsort(s->texts, s->n, sizeof(s->texts[0]), compare);
	s->next = l->beginning.tree.size;
	s->listed = true;
	return 0;
}

/* ---- what is named ---- */

void
sweep_keep(struct sweep *s, const struct digest *sha256)
{
	struct sweep_text key = {.sha256 = *sha256}, *found = NULL;

	if (s->n > 0)
		found =
		    bsearch(&key, s->texts, s->n, sizeof(s->texts[0]), compare);
	if (found != NULL)
		found->named = true;
}

static void
note_names(struct sweep *s, const char *body, size_t len)
{
	const char *end = body + len, *quote;
	struct digest d;

	while ((quote = memchr(body, '"', (size_t)(end - body))) != NULL) {
		body = quote + 1;
		if (end - body <= DIGEST_HEX_LEN)
			return;
		if (body[DIGEST_HEX_LEN] == '"' &&
		    hex_decode(body, DIGEST_LEN, d.bytes) == 0)
			sweep_keep(s, &d);
	}
}

static int
read_rows(struct ledger *l, struct walk *w, uint64_t end)
{
	struct walk_row row;
	int r = 1;

	while (w->seq < end && (r = walk_next(w, &row)) == 1)
		note_names(&l->sweep, row.parts.body, row.parts.body_len);
	if (r == 1)
		return 0;
	if (r == ERR_IO)
		return raw_error(&l->batch.err, w->errno_value,
				 "%s: reading rows", l->path);
	return batch_damage(l, w->seq, end - 1,
			    r == 0 ? "rows are missing" : w->why);
}

static int
read_segment(struct ledger *l)
{
	uint64_t rows = (uint64_t)l->id.segment_rows;
	uint64_t first = l->sweep.next / rows * rows, end = first + rows;
	char name[SEGMENT_NAME_SIZE];
	struct walk w;
	int fd, r;

	if (end > l->durable)
		end = l->durable;
	fd = l->io.open_file(l->io.ctx, l->dir, segment_name(first, name),
			     O_RDONLY, 0);
	if (fd < 0)
		return raw_error(&l->batch.err, fd, "%s/%s", l->path, name);
	r = walk_open(&w, &l->io, fd, WALK_SUMS, first, NULL);
	if (r < 0)
		err_set(&l->batch.err, r, "no memory to read rows");
	else
		r = read_rows(l, &w, end);
	walk_close(&w);
	l->io.close(l->io.ctx, fd);
	if (r == 0)
		l->sweep.next = end;
	return r;
}

/* ---- what goes ---- */

/* The texts [i, n) whose names begin with the same two digits. */
static int
remove_below(struct ledger *l, size_t i, size_t n)
{
	char hex[DIGEST_HEX_LEN + 1], path[sizeof(TEXTS_PATH) + 3];
	int dir, r = 0;

	snprintf(path, sizeof(path), TEXTS_PATH "/%.2s",
		 digest_hex(&l->sweep.texts[i].sha256, hex));
	dir = l->io.open_dir(l->io.ctx, l->dir, path);
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	for (; (r == 0 || r == -ENOENT) && i < n; i++) {
		const struct sweep_text *t = &l->sweep.texts[i];

		if (!t->named)
			r = l->io.unlink(l->io.ctx, dir,
					 digest_hex(&t->sha256, hex));
	}
	if (r == 0 || r == -ENOENT)
		r = l->io.fsync_dir(l->io.ctx, dir);
	l->io.close(l->io.ctx, dir);
	return r;
}

static int
remove_texts(struct ledger *l)
{
	const struct sweep *s = &l->sweep;
	int r = 0;

	for (size_t i = 0, n; r == 0 && i < s->n; i = n) {
		bool all_named = s->texts[i].named;

		for (n = i + 1; n < s->n && s->texts[n].sha256.bytes[0] ==
						s->texts[i].sha256.bytes[0];
		     n++)
			all_named = all_named && s->texts[n].named;
		if (!all_named)
			r = remove_below(l, i, n);
	}
	if (r == 0) {
		l->pruned.swept = true;
		r = pruned_put(&l->io, l->dir, &l->pruned);
	}
	return r < 0 ? raw_error(&l->batch.err, r, "%s/" TEXTS_PATH, l->path)
		     : 0;
}

int
sweep_batch(struct ledger *l)
{
	struct sweep *s = &l->sweep;
	int r;

	if (!s->listed)
		return list_texts(l);
	r = read_segment(l);
	if (r < 0 || s->next < l->durable)
		return r;
	r = remove_texts(l);
	if (r == 0)
		sweep_end(s);
	return r;
}
