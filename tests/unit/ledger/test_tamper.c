/* What somebody may do to the files of a ledger, one deed at a time, and
 * what verification says of each: the first row that is bad, and the
 * strongest level that still holds.
 *
 * One ledger for all: nine segments, two full tiles, checkpoints of which the
 * newest covers the rows 0 to 519, ten rows behind it.  What nothing in the
 * folder can tell is in the tables, too: that is what the journal is for
 * (level 4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../fakes/rig.h"
#include "../../fakes/sign.h"
#include "ledger/identity.h"
#include "ledger/prove.h"
#include "ledger/segment.h"
#include "ledger/tile.h"
#include "ledger/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROWS = 530,
	SIGNED = 520, /* rows under the newest checkpoint */
	SEGMENT_ROWS = 64,
	SEGMENTS = 9,
	CHECKPOINTS_MAX = 32,
	NONE = LEDGER_LEVEL_NONE
};

static const uint8_t seed[NOTE_SEED_LEN] = {1};
static const uint8_t other_seed[NOTE_SEED_LEN] = {2};
static const char tile_name[] = "tile/0/001";
static const uint64_t tile_row = 300; /* its leaf is in that tile */

static struct rig whole; /* never changed after build() */
static uint64_t sizes[CHECKPOINTS_MAX];
static size_t n_sizes;

static void
read_sizes(void)
{
	size_t len;
	char *log =
	    simdisk_read(whole.disk, rig_path("checkpoints.jsonl"), &len);

	for (char *p = log; (p = strstr(p, "\"size\":")) != NULL; p++) {
		assert_true(n_sizes < CHECKPOINTS_MAX);
		sizes[n_sizes++] = strtoull(p + strlen("\"size\":"), NULL, 10);
	}
	free(log);
	assert_true(n_sizes > 5);
	assert_int_equal(sizes[n_sizes - 1], SIGNED);
}

static int
build(void **state)
{
	rig_init(&whole, SEGMENT_ROWS);
	whole.key_seed = seed;
	assert_int_equal(rig_open(&whole), 0);
	for (int i = 1; i < ROWS; i++) {
		if (i == 100 || i == 300 || i == SIGNED)
			ledger_want_checkpoint(whole.l);
		assert_int_equal(rig_append(&whole, i), 0);
		if (i == 99 || i == 299 || i == SIGNED - 1)
			assert_int_equal(
			    ledger_flush(whole.l, NULL, NULL, &whole.err), 0);
	}
	assert_int_equal(ledger_flush(whole.l, NULL, NULL, &whole.err), 0);
	rig_close(&whole);
	read_sizes();
	return 0;
}

static int
drop(void **state)
{
	rig_fini(&whole);
	return 0;
}

struct verdict {
	int error; /* of the verification itself */
	struct ledger_verdict v;
	struct err err;
};

static struct verdict
verify(struct simdisk *d, int level)
{
	struct verdict x = {0};

	x.error = ledger_verify(simdisk_io(d), RIG_DIR, level, &x.v, &x.err);
	assert_int_equal(simdisk_open_count(d), 0);
	return x;
}

static char *
load(struct simdisk *d, const char *name, size_t *ret_len)
{
	char *text = simdisk_read(d, rig_path(name), ret_len);

	assert_non_null(text);
	return text;
}

/* Also over a file that is sealed. */
static void
put(struct simdisk *d, const char *name, const char *text, size_t len)
{
	if (simdisk_mode(d, rig_path(name)) >= 0)
		simdisk_chmod(d, rig_path(name), 0640);
	simdisk_write(d, rig_path(name), text, len);
}

/* A segment as lines; they point into `text`. */
struct list {
	char *text;
	struct {
		const char *at;
		size_t len;
	} line[SEGMENT_ROWS + 1];
	size_t n;
};

static const char *
name_of(uint64_t seq)
{
	static char name[SEGMENT_NAME_SIZE];

	return segment_name(seq / SEGMENT_ROWS * SEGMENT_ROWS, name);
}

