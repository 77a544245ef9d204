/* Words for errors: one fixed buffer, never an allocation, so that "out of
 * memory" can be said too.
 *
 * The words are made beside the old ones, which may be among the arguments;
 * where they are too long they are cut between two characters, because they
 * go on into rows and lines that must be valid UTF-8. */
#include "base/err.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ERRNO_WORDS_MAX = 96 };

/* Ends text (of less than `room` bytes) behind its last whole character. */
static void
end_cleanly(char *text, size_t room)
{
	size_t len = strlen(text), start = len;

	if (len + 1 < room)
		return;
	while (start > 0 && len - start < 3 && (text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0)
		return;
	start--;
	if (text_next_char(text, len, &(size_t){start}) < 0)
		text[start] = '\0';
}

static void __attribute__((format(printf, 3, 0)))
set_words(struct err *err, size_t room, const char *fmt, va_list ap)
{
	char words[sizeof(err->text)];

	vsnprintf(words, room, fmt, ap);
	end_cleanly(words, room);
	memcpy(err->text, words, strlen(words) + 1);
}

int
err_set(struct err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return code;
	va_start(ap, fmt);
	set_words(err, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->code = code;
	return code;
}

/* However long the words, what the system says has its room. */
int
err_set_errno(struct err *err, int code, int errno_value, const char *fmt, ...)
{
	char words[ERRNO_WORDS_MAX];
	va_list ap;
	size_t used;

	if (err == NULL)
		return code;
	va_start(ap, fmt);
	set_words(err, sizeof(err->text) - sizeof(words) - 2, fmt, ap);
	va_end(ap);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s",
		 strerror_r(errno_value, words, sizeof(words)));
	err->code = code;
	return code;
}

const char *
err_name(int code)
{
	static const char *const names[] = {"OK",
					    "ERR_NOMEM",
					    "ERR_IO",
					    "ERR_INVALID",
					    "ERR_NOT_FOUND",
					    "ERR_EXISTS",
					    "ERR_LIMIT",
					    "ERR_DAMAGED",
					    "ERR_BUSY",
					    "ERR_DENIED",
					    "ERR_FULL",
					    "ERR_POISONED",
					    "ERR_UNSUPPORTED"};
	int n = (int)(sizeof(names) / sizeof(names[0]));

	return code <= 0 && code > -n ? names[-code] : "ERR_UNKNOWN";
}
