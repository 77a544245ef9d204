#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAVE_EVERY = 197 };

static long judged;

const struct life_kind *
life_kind(size_t i)
{
	return i < LIVES_OF_DAEMON ? &lives_of_daemon[i]
				   : &lives_of_tools[i - LIVES_OF_DAEMON];
}

static void
set_up(struct rig *rig, struct simdisk *disk, const struct life_kind *kind)
{
	rig_init_disk(rig, disk, kind->segment_rows);
	rig->min_free_bytes = INT64_MAX / 2; /* no ballast */
}

struct simdisk *
life_make(const struct life_kind *kind)
{
	struct simdisk *disk = simdisk_new(), *made;
	struct rig rig;

	simdisk_make_dir(disk, "/state");
	set_up(&rig, disk, kind);
	if (kind->make != NULL)
		kind->make(&rig);
	rig_close(&rig);
	made = simdisk_kill(disk);
	rig_fini(&rig);
	return made;
}

void
life_init(struct life *life, const struct life_kind *kind,
	  const struct simdisk *made, life_arm_fn *arm)
{
	*life = (struct life){.kind = kind, .arm = arm};
	set_up(&life->rig, simdisk_kill(made), kind);
}

bool
life_note(struct life *life, int r)
{
	if (r >= 0)
		return true;
	if (r < ERR_UNSUPPORTED)
		fail_msg("%d is no code of ours", r);
	life->errors++;
	if (r == ERR_POISONED)
		life->poisoned = true;
	return false;
}

void
life_arm(const struct life *life, bool armed)
{
	if (life->arm != NULL)
		life->arm(armed);
}

bool
life_open(struct life *life)
{
	struct rig *rig = &life->rig;
	int r;

	life_arm(life, true);
	r = rig_open(rig);
	life_arm(life, false);
	if (r < 0 && rig->err.text[0] == '\0')
		fail_msg("%d without words", r);
	if (r == 0 && rig->rec.damaged)
		fail_msg("%s", rig->rec.words);
	return life_note(life, r);
}

void
life_append(struct life *life, int n)
{
	int r;

	life_arm(life, true);
	r = n % 3 == 0 ? rig_append_blob(&life->rig, n)
		       : rig_append(&life->rig, n);
	life_arm(life, false);
	life_note(life, r);
}

void
life_flush(struct life *life)
{
	struct rig *rig = &life->rig;
	size_t acks;
	int r;

	for (int i = 0; i < 2; i++) {
		acks = rig->n_acks;
		rig->err = (struct err){0};
		life_arm(life, true);
		r = rig_flush(rig);
		life_arm(life, false);
		/* What rows do without is told by words alone. */
		life_note(life, r == 0 ? rig->err.code : r);
		if (r == 0)
			return;
		if (r == ERR_POISONED)
			assert_true(ledger_poisoned(rig->l));
	}
	if (ledger_poisoned(rig->l)) {
		assert_int_equal(rig->n_acks, acks);
		assert_int_equal(rig_append(rig, 99), ERR_POISONED);
	}
}

void
life_sign(struct life *life)
{
	life_flush(life);
	ledger_want_checkpoint(life->rig.l);
	life_flush(life);
}

void
life_close(struct life *life)
{
	life_arm(life, true);
	rig_close(&life->rig);
	life_arm(life, false);
	assert_int_equal(simdisk_open_count(life->rig.disk), 0);
}

void
life_stop(struct life *life)
{
	int r;

	life_arm(life, true);
	r = rig_append_row(&life->rig, "stopped.1", "daemon.stopped", "{}",
			   NULL, NULL);
	life_arm(life, false);
	life_note(life, r);
	life_flush(life);
	life_close(life);
}

struct search {
	const struct rig *rig;
	size_t found;
};

static int
find_ack(void *ctx, const struct row *row)
{
	struct search *s = ctx;

	if (s->found < s->rig->n_acks &&
	    strlen(s->rig->acks[s->found]) == row->line_len &&
	    memcmp(s->rig->acks[s->found], row->line, row->line_len) == 0)
		s->found++;
	return 0;
}

static void
go_on(struct rig *rig)
{
	struct ledger_verdict v;

	assert_int_equal(rig_append(rig, 1000), 0);
	assert_int_equal(rig_sign(rig), 0);
	assert_int_equal(
	    ledger_verify(simdisk_io(rig->disk), RIG_DIR, 3, &v, NULL), 0);
	if (!v.ok || v.level != 3)
		fail_msg("level %d, row %d: %s", v.level, (int)v.first_bad_seq,
			 v.reason);
}

void
life_judge_ledger(const struct life *life, struct simdisk *disk,
		  struct leave *leave)
{
	const struct rig *acked = &life->rig;
	struct search s = {.rig = acked};
	struct rig rig;

	set_up(&rig, disk, life->kind);
	rig.key_seed = acked->key_seed;
	rig.previous_key_seed = acked->previous_key_seed;
	if (rig_open(&rig) < 0)
		fail_msg("does not open again: %s", rig.err.text);
	if (rig.rec.damaged)
		fail_msg("%s", rig.rec.words);
	assert_int_equal(ledger_scan(simdisk_io(disk), RIG_DIR, 0, UINT64_MAX,
				     find_ack, &s, NULL),
			 0);
	if (s.found < acked->n_acks)
		fail_msg("false acknowledgement: %s", acked->acks[s.found]);
	go_on(&rig);
	rig_close(&rig);
	if (++judged % LEAVE_EVERY == 0)
		leave_ledger(leave, disk, RIG_DIR);
	rig_fini(&rig);
}

static unsigned
lose(void *ctx, unsigned n)
{
	return n > 1 ? 1 : 0;
}

void
life_judge(struct life *life, struct leave *leave)
{
	struct simdisk *disk = life->rig.disk;

	assert_int_equal(simdisk_open_count(disk), 0);
	simdisk_fail(disk, 0, 0, SIMDISK_FAIL, false);
	life->kind->judge(life, simdisk_crash(disk, lose, NULL), leave);
	life->kind->judge(life, simdisk_kill(disk), leave);
	rig_fini(&life->rig);
}
