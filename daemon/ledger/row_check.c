/* What may become a row.
 *
 * json_check() refuses what is not JSON or breaks a limit of the ledger; what
 * is left to see here is the canonical form (RFC 8785).  Under the ledger's
 * limits that is little: numbers are integers, keys are plain, strings hold
 * no control character, so the only escapes are \" and \\. */
#include "base/json.h"
#include "ledger/row.h"

#include <string.h>

/* Years that a row can write with four digits. */
static const int64_t AT_MIN_S = -INT64_C(62167219200); /* 0000-01-01 */
static const int64_t AT_MAX_S = INT64_C(253402300799); /* 9999-12-31 */

static bool
is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

int
row_seq_parse(const char *text, uint64_t *ret_seq)
{
	uint64_t seq = 0;

	if (*text == '\0')
		return ERR_INVALID;
	for (; *text != '\0'; text++) {
		unsigned digit = (unsigned)(*text - '0');

		if (digit > 9 || seq > (UINT64_MAX - digit) / 10)
			return ERR_INVALID;
		seq = seq * 10 + digit;
	}
	*ret_seq = seq;
	return 0;
}

bool
row_id_valid(const char *id, size_t len)
{
	if (len == 0 || len > ROW_ID_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = id[i];

		if (!is_lower_or_digit(c) && !(c >= 'A' && c <= 'Z') &&
		    c != '.' && c != '_' && c != ':' && c != '-')
			return false;
	}
	return true;
}

bool
row_kind_valid(const char *kind, size_t len)
{
	if (len == 0 || len > ROW_KIND_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_lower_or_digit(kind[i]) && kind[i] != '.' &&
		    kind[i] != '_')
			return false;
	}
	return true;
}

struct text {
	const char *bytes;
	size_t len;
};

static bool
is_less(const struct text *a, const struct text *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int r = n == 0 ? 0 : memcmp(a->bytes, b->bytes, n);

	return r < 0 || (r == 0 && a->len < b->len);
}

/* *p stands behind the opening quote; it is left behind the closing one. */
static bool
take_string(const char **p, const char *end, struct text *ret)
{
	const char *start = *p;

	while ((*p = json_skip_plain(*p, end)) < end && **p != '"') {
		if (**p == '\\') {
			(*p)++;
			if (*p == end || (**p != '"' && **p != '\\'))
				return false;
		}
		(*p)++;
	}
	if (*p == end)
		return false;
	*ret = (struct text){start, (size_t)(*p - start)};
	(*p)++;
	return true;
}

/* One level of nesting: `key` is the newest key of an object. */
struct level {
	bool object;
	bool wants_key;
	struct text key;
};

static bool
take_key(struct level *level, const struct text *key)
{
	if (!is_less(&level->key, key))
		return false;
	level->key = *key;
	level->wants_key = false;
	return true;
}

bool
row_body_is_canonical(const char *body, size_t len)
{
	struct level levels[ROW_BODY_DEPTH + 1] = {0}, *top = levels;
	const char *p = body, *end = body + len;

	while (p < end) {
		char c = *p++;
		struct text text;

		switch (c) {
		case '"':
			if (!take_string(&p, end, &text) ||
			    (top->wants_key && !take_key(top, &text)))
				return false;
			break;
		case '{':
		case '[':
			if (top == levels + ROW_BODY_DEPTH)
				return false;
			*++top = (struct level){.object = c == '{',
						.wants_key = c == '{'};
			break;
		case '}':
		case ']':
			if (top == levels)
				return false;
			top--;
			break;
		case ',':
			top->wants_key = top->object;
			break;
		case ' ':
		case '\t':
		case '\n':
		case '\r':
			return false;
		case '-':
			if (p < end && *p == '0')
				return false;
			break;
		default:
			break;
		}
	}
	return true;
}

static int
check_body(const struct row_draft *draft, struct err *err)
{
	struct json_limits limits = JSON_LEDGER_LIMITS;
	int r;

	if (draft->body_len > ROW_BODY_MAX)
		return err_set(err, ERR_LIMIT,
			       "row %s: body of %zu bytes; at most %d fit",
			       draft->id, draft->body_len, ROW_BODY_MAX);
	if (draft->body_len < 2 || draft->body[0] != '{')
		return err_set(err, ERR_INVALID,
			       "row %s: the body is no JSON object", draft->id);
	limits.depth = ROW_BODY_DEPTH;
	r = json_check(draft->body, draft->body_len, &limits, err);
	if (r < 0)
		return r;
	if (!row_body_is_canonical(draft->body, draft->body_len))
		return err_set(err, ERR_INVALID,
			       "row %s: the body is not in canonical form",
			       draft->id);
	return 0;
}

int
row_check(const struct row_draft *draft, struct err *err)
{
	int64_t at_s = wall_s(draft->at);

	if (!row_id_valid(draft->id, strlen(draft->id)))
		return err_set(err, ERR_INVALID,
			       "row id \"%.80s\" is not [A-Za-z0-9._:-]{1,64}",
			       draft->id);
	if (!row_kind_valid(draft->kind, strlen(draft->kind)))
		return err_set(err, ERR_INVALID,
			       "row %s: kind \"%.40s\" is not [a-z0-9._]{1,32}",
			       draft->id, draft->kind);
	if (at_s < AT_MIN_S || at_s > AT_MAX_S)
		return err_set(err, ERR_INVALID,
			       "row %s: time outside the years 0 to 9999",
			       draft->id);
	return check_body(draft, err);
}
