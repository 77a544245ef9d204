/* mirror.json: what is saved is loaded; anything else is as if there were
 * none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "ledger/mirror_file.h"

#include <stdlib.h>
#include <string.h>

static const struct mirror_file saved = {
    .confirmed = 4,
    .expired = 2,
    .forged = 5,
    .conflicts = 1,
    .conflict_seq = 3,
    .cursor = "s=01;i=2;b=3",
};

static void
set_up_rows(struct rig *r)
{
	rig_init(r, 4);
	assert_int_equal(rig_open(r), 0);
	for (int n = 1; n <= 6; n++)
		assert_int_equal(rig_append(r, n), 0);
	assert_int_equal(rig_flush(r), 0);
}

static int
load(struct rig *r, struct mirror_file *file)
{
	return mirror_file_load(simdisk_io(r->disk), RIG_DIR,
				ledger_genesis(r->l), file, &r->err);
}

static int
keep_leaf(void *ctx, const struct row *row)
{
	*(struct digest *)ctx = row->leaf;
	return 0;
}

static void
what_is_saved_is_loaded(void **state)
{
	struct mirror_file file;
	struct digest leaf;
	struct rig r;
	char *text;

	set_up_rows(&r);
	assert_int_equal(load(&r, &file), ERR_NOT_FOUND);
	assert_int_equal(
	    mirror_file_save(simdisk_io(r.disk), RIG_DIR, &saved, &r.err), 0);
	assert_int_equal(load(&r, &file), 0);
	assert_int_equal(file.confirmed, 4);
	assert_int_equal(file.expired, 2);
	assert_int_equal(file.forged, 5);
	assert_int_equal(file.conflicts, 1);
	assert_int_equal(file.conflict_seq, 3);
	assert_string_equal(file.cursor, saved.cursor);
	ledger_scan(simdisk_io(r.disk), RIG_DIR, 3, 4, keep_leaf, &leaf, NULL);
	assert_true(digest_equal(&file.leaf, &leaf));
	text = simdisk_read(r.disk, rig_path("mirror.json"), NULL);
	assert_ptr_equal(strstr(text, "{\"confirmed_seq\":3,\"conflict_seq\":3,"
				      "\"conflicts\":1,\"cursor\":\""),
			 text);
	assert_null(simdisk_read(r.disk, rig_path("mirror.json.new"), NULL));
	free(text);
	assert_int_equal(
	    mirror_file_load(simdisk_io(r.disk), RIG_DIR, NULL, &file, &r.err),
	    0);
	/* It is not of another ledger. */
	memset(&leaf, 7, sizeof(leaf));
	assert_int_equal(
	    mirror_file_load(simdisk_io(r.disk), RIG_DIR, &leaf, &file, &r.err),
	    ERR_NOT_FOUND);
	assert_int_equal(simdisk_open_count(r.disk), 3);
	rig_fini(&r);
}

/* Every byte counts: no flipped, cut or foreign file is believed. */
static void
a_damaged_file_is_none(void **state)
{
	struct mirror_file file;
	struct rig r;
	size_t len;
	char *text;

	set_up_rows(&r);
	mirror_file_save(simdisk_io(r.disk), RIG_DIR, &saved, &r.err);
	text = simdisk_read(r.disk, rig_path("mirror.json"), &len);
	for (size_t i = 0; i < len; i++) {
		text[i] ^= 1;
		simdisk_write(r.disk, rig_path("mirror.json"), text, len);
		assert_int_equal(load(&r, &file), ERR_NOT_FOUND);
		text[i] ^= 1;
		simdisk_write(r.disk, rig_path("mirror.json"), text, i);
		assert_int_equal(load(&r, &file), ERR_NOT_FOUND);
	}
	simdisk_write(r.disk, rig_path("mirror.json"), text, len);
	assert_int_equal(load(&r, &file), 0);
	free(text);
	rig_fini(&r);
}

static void
a_row_that_is_not_there_is_not_confirmed(void **state)
{
	struct mirror_file file = saved;
	struct rig r;

	set_up_rows(&r);
	file.confirmed = 100;
	assert_true(
	    mirror_file_save(simdisk_io(r.disk), RIG_DIR, &file, &r.err) < 0);
	assert_int_equal(load(&r, &file), ERR_NOT_FOUND);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_saved_is_loaded),
	    cmocka_unit_test(a_damaged_file_is_none),
	    cmocka_unit_test(a_row_that_is_not_there_is_not_confirmed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
