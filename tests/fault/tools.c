/* What people do with a ledger whose daemon does not run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger/repair.h"
#include "ledger/restore.h"
#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACKUP	 "/state/backup"
#define RESTORED "/state/restored"

enum { SMALL_ROWS = 4, ROWS = 15 };

static void
make_rows(struct rig *rig)
{
	assert_int_equal(rig_open(rig), 0);
	for (int n = 1; n < ROWS; n++)
		assert_int_equal(rig_append(rig, n), 0);
	assert_int_equal(rig_sign(rig), 0);
	rig_close(rig);
}

/* ---- repair, from a copy that was taken when all was good ---- */

static void
copy_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	char to[300];

	snprintf(to, sizeof(to), BACKUP "%s", path + strlen(RIG_DIR));
	simdisk_write(ctx, to, bytes, len);
}

static void
damage(struct simdisk *disk, const char *name, size_t cut, size_t flip)
{
	size_t len;
	char *text = simdisk_read(disk, rig_path(name), &len);

	assert_non_null(text);
	text[flip] ^= 1;
	simdisk_chmod(disk, rig_path(name), 0640);
	simdisk_write(disk, rig_path(name), text, len - cut);
	free(text);
}

static void
make_damaged(struct rig *rig)
{
	make_rows(rig);
	simdisk_make_dir(rig->disk, BACKUP);
	simdisk_each(rig->disk, RIG_DIR, copy_file, rig->disk);
	damage(rig->disk, "seg-000000000000.jsonl", 0, 100);
	simdisk_remove(rig->disk, rig_path("seg-000000000004.jsonl"));
	damage(rig->disk, "seg-000000000012.jsonl", 300, 0);
}

static int
repair(const struct ledger_io *io, struct err *err)
{
	struct repair_result result;
	struct folder backup;
	int r = folder_open(&backup, io, BACKUP, err);

	if (r == 0) {
		const struct repair_source source = repair_source_of(&backup);
		const struct repair_options options = {
		    .sources = &source, .n_sources = 1, .witness = ROWS};

		r = repair_ledger(io, RIG_DIR, &options, &result, err);
		folder_close(&backup);
	}
	return r;
}

static void
run_repair(struct life *life)
{
	struct err err = {0};
	int r;

	life_arm(life, true);
	r = repair(simdisk_io(life->rig.disk), &err);
	life_arm(life, false);
	if (!life_note(life, r) && err.text[0] == '\0')
		fail_msg("%d without words", r);
}

/* Every segment as in the copy. */
static void
compare_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	     size_t len)
{
	const char *name = path + strlen(BACKUP);
	char *text;
	size_t n;

	if (strncmp(name, "/seg-", 5) != 0)
		return;
	text = simdisk_read(ctx, rig_path(name + 1), &n);
	assert_non_null(text);
	assert_int_equal(n, len);
	assert_memory_equal(text, bytes, len);
	free(text);
}

static void
judge_repair(const struct life *life, struct simdisk *disk, struct leave *leave)
{
	struct err err = {0};

	if (repair(simdisk_io(disk), &err) < 0)
		fail_msg("repair: %s", err.text);
	simdisk_each(disk, BACKUP, compare_file, disk);
	life_judge_ledger(life, disk, leave);
}

/* ---- restore ---- */

struct rows {
	const struct ledger_io *io;
	struct restore *restore;
	struct err err;
	int result;
};

static int
give_row(void *ctx, const struct row *row)
{
	struct rows *s = ctx;

	if (row->seq == 0)
		s->result = restore_begin(s->io, RESTORED, row->line,
					  row->line_len, &s->restore, &s->err);
	if (s->result == 0)
		s->result = restore_add_row(s->restore, row->line,
					    row->line_len, &s->err);
	return s->result < 0;
}

static int
restore(const struct ledger_io *io, struct err *ret_err)
{
	struct rows s = {.io = io};
	struct restore_result result;
	int r = ledger_scan(io, RIG_DIR, 0, UINT64_MAX, give_row, &s, &s.err);

	if (r >= 0)
		r = s.result;
	if (r == 0)
		r = restore_finish(s.restore, NULL, NULL, &result, &s.err);
	restore_free(s.restore);
	*ret_err = s.err;
	return r;
}

static void
run_restore(struct life *life)
{
	struct err err = {0};
	int r;

	life_arm(life, true);
	r = restore(simdisk_io(life->rig.disk), &err);
	life_arm(life, false);
	if (!life_note(life, r) && err.text[0] == '\0')
		fail_msg("%d without words", r);
}

/* The whole ledger, or none; then the next attempt makes it. */
static void
judge_restore(const struct life *life, struct simdisk *disk,
	      struct leave *leave)
{
	const struct ledger_io *io = simdisk_io(disk);
	struct ledger_verdict v;
	struct err err = {0};

	if (simdisk_mode(disk, RESTORED) < 0 && restore(io, &err) < 0)
		fail_msg("restore: %s", err.text);
	assert_int_equal(ledger_verify(io, RESTORED, 1, &v, NULL), 0);
	if (!v.ok || v.rows != ROWS)
		fail_msg("%d rows: %s", (int)v.rows, v.reason);
	life_judge_ledger(life, disk, leave);
}

const struct life_kind lives_of_tools[LIVES_OF_TOOLS] = {
    {"repair", SMALL_ROWS, make_damaged, run_repair, judge_repair},
    {"restore", SMALL_ROWS, make_rows, run_restore, judge_restore},
};
