/* Members of a canonical JSON object, without building a tree of it: some
 * commands read every row of a ledger, and a tree costs ten times as much.
 *
 * The text passed json_check() and row_body_is_canonical() when it was
 * written (ledger.md, section 1): no white space, keys ascending, and \" and
 * \\ the only escapes.  It is not checked again; whatever breaks the form
 * ends the reading, never leaves the text. */
#ifndef BASE_JSON_PICK_H
#define BASE_JSON_PICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value as it stands in the text; strings with their quotes. */
struct json_slice {
	const char *at; /* NULL: no such member */
	size_t len;
};

/* The values of these members of the first level; names are ascending.
 * false: the text breaks the form, and nothing is picked. */
bool json_pick(const char *text, size_t len, const char *const *names, size_t n,
	       struct json_slice *ret);

/* A string without escapes and quotes, cut off by a NUL; false, and "", where
 * it is no string or does not fit. */
bool json_slice_string(const struct json_slice *slice, char *out, size_t size);
bool json_slice_is(const struct json_slice *slice, const char *text);
/* The element of an array behind the one that ends at *at, which is 0 at
 * first; false: no more of them, or no array. */
bool json_slice_next(const struct json_slice *list, size_t *at,
		     struct json_slice *ret_element);
/* false where it is no integer. */
bool json_slice_int(const struct json_slice *slice, int64_t *ret);

#endif
