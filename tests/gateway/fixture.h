/* The fixture files: what the practice gateway answers, byte for byte. */
#ifndef GATEWAY_FIXTURE_H
#define GATEWAY_FIXTURE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* One line of fixtures/INDEX and the file it names. */
struct fixture {
	char *name;
	int status;
	char *type;    /* Content-Type, or NULL */
	char *headers; /* "A: b | C: d", or NULL */
	char *body;
	size_t len;
};

struct fixtures;

/* Reads INDEX and every file that it names. */
int fixtures_load(const char *dir, struct fixtures **ret, struct err *err);
void fixtures_free(struct fixtures *fixtures);
const struct fixture *fixtures_find(const struct fixtures *fixtures,
				    const char *name);

/* What the placeholders stand for.  NULL is the empty text. */
struct words {
	char request_id[513]; /* a credential fits */
	char id[17];
	char location[512];
	char key_mask[16];
	const char *model;
	const char *detail;
	const char *echo;
	bool echo_escaped; /* insert it as it is */
};

/* Appends the template with its placeholders filled in, JSON-escaped when
 * `json`.  A name that is no placeholder is left as it stands. */
void fixture_fill(struct buf *out, const char *text, size_t len,
		  const struct words *words, bool json);

/* Its placeholders are inside JSON strings. */
bool fixture_is_json(const struct fixture *fixture);

/* It is sent with a Content-Encoding and has no placeholders. */
bool fixture_is_packed(const struct fixture *fixture);

#endif
