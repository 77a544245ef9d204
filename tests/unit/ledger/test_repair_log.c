/* Lines of checkpoints.jsonl that are missing, altered or elsewhere: put back
 * to the byte, or it is said which ones are nowhere, and nothing is changed but
 * that what is spoilt at the end goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../crash/images.h"
#include "../../fakes/rig.h"
#include "../../fakes/sign.h"
#include "ledger/repair.h"
#include "ledger/signed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT_ROWS = 64, LINES = 6 };

#define LOG   "checkpoints.jsonl"
#define SHOWN "checkpoint"

static const uint8_t seeds[2][32] = {{1}, {2}};

/* Six checkpoints, of 2, 4, 6, 8, 10 and 12 rows. */
struct world {
	struct rig rig;
	struct simdisk *copy; /* as it was when all was good */
	char *log, *shown;
	const char *line[LINES + 1]; /* within log; the last is its end */
	/* what the journal has of them; bits */
	unsigned kept;
	bool forged; /* and others of the same sizes */
};

static char *
load(struct simdisk *d, const char *name)
{
	return simdisk_read(d, rig_path(name), NULL);
}

static void
store(struct simdisk *d, const char *name, const char *text, size_t len)
{
	simdisk_write(d, rig_path(name), text, len);
}

static void
copy_file(void *ctx, const char *path, mode_t mode, const void *bytes,
	  size_t len)
{
	simdisk_write(ctx, path, bytes, len);
	simdisk_chmod(ctx, path, mode);
}

static struct world *
make_world(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rig *r = &w->rig;

	rig_init(r, SEGMENT_ROWS);
	r->key_seed = seeds[0];
	assert_int_equal(rig_open(r), 0);
	for (int n = 1; n < 2 * LINES; n++) {
		assert_int_equal(rig_append(r, n), 0);
		if (n % 2 == 1)
			assert_int_equal(rig_sign(r), 0);
	}
	rig_close(r);
	w->log = load(r->disk, LOG);
	w->shown = load(r->disk, SHOWN);
	w->line[0] = w->log;
	for (int i = 0; i < LINES; i++)
		w->line[i + 1] = strchr(w->line[i], '\n') + 1;
	assert_int_equal(*w->line[LINES], '\0');
	w->copy = simdisk_new();
	simdisk_make_dir(w->copy, "/state");
	simdisk_make_dir(w->copy, RIG_DIR);
	simdisk_each(r->disk, RIG_DIR, copy_file, w->copy);
	return w;
}

static void
free_world(struct world *w)
{
	assert_int_equal(simdisk_open_count(w->rig.disk), 0);
	assert_int_equal(simdisk_open_count(w->copy), 0);
	simdisk_free(w->copy);
	rig_fini(&w->rig);
	free(w->log);
	free(w->shown);
	free(w);
}

/* ---- what the journal has ---- */

static int
give_rows(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
	  struct err *err)
{
	return 0;
}

/* Of the same rows with another root, and by another key. */
static int
add_forged(const struct checkpoint *good, struct notes *into, struct err *err)
{
	int r = 0;

	for (int i = 0; r == 0 && i < 2; i++) {
		struct checkpoint c = *good;
		struct buf note = {0};

		c.root.bytes[0] ^= i == 0;
		assert_int_equal(checkpoint_sign(&c, seeds[i], &note, NULL), 0);
		r = notes_add(into, note.data, note.len, err);
		buf_free(&note);
	}
	return r;
}

static int
give_notes(void *ctx, struct notes *into, struct err *err)
{
	struct world *w = ctx;
	struct signed_line line;
	struct checkpoint c;
	int r = 0;

	for (int i = LINES - 1; r == 0 && i >= 0; i--) {
		size_t len = (size_t)(w->line[i + 1] - w->line[i]) - 1;

		assert_int_equal(
		    signed_line_parse(w->line[i], len, &line, NULL), 0);
		checkpoint_parse(
		    buf_text(&line.note),
		    note_text_length(line.note.data, line.note.len), &c, NULL);
		if (w->forged)
			r = add_forged(&c, into, err);
		if (r == 0 && (w->kept >> i & 1) != 0)
			r = notes_add(into, line.note.data, line.note.len, err);
		buf_free(&line.note);
	}
	return r;
}

/* ---- what became of the files ---- */

/* The log with these lines, in this order; a digit each. */
static void
write_log(struct world *w, const char *lines)
{
	struct buf text = {0};

	for (; *lines != '\0'; lines++) {
		int i = *lines - '0';

		buf_add(&text, w->line[i],
			(size_t)(w->line[i + 1] - w->line[i]));
	}
	store(w->rig.disk, LOG, buf_text(&text), text.len);
	buf_free(&text);
}

