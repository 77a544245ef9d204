/* The checkpoints that were signed: `checkpoint` is the newest, and
 * checkpoints.jsonl has every one, a canonical JSON line each:
 *	{"note":"<the note>","seq":N,"size":N}
 * seq counts the lines from 0; size is the one in the note.  A line is
 * durable before `checkpoint` is replaced. */
#ifndef LEDGER_SIGNED_H
#define LEDGER_SIGNED_H

#include "ledger/checkpoint.h"

enum { SIGNED_LINE_MAX = 4096 }; /* bytes, with LF */

struct signed_line {
	uint64_t seq;
	uint64_t size;	 /* as the note says */
	struct buf note; /* the caller frees it */
};

void signed_line_render(struct buf *out, const char *note, size_t note_len,
			uint64_t seq, uint64_t size);
/* The line without its LF.  ERR_INVALID: not exactly such a line.  The note
 * is that of a checkpoint of this size; its signature is not looked at. */
int signed_line_parse(const char *line, size_t len,
		      struct signed_line *ret_line, struct err *err);

#endif