static void
load_list(struct simdisk *d, uint64_t seq, struct list *l)
{
	size_t len;
	char *p;

	l->text = p = load(d, name_of(seq), &len);
	for (l->n = 0; *p != '\0'; l->n++) {
		l->line[l->n].at = p;
		l->line[l->n].len = strcspn(p, "\n");
		p += l->line[l->n].len + 1;
	}
}

static void
store_list(struct simdisk *d, uint64_t seq, struct list *l)
{
	struct buf out = {0};

	for (size_t i = 0; i < l->n; i++) {
		buf_add(&out, l->line[i].at, l->line[i].len);
		buf_putc(&out, '\n');
	}
	put(d, name_of(seq), buf_text(&out), out.len);
	buf_free(&out);
	free(l->text);
}

static void
insert_line(struct list *l, size_t at, const char *text)
{
	memmove(&l->line[at + 1], &l->line[at],
		(l->n - at) * sizeof(l->line[0]));
	l->line[at].at = text;
	l->line[at].len = strlen(text);
	l->n++;
}

static void
remove_lines(struct list *l, size_t at, size_t n)
{
	l->n -= n;
	memmove(&l->line[at], &l->line[at + n],
		(l->n - at) * sizeof(l->line[0]));
}

/* The deeds.  `to` is a second row, a number of rows or of bytes. */
typedef void deed_fn(struct simdisk *d, uint64_t seq, uint64_t to);

static void
swap(struct simdisk *d, uint64_t seq, uint64_t to)
{
	struct list a, b, from, into;

	load_list(d, seq, &a);
	load_list(d, to, &from);
	a.line[seq % SEGMENT_ROWS] = from.line[to % SEGMENT_ROWS];
	load_list(d, seq, &into);
	store_list(d, seq, &a);
	load_list(d, to, &b);
	b.line[to % SEGMENT_ROWS] = into.line[seq % SEGMENT_ROWS];
	store_list(d, to, &b);
	free(from.text);
	free(into.text);
}

static void delete (struct simdisk *d, uint64_t seq, uint64_t to)
{
	struct list l;

	load_list(d, seq, &l);
	remove_lines(&l, seq % SEGMENT_ROWS, to);
	store_list(d, seq, &l);
}

static void
delete_segment(struct simdisk *d, uint64_t seq, uint64_t to)
{
	simdisk_remove(d, rig_path(name_of(seq)));
}

static void
duplicate(struct simdisk *d, uint64_t seq, uint64_t to)
{
	size_t at = seq % SEGMENT_ROWS;
	struct list l;

	load_list(d, seq, &l);
	insert_line(&l, at, "");
	l.line[at] = l.line[at + 1];
	store_list(d, seq, &l);
}

/* The bytes of one segment under the name of another. */
static void
duplicate_segment(struct simdisk *d, uint64_t seq, uint64_t to)
{
	struct list l;

	load_list(d, seq, &l);
	store_list(d, to, &l);
}

static void
insert_nothing(struct simdisk *d, uint64_t seq, uint64_t to)
{
	struct list l;

	load_list(d, seq, &l);
	insert_line(&l, seq % SEGMENT_ROWS, "");
	store_list(d, seq, &l);
}

/* A row that nobody recorded: in the right form, with the right sum and
 * behind the right row, in front of row seq.  to = 1: in its place. */
static void
insert_row(struct simdisk *d, uint64_t seq, uint64_t to)
{
	static const char body[] = "{\"n\":1,\"text\":\"forged\"}";
	const struct row_draft draft = {
	    .at = wall_from_s(1783036801),
	    .id = "forged.1",
	    .kind = "note",
	    .body = body,
	    .body_len = strlen(body),
	};
	struct digest before, leaf;
	struct buf line = {0};
	struct list l, former;

	load_list(d, seq - 1, &former);
	before = row_leaf(former.line[(seq - 1) % SEGMENT_ROWS].at,
			  former.line[(seq - 1) % SEGMENT_ROWS].len);
	free(former.text);
	row_render(&line, &draft, seq, seq, &before, &leaf);
	line.data[line.len - 1] = '\0'; /* its LF */
	load_list(d, seq, &l);
	remove_lines(&l, seq % SEGMENT_ROWS, to);
	insert_line(&l, seq % SEGMENT_ROWS, line.data);
	store_list(d, seq, &l);
	buf_free(&line);
}

