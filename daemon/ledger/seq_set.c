/* A sorted array of ranges, searched by halving.  Most numbers extend the
 * last range, so that little is ever moved. */
#include "ledger/seq_set.h"

#include <stdlib.h>
#include <string.h>

enum { RANGES_MIN = 16 };

void
seq_set_fini(struct seq_set *s)
{
	free(s->at);
	*s = (struct seq_set){0};
}

/* The index of the first range that ends after `seq`, or n. */
static size_t
find(const struct seq_set *s, uint64_t seq)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->at[middle].to > seq)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool
insert(struct seq_set *s, size_t i, uint64_t seq)
{
	if (s->n == s->cap) {
		size_t cap = s->cap == 0 ? RANGES_MIN : 2 * s->cap;
		struct seq_range *at;

		if (cap > SEQ_SET_RANGES_MAX)
			return false;
		at = realloc(s->at, cap * sizeof(*at));
		if (at == NULL)
			return false;
		s->at = at;
		s->cap = cap;
	}
	if (i < s->n)
		memmove(&s->at[i + 1], &s->at[i],
			(s->n - i) * sizeof(s->at[0]));
	s->at[i] = (struct seq_range){seq, seq + 1};
	s->n++;
	return true;
}

static void
take_out(struct seq_set *s, size_t i, size_t n)
{
	if (i + n < s->n)
		memmove(&s->at[i], &s->at[i + n],
			(s->n - i - n) * sizeof(s->at[0]));
	s->n -= n;
}

bool
seq_set_add(struct seq_set *s, uint64_t seq)
{
	size_t i = find(s, seq);
	bool before = i > 0 && s->at[i - 1].to == seq;
	bool after = i < s->n && s->at[i].from == seq + 1;

	if (i < s->n && s->at[i].from <= seq)
		return true;
	if (before && after) {
		s->at[i - 1].to = s->at[i].to;
		take_out(s, i, 1);
	} else if (before) {
		s->at[i - 1].to++;
	} else if (after) {
		s->at[i].from--;
	} else {
		return insert(s, i, seq);
	}
	return true;
}

uint64_t
seq_set_end(const struct seq_set *s, uint64_t seq)
{
	const struct seq_range *range = seq_set_after(s, seq);

	return range != NULL && range->from <= seq ? range->to : seq;
}

const struct seq_range *
seq_set_after(const struct seq_set *s, uint64_t seq)
{
	size_t i = find(s, seq);

	return i < s->n ? &s->at[i] : NULL;
}

void
seq_set_drop_below(struct seq_set *s, uint64_t seq)
{
	take_out(s, 0, find(s, seq));
	if (s->n > 0 && s->at[0].from < seq)
		s->at[0].from = seq;
}
