/* Rows by their place: every one is found there, and nothing else is taken
 * for it; a scan goes on behind any of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "ledger/fetch.h"

#include <stdlib.h>
#include <string.h>

enum { SEGMENT_ROWS = 4, ROWS = 11 };

struct places {
	struct row_place at[ROWS];
	uint64_t next;
	int64_t end;
};

static int
note_place(void *ctx, const struct row *row)
{
	struct places *p = ctx;

	if (row->seq % SEGMENT_ROWS == 0)
		p->end = 0;
	p->at[row->seq] =
	    (struct row_place){row->seq, row->seq - row->seq % SEGMENT_ROWS,
			       p->end, row->line_len};
	p->end += (int64_t)row->line_len + 1;
	p->next = row->seq + 1;
	return 0;
}

static void
build(struct rig *r, struct places *p)
{
	rig_init(r, SEGMENT_ROWS);
	assert_int_equal(rig_open(r), 0);
	for (int i = 1; i < ROWS; i++)
		assert_int_equal(rig_append(r, i), 0);
	assert_int_equal(rig_flush(r), 0);
	rig_close(r);
	*p = (struct places){0};
	assert_int_equal(ledger_scan(simdisk_io(r->disk), RIG_DIR, 0,
				     UINT64_MAX, note_place, p, NULL),
			 0);
	assert_int_equal(p->next, ROWS);
}

struct expect {
	uint64_t next;
};

static int
expect_next(void *ctx, const struct row *row)
{
	struct expect *e = ctx;

	assert_int_equal(row->seq, e->next++);
	return 0;
}

static void
scan_after_each(void **state)
{
	struct places p;
	struct rig r;

	build(&r, &p);
	for (uint64_t after = 0; after < ROWS; after++) {
		for (uint64_t to = 0; to < ROWS + 2; to++) {
			uint64_t end = to < ROWS ? to : ROWS;
			struct expect e = {after + 1};

			assert_int_equal(
			    ledger_scan_after(simdisk_io(r.disk), RIG_DIR,
					      &p.at[after], to, expect_next, &e,
					      NULL),
			    0);
			assert_int_equal(e.next,
					 end > after + 1 ? end : after + 1);
		}
	}
	/* A place that is no row's: the scan does not find its next row. */
	p.at[2].off++;
	assert_int_equal(ledger_scan_after(simdisk_io(r.disk), RIG_DIR,
					   &p.at[2], UINT64_MAX, expect_next,
					   NULL, NULL),
			 ERR_DAMAGED);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

static void
each_place(void **state)
{
	struct places p;
	struct fetch f;
	struct rig r;
	struct row row;

	build(&r, &p);
	assert_int_equal(fetch_open(&f, simdisk_io(r.disk), "/nowhere", NULL),
			 ERR_NOT_FOUND);
	assert_int_equal(fetch_open(&f, simdisk_io(r.disk), RIG_DIR, NULL), 0);
	for (size_t i = ROWS; i-- > 0;) {
		assert_int_equal(fetch_row(&f, &p.at[i], &row, NULL), 0);
		assert_int_equal(row.seq, i);
		assert_int_equal(row.line_len, p.at[i].len);
		assert_string_equal(row.kind,
				    i == 0 ? "ledger.genesis" : "note");
	}
	fetch_close(&f);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

static void
wrong_places(void **state)
{
	static const struct {
		int seq, seg, off, len;
		int result;
	} wrong[] = {
	    {1, 0, 0, 0, ERR_DAMAGED},	     {-1, 0, 0, 0, ERR_DAMAGED},
	    {0, 4, 0, 0, ERR_DAMAGED},	     {0, 100, 0, 0, ERR_NOT_FOUND},
	    {0, 0, 1, 0, ERR_DAMAGED},	     {0, 0, -1, 0, ERR_DAMAGED},
	    {0, 0, 1 << 20, 0, ERR_DAMAGED}, {0, 0, 0, 1, ERR_DAMAGED},
	    {0, 0, 0, -1, ERR_DAMAGED},	     {0, 0, 0, -1000, ERR_DAMAGED},
	    {0, 0, 0, 1 << 20, ERR_DAMAGED},
	};
	struct places p;
	struct fetch f;
	struct err err;
	struct rig r;
	struct row row;
	char *seg;
	size_t len;

	build(&r, &p);
	assert_int_equal(fetch_open(&f, simdisk_io(r.disk), RIG_DIR, NULL), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct row_place place = p.at[2];

		place.seq += (uint64_t)wrong[i].seq;
		place.seg += (uint64_t)wrong[i].seg;
		place.off += wrong[i].off;
		place.len += (size_t)wrong[i].len;
		assert_int_equal(fetch_row(&f, &place, &row, &err),
				 wrong[i].result);
	}
	fetch_close(&f);
	seg = simdisk_read(r.disk, rig_path("seg-000000000004.jsonl"), &len);
	seg[60] ^= 1;
	simdisk_chmod(r.disk, rig_path("seg-000000000004.jsonl"), 0640);
	simdisk_write(r.disk, rig_path("seg-000000000004.jsonl"), seg, len);
	free(seg);
	assert_int_equal(fetch_open(&f, simdisk_io(r.disk), RIG_DIR, NULL), 0);
	assert_int_equal(fetch_row(&f, &p.at[4], &row, &err), ERR_DAMAGED);
	assert_int_equal(fetch_row(&f, &p.at[5], &row, &err), 0);
	fetch_close(&f);
	assert_int_equal(simdisk_open_count(r.disk), 0);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(scan_after_each),
	    cmocka_unit_test(each_place),
	    cmocka_unit_test(wrong_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
