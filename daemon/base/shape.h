/* Credentials of unknown value, told by their general shape: `Bearer` and a
 * token, sk- keys, PEM blocks of private keys, JSON web tokens. */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

/* The first shape that begins at or after `from`.  Takes time in proportion
 * to the text that it goes over, whatever that is. */
bool shape_find(const char *text, size_t len, size_t from, size_t *ret_start,
		size_t *ret_end);

/* Whether a shape begins at i, whatever stands before it: a key that follows
 * a known secret without anything between them. */
bool shape_at(const char *text, size_t len, size_t i, size_t *ret_end);

#endif
