/* What a repair takes for signed: the newest checkpoint that a key signed, in
 * `checkpoint` or in checkpoints.jsonl, whichever is left.  The last segment
 * is gone, and only the checkpoint tells that it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "../../fakes/sign.h"
#include "ledger/repair.h"
#include "ledger/signed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT_ROWS = 4, EARLY = 6, REKEYED = 13, ROWS = 15 };

#define LAST_SEGMENT "seg-000000000012.jsonl"

static const uint8_t seeds[2][32] = {{1}, {2}};

struct world {
	struct rig rig;
	char *line[ROWS];
	char *good;  /* the last segment */
	char *early; /* `checkpoint` of the first EARLY rows */
	bool hostile;
};

static int
keep_line(void *ctx, const struct row *row)
{
	struct world *w = ctx;

	w->line[row->seq] = strndup(row->line, row->line_len);
	return 0;
}

static char *
load(const struct world *w, const char *name)
{
	return simdisk_read(w->rig.disk, rig_path(name), NULL);
}

static void
store(struct world *w, const char *name, const char *text)
{
	simdisk_write(w->rig.disk, rig_path(name), text, strlen(text));
}

static void
remove_file(struct world *w, const char *name)
{
	simdisk_remove(w->rig.disk, rig_path(name));
}

/* With `rekeyed` the key changes in the last segment, which is row 13 then. */
static struct world *
make_world(bool rekeyed)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rig *r = &w->rig;
	int n = 1;

	rig_init(r, SEGMENT_ROWS);
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	for (; n < EARLY; n++)
		assert_int_equal(rig_append(r, n), 0);
	assert_int_equal(rig_sign(r), 0);
	w->early = load(w, "checkpoint");
	for (; n < (rekeyed ? REKEYED : ROWS); n++)
		assert_int_equal(rig_append(r, n), 0);
	assert_int_equal(rig_sign(r), 0);
	if (rekeyed) {
		rig_close(r);
		r->key_seed = seeds[1];
		r->previous_key_seed = seeds[0];
		assert_int_equal(rig_open(r), 0);
		assert_int_equal(rig_append(r, ROWS - 1), 0);
		assert_int_equal(rig_sign(r), 0);
	}
	rig_close(r);
	assert_int_equal(ledger_scan(simdisk_io(r->disk), RIG_DIR, 0, ROWS,
				     keep_line, w, NULL),
			 0);
	assert_non_null(w->line[ROWS - 1]);
	w->good = load(w, LAST_SEGMENT);
	remove_file(w, LAST_SEGMENT);
	return w;
}

static void
free_world(struct world *w)
{
	assert_int_equal(simdisk_open_count(w->rig.disk), 0);
	for (int i = 0; i < ROWS; i++)
		free(w->line[i]);
	free(w->good);
	free(w->early);
	rig_fini(&w->rig);
	free(w);
}

/* Other rows from `from` on, chained as well as ours. */
static int
give_forged(struct world *w, uint64_t from, uint64_t to, struct salvage *into,
	    struct err *err)
{
	struct row_draft draft = {
	    .id = "forged", .kind = "note", .body = "{}", .body_len = 2};
	struct digest prev, leaf;
	struct buf line = {0};
	int r = 0;

	prev = row_leaf(w->line[from - 1], strlen(w->line[from - 1]));
	for (uint64_t seq = from; r == 0 && seq < to && seq < ROWS; seq++) {
		buf_reset(&line);
		row_render(&line, &draft, seq, 0, &prev, &leaf);
		prev = leaf;
		r = salvage_add(into, line.data, line.len - 1, err);
	}
	buf_free(&line);
	return r;
}

static int
give(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
     struct err *err)
{
	struct world *w = ctx;
	int r = 0;

	if (w->hostile && from > 0)
		return give_forged(w, from, to, into, err);
	for (uint64_t seq = from; r == 0 && seq < to && seq < ROWS; seq++)
		r = salvage_add(into, w->line[seq], strlen(w->line[seq]), err);
	return r;
}

/* ---- what became of the checkpoints ---- */

static void
lose_shown(struct world *w)
{
	remove_file(w, "checkpoint");
}

static void
put_early(struct world *w)
{
	store(w, "checkpoint", w->early);
}

static void
lose_log(struct world *w)
{
	remove_file(w, "checkpoints.jsonl");
}

/* A crash cut its last line. */
static void
tear_log(struct world *w)
{
	char *text = load(w, "checkpoints.jsonl");

	text[strlen(text) - 20] = '\0';
	store(w, "checkpoints.jsonl", text);
	free(text);
}

/* Nobody signed this one, of more rows than there are. */
static void
forge_shown(struct world *w)
{
	char *text = load(w, "checkpoint"), *at;

	at = strstr(text, "\n15\n");
	assert_non_null(at);
	at[2] = '6';
	store(w, "checkpoint", text);
	free(text);
}

typedef void harm_fn(struct world *w);

