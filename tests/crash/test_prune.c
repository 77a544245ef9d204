/* The power is cut between any two calls while rows go, and while a start
 * finishes what was cut.  Nothing that must stay is lost, nothing is taken
 * for damage, and what is told as gone does not come back.
 *
 * tests/crash/mutations runs this program against mutants, as test_crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "images.h"
#include "old.h"

#include <stdio.h>
#include <stdlib.h>

enum { NEST_EVERY = 23, LEAVE_EVERY = 97 };

enum { IMAGES_WANTED = 5400 };

static const struct image_budget budget = {12, 8}, nested_budget = {4, 3};

static struct leave *leave;
static long total_images;
static uint64_t next_seed = 88172645463325252u;

/* A life that is cut at each of its calls. */
struct life {
	struct rig rig;
	enum old_stage stage;
	bool nested;
};

static void on_call(void *ctx, struct simdisk *d);

/* The start that finishes it, cut as well. */
static void
cut_again(struct simdisk *image, enum old_stage stage)
{
	struct life life = {.stage = stage, .nested = true};

	rig_init_disk(&life.rig, image, OLD_SEGMENT);
	old_rig(&life.rig);
	simdisk_set_hook(image, on_call, &life);
	assert_int_equal(rig_open(&life.rig), 0);
	assert_int_equal(ledger_flush(life.rig.l, NULL, NULL, &life.rig.err),
			 0);
	assert_true(rig_inspect(&life.rig) >= 0);
	simdisk_set_hook(image, NULL, NULL);
	rig_fini(&life.rig);
}

static void
on_image(void *ctx, struct simdisk *image)
{
	const struct life *life = ctx;

	total_images++;
	if (!life->nested && total_images % NEST_EVERY == 0)
		cut_again(simdisk_kill(image), life->stage);
	old_judge(image, life->stage,
		  total_images % LEAVE_EVERY == 0 ? leave : NULL);
}

static void
on_call(void *ctx, struct simdisk *d)
{
	struct life *life = ctx;

	images_each(d, life->nested ? &nested_budget : &budget, next_seed++,
		    on_image, life);
	if (!life->nested)
		on_image(life, simdisk_kill(d));
}

static void
check_gone(struct life *life)
{
	struct simdisk *worst = images_worst(life->rig.disk);

	old_check_gone(worst, life->stage);
	simdisk_free(worst);
}

static void
test_power_cut(void **state)
{
	struct life life = {.stage = OLD_BEGUN};
	struct rig *r = &life.rig;

	rig_init(r, OLD_SEGMENT);
	simdisk_ignore(r->disk, "lock");
	images_obey(r->disk);
	old_make(r);
	simdisk_set_hook(r->disk, on_call, &life);
	assert_int_equal(rig_append_prune(r, 0, OLD_TO), 0);
	assert_int_equal(ledger_batch_begin(r->l, &r->err), 0);
	assert_int_equal(ledger_batch_sync(r->l), 0);
	assert_int_equal(ledger_batch_finish(r->l, 0, NULL, NULL, &r->err), 0);
	life.stage = OLD_RECORDED;
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	life.stage = OLD_GONE;
	check_gone(&life);
	assert_true(rig_inspect(r) > 0);
	life.stage = OLD_SWEPT;
	check_gone(&life);
	on_call(&life, r->disk);
	simdisk_set_hook(r->disk, NULL, NULL);
	rig_fini(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_power_cut)};
	int failed, judged;

	setvbuf(stdout, NULL, _IOLBF, 0);
	leave = leave_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	judged = leave_judge(leave);
	printf("%ld images recovered, of %d wanted; %d ledgers judged by "
	       "ledger-check\n",
	       total_images, IMAGES_WANTED, judged);
	return failed > 0 || judged < 0 || total_images < IMAGES_WANTED;
}
