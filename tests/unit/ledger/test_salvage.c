/* Which rows are the ledger: any order, repetitions, twins, gaps; and a
 * ledger made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "ledger/restore.h"
#include "ledger/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT_ROWS = 4, ROWS = 11 };

#define OUT "/state/out"

/* A ledger, and all its lines. */
struct world {
	struct rig rig;
	char *line[ROWS];
	struct digest leaf[ROWS];
	int dir;
	struct salvage *s;
	struct restore *restore;
};

static int
keep_line(void *ctx, const struct row *row)
{
	struct world *w = ctx;

	w->line[row->seq] = strndup(row->line, row->line_len);
	w->leaf[row->seq] = row->leaf;
	return 0;
}

static const struct ledger_io *
io(const struct world *w)
{
	return simdisk_io(w->rig.disk);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	rig_init(&w->rig, SEGMENT_ROWS);
	assert_int_equal(rig_open(&w->rig), 0);
	for (int i = 1; i < ROWS; i++)
		assert_int_equal(rig_append(&w->rig, i), 0);
	assert_int_equal(rig_flush(&w->rig), 0);
	rig_close(&w->rig);
	assert_int_equal(
	    ledger_scan(io(w), RIG_DIR, 0, UINT64_MAX, keep_line, w, NULL), 0);
	w->dir = io(w)->open_dir(io(w)->ctx, AT_FDCWD, "/state");
	assert_int_equal(
	    salvage_new(io(w), w->dir, 0, SALVAGE_NONE, &w->s, NULL), 0);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	salvage_free(w->s);
	restore_free(w->restore);
	io(w)->close(io(w)->ctx, w->dir);
	assert_int_equal(simdisk_open_count(w->rig.disk), 0);
	for (int i = 0; i < ROWS; i++)
		free(w->line[i]);
	rig_fini(&w->rig);
	free(w);
	return 0;
}

static void
add(struct world *w, uint64_t seq)
{
	assert_int_equal(
	    salvage_add(w->s, w->line[seq], strlen(w->line[seq]), NULL), 0);
}

/* Another row `seq` behind a row with this leaf; its own leaf. */
static struct digest
add_twin(struct world *w, uint64_t seq, const struct digest *prev)
{
	struct row_draft draft = {
	    .id = "twin", .kind = "note", .body = "{}", .body_len = 2};
	struct buf line = {0};
	struct digest leaf;

	row_render(&line, &draft, seq, 0, prev, &leaf);
	assert_int_equal(salvage_add(w->s, line.data, line.len - 1, NULL), 0);
	buf_free(&line);
	return leaf;
}

static void
expect_rows(struct world *w, uint64_t from, uint64_t end)
{
	struct err err;

	assert_int_equal(salvage_end(w->s), end);
	assert_true(salvage_choose(w->s, end, NULL));
	for (uint64_t seq = from; seq < end; seq++) {
		struct buf line = {0};

		assert_true(
		    digest_equal(salvage_leaf(w->s, seq), &w->leaf[seq]));
		assert_int_equal(salvage_read(w->s, seq, &line, &err), 0);
		assert_int_equal(line.len, strlen(w->line[seq]) + 1);
		assert_memory_equal(line.data, w->line[seq], line.len - 1);
		assert_int_equal(line.data[line.len - 1], '\n');
		buf_free(&line);
	}
}

static void
any_order_and_repetitions(void **state)
{
	struct world *w = *state;

	for (uint64_t seq = ROWS; seq-- > 0;)
		add(w, seq);
	for (uint64_t seq = 3; seq < 6; seq++)
		add(w, seq);
	salvage_link(w->s, NULL);
	expect_rows(w, 0, ROWS);
	assert_int_equal(salvage_repeated(w->s), 3);
	assert_int_equal(salvage_contested(w->s), SALVAGE_NONE);
	assert_int_equal(salvage_at_or_after(w->s, ROWS), SALVAGE_NONE);
}

