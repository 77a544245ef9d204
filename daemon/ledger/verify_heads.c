/* Levels 2 and 3: what was signed, against what the rows tell.
 *
 * A checkpoint of size S is signed by the key in force there: the new one of
 * the newest key.rotate row before S, else the one that LEDGER names.  All
 * checkpoints are checked against the same tree, so those that hold are
 * consistent with each other.  The first that does not hold limits the damage
 * to the rows behind the one before; with tiles it can be pinned to a row. */
#include "base/text.h"
#include "ledger/blame.h"
#include "ledger/key_list.h"
#include "ledger/log_gap.h"
#include "ledger/tile.h"
#include "ledger/verify_inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOPPED_KIND "daemon.stopped"
#define PUT_BACK                                                               \
	": evidencectl repair puts it back from the journal or a copy; where " \
	"none has it, move the file away, and the next start tells of the "    \
	"loss in a row and goes on from `checkpoint`"
#define MADE_AGAIN                                                             \
	"; evidencectl repair, and every start, makes it of the last line of " \
	"checkpoints.jsonl"

enum { CHECKPOINT_S = 300 };

struct head_check {
	int result; /* of checkpoint_open() */
	struct err err;
	struct checkpoint checkpoint;
};

struct judge {
	struct verification *x;
	struct key_list keys;
	struct head_check *checks; /* one for each line */
	uint64_t good;		   /* size of the newest checkpoint that held */
	uint64_t newest;	   /* of the newest of all, if it held */
	bool skipped;		   /* one of which nothing can be said */
};

static bool
is_signed(void *judge, const char *note, size_t len, uint64_t size)
{
	const struct judge *j = judge;
	struct checkpoint c;

	return checkpoint_open(note, len, key_list_for(&j->keys, size), &c,
			       NULL) == 0;
}

/* Who vouches for the rows from j->good on, where the line at this place is
 * none; 0: the file checkpoint is none.  Only of the newest of all is it known
 * that the rows are those. */
static void
say_vouched(struct judge *j, uint64_t place, char out[LOG_GAP_WORDS])
{
	const struct folder *f = j->x->folder;
	struct log_gap gap;

	if (place == 0 ||
	    log_gap_read(f->io, f->dir, place, is_signed, j, &gap) < 0)
		gap = (struct log_gap){.from = j->good, .to = UINT64_MAX};
	if (gap.from < gap.to && j->newest <= j->good)
		snprintf(out, LOG_GAP_WORDS,
			 "nothing vouches for the rows from this one on");
	else
		log_gap_words(&gap, out);
}

/* A checkpoint that is none: the rows may be good, but it does not say so. */
__attribute__((format(printf, 3, 4))) static int
bad_head(struct judge *j, uint64_t place, const char *fmt, ...)
{
	char why[340], vouched[LOG_GAP_WORDS];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	say_vouched(j, place, vouched);
	return verification_bad(j->x, j->good, "%s; %s", why, vouched);
}

/* 1: a row key.rotate is not good. */
static int
find_keys(struct judge *j)
{
	const struct part_rotation *r;
	struct err why;
	int e;

	e = key_list_begin(&j->keys, j->x->folder->id.vkey, &why);
	if (e < 0 && e != ERR_NOMEM)
		return verification_bad(j->x, 0, "LEDGER: %s", why.text);
	for (r = j->x->rotations; e == 0 && r != NULL; r = r->next) {
		e = key_list_add(&j->keys, r->seq, r->body, r->len, &why);
		if (e == ERR_INVALID)
			return verification_bad(j->x, r->seq, "key.rotate: %s",
						why.text);
	}
	return e;
}

static void
check_note(const struct judge *j, const struct head *h, struct head_check *ret)
{
	ret->result = checkpoint_open(h->note, h->note_len,
				      key_list_for(&j->keys, h->claim.size),
				      &ret->checkpoint, &ret->err);
}

