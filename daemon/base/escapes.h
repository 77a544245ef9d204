/* One character of a text in which characters may be escaped. */
#ifndef BASE_ESCAPES_H
#define BASE_ESCAPES_H

#include <stddef.h>

struct escapes_char {
	unsigned char bytes[4]; /* UTF-8 when it was an escape for it */
	size_t n;
	size_t used; /* bytes of the text, at least 1 */
};

/* Reads what is at p, with `left` > 0 bytes of text there.  What is no escape
 * is itself, one byte. */
typedef void escapes_read_fn(const char *p, size_t left,
			     struct escapes_char *ret);

/* \" \\ \/ \b \f \n \r \t \u0041, and surrogate pairs */
void escapes_read_json(const char *p, size_t left, struct escapes_char *ret);

/* The same with any number of backslashes for one, as in a JSON text that is
 * a string of another. */
void escapes_read_nested(const char *p, size_t left, struct escapes_char *ret);

/* %41 */
void escapes_read_percent(const char *p, size_t left, struct escapes_char *ret);

#endif
