/* JSON: a canonical writer, and a strict gate in front of json-c.
 *
 * The writer renders RFC 8785 (JCS) for the subset that the ledger allows:
 * objects whose keys are [a-z][a-z0-9_]{0,63}, arrays, strings, integers of
 * at most 53 bits, true, false, null; no floating point, no white space.
 * Keys must be given in ascending byte order: that is asserted, because a
 * wrong order is a bug of ours and never input.
 *
 * The gate (json_check) accepts exactly RFC 8259 texts that json-c would
 * misread if they were not refused: duplicate keys, \u0000, lone
 * surrogates, invalid UTF-8, integers beyond 53 bits (only with
 * `ledger_limits`), too much depth. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

enum { JSON_DEPTH_MAX = 12, JSON_KEY_MAX = 64 };

struct json_writer {
	struct buf *out; /* borrowed */
	int depth;
	bool invalid; /* sticky: a string was not clean, or a number too big */
	struct {
		bool array;
		bool first;
		char last_key[JSON_KEY_MAX + 1];
	} level[JSON_DEPTH_MAX];
};

void json_writer_init(struct json_writer *w, struct buf *out);

/* `key` is NULL inside arrays and at the top. */
void json_object_open(struct json_writer *w, const char *key);
void json_object_close(struct json_writer *w);
void json_array_open(struct json_writer *w, const char *key);
void json_array_close(struct json_writer *w);
void json_put_string(struct json_writer *w, const char *key, const char *text);
void json_put_string_n(struct json_writer *w, const char *key, const char *text,
		       size_t len);
void json_put_int(struct json_writer *w, const char *key, int64_t n);
void json_put_bool(struct json_writer *w, const char *key, bool value);
void json_put_null(struct json_writer *w, const char *key);
/* Already canonical JSON text, inserted as it is. */
void json_put_raw(struct json_writer *w, const char *key, const char *json,
		  size_t len);
/* string when not NULL, else null */
void json_put_string_or_null(struct json_writer *w, const char *key,
			     const char *text);

/* No level open, nothing invalid, memory did not run out. */
bool json_writer_ok(const struct json_writer *w);

/* Appends text as a quoted JSON string with JCS escapes.  false when it is
 * not valid UTF-8 (then nothing is added). */
bool json_quote(struct buf *out, const char *text, size_t len);

struct json_limits {
	int depth;	     /* of nesting */
	size_t members;	     /* per object */
	size_t elements;     /* per array */
	size_t string_bytes; /* per string, as written */
	bool ledger;	     /* integers only, |n| <= 2^53-1, no control
				    characters even when escaped */
};

extern const struct json_limits JSON_LEDGER_LIMITS;  /* ledger.md, section 1 */
extern const struct json_limits JSON_FOREIGN_LIMITS; /* other people's JSON */

/* One whole JSON value and nothing after it but white space.  ERR_INVALID
 * with the byte offset in words; ERR_NOMEM. */
int json_check(const char *text, size_t len, const struct json_limits *limits,
	       struct err *err);

/* To the first byte at or behind p that does not stand for itself in a string
 * of any JSON: a quote, a backslash, a control character, or one that is not
 * ASCII. */
const char *json_skip_plain(const char *p, const char *end);

/* json_check(), then json-c.  The caller owns *ret_value (json_object_put). */
int json_parse(const char *text, size_t len, const struct json_limits *limits,
	       struct json_object **ret_value, struct err *err);

/* Typed look-ups in an object that json_parse() made: the member's value, or
 * the default when it is absent, null or of another type. */
const char *json_get_string(struct json_object *o, const char *key,
			    const char *absent);
int64_t json_get_int(struct json_object *o, const char *key, int64_t absent);
bool json_get_bool(struct json_object *o, const char *key, bool absent);
/* The member (borrowed) or NULL. */
struct json_object *json_get(struct json_object *o, const char *key);
/* Whether the text is an element of the list; of what is none, false. */
bool json_holds(struct json_object *list, const char *text);

#endif
