/* The bad line itself is not believed, not even its size: whoever altered it
 * could alter that.  The rows begin behind the newest good line before it, and
 * end with the next good one that covers more; where that has the very number
 * of the bad line, which stands in its way, nothing is gone. */
#include "ledger/log_gap.h"
#include "ledger/inside.h"
#include "ledger/raw.h"
#include "ledger/signed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How the lines are read. */
struct reading {
	uint64_t place; /* of the bad line */
	log_gap_fn *good;
	void *ctx;
	struct log_gap *gap;
	bool ended;
};

static bool
is_good(const struct reading *d, const char *note, size_t len, uint64_t size)
{
	return d->good == NULL || d->good(d->ctx, note, len, size);
}

static void
take_line(struct reading *d, uint64_t place, const struct signed_line *line)
{
	if (line->size <= d->gap->from ||
	    (place == d->place && line->seq == place - 1) ||
	    !is_good(d, buf_text(&line->note), line->note.len, line->size))
		return;
	if (place < d->place) {
		d->gap->from = line->size;
		return;
	}
	d->gap->to = line->seq == d->place - 1 ? d->gap->from : line->size;
	d->ended = true;
}

static int
read_lines(struct reading *d, const char *text, size_t len)
{
	const char *end = text + len, *lf;

	for (uint64_t place = 1; !d->ended && text < end; place++) {
		struct signed_line line;
		int r;

		lf = memchr(text, '\n', (size_t)(end - text));
		if (lf == NULL)
			break;
		r = signed_line_parse(text, (size_t)(lf - text), &line, NULL);
		if (r == ERR_NOMEM)
			return -ENOMEM;
		if (r == 0) {
			take_line(d, place, &line);
			buf_free(&line.note);
		}
		text = lf + 1;
	}
	return 0;
}

static void
end_with_shown(const struct reading *d, const char *note, size_t len)
{
	size_t text_len = note_text_length(note, len);
	struct log_gap *gap = d->gap;
	struct checkpoint c;

	if (text_len == 0 || checkpoint_parse(note, text_len, &c, NULL) < 0 ||
	    c.size == 0 || !is_good(d, note, len, c.size))
		return;
	gap->shown = c.size > gap->from;
	gap->to = gap->shown ? c.size : gap->from;
}

int
log_gap_read(const struct ledger_io *io, int dir, uint64_t place,
	     log_gap_fn *good, void *ctx, struct log_gap *ret)
{
	struct reading d = {
	    .place = place, .good = good, .ctx = ctx, .gap = ret};
	char *text;
	size_t len;
	int r;

	*ret = (struct log_gap){.to = UINT64_MAX};
	r = raw_load(io, dir, LEDGER_CHECKPOINTS_NAME, SIZE_MAX / 2, &text,
		     &len);
	if (r == 0) {
		r = read_lines(&d, text, len);
		free(text);
	}
	if (r < 0 || d.ended)
		return r;
	r = raw_load(io, dir, LEDGER_CHECKPOINT_NAME, CHECKPOINT_NOTE_MAX,
		     &text, &len);
	if (r < 0)
		return r == -ENOENT || r == -EFBIG ? 0 : r;
	end_with_shown(&d, text, len);
	free(text);
	return 0;
}

void
log_gap_words(const struct log_gap *gap, char out[LOG_GAP_WORDS])
{
	if (gap->from >= gap->to)
		snprintf(out, LOG_GAP_WORDS, "no row is touched");
	else
		snprintf(out, LOG_GAP_WORDS,
			 "only %s vouches for rows %" PRIu64 " to %" PRIu64,
			 gap->shown ? "the file checkpoint"
				    : "what was signed later",
			 gap->from, gap->to - 1);
}
