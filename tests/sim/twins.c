/* A restart from the rows that the view needs is the same as one from all.
 *
 * As the saved state of a real daemon does, the needed rows are those of an
 * earlier moment; the rows after it are replayed whole. */
#include "year.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAIL_ROWS = 40 };

static void *
checked(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

/* The rows that need not be replayed: those before `upto` that a view of
 * them does not rest on. */
static bool *
skippable(const struct fake *f, size_t upto)
{
	bool *skip = checked(calloc(f->n_durable + 1, sizeof(bool)));
	struct view *v = checked(view_new());
	uint64_t *seqs;
	size_t n;

	for (size_t i = 0; i < upto; i++) {
		if (view_apply(v, &f->rows[i].row, NULL) < 0)
			abort();
		skip[i] = true;
	}
	if (view_needed(v, &seqs, &n) < 0)
		abort();
	for (size_t i = 0; i < n; i++)
		skip[seqs[i] - 1] = false;
	free(seqs);
	view_free(v);
	return skip;
}

static void
copy_rows(struct fake *to, const struct fake *from, size_t n)
{
	to->rows = checked(calloc(n + 1, sizeof(*to->rows)));
	to->n_rows = to->n_durable = n;
	for (size_t i = 0; i < n; i++) {
		struct fake_row *r = &to->rows[i];

		*r = from->rows[i];
		r->id = checked(strdup(r->id));
		r->kind = checked(strdup(r->kind));
		r->body = checked(strdup(r->body));
		r->blob = NULL;
		r->row.id = r->id;
		r->row.kind = r->kind;
		r->row.body = r->row.line = r->body;
		map_put(&to->ids, r->id, i);
	}
}

static void
live(struct world *w, const struct world *parent, size_t n, const bool *skip,
     const char *config_text)
{
	struct wall_time at = parent->fake.rows[n - 1].row.at;

	at.us += 600 * USEC_PER_SEC;
	world_init(w, at, 7);
	memcpy(w->keys, parent->keys, sizeof(w->keys));
	w->n_keys = parent->n_keys;
	memcpy(w->pages, parent->pages, sizeof(w->pages));
	w->n_pages = parent->n_pages;
	copy_rows(&w->fake, &parent->fake, n);
	w->fake.skip_replay = skip;
	world_start(w, config_text);
	at.us += 2 * SEC_PER_DAY * USEC_PER_SEC;
	world_run(w, at);
}

static int
compare(const struct fake *a, const struct fake *b, size_t from)
{
	size_t n = a->n_rows < b->n_rows ? a->n_rows : b->n_rows;

	for (size_t i = from; i < n; i++) {
		const struct fake_row *x = &a->rows[i], *y = &b->rows[i];

		if (strcmp(x->kind, y->kind) == 0 &&
		    strcmp(x->id, y->id) == 0 && strcmp(x->body, y->body) == 0)
			continue;
		printf("after row %zu the twins differ:\n- %s %s %s\n+ %s %s "
		       "%s\n",
		       from, x->kind, x->id, x->body, y->kind, y->id, y->body);
		return 1;
	}
	if (a->n_rows != b->n_rows)
		printf("after row %zu the twins differ in number\n", from);
	return a->n_rows != b->n_rows;
}

static int
differ_at(const struct year *y, size_t n, const char *config_text)
{
	const struct fake *f = &y->world.fake;
	bool *skip = skippable(f, n - TAIL_ROWS);
	struct world all, needed;
	int r;

	live(&all, &y->world, n, NULL, config_text);
	live(&needed, &y->world, n, skip, config_text);
	r = compare(&all.fake, &needed.fake, n);
	world_free(&all);
	world_free(&needed);
	free(skip);
	return r;
}

int
twins_differ(const struct year *y, const char *config_text)
{
	const size_t n = y->world.fake.n_durable;
	int faults = 0;

	/* An odd step, so that the moments fall anywhere in a day. */
	for (size_t at = 997; at < n; at += n / 6)
		faults += differ_at(y, at, config_text);
	return faults + differ_at(y, n, config_text);
}
