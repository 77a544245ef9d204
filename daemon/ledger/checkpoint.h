/* A checkpoint (C2SP tlog-checkpoint): the head of the tree as a signed note
 * whose text is the origin, the size and the root, a line each. */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H

#include "ledger/note.h"
#include "base/digest.h"

enum {
	CHECKPOINT_ORIGIN_MAX = NOTE_NAME_MAX,
	CHECKPOINT_NOTE_MAX = 64 * 1024 /* bytes that are read */
};

struct checkpoint {
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	uint64_t size; /* rows */
	struct digest root;
};

/* Appends the text. */
void checkpoint_render(struct buf *out, const struct checkpoint *c);
/* Strict.  Lines behind the root are extensions and mean nothing here.
 * ERR_INVALID. */
int checkpoint_parse(const char *text, size_t len, struct checkpoint *ret,
		     struct err *err);

/* Appends the note, signed under the name of the origin. */
int checkpoint_sign(const struct checkpoint *c,
		    const uint8_t seed[NOTE_SEED_LEN], struct buf *out,
		    struct err *err);
/* Only what `key` signed, and whose origin is the name of the key.  Errors of
 * note_verify() and checkpoint_parse(). */
int checkpoint_open(const char *note, size_t len, const struct note_key *key,
		    struct checkpoint *ret, struct err *err);

#endif