static const struct {
	const char *name;
	harm_fn *harm[2];
} cases[] = {
    {"both are there", {NULL}},
    {"checkpoint is missing", {lose_shown}},
    {"checkpoint is stale", {put_early}},
    {"checkpoints.jsonl is missing", {lose_log}},
    {"checkpoints.jsonl is torn", {tear_log}},
    {"checkpoint is forged", {forge_shown}},
};

static int
repair(struct world *w, struct repair_result *ret, struct err *err)
{
	const struct repair_source source = {.give = give, .ctx = w};
	const struct repair_options options = {.sources = &source,
					       .n_sources = 1};

	return repair_ledger(simdisk_io(w->rig.disk), RIG_DIR, &options, ret,
			     err);
}

static void
check_good(struct world *w, uint64_t rows)
{
	struct repair_result result = {0};
	struct err err = {0};
	char *text;

	if (repair(w, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(result.rows, ROWS);
	assert_int_equal(result.restored, rows);
	text = load(w, LAST_SEGMENT);
	assert_string_equal(text, w->good);
	free(text);
}

static void
check_hostile(struct world *w)
{
	struct repair_result result = {0};
	struct err err = {0};

	w->hostile = true;
	assert_int_equal(repair(w, &result, &err), ERR_DAMAGED);
	if (strstr(err.text, "the rows are not the 15 that were signed") ==
		NULL ||
	    strstr(err.text, "no row was changed") == NULL)
		fail_msg("%s", err.text);
	assert_null(load(w, LAST_SEGMENT));
}

static void
harm(struct world *w, size_t i)
{
	print_message("%s\n", cases[i].name);
	for (size_t k = 0; k < 2 && cases[i].harm[k] != NULL; k++)
		cases[i].harm[k](w);
}

static void
test_either_binds(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int hostile = 0; hostile < 2; hostile++) {
			struct world *w = make_world(false);

			harm(w, i);
			if (hostile)
				check_hostile(w);
			else
				check_good(w, ROWS - 12);
			free_world(w);
		}
	}
}

/* The row that names the key which signed is itself one of those that are
 * gone. */
static void
test_key_comes_with_the_rows(void **state)
{
	struct world *w = make_world(true);

	remove_file(w, "checkpoint");
	check_good(w, ROWS - 12);
	free_world(w);
}

/* ---- rows that somebody wrote and chained anew ---- */

/* What else is known of the rows that were there. */
static const struct {
	const char *name;
	bool no_checkpoint, seen, no_source;
	int expected;
	const char *words;
} forgeries[] = {
    {"signed", false, false, false, 0, ""},
    {"seen in the journal alone", true, true, false, 0, ""},
    {"signed and seen", false, true, false, 0, ""},
    {"signed, and no row is elsewhere", false, false, true, ERR_DAMAGED,
     "the rows are not the 15 that were signed"},
    {"seen, and no row is elsewhere", true, true, true, ERR_DAMAGED,
     "row 14 is not the one that the journal holds"},
};

static int
give_nothing(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
	     struct err *err)
{
	return 0;
}

static void
check_forgery(struct world *w, size_t i)
{
	struct digest leaf =
	    row_leaf(w->line[ROWS - 1], strlen(w->line[ROWS - 1]));
	const struct repair_source source = {
	    .give = forgeries[i].no_source ? give_nothing : give, .ctx = w};
	const struct repair_options options = {
	    .sources = &source,
	    .n_sources = 1,
	    .witness = forgeries[i].seen ? ROWS : 0,
	    .witness_leaf = forgeries[i].seen ? &leaf : NULL};
	struct repair_result result = {0};
	struct err err = {0};
	int r = repair_ledger(simdisk_io(w->rig.disk), RIG_DIR, &options,
			      &result, &err);

	print_message("%s: %s\n", forgeries[i].name, err.text);
	assert_int_equal(r, forgeries[i].expected);
	if (r < 0)
		assert_non_null(strstr(err.text, forgeries[i].words));
	else
		assert_int_equal(result.segments, 3); /* from row 5 on */
}

static void
test_rechained(void **state)
{
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		struct world *w = make_world(false);
		const struct ledger_io *io = simdisk_io(w->rig.disk);
		char *first = load(w, "seg-000000000000.jsonl");
		char *text;

		store(w, LAST_SEGMENT, w->good);
		if (forgeries[i].no_checkpoint) {
			remove_file(w, "checkpoint");
			remove_file(w, "checkpoints.jsonl");
		}
		sign_rechain(io, RIG_DIR, 5);
		check_forgery(w, i);
		text = load(w, LAST_SEGMENT);
		assert_int_equal(strcmp(text, w->good) == 0,
				 forgeries[i].expected == 0);
		free(text);
		text = load(w, "seg-000000000000.jsonl");
		assert_string_equal(text, first);
		free(text);
		free(first);
		free_world(w);
	}
}

/* ---- rows were pruned, and older checkpoints than those were put back ---- */

