/* Checkpoints and tiles as the writer makes them: when, of what, in which
 * files; and what a start makes of files that are torn, gone or wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "../../fakes/sign.h"
#include "ledger/checkpoint.h"
#include "ledger/identity.h"
#include "ledger/rekey.h"
#include "ledger/signed.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 4, WIDE = 256 };

static const uint8_t seeds[3][KEY_SEED_LEN] = {{1}, {2}, {3}};

static void
start(struct rig *r, int segment_rows)
{
	rig_init(r, segment_rows);
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
}

static void
append(struct rig *r, int from, int to)
{
	for (int n = from; n <= to; n++)
		assert_int_equal(rig_append(r, n), 0);
}

static char *
load(struct rig *r, const char *name, size_t *ret_len)
{
	return simdisk_read(r->disk, rig_path(name), ret_len);
}

static void
store(struct rig *r, const char *name, const char *text, size_t len)
{
	if (simdisk_mode(r->disk, rig_path(name)) == 0440)
		simdisk_chmod(r->disk, rig_path(name), 0640);
	simdisk_write(r->disk, rig_path(name), text, len);
}

struct grow {
	struct tree tree;
	uint64_t size;
};

static int
grow_row(void *ctx, const struct row *row)
{
	struct grow *g = ctx;

	if (g->tree.size == g->size)
		return 1;
	tree_append(&g->tree, &row->leaf);
	return 0;
}

/* By the rows alone. */
static struct digest
root_of(struct rig *r, uint64_t size)
{
	struct grow g = {.size = size};

	assert_true(ledger_scan(simdisk_io(r->disk), RIG_DIR, 0, UINT64_MAX,
				grow_row, &g, NULL) >= 0);
	assert_int_equal(g.tree.size, size);
	return tree_root(&g.tree);
}

static struct note_key
key_of(struct rig *r, int seed)
{
	struct note_key key;

	assert_int_equal(
	    note_key_of_seed(ledger_origin(r->l), seeds[seed], &key, NULL), 0);
	return key;
}

/* A note of exactly `size` rows, signed by that key. */
static void
assert_note(struct rig *r, const char *note, size_t len, uint64_t size,
	    int seed)
{
	struct note_key key = key_of(r, seed);
	struct digest root = root_of(r, size);
	struct checkpoint c;
	struct err err;

	if (checkpoint_open(note, len, &key, &c, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(c.size, size);
	assert_true(digest_equal(&c.root, &root));
}

/* `checkpoint` and the last of `lines` lines of the log. */
static void
assert_signed(struct rig *r, uint64_t size, size_t lines, int seed)
{
	struct signed_line line = {0};
	char *text, *p;
	size_t len;

	text = load(r, "checkpoint", &len);
	assert_non_null(text);
	assert_note(r, text, len, size, seed);
	free(text);
	text = load(r, "checkpoints.jsonl", &len);
	assert_non_null(text);
	p = text;
	for (size_t i = 0; i < lines; i++) {
		char *lf = strchr(p, '\n');

		assert_non_null(lf);
		buf_free(&line.note);
		assert_int_equal(
		    signed_line_parse(p, (size_t)(lf - p), &line, NULL), 0);
		assert_int_equal(line.seq, i);
		p = lf + 1;
	}
	assert_int_equal(p - text, len);
	assert_note(r, buf_text(&line.note), line.note.len, size, seed);
	assert_int_equal(ledger_checkpoint(r->l, NULL), size);
	buf_free(&line.note);
	free(text);
}

static void
test_when(void **state)
{
	struct rig r;
	char *before, *after;

	start(&r, ROWS);
	append(&r, 1, 3);
	assert_int_equal(rig_flush(&r), 0);
	assert_null(load(&r, "checkpoint", NULL));
	/* on seal, before the rows behind it */
	append(&r, 4, 8);
	assert_int_equal(rig_flush(&r), 0);
	assert_signed(&r, 8, 2, 0);
	/* on request, once */
	append(&r, 9, 9);
	assert_int_equal(rig_sign(&r), 0);
	assert_signed(&r, 10, 3, 0);
	before = load(&r, "checkpoints.jsonl", NULL);
	assert_int_equal(rig_sign(&r), 0);
	after = load(&r, "checkpoints.jsonl", NULL);
	assert_string_equal(before, after);
	free(before);
	free(after);
	rig_fini(&r);
}

static void
test_restart(void **state)
{
	struct rig r;

	start(&r, ROWS);
	append(&r, 1, 5);
	assert_int_equal(rig_sign(&r), 0);
	rig_stop(&r, 1); /* one row more */
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(rig_flush(&r), 0);
	assert_signed(&r, 6, 2, 0);
	/* without a stop: the recovery is signed */
	append(&r, 6, 7);
	assert_int_equal(rig_flush(&r), 0);
	assert_signed(&r, 8, 3, 0);
	rig_reopen(&r);
	assert_true(r.rec.unclean);
	assert_int_equal(rig_flush(&r), 0);
	assert_signed(&r, 9, 4, 0);
	rig_fini(&r);
}

static void
test_stop_signing(void **state)
{
	struct rig r;

	start(&r, ROWS);
	append(&r, 1, 1);
	ledger_stop_signing(r.l, "the journal knows another row");
	assert_int_equal(rig_sign(&r), 0);
	append(&r, 2, 6);
	assert_int_equal(rig_flush(&r), 0);
	assert_null(load(&r, "checkpoint", NULL));
	assert_int_equal(ledger_durable(r.l), 7);
	rig_fini(&r);
}

/* ---- files that a crash, or somebody, left ---- */

/* Ten rows, three checkpoints, stopped without a stop. */
static void
build(struct rig *r)
{
	start(r, ROWS);
	append(r, 1, 9);
	assert_int_equal(rig_sign(r), 0);
	assert_signed(r, 10, 3, 0);
	rig_close(r);
}

static const struct {
	const char *name;
	size_t cut;	  /* bytes off the end of the log */
	const char *tail; /* and instead of them */
	bool lost;	  /* `checkpoint` knows of the line: no crash */
	bool no_checkpoint, flip_checkpoint, flip_key;
} spoilt[] = {
    {.name = "nothing"},
    {.name = "a part of a line", .tail = "{\"note\":\"test"},
    {.name = "zeros", .tail = "0000"},
    {.name = "a whole line that is none", .tail = "{\"note\":\"x\"}\n"},
    {.name = "the last line, torn", .cut = 30, .lost = true},
    {.name = "the last line, spoilt", .cut = 30, .tail = "\n", .lost = true},
    {.name = "checkpoint gone", .no_checkpoint = true},
    {.name = "checkpoint spoilt", .flip_checkpoint = true},
    {.name = "checkpoint of a key that nobody has", .flip_key = true},
};

/* The id of the key, in the last signature of the file. */
static void
flip_key(struct rig *r, const char *name)
{
	size_t len;
	char *text = load(r, name, &len), *id = strrchr(text, ' ') + 1;

	*id = *id == 'A' ? 'B' : 'A';
	store(r, name, text, len);
	free(text);
}

static void
spoil(struct rig *r, size_t i)
{
	struct buf text = {0};
	size_t len;
	char *log = load(r, "checkpoints.jsonl", &len);
	char *note;

	buf_add(&text, log, len - spoilt[i].cut);
	if (spoilt[i].tail != NULL)
		buf_puts(&text, spoilt[i].tail);
	store(r, "checkpoints.jsonl", text.data, text.len);
	if (spoilt[i].no_checkpoint)
		simdisk_remove(r->disk, rig_path("checkpoint"));
	if (spoilt[i].flip_checkpoint) {
		note = load(r, "checkpoint", &len);
		note[len - 10] ^= 1;
		store(r, "checkpoint", note, len);
		free(note);
	}
	if (spoilt[i].flip_key)
		flip_key(r, "checkpoint");
	buf_free(&text);
	free(log);
}

static void
test_spoilt_files(void **state)
{
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		unsigned lost = spoilt[i].lost;
		struct rig r;

		build(&r);
		spoil(&r, i);
		print_message("%s\n", spoilt[i].name);
		assert_int_equal(rig_open(&r), 0);
		assert_false(r.rec.damaged);
		assert_int_equal(ledger_checkpoint(r.l, NULL), 10);
		assert_int_equal(r.rec.lost[0] != '\0', lost);
		/* Recovery makes both files whole again. */
		assert_int_equal(rig_flush(&r), 0);
		assert_signed(&r, 10 + lost, 3 + lost, 0);
		append(&r, 10, 10);
		assert_int_equal(rig_sign(&r), 0);
		assert_signed(&r, 11 + lost, 4 + lost, 0);
		rig_fini(&r);
	}
}

/* ---- checkpoints that somebody took away ---- */

static size_t
first_line(const char *text)
{
	return (size_t)(strchr(text, '\n') + 1 - text);
}

static void
take_none(struct rig *r)
{
}

static void
take_both(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("checkpoint"));
	simdisk_remove(r->disk, rig_path("checkpoints.jsonl"));
}

