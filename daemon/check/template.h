/* Templates of a profile: ${name} places that are filled by the daemon. */
#ifndef CHECK_TEMPLATE_H
#define CHECK_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

/* Appends `text` to out with every ${name} replaced by value.  Any other
 * ${...} is ERR_INVALID: what nobody fills must not be sent.  *ret_used (NULL
 * allowed) tells whether the name occurred. */
int template_fill(const char *text, const char *name, const char *value,
		  struct buf *out, bool *ret_used, struct err *err);

/* ${name} occurs in the text. */
bool template_uses(const char *text, const char *name);

/* No control character, so that it cannot end a line of the head. */
bool template_is_plain(const char *text);

#endif