enum { WIDE = 256, WINDOW = 64, KEPT_ROWS = 900, EDITED = 600 };

static void
copy_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	if (strstr(path, "/tile/") == NULL)
		simdisk_write(ctx, path, bytes, len);
}

static void
fill(struct rig *r, int from, int to)
{
	for (int n = from; n <= to; n++)
		assert_int_equal(rig_append(r, n), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	ledger_want_checkpoint(r->l);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
}

/* The rows before 512 went.  Returns a copy of it. */
static struct simdisk *
make_pruned(struct rig *r)
{
	struct simdisk *copy = simdisk_new();

	rig_init(r, WIDE);
	r->id_window = WINDOW;
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	fill(r, 1, 99);
	fill(r, 100, KEPT_ROWS);
	rig_inspect(r);
	assert_int_equal(rig_append_prune(r, 0, 2 * WIDE), 0);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	ledger_want_checkpoint(r->l);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	rig_close(r);
	simdisk_make_dir(copy, "/state");
	simdisk_make_dir(copy, RIG_DIR);
	simdisk_each(r->disk, RIG_DIR, copy_file, copy);
	return copy;
}

/* The files say what they said when 100 rows were signed, and a kept row is
 * another, with all behind it chained anew. */
static void
put_back(struct rig *r)
{
	char *log = simdisk_read(r->disk, rig_path("checkpoints.jsonl"), NULL);
	size_t len = (size_t)(strchr(log, '\n') - log);
	struct signed_line line;

	assert_int_equal(signed_line_parse(log, len, &line, NULL), 0);
	assert_int_equal(line.size, 100);
	simdisk_write(r->disk, rig_path("checkpoint"), line.note.data,
		      line.note.len);
	simdisk_write(r->disk, rig_path("checkpoints.jsonl"), log, len + 1);
	sign_rechain(simdisk_io(r->disk), RIG_DIR, EDITED);
	buf_free(&line.note);
	free(log);
}

static void
assert_same_rows(struct rig *r, struct simdisk *copy, bool same)
{
	char *a =
	    simdisk_read(r->disk, rig_path("seg-000000000512.jsonl"), NULL);
	char *b = simdisk_read(copy, rig_path("seg-000000000512.jsonl"), NULL);

	assert_int_equal(strcmp(a, b) == 0, same);
	free(a);
	free(b);
}

static int
give_newest(void *ctx, struct notes *into, struct err *err)
{
	struct folder *f = ctx;
	char *text = simdisk_read(f->io->ctx, rig_path("checkpoint"), NULL);
	int e = notes_add(into, text, strlen(text), err);

	free(text);
	return e;
}

/* The newest checkpoint that a journal has binds them, too. */
static void
test_put_back_journal(void **state)
{
	struct repair_result result = {0};
	struct repair_source source;
	struct repair_options o = {.sources = &source, .n_sources = 1};
	struct simdisk *copy;
	struct folder f;
	struct err err;
	struct rig r;

	copy = make_pruned(&r);
	put_back(&r);
	assert_int_equal(folder_open(&f, simdisk_io(copy), RIG_DIR, &err), 0);
	source = repair_source_of(&f);
	source.notes = give_newest;
	if (repair_ledger(simdisk_io(r.disk), RIG_DIR, &o, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_same_rows(&r, copy, true);
	folder_close(&f);
	simdisk_free(copy);
	rig_fini(&r);
}

/* The newest checkpoint of the copy binds the rows, and the copy has them. */
static void
test_put_back(void **state)
{
	struct repair_result result = {0};
	struct repair_source source;
	struct repair_options o = {0};
	struct ledger_verdict v;
	struct simdisk *copy;
	struct folder f;
	struct err err;
	struct rig r;

	copy = make_pruned(&r);
	put_back(&r);
	assert_same_rows(&r, copy, false);
	/* Nobody else is asked: it is not told for good. */
	assert_int_equal(
	    repair_ledger(simdisk_io(r.disk), RIG_DIR, &o, &result, &err), 0);
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 3, &v, NULL), 0);
	assert_true(v.lacks);
	assert_int_equal(folder_open(&f, simdisk_io(copy), RIG_DIR, &err), 0);
	source = repair_source_of(&f);
	o = (struct repair_options){
	    .sources = &source, .n_sources = 1, .copy = &f};
	if (repair_ledger(simdisk_io(r.disk), RIG_DIR, &o, &result, &err) < 0)
		fail_msg("%s", err.text);
	assert_same_rows(&r, copy, true);
	assert_true(result.log_put);
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 3, &v, NULL), 0);
	if (!v.ok || v.lacks || v.level != 3)
		fail_msg("%s", v.reason);
	folder_close(&f);
	simdisk_free(copy);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_either_binds),
	    cmocka_unit_test(test_key_comes_with_the_rows),
	    cmocka_unit_test(test_rechained),
	    cmocka_unit_test(test_put_back),
	    cmocka_unit_test(test_put_back_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
