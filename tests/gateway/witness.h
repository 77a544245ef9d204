/* The witness: a journal of every request as it arrived, independent of the
 * client's own records.  Names of keys stand in it, never their values. */
#ifndef GATEWAY_WITNESS_H
#define GATEWAY_WITNESS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct visit;
struct evhttp_request;

/* The Authorization header as a stranger reads it. */
enum credential_form {
	CREDENTIAL_NONE,
	CREDENTIAL_BEARER,
	CREDENTIAL_MALFORMED /* another scheme, more than one, odd bytes */
};

enum { CREDENTIAL_MAX = 512 };

struct credential {
	enum credential_form form;
	char value[CREDENTIAL_MAX + 1]; /* "" unless BEARER */
};

void credential_read(struct evhttp_request *req, struct credential *ret);

struct witness {
	struct buf lines; /* JSON lines, oldest first */
	int64_t n;	  /* ever */
};

void witness_free(struct witness *witness);
void witness_clear(struct witness *witness);

/* One line.  `behaviour` and `fixture` may be NULL. */
void witness_note(const struct visit *visit, const char *behaviour,
		  const char *fixture, int status);

#endif
