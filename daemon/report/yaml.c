/* Printable by YAML 1.1 and 1.2: tab, LF, CR, U+0020-7E, U+0085, U+00A0-D7FF,
 * U+E000-FFFD and all above, less the byte order mark.  U+0085, U+2028 and
 * U+2029 are line breaks in 1.1 and would be folded. */
#include "report/yaml.h"

#include <stdint.h>

/* The code point at s of well-formed UTF-8, and its length. */
static uint32_t
decode(const unsigned char *s, size_t *ret_len)
{
	if (s[0] < 0x80) {
		*ret_len = 1;
		return s[0];
	}
	if (s[0] < 0xe0) {
		*ret_len = 2;
		return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
	}
	if (s[0] < 0xf0) {
		*ret_len = 3;
		return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 |
		       (s[2] & 0x3fu);
	}
	*ret_len = 4;
	return (s[0] & 0x07u) << 18 | (s[1] & 0x3fu) << 12 |
	       (s[2] & 0x3fu) << 6 | (s[3] & 0x3fu);
}

static int
needs_escape(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 ||
	       c == 0x2029 || c == 0xfeff || c == 0xfffe || c == 0xffff;
}

void
yaml_quote(struct buf *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t len;

	buf_putc(out, '"');
	for (; *s != '\0'; s += len) {
		uint32_t c = decode(s, &len);

		if (c == '"' || c == '\\')
			buf_putc(out, '\\');
		if (needs_escape(c))
			buf_printf(out, "\\u%04x", c);
		else
			buf_add(out, s, len);
	}
	buf_putc(out, '"');
}

/* JSON's quotes and escapes are YAML's, too; only what YAML calls not
 * printable is escaped beyond. */
void
yaml_of_json(struct buf *out, const char *json)
{
	const unsigned char *s = (const unsigned char *)json;
	size_t len;

	for (; *s != '\0'; s += len) {
		uint32_t c = decode(s, &len);

		if (needs_escape(c))
			buf_printf(out, "\\u%04x", c);
		else
			buf_add(out, s, len);
	}
}
