/* RFC 6962, section 2.1.  Appending works like adding one to a binary number:
 * every trailing 1 of size is a subtree that the new leaf completes.  The
 * root folds the subtrees from the smallest to the largest.
 *
 * Proofs go down from the root: of the two halves of a range, the one that
 * holds the leaf (or the border between old and new) is entered, and the hash
 * of the other is noted; the list is turned round at the end.  The checks are
 * the algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2, and go the other way. */
#include "ledger/tree.h"

#include <assert.h>

struct digest
tree_leaf(const void *bytes, size_t len)
{
	static const char zero = 0;
	const struct digest_part parts[] = {{&zero, 1}, {bytes, len}};

	return digest_sha256_parts(parts, 2);
}

struct digest
tree_node(const struct digest *left, const struct digest *right)
{
	uint8_t bytes[1 + 2 * DIGEST_LEN] = {1};

	for (int i = 0; i < DIGEST_LEN; i++) {
		bytes[1 + i] = left->bytes[i];
		bytes[1 + DIGEST_LEN + i] = right->bytes[i];
	}
	return digest_sha256(bytes, sizeof(bytes));
}

void
tree_init(struct tree *t)
{
	t->size = 0;
}

static size_t
subtrees(uint64_t size)
{
	return (size_t)__builtin_popcountll(size);
}

void
tree_append(struct tree *t, const struct digest *leaf)
{
	tree_append_node(t, 0, leaf);
}

void
tree_append_node(struct tree *t, unsigned level, const struct digest *h)
{
	size_t n = subtrees(t->size);
	struct digest sum = *h;

	assert(level < TREE_LEVELS && t->size % (UINT64_C(1) << level) == 0);
	for (uint64_t i = t->size >> level; (i & 1) != 0; i >>= 1)
		sum = tree_node(&t->stack[--n], &sum);
	t->stack[n] = sum;
	t->size += UINT64_C(1) << level;
}

void
tree_span_init(struct tree_span *s, uint64_t first)
{
	s->first = s->next = first;
	s->n = 0;
}

/* As in a tree, but a left half that begins before the span is not here. */
void
tree_span_append(struct tree_span *s, const struct digest *leaf)
{
	struct digest sum = *leaf;
	uint64_t at = s->next;

	for (unsigned level = 0; (at >> level & 1) != 0; level++) {
		uint64_t left = ((at >> level) - 1) << level;

		if (left < s->first)
			break;
		sum = tree_node(&s->nodes[--s->n], &sum);
	}
	s->nodes[s->n++] = sum;
	s->next++;
}

void
tree_append_span(struct tree *t, uint64_t next, const struct digest *nodes,
		 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned fits = 63U - (unsigned)__builtin_clzll(next - t->size);
		unsigned aligned =
		    t->size == 0 ? fits : (unsigned)__builtin_ctzll(t->size);

		tree_append_node(t, aligned < fits ? aligned : fits, &nodes[i]);
	}
	assert(t->size == next);
}

struct digest
tree_root(const struct tree *t)
{
	size_t n = subtrees(t->size);
	struct digest root;

	if (n == 0)
		return digest_sha256("", 0);
	root = t->stack[--n];
	while (n > 0)
		root = tree_node(&t->stack[--n], &root);
	return root;
}

/* The perfect subtrees that make up [start, end), the largest first; every
 * one of them begins at a multiple of its size because start is a multiple of
 * a power of two that is not below end - start. */
static int
load_range(struct tree *t, uint64_t start, uint64_t end, tree_read_fn *fetch,
	   void *ctx)
{
	uint64_t left = end - start;
	size_t n = 0;

	t->size = left;
	while (left > 0) {
		unsigned level = 63U - (unsigned)__builtin_clzll(left);
		int r =
		    fetch(ctx, level, (end - left) >> level, &t->stack[n++]);

		if (r < 0)
			return r;
		left -= UINT64_C(1) << level;
	}
	return 0;
}

int
tree_load(struct tree *t, uint64_t size, tree_read_fn *fetch, void *ctx)
{
	return load_range(t, 0, size, fetch, ctx);
}