/* In line 3, a digit of the signature. */
static void
alter_signature(struct world *w)
{
	char *text = load(w->rig.disk, LOG), *at;

	at = strstr(text + (w->line[4] - w->log) - 40, "\",\"seq\"") - 12;
	*at = *at == 'A' ? 'B' : 'A';
	store(w->rig.disk, LOG, text, strlen(text));
	free(text);
}

/* Line `line` says that it is another one. */
static void
renumber(struct world *w, int line, const char *seq)
{
	char *text = load(w->rig.disk, LOG), *at = text;
	struct buf out = {0};

	while (line-- > 0)
		at = strchr(at, '\n') + 1;
	at = strstr(at, "\"seq\":") + strlen("\"seq\":");
	buf_add(&out, text, (size_t)(at - text));
	buf_puts(&out, seq);
	buf_puts(&out, at + strspn(at, "0123456789"));
	store(w->rig.disk, LOG, buf_text(&out), out.len);
	buf_free(&out);
	free(text);
}

static void
exchange_numbers(struct world *w)
{
	renumber(w, 2, "3");
	renumber(w, 3, "2");
}

/* The note of line 2 is in both. */
static void
number_again(struct world *w)
{
	renumber(w, 3, "3");
}

static void
number_far(struct world *w)
{
	renumber(w, 3, "999");
}

static void
number_as_last(struct world *w)
{
	renumber(w, 3, "5");
}

static void
number_last_far(struct world *w)
{
	renumber(w, 5, "999");
}

/* Lines 4 and 5, as a crash does not. */
static void
spoil_end(struct world *w)
{
	char *text = load(w->rig.disk, LOG);
	size_t good = (size_t)(w->line[4] - w->log);

	memcpy(&text[good], "{\"no\n{\"no\n", 11);
	store(w->rig.disk, LOG, text, good + 11);
	free(text);
}

static void
spoil_log(struct world *w)
{
	store(w->rig.disk, LOG, "rubbish\n\0\n", 10);
}

static void
lose_shown(struct world *w)
{
	simdisk_remove(w->rig.disk, rig_path(SHOWN));
}

static void
spoil_shown(struct world *w)
{
	store(w->rig.disk, SHOWN, "no note\n", 8);
}

static void
put_back_shown(struct world *w)
{
	struct signed_line line;

	assert_int_equal(
	    signed_line_parse(w->line[2], (size_t)(w->line[3] - w->line[2]) - 1,
			      &line, NULL),
	    0);
	store(w->rig.disk, SHOWN, line.note.data, line.note.len);
	buf_free(&line.note);
}

/* Its log was begun anew. */
static void
renumber_copy(struct world *w)
{
	simdisk_remove(w->copy, rig_path(LOG));
	sign_folder(simdisk_io(w->copy), RIG_DIR, seeds[0], 4);
	sign_folder(simdisk_io(w->copy), RIG_DIR, seeds[0], 12);
}

enum { NOWHERE, JOURNAL, COPY, BOTH };

enum { ALL = 0x3f, NOT_3 = 0x37 }; /* bits of `kept` */

