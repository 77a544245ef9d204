/* kept.jsonl that is lost or wrong: made anew from rows that somebody else
 * still has, byte for byte; or not, and then it is said what lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../crash/images.h"
#include "../../fakes/rig.h"
#include "ledger/remnant.h"
#include "ledger/repair.h"
#include "ledger/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The key changes in row 300; the rows before 512 are pruned. */
enum { ROWS = 256, WINDOW = 64, REKEYED = 300, FILLED = 900, GONE = 2 * ROWS };

static const uint8_t seeds[2][32] = {{1}, {2}};

struct world {
	struct rig rig;
	char *line[GONE];
	char *good; /* kept.jsonl */
	/* the source has none of these rows */
	bool silent, no_genesis, no_rekey;
	bool forged; /* it has another row 0 */
};

static int
keep_line(void *ctx, const struct row *row)
{
	struct world *w = ctx;

	w->line[row->seq] = strndup(row->line, row->line_len);
	return 0;
}

static void
append(struct rig *r, int from, int to)
{
	for (int n = from; n <= to; n++)
		assert_int_equal(rig_append(r, n), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	ledger_want_checkpoint(r->l);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
}

static void
make_ledger(struct world *w)
{
	struct rig *r = &w->rig;

	rig_init(r, ROWS);
	r->id_window = WINDOW;
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	append(r, 1, REKEYED - 1);
	rig_close(r);
	r->key_seed = seeds[1];
	r->previous_key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	append(r, REKEYED + 1, FILLED);
	rig_inspect(r);
	assert_int_equal(ledger_scan(simdisk_io(r->disk), RIG_DIR, 0, GONE,
				     keep_line, w, NULL),
			 0);
}

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rig *r = &w->rig;

	make_ledger(w);
	assert_int_equal(rig_append_prune(r, 0, GONE), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	rig_close(r);
	w->good = simdisk_read(r->disk, rig_path("kept.jsonl"), NULL);
	assert_non_null(w->good);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	assert_int_equal(simdisk_open_count(w->rig.disk), 0);
	for (int i = 0; i < GONE; i++)
		free(w->line[i]);
	free(w->good);
	rig_fini(&w->rig);
	free(w);
	return 0;
}

/* A row 0 of another ledger, as good as ours. */
static int
give_forged(struct world *w, struct salvage *into, struct err *err)
{
	struct row_draft draft = {.id = "genesis", .kind = "ledger.genesis"};
	struct digest prev = {{0}}, leaf;
	struct row_parts parts;
	struct buf line = {0};
	int r;

	row_parse(w->line[0], strlen(w->line[0]), &parts);
	draft.body = parts.body;
	draft.body_len = parts.body_len;
	draft.at.us = parts.at.us + 1;
	row_render(&line, &draft, 0, 0, &prev, &leaf);
	r = salvage_add(into, line.data, line.len - 1, err);
	buf_free(&line);
	return r;
}

static int
give(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
     struct err *err)
{
	struct world *w = ctx;
	int r = w->forged && from == 0 ? give_forged(w, into, err) : 0;

	for (uint64_t seq = from; r == 0 && seq < to && seq < GONE; seq++) {
		if (w->silent || (w->no_genesis && seq == 0) ||
		    (w->no_rekey && seq == REKEYED))
			continue;
		r = salvage_add(into, w->line[seq], strlen(w->line[seq]), err);
	}
	return r;
}

static int
repair(struct world *w, struct repair_source source, struct repair_result *ret,
       struct err *err)
{
	const struct repair_options options = {.sources = &source,
					       .n_sources = 1};

	return repair_ledger(simdisk_io(w->rig.disk), RIG_DIR, &options, ret,
			     err);
}

static void
assert_whole(struct world *w)
{
	char *text = simdisk_read(w->rig.disk, rig_path("kept.jsonl"), NULL);
	struct ledger_verdict v;

	assert_string_equal(text, w->good);
	free(text);
	assert_int_equal(
	    ledger_verify(simdisk_io(w->rig.disk), RIG_DIR, 3, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.level, 3);
}

static void
spoil(struct world *w, const char *at)
{
	char *text = strdup(w->good), *p = strstr(text, at);

	assert_non_null(p);
	p[1] ^= 1;
	simdisk_write(w->rig.disk, rig_path("kept.jsonl"), text, strlen(text));
	free(text);
}

static void
drop(struct world *w)
{
	simdisk_remove(w->rig.disk, rig_path("kept.jsonl"));
}

static void
spoil_genesis(struct world *w)
{
	spoil(w, "\"host\"");
}

static void
spoil_rekey(struct world *w)
{
	spoil(w, "\"new_vkey\"");
}

static void
cut(struct world *w)
{
	simdisk_write(w->rig.disk, rig_path("kept.jsonl"), w->good,
		      strlen(w->good) / 2);
}

/* No ledger changes its key so often. */
static void
swell(struct world *w)
{
	size_t len = strlen(w->good), room = REMNANT_MAX + 1;
	char *text = malloc(room);
	struct ledger_verdict v;

	assert_non_null(text);
	memset(text, ' ', room);
	memcpy(text, w->good, len);
	simdisk_write(w->rig.disk, rig_path("kept.jsonl"), text, room);
	free(text);
	assert_int_equal(
	    ledger_verify(simdisk_io(w->rig.disk), RIG_DIR, 3, &v, NULL), 0);
	assert_false(v.ok);
	assert_non_null(strstr(v.reason, "the file is larger than 64 MiB; "
					 "evidencectl repair makes"));
}

/* Its last line, the change of the key, is gone; what is left is good. */
static void
cut_rekey(struct world *w)
{
	simdisk_write(w->rig.disk, rig_path("kept.jsonl"), w->good,
		      (size_t)(strchr(w->good, '\n') + 1 - w->good));
}

static void
count_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	   size_t len)
{
	int *n = ctx;

	assert_non_null(strstr(path, "/quarantine/kept.jsonl-"));
	(*n)++;
}

/* What it says is done stays done.  How many files are in quarantine. */
static int
assert_durable(const struct world *w)
{
	struct simdisk *worst = images_worst(w->rig.disk);
	char *text = simdisk_read(worst, rig_path("kept.jsonl"), NULL);
	int n = 0;

	assert_non_null(text);
	assert_string_equal(text, w->good);
	simdisk_each(worst, rig_path("quarantine"), count_file, &n);
	free(text);
	simdisk_free(worst);
	return n;
}

static const struct {
	const char *name;
	void (*how)(struct world *w);
	bool silent, no_genesis, no_rekey, forged; /* the source */
	const char *lacks;			   /* NULL: nothing */
} cases[] = {
    {.name = "gone", .how = drop},
    {.name = "row 0 is another", .how = spoil_genesis},
    {.name = "the change of the key is another", .how = spoil_rekey},
    {.name = "half of it", .how = cut},
    {.name = "too large", .how = swell},
    /* each half from where it is */
    {.name = "the file has row 0", .how = spoil_rekey, .no_genesis = true},
    {.name = "the file has the change", .how = spoil_genesis, .no_rekey = true},
    {.name = "the change of the key is cut off", .how = cut_rekey},
    {.name = "two rows 0", .how = drop, .forged = true},
    {.name = "a wrong row 0",
     .how = drop,
     .no_genesis = true,
     .forged = true,
     .lacks = "row 0"},
    {.name = "no row 0", .how = drop, .no_genesis = true, .lacks = "row 0"},
    {.name = "no change of the key",
     .how = drop,
     .no_rekey = true,
     .lacks = "a change of the key"},
    {.name = "nothing", .how = drop, .silent = true, .lacks = "row 0"},
};

static void
test_made_anew(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct repair_result result = {0};
		struct err err = {0};
		struct world *w;
		char *before, *after;
		int n, r;

		print_message("%s\n", cases[i].name);
		set_up((void **)&w);
		w->silent = cases[i].silent;
		w->no_genesis = cases[i].no_genesis;
		w->no_rekey = cases[i].no_rekey;
		w->forged = cases[i].forged;
		cases[i].how(w);
		before =
		    simdisk_read(w->rig.disk, rig_path("kept.jsonl"), NULL);
		r = repair(w, (struct repair_source){give, w}, &result, &err);
		if (cases[i].lacks == NULL) {
			if (r < 0)
				fail_msg("%s", err.text);
			assert_int_equal(result.kept, 2);
			assert_int_equal(result.segments, 0);
			assert_whole(w);
			n = assert_durable(w);
			assert_int_equal(n, before != NULL);
			/* and nothing is left to be done */
			r = repair(w, (struct repair_source){give, w}, &result,
				   &err);
			assert_int_equal(r, 0);
			assert_int_equal(result.kept, 0);
		} else {
			assert_int_equal(r, ERR_NOT_FOUND);
			if (strstr(err.text, cases[i].lacks) == NULL)
				fail_msg("%s", err.text);
			after = simdisk_read(w->rig.disk,
					     rig_path("kept.jsonl"), NULL);
			assert_true(before == NULL && after == NULL);
		}
		free(before);
		tear_down((void **)&w);
	}
}

