/* The journal is read first, the rows after it: what a daemon writes
 * meanwhile is then too new for the journal, and no row that the journal has
 * can lack here.
 *
 * The journal drops its oldest entries.  A row that was written before the
 * oldest one that it still holds of this ledger is expired, not missing.  A
 * row that was pruned here is compared by its tile. */
#include "cli/verify_mirror.h"
#include "cli/kept.h"
#include "cli/progress.h"
#include "io/disk.h"
#include "ledger/folder.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row as the journal has it. */
struct kept_row {
	uint64_t seq;
	struct digest leaf;
	bool unfit; /* the entry's line is not what its fields say */
};

struct comparison {
	struct kept_row *row;
	size_t n, room;
	size_t next; /* the first whose seq was not reached yet */
	uint64_t newest;
	struct journal_counts counts;
	struct ledger_verdict *verdict;
	struct progress progress;
	uint64_t done;
	uint64_t agree, pruned, expired, later, missing, first_missing;
	uint64_t first_agree, last_agree;
};

static bool
is_what_it_says(const struct journal_entry *e)
{
	const char *line = buf_text(&e->row);
	struct row_parts parts;
	struct digest leaf;

	if (row_parse(line, e->row.len, &parts) < 0 || parts.seq != e->seq)
		return false;
	leaf = row_leaf(line, e->row.len);
	return digest_equal(&leaf, &e->leaf);
}

static int
take_entry(void *ctx, const struct journal_entry *e)
{
	struct comparison *c = ctx;

	progress_show(&c->progress, ++c->done);
	if (!e->has_row)
		return 0;
	if (c->n == c->room) {
		size_t room = c->room == 0 ? 1024 : 2 * c->room;
		struct kept_row *row = reallocarray(c->row, room, sizeof(*row));

		if (row == NULL)
			return ERR_NOMEM;
		c->row = row;
		c->room = room;
	}
	c->row[c->n++] = (struct kept_row){
	    .seq = e->seq, .leaf = e->leaf, .unfit = !is_what_it_says(e)};
	if (e->seq > c->newest)
		c->newest = e->seq;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct kept_row *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

__attribute__((format(printf, 3, 4))) static int
bad(struct comparison *c, uint64_t seq, const char *fmt, ...)
{
	struct ledger_verdict *v = c->verdict;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->reason, sizeof(v->reason), fmt, ap);
	va_end(ap);
	v->ok = false;
	v->first_bad_seq = seq;
	return 1;
}

static void
note_absent(struct comparison *c, const struct row *row)
{
	if (row->seq > c->newest)
		c->later++;
	else if (row->at.us < c->counts.oldest.us)
		c->expired++;
	else if (c->missing++ == 0)
		c->first_missing = row->seq;
}

/* 0: the journal's entry is the row with this leaf. */
static int
compare_entry(struct comparison *c, const struct kept_row *kept,
	      const struct digest *leaf)
{
	if (kept->unfit)
		return bad(c, kept->seq,
			   "its entry in the journal does not hold the row "
			   "that it names");
	if (!digest_equal(&kept->leaf, leaf))
		return bad(c, kept->seq,
			   "the journal holds another row of this number");
	return 0;
}

static int
compare_row(void *ctx, const struct row *row)
{
	struct comparison *c = ctx;
	bool there = false;

	progress_show(&c->progress, row->seq + 1);
	for (; c->next < c->n && c->row[c->next].seq == row->seq; c->next++) {
		there = true;
		if (compare_entry(c, &c->row[c->next], &row->leaf) != 0)
			return 1;
	}
	if (!there) {
		note_absent(c, row);
		return 0;
	}
	if (c->agree++ == 0)
		c->first_agree = row->seq;
	c->last_agree = row->seq;
	return 0;
}