static const struct {
	const char *name;
	const char *lines; /* NULL: the log is lost */
	void (*harm[2])(struct world *w);
	int from;
	unsigned kept;
	bool forged;
	/* what comes of it */
	size_t brought;
	bool log_put, shown_put;
	struct repair_gone gone;
	size_t good; /* with log_put and gone: lines that are left */
} cases[] = {
    {.name = "all is good", .lines = "012345", .kept = ALL, .from = JOURNAL},
    {.name = "checkpoint is lost",
     .lines = "012345",
     .harm = {lose_shown},
     .shown_put = true},
    {.name = "checkpoint is spoilt",
     .lines = "012345",
     .harm = {spoil_shown},
     .shown_put = true},
    {.name = "swapped", .lines = "013245", .log_put = true},
    {.name = "twice", .lines = "0122345", .log_put = true},
    {.name = "cut, from the journal",
     .lines = "01245",
     .from = JOURNAL,
     .kept = ALL,
     .brought = 1,
     .log_put = true},
    {.name = "cut, from the journal, which has forged ones, too",
     .lines = "01245",
     .from = JOURNAL,
     .kept = ALL,
     .forged = true,
     .brought = 1,
     .log_put = true},
    {.name = "cut, from a copy",
     .lines = "01245",
     .from = COPY,
     .brought = 1,
     .log_put = true},
    {.name = "three cut, from both",
     .lines = "125",
     .from = BOTH,
     .kept = NOT_3,
     .brought = 3,
     .log_put = true},
    {.name = "cut at the beginning, from the journal",
     .lines = "2345",
     .from = JOURNAL,
     .kept = ALL,
     .brought = 2,
     .log_put = true},
    {.name = "a signature is altered, from the journal",
     .lines = "012345",
     .harm = {alter_signature},
     .from = JOURNAL,
     .kept = ALL,
     .brought = 1,
     .log_put = true},
    {.name = "cut, and checkpoint is lost, from the journal",
     .lines = "01245",
     .harm = {lose_shown},
     .from = JOURNAL,
     .kept = ALL,
     .brought = 1,
     .log_put = true,
     .shown_put = true},
    {.name = "the end is cut, from a copy",
     .lines = "0123",
     .from = COPY,
     .brought = 2,
     .log_put = true},
    {.name = "both files are older, from a copy",
     .lines = "012",
     .harm = {put_back_shown},
     .from = COPY,
     .brought = 3,
     .log_put = true,
     .shown_put = true},
    {.name = "both files are lost, from a copy",
     .harm = {lose_shown},
     .from = COPY,
     .brought = LINES,
     .log_put = true,
     .shown_put = true},
    {.name = "cut, and nowhere",
     .lines = "01245",
     .gone = {.from = 4, .to = 4, .rows = {6, 10, false}}},
    {.name = "cut, and the journal lacks it",
     .lines = "01245",
     .from = JOURNAL,
     .kept = NOT_3,
     .gone = {.from = 4, .to = 4, .rows = {6, 10, false}}},
    {.name = "cut, and the journal has forged ones alone",
     .lines = "01245",
     .from = JOURNAL,
     .kept = NOT_3,
     .forged = true,
     .gone = {.from = 4, .to = 4, .rows = {6, 10, false}}},
    {.name = "two are cut, and the journal has one of them",
     .lines = "0145",
     .from = JOURNAL,
     .kept = NOT_3,
     .gone = {.from = 3, .to = 4, .rows = {4, 10, false}}},
    {.name = "cut, and the copy counts otherwise",
     .lines = "01245",
     .harm = {renumber_copy},
     .from = COPY,
     .gone = {.from = 4, .to = 4, .rows = {6, 10, false}}},
    /* How many there were, no journal tells. */
    {.name = "the end is cut, from the journal",
     .lines = "0123",
     .from = JOURNAL,
     .kept = ALL,
     .gone = {.from = 5, .to = UINT64_MAX, .rows = {8, 12, true}}},
    {.name = "numbers are exchanged",
     .lines = "012345",
     .harm = {exchange_numbers},
     .log_put = true},
    {.name = "numbers are exchanged, with a copy",
     .lines = "012345",
     .harm = {exchange_numbers},
     .from = COPY,
     .log_put = true},
    {.name = "a number is altered",
     .lines = "012345",
     .harm = {number_far},
     .log_put = true},
    {.name = "a number is that of another line",
     .lines = "012345",
     .harm = {number_as_last},
     .from = COPY,
     .brought = 1,
     .log_put = true},
    {.name = "the last number is altered, with a copy",
     .lines = "012345",
     .harm = {number_last_far},
     .from = COPY,
     .log_put = true},
    {.name = "the last number is altered",
     .lines = "012345",
     .harm = {number_last_far},
     .gone = {.from = 6, .to = 999, .rows = {10, 12, false}}},
    {.name = "another line stands twice in place of one, from a copy",
     .lines = "012245",
     .harm = {number_again},
     .from = COPY,
     .log_put = true},
    {.name = "another line stands twice in place of one, and it is nowhere",
     .lines = "012245",
     .harm = {number_again},
     .gone = {.from = 3, .to = 4, .rows = {4, 10, false}}},
    {.name = "the end is spoilt",
     .lines = "012345",
     .harm = {spoil_end},
     .log_put = true,
     .gone = {.from = 5, .to = UINT64_MAX, .rows = {8, 12, true}},
     .good = 4},
    {.name = "the end is spoilt, from a copy",
     .lines = "012345",
     .harm = {spoil_end},
     .from = COPY,
     .brought = 2,
     .log_put = true},
    {.name = "all is spoilt",
     .lines = "012345",
     .harm = {spoil_log},
     .log_put = true,
     .gone = {.from = 1, .to = UINT64_MAX, .rows = {0, 12, true}},
     .good = 0},
    {.name = "both files are lost, and the journal has all",
     .harm = {lose_shown},
     .from = JOURNAL,
     .kept = ALL},
};

