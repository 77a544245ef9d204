/* Known answers of others, and each proof against each tree up to a size
 * beyond which nothing new happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors.h"
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALL = 70000, SMALL = 70, GENERATED_ROOTS = 75 };

static struct digest leaves[ALL];

static int
setup(void **state)
{
	for (uint64_t i = 0; i < ALL; i++)
		leaves[i] = vectors_leaf(i);
	return 0;
}

/* A node by definition: all of its leaves, two by two. */
static struct digest
node(unsigned level, uint64_t index)
{
	struct digest left, right;

	if (level == 0)
		return leaves[index];
	left = node(level - 1, 2 * index);
	right = node(level - 1, 2 * index + 1);
	return tree_node(&left, &right);
}

/* ctx: the size of the tree, so that nothing beyond it is asked for. */
static int
read_node(void *ctx, unsigned level, uint64_t index, struct digest *ret)
{
	assert_true((index + 1) << level <= *(uint64_t *)ctx);
	*ret = node(level, index);
	return 0;
}

static struct digest
root_of(uint64_t size)
{
	struct tree t;

	tree_init(&t);
	for (uint64_t i = 0; i < size; i++)
		tree_append(&t, &leaves[i]);
	assert_int_equal(t.size, size);
	return tree_root(&t);
}

static void
assert_digest(const struct digest *d, const char *hex)
{
	char text[DIGEST_HEX_LEN + 1];

	assert_string_equal(digest_hex(d, text), hex);
}

static void
test_hashes(void **state)
{
	struct json_object *o = vectors_load("rfc6962-hash.json");
	struct json_object *list = vectors_list(o, "leaf");
	struct digest d = root_of(0);

	assert_digest(&d, vectors_text(o, "empty_root"));
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		const char *hex = vectors_text(c, "data_hex");
		uint8_t bytes[16];

		assert_int_equal(hex_decode(hex, strlen(hex) / 2, bytes), 0);
		d = tree_leaf(bytes, strlen(hex) / 2);
		assert_digest(&d, vectors_text(c, "hash"));
	}
	json_object_put(o);
}

static void
test_inclusion_vectors(void **state)
{
	struct json_object *o = vectors_load("merkle-inclusion.json");
	struct json_object *list = vectors_list(o, "cases");
	size_t n = json_object_array_length(list);

	assert_int_equal(n, 98);
	for (size_t i = 0; i < n; i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		struct digest leaf, root;
		struct tree_proof proof;
		bool ok;

		ok = vectors_base64(vectors_text(c, "root"), &root) &&
		     vectors_base64(vectors_text(c, "leafHash"), &leaf) &&
		     vectors_proof_base64(vectors_list(c, "proof"), &proof) &&
		     tree_check_inclusion(&leaf, vectors_number(c, "leafIdx"),
					  vectors_number(c, "treeSize"), &proof,
					  &root);
		if (ok == (vectors_number(c, "wantErr") != 0))
			fail_msg("%s", vectors_text(c, "file"));
	}
	json_object_put(o);
}

/* Its roots are texts of another length, equal to each other: no case for
 * hashes. */
static const char no_hashes[] = "testdata/consistency/additional/"
				"sizes-are-equal-one-and-proof-is-empty.json";

static void
test_consistency_vectors(void **state)
{
	struct json_object *o = vectors_load("merkle-consistency.json");
	struct json_object *list = vectors_list(o, "cases");
	size_t n = json_object_array_length(list);

	assert_int_equal(n, 98);
	for (size_t i = 0; i < n; i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		const char *file = vectors_text(c, "file");
		struct digest root1, root2;
		struct tree_proof proof;
		bool ok;

		ok = vectors_base64(vectors_text(c, "root1"), &root1) &&
		     vectors_base64(vectors_text(c, "root2"), &root2) &&
		     vectors_proof_base64(vectors_list(c, "proof"), &proof) &&
		     tree_check_consistency(vectors_number(c, "size1"), &root1,
					    vectors_number(c, "size2"), &root2,
					    &proof);
		if (strcmp(file, no_hashes) == 0)
			assert_false(ok);
		else if (ok == (vectors_number(c, "wantErr") != 0))
			fail_msg("%s", file);
	}
	json_object_put(o);
}

