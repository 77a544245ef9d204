/* One record of a JSON document as text that diffs well: members sorted, one
 * scalar per line, strings in one spelling, numbers exactly as the source
 * spells them. */
#include "base/json.h"
#include "page/extract.h"
#include "page/json_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 2 };

struct member {
	struct buf key; /* decoded */
	struct json_slice value;
};

struct members {
	struct member *at;
	size_t n;
};

static int put_value(struct lines *lines, struct json_slice value,
		     size_t depth);

/* The canonical spelling; DEL and C1, which it allows, are escaped too. */
static void
put_string(struct lines *lines, const char *text, size_t len)
{
	struct buf quoted = {0};
	size_t plain = 0;

	json_quote(&quoted, text, len);
	for (size_t i = 0; i < quoted.len; i++) {
		const unsigned char *p = (const unsigned char *)quoted.data + i;
		bool c1 = p[0] == 0xc2 && p[1] < 0xa0;
		char escape[7];

		if (!c1 && p[0] != 0x7f)
			continue;
		lines_raw(lines, quoted.data + plain, i - plain);
		snprintf(escape, sizeof(escape), "\\u%04x", c1 ? p[1] : p[0]);
		lines_raw(lines, escape, 6);
		i += c1;
		plain = i + 1;
	}
	lines_raw(lines, buf_text(&quoted) + plain, quoted.len - plain);
	buf_free(&quoted);
}

static void
put_scalar(struct lines *lines, struct json_slice value)
{
	struct buf decoded = {0};

	if (value.at[0] != '"') {
		lines_raw(lines, value.at, value.len);
		return;
	}
	json_decode_string(value, &decoded);
	put_string(lines, buf_text(&decoded), decoded.len);
	buf_free(&decoded);
}

static int
compare_members(const void *a, const void *b)
{
	const struct buf *x = &((const struct member *)a)->key;
	const struct buf *y = &((const struct member *)b)->key;
	int r =
	    memcmp(buf_text(x), buf_text(y), x->len < y->len ? x->len : y->len);

	return r != 0 ? r : (x->len > y->len) - (x->len < y->len);
}

static void
members_free(struct members *members)
{
	for (size_t i = 0; i < members->n; i++)
		buf_free(&members->at[i].key);
	free(members->at);
}

/* Sorted; ERR_INVALID when two keys mean the same. */
static int
members_read(struct json_slice object, struct members *members)
{
	struct json_cursor c;

	json_cursor_open(&c, object);
	while (json_cursor_next(&c)) {
		/* Powers of two are when the array is full. */
		if ((members->n & (members->n - 1)) == 0) {
			size_t cap = members->n == 0 ? 1 : 2 * members->n;
			struct member *more =
			    reallocarray(members->at, cap, sizeof(*more));

			if (more == NULL)
				return ERR_LIMIT;
			members->at = more;
		}
		members->at[members->n] = (struct member){.value = c.value};
		json_decode_string(c.key, &members->at[members->n++].key);
	}
	if (members->n > 1)
		qsort(members->at, members->n, sizeof(*members->at),
		      compare_members);
	for (size_t i = 1; i < members->n; i++) {
		if (compare_members(&members->at[i - 1], &members->at[i]) == 0)
			return ERR_INVALID;
	}
	return 0;
}

/* Ends a line and starts the next one. */
static void
next_line(struct lines *lines, size_t depth)
{
	lines_break(lines);
	lines_indent(lines, depth * INDENT);
}

static int
put_members(struct lines *lines, const struct members *members, size_t depth)
{
	int r = 0;

	for (size_t i = 0; i < members->n && r == 0; i++) {
		const struct member *member = &members->at[i];

		if (i > 0)
			lines_raw(lines, ",", 1);
		next_line(lines, depth);
		put_string(lines, buf_text(&member->key), member->key.len);
		lines_raw(lines, ": ", 2);
		r = put_value(lines, member->value, depth);
	}
	return r;
}

static int
put_object(struct lines *lines, struct json_slice value, size_t depth)
{
	struct members members = {0};
	int r = members_read(value, &members);

	lines_raw(lines, "{", 1);
	if (r == 0)
		r = put_members(lines, &members, depth + 1);
	if (members.n > 0)
		next_line(lines, depth);
	lines_raw(lines, "}", 1);
	members_free(&members);
	return r;
}

static int
put_array(struct lines *lines, struct json_slice value, size_t depth)
{
	struct json_cursor c;
	bool first = true;
	int r = 0;

	lines_raw(lines, "[", 1);
	json_cursor_open(&c, value);
	while (r == 0 && json_cursor_next(&c)) {
		if (!first)
			lines_raw(lines, ",", 1);
		next_line(lines, depth + 1);
		r = put_value(lines, c.value, depth + 1);
		first = false;
	}
	if (!first)
		next_line(lines, depth);
	lines_raw(lines, "]", 1);
	return r;
}

/* The gate limits the depth of the recursion. */
static int
put_value(struct lines *lines, struct json_slice value, size_t depth)
{
	if (lines->overflow)
		return ERR_LIMIT;
	if (value.at[0] == '{')
		return put_object(lines, value, depth);
	if (value.at[0] == '[')
		return put_array(lines, value, depth);
	put_scalar(lines, value);
	return 0;
}

int
page_extract_record(const char *body, size_t len, const char *pointer,
		    struct extract *out)
{
	struct json_slice value;
	int r = json_check(body, len, &JSON_FOREIGN_LIMITS, NULL);

	if (r < 0)
		return r;
	value = json_slice_of(body);
	r = json_pointer_follow(pointer, &value);
	if (r == 0)
		r = put_value(&out->lines, value, 0);
	lines_break(&out->lines);
	return r;
}