static int
blame(struct judge *j, const struct checkpoint *c)
{
	uint64_t from = j->good < c->size ? j->good : 0, seq;

	if (from < j->x->folder->pruned.to && c->size > j->x->folder->pruned.to)
		from = j->x->folder->pruned.to;
	if (blame_row(j->x->folder, c, from, &seq) == 0)
		return verification_bad(
		    j->x, seq,
		    "it is not the row that was signed with the checkpoint of "
		    "%" PRIu64 " row%s",
		    c->size, TEXT_PLURAL(c->size));
	return verification_bad(
	    j->x, from,
	    "one of the rows %" PRIu64 " to %" PRIu64
	    " is not the one that was signed: the checkpoint of %" PRIu64
	    " row%s tells another root",
	    from, c->size == 0 ? 0 : c->size - 1, c->size,
	    TEXT_PLURAL(c->size));
}

/* 0: it holds; 1: it does not, and the verdict says so, and what to do where
 * the signature is none.  place: of its line; 0: it is the file checkpoint. */
static int
judge_head(struct judge *j, const struct head_check *check, uint64_t place,
	   const char *name, const char *remedy)
{
	const struct checkpoint *c = &check->checkpoint;
	struct verification *x = j->x;

	if (check->result == ERR_NOMEM)
		return check->result;
	if (check->result < 0)
		return bad_head(j, place, "%s: %s%s", name, check->err.text,
				remedy);
	if (c->size > x->verdict.rows)
		return verification_bad(
		    x, x->verdict.rows,
		    "%s: it covers %" PRIu64
		    " row%s, and the ledger ends before row %" PRIu64,
		    name, c->size, TEXT_PLURAL(c->size), x->verdict.rows);
	if (c->size <= x->untold) {
		j->skipped = true;
		return 0;
	}
	if (!digest_equal(verification_root(x, c->size), &c->root))
		return blame(j, c);
	j->good = c->size;
	return 0;
}

static void
check_line(void *judge, size_t i)
{
	struct judge *j = judge;

	check_note(j, &j->x->heads.log[i], &j->checks[i]);
}

static int
judge_line(void *judge, size_t i)
{
	struct judge *j = judge;
	const struct head *log = j->x->heads.log;
	char name[64];

	snprintf(name, sizeof(name), "checkpoints.jsonl, line %zu", i + 1);
	if (i > 0 && log[i].claim.size <= log[i - 1].claim.size)
		return bad_head(j, i + 1,
				"%s: it covers no more rows than the one "
				"before, or a line is gone before it" PUT_BACK,
				name);
	return judge_head(j, &j->checks[i], i + 1, name, PUT_BACK);
}

/* The newest one stands among the lines. */
static int
find_shown(struct judge *j)
{
	const struct heads *h = &j->x->heads;
	size_t i = h->n;

	if (!h->have_shown)
		return 0;
	while (i > 0 && h->log[i - 1].claim.size >= h->shown.claim.size) {
		const struct head *line = &h->log[--i];

		if (line->note_len == h->shown.note_len &&
		    memcmp(line->note, h->shown.note, line->note_len) == 0)
			return 0;
	}
	return bad_head(j, h->n + 1,
			"checkpoints.jsonl does not hold the newest "
			"checkpoint" PUT_BACK);
}

static int
bad_line(struct judge *j)
{
	const struct heads *h = &j->x->heads;

	return bad_head(j, h->n + 1,
			"checkpoints.jsonl, line %zu: %s, or a line is gone "
			"before it" PUT_BACK,
			h->n + 1, h->log_why);
}

static int
judge_log(struct judge *j)
{
	const struct workers *w = j->x->options->workers;
	const struct heads *h = &j->x->heads;
	int r;

	j->checks = calloc(h->n + 1, sizeof(j->checks[0]));
	if (j->checks == NULL)
		return ERR_NOMEM;
	r = w->run(w->ctx, h->n, check_line, judge_line, j);
	free(j->checks);
	return r == 0 && h->log_why != NULL ? bad_line(j) : r;
}