static void
test_roots(void **state)
{
	struct json_object *o = vectors_load("tlog-generated.json");
	struct json_object *roots = vectors_list(o, "roots");
	int n = 0;

	json_object_object_foreach(roots, size, root)
	{
		struct digest d = root_of(strtoull(size, NULL, 10));

		assert_digest(&d, json_object_get_string(root));
		n++;
	}
	assert_int_equal(n, GENERATED_ROOTS);
	json_object_put(o);
}

static void
assert_proofs_equal(const struct tree_proof *a, const struct tree_proof *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->hashes, b->hashes, a->n * DIGEST_LEN);
}

static void
test_generated_inclusion(void **state)
{
	struct json_object *o = vectors_load("tlog-generated.json");
	struct json_object *list = vectors_list(o, "inclusion");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		uint64_t index = vectors_number(c, "index");
		uint64_t size = vectors_number(c, "size");
		struct digest root = vectors_hex(vectors_text(c, "root"));
		struct tree_proof theirs, ours;

		theirs = vectors_proof_hex(vectors_list(c, "proof"));
		assert_int_equal(
		    tree_prove_inclusion(index, size, read_node, &size, &ours),
		    0);
		assert_proofs_equal(&ours, &theirs);
		assert_true(tree_check_inclusion(&leaves[index], index, size,
						 &theirs, &root));
	}
	json_object_put(o);
}

static void
test_generated_consistency(void **state)
{
	struct json_object *o = vectors_load("tlog-generated.json");
	struct json_object *list = vectors_list(o, "consistency");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		uint64_t size1 = vectors_number(c, "size1");
		uint64_t size2 = vectors_number(c, "size2");
		struct digest root1 = vectors_hex(vectors_text(c, "root1"));
		struct digest root2 = vectors_hex(vectors_text(c, "root2"));
		struct tree_proof theirs, ours;

		theirs = vectors_proof_hex(vectors_list(c, "proof"));
		assert_int_equal(tree_prove_consistency(size1, size2, read_node,
							&size2, &ours),
				 0);
		assert_proofs_equal(&ours, &theirs);
		assert_true(tree_check_consistency(size1, &root1, size2, &root2,
						   &theirs));
	}
	json_object_put(o);
}

/* A proof holds for what it was made for and for no neighbour of it. */
static void
see_inclusion(uint64_t index, uint64_t size, const struct tree_proof *proof,
	      const struct digest *root)
{
	for (uint64_t i = 0; i < size + 2; i++) {
		bool same = i == index;

		assert_int_equal(
		    tree_check_inclusion(&leaves[index], i, size, proof, root),
		    same);
		assert_int_equal(
		    tree_check_inclusion(&leaves[i], index, size, proof, root),
		    same);
	}
}

static void
test_every_inclusion(void **state)
{
	for (uint64_t size = 1; size <= SMALL; size++) {
		struct digest root = root_of(size);

		for (uint64_t i = 0; i < size; i++) {
			struct tree_proof proof;

			assert_int_equal(tree_prove_inclusion(
					     i, size, read_node, &size, &proof),
					 0);
			see_inclusion(i, size, &proof, &root);
		}
	}
}

static void
test_every_consistency(void **state)
{
	struct digest roots[SMALL + 1];
	struct tree_proof proof;

	for (uint64_t size = 0; size <= SMALL; size++)
		roots[size] = root_of(size);
	for (uint64_t size2 = 1; size2 <= SMALL; size2++) {
		for (uint64_t size1 = 1; size1 <= size2; size1++) {
			assert_int_equal(tree_prove_consistency(size1, size2,
								read_node,
								&size2, &proof),
					 0);
			for (uint64_t i = 0; i <= SMALL; i++)
				assert_int_equal(tree_check_consistency(
						     size1, &roots[i], size2,
						     &roots[size2], &proof),
						 i == size1);
			assert_false(
			    tree_check_consistency(size1, &roots[size1], size2,
						   &roots[size2 - 1], &proof));
		}
	}
}

