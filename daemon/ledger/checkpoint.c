/* The text of a checkpoint is valid iff it is lines that each end in LF and
 * are not empty: an origin; a decimal number below 2^64 without leading
 * zeros; the base64 of 32 bytes; then any others. */
#include "ledger/checkpoint.h"
#include "base/base64.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

void
checkpoint_render(struct buf *out, const struct checkpoint *c)
{
	buf_printf(out, "%s\n%" PRIu64 "\n", c->origin, c->size);
	base64_add(out, c->root.bytes, DIGEST_LEN);
	buf_putc(out, '\n');
}

struct line {
	const char *text;
	size_t len;
};

/* *p is left behind the LF of the line.  False: no line, or an empty one. */
static bool
take_line(const char **p, const char *end, struct line *ret)
{
	const char *lf = memchr(*p, '\n', (size_t)(end - *p));

	if (lf == NULL || lf == *p)
		return false;
	*ret = (struct line){*p, (size_t)(lf - *p)};
	*p = lf + 1;
	return true;
}

static bool
read_size(const struct line *line, uint64_t *ret)
{
	uint64_t n = 0;

	if (line->text[0] == '0' && line->len > 1)
		return false;
	for (size_t i = 0; i < line->len; i++) {
		unsigned digit = (unsigned)line->text[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(n, 10U, &n) ||
		    __builtin_add_overflow(n, digit, &n))
			return false;
	}
	*ret = n;
	return true;
}

static bool
take_extensions(const char *p, const char *end)
{
	struct line line;

	while (p < end) {
		if (!take_line(&p, end, &line))
			return false;
	}
	return true;
}

int
checkpoint_parse(const char *text, size_t len, struct checkpoint *ret,
		 struct err *err)
{
	const char *p = text, *end = text + len;
	struct line origin, size, root;
	struct checkpoint c = {0};
	size_t n;

	if (!take_line(&p, end, &origin) || !take_line(&p, end, &size) ||
	    !take_line(&p, end, &root) || !take_extensions(p, end))
		return err_set(err, ERR_INVALID,
			       "not a checkpoint: it has the lines origin, "
			       "size and root");
	if (origin.len > CHECKPOINT_ORIGIN_MAX ||
	    memchr(origin.text, '\0', origin.len) != NULL)
		return err_set(err, ERR_INVALID,
			       "checkpoint: its origin is longer than %d bytes",
			       CHECKPOINT_ORIGIN_MAX);
	if (!read_size(&size, &c.size))
		return err_set(err, ERR_INVALID,
			       "checkpoint: its size is no number of rows");
	if (base64_decode(root.text, root.len, c.root.bytes, DIGEST_LEN, &n) <
		0 ||
	    n != DIGEST_LEN)
		return err_set(err, ERR_INVALID,
			       "checkpoint: its root is not the base64 of a "
			       "hash");
	memcpy(c.origin, origin.text, origin.len);
	*ret = c;
	return 0;
}

int
checkpoint_sign(const struct checkpoint *c, const uint8_t seed[NOTE_SEED_LEN],
		struct buf *out, struct err *err)
{
	struct buf text = {0};
	int r;

	checkpoint_render(&text, c);
	if (text.failed)
		r = err_set(err, ERR_NOMEM, "no memory for a checkpoint");
	else
		r = note_sign(text.data, text.len, c->origin, seed, out, err);
	buf_free(&text);
	return r;
}

int
checkpoint_open(const char *note, size_t len, const struct note_key *key,
		struct checkpoint *ret, struct err *err)
{
	struct checkpoint c;
	size_t text_len;
	int r;

	r = note_verify(note, len, key, 1, &text_len, err);
	if (r == 0)
		r = checkpoint_parse(note, text_len, &c, err);
	if (r < 0)
		return r;
	if (strcmp(c.origin, key->name) != 0)
		return err_set(err, ERR_INVALID,
			       "checkpoint of %s, signed by the key of %s",
			       c.origin, key->name);
	*ret = c;
	return 0;
}
