#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT_ROWS = 3, LEAVE_EVERY = 67 };

static long judged;

void
life_init(struct life *life)
{
	*life = (struct life){0};
	rig_init(&life->rig, SEGMENT_ROWS);
	life->rig.min_free_bytes = INT64_MAX / 2; /* no ballast */
}

static void
note(struct life *life, int r)
{
	if (r >= 0)
		return;
	if (r < ERR_UNSUPPORTED)
		fail_msg("%d is no code of ours", r);
	life->errors++;
	if (r == ERR_POISONED)
		life->poisoned = true;
}

struct step {
	struct life *life;
	life_arm_fn *arm;
};

static int
arm(const struct step *s, bool armed)
{
	if (s->arm != NULL)
		s->arm(armed);
	return 0;
}

static bool
open_ledger(const struct step *s)
{
	struct rig *rig = &s->life->rig;
	int r;

	arm(s, true);
	r = rig_open(rig);
	arm(s, false);
	note(s->life, r);
	if (r < 0 && rig->err.text[0] == '\0')
		fail_msg("%d without words", r);
	if (r == 0 && rig->rec.damaged)
		fail_msg("%s", rig->rec.words);
	return r == 0;
}

static void
append(const struct step *s, int n)
{
	int r;

	arm(s, true);
	r = n % 3 == 0 ? rig_append_blob(&s->life->rig, n)
		       : rig_append(&s->life->rig, n);
	arm(s, false);
	note(s->life, r);
}

/* Rows that found no room are tried once more; a poisoned ledger takes
 * nothing and acknowledges nothing. */
static void
flush(const struct step *s)
{
	struct rig *rig = &s->life->rig;
	size_t acks;
	int r;

	for (int i = 0; i < 2; i++) {
		acks = rig->n_acks;
		arm(s, true);
		r = rig_flush(rig);
		arm(s, false);
		note(s->life, r);
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

static void
close_ledger(const struct step *s)
{
	arm(s, true);
	rig_close(&s->life->rig);
	arm(s, false);
	assert_int_equal(simdisk_open_count(s->life->rig.disk), 0);
}

static void
stop(const struct step *s)
{
	struct rig *rig = &s->life->rig;

	arm(s, true);
	note(s->life, rig_append_row(rig, "stopped.1", "daemon.stopped", "{}",
				     NULL, NULL));
	arm(s, false);
	flush(s);
	close_ledger(s);
}

void
life_run(struct life *life, life_arm_fn *arm_fn)
{
	const struct step s = {life, arm_fn};

	if (open_ledger(&s)) {
		for (int n = 1; n <= 5; n++) {
			append(&s, n);
			if (n % 2 == 1)
				flush(&s);
		}
		stop(&s);
	}
	assert_int_equal(simdisk_open_count(life->rig.disk), 0);
	if (open_ledger(&s)) {
		append(&s, 6);
		flush(&s);
		append(&s, 7);
		flush(&s);
		close_ledger(&s);
	}
	assert_int_equal(simdisk_open_count(life->rig.disk), 0);
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
judge(const struct rig *acked, struct simdisk *disk, struct leave *leave)
{
	struct search s = {.rig = acked};
	struct ledger_verdict v;
	struct rig rig;

	rig_init_disk(&rig, disk, SEGMENT_ROWS);
	rig.min_free_bytes = INT64_MAX / 2;
	if (rig_open(&rig) < 0)
		fail_msg("does not open again: %s", rig.err.text);
	if (rig.rec.damaged)
		fail_msg("%s", rig.rec.words);
	assert_int_equal(ledger_scan(simdisk_io(disk), RIG_DIR, 0, UINT64_MAX,
				     find_ack, &s, NULL),
			 0);
	if (s.found < acked->n_acks)
		fail_msg("false acknowledgement: %s", acked->acks[s.found]);
	assert_int_equal(rig_append(&rig, 1000), 0);
	assert_int_equal(rig_flush(&rig), 0);
	assert_int_equal(ledger_verify(simdisk_io(disk), RIG_DIR, 1, &v, NULL),
			 0);
	if (!v.ok)
		fail_msg("row %d: %s", (int)v.first_bad_seq, v.reason);
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
	struct rig *rig = &life->rig;

	simdisk_fail(rig->disk, 0, 0, SIMDISK_FAIL, false);
	judge(rig, simdisk_crash(rig->disk, lose, NULL), leave);
	judge(rig, simdisk_kill(rig->disk), leave);
	rig_fini(rig);
}
