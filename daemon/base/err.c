/* Words for errors: one fixed buffer, never an allocation, so that "out of
 * memory" can be said too. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

int
err_set_errno(struct err *err, int code, int errno_value, const char *fmt, ...)
{
	va_list ap;
	char words[96];
	size_t used;

	if (err == NULL)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s",
	    strerror_r(errno_value, words, sizeof(words)));
	return code;
}

const char *
err_name(int code)
{
	static const char *const names[] = {"OK", "ERR_NOMEM", "ERR_IO",
	    "ERR_INVALID", "ERR_NOT_FOUND", "ERR_EXISTS", "ERR_LIMIT",
	    "ERR_DAMAGED", "ERR_BUSY", "ERR_DENIED", "ERR_FULL",
	    "ERR_POISONED", "ERR_UNSUPPORTED"};
	size_t i = (size_t)-code;

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "ERR_UNKNOWN";
}
