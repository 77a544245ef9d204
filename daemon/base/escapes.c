/* Each reader looks only forward from p and keeps nothing, so that a search
 * can start anywhere. */
#include "base/escapes.h"

#include <stdbool.h>
#include <stdint.h>

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* n hex digits at p; false when there are fewer. */
static bool
hex_number(const char *p, size_t left, size_t n, uint32_t *ret)
{
	uint32_t number = 0;

	if (left < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int v = hex_value(p[i]);

		if (v < 0)
			return false;
		number = number << 4 | (uint32_t)v;
	}
	*ret = number;
	return true;
}

static void
one_byte(struct escapes_char *c, unsigned char byte, size_t used)
{
	c->bytes[0] = byte;
	c->n = 1;
	c->used = used;
}

static void
code_point(struct escapes_char *c, uint32_t code, size_t used)
{
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};

	c->n = n;
	c->used = used;
	while (n > 1) {
		c->bytes[--n] = (unsigned char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	c->bytes[0] = (unsigned char)(first[c->n] | code);
}

/* The four digits behind "\u" at p, and the low half of a pair when it
 * follows; `slashes` backslashes precede each "u". */
static bool
read_unicode(const char *p, size_t left, size_t slashes,
	     struct escapes_char *ret)
{
	size_t used = slashes + 5, low_at = used + slashes;
	uint32_t high, low;

	if (!hex_number(p + slashes + 1, left - slashes - 1, 4, &high))
		return false;
	if (high >= 0xd800 && high < 0xdc00 && left > low_at + 1 &&
	    p[used] == '\\' && p[low_at] == 'u' &&
	    hex_number(p + low_at + 1, left - low_at - 1, 4, &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		code_point(ret,
			   0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00),
			   low_at + 5);
		return true;
	}
	code_point(ret, high, used);
	return true;
}

/* What a backslash makes of c, or -1. */
static int
short_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/':
		return c;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return -1;
	}
}

/* An escape of `slashes` backslashes, of which there are as many at p. */
static bool
read_escape(const char *p, size_t left, size_t slashes,
	    struct escapes_char *ret)
{
	int byte;

	if (left <= slashes)
		return false;
	if (p[slashes] == 'u')
		return read_unicode(p, left, slashes, ret);
	byte = short_escape(p[slashes]);
	if (byte < 0)
		return false;
	one_byte(ret, (unsigned char)byte, slashes + 1);
	return true;
}

void
escapes_read_json(const char *p, size_t left, struct escapes_char *ret)
{
	if (p[0] != '\\' || !read_escape(p, left, 1, ret))
		one_byte(ret, (unsigned char)p[0], 1);
}

void
escapes_read_nested(const char *p, size_t left, struct escapes_char *ret)
{
	size_t slashes = 0;

	while (slashes < left && p[slashes] == '\\')
		slashes++;
	if (slashes > 0 && read_escape(p, left, slashes, ret))
		return;
	one_byte(ret, (unsigned char)p[0], slashes > 1 ? slashes : 1);
}

void
escapes_read_percent(const char *p, size_t left, struct escapes_char *ret)
{
	uint32_t byte;

	if (p[0] == '%' && hex_number(p + 1, left - 1, 2, &byte))
		one_byte(ret, (unsigned char)byte, 3);
	else
		one_byte(ret, (unsigned char)p[0], 1);
}