/* A good row of later, at the end of a segment that is full. */
static void
overfill(struct simdisk *d, uint64_t seq, uint64_t to)
{
	struct list l, next;

	load_list(d, seq, &l);
	load_list(d, seq + SEGMENT_ROWS, &next);
	l.line[l.n++] = next.line[0];
	store_list(d, seq, &l);
	free(next.text);
}

/* The segment ends after so many bytes of row seq. */
static void
truncate_at(struct simdisk *d, uint64_t seq, uint64_t to)
{
	struct list l;
	size_t len;

	load_list(d, seq, &l);
	len = (size_t)(l.line[seq % SEGMENT_ROWS].at - l.text) + to;
	put(d, name_of(seq), l.text, len);
	free(l.text);
}

static const struct deed_case {
	const char *name;
	deed_fn *deed;
	uint64_t seq, to;
	int64_t bad; /* -1: good */
	int level;   /* reached, of 3 */
	const char *words;
} deed_cases[] = {
    {"swap neighbours", swap, 300, 301, 300, NONE, "seq is not the next one"},
    {"swap far", swap, 330, 370, 330, NONE, "seq is not the next one"},
    {"swap over a border", swap, 63, 64, 63, NONE, "seq is not the next"},
    {"swap over segments", swap, 450, 200, 200, NONE, "seq is not the next"},
    {"swap the first", swap, 0, 1, 0, NONE, "seq is not the next one"},
    {"swap the newest", swap, 528, 529, -1, 3, "torn by a crash"},
    {"delete one", delete, 300, 1, 300, NONE, "seq is not the next one"},
    {"delete many", delete, 321, 40, 321, NONE, "seq is not the next one"},
    {"delete the first", delete, 0, 1, 0, NONE, "seq is not the next one"},
    {"delete a first", delete, 64, 1, 64, NONE, "seq is not the next one"},
    {"delete a last", delete, 63, 1, 63, NONE, "ends too early"},
    {"delete signed", delete, 515, 15, 515, 1, "the ledger ends before row"},
    {"delete all", delete, 512, 18, 512, 1, "the ledger ends before row"},
    {"delete unsigned", delete, 520, 10, -1, 3, ""},
    {"delete a segment", delete_segment, 128, 0, 128, NONE, "is missing"},
    {"delete the first of them", delete_segment, 0, 0, 0, NONE, "is missing"},
    {"delete the newest", delete_segment, 512, 0, 512, 1, "ends before row"},
    {"duplicate one", duplicate, 300, 0, 301, NONE, "seq is not the next one"},
    {"duplicate a last", duplicate, 63, 0, 64, NONE, "seq is not the next"},
    {"duplicate the newest", duplicate, 529, 0, -1, 3, "torn by a crash"},
    {"duplicate a segment", duplicate_segment, 64, 128, 128, NONE, "seq is"},
    {"duplicate behind", duplicate_segment, 448, 576, 530, NONE, "too early"},
    {"insert an empty line", insert_nothing, 300, 0, 300, NONE, "not the form"},
    {"insert a row", insert_row, 300, 0, 301, NONE, "seq is not the next one"},
    {"overfill", overfill, 63, 0, 64, NONE, "more rows than a segment holds"},
    {"another row", insert_row, 300, 1, 301, 0, "prev is not the leaf of"},
    {"another row, newest signed", insert_row, 519, 1, 512, 1, "512 to 519"},
    {"another row, unsigned", insert_row, 529, 1, -1, 3, ""},
    {"cut in a row", truncate_at, 300, 50, 300, NONE, "no line end"},
    {"cut before a row", truncate_at, 300, 0, 300, NONE, "ends too early"},
    {"cut to nothing", truncate_at, 64, 0, 64, NONE, "ends too early"},
    {"cut a line end", truncate_at, 63, 100, 63, NONE, "no line end"},
    {"cut the first", truncate_at, 0, 7, 0, NONE, "no line end"},
    {"cut a signed row", truncate_at, 515, 50, 515, NONE, "no line end"},
    {"cut an unsigned row", truncate_at, 525, 50, -1, 3, "torn by a crash"},
};

