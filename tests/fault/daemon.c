/* What the daemon does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../crash/old.h"
#include "ledger/identity.h"
#include "ledger/tile.h"
#include "life.h"

enum { SMALL_ROWS = 3 };

static const uint8_t old_seed[KEY_SEED_LEN] = {1}, new_seed[KEY_SEED_LEN] = {2};

/* Rows and texts over two segments, a stop, a start. */
static void
run_rows(struct life *life)
{
	if (life_open(life)) {
		for (int n = 1; n <= 5; n++) {
			life_append(life, n);
			if (n % 2 == 1)
				life_flush(life);
		}
		life_stop(life);
	}
	if (life_open(life)) {
		life_append(life, 6);
		life_flush(life);
		life_append(life, 7);
		life_flush(life);
		life_close(life);
	}
}

/* Rows 0 to `last`, durable. */
static void
fill(struct rig *rig, int last)
{
	assert_int_equal(rig_open(rig), 0);
	for (int n = 1; n <= last; n++)
		assert_int_equal(rig_append(rig, n), 0);
	assert_int_equal(ledger_flush(rig->l, NULL, NULL, &rig->err), 0);
}

static void
make_nearly_tile(struct rig *rig)
{
	fill(rig, TILE_WIDTH - 3);
}

/* The segment and the first tile become full, and are signed. */
static void
run_tile(struct life *life)
{
	if (!life_open(life))
		return;
	for (int n = TILE_WIDTH - 2; n <= TILE_WIDTH; n++)
		life_append(life, n);
	life_sign(life);
	life_stop(life);
}

static void
make_no_tiles(struct rig *rig)
{
	fill(rig, TILE_WIDTH + 2);
	rig_close(rig);
	simdisk_remove(rig->disk, rig_path("tile"));
	simdisk_remove(rig->disk, rig_path("checkpoint"));
	simdisk_remove(rig->disk, rig_path("checkpoints.jsonl"));
}

static void
run_tiles_again(struct life *life)
{
	if (!life_open(life))
		return;
	life_sign(life);
	life_close(life);
}

static void
make_signed(struct rig *rig)
{
	rig->key_seed = old_seed;
	fill(rig, 1);
	assert_int_equal(rig_sign(rig), 0);
}

static void
run_rekey(struct life *life)
{
	life->rig.key_seed = new_seed;
	life->rig.previous_key_seed = old_seed;
	if (!life_open(life))
		return;
	life_append(life, 2);
	life_sign(life);
	life_close(life);
}

/* Rows go, then the texts that only they named. */
static void
run_prune(struct life *life)
{
	struct rig *rig = &life->rig;
	int r;

	old_rig(rig);
	if (!life_open(life))
		return;
	rig->err = (struct err){0};
	life_arm(life, true);
	r = rig_inspect(rig);
	if (r >= 0)
		r = old_prune(rig);
	life_arm(life, false);
	life_note(life, r < 0 ? r : rig->err.code);
	life_close(life);
}

static void
judge_prune(const struct life *life, struct simdisk *disk, struct leave *leave)
{
	old_judge(disk, OLD_BEGUN, NULL);
}

const struct life_kind lives_of_daemon[LIVES_OF_DAEMON] = {
    {"rows", SMALL_ROWS, NULL, run_rows, life_judge_ledger},
    {"a tile", TILE_WIDTH, make_nearly_tile, run_tile, life_judge_ledger},
    {"tiles again", TILE_WIDTH, make_no_tiles, run_tiles_again,
     life_judge_ledger},
    {"another key", SMALL_ROWS, make_signed, run_rekey, life_judge_ledger},
    {"pruning", OLD_SEGMENT, old_make, run_prune, judge_prune},
};
