/* UTF-8 is decoded in one place (text_next_char); everything else builds on it. */
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int32_t
text_next_char(const char *text, size_t len, size_t *i)
{
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *s = (const unsigned char *)text + *i;
	size_t left = len - *i, n;
	int32_t c;

	(*i)++;
	if (s[0] < 0x80)
		return s[0];
	if (s[0] >= 0xc2 && s[0] < 0xe0)
		n = 2, c = s[0] & 0x1f;
	else if (s[0] >= 0xe0 && s[0] < 0xf0)
		n = 3, c = s[0] & 0x0f;
	else if (s[0] >= 0xf0 && s[0] < 0xf5)
		n = 4, c = s[0] & 0x07;
	else
		return -1;
	if (left < n)
		return -1;
	for (size_t k = 1; k < n; k++) {
		if ((s[k] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[k] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*i += n - 1;
	return c;
}

bool
text_is_utf8(const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		if (text_next_char(text, len, &i) <= 0)
			return false;
	}
	return true;
}

int
text_bad_line(const char *text, size_t len)
{
	int line = 1;

	for (size_t i = 0; i < len;) {
		line += text[i] == '\n';
		if (text_next_char(text, len, &i) <= 0)
			break;
	}
	return line;
}

static bool
is_space(int32_t c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0x2028 ||
	       c == 0x2029;
}

/* Embeddings, overrides and isolates: with them a text shows in another order
 * than it has, and turns what is printed behind it around as well. */
static bool
is_direction(int32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void
text_clean(struct buf *out, const char *text, size_t len, size_t max_bytes)
{
	size_t start = out->len, at, i = 0;
	bool space = false;

	while (i < len) {
		int32_t c;

		at = i;
		c = text_next_char(text, len, &i);
		if (is_direction(c))
			continue;
		if (c >= 0 && is_space(c)) {
			space = out->len > start;
			continue;
		}
		if (out->len - start + (space ? 1 : 0) + (c < 0 ? 3 : i - at) >
		    max_bytes)
			break;
		if (space)
			buf_putc(out, ' ');
		space = false;
		if (c < 0)
			buf_puts(out, "\xef\xbf\xbd");
		else
			buf_add(out, text + at, i - at);
	}
}

static bool
is_label_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool
text_is_label(const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || n > 40 || !is_label_char(text[0]))
		return false;
	for (size_t i = 1; i < n; i++) {
		if (!is_label_char(text[i]) && text[i] != '-')
			return false;
	}
	return true;
}

enum { SUGGEST_MAX = 64 };

/* Levenshtein distance with one row of memory. */
static size_t
distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), row[SUGGEST_MAX + 1];

	if (na > SUGGEST_MAX || nb > SUGGEST_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *
text_suggest(const char *word, const char *const *candidates, size_t n)
{
	size_t best = 1 + strlen(word) / 4 + 1;
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, candidates[i]);

		if (d < best) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}

uint32_t
text_hash(const char *text, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 16777619u;
	return h;
}