static void
assert_verdict(const struct deed_case *c, const struct verdict *x)
{
	int64_t bad = x->v.ok ? -1 : (int64_t)x->v.first_bad_seq;

	if (x->error < 0)
		fail_msg("%s: %s", c->name, x->err.text);
	if (bad != c->bad || x->v.level != c->level ||
	    strstr(x->v.reason, c->words) == NULL)
		fail_msg("%s: row %" PRId64 ", level %d: \"%s\"", c->name, bad,
			 x->v.level, x->v.reason);
}

static void
test_deeds(void **state)
{
	for (size_t i = 0; i < sizeof(deed_cases) / sizeof(deed_cases[0]);
	     i++) {
		const struct deed_case *c = &deed_cases[i];
		struct simdisk *d = simdisk_kill(whole.disk);
		struct verdict x;

		c->deed(d, c->seq, c->to);
		x = verify(d, 3);
		assert_verdict(c, &x);
		simdisk_free(d);
	}
}

/* Every byte of rows that lie at every kind of place: each member, each name
 * of one, each mark between them, and the line end. */
static void
test_flip_in_rows(void **state)
{
	static const struct {
		uint64_t seq;
		int64_t bad; /* -1: told, but taken for the tear of a crash */
		int level;
		const char *words;
	} rows[] = {
	    {0, 0, NONE, ""},	  {63, 63, NONE, ""},
	    {64, 64, NONE, ""},	  {300, 300, NONE, ""},
	    {519, 519, NONE, ""}, {529, -1, 3, "torn by a crash"},
	};
	struct simdisk *d = simdisk_kill(whole.disk);

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		uint64_t seq = rows[k].seq;
		size_t at = seq % SEGMENT_ROWS, start;
		struct list l;

		load_list(d, seq, &l);
		start = (size_t)(l.line[at].at - l.text);
		for (size_t i = start; i <= start + l.line[at].len; i++) {
			const struct deed_case c = {
			    l.line[at].at, .bad = rows[k].bad,
			    .level = rows[k].level, .words = rows[k].words};
			struct verdict x;

			l.text[i] = (char)(l.text[i] ^ 1 << i % 8);
			put(d, name_of(seq), l.text, strlen(l.text));
			x = verify(d, 3);
			assert_verdict(&c, &x);
			l.text[i] = (char)(l.text[i] ^ 1 << i % 8);
		}
		store_list(d, seq, &l);
	}
	simdisk_free(d);
}

/* Calls `judge` with each byte of the file changed in turn. */
static void
flip_in_file(const char *name,
	     void (*judge)(struct simdisk *d, const char *text, size_t at))
{
	struct simdisk *d = simdisk_kill(whole.disk);
	size_t len;
	char *text = load(d, name, &len);

	for (size_t i = 0; i < len; i++) {
		text[i] = (char)(text[i] ^ 1 << i % 8);
		put(d, name, text, len);
		text[i] = (char)(text[i] ^ 1 << i % 8);
		judge(d, text, i);
	}
	free(text);
	simdisk_free(d);
}

/* It repeats row 0, so nothing in it can be believed to be otherwise. */
static void
judge_identity(struct simdisk *d, const char *text, size_t at)
{
	struct verdict x = verify(d, 3);

	if (x.error < 0) {
		assert_true(x.error == ERR_DAMAGED ||
			    x.error == ERR_UNSUPPORTED);
		assert_true(x.err.text[0] != '\0');
		return;
	}
	if (x.v.ok || x.v.first_bad_seq != 0 || x.v.level > 0)
		fail_msg("byte %zu: row %d, level %d: %s", at,
			 (int)x.v.first_bad_seq, x.v.level, x.v.reason);
}