static int
judge_newest(struct judge *j)
{
	const struct head *newest = heads_newest(&j->x->heads);
	struct head_check check;

	if (j->x->heads.shown_why != NULL)
		return bad_head(j, 0, "checkpoint: %s" MADE_AGAIN,
				j->x->heads.shown_why);
	if (newest == NULL)
		return bad_line(j);
	check_note(j, newest, &check);
	return judge_head(j, &check, 0, "checkpoint",
			  newest == &j->x->heads.shown ? MADE_AGAIN : PUT_BACK);
}

/* All of them, when they are there; then `newest` is judged again where it
 * was bad, by what is now known to be good. */
static int
judge_past(struct judge *j, int newest)
{
	int r;

	if (!j->x->heads.have_log) {
		verification_say(j->x, "checkpoints.jsonl is missing: no older "
				       "checkpoint to compare with");
		j->x->verdict.lacks = true;
		return newest;
	}
	j->newest = j->good;
	j->good = 0;
	r = judge_log(j);
	if (r == 0 && newest == 1)
		r = judge_newest(j);
	else if (r == 0)
		r = find_shown(j);
	if (r == 0 && j->skipped)
		verification_say(j->x, "older checkpoints cannot be compared: "
				       "tiles of pruned rows are missing");
	else if (r == 0)
		j->x->verdict.level = 3;
	return r;
}

/* 0, 1 with a bad verdict, or an error. */
static int
judge_all(struct judge *j)
{
	struct ledger_verdict *v = &j->x->verdict;
	int wanted = v->level, r;

	v->level = 1;
	r = find_keys(j);
	if (r != 0)
		return r;
	r = judge_newest(j);
	if (r == 0)
		v->level = 2;
	return r < 0 || wanted < 3 ? r : judge_past(j, r);
}

/* Who wrote all rows anew wrote another key into LEDGER. */
static void
judge_key(struct judge *j)
{
	const struct note_key *key = j->x->options->key;
	const struct head *newest = heads_newest(&j->x->heads);

	if (key == NULL || !j->x->verdict.ok ||
	    key_list_vouches(&j->keys, key, newest->claim.size))
		return;
	verification_bad(j->x, 0,
			 "the key that was given did not sign this ledger, nor "
			 "hand over to the key that did");
	j->x->verdict.level = 1;
}

/* The row, or NULL; its line is the caller's. */
static char *
read_row(const struct verification *x, uint64_t seq, struct row_parts *ret)
{
	char *line;
	size_t len;

	if (folder_read_row(x->folder, seq, &line, &len, NULL) < 0)
		return NULL;
	if (row_parse(line, len, ret) == 0)
		return line;
	free(line);
	return NULL;
}

/* Why a checkpoint must have been signed, or NULL: one is signed when the
 * daemon stops, when a segment is sealed, and not later than CHECKPOINT_S
 * behind a row. */
static const char *
must_be_signed(const struct verification *x)
{
	const struct folder *f = x->folder;
	const char *why = NULL;
	struct row_parts first, last;
	char *a, *b;

	if (f->n > 1 || f->pruned.to > 0)
		return "a segment is sealed";
	a = read_row(x, 0, &first);
	b = read_row(x, x->verdict.rows - 1, &last);
	if (b != NULL && last.kind_len == strlen(STOPPED_KIND) &&
	    memcmp(last.kind, STOPPED_KIND, last.kind_len) == 0)
		why = "the daemon was stopped";
	else if (a != NULL && b != NULL &&
		 last.at.us - first.at.us > CHECKPOINT_S * INT64_C(1000000))
		why = "its rows span more than 300 s";
	free(a);
	free(b);
	return why;
}

/* Who signs checkpoints keeps the first tile from its last row on; the
 * earliest build did neither. */
static bool
tiled(const struct verification *x)
{
	const struct ledger_io *io = x->folder->io;
	int dir;

	if (x->verdict.rows < TILE_WIDTH)
		return true;
	dir = io->open_dir(io->ctx, x->folder->dir, "tile");
	if (dir >= 0)
		io->close(io->ctx, dir);
	return dir != -ENOENT;
}