static void
repair(struct world *w, int from, struct repair_result *ret)
{
	struct repair_source sources[2] = {
	    {.give = give_rows, .ctx = w, .notes = give_notes}};
	struct repair_options o = {.sources = sources,
				   .n_sources = (from & JOURNAL) != 0};
	struct folder copy;
	struct err err = {0};
	int r;

	if ((from & COPY) != 0) {
		assert_int_equal(
		    folder_open(&copy, simdisk_io(w->copy), RIG_DIR, &err), 0);
		o.copy = &copy;
		sources[o.n_sources++] = repair_source_of(&copy);
	}
	r = repair_ledger(simdisk_io(w->rig.disk), RIG_DIR, &o, ret, &err);
	if (r < 0)
		fail_msg("%s", err.text);
	if (o.copy != NULL)
		folder_close(&copy);
}

static void
assert_file(struct world *w, const char *name, const char *expected)
{
	char *text = load(w->rig.disk, name);

	if (expected == NULL) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void
check(struct world *w, size_t i)
{
	struct repair_result result = {0};
	char *log = load(w->rig.disk, LOG), *shown = load(w->rig.disk, SHOWN);
	const struct repair_gone *gone = &cases[i].gone;

	repair(w, cases[i].from, &result);
	assert_int_equal(result.segments, 0);
	assert_false(result.secret_put);
	assert_int_equal(result.lines, cases[i].brought);
	assert_int_equal(result.log_put, cases[i].log_put);
	assert_int_equal(result.shown_put, cases[i].shown_put);
	assert_int_equal(result.gone.from, gone->from);
	assert_true(result.gone.to == gone->to);
	assert_int_equal(result.gone.rows.from, gone->rows.from);
	assert_int_equal(result.gone.rows.to, gone->rows.to);
	assert_int_equal(result.gone.rows.shown, gone->rows.shown);
	if (gone->from > 0 && cases[i].log_put)
		w->log[w->line[cases[i].good] - w->log] = '\0';
	assert_file(w, LOG, cases[i].log_put ? w->log : log);
	assert_file(w, SHOWN, cases[i].shown_put ? w->shown : shown);
	free(log);
	free(shown);
}

/* A second repair finds nothing to do. */
static void
check_good(struct world *w)
{
	struct repair_result result = {0};
	struct ledger_verdict v;

	repair(w, JOURNAL, &result);
	assert_int_equal(result.lines, 0);
	assert_false(result.log_put || result.shown_put);
	assert_int_equal(
	    ledger_verify(simdisk_io(w->rig.disk), RIG_DIR, 3, &v, NULL), 0);
	if (!v.ok || v.level != 3)
		fail_msg("%s", v.reason);
	assert_int_equal(rig_open(&w->rig), 0);
	assert_int_equal(w->rig.rec.lost[0], '\0');
	assert_true(rig_inspect(&w->rig) >= 0);
	rig_close(&w->rig);
}

/* What the repair promises: the next start tells of the loss, and goes on. */
static void
check_told(struct world *w)
{
	struct ledger_verdict v;

	assert_int_equal(rig_open(&w->rig), 0);
	assert_non_null(strstr(w->rig.rec.lost, "newest lines are missing"));
	assert_true(rig_inspect(&w->rig) >= 0);
	assert_int_equal(rig_sign(&w->rig), 0);
	rig_close(&w->rig);
	assert_int_equal(
	    ledger_verify(simdisk_io(w->rig.disk), RIG_DIR, 3, &v, NULL), 0);
	if (!v.ok || v.level != 3)
		fail_msg("%s", v.reason);
}

static void
test_log(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = make_world();

		print_message("%s\n", cases[i].name);
		w->kept = cases[i].kept;
		w->forged = cases[i].forged;
		if (cases[i].lines == NULL)
			simdisk_remove(w->rig.disk, rig_path(LOG));
		else
			write_log(w, cases[i].lines);
		for (size_t k = 0; k < 2 && cases[i].harm[k] != NULL; k++)
			cases[i].harm[k](w);
		check(w, i);
		if (cases[i].gone.from > 0 && cases[i].log_put)
			check_told(w);
		else if (cases[i].log_put || cases[i].shown_put)
			check_good(w);
		free_world(w);
	}
}

