/* What was signed binds a repair: the rows must have the root of the newest
 * checkpoint that one of the keys signed.  Both files are asked, `checkpoint`
 * and checkpoints.jsonl, for either may be lost, or be put back older.
 *
 * Which keys there are turns out with the rows, which may have to be brought
 * first.  So the newest checkpoint is believed at first, whoever signed it;
 * where no key did, all is done again for the newest that one did sign.  One
 * whose rows are found is kept only when they themselves say that the key that
 * signed it was in force; else the next one is tried, and so where rows of it
 * are nowhere and those that are there say otherwise.  That ends, because each
 * time again a key has become known, or a checkpoint is refused.
 *
 * Whoever holds a key can sign two ledgers that part somewhere, and change the
 * key behind that place.  By its own rows each is good, so no order among them
 * decides: a person does. */
#include "base/text.h"
#include "ledger/raw.h"
#include "ledger/repair_inside.h"
#include "ledger/signed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
add_line(struct notes *notes, const char *line, size_t len, struct err *err)
{
	struct signed_line l;
	int r = signed_line_parse(line, len, &l, err);

	if (r < 0)
		return r == ERR_INVALID ? 0 : r;
	r = notes_add(notes, buf_text(&l.note), l.note.len, err);
	buf_free(&l.note);
	return r;
}

static int
add_lines(struct notes *notes, const char *text, size_t len, struct err *err)
{
	const char *end = text + len, *lf;
	int r = 0;

	for (; r == 0 && text < end; text = lf + 1) {
		lf = memchr(text, '\n', (size_t)(end - text));
		if (lf == NULL)
			break;
		r = add_line(notes, text, (size_t)(lf - text), err);
	}
	return r;
}

typedef int add_fn(struct notes *notes, const char *text, size_t len,
		   struct err *err);

static int
add_file(const struct ledger_io *io, int dir, const char *path,
	 const char *name, size_t max, add_fn *add, struct notes *notes,
	 struct err *err)
{
	char *text;
	size_t len;
	int r = raw_load(io, dir, name, max, &text, &len);

	if (r == -ENOENT || r == -EFBIG)
		return 0;
	if (r < 0)
		return raw_error(err, r, "%s/%s", path, name);
	r = add(notes, text, len, err);
	free(text);
	return r;
}

int
repair_read_notes(const struct ledger_io *io, int dir, const char *path,
		  struct notes *notes, struct err *err)
{
	int r = add_file(io, dir, path, LEDGER_CHECKPOINTS_NAME, SIZE_MAX / 2,
			 add_lines, notes, err);

	if (r == 0)
		r = add_file(io, dir, path, LEDGER_CHECKPOINT_NAME,
			     CHECKPOINT_NOTE_MAX, notes_add, notes, err);
	return r;
}

int
repair_ask_copy(struct repair *r, struct err *err)
{
	const struct folder *copy = r->o->copy;

	return copy == NULL ? 0
			    : repair_read_notes(copy->io, copy->dir, copy->path,
						r->notes, err);
}

void
repair_first_claim(struct repair *r)
{
	notes_newest(r->notes, UINT64_MAX, &r->claim);
}

bool
repair_knows_signer(struct repair *r)
{
	struct checkpoint newest, c = {0};

	notes_newest_signed(r->notes, &c);
	return !notes_newest(r->notes, UINT64_MAX, &newest) ||
	       (c.size == newest.size && digest_equal(&c.root, &newest.root));
}

bool
repair_next_claim(struct repair *r)
{
	struct checkpoint c = {0};

	if (r->claim_holds)
		notes_judge(r->notes, &r->claim);
	notes_newest_claim(r->notes, &c);
	if (c.size == r->claim.size && digest_equal(&c.root, &r->claim.root))
		return false;
	r->claim = c;
	return true;
}

bool
repair_drop_claim(struct repair *r)
{
	if (r->tree.size < r->claim.size)
		notes_judge(r->notes, &r->claim);
	return repair_next_claim(r);
}

/* Nor does one of rows that were pruned bind those that are kept. */
static bool
breaks_claim(const struct repair *r)
{
	return r->claim.size > r->f.pruned.to && !r->claim_holds;
}

bool
repair_is_other(const struct repair *r)
{
	return r->tree.size >= r->durable &&
	       (breaks_claim(r) || r->contradicted);
}

int
repair_check_claim(struct repair *r, struct err *err)
{
	if (!breaks_claim(r) && r->contradicted)
		return err_set(err, ERR_DAMAGED,
			       "%s: row %" PRIu64
			       " is not the one that the journal holds, and "
			       "the rows of the journal, or of the copy that "
			       "was named, do not fit what was signed; no row "
			       "was changed: name another copy with --backup "
			       "DIR, or restore into a new folder with "
			       "evidencectl restore and compare",
			       r->f.path, r->o->witness - 1);
	if (!breaks_claim(r))
		return 0;
	if (r->tree.size < r->claim.size)
		return err_set(err, ERR_NOT_FOUND,
			       "rows %" PRIu64 " to %" PRIu64
			       " were signed and are nowhere; no row was "
			       "changed",
			       r->tree.size, r->claim.size - 1);
	return err_set(err, ERR_DAMAGED,
		       "%s: the rows are not the %" PRIu64
		       " that were signed, with those from elsewhere or "
		       "without; no row was changed: %srestore them into a "
		       "new folder with evidencectl restore and compare",
		       r->f.path, r->claim.size,
		       r->f.pruned.to == 0
			   ? ""
			   : "repair with --backup DIR, a copy whose tile/ is "
			     "good and tells of the rows that were pruned; "
			     "else ");
}

#define DECIDE                                                              \
	"no row was changed: somebody has to decide which is right; where " \
	"this folder is wrong, move its checkpoint and checkpoints.jsonl "  \
	"away, then run evidencectl repair again; where a copy is, run it " \
	"without"

/* Whoever keeps an old key signs what he likes, but takes back no change. */
static int
check_changes(struct repair *r, struct err *err)
{
	uint64_t seq;

	if (!r->has_own || !notes_lost_change(r->notes, &seq))
		return 0;
	return err_set(
	    err, ERR_DAMAGED,
	    "%s: row %" PRIu64
	    " changes the key, and what a copy has signed does without "
	    "it: " DECIDE,
	    r->f.path, seq);
}

int
repair_check_others(struct repair *r, struct err *err)
{
	uint64_t size;

	if (!notes_contradiction(r->notes, &size))
		return check_changes(r, err);
	return err_set(
	    err, ERR_DAMAGED,
	    "%s: keys of the ledger signed two things: the checkpoint of "
	    "%" PRIu64 " row%s is not that of the first %" PRIu64
	    " of the %" PRIu64 " that were found; " DECIDE,
	    r->f.path, size, TEXT_PLURAL(size), size, r->tree.size);
}
