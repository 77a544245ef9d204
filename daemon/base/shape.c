/* Each shape is noticed by a letter of it that is rare in text: the J of
 * "eyJ", the k of "sk-", the b of "bearer", the G of "BEGIN".  What stands
 * around that letter is then looked at.
 *
 * Shapes are drawn narrowly enough that prose keeps its words: a key begins
 * where a word begins, has a length, and holds a run of characters that no
 * word or placeholder is made of ("sk-your-api-key-here" is none).
 *
 * No character is gone over more often than once for each kind of shape: a
 * run of key characters is read from its beginning only, the search goes on
 * behind it, and a PEM block is read to the next dashes. */
#include "base/shape.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum {
	TOKEN_MIN = 12,	   /* characters after "Bearer " or "sk-" */
	RUN_LONG = 16,	   /* letters and digits in a row: no word */
	RUN_MIXED = 8,	   /* the same with a digit among them */
	RUN_DIGITS = 5,	   /* digits among the letters of any run */
	JWT_PART_MIN = 8,  /* of each of the three parts */
	PEM_BODY_MIN = 16, /* letters and digits in a row in a block */
	PEM_LABEL_MAX = 64
};

struct text {
	const char *at;
	size_t len;
	size_t begin; /* a key can begin here, too; SIZE_MAX: nowhere */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Of keys, and of each part of a web token. */
static bool
is_key_char(char c)
{
	return is_alnum(c) || c == '-' || c == '_';
}

static bool
is_token_char(char c)
{
	return is_key_char(c) || c == '.' || c == '~' || c == '+' || c == '/' ||
	       c == '=';
}

static bool
is_pem_char(char c)
{
	return is_alnum(c) || (c != '\0' && strchr("+/= \t\r\n\\,:.-", c));
}

static size_t
run_end(const struct text *t, size_t i, bool (*belongs)(char))
{
	while (i < t->len && belongs(t->at[i]))
		i++;
	return i;
}

static bool
has_at(const struct text *t, size_t i, const char *word)
{
	size_t n = strlen(word);

	return i <= t->len && t->len - i >= n &&
	       memcmp(t->at + i, word, n) == 0;
}

/* Whether the n characters before i are all hex digits. */
static bool
hex_before(const struct text *t, size_t i, size_t n)
{
	for (size_t k = 1; k <= n; k++) {
		if (!is_hex(t->at[i - k]))
			return false;
	}
	return true;
}

/* A key can begin at i: at the start, behind what is no key character, or
 * behind an escape ("\n", "%3D", "\u003d"). */
static bool
begins(const struct text *t, size_t i)
{
	if (i == 0 || i == t->begin || !is_key_char(t->at[i - 1]))
		return true;
	if (i >= 2 && t->at[i - 2] == '\\' && strchr("bfnrt", t->at[i - 1]))
		return true;
	if (i >= 3 && t->at[i - 3] == '%' && hex_before(t, i, 2))
		return true;
	return i >= 6 && t->at[i - 6] == '\\' && t->at[i - 5] == 'u' &&
	       hex_before(t, i, 4);
}

/* Letters and digits in a row from i to end: too long for a word, or too full
 * of digits.  Two different characters alone are a placeholder. */
static bool
is_random_run(const struct text *t, size_t i, size_t end)
{
	size_t n = end - i, digits = 0, others = 0;
	char first = t->at[i], second = first;

	for (; i < end; i++) {
		char c = t->at[i];

		digits += is_digit(c);
		if (second == first)
			second = c;
		others += c != first && c != second;
	}
	return others > 0 && (n >= RUN_LONG || (n >= RUN_MIXED && digits > 0) ||
			      digits >= RUN_DIGITS);
}

static bool
has_random_run(const struct text *t, size_t i, size_t end)
{
	while (i < end) {
		size_t stop = run_end(t, i, is_alnum);

		if (stop > end)
			stop = end;
		if (stop > i && is_random_run(t, i, stop))
			return true;
		i = stop + 1;
	}
	return false;
}

/* A find, and where the search goes on when it was none. */
struct shape {
	bool any;
	size_t start, end;
};

/* "Bearer" and blanks stay; the token goes. */
static void
bearer(const struct text *t, size_t b, struct shape *ret)
{
	size_t i = b + 6;

	if (t->len - b < 6 || strncasecmp(t->at + b, "bearer", 6) != 0)
		return;
	for (;;) {
		if (has_at(t, i, " "))
			i++;
		else if (has_at(t, i, "%20"))
			i += 3;
		else
			break;
	}
	if (i == b + 6)
		return;
	ret->start = i;
	ret->end = run_end(t, i, is_token_char);
	ret->any = ret->end - i >= TOKEN_MIN && has_random_run(t, i, ret->end);
}

/* `k` is the place of the k of "sk-". */
static void
api_key(const struct text *t, size_t k, struct shape *ret)
{
	size_t from = k + 2;

	if (k == 0 || t->at[k - 1] != 's' || !has_at(t, k + 1, "-") ||
	    !begins(t, k - 1))
		return;
	ret->start = k - 1;
	ret->end = run_end(t, from, is_key_char);
	ret->any =
	    ret->end - from >= TOKEN_MIN && has_random_run(t, from, ret->end);
}

/* `j` is the place of the J of "eyJ", which is base64 for the start of a JSON
 * object. */
static void
web_token(const struct text *t, size_t j, struct shape *ret)
{
	size_t from = j - 2, end;

	if (j < 2 || memcmp(t->at + from, "ey", 2) != 0 || !begins(t, from))
		return;
	ret->start = from;
	for (int part = 0; part < 3; part++) {
		end = run_end(t, from, is_key_char);
		ret->end = end;
		if (end - from < JWT_PART_MIN ||
		    (part < 2 && (end >= t->len || t->at[end] != '.')))
			return;
		from = end + 1;
	}
	ret->any = true;
}

/* The end of the line "-----END ...-----" that begins at i, else i. */
static size_t
pem_end_line(const struct text *t, size_t i)
{
	size_t end = i + 9;

	if (!has_at(t, i, "-----END "))
		return i;
	while (end < t->len && end < i + 9 + PEM_LABEL_MAX && t->at[end] != '-')
		end++;
	return has_at(t, end, "-----") ? end + 5 : i;
}

/* `g` is the place of the G of "-----BEGIN".  A block never goes beyond what a
 * block is made of: a text that is cut has no end line. */
static void
pem_block(const struct text *t, size_t g, struct shape *ret)
{
	size_t label = g + 4, body, end;

	if (g < 7 || !has_at(t, g - 7, "-----BEGIN "))
		return;
	for (body = label; body < t->len && body < label + PEM_LABEL_MAX;
	     body++) {
		if (t->at[body] == '-')
			break;
	}
	if (!has_at(t, body, "-----") ||
	    memmem(t->at + label, body - label, "PRIVATE KEY", 11) == NULL)
		return;
	body += 5;
	for (end = body; end < t->len && is_pem_char(t->at[end]); end++) {
		if (has_at(t, end, "-----"))
			break;
	}
	ret->start = g - 7;
	ret->end = pem_end_line(t, end);
	for (size_t i = body; i < end && !ret->any; i++) {
		size_t stop = run_end(t, i, is_alnum);

		ret->any = stop - i >= PEM_BODY_MIN;
		i = stop;
	}
}

/* The letters by which the shapes are noticed. */
static const unsigned char noticed[UINT8_MAX + 1] = {
    ['b'] = 1, ['B'] = 1, ['k'] = 1, ['J'] = 1, ['G'] = 1,
};

static void
shape_around(const struct text *t, size_t i, struct shape *ret)
{
	switch (t->at[i]) {
	case 'b':
	case 'B':
		bearer(t, i, ret);
		break;
	case 'k':
		api_key(t, i, ret);
		break;
	case 'J':
		web_token(t, i, ret);
		break;
	default:
		pem_block(t, i, ret);
	}
}

bool
shape_find(const char *text, size_t len, size_t from, size_t *ret_start,
	   size_t *ret_end)
{
	const struct text t = {text, len, SIZE_MAX};

	for (size_t i = from; i < len; i++) {
		struct shape shape = {0};

		if (!noticed[(unsigned char)text[i]])
			continue;
		shape_around(&t, i, &shape);
		if (!shape.any)
			continue;
		*ret_start = shape.start;
		*ret_end = shape.end;
		return true;
	}
	return false;
}

bool
shape_at(const char *text, size_t len, size_t i, size_t *ret_end)
{
	/* Where in a shape the letter stands by which it is noticed. */
	static const size_t places[] = {0, 1, 2, 7};
	const struct text t = {text, len, i};

	for (size_t k = 0; k < sizeof(places) / sizeof(places[0]); k++) {
		size_t place = i + places[k];
		struct shape shape = {0};

		if (place >= len || !noticed[(unsigned char)text[place]])
			continue;
		shape_around(&t, place, &shape);
		if (shape.any && shape.start == i) {
			*ret_end = shape.end;
			return true;
		}
	}
	return false;
}