static void
test_no_leaves(void **state)
{
	struct digest empty = root_of(0), one = root_of(1);
	struct tree_proof none = {0};

	assert_false(tree_check_inclusion(&leaves[0], 0, 0, &none, &empty));
	assert_false(tree_check_consistency(0, &empty, 1, &one, &none));
	assert_false(tree_check_consistency(0, &empty, 0, &empty, &none));
	assert_false(tree_check_consistency(2, &one, 1, &one, &none));
}

/* The state is the same by leaves, by subtrees and from kept hashes. */
static void
test_state(void **state)
{
	for (uint64_t size = 0; size <= SMALL; size++) {
		struct digest root = root_of(size), d;
		struct tree kept, grown;

		assert_int_equal(tree_load(&kept, size, read_node, &size), 0);
		d = tree_root(&kept);
		assert_true(digest_equal(&d, &root));
		tree_init(&grown);
		for (int level = 6; level >= 0; level--) {
			if ((size >> level & 1) == 0)
				continue;
			d = node((unsigned)level, grown.size >> level);
			tree_append_node(&grown, (unsigned)level, &d);
		}
		assert_int_equal(grown.size, size);
		d = tree_root(&grown);
		assert_true(digest_equal(&d, &root));
		if (size == SMALL)
			continue;
		tree_append(&kept, &leaves[size]);
		d = tree_root(&kept);
		root = root_of(size + 1);
		assert_true(digest_equal(&d, &root));
	}
}

/* A tree of `first` leaves grows by the nodes of a span to any size. */
static void
test_spans(void **state)
{
	for (uint64_t first = 0; first <= SMALL; first++) {
		struct tree_span s;

		tree_span_init(&s, first);
		for (uint64_t next = first; next <= SMALL; next++) {
			struct digest root = root_of(next), d;
			uint64_t size = first;
			struct tree t;

			assert_int_equal(s.next, next);
			assert_int_equal(tree_load(&t, first, read_node, &size),
					 0);
			tree_append_span(&t, next, s.nodes, s.n);
			d = tree_root(&t);
			assert_true(digest_equal(&d, &root));
			tree_span_append(&s, &leaves[next]);
		}
	}
}

static int
read_fails(void *ctx, unsigned level, uint64_t index, struct digest *ret)
{
	return --*(int *)ctx < 0
		   ? ERR_DAMAGED
		   : read_node(&(uint64_t){SMALL}, level, index, ret);
}

/* Whatever hash cannot be read, the caller hears of it. */
static void
test_reading_fails(void **state)
{
	struct tree_proof proof;
	struct tree t;
	int left;

	for (int k = 0; k < 3; k++) {
		left = k;
		assert_int_equal(tree_load(&t, SMALL, read_fails, &left),
				 ERR_DAMAGED);
		left = k;
		assert_int_equal(
		    tree_prove_inclusion(3, SMALL, read_fails, &left, &proof),
		    ERR_DAMAGED);
		left = k;
		assert_int_equal(tree_prove_consistency(33, SMALL, read_fails,
							&left, &proof),
				 ERR_DAMAGED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hashes),
	    cmocka_unit_test(test_inclusion_vectors),
	    cmocka_unit_test(test_consistency_vectors),
	    cmocka_unit_test(test_roots),
	    cmocka_unit_test(test_generated_inclusion),
	    cmocka_unit_test(test_generated_consistency),
	    cmocka_unit_test(test_every_inclusion),
	    cmocka_unit_test(test_every_consistency),
	    cmocka_unit_test(test_no_leaves),
	    cmocka_unit_test(test_state),
	    cmocka_unit_test(test_spans),
	    cmocka_unit_test(test_reading_fails),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
