/* Myers' O(ND) difference in linear space.
 *
 * A box of the edit grid is split where the furthest-reaching paths from its
 * two corners meet; the halves are boxes again.  On diagonal k = x - y a path
 * is known by its x alone.  front[k] of the forward search is the largest x
 * that d edits reach, of the backward search the smallest.
 *
 * Every step of a search and every matched element costs one unit of the
 * budget, so that the time is bounded for any input; it does not depend on a
 * clock, so that the same texts always give the same difference. */
#include "page/diff_edits.h"
#include "base/err.h"

#include <assert.h>
#include <stdlib.h>

struct search {
	const struct diff_side *from, *to;
	int32_t *forward, *backward; /* indexed by diagonal */
	int64_t budget;
};

struct box {
	int32_t x0, x1, y0, y1;
};

/* The diagonals lo..hi (every second one) that a search has reached. */
struct range {
	int32_t lo, hi;
};

static bool
same(const struct search *s, int32_t x, int32_t y)
{
	return s->from->at[x] == s->to->at[y];
}

/* One more edit: a wider range where the box is, a narrower one where its
 * border was passed.  `outside` is an x that no neighbour prefers. */
static void
widen(struct range *range, const struct box *box, int32_t *front,
      int32_t outside)
{
	if (range->lo > box->x0 - box->y1)
		front[--range->lo - 1] = outside;
	else
		range->lo++;
	if (range->hi < box->x1 - box->y0)
		front[++range->hi + 1] = outside;
	else
		range->hi--;
}

static int32_t
reach_forward(struct search *s, const struct box *box, int32_t k)
{
	int32_t below = s->forward[k - 1], above = s->forward[k + 1];
	int32_t x = below < above ? above : below + 1;

	s->budget--;
	while (x < box->x1 && x - k < box->y1 && same(s, x, x - k)) {
		x++;
		s->budget--;
	}
	return s->forward[k] = x;
}

static int32_t
reach_backward(struct search *s, const struct box *box, int32_t k)
{
	int32_t below = s->backward[k - 1], above = s->backward[k + 1];
	int32_t x = below < above ? below : above - 1;

	s->budget--;
	while (x > box->x0 && x - k > box->y0 && same(s, x - 1, x - k - 1)) {
		x--;
		s->budget--;
	}
	return s->backward[k] = x;
}

static bool
within(const struct range *range, int32_t k)
{
	return k >= range->lo && k <= range->hi;
}

/* A point on a shortest path through the box; false when the budget ends. */
static bool
find_middle(struct search *s, const struct box *box, int32_t *ret_x,
	    int32_t *ret_y)
{
	const int32_t start = box->x0 - box->y0, end = box->x1 - box->y1;
	const bool odd = ((start - end) & 1) != 0;
	struct range f = {start, start}, b = {end, end};

	s->forward[start] = box->x0;
	s->backward[end] = box->x1;
	while (s->budget > 0) {
		widen(&f, box, s->forward, -1);
		for (int32_t k = f.hi; k >= f.lo && s->budget > 0; k -= 2) {
			*ret_x = reach_forward(s, box, k);
			*ret_y = *ret_x - k;
			if (odd && within(&b, k) && s->backward[k] <= *ret_x)
				return true;
		}
		widen(&b, box, s->backward, INT32_MAX);
		for (int32_t k = b.hi; k >= b.lo && s->budget > 0; k -= 2) {
			*ret_x = reach_backward(s, box, k);
			*ret_y = *ret_x - k;
			if (!odd && within(&f, k) && *ret_x <= s->forward[k])
				return true;
		}
	}
	return false;
}

static void
mark(const struct diff_side *side, int32_t from, int32_t to)
{
	for (int32_t i = from; i < to; i++)
		side->changed[i] = true;
}

/* The depth of the recursion is at most the logarithm of the edits. */
static void
compare(struct search *s, struct box box)
{
	int32_t x, y;

	while (box.x0 < box.x1 && box.y0 < box.y1 && same(s, box.x0, box.y0)) {
		box.x0++;
		box.y0++;
	}
	while (box.x0 < box.x1 && box.y0 < box.y1 &&
	       same(s, box.x1 - 1, box.y1 - 1)) {
		box.x1--;
		box.y1--;
	}
	if (box.x0 == box.x1 || box.y0 == box.y1 ||
	    !find_middle(s, &box, &x, &y)) {
		mark(s->from, box.x0, box.x1);
		mark(s->to, box.y0, box.y1);
		return;
	}
	compare(s, (struct box){box.x0, x, box.y0, y});
	compare(s, (struct box){x, box.x1, y, box.y1});
}

int
diff_edits(struct diff_side *from, struct diff_side *to, int64_t budget)
{
	/* Diagonals -to->n .. from->n and one beside each end. */
	size_t diagonals = from->n + to->n + 3;
	int32_t *fronts = calloc(2 * diagonals, sizeof(*fronts));
	struct search s = {from, to, NULL, NULL, budget};

	assert(from->n < INT32_MAX / 4 && to->n < INT32_MAX / 4);
	if (fronts == NULL)
		return ERR_NOMEM;
	s.forward = fronts + to->n + 1;
	s.backward = fronts + diagonals + to->n + 1;
	compare(&s, (struct box){0, (int32_t)from->n, 0, (int32_t)to->n});
	free(fronts);
	return 0;
}
