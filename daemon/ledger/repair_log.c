/* checkpoints.jsonl and `checkpoint`, after the rows are settled and stand.
 *
 * The lines are numbered, so those that are left tell how many are missing
 * between them, and of which sizes these are: what a journal or a copy has
 * there, signed by one of the keys and with the root that the rows have, takes
 * the gap when it is exactly as many.  How many lines are missing at the end
 * nobody can tell but the log of a copy, which goes on with the same numbers.
 * Where the numbers contradict one another, or lead to no whole log, only the
 * lines that stand at their place count, and the others are asked for as those
 * of a journal are.
 *
 * If lines lack in between, the file is left as it is.  If they lack at the
 * end, it holds the good ones before them: the next start tells of the loss in
 * a row. */
#include "ledger/hashes.h"
#include "ledger/raw.h"
#include "ledger/repair_lines.h"
#include "ledger/signed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct log {
	struct repair *r;
	struct lines lines;
	struct hashes hashes;
	struct checkpoint shown; /* size 0: `checkpoint` is none */
	bool held;		 /* it stands among the lines */
};

static int
read_shown(struct log *g, struct err *err)
{
	const struct folder *f = &g->r->f;
	char *text;
	size_t len, text_len;
	int e = raw_load(f->io, f->dir, LEDGER_CHECKPOINT_NAME,
			 CHECKPOINT_NOTE_MAX, &text, &len);

	g->held = false;
	if (e == -ENOENT || e == -EFBIG)
		return 0;
	if (e < 0)
		return raw_error(err, e, "%s/" LEDGER_CHECKPOINT_NAME, f->path);
	text_len = note_text_length(text, len);
	if (text_len == 0 ||
	    checkpoint_parse(text, text_len, &g->shown, NULL) < 0 ||
	    !notes_is_signed(g->r->notes, text, len))
		g->shown = (struct checkpoint){0};
	for (size_t i = 0; g->shown.size > 0 && i < g->lines.n; i++)
		g->held = g->held || line_is_note(&g->lines.at[i], text, len);
	free(text);
	return 0;
}

/* Whether the rows have the root that this one tells. */
static bool
fits(struct log *g, const char *note, size_t len)
{
	struct checkpoint c;
	struct digest root;
	struct tree t;

	if (checkpoint_parse(note, note_text_length(note, len), &c, NULL) < 0 ||
	    c.size > g->r->tree.size ||
	    tree_load(&t, c.size, hashes_node, &g->hashes) < 0)
		return false;
	root = tree_root(&t);
	return digest_equal(&root, &c.root);
}

static int
add_lines(struct lines *to, const struct lines *from, struct log *proving)
{
	int e = 0;

	for (size_t i = 0; e == 0 && i < from->n; i++) {
		const struct line *l = &from->at[i];
		size_t had = to->n;

		e = lines_add(to, l->seq, l->size, l->note, l->len);
		if (e == 0 && to->n > had && proving != NULL &&
		    !fits(proving, l->note, l->len))
			e = 1;
	}
	return e;
}

/* The lines of a copy, when both logs are one: where each has a line, it is
 * the same.  Otherwise nothing is taken. */
static int
join(struct log *g, const struct lines *copy)
{
	struct lines joined = {0};
	int e = add_lines(&joined, &g->lines, NULL);

	if (e == 0)
		e = add_lines(&joined, copy, g);
	if (e == 0 && lines_are_ordered(&joined)) {
		lines_free(&g->lines);
		g->lines = joined;
	} else {
		lines_free(&joined);
	}
	return e < 0 ? e : 0;
}

static int
join_copy(struct log *g, struct err *err)
{
	const struct folder *copy = g->r->o->copy;
	struct lines lines;
	int e;

	if (copy == NULL)
		return 0;
	e = lines_read(g->r, copy, false, &lines, err);
	if (e < 0)
		return e;
	e = join(g, &lines);
	lines_free(&lines);
	return e < 0 ? err_set(err, e, "no memory for checkpoints") : 0;
}