/* All older ones hold. */
static void
judge_newest(struct simdisk *d, const char *text, size_t at)
{
	struct verdict x = verify(d, 3);

	assert_int_equal(x.error, 0);
	if (x.v.ok || x.v.first_bad_seq != SIGNED || x.v.level < 1 ||
	    x.v.level > 2)
		fail_msg("byte %zu: row %d, level %d: %s", at,
			 (int)x.v.first_bad_seq, x.v.level, x.v.reason);
}

/* Those before it hold, and the newest by itself. */
static void
judge_log(struct simdisk *d, const char *text, size_t at)
{
	struct verdict x = verify(d, 3);
	size_t line = 0;

	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	assert_int_equal(x.error, 0);
	if (x.v.ok || x.v.level != 2 ||
	    x.v.first_bad_seq != (line == 0 ? 0 : sizes[line - 1]))
		fail_msg("line %zu, byte %zu: row %d, level %d: %s", line + 1,
			 at, (int)x.v.first_bad_seq, x.v.level, x.v.reason);
}

static void
test_flip_in_signed(void **state)
{
	flip_in_file("LEDGER", judge_identity);
	flip_in_file("checkpoint", judge_newest);
	flip_in_file("checkpoints.jsonl", judge_log);
}

/* Few bytes will do: verification does not read these files. */
static bool
is_sample(size_t at)
{
	return at % 31 == 0;
}

/* Rows prove themselves: sums and tiles are no part of what holds. */
static void
judge_derived(struct simdisk *d, const char *text, size_t at)
{
	struct verdict x;

	if (!is_sample(at))
		return;
	x = verify(d, 3);
	assert_int_equal(x.error, 0);
	assert_true(x.v.ok);
	assert_int_equal(x.v.level, 3);
}

/* But a wrong tile leads to no wrong proof: all its leaves have a part in
 * that of a row, but for the one of the row itself. */
static void
judge_tile(struct simdisk *d, const char *text, size_t at)
{
	bool own = at / DIGEST_LEN == tile_row % TILE_WIDTH;
	struct buf proof = {0};
	struct err err = {0};

	judge_derived(d, text, at);
	if (!is_sample(at) && !own)
		return;
	ledger_prove(simdisk_io(d), RIG_DIR, tile_row, &proof, &err);
	assert_int_equal(err.code, own ? 0 : ERR_DAMAGED);
	buf_free(&proof);
}

static void
test_flip_in_derived(void **state)
{
	flip_in_file("SHA256SUMS", judge_derived);
	flip_in_file(tile_name, judge_tile);
}

/* Lines of checkpoints.jsonl taken away, twice, or elsewhere. */
static void
test_log_lines(void **state)
{
	enum { FIRST_LINES = 5 };
	static const struct {
		const char *name;
		const char *order; /* of the lines a to e; the rest follows */
		size_t held;	   /* so many lines hold */
	} cases[] = {
	    {"delete the first", "bcde", 0},
	    {"delete one", "abce", 3},
	    {"delete two", "abe", 2},
	    {"swap", "abdce", 2},
	    {"move to the front", "eabcd", 0},
	    {"duplicate", "abcdde", 4},
	    {"duplicate the first", "aabcde", 1},
	};
	const char *line[FIRST_LINES + 1];
	size_t len;
	char *log = load(whole.disk, "checkpoints.jsonl", &len);

	line[0] = log;
	for (size_t i = 0; i < FIRST_LINES; i++)
		line[i + 1] = strchr(line[i], '\n') + 1;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct simdisk *d = simdisk_kill(whole.disk);
		size_t held = cases[k].held;
		struct buf out = {0};
		struct verdict x;

		for (const char *p = cases[k].order; *p != '\0'; p++)
			buf_add(&out, line[*p - 'a'],
				(size_t)(line[*p - 'a' + 1] - line[*p - 'a']));
		buf_puts(&out, line[FIRST_LINES]);
		put(d, "checkpoints.jsonl", out.data, out.len);
		x = verify(d, 3);
		assert_int_equal(x.error, 0);
		if (x.v.ok || x.v.level != 2 ||
		    x.v.first_bad_seq != (held == 0 ? 0 : sizes[held - 1]))
			fail_msg("%s: row %d, level %d: %s", cases[k].name,
				 (int)x.v.first_bad_seq, x.v.level, x.v.reason);
		buf_free(&out);
		simdisk_free(d);
	}
	free(log);
}

