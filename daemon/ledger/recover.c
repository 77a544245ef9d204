/* What a crash leaves is mended here, in an order that another crash cannot
 * hurt:
 *
 *   1  the torn tail is kept in torn/, under a name made of its digest;
 *   2  the good rows of the newest segment, and a row that tells of the cut,
 *      are written to a new file, which replaces the segment by rename.
 *
 * Step 2 also follows every stop that was not clean: the rows may stand in
 * the cache of the kernel only, written by a process that died before its
 * sync, or after a sync that failed.  For the same reason the directories
 * are synced then: a name may be known to the cache alone.  A stop is clean
 * when the newest row is daemon.stopped and the process lived to see that
 * row durable, which it then said in the file `lock`.
 *
 * A damaged ledger is left exactly as it was found. */
#include "ledger/raw.h"
#include "ledger/segment.h"
#include "ledger/survey.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COPY_CHUNK = 256 * 1024, TORN_NAME_SIZE = 40, ID_DIGITS = 16 };

/* One recovery that mends. */
struct mending {
	struct ledger *l;
	struct survey *s;
	struct ledger_recovery *rec;
	uint64_t first; /* of the newest segment */
	char *torn;	/* the tail, malloc'd, or NULL */
	size_t torn_len;
	struct digest torn_sha256;
	char torn_name[TORN_NAME_SIZE]; /* within torn/ */
	struct buf row;			/* ledger.recovered, when it fits */
	struct digest row_leaf;
};

static int
load_torn(struct mending *m, int fd)
{
	size_t len = (size_t)(m->s->all_bytes - m->s->good_bytes);
	char hex[DIGEST_HEX_LEN + 1];
	int r;

	m->torn = malloc(len + 1);
	if (m->torn == NULL)
		return -ENOMEM;
	r = raw_read(&m->l->io, fd, m->torn, len, m->s->good_bytes,
		     &m->torn_len);
	if (r < 0)
		return r;
	m->torn_sha256 = digest_sha256(m->torn, m->torn_len);
	snprintf(m->torn_name, sizeof(m->torn_name), "%012" PRIu64 "-%.16s",
		 m->s->next_seq, digest_hex(&m->torn_sha256, hex));
	return 0;
}

static int
put_torn(struct mending *m, int dir)
{
	const struct ledger_io *io = &m->l->io;
	int r;

	r = raw_put(io, dir, m->torn_name, m->torn, m->torn_len,
		    LEDGER_FILE_MODE);
	if (r == 0)
		r = io->fsync_dir(io->ctx, dir);
	return r;
}

static int
keep_torn(struct mending *m, int fd)
{
	const struct ledger_io *io = &m->l->io;
	int dir, r;

	r = load_torn(m, fd);
	if (r < 0)
		return r;
	r = io->mkdir(io->ctx, m->l->dir, LEDGER_TORN_NAME, LEDGER_DIR_MODE);
	if (r < 0 && r != -EEXIST)
		return r;
	r = io->fsync_dir(io->ctx, m->l->dir);
	if (r < 0)
		return r;
	dir = io->open_dir(io->ctx, m->l->dir, LEDGER_TORN_NAME);
	if (dir < 0)
		return dir;
	r = put_torn(m, dir);
	io->close(io->ctx, dir);
	return r;
}

static void
recovered_body(const struct mending *m, struct buf *out)
{
	char hex[DIGEST_HEX_LEN + 1];
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "bytes", (int64_t)m->torn_len);
	json_put_string(&w, "file", m->torn_name);
	json_put_int(&w, "from_seq", (int64_t)m->s->next_seq);
	json_put_string(&w, "reason", "torn_tail");
	json_put_string(&w, "sha256", digest_hex(&m->torn_sha256, hex));
	json_object_close(&w);
}

static bool
has_room(const struct mending *m)
{
	return m->s->next_seq < m->first + (uint64_t)m->l->id.segment_rows;
}

/* The row that tells of the cut.  It goes into the new file, so that it
 * cannot get lost between the two; only when the segment is full already it
 * is queued for the next one, after the rest is settled. */
static int
add_recovered_row(struct mending *m, struct wall_time now)
{
	uint64_t seq = m->s->next_seq;
	struct row_draft draft = {.at = now, .kind = "ledger.recovered"};
	struct buf body = {0};
	char id[ROW_ID_MAX + 1];
	int r = 0;

	recovered_body(m, &body);
	snprintf(id, sizeof(id), "recovered.%s", m->torn_name);
	draft.id = id;
	draft.body = buf_text(&body);
	draft.body_len = body.len;
	if (body.failed) {
		r = -ENOMEM;
	} else if (has_room(m)) {
		row_render(&m->row, &draft, seq, seq, &m->s->head,
			   &m->row_leaf);
		r = m->row.failed ? -ENOMEM : 0;
	} else {
		r = ledger_append(m->l, &draft, NULL, NULL) < 0 ? -ENOMEM : 0;
	}
	if (r == 0 && m->row.len > 0) {
		window_add(m->l->window, id, strlen(id));
		window_set_place(m->l->window, seq, (uint32_t)m->s->good_bytes);
	}
	buf_free(&body);
	return r;
}

