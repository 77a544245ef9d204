/* When a checkpoint must have been signed: the signer's turn comes before the
 * first row of a new segment, and 300 s after a row that it has not signed.
 * Here twice that time must have passed, and that twice, because a host may
 * have slept once; and clocks that were set are not believed.  What a crash
 * left must never count as a loss.
 *
 * Rows that a recovery wrote count for nothing, because they stand before the
 * first chance to sign; but behind one that tells of a loss all begins anew,
 * so that a crash before the new checkpoint tells it once. */
#include "ledger/lost.h"
#include "base/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#define STEPPED_KIND "clock.stepped"

enum { DUE_S = 600 };

static const char *const reasons[] = {
    [LOST_LOG] = "checkpoint_log_lost",
    [LOST_OR_NEVER] = "never_signed",
    [LOST_CHECKPOINTS] = "checkpoints_lost",
};

static bool
is_kind(const struct row_parts *row, const char *kind)
{
	return row->kind_len == strlen(kind) &&
	       memcmp(row->kind, kind, row->kind_len) == 0;
}

void
unsigned_rows_note(struct unsigned_rows *u, const struct row_parts *row,
		   uint64_t signed_rows)
{
	bool recovered = is_kind(row, LOST_KIND);
	struct loss loss;

	if (row->seq < signed_rows)
		return;
	if (recovered && lost_parse(row, &loss))
		*u = (struct unsigned_rows){.told = true};
	else if (recovered)
		return;
	if (is_kind(row, STEPPED_KIND))
		u->stepped = true;
	if (!u->any) {
		u->any = true;
		u->first = row->seq;
		u->since = row->at;
	}
	u->last = row->seq;
	if (row->at.us - u->since.us <= DUE_S * INT64_C(1000000))
		return;
	u->overdue++;
	u->since = row->at;
}

const char *
unsigned_rows_due(const struct unsigned_rows *u, uint64_t segment_rows)
{
	if (!u->any)
		return NULL;
	if (u->last / segment_rows > u->first / segment_rows)
		return "a segment is sealed";
	if (!u->stepped && u->overdue > 1)
		return "these rows span more than 300 s";
	return NULL;
}

bool
lost_parse(const struct row_parts *row, struct loss *ret)
{
	struct loss loss = {0};
	struct json_object *o;
	const char *reason;

	if (!is_kind(row, LOST_KIND) ||
	    json_parse(row->body, row->body_len, &JSON_LEDGER_LIMITS, &o,
		       NULL) < 0)
		return false;
	reason = json_get_string(o, "reason", "");
	for (enum lost i = LOST_LOG; i <= LOST_CHECKPOINTS; i++) {
		if (strcmp(reason, reasons[i]) == 0)
			loss.what = i;
	}
	loss.from = (uint64_t)json_get_int(o, "from_seq", 0);
	loss.to = (uint64_t)json_get_int(o, "to_seq", 0) + 1;
	json_object_put(o);
	if (loss.what != LOST_NOTHING)
		*ret = loss;
	return loss.what != LOST_NOTHING;
}

void
lost_body(const struct loss *loss, struct buf *out)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_object_open(&w, NULL);
	json_put_int(&w, "from_seq", (int64_t)loss->from);
	json_put_string(&w, "reason", reasons[loss->what]);
	json_put_int(&w, "to_seq", (int64_t)(loss->to - 1));
	json_object_close(&w);
}

void
lost_words(const struct loss *loss, const char *path, uint64_t seq, char *out,
	   size_t size)
{
	static const char next[] =
	    "compare these rows with the journal (evidencectl verify --level "
	    "4) or with a copy";
	char rows[80];

	snprintf(rows, sizeof(rows), "rows %" PRIu64 " to %" PRIu64, loss->from,
		 loss->to - 1);
	if (loss->what == LOST_LOG)
		snprintf(out, size,
			 "%s/checkpoints.jsonl: its newest lines are missing, "
			 "while the newest checkpoint is there and fits the "
			 "rows; no older one is left for %s; row %" PRIu64
			 " tells of it for ever; %s",
			 path, rows, seq, next);
	else if (loss->what == LOST_OR_NEVER)
		snprintf(out, size,
			 "%s: no checkpoint and no tile is here: an early "
			 "build that signed none wrote it, or both were taken "
			 "away; %s are signed now as they stand, and row "
			 "%" PRIu64 " tells of it for ever; %s",
			 path, rows, seq, next);
	else
		snprintf(out, size,
			 "%s: no checkpoint covers %s, and %s, so one was due: "
			 "it was lost, taken away, or never found room; they "
			 "are signed now as they stand, and row %" PRIu64
			 " tells of it for ever; %s",
			 path, rows, loss->why, seq, next);
}
