/* A ledger again, out of the rows that the journal has kept.
 *
 * The journal is opened with the rights of the caller; everything after that
 * is done as the owner of the folder in which the ledger will stand. */
#include "cli/kept.h"
#include "cli/progress.h"
#include "io/disk.h"
#include "io/owner.h"
#include "ledger/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct restoring {
	struct restore *restore;
	struct progress progress;
	uint64_t read;
	uint64_t unfit; /* entries of the uid that hold no row */
	struct journal_counts counts;
	struct restore_result result;
	struct err err;
};

/* A row that is not what its entry says is no row of anybody. */
static int
take_entry(void *ctx, const struct journal_entry *e)
{
	struct restoring *r = ctx;
	int result = 0;

	progress_show(&r->progress, ++r->read);
	if (e->note.len > 0)
		return restore_add_note(r->restore, e->note.data, e->note.len,
					&r->err);
	if (e->has_row)
		result = restore_add_row(r->restore, e->row.data, e->row.len,
					 &r->err);
	if (result == ERR_INVALID) {
		r->unfit++;
		result = 0;
	}
	return result;
}

static void
show_written(void *ctx, uint64_t rows)
{
	progress_show(ctx, rows);
}

static int
fill(struct session *s, struct restoring *r, struct journal_source *source)
{
	const struct identity *id = restore_identity(r->restore);
	int result;

	r->progress = progress_begin(s, "entries of the journal read");
	result = journal_source_each(source, &id->genesis, take_entry, r,
				     &r->counts, &r->err);
	progress_end(&r->progress);
	if (result < 0)
		return result;
	r->progress = progress_begin(s, "rows written");
	result = restore_finish(r->restore, show_written, &r->progress,
				&r->result, &r->err);
	progress_end(&r->progress);
	return result;
}

static bool
is_whole(const struct restore_result *result)
{
	return result->next_there == SALVAGE_NONE;
}

static const struct column columns[] = {
    {"dir", "restored", 0},
    {"origin", "origin", 0},
    {"genesis", "genesis", 0},
    {"rows", "rows", 0},
    {"signed_rows", "signed rows", 0},
    {"oldest", "journal from", 0},
    {"newest", "journal to", 0},
    {"repeated", "came again", 0},
    {"foreign", "ignored: other users", 0},
    {"unfit", "ignored: no row", 0},
    {"pruned_to", "pruned before: up to row", 0},
    {"whole", "whole", 0},
    {"contested_seq", "contested row", 0},
    {"next_seq", "rows that follow no other", 0},
};

static void
put_seq(struct writer *w, uint64_t seq)
{
	if (seq == SALVAGE_NONE)
		writer_none(w);
	else
		writer_int(w, (int64_t)seq);
}

/* What the journal still had comes back, allowed or not. */
static void
say_pruned(struct writer *w, const struct restore_result *result)
{
	char text[240];

	if (result->pruned_to == 0)
		return;
	snprintf(text, sizeof(text),
		 "The rows before %" PRIu64 " had been pruned by row %" PRIu64
		 "; the journal still had them. The daemon lets them go "
		 "again when it has signed its first checkpoint.",
		 result->pruned_to, result->pruned_by);
	writer_paragraph(w, "", text);
}

static void
report(struct session *s, const struct restoring *r, const char *path)
{
	const struct identity *id = restore_identity(r->restore);
	const struct restore_result *result = &r->result;
	char hex[DIGEST_HEX_LEN + 1];
	struct writer *w = &s->writer;

	writer_card(w, "restored", columns,
		    sizeof(columns) / sizeof(columns[0]));
	writer_text(w, path);
	writer_text(w, id->origin);
	writer_text(w, digest_hex(&id->genesis, hex));
	writer_int(w, (int64_t)result->rows);
	writer_int(w, (int64_t)result->signed_rows);
	writer_time(w, r->counts.oldest);
	writer_time(w, r->counts.newest);
	writer_int(w, (int64_t)salvage_repeated(restore_rows(r->restore)));
	writer_int(w, (int64_t)r->counts.foreign);
	writer_int(w, (int64_t)r->unfit);
	put_seq(w, result->pruned_to == 0 ? SALVAGE_NONE : result->pruned_to);
	writer_bool(w, is_whole(result));
	put_seq(w, result->contested);
	put_seq(w, result->next_there);
	writer_close(w);
	say_pruned(w, result);
	writer_paragraph(
	    w, "",
	    "The journal keeps neither the signing key, nor the secret, nor "
	    "page texts: put key, secret and pages of a backup into the "
	    "folder where there is one. A new secret was made; without the "
	    "old one, digests of responses and fingerprints of credentials "
	    "cannot be recomputed. Without the key, as a file or as the "
	    "credential ledger-key, the ledger can be read and verified but "
	    "not continued.");
}

/* Why the ledger ends before the journal does. */
static int
say_incomplete(struct session *s, const struct restore_result *result)
{
	if (result->contested == result->rows)
		return session_fail(
		    s, CTL_LEDGER_DAMAGED,
		    "two rows in %s claim seq %" PRIu64
		    ", and no signed checkpoint decides: rows from there on "
		    "were not restored",
		    kept_name(s), result->rows);
	return session_fail(
	    s, CTL_LEDGER_DAMAGED,
	    "rows %" PRIu64 " to %" PRIu64
	    " are not in %s; the later ones, which are, cannot be proved "
	    "without them and were not restored: run evidencectl repair with "
	    "a journal or a backup that has them",
	    result->rows,
	    result->next_there == result->rows ? result->rows
					       : result->next_there - 1,
	    kept_name(s));
}

static int
fail_restore(struct session *s, const struct err *err)
{
	if (err->code == ERR_EXISTS)
		return session_fail(s, CTL_REFUSED, "EXISTS: %s", err->text);
	if (err->code == ERR_BUSY)
		return session_fail(s, CTL_REFUSED, "BUSY: %s", err->text);
	return session_fail_err(s, err);
}

static int
restore(struct session *s, struct journal_source *source,
	const struct kept_ledger *ledger, const char *path)
{
	struct restoring r = {0};
	int result;

	result = restore_begin(&disk_io, path, buf_text(&ledger->line),
			       ledger->line.len, &r.restore, &r.err);
	if (result == 0)
		result = fill(s, &r, source);
	if (result == 0) {
		report(s, &r, path);
		result =
		    is_whole(&r.result) ? CTL_OK : say_incomplete(s, &r.result);
	} else {
		result = fail_restore(s, &r.err);
	}
	restore_free(r.restore);
	return result;
}

/* The folder in which `path` will stand; "" when there is no memory. */
static void
parent_of(const char *path, struct buf *out)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		buf_puts(out, ".");
	else
		buf_add(out, path, slash == path ? 1 : (size_t)(slash - path));
}

int
cmd_restore(struct session *s)
{
	const char *path = s->args->operand[0];
	struct journal_source *source = NULL;
	struct kept_ledger ledger = {0};
	struct buf parent = {0};
	struct err err;
	uid_t uid;
	int r;

	parent_of(path, &parent);
	r = kept_open(s, buf_text(&parent), &source, &uid);
	if (r == 0 && owner_become(buf_text(&parent), &err) < 0)
		r = session_fail_err(s, &err);
	if (r == 0)
		r = kept_find(s, source, uid, &ledger);
	if (r == 0)
		r = restore(s, source, &ledger, path);
	buf_free(&ledger.line);
	journal_source_close(source);
	buf_free(&parent);
	return r;
}