static void
a_gap_ends_the_chain(void **state)
{
	struct world *w = *state;

	for (uint64_t seq = 0; seq < ROWS; seq++) {
		if (seq != 4 && seq != 5)
			add(w, seq);
	}
	salvage_link(w->s, NULL);
	expect_rows(w, 0, 4);
	assert_int_equal(salvage_at_or_after(w->s, 4), 6);
	assert_false(salvage_choose(w->s, ROWS, NULL));
	add(w, 5);
	add(w, 4);
	salvage_link(w->s, NULL);
	expect_rows(w, 0, ROWS);
}

static void
nothing_is_no_chain(void **state)
{
	struct world *w = *state;

	salvage_link(w->s, NULL);
	assert_int_equal(salvage_end(w->s), 0);
	assert_true(salvage_choose(w->s, 0, NULL));
	assert_false(salvage_choose(w->s, 1, NULL));
	assert_int_equal(salvage_at_or_after(w->s, 0), SALVAGE_NONE);
	add(w, 3);
	salvage_link(w->s, NULL);
	assert_int_equal(salvage_end(w->s), 0);
}

static void
only_whole_rows_of_the_range(void **state)
{
	struct world *w = *state;
	struct salvage *s;
	char *line = w->line[5];
	size_t len = strlen(line);

	assert_int_equal(salvage_new(io(w), w->dir, 4, 8, &s, NULL), 0);
	assert_int_equal(salvage_add(s, w->line[3], strlen(w->line[3]), NULL),
			 ERR_INVALID);
	assert_int_equal(salvage_add(s, w->line[8], strlen(w->line[8]), NULL),
			 ERR_INVALID);
	assert_int_equal(salvage_add(s, line, len - 1, NULL), ERR_INVALID);
	for (size_t i = 0; i < len; i++) {
		line[i] ^= 1;
		assert_int_equal(salvage_add(s, line, len, NULL), ERR_INVALID);
		line[i] ^= 1;
	}
	for (uint64_t seq = 4; seq < 8; seq++)
		assert_int_equal(
		    salvage_add(s, w->line[seq], strlen(w->line[seq]), NULL),
		    0);
	salvage_link(s, &w->leaf[2]);
	assert_int_equal(salvage_end(s), 4);
	salvage_link(s, &w->leaf[3]);
	assert_int_equal(salvage_end(s), 8);
	assert_true(salvage_choose(s, 8, &w->leaf[7]));
	assert_false(salvage_choose(s, 8, &w->leaf[6]));
	salvage_free(s);
}

static void
rows_out_of_any_bytes(void **state)
{
	struct world *w = *state;
	struct buf bytes = {0};

	buf_printf(&bytes, "%s\n\nrubbish\n%s\n%s", w->line[1], w->line[0],
		   w->line[2]);
	assert_int_equal(salvage_add_lines(w->s, bytes.data, bytes.len, NULL),
			 0);
	buf_free(&bytes);
	salvage_link(w->s, NULL);
	expect_rows(w, 0, 2); /* the last has no line end */
}

static void
the_end_decides_between_twins(void **state)
{
	struct world *w = *state;
	struct digest twin;

	twin = add_twin(w, 5, &w->leaf[4]);
	for (uint64_t seq = 0; seq < ROWS; seq++)
		add(w, seq);
	add_twin(w, 9, &twin); /* hangs on nothing */
	salvage_link(w->s, NULL);
	expect_rows(w, 0, ROWS);
	assert_int_equal(salvage_contested(w->s), 5);
	/* At one end the first that was brought; or the one that is named. */
	assert_true(salvage_choose(w->s, 6, NULL));
	assert_true(digest_equal(salvage_leaf(w->s, 5), &twin));
	assert_true(salvage_choose(w->s, 6, &w->leaf[5]));
	assert_true(digest_equal(salvage_leaf(w->s, 5), &w->leaf[5]));
}

static struct digest
root_of(const struct world *w, uint64_t size)
{
	struct tree tree;

	tree_init(&tree);
	for (uint64_t i = 0; i < size; i++)
		tree_append(&tree, &w->leaf[i]);
	return tree_root(&tree);
}