/* Another verifier key in LEDGER, of the same origin. */
static void
put_other_key(struct simdisk *d)
{
	struct buf line = {0};
	struct identity id;
	size_t len;
	char *text = load(d, "LEDGER", &len);

	assert_int_equal(identity_parse(text, len, &id, NULL), 0);
	assert_int_equal(vkey_of_seed(id.origin, other_seed, id.vkey, NULL), 0);
	identity_render(&line, &id);
	put(d, "LEDGER", line.data, line.len);
	buf_free(&line);
	free(text);
}

/* Rows from 300 on changed and chained anew, with all sums right. */
static void
test_rechain(void **state)
{
	static const struct {
		const char *name;
		bool forget, tiles, sign, key; /* what else is made to fit */
		int level, reached;
		int64_t bad;
		const char *words;
	} cases[] = {
	    {"rows alone", false, false, false, false, 1, 1, -1, ""},
	    {"rows alone", false, false, false, false, 2, 1, 0,
	     "one of the rows 0 to 519"},
	    {"rows alone", false, false, false, false, 3, 1, 300,
	     "not the row that was signed"},
	    /* Who changes the tiles, too, hides which row it was. */
	    {"tiles", false, true, false, false, 3, 1, 300,
	     "one of the rows 300 to 319"},
	    {"signed again", false, true, true, false, 2, 1, 0,
	     "checkpoint: no signature by the key"},
	    {"signed again", false, true, true, false, 3, 1, 300,
	     "one of the rows 300 to 319"},
	    {"one signature", true, true, true, false, 3, 1, 0,
	     "no signature by the key"},
	    {"another key", true, true, true, true, 3, 0, 0,
	     "row 0 is not the genesis that LEDGER names"},
	    {"another key", true, true, true, true, 1, 0, 0,
	     "row 0 is not the genesis that LEDGER names"},
	    {"another key", true, true, true, true, 0, 0, -1, ""},
	    {"not even signed", true, true, false, false, 3, 1, -1,
	     "a segment is sealed, so one was signed"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct simdisk *d = simdisk_kill(whole.disk);
		const struct deed_case c = {
		    cases[i].name,    NULL,	     0, 0, cases[i].bad,
		    cases[i].reached, cases[i].words};
		struct verdict x;

		sign_rechain(simdisk_io(d), RIG_DIR, 300);
		if (cases[i].forget) {
			simdisk_remove(d, rig_path("checkpoint"));
			simdisk_remove(d, rig_path("checkpoints.jsonl"));
		}
		if (cases[i].tiles)
			sign_tiles(simdisk_io(d), RIG_DIR, ROWS);
		if (cases[i].sign)
			sign_folder(simdisk_io(d), RIG_DIR, other_seed, ROWS);
		if (cases[i].key)
			put_other_key(d);
		x = verify(d, cases[i].level);
		assert_verdict(&c, &x);
		simdisk_free(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_deeds),
	    cmocka_unit_test(test_flip_in_rows),
	    cmocka_unit_test(test_flip_in_signed),
	    cmocka_unit_test(test_flip_in_derived),
	    cmocka_unit_test(test_log_lines),
	    cmocka_unit_test(test_rechain),
	};

	return cmocka_run_group_tests(tests, build, drop);
}