static void
copy_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	struct simdisk *to = ctx;

	if (strstr(path, "/tile/") == NULL)
		simdisk_write(to, path, bytes, len);
}

/* A copy of before the rows went has them in its segments; one of later, in
 * its own kept.jsonl. */
static void
test_from_copy(void **state)
{
	for (int later = 0; later < 2; later++) {
		struct repair_result result;
		struct simdisk *disk;
		struct folder copy;
		struct world *w;
		struct err err;
		int r;

		w = calloc(1, sizeof(*w));
		make_ledger(w);
		disk = simdisk_new();
		simdisk_make_dir(disk, "/state");
		simdisk_make_dir(disk, RIG_DIR);
		if (!later)
			simdisk_each(w->rig.disk, RIG_DIR, copy_file, disk);
		assert_int_equal(rig_append_prune(&w->rig, 0, GONE), 0);
		assert_int_equal(
		    ledger_flush(w->rig.l, NULL, NULL, &w->rig.err), 0);
		rig_close(&w->rig);
		w->good =
		    simdisk_read(w->rig.disk, rig_path("kept.jsonl"), NULL);
		if (later)
			simdisk_each(w->rig.disk, RIG_DIR, copy_file, disk);
		drop(w);
		r = folder_open(&copy, simdisk_io(disk), RIG_DIR, &err);
		if (r < 0)
			fail_msg("%s", err.text);
		r = repair(w, repair_source_of(&copy), &result, &err);
		if (r < 0)
			fail_msg("%s", err.text);
		assert_int_equal(result.kept, 2);
		assert_whole(w);
		folder_close(&copy);
		simdisk_free(disk);
		tear_down((void **)&w);
	}
}