/* A longer forgery loses against a signature, behind which it may win. */
static void
a_root_settles(void **state)
{
	struct world *w = *state;
	struct digest twin, root = root_of(w, 6), other = root_of(w, 5);

	for (uint64_t seq = 0; seq < 8; seq++)
		add(w, seq);
	twin = add_twin(w, 5, &w->leaf[4]);
	for (uint64_t seq = 6; seq < 20; seq++)
		twin = add_twin(w, seq, &twin);
	salvage_link(w->s, NULL);
	assert_int_equal(salvage_end(w->s), 20);
	assert_false(salvage_settle(w->s, 6, &other));
	assert_false(salvage_settle(w->s, 21, &root));
	assert_int_equal(salvage_end(w->s), 20);
	assert_true(salvage_settle(w->s, 6, &root));
	expect_rows(w, 0, 8);
	assert_int_equal(salvage_contested(w->s), SALVAGE_NONE);
}

/* More than the buffer holds. */
static void
many_rows_wait_in_the_file(void **state)
{
	enum { MANY = 9000 };
	struct world *w = *state;
	struct digest last = {0};
	struct buf line = {0};

	for (uint64_t seq = 0; seq < MANY; seq++)
		last = add_twin(w, seq, &last);
	salvage_link(w->s, NULL);
	assert_int_equal(salvage_end(w->s), MANY);
	assert_true(salvage_choose(w->s, MANY, &last));
	for (uint64_t seq = 0; seq < MANY; seq += 89) {
		struct digest leaf;

		buf_reset(&line);
		assert_int_equal(salvage_read(w->s, seq, &line, NULL), 0);
		leaf = row_leaf(line.data, line.len - 1);
		assert_true(digest_equal(&leaf, salvage_leaf(w->s, seq)));
	}
	buf_free(&line);
}

static int
restore_rows_of(struct world *w, uint64_t n, struct restore_result *result,
		struct err *err)
{
	int r = restore_begin(io(w), OUT, w->line[0], strlen(w->line[0]),
			      &w->restore, err);

	for (uint64_t seq = n; r == 0 && seq-- > 0;)
		r = restore_add_row(w->restore, w->line[seq],
				    strlen(w->line[seq]), err);
	if (r == 0)
		r = restore_finish(w->restore, NULL, NULL, result, err);
	restore_free(w->restore);
	w->restore = NULL;
	return r;
}

static bool
exists(const struct world *w, const char *path)
{
	int fd = io(w)->open_dir(io(w)->ctx, AT_FDCWD, path);

	if (fd >= 0)
		io(w)->close(io(w)->ctx, fd);
	return fd >= 0;
}

static void
expect_same_file(const struct world *w, const char *name, bool sealed)
{
	char path[80];
	size_t len, want_len;
	char *bytes,
	    *want = simdisk_read(w->rig.disk, rig_path(name), &want_len);

	snprintf(path, sizeof(path), OUT "/%s", name);
	bytes = simdisk_read(w->rig.disk, path, &len);
	assert_non_null(bytes);
	assert_int_equal(len, want_len);
	assert_memory_equal(bytes, want, len);
	assert_int_equal(simdisk_mode(w->rig.disk, path), sealed ? 0440 : 0640);
	free(bytes);
	free(want);
}

/* Whatever is not synced goes. */
static unsigned
lose(void *ctx, unsigned n)
{
	return n - 1;
}

