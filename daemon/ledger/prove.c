/* Nothing is given away that does not hold: the proof is checked against the
 * signed root before it is shown, so wrong tiles and changed rows are found
 * here and not by whoever gets it. */
#include "ledger/prove.h"
#include "ledger/hashes.h"
#include "ledger/heads.h"
#include "ledger/inside.h"
#include "ledger/key_search.h"
#include "ledger/proof.h"
#include "ledger/raw.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Where the newest checkpoint was found; the note is malloc'd. */
struct source {
	const char *name;
	char *note;
	size_t len;
};

/* Where `checkpoint` is missing, the newest line is what was signed last; but
 * nobody knows what stood behind one that is spoilt. */
static int
take_line(const struct folder *f, const struct heads *h, struct source *ret,
	  struct err *err)
{
	const struct head *newest = heads_newest(h);

	if (h->log_why != NULL)
		return err_set(err, ERR_DAMAGED,
			       "%s: the file checkpoint is missing, and "
			       "checkpoints.jsonl, line %zu: %s; run "
			       "evidencectl verify, and stop the daemon and "
			       "run evidencectl repair as root",
			       f->path, h->n + 1, h->log_why);
	if (newest == NULL && h->have_log)
		return err_set(err, ERR_DAMAGED,
			       "%s: the file checkpoint is missing, and no "
			       "line of checkpoints.jsonl is whole; run "
			       "evidencectl verify, and stop the daemon and "
			       "run evidencectl repair as root",
			       f->path);
	if (newest == NULL)
		return err_set(err, ERR_NOT_FOUND,
			       "%s: no checkpoint was signed yet; ask for one: "
			       "evidencectl checkpoint",
			       f->path);
	ret->name = LEDGER_CHECKPOINTS_NAME;
	ret->len = newest->note_len;
	ret->note = strndup(newest->note, newest->note_len);
	return ret->note == NULL
		   ? err_set(err, ERR_NOMEM, "no memory for a checkpoint")
		   : 0;
}

/* The newest checkpoint as it stands in the folder. */
static int
load_note(const struct folder *f, struct source *ret, struct err *err)
{
	struct heads heads;
	int r;

	ret->name = LEDGER_CHECKPOINT_NAME;
	r = raw_load(f->io, f->dir, ret->name, CHECKPOINT_NOTE_MAX, &ret->note,
		     &ret->len);
	if (r < 0 && r != -ENOENT)
		return raw_error(err, r, "%s/" LEDGER_CHECKPOINT_NAME, f->path);
	if (r == 0)
		return 0;
	r = heads_load(&heads, f, err);
	if (r < 0)
		return r;
	r = take_line(f, &heads, ret, err);
	heads_free(&heads);
	return r;
}

/* By the key that LEDGER names, or, when that signed nothing here, by the one
 * in force at the size that the note claims: then all rows are searched for
 * changes of the key.  That the first one was still in force is not asked
 * here; verify does. */
static int
open_note(const struct folder *f, const struct proof *p, struct key_list *keys,
	  struct checkpoint *ret, struct err *err)
{
	size_t len = note_text_length(p->note, p->note_len);
	int r;

	r = key_list_begin(keys, f->id.vkey, err);
	if (r == 0)
		r = checkpoint_open(p->note, p->note_len, key_list_for(keys, 0),
				    ret, err);
	if (r != ERR_NOT_FOUND)
		return r;
	r = checkpoint_parse(p->note, len, ret, err);
	if (r == 0)
		r = key_search(f, ret->size, keys, err);
	return r < 0 ? r
		     : checkpoint_open(p->note, p->note_len,
				       key_list_for(keys, ret->size), ret, err);
}

static int
open_checkpoint(const struct folder *f, const struct proof *p, const char *name,
		struct note_key *ret_key, struct checkpoint *ret,
		struct err *err)
{
	struct key_list keys = {0};
	struct err why;
	int r;

	r = open_note(f, p, &keys, ret, &why);
	if (r == 0)
		*ret_key = *key_list_for(&keys, ret->size);
	key_list_free(&keys);
	if (r < 0)
		return err_set(err, r == ERR_NOMEM ? r : ERR_DAMAGED,
			       "%s/%s: %s; run evidencectl verify", f->path,
			       name, why.text);
	if (ret->size <= p->index)
		return err_set(err, ERR_NOT_FOUND,
			       "%s: the newest checkpoint covers the rows 0 to "
			       "%" PRIu64 ", not row %" PRIu64
			       "; ask for a new one: evidencectl checkpoint",
			       f->path, ret->size - 1, p->index);
	return 0;
}

static int
find_path(const struct folder *f, struct proof *p, uint64_t size,
	  struct err *err)
{
	struct hashes h;
	int r;

	hashes_init(&h, f, size);
	r = tree_prove_inclusion(p->index, size, hashes_node, &h, &p->path);
	if (r < 0)
		err_set(err, r, "%s", h.err.text);
	hashes_fini(&h);
	return r;
}

static int
prove_row(const struct folder *f, struct proof *p, const struct note_key *key,
	  uint64_t size, struct buf *out, struct err *err)
{
	struct proof_shown shown;
	struct err why;
	char *row;
	int r;

	r = folder_read_row(f, p->index, &row, &p->row_len, err);
	if (r < 0)
		return r;
	p->row = row;
	r = find_path(f, p, size, err);
	if (r == 0 && proof_check(p, key, &shown, &why) < 0)
		r = err_set(err, ERR_DAMAGED, "%s: %s; run evidencectl verify",
			    f->path, why.text);
	if (r == 0)
		proof_render(out, p);
	free(row);
	return r == 0 && out->failed
		   ? err_set(err, ERR_NOMEM, "no memory for a proof")
		   : r;
}

int
ledger_prove(const struct ledger_io *io, const char *dir, uint64_t seq,
	     struct buf *out, struct err *err)
{
	struct proof p = {.index = seq};
	struct checkpoint c;
	struct note_key key;
	struct folder f;
	struct source source = {0};
	int r;

	r = folder_open(&f, io, dir, err);
	if (r < 0)
		return r;
	r = load_note(&f, &source, err);
	p.note = source.note;
	p.note_len = source.len;
	if (r == 0)
		r = open_checkpoint(&f, &p, source.name, &key, &c, err);
	if (r == 0)
		r = prove_row(&f, &p, &key, c.size, out, err);
	free(source.note);
	folder_close(&f);
	return r;
}