/* The ledger is an older one than the copy, and of its log a line is cut. */
static void
test_newer_copy(void **state)
{
	struct repair_result result = {0};
	struct world *w = make_world();
	char *all = load(w->rig.disk, "seg-000000000000.jsonl"), *end = all;

	for (int i = 0; i < 6; i++)
		end = strchr(end, '\n') + 1;
	store(w->rig.disk, "seg-000000000000.jsonl", all, (size_t)(end - all));
	put_back_shown(w);
	write_log(w, "02");
	repair(w, COPY, &result);
	assert_int_equal(result.rows, 2 * LINES);
	assert_int_equal(result.gone.from, 0);
	assert_file(w, "seg-000000000000.jsonl", all);
	assert_file(w, LOG, w->log);
	assert_file(w, SHOWN, w->shown);
	check_good(w);
	free(all);
	free_world(w);
}

static void
count_kept(void *ctx, const char *path, mode_t mode, const void *bytes,
	   size_t len)
{
	if (strstr(path, "/quarantine/" LOG "-") != NULL)
		++*(int *)ctx;
}

static void
cut_log(struct world *w)
{
	write_log(w, "01245");
}

static void
lose_secret(struct world *w)
{
	simdisk_remove(w->rig.disk, rig_path("secret"));
}

/* "": it stays. */
static void
put_secret(struct simdisk *d, const char *text)
{
	if (text == NULL) {
		simdisk_remove(d, rig_path("secret"));
	} else if (text[0] != '\0') {
		store(d, "secret", text, strlen(text));
		simdisk_chmod(d, rig_path("secret"), 0600);
	}
}

static void
assert_in(struct simdisk *d, const char *name, const char *text, int mode)
{
	char *found = load(d, name);

	assert_non_null(found);
	if (text != NULL)
		assert_string_equal(found, text);
	assert_int_equal(simdisk_mode(d, rig_path(name)), mode);
	free(found);
}

/* What it says is done stays done, whichever is the only thing to do. */
static void
test_durable(void **state)
{
	static void (*const harms[])(struct world * w) = {cut_log, spoil_shown,
							  lose_secret};

	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		struct repair_result result = {0};
		struct world *w = make_world();
		struct simdisk *worst;
		int n = 0;

		harms[i](w);
		repair(w, COPY, &result);
		assert_int_equal(result.log_put, i == 0);
		assert_int_equal(result.shown_put, i == 1);
		assert_int_equal(result.secret_put, i == 2);
		worst = images_worst(w->rig.disk);
		assert_in(worst, LOG, w->log, 0640);
		assert_in(worst, SHOWN, w->shown, 0640);
		assert_in(worst, "secret", NULL, 0600);
		simdisk_each(worst, rig_path("quarantine"), count_kept, &n);
		assert_int_equal(n, i == 0);
		simdisk_free(worst);
		free_world(w);
	}
}

/* Of the copy, or a new one; a bad one stays, and is told of. */
static void
test_secret(void **state)
{
	static const struct {
		const char *own, *copy; /* NULL: there is none; "": as it was */
		int from;
		bool put, copied;
		const char *why; /* NULL: a writer can begin with it */
	} secrets[] = {
	    {"", "", COPY, false, false, NULL},
	    {NULL, "", COPY, true, true, NULL},
	    {NULL, "", NOWHERE, true, false, NULL},
	    {NULL, NULL, COPY, true, false, NULL},
	    {NULL, "abc\n", COPY, true, false, NULL},
	    {NULL, "\n", COPY, true, false, NULL},
	    {"abc\n", "", COPY, false, false, "or move it away, and evid"},
	    {"\n", "", NOWHERE, false, false, "or move it away, and evid"},
	};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		struct repair_result result = {0};
		struct world *w = make_world();
		char *old = load(w->rig.disk, "secret"), *now;

		put_secret(w->rig.disk, secrets[i].own);
		put_secret(w->copy, secrets[i].copy);
		repair(w, secrets[i].from, &result);
		assert_int_equal(result.secret_put, secrets[i].put);
		assert_int_equal(result.secret_copied, secrets[i].copied);
		assert_int_equal(result.secret_bad, secrets[i].why != NULL);
		if (secrets[i].why != NULL)
			assert_non_null(
			    strstr(result.secret_err.text, secrets[i].why));
		now = load(w->rig.disk, "secret");
		assert_int_equal(simdisk_mode(w->rig.disk, rig_path("secret")),
				 0600);
		if (secrets[i].why != NULL)
			assert_string_equal(now, secrets[i].own);
		else if (secrets[i].put && !secrets[i].copied)
			assert_string_not_equal(now, old);
		else
			assert_string_equal(now, old);
		assert_true(secrets[i].why != NULL || strlen(now) == 65);
		free(old);
		free(now);
		free_world(w);
	}
}

