/* A damaged ledger made whole, from the journal, from a backup, or from both.
 *
 * The journal is opened with the rights of the caller; everything after that
 * is done as the owner of the ledger. */
#include "cli/kept.h"
#include "cli/progress.h"
#include "cli/repair_report.h"
#include "io/disk.h"
#include "io/journal_reader.h"
#include "io/owner.h"
#include "ledger/repair.h"
#include "ledger/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

/* The journal as a source of rows. */
struct journal_rows {
	struct journal_source *source;
	struct digest genesis;
	struct salvage *into;
	struct err *err;
};

/* What is no row, or not in the range, is passed over. */
static int
take_row(void *ctx, const struct journal_entry *e)
{
	struct journal_rows *j = ctx;
	int r;

	if (!e->has_row)
		return 0;
	r = salvage_add(j->into, e->row.data, e->row.len, j->err);
	return r == ERR_INVALID ? 0 : r;
}

static int
give_from_journal(void *ctx, uint64_t from, uint64_t to, struct salvage *into,
		  struct err *err)
{
	struct journal_rows *j = ctx;
	int r = 0;

	j->into = into;
	j->err = err;
	for (uint64_t seq = from; r == 0 && seq < to; seq++)
		r = journal_source_row(j->source, &j->genesis, seq, take_row, j,
				       err);
	return r;
}

struct journal_notes {
	struct notes *into;
	struct err *err;
};

static int
take_note(void *ctx, const struct journal_entry *e)
{
	struct journal_notes *n = ctx;

	return notes_add(n->into, e->note.data, e->note.len, n->err);
}

static int
notes_from_journal(void *ctx, struct notes *into, struct err *err)
{
	struct journal_rows *j = ctx;
	struct journal_notes notes = {into, err};

	return journal_source_notes(j->source, &j->genesis, take_note, &notes,
				    err);
}

/* Everything that a repair needs. */
struct repairing {
	const char *dir;
	struct identity id;
	bool relabel;	   /* LEDGER does not say so */
	bool unsigned_key; /* nothing that was signed bears it out */
	struct journal_rows journal;
	bool has_backup;
	struct folder backup;
	struct repair_source sources[2];
	struct repair_options options;
	struct digest witness_leaf;
	struct progress progress;
};

/* The newest row that the journal has seen, when it knows of the ledger. */
static int
find_witness(struct session *s, uid_t uid, struct repairing *to,
	     struct err *err)
{
	struct journal_reader *reader;
	struct journal_newest newest;
	int r = journal_reader_open(s->args->value[OPTION_DIRECTORY], uid,
				    &to->id.genesis, &reader, err);

	if (r < 0)
		return r;
	r = journal_reader_newest(reader, &newest, err);
	journal_reader_close(reader);
	if (r < 0)
		return r == ERR_NOT_FOUND ? 0 : r;
	to->options.witness = newest.seq + 1;
	to->witness_leaf = newest.leaf;
	if (newest.leaf_known)
		to->options.witness_leaf = &to->witness_leaf;
	return 0;
}

static int
open_backup(struct session *s, const char *dir, struct folder *backup,
	    struct err *err)
{
	const char *path = s->args->value[OPTION_BACKUP];
	struct folder own;
	bool same;
	int r = folder_open(&own, &disk_io, dir, err);

	if (r < 0)
		return r;
	r = folder_open(backup, &disk_io, path, err);
	if (r == ERR_NOT_FOUND)
		err_set(err, r,
			"--backup %s: no ledger is there (no file LEDGER); "
			"name the folder of a copy",
			path);
	same = r == 0 && digest_equal(&own.id.genesis, &backup->id.genesis);
	folder_close(&own);
	if (r == 0 && !same) {
		folder_close(backup);
		return err_set(err, ERR_INVALID,
			       "%s is no copy of %s: its row 0 is another",
			       path, dir);
	}
	return r;
}

static bool
wants_journal(const struct session *s)
{
	return arguments_has(s->args, OPTION_FROM_JOURNAL) ||
	       arguments_has(s->args, OPTION_DIRECTORY) ||
	       !arguments_has(s->args, OPTION_BACKUP);
}

static void
show_rows(void *ctx, uint64_t rows)
{
	progress_show(ctx, rows);
}

static void
add_source(struct repairing *r, struct repair_source source)
{
	r->sources[r->options.n_sources++] = source;
}

static int
open_journal(struct session *s, struct repairing *r, struct err *err)
{
	uid_t uid;
	int result;

	result = kept_open(s, r->dir, &r->journal.source, &uid);
	if (result != 0)
		return result;
	r->journal.genesis = r->id.genesis;
	if (find_witness(s, uid, r, err) < 0)
		return session_fail_err(s, err);
	add_source(r, (struct repair_source){give_from_journal, &r->journal,
					     notes_from_journal});
	return 0;
}