/* And whoever did so wrote rows anew. */
static void
take_both_and_edit(struct rig *r)
{
	take_both(r);
	sign_rechain(simdisk_io(r->disk), RIG_DIR, 5);
}

static void
take_log(struct rig *r)
{
	simdisk_remove(r->disk, rig_path("checkpoints.jsonl"));
}

static void
empty_log(struct rig *r)
{
	store(r, "checkpoints.jsonl", "", 0);
}

static void
shorten_log(struct rig *r)
{
	char *log = load(r, "checkpoints.jsonl", NULL);

	store(r, "checkpoints.jsonl", log, first_line(log));
	free(log);
}

/* Both say what they said when four rows were signed. */
static void
put_back(struct rig *r)
{
	char *log = load(r, "checkpoints.jsonl", NULL);
	struct signed_line line;

	assert_int_equal(
	    signed_line_parse(log, first_line(log) - 1, &line, NULL), 0);
	store(r, "checkpoint", line.note.data, line.note.len);
	buf_free(&line.note);
	free(log);
	shorten_log(r);
	sign_rechain(simdisk_io(r->disk), RIG_DIR, 6);
}

static const struct {
	void (*take)(struct rig *r);
	uint64_t covered; /* by what is left */
	size_t lines;	  /* of the log, when all is signed again */
	const char *words, *body, *verdict;
} takings[] = {
    {take_none, 10, 3, "", NULL, ""},
    {take_both, 0, 1,
     "no checkpoint covers rows 0 to 9, and a segment is sealed",
     "{\"from_seq\":0,\"reason\":\"checkpoints_lost\",\"to_seq\":9}",
     "checkpoints were lost before row 10, where the daemon signed the rows "
     "0 to 9 anew: only what was signed then vouches for them"},
    {take_both_and_edit, 0, 1,
     "no checkpoint covers rows 0 to 9, and a segment is sealed",
     "{\"from_seq\":0,\"reason\":\"checkpoints_lost\",\"to_seq\":9}",
     "checkpoints were lost before row 10"},
    {take_log, 10, 2, "no older one is left for rows 0 to 9",
     "{\"from_seq\":0,\"reason\":\"checkpoint_log_lost\",\"to_seq\":9}",
     "older checkpoints were lost before row 10: for the rows 0 to 9 only "
     "the one of 10 rows is left"},
    {empty_log, 10, 2, "no older one is left for rows 0 to 9",
     "{\"from_seq\":0,\"reason\":\"checkpoint_log_lost\",\"to_seq\":9}",
     "for the rows 0 to 9 only the one of 10 rows is left"},
    {shorten_log, 10, 3, "no older one is left for rows 4 to 9",
     "{\"from_seq\":4,\"reason\":\"checkpoint_log_lost\",\"to_seq\":9}",
     "for the rows 4 to 9 only the one of 10 rows is left"},
    {put_back, 4, 2,
     "no checkpoint covers rows 4 to 9, and a segment is sealed",
     "{\"from_seq\":4,\"reason\":\"checkpoints_lost\",\"to_seq\":9}",
     "signed the rows 4 to 9 anew"},
};

static void
assert_words(const char *text, const char *words)
{
	if (strstr(text, words) == NULL || (words[0] == '\0') != (*text == 0))
		fail_msg("\"%s\" lacks \"%s\"", text, words);
}

