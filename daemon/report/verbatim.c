/* A page's own text on a terminal. */
#include "report/writer.h"

/* Control characters, and those that change the direction of what follows:
 * with them a page could show a reader another text than the one that is
 * approved.  Their length in bytes; 0: none of these. */
static size_t
misleading(const unsigned char *s, size_t len)
{
	if ((s[0] < 0x20 && s[0] != '\n' && s[0] != '\t') || s[0] == 0x7f)
		return 1;
	if (len >= 2 && s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
		return 2;
	if (len >= 3 && s[0] == 0xe2 &&
	    ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
	     (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)))
		return 3;
	return 0;
}

void
writer_verbatim(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = misleading((const unsigned char *)text + i, len - i);

		if (n == 0)
			buf_putc(out, text[i++]);
		else
			buf_puts(out, "\xef\xbf\xbd");
		i += n;
	}
}
