/* One spelling for every value: what is read is written again by the same
 * rules, as whoever compares texts expects.  The decoder works on groups of
 * four characters; only the last may hold padding. */
#include "base/base64.h"
#include "base/err.h"

#include <stdbool.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
			     "wxyz0123456789+/";

void
base64_add(struct buf *out, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t bits = (uint32_t)p[i] << 16;
		char group[4];

		if (have > 1)
			bits |= (uint32_t)p[i + 1] << 8;
		if (have > 2)
			bits |= p[i + 2];
		for (int k = 0; k < 4; k++)
			group[k] = digits[bits >> (18 - 6 * k) & 63];
		memset(group + have + 1, '=', 3 - have);
		buf_add(out, group, sizeof(group));
	}
}

/* The 24 bits of four characters, of which `have` are no padding. */
static bool
take_group(const char *text, size_t have, uint32_t *ret_bits)
{
	uint32_t bits = 0;

	for (size_t k = 0; k < 4; k++) {
		const char *digit = digits;

		if (k < have)
			digit =
			    text[k] == '\0' ? NULL : strchr(digits, text[k]);
		else if (text[k] != '=')
			return false;
		if (digit == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(digit - digits);
	}
	*ret_bits = bits;
	return true;
}

/* Of whole groups. */
static size_t
padding(const char *text, size_t len)
{
	if (len == 0 || text[len - 1] != '=')
		return 0;
	return text[len - 2] == '=' ? 2 : 1;
}

int
base64_decode(const char *text, size_t len, uint8_t *out, size_t max,
	      size_t *ret_n)
{
	size_t pad, n = 0;

	if (len % 4 != 0)
		return ERR_INVALID;
	pad = padding(text, len);
	if (len / 4 * 3 - pad > max)
		return ERR_INVALID;
	for (size_t i = 0; i < len; i += 4) {
		size_t have = i + 4 == len ? 4 - pad : 4;
		uint32_t bits;

		if (!take_group(text + i, have, &bits) ||
		    (bits & ((1U << 8 * (4 - have)) - 1)) != 0)
			return ERR_INVALID;
		for (size_t k = 0; k + 1 < have; k++)
			out[n++] = (uint8_t)(bits >> (16 - 8 * k));
	}
	*ret_n = n;
	return 0;
}
