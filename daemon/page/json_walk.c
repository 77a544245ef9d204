/* The gate has checked the grammar, so these functions need no error paths:
 * every string ends, every bracket is closed, the text ends with NUL. */
#include "page/json_walk.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *
skip_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

static const char *
skip_string(const char *p)
{
	for (p++; *p != '"'; p++) {
		if (*p == '\\')
			p++;
	}
	return p + 1;
}

/* The end of the value at p, without recursion. */
static const char *
skip_value(const char *p)
{
	size_t depth = 0;

	do {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		p++;
		if (depth == 0)
			p += strcspn(p, " \t\r\n,:]}");
	} while (depth > 0);
	return p;
}

struct json_slice
json_slice_of(const char *text)
{
	const char *p = skip_space(text);

	return (struct json_slice){p, (size_t)(skip_value(p) - p)};
}

bool
json_cursor_open(struct json_cursor *c, struct json_slice value)
{
	if (value.at[0] != '{' && value.at[0] != '[')
		return false;
	*c = (struct json_cursor){.p = value.at + 1,
				  .object = value.at[0] == '{'};
	return true;
}

bool
json_cursor_next(struct json_cursor *c)
{
	const char *p = skip_space(c->p);

	if (*p == ',')
		p = skip_space(p + 1);
	if (*p == '}' || *p == ']')
		return false;
	if (c->object) {
		c->key = (struct json_slice){p, (size_t)(skip_string(p) - p)};
		p = skip_space(p + c->key.len);
		p = skip_space(p + 1);
	}
	c->value = (struct json_slice){p, (size_t)(skip_value(p) - p)};
	c->p = p + c->value.len;
	return true;
}

static uint32_t
hex4(const char *p)
{
	char digits[5] = {p[0], p[1], p[2], p[3], '\0'};

	return (uint32_t)strtoul(digits, NULL, 16);
}

static void
put_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_putc(out, (char)(0xe0 | c >> 12));
		} else {
			buf_putc(out, (char)(0xf0 | c >> 18));
			buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

/* The escape behind the backslash at p; its length. */
static size_t
decode_escape(const char *p, struct buf *out)
{
	static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
	const char *letter = strchr(letters, *p);
	uint32_t c;

	if (*p != 'u') {
		buf_putc(out, letter == NULL ? *p : meanings[letter - letters]);
		return 1;
	}
	c = hex4(p + 1);
	if (c < 0xd800 || c > 0xdbff) {
		put_utf8(out, c);
		return 5;
	}
	put_utf8(out, 0x10000 + ((c - 0xd800) << 10) + (hex4(p + 7) - 0xdc00));
	return 11;
}

void
json_decode_string(struct json_slice string, struct buf *out)
{
	const char *p = string.at + 1, *end = string.at + string.len - 1;

	while (p < end) {
		const char *stop = memchr(p, '\\', (size_t)(end - p));

		if (stop == NULL)
			stop = end;
		buf_add(out, p, (size_t)(stop - p));
		p = stop < end ? stop + 1 + decode_escape(stop + 1, out) : end;
	}
}

bool
json_string_is(struct json_slice string, const char *text, size_t len)
{
	struct buf decoded = {0};
	bool same;

	if (string.at[0] != '"')
		return false;
	json_decode_string(string, &decoded);
	same = decoded.len == len && memcmp(buf_text(&decoded), text, len) == 0;
	buf_free(&decoded);
	return same;
}