static int
copy_rows(struct mending *m, int from, int to)
{
	const struct ledger_io *io = &m->l->io;
	int64_t at = 0, left;
	char *chunk = malloc(COPY_CHUNK);
	int r = chunk == NULL ? -ENOMEM : 0;

	while (r == 0 && (left = m->s->good_bytes - at) > 0) {
		size_t n = left < COPY_CHUNK ? (size_t)left : COPY_CHUNK;
		size_t got;

		r = raw_read(io, from, chunk, n, at, &got);
		if (r == 0 && got < n)
			r = -EIO;
		if (r == 0)
			r = raw_write(io, to, chunk, n, at);
		at += (int64_t)n;
	}
	free(chunk);
	if (r == 0)
		r = raw_write(io, to, m->row.data, m->row.len,
			      m->s->good_bytes);
	return r;
}

static int
replace_segment(struct mending *m, int from)
{
	const struct ledger_io *io = &m->l->io;
	char name[SEGMENT_NAME_SIZE], new_name[SEGMENT_NAME_SIZE];
	int to, r;

	snprintf(new_name, sizeof(new_name), "%s" LEDGER_NEW_SUFFIX,
		 segment_name(m->first, name));
	to = io->open_file(io->ctx, m->l->dir, new_name,
			   O_RDWR | O_CREAT | O_TRUNC, LEDGER_FILE_MODE);
	if (to < 0)
		return to;
	r = copy_rows(m, from, to);
	if (r == 0)
		r = io->fsync_file(io->ctx, to);
	io->close(io->ctx, to);
	if (r == 0)
		r = io->rename(io->ctx, m->l->dir, new_name, m->l->dir, name);
	if (r == 0)
		r = io->fsync_dir(io->ctx, m->l->dir);
	return r;
}

static int
mend_segment(struct mending *m, struct wall_time now)
{
	const struct ledger_io *io = &m->l->io;
	char name[SEGMENT_NAME_SIZE];
	int fd, r;

	fd = io->open_file(io->ctx, m->l->dir, segment_name(m->first, name),
			   O_RDONLY, 0);
	if (fd < 0)
		return fd;
	r = m->s->torn ? keep_torn(m, fd) : 0;
	if (r == 0 && m->s->torn && has_room(m))
		r = add_recovered_row(m, now);
	if (r == 0)
		r = replace_segment(m, fd);
	if (raw_is_full(r) && ballast_drop(m->l))
		r = replace_segment(m, fd);
	io->close(io->ctx, fd);
	return r;
}

static void
report_cut(const struct mending *m)
{
	m->rec->torn = true;
	m->rec->torn_seq = m->s->next_seq;
	m->rec->torn_bytes = (int64_t)m->torn_len;
	snprintf(
	    m->rec->words, sizeof(m->rec->words),
	    "a crash left %zu byte%s behind row %" PRIu64
	    " that were never acknowledged (%s); they were cut and kept as "
	    "%s/" LEDGER_TORN_NAME "/%s",
	    m->torn_len, TEXT_PLURAL(m->torn_len), m->s->next_seq - 1,
	    m->s->why, m->l->path, m->torn_name);
}

static void
adopt(struct ledger *l, const struct survey *s)
{
	l->durable = s->next_seq;
	l->head = s->head;
	l->newest_at = s->newest_at;
	l->tree = s->tree;
	l->beginning = s->beginning;
}

/* Takes over what was mended. */
static int
settle(struct mending *m, struct wall_time now)
{
	if (!m->s->torn)
		return 0;
	report_cut(m);
	if (m->row.len == 0) {
		adopt(m->l, m->s);
		return add_recovered_row(m, now);
	}
	m->s->good_bytes += (int64_t)m->row.len;
	m->s->next_seq++;
	tree_append(&m->s->tree, &m->row_leaf);
	m->s->head = m->row_leaf;
	m->s->newest_at = now;
	return 0;
}

static int
mend(struct ledger *l, struct survey *s, int parent,
     const struct ledger_options *o, struct ledger_recovery *rec,
     struct err *err)
{
	struct mending m = {
	    .l = l, .s = s, .rec = rec, .first = s->firsts[s->n - 1]};
	int r;

	r = mend_segment(&m, o->now);
	if (r == 0)
		r = l->io.fsync_dir(l->io.ctx, parent);
	if (r == 0)
		r = settle(&m, o->now);
	if (r < 0)
		r = raw_error(err, r, "%s: recovery", l->path);
	free(m.torn);
	buf_free(&m.row);
	return r;
}