static void
expect_durable(const struct world *w)
{
	struct simdisk *after = simdisk_crash(w->rig.disk, lose, NULL);
	struct ledger_verdict v;

	assert_int_equal(ledger_verify(simdisk_io(after), OUT, 1, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.rows, ROWS);
	simdisk_free(after);
}

static void
a_ledger_comes_back(void **state)
{
	struct restore_result result;
	struct world *w = *state;
	struct err err;

	assert_int_equal(restore_rows_of(w, ROWS, &result, &err), 0);
	assert_int_equal(result.rows, ROWS);
	assert_int_equal(result.next_there, SALVAGE_NONE);
	expect_same_file(w, "LEDGER", false);
	expect_same_file(w, "SHA256SUMS", false);
	expect_same_file(w, "seg-000000000000.jsonl", true);
	expect_same_file(w, "seg-000000000004.jsonl", true);
	expect_same_file(w, "seg-000000000008.jsonl", false);
	assert_int_equal(simdisk_mode(w->rig.disk, OUT "/secret"), 0600);
	assert_false(exists(w, OUT ".new"));
	expect_durable(w);
	assert_int_equal(restore_rows_of(w, ROWS, &result, &err), ERR_EXISTS);
	assert_int_equal(restore_begin(io(w), "/state/two", w->line[1],
				       strlen(w->line[1]), &w->restore, &err),
			 ERR_INVALID);
	assert_int_equal(restore_rows_of(w, ROWS, &result, &err), ERR_EXISTS);
}

/* Every number of rows, so that each end of a segment is met. */
static void
any_prefix_is_a_ledger(void **state)
{
	struct world *w = *state;

	for (uint64_t n = 1; n <= ROWS; n++) {
		struct restore_result result;
		struct ledger_verdict v;
		char path[32];

		snprintf(path, sizeof(path), "/state/n%d", (int)n);
		assert_int_equal(restore_begin(io(w), path, w->line[0],
					       strlen(w->line[0]), &w->restore,
					       NULL),
				 0);
		for (uint64_t seq = 0; seq < ROWS; seq++) {
			if (seq == n)
				continue;
			assert_int_equal(
			    restore_add_row(w->restore, w->line[seq],
					    strlen(w->line[seq]), NULL),
			    0);
		}
		assert_int_equal(
		    restore_finish(w->restore, NULL, NULL, &result, NULL), 0);
		restore_free(w->restore);
		w->restore = NULL;
		assert_int_equal(result.rows, n);
		assert_int_equal(result.next_there,
				 n + 1 < ROWS ? n + 1 : SALVAGE_NONE);
		assert_int_equal(ledger_verify(io(w), path, 1, &v, NULL), 0);
		assert_true(v.ok);
		assert_int_equal(v.rows, n);
	}
}

/* One attempt whose k-th call fails; whether it had so many. */
static bool
restore_with_fault(struct world *w, long k)
{
	struct restore_result result;
	struct err err = {0};
	bool met;
	int r;

	simdisk_fail(w->rig.disk, k, ENOSPC, SIMDISK_FAIL, false);
	r = restore_rows_of(w, ROWS, &result, &err);
	met = simdisk_failed(w->rig.disk);
	simdisk_fail(w->rig.disk, 0, 0, SIMDISK_FAIL, false);
	assert_int_equal(r < 0, err.text[0] != '\0');
	/* The name, and all behind it; or no name, and another attempt. */
	if (!exists(w, OUT)) {
		assert_true(r < 0);
		assert_int_equal(restore_rows_of(w, ROWS, &result, &err), 0);
	}
	expect_same_file(w, "seg-000000000000.jsonl", true);
	expect_same_file(w, "seg-000000000004.jsonl", true);
	expect_same_file(w, "seg-000000000008.jsonl", false);
	return met;
}

static void
a_fault_leaves_no_half_of_it(void **state)
{
	bool met = true;
	long k;

	for (k = 1; met; k++) {
		void *world;

		set_up(&world);
		met = restore_with_fault(world, k);
		tear_down(&world);
	}
	assert_in_range(k, 40, 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(any_order_and_repetitions),
	    TEST(a_gap_ends_the_chain),
	    TEST(nothing_is_no_chain),
	    TEST(only_whole_rows_of_the_range),
	    TEST(rows_out_of_any_bytes),
	    TEST(the_end_decides_between_twins),
	    TEST(a_root_settles),
	    TEST(many_rows_wait_in_the_file),
	    TEST(a_ledger_comes_back),
	    TEST(any_prefix_is_a_ledger),
	    cmocka_unit_test(a_fault_leaves_no_half_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
