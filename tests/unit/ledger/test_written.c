/* What was written and whether it stands: segments that are as they were,
 * changed anywhere, cut, or exchanged; and when nothing is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/simdisk.h"
#include "ledger/segment.h"
#include "ledger/written.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tiles of 256 rows cross these segments. */
enum { SEGMENT_ROWS = 100, LINE_LEN = 10, ROWS = 700 };

struct scene {
	struct simdisk *disk;
	int dir;
	struct written w;
	uint64_t first, next; /* rows */
};

static struct digest
leaf_of(uint64_t seq)
{
	return digest_sha256(&seq, sizeof(seq));
}

static const char *
path_of(uint64_t first)
{
	static char path[64];
	char name[SEGMENT_NAME_SIZE];

	snprintf(path, sizeof(path), "/%s", segment_name(first, name));
	return path;
}

/* Line by line into the file and into what is known. */
static void
write_row(struct scene *s)
{
	uint64_t first = s->next / SEGMENT_ROWS * SEGMENT_ROWS;
	struct digest leaf = leaf_of(s->next);
	char line[LINE_LEN + 1], *old;
	size_t len = 0;
	char text[SEGMENT_ROWS * LINE_LEN];

	snprintf(line, sizeof(line), "row %05u\n", (unsigned)s->next);
	old = s->next == first ? NULL
			       : simdisk_read(s->disk, path_of(first), &len);
	if (old != NULL)
		memcpy(text, old, len);
	free(old);
	memcpy(text + len, line, LINE_LEN);
	simdisk_write(s->disk, path_of(first), text, len + LINE_LEN);
	written_add(&s->w, line, LINE_LEN, (int64_t)len, &leaf);
	s->next++;
}

static void
write_rows(struct scene *s, uint64_t n)
{
	for (; n > 0; n--)
		write_row(s);
}

static void
start(struct scene *s, uint64_t first)
{
	const struct ledger_io *io;

	*s = (struct scene){.disk = simdisk_new(), .next = first};
	io = simdisk_io(s->disk);
	s->dir = io->open_dir(io->ctx, AT_FDCWD, "/");
	assert_true(s->dir >= 0);
	written_init(&s->w, SEGMENT_ROWS);
	written_begin(&s->w, first, first);
}

static bool
stands(struct scene *s)
{
	return written_stands(&s->w, simdisk_io(s->disk), s->dir, s->w.from,
			      s->next);
}

static void
end(struct scene *s)
{
	const struct ledger_io *io = simdisk_io(s->disk);

	io->close(io->ctx, s->dir);
	assert_int_equal(simdisk_open_count(s->disk), 0);
	written_fini(&s->w);
	simdisk_free(s->disk);
}

static void
assert_leaves(const struct scene *s)
{
	assert_int_equal(s->w.from + s->w.n, s->next);
	for (size_t i = 0; i < s->w.n; i++) {
		struct digest leaf = leaf_of(s->w.from + i);

		assert_memory_equal(s->w.leaves + i * DIGEST_LEN, leaf.bytes,
				    DIGEST_LEN);
	}
}

static void
test_stands(void **state)
{
	struct scene s;

	start(&s, 0);
	assert_true(stands(&s));
	for (int i = 0; i < ROWS; i++) {
		write_row(&s);
		assert_true(stands(&s));
		assert_true(stands(&s)); /* the newest run goes on */
	}
	assert_leaves(&s);
	end(&s);
}

/* One bit of any row, in the first, in the newest, at either end. */
static void
test_changed(void **state)
{
	struct scene s;

	start(&s, 0);
	write_rows(&s, ROWS - 30);
	for (uint64_t seq = 0; seq < s.next; seq++) {
		uint64_t first = seq / SEGMENT_ROWS * SEGMENT_ROWS;
		size_t len, at = (size_t)(seq - first) * LINE_LEN + seq % 10;
		char *text = simdisk_read(s.disk, path_of(first), &len);

		text[at] ^= 1;
		simdisk_write(s.disk, path_of(first), text, len);
		assert_false(stands(&s));
		text[at] ^= 1;
		simdisk_write(s.disk, path_of(first), text, len);
		free(text);
	}
	assert_true(stands(&s));
	end(&s);
}