int
repair_ask_notes(struct repair *r, struct err *err)
{
	const struct repair_options *o = r->o;
	int e = 0;

	for (size_t i = 0; e == 0 && i < o->n_sources; i++) {
		if (o->sources[i].notes != NULL)
			e = o->sources[i].notes(o->sources[i].ctx, r->notes,
						err);
	}
	return e;
}

/* The lines [from, to), whose checkpoints cover more than `above` rows and
 * fewer than `below`: all of them, or none.  1: they are nowhere. */
static int
fill_gap(struct log *g, uint64_t from, uint64_t to, uint64_t above,
	 uint64_t below)
{
	struct lines found = {0};
	const char *note;
	uint64_t size;
	size_t len;
	int e = 0;

	for (size_t i = 0;
	     e == 0 && (note = notes_between(g->r->notes, above, below, i, &len,
					     &size)) != NULL;
	     i++) {
		if (notes_is_signed(g->r->notes, note, len) &&
		    fits(g, note, len))
			e = lines_add(&found, from + found.n, size, note, len);
	}
	if (e == 0 && !lines_are_ordered(&found))
		e = 1;
	if (e == 0)
		e = found.n == to - from ? add_lines(&g->lines, &found, NULL)
					 : 1;
	lines_free(&found);
	return e;
}

/* shown: the last of them is that of `checkpoint`. */
static void
say_gone(struct log *g, uint64_t from, uint64_t to, uint64_t above,
	 uint64_t below, bool shown)
{
	g->r->result.gone = (struct repair_gone){
	    .from = from + 1, .to = to, .rows = {above, below, shown}};
}

/* The first gap that cannot be filled ends it. */
static int
fill_gaps(struct log *g)
{
	uint64_t next = 0, above = 0;
	int e = 0;

	for (size_t i = 0; e == 0 && i < g->lines.n; i++) {
		struct line l = g->lines.at[i];

		if (l.seq > next) {
			e = fill_gap(g, next, l.seq, above, l.size);
			if (e == 1)
				say_gone(g, next, l.seq, above, l.size, false);
			i += e == 0 ? l.seq - next : 0;
		}
		next = l.seq + 1;
		above = l.size;
	}
	return e;
}

/* `checkpoint` is never ahead of the log but where lines were lost. */
static bool
lacks_end(struct log *g)
{
	const struct line *last =
	    g->lines.n == 0 ? NULL : &g->lines.at[g->lines.n - 1];
	uint64_t covered = last == NULL ? 0 : last->size;

	if (g->held || g->shown.size <= covered)
		return false;
	say_gone(g, g->lines.n, UINT64_MAX, covered, g->shown.size, true);
	return true;
}

static int
put_file(const struct folder *f, const char *name, const char *new_name,
	 const char *text, size_t len)
{
	int e = repair_keep_old(f->io, f->dir, name);

	if (e == 0)
		e = raw_put(f->io, f->dir, new_name, text, len,
			    LEDGER_FILE_MODE);
	if (e == 0)
		e = f->io->rename(f->io->ctx, f->dir, new_name, f->dir, name);
	return e == 0 ? f->io->fsync_dir(f->io->ctx, f->dir) : e;
}

/* The log first: `checkpoint` is never ahead of it. */
static int
put_log(struct log *g)
{
	static const char new_name[] =
	    LEDGER_CHECKPOINTS_NAME LEDGER_NEW_SUFFIX;
	struct buf text = {0};
	int e;

	for (size_t i = 0; i < g->lines.n; i++)
		signed_line_render(&text, g->lines.at[i].note,
				   g->lines.at[i].len, i, g->lines.at[i].size);
	e = text.failed ? -ENOMEM
			: put_file(&g->r->f, LEDGER_CHECKPOINTS_NAME, new_name,
				   buf_text(&text), text.len);
	buf_free(&text);
	return e;
}

