/* Base64 of RFC 4648, section 4, with padding, in its one canonical form. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

#include <stddef.h>
#include <stdint.h>

/* Characters that n bytes become. */
#define BASE64_LEN(n) (((n) + 2) / 3 * 4)

void base64_add(struct buf *out, const void *bytes, size_t n);

/* The bytes of a text of len characters, at most max of them.  ERR_INVALID:
 * another character than those 64, padding that is wrong or missing, bits
 * behind the last byte that are not zero, or more than max bytes. */
int base64_decode(const char *text, size_t len, uint8_t *out, size_t max,
		  size_t *ret_n);

#endif