static void
test_cut(void **state)
{
	static const uint64_t segments[] = {0, 300, 600};

	for (size_t i = 0; i < sizeof(segments) / sizeof(segments[0]); i++) {
		const char *path = path_of(segments[i]);
		struct scene s;
		size_t len;
		char *text;

		start(&s, 0);
		write_rows(&s, ROWS - 50);
		text = simdisk_read(s.disk, path, &len);
		simdisk_write(s.disk, path, text, len - 1);
		assert_false(stands(&s));
		simdisk_remove(s.disk, path);
		assert_false(stands(&s));
		free(text);
		end(&s);
	}
}

/* The same bytes in the same order, but the last row of a segment stands at
 * the head of the next one. */
static void
test_moved(void **state)
{
	char both[2 * SEGMENT_ROWS * LINE_LEN];
	size_t len, cut = (SEGMENT_ROWS - 1) * LINE_LEN;
	struct scene s;
	char *text;

	start(&s, 0);
	write_rows(&s, 2 * SEGMENT_ROWS);
	for (uint64_t i = 0; i < 2; i++) {
		text = simdisk_read(s.disk, path_of(i * SEGMENT_ROWS), &len);
		memcpy(both + i * len, text, len);
		free(text);
	}
	simdisk_write(s.disk, path_of(0), both, cut);
	simdisk_write(s.disk, path_of(SEGMENT_ROWS), both + cut,
		      sizeof(both) - cut);
	assert_false(stands(&s));
	end(&s);
}

static void
test_drop_tiles(void **state)
{
	struct scene s;

	start(&s, 0);
	write_rows(&s, 2 * TILE_WIDTH + 3);
	/* row 512 is the 13th of its segment */
	assert_int_equal(written_drop_tiles(&s.w), 12 * LINE_LEN);
	assert_int_equal(s.w.from, 2 * TILE_WIDTH);
	assert_int_equal(s.w.n, 3);
	assert_leaves(&s);
	assert_true(stands(&s));
	write_rows(&s, 2 * TILE_WIDTH - 3);
	assert_leaves(&s);
	assert_true(stands(&s));
	/* to the last row, and on */
	written_drop_tiles(&s.w);
	assert_int_equal(s.w.n, 0);
	write_rows(&s, 5);
	assert_true(stands(&s));
	/* of what it knows */
	simdisk_write(s.disk, path_of(0), "", 0);
	assert_true(stands(&s));
	simdisk_write(s.disk, path_of(1000), "", 0);
	assert_false(stands(&s));
	end(&s);
}

static void
test_unknown(void **state)
{
	struct digest leaf = leaf_of(0);
	struct scene s;

	/* rows behind the newest tile that nobody saw */
	start(&s, 0);
	written_begin(&s.w, 0, 1);
	assert_false(stands(&s));
	/* no whole tile ends there */
	written_begin(&s.w, 300, 300);
	s.next = 300;
	assert_false(stands(&s));
	/* other rows than those that are asked for */
	written_begin(&s.w, 256, 256);
	s.next = 256;
	assert_true(stands(&s));
	write_rows(&s, 2);
	s.next++;
	assert_false(stands(&s));
	s.next -= 2;
	assert_false(stands(&s));
	s.next++;
	assert_true(stands(&s));
	assert_false(written_stands(&s.w, simdisk_io(s.disk), s.dir, 0, 258));
	end(&s);
	/* more than it holds: segments of one row have a run each */
	start(&s, 0);
	written_fini(&s.w);
	written_init(&s.w, 1);
	written_begin(&s.w, 0, 0);
	for (int i = 0; i <= WRITTEN_RUNS_MAX; i++) {
		assert_true(s.w.known);
		written_add(&s.w, "x\n", 2, 0, &leaf);
	}
	assert_false(s.w.known);
	written_begin(&s.w, 0, 0);
	assert_true(s.w.known);
	end(&s);
	start(&s, 0);
	written_fini(&s.w);
	written_init(&s.w, 2 * WRITTEN_ROWS_MAX);
	written_begin(&s.w, 0, 0);
	for (int i = 0; i <= WRITTEN_ROWS_MAX; i++)
		written_add(&s.w, "x\n", 2, 2 * i, &leaf);
	assert_false(s.w.known);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stands),     cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_cut),	       cmocka_unit_test(test_moved),
	    cmocka_unit_test(test_drop_tiles), cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
