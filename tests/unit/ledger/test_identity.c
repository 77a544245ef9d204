/* LEDGER made anew out of row 0: when it may be, when it must not, and that
 * it is the same to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../crash/images.h"
#include "../../fakes/rig.h"
#include "ledger/folder.h"
#include "ledger/repair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT = 256, WINDOW = 16, ROWS = 600 };

static const uint8_t seeds[2][32] = {{1}, {2}};

static char *
load(struct rig *r, const char *name)
{
	return simdisk_read(r->disk, rig_path(name), NULL);
}

static void
store(struct rig *r, const char *name, const char *text)
{
	if (simdisk_mode(r->disk, rig_path(name)) >= 0)
		simdisk_chmod(r->disk, rig_path(name), 0640);
	simdisk_write(r->disk, rig_path(name), text, strlen(text));
}

/* ---- what somebody may do to the files ---- */

static void
lose_file(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("LEDGER"));
}

static void
spoil_file(struct rig *r)
{
	char *text = load(r, "LEDGER");

	text[10] = '!';
	store(r, "LEDGER", text);
	free(text);
}

static void
empty_file(struct rig *r)
{
	store(r, "LEDGER", "");
}

static void
put_file(struct rig *r, const struct identity *id)
{
	struct buf line = {0};

	identity_render(&line, id);
	store(r, "LEDGER", buf_text(&line));
	buf_free(&line);
}

static void
swap_key(struct rig *r)
{
	char *text = load(r, "LEDGER");
	struct identity id;

	assert_int_equal(identity_parse(text, strlen(text), &id, NULL), 0);
	free(text);
	assert_int_equal(vkey_of_seed(id.origin, seeds[1], id.vkey, NULL), 0);
	put_file(r, &id);
}

static void
swap_all(struct rig *r)
{
	char *text = load(r, "LEDGER");
	struct identity id;

	assert_int_equal(identity_parse(text, strlen(text), &id, NULL), 0);
	free(text);
	id.genesis.bytes[0] ^= 1;
	assert_int_equal(vkey_of_seed(id.origin, seeds[1], id.vkey, NULL), 0);
	put_file(r, &id);
}

static void
newer_file(struct rig *r)
{
	char *text = load(r, "LEDGER");

	memcpy(strstr(text, "\"fmt\":1"), "\"fmt\":2", 7);
	store(r, "LEDGER", text);
	free(text);
}

static void
spoil_row(struct rig *r)
{
	char *text = load(r, "seg-000000000000.jsonl");

	*strchr(text, ':') = '!';
	store(r, "seg-000000000000.jsonl", text);
	free(text);
}

static void
lose_row(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("seg-000000000000.jsonl"));
}

static void
lose_tile(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("tile/0/000"));
}

/* Row 0 of another ledger, and of this one everything else. */
static void
swap_row(struct rig *r)
{
	char *text = load(r, "seg-000000000000.jsonl");
	char *rest = strchr(text, '\n'), *other;
	struct buf both = {0};
	struct rig twin;

	rig_init(&twin, SEGMENT);
	twin.key_seed = seeds[1];
	assert_int_equal(rig_open(&twin), 0);
	other = load(&twin, "seg-000000000000.jsonl");
	buf_add(&both, other, (size_t)(strchr(other, '\n') - other));
	buf_puts(&both, rest);
	store(r, "seg-000000000000.jsonl", buf_text(&both));
	buf_free(&both);
	free(other);
	free(text);
	rig_fini(&twin);
}

/* All of segment 0 made anew under this key, in itself as good as ours. */
static void
rechain(struct rig *r, const uint8_t seed[32])
{
	char *text;
	struct rig twin;

	rig_init(&twin, SEGMENT);
	twin.key_seed = seed;
	assert_int_equal(rig_fill(&twin, SEGMENT + 1), 0);
	text = load(&twin, "seg-000000000000.jsonl");
	store(r, "seg-000000000000.jsonl", text);
	free(text);
	rig_fini(&twin);
}

static void
rechain_other_key(struct rig *r)
{
	rechain(r, seeds[1]);
}

/* Only the time or the text of row 0 is another. */
static void
rechain_same_key(struct rig *r)
{
	rechain(r, seeds[0]);
}

static void
lose_rest(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("seg-000000000256.jsonl"));
	simdisk_remove(r->disk, rig_path("seg-000000000512.jsonl"));
}

static void
lose_signed(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("checkpoint"));
	simdisk_remove(r->disk, rig_path("checkpoints.jsonl"));
}

/* The key and all else is right. */
static void
swap_genesis(struct rig *r)
{
	char *text = load(r, "LEDGER");
	struct identity id;

	assert_int_equal(identity_parse(text, strlen(text), &id, NULL), 0);
	free(text);
	id.genesis.bytes[0] ^= 1;
	put_file(r, &id);
}