static void
one_batch(struct rig *r)
{
	int e;

	assert_int_equal(ledger_batch_begin(r->l, &r->err), 0);
	e = ledger_batch_sync(r->l);
	assert_int_equal(ledger_batch_finish(r->l, e, rig_ack, r, &r->err), 0);
}

/* The row is durable, and nothing is signed yet. */
static void
assert_told(struct rig *r, size_t i)
{
	one_batch(r);
	assert_non_null(strstr(r->acks[r->n_acks - 1], takings[i].body));
	assert_int_equal(ledger_checkpoint(r->l, NULL), takings[i].covered);
}

static void
test_taken_away(void **state)
{
	for (size_t i = 0; i < sizeof(takings) / sizeof(takings[0]); i++) {
		bool told = takings[i].body != NULL;
		struct ledger_verdict v;
		struct rig r;

		build(&r);
		takings[i].take(&r);
		assert_int_equal(rig_open(&r), 0);
		assert_false(r.rec.damaged);
		assert_words(r.rec.lost, takings[i].words);
		if (told)
			assert_told(&r, i);
		/* A crash before it is signed tells it no second time. */
		rig_reopen(&r);
		assert_words(r.rec.lost, "");
		assert_int_equal(rig_flush(&r), 0);
		assert_signed(&r, 10 + told, takings[i].lines, 0);
		rig_close(&r);
		assert_int_equal(
		    ledger_verify(simdisk_io(r.disk), RIG_DIR, 3, &v, NULL), 0);
		assert_true(v.ok);
		assert_false(v.lacks);
		assert_int_equal(v.level, 3);
		assert_words(v.reason, takings[i].verdict);
		rig_fini(&r);
	}
}

/* It is the line that is wrong, as long as `checkpoint` is ours. */
static void
test_newest_line_of_no_key(void **state)
{
	struct rig r;

	build(&r);
	flip_key(&r, "checkpoints.jsonl");
	assert_int_equal(rig_open(&r), 0);
	assert_true(r.rec.damaged);
	assert_words(r.rec.words, "rows 8 to 9 (checkpoints.jsonl, line 3: no "
				  "key of the ledger signed it");
	assert_words(r.rec.words, "run evidencectl repair");
	rig_close(&r);
	flip_key(&r, "checkpoint");
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_words(r.err.text, "signed by none of the keys at hand");
	rig_fini(&r);
}

/* ---- lines of the log that a start does not read ---- */

enum { LINES = 480, PAD = 1200 }; /* several pieces */

/* As many rows, all signed; stopped without a stop. */
static void
build_long(struct rig *r)
{
	start(r, 1024);
	append(r, 1, LINES - 1);
	assert_int_equal(rig_sign(r), 0);
	assert_int_equal(ledger_checkpoint(r->l, NULL), LINES);
	rig_close(r);
}

/* A line of a checkpoint that covers `size` rows.  Only the newest is signed;
 * the others are made long. */
static void
add_log_line(struct buf *out, const char *note, int64_t seq, unsigned size)
{
	const char *origin_end = strchr(note, '\n');
	const char *root = strchr(origin_end + 1, '\n');
	struct buf text = {0};

	buf_add(&text, note, (size_t)(origin_end + 1 - note));
	buf_printf(&text, "%u%s", size, root);
	if (size != LINES)
		buf_printf(&text, "— other %0*d\n", PAD, 0);
	signed_line_render(out, buf_text(&text), text.len, (uint64_t)seq, size);
	buf_free(&text);
}

enum line_deed {
	KEPT,
	TAKEN,
	TWICE,
	REPLACED,
	LONG,
	ALONE,
	AGAIN,
	AHEAD,
	NUMBERED
};

static const struct {
	const char *name;
	enum line_deed deed;
	int line;	   /* from 0 */
	int64_t seq;	   /* that it gets */
	const char *words; /* NULL: nothing is wrong */
} logs[] = {
    {"nothing", KEPT, 0, 0, NULL},
    {"the first line is gone", TAKEN, 0, 0,
     "rows 0 to 1 (checkpoints.jsonl, line 1: "},
    {"the second line is gone", TAKEN, 1, 0,
     "rows 1 to 2 (checkpoints.jsonl, line 2: "},
    {"a late line is gone", TAKEN, 400, 0,
     "rows 400 to 401 (checkpoints.jsonl, line 401:"},
    {"the last but one is gone", TAKEN, LINES - 2, 0,
     "rows 478 to 479 (checkpoints.jsonl, line 479:"},
    {"all but the last are gone", ALONE, LINES - 1, 0,
     "rows 0 to 479 (checkpoints.jsonl, line 1:"},
    {"the last stands twice", TWICE, LINES - 1, 0,
     "no row is touched (checkpoints.jsonl, line 481:"},
    {"a line stands twice", TWICE, 300, 0,
     "no row is touched (checkpoints.jsonl, line 302:"},
    {"a line is none", REPLACED, 234, 0,
     "rows 234 to 235 (checkpoints.jsonl, line 235:"},
    {"a piece has no line", LONG, 200, 0,
     "rows 200 to 202 (checkpoints.jsonl, line 201:"},
    {"a line is the one before under its own number", AGAIN, 250, 0,
     "rows 250 to 251 (checkpoints.jsonl, line 251:"},
    {"the last covers less than the one before", AHEAD, LINES - 2, 0,
     "no row is touched (checkpoints.jsonl, line 480:"},
    {"the last is number 0", NUMBERED, LINES - 1, 0,
     "rows 479 to 479 (checkpoints.jsonl, line 480:"},
    {"the last is number -1", NUMBERED, LINES - 1, -1,
     "rows 479 to 479 (checkpoints.jsonl, line 480:"},
    {"the last has a late number", NUMBERED, LINES - 1, LINES + 7,
     "rows 479 to 479 (checkpoints.jsonl, line 480:"},
};