static int
fail_repair(struct session *s, const struct err *err)
{
	if (err->code == ERR_NOT_FOUND)
		return session_fail(s, CTL_LEDGER_DAMAGED,
				    "%s; name another source too: --directory "
				    "DIR, --backup DIR",
				    err->text);
	return session_fail_err(s, err);
}

/* Without LEDGER there is nothing to lock: a daemon that lost the file under
 * it still writes. */
static int
refuse_writer(struct session *s, const struct repairing *r)
{
	struct err err;
	int pid;

	if (repair_find_writer(&disk_io, r->dir, &pid, &err) < 0)
		return session_fail_err(s, &err);
	if (pid <= 0 || (kill(pid, 0) < 0 && errno == ESRCH))
		return 0;
	return session_fail(
	    s, CTL_REFUSED,
	    "BUSY: %s/lock says that process %d writes this ledger; stop "
	    "it, or remove that file",
	    r->dir, pid);
}

static int
relabel(struct session *s, const struct repairing *r)
{
	static const struct column columns[] = {{"dir", "LEDGER made anew", 0},
						{"origin", "origin", 0},
						{"genesis", "genesis", 0}};
	char hex[DIGEST_HEX_LEN + 1];
	struct err err;
	int result = refuse_writer(s, r);

	if (result != 0)
		return result;
	if (repair_put_identity(&disk_io, r->dir, &r->id, &err) < 0)
		return fail_repair(s, &err);
	writer_card(&s->writer, "identity", columns, 3);
	writer_text(&s->writer, r->dir);
	writer_text(&s->writer, r->id.origin);
	writer_text(&s->writer, digest_hex(&r->id.genesis, hex));
	writer_close(&s->writer);
	if (r->unsigned_key)
		writer_paragraph(
		    &s->writer, "",
		    "No checkpoint was signed with the key in row "
		    "0, so nothing else confirms that row: compare "
		    "the key with a copy of LEDGER, or with what "
		    "was noted of it.");
	return 0;
}

static int
find_identity(struct session *s, struct repairing *r)
{
	struct err err;
	int result = repair_find_identity(&disk_io, r->dir, &r->id, &err);

	if (result < 0)
		return session_fail_err(s, &err);
	r->relabel = result > 0;
	r->unsigned_key = result == 2;
	return 0;
}

static int
open_sources(struct session *s, struct repairing *r)
{
	struct err err;
	int result = wants_journal(s) ? open_journal(s, r, &err) : 0;

	if (result == 0 && owner_become(r->dir, &err) < 0)
		return session_fail_err(s, &err);
	if (result == 0 && r->relabel)
		result = relabel(s, r);
	if (result != 0 || !arguments_has(s->args, OPTION_BACKUP))
		return result;
	if (open_backup(s, r->dir, &r->backup, &err) < 0)
		return session_fail_err(s, &err);
	r->has_backup = true;
	r->options.copy = &r->backup;
	add_source(r, repair_source_of(&r->backup));
	return 0;
}

static int
repair(struct session *s, struct repairing *r)
{
	struct repair_result result;
	struct err err;
	int code;

	r->progress = progress_begin(s, "rows checked");
	code = repair_ledger(&disk_io, r->dir, &r->options, &result, &err);
	progress_end(&r->progress);
	if (code < 0)
		return fail_repair(s, &err);
	repair_report(s, r->dir, &result);
	code = session_verify(s, r->dir, VERIFY_LEVEL_MAX);
	if (code != CTL_OK)
		return code;
	if (result.replaced > 0)
		return session_fail(
		    s, CTL_CHECK_FAILED,
		    "no checkpoint was here, and the rows from %" PRIu64
		    " on, which hung together in %s, gave way to those that "
		    "the copy has signed: compare them with quarantine/ "
		    "before the daemon is started",
		    result.replaced, r->dir);
	repair_report_end(s, r->relabel, &result);
	return code;
}

int
cmd_repair(struct session *s)
{
	struct repairing r = {0};
	int result = session_ledger(s, &r.dir);

	r.options.sources = r.sources;
	r.options.progress = show_rows;
	r.options.progress_ctx = &r.progress;
	if (result == 0)
		result = find_identity(s, &r);
	if (result == 0)
		result = open_sources(s, &r);
	if (result == 0)
		result = repair(s, &r);
	if (r.has_backup)
		folder_close(&r.backup);
	journal_source_close(r.journal.source);
	return result;
}
