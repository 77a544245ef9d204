/* The tiles of a tree of 70,000 leaves as x/mod makes them, and paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vectors.h"
#include "ledger/tile.h"

#include <stdlib.h>
#include <string.h>

#define ALL 70000UL

static struct digest *nodes[32]; /* by level of the tree */

static int
setup(void **state)
{
	for (unsigned level = 0; ALL >> level > 0; level++) {
		size_t n = ALL >> level;

		nodes[level] = calloc(n, sizeof(struct digest));
		for (size_t i = 0; i < n; i++)
			nodes[level][i] =
			    level == 0
				? vectors_leaf(i)
				: tree_node(&nodes[level - 1][2 * i],
					    &nodes[level - 1][2 * i + 1]);
	}
	return 0;
}

static int
teardown(void **state)
{
	for (unsigned level = 0; level < 32; level++)
		free(nodes[level]);
	return 0;
}

static struct digest *
first_hash(const struct tile *t)
{
	return nodes[TILE_HEIGHT * t->level] + t->index * TILE_WIDTH;
}

static void
test_vectors(void **state)
{
	struct json_object *o = vectors_load("tlog-generated.json");
	struct json_object *list = vectors_list(o, "tiles_of_size_70000");

	assert_int_equal(json_object_array_length(list), 8);
	for (size_t i = 0; i < 8; i++) {
		struct json_object *c = json_object_array_get_idx(list, i);
		char path[TILE_PATH_SIZE], hex[DIGEST_HEX_LEN + 1];
		struct digest sum;
		struct tile t;

		assert_true(tile_parse_path(vectors_text(c, "c2sp_path"), &t));
		assert_string_equal(tile_path(&t, path),
				    vectors_text(c, "c2sp_path"));
		assert_int_equal(t.level, vectors_number(c, "level"));
		assert_int_equal(t.index, vectors_number(c, "index"));
		assert_int_equal(t.width, vectors_number(c, "width"));
		sum = digest_sha256(first_hash(&t), t.width * DIGEST_LEN);
		assert_string_equal(digest_hex(&sum, hex),
				    vectors_text(c, "sha256"));
		assert_int_equal(t.index < tile_full_count(ALL, t.level),
				 t.width == TILE_WIDTH);
		if (t.width < TILE_WIDTH)
			assert_int_equal(tile_partial_width(ALL, t.level),
					 t.width);
	}
	json_object_put(o);
}

/* Every node that a full tile tells is the node of the tree. */
static void
test_nodes(void **state)
{
	for (unsigned level = 0; level < 16; level++) {
		for (size_t i = 0; i < ALL >> level; i += 1 + i / 7) {
			struct tile t = tile_of_node(level, i);
			struct digest d;

			if (t.index >= tile_full_count(ALL, t.level))
				continue;
			d = tile_node((const uint8_t *)first_hash(&t), level,
				      i);
			assert_true(digest_equal(&d, &nodes[level][i]));
		}
	}
}

static void
test_counts(void **state)
{
	static const struct {
		uint64_t size;
		unsigned level;
		uint64_t full;
		unsigned width;
	} rows[] = {
	    {0, 0, 0, 0},
	    {255, 0, 0, 255},
	    {256, 0, 1, 0},
	    {256, 1, 0, 1},
	    {65535, 1, 0, 255},
	    {65536, 1, 1, 0},
	    {UINT64_MAX, 7, 0, 255},
	    {UINT64_MAX, 8, 0, 0},
	    {UINT64_MAX, 63, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(tile_full_count(rows[i].size, rows[i].level),
				 rows[i].full);
		assert_int_equal(
		    tile_partial_width(rows[i].size, rows[i].level),
		    rows[i].width);
	}
}

static void
test_paths(void **state)
{
	static const struct {
		const char *path;
		struct tile t;
	} good[] = {
	    {"tile/0/000", {0, 0, 256}},
	    {"tile/63/999", {63, 999, 256}},
	    {"tile/3/x001/000", {3, 1000, 256}},
	    {"tile/3/x001/x234/067", {3, 1234067, 256}},
	    {"tile/3/x001/x234/067.p/1", {3, 1234067, 1}},
	    {"tile/0/x018/x446/x744/x073/x709/x551/615.p/255",
	     {0, UINT64_MAX, 255}},
	};
	static const char *const bad[] = {
	    "",
	    "tile",
	    "tile/",
	    "tile/0",
	    "tile/0/",
	    "tile/0/0",
	    "tile/0/00",
	    "tile/0/0000",
	    "tile/0/000/",
	    "tile/00/000",
	    "tile/64/000",
	    "tile/18446744073709551616/000",
	    "tile/-1/000",
	    "tile/0/x000/001",
	    "tile/0/001/001",
	    "tile/0/x001",
	    "tile/0/x001/",
	    "tile/0/x001/x001",
	    "tile/0/x01/001",
	    "tile/0/x018/x446/x744/x073/x709/x551/616",
	    "tile/0/x001/x018/x446/x744/x073/x709/x551/615",
	    "tile/0/000.p",
	    "tile/0/000.p/",
	    "tile/0/000.p/0",
	    "tile/0/000.p/01",
	    "tile/0/000.p/256",
	    "tile/0/000.p/1/",
	    "tile/0/../0/000",
	    "tile/entries/000",
	    "/tile/0/000",
	    "tile/8/0/000.p/1",
	};
	char path[TILE_PATH_SIZE];
	struct tile t;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!tile_parse_path(good[i].path, &t))
			fail_msg("refused: %s", good[i].path);
		assert_int_equal(t.level, good[i].t.level);
		assert_int_equal(t.index, good[i].t.index);
		assert_int_equal(t.width, good[i].t.width);
		assert_string_equal(tile_path(&t, path), good[i].path);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (tile_parse_path(bad[i], &t))
			fail_msg("taken: %s", bad[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_nodes),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