static void
add_line_of(struct buf *log, const char *note, size_t i, int k)
{
	static char zeros[600 * 1024];
	bool here = k == logs[i].line;
	enum line_deed deed = here ? logs[i].deed : KEPT;

	if (logs[i].deed == ALONE && !here)
		return;
	if (deed == REPLACED)
		buf_puts(log, "{}\n");
	else if (deed == LONG)
		buf_add(log, zeros, sizeof(zeros));
	else if (deed != TAKEN)
		add_log_line(log, note, deed == NUMBERED ? logs[i].seq : k,
			     (unsigned)(deed == AGAIN	? k
					: deed == AHEAD ? LINES + 1
							: k + 1));
	if (deed == TWICE)
		add_log_line(log, note, k, (unsigned)k + 1);
}

static void
write_log(struct rig *r, size_t i)
{
	struct buf log = {0};
	char *note = load(r, "checkpoint", NULL);

	for (int k = 0; k < LINES; k++)
		add_line_of(&log, note, i, k);
	assert_false(log.failed);
	store(r, "checkpoints.jsonl", log.data, log.len);
	buf_free(&log);
	free(note);
}

/* The newest line is good, so the start goes well; all are read behind it, and
 * no money is spent before. */
static void
test_log_inside(void **state)
{
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct rig r;

		print_message("%s\n", logs[i].name);
		build_long(&r);
		write_log(&r, i);
		assert_int_equal(rig_open(&r), 0);
		assert_false(r.rec.damaged);
		assert_false(ledger_has_room(r.l));
		if (logs[i].words == NULL) {
			assert_true(rig_inspect(&r) > 2);
			assert_true(ledger_has_room(r.l));
			assert_int_equal(rig_append(&r, LINES), 0);
		} else {
			assert_int_equal(rig_inspect(&r), ERR_DAMAGED);
			assert_words(r.err.text, logs[i].words);
			assert_false(ledger_has_room(r.l));
			assert_int_equal(rig_append(&r, LINES), ERR_DAMAGED);
		}
		rig_fini(&r);
	}
}

/* It is read while the daemon signs. */
static void
test_log_taken_meanwhile(void **state)
{
	struct rig r;

	build_long(&r);
	write_log(&r, 0);
	assert_int_equal(rig_open(&r), 0);
	append(&r, LINES, LINES + 1);
	assert_int_equal(rig_sign(&r), 0);
	assert_true(rig_inspect(&r) > 2);
	rig_close(&r);
	assert_int_equal(rig_open(&r), 0);
	store(&r, "checkpoints.jsonl", "", 0);
	assert_int_equal(rig_inspect(&r), ERR_DAMAGED);
	assert_words(r.err.text, "rows 0 to 481 (checkpoints.jsonl, line 1: ");
	rig_fini(&r);
}

/* Nor has it lines when it is gone, or another thing stands there. */
static void
test_log_gone(void **state)
{
	for (int folder = 0; folder < 2; folder++) {
		struct rig r;

		build_long(&r);
		write_log(&r, 0);
		assert_int_equal(rig_open(&r), 0);
		simdisk_remove(r.disk, rig_path("checkpoints.jsonl"));
		if (folder)
			simdisk_make_dir(r.disk, rig_path("checkpoints.jsonl"));
		assert_int_equal(rig_inspect(&r), ERR_DAMAGED);
		assert_words(r.err.text,
			     "rows 0 to 479 (checkpoints.jsonl, line 1: ");
		assert_false(ledger_has_room(r.l));
		rig_fini(&r);
	}
}

/* What cannot be read is told, and is not damage: probes are sent, rows
 * recorded, and the next start reads it. */
static void
test_log_unreadable(void **state)
{
	static const char name[] = "checkpoints.jsonl";
	struct rig r;

	build_long(&r);
	write_log(&r, 0);
	for (int shut = 0; shut < 2; shut++) {
		assert_int_equal(rig_open(&r), 0);
		assert_false(ledger_has_room(r.l));
		if (shut)
			simdisk_chmod(r.disk, rig_path(name), 0);
		else
			simdisk_fail(r.disk, 2, EIO, SIMDISK_FAIL, false);
		assert_int_equal(rig_inspect(&r), shut ? ERR_DENIED : ERR_IO);
		assert_words(r.err.text, name);
		assert_true(ledger_has_room(r.l));
		append(&r, LINES + shut, LINES + shut);
		assert_int_equal(rig_flush(&r), 0);
		rig_close(&r);
		simdisk_chmod(r.disk, rig_path(name), 0640);
	}
	assert_int_equal(rig_open(&r), 0);
	assert_false(ledger_has_room(r.l));
	assert_true(rig_inspect(&r) > 2);
	assert_true(ledger_has_room(r.l));
	rig_fini(&r);
}

/* The same loss once more is told once more. */
static void
test_taken_twice(void **state)
{
	struct ledger_verdict v;
	struct rig r;

	build(&r);
	for (int i = 0; i < 2; i++) {
		take_both(&r);
		assert_int_equal(rig_open(&r), 0);
		assert_words(r.rec.lost, "a segment is sealed");
		append(&r, 10 + 5 * i, 14 + 5 * i);
		assert_int_equal(rig_flush(&r), 0);
		rig_close(&r);
	}
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 3, &v, NULL), 0);
	assert_true(v.ok);
	assert_words(v.reason, "2 rows ledger.recovered tell of such a loss");
	rig_fini(&r);
}

/* A daemon that was stopped in good order has signed. */
static void
test_stopped_unsigned(void **state)
{
	struct rig r;

	start(&r, ROWS);
	append(&r, 1, 1);
	rig_stop(&r, 1);
	assert_int_equal(rig_open(&r), 0);
	assert_false(r.rec.unclean);
	assert_words(r.rec.lost, "and the daemon was stopped");
	rig_fini(&r);
}

/* A crash before the first checkpoint, also right behind a sealed segment. */
static void
test_unsigned_yet(void **state)
{
	for (int rows = 1; rows < ROWS; rows++) {
		struct rig r;

		start(&r, ROWS);
		append(&r, 1, rows);
		assert_int_equal(rig_flush(&r), 0);
		if (rows == ROWS - 1) {
			append(&r, ROWS, ROWS);
			one_batch(&r); /* the next segment, and no more */
		}
		rig_reopen(&r);
		assert_words(r.rec.lost, "");
		assert_int_equal(rig_flush(&r), 0);
		assert_signed(&r, (uint64_t)rows + 1, 1, 0);
		rig_fini(&r);
	}
}

