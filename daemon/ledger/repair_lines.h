/* The lines of checkpoints.jsonl as a repair sorts them; private to
 * repair*.c. */
#ifndef LEDGER_REPAIR_LINES_H
#define LEDGER_REPAIR_LINES_H

#include "ledger/repair_inside.h"

struct line {
	uint64_t seq, size;
	char *note;
	size_t len;
};

/* By their numbers, each once, and none that no key signed. */
struct lines {
	struct line *at;
	size_t n, room;
	bool whole; /* the file holds these, in this order, and all before */
};

bool line_is_note(const struct line *l, const char *note, size_t len);

void lines_free(struct lines *l);
/* The note is copied.  1: another line has this number, and stays.
 * ERR_NOMEM. */
int lines_add(struct lines *l, uint64_t seq, uint64_t size, const char *note,
	      size_t len);
/* Whether each covers more rows than the one before. */
bool lines_are_ordered(const struct lines *l);
/* Those of a folder that a key signed, as far as the rows so far tell the
 * keys; the last may be spoilt, as by a crash.  placed: only those whose number
 * is that of their place, and no two neighbours that are not ordered.  The
 * caller frees them, also after an error. */
int lines_read(struct repair *r, const struct folder *f, bool placed,
	       struct lines *ret, struct err *err);

#endif
