/* Lines are taken one after the other, each by its own rule; what is left
 * behind the empty line is the note, which has rules of its own (note.c). */
#include "ledger/proof.h"
#include "base/text.h"
#include "base/base64.h"
#include "base/json.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define PROOF_FAMILY "c2sp.org/tlog-proof@"
#define PROOF_HEAD   PROOF_FAMILY "v1\n"
#define PROOF_EXTRA  "extra "
#define PROOF_INDEX  "index "

void
proof_render(struct buf *out, const struct proof *p)
{
	buf_puts(out, PROOF_HEAD PROOF_EXTRA);
	base64_add(out, p->row, p->row_len);
	buf_printf(out, "\n" PROOF_INDEX "%" PRIu64 "\n", p->index);
	for (size_t i = 0; i < p->path.n; i++) {
		base64_add(out, p->path.hashes[i].bytes, DIGEST_LEN);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	buf_add(out, p->note, p->note_len);
}

struct text {
	const char *at, *end;
};

/* The rest of a line that begins with `start`, without its LF. */
static bool
take_line(struct text *t, const char *start, const char **ret, size_t *ret_len)
{
	size_t have = (size_t)(t->end - t->at), n = strlen(start);
	const char *lf;

	if (have < n || memcmp(t->at, start, n) != 0)
		return false;
	lf = memchr(t->at + n, '\n', have - n);
	if (lf == NULL)
		return false;
	*ret = t->at + n;
	*ret_len = (size_t)(lf - *ret);
	t->at = lf + 1;
	return true;
}

/* As the index is written: decimal, without leading zeros. */
static bool
take_index(struct text *t, uint64_t *ret)
{
	const char *digits;
	uint64_t n = 0;
	size_t len;

	if (!take_line(t, PROOF_INDEX, &digits, &len) || len == 0 ||
	    (digits[0] == '0' && len > 1))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)digits[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(n, 10U, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			return false;
	}
	*ret = n;
	return true;
}

/* All lines up to the empty one, which is taken too. */
static bool
take_hashes(struct text *t, struct tree_proof *ret)
{
	const char *line;
	size_t len, n;

	for (ret->n = 0; take_line(t, "", &line, &len); ret->n++) {
		if (len == 0)
			return true;
		if (ret->n == TREE_PROOF_MAX ||
		    base64_decode(line, len, ret->hashes[ret->n].bytes,
				  DIGEST_LEN, &n) < 0 ||
		    n != DIGEST_LEN)
			return false;
	}
	return false;
}

static int
check_version(struct text *t, struct err *err)
{
	const char *rest;
	size_t len;

	if (!take_line(t, PROOF_FAMILY, &rest, &len))
		return err_set(err, ERR_INVALID,
			       "not a proof: it does not begin with %.*s",
			       (int)strlen(PROOF_HEAD) - 1, PROOF_HEAD);
	if (len != 2 || memcmp(rest, "v1", 2) != 0)
		return err_set(err, ERR_UNSUPPORTED,
			       "a proof of another version; this build knows "
			       "v1");
	return 0;
}

int
proof_parse(const char *text, size_t len, char *room, struct proof *ret,
	    struct err *err)
{
	struct text t = {text, text + len};
	struct proof p = {.row = room};
	const char *extra;
	size_t extra_len;
	int r;

	r = check_version(&t, err);
	if (r < 0)
		return r;
	if (!take_line(&t, PROOF_EXTRA, &extra, &extra_len))
		return err_set(err, ERR_NOT_FOUND,
			       "a proof without the row, which is expected "
			       "in its line " PROOF_EXTRA
			       "; evidencectl prove SEQ makes one");
	if (base64_decode(extra, extra_len, (uint8_t *)room, ROW_LINE_MAX,
			  &p.row_len) < 0)
		return err_set(err, ERR_INVALID,
			       "proof: the line extra is not the base64 of a "
			       "row");
	if (!take_index(&t, &p.index))
		return err_set(err, ERR_INVALID,
			       "proof: no line with the index of the row");
	if (!take_hashes(&t, &p.path))
		return err_set(err, ERR_INVALID,
			       "proof: a line that is not the base64 of a "
			       "hash, or no empty line behind them");
	p.note = t.at;
	p.note_len = (size_t)(t.end - t.at);
	*ret = p;
	return 0;
}

/* Its bytes are a row, and nothing that a program could misread. */
static int
read_row(const struct proof *p, struct proof_shown *s, struct err *err)
{
	struct row_parts parts;
	struct digest leaf;

	if (row_parse(p->row, p->row_len, &parts) < 0 ||
	    json_check(p->row, p->row_len, &JSON_LEDGER_LIMITS, NULL) < 0)
		return err_set(err, ERR_INVALID,
			       "proof: what it carries has not the form of a "
			       "row");
	leaf = row_leaf(p->row, p->row_len);
	row_from_parts(&s->row, &s->names, p->row, p->row_len, &parts, &leaf);
	return 0;
}

int
proof_check(const struct proof *p, const struct note_key *key,
	    struct proof_shown *ret, struct err *err)
{
	int r;

	r = checkpoint_open(p->note, p->note_len, key, &ret->checkpoint, err);
	if (r == 0)
		r = read_row(p, ret, err);
	if (r < 0)
		return r;
	if (ret->row.seq != p->index)
		return err_set(err, ERR_DAMAGED,
			       "the proof is for row %" PRIu64
			       ", and carries row %" PRIu64,
			       p->index, ret->row.seq);
	if (!tree_check_inclusion(&ret->row.leaf, p->index,
				  ret->checkpoint.size, &p->path,
				  &ret->checkpoint.root))
		return err_set(err, ERR_DAMAGED,
			       "row %" PRIu64
			       " as the proof carries it is not among the "
			       "%" PRIu64 " row%s of the checkpoint",
			       p->index, ret->checkpoint.size,
			       TEXT_PLURAL(ret->checkpoint.size));
	return 0;
}
