/* A set of secrets that finds them in any text, whole or in pieces, in the
 * encodings in which other people's programs give them back: as they are,
 * with any of their characters escaped as in JSON (once or more than once) or
 * percent-encoded, base64-encoded at any alignment, and in hex digits.  A piece is any eight
 * bytes in a row; a secret shorter than that is not found.
 *
 * Two kinds of pieces say nothing about a secret and are left out where others
 * remain: those of at most two different bytes, and those within the public
 * start of a key ("sk-proj-").  A piece of a time ("26-07-03") is never one. */
#ifndef BASE_SECRETS_H
#define BASE_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secrets {
	uint64_t *slots; /* the pieces; open addressing; 0 = free */
	uint64_t *grams; /* bits: see secrets.c */
	size_t cap;	 /* of slots, a power of two */
	size_t n;
};

/* `random_only`: of the plain text of the secret only what looks random (hex
 * digits) counts, for a secret that is made of known words around a nonce:
 * the words occur in honest texts, too.  ERR_NOMEM. */
int secrets_add(struct secrets *s, const char *value, size_t len,
		bool random_only);

/* Adds the pieces of a text as they are, in no other encoding.  ERR_NOMEM. */
int secrets_add_text(struct secrets *s, const char *text, size_t len);

/* Takes out of s what is in `open`.  ERR_NOMEM, and nothing has changed. */
int secrets_subtract(struct secrets *s, const struct secrets *open);

/* The longest stretch of the value that holds no piece of `open` and none of a
 * time; len when all of it is its own. */
size_t secrets_own(const struct secrets *open, const char *value, size_t len);

/* Wipes what it knows and makes it an empty set again. */
void secrets_fini(struct secrets *s);

struct secrets_find {
	bool any;
	size_t start, end;
};

/* The ways to read a text. */
enum secrets_view {
	SECRETS_PLAIN,	 /* byte by byte */
	SECRETS_JSON,	 /* \u0041, \" and so on are one character */
	SECRETS_NESTED,	 /* as in JSON within JSON: \\\" is one, too */
	SECRETS_PERCENT, /* %41 is one character */
	SECRETS_VIEWS
};

/* A walk over the finds of one text, in order; borrows text and set. */
struct secrets_walk {
	const struct secrets *secrets;
	const char *text;
	size_t len;
	struct secrets_find next[SECRETS_VIEWS];
};

struct secrets_walk secrets_walk_begin(const struct secrets *secrets,
				       const char *text, size_t len);

/* The next find.  Pieces that touch or overlap are one. */
struct secrets_find secrets_walk_next(struct secrets_walk *walk);

#endif
