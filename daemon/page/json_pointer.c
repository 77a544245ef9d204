/* A pointer is followed on the text of the document; see json_walk.h for its
 * syntax.  Keys and values are compared decoded. */
#include "page/json_walk.h"
#include "base/err.h"

#include <string.h>

/* A longer reference token finds nothing. */
enum { TOKEN_MAX = 512 };

/* Finds the one member of that name: 0, ERR_NOT_FOUND, or ERR_INVALID for two
 * spellings of it. */
static int
find_member(struct json_slice object, const char *name, size_t len,
	    struct json_slice *ret)
{
	struct json_cursor c;
	int r = ERR_NOT_FOUND;

	if (object.at[0] != '{' || !json_cursor_open(&c, object))
		return ERR_NOT_FOUND;
	while (json_cursor_next(&c)) {
		if (!json_string_is(c.key, name, len))
			continue;
		if (r == 0)
			return ERR_INVALID;
		*ret = c.value;
		r = 0;
	}
	return r;
}

static int
find_index(struct json_slice array, const char *digits, size_t len,
	   struct json_slice *ret)
{
	struct json_cursor c;
	size_t index = 0;

	if (len == 0 || len > 6 || (digits[0] == '0' && len > 1) ||
	    !json_cursor_open(&c, array))
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < len; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return ERR_NOT_FOUND;
		index = index * 10 + (size_t)(digits[i] - '0');
	}
	while (json_cursor_next(&c)) {
		if (index-- == 0) {
			*ret = c.value;
			return 0;
		}
	}
	return ERR_NOT_FOUND;
}

/* One step of the pointer, already decoded. */
struct step {
	const char *name;
	size_t name_len;
	bool selects;
	const char *member;
	size_t member_len;
	const char *value;
	size_t value_len;
};

static int
select_element(struct json_slice array, const struct step *step,
	       struct json_slice *ret)
{
	struct json_cursor c;
	int r = ERR_NOT_FOUND;

	if (array.at[0] != '[' || !json_cursor_open(&c, array))
		return ERR_NOT_FOUND;
	while (json_cursor_next(&c)) {
		struct json_slice found;

		if (find_member(c.value, step->member, step->member_len,
				&found) != 0 ||
		    !json_string_is(found, step->value, step->value_len))
			continue;
		if (r == 0)
			return ERR_NOT_FOUND;
		*ret = c.value;
		r = 0;
	}
	return r;
}

static int
take_step(const struct step *step, struct json_slice *value)
{
	int r = 0;

	if (value->at[0] != '[')
		r = find_member(*value, step->name, step->name_len, value);
	else if (!step->selects || step->name_len > 0)
		r = find_index(*value, step->name, step->name_len, value);
	if (r == 0 && step->selects)
		r = select_element(*value, step, value);
	return r;
}

/* The end of the reference token at p: the next "/" that is not within
 * brackets of a selector. */
static const char *
token_end(const char *p)
{
	const char *slash = p + strcspn(p, "/");
	const char *open = memchr(p, '[', (size_t)(slash - p));
	const char *close;

	if (open == NULL || strchr(open, '=') == NULL)
		return slash;
	for (close = strchr(open, ']'); close != NULL;
	     close = strchr(close + 1, ']')) {
		if (close[1] == '/' || close[1] == '\0')
			return close + 1;
	}
	return slash;
}

/* "~1" is "/", "~0" is "~"; in place.  ERR_NOT_FOUND for any other. */
static int
unescape(char *token, size_t *len)
{
	size_t to = 0;

	for (size_t i = 0; i < *len; i++, to++) {
		token[to] = token[i];
		if (token[i] != '~')
			continue;
		i++;
		if (i == *len || (token[i] != '0' && token[i] != '1'))
			return ERR_NOT_FOUND;
		token[to] = token[i] == '0' ? '~' : '/';
	}
	*len = to;
	return 0;
}

static struct step
parse_token(const char *token, size_t len)
{
	struct step step = {.name = token, .name_len = len};
	const char *open = memchr(token, '[', len), *equals;

	if (open == NULL || token[len - 1] != ']')
		return step;
	equals = memchr(open, '=', (size_t)(token + len - open));
	if (equals == NULL)
		return step;
	step.name_len = (size_t)(open - token);
	step.selects = true;
	step.member = open + 1;
	step.member_len = (size_t)(equals - step.member);
	step.value = equals + 1;
	step.value_len = (size_t)(token + len - 1 - step.value);
	return step;
}

int
json_pointer_follow(const char *pointer, struct json_slice *value)
{
	char token[TOKEN_MAX];
	int r = 0;

	while (r == 0 && *pointer != '\0') {
		const char *end;
		size_t len;
		struct step step;

		if (*pointer++ != '/')
			return ERR_NOT_FOUND;
		end = token_end(pointer);
		len = (size_t)(end - pointer);
		if (len > TOKEN_MAX)
			return ERR_NOT_FOUND;
		memcpy(token, pointer, len);
		pointer = end;
		r = unescape(token, &len);
		if (r < 0)
			return r;
		step = parse_token(token, len);
		r = take_step(&step, value);
	}
	return r;
}