/* Empties the text when it is found, byte for byte. */
static void
find_rest(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	struct buf *text = ctx;

	if (strstr(path, "/quarantine/seg-000000000000.jsonl-") != NULL &&
	    len == text->len && memcmp(bytes, text->data, len) == 0)
		buf_reset(text);
}

/* Half of a pruned segment came back, with a row that is none: it is named,
 * and moved away; kept.jsonl, which has all that counts, stays as it was. */
/* Either the segment still stands, or what is kept of it is whole. */
static void
keeps_either(void *ctx, struct simdisk *image)
{
	const struct world *w = ctx;
	char *segment =
	    simdisk_read(image, rig_path("seg-000000000000.jsonl"), NULL);
	char *kept = simdisk_read(image, rig_path("kept.jsonl"), NULL);

	if (segment == NULL) {
		assert_non_null(kept);
		assert_string_equal(kept, w->good);
	}
	free(segment);
	free(kept);
	simdisk_free(image);
}

static void
at_each_step(void *ctx, struct simdisk *d)
{
	const struct image_budget budget = {.ordered = 64, .random = 64};

	images_each(d, &budget, 1, keeps_either, ctx);
}

static void
bad_rest(bool kept_lost)
{
	static const char name[] = "seg-000000000000.jsonl";
	struct repair_result result;
	struct buf text = {0};
	struct ledger_verdict v;
	struct simdisk *worst;
	struct err err = {0};
	struct world *w;
	char *file;

	set_up((void **)&w);
	for (int i = 0; i < ROWS / 2; i++) {
		buf_puts(&text, w->line[i]);
		buf_putc(&text, '\n');
	}
	text.data[strlen(w->line[0]) + 70] ^= 1; /* in row 1 */
	simdisk_write(w->rig.disk, rig_path(name), text.data, text.len);
	assert_int_equal(
	    ledger_verify(simdisk_io(w->rig.disk), RIG_DIR, 3, &v, NULL), 0);
	assert_false(v.ok);
	assert_non_null(strstr(
	    v.reason, "seg-000000000000.jsonl, which was pruned and still "
		      "stands: row 1: "));
	if (kept_lost)
		drop(w);
	else
		w->silent = true; /* the file itself is enough */
	simdisk_set_hook(w->rig.disk, at_each_step, w);
	if (repair(w, (struct repair_source){give, w}, &result, &err) < 0)
		fail_msg("%s", err.text);
	simdisk_set_hook(w->rig.disk, NULL, NULL);
	worst = images_worst(w->rig.disk);
	assert_null(simdisk_read(worst, rig_path(name), NULL));
	keeps_either(w, worst);
	assert_whole(w);
	assert_null(simdisk_read(w->rig.disk, rig_path(name), NULL));
	simdisk_each(w->rig.disk, rig_path("quarantine"), find_rest, &text);
	assert_int_equal(text.len, 0);
	assert_int_equal(rig_open(&w->rig), 0);
	assert_false(w->rig.rec.damaged);
	rig_close(&w->rig);
	file = simdisk_read(w->rig.disk, rig_path("kept.jsonl"), NULL);
	assert_string_equal(file, w->good);
	free(file);
	buf_free(&text);
	tear_down((void **)&w);
}

static void
test_bad_rest(void **state)
{
	bad_rest(false);
	bad_rest(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_rest),
	    cmocka_unit_test(test_made_anew),
	    cmocka_unit_test(test_from_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