/* The earliest build made neither tiles nor checkpoints. */
static void
test_no_tiles(void **state)
{
	struct ledger_verdict v;
	struct rig r;

	start(&r, WIDE);
	append(&r, 1, WIDE + 3);
	assert_int_equal(rig_flush(&r), 0);
	rig_close(&r);
	take_both(&r);
	simdisk_remove(r.disk, rig_path("tile"));
	assert_int_equal(rig_open(&r), 0);
	assert_words(r.rec.lost, "no checkpoint and no tile is here: an early "
				 "build that signed none wrote it");
	assert_int_equal(rig_flush(&r), 0);
	rig_close(&r);
	assert_int_equal(
	    ledger_verify(simdisk_io(r.disk), RIG_DIR, 3, &v, NULL), 0);
	assert_true(v.ok);
	assert_int_equal(v.level, 3);
	assert_words(v.reason, "no checkpoint was there before row 260");
	rig_fini(&r);
}

static void
assert_damaged(struct rig *r, const char *words)
{
	assert_int_equal(rig_open(r), 0);
	if (!r->rec.damaged || strstr(r->rec.words, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", r->rec.words, words);
	assert_int_equal(rig_append(r, 100), ERR_DAMAGED);
	ledger_want_checkpoint(r->l);
	assert_int_equal(rig_flush(r), 0);
}

static int
keep_leaf(void *ctx, const struct row *row)
{
	*(struct digest *)ctx = row->leaf;
	return 0;
}

/* Rows that are chained well, and of which nothing that is left was signed:
 * the journal knows better, and nothing is signed. */
static void
test_journal_contradicts(void **state)
{
	static const struct {
		void (*take)(struct rig *r);
		const char *words; /* NULL: the journal agrees */
	} cases[] = {
	    {take_none, NULL},
	    {take_both, NULL},
	    {take_both_and_edit, "rows 0 to 9 (the journal holds another row"},
	    {put_back, "rows 4 to 9 (the journal holds another row"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct digest leaf;
		char *before, *after;
		struct rig r;

		build(&r);
		assert_int_equal(ledger_scan(simdisk_io(r.disk), RIG_DIR, 0,
					     UINT64_MAX, keep_leaf, &leaf,
					     NULL),
				 0);
		r.witness = 10;
		r.witness_leaf = &leaf;
		cases[i].take(&r);
		before = load(&r, "checkpoint", NULL);
		if (cases[i].words == NULL) {
			assert_int_equal(rig_open(&r), 0);
			assert_false(r.rec.damaged);
		} else {
			assert_damaged(&r, cases[i].words);
			after = load(&r, "checkpoint", NULL);
			assert_int_equal(before == NULL, after == NULL);
			if (before != NULL)
				assert_string_equal(before, after);
			free(after);
		}
		free(before);
		rig_fini(&r);
	}
}

/* What stands in the way of a checkpoint is named, and damages no row. */
static void
test_in_the_way(void **state)
{
	static const char *const names[] = {"checkpoint.new",
					    "checkpoints.jsonl"};

	for (size_t i = 0; i < 2; i++) {
		struct rig r;

		start(&r, ROWS);
		append(&r, 1, 1);
		simdisk_make_dir(r.disk, rig_path(names[i]));
		assert_int_equal(rig_sign(&r), 0);
		if (strstr(r.err.text, names[i]) == NULL ||
		    strstr(r.err.text, "move it away") == NULL)
			fail_msg("%s", r.err.text);
		assert_int_equal(ledger_checkpoint(r.l, NULL), 0);
		simdisk_remove(r.disk, rig_path(names[i]));
		append(&r, 2, 2);
		assert_int_equal(rig_sign(&r), 0);
		assert_int_equal(ledger_checkpoint(r.l, NULL), 3);
		rig_fini(&r);
	}
}

/* A verifier key that was spoilt: its file, and what mends it. */
static void
test_bad_vkey(void **state)
{
	struct rig r;
	char *text;
	size_t len;

	start(&r, ROWS);
	rig_close(&r);
	text = load(&r, "LEDGER", &len);
	text[len - 6] = text[len - 6] == 'A' ? 'B' : 'A';
	store(&r, "LEDGER", text, len);
	free(text);
	assert_int_equal(rig_open(&r), ERR_INVALID);
	assert_non_null(strstr(r.err.text, "/LEDGER: "));
	assert_non_null(strstr(r.err.text, "evidencectl repair"));
	rig_fini(&r);
}

/* More than a crash can spoil. */
static void
test_bad_log(void **state)
{
	struct rig r;
	size_t len;
	char *log;

	build(&r);
	log = load(&r, "checkpoints.jsonl", &len);
	for (size_t i = len / 3 + 50; i < len; i += len / 3)
		log[i] ^= 1;
	store(&r, "checkpoints.jsonl", log, len);
	free(log);
	assert_damaged(&r, "rows 4 to 9 (checkpoints.jsonl, line 2: it and "
			   "all behind it are no checkpoints");
	rig_fini(&r);
}

static void
put_checkpoint(struct rig *r, uint64_t size, const struct digest *root,
	       int seed)
{
	struct checkpoint c = {.size = size, .root = *root};
	struct buf note = {0};

	snprintf(c.origin, sizeof(c.origin), "%s", ledger_origin(r->l));
	assert_int_equal(checkpoint_sign(&c, seeds[seed], &note, NULL), 0);
	store(r, "checkpoint", note.data, note.len);
	buf_free(&note);
}

static void
test_wrong_checkpoint(void **state)
{
	struct digest root = {{1}};
	struct rig r;

	start(&r, ROWS);
	append(&r, 1, 2);
	assert_int_equal(rig_flush(&r), 0);
	put_checkpoint(&r, 2, &root, 0);
	rig_close(&r);
	assert_damaged(&r, "rows 0 to 1 (their root");
	/* more rows than there are */
	put_checkpoint(&r, 5, &root, 0);
	rig_close(&r);
	assert_damaged(&r, "rows 3 to 4 (the ledger ends");
	/* somebody else's */
	put_checkpoint(&r, 2, &root, 1);
	rig_close(&r);
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_non_null(strstr(r.err.text, "ledger-key"));
	rig_fini(&r);
}

/* Two roots of one size. */
static void
test_split_view(void **state)
{
	struct digest root = {{1}};
	struct rig r;

	start(&r, ROWS);
	append(&r, 1, 2);
	assert_int_equal(rig_sign(&r), 0);
	put_checkpoint(&r, 3, &root, 0);
	rig_close(&r);
	assert_damaged(&r, "rows 0 to 2 (checkpoints.jsonl, line 1: it and "
			   "`checkpoint` tell two roots");
	rig_fini(&r);
}

/* ---- what is signed is read back ---- */

static void
flip(struct rig *r, const char *name, const char *at)
{
	size_t len;
	char *text = load(r, name, &len), *p;

	assert_non_null(text);
	p = strstr(text, at);
	assert_non_null(p);
	*p ^= 1;
	store(r, name, text, len);
	free(text);
}

static void
assert_no_more(struct rig *r, const char *words)
{
	if (strstr(r->err.text, words) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", r->err.text, words);
	assert_int_equal(rig_append(r, 100), ERR_DAMAGED);
	assert_false(ledger_has_room(r->l));
	assert_int_equal(rig_flush(r), 0);
}

static void
test_row_changed(void **state)
{
	struct rig r;

	start(&r, WIDE);
	append(&r, 1, 5);
	assert_int_equal(rig_flush(&r), 0);
	flip(&r, "seg-000000000000.jsonl", "row 3");
	append(&r, 6, 6);
	assert_int_equal(rig_sign(&r), ERR_DAMAGED);
	assert_no_more(&r, "rows 3 to 6 (sum does not match)");
	assert_null(load(&r, "checkpoint", NULL));
	/* and the next start knows */
	rig_close(&r);
	assert_damaged(&r, "rows 3 to");
	rig_fini(&r);
}

/* The newest row is another one, as good as the first. */
static void
test_row_replaced(void **state)
{
	struct rig r, other;
	struct simdisk *disk;
	size_t len;
	char *seg;

	start(&r, WIDE);
	append(&r, 1, 5);
	assert_int_equal(rig_flush(&r), 0);
	disk = simdisk_kill(r.disk);
	append(&r, 6, 6);
	assert_int_equal(rig_flush(&r), 0);
	rig_init_disk(&other, disk, WIDE);
	other.key_seed = seeds[0];
	assert_int_equal(rig_open(&other), 0);
	append(&other, 7, 7);
	assert_int_equal(rig_flush(&other), 0);
	seg = load(&other, "seg-000000000000.jsonl", &len);
	store(&r, "seg-000000000000.jsonl", seg, len);
	free(seg);
	rig_fini(&other);
	assert_int_equal(rig_sign(&r), ERR_DAMAGED);
	assert_no_more(&r, "not the rows that were written");
	rig_fini(&r);
}

/* Rows that were signed are others now: seen on the way to the next one. */
static void
test_signed_row_replaced(void **state)
{
	struct rig r, other;
	size_t len;
	char *seg;

	start(&r, WIDE);
	append(&r, 1, 5);
	assert_int_equal(rig_sign(&r), 0);
	start(&other, WIDE);
	append(&other, 1, 6);
	assert_int_equal(rig_flush(&other), 0);
	append(&r, 6, 6);
	assert_int_equal(rig_flush(&r), 0);
	seg = load(&other, "seg-000000000000.jsonl", &len);
	store(&r, "seg-000000000000.jsonl", seg, len);
	free(seg);
	rig_fini(&other);
	assert_int_equal(rig_sign(&r), ERR_DAMAGED);
	assert_no_more(&r, "rows 0 to 5 (their root");
	rig_fini(&r);
}

/* More rows than the rig remembers. */
static int
sign_quietly(struct rig *r)
{
	int e = ledger_flush(r->l, NULL, NULL, &r->err);

	ledger_want_checkpoint(r->l);
	return e < 0 ? e : rig_flush(r);
}

/* Behind a tile that this process signed, what it wrote is known by its tag:
 * a change is found all the same, in either segment, and named by its row. */
static void
test_written_row_changed(void **state)
{
	static const struct {
		const char *segment, *row, *words;
	} cases[] = {
	    {"seg-000000000512.jsonl", "row 515", "rows 515 to 519 (sum does"},
	    {"seg-000000000512.jsonl", "\"dur\"", "rows 512 to 519 (not the"},
	    {"seg-000000000256.jsonl", "row 300", "rows 300 to 511 (sum does"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool first = strstr(cases[i].segment, "256") != NULL;
		struct rig r;

		start(&r, WIDE);
		append(&r, 1, WIDE - 1);
		assert_int_equal(sign_quietly(&r), 0);
		append(&r, WIDE, WIDE + 100);
		assert_int_equal(sign_quietly(&r), 0);
		append(&r, WIDE + 101, 2 * WIDE - 1);
		if (!first) {
			assert_int_equal(sign_quietly(&r), 0);
			append(&r, 2 * WIDE, 2 * WIDE + 7);
		}
		assert_int_equal(rig_flush(&r), 0);
		flip(&r, cases[i].segment, cases[i].row);
		assert_int_equal(rig_sign(&r), ERR_DAMAGED);
		assert_no_more(&r, cases[i].words);
		assert_int_equal(ledger_checkpoint(r.l, NULL),
				 first ? WIDE + 101 : 2 * WIDE);
		rig_fini(&r);
	}
}

static void
test_no_room(void **state)
{
	struct rig r;

	rig_init(&r, ROWS);
	r.key_seed = seeds[0];
	r.min_free_bytes = INT64_MAX / 2;
	assert_int_equal(rig_open(&r), 0);
	append(&r, 1, 2);
	assert_int_equal(rig_flush(&r), 0);
	simdisk_set_room(r.disk, 0);
	assert_int_equal(rig_sign(&r), 0);
	assert_int_equal(ledger_checkpoint(r.l, NULL), 0);
	simdisk_set_room(r.disk, 1 << 30);
	append(&r, 3, 3);
	assert_int_equal(rig_sign(&r), 0);
	/* The one that found no room was signed, and is not forgotten. */
	assert_signed(&r, 4, 2, 0);
	rig_fini(&r);
}

/* ---- tiles ---- */

static char *
load_tile(struct rig *r, const char *name)
{
	size_t len;
	char *bytes = load(r, name, &len);

	if (bytes != NULL)
		assert_int_equal(len, TILE_BYTES);
	return bytes;
}

struct leaves {
	const char *tile;
	uint64_t first;
};

static int
compare_leaf(void *ctx, const struct row *row)
{
	const struct leaves *l = ctx;

	assert_memory_equal(l->tile + (row->seq - l->first) * DIGEST_LEN,
			    row->leaf.bytes, DIGEST_LEN);
	return 0;
}

static void
assert_tiles(struct rig *r)
{
	static const char *const names[] = {"tile/0/000", "tile/0/001"};

	for (uint64_t i = 0; i < 2; i++) {
		struct leaves l = {load_tile(r, names[i]), i * TILE_WIDTH};

		assert_non_null(l.tile);
		assert_int_equal(ledger_scan(simdisk_io(r->disk), RIG_DIR,
					     l.first, l.first + TILE_WIDTH,
					     compare_leaf, &l, NULL),
				 0);
		free((char *)l.tile);
	}
	assert_null(load(r, "tile/0/002", NULL));
	assert_null(load(r, "tile/1/000", NULL));
}

static void
fill(struct rig *r, int segment_rows)
{
	start(r, segment_rows);
	append(r, 1, 400);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	append(r, 401, 599);
	assert_int_equal(ledger_flush(r->l, NULL, NULL, &r->err), 0);
	ledger_want_checkpoint(r->l);
	assert_int_equal(rig_flush(r), 0);
	assert_int_equal(ledger_checkpoint(r->l, NULL), 600);
}

static void
test_tiles(void **state)
{
	static const int widths[] = {WIDE, 1000, 100};

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		struct rig r;

		fill(&r, widths[i]);
		assert_tiles(&r);
		rig_fini(&r);
	}
}

/* A start makes tiles that lack, or are wrong, as they were. */
static void
test_tiles_again(void **state)
{
	for (int how = 0; how < 3; how++) {
		struct rig r;

		fill(&r, how == 0 ? 100 : WIDE);
		rig_close(&r);
		if (how == 2)
			store(&r, "tile/0/001", "short", 5);
		else if (how == 1)
			flip(&r, "tile/0/000", "");
		else
			simdisk_remove(r.disk, rig_path("tile"));
		assert_int_equal(rig_open(&r), 0);
		assert_false(r.rec.damaged);
		assert_tiles(&r);
		append(&r, 600, 610);
		assert_int_equal(rig_sign(&r), 0);
		assert_int_equal(ledger_checkpoint(r.l, NULL), 611);
		rig_fini(&r);
	}
}

/* Somebody deletes the newest segment under a running daemon, which has it
 * open: perhaps nothing else has its rows. */
static void
test_segment_gone_meanwhile(void **state)
{
	struct rig r;

	start(&r, ROWS);
	append(&r, 1, 5);
	assert_int_equal(rig_flush(&r), 0);
	simdisk_remove(r.disk, rig_path("seg-000000000004.jsonl"));
	assert_int_equal(rig_sign(&r), ERR_DAMAGED);
	assert_non_null(strstr(r.err.text, "rows 4 to 5 (the segment is "
					   "missing; its rows are still in "
					   "/proc/"));
	assert_non_null(
	    strstr(r.err.text, ": first copy that to seg-000000000004.jsonl)"));
	rig_fini(&r);
	/* A sealed one is closed. */
	start(&r, ROWS);
	append(&r, 1, 5);
	assert_int_equal(rig_flush(&r), 0);
	simdisk_remove(r.disk, rig_path("seg-000000000000.jsonl"));
	assert_int_equal(rig_sign(&r), ERR_DAMAGED);
	assert_non_null(strstr(r.err.text, "(the segment is missing);"));
	rig_fini(&r);
}

/* Somebody deletes all tiles under a running daemon. */
static void
test_tiles_gone_meanwhile(void **state)
{
	struct rig r;
	char *tile;

	fill(&r, WIDE);
	simdisk_remove(r.disk, rig_path("tile"));
	append(&r, 600, 767);
	assert_int_equal(rig_sign(&r), 0);
	assert_int_equal(ledger_checkpoint(r.l, NULL), 768);
	tile = load_tile(&r, "tile/0/002");
	assert_non_null(tile);
	free(tile);
	rig_fini(&r);
}

/* ---- reading the sealed rows after the start ---- */

static void
test_inspect(void **state)
{
	uint64_t done, rows;
	struct rig r;

	fill(&r, WIDE);
	rig_reopen(&r);
	ledger_inspected(r.l, &done, &rows);
	assert_int_equal(done, 0);
	assert_int_equal(rows, 2 * WIDE);
	/* With one for checkpoints.jsonl. */
	assert_int_equal(rig_inspect(&r), 3);
	ledger_inspected(r.l, &done, &rows);
	assert_int_equal(done, rows);
	/* a tile that went meanwhile */
	rig_reopen(&r);
	simdisk_remove(r.disk, rig_path("tile/0/000"));
	assert_int_equal(rig_inspect(&r), 3);
	assert_tiles(&r);
	/* a row that changed meanwhile */
	rig_reopen(&r);
	flip(&r, "seg-000000000000.jsonl", "row 200");
	assert_int_equal(rig_inspect(&r), ERR_DAMAGED);
	assert_no_more(&r, "rows 200 to 200 (sum does not match)");
	assert_int_equal(rig_inspect(&r), 0);
	rig_fini(&r);
}

/* The last of the sealed rows has none behind it that names its leaf: only
 * the root of all of them tells that it was changed since the start. */
static void
test_inspect_last_row(void **state)
{
	struct rig r;

	fill(&r, WIDE);
	rig_reopen(&r);
	sign_edit(simdisk_io(r.disk), RIG_DIR, 2 * WIDE - 1, "row 511",
		  "rov 511");
	assert_int_equal(rig_inspect(&r), ERR_DAMAGED);
	assert_no_more(&r, "rows 0 to 511 (their root is not the one that the "
			   "checkpoints rest on)");
	rig_fini(&r);
}

/* ---- the key changes ---- */

struct found {
	const char *kind;
	uint64_t seq;
	struct note_key old, new;
	int n;
};

static int
find_rekey(void *ctx, const struct row *row)
{
	struct found *f = ctx;

	if (strcmp(row->kind, REKEY_KIND) != 0)
		return 0;
	f->n++;
	f->seq = row->seq;
	return rekey_parse(row->body, row->body_len, &f->old, &f->new, NULL);
}

static void
assert_rekeyed(struct rig *r, int n, int old, int new)
{
	struct note_key was = key_of(r, old), is = key_of(r, new);
	struct found f = {0};

	assert_int_equal(ledger_scan(simdisk_io(r->disk), RIG_DIR, 0,
				     UINT64_MAX, find_rekey, &f, NULL),
			 0);
	assert_int_equal(f.n, n);
	assert_memory_equal(f.old.public_key, was.public_key, NOTE_PUBLIC_LEN);
	assert_memory_equal(f.new.public_key, is.public_key, NOTE_PUBLIC_LEN);
}

static void
test_rekey(void **state)
{
	struct rig r;

	start(&r, ROWS);
	append(&r, 1, 2);
	assert_int_equal(rig_sign(&r), 0);
	rig_stop(&r, 1);
	/* not without the one before */
	r.key_seed = seeds[1];
	assert_int_equal(rig_open(&r), ERR_DENIED);
	assert_non_null(strstr(r.err.text, "ledger-key-previous"));
	r.previous_key_seed = seeds[2];
	assert_int_equal(rig_open(&r), ERR_DENIED);
	r.previous_key_seed = seeds[0];
	assert_int_equal(rig_open(&r), 0);
	/* nothing is signed before the row is durable */
	ledger_want_checkpoint(r.l);
	assert_int_equal(ledger_batch_begin(r.l, NULL), 0);
	assert_int_equal(
	    ledger_batch_finish(r.l, ledger_batch_sync(r.l), NULL, NULL, NULL),
	    0);
	assert_int_equal(ledger_checkpoint(r.l, NULL), 3);
	assert_int_equal(rig_sign(&r), 0);
	assert_signed(&r, 5, 2, 1);
	assert_rekeyed(&r, 1, 0, 1);
	rig_stop(&r, 2);
	/* it stays, with and without the one before */
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(ledger_queued(r.l), 0);
	rig_stop(&r, 3);
	r.previous_key_seed = NULL;
	assert_int_equal(rig_open(&r), 0);
	rig_close(&r);
	r.key_seed = seeds[0];
	assert_int_equal(rig_open(&r), ERR_DENIED);
	rig_fini(&r);
}

/* The folder's own key gives way to a credential. */
static void
test_rekey_from_folder(void **state)
{
	struct rig r;

	rig_init(&r, ROWS);
	assert_int_equal(rig_open(&r), 0);
	append(&r, 1, 2);
	assert_int_equal(rig_sign(&r), 0);
	rig_close(&r);
	r.key_seed = seeds[1];
	assert_int_equal(rig_open(&r), 0);
	assert_int_equal(rig_sign(&r), 0);
	assert_signed(&r, 4, 2, 1);
	rig_close(&r);
	r.key_seed = NULL;
	assert_int_equal(rig_open(&r), ERR_DENIED);
	rig_fini(&r);
}

/* A crash between the row and the first checkpoint: the row is not doubled. */
static void
test_rekey_again(void **state)
{
	struct rig r;

	start(&r, WIDE);
	append(&r, 1, 2);
	assert_int_equal(rig_sign(&r), 0);
	rig_close(&r);
	r.key_seed = seeds[1];
	r.previous_key_seed = seeds[0];
	assert_int_equal(rig_open(&r), 0);
	ledger_stop_signing(r.l, "a crash comes before it");
	assert_int_equal(rig_flush(&r), 0);
	assert_int_equal(ledger_checkpoint(r.l, NULL), 3);
	rig_reopen(&r);
	assert_int_equal(rig_flush(&r), 0);
	assert_signed(&r, 4, 2, 1);
	assert_rekeyed(&r, 1, 0, 1);
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_when),
	    cmocka_unit_test(test_restart),
	    cmocka_unit_test(test_stop_signing),
	    cmocka_unit_test(test_spoilt_files),
	    cmocka_unit_test(test_newest_line_of_no_key),
	    cmocka_unit_test(test_taken_away),
	    cmocka_unit_test(test_log_inside),
	    cmocka_unit_test(test_log_taken_meanwhile),
	    cmocka_unit_test(test_log_gone),
	    cmocka_unit_test(test_log_unreadable),
	    cmocka_unit_test(test_taken_twice),
	    cmocka_unit_test(test_stopped_unsigned),
	    cmocka_unit_test(test_unsigned_yet),
	    cmocka_unit_test(test_no_tiles),
	    cmocka_unit_test(test_journal_contradicts),
	    cmocka_unit_test(test_in_the_way),
	    cmocka_unit_test(test_bad_vkey),
	    cmocka_unit_test(test_bad_log),
	    cmocka_unit_test(test_wrong_checkpoint),
	    cmocka_unit_test(test_split_view),
	    cmocka_unit_test(test_row_changed),
	    cmocka_unit_test(test_row_replaced),
	    cmocka_unit_test(test_signed_row_replaced),
	    cmocka_unit_test(test_written_row_changed),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_tiles),
	    cmocka_unit_test(test_tiles_again),
	    cmocka_unit_test(test_segment_gone_meanwhile),
	    cmocka_unit_test(test_tiles_gone_meanwhile),
	    cmocka_unit_test(test_inspect),
	    cmocka_unit_test(test_inspect_last_row),
	    cmocka_unit_test(test_rekey),
	    cmocka_unit_test(test_rekey_from_folder),
	    cmocka_unit_test(test_rekey_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