static int
read_journal(struct session *s, const char *dir, struct comparison *c)
{
	struct journal_source *source = NULL;
	struct folder f;
	struct err err = {.code = ERR_NOMEM, .text = "no memory"};
	uid_t uid;
	int r = kept_open(s, dir, &source, &uid);

	if (r != 0)
		return r;
	c->progress = progress_begin(s, "entries of the journal read");
	r = folder_open(&f, &disk_io, dir, &err);
	if (r == 0) {
		r = journal_source_each(source, &f.id.genesis, take_entry, c,
					&c->counts, &err);
		folder_close(&f);
	}
	progress_end(&c->progress);
	journal_source_close(source);
	if (r < 0)
		return session_fail_err(s, &err);
	if (c->n > 0)
		return 0;
	return session_fail(
	    s, CTL_NO_OBJECT,
	    "%s holds no row of this ledger from uid %ju (%" PRIu64
	    " entr%s of others, such as uid %ju): name the user of the "
	    "daemon with --uid; the local journal is read by root and the "
	    "group systemd-journal",
	    kept_name(s), (uintmax_t)uid, c->counts.foreign,
	    c->counts.foreign == 1 ? "y" : "ies",
	    (uintmax_t)c->counts.foreign_uid);
}

/* The journal may still hold what the ledger let go. */
static int
compare_pruned(struct comparison *c, const char *dir, struct err *err)
{
	struct digest leaf;
	struct folder f;
	int r = folder_open(&f, &disk_io, dir, err);

	if (r < 0)
		return r;
	for (; r == 0 && c->next < c->n && c->row[c->next].seq < f.pruned.to;
	     c->next++) {
		const struct kept_row *kept = &c->row[c->next];

		if (pruned_leaf(f.io, f.dir, kept->seq, &leaf) < 0)
			continue; /* level 1 tells of tiles that lack */
		r = compare_entry(c, kept, &leaf);
		c->pruned += c->next == 0 || kept[-1].seq != kept->seq;
	}
	folder_close(&f);
	return r;
}

static int
compare_all(struct session *s, const char *dir, struct comparison *c)
{
	struct err err;
	int r;

	qsort(c->row, c->n, sizeof(c->row[0]), compare);
	c->progress = progress_begin(s, "rows compared");
	r = compare_pruned(c, dir, &err);
	if (r == 0)
		r = ledger_scan(&disk_io, dir, 0, UINT64_MAX, compare_row, c,
				&err);
	progress_end(&c->progress);
	if (r < 0)
		return session_fail_err(s, &err);
	if (c->verdict->ok && c->next < c->n)
		bad(c, c->row[c->next].seq,
		    "the journal holds it, and the ledger ends before it");
	return 0;
}

static void
report(struct session *s, const struct comparison *c)
{
	static const struct column columns[] = {
	    {"journal", "compared with", 0},
	    {"rows", "rows that agree", 0},
	    {"first_seq", "from row", 0},
	    {"last_seq", "to row", 0},
	    {"oldest", "journal from", 0},
	    {"newest", "journal to", 0},
	    {"pruned", "pruned here", 0},
	    {"expired", "expired there", 0},
	    {"later", "not there yet", 0},
	    {"missing", "missing there", 0},
	    {"foreign", "ignored: other users", 0},
	};
	struct writer *w = &s->writer;

	writer_card(w, "mirror", columns, sizeof(columns) / sizeof(columns[0]));
	writer_text(w, kept_name(s));
	writer_int(w, (int64_t)c->agree);
	if (c->agree == 0) {
		writer_none(w);
		writer_none(w);
	} else {
		writer_int(w, (int64_t)c->first_agree);
		writer_int(w, (int64_t)c->last_agree);
	}
	writer_time(w, c->counts.oldest);
	writer_time(w, c->counts.newest);
	writer_int(w, (int64_t)c->pruned);
	writer_int(w, (int64_t)c->expired);
	writer_int(w, (int64_t)c->later);
	writer_int(w, (int64_t)c->missing);
	writer_int(w, (int64_t)c->counts.foreign);
	writer_close(w);
}

static void
conclude(const struct comparison *c, int level, struct ledger_verdict *v)
{
	if (!v->ok)
		return;
	if (c->missing > 0)
		snprintf(v->reason, sizeof(v->reason),
			 "the journal lacks row %" PRIu64 " and %" PRIu64
			 " others; evidencectl mirror --from %" PRIu64
			 " sends them again",
			 c->first_missing, c->missing - 1, c->first_missing);
	else if (v->level == VERIFY_LEVEL_LOCAL - 1)
		v->level = level;
}

int
verify_mirror(struct session *s, const char *dir, int level,
	      struct ledger_verdict *v)
{
	struct comparison c = {.verdict = v};
	int r = read_journal(s, dir, &c);

	if (r == 0)
		r = compare_all(s, dir, &c);
	if (r == 0) {
		report(s, &c);
		conclude(&c, level, v);
	}
	free(c.row);
	return r;
}
