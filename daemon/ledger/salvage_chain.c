/* Sorted by seq, a candidate is linked when a linked candidate of the seq
 * before has the leaf that it names.  Forwards there may be several
 * continuations; backwards from any row there is exactly one chain, because
 * `prev` is a hash.  So a chain is chosen by its end. */
#include "ledger/salvage_inside.h"
#include "ledger/tree.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int c;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	c = memcmp(&x->leaf, &y->leaf, sizeof(x->leaf));
	return c != 0 ? c : (x->place > y->place) - (x->place < y->place);
}

static void
sort_and_drop_repeated(struct salvage *s)
{
	size_t n = 0;

	if (s->n > 0)
		qsort(s->at, s->n, sizeof(s->at[0]), compare);
	for (size_t i = 0; i < s->n; i++) {
		if (n > 0 && s->at[n - 1].seq == s->at[i].seq &&
		    digest_equal(&s->at[n - 1].leaf, &s->at[i].leaf)) {
			s->repeated++;
			continue;
		}
		s->at[n++] = s->at[i];
	}
	s->n = n;
}

/* A stretch of candidates with one seq. */
struct group {
	size_t start, end;
};

static struct group
next_group(const struct salvage *s, size_t start)
{
	struct group g = {start, start};

	while (g.end < s->n && s->at[g.end].seq == s->at[start].seq)
		g.end++;
	return g;
}

/* The place of the linked candidate in g with this leaf, or g.end. */
static size_t
find_linked(const struct salvage *s, struct group g, const struct digest *leaf)
{
	while (g.start < g.end && !(s->at[g.start].linked &&
				    digest_equal(&s->at[g.start].leaf, leaf)))
		g.start++;
	return g.start;
}

static bool
is_linked(const struct salvage *s, const struct candidate *c,
	  struct group before, const struct digest *head)
{
	if (c->seq == s->from)
		return digest_equal(&c->prev, head);
	return before.end > before.start &&
	       s->at[before.start].seq + 1 == c->seq &&
	       find_linked(s, before, &c->prev) < before.end;
}

static void
link_from(struct salvage *s, const struct digest *head)
{
	struct group before = {0, 0}, g;

	s->end = s->from;
	for (size_t i = 0; i < s->n; i = g.end) {
		g = next_group(s, i);
		for (size_t k = i; k < g.end; k++) {
			struct candidate *c = &s->at[k];

			c->linked = is_linked(s, c, before, head);
			if (c->linked)
				s->end = c->seq + 1;
		}
		before = g;
	}
}

void
salvage_link(struct salvage *s, const struct digest *head)
{
	const struct digest none = {0};

	sort_and_drop_repeated(s);
	link_from(s, head == NULL ? &none : head);
	s->n_chosen = 0;
}

uint64_t
salvage_end(const struct salvage *s)
{
	return s->end;
}

/* The first candidate whose seq is not below this one. */
static size_t
lower_bound(const struct salvage *s, uint64_t seq)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->at[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint64_t
salvage_at_or_after(const struct salvage *s, uint64_t seq)
{
	size_t i = lower_bound(s, seq);

	return i < s->n ? s->at[i].seq : SALVAGE_NONE;
}

/* Back from candidate i to the first row. */
static bool
choose_back(struct salvage *s, size_t i)
{
	uint64_t n = s->at[i].seq - s->from + 1;
	size_t *chosen = reallocarray(s->chosen, n, sizeof(*chosen));

	if (chosen == NULL)
		return false;
	s->chosen = chosen;
	s->n_chosen = n;
	for (;;) {
		const struct candidate *c = &s->at[i];

		chosen[--n] = i;
		if (n == 0)
			return true;
		i = find_linked(s, next_group(s, lower_bound(s, c->seq - 1)),
				&c->prev);
	}
}

bool
salvage_choose(struct salvage *s, uint64_t end, const struct digest *last)
{
	struct group g;
	size_t best;

	s->n_chosen = 0;
	if (end <= s->from)
		return end == s->from;
	best = lower_bound(s, end - 1);
	if (best == s->n || s->at[best].seq != end - 1)
		return false;
	g = next_group(s, best);
	best = g.end;
	for (size_t i = g.start; i < g.end; i++) {
		if (s->at[i].linked &&
		    (last == NULL || digest_equal(&s->at[i].leaf, last)) &&
		    (best == g.end || s->at[i].place < s->at[best].place))
			best = i;
	}
	return best < g.end && choose_back(s, best);
}

static struct digest
root_of_chosen(const struct salvage *s)
{
	struct tree tree;

	tree_init(&tree);
	for (uint64_t i = 0; i < s->n_chosen; i++)
		tree_append(&tree, &s->at[s->chosen[i]].leaf);
	return tree_root(&tree);
}

/* Below `size` only the chosen rows remain. */
static void
drop_others(struct salvage *s, uint64_t size)
{
	const struct digest none = {0};
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		uint64_t seq = s->at[i].seq;

		if (seq < size && s->chosen[seq - s->from] != i)
			continue;
		s->at[n++] = s->at[i];
	}
	s->n = n;
	link_from(s, &none);
	s->n_chosen = 0;
}

bool
salvage_settle(struct salvage *s, uint64_t size, const struct digest *root)
{
	struct group g;
	size_t i = lower_bound(s, size - 1);

	if (i == s->n || s->at[i].seq != size - 1)
		return false;
	g = next_group(s, i);
	for (i = g.start; i < g.end; i++) {
		struct digest found;

		if (!s->at[i].linked || !choose_back(s, i))
			continue;
		found = root_of_chosen(s);
		if (digest_equal(&found, root)) {
			drop_others(s, size);
			return true;
		}
	}
	s->n_chosen = 0;
	return false;
}

uint64_t
salvage_contested(const struct salvage *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct candidate *c = &s->at[i];

		if (c->linked && c->place >= s->own &&
		    c->seq - s->from < s->n_chosen &&
		    s->chosen[c->seq - s->from] != i)
			return c->seq;
	}
	return SALVAGE_NONE;
}
