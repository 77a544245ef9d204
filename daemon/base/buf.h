/* A growable byte buffer, always NUL-terminated.
 *
 * Failure to grow is sticky: `failed` is set, later additions do nothing, and
 * the caller checks once at the end.  A zeroed struct is a valid empty one. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *data; /* NULL while nothing was ever added */
	size_t len;
	size_t cap;
	bool failed;
};

void buf_init(struct buf *b);
void buf_free(struct buf *b);  /* releases and makes it empty again */
void buf_reset(struct buf *b); /* empty, keeps the memory */

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* The text; "" while empty.  Valid until the next change. */
const char *buf_text(const struct buf *b);

/* Hands the text (malloc'd, never NULL unless failed) to the caller and
 * leaves the buffer empty. */
char *buf_steal(struct buf *b);

#endif
