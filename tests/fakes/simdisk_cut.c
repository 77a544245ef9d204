/* What a power cut may do (the choices of simdisk_crash()):
 *   directories  each pending change is applied or not, in order;
 *   lengths      between the durable length and the one seen;
 *   contents     each 512-byte piece that differs is new, or old where there
 *                was something, else zeros or foreign bytes; bytes outside
 *                of what was written never change;
 *   truncation   a file that was cut without a sync may have its longer
 *                content;
 *   modes        all new or all old. */
#include "simdisk_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	PIECE = 512,
	PIECES_MAX = 64, /* more are decided together */
	JUNK = 0xa5
};

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

struct cut {
	const struct simdisk *from;
	struct simdisk *to;
	simdisk_choose_fn *choose;
	void *ctx;
	bool modes_asked, modes_old;
};

static bool
is_ignored(const struct simdisk *d, const struct node *n)
{
	for (size_t i = 0; i < d->n_ignored; i++) {
		if (strcmp(base_name(n->path), d->ignored[i]) == 0)
			return true;
	}
	return false;
}

static bool
piece_differs(const struct bytes *a, const struct bytes *b, size_t at,
	      size_t end)
{
	size_t have_a = sim_bytes_len(a) < end ? sim_bytes_len(a) : end;
	size_t have_b = sim_bytes_len(b) < end ? sim_bytes_len(b) : end;

	if (have_a != have_b)
		return true;
	return have_a > at &&
	       memcmp(a->data + at, b->data + at, have_a - at) != 0;
}

static bool
is_same(const struct bytes *a, const struct bytes *b)
{
	return a == b || (sim_bytes_len(a) == sim_bytes_len(b) &&
			  !piece_differs(a, b, 0, sim_bytes_len(a)));
}

/* One piece of an image: what was written is there, or is not. */
static void
decide_piece(struct cut *c, struct bytes *image, const struct bytes *durable,
	     size_t at, size_t end, unsigned answer)
{
	size_t old = sim_bytes_len(durable);

	if (answer == 0)
		return;
	for (size_t i = at; i < end && i < image->len; i++) {
		if (i < old)
			image->data[i] = durable->data[i];
		else
			image->data[i] = answer == 1 ? 0 : JUNK;
	}
}

static size_t
choose_length(struct cut *c, size_t old, size_t now)
{
	size_t low = old < now ? old : now, high = old < now ? now : old;
	size_t options[8] = {now}, n = 1, span = high - low;

	if (span == 0)
		return now;
	options[n++] = old;
	for (size_t eighth = 1; eighth < 8 && n < 7; eighth += 2) {
		size_t at = low + span * eighth / 8;

		if (at != low && at != high)
			options[n++] = at;
	}
	if (span > 1)
		options[n++] = high - 1;
	return options[c->choose(c->ctx, (unsigned)n)];
}

static struct bytes *
cut_content(struct cut *c, const struct node *n)
{
	const struct bytes *durable = n->durable;
	struct bytes *seen = n->seen;
	size_t pieces, len, old = sim_bytes_len(durable);
	struct bytes *image;

	if (is_ignored(c->from, n))
		return sim_bytes_ref(seen);
	if (n->longer != NULL && c->choose(c->ctx, 2) == 1)
		seen = n->longer;
	if (is_same(seen, durable))
		return sim_bytes_ref(seen);
	len = choose_length(c, old, sim_bytes_len(seen));
	image = sim_bytes_resize(sim_bytes_ref(seen), len);
	/* Where nothing was written, what was durable stays. */
	for (size_t i = sim_bytes_len(seen); i < len && i < old; i++)
		image->data[i] = durable->data[i];
	pieces = (len + PIECE - 1) / PIECE;
	if (pieces > PIECES_MAX) {
		decide_piece(c, image, durable, 0, len, c->choose(c->ctx, 3));
		return image;
	}
	for (size_t i = 0; i < pieces; i++) {
		size_t at = i * PIECE;

		if (piece_differs(image, durable, at, at + PIECE))
			decide_piece(
			    c, image, durable, at, at + PIECE,
			    c->choose(c->ctx, at + PIECE <= old ? 2 : 3));
	}
	return image;
}

static mode_t
cut_mode(struct cut *c, const struct node *n)
{
	if (n->mode == n->mode_durable)
		return n->mode;
	if (!c->modes_asked) {
		c->modes_asked = true;
		c->modes_old = c->choose(c->ctx, 2) == 1;
	}
	return c->modes_old ? n->mode_durable : n->mode;
}

static int cut_node(struct cut *c, int from, const char *path);

static void
cut_names(struct cut *c, const struct node *from, int to)
{
	struct names *names = sim_names_copy(from->names_durable);
	char path[PATH_SIZE];

	for (size_t i = 0; i < from->n_changes; i++) {
		if (c->choose(c->ctx, 2) == 0)
			sim_names_apply(names, &from->changes[i]);
	}
	for (size_t i = 0; i < names->n; i++) {
		sim_join(path, c->to->nodes[to].path, names->entries[i].name);
		names->entries[i].node =
		    cut_node(c, names->entries[i].node, path);
	}
	*c->to->nodes[to].names = *names;
	*c->to->nodes[to].names_durable = *names;
	free(names);
}

static int
cut_node(struct cut *c, int from, const char *path)
{
	const struct node *n = &c->from->nodes[from];
	int to = sim_node_new(c->to, n->dir, cut_mode(c, n), path);

	if (n->dir) {
		cut_names(c, n, to);
	} else {
		c->to->nodes[to].seen = cut_content(c, n);
		c->to->nodes[to].durable = sim_bytes_ref(c->to->nodes[to].seen);
	}
	return to;
}

struct simdisk *
simdisk_crash(const struct simdisk *d, simdisk_choose_fn *choose, void *ctx)
{
	struct cut c = {
	    .from = d, .to = sim_like(d), .choose = choose, .ctx = ctx};

	cut_node(&c, 0, "/");
	return c.to;
}

bool
simdisk_is_pending(const struct simdisk *d)
{
	for (int i = 0; i < d->n_nodes; i++) {
		const struct node *n = &d->nodes[i];

		if (n->dir
			? n->n_changes > 0
			: !is_ignored(d, n) && (!is_same(n->seen, n->durable) ||
						n->longer != NULL))
			return true;
	}
	return false;
}