typedef void tamper_fn(struct rig *r);

static void
fill(struct rig *r, bool pruned)
{
	rig_init(r, SEGMENT);
	r->id_window = WINDOW;
	r->key_seed = seeds[0];
	assert_int_equal(rig_fill(r, ROWS), 0);
	if (pruned)
		assert_int_equal(rig_append_prune(r, 0, SEGMENT), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	rig_close(r);
}

static void
assert_verified(struct rig *r)
{
	struct ledger_verdict v;
	struct err err;

	if (ledger_verify(simdisk_io(r->disk), RIG_DIR, 3, &v, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(v.ok);
	assert_int_equal(v.level, 3);
}

/* More than 0: LEDGER is to be made anew, and is the old one again. */
static void
test_decided(void **state)
{
	static const struct {
		bool pruned;
		tamper_fn *tamper[3];
		int expected;
		const char *words;
	} cases[] = {
	    {false, {NULL}, 0, NULL},
	    {false, {lose_file}, 1, NULL},
	    {false, {spoil_file}, 1, NULL},
	    {false, {empty_file}, 1, NULL},
	    {false, {swap_key}, 1, NULL},
	    {false, {swap_all}, 1, NULL},
	    {false, {swap_all, lose_tile}, 1, NULL},
	    {false, {lose_file, lose_tile}, 1, NULL},
	    /* nothing that was signed speaks for the row */
	    {false, {lose_file, lose_signed}, 2, NULL},
	    {false, {lose_file, lose_signed, lose_tile}, 2, NULL},
	    {true, {NULL}, 0, NULL},
	    {true, {lose_file}, 1, NULL},
	    {true, {spoil_file}, 1, NULL},
	    {true, {swap_key}, 1, NULL},
	    {true, {swap_all}, 1, NULL},
	    /* row 0 is what is wrong; repair finds it elsewhere */
	    {false, {spoil_row}, 0, NULL},
	    {false, {lose_row}, 0, NULL},
	    {false, {swap_row}, 0, NULL},
	    {false, {swap_row, lose_tile}, 0, NULL},
	    {false, {rechain_other_key}, 0, NULL},
	    {false, {rechain_other_key, lose_tile}, 0, NULL},
	    {false, {rechain_other_key, lose_tile, lose_rest}, 0, NULL},
	    {false, {rechain_other_key, lose_tile, lose_signed}, 0, NULL},
	    {false, {rechain_same_key, lose_tile}, 0, NULL},
	    {false,
	     {rechain_other_key, lose_tile, lose_file},
	     ERR_DAMAGED,
	     "so is row 0"},
	    {false, {swap_genesis}, 1, NULL},
	    {false, {swap_genesis, lose_tile}, 1, NULL},
	    /* nothing is left to tell */
	    {false, {lose_file, spoil_row}, ERR_DAMAGED, "so is row 0"},
	    {false, {lose_file, lose_row}, ERR_DAMAGED, "so is row 0"},
	    {false, {spoil_file, lose_row}, ERR_DAMAGED, "so is row 0"},
	    {false, {lose_file, swap_row}, ERR_DAMAGED, "so is row 0"},
	    {false, {newer_file}, ERR_UNSUPPORTED, "newer than this build"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ledger_io *io;
		char *before, *after;
		struct identity id;
		struct err err = {0};
		struct rig r;
		int e;

		fill(&r, cases[i].pruned);
		io = simdisk_io(r.disk);
		before = load(&r, "LEDGER");
		for (size_t k = 0; k < 3 && cases[i].tamper[k] != NULL; k++)
			cases[i].tamper[k](&r);
		e = repair_find_identity(io, RIG_DIR, &id, &err);
		if (e != cases[i].expected)
			fail_msg("case %d: %d: %s", (int)i, e, err.text);
		if (e < 0)
			assert_non_null(strstr(err.text, cases[i].words));
		if (e > 0) {
			assert_int_equal(
			    repair_put_identity(io, RIG_DIR, &id, &err), 0);
			after = load(&r, "LEDGER");
			assert_string_equal(after, before);
			free(after);
			if (e == 1)
				assert_verified(&r);
		}
		assert_int_equal(simdisk_open_count(r.disk), 0);
		free(before);
		rig_fini(&r);
	}
}

/* A ledger of row 0 alone has no witness but itself. */
static void
test_alone(void **state)
{
	const struct ledger_io *io;
	struct identity id;
	struct rig r;

	rig_init(&r, SEGMENT);
	r.key_seed = seeds[0];
	assert_int_equal(rig_open(&r), 0);
	rig_close(&r);
	io = simdisk_io(r.disk);
	lose_file(&r);
	assert_int_equal(repair_find_identity(io, RIG_DIR, &id, &r.err), 2);
	assert_int_equal(repair_put_identity(io, RIG_DIR, &id, &r.err), 0);
	swap_all(&r);
	assert_int_equal(repair_find_identity(io, RIG_DIR, &id, &r.err),
			 ERR_DAMAGED);
	assert_non_null(strstr(r.err.text, "of two ledgers"));
	rig_fini(&r);
}

/* Row 0 and all behind it was made anew under another key: the checkpoints
 * that are left do not contradict, and do not confirm either. */
static void
test_other_key(void **state)
{
	const struct ledger_io *io;
	struct identity id;
	struct rig r;

	fill(&r, false);
	io = simdisk_io(r.disk);
	rechain_other_key(&r);
	lose_tile(&r);
	lose_rest(&r);
	lose_file(&r);
	assert_int_equal(repair_find_identity(io, RIG_DIR, &id, &r.err), 2);
	rig_fini(&r);
}

static void
test_no_ledger(void **state)
{
	struct identity id;
	struct rig r;

	rig_init(&r, SEGMENT);
	assert_int_equal(
	    repair_find_identity(simdisk_io(r.disk), "/state", &id, &r.err),
	    ERR_NOT_FOUND);
	assert_int_equal(
	    repair_find_identity(simdisk_io(r.disk), "/nothing", &id, &r.err),
	    ERR_NOT_FOUND);
	rig_fini(&r);
}

/* The old file is kept; a writer is left alone. */
static void
test_kept_and_locked(void **state)
{
	char hex[DIGEST_HEX_LEN + 1], kept[60], *text;
	const struct ledger_io *io;
	struct identity id;
	struct digest old;
	struct rig r;

	fill(&r, false);
	io = simdisk_io(r.disk);
	assert_int_equal(rig_open(&r), 0);
	swap_key(&r);
	text = load(&r, "LEDGER");
	old = digest_sha256(text, strlen(text));
	snprintf(kept, sizeof(kept), "quarantine/LEDGER-%.16s",
		 digest_hex(&old, hex));
	free(text);
	assert_int_equal(repair_find_identity(io, RIG_DIR, &id, &r.err), 1);
	assert_int_equal(repair_put_identity(io, RIG_DIR, &id, &r.err),
			 ERR_BUSY);
	rig_close(&r);
	assert_int_equal(repair_put_identity(io, RIG_DIR, &id, &r.err), 0);
	assert_true(simdisk_mode(r.disk, rig_path(kept)) >= 0);
	assert_verified(&r);
	rig_fini(&r);
}

struct cut {
	char *before, *after; /* LEDGER */
	bool done;
	long images;
};

static void
keep_found(void *ctx, const char *path, mode_t mode, const void *bytes,
	   size_t len)
{
	char **text = ctx;

	free(*text);
	*text = strndup(bytes, len);
}

/* The old file or the new one, whole; the new one only beside the old one in
 * quarantine/. */
static void
check_image(void *ctx, struct simdisk *image)
{
	struct cut *cut = ctx;
	char *now = simdisk_read(image, rig_path("LEDGER"), NULL);
	char *kept = NULL;

	assert_non_null(now);
	simdisk_each(image, rig_path("quarantine"), keep_found, &kept);
	if (strcmp(now, cut->before) != 0 || cut->done) {
		assert_string_equal(now, cut->after);
		assert_non_null(kept);
		assert_string_equal(kept, cut->before);
	}
	cut->images++;
	free(now);
	free(kept);
	simdisk_free(image);
}

static void
cut_off(void *ctx, struct simdisk *d)
{
	static const struct image_budget budget = {64, 32};

	images_each(d, &budget, 88172645463325252u, check_image, ctx);
}

static void
test_power_cut(void **state)
{
	struct cut cut = {.images = 0};
	struct identity id;
	struct rig r;

	fill(&r, false);
	cut.after = load(&r, "LEDGER");
	spoil_file(&r);
	cut.before = load(&r, "LEDGER");
	assert_int_equal(
	    repair_find_identity(simdisk_io(r.disk), RIG_DIR, &id, &r.err), 1);
	simdisk_set_hook(r.disk, cut_off, &cut);
	assert_int_equal(
	    repair_put_identity(simdisk_io(r.disk), RIG_DIR, &id, &r.err), 0);
	simdisk_set_hook(r.disk, NULL, NULL);
	/* What it says is done stays done. */
	cut.done = true;
	check_image(&cut, images_worst(r.disk));
	assert_true(cut.images > 100);
	free(cut.before);
	free(cut.after);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decided),
	    cmocka_unit_test(test_alone),
	    cmocka_unit_test(test_other_key),
	    cmocka_unit_test(test_no_ledger),
	    cmocka_unit_test(test_kept_and_locked),
	    cmocka_unit_test(test_power_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