/* ---- whoever finds a bad line names the same rows ---- */

/* Bad lines as bits, each spoilt, or of no rows. */
static void
make_bad(struct world *w, unsigned bad, bool empty)
{
	struct buf text = {0};

	for (int i = 0; i < LINES; i++) {
		size_t len = (size_t)(w->line[i + 1] - w->line[i]);
		struct signed_line line;
		struct checkpoint c;
		struct buf note = {0};

		if ((bad >> i & 1) == 0) {
			buf_add(&text, w->line[i], len);
		} else if (!empty) {
			buf_puts(&text, "{\"no\n");
		} else {
			assert_int_equal(
			    signed_line_parse(w->line[i], len - 1, &line, NULL),
			    0);
			assert_int_equal(
			    checkpoint_parse(
				line.note.data,
				note_text_length(line.note.data, line.note.len),
				&c, NULL),
			    0);
			c.size = 0;
			assert_int_equal(
			    checkpoint_sign(&c, seeds[1], &note, NULL), 0);
			signed_line_render(&text, note.data, note.len,
					   (uint64_t)i, 0);
			buf_free(&line.note);
			buf_free(&note);
		}
	}
	store(w->rig.disk, LOG, buf_text(&text), text.len);
	buf_free(&text);
}

/* Of verify, of a start or of the daemon that reads the log behind it, and of
 * repair. */
static void
check_rows(struct world *w, uint64_t from, uint64_t to, bool shown)
{
	struct repair_result result = {0};
	struct ledger_verdict v;
	char words[LOG_GAP_WORDS], rows[64];
	struct rig *r = &w->rig;
	struct simdisk *disk = r->disk;

	snprintf(rows, sizeof(rows), "rows %d to %d", (int)from, (int)to - 1);
	log_gap_words(&(struct log_gap){from, to, shown}, words);
	assert_non_null(strstr(words, rows));
	assert_int_equal(ledger_verify(simdisk_io(disk), RIG_DIR, 3, &v, NULL),
			 0);
	print_message("verify: %s\n", v.reason);
	assert_int_equal(v.first_bad_seq, from);
	assert_non_null(strstr(v.reason, words));
	r->disk = simdisk_new();
	simdisk_make_dir(r->disk, "/state");
	simdisk_make_dir(r->disk, RIG_DIR);
	simdisk_each(disk, RIG_DIR, copy_file, r->disk);
	assert_int_equal(rig_open(r), 0);
	print_message("daemon: %s%s\n", r->rec.words, r->rec.lost);
	if (!r->rec.damaged && r->rec.lost[0] == '\0') {
		assert_int_equal(rig_inspect(r), ERR_DAMAGED);
		print_message("daemon: %s\n", r->err.text);
		assert_non_null(strstr(r->err.text, rows));
	} else {
		assert_non_null(
		    strstr(r->rec.damaged ? r->rec.words : r->rec.lost, rows));
	}
	rig_close(r);
	simdisk_free(r->disk);
	r->disk = disk;
	repair(w, NOWHERE, &result);
	assert_int_equal(result.gone.rows.from, from);
	assert_int_equal(result.gone.rows.to, to);
	assert_int_equal(result.gone.rows.shown, shown);
}

static void
test_same_rows(void **state)
{
	static const struct {
		const char *name;
		unsigned bad;
		uint64_t from, to;
		bool shown;
	} lines[] = {
	    {"the first", 0x01, 0, 4, false},
	    {"one in the middle", 0x04, 4, 8, false},
	    {"the last", 0x20, 10, 12, true},
	    {"two apart", 0x14, 4, 8, false},
	    {"two side by side", 0x0c, 4, 10, false},
	    {"the last two", 0x30, 8, 12, true},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		for (int empty = 0; empty < 2; empty++) {
			struct world *w = make_world();

			print_message("%s, %s\n", lines[i].name,
				      empty ? "of no rows" : "spoilt");
			make_bad(w, lines[i].bad, empty);
			check_rows(w, lines[i].from, lines[i].to,
				   lines[i].shown);
			free_world(w);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_log),	       cmocka_unit_test(test_same_rows),
	    cmocka_unit_test(test_newer_copy), cmocka_unit_test(test_durable),
	    cmocka_unit_test(test_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