/* Notes the hash of [start, end). */
static int
note_range(struct tree_proof *p, uint64_t start, uint64_t end,
	   tree_read_fn *fetch, void *ctx)
{
	struct tree part;
	int r;

	r = load_range(&part, start, end, fetch, ctx);
	if (r < 0)
		return r;
	p->hashes[p->n++] = tree_root(&part);
	return 0;
}

/* The largest power of two below n; n > 1. */
static uint64_t
split(uint64_t n)
{
	return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void
turn_round(struct tree_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		struct digest other = p->hashes[p->n - 1 - i];

		p->hashes[p->n - 1 - i] = p->hashes[i];
		p->hashes[i] = other;
	}
}

int
tree_prove_inclusion(uint64_t index, uint64_t size, tree_read_fn *fetch,
		     void *ctx, struct tree_proof *ret)
{
	uint64_t start = 0, end = size;
	int r = 0;

	assert(index < size);
	ret->n = 0;
	while (r == 0 && end - start > 1) {
		uint64_t middle = start + split(end - start);

		if (index < middle) {
			r = note_range(ret, middle, end, fetch, ctx);
			end = middle;
		} else {
			r = note_range(ret, start, middle, fetch, ctx);
			start = middle;
		}
	}
	turn_round(ret);
	return r;
}

int
tree_prove_consistency(uint64_t size1, uint64_t size2, tree_read_fn *fetch,
		       void *ctx, struct tree_proof *ret)
{
	uint64_t start = 0, end = size2;
	int r = 0;

	assert(size1 > 0 && size1 <= size2);
	ret->n = 0;
	while (r == 0 && size1 != end) {
		uint64_t middle = start + split(end - start);

		if (size1 <= middle) {
			r = note_range(ret, middle, end, fetch, ctx);
			end = middle;
		} else {
			r = note_range(ret, start, middle, fetch, ctx);
			start = middle;
		}
	}
	/* When it begins at 0, this is the old tree, whose root is known. */
	if (r == 0 && start > 0)
		r = note_range(ret, start, end, fetch, ctx);
	turn_round(ret);
	return r;
}

bool
tree_check_inclusion(const struct digest *leaf, uint64_t index, uint64_t size,
		     const struct tree_proof *proof, const struct digest *root)
{
	struct digest sum = *leaf;
	uint64_t fn = index, sn = size - 1;

	if (index >= size)
		return false;
	for (size_t i = 0; i < proof->n; i++) {
		const struct digest *p = &proof->hashes[i];

		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			sum = tree_node(p, &sum);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			sum = tree_node(&sum, p);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && digest_equal(&sum, root);
}

/* Both roots from one list, whose first hash is theirs in common. */
static bool
fold_both(uint64_t size1, const struct digest *root1, uint64_t size2,
	  const struct digest *root2, const struct digest *common,
	  const struct digest *hashes, size_t n)
{
	struct digest sum1 = *common, sum2 = *common;
	uint64_t fn = size1 - 1, sn = size2 - 1;

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			sum1 = tree_node(&hashes[i], &sum1);
			sum2 = tree_node(&hashes[i], &sum2);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			sum2 = tree_node(&sum2, &hashes[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && digest_equal(&sum1, root1) &&
	       digest_equal(&sum2, root2);
}

bool
tree_check_consistency(uint64_t size1, const struct digest *root1,
		       uint64_t size2, const struct digest *root2,
		       const struct tree_proof *proof)
{
	if (size1 == 0 || size1 > size2)
		return false;
	if (size1 == size2)
		return proof->n == 0 && digest_equal(root1, root2);
	/* A size that is a power of two is one node: the old root itself. */
	if ((size1 & (size1 - 1)) == 0)
		return fold_both(size1, root1, size2, root2, root1,
				 proof->hashes, proof->n);
	if (proof->n == 0)
		return false;
	return fold_both(size1, root1, size2, root2, &proof->hashes[0],
			 proof->hashes + 1, proof->n - 1);
}