static void
say_unsigned(struct verification *x)
{
	const char *why = must_be_signed(x);

	x->verdict.level = 1;
	x->verdict.lacks = why != NULL && tiled(x);
	if (x->verdict.lacks)
		verification_say(
		    x,
		    "no checkpoint is here, and %s, so one was "
		    "signed: its files were lost or taken away, "
		    "and nothing vouches for the rows; evidencectl "
		    "repair with --backup DIR takes them from a "
		    "copy",
		    why);
	else if (why != NULL)
		verification_say(x, "no checkpoint is here, and no tile: a "
				    "build that signed none wrote it, or both "
				    "were taken away; nothing vouches for the "
				    "rows, and --level 2 or --key wants a "
				    "signature");
	else
		verification_say(x, "no checkpoint yet: the ledger is too new "
				    "for one");
}

/* Old checkpoints put back in the place of newer ones: rows go only when they
 * were signed, and a segment is signed when it is full.  A live writer may be
 * ahead with the one that it just filled, and with its newest batch. */
static void
judge_covered(struct judge *j)
{
	struct verification *x = j->x;
	const struct folder *f = x->folder;
	uint64_t segment = (uint64_t)f->id.segment_rows;
	uint64_t ahead = segment > TILE_WIDTH ? segment : TILE_WIDTH;
	uint64_t covered;
	bool pruned;

	if (!x->verdict.ok)
		return;
	covered = heads_newest(&x->heads)->claim.size;
	pruned = f->pruned.to > covered;
	x->verdict.covered = covered;
	if (!pruned && f->firsts[f->n - 1] <= covered + ahead)
		return;
	x->verdict.level = 1;
	x->verdict.lacks = true;
	verification_say(x,
			 "the newest checkpoint here covers %" PRIu64
			 " row%s, and later ones were %s, so a newer one was "
			 "signed: it was lost or taken away, and nothing "
			 "vouches for the rows from %" PRIu64 " on",
			 covered, TEXT_PLURAL(covered),
			 pruned ? "pruned" : "sealed", covered);
}

/* The daemon has signed anew since; that is told for ever. */
static void
say_losses(struct verification *x)
{
	const struct part_losses *l = &x->losses;
	const struct loss *loss = &l->newest;

	if (!x->verdict.ok || l->n == 0)
		return;
	if (loss->what == LOST_LOG)
		verification_say(x,
				 "older checkpoints were lost before row "
				 "%" PRIu64 ": for the rows %" PRIu64
				 " to %" PRIu64 " only the one of %" PRIu64
				 " row%s is left",
				 l->seq, loss->from, loss->to - 1, loss->to,
				 TEXT_PLURAL(loss->to));
	else
		verification_say(x,
				 "%s before row %" PRIu64
				 ", where the daemon signed the rows "
				 "%" PRIu64 " to %" PRIu64
				 " anew: only what was signed then vouches "
				 "for them",
				 loss->what == LOST_OR_NEVER
				     ? "no checkpoint was there"
				     : "checkpoints were lost",
				 l->seq, loss->from, loss->to - 1);
	if (l->n > 1)
		verification_say(x,
				 "%" PRIu64 " rows ledger.recovered tell "
				 "of such a loss",
				 l->n);
}

int
verify_heads(struct verification *x)
{
	struct judge j = {.x = x};
	int r;

	if (heads_newest(&x->heads) == NULL && !x->heads.have_shown &&
	    x->heads.log_why == NULL) {
		say_unsigned(x);
		return 0;
	}
	r = judge_all(&j);
	if (r == 0) {
		judge_key(&j);
		judge_covered(&j);
	}
	if (r == 0)
		say_losses(x);
	key_list_free(&j.keys);
	if (r < 0)
		return err_set(&x->err, r, "no memory to verify");
	return 0;
}