static int
put_shown(struct log *g)
{
	static const char new_name[] = LEDGER_CHECKPOINT_NAME LEDGER_NEW_SUFFIX;
	const struct line *last = &g->lines.at[g->lines.n - 1];

	return put_file(&g->r->f, LEDGER_CHECKPOINT_NAME, new_name, last->note,
			last->len);
}

/* Whether all lines are there now: 1 where some are nowhere. */
static int
complete(struct log *g, struct err *err)
{
	int e = join_copy(g, err);

	if (e < 0)
		return e;
	g->r->result.gone = (struct repair_gone){0};
	e = fill_gaps(g);
	if (e < 0)
		return err_set(err, e, "no memory for checkpoints");
	if (e == 0)
		e = read_shown(g, err);
	return e == 0 && lacks_end(g) ? 1 : e;
}

/* The same with the lines at their place alone; what came of it is dropped
 * where some are nowhere. */
static int
complete_placed(struct log *g, struct err *err)
{
	struct lines numbered = g->lines;
	int e = lines_read(g->r, &g->r->f, true, &g->lines, err);

	if (e == 0)
		e = complete(g, err);
	if (e == 0) {
		lines_free(&numbered);
	} else {
		lines_free(&g->lines);
		g->lines = numbered;
	}
	return e;
}

/* 1: lines are nowhere; where only the end lacks, those in g->lines are all
 * before it. */
static int
complete_any(struct log *g, struct err *err)
{
	struct repair_gone *gone = &g->r->result.gone, numbered;
	bool ordered = lines_are_ordered(&g->lines);
	int e = repair_ask_notes(g->r, err);

	if (e == 0)
		e = ordered ? complete(g, err) : 1;
	if (e != 1)
		return e;
	numbered = *gone;
	e = complete_placed(g, err);
	if (e == 1 && ordered)
		*gone = numbered;
	else if (e == 1 && gone->to == UINT64_MAX)
		/* Good lines stand there, and nothing tells which is which. */
		gone->to = gone->from > g->lines.n ? gone->from : g->lines.n;
	return e;
}

/* 1: lines are nowhere. */
static int
mend_log(struct log *g, struct err *err)
{
	struct repair_result *result = &g->r->result;
	bool whole = g->lines.whole && lines_are_ordered(&g->lines);
	size_t had = g->lines.n;
	int e, gone;

	/* Of a log that is good as far as it goes, a copy may have more. */
	if (whole && had > 0 && (g->shown.size == 0 || g->held) &&
	    g->r->o->copy == NULL)
		return 0;
	gone = complete_any(g, err);
	if (gone < 0 || (gone == 1 && result->gone.to != UINT64_MAX) ||
	    (whole && g->lines.n == had))
		return gone;
	e = put_log(g);
	if (e < 0)
		return raw_error(err, e, "%s/" LEDGER_CHECKPOINTS_NAME,
				 g->r->f.path);
	result->log_put = true;
	result->lines = g->lines.n > had ? g->lines.n - had : 0;
	return gone;
}

static int
mend_shown(struct log *g, struct err *err)
{
	int e;

	if (g->lines.n == 0 ||
	    g->shown.size >= g->lines.at[g->lines.n - 1].size)
		return 0;
	e = put_shown(g);
	if (e < 0)
		return raw_error(err, e, "%s/" LEDGER_CHECKPOINT_NAME,
				 g->r->f.path);
	g->r->result.shown_put = true;
	return 0;
}

int
repair_log(struct repair *r, struct err *err)
{
	struct log g = {.r = r};
	int e = folder_relist(&r->f, err);

	if (e < 0)
		return e;
	hashes_init(&g.hashes, &r->f, r->tree.size);
	e = lines_read(r, &r->f, false, &g.lines, err);
	if (e == 0)
		e = read_shown(&g, err);
	if (e == 0)
		e = mend_log(&g, err);
	if (e == 0)
		e = mend_shown(&g, err);
	hashes_fini(&g.hashes);
	lines_free(&g.lines);
	return e < 0 ? e : 0;
}
