/* A strict JSON scanner: it builds nothing, it only refuses.
 *
 * Duplicate keys are found per object by comparing the raw key texts; keys
 * with escapes are compared after decoding would be needed, so an escaped
 * key is refused in the ledger and, for foreign JSON, compared raw (two
 * spellings of one key are not ours to judge). */
#include "base/json.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const struct json_limits JSON_LEDGER_LIMITS = {
    .depth = 9, /* the row itself and eight levels of body */
    .members = 128,
    .elements = 1024,
    .string_bytes = 4096,
    .ledger = true,
};

const struct json_limits JSON_FOREIGN_LIMITS = {
    .depth = 64,
    .members = 4096,
    .elements = 65536,
    .string_bytes = SIZE_MAX,
    .ledger = false,
};

struct scanner {
	const char *start, *p, *end;
	const struct json_limits *limits;
	int depth;
	const char *why;
	int code; /* that goes with `why` */
};

struct key {
	const char *text;
	size_t len;
};

static bool scan_value(struct scanner *s);

static const uint64_t ONES = UINT64_C(0x0101010101010101);
static const uint64_t HIGHS = UINT64_C(0x8080808080808080);

/* The high bit of some byte is set when one of the eight is `c`. */
static uint64_t
has(uint64_t eight, unsigned char c)
{
	uint64_t x = eight ^ (ONES * c);

	return (x - ONES) & ~x & HIGHS;
}

/* Eight bytes at a time: long strings are what most of a row is. */
const char *
json_skip_plain(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t x;

		memcpy(&x, p, sizeof(x));
		/* x - 0x20... borrows from a control character */
		if ((((x - ONES * 0x20) | x) & HIGHS) != 0 || has(x, '"') ||
		    has(x, '\\') || has(x, 0x7f))
			break;
		p += 8;
	}
	while (p < end && *p >= 0x20 && *p < 0x7f && *p != '"' && *p != '\\')
		p++;
	return p;
}

static bool
refuse(struct scanner *s, const char *why)
{
	if (s->why == NULL)
		s->why = why;
	return false;
}

static void
skip_space(struct scanner *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' ||
				 *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool
take(struct scanner *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static int
hex4(const char *p)
{
	int n = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];

		n <<= 4;
		if (c >= '0' && c <= '9')
			n |= c - '0';
		else if (c >= 'a' && c <= 'f')
			n |= c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			n |= c - 'A' + 10;
		else
			return -1;
	}
	return n;
}

/* Behind "\u": one code unit, and its second half if it is a surrogate. */
static bool
scan_unicode_escape(struct scanner *s)
{
	int unit, low;

	if (s->end - s->p < 4 || (unit = hex4(s->p)) < 0)
		return refuse(s, "bad \\u escape");
	s->p += 4;
	if (unit == 0)
		return refuse(s, "\\u0000");
	if (s->limits->ledger && (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)))
		return refuse(s, "control character");
	if (unit < 0xd800 || unit > 0xdfff)
		return true;
	if (unit > 0xdbff || s->end - s->p < 6 || s->p[0] != '\\' ||
	    s->p[1] != 'u' || (low = hex4(s->p + 2)) < 0xdc00 || low > 0xdfff)
		return refuse(s, "lone surrogate");
	s->p += 6;
	return true;
}

static bool
scan_escape(struct scanner *s)
{
	char c;

	if (s->p == s->end)
		return refuse(s, "unterminated string");
	c = *s->p++;
	if (c == 'u')
		return scan_unicode_escape(s);
	if (c == '\0' || strchr("\"\\/bfnrt", c) == NULL)
		return refuse(s, "bad escape");
	if (s->limits->ledger && strchr("bfnrt", c) != NULL)
		return refuse(s, "control character");
	return true;
}

static bool
scan_string(struct scanner *s, struct key *ret_key)
{
	const char *start;
	bool ascii = true;

	if (!take(s, '"'))
		return refuse(s, "a string was expected");
	start = s->p;
	for (;;) {
		unsigned char c;

		s->p = json_skip_plain(s->p, s->end);
		if (s->p == s->end)
			return refuse(s, "unterminated string");
		c = (unsigned char)*s->p++;
		if (c == '"')
			break;
		if (c < 0x20 || (s->limits->ledger && c == 0x7f))
			return refuse(s, "control character");
		/* C1 in UTF-8 is 0xc2 0x80..0x9f */
		if (s->limits->ledger && c == 0xc2 && s->p < s->end &&
		    (unsigned char)*s->p < 0xa0)
			return refuse(s, "control character");
		if (c == '\\' && !scan_escape(s))
			return false;
		ascii = ascii && c < 0x80;
	}
	ret_key->text = start;
	ret_key->len = (size_t)(s->p - 1 - start);
	if (ret_key->len > s->limits->string_bytes)
		return refuse(s, "string too long");
	if (!ascii && !text_is_utf8(start, ret_key->len))
		return refuse(s, "not UTF-8");
	return true;
}

