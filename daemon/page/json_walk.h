/* Steps through JSON text that json_check() has let through.
 *
 * Nothing is converted: a parsed number is no longer the number that was
 * published (0.150 is not 0.15 to a reader who compares), so values stay
 * slices of the source. */
#ifndef PAGE_JSON_WALK_H
#define PAGE_JSON_WALK_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* One value in the text, without white space around it. */
struct json_slice {
	const char *at;
	size_t len;
};

/* Steps over the members of an object or the elements of an array. */
struct json_cursor {
	const char *p;
	bool object;
	struct json_slice key; /* in objects: as written, with quotes */
	struct json_slice value;
};

/* The value of a whole, NUL-terminated text. */
struct json_slice json_slice_of(const char *text);

/* False when the value is neither object nor array. */
bool json_cursor_open(struct json_cursor *cursor, struct json_slice value);
/* False at the end. */
bool json_cursor_next(struct json_cursor *cursor);

/* What a string slice means. */
void json_decode_string(struct json_slice string, struct buf *out);
/* True for a string slice that means this text. */
bool json_string_is(struct json_slice string, const char *text, size_t len);

/* Follows an RFC 6901 pointer from *value, with one addition:
 * "[member=value]" behind a reference token takes the element of that array
 * whose member is that string, as in "/data[id=some-model]/pricing".  The
 * value ends at the "]" before the next "/" or the end, so it may contain
 * both.  0; ERR_NOT_FOUND, also when more than one element matches: of two
 * records for one model neither can be trusted; ERR_INVALID when a member on
 * the way stands there twice in two spellings. */
int json_pointer_follow(const char *pointer, struct json_slice *value);

#endif
