/* A set of secrets that finds them in any text, whole or in pieces, in the
 * encodings in which other people's programs give them back: as they are,
 * JSON-escaped, percent-encoded and base64-encoded at any alignment.  A piece
 * is any eight bytes in a row; a secret shorter than that is not found. */
#ifndef BASE_SECRETS_H
#define BASE_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secrets {
	uint64_t *slots; /* open addressing; 0 = free */
	size_t cap;	 /* a power of two */
	size_t n;
};

/* `random_only`: of the plain text of the secret only what looks random (hex
 * digits) counts, for a secret that is made of known words around a nonce:
 * the words occur in honest texts, too.  ERR_NOMEM. */
int secrets_add(struct secrets *s, const char *value, size_t len,
		bool random_only);

/* Wipes what it knows and makes it an empty set again. */
void secrets_fini(struct secrets *s);

/* The next find at or after *start.  Pieces that touch are one find.  Returns
 * false when there is none. */
bool secrets_find(const struct secrets *s, const char *text, size_t len,
		  size_t *start, size_t *ret_end);

#endif
