/* What a ledger is: the one line of its LEDGER file, and the row 0 that the
 * line repeats.  The identity itself is the leaf of row 0. */
#ifndef LEDGER_IDENTITY_H
#define LEDGER_IDENTITY_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "ledger/note.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	LEDGER_FORMAT = 1,
	ORIGIN_MAX = NOTE_NAME_MAX,
	SEGMENT_ROWS_MAX = 32768,
	KEY_SEED_LEN = NOTE_SEED_LEN,
	VKEY_MAX = NOTE_VKEY_MAX
};

struct identity {
	char origin[ORIGIN_MAX + 1];
	char vkey[VKEY_MAX + 1]; /* C2SP signed-note verifier key */
	int segment_rows;
	struct digest genesis;
};

/* [A-Za-z0-9._/:-]: it is a key name of C2SP notes as well. */
bool origin_valid(const char *origin);
/* <hostname>/evidenced/<8 random hex>; what a host name must not hold
 * becomes '-'. */
void origin_default(const char *hostname, char out[ORIGIN_MAX + 1]);

/* The verifier key of an Ed25519 seed: name+keyid+base64(0x01 || key). */
int vkey_of_seed(const char *origin, const uint8_t seed[KEY_SEED_LEN],
		 char out[VKEY_MAX + 1], struct err *err);

/* The line of LEDGER, with its LF. */
void identity_render(struct buf *out, const struct identity *id);
/* ERR_UNSUPPORTED: a newer format; ERR_INVALID: not exactly such a line. */
int identity_parse(const char *text, size_t len, struct identity *ret_id,
		   struct err *err);

/* The same out of the line of row 0, which is its own proof.  ERR_INVALID:
 * not such a line; ERR_UNSUPPORTED. */
int identity_of_genesis(const char *line, size_t len, struct identity *ret_id,
			struct err *err);

/* The body of row 0. */
void identity_genesis_body(struct buf *out, const struct identity *id,
			   const char *hostname);
/* 1: this is the body of its row 0, on whatever host; 0: of another one;
 * ERR_NOMEM.  The leaf of row 0
 * is in the identity, but whoever writes another key or origin into LEDGER
 * leaves that as it was. */
int identity_is_of_genesis(const struct identity *id, const char *body,
			   size_t len);

#endif
