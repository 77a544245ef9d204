/* A start reads the last lines of checkpoints.jsonl alone.  Here all lines
 * before them are read after all, a piece to a batch of the worker: each must
 * be the line of a checkpoint, under the next number, and cover more rows than
 * the one before.  So a line that was taken out, put in or spoilt is found by
 * the daemon, too, unless those behind it got new numbers: nothing signs these.
 * Signatures and roots are a matter of verification.
 *
 * What is read was durable when the daemon started, and nothing before its end
 * is written any more: so the reading ends, whatever is signed meanwhile.  No
 * probe is sent before: money is spent only where the log bears out what was.
 * Rows and checkpoints do not wait for its end, for a stop before that would
 * leave rows that nothing signed, which the next start would tell as a loss.
 *
 * What the disk does not give back is told and is no damage, as with a sealed
 * segment: nothing says that it is another.  Then probes are sent, and the next
 * start reads again. */
#include "ledger/inside.h"
#include "ledger/log_gap.h"
#include "ledger/raw.h"
#include "ledger/signed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 256 * 1024, WHY_SIZE = 160 };

void
log_check_from(struct ledger *l)
{
	const struct signer *s = &l->signer;

	l->log_check =
	    (struct log_check){.end = s->log_end,
			       .count = s->count,
			       .next = s->logged ? UINT64_MAX : s->newest.size};
	l->log_unread = log_check_is_due(l);
}

bool
log_check_is_due(const struct ledger *l)
{
	const struct log_check *c = &l->log_check;

	return c->at < c->end || c->lines != c->count;
}

static int
bad_line(struct ledger *l, const struct log_check *c)
{
	struct log_gap gap;
	char why[WHY_SIZE];

	if (log_gap_read(&l->io, l->dir, c->lines + 1, NULL, NULL, &gap) < 0)
		gap = (struct log_gap){.from = c->rows, .to = UINT64_MAX};
	if (gap.to == UINT64_MAX)
		gap.to = l->signer.newest.size;
	snprintf(why, sizeof(why),
		 LEDGER_CHECKPOINTS_NAME ", line %" PRIu64
					 ": not the checkpoint that belongs "
					 "there, or one is gone before it",
		 c->lines + 1);
	if (gap.to <= gap.from)
		return batch_damage(l, 1, 0, why);
	return batch_damage(l, gap.from, gap.to - 1, why);
}

static int
check_line(struct ledger *l, struct log_check *c, const char *line, size_t len)
{
	struct signed_line parsed;
	uint64_t rows;
	bool good;
	int r = signed_line_parse(line, len, &parsed, NULL);

	if (r == ERR_NOMEM)
		return err_set(&l->batch.err, r, "no memory for a checkpoint");
	if (r < 0)
		return bad_line(l, c);
	rows = parsed.size;
	good = parsed.seq == c->lines && rows > c->rows;
	buf_free(&parsed.note);
	if (!good)
		return bad_line(l, c);
	c->lines++;
	c->rows = rows;
	c->at += (int64_t)len + 1;
	return c->lines < c->count || c->rows < c->next ? 0 : bad_line(l, c);
}

static int
check_piece(struct ledger *l, struct log_check *c, const char *text, size_t len)
{
	const char *end = text + len, *lf;
	int r = 0;

	if (memchr(text, '\n', len) == NULL)
		return bad_line(l, c);
	for (; r == 0 && text < end; text = lf + 1) {
		lf = memchr(text, '\n', (size_t)(end - text));
		if (lf == NULL)
			break;
		r = check_line(l, c, text, (size_t)(lf - text));
	}
	return r;
}

/* A file that is gone has no lines; nor has what stands in its place. */
static int
read_piece(struct ledger *l, const struct log_check *c, char *out, size_t *len)
{
	int64_t left = c->end - c->at;
	int fd = l->io.open_file(l->io.ctx, l->dir, LEDGER_CHECKPOINTS_NAME,
				 O_RDONLY, 0);
	int r;

	*len = 0;
	if (fd == -ENOENT || fd == -LEDGER_NOT_A_FILE)
		return 0;
	if (fd < 0)
		return fd;
	r = raw_read(&l->io, fd, out, left < PIECE ? (size_t)left : PIECE,
		     c->at, len);
	l->io.close(l->io.ctx, fd);
	return r;
}

int
log_check_batch(struct ledger *l)
{
	struct log_check c = l->log_check;
	char *piece = malloc(PIECE);
	size_t len = 0;
	int r;

	if (piece == NULL)
		return err_set(&l->batch.err, ERR_NOMEM,
			       "no memory for checkpoints");
	r = read_piece(l, &c, piece, &len);
	if (r < 0)
		r = raw_error(&l->batch.err, r, "%s/" LEDGER_CHECKPOINTS_NAME,
			      l->path);
	else
		r = check_piece(l, &c, piece, len);
	free(piece);
	if (r == 0)
		l->log_check = c;
	return r;
}
