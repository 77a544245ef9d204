/* The names and the keys of an object are both ascending, so they are gone
 * through side by side.  What lies deeper is skipped by counting brackets
 * outside of strings. */
#include "base/json_pick.h"
#include "base/json.h"

#include <string.h>

struct cursor {
	const char *p, *end;
};

enum { DIGITS_MAX = 16 };

static bool
take(struct cursor *c, char wanted)
{
	if (c->p == c->end || *c->p != wanted)
		return false;
	c->p++;
	return true;
}

/* Quotes, escapes and all. */
static bool
take_string(struct cursor *c, struct json_slice *ret)
{
	const char *start = c->p;

	if (!take(c, '"'))
		return false;
	for (;;) {
		c->p = json_skip_plain(c->p, c->end);
		if (c->p == c->end || (unsigned char)*c->p < ' ')
			return false;
		if (take(c, '"'))
			break;
		if (*c->p++ == '\\' && !take(c, '"') && !take(c, '\\'))
			return false;
	}
	*ret = (struct json_slice){start, (size_t)(c->p - start)};
	return true;
}

/* Up to the comma or bracket behind it. */
static bool
take_other(struct cursor *c, struct json_slice *ret)
{
	const char *start = c->p;
	struct json_slice inside;
	int depth = 0;

	while (c->p < c->end) {
		if (*c->p == '"') {
			if (!take_string(c, &inside))
				return false;
			continue;
		}
		if (depth == 0 &&
		    (*c->p == ',' || *c->p == '}' || *c->p == ']')) {
			*ret =
			    (struct json_slice){start, (size_t)(c->p - start)};
			return true;
		}
		if (*c->p == '{' || *c->p == '[')
			depth++;
		else if (*c->p == '}' || *c->p == ']')
			depth--;
		c->p++;
	}
	return false;
}

static bool
take_value(struct cursor *c, struct json_slice *ret)
{
	return c->p < c->end && *c->p == '"' ? take_string(c, ret)
					     : take_other(c, ret);
}

/* As strcmp(name, key), the key between its quotes. */
static int
compare(const char *name, const struct json_slice *key)
{
	size_t len = key->len - 2;
	int c = strncmp(name, key->at + 1, len);

	return c != 0 ? c : name[len] != '\0';
}

static bool
pick_members(struct cursor *c, const char *const *names, size_t n,
	     struct json_slice *ret)
{
	struct json_slice key, value;
	size_t i = 0;

	if (!take(c, '{'))
		return false;
	if (take(c, '}'))
		return c->p == c->end;
	do {
		int order = -1;

		if (!take_string(c, &key) || !take(c, ':') ||
		    !take_value(c, &value))
			return false;
		while (i < n && (order = compare(names[i], &key)) < 0)
			i++;
		if (i < n && order == 0)
			ret[i++] = value;
	} while (take(c, ','));
	return take(c, '}') && c->p == c->end;
}

bool
json_pick(const char *text, size_t len, const char *const *names, size_t n,
	  struct json_slice *ret)
{
	struct cursor c = {text, text + len};

	memset(ret, 0, n * sizeof(*ret));
	if (pick_members(&c, names, n, ret))
		return true;
	memset(ret, 0, n * sizeof(*ret));
	return false;
}

static bool
is_string(const struct json_slice *s)
{
	return s->at != NULL && s->at[0] == '"';
}

bool
json_slice_string(const struct json_slice *s, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	if (!is_string(s))
		return false;
	for (size_t i = 1; i + 1 < s->len; i++) {
		i += s->at[i] == '\\';
		if (n + 1 == size) {
			out[0] = '\0';
			return false;
		}
		out[n++] = s->at[i];
	}
	out[n] = '\0';
	return true;
}

bool
json_slice_is(const struct json_slice *s, const char *text)
{
	size_t len = strlen(text);

	return is_string(s) && s->len == len + 2 &&
	       memcmp(s->at + 1, text, len) == 0;
}

bool
json_slice_next(const struct json_slice *list, size_t *at,
		struct json_slice *ret)
{
	struct cursor c = {list->at, list->at + list->len};

	if (list->at == NULL || list->len == 0)
		return false;
	c.p += *at;
	if (!take(&c, *at == 0 ? '[' : ',') || !take_value(&c, ret) ||
	    ret->len == 0)
		return false;
	*at = (size_t)(c.p - list->at);
	return true;
}

bool
json_slice_int(const struct json_slice *s, int64_t *ret)
{
	bool negative = s->at != NULL && s->at[0] == '-';
	int64_t value = 0;

	if (s->at == NULL || s->len == negative ||
	    s->len > (size_t)DIGITS_MAX + negative)
		return false;
	for (size_t i = negative; i < s->len; i++) {
		if (s->at[i] < '0' || s->at[i] > '9')
			return false;
		value = 10 * value + (s->at[i] - '0');
	}
	*ret = negative ? -value : value;
	return true;
}