void
recover_damage_words(const struct ledger *l, uint64_t from, uint64_t to,
		     const char *why, char out[LEDGER_DAMAGE_WORDS])
{
	char rows[64] = "no row is touched";

	if (from <= to)
		snprintf(rows, sizeof(rows), "rows %" PRIu64 " to %" PRIu64,
			 from, to);
	snprintf(out, LEDGER_DAMAGE_WORDS,
		 "%s is damaged: %s (%s); nothing is written and no probe is "
		 "sent until that is mended: stop the daemon, run evidencectl "
		 "repair as root, start it again",
		 l->path, rows, why);
}

void
recover_report_damage(const struct ledger *l, uint64_t from, uint64_t to,
		      const char *why, struct ledger_recovery *rec)
{
	rec->damaged = true;
	rec->damaged_from = from;
	rec->damaged_to = to;
	recover_damage_words(l, from, to, why, rec->words);
}

static int
open_newest(struct ledger *l, const struct survey *s, struct err *err)
{
	char name[SEGMENT_NAME_SIZE];

	l->seg_first = s->firsts[s->n - 1];
	l->seg_end = s->good_bytes;
	l->seg = l->io.open_file(l->io.ctx, l->dir,
				 segment_name(l->seg_first, name), O_RDWR, 0);
	if (l->seg < 0)
		return raw_error(
		    err, l->seg,
		    "%s/%s: the newest segment cannot be written; make it "
		    "its owner's with mode 0640",
		    l->path, name);
	return 0;
}

/* A hint that lacks is made up for; only a failed sync counts.  After a stop
 * that was not clean the newest line may stand in the cache alone. */
static int
mend_hints(struct ledger *l, size_t sealed, bool mended, struct err *err)
{
	int r;

	sums_seal_newest(l, sealed);
	l->sums_lines = sums_count(l, sealed);
	r = sums_update(l, sealed, mended);
	if (r == ERR_POISONED)
		return err_set(err, ERR_IO, "%s", l->batch.err.text);
	ballast_keep(l);
	return 0;
}

/* The process before knew that these very rows are durable. */
static bool
is_claimed(const struct ledger *l)
{
	char claim[LEDGER_LOCK_MAX + 1];

	lock_claim(l, claim);
	return strcmp(l->claim, claim) == 0;
}

static int
take_over(struct ledger *l, struct survey *s, const struct ledger_options *o,
	  int parent, struct ledger_recovery *rec, struct err *err)
{
	bool mended;
	int r = 0;

	adopt(l, s);
	rec->unclean = !rec->created && (s->torn || !s->stopped);
	l->ballast = true; /* give it up if mending finds no room */
	mended =
	    !s->damaged && !rec->created && (rec->unclean || !is_claimed(l));
	if (s->damaged)
		recover_report_damage(l, s->next_seq, s->damaged_to, s->why,
				      rec);
	else if (mended)
		r = mend(l, s, parent, o, rec, err);
	l->ballast = false;
	adopt(l, s);
	l->damaged = s->damaged;
	if (r == 0 && !s->damaged)
		r = open_newest(l, s, err);
	if (r == 0 && !s->damaged)
		r = mend_hints(l, s->n - 1, mended, err);
	if (r == 0 && !s->damaged)
		r = resume_signing(l, s, o, mended, rec, err);
	if (r == 0 && !l->damaged)
		prune_resume(l, &s->pruned);
	if (l->damaged)
		lock_tell_damaged(l);
	return r;
}

/* What the journal and the checkpoints know to be durable; LEDGER itself is a
 * witness of row 0. */
static struct ledger_witness
find_witness(const struct ledger *l, const struct ledger_options *o)
{
	struct ledger_witness w = {.rows = 0};

	if (o->witness != NULL)
		w = o->witness(o->witness_ctx, &l->id.genesis);
	if (w.rows < 1)
		w.rows = 1;
	if (w.rows < l->signer.newest.size)
		w.rows = l->signer.newest.size;
	return w;
}

/* The rows may be good; those that no good line ends within are named. */
static void
damage_by_log(struct survey *s, const struct ledger *l)
{
	uint64_t rows = s->next_seq;

	s->damaged = true;
	s->why = l->bad_checkpoints;
	s->damaged_to = (l->bad_log_to < rows ? l->bad_log_to : rows) - 1;
	s->next_seq = l->bad_log_from < rows ? l->bad_log_from : rows;
}

int
recover_ledger(struct ledger *l, const struct ledger_options *o, int parent,
	       struct ledger_recovery *rec, struct err *err)
{
	struct ledger_witness w = find_witness(l, o);
	struct survey s;
	int r;

	r = survey_segments(l, o, &w, lock_claims_damage(l), &s, err);
	if (r < 0)
		return r;
	if (!s.damaged && l->bad_checkpoints[0] != '\0')
		damage_by_log(&s, l);
	r = take_over(l, &s, o, parent, rec, err);
	survey_free(&s);
	return r;
}