static bool
is_digit(const struct scanner *s)
{
	return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static bool
scan_digits(struct scanner *s)
{
	if (!is_digit(s))
		return refuse(s, "bad number");
	while (is_digit(s))
		s->p++;
	return true;
}

static bool
scan_number(struct scanner *s)
{
	const char *digits;
	bool integer = true;

	take(s, '-');
	digits = s->p;
	if (!take(s, '0') && !scan_digits(s))
		return refuse(s, "bad number");
	if (s->p - digits > 1 && *digits == '0')
		return refuse(s, "bad number");
	if (s->limits->ledger) {
		size_t n = (size_t)(s->p - digits);

		if (n > 16 ||
		    (n == 16 && memcmp(digits, "9007199254740991", 16) > 0))
			return refuse(s, "integer beyond 53 bits");
	}
	if (take(s, '.')) {
		integer = false;
		if (!scan_digits(s))
			return false;
	}
	if (take(s, 'e') || take(s, 'E')) {
		integer = false;
		if (!take(s, '+'))
			take(s, '-');
		if (!scan_digits(s))
			return false;
	}
	if (!integer && s->limits->ledger)
		return refuse(s, "not an integer");
	return true;
}

static bool
scan_word(struct scanner *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return refuse(s, "unknown word");
	s->p += n;
	return true;
}

static bool
is_ledger_key(const struct key *key)
{
	if (key->len == 0 || key->len > JSON_KEY_MAX || key->text[0] < 'a' ||
	    key->text[0] > 'z')
		return false;
	for (size_t i = 1; i < key->len; i++) {
		char c = key->text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '_'))
			return false;
	}
	return true;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int r = memcmp(x->text, y->text, n);

	return r != 0 ? r : (x->len > y->len) - (x->len < y->len);
}

static bool
has_duplicate(struct key *keys, size_t n)
{
	qsort(keys, n, sizeof(*keys), compare_keys);
	for (size_t i = 1; i < n; i++) {
		if (compare_keys(&keys[i - 1], &keys[i]) == 0)
			return true;
	}
	return false;
}

static bool
add_key(struct scanner *s, struct key **keys, size_t *n, struct key key)
{
	/* Powers of two are when the array is full. */
	if (*n >= s->limits->members)
		return refuse(s, "too many members");
	if ((*n & (*n - 1)) == 0) {
		struct key *more =
		    realloc(*keys, (*n == 0 ? 1 : 2 * *n) * sizeof(**keys));

		if (more == NULL) {
			s->code = ERR_NOMEM;
			return refuse(s, "no memory");
		}
		*keys = more;
	}
	(*keys)[(*n)++] = key;
	return true;
}

static bool
scan_members(struct scanner *s, struct key **keys, size_t *n)
{
	do {
		struct key key;

		skip_space(s);
		if (!scan_string(s, &key))
			return false;
		if (s->limits->ledger && !is_ledger_key(&key))
			return refuse(s, "key not allowed");
		if (!add_key(s, keys, n, key))
			return false;
		skip_space(s);
		if (!take(s, ':'))
			return refuse(s, "':' was expected");
		if (!scan_value(s))
			return false;
		skip_space(s);
	} while (take(s, ','));
	return take(s, '}') || refuse(s, "'}' was expected");
}

static bool
scan_object(struct scanner *s)
{
	struct key *keys = NULL;
	size_t n = 0;
	bool ok;

	skip_space(s);
	if (take(s, '}'))
		return true;
	ok = scan_members(s, &keys, &n);
	if (ok && has_duplicate(keys, n))
		ok = refuse(s, "duplicate key");
	free(keys);
	return ok;
}

static bool
scan_array(struct scanner *s)
{
	size_t n = 0;

	skip_space(s);
	if (take(s, ']'))
		return true;
	do {
		if (++n > s->limits->elements)
			return refuse(s, "too many elements");
		if (!scan_value(s))
			return false;
		skip_space(s);
	} while (take(s, ','));
	return take(s, ']') || refuse(s, "']' was expected");
}

static bool
scan_nested(struct scanner *s, bool (*scan)(struct scanner *))
{
	bool ok;

	if (++s->depth > s->limits->depth)
		return refuse(s, "nested too deep");
	s->p++;
	ok = scan(s);
	s->depth--;
	return ok;
}

static bool
scan_value(struct scanner *s)
{
	struct key ignored;

	skip_space(s);
	if (s->p == s->end)
		return refuse(s, "a value was expected");
	switch (*s->p) {
	case '{':
		return scan_nested(s, scan_object);
	case '[':
		return scan_nested(s, scan_array);
	case '"':
		return scan_string(s, &ignored);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return scan_number(s);
	}
}

int
json_check(const char *text, size_t len, const struct json_limits *limits,
	   struct err *err)
{
	struct scanner s = {text, text, text + len, limits,
			    0,	  NULL, ERR_INVALID};

	if (len > INT32_MAX)
		return err_set(err, ERR_LIMIT, "JSON of over 2 GiB");
	if (scan_value(&s)) {
		skip_space(&s);
		if (s.p == s.end)
			return 0;
		refuse(&s, "something follows the value");
	}
	return err_set(err, s.code, "JSON, byte %zu: %s",
		       (size_t)(s.p - s.start), s.why);
}
