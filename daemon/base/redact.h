/* The one redaction function: nothing leaves the core or the process by any
 * port without it.
 *
 * A redactor knows the credential values (8 bytes and longer) and finds them
 * whole, JSON-escaped, percent-encoded (any case) and base64-encoded at any
 * of the three alignments, and any 8-byte window of them; and the general
 * shapes of credentials (Bearer tokens, sk- keys, PEM blocks, JWTs). */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include "base/buf.h"
#include "base/err.h"
#include <stdbool.h>

struct redactor;
struct secrets;

enum { REDACT_MIN = 8, REDACT_OWN = 16 };

struct redactor *redactor_new(void);
void redactor_free(struct redactor *r);
/* What is kept of the value is wiped on free.  ERR_INVALID for a value of
 * fewer than REDACT_MIN bytes, which could not be told from ordinary text; the
 * words name the credential, never the value.  ERR_NOMEM. */
int redactor_add(struct redactor *r, const char *name, const void *value,
		 size_t len, struct err *err);

/* A credential that is made of configured names ("support-chat-1234...") or
 * of our own words would take these out of every row.  Pieces that stand in
 * such a text are no secret: those of the values added so far are left alone.
 * ERR_NOMEM. */
int redactor_forgive(struct redactor *r, const char *text, size_t len);

/* Whether the value has a piece that is not kept out of anything, because it
 * stands in a forgiven text or is one of a time, and beside such pieces no
 * REDACT_OWN bytes in a row of its own. */
bool redactor_is_weak(const struct redactor *r, const char *value, size_t len);

/* The same pieces, taken out of a set of the caller's own.  ERR_NOMEM. */
int redactor_spare(const struct redactor *r, struct secrets *own);

/* Appends `in` to out with every hit replaced by "[redacted]"; returns the
 * number of hits.  Never fails for any input bytes. */
size_t redact(const struct redactor *r, const char *in, size_t len,
	      struct buf *out);

/* The same for a JSON text of our own canonical writer: only inside its string
 * values, for its keys, numbers and punctuation are ours.  What comes out is
 * JSON of the same form. */
size_t redact_values(const struct redactor *r, const char *json, size_t len,
		     struct buf *out);

/* True when a value that was added, or a piece of one, stands in the text;
 * what only has the shape of a credential does not count. */
bool redact_known(const struct redactor *r, const char *in, size_t len);

/* True when redact() would change something. */
bool redact_needed(const struct redactor *r, const char *in, size_t len);

#endif
