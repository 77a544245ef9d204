/* The Merkle tree of RFC 6962 over the rows: hashes, roots, and proofs that a
 * row is in it and that it only ever grew.
 *
 * A node is named by its level and its place on that level: (L, i) covers the
 * leaves [i * 2^L, (i + 1) * 2^L), all of which exist. */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H

#include "base/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TREE_LEVELS = 64,
	/* hashes in the longest proof: two for each level, and no more */
	TREE_PROOF_MAX = 2 * TREE_LEVELS
};

/* All that is needed to go on: one hash for each bit of size, the largest
 * subtree first. */
struct tree {
	uint64_t size; /* leaves */
	struct digest stack[TREE_LEVELS];
};

/* The hashes of leaves [first, next) of a larger tree, by the largest nodes
 * that lie within: what a tree of `first` leaves needs to grow. */
struct tree_span {
	uint64_t first, next;
	size_t n;
	struct digest nodes[2 * TREE_LEVELS];
};

/* In the order in which RFC 6962 lists them. */
struct tree_proof {
	size_t n;
	struct digest hashes[TREE_PROOF_MAX];
};

/* Where hashes are kept: 0, or an error that the caller of the function that
 * reads gets back unchanged. */
typedef int tree_read_fn(void *ctx, unsigned level, uint64_t index,
			 struct digest *ret);

struct digest tree_leaf(const void *bytes, size_t len);
struct digest tree_node(const struct digest *left, const struct digest *right);

void tree_init(struct tree *t);
void tree_append(struct tree *t, const struct digest *leaf);
/* Appends 2^level leaves by their common hash; size is a multiple of that. */
void tree_append_node(struct tree *t, unsigned level, const struct digest *h);
void tree_span_init(struct tree_span *s, uint64_t first);
void tree_span_append(struct tree_span *s, const struct digest *leaf);
/* Appends the leaves [t->size, next) by the nodes of a span. */
void tree_append_span(struct tree *t, uint64_t next, const struct digest *nodes,
		      size_t n);

/* Of the empty tree: SHA-256 of nothing. */
struct digest tree_root(const struct tree *t);

/* The state of a tree of `size` leaves, from kept hashes. */
int tree_load(struct tree *t, uint64_t size, tree_read_fn *fetch, void *ctx);

/* index < size. */
int tree_prove_inclusion(uint64_t index, uint64_t size, tree_read_fn *fetch,
			 void *ctx, struct tree_proof *ret);
/* 0 < size1 <= size2. */
int tree_prove_consistency(uint64_t size1, uint64_t size2, tree_read_fn *fetch,
			   void *ctx, struct tree_proof *ret);

/* Whether the proof shows what it should.  A tree of no leaves has no
 * proofs. */
bool tree_check_inclusion(const struct digest *leaf, uint64_t index,
			  uint64_t size, const struct tree_proof *proof,
			  const struct digest *root);
bool tree_check_consistency(uint64_t size1, const struct digest *root1,
			    uint64_t size2, const struct digest *root2,
			    const struct tree_proof *proof);

#endif
